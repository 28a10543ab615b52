package contacts

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"diapason/storage"
)

// Standing is where the address book of an account stands.
type Standing struct {
	Account *storage.Account
	Cards   int // there that a contact here is tied to
	LastOK  time.Time
	// Run is the pass under way or held, else the last one that ended; nil before the first, or once it is forgotten.
	Run    *storage.Run
	Paused bool // by a person
	// Behind is the account whose pass comes first; nil unless this one waits for its turn.
	Behind *storage.Account
	// NotBefore is when a pass that a failure put off goes on; zero when nothing waits.
	NotBefore time.Time
	Questions int // that nobody answered yet
	Pending   int // contacts whose changes wait to be sent
}

// pendingAtOnce is how many contacts to be sent one transaction counts.
const pendingAtOnce = 5000

// Standings tells where the address book of each account stands, in the order of the accounts' names.
func (s *Service) Standings(ctx context.Context) ([]Standing, error) {
	var all []Standing
	err := s.view(ctx, func(tx storage.Reader) error {
		all = nil
		accounts, err := tx.Accounts()
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if _, known := s.kinds[a.Kind]; !known || a.Leaving {
				continue
			}
			standing, err := s.standing(tx, a)
			if err != nil {
				return err
			}
			all = append(all, standing)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Pending, err = s.pending(ctx, all[i].Account.ID); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(storage.SearchKey(a.Account.Name), storage.SearchKey(b.Account.Name)),
			cmp.Compare(a.Account.ID, b.Account.ID))
	})
	return all, nil
}

// standing tells all but what is to be counted in several transactions.
func (s *Service) standing(tx storage.Reader, a *storage.Account) (Standing, error) {
	b, st, err := bookOf(tx, a.ID)
	if err != nil {
		return Standing{}, err
	}
	known := Standing{Account: a, LastOK: b.LastOK, Paused: st.Paused}
	if known.Cards, err = tx.CountContactLinks(a.ID); err != nil {
		return Standing{}, err
	}
	questions, err := tx.ContactQuestions(a.ID)
	if err != nil {
		return Standing{}, err
	}
	for _, q := range questions {
		if q.Kind != storage.QuestionConflict || len(OpenFields(q)) > 0 {
			known.Questions++
		}
	}
	if known.Behind, err = s.ahead(tx, st); err != nil {
		return Standing{}, err
	}
	if st.RunID != "" && !st.Held && !st.Paused {
		known.NotBefore = st.NotBefore
		if a.Pause != nil && a.PausedUntil.After(known.NotBefore) { // the whole lane waits
			known.NotBefore = a.PausedUntil
		}
		if !known.NotBefore.After(s.p.Clock.Now()) {
			known.NotBefore = time.Time{}
		}
	}
	if id := cmp.Or(st.RunID, b.LastPass); id != "" {
		known.Run, err = tx.Run(id)
		if errors.Is(err, storage.ErrNotFound) {
			err = nil
		}
	}
	return known, err
}

// pending counts the contacts whose changes wait to be sent to an account.
func (s *Service) pending(ctx context.Context, accountID string) (n int, err error) {
	for after := ""; ; {
		var ids []string
		err := s.view(ctx, func(tx storage.Reader) (err error) {
			ids, err = tx.ContactsToSend(accountID, after, pendingAtOnce)
			return err
		})
		if n += len(ids); err != nil || len(ids) < pendingAtOnce {
			return n, err
		}
		after = ids[len(ids)-1]
	}
}
