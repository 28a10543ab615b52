package sync

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	stdsync "sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"diapason/storage"
	"diapason/sync/directory"
)

// Times of the engine.
const (
	defaultAutoSyncDelay = 2 * time.Second
	// turnEvery bounds every wait, so that the wall clock is read again after a sleep of the machine.
	turnEvery = 25 * time.Second
	// stopWithin is how long Stop lets the item in flight finish.
	stopWithin = 10 * time.Second
	// slice is the number of establishments that one transaction of a long job changes: an edit made meanwhile waits
	// that long, about a tenth of a second.
	slice = 250
)

// Params are what an Engine needs.
type Params struct {
	Store storage.Store
	Kinds directory.Kinds
	// Couriers are the kinds of accounts of other jobs; Secrets keeps the passwords of accounts.
	Couriers []CourierKind
	Secrets  Secrets
	// Reservations takes imports of the agenda back; nil: they cannot be undone.
	Reservations TakesBack
	// Contacts answers for the passes over address books; nil: there are none.
	Contacts Passes
	Clock    Clock        // nil: the machine's
	Log      *slog.Logger // nil: silent
	// Zone is the IANA name of the zone that schedules count in before somebody chooses another; "" is UTC.
	Zone string
	// Backup makes a verified copy of the workspace, before a run that the guard held goes on; nil: none is made.
	Backup func(ctx context.Context) error
	// Version is the program's, for support files.
	Version string
	// AutoSyncDelay is how long an automatic publication waits for more edits; 0 means 2 s.
	AutoSyncDelay time.Duration
}

// Engine does the work: edits, publications, re-readings, undo. Its methods may be called from any goroutine except
// the interface's, because they write to the disk.
type Engine struct {
	store storage.Store
	kinds directory.Kinds
	// couriers are the kinds of accounts of other jobs, by id.
	couriers map[string]CourierKind
	secrets  Secrets
	// reservations takes imports of the agenda back, nil without an agenda.
	reservations TakesBack
	// contacts answers for the passes over address books, nil without contacts.
	contacts Passes
	// prints identify what each kind of directory takes, see recompare.
	prints map[string]string
	clock  Clock
	log    *slog.Logger
	delay  time.Duration
	zone   string
	jobs   *Jobs
	// backup makes a verified copy of the workspace; version is the program's.
	backup  func(ctx context.Context) error
	version string
	// dice gives a random number in [0,1) for the jitter of retries; injected, so that tests repeat.
	dice func() float64

	// quit is closed by Stop: no more work is taken. calls outlives it for stopWithin, for the item in flight.
	quit      chan struct{}
	calls     context.Context
	abort     context.CancelFunc
	wg        stdsync.WaitGroup
	mu        stdsync.Mutex
	started   bool
	stopped   bool
	lanes     map[string]*lane
	scheduler chan struct{} // wakes the scheduler: an account was added or changed
	replan    atomic.Bool   // something about the accounts or the schedules was written since the scheduler read them
	// autoRuns tells which run holds the publications that an import or a bulk edit caused (its run's id → theirs).
	autoRuns map[string]string
	// gathering tells, of the runs that gather what another one causes, which; until somebody waits for its end.
	gathering map[string]string
	// reweighing counts how often a held run got more lines since its plan was last looked at.
	reweighing map[string]int
	// waiters are told of every commit that touched a run.
	waiters map[chan struct{}]struct{}
	unwatch func()
}

