package sync

import (
	"slices"

	"diapason/storage"
)

// TakesBack takes back what runs did to what is no establishment: *agenda.Agenda the reservations, *contacts.Service the
// contacts.
type TakesBack interface {
	// TakeBack takes one entry of the journal back inside a transaction. What was changed since stays. An entry that was
	// taken back already is left alone, and told as at the first time.
	TakeBack(tx storage.Writer, entry *storage.JournalEntry, runID string) (TakenBack, error)
	// CanTakeBack tells what TakeBack would say.
	CanTakeBack(tx storage.Reader, entry *storage.JournalEntry) (TakenBack, error)
}

// TakenBack is what taking an entry of the journal back comes to.
type TakenBack struct {
	// Comes tells that something of it comes back, or did before.
	Comes bool
	// Left is what stays as it is, because it was changed since or cannot come back.
	Left []UndoConflict
	// Notes are what else the report says of it.
	Notes storage.Problems
}

// AllOrNothing is what taking an entry back comes to that comes back whole, unless something speaks against it.
func AllOrNothing(against *storage.Problem) TakenBack {
	if against == nil {
		return TakenBack{Comes: true}
	}
	return TakenBack{Left: []UndoConflict{{Problem: against}}}
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

// ofContacts gives the reversals of what a pass did to contacts here, one per contact: its entries are read together,
// since an interrupted pass may have changed a contact twice.
func (p *reversalPages) ofContacts(tx storage.Reader, run *storage.Run, entries []*storage.JournalEntry) ([]*reversal, error) {
	var page []*reversal
	for _, j := range entries {
		if j.ContactID == "" || p.seen[j.ContactID] || !changesHere(j) {
			continue
		}
		p.seen[j.ContactID] = true
		all, err := entriesOf(tx, storage.JournalQuery{RunID: run.ID, ContactID: j.ContactID})
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(j *storage.JournalEntry) bool { return !changesHere(j) })
		page = append(page, reversalOf(whole(all)))
	}
	return page, nil
}

func changesHere(j *storage.JournalEntry) bool {
	return j.Action == storage.JournalCreate || j.Action == storage.JournalUpdate || j.Action == storage.JournalDelete
}

// whole joins the entries of a contact, oldest first, as one change.
func whole(entries []*storage.JournalEntry) *storage.JournalEntry {
	all := *entries[0]
	for _, later := range entries[1:] {
		all.Changes = join(slices.Clone(all.Changes), later.Changes)
		all.Hash, all.Name = later.Hash, later.Name
		if all.Action != storage.JournalCreate {
			all.Action = later.Action
		}
	}
	return &all
}

// reversalOf is the undoing of an entry about a reservation or a contact.
func reversalOf(j *storage.JournalEntry) *reversal {
	return &reversal{name: j.Name, record: j, created: j.Action == storage.JournalCreate}
}

// weighRecord tells what undoing a run would do to a reservation or a contact.
func (e *Engine) weighRecord(tx storage.Reader, r *reversal) (*undone, error) {
	taker := e.taker(r.record)
	if taker == nil {
		return nil, storage.NewProblem("undo.notUndoable")
	}
	back, err := taker.CanTakeBack(tx, r.record)
	return r.undone(back), err
}

// undone is what a record comes to.
func (r *reversal) undone(back TakenBack) *undone {
	for i := range back.Left {
		back.Left[i].ContactID, back.Left[i].Name = r.record.ContactID, r.name
	}
	return &undone{
		remove: back.Comes && r.created, restore: back.Comes && !r.created, left: back.Left, notes: back.Notes,
	}
}

// reverseRecord takes back what a run did to a reservation or a contact, and writes its line.
func (e *Engine) reverseRecord(w *writer, run *storage.Run, r *reversal) error {
	taker := e.taker(r.record)
	if taker == nil {
		return storage.NewProblem("undo.notUndoable")
	}
	back, err := taker.TakeBack(w.Writer, r.record, run.ID)
	if err != nil {
		return err
	}
	return w.addItem(run, r.line(r.undone(back)))
}
