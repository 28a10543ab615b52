package sync

import "diapason/storage"

// Reservations takes back what runs did to the reservations of the agenda; *agenda.Agenda does.
type Reservations interface {
	// TakeBack takes one entry of the journal back inside a transaction. What was changed since stays: a Problem says so.
	TakeBack(tx storage.Writer, entry *storage.JournalEntry, runID string) (*storage.Problem, error)
	// CanTakeBack tells what TakeBack would say.
	CanTakeBack(tx storage.Reader, entry *storage.JournalEntry) (*storage.Problem, error)
}

// weighReservation tells what undoing a run would do to a reservation.
func (e *Engine) weighReservation(tx storage.Reader, r *reversal) (*undone, error) {
	if e.reservations == nil {
		return nil, storage.NewProblem("undo.notUndoable")
	}
	conflict, err := e.reservations.CanTakeBack(tx, r.reservation)
	u := &undone{remove: conflict == nil && r.created, restore: conflict == nil && !r.created}
	if conflict != nil {
		u.conflicts = storage.Problems{conflict}
	}
	return u, err
}

// reverseReservation takes back what a run did to a reservation, and writes its line.
func (e *Engine) reverseReservation(w *writer, run *storage.Run, r *reversal) error {
	if e.reservations == nil {
		return storage.NewProblem("undo.notUndoable")
	}
	u := &undone{}
	conflict, err := e.reservations.TakeBack(w.Writer, r.reservation, run.ID)
	if err != nil {
		return err
	}
	if conflict != nil {
		u.conflicts = storage.Problems{conflict}
	}
	return w.addItem(run, r.line(u))
}
