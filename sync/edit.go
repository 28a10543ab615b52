package sync

import (
	"context"
	"errors"
	"slices"

	"diapason/storage"
)

// Cause tells who wrote an establishment and in which run; the run is empty for a single edit.
type Cause struct {
	Actor storage.Actor
	RunID string
	// Undo tells that earlier values come back: nobody looked at what the directories show, so that their drifts stay
	// open.
	Undo bool
}

// Create keeps a new establishment. Its problems come back as storage.Problems.
func (e *Engine) Create(ctx context.Context, est *storage.Establishment, actor storage.Actor) error {
	return inWords(e.update(ctx, func(w *writer) error {
		return e.write(w, nil, est, Cause{Actor: actor})
	}))
}

// Edit changes fields of one establishment, from people's text, and gives it as it is kept then. Bad values come back
// as storage.Problems, all of them, and nothing is changed.
func (e *Engine) Edit(
	ctx context.Context, id string, values map[storage.Field]string, actor storage.Actor,
) (*storage.Establishment, error) {
	var after *storage.Establishment
	err := e.update(ctx, func(w *writer) error {
		before, err := w.Establishment(id)
		if err != nil {
			return err
		}
		after = before.Clone()
		if err := apply(after, values); err != nil {
			return err
		}
		return e.write(w, before, after, Cause{Actor: actor})
	})
	if err != nil {
		return nil, inWords(err)
	}
	// gofail: var afterEdit struct{}
	// dies()
	return after, nil
}

// apply sets the values, the country first because it decides how phones and postcodes are read.
func apply(est *storage.Establishment, values map[storage.Field]string) error {
	var problems storage.Problems
	set := func(f storage.Field) {
		text, given := values[f]
		if !given {
			return
		}
		var p *storage.Problem
		if err := est.SetValue(f, text); errors.As(err, &p) {
			problems = append(problems, p)
		}
	}
	set(storage.FieldCountry)
	for _, f := range storage.Fields {
		if f != storage.FieldCountry {
			set(f)
		}
	}
	for f := range values {
		if !f.Known() {
			problems = append(problems, storage.NewProblem("field.unknown", "value", string(f)))
		}
	}
	if len(problems) > 0 {
		return problems
	}
	if problems = est.Validate(); problems != nil {
		return problems
	}
	return nil
}

// inWords gives a single problem the form of a list, which is what forms expect.
func inWords(err error) error {
	var list storage.Problems
	var p *storage.Problem
	if !errors.As(err, &list) && errors.As(err, &p) {
		return storage.Problems{p}
	}
	return err
}

// WriteEstablishment keeps an establishment inside the caller's transaction with everything that goes with an edit:
// origins of the changed fields, journal, wanted content of its listings and, with auto-sync, the operations. before is
// nil for a creation. Without a difference nothing is written.
func (e *Engine) WriteEstablishment(tx storage.Writer, before, after *storage.Establishment, c Cause) error {
	w := e.writer(tx)
	if err := e.write(w, before, after, c); err != nil {
		return err
	}
	return w.finish()
}

func (e *Engine) write(w *writer, before, after *storage.Establishment, c Cause) error {
	changes := differences(before, after)
	if before != nil && len(changes) == 0 {
		return nil
	}
	entry := &storage.JournalEntry{
		At: w.now, Actor: c.Actor, Action: storage.JournalUpdate, RunID: c.RunID, Name: after.Name, Changes: changes,
	}
	if before == nil {
		entry.Action, entry.Changes = storage.JournalCreate, nil
		after.CreatedAt = w.now
	}
	for _, ch := range entry.Changes {
		if after.Origins == nil {
			after.Origins = map[storage.Field]storage.Origin{}
		}
		after.Origins[ch.Field] = storage.Origin{At: w.now, Actor: c.Actor, RunID: c.RunID}
	}
	after.UpdatedAt = w.now
	if err := w.PutEstablishment(after); err != nil {
		return err
	}
	entry.EstablishmentID, entry.Hash = after.ID, after.ContentHash()
	if err := w.journal(entry); err != nil {
		return err
	}
	return e.follow(w, before, after, changes, c)
}

