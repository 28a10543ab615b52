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
}

// reversal is the undoing of one run's work on one establishment.
type reversal struct {
	id      string
	name    string
	created bool
	hash    string // of the content after the run
	changes []storage.FieldChange
}

// undone is what a reversal comes to, given what is there now.
type undone struct {
	before, after *storage.Establishment // after differs where values come back
	restore       bool
	remove        bool
	conflicts     storage.Problems
}

// UndoPlan counts what Undo would do now; it writes nothing.
func (e *Engine) UndoPlan(ctx context.Context, runID string) (UndoPlan, error) {
	var plan UndoPlan
	for after := ""; ; {
		var more bool
		err := e.store.View(ctx, func(tx storage.Reader) error {
			if err := undoable(tx, runID); err != nil {
				return err
			}
			page, last, err := reversals(tx, runID, after)
			if err != nil {
				return err
			}
			for _, r := range page {
				u, err := r.weigh(tx)
				if err != nil {
					return err
				}
				plan.add(u)
			}
			more, after = last != "", last
			return nil
		})
		if err != nil {
			return UndoPlan{}, err
		}
		if !more {
			return plan, nil
		}
	}
}

func (p *UndoPlan) add(u *undone) {
	switch {
	case u.remove:
		p.Delete++
	case u.restore:
		p.Restore++
	}
	if len(u.conflicts) > 0 {
		p.Conflicts++
	}
}

// undoable refuses the runs that cannot be undone, and those that were.
func undoable(tx storage.Reader, runID string) error {
	run, err := tx.Run(runID)
	if err != nil {
		return err
	}
	switch {
	case run.Kind != storage.RunImport && run.Kind != storage.RunEdit:
		return storage.NewProblem("undo.notUndoable")
	case run.State == storage.RunUndone:
		return storage.NewProblem("undo.already")
	case run.State == storage.RunRunning:
		return storage.NewProblem("undo.running")
	}
	return nil
}

