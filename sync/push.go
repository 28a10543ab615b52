package sync

import (
	"errors"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/merge"
)

// ackSlice is the number of receipts that one transaction acknowledges.
const ackSlice = 100

// sending is one operation on its way: as it was when it left.
type sending struct {
	op     *storage.Operation
	change directory.Change
}

// serverTime gives what the other side's clock said with the last of several receipts.
func serverTime(receipts []directory.Receipt) time.Time {
	for _, r := range slices.Backward(receipts) {
		at := r.ServerTime
		if r.Err != nil {
			at = directory.Classify(r.Err).ServerTime
		}
		if !at.IsZero() {
			return at
		}
	}
	return time.Time{}
}

// reread checks what a group brought about, at once: before that nothing is shown as up to date.
func (l *lane) reread(sent []sending, receipts []directory.Receipt) error {
	var checks []*storage.Operation
	l.named = make(map[string]directory.Ref, len(sent))
	defer func() { l.named = nil }()
	err := l.e.store.View(l.call(), func(tx storage.Reader) error {
		for i, s := range sent {
			id := s.op.EstablishmentID
			op, err := operation(tx, l.account, id)
			if err != nil {
				return err
			}
			if op != nil && op.Kind == storage.OpCheck {
				checks = append(checks, op)
				l.named[id] = directory.Ref{
					RemoteID: keep(receipts[i].RemoteID, s.change.RemoteID), Identifier: s.change.Identifier,
				}
			}
		}
		return nil
	})
	if err != nil || len(checks) == 0 {
		return err
	}
	return l.check(checks)
}

// take moves operations to "in flight" on the disk, with what will be sent. What turns out to need no sending is
// decided here.
func (l *lane) take(ops []*storage.Operation) ([]sending, error) {
	var batch []sending
	err := l.e.update(l.call(), func(w *writer) error {
		batch = nil
		for _, o := range ops {
			s, err := l.takeOne(w, o)
			if err != nil {
				return err
			}
			if s != nil {
				batch = append(batch, *s)
			}
		}
		return nil
	})
	return batch, err
}

func (l *lane) takeOne(w *writer, queued *storage.Operation) (*sending, error) {
	op, err := operation(w, l.account, queued.EstablishmentID)
	if err != nil || op == nil || op.Kind != storage.OpPublish || l.e.early(op, w.now) > 0 {
		return nil, err // taken back or put off meanwhile
	}
	if stop, err := w.stopped(op.RunID); err != nil || stop { // and not taken back yet: the run is a large one
		if stop {
			err = w.giveUp(op, storage.NewProblem(codeCancelled))
		}
		return nil, err
	}
	est, lst, err := l.current(w, op.EstablishmentID)
	if err != nil || est == nil {
		return nil, err
	}
	want(lst, est, l.caps)
	fields := toSend(lst, op.Force)
	switch {
	case !publishable(est.Status):
		return nil, l.close(w, op, lst, est.Status, storage.ItemSkipped, notPublished(est.Status))
	case len(fields) == 0:
		return nil, l.close(w, op, lst, est.Status, storage.ItemUnchanged, nil)
	case len(lst.Blockers) > 0:
		if err := w.DeleteOperation(l.account, est.ID); err != nil {
			return nil, err
		}
		lst.Flow = storage.FlowNeeded
		if err := w.PutListing(lst); err != nil {
			return nil, err
		}
		return nil, w.settle(op.RunID, op.Item, storage.ItemFailed, lst.Blockers)
	}
	if ok, err := l.lets(w, op, est, lst, fields); err != nil || !ok {
		return nil, err
	}
	hash := lst.Desired.Hash()
	if op.IdempotencyKey == "" || op.Hash != hash {
		if op.IdempotencyKey, err = newID(); err != nil {
			return nil, err
		}
	}
	op.State, op.Hash, op.StartedAt, op.Attempt, op.NotBefore = storage.OpInflight, hash, w.now, op.Attempt+1, time.Time{}
	op.Sent = storage.Snapshot{}
	for _, f := range fields {
		op.Sent[f] = lst.Desired[f]
	}
	lst.Flow = storage.FlowQueued
	if err := w.PutListing(lst); err != nil {
		return nil, err
	}
	if err := w.PutOperation(op); err != nil {
		return nil, err
	}
	s := &sending{op: op, change: directory.Change{
		EstablishmentID: est.ID, Identifier: naturalKey(est), Desired: lst.Desired, Previous: lst.Accepted,
		Touched: fields, RemoteID: lst.RemoteID, ETag: lst.ETag, IdempotencyKey: op.IdempotencyKey,
	}}
	if creation(lst) {
		s.change.Previous, s.change.RemoteID, s.change.ETag = nil, "", ""
	}
	return s, nil
}