// differences lists the fields whose text differs, in template order; everything is different from nothing.
func differences(before, after *storage.Establishment) []storage.FieldChange {
	var changes []storage.FieldChange
	for _, f := range storage.Fields {
		var old string
		if before != nil {
			old = before.Value(f)
		}
		if v := after.Value(f); v != old {
			changes = append(changes, storage.FieldChange{Field: f, Before: old, After: v})
		}
	}
	return changes
}

// journal appends an entry; what came from outside is kept without secrets.
func (w *writer) journal(entry *storage.JournalEntry) error {
	id, err := newID()
	if err != nil {
		return err
	}
	entry.ID = id
	if entry.At.IsZero() {
		entry.At = w.now
	}
	return w.AppendJournal(entry.Masked())
}

// follow brings the listings of an edited establishment up to date and queues what auto-sync sends.
func (e *Engine) follow(
	w *writer, before, after *storage.Establishment, changes []storage.FieldChange, c Cause,
) error {
	if before == nil && !after.AutoSync {
		return nil // a creation has no listing yet
	}
	fields := make([]storage.Field, len(changes))
	for i, ch := range changes {
		fields[i] = ch.Field
	}
	accounts, err := w.Accounts()
	if err != nil {
		return err
	}
	var run *storage.Run
	for _, a := range accounts {
		caps := e.capabilities(a)
		l, exists, err := listing(w, after.ID, a.ID)
		if err != nil {
			return err
		}
		if !exists && !after.AutoSync {
			continue
		}
		op, err := operation(w, a.ID, after.ID)
		if err != nil {
			return err
		}
		op, err = w.withdraw(op, before, after)
		if err != nil {
			return err
		}
		overrule(l, fields, c)
		wanted := l.Desired
		want(l, after, caps)
		waitsForUser := l.Flow == storage.FlowUser && wanted.Equal(l.Desired) // refused, and still the same
		if !waitsForUser || !publishable(after.Status) {
			edited(l, after.Status, op != nil)
		}
		queued := false
		if _, known := e.kinds[a.Kind]; known && a.Enabled && e.sendsItself(after, l, caps.Fields, fields, before == nil) {
			if run, err = e.queueEdit(w, run, after, a, l, op, c); err != nil {
				return err
			}
			queued = true
		}
		if exists || queued || len(l.Blockers) > 0 {
			if err := w.PutListing(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// overrule notes that the user's edit of a field came after its drift was read: the last change wins.
func overrule(l *storage.Listing, edited []storage.Field, c Cause) {
	if c.Actor == storage.ActorDirectory || c.Undo {
		return
	}
	for _, f := range edited {
		m := l.Matches[f]
		drift := m == storage.MatchRemoteChanged || m == storage.MatchBothChanged
		if drift && !slices.Contains(l.Kept, f) {
			l.Kept = append(l.Kept, f)
		}
	}
}

// withdraw takes back what auto-sync queued when auto-sync was switched off, or everything that has not left when the
// establishment may no longer be published. It gives the operation that is left.
func (w *writer) withdraw(op *storage.Operation, before, after *storage.Establishment) (*storage.Operation, error) {
	if op == nil || op.State == storage.OpInflight {
		return op, nil
	}
	off := before != nil && before.AutoSync && !after.AutoSync && op.Actor == storage.ActorAutoSync
	if !off && publishable(after.Status) {
		return op, nil
	}
	why := storage.NewProblem("sync.autoSyncOff")
	if !publishable(after.Status) {
		why = notPublished(after.Status)
	}
	if err := w.DeleteOperation(op.AccountID, op.EstablishmentID); err != nil {
		return nil, err
	}
	return nil, w.abandon(op, why)
}

// notPublished says why an establishment of this status is not sent.
func notPublished(s storage.Status) *storage.Problem {
	if s == storage.StatusDraft {
		return storage.NewProblem("sync.draft")
	}
	return storage.NewProblem("sync.archived")
}

// sendsItself reports whether an edit of these fields leaves by auto-sync for this listing.
func (e *Engine) sendsItself(
	est *storage.Establishment, l *storage.Listing, carried, fields []storage.Field, created bool,
) bool {
	return est.AutoSync && publishable(est.Status) &&
		(est.Status != storage.StatusClosed || l.Accepted != nil) &&
		(created || intersects(fields, carried)) &&
		len(l.Blockers) == 0 && l.Sync != storage.SyncNotFound && len(toSend(l, false)) > 0
}

// queueEdit queues the publication of an edit. Further edits within the delay join it: they find the
// operation and only push it back, five delays at most after the first edit.
func (e *Engine) queueEdit(
	w *writer, run *storage.Run, est *storage.Establishment, a *storage.Account, l *storage.Listing,
	op *storage.Operation, c Cause,
) (*storage.Run, error) {
	leave := w.now.Add(e.delay)
	if op != nil && op.Kind == storage.OpPublish {
		l.Flow = storage.FlowQueued
		switch op.State {
		case storage.OpPending:
			if op.Actor == storage.ActorAutoSync {
				if last := op.CreatedAt.Add(5 * e.delay); leave.After(last) {
					leave = last
				}
				op.NotBefore = leave
				return run, w.PutOperation(op)
			}
			return run, nil // the user's own publication takes the edit along
		case storage.OpRetry, storage.OpBlocked:
			return run, nil // as above, when it may leave
		}
	}
	var err error
	if run == nil {
		if run, err = e.autoRun(w, est, c); err != nil {
			return nil, err
		}
	}
	item := &storage.RunItem{
		EstablishmentID: est.ID, AccountID: a.ID, Name: est.Name, Result: storage.ItemPending,
	}
	if err := w.addItem(run, item); err != nil {
		return nil, err
	}
	if err := w.putRun(run); err != nil {
		return nil, err
	}
	if run.Gathering != nil {
		return run, nil // its operations come when all of it is known
	}
	l.Flow = storage.FlowQueued
	return run, w.queue(op, &storage.Operation{
		AccountID: a.ID, EstablishmentID: est.ID, Kind: storage.OpPublish, Actor: storage.ActorAutoSync,
		RunID: run.ID, Item: item.Seq, NotBefore: leave,
	})
}

// autoRun gives the run that a caused publication belongs to: one for an edit, one for a whole import or bulk edit, which
// gathers until that is over.
func (e *Engine) autoRun(w *writer, est *storage.Establishment, c Cause) (*storage.Run, error) {
	if c.RunID == "" {
		run, err := w.newRun(storage.RunAutoSync, storage.ActorAutoSync, est.Name)
		if err != nil {
			return nil, err
		}
		return run, w.PutRun(run)
	}
	e.mu.Lock()
	id := e.autoRuns[c.RunID]
	e.mu.Unlock()
	if id != "" {
		run, err := w.Run(id)
		if err == nil && run.Unjudged && run.Gathering != nil {
			return run, nil
		}
		if err != nil && !errors.Is(err, storage.ErrNotFound) { // not there when the transaction that made it was undone
			return nil, err
		}
	}
	cause, err := w.Run(c.RunID)
	subject := ""
	if err == nil {
		subject = cause.Subject
	} else if !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	run, err := w.newRun(storage.RunAutoSync, storage.ActorAutoSync, subject)
	if err != nil {
		return nil, err
	}
	run.Unjudged, run.Gathering = true, &storage.Gathering{Cause: c.RunID}
	e.mu.Lock()
	e.autoRuns[c.RunID], e.gathering[run.ID] = run.ID, c.RunID
	e.mu.Unlock()
	return run, w.PutRun(run)
}

// queue puts an operation; one that waits for the same listing already is taken over.
func (w *writer) queue(old, op *storage.Operation) error {
	op.State, op.CreatedAt = storage.OpPending, w.now
	if old == nil {
		return w.PutOperation(op)
	}
	if old.RunID != op.RunID {
		if err := w.abandon(old, storage.NewProblem("sync.takenOver")); err != nil {
			return err
		}
	}
	if old.State == storage.OpInflight {
		// It has left: it stays doubtful until it is answered or probed, and then goes on for the new run.
		old.RunID, old.Item, old.Actor, old.Force, old.Agreed = op.RunID, op.Item, op.Actor, op.Force, op.Agreed
		return w.PutOperation(old)
	}
	if old.Kind == storage.OpPublish && op.Kind == storage.OpPublish {
		op.IdempotencyKey, op.Hash = old.IdempotencyKey, old.Hash
	}
	return w.PutOperation(op)
}
