package sync

import (
	"errors"
	"hash/fnv"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
)

const kindCheck = storage.ScheduleCheck

func checkSchedule(accountID string) string { return storage.ScheduleID(kindCheck, accountID) }

// schedule is the scheduler's goroutine: it reads the wall clock every 25 seconds.
func (e *Engine) schedule() {
	for {
		e.sweep()
		if err := e.due(); err != nil {
			e.log.Error("scheduler", "error", err)
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

// due launches the periodic re-readings whose time has come, each once however many slots were missed.
func (e *Engine) due() error {
	accounts, err := e.accounts(e.calls)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		caps := e.capabilities(a)
		if caps.CheckEvery <= 0 || len(caps.Readable) == 0 {
			continue
		}
		if err := e.dueCheck(a, caps); err != nil {
			return err
		}
	}
	return nil
}

// dueCheck advances the schedule of an account and queues its re-reading in the same transaction, so that a slot is
// run once whatever happens.
func (e *Engine) dueCheck(a *storage.Account, caps directory.Capabilities) error {
	now := e.clock.Now()
	var kept *storage.Schedule
	err := e.store.View(e.calls, func(tx storage.Reader) error {
		all, err := tx.Schedules()
		for _, s := range all {
			if s.ID == checkSchedule(a.ID) {
				kept = s
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	jitter := e.jitter(a.ID, caps.CheckEvery)
	switch {
	case kept == nil || kept.Rule.Every != caps.CheckEvery || kept.NextDue.Sub(now) > caps.CheckEvery+jitter:
		// New, changed, or the clock was set back.
		next := &storage.Schedule{
			ID: checkSchedule(a.ID), Kind: kindCheck, Account: a.ID, Enabled: true,
			Rule:    storage.Rule{Kind: storage.RuleInterval, Every: caps.CheckEvery},
			NextDue: now.Add(caps.CheckEvery + jitter),
		}
		if kept != nil {
			next.Slots = kept.Slots
		}
		return e.update(e.calls, func(w *writer) error { return w.PutSchedule(next) })
	case kept.NextDue.After(now):
		return nil
	}
	kept.Take(storage.Slot{Planned: kept.NextDue, State: storage.SlotDone, Started: now})
	missed := now.Sub(kept.NextDue)/kept.Rule.Every + 1
	kept.NextDue = kept.NextDue.Add(missed * kept.Rule.Every)
	if kept.NextDue.Sub(now) < kept.Rule.Every/2 {
		kept.NextDue = kept.NextDue.Add(kept.Rule.Every) // a late catch-up stands for the slot that follows it closely
	}
	return e.update(e.calls, func(w *writer) error {
		if err := w.PutSchedule(kept); err != nil {
			return err
		}
		return e.queueChecks(w, a)
	})
}

// jitter spreads the accounts' slots, always the same way for the same workspace and account.
func (e *Engine) jitter(accountID string, every time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(e.store.Path() + "\x00" + accountID))
	within := min(every/10, 10*time.Minute)
	if within <= 0 {
		return 0
	}
	return time.Duration(h.Sum64() % uint64(within))
}

// queueChecks makes one run that re-reads every listing of an account that was published, unless something waits for
// it already.
func (e *Engine) queueChecks(w *writer, a *storage.Account) error {
	run, err := w.newRun(storage.RunCheck, storage.ActorScheduler, a.Name)
	if err != nil {
		return err
	}
	for after := ""; ; {
		page, err := w.ListingsByAccount(a.ID, after, slice)
		if err != nil {
			return err
		}
		for _, l := range page {
			after = l.EstablishmentID
			if err := e.queueCheck(w, run, a, l); err != nil {
				return err
			}
		}
		if len(page) < slice {
			break
		}
	}
	if run.Totals.Total == 0 {
		return nil // nothing was ever published there
	}
	return w.putRun(run)
}

func (e *Engine) queueCheck(w *writer, run *storage.Run, a *storage.Account, l *storage.Listing) error {
	if l.Accepted == nil && l.RemoteID == "" || l.Flow == storage.FlowDisabled {
		return nil
	}
	if _, err := w.Operation(a.ID, l.EstablishmentID); !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	est, err := w.Establishment(l.EstablishmentID)
	if err != nil {
		return err
	}
	if run.Totals.Total == 0 { // a run without a line is not kept
		if err := w.PutRun(run); err != nil {
			return err
		}
	}
	p := &pair{est: est, account: a}
	return w.queueCheck(run, p, line(p))
}
