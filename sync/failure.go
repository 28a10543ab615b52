package sync

import (
	"strconv"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/merge"
)

// Limits of perseverance.
const (
	// patience is the number of attempts before people are told of a failure; later attempts go on all the same.
	patience = 3
	// patienceFor is the longest pause of a lane that a run waits through silently.
	patienceFor = time.Minute
	// giveUpAfter is the age at which an operation stops being tried by itself, once it was tried giveUpTries times, or
	// the directory giveUpTrips times in a row: a machine that slept or a clock that jumped does not count as trying.
	giveUpAfter = 24 * time.Hour
	giveUpTries = 60
	giveUpTrips = 10
	// longestBackoff bounds one wait; longestPause bounds what a directory may ask for.
	longestBackoff = 15 * time.Minute
	longestPause   = 24 * time.Hour
)

// waits reports whether an error of this class makes the whole lane wait.
func waits(c directory.Class) bool {
	return c == directory.Throttled || c == directory.Auth || c == directory.Offline
}

// backoff gives the wait after n attempts: full jitter under 1 s·2ⁿ, at least one second, at most fifteen minutes.
func (e *Engine) backoff(n int) time.Duration {
	ceiling := longestBackoff
	if n < 10 {
		ceiling = min(ceiling, time.Second<<max(n, 0))
	}
	return max(time.Second, time.Duration(e.dice()*float64(ceiling)))
}

// failed keeps what a refused or unanswered sending means for its listing.
func (l *lane) failed(w *writer, s sending, failure *directory.Error) error {
	est, lst, err := l.current(w, s.op.EstablishmentID)
	if err != nil || est == nil {
		return err
	}
	op, err := operation(w, l.account, est.ID)
	if err != nil || op == nil {
		return err
	}
	op.Problem = failure.Problem
	switch failure.Class {
	case directory.Throttled, directory.Offline:
		op.Attempt-- // nothing was tried
		if !failure.Sent {
			op.State = storage.OpPending
		}
		return w.PutOperation(op)
	case directory.Auth:
		op.State = storage.OpPending
		return w.PutOperation(op)
	case directory.Refused:
		return l.refused(w, op, est, lst, failure)
	case directory.Gone:
		lst.RemoteID, lst.ETag = "", ""
		op.NotBefore = time.Time{}
		if op.Attempt < patience {
			if err := w.PutListing(lst); err != nil {
				return err
			}
			return w.PutOperation(op) // in flight: looked for by our own code before anything else
		}
	case directory.Stale:
		if op.Attempt < patience {
			return w.PutOperation(op) // in flight: read again at once
		}
	}
	if l.reader == nil {
		op.State = storage.OpRetry // nothing to ask: the same key tells the other side that it is the same
	}
	return l.tryLater(w, op, lst, failure.Problem)
}

// refused ends the operation: the same content is not sent again before someone changes it or asks for it.
func (l *lane) refused(
	w *writer, op *storage.Operation, est *storage.Establishment, lst *storage.Listing, failure *directory.Error,
) error {
	if err := w.DeleteOperation(l.account, est.ID); err != nil {
		return err
	}
	rest(lst, est.Status)
	lst.Flow, lst.Reason = storage.FlowUser, failure.Problem
	if err := w.PutListing(lst); err != nil {
		return err
	}
	if err := w.journal(&storage.JournalEntry{
		Actor: storage.ActorDirectory, Action: storage.JournalRefuse, RunID: op.RunID, EstablishmentID: est.ID,
		AccountID: l.account, Name: est.Name, RequestID: failure.RequestID, Answer: answer(failure.Answer),
		Reason: failure.Problem,
	}); err != nil {
		return err
	}
	return w.settle(op.RunID, op.Item, storage.ItemFailed, storage.Problems{failure.Problem})
}

// answer gives what the other side said ("422 name: too long") as the journal keeps it.
func answer(text string) *storage.Answer {
	if text == "" {
		return nil
	}
	code, rest, _ := strings.Cut(text, " ")
	if status, err := strconv.Atoi(code); err == nil && len(code) == 3 {
		return &storage.Answer{Status: status, Text: rest}
	}
	return &storage.Answer{Text: text}
}

// tryLater puts an operation off, tells people from the third attempt on, and gives up after a day.
func (l *lane) tryLater(w *writer, op *storage.Operation, lst *storage.Listing, why *storage.Problem) error {
	op.NotBefore = w.now.Add(l.e.backoff(op.Attempt))
	if op.Attempt < patience {
		return w.PutOperation(op)
	}
	if w.now.Sub(op.CreatedAt) > giveUpAfter && op.Attempt >= giveUpTries {
		return w.die(op, lst, why)
	}
	lst.Sync, lst.Reason, lst.RetryAt, lst.Attempts = storage.SyncTechnical, why, op.NotBefore, op.Attempt
	if err := w.PutListing(lst); err != nil {
		return err
	}
	if err := w.PutOperation(op); err != nil {
		return err
	}
	return w.failedForNow(op, why)
}

