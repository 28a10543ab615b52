package sync

import "diapason/storage"

// TakesBack takes back what runs did to what is no establishment: *agenda.Agenda the reservations, *contacts.Service the
// contacts.
type TakesBack interface {
	// TakeBack takes one entry of the journal back inside a transaction. What was changed since stays: a Problem says so.
	TakeBack(tx storage.Writer, entry *storage.JournalEntry, runID string) (*storage.Problem, error)
	// CanTakeBack tells what TakeBack would say.
	CanTakeBack(tx storage.Reader, entry *storage.JournalEntry) (*storage.Problem, error)
}

// taker gives who takes an entry of the journal back; nil when nobody does.
func (e *Engine) taker(j *storage.JournalEntry) TakesBack {
	if j.ContactID == "" {
		return e.reservations
	}
	if e.contacts == nil { // a nil Passes would be a TakesBack that is not nil
		return nil
	}
	return e.contacts
}

// weighRecord tells what undoing a run would do to a reservation or a contact.
func (e *Engine) weighRecord(tx storage.Reader, r *reversal) (*undone, error) {
	taker := e.taker(r.record)
	if taker == nil {
		return nil, storage.NewProblem("undo.notUndoable")
	}
	conflict, err := taker.CanTakeBack(tx, r.record)
	u := &undone{remove: conflict == nil && r.created, restore: conflict == nil && !r.created}
	if conflict != nil {
		u.conflicts = storage.Problems{conflict}
	}
	return u, err
}

// reverseRecord takes back what a run did to a reservation or a contact, and writes its line.
func (e *Engine) reverseRecord(w *writer, run *storage.Run, r *reversal) error {
	taker := e.taker(r.record)
	if taker == nil {
		return storage.NewProblem("undo.notUndoable")
	}
	u := &undone{}
	conflict, err := taker.TakeBack(w.Writer, r.record, run.ID)
	if err != nil {
		return err
	}
	if conflict != nil {
		u.conflicts = storage.Problems{conflict}
	}
	return w.addItem(run, r.line(u))
}
