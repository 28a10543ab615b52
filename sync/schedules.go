package sync

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/timetable"
)

// defaultPublishAt is when publications leave on working days once somebody switches them on: half past eight.
const defaultPublishAt = 8*60 + 30

// defaultPassEvery is how often address books are put in tune once somebody switches that on.
const defaultPassEvery = time.Hour

// defaults gives the schedules that an account has before anybody changed them: its re-reading as the directory
// declares it, switched on, and its publication, switched off; of an address book, its passes, switched off, because they
// write there. An account of a kind that this program does not know has none.
func (e *Engine) defaults(a *storage.Account) []*storage.Schedule {
	if e.couriers[a.Kind].Pass != nil {
		return []*storage.Schedule{{
			ID: storage.ScheduleID(storage.ScheduleContacts, a.ID), Kind: storage.ScheduleContacts, Account: a.ID,
			Zone: e.zone, Rule: storage.Rule{Kind: storage.RuleInterval, Every: defaultPassEvery},
		}}
	}
	if _, known := e.kinds[a.Kind]; !known {
		return nil
	}
	var all []*storage.Schedule
	if caps := e.capabilities(a); caps.CheckEvery > 0 && len(caps.Readable) > 0 {
		all = append(all, &storage.Schedule{
			ID: storage.ScheduleID(storage.ScheduleCheck, a.ID), Kind: storage.ScheduleCheck, Account: a.ID, Enabled: true,
			Zone: e.zone, Rule: storage.Rule{Kind: storage.RuleInterval, Every: caps.CheckEvery},
		})
	}
	return append(all, &storage.Schedule{
		ID: storage.ScheduleID(storage.SchedulePublish, a.ID), Kind: storage.SchedulePublish, Account: a.ID,
		Zone: e.zone, Rule: storage.Rule{Kind: storage.RuleWorkingDays, At: defaultPublishAt},
	})
}

// jobs gives the schedules of the accounts whose kind this program knows: what is kept, else the defaults. A schedule
// that nobody edited follows what its directory declares.
func (e *Engine) jobsOf(tx storage.Reader) ([]*job, error) {
	accounts, err := tx.Accounts()
	if err != nil {
		return nil, err
	}
	schedules, err := tx.Schedules()
	if err != nil {
		return nil, err
	}
	kept := make(map[string]*storage.Schedule, len(schedules))
	for _, s := range schedules {
		kept[s.ID] = s
	}
	var all []*job
	for _, a := range accounts {
		if a.Leaving {
			continue
		}
		for _, s := range e.defaults(a) {
			if k := kept[s.ID]; k != nil {
				if !k.Edited {
					if k.Rule != s.Rule {
						k.NextSlot, k.NextDue = time.Time{}, time.Time{}
					}
					k.Rule, k.Zone = s.Rule, s.Zone
				}
				s = k
			}
			all = append(all, e.jobOf(s, a))
		}
	}
	return all, nil
}

func (e *Engine) jobOf(s *storage.Schedule, a *storage.Account) *job {
	zone, err := s.Location()
	if err != nil { // a zone that this machine's tables do not know any more
		zone = time.UTC
	}
	j := &job{
		Schedule: s, account: a, zone: zone, works: a.Enabled, jitter: timetable.Jitter(e.store.Path(), s.ID, s.Rule),
	}
	if s.Kind == storage.ScheduleContacts && e.contacts != nil {
		j.paused = e.contacts.Paused
	}
	return j
}

// job gives one schedule with its account; nil when there is none, or no more.
func (e *Engine) job(tx storage.Reader, id string) (*job, error) {
	all, err := e.jobsOf(tx)
	if err != nil {
		return nil, err
	}
	for _, j := range all {
		if j.ID == id {
			return j, nil
		}
	}
	return nil, nil
}

// planned gives the jobs that the scheduler looks at.
func (e *Engine) planned() ([]*job, error) {
	var all []*job
	err := e.store.View(e.calls, func(tx storage.Reader) (err error) {
		all, err = e.jobsOf(tx)
		return err
	})
	return all, err
}

