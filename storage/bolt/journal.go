package bolt

import (
	"time"

	"diapason/storage"
)

const (
	// journalLimit is the page of JournalQuery when it asks for none.
	journalLimit = 100
	// journalSlack is how far the clock may have been set back between two entries: identifiers never go backwards,
	// their times may. A search for entries since an instant goes on this much further.
	journalSlack = 24 * time.Hour
)

func (r *reader) Journal(q storage.JournalQuery) ([]*storage.JournalEntry, error) {
	b, p := bJournal, []byte(nil)
	switch {
	case q.EstablishmentID != "":
		b, p = ixJournalEstablishment, prefix(q.EstablishmentID)
	case q.ReservationID != "":
		b, p = ixJournalReservation, prefix(q.ReservationID)
	case q.ContactID != "":
		b, p = ixJournalContact, prefix(q.ContactID)
	case q.RunID != "":
		b, p = ixJournalRun, prefix(q.RunID)
	}
	var before []byte
	if q.Before != "" {
		before = append(append(before, p...), q.Before...)
	}
	if q.Limit <= 0 {
		q.Limit = journalLimit
	}
	match := q.Matcher(r.accountName)
	var out []*storage.JournalEntry
	err := r.scanBack(b, p, before, func(k, v []byte) (bool, error) {
		if b != bJournal {
			v = r.in(bJournal).Get([]byte(lastPart(k)))
		}
		j := new(storage.JournalEntry)
		if err := decode(v, j); err != nil {
			return false, err
		}
		if j.At.Add(journalSlack).Before(q.Since) {
			return false, nil
		}
		if match(j) {
			out = append(out, j)
		}
		return len(out) < q.Limit, nil
	})
	return out, err
}

func (r *reader) RunJournal(runID, last string, limit int) ([]*storage.JournalEntry, error) {
	p := prefix(runID)
	from := p
	if last != "" {
		from = after(join(runID, last))
	}
	var out []*storage.JournalEntry
	err := r.scan(ixJournalRun, p, from, func(k, _ []byte) (bool, error) {
		j := new(storage.JournalEntry)
		if err := r.get(bJournal, []byte(lastPart(k)), j); err != nil {
			return false, err
		}
		out = append(out, j)
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (r *reader) JournalEntry(id string) (*storage.JournalEntry, error) {
	j := new(storage.JournalEntry)
	if err := r.get(bJournal, []byte(id), j); err != nil {
		return nil, err
	}
	return j, nil
}

func (r *reader) OldestJournal(last string, limit int) ([]*storage.JournalEntry, error) {
	return page[storage.JournalEntry](r, bJournal, nil, follow(last), limit)
}

// accountName gives the name of an account, "" when there is none any more.
func (r *reader) accountName(id string) string {
	a, err := r.Account(id)
	if err != nil {
		return "" // only a search is poorer for it
	}
	return a.Name
}

func (w *writer) DeleteJournal(id string) error {
	j, err := w.JournalEntry(id)
	if err != nil {
		return err
	}
	if err := w.put(journalEntries(j), nil); err != nil {
		return err
	}
	w.changes.Journal = true
	return w.in(bJournal).Delete([]byte(id))
}

func (w *writer) AppendJournal(j *storage.JournalEntry) error {
	if err := w.identify(&j.ID); err != nil {
		return err
	}
	key := []byte(j.ID)
	if w.in(bJournal).Get(key) != nil {
		return storage.NewProblem("journal.duplicate").Because(storage.ErrDuplicate)
	}
	if j.At.IsZero() {
		j.At = w.store.now()
	}
	utc(&j.At)
	raw, err := encode(j)
	if err != nil {
		return err
	}
	if err := w.append(bJournal, key, raw); err != nil {
		return err
	}
	w.changes.Journal = true
	return w.put(nil, journalEntries(j))
}
