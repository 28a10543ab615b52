package contacts

import (
	"context"
	"errors"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"
)

// Limits of perseverance.
const (
	// tries is how many calls in a row may fail before the pass ends; a later one goes on from what is kept.
	tries = 5
	// idle is how long a lane without a pass may rest.
	idle = 24 * time.Hour
	// identified is how long the answer to "which account is this?" serves an incremental pass: a complete one always asks.
	identified = 15 * time.Minute
)

// errand is the only name of a pass's errands: what the next step is stands on the disk and in the pass.
const errand = "pass"

// courier carries the passes of one account: the engine's lane calls it, one call at a time.
type courier struct {
	s       *Service
	kind    Kind
	account string
	book    book.Book
	pass    *pass // nil between passes
	run     string
	job     *sync.Job
	jobEnds context.CancelFunc
	// identity is what the account called itself at identifiedAt.
	identity     string
	identifiedAt time.Time
}

// open makes what carries the passes of an account.
func (s *Service) open(k Kind, a *storage.Account, secrets map[string]string) (sync.Courier, error) {
	b, err := k.Open(a, secrets)
	if err != nil {
		return nil, err
	}
	return &courier{s: s, kind: k, account: a.ID, book: b}, nil
}

// Test asks the other side whether it answers and accepts the account.
func (c *courier) Test(ctx context.Context) error {
	_, err := c.book.Identity(ctx)
	return err
}

// Identity names the account on its side.
func (c *courier) Identity(ctx context.Context) (string, error) {
	id, err := c.book.Identity(ctx)
	return id.ID, err
}

// Hurry lets a pass that a failure put off go on at once.
func (c *courier) Hurry(ctx context.Context) error {
	return c.s.update(ctx, func(w storage.Writer) error {
		b, st, err := bookOf(w, c.account)
		if err != nil || st.NotBefore.IsZero() {
			return err
		}
		st.NotBefore = time.Time{}
		return putBook(w, b, st)
	})
}

// Next names the next errand of a pass under way.
func (c *courier) Next(tx storage.Reader, now time.Time) (string, time.Duration, error) {
	_, st, err := bookOf(tx, c.account)
	if err != nil || st.RunID == "" || st.Held {
		return "", idle, err
	}
	if st.waits() {
		if c.job != nil {
			c.job.Pause(true)
		}
		return "", idle, nil
	}
	if first, err := c.s.ahead(tx, st); err != nil || first != nil {
		return "", idle, err
	}
	if wait := st.NotBefore.Sub(now); wait > 0 && wait <= settling {
		return "", wait, nil
	}
	return errand, 0, nil
}

// waits reports whether a person has the pass wait. What became of a batch in flight is found out all the same.
func (st *state) waits() bool { return st.Paused && st.Inflight == nil }

// Carry does one step of a pass: one call to the other side at most.
func (c *courier) Carry(ctx context.Context, _ string, backoff func(int) time.Duration) (*directory.Error, error) {
	run, st, err := c.load(ctx)
	if err == nil && c.run != "" && c.run != st.RunID { // it was ended while the lane waited
		c.leave(storage.RunCancelled)
	}
	if err != nil || run == nil {
		return nil, err
	}
	if st.waits() { // since Next looked
		return nil, nil
	}
	if c.job != nil {
		c.job.Pause(false)
	}
	if cancelled(run) {
		return c.stop(ctx, st, run.Problem)
	}
	err = c.step(ctx, st)
	var failure *called
	switch {
	case err == nil:
		return nil, c.answered(ctx, st)
	case errors.As(err, &failure): // before what is ours: a failure holds a problem too
		return failure.failure, c.failed(ctx, failure.failure, backoff)
	}
	var why *storage.Problem
	if errors.As(err, &why) { // nothing that a repetition would change
		return nil, c.end(ctx, storage.RunFailed, why)
	}
	return nil, err
}

// stop ends a cancelled pass. What is in flight is looked for once: what does not show yet is left to the next pass.
func (c *courier) stop(ctx context.Context, st *state, why *storage.Problem) (*directory.Error, error) {
	var failure *called
	var ours *storage.Problem
	if st.Inflight != nil {
		if err := c.step(ctx, st); err != nil && !errors.As(err, &failure) && !errors.As(err, &ours) {
			return nil, err
		}
	}
	if err := c.end(ctx, storage.RunCancelled, why); err != nil || failure == nil {
		return nil, err
	}
	return failure.failure, nil
}

// called is a failure of the other side, told from those of our own.
type called struct{ failure *directory.Error }

// Error gives the technical form.
func (c *called) Error() string { return c.failure.Error() }

// Unwrap gives the failure.
func (c *called) Unwrap() error { return c.failure }

// theirs marks an error as one of the other side; nil stays nil.
func theirs(err error) error {
	if err == nil {
		return nil
	}
	return &called{directory.Classify(err)}
}

