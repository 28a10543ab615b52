package sync

import (
	"errors"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/timetable"
)

// After a sleep of the machine nothing is launched for a while between these two: the network comes back first, and
// not every machine of an office at once.
const (
	wakeLeast = 30 * time.Second
	wakeMost  = time.Minute
)

// timekeeper is what the scheduler's goroutine remembers from one turn to the next.
type timekeeper struct {
	e     *Engine
	last  time.Time // wall clock at the last turn
	quiet time.Time // nothing is launched before; zero: no matter
	// planned are the jobs as they were read last; they are read again when something about them was written.
	planned []*job
}

// schedule is the scheduler's goroutine: it reads the wall clock every 25 seconds, and acts on what is kept on the disk.
func (e *Engine) schedule() {
	k := timekeeper{e: e}
	for {
		e.sweep()
		if err := k.turn(); err != nil {
			e.log.Error("scheduler", "error", err)
		}
		if err := e.tidy(); err != nil {
			e.log.Error("retention", "error", err)
		}
		t := time.NewTimer(turnEvery)
		select {
		case <-t.C:
		case <-e.scheduler:
		case <-e.quit:
			t.Stop()
			return
		}
		t.Stop()
	}
}

// sweep finishes the jobs whose run ended in someone else's transaction (an import that switched auto-sync off).
func (e *Engine) sweep() {
	for _, p := range e.jobs.List() {
		switch p.Kind {
		case storage.RunSync, storage.RunAutoSync, storage.RunCheck:
			e.report(p.RunID, "")
		}
	}
}

// turn looks at every schedule once.
func (k *timekeeper) turn() error {
	now := k.e.clock.Now()
	k.wake(now)
	if k.e.replan.Swap(false) || len(k.planned) == 0 {
		var err error
		if k.planned, err = k.e.planned(); err != nil {
			k.planned = nil
			return err
		}
	}
	var failed error
	for _, j := range k.planned {
		failed = errors.Join(failed, k.e.tend(j, now, now.Before(k.quiet) || j.behind(k.planned, now)))
	}
	return failed
}

// wake notices that the machine slept: its timers stood still, its clock did not. A clock set forward looks the same
// and is treated the same; one set back ends a waiting time that is no more.
func (k *timekeeper) wake(now time.Time) {
	gap := now.Sub(k.last)
	switch {
	case k.last.IsZero():
	case gap > 2*turnEvery:
		k.quiet = now.Add(wakeLeast + time.Duration(k.e.dice()*float64(wakeMost-wakeLeast)))
		k.e.log.Info("the machine slept or its clock was set forward", "gap", gap)
		k.e.closeIdle()
	case gap < 0:
		k.e.log.Info("the clock was set back", "gap", gap)
	}
	if k.quiet.Sub(now) > wakeMost {
		k.quiet = time.Time{}
	}
	k.last = now
}

// closeIdle lets the connectors drop connections that did not survive a sleep.
func (e *Engine) closeIdle() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range e.lanes {
		if c, ok := l.dir.(directory.Sleeper); ok {
			c.CloseIdleConnections()
		}
	}
}

// job is a schedule with what it works on.
type job struct {
	*storage.Schedule
	account *storage.Account
	zone    *time.Location
	jitter  time.Duration
	// works is false while the account is switched off: nothing is planned then.
	works bool
	// paused reports whether a person has a run of the job wait; nil: nobody can.
	paused func(tx storage.Reader, runID string) (bool, error)
}

// step is what a look at a job found to be done.
type step struct {
	changed bool   // the schedule is to be kept
	launch  bool   // its newest slot is to be launched, in the same transaction
	tooLong string // run to be cancelled
}

// tend does what is to be done about a job now. A slot is kept as started in the transaction that asks for its run, so
// that neither is ever without the other; nothing leaves before.
func (e *Engine) tend(j *job, now time.Time, quiet bool) error {
	var todo step
	err := e.store.View(e.calls, func(tx storage.Reader) (err error) {
		todo, err = j.look(tx, now, quiet)
		return err
	})
	if err != nil || !todo.changed && todo.tooLong == "" {
		return err
	}
	e.replan.Store(true) // j is ahead of what is kept
	_, err = e.change(j.ID, func(tx storage.Reader, j *job) (step, error) { return j.look(tx, now, quiet) })
	if err == nil && todo.tooLong != "" { // only now: the slot knows already why its run is cancelled
		e.spawn(func() {
			if err := e.cutShort(todo.tooLong); err != nil {
				e.log.Error("run not cancelled", "run", todo.tooLong, "error", err)
			}
		})
	}
	return err
}

