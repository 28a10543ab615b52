package contacts

import (
	"fmt"
	"slices"

	"diapason/storage"
	"diapason/sync/merge"
)

// report is a transaction of a pass: it adds lines to the run's report and keeps the run, the book and what left lately
// once, at its end.
type report struct {
	storage.Writer
	p       *pass
	run     *storage.Run // nil: nobody waits for a report (what an interrupted pass left)
	book    *storage.ContactBook
	st      *state
	windows *windows
	counted bool // windows changed
	decided int  // lines to send that are decided once this transaction is kept
	// questions are those of the account, by what they are about; nil until they were read.
	questions map[about]*storage.ContactQuestion
}

// transact runs f in a transaction of a pass.
func (p *pass) transact(w storage.Writer, f func(*report) error) error {
	r := &report{Writer: w, p: p}
	var err error
	if r.book, r.st, err = bookOf(w, p.account.ID); err != nil {
		return err
	}
	if r.windows, err = readWindows(r.book); err != nil {
		return err
	}
	if r.st.RunID != "" {
		if r.run, err = w.Run(r.st.RunID); err != nil {
			return fmt.Errorf("run of the pass: %w", err)
		}
	}
	if err := f(r); err != nil {
		return err
	}
	if r.counted {
		if err := r.windows.keep(r.book); err != nil {
			return err
		}
	}
	if err := putBook(w, r.book, r.st); err != nil {
		return err
	}
	if r.run == nil {
		return nil
	}
	if p.phase == sendingOff {
		r.advance()
	}
	return w.PutRun(r.run)
}

func (r *report) runID() string {
	if r.run == nil {
		return ""
	}
	return r.run.ID
}

// line adds a line to the run's report.
func (r *report) line(contactID, name string, result storage.ItemResult, why *storage.Problem) error {
	if r.run == nil {
		return nil
	}
	item := &storage.RunItem{
		RunID: r.run.ID, Seq: r.run.Lines(), AccountID: r.p.account.ID, ContactID: contactID, Name: name, Result: result,
		At: r.p.s.p.Clock.Now().UTC(),
	}
	if why != nil {
		item.Problems = storage.Problems{why}
	}
	t := &r.run.Totals
	t.Total++
	switch result {
	case storage.ItemCreated:
		t.Created++
	case storage.ItemUpdated:
		t.Updated++
	case storage.ItemSent:
		t.Sent++
	case storage.ItemSkipped:
		t.Skipped++
	case storage.ItemConflict: // a question is no failure
	default:
		t.Failed++
	}
	return r.PutRunItem(item)
}

// tell adds an entry to the journal.
func (r *report) tell(entry *storage.JournalEntry) error {
	entry.RunID, entry.AccountID = r.runID(), r.p.account.ID
	return r.p.s.journal(r.Writer, entry)
}

// lost tells which values of a field lost against the other side's.
func (r *report) lost(c *storage.Contact, settled []merge.Settlement) error {
	for _, s := range settled {
		action := storage.JournalAccept
		if s.Winner == merge.SideHere {
			action = storage.JournalKeep
		}
		changes := make([]storage.FieldChange, 0, len(s.Lost))
		for _, text := range s.Lost {
			changes = append(changes, storage.FieldChange{Field: s.Field, Before: text})
		}
		err := r.tell(&storage.JournalEntry{
			Actor: storage.ActorProvider, Action: action, ContactID: c.ID, Name: c.FullName(), Changes: changes,
			Reason: storage.NewProblem("contacts.lastWins"),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// question keeps what a person must decide: one question per contact, or card, and kind.
func (r *report) question(q *storage.ContactQuestion) error {
	old, err := r.questionLike(q)
	if err != nil {
		return err
	}
	if q.AccountID, q.Since = r.p.account.ID, r.p.s.p.Clock.Now().UTC(); old != nil {
		q.ID, q.Since = old.ID, old.Since
	} else if q.ID, err = newID(); err != nil {
		return err
	}
	r.questions[aboutOf(q)] = q
	return r.PutContactQuestion(q)
}

// settled forgets a question that needs no answer any more.
func (r *report) settled(q *storage.ContactQuestion) error {
	old, err := r.questionLike(q)
	if err != nil || old == nil {
		return err
	}
	delete(r.questions, aboutOf(old))
	return r.DeleteContactQuestion(old.ID)
}

// count counts what a line has done on one side.
func (r *report) count(l *line, there bool) {
	r.counted = true
	r.windows.count(l, there, r.p.s.p.Clock.Now())
}

// about is what there is one question about: a kind, and the card of a match or the contact of the others.
type about struct {
	kind storage.ContactQuestionKind
	id   string
}

func aboutOf(q *storage.ContactQuestion) about {
	ids := q.ContactIDs
	if q.Kind == storage.QuestionMatch {
		ids = q.RemoteIDs
	}
	a := about{kind: q.Kind}
	if len(ids) > 0 {
		a.id = ids[0]
	}
	return a
}

// questionLike gives the question of the same kind about the same contact or card; nil when there is none.
func (r *report) questionLike(q *storage.ContactQuestion) (*storage.ContactQuestion, error) {
	if r.questions == nil {
		all, err := r.ContactQuestions(r.p.account.ID)
		if err != nil {
			return nil, err
		}
		r.questions = make(map[about]*storage.ContactQuestion, len(all))
		for _, old := range slices.Backward(all) { // of two, the first one
			r.questions[aboutOf(old)] = old
		}
	}
	return r.questions[aboutOf(q)], nil
}

// ask has the next pass ask for the card of a contact.
func (r *report) ask(contactID string) {
	for _, id := range r.st.Ask {
		if id == contactID {
			return
		}
	}
	r.st.Ask = append(r.st.Ask, contactID)
}
