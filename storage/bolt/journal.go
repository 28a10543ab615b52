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
		if !j.At.Before(q.Since) && (q.RunID == "" || j.RunID == q.RunID) {
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
