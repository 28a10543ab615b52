package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	stdsync "sync"
	"time"

	"diapason/app/elsewhere"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
)

// Engine is what the pane asks of the engine.
type Engine interface {
	Edit(ctx context.Context, id string, values map[storage.Field]string, actor storage.Actor) (*storage.Establishment, error)
	Sync(ctx context.Context, r sync.Request) (runID string, err error)
	Check(ctx context.Context, r sync.Request) (runID string, err error)
	Decide(ctx context.Context, establishmentID, accountID string, fields []storage.Field, d sync.Decision) error
	ConfirmUpload(ctx context.Context, accountID string, establishmentIDs []string) error
	UndoEntry(ctx context.Context, journalID string) error
}

// Store is what the pane reads.
type Store interface {
	View(ctx context.Context, f func(storage.Reader) error) error
	OnChange(f func(storage.Changes)) (remove func())
}

// refreshDelay lets a burst of commits be shown as one, ten times a second at most.
const refreshDelay = 100 * time.Millisecond

// session is one pane's work on one establishment after another, without its looks. Its methods are called on the
// interface's goroutine; the callbacks come back there.
type session struct {
	store      Store
	engine     Engine
	kinds      directory.Kinds
	ui         func(func())
	background func(func())
	after      func(time.Duration, func()) // calls once, on a goroutine of its own

	// shown is called when the state was read again; gone when the establishment is no more; failed when something could
	// not be done.
	shown  func(*state)
	gone   func()
	failed func(error)
	// saved is called after an edit, with the fields that changed; undoable tells that it can be taken back.
	saved func(fields []storage.Field, undoable bool)

	id    string
	now   *state // nil until it was read
	undo  undoStack
	edits queue

	mu        stdsync.Mutex // guards what OnChange's goroutine shares
	watched   string
	scheduled bool
}

// queue runs functions one after the other, away from the interface's goroutine, so that two edits keep their order.
type queue struct {
	mu      stdsync.Mutex
	pending []func()
	busy    bool
}

// do adds a function; run starts the worker when none is at work.
func (q *queue) do(run func(func()), f func()) {
	q.mu.Lock()
	q.pending = append(q.pending, f)
	start := !q.busy
	q.busy = true
	q.mu.Unlock()
	if start {
		run(q.drain)
	}
}

func (q *queue) drain() {
	for {
		q.mu.Lock()
		if len(q.pending) == 0 {
			q.busy = false
			q.mu.Unlock()
			return
		}
		f := q.pending[0]
		q.pending = q.pending[1:]
		q.mu.Unlock()
		f()
	}
}

// open shows another establishment; "" shows none.
func (s *session) open(id string) {
	s.id, s.now = id, nil
	s.undo.clear()
	s.mu.Lock()
	s.watched = id
	s.mu.Unlock()
	if id != "" {
		s.refresh()
	}
}

// refresh reads the state again and shows it, unless another establishment was opened meanwhile.
func (s *session) refresh() {
	id := s.id
	if id == "" {
		return
	}
	s.background(func() {
		now, err := load(context.Background(), s.store, s.kinds, id)
		s.ui(func() {
			switch {
			case s.id != id:
			case errors.Is(err, storage.ErrNotFound):
				s.gone()
			case err != nil:
				s.failed(err)
			case s.now != nil && s.now.Est.Revision > now.Est.Revision:
				// an edit came back while this was being read; its own change will be read after it
			default:
				s.now = now
				s.shown(now)
			}
		})
	})
}

// changed is the store's listener; it may be called on any goroutine.
func (s *session) changed(c storage.Changes) {
	s.mu.Lock()
	defer s.mu.Unlock()
	concerned := c.All || c.Accounts || slices.Contains(c.Establishments, s.watched)
	if s.watched == "" || !concerned || s.scheduled {
		return
	}
	s.scheduled = true
	s.after(refreshDelay, func() {
		s.mu.Lock()
		s.scheduled = false
		s.mu.Unlock()
		s.ui(s.refresh)
	})
}

// set saves fields. The result, nil or the problems for people, goes to done; a nil done leaves errors to failed.
func (s *session) set(values map[storage.Field]string, done func(error)) {
	s.save(values, true, done)
}

func (s *session) save(values map[storage.Field]string, undoable bool, done func(error)) {
	id := s.id
	if done == nil {
		done = func(err error) {
			if err != nil {
				s.failed(err)
			}
		}
	}
	s.edits.do(s.background, func() {
		old, now, err := s.edit(id, values)
		s.ui(func() {
			if s.id != id {
				if err != nil {
					s.failed(err)
				}
				return
			}
			if err == nil {
				s.keep(old, now, undoable)
			}
			done(err)
		})
	})
}

