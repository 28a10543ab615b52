package sync

import (
	"context"
	"errors"
	"fmt"

	"diapason/storage"
)

// UndoPlan counts what undoing a run would do: establishments whose values come back, that would be deleted, and where
// something changed since and is left as it is.
type UndoPlan struct {
	Restore   int
	Delete    int
	Conflicts int
	// Republish counts the listings that a publication changed and that are published again with the values that come
	// back; Stays those that it created on a directory: they stay there.
	Republish int
	Stays     int
	// Pass tells that it is a pass over an address book: Restore counts contacts then, and Delete those that it brought
	// here and that go to the trash.
	Pass bool
}

// UndoConflict is one value that an undo leaves as it is, because it changed since or cannot come back.
type UndoConflict struct {
	EstablishmentID string
	ContactID       string
	Name            string
	Field           storage.Field // "" when it is the establishment, reservation or contact as a whole
	Put, Now        string        // what the run put there and what is there now
	Problem         *storage.Problem
}

// reversal is the undoing of one run's work on one establishment.
type reversal struct {
	id      string
	name    string
	created bool
	hash    string // of the content after the run
	changes []storage.FieldChange
	// accounts got the changes, from a publication; stays lists the accounts where it created the listing.
	accounts []string
	stays    []string
	// several are the fields of which the accounts showed different values before: none of them can come back.
	several []storage.Field
	// decisions were taken on listings, by a run of decisions.
	decisions []*storage.JournalEntry
	// record is set on what was done to a reservation of the agenda or to a contact, and to nothing else.
	record *storage.JournalEntry
}

// undone is what a reversal comes to, given what is there now.
type undone struct {
	before, after *storage.Establishment // after differs where values come back
	restore       bool
	remove        bool
	conflicts     storage.Problems
	left          []UndoConflict     // of a record, instead of conflicts
	notes         storage.Problems   // what else there is to say of a record
	publish       []string           // accounts that get what comes back
	reopen        []*storage.Listing // decisions that are open again
}

// UndoPlan counts what Undo would do now; it writes nothing.
func (e *Engine) UndoPlan(ctx context.Context, runID string) (UndoPlan, error) {
	var plan UndoPlan
	err := e.eachReversal(ctx, runID, func(r *reversal, u *undone) bool {
		plan.add(r, u)
		return true
	})
	if err == nil {
		var passes Passes
		passes, err = e.passes(ctx, runID)
		plan.Pass = passes != nil
	}
	if err != nil {
		return UndoPlan{}, err
	}
	return plan, nil
}

// UndoConflicts lists, up to limit of them, what Undo would leave as it is now, one line per establishment and field.
func (e *Engine) UndoConflicts(ctx context.Context, runID string, limit int) ([]UndoConflict, error) {
	var found []UndoConflict
	err := e.eachReversal(ctx, runID, func(r *reversal, u *undone) bool {
		for _, p := range u.conflicts {
			c := UndoConflict{EstablishmentID: r.id, Name: r.name, Field: p.Field, Problem: p}
			if p.Field != "" {
				c.Now = u.before.Value(p.Field)
			}
			for _, ch := range r.changes {
				if ch.Field == p.Field {
					c.Put = ch.After
				}
			}
			found = append(found, c)
		}
		found = append(found, u.left...)
		found = found[:min(len(found), limit)]
		return len(found) < limit
	})
	return found, err
}

