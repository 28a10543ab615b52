package sync

import (
	"context"
	"slices"

	"diapason/storage"
	"diapason/sync/merge"
)

// passed notes that fields of a listing were written by others (theirs) or by us, and freezes those that change hands
// for ever (merge.Turn). The listing is not put.
func (w *writer) passed(l *storage.Listing, name, runID string, fields []storage.Field, theirs bool) error {
	var frozen []storage.Field
	for _, f := range fields {
		var endless bool
		if l.Turns, endless = merge.Turn(l.Turns, f, theirs, w.now); endless && !slices.Contains(l.Frozen, f) {
			frozen = append(frozen, f)
		}
	}
	for _, f := range frozen {
		l.Frozen = append(l.Frozen, f)
		err := w.journal(&storage.JournalEntry{
			Actor: storage.ActorDirectory, Action: storage.JournalFreeze, RunID: runID, AccountID: l.AccountID,
			EstablishmentID: l.EstablishmentID, Name: name, Reason: storage.NewProblem("sync.frozen").On(f),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Unfreeze lets the frozen fields of a listing go: they are compared, decided and sent again.
func (e *Engine) Unfreeze(ctx context.Context, establishmentID, accountID string) error {
	return inWords(e.update(ctx, func(w *writer) error {
		est, err := w.Establishment(establishmentID)
		if err != nil {
			return err
		}
		l, err := w.Listing(establishmentID, accountID)
		if err != nil {
			return err
		}
		if len(l.Frozen) == 0 {
			return storage.NewProblem("sync.notFrozen")
		}
		for _, f := range l.Frozen {
			delete(l.Turns, f)
			err := w.journal(&storage.JournalEntry{
				Actor: storage.ActorUser, Action: storage.JournalRelease, EstablishmentID: est.ID, AccountID: accountID,
				Name: est.Name, Reason: storage.NewProblem("sync.unfrozen").On(f),
			})
			if err != nil {
				return err
			}
		}
		l.Frozen, l.Reason = nil, nil
		op, err := operation(w, accountID, establishmentID)
		if err != nil {
			return err
		}
		edited(l, est.Status, op != nil)
		return w.PutListing(l)
	}))
}