// finish waits for the edits that are on their way. Each is one short transaction.
func (s *session) finish() {
	done := make(chan struct{})
	s.edits.do(s.background, func() { close(done) })
	<-done
}

// edit runs away from the interface's goroutine.
func (s *session) edit(id string, values map[storage.Field]string) (old, now *storage.Establishment, err error) {
	ctx := context.Background()
	err = s.store.View(ctx, func(r storage.Reader) error {
		old, err = r.Establishment(id)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read before edit: %w", err)
	}
	now, err = s.engine.Edit(ctx, id, values, storage.ActorUser)
	if err != nil {
		return nil, nil, err
	}
	return old, now, nil
}

// keep remembers an edit for undo and tells that it was saved.
func (s *session) keep(old, now *storage.Establishment, undoable bool) {
	b := before(old, now, storage.Fields)
	if len(b) == 0 {
		return
	}
	if undoable {
		s.undo.push(edit{Before: b})
	}
	if s.now != nil && s.now.Est.Revision < now.Revision {
		next := *s.now
		next.Est = now
		s.now = &next
		s.shown(s.now)
	}
	var fields []storage.Field
	for _, f := range storage.Fields {
		if _, ok := b[f]; ok {
			fields = append(fields, f)
		}
	}
	s.saved(fields, undoable)
}

// undoLast takes back the last edit saved from this pane; it reports whether there was one.
func (s *session) undoLast() bool {
	e, ok := s.undo.pop()
	if !ok {
		return false
	}
	s.save(e.Before, false, nil)
	return true
}

// run does something with the engine away from the interface's goroutine; an error goes to failed, otherwise done (which
// may be nil) is called.
func (s *session) run(f func(ctx context.Context) error, done func()) {
	elsewhere.Worker{Background: s.background, UI: s.ui, Failed: s.failed}.Do(f, done)
}

// sync sends the establishment, to every enabled account or to those given.
func (s *session) sync(accounts ...string) {
	r := sync.Request{EstablishmentIDs: []string{s.id}, AccountIDs: accounts, Actor: storage.ActorUser}
	s.run(func(ctx context.Context) error { _, err := s.engine.Sync(ctx, r); return err }, nil)
}

// check reads the establishment again on one account.
func (s *session) check(account string) {
	r := sync.Request{EstablishmentIDs: []string{s.id}, AccountIDs: []string{account}, Actor: storage.ActorUser}
	s.run(func(ctx context.Context) error { _, err := s.engine.Check(ctx, r); return err }, nil)
}

// decide answers a drift.
func (s *session) decide(account string, fields []storage.Field, d sync.Decision, done func()) {
	id := s.id
	s.run(func(ctx context.Context) error { return s.engine.Decide(ctx, id, account, fields, d) }, done)
}

// confirmUpload tells that the file was uploaded.
func (s *session) confirmUpload(account string, done func()) {
	id := s.id
	s.run(func(ctx context.Context) error { return s.engine.ConfirmUpload(ctx, account, []string{id}) }, done)
}

// undoEntry takes back one entry of the journal.
func (s *session) undoEntry(entry string, done func()) {
	s.run(func(ctx context.Context) error { return s.engine.UndoEntry(ctx, entry) }, done)
}

// history reads a page of the journal, older than the entry before ("" for the newest).
func (s *session) history(before string, done func(entries []*storage.JournalEntry, more bool)) {
	id := s.id
	s.background(func() {
		var entries []*storage.JournalEntry
		err := s.store.View(context.Background(), func(r storage.Reader) error {
			var err error
			entries, err = r.Journal(storage.JournalQuery{EstablishmentID: id, Before: before, Limit: historyPage + 1})
			return err
		})
		s.ui(func() {
			if err != nil {
				s.failed(fmt.Errorf("read journal: %w", err))
				return
			}
			if s.id != id {
				return
			}
			done(entries[:min(len(entries), historyPage)], len(entries) > historyPage)
		})
	})
}

// problemOn finds, in the error of an edit, the problem of one field; the rest of the error is of other fields.
func problemOn(err error, f storage.Field) *storage.Problem {
	var ps storage.Problems
	if errors.As(err, &ps) {
		for _, p := range ps {
			if p.Field == f {
				return p
			}
		}
	}
	var p *storage.Problem
	if errors.As(err, &p) && (p.Field == f || p.Field == "") {
		return p
	}
	return nil
}
