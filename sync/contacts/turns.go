package contacts

import (
	"context"
	"time"

	"diapason/storage"
)

// patience is how long an account may have its own pass wait while those behind it wait too.
const patience = 5 * time.Minute

// SyncInTurn asks for passes over the books of several accounts, one after another in this order, so that what came from
// one goes on to the next. All are asked for in one transaction: those whose turn has not come are kept with their books,
// and go on at the next start too. It gives their runs; a pass under way stays the one that it is.
func (s *Service) SyncInTurn(ctx context.Context, accountIDs []string, actor storage.Actor) (runIDs []string, err error) {
	err = s.update(ctx, func(w storage.Writer) error {
		runIDs = nil
		for _, id := range accountIDs {
			run, begun, err := s.ask(w, id, actor)
			if err != nil {
				return err
			}
			if begun && len(runIDs) > 0 {
				if err := s.setBehind(w, id, runIDs); err != nil {
					return err
				}
			}
			runIDs = append(runIDs, run.ID)
		}
		return nil
	})
	return runIDs, err
}

// ask asks for a pass; a held one is given up.
func (s *Service) ask(w storage.Writer, accountID string, actor storage.Actor) (run *storage.Run, begun bool, err error) {
	b, st, err := bookOf(w, accountID)
	if err != nil {
		return nil, false, err
	}
	if st.Held {
		if err := s.giveUp(w, st, storage.NewProblem("guard.superseded")); err != nil {
			return nil, false, err
		}
		if err := putBook(w, b, st); err != nil {
			return nil, false, err
		}
	}
	return s.pass(w, accountID, actor)
}

// setBehind has the pass of an account wait for other runs; nil: for none any more.
func (s *Service) setBehind(w storage.Writer, accountID string, runIDs []string) error {
	b, st, err := bookOf(w, accountID)
	if err != nil || len(st.Behind) == 0 && len(runIDs) == 0 {
		return err
	}
	st.Behind = append([]string(nil), runIDs...)
	return putBook(w, b, st)
}

// ahead gives the account whose pass comes before one that waits for its turn; nil when its turn has come. A pass that is
// over holds nobody up, and none that waits for somebody does: held, paused, refused, or put off for long.
func (s *Service) ahead(tx storage.Reader, st *state) (*storage.Account, error) {
	for _, runID := range st.Behind {
		b, before, err := bookOfRun(tx, runID)
		if err != nil {
			return nil, err
		}
		if b == nil || before.Held || before.Paused {
			continue
		}
		a, err := tx.Account(b.AccountID)
		if err != nil {
			return nil, err
		}
		soon := a.Pause == nil || !a.PausedUntil.IsZero() && a.PausedUntil.Before(s.p.Clock.Now().Add(patience))
		if a.Enabled && !a.Leaving && soon {
			return a, nil
		}
	}
	return nil, nil
}
