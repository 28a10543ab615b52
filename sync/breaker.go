package sync

import (
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"

	"diapason/storage"
	"diapason/sync/directory"
)

// Limits of the circuit breaker.
const (
	// tripAfter is the number of calls without an answer, one after the other, that open it; so does half of at least
	// tripAmong calls within tripWithin.
	tripAfter  = 5
	tripAmong  = 10
	tripWithin = time.Minute
	// openFor is its first pause; each opening that follows soon doubles it, up to longestBackoff.
	openFor = 30 * time.Second
	// forgetTrips is the time after an opening from which the next one counts as the first again.
	forgetTrips = 2 * longestBackoff
	// offlineFor bounds the wait between two looks at a network that is down, so that its return is noticed within a
	// minute.
	offlineFor = 45 * time.Second
)

// The codes of the pauses that end by themselves; their args "since" and "until" are instants (RFC 3339).
const (
	codeOpen      = "lane.open"
	codeOffline   = "lane.offline"
	codeThrottled = "lane.throttled"
)

// breaker counts what becomes of a lane's calls, and says when they are no longer worth making. How long it stays open
// is not its business: that is the account's pause, kept on the disk so that a restart changes nothing.
type breaker struct {
	calls *gobreaker.TwoStepCircuitBreaker[struct{}]
	// tripped is the failure that opened it, until the account's pause is kept; answered tells that some call had an
	// answer since then.
	tripped  *directory.Error
	answered bool
	last     *directory.Error
	// failures counts those in a row, however slow: gobreaker forgets them with its window, and few calls that each wait
	// for their deadline fit into a minute.
	failures int
	since    time.Time // of the first of them
}

// errUncounted stands for a failure that says nothing about the directory: no network here, or a wait it asked for.
var errUncounted = errors.New("uncounted")

func newBreaker() *breaker {
	b := &breaker{}
	b.calls = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Interval: tripWithin, BucketPeriod: tripWithin / 12, Timeout: time.Nanosecond,
		IsExcluded: func(err error) bool { return errors.Is(err, errUncounted) },
		ReadyToTrip: func(c gobreaker.Counts) bool {
			counted := c.TotalSuccesses + c.TotalFailures
			return b.failures >= tripAfter || counted >= tripAmong && 2*c.TotalFailures >= counted
		},
		OnStateChange: func(_ string, _, to gobreaker.State) {
			if to == gobreaker.StateOpen {
				b.tripped = b.last
			}
		},
	})
	return b
}

// count enters the outcome of one call at a moment; nil is an answer, and so is a refusal.
func (b *breaker) count(failure *directory.Error, now time.Time) {
	done, err := b.calls.Allow()
	if err != nil {
		return // it opened at this very instant: the pause is about to be kept
	}
	b.last = failure
	switch {
	case answers(failure):
		b.answered, b.failures = true, 0
		done(nil)
	case failure.Class == directory.Ambiguous:
		if b.failures++; b.failures == 1 {
			b.since = now
		}
		done(failure)
	default:
		done(errUncounted)
	}
}

// count enters the outcome of a call that has just ended.
func (l *lane) count(failure *directory.Error) { l.breaker.count(failure, l.e.clock.Now()) }

// answers reports whether a call was answered by the directory itself, be it with a refusal of the item.
func answers(failure *directory.Error) bool {
	if failure == nil {
		return true
	}
	switch failure.Class {
	case directory.Refused, directory.Stale, directory.Gone:
		return true
	}
	return false
}

// sums up the receipts of one call: an answer to any of the changes is an answer.
func outcome(receipts []directory.Receipt) *directory.Error {
	var worst *directory.Error
	for _, r := range receipts {
		if r.Err == nil {
			return nil
		}
		failure := directory.Classify(r.Err)
		if answers(failure) {
			return nil
		}
		if worst == nil || failure.Class != directory.Ambiguous {
			worst = failure
		}
	}
	return worst
}

// after keeps what calls mean for the account: a pause of the lane, or the news that it works.
func (l *lane) after(pause *directory.Error) error {
	tripped, answered := l.breaker.tripped, l.breaker.answered
	l.breaker.tripped, l.breaker.answered = nil, false
	if answered {
		l.offline, l.throttled = 0, 0
	}
	if pause != nil || tripped != nil {
		clear(l.absent) // what was not found is read again after the pause
	}
	switch {
	case pause != nil:
		return l.pauseFor(pause)
	case tripped != nil:
		return l.open(tripped)
	case answered:
		return l.works()
	}
	return nil
}

