package list

import (
	"context"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"diapason/app/apptest"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
)

// bench is a list over a real workspace, with a queue in the place of the interface's goroutine.
type bench struct {
	t       *testing.T
	store   storage.Store
	list    *List
	queue   apptest.Queue
	engine  *recorder
	changes []Change
	reports []Report
}

// recorder stands for the engine: the list only has to ask it the right thing.
type recorder struct {
	mu    stdsync.Mutex
	asked []string
	fail  error
	held  chan struct{} // when set, edits go on once it is closed
	store storage.Store
}

func (r *recorder) note(format string, args ...any) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, fmt.Sprintf(format, args...))
	return r.fail
}

func (r *recorder) Sync(_ context.Context, q sync.Request) (string, error) {
	return "run", r.note("sync %s by %s", strings.Join(q.EstablishmentIDs, ","), q.Actor)
}

func (r *recorder) BulkEdit(_ context.Context, ids []string, e sync.BulkEdit, a storage.Actor) (string, error) {
	if r.held != nil {
		<-r.held
	}
	auto := "keep"
	if e.AutoSync != nil {
		auto = fmt.Sprint(*e.AutoSync)
	}
	return "run", r.note("bulk %s auto=%s status=%s add=%v remove=%v by %s",
		strings.Join(ids, ","), auto, e.Status, e.AddLabels, e.RemoveLabels, a)
}

func (r *recorder) Undo(_ context.Context, run string) (string, error) {
	return "undo", r.note("undo %s", run)
}

func (r *recorder) Create(ctx context.Context, e *storage.Establishment, a storage.Actor) error {
	if err := r.note("create %s by %s", e.Name, a); err != nil {
		return err
	}
	return r.store.Update(ctx, func(w storage.Writer) error { return w.PutEstablishment(e) })
}

var kinds = directory.NewKinds(
	directory.Kind{ID: "directory.trial", Capabilities: directory.Capabilities{Trial: true}},
	directory.Kind{ID: "directory.website"},
)

// open makes a bench; names are the establishments kept from the start.
func open(t *testing.T, names ...string) *bench {
	t.Helper()
	store := apptest.Store(t)
	b := &bench{t: t, store: store, queue: apptest.NewQueue(), engine: &recorder{store: store}}
	for _, n := range names {
		b.add(n)
	}
	t.Cleanup(func() {
		if b.list != nil {
			b.list.Stop()
		}
	})
	return b
}

func (b *bench) update(f func(w storage.Writer) error) {
	b.t.Helper()
	if err := b.store.Update(b.t.Context(), f); err != nil {
		b.t.Fatal(err)
	}
}

// add keeps an establishment; its name is its id too.
func (b *bench) add(name string, change ...func(*storage.Establishment)) {
	b.t.Helper()
	e := &storage.Establishment{ID: name, Name: name, Status: storage.StatusActive}
	for _, f := range change {
		f(e)
	}
	b.update(func(w storage.Writer) error { return w.PutEstablishment(e) })
}

func (b *bench) edit(id string, f func(*storage.Establishment)) {
	b.t.Helper()
	b.update(func(w storage.Writer) error {
		e, err := w.Establishment(id)
		if err != nil {
			return err
		}
		f(e)
		return w.PutEstablishment(e)
	})
}

func (b *bench) account(id, kind, name string) {
	b.t.Helper()
	b.update(func(w storage.Writer) error {
		return w.PutAccount(&storage.Account{ID: id, Kind: kind, Name: name, Enabled: true, CreatedAt: noon})
	})
}

// start opens the list and waits for its rows.
func (b *bench) start() *List {
	b.t.Helper()
	b.list = New(Params{
		Store: b.store, Engine: b.engine, Kinds: kinds, UI: b.queue.UI,
		Now: func() time.Time { return noon },
	})
	b.list.OnChange = func(c Change) { b.changes = append(b.changes, c) }
	b.list.OnReport = func(r Report) { b.reports = append(b.reports, r) }
	b.list.Start()
	b.until("rows are shown", func() bool { return b.list.Settled() })
	return b.list
}

// until runs what is queued for the interface until a condition holds.
func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	b.queue.Until(b.t, what, ok, nil)
}

// settle waits until what is shown answers the last wish.
func (b *bench) settle() { b.t.Helper(); b.until("the list settles", b.list.Settled) }

func (b *bench) shows(want ...string) {
	b.t.Helper()
	if got := b.list.VisibleIDs(); !slices.Equal(got, want) {
		b.t.Errorf("shows %v, want %v", got, want)
	}
}
