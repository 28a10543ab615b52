package sync

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"diapason/storage"
	"diapason/sync/directory"
)

// lane is the one goroutine that talks to an account: what it sends and reads goes one after the other, at the pace
// the directory declares, and its waits never hold another account back.
type lane struct {
	e       *Engine
	account string // id
	name    string // for logs and progress
	caps    directory.Capabilities
	dir     directory.Directory // nil when the lane carries another job's errands
	courier Courier             // nil for a directory
	reader  directory.Reader    // nil when nothing can be read back
	limiter *rate.Limiter
	// periodic limits the scheduler's readings to a part of the rate, so that a user's action finds some of it free.
	periodic *rate.Limiter
	breaker  *breaker
	clock    offsets
	// roll is the list being read, nil when none is; alone are the readings that lists are no longer tried for, and
	// pages is how long the last list was.
	roll  *roll
	alone map[string]bool
	pages int
	// absent are the readings that did not find their listing, until their check is over: see conclude.
	absent map[string]reading
	// named are the references of what was sent just now, by establishment: its re-reading needs not look for them.
	named map[string]directory.Ref
	wake  chan struct{}
	quit  chan struct{} // closed to end this lane alone
	done  chan struct{}
	// offline counts the calls in a row that did not leave this machine, throttled those that were asked to wait.
	offline, throttled int
	// urged is set when the user asks for something: an interrupted connection is tried at once.
	urged atomic.Bool
	// turnedAt is when the lane last looked at its queue.
	turnedAt time.Time
	// toldAt is when those who wait were last told of a pause.
	toldAt time.Time
	// counted is how many listings the account held at countedAt, for the guard.
	counted   int
	countedAt time.Time
	// identifiedAt is when the account last said who it is.
	identifiedAt time.Time
}

// periodicShare is the part of the directory's rate that periodic readings may take.
const periodicShare = 0.7