func cancelled(run *storage.Run) bool { return run.Problem != nil && run.Problem.Code == codeCancelled }

// codeCancelled marks a run that the user cancelled, as the engine does.
const codeCancelled = "sync.cancelled"

// load gives the run of the pass under way and its state; no run when there is none.
func (c *courier) load(ctx context.Context) (run *storage.Run, st *state, err error) {
	err = c.s.view(ctx, func(tx storage.Reader) error {
		var err error
		if _, st, err = bookOf(tx, c.account); err != nil || st.RunID == "" || st.Held {
			return err
		}
		run, err = tx.Run(st.RunID)
		return err
	})
	return run, st, err
}

// step goes on until one call was made, or the pass waits or is over.
func (c *courier) step(ctx context.Context, st *state) error {
	if c.pass == nil || c.run != st.RunID {
		if err := c.enter(ctx, st); err != nil {
			return err
		}
	}
	p := c.pass
	if st.Inflight != nil {
		return p.doubt(ctx)
	}
	switch p.phase {
	case identifying:
		return c.identify(ctx)
	case reading:
		return c.read(ctx)
	case fetching:
		if ids := p.toFetch(); len(ids) > 0 {
			return c.fetch(ctx, ids)
		}
		return c.judge(ctx)
	}
	if !p.over() {
		if err := p.send(ctx); err != nil {
			return err
		}
		c.progress()
	}
	if st, err := c.stateNow(ctx); err != nil || st.Inflight != nil || !p.over() {
		return err
	}
	return c.finish(ctx)
}

// over reports whether nothing is left to write there.
func (p *pass) over() bool { return p.pending() == nil && len(p.again()) == 0 }

// stateNow gives the state as it is kept now.
func (c *courier) stateNow(ctx context.Context) (st *state, err error) {
	err = c.s.view(ctx, func(tx storage.Reader) error {
		_, st, err = bookOf(tx, c.account)
		return err
	})
	return st, err
}

// identify asks the account who it is, unless that need not be asked.
func (c *courier) identify(ctx context.Context) error {
	p := c.pass
	if !p.expired {
		if err := p.begin(ctx); err != nil {
			return err
		}
		if c.knows(p) {
			p.know(c.identity)
			return c.read(ctx)
		}
	}
	if err := p.identify(ctx); err != nil {
		return err
	}
	c.identity, c.identifiedAt = p.identity, c.s.p.Clock.Now()
	return c.keepIdentity(ctx, p.identity)
}

// read reads a page, and goes on to what needs no further call after the last one.
func (c *courier) read(ctx context.Context) error {
	if err := c.pass.readPage(ctx); err != nil || c.pass.phase != fetching {
		if c.job != nil {
			c.job.Prepare(c.pass.present())
		}
		return err
	}
	if len(c.pass.toFetch()) > 0 {
		return nil
	}
	return c.judge(ctx)
}

// fetch reads some cards one by one.
func (c *courier) fetch(ctx context.Context, ids []string) error {
	p := c.pass
	if err := p.fetchSome(ctx, ids); err != nil {
		return err
	}
	return p.reweigh(ctx, slices.DeleteFunc(slices.Clone(p.lines), func(l *line) bool { return l.done || !l.fetch || !p.fetched[l.remoteID] }))
}

// knows reports whether the account's name on its side need not be asked for: an incremental reading, shortly after it
// was asked over the same connection.
func (c *courier) knows(p *pass) bool {
	ago := c.s.p.Clock.Now().Sub(c.identifiedAt)
	return p.cursor.Since != "" && c.identity != "" && ago >= 0 && ago < identified
}

// enter begins the pass in memory.
func (c *courier) enter(ctx context.Context, st *state) error {
	var account *storage.Account
	var run *storage.Run
	err := c.s.view(ctx, func(tx storage.Reader) (err error) {
		if account, err = tx.Account(c.account); err != nil {
			return err
		}
		run, err = tx.Run(st.RunID)
		return err
	})
	if err != nil {
		return err
	}
	if c.pass, err = c.s.newPass(account, c.book); err != nil {
		return err
	}
	c.run = st.RunID
	c.begin(run, account.Name)
	if len(st.Behind) == 0 {
		return nil
	}
	return c.s.update(ctx, func(w storage.Writer) error { return c.s.setBehind(w, c.account, nil) }) // its turn has come
}

// begin enters the pass into the list of running jobs; cancelling it there ends it at the next step.
func (c *courier) begin(run *storage.Run, name string) {
	if c.s.jobs == nil || c.job != nil {
		return
	}
	var ctx context.Context
	ctx, c.job = c.s.jobs.Begin(context.Background(), storage.RunContacts, run.ID, name, 0)
	id, job := run.ID, c.job
	c.s.mu.Lock()
	c.s.shown[id] = job
	c.s.mu.Unlock()
	stop := context.AfterFunc(ctx, func() {
		if job.Over() { // the program ends: the next start goes on
			return
		}
		if err := c.s.Cancel(context.Background(), id); err != nil {
			c.s.p.Log.Error("pass not cancelled", "run", id, "error", err)
		}
	})
	c.jobEnds = func() { stop() }
}

