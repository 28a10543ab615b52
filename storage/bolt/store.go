package bolt

import (
	"context"
	"errors"
	"fmt"
	stdsync "sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"diapason/storage"
)

// ReadBudget is how long a View may last before Params.SlowView hears of it: as long as it reads, no page is reused,
// and a write that must grow the file holds up everybody.
const ReadBudget = 250 * time.Millisecond

// Store keeps one workspace in one bbolt file. Open makes it.
type Store struct {
	db       *bbolt.DB
	dir      string
	path     string
	app      string
	now      func() time.Time
	slowView func(time.Duration)

	// turn is held by the one goroutine that writes, commits and tells the listeners, so that these hear commits in
	// their order. ids and collator belong to its holder.
	turn     chan struct{}
	ids      ids
	collator *collator

	listening stdsync.Mutex
	listeners map[int]func(storage.Changes)
	order     []int
	nextKey   int
}

var _ storage.Store = (*Store)(nil)

// Path gives the folder of the workspace.
func (s *Store) Path() string { return s.dir }

// View runs f in one consistent read. See ReadBudget.
func (s *Store) View(ctx context.Context, f func(storage.Reader) error) error {
	start := s.now()
	err := s.view(ctx, func(r *reader) error { return f(r) })
	if took := s.now().Sub(start); took > ReadBudget && s.slowView != nil {
		s.slowView(took)
	}
	return err
}

// view is View without the budget, for backups and the verifier.
func (s *Store) view(ctx context.Context, f func(*reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.damage(guarded(func() (err error) {
		tx, err := s.db.Begin(false)
		if err != nil {
			return explain(err, s.path)
		}
		// Deferred, because a read left open by a panic would hold up Close for ever.
		defer func() { err = errors.Join(err, tx.Rollback()) }()
		return f(&reader{tx: tx})
	}))
}

// damage explains a structural error met while reading; what f itself returned stays as it is.
func (s *Store) damage(err error) error {
	if errors.Is(err, errStructure) {
		return explain(err, s.path)
	}
	return err
}

// Update runs f in one transaction: all of it is kept, or nothing when f gives an error, ctx ends first or the disk
// refuses. Listeners hear of it before Update returns.
func (s *Store) Update(ctx context.Context, f func(storage.Writer) error) error {
	return s.update(ctx, func(w *writer) error { return f(w) })
}

func (s *Store) update(ctx context.Context, f func(*writer) error) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.turn }()
	return s.write(ctx, f)
}

// write is update for a goroutine that holds the turn already.
func (s *Store) write(ctx context.Context, f func(*writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &writer{store: s, listed: map[string][]entry{}, queued: map[string]waiting{}}
	committed := false
	defer func() {
		if !committed {
			for i := len(w.undo) - 1; i >= 0; i-- {
				w.undo[i]()
			}
		}
	}()
	err := s.damage(guarded(func() error { return s.transact(ctx, w, f) }))
	if err != nil {
		return err
	}
	committed = true
	if !w.changes.empty() {
		s.tell(w.changes.Changes)
	}
	return nil
}

func (s *Store) transact(ctx context.Context, w *writer, f func(*writer) error) (err error) {
	tx, err := s.db.Begin(true)
	if err != nil {
		return explain(err, s.path)
	}
	defer func() {
		// After a commit this only says ErrTxClosed. It also runs when f panics, which would leave the file locked.
		if e := tx.Rollback(); e != nil && !errors.Is(e, berrors.ErrTxClosed) {
			err = errors.Join(err, e)
		}
	}()
	w.tx = tx
	if err := f(w); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	return explain(tx.Commit(), s.path)
}

// OnChange registers a listener; see storage.Store.
func (s *Store) OnChange(f func(storage.Changes)) (remove func()) {
	s.listening.Lock()
	defer s.listening.Unlock()
	key := s.nextKey
	s.nextKey++
	s.listeners[key] = f
	s.order = append(s.order, key)
	return func() {
		s.listening.Lock()
		defer s.listening.Unlock()
		delete(s.listeners, key)
		for i, k := range s.order {
			if k == key {
				s.order = append(s.order[:i:i], s.order[i+1:]...)
				return
			}
		}
	}
}

// tell calls the listeners in the order of their registration, outside the lock: one may remove itself.
func (s *Store) tell(c storage.Changes) {
	s.listening.Lock()
	fs := make([]func(storage.Changes), 0, len(s.order))
	for _, k := range s.order {
		fs = append(fs, s.listeners[k])
	}
	s.listening.Unlock()
	for _, f := range fs {
		f(c)
	}
}

// Close waits for the transactions under way, marks the file as cleanly closed and gives it free. Closing again does
// nothing.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	err := s.write(context.Background(), func(w *writer) error {
		return w.in(bMeta).Put([]byte(metaClean), []byte("1"))
	})
	if errors.Is(err, storage.ErrClosed) {
		return nil
	}
	if e := s.db.Close(); e != nil {
		err = errors.Join(err, fmt.Errorf("close %s: %w", s.path, e))
	}
	return err
}