// failedForNow decides the line of an operation that will be tried again: failed, or sent when it is only the
// re-reading that is missing.
func (w *writer) failedForNow(op *storage.Operation, why *storage.Problem) error {
	result := storage.ItemFailed
	if confirms(op) {
		result = storage.ItemSent
	}
	return w.settle(op.RunID, op.Item, result, storage.Problems{why})
}

// die ends the tries of an operation: only the user has it tried again.
func (w *writer) die(op *storage.Operation, lst *storage.Listing, why *storage.Problem) error {
	op.State, op.NotBefore = storage.OpDead, time.Time{}
	lst.Sync, lst.Flow, lst.RetryAt, lst.Attempts = storage.SyncUnknown, storage.FlowUser, time.Time{}, op.Attempt
	lst.Reason = storage.NewProblem("sync.gaveUp")
	if err := w.PutListing(lst); err != nil {
		return err
	}
	if err := w.PutOperation(op); err != nil {
		return err
	}
	return w.failedForNow(op, why)
}

// giveUpOld ends the tries of what has waited for a day for a directory that does not answer.
func (l *lane) giveUpOld(why *storage.Problem) error {
	now := l.e.clock.Now()
	old := func(_ storage.Reader, op *storage.Operation) (bool, error) {
		return op.State != storage.OpBlocked && op.State != storage.OpDead && now.Sub(op.CreatedAt) > giveUpAfter, nil
	}
	return l.eachOperation(old, func(w *writer, op *storage.Operation) error {
		_, lst, err := l.current(w, op.EstablishmentID)
		if err != nil || lst == nil {
			return err
		}
		return w.die(op, lst, why)
	})
}

// tell decides the lines of the operations that a long pause keeps waiting, so that nobody waits for their run: failed
// for now. The operations stay, and decide their lines again when they leave.
func (l *lane) tell(why *storage.Problem) error {
	return l.eachOperation(undecided, func(w *writer, op *storage.Operation) error {
		_, lst, err := l.current(w, op.EstablishmentID)
		if err != nil || lst == nil {
			return err
		}
		if lst.Reason == nil {
			lst.Reason = why
			if err := w.PutListing(lst); err != nil {
				return err
			}
		}
		return w.failedForNow(op, why)
	})
}

// undecided reports whether an operation's line in its run's report is still open.
func undecided(tx storage.Reader, op *storage.Operation) (bool, error) {
	if op.RunID == "" || op.State == storage.OpBlocked || op.State == storage.OpDead {
		return false, nil
	}
	items, err := tx.RunItems(op.RunID, op.Item, 1)
	return len(items) == 1 && items[0].Result == storage.ItemPending, err
}

// block makes the operations of an account that must be reconnected wait for the user, and says so on their listings.
// Those in flight stay doubtful: they are probed after the reconnection.
func (l *lane) block(why *storage.Problem, work []*storage.Operation) error {
	if len(work) == 0 {
		return nil
	}
	return l.eachOperation(toBlock, func(w *writer, op *storage.Operation) error {
		if op.State != storage.OpInflight {
			op.State, op.Problem = storage.OpBlocked, why
			if err := w.PutOperation(op); err != nil {
				return err
			}
		}
		_, lst, err := l.current(w, op.EstablishmentID)
		if err != nil || lst == nil {
			return err
		}
		lst.Connect, lst.Reason = storage.ConnectLost, why
		if err := w.PutListing(lst); err != nil {
			return err
		}
		return w.settle(op.RunID, op.Item, storage.ItemFailed, storage.Problems{why})
	})
}

// toBlock chooses the operations that have not left, and those in flight that somebody waits for.
func toBlock(tx storage.Reader, op *storage.Operation) (bool, error) {
	if op.State == storage.OpInflight {
		return undecided(tx, op)
	}
	return op.State == storage.OpPending || op.State == storage.OpRetry, nil
}

// eachOperation calls f for the chosen operations of the lane, a slice of them per transaction. What is left when the
// lane ends is found again at the next start.
func (l *lane) eachOperation(
	chosen func(storage.Reader, *storage.Operation) (bool, error), f func(*writer, *storage.Operation) error,
) error {
	return l.e.eachOperation(l.call(), l.account, l.ending, chosen, f)
}

// probe asks the directory what became of operations whose answer never came, before anything is sent again.
func (l *lane) probe(ops []*storage.Operation) error {
	if l.reader != nil {
		return l.readAll(ops, l.keepProbe)
	}
	return l.e.update(l.call(), func(w *writer) error {
		for _, doubtful := range ops {
			op, err := operation(w, l.account, doubtful.EstablishmentID)
			if err != nil {
				return err
			}
			if op == nil {
				continue
			}
			op.State = storage.OpPending // cannot be asked: the idempotency key is all there is
			if err := w.PutOperation(op); err != nil {
				return err
			}
		}
		return nil
	})
}

