package sync

import (
	"errors"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/merge"
)

// keepAfter is how long readings are gathered before they are kept in one transaction.
const keepAfter = 300 * time.Millisecond

// reading is what the directory answered about one listing.
type reading struct {
	op      *storage.Operation
	obs     directory.Observation
	failure *directory.Error
	// judged tells that an absence was looked at together with the others of its check, doubted what came of it.
	judged, doubted bool
}

// readAll reads the listings of the operations, and keeps the answers in slices.
func (l *lane) readAll(ops []*storage.Operation, keep func(*writer, reading) error) error {
	var gathered []reading
	var pause *directory.Error
	begun := l.e.clock.Now()
	since := begun
	for _, op := range ops {
		if !l.pace(op) {
			break // what is not read stays in the queue
		}
		ref, err := l.ref(op)
		if err != nil {
			return err
		}
		if ref == nil {
			continue
		}
		obs, failure := l.read(op, *ref)
		if failure != nil && waits(failure.Class) {
			pause = failure
			break
		}
		gathered = append(gathered, reading{op: op, obs: obs, failure: failure})
		if l.breaker.tripped != nil {
			break // what is not read stays in the queue
		}
		if now := l.e.clock.Now(); len(gathered) == ackSlice || now.Sub(since) >= keepAfter {
			if err := l.keepAll(gathered, keep); err != nil {
				return err
			}
			gathered, since = nil, now
			if now.Sub(begun) > readFor {
				break // the rest stays in the queue
			}
		}
	}
	if err := l.keepAll(gathered, keep); err != nil {
		return err
	}
	return l.after(pause)
}

// unread answers for a directory that can no longer be read: nothing is known.
func unread(ops []*storage.Operation) []reading {
	rs := make([]reading, len(ops))
	for i, op := range ops {
		rs[i] = reading{op: op, failure: &directory.Error{
			Class: directory.Refused, Problem: storage.NewProblem("sync.notReadable", "account", ""),
		}}
	}
	return rs
}

// ref names the listing of an operation on the other side; nil when its establishment is no more.
func (l *lane) ref(op *storage.Operation) (*directory.Ref, error) {
	if named, known := l.named[op.EstablishmentID]; known {
		return &named, nil
	}
	var ref *directory.Ref
	err := l.e.store.View(l.call(), func(tx storage.Reader) error {
		est, err := tx.Establishment(op.EstablishmentID)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		lst, _, err := listing(tx, est.ID, l.account)
		if err != nil {
			return err
		}
		ref = &directory.Ref{RemoteID: lst.RemoteID, Identifier: naturalKey(est)}
		return nil
	})
	return ref, err
}

// read asks for one listing; a listing that is gone is an answer, not a failure.
func (l *lane) read(op *storage.Operation, ref directory.Ref) (directory.Observation, *directory.Error) {
	var obs directory.Observation
	failure := l.ask(op, func() (at time.Time, err error) {
		obs, err = l.reader.Read(l.call(), ref)
		return obs.ServerTime, err
	})
	if failure != nil && failure.Class == directory.Gone {
		return directory.Observation{}, nil
	}
	return obs, failure
}

// A reading that had no answer is made again at once, readTries times at most and for readWithin at most.
const (
	readTries  = 3
	readWithin = 30 * time.Second
)

// ask makes a call that changes nothing there, for op. What had no answer is asked again, which is harmless.
func (l *lane) ask(op *storage.Operation, call func() (serverTime time.Time, err error)) *directory.Error {
	begun := l.e.clock.Now()
	for try := 1; ; try++ {
		sent := l.e.clock.Now()
		at, err := call()
		if err == nil {
			l.clock.add(at, sent, l.e.clock.Now())
			l.count(nil)
			return nil
		}
		failure := directory.Classify(err)
		l.count(failure)
		if failure.Class != directory.Ambiguous || try == readTries || l.breaker.tripped != nil {
			return failure
		}
		wait := time.Duration(l.e.dice() * float64(time.Second<<try))
		if l.e.clock.Now().Sub(begun)+wait > readWithin || !l.wait(wait) || !l.pace(op) {
			return failure
		}
	}
}

