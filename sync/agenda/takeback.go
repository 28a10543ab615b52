package agenda

import (
	"errors"

	"diapason/storage"
	"diapason/sync"
)

// TakeBack takes back what a run did to one reservation, inside the caller's transaction, from its entry of the journal.
// What was changed since stays, and the Problem says so.
func (a *Agenda) TakeBack(tx storage.Writer, entry *storage.JournalEntry, runID string) (sync.TakenBack, error) {
	s, conflict, err := a.weigh(tx, entry)
	if s == nil || conflict != nil || err != nil {
		return sync.AllOrNothing(conflict), err
	}
	return sync.AllOrNothing(nil), a.takeBack(tx, *s, Cause{Actor: storage.ActorUser, RunID: runID})
}

// CanTakeBack tells what TakeBack would say.
func (a *Agenda) CanTakeBack(tx storage.Reader, entry *storage.JournalEntry) (sync.TakenBack, error) {
	_, conflict, err := a.weigh(tx, entry)
	return sync.AllOrNothing(conflict), err
}

// weigh finds the step to be taken back; nil when it was already.
func (a *Agenda) weigh(tx storage.Reader, entry *storage.JournalEntry) (*step, *storage.Problem, error) {
	now, err := tx.Reservation(entry.ReservationID)
	gone := errors.Is(err, storage.ErrNotFound)
	if err != nil && !gone {
		return nil, nil, err
	}
	changed := storage.NewProblem("reservation.changed", "title", entry.Name)
	s := &step{id: entry.ReservationID, before: entry.Before}
	switch entry.Action {
	case storage.JournalCreate:
		if gone {
			return nil, nil, nil
		}
	case storage.JournalUpdate:
		if entry.Before == nil || gone {
			return nil, changed, nil
		}
		if same(now, entry.Before) {
			return nil, nil, nil
		}
	case storage.JournalDelete:
		if !gone {
			return nil, nil, nil
		}
		return s, nil, nil
	default:
		return nil, nil, nil
	}
	if contentHash(now) != entry.Hash {
		return nil, changed, nil
	}
	s.hash = entry.Hash
	return s, nil, nil
}