// naturalKey is what the other side knows the establishment by: the user's own code, or else our identifier.
func naturalKey(e *storage.Establishment) string {
	if e.Identifier != "" {
		return e.Identifier
	}
	return e.ID
}

// close ends an operation that needs no sending.
func (l *lane) close(
	w *writer, op *storage.Operation, lst *storage.Listing, status storage.Status, result storage.ItemResult,
	why *storage.Problem,
) error {
	if err := w.DeleteOperation(l.account, op.EstablishmentID); err != nil {
		return err
	}
	rest(lst, status)
	if err := w.PutListing(lst); err != nil {
		return err
	}
	var problems storage.Problems
	if why != nil {
		problems = storage.Problems{why}
	}
	return w.settle(op.RunID, op.Item, result, problems)
}

// acknowledge keeps the answers to a slice of a batch in one transaction. It gives the error that makes the whole lane
// wait, when there was one.
func (l *lane) acknowledge(batch []sending, receipts []directory.Receipt) (*directory.Error, error) {
	var pause *directory.Error
	err := l.e.update(l.call(), func(w *writer) error {
		pause = nil
		for i, s := range batch {
			if receipts[i].Err == nil {
				if err := l.accepted(w, s, receipts[i]); err != nil {
					return err
				}
				continue
			}
			failure := directory.Classify(receipts[i].Err)
			if waits(failure.Class) {
				pause = failure
			}
			if err := l.failed(w, s, failure); err != nil {
				return err
			}
		}
		return nil
	})
	return pause, err
}

// accepted keeps what the directory took: the new base, its references, the journal, the operation's end.
func (l *lane) accepted(w *writer, s sending, r directory.Receipt) error {
	est, lst, err := l.current(w, s.op.EstablishmentID)
	if err != nil || est == nil {
		return err
	}
	changes := sentChanges(lst.Accepted, s.change)
	base := merge.Accept(lst.Accepted, s.change.Desired, s.change.Touched)
	created := s.change.Previous == nil && s.change.RemoteID == ""
	if created {
		base = s.change.Desired
	}
	if err := w.passed(lst, est.Name, s.op.RunID, s.change.Touched, false); err != nil {
		return err
	}
	lst.RemoteID, lst.ETag = keep(r.RemoteID, lst.RemoteID), r.ETag
	lst.URL = keep(r.URL, lst.URL)
	lst.Sync, lst.SentAt, lst.RetryAt, lst.Attempts = settled(lst.Sync), w.now, time.Time{}, 0
	lst.Reason, lst.NextCheck = nil, time.Time{}
	lst.Kept = without(lst.Kept, s.change.Touched)
	for _, f := range s.change.Touched {
		delete(lst.Observed, f) // what was read before says nothing any more
	}
	if lst.Connect == storage.ConnectLost {
		lst.Connect = storage.ConnectOK
	}
	if l.caps.NeedsConfirmation {
		lst.Written = base
	} else {
		lst.Accepted = base
	}
	if len(l.caps.Readable) == 0 {
		lst.Sync = storage.SyncNoCheck
	}
	want(lst, est, l.caps)
	if err := w.journal(&storage.JournalEntry{
		Actor: s.op.Actor, Action: storage.JournalSend, RunID: s.op.RunID, EstablishmentID: est.ID,
		AccountID: l.account, Name: est.Name, Changes: changes, Created: created, RequestID: r.RequestID,
		Answer: answer(r.Answer),
	}); err != nil {
		return err
	}
	return l.proceed(w, s, est.Status, lst, r)
}