// New makes an engine; nothing runs before Start, but edits are already possible.
func New(p Params) *Engine {
	if p.Clock == nil {
		p.Clock = WallClock{}
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.AutoSyncDelay == 0 {
		p.AutoSyncDelay = defaultAutoSyncDelay
	}
	e := &Engine{
		store: p.Store, kinds: p.Kinds, couriers: map[string]CourierKind{}, secrets: p.Secrets,
		reservations: p.Reservations, contacts: p.Contacts, prints: fingerprints(p.Kinds), clock: p.Clock, log: p.Log, delay: p.AutoSyncDelay, zone: p.Zone,
		backup: p.Backup, version: p.Version,
		dice:      rand.Float64,
		quit:      make(chan struct{}),
		lanes:     map[string]*lane{},
		scheduler: make(chan struct{}, 1),
		autoRuns:  map[string]string{},
		gathering: map[string]string{}, reweighing: map[string]int{},
		waiters: map[chan struct{}]struct{}{},
	}
	for _, k := range p.Couriers {
		e.couriers[k.ID] = k
	}
	e.jobs = newJobs(p.Clock)
	e.calls, e.abort = context.WithCancel(context.Background())
	e.unwatch = p.Store.OnChange(e.committed)
	return e
}

// Start resumes what a crash or a stop left, and starts the lanes of the enabled accounts and the scheduler. ctx is
// used while starting only; Stop ends the work.
func (e *Engine) Start(ctx context.Context) error {
	e.mu.Lock()
	if e.started {
		e.mu.Unlock()
		return fmt.Errorf("engine started twice")
	}
	e.started = true
	e.mu.Unlock()
	if err := e.resume(ctx); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	if err := e.resumeAccounts(ctx); err != nil {
		return fmt.Errorf("resume accounts: %w", err)
	}
	accounts, err := e.accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		e.startLane(ctx, a)
	}
	e.wg.Go(e.schedule)
	return nil
}

// Stop takes no more work, lets the item in flight finish for ten seconds at most, and ends every goroutine.
func (e *Engine) Stop() {
	e.mu.Lock()
	if e.stopped {
		e.mu.Unlock()
		return
	}
	e.stopped = true
	close(e.quit)
	e.mu.Unlock()

	late := time.AfterFunc(stopWithin, e.abort)
	e.wg.Wait()
	late.Stop()
	e.abort()
	e.unwatch()
	e.jobs.close()
}

// Kinds gives the connectors the engine was made with.
func (e *Engine) Kinds() directory.Kinds { return e.kinds }

// Jobs gives the list of running jobs.
func (e *Engine) Jobs() *Jobs { return e.jobs }

// accounts lists the accounts that have a lane: enabled, and of a kind that this program knows, of directories or of
// another job.
func (e *Engine) accounts(ctx context.Context) ([]*storage.Account, error) {
	var all []*storage.Account
	err := e.store.View(ctx, func(tx storage.Reader) error {
		var err error
		all, err = tx.Accounts()
		return err
	})
	return slices.DeleteFunc(all, func(a *storage.Account) bool {
		_, known := e.AccountSettings(a.Kind)
		return !known || !a.Enabled
	}), err
}

// usable lists the enabled accounts of the directories that this program knows.
func (e *Engine) usable(tx storage.Reader) ([]*storage.Account, error) {
	all, err := tx.Accounts()
	if err != nil {
		return nil, err
	}
	var usable []*storage.Account
	for _, a := range all {
		if _, known := e.kinds[a.Kind]; known && a.Enabled {
			usable = append(usable, a)
		}
	}
	return usable, nil
}

// capabilities gives those of an account; an account of an unknown kind can do nothing.
func (e *Engine) capabilities(a *storage.Account) directory.Capabilities {
	return e.kinds[a.Kind].Capabilities
}

// committed hears every commit: it wakes the lanes when operations changed and those who wait for a run.
func (e *Engine) committed(c storage.Changes) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.Settings || c.Accounts || c.All {
		e.replan.Store(true)
	}
	for _, l := range e.lanes {
		if c.Operations || c.Accounts || c.All || (c.Agenda || c.ContactBooks) && l.courier != nil {
			l.nudge()
		}
	}
	if len(c.Runs) > 0 || c.All {
		e.watchGathering(c)
		for w := range e.waiters {
			signal(w)
		}
	}
}

// early gives how long an operation is still put off. One that waits longer than any that is ever put off was so before
// the clock was set back: it may leave.
func (e *Engine) early(op *storage.Operation, now time.Time) time.Duration {
	d := op.NotBefore.Sub(now)
	if d < 0 || d > max(longestBackoff, e.delay)+time.Minute {
		return 0
	}
	return d
}

// urge makes the lanes that wait for a connection try it at once: the user is about to ask for something.
func (e *Engine) urge() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range e.lanes {
		l.urged.Store(true)
		l.nudge()
	}
}

// signal wakes the receiver of a channel of capacity one; a signal already waiting is enough.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// newID gives a UUIDv7, ordered by time.
func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("new identifier: %w", err)
	}
	return id.String(), nil
}