func (l *lane) keepAll(rs []reading, keep func(*writer, reading) error) error {
	if len(rs) == 0 {
		return nil
	}
	return l.e.update(l.call(), func(w *writer) error {
		for _, r := range rs {
			if err := keep(w, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *lane) keepReading(w *writer, r reading) error {
	est, lst, err := l.current(w, r.op.EstablishmentID)
	if err != nil || est == nil {
		return err
	}
	op, err := operation(w, l.account, est.ID)
	if err != nil || op == nil || op.Kind != storage.OpCheck || op.RunID != r.op.RunID {
		return err // taken back, or taken over by a publication, which reads again
	}
	if r.failure != nil {
		op.Attempt++
		op.State, op.Problem = storage.OpRetry, r.failure.Problem
		return l.tryLater(w, op, lst, r.failure.Problem)
	}
	if isAbsence(r, op, lst) {
		l.absent[sameReading(op)] = r
		return nil
	}
	if err := l.observe(w, op, est, lst, r); err != nil {
		return err
	}
	if err := w.DeleteOperation(l.account, est.ID); err != nil {
		return err
	}
	if confirms(op) {
		return w.settle(op.RunID, op.Item, storage.ItemSent, nil)
	}
	var found storage.Problems
	if lst.Sync == storage.SyncNotInSync {
		found = storage.Problems{storage.NewProblem("sync.drift")}
	} else if lst.Reason != nil {
		found = storage.Problems{lst.Reason}
	}
	return w.settle(op.RunID, op.Item, storage.ItemChecked, found)
}

// observe keeps what was read of a listing and what it means.
func (l *lane) observe(
	w *writer, op *storage.Operation, est *storage.Establishment, lst *storage.Listing, r reading,
) error {
	obs := r.obs
	known := lst.Accepted != nil || lst.RemoteID != ""
	want(lst, est, l.caps)
	lst.CheckedAt, lst.NextCheck, lst.RetryAt, lst.Attempts = w.now, time.Time{}, time.Time{}, 0
	if lst.Connect == storage.ConnectLost {
		lst.Connect = storage.ConnectOK // it answers: the reading may have been under way when the access was given back
	}
	switch {
	case !obs.Found && !known:
		return nil // never published there: no listing to speak of
	case !obs.Found:
		told := lst.Reason
		gone, err := l.believes(w, lst, r.doubted)
		if err != nil {
			return err
		}
		if !gone {
			rested := lst.Reason
			rest(lst, est.Status)
			if lst.Reason = rested; told != nil && told.Code == rested.Code {
				return w.PutListing(lst) // the journal does not repeat it
			}
			return l.noted(w, op, est, lst, storage.JournalObserve, nil, lst.Reason)
		}
		vanish(lst, w.now)
		return l.noted(w, op, est, lst, storage.JournalObserve, nil, lst.Reason)
	}
	lst.RemoteID, lst.ETag, lst.URL = keep(obs.RemoteID, lst.RemoteID), obs.ETag, keep(obs.URL, lst.URL)
	lst.Sync, lst.Marks.Missing = settled(lst.Sync), time.Time{}
	if obs.Pending {
		rest(lst, est.Status)
		lst.NextCheck = w.now.Add(l.moderation(lst, w.now))
		if lst.Flow == storage.FlowIdle {
			lst.Flow = storage.FlowDirectory
		}
		return w.PutListing(lst)
	}
	moderated := lst.Flow == storage.FlowDirectory
	answered := moderated || lst.Flow == storage.FlowQueued || lst.Flow == storage.FlowUser
	before := merge.Drift(lst.Matches, lst.Kept)
	lst.Kept = unchanged(lst.Kept, lst.Observed, obs.Values)
	lst.Observed, lst.Sync = obs.Values, storage.SyncInSync
	if obs.Rejected != nil && answered { // else it was corrected since, and waits to be sent
		return l.rejected(w, op, est, lst, obs.Rejected)
	}
	compare(lst, l.caps)
	lst.Accepted = merge.Agree(lst.Accepted, lst.Desired, lst.Matches)
	compare(lst, l.caps)
	rest(lst, est.Status)
	drift := merge.Drift(lst.Matches, lst.Kept)
	if err := w.passed(lst, est.Name, op.RunID, drift, true); err != nil {
		return err
	}
	if len(lst.Frozen) > 0 {
		rest(lst, est.Status)
	}
	if len(drift) == 0 && !moderated || sameFields(before, drift) && len(drift) > 0 {
		return w.PutListing(lst) // nothing new: the journal does not repeat it
	}
	var changes []storage.FieldChange
	for _, f := range drift {
		changes = append(changes, storage.FieldChange{Field: f, Before: lst.Accepted[f], After: lst.Observed[f]})
	}
	return l.noted(w, op, est, lst, storage.JournalObserve, changes, nil)
}

// rejected keeps that the moderation refused what we sent: the base goes back to what is really there, so that all of
// it is sent again when the user has corrected it.
func (l *lane) rejected(
	w *writer, op *storage.Operation, est *storage.Establishment, lst *storage.Listing, why *storage.Problem,
) error {
	told := lst.Flow == storage.FlowUser
	if lst.Accepted == nil {
		lst.Accepted = storage.Snapshot{}
	}
	for _, f := range l.caps.Readable {
		if v, shown := lst.Observed[f]; shown {
			lst.Accepted[f] = v
		} else {
			delete(lst.Accepted, f)
		}
	}
	if len(lst.Observed) == 0 {
		lst.Accepted, lst.Observed = nil, nil
	}
	compare(lst, l.caps)
	rest(lst, est.Status)
	if lst.Observed == nil {
		lst.Sync = storage.SyncUnknown
	}
	if len(toSend(lst, false)) > 0 { // else what is shown is what we want: there is nothing to correct
		lst.Flow, lst.Reason = storage.FlowUser, why
	}
	if told {
		return w.PutListing(lst)
	}
	return l.noted(w, op, est, lst, storage.JournalRefuse, nil, why)
}

// noted puts a listing and a journal entry about it.
func (l *lane) noted(
	w *writer, op *storage.Operation, est *storage.Establishment, lst *storage.Listing,
	action storage.JournalAction, changes []storage.FieldChange, why *storage.Problem,
) error {
	if err := w.PutListing(lst); err != nil {
		return err
	}
	return w.journal(&storage.JournalEntry{
		Actor: storage.ActorDirectory, Action: action, RunID: op.RunID, EstablishmentID: est.ID,
		AccountID: l.account, Name: est.Name, Changes: changes, Reason: why,
	})
}

// unchanged keeps the refusals ("Garder le nôtre") of values that are still the ones refused.
func unchanged(kept []storage.Field, before, now storage.Snapshot) []storage.Field {
	var still []storage.Field
	for _, f := range kept {
		if before[f] == now[f] {
			still = append(still, f)
		}
	}
	return still
}

func sameFields(a, b []storage.Field) bool {
	return len(a) == len(b) && len(without(a, b)) == 0
}