// keepProbe draws the conclusion of one probe.
func (l *lane) keepProbe(w *writer, r reading) error {
	est, lst, err := l.current(w, r.op.EstablishmentID)
	if err != nil || est == nil {
		return err
	}
	op, err := operation(w, l.account, est.ID)
	if err != nil || op == nil || op.State != storage.OpInflight {
		return err
	}
	want(lst, est, l.caps)
	switch {
	case r.failure != nil:
		op.Attempt++
		return l.tryLater(w, op, lst, r.failure.Problem)
	case !r.obs.Found && creation(lst):
		return l.sendAgain(w, op, lst)
	case !r.obs.Found:
		return l.lost(w, op, est, lst)
	}
	return l.found(w, op, est, lst, r.obs)
}

// sendAgain puts a probed operation back in the queue: it had not been applied. It has waited before the probe, as its
// attempts ask for.
func (l *lane) sendAgain(w *writer, op *storage.Operation, lst *storage.Listing) error {
	op.State, op.NotBefore = storage.OpPending, time.Time{}
	if err := w.PutListing(lst); err != nil {
		return err
	}
	return w.PutOperation(op)
}

// lost keeps that the directory no longer has the listing; only the user may have it created again.
func (l *lane) lost(w *writer, op *storage.Operation, est *storage.Establishment, lst *storage.Listing) error {
	why := storage.NewProblem("directory.gone")
	if err := w.DeleteOperation(l.account, est.ID); err != nil {
		return err
	}
	vanish(lst, w.now)
	if err := w.PutListing(lst); err != nil {
		return err
	}
	if err := w.journal(&storage.JournalEntry{
		Actor: storage.ActorDirectory, Action: storage.JournalObserve, RunID: op.RunID, EstablishmentID: est.ID,
		AccountID: l.account, Name: est.Name, Reason: why,
	}); err != nil {
		return err
	}
	return w.settle(op.RunID, op.Item, storage.ItemFailed, storage.Problems{why})
}

// vanish puts a listing in the state "not found there".
func vanish(lst *storage.Listing, now time.Time) {
	lst.Sync, lst.Flow, lst.Reason = storage.SyncNotFound, storage.FlowIdle, storage.NewProblem("directory.gone")
	lst.RemoteID, lst.ETag, lst.Observed, lst.Matches = "", "", nil, nil
	lst.CheckedAt, lst.NextCheck, lst.RetryAt, lst.Attempts = now, time.Time{}, time.Time{}, 0
}

// found adopts what the probe found. When it is what was sent, the operation is acknowledged; else what is left is
// sent.
func (l *lane) found(
	w *writer, op *storage.Operation, est *storage.Establishment, lst *storage.Listing, obs directory.Observation,
) error {
	lost := op.Problem == nil || op.Problem.Code != codeStale // no answer, as opposed to "changed meanwhile"
	created := creation(lst)
	lst.RemoteID, lst.ETag, lst.URL = keep(obs.RemoteID, lst.RemoteID), obs.ETag, keep(obs.URL, lst.URL)
	same := op.Hash == lst.Desired.Hash()
	if same && (lost && obs.Pending || shows(obs.Values, lst.Desired, l.caps.Readable)) {
		fields := toSend(lst, op.Force)
		s := sending{op: op, change: directory.Change{
			Desired: lst.Desired, Touched: fields, RemoteID: obs.RemoteID, Previous: lst.Accepted,
		}}
		if created {
			s.change.RemoteID, s.change.Previous = "", nil
		}
		if err := w.PutListing(lst); err != nil {
			return err
		}
		return l.accepted(w, s, directory.Receipt{
			RemoteID: obs.RemoteID, ETag: obs.ETag, URL: obs.URL, Pending: obs.Pending,
		})
	}
	if created && lost { // our own creation, of a content edited since: what it holds is what was accepted
		lst.Accepted = storage.Snapshot{}
		for f, v := range obs.Values {
			lst.Accepted[f] = v
		}
	}
	lst.Accepted = merge.Adopt(lst.Accepted, op.Sent, obs.Values)
	lst.Sync, lst.Observed, lst.CheckedAt = storage.SyncInSync, obs.Values, w.now
	want(lst, est, l.caps)
	lst.Accepted = merge.Agree(lst.Accepted, lst.Desired, lst.Matches)
	compare(lst, l.caps)
	return l.sendAgain(w, op, lst)
}

// codeStale is the code with which connectors say that the other side changed since it was read.
const codeStale = "directory.stale"

// shows reports whether what was read holds everything that can be read of what we want.
func shows(observed, desired storage.Snapshot, readable []storage.Field) bool {
	for _, f := range readable {
		if v, carried := desired[f]; carried && observed[f] != v {
			return false
		}
	}
	return true
}
