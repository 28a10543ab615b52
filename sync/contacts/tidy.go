package contacts

import (
	"context"
	"errors"
	"slices"
	"time"

	"diapason/storage"
)

// tidied is how many contacts of the trash one transaction forgets.
const tidied = 250

// Tidy forgets the contacts that have been in the trash for long enough, but for those that a book still shows: they wait
// for it. It gives how many. Passes end with it, and the engine does it every day.
func (s *Service) Tidy(ctx context.Context) (forgotten int, err error) {
	t := tidying{s: s, before: s.p.Clock.Now().Add(-storage.TrashKept), waiting: map[string]bool{}}
	for {
		var ids []string
		err := s.view(ctx, func(tx storage.Reader) (err error) {
			ids, err = t.due(tx)
			return err
		})
		if err != nil || len(ids) == 0 {
			return forgotten, err
		}
		var gone int
		var shown []string
		err = s.update(ctx, func(w storage.Writer) (err error) {
			gone, shown, err = t.part(w)
			return err
		})
		if err != nil {
			return forgotten, err
		}
		forgotten += gone
		for _, id := range shown {
			t.waiting[id] = true
		}
	}
}

// tidying is one end of the trash; waiting are the contacts that a book still shows.
type tidying struct {
	s       *Service
	before  time.Time
	waiting map[string]bool
}

// due gives the next contacts to forget.
func (t *tidying) due(tx storage.Reader) ([]string, error) {
	ids, err := tx.ContactsTrashedBefore(t.before, len(t.waiting)+tidied)
	return slices.DeleteFunc(ids, func(id string) bool { return t.waiting[id] }), err
}

// part forgets those of one transaction: it gives how many, and those that a book still shows.
func (t *tidying) part(w storage.Writer) (gone int, shown []string, err error) {
	ids, err := t.due(w)
	if err != nil {
		return 0, nil, err
	}
	for _, id := range ids {
		c, err := w.Contact(id)
		if err != nil {
			return 0, nil, err
		}
		var linked *storage.Problem
		switch err := t.s.forget(w, c); {
		case err == nil:
			gone++
		case errors.As(err, &linked):
			shown = append(shown, id)
		default:
			return 0, nil, err
		}
	}
	return gone, shown, nil
}