// proceed says what comes after an acceptance: the re-reading, the moderation, the user's upload, or nothing; and what
// was edited while it was on its way.
func (l *lane) proceed(
	w *writer, s sending, status storage.Status, lst *storage.Listing, r directory.Receipt,
) error {
	op, err := operation(w, l.account, s.op.EstablishmentID)
	if err != nil {
		return err
	}
	rest(lst, status)
	if l.caps.NeedsConfirmation {
		lst.Reason = storage.NewProblem("directory.uploadFile", "file", r.ReadyFile)
	}
	again := op != nil && op.RunID != s.op.RunID
	switch {
	case again && len(toSend(lst, op.Force)) > 0:
		op.State, op.Attempt, op.Problem = storage.OpPending, 0, nil
		lst.Flow = storage.FlowQueued
		if err := w.PutOperation(op); err != nil {
			return err
		}
		if err := w.settle(s.op.RunID, s.op.Item, storage.ItemSent, nil); err != nil {
			return err
		}
		return w.PutListing(lst)
	case again:
		if err := w.settle(op.RunID, op.Item, storage.ItemUnchanged, nil); err != nil {
			return err
		}
	}
	switch {
	case r.Pending && l.reader != nil:
		lst.NextCheck = w.now.Add(l.moderation(lst, w.now))
		if lst.Flow == storage.FlowIdle {
			lst.Flow = storage.FlowDirectory
		}
	case l.reader != nil && !l.caps.NeedsConfirmation:
		lst.Flow = storage.FlowQueued
		if err := w.PutListing(lst); err != nil {
			return err
		}
		return w.PutOperation(&storage.Operation{ // the re-reading decides the line of the report
			AccountID: l.account, EstablishmentID: lst.EstablishmentID, Kind: storage.OpCheck,
			State: storage.OpPending, Actor: s.op.Actor, RunID: s.op.RunID, Item: s.op.Item, CreatedAt: w.now,
			Hash: s.op.Hash,
		})
	}
	if err := w.DeleteOperation(l.account, lst.EstablishmentID); err != nil {
		return err
	}
	if err := w.PutListing(lst); err != nil {
		return err
	}
	return w.settle(s.op.RunID, s.op.Item, storage.ItemSent, nil)
}

// confirms reports whether an operation re-reads what its own run sent: its line is "sent" whatever the reading says.
func confirms(op *storage.Operation) bool { return op.Kind == storage.OpCheck && op.Hash != "" }

// moderation gives the time until the next look at a moderation: the directory's usual delay at first, then half of
// the time it has taken so far, an hour at most.
func (l *lane) moderation(lst *storage.Listing, now time.Time) time.Duration {
	soonest := max(l.caps.MinDelay, time.Second)
	return min(max(now.Sub(lst.SentAt)/2, min(soonest, longestModeration)), longestModeration)
}

// longestModeration bounds the time between two looks at a moderation.
const longestModeration = time.Hour

// current reads an establishment and its listing as they are now; nil when it was deleted meanwhile.
func (l *lane) current(w *writer, id string) (*storage.Establishment, *storage.Listing, error) {
	est, err := w.Establishment(id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	lst, _, err := listing(w, id, l.account)
	return est, lst, err
}

// sentChanges lists what was sent with what was accepted before.
func sentChanges(accepted storage.Snapshot, c directory.Change) []storage.FieldChange {
	var changes []storage.FieldChange
	for _, f := range c.Touched {
		if accepted[f] != c.Desired[f] {
			changes = append(changes, storage.FieldChange{Field: f, Before: accepted[f], After: c.Desired[f]})
		}
	}
	return changes
}

// settled forgets a technical problem or an absence once the directory answered.
func settled(s storage.SyncStatus) storage.SyncStatus {
	if s == storage.SyncTechnical || s == storage.SyncNotFound {
		return storage.SyncUnknown
	}
	return s
}

func keep(fresh, old string) string {
	if fresh != "" {
		return fresh
	}
	return old
}

func without(fields, gone []storage.Field) []storage.Field {
	var left []storage.Field
	for _, f := range fields {
		if !intersects([]storage.Field{f}, gone) {
			left = append(left, f)
		}
	}
	return left
}