// eachReversal weighs what undoing a run would do to each establishment, a slice per transaction, until f gives false.
func (e *Engine) eachReversal(ctx context.Context, runID string, f func(*reversal, *undone) bool) error {
	pages := reversalPages{seen: map[string]bool{}}
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := e.store.View(ctx, func(tx storage.Reader) error {
			run, err := undoable(tx, runID)
			if err != nil {
				return err
			}
			page, err := pages.next(tx, run)
			if err != nil {
				return err
			}
			more = !pages.over
			for _, r := range page {
				u, err := e.weigh(tx, r)
				if err != nil {
					return err
				}
				if !f(r, u) {
					more = false
					return nil
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *UndoPlan) add(r *reversal, u *undone) {
	switch {
	case u.remove:
		p.Delete++
	case u.restore || len(u.reopen) > 0:
		p.Restore++
	}
	if len(u.conflicts)+len(u.left) > 0 {
		p.Conflicts++
	}
	p.Republish += len(u.publish)
	p.Stays += len(r.stays)
}

// undoable gives a run that can be undone; it refuses the others, and those that were.
func undoable(tx storage.Reader, runID string) (*storage.Run, error) {
	run, err := tx.Run(runID)
	if err != nil {
		return nil, err
	}
	switch run.Kind {
	case storage.RunImport, storage.RunEdit, storage.RunDecide, storage.RunSync, storage.RunAutoSync, storage.RunContacts:
	default:
		return nil, storage.NewProblem("undo.notUndoable")
	}
	switch run.State {
	case storage.RunUndone:
		return nil, storage.NewProblem("undo.already")
	case storage.RunRunning, storage.RunHeld:
		return nil, storage.NewProblem("undo.running")
	}
	return run, nil
}

// Undo takes back what a run did, in slices, as a new run; what changed since is left and listed as a conflict. Of a
// publication, the values come back here and are published again where they had been sent (Run.Republish); listings
// that it created stay. Of a pass over an address book, what it changed here comes back, and the next pass carries that
// there; what it wrote there stays until then. It returns when it is over here; cancelled or interrupted, it can be asked for again.
func (e *Engine) Undo(ctx context.Context, runID string) (string, error) {
	var run *storage.Run
	err := e.store.Update(ctx, func(tx storage.Writer) error {
		undid, err := undoable(tx, runID)
		if err != nil {
			return err
		}
		if run, err = e.writer(tx).newRun(storage.RunUndo, storage.ActorUser, undid.Subject); err != nil {
			return err
		}
		run.Undoes = runID
		run.Totals.Total = undid.Totals.Created + undid.Totals.Updated
		if undid.Kind != storage.RunContacts { // what a pass wrote there stays
			run.Totals.Total += undid.Totals.Sent
		}
		return tx.PutRun(run)
	})
	if err != nil {
		return "", err
	}
	return run.ID, e.undo(ctx, run)
}

// undo does the work of an undo run, from the beginning: what it did before an interruption is found done. When the
// engine stops meanwhile the run stays open, and the next start goes on with it.
func (e *Engine) undo(ctx context.Context, run *storage.Run) error {
	ctx, job := e.jobs.Begin(ctx, run.Kind, run.ID, run.Subject, run.Totals.Total)
	run.Totals = storage.Totals{}
	pages := reversalPages{seen: map[string]bool{}}
	again := map[string][]string{} // account → establishments to publish again
	for !pages.over {
		if err := ctx.Err(); err != nil {
			return e.endUndo(run, job, err)
		}
		if e.stopping() {
			job.Finish(storage.RunRunning)
			return errStopped
		}
		scratch, current := *run, ""
		err := e.update(ctx, func(w *writer) error {
			undid, err := w.Run(run.Undoes)
			if err != nil {
				return err
			}
			page, err := pages.next(w, undid)
			if err != nil {
				return err
			}
			for _, r := range page {
				accounts, err := e.reverse(w, &scratch, r)
				if err != nil {
					return fmt.Errorf("undo of %s: %w", r.id, err)
				}
				for _, a := range accounts {
					again[a] = append(again[a], r.id)
				}
				current = r.name
			}
			return w.PutRun(&scratch)
		})
		if err != nil {
			return e.endUndo(run, job, err)
		}
		*run = scratch
		job.Advance(decided(run.Totals), run.Totals.Failed, current)
	}
	return e.endUndo(run, job, e.republish(ctx, run, again))
}

// republish queues the publication of what an undo brought back to the accounts that had been sent something else, as
// a run of its own. What no longer can be published there stays "À synchroniser".
func (e *Engine) republish(ctx context.Context, run *storage.Run, again map[string][]string) error {
	usable, err := e.accounts(ctx)
	if err != nil {
		return err
	}
	var requests []Request
	for _, a := range usable {
		if ids := again[a.ID]; len(ids) > 0 {
			requests = append(requests, Request{AccountIDs: []string{a.ID}, EstablishmentIDs: ids})
		}
	}
	if len(requests) == 0 {
		return nil
	}
	run.Republish, err = e.queueRun(ctx, storage.RunSync, storage.ActorUser, requests)
	return err
}

func (e *Engine) stopping() bool {
	select {
	case <-e.quit:
		return true
	default:
		return false
	}
}

// endUndo closes an undo run and marks the run that it undid. A cancelled undo is no error: its run says so.
func (e *Engine) endUndo(run *storage.Run, job *Job, failure error) error {
	err := e.store.Update(e.calls, func(tx storage.Writer) error {
		run.EndedAt = e.clock.Now()
		switch {
		case errors.Is(failure, context.Canceled):
			run.State, run.Problem = storage.RunCancelled, storage.NewProblem("sync.cancelled")
		case failure != nil:
			run.State, run.Problem = storage.RunFailed, problemOf(failure)
		case run.Totals.Failed > 0:
			run.State = storage.RunFailed
		default:
			run.State = storage.RunDone
		}
		if failure == nil {
			undid, err := tx.Run(run.Undoes)
			if err != nil {
				return err
			}
			undid.State, undid.UndoneBy = storage.RunUndone, run.ID
			if err := tx.PutRun(undid); err != nil {
				return err
			}
		}
		return tx.PutRun(run)
	})
	job.Finish(run.State)
	if run.State == storage.RunCancelled {
		return err
	}
	return errors.Join(failure, err)
}

// problemOf gives words for an error that stopped a run.
func problemOf(err error) *storage.Problem {
	var p *storage.Problem
	if errors.As(err, &p) {
		return p
	}
	return storage.NewProblem("run.stopped").Because(err)
}

// reverse undoes one establishment's part and writes its line. It gives the accounts to publish it to again.
func (e *Engine) reverse(w *writer, run *storage.Run, r *reversal) ([]string, error) {
	if r.record != nil {
		return nil, e.reverseRecord(w, run, r)
	}
	u, err := e.weigh(w, r)
	if err != nil {
		return nil, err
	}
	for _, l := range u.reopen { // before the value: else it would be sent instead of waiting for a decision
		if err := w.PutListing(l); err != nil {
			return nil, err
		}
	}
	switch {
	case u.remove:
		err = e.remove(w, run, u.before)
	case u.restore:
		err = e.write(w, u.before, u.after, Cause{Actor: storage.ActorUser, RunID: run.ID, Undo: true})
		if errors.Is(err, storage.ErrDuplicate) { // the identifier went to another one since: refused before any write
			u.conflicts = append(u.conflicts, conflict(storage.FieldIdentifier))
			u.publish, err = nil, nil
		}
	}
	if err == nil && !u.remove {
		err = e.reopened(w, run, u)
	}
	if err != nil {
		return nil, err
	}
	return u.publish, w.addItem(run, r.line(u))
}

// line is what the undo's report says of one establishment.
func (r *reversal) line(u *undone) *storage.RunItem {
	item := &storage.RunItem{
		EstablishmentID: r.id, Name: r.name, Problems: u.conflicts,
		Result: storage.ItemRestored, // also when an interrupted undo had done it already
	}
	if r.record != nil {
		item.ContactID, item.Problems = r.record.ContactID, u.notes
		for _, l := range u.left {
			item.Problems = append(item.Problems, l.Problem)
		}
	}
	for range r.stays {
		item.Problems = append(item.Problems, storage.NewProblem("undo.stays"))
	}
	switch {
	case len(u.conflicts)+len(u.left) > 0:
		item.Result = storage.ItemConflict
	case len(r.stays) > 0 && len(r.changes) == 0:
		item.Result = storage.ItemSkipped
	}
	if len(r.stays) == 1 {
		item.AccountID = r.stays[0]
	}
	return item
}

func (e *Engine) remove(w *writer, run *storage.Run, est *storage.Establishment) error {
	accounts, err := w.Accounts()
	if err != nil {
		return err
	}
	for _, a := range accounts {
		op, err := operation(w, a.ID, est.ID)
		if err != nil {
			return err
		}
		if op == nil {
			continue
		}
		if err := w.abandon(op, storage.NewProblem("undo.deleted")); err != nil {
			return err
		}
	}
	if err := w.DeleteEstablishment(est.ID); err != nil {
		return err
	}
	return w.journal(&storage.JournalEntry{
		Actor: storage.ActorUser, Action: storage.JournalDelete, RunID: run.ID, EstablishmentID: est.ID,
		Name: est.Name, Hash: est.ContentHash(),
	})
}

// UndoEntry takes one edit of the history back, field by field, where nothing changed since; else it says which fields
// did and changes nothing.
func (e *Engine) UndoEntry(ctx context.Context, journalID string) error {
	return inWords(e.update(ctx, func(w *writer) error {
		entry, err := w.JournalEntry(journalID)
		if err != nil {
			return err
		}
		if entry.Action != storage.JournalUpdate {
			return storage.NewProblem("undo.notUndoable")
		}
		r := &reversal{id: entry.EstablishmentID, name: entry.Name, changes: entry.Changes}
		u, err := e.weigh(w, r)
		switch {
		case err != nil:
			return err
		case len(u.conflicts) > 0:
			return u.conflicts
		case !u.restore:
			return storage.NewProblem("undo.already")
		}
		return e.write(w, u.before, u.after, Cause{Actor: storage.ActorUser})
	}))
}