// keepIdentity keeps what the account calls itself.
func (c *courier) keepIdentity(ctx context.Context, id string) error {
	return c.s.update(ctx, func(w storage.Writer) error {
		a, err := w.Account(c.account)
		if err != nil || a.Identity == id {
			return err
		}
		a.Identity = id
		return w.PutAccount(a)
	})
}

// judge judges the whole plan: it goes on, or the run is held and nothing of it is written.
func (c *courier) judge(ctx context.Context) error {
	p := c.pass
	plan, err := p.plan(c.s.p.Clock.Now())
	if err != nil {
		return err
	}
	run, st, err := c.load(ctx)
	if err != nil || run == nil {
		return err
	}
	due := p.judged(run.Pass)
	if plan.Guard != nil && st.Agreed != plan.Hash {
		return c.hold(ctx, plan)
	}
	p.phase = sendingOff
	if c.job != nil {
		c.job.Expect(due)
	}
	if p.over() {
		return c.finish(ctx)
	}
	return nil
}

// progress tells how far the pass is.
func (c *courier) progress() {
	if c.job == nil {
		return
	}
	done, failed := 0, 0
	for _, l := range c.pass.lines {
		if l.due && (l.done || l.applied) {
			done++
		}
		if l.refused != nil {
			failed++
		}
	}
	c.job.Advance(done, failed, "")
}

// hold keeps the run waiting for the user's agreement to exactly this plan.
func (c *courier) hold(ctx context.Context, plan Plan) error {
	shown, all := c.pass.preview()
	err := c.s.update(ctx, func(w storage.Writer) error {
		return c.pass.transact(w, func(r *report) error {
			if r.run == nil { // it was ended meanwhile
				return nil
			}
			r.st.Held, r.st.Agreed, r.st.Preview, r.st.Unshown = true, "", shown, all-len(shown)
			r.run.State, r.run.Guard = storage.RunHeld, plan.Guard
			r.advance()
			return sync.KeepHeld(w, r.run.ID)
		})
	})
	if err == nil {
		c.leave(storage.RunHeld)
	}
	return err
}

// leave forgets the pass in memory.
func (c *courier) leave(state storage.RunState) {
	run := c.run
	c.pass, c.run = nil, ""
	if c.job != nil {
		c.s.mu.Lock()
		delete(c.s.shown, run)
		c.s.mu.Unlock()
		c.jobEnds()
		c.job.Finish(state)
		c.job = nil
	}
}

// answered forgets the failures in a row before a call that went well.
func (c *courier) answered(ctx context.Context, st *state) error {
	if st.Attempt == 0 && st.NotBefore.IsZero() {
		return nil
	}
	return c.s.update(ctx, func(w storage.Writer) error {
		b, now, err := bookOf(w, c.account)
		if err != nil || now.RunID != st.RunID || !now.NotBefore.Equal(st.NotBefore) {
			return err
		}
		now.Attempt, now.NotBefore = 0, time.Time{}
		return putBook(w, b, now)
	})
}

// failed keeps what a failed call means for the pass: it waits, or ends and says why.
func (c *courier) failed(ctx context.Context, failure *directory.Error, backoff func(int) time.Duration) error {
	over := false
	err := c.s.update(context.WithoutCancel(ctx), func(w storage.Writer) error {
		b, st, err := bookOf(w, c.account)
		if err != nil {
			return err
		}
		switch failure.Class {
		case directory.Throttled: // the lane waits
			return nil
		case directory.Auth, directory.Gone:
			over = true
			return nil
		case directory.Refused:
			over = st.Inflight == nil
		}
		if st.Attempt++; st.Attempt >= tries {
			over = true
			return nil
		}
		st.NotBefore = c.s.p.Clock.Now().Add(backoff(st.Attempt))
		return putBook(w, b, st)
	})
	if err == nil && over {
		return c.end(context.WithoutCancel(ctx), storage.RunFailed, failure.Problem)
	}
	return err
}

// end ends the run. What is in flight stays so, for the next pass.
func (c *courier) end(ctx context.Context, as storage.RunState, why *storage.Problem) error {
	p := &pass{s: c.s, account: &storage.Account{ID: c.account}}
	err := c.s.update(ctx, func(w storage.Writer) error {
		return p.transact(w, func(r *report) error {
			r.st.begin("")
			r.st.NotBefore = time.Time{}
			if r.run == nil {
				return nil
			}
			r.run.State, r.run.EndedAt, r.run.Problem = as, c.s.p.Clock.Now().UTC(), why
			r.book.LastPass = r.run.ID
			return nil
		})
	})
	if err == nil {
		c.leave(as)
	}
	return err
}