// change does something about a schedule in one transaction, launches its newest slot when that is asked for, and gives
// the slot. What keeps the slot from being launched is kept with it.
func (e *Engine) change(id string, f func(storage.Reader, *job) (step, error)) (*storage.Slot, error) {
	toRead, err := e.foresee(id, f)
	if err != nil {
		return nil, err
	}
	var run *storage.Run
	var slot *storage.Slot
	attempt := func(why *storage.Problem) error {
		return e.update(e.calls, func(w *writer) error {
			run, slot = nil, nil
			j, err := e.job(w, id)
			if err != nil || j == nil {
				return err
			}
			todo, err := f(w, j)
			if err != nil || !todo.changed {
				return err
			}
			if slot = j.Last(); todo.launch && why != nil {
				slot.State, slot.Ended, slot.Outcome, slot.Problem = storage.SlotDone, w.now, storage.OutcomeFailed, why
			} else if todo.launch {
				if run, err = e.launch(w, j, toRead); err != nil {
					return err
				}
			}
			return w.PutSchedule(j.Schedule)
		})
	}
	err = attempt(nil)
	var why *storage.Problem
	if errors.As(err, &why) {
		err = attempt(why)
	}
	if err == nil && run != nil && run.Queueing > 0 {
		e.spawn(func() { e.queueRest(run.ID) })
	}
	return slot, err
}

// foresee gives what a re-reading that f is about to launch reads: the transaction that launches it looks for nothing.
func (e *Engine) foresee(id string, f func(storage.Reader, *job) (step, error)) ([]string, error) {
	var j *job
	var todo step
	err := e.store.View(e.calls, func(tx storage.Reader) (err error) {
		if j, err = e.job(tx, id); err != nil || j == nil {
			return err
		}
		todo, err = f(tx, j)
		return err
	})
	var why *storage.Problem
	if errors.As(err, &why) || err == nil && (!todo.launch || j.Kind != storage.ScheduleCheck) {
		return nil, nil // a problem is kept by the transaction that meets it
	}
	if err != nil {
		return nil, err
	}
	return e.toRead(j.account, j.Last().ByHand)
}

// look brings a job up to date with the clock and with what became of its last run.
func (j *job) look(tx storage.Reader, now time.Time, quiet bool) (step, error) {
	todo, err := j.follow(tx, now)
	if err != nil {
		return todo, err
	}
	if !j.works || !j.Enabled {
		if !j.NextSlot.IsZero() || !j.works && j.Again {
			j.NextSlot, j.NextDue = time.Time{}, time.Time{}
			j.Again = j.Again && j.works
			todo.changed = true
		}
	} else if j.plan(now) {
		todo.changed = true
	}
	if j.Running() != nil || quiet {
		return todo, nil // what is due waits, and is still due afterwards
	}
	switch {
	case j.isDue(now):
		todo.changed, todo.launch = true, j.due(now)
	case j.Again:
		todo.changed, todo.launch = true, true
		j.Take(storage.Slot{Planned: now, ByHand: true, State: storage.SlotStarted, Started: now})
	}
	if todo.launch {
		j.Again = false
	}
	return todo, nil
}

// isDue reports whether a slot waits to be launched.
func (j *job) isDue(now time.Time) bool { return !j.NextDue.IsZero() && !j.NextDue.After(now) }

// behind reports whether a job waits for another one: address books are put in tune one after the other, the one that is
// due for longest first. A pass that its account keeps waiting holds nobody up, and one that a person asked for does not
// either.
func (j *job) behind(all []*job, now time.Time) bool {
	if j.Kind != storage.ScheduleContacts {
		return false
	}
	for _, other := range all {
		switch {
		case other.Kind != j.Kind || other.ID == j.ID || !other.works:
		case other.Running() != nil:
			if other.account.Pause == nil {
				return true
			}
		case other.Enabled && other.isDue(now) && other.NextDue.Before(j.NextDue):
			return true
		}
	}
	return false
}

// due takes the slot that is due and plans the next one. However many slots passed, the last of them stands for all; it
// is launched unless it passed too long ago.
func (j *job) due(now time.Time) (launch bool) {
	slot, passed := timetable.Latest(j.Rule, j.zone, j.NextSlot, now.Add(-j.jitter))
	if now.Sub(slot.Add(j.jitter)) < timetable.Grace(j.Rule) {
		j.Take(storage.Slot{Planned: slot, State: storage.SlotStarted, Started: now})
		launch = true
	} else {
		j.Take(storage.Slot{Planned: slot, State: storage.SlotMissed, Ended: now})
		j.Missed += passed + 1
	}
	next := j.upcoming(now.Add(-j.jitter))
	if j.Rule.Kind == storage.RuleInterval && next.Sub(now) < timetable.Period(j.Rule)/2 {
		next = j.upcoming(next) // what was caught up on late stands for the slot that follows it closely
	}
	j.NextSlot, j.NextDue = next, next.Add(j.jitter)
	return launch
}

