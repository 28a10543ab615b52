package contacts

import (
	"context"
	"slices"

	"diapason/storage"
	"diapason/sync/merge"
)

// DecideAll answers every conflict of an account ("": of all accounts) alike: the fields that nobody decided yet take one
// side. It gives how many conflicts it answered; the next pass brings them about.
func (s *Service) DecideAll(ctx context.Context, accountID string, side merge.Side) (n int, err error) {
	err = s.update(ctx, func(w storage.Writer) error {
		n = 0
		questions, err := w.ContactQuestions(accountID)
		if err != nil {
			return err
		}
		for _, q := range questions {
			sides := map[storage.Field]merge.Side{}
			for _, f := range OpenFields(q) {
				sides[f] = side
			}
			if len(sides) == 0 {
				continue
			}
			if err := s.decideFields(w, q, sides); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// OpenFields lists the fields of a conflict that nobody decided yet; none of a question of another kind.
func OpenFields(q *storage.ContactQuestion) []storage.Field {
	var open []storage.Field
	for _, c := range q.Conflicts {
		if _, decided := q.Decided[c.Field]; !decided && !slices.Contains(open, c.Field) {
			open = append(open, c.Field)
		}
	}
	return open
}