// Schedules lists what comes back by itself, by the name of the account: re-readings, publications and passes over address
// books, those that are switched off too.
func (e *Engine) Schedules(ctx context.Context) ([]*storage.Schedule, error) {
	var jobs []*job
	err := e.store.View(ctx, func(tx storage.Reader) (err error) {
		jobs, err = e.jobsOf(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(jobs, func(a, b *job) int {
		return strings.Compare(storage.SearchKey(a.account.Name), storage.SearchKey(b.account.Name))
	})
	all := make([]*storage.Schedule, len(jobs))
	for i, j := range jobs {
		all[i] = j.Schedule
	}
	return all, nil
}

// PutSchedule keeps what a person chose about a schedule: its rule, its zone, how long a run may take, and whether it
// is on. Its next slot is planned at once; what passed before is neither caught up on nor a failure.
func (e *Engine) PutSchedule(ctx context.Context, wanted *storage.Schedule) error {
	err := e.update(ctx, func(w *writer) error {
		j, err := e.job(w, wanted.ID)
		if err != nil {
			return err
		}
		if j == nil {
			return storage.NewProblem("schedule.unknown")
		}
		chosen := wanted.Rule != j.Rule || wanted.Zone != j.Zone
		if chosen {
			if err := wanted.Validate(); err != nil {
				return err
			}
			j.Rule, j.Zone, j.Edited = wanted.Rule, wanted.Zone, true
		}
		if chosen || wanted.Enabled != j.Enabled {
			j.NextSlot, j.NextDue, j.Since, j.Missed = time.Time{}, time.Time{}, w.now, 0
		}
		j.Enabled, j.MaxRuntime = wanted.Enabled, wanted.MaxRuntime
		j = e.jobOf(j.Schedule, j.account)
		if j.Enabled && j.works {
			j.plan(w.now)
		}
		return w.PutSchedule(j.Schedule)
	})
	if err == nil {
		signal(e.scheduler)
	}
	return err
}

// RunNow launches a schedule outside its timetable, and gives the run; "" when there was nothing to do. While a run of
// it is under way it gives that one, and one more follows it, however often it is asked for.
func (e *Engine) RunNow(ctx context.Context, id string) (runID string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	slot, err := e.change(id, func(tx storage.Reader, j *job) (step, error) {
		if !j.works {
			return step{}, storage.NewProblem("sync.accountOff", "account", j.account.Name)
		}
		now := e.clock.Now()
		if _, err := j.follow(tx, now); err != nil {
			return step{}, err
		}
		if j.Running() != nil {
			j.Again = true
			return step{changed: true}, nil
		}
		j.Take(storage.Slot{Planned: now, ByHand: true, State: storage.SlotStarted, Started: now})
		return step{changed: true, launch: true}, nil
	})
	switch {
	case err != nil:
		return "", err
	case slot == nil:
		return "", storage.NewProblem("schedule.unknown")
	case slot.Problem != nil:
		return "", slot.Problem
	}
	return slot.RunID, nil
}

// launch asks for the run of a job's newest slot, for a re-reading of these listings; nil when there is nothing to do,
// which is a success.
func (e *Engine) launch(w *writer, j *job, toRead []string) (*storage.Run, error) {
	slot := j.Last()
	held, err := j.held(w)
	if err != nil {
		return nil, err
	}
	if held != "" {
		slot.RunID = held
		j.finish(storage.OutcomeHeld, w.now)
		return nil, nil
	}
	actor := storage.ActorScheduler
	if slot.ByHand {
		actor = storage.ActorUser
	}
	if j.Kind == storage.ScheduleContacts {
		return e.launchPass(w, j, actor)
	}
	run, err := e.runOf(w, j, actor, toRead)
	if err != nil {
		return nil, err
	}
	if run != nil {
		slot.RunID = run.ID
		return run, nil
	}
	outcome := storage.OutcomeNothing
	waiting, err := j.waiting(w)
	if waiting {
		outcome = storage.OutcomeWaiting
	}
	j.finish(outcome, w.now)
	return nil, err
}

// launchPass asks for a pass over the address book of a job; nil when one is under way or held already, which is left as it
// is. The slot follows what becomes of that one.
func (e *Engine) launchPass(w *writer, j *job, actor storage.Actor) (*storage.Run, error) {
	run, begun, err := e.couriers[j.account.Kind].Pass(w.Writer, j.Account, actor)
	if err != nil {
		return nil, err
	}
	j.Last().RunID = run.ID
	switch {
	case begun:
		return run, nil
	case run.State == storage.RunHeld:
		j.finish(storage.OutcomeHeld, w.now)
	default:
		j.finish(storage.OutcomeWaiting, w.now)
	}
	return nil, nil
}

// waiting reports whether operations of the job's kind wait already.
func (j *job) waiting(tx storage.Reader) (bool, error) {
	kind := storage.OpPublish
	if j.Kind == storage.ScheduleCheck {
		kind = storage.OpCheck
	}
	ops, err := tx.Operations(j.Account, 0)
	return slices.ContainsFunc(ops, func(o *storage.Operation) bool { return o.Kind == kind }), err
}

// held gives the run of the slot before, while it waits for somebody's agreement: another one would be held as well.
func (j *job) held(tx storage.Reader) (runID string, err error) {
	if len(j.Slots) < 2 || j.Slots[1].Outcome != storage.OutcomeHeld {
		return "", nil
	}
	run, err := tx.Run(j.Slots[1].RunID)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil
	}
	if err != nil || run.State != storage.RunHeld {
		return "", err
	}
	return run.ID, nil
}

// runOf makes the run of a job; toRead are the listings that a re-reading reads.
func (e *Engine) runOf(w *writer, j *job, actor storage.Actor, toRead []string) (*storage.Run, error) {
	if j.Kind == storage.ScheduleCheck {
		first := toRead[:min(slice, len(toRead))] // queued in this transaction; see takePart for those that follow
		now, err := existing(w, []Request{{EstablishmentIDs: slices.Clone(first)}})
		if err != nil {
			return nil, err
		}
		ids := toRead[len(first):]
		if len(now) > 0 {
			ids = slices.Concat(now[0].EstablishmentIDs, ids)
		}
		return e.runFor(w, storage.RunCheck, j, actor, j.account.Name, ids)
	}
	ids, err := w.EstablishmentIDsByWord(j.account.ID, storage.WordToSync)
	if err != nil {
		return nil, err
	}
	return e.runFor(w, storage.RunSync, j, actor, "", ids)
}

// runFor makes a job's run of these establishments; nil without any.
func (e *Engine) runFor(
	w *writer, kind storage.RunKind, j *job, actor storage.Actor, subject string, ids []string,
) (*storage.Run, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return e.enqueue(w, kind, actor, subject, []Request{
		{EstablishmentIDs: ids, AccountIDs: []string{j.account.ID}, Actor: actor},
	})
}

// toRead gives the listings that the re-reading of an account reads: each that was published, unless something waits for
// it already. A reading that was given up is taken up again when the user asks, or once the directory answers. It reads
// a slice of them per transaction, before anything is written.
func (e *Engine) toRead(a *storage.Account, asked bool) (ids []string, err error) {
	for after, more := "", true; more; {
		if e.stopping() {
			return nil, errStopped
		}
		err := e.store.View(e.calls, func(tx storage.Reader) error {
			page, err := tx.ListingsByAccount(a.ID, after, slice)
			if err != nil {
				return err
			}
			for _, l := range page {
				after = l.EstablishmentID
				if l.Accepted == nil && l.RemoteID == "" || l.Flow == storage.FlowDisabled {
					continue
				}
				op, err := operation(tx, a.ID, l.EstablishmentID)
				if err != nil {
					return err
				}
				if op == nil || gaveUpReading(op) && (asked || a.Pause == nil) {
					ids = append(ids, l.EstablishmentID)
				}
			}
			more = len(page) == slice
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}
