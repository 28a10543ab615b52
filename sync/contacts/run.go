package contacts

import (
	"context"
	"errors"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/contacts/book"
)

// Sync asks for a pass over an account's address book; the engine's lane of the account carries it. It gives the run,
// that of the pass under way when there is one. A run that the guard held gives way to the new one.
func (s *Service) Sync(ctx context.Context, accountID string, actor storage.Actor) (runID string, err error) {
	err = s.update(ctx, func(w storage.Writer) error {
		run, begun, err := s.ask(w, accountID, actor)
		if err != nil {
			return err
		}
		runID = run.ID
		if begun || actor != storage.ActorUser {
			return nil
		}
		return s.setBehind(w, accountID, nil) // whoever asks for this one alone wants it now
	})
	return runID, err
}

// pass asks for a pass inside the caller's transaction. While one is under way or held it gives that one's run, and begun
// is false: only a person gives a held one up, or lets a paused one go on.
func (s *Service) pass(w storage.Writer, accountID string, actor storage.Actor) (run *storage.Run, begun bool, err error) {
	a, err := s.syncable(w, accountID)
	if err != nil {
		return nil, false, err
	}
	b, st, err := bookOf(w, accountID)
	if err != nil {
		return nil, false, err
	}
	if st.RunID != "" {
		if run, err = w.Run(st.RunID); err != nil || !st.Paused || actor != storage.ActorUser {
			return run, false, err
		}
		st.Paused = false // whoever asks for a pass wants it to go on
		return run, false, putBook(w, b, st)
	}
	id, err := newID()
	if err != nil {
		return nil, false, err
	}
	run = &storage.Run{
		ID: id, Kind: storage.RunContacts, State: storage.RunRunning, Actor: actor, StartedAt: s.p.Clock.Now().UTC(), Subject: a.Name,
	}
	st.begin(id)
	if err := w.PutRun(run); err != nil {
		return nil, false, err
	}
	return run, true, putBook(w, b, st)
}

// syncable gives an account of contacts that works.
func (s *Service) syncable(tx storage.Reader, accountID string) (*storage.Account, error) {
	a, err := tx.Account(accountID)
	if err != nil {
		return nil, err
	}
	if _, known := s.kinds[a.Kind]; !known || !a.Enabled || a.Leaving {
		return nil, storage.NewProblem("contacts.notSyncable", "account", a.Name)
	}
	return a, nil
}

// giveUp ends a held run without anything of it having been done.
func (s *Service) giveUp(w storage.Writer, st *state, why *storage.Problem) error {
	run, err := w.Run(st.RunID)
	if err != nil {
		return err
	}
	run.State, run.EndedAt, run.Problem = storage.RunCancelled, s.p.Clock.Now().UTC(), why
	if err := w.PutRun(run); err != nil {
		return err
	}
	st.begin("")
	return sync.ForgetHeld(w, run.ID)
}

// Pause has a pass wait after the batch under way, also over a restart, until Resume. What it has read is read again
// when it was interrupted meanwhile.
func (s *Service) Pause(ctx context.Context, runID string) error {
	return s.setPaused(ctx, runID, true)
}

// Resume has a paused pass go on where it was.
func (s *Service) Resume(ctx context.Context, runID string) error {
	return s.setPaused(ctx, runID, false)
}

// Paused reports whether a person has a pass wait.
func (s *Service) Paused(tx storage.Reader, runID string) (bool, error) {
	b, st, err := bookOfRun(tx, runID)
	return b != nil && st.Paused, err
}

func (s *Service) setPaused(ctx context.Context, runID string, on bool) error {
	found := false
	err := s.ofRun(ctx, runID, func(w storage.Writer, b *storage.ContactBook, st *state, run *storage.Run) error {
		if found = run.State == storage.RunRunning && !cancelled(run); !found || st.Paused == on {
			return nil
		}
		st.Paused = on
		return putBook(w, b, st)
	})
	if err == nil && !found {
		return storage.NewProblem("contacts.pass.over")
	}
	return err
}