// pauseFor makes the whole lane wait for the reason that a call gave.
func (l *lane) pauseFor(failure *directory.Error) error {
	switch failure.Class {
	case directory.Throttled:
		d := min(failure.RetryAfter, longestPause)
		if d <= 0 {
			d = l.e.backoff(patience + l.throttled)
		}
		l.throttled++
		return l.hold(failure, func(a *storage.Account, now time.Time) {
			a.PausedUntil = now.Add(l.e.spread(d))
			a.Pause = storage.NewProblem(codeThrottled, "account", a.Name, "until", instant(a.PausedUntil))
		})
	case directory.Offline:
		l.offline++
		return l.hold(failure, func(a *storage.Account, now time.Time) {
			since(a, now, now)
			a.PausedUntil = now.Add(min(l.e.backoff(l.offline), offlineFor))
			a.Pause = storage.NewProblem(codeOffline, "account", a.Name, "since", instant(a.FailingSince),
				"until", instant(a.PausedUntil))
		})
	}
	return l.e.pause(l.account, time.Time{}, failure.Problem)
}

// open keeps that the directory does not answer any more: nothing is asked of it for a while, which doubles with each
// opening that follows soon.
func (l *lane) open(failure *directory.Error) error {
	trips := 0
	err := l.hold(failure, func(a *storage.Account, now time.Time) {
		if d := now.Sub(a.TrippedAt); d < 0 || d > forgetTrips {
			a.Trips = 0
		}
		a.Trips, a.TrippedAt = a.Trips+1, now
		trips = a.Trips
		since(a, l.breaker.since, now)
		d := min(openFor<<min(a.Trips-1, 10), longestBackoff)
		a.PausedUntil = now.Add(l.e.spread(d))
		a.Pause = storage.NewProblem(codeOpen, "account", a.Name, "since", instant(a.FailingSince),
			"until", instant(a.PausedUntil))
	})
	if err != nil || trips < giveUpTrips {
		return err
	}
	return l.giveUpOld(failure.Problem)
}

// hold keeps a pause that ends by itself, and tells those who wait when it is long.
func (l *lane) hold(failure *directory.Error, keep func(*storage.Account, time.Time)) error {
	long := failure.Class == directory.Offline && l.offline >= patience
	err := l.e.update(l.call(), func(w *writer) error {
		a, err := w.Account(l.account)
		if err != nil {
			return err
		}
		keep(a, w.now)
		long = long || a.PausedUntil.Sub(w.now) > patienceFor
		return w.PutAccount(a)
	})
	if errors.Is(err, storage.ErrNotFound) {
		return nil // removed meanwhile
	}
	if err != nil || !long {
		return err
	}
	return l.tell(failure.Problem)
}

// spread adds up to a tenth, so that many lanes do not come back at the same instant.
func (e *Engine) spread(d time.Duration) time.Duration {
	return d + time.Duration(e.dice()*float64(d)/10)
}

// since keeps when an account stopped answering: at a moment, unless it has not answered for longer.
func since(a *storage.Account, at, now time.Time) {
	if at.IsZero() || at.After(now) {
		at = now
	}
	if a.FailingSince.IsZero() || a.FailingSince.After(now) {
		a.FailingSince = at
	}
}

// instant writes a time as the args of problems bear it.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// pausedFor gives how long an account still waits. A pause longer than any that is ever kept was kept before the clock
// was set back: it is over.
func pausedFor(a *storage.Account, now time.Time) time.Duration {
	d := a.PausedUntil.Sub(now)
	if d < 0 || d > longestPause+longestPause/10 {
		return 0
	}
	return d
}

// halfOpen reports whether an account's pause is one after which a single harmless call comes before anything else.
func halfOpen(a *storage.Account) bool {
	return a.Pause != nil && (a.Pause.Code == codeOpen || a.Pause.Code == codeOffline)
}

// attempt makes that call; it reports whether the lane may go on.
func (l *lane) attempt(work []*storage.Operation) (bool, error) {
	if !l.pace(nil) {
		return false, nil
	}
	failure, err := l.harmless(work)
	if err != nil {
		return false, err
	}
	l.count(failure)
	switch {
	case answers(failure):
		return true, l.after(nil)
	case failure.Class == directory.Ambiguous:
		l.breaker.tripped = failure
		return false, l.after(nil)
	}
	return false, l.after(failure)
}

// harmless asks the directory something that changes nothing there; one that cannot be asked is taken to answer.
func (l *lane) harmless(work []*storage.Operation) (*directory.Error, error) {
	asked := connection{dir: l.dir, courier: l.courier}
	if _, ok := l.dir.(directory.Tester); ok || l.courier != nil {
		if err := asked.ask(l.call()); err != nil {
			return directory.Classify(err), nil
		}
		return nil, nil
	}
	if l.reader == nil || len(work) == 0 {
		return nil, nil
	}
	ref, err := l.ref(work[0])
	if err != nil || ref == nil {
		return nil, err
	}
	if _, err := l.reader.Read(l.call(), *ref); err != nil {
		return directory.Classify(err), nil
	}
	return nil, nil
}