// plan makes sure that a next slot is planned, and one that can be: a clock that was wrong may have left one that is
// years away. It reports whether it changed it.
func (j *job) plan(now time.Time) bool {
	if !j.NextSlot.IsZero() {
		second := timetable.Next(j.Rule, j.zone, timetable.Next(j.Rule, j.zone, now))
		if !j.NextSlot.After(second) {
			return false
		}
	}
	next := j.upcoming(now)
	if next.Equal(j.NextSlot) {
		return false
	}
	j.NextSlot, j.NextDue = next, next.Add(j.jitter)
	return true
}

// upcoming gives the first slot after an instant that was not taken: a clock set back brings none of them again.
func (j *job) upcoming(after time.Time) time.Time {
	next := timetable.Next(j.Rule, j.zone, after)
	for j.Taken(next) {
		next = timetable.Next(j.Rule, j.zone, next)
	}
	return next
}

// follow keeps what became of the last slot's run. One that failed is looked at again: what waited for a connection may
// have succeeded later.
func (j *job) follow(tx storage.Reader, now time.Time) (step, error) {
	slot := j.Last()
	if slot == nil || slot.RunID == "" || slot.State == storage.SlotDone && slot.Outcome.Succeeded() {
		return step{}, nil
	}
	run, err := tx.Run(slot.RunID)
	if errors.Is(err, storage.ErrNotFound) {
		if slot.State == storage.SlotStarted { // removed with the reports of its age
			slot.State, slot.Ended, slot.Outcome = storage.SlotDone, now, storage.OutcomeCancelled
			return step{changed: true}, nil
		}
		return step{}, nil
	}
	if err != nil {
		return step{}, err
	}
	if run.State == storage.RunRunning {
		if slot.State != storage.SlotStarted {
			return step{}, nil
		}
		return j.stillRuns(tx, run, now)
	}
	outcome := outcomeOf(run)
	if outcome == storage.OutcomeCancelled && slot.Outcome == storage.OutcomeTooLong {
		outcome = storage.OutcomeTooLong
	}
	if slot.State == storage.SlotDone && slot.Outcome == outcome {
		return step{}, nil
	}
	ended := run.EndedAt
	if ended.IsZero() {
		ended = now
	}
	j.finish(outcome, ended)
	return step{changed: true}, nil
}

// stillRuns looks at the last slot's run while it goes on: one that takes too long is to be cancelled, and one that a person
// has wait is over for the timetable, until it goes on and ends.
func (j *job) stillRuns(tx storage.Reader, run *storage.Run, now time.Time) (step, error) {
	if j.paused != nil {
		paused, err := j.paused(tx, run.ID)
		if paused && err == nil {
			j.finish(storage.OutcomeWaiting, now)
		}
		if paused || err != nil {
			return step{changed: paused}, err
		}
	}
	slot := j.Last()
	if now.Sub(slot.Started) < j.longest() || run.Problem != nil {
		return step{}, nil
	}
	changed := slot.Outcome != storage.OutcomeTooLong
	slot.Outcome = storage.OutcomeTooLong
	return step{changed: changed, tooLong: run.ID}, nil
}

// finish keeps the outcome of the newest slot.
func (j *job) finish(outcome storage.Outcome, at time.Time) {
	slot := j.Last()
	slot.State, slot.Outcome, slot.Ended = storage.SlotDone, outcome, at
	if outcome.Succeeded() {
		j.LastOK, j.Missed = at, 0
	}
}

// mostRuntime is how long a run may take by default, however seldom it is due.
const mostRuntime = 6 * time.Hour

// longest gives how long a run of the job may take before it is cancelled: by default its period, between half an hour
// and six hours. A first pass over a large address book takes hours under the limits of its service, and goes on: the
// next one would have to begin it anew.
func (j *job) longest() time.Duration {
	switch {
	case j.MaxRuntime > 0:
		return j.MaxRuntime
	case j.Kind == storage.ScheduleContacts:
		return mostRuntime
	}
	return min(max(timetable.Period(j.Rule), 30*time.Minute), mostRuntime)
}

// cutShort cancels a run that takes too long.
func (e *Engine) cutShort(runID string) error {
	p, err := e.passes(e.calls, runID)
	if err != nil {
		return err
	}
	if p != nil {
		return p.Cancel(e.calls, runID)
	}
	return e.cancelRun(runID)
}

// outcomeOf sums up a run that is over.
func outcomeOf(run *storage.Run) storage.Outcome {
	t := run.Totals
	switch {
	case run.State == storage.RunHeld:
		return storage.OutcomeHeld
	case run.State == storage.RunCancelled:
		return storage.OutcomeCancelled
	case t.Total == 0 && run.State != storage.RunFailed:
		return storage.OutcomeNothing
	case t.Failed == 0 && run.State != storage.RunFailed:
		return storage.OutcomeOK
	case t.Sent+t.Unchanged+t.Created+t.Updated > 0:
		return storage.OutcomePartly
	case run.Kind == storage.RunContacts && run.Problem == nil: // it went through: some cards wait for a person
		return storage.OutcomePartly
	}
	return storage.OutcomeFailed
}