// Cancel ends a pass after the batch under way, at once when its account is switched off or its lane waits; what it did
// stays.
func (s *Service) Cancel(ctx context.Context, runID string) error {
	ended := false
	err := s.ofRun(ctx, runID, func(w storage.Writer, b *storage.ContactBook, st *state, run *storage.Run) error {
		if ended = false; run.State != storage.RunRunning {
			return nil
		}
		run.Problem, st.NotBefore, st.Paused, st.Behind = storage.NewProblem(codeCancelled), time.Time{}, false, nil
		a, err := w.Account(b.AccountID)
		if err != nil {
			return err
		}
		now := s.p.Clock.Now().UTC()
		if ended = !a.Enabled || rests(a, now); ended { // no lane is there to end it, or not before tomorrow
			run.State, run.EndedAt, b.LastPass = storage.RunCancelled, now, run.ID
			st.begin("")
		}
		if err := w.PutRun(run); err != nil {
			return err
		}
		return putBook(w, b, st)
	})
	if err != nil || !ended {
		return err
	}
	s.mu.Lock()
	job := s.shown[runID]
	s.mu.Unlock()
	if job != nil {
		job.Finish(storage.RunCancelled)
	}
	return nil
}

// rests reports whether an account's lane makes no call now: until its pause is over, or until a person has done something
// about it.
func rests(a *storage.Account, now time.Time) bool {
	return a.Pause != nil && (a.PausedUntil.IsZero() || a.PausedUntil.After(now))
}

// ofRun finds the book of a pass by its run and changes it.
func (s *Service) ofRun(
	ctx context.Context, runID string, f func(storage.Writer, *storage.ContactBook, *state, *storage.Run) error,
) error {
	return s.update(ctx, func(w storage.Writer) error {
		b, st, err := bookOfRun(w, runID)
		if err != nil || b == nil {
			return err
		}
		run, err := w.Run(runID)
		if err != nil {
			return err
		}
		return f(w, b, st, run)
	})
}

// bookOfRun gives the book that a run's pass works on; nil when none does any more.
func bookOfRun(tx storage.Reader, runID string) (*storage.ContactBook, *state, error) {
	accounts, err := tx.Accounts()
	if err != nil {
		return nil, nil, err
	}
	for _, a := range accounts {
		if a.Job() != storage.JobContacts {
			continue
		}
		b, st, err := bookOf(tx, a.ID)
		if err != nil {
			return nil, nil, err
		}
		if st.RunID == runID {
			return b, st, nil
		}
	}
	return nil, nil, nil
}

// Resumes reports whether a run goes on by itself after the program was started again.
func (s *Service) Resumes(tx storage.Reader, runID string) (bool, error) {
	b, _, err := bookOfRun(tx, runID)
	return b != nil, err
}

// HeldPlan gives what a held pass would do, as far as it is kept for people.
func (s *Service) HeldPlan(ctx context.Context, runID string, from, limit int) (sync.HeldPage, error) {
	page := sync.HeldPage{Next: -1}
	err := s.view(ctx, func(tx storage.Reader) error {
		b, st, err := bookOfRun(tx, runID)
		if err != nil {
			return err
		}
		if b == nil || !st.Held {
			return storage.NewProblem("guard.notHeld")
		}
		from = min(from, len(st.Preview))
		end := min(from+max(limit, 1), len(st.Preview))
		page = sync.HeldPage{Next: -1, More: st.Unshown}
		if end < len(st.Preview) {
			page.Next = end
		}
		for _, l := range st.Preview[from:end] {
			page.Items = append(page.Items, sync.PlanItem{
				AccountID: b.AccountID, ContactID: l.ContactID, Name: l.Name, Intent: l.intent(), Changes: l.Changes, There: l.There, Here: l.Here,
			})
		}
		return nil
	})
	return page, err
}