// startLane opens an account's connection and starts its lane; an account whose settings are refused keeps its
// operations waiting and says why.
func (e *Engine) startLane(ctx context.Context, a *storage.Account) {
	if _, known := e.AccountSettings(a.Kind); !known || !a.Enabled {
		return
	}
	conn, err := e.open(ctx, a, nil)
	if err != nil {
		e.log.Error("account cannot be opened", "account", a.ID, "error", err)
		e.pause(a.ID, time.Time{}, directory.Classify(err).Problem)
		return
	}
	l := &lane{
		e: e, account: a.ID, name: a.Name, caps: conn.caps, dir: conn.dir, courier: conn.courier,
		limiter: rate.NewLimiter(rate.Inf, 1), periodic: rate.NewLimiter(rate.Inf, 1), breaker: newBreaker(), absent: map[string]reading{},
		wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	if l.caps.RatePerSecond > 0 {
		l.limiter = rate.NewLimiter(rate.Limit(l.caps.RatePerSecond), 1)
		l.periodic = rate.NewLimiter(rate.Limit(l.caps.RatePerSecond*periodicShare), 1)
	}
	if r, ok := conn.dir.(directory.Reader); ok && len(l.caps.Readable) > 0 {
		l.reader = r
	}
	if l.courier == nil && !e.compared(a) {
		e.spawn(func() {
			if err := e.recompare(a.ID); err != nil {
				e.log.Error("listings not compared again", "account", a.ID, "error", err)
			}
		})
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped || !e.started || e.lanes[a.ID] != nil {
		return
	}
	e.lanes[a.ID] = l
	e.wg.Go(l.run)
}

// stopLane ends an account's lane after the item in flight.
func (e *Engine) stopLane(accountID string) {
	e.mu.Lock()
	l := e.lanes[accountID]
	delete(e.lanes, accountID)
	e.mu.Unlock()
	if l != nil {
		close(l.quit)
		<-l.done
	}
}

// nudge makes the lane look at its queue.
func (l *lane) nudge() { signal(l.wake) }

// run works until the lane or the engine stops.
func (l *lane) run() {
	defer close(l.done)
	for {
		wait, err := l.turn()
		if err != nil {
			l.e.log.Error("lane", "account", l.account, "error", err)
			wait = turnEvery
		}
		if !l.rest(wait) {
			return
		}
	}
}

// rest waits for at most d, less when the lane is nudged; false when it must end.
func (l *lane) rest(d time.Duration) bool {
	if l.ending() {
		return false
	}
	if d <= 0 {
		return true
	}
	t := time.NewTimer(min(d, turnEvery))
	defer t.Stop()
	select {
	case <-t.C:
	case <-l.wake:
	case <-l.quit:
		return false
	case <-l.e.quit:
		return false
	}
	return true
}

// wait lets d pass whatever else happens; false when the lane must end.
func (l *lane) wait(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-l.quit:
	case <-l.e.quit:
	}
	return false
}

func (l *lane) ending() bool {
	select {
	case <-l.quit:
		return true
	case <-l.e.quit:
		return true
	default:
		return false
	}
}

// pace waits until the directory's rate allows a call for op; false when the lane must end instead, or look at its
// queue first. Without an operation the call is the lane's own.
func (l *lane) pace(op *storage.Operation) bool {
	if op != nil && op.Kind == storage.OpCheck && op.Actor == storage.ActorScheduler && !l.reserve(l.periodic, l.wake) {
		return false
	}
	return l.reserve(l.limiter, nil)
}

// givesWay is the wait from which a periodic reading lets what came meanwhile go first.
const givesWay = time.Second

// reserve waits for a limiter; false when the lane must end, or when wake is given, signals and the wait is long.
func (l *lane) reserve(limiter *rate.Limiter, wake <-chan struct{}) bool {
	r := limiter.Reserve()
	d := r.Delay()
	if d == 0 {
		return !l.ending()
	}
	if d < givesWay {
		wake = nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-wake:
	case <-l.quit:
	case <-l.e.quit:
	}
	r.Cancel()
	return false
}

// turn does the next piece of work and says how long to wait before the next one.
func (l *lane) turn() (time.Duration, error) {
	if l.ending() {
		return 0, nil
	}
	now := l.e.clock.Now()
	var account *storage.Account
	var work []*storage.Operation
	wait := turnEvery
	err := l.e.store.View(l.e.calls, func(tx storage.Reader) error {
		var err error
		if account, err = tx.Account(l.account); err != nil {
			return err
		}
		work, wait, err = l.next(tx, now)
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return turnEvery, nil // removed; the lane is about to be stopped
	}
	if err != nil {
		return 0, err
	}
	if account.Pause != nil && account.PausedUntil.IsZero() {
		return l.paused(now, turnEvery, func() error { return l.block(account.Pause, work) })
	}
	if err := l.mindClock(now); err != nil {
		return 0, err
	}
	urged := l.urged.Swap(false)
	if d := pausedFor(account, now); urged && halfOpen(account) {
		l.toldAt = time.Time{}
	} else if d > patienceFor || d > 0 && l.offline >= patience {
		return l.paused(now, d, func() error { return l.tell(plainly(account.Pause)) })
	} else if d > 0 {
		return d, nil
	}
	if halfOpen(account) {
		if on, err := l.attempt(work); err != nil || !on {
			return 0, err
		}
	}
	if concluded, err := l.conclude(work); concluded || err != nil {
		return 0, err
	}
	switch {
	case l.courier != nil:
		return l.carry(now, wait)
	case len(work) == 0:
		return l.recheck(now, wait)
	case work[0].State == storage.OpInflight:
		return 0, l.probe(work)
	case work[0].Kind == storage.OpCheck:
		return 0, l.check(work)
	}
	return 0, l.publish(work)
}

// tellEvery bounds how often a paused lane looks for those who came to wait.
const tellEvery = 3 * time.Second

// paused tells those who wait of a pause, and says how long to rest: every commit wakes the lane, and looking through a
// long queue at each of them would cost more than the news is worth.
func (l *lane) paused(now time.Time, d time.Duration, tell func() error) (time.Duration, error) {
	if ago := now.Sub(l.toldAt); ago >= 0 && ago < tellEvery {
		return min(d, tellEvery-ago), nil
	}
	l.toldAt = now
	return d, tell()
}

// plainly gives the problem that listings and lines bear while a lane is paused: without the time of the next try, which
// is soon another one and stands with the account.
func plainly(pause *storage.Problem) *storage.Problem {
	if pause == nil {
		return nil
	}
	if code, timed := timeless[pause.Code]; timed {
		return storage.NewProblem(code)
	}
	return pause
}

var timeless = map[string]string{
	codeOpen: "directory.unreachable", codeOffline: "directory.offline", codeThrottled: "directory.throttled",
}

// next chooses the operations to do now: those of the kind and state of the first that is ready, up to a group. Without
// any it says how long until the first one is.
func (l *lane) next(tx storage.Reader, now time.Time) ([]*storage.Operation, time.Duration, error) {
	group := l.groupSize()
	for limit := group + checkBatch; ; limit *= 4 {
		ops, err := tx.Operations(l.account, limit)
		if err != nil {
			return nil, 0, err
		}
		var work []*storage.Operation
		wait := turnEvery
		for _, o := range ops {
			_, absent := l.absent[sameReading(o)]
			if absent || o.State == storage.OpBlocked || o.State == storage.OpDead {
				continue
			}
			if d := l.e.early(o, now); d > 0 {
				wait = min(wait, d)
				continue
			}
			if len(work) > 0 && !together(work[0], o) {
				continue
			}
			work = append(work, o)
			full := group
			if o.Kind == storage.OpCheck || o.State == storage.OpInflight {
				full = checkBatch
			}
			if len(work) == full {
				break
			}
		}
		if len(work) > 0 || len(ops) < limit {
			return work, wait, nil
		}
	}
}

// checkBatch and readFor bound what is read or probed before the queue is looked at again, so that a user's publication
// does not wait behind a periodic re-reading.
const (
	checkBatch = 50
	readFor    = 2 * time.Second
)

// together reports whether two operations may go in one batch.
func together(a, b *storage.Operation) bool {
	return a.Kind == b.Kind && (a.State == storage.OpInflight) == (b.State == storage.OpInflight)
}

// recheck queues the re-reading of the listings whose time has come (moderations under way).
func (l *lane) recheck(now time.Time, wait time.Duration) (time.Duration, error) {
	if l.reader == nil {
		return wait, nil
	}
	var due []*storage.Listing
	err := l.e.store.View(l.e.calls, func(tx storage.Reader) error {
		var err error
		due, err = tx.ListingsDue(l.account, now, 100)
		return err
	})
	if err != nil {
		return 0, err
	}
	if len(due) == 0 {
		return min(wait, l.untilDue(now)), nil
	}
	return 0, l.e.update(l.e.calls, func(w *writer) error {
		for _, d := range due {
			op, err := operation(w, l.account, d.EstablishmentID)
			if err != nil {
				return err
			}
			if op != nil { // it will re-read by itself
				d.NextCheck = now.Add(turnEvery)
				if err := w.PutListing(d); err != nil {
					return err
				}
				continue
			}
			err = w.queue(nil, &storage.Operation{
				AccountID: l.account, EstablishmentID: d.EstablishmentID, Kind: storage.OpCheck,
				Actor: storage.ActorScheduler,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// untilDue gives the time until the next listing to re-read, at most one turn.
func (l *lane) untilDue(now time.Time) time.Duration {
	wait := turnEvery
	err := l.e.store.View(l.e.calls, func(tx storage.Reader) error {
		soon, err := tx.ListingsDue(l.account, now.Add(turnEvery), 1)
		if err != nil || len(soon) == 0 {
			return err
		}
		wait = max(soon[0].NextCheck.Sub(now), time.Millisecond)
		return nil
	})
	if err != nil {
		l.e.log.Warn("next re-reading unknown", "account", l.account, "error", err)
	}
	return wait
}

// call gives the context of one call to the directory: it outlives Stop by the time the item in flight is given.
func (l *lane) call() context.Context { return l.e.calls }