// Undo takes back what an import or a bulk edit did, in slices, as a new run; what changed since is left and listed as
// a conflict. It returns when it is over; cancelled or interrupted, it can be asked for again.
func (e *Engine) Undo(ctx context.Context, runID string) (string, error) {
	var run *storage.Run
	err := e.store.Update(ctx, func(tx storage.Writer) error {
		if err := undoable(tx, runID); err != nil {
			return err
		}
		undid, err := tx.Run(runID)
		if err != nil {
			return err
		}
		if run, err = e.writer(tx).newRun(storage.RunUndo, storage.ActorUser, undid.Subject); err != nil {
			return err
		}
		run.Undoes, run.Totals.Total = runID, undid.Totals.Created+undid.Totals.Updated
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
	for after := ""; ; {
		if err := ctx.Err(); err != nil {
			return e.endUndo(run, job, err)
		}
		if e.stopping() {
			job.Finish(storage.RunRunning)
			return errStopped
		}
		scratch := *run
		last, current := "", ""
		err := e.update(ctx, func(w *writer) error {
			scratch = *run
			page, next, err := reversals(w, run.Undoes, after)
			if err != nil {
				return err
			}
			last = next
			for _, r := range page {
				if err := e.reverse(w, &scratch, r); err != nil {
					return fmt.Errorf("undo of %s: %w", r.id, err)
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
		if last == "" {
			return e.endUndo(run, job, nil)
		}
		after = last
	}
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

// reverse undoes one establishment's part and writes its line.
func (e *Engine) reverse(w *writer, run *storage.Run, r *reversal) error {
	u, err := r.weigh(w)
	if err != nil {
		return err
	}
	result := storage.ItemRestored // also when an interrupted undo had done it already
	switch {
	case u.remove:
		err = e.remove(w, run, u.before)
	case u.restore:
		err = e.write(w, u.before, u.after, Cause{Actor: storage.ActorUser, RunID: run.ID})
		if errors.Is(err, storage.ErrDuplicate) { // the identifier went to another one since: refused before any write
			u.conflicts = append(u.conflicts, conflict(storage.FieldIdentifier))
			err = nil
		}
	}
	if err != nil {
		return err
	}
	if len(u.conflicts) > 0 {
		result = storage.ItemConflict
	}
	return w.addItem(run, &storage.RunItem{
		EstablishmentID: r.id, Name: r.name, Result: result, Problems: u.conflicts,
	})
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

// reversals gives a slice of what a run did, one per establishment, and where the next slice begins ("" at the end).
func reversals(tx storage.Reader, runID, after string) ([]*reversal, string, error) {
	entries, err := tx.RunJournal(runID, after, slice)
	if err != nil {
		return nil, "", err
	}
	var page []*reversal
	byID := map[string]*reversal{}
	for _, j := range entries {
		after = j.ID
		if j.Action != storage.JournalCreate && j.Action != storage.JournalUpdate {
			continue
		}
		r := byID[j.EstablishmentID]
		if r == nil {
			r = &reversal{id: j.EstablishmentID, name: j.Name, created: j.Action == storage.JournalCreate}
			byID[r.id] = r
			page = append(page, r)
		}
		r.hash = j.Hash
		r.add(j.Changes)
	}
	if len(entries) < slice {
		after = ""
	}
	return page, after, nil
}

// add joins later changes to earlier ones: the first before, the last after.
func (r *reversal) add(changes []storage.FieldChange) {
	for _, c := range changes {
		joined := false
		for i := range r.changes {
			if r.changes[i].Field == c.Field {
				r.changes[i].After, joined = c.After, true
			}
		}
		if !joined {
			r.changes = append(r.changes, c)
		}
	}
}

// weigh decides what comes back: only what still holds what the run put there.
func (r *reversal) weigh(tx storage.Reader) (*undone, error) {
	est, err := tx.Establishment(r.id)
	if errors.Is(err, storage.ErrNotFound) {
		return &undone{}, nil // deleted already
	}
	if err != nil {
		return nil, err
	}
	if r.created {
		return r.weighCreation(tx, est)
	}
	u := &undone{before: est, after: est.Clone()}
	values := map[storage.Field]string{}
	for _, c := range r.changes {
		switch est.Value(c.Field) {
		case c.After:
			values[c.Field] = c.Before
		case c.Before: // undone already
		default:
			u.conflicts = append(u.conflicts, conflict(c.Field))
		}
	}
	if len(values) == 0 {
		return u, nil
	}
	if err := apply(u.after, values); err != nil {
		var ps storage.Problems
		if !errors.As(err, &ps) {
			return nil, err
		}
		u.conflicts = append(u.conflicts, ps...) // together with what changed since, the old values are not valid
		u.after = est.Clone()
		return u, nil
	}
	u.restore = true
	return u, nil
}

func (r *reversal) weighCreation(tx storage.Reader, est *storage.Establishment) (*undone, error) {
	u := &undone{before: est}
	if est.ContentHash() != r.hash {
		u.conflicts = storage.Problems{storage.NewProblem("undo.edited")}
		return u, nil
	}
	listings, err := tx.Listings(est.ID)
	if err != nil {
		return nil, err
	}
	for _, l := range listings {
		op, err := operation(tx, l.AccountID, est.ID)
		if err != nil {
			return nil, err
		}
		left := op != nil && op.State == storage.OpInflight
		if left || l.Accepted != nil || l.Written != nil || l.RemoteID != "" || !l.SentAt.IsZero() {
			u.conflicts = storage.Problems{storage.NewProblem("undo.published")}
			return u, nil
		}
	}
	u.remove = true
	return u, nil
}

func conflict(f storage.Field) *storage.Problem { return storage.NewProblem("undo.changedSince").On(f) }

// UndoEntry takes one edit of the history back, field by field, where nothing changed since; else it says which fields
// did and changes nothing.
func (e *Engine) UndoEntry(ctx context.Context, journalID string) error {
	return inWords(e.update(ctx, func(w *writer) error {
		entry, err := entryOf(w, journalID)
		if err != nil {
			return err
		}
		if entry.Action != storage.JournalUpdate {
			return storage.NewProblem("undo.notUndoable")
		}
		r := &reversal{id: entry.EstablishmentID, name: entry.Name, changes: entry.Changes}
		u, err := r.weigh(w)
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

// entryOf finds an entry of the journal by its identifier.
func entryOf(tx storage.Reader, id string) (*storage.JournalEntry, error) {
	for before := ""; ; {
		page, err := tx.Journal(storage.JournalQuery{Before: before, Limit: slice})
		if err != nil {
			return nil, err
		}
		for _, j := range page {
			if j.ID == id {
				return j, nil
			}
			before = j.ID
		}
		if len(page) < slice {
			return nil, fmt.Errorf("journal entry %s: %w", id, storage.ErrNotFound)
		}
	}
}