// intent is what a line does, in the words of every plan.
func (l *Line) intent() sync.Intent {
	switch {
	case l.There == string(deleteThere), l.Here == string(trashHere):
		return sync.IntentDelete
	case l.There == string(createThere), l.Here == string(createHere):
		return sync.IntentCreate
	case l.There == "" && l.Here == "":
		return sync.IntentUnchanged
	}
	return sync.IntentUpdate
}

// Agree lets a held pass go on with exactly the plan of this hash: it reads again, and is held again when that is not its
// plan any more.
func (s *Service) Agree(ctx context.Context, runID, planHash string) error {
	return s.ofRun(ctx, runID, func(w storage.Writer, b *storage.ContactBook, st *state, run *storage.Run) error {
		if !st.Held || run.Guard == nil {
			return storage.NewProblem("guard.notHeld")
		}
		if run.Guard.Hash != planHash {
			return storage.NewProblem("guard.planChanged")
		}
		sent, err := readWindows(b)
		if err != nil {
			return err
		}
		now := s.p.Clock.Now().UTC()
		sent.There.Forget(now) // what left before was shown with the plan
		sent.Here.Forget(now)
		if err := sent.keep(b); err != nil {
			return err
		}
		st.Held, st.Agreed, st.Attempt, st.Preview, st.Unshown = false, planHash, 0, nil, 0
		run.State, run.Guard.ApprovedAt = storage.RunRunning, now
		if err := w.PutRun(run); err != nil {
			return err
		}
		if err := sync.ForgetHeld(w, runID); err != nil {
			return err
		}
		return putBook(w, b, st)
	})
}

// Refuse gives a held pass up: nothing of it is done.
func (s *Service) Refuse(ctx context.Context, runID string) error {
	return s.ofRun(ctx, runID, func(w storage.Writer, b *storage.ContactBook, st *state, _ *storage.Run) error {
		if !st.Held {
			return storage.NewProblem("guard.notHeld")
		}
		if err := s.giveUp(w, st, storage.NewProblem(codeCancelled)); err != nil {
			return err
		}
		return putBook(w, b, st)
	})
}

// Plan says what a pass would do now; it asks the book, and writes nothing, neither there nor here.
func (s *Service) Plan(ctx context.Context, accountID string) (Plan, error) {
	p, err := s.rehearse(ctx, accountID)
	if err != nil {
		return Plan{}, err
	}
	for {
		var err error
		switch p.phase {
		case identifying:
			if p.identity == "" && !p.expired {
				err = p.begin(ctx)
			}
			if err == nil {
				err = p.identify(ctx)
			}
		case reading:
			err = p.readPage(ctx)
		default:
			ids := p.toFetch()
			if len(ids) == 0 {
				return p.plan(s.p.Clock.Now())
			}
			if err = p.fetchSome(ctx, ids); err == nil {
				err = p.reweigh(ctx, slices.DeleteFunc(slices.Clone(p.lines), func(l *line) bool { return l.done || !l.fetch || !p.fetched[l.remoteID] }))
			}
		}
		if err != nil {
			var failure *called
			if errors.As(err, &failure) {
				return Plan{}, failure.failure.Problem.Because(failure.failure)
			}
			return Plan{}, err
		}
	}
}

// rehearse prepares a pass that only plans.
func (s *Service) rehearse(ctx context.Context, accountID string) (*pass, error) {
	var a *storage.Account
	err := s.view(ctx, func(tx storage.Reader) (err error) {
		a, err = s.syncable(tx, accountID)
		return err
	})
	if err != nil {
		return nil, err
	}
	secrets := map[string]string{}
	for _, setting := range s.kinds[a.Kind].Settings {
		if !setting.Secret || s.p.Secrets == nil {
			continue
		}
		value, err := s.p.Secrets.Get(ctx, "account/"+a.ID+"/"+setting.Name)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
		secrets[setting.Name] = value
	}
	var b book.Book
	if b, err = s.kinds[a.Kind].Open(a, secrets); err != nil {
		return nil, err
	}
	p, err := s.newPass(a, b)
	if err == nil {
		p.rehearsed = true
	}
	return p, err
}
