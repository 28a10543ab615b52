package profile

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/app/apptest"
	"diapason/app/elsewhere"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/directory"
)

// bench is a session on a real workspace and engine. Everything runs at once, on the test's goroutine.
type bench struct {
	*session
	store  *bolt.Store
	states []*state
	errs   []error
	gone   int
	told   [][]storage.Field
}

func newBench(t *testing.T) *bench {
	t.Helper()
	store := apptest.Store(t)
	b := &bench{store: store}
	now := func(f func()) { f() }
	b.session = &session{
		store: store, engine: sync.New(sync.Params{Store: store, Kinds: directory.NewKinds()}), ui: now, background: now,
		after:  func(time.Duration, func()) {},
		shown:  func(s *state) { b.states = append(b.states, s) },
		gone:   func() { b.gone++ },
		failed: func(err error) { b.errs = append(b.errs, err) },
		saved:  func(fields []storage.Field, _ bool) { b.told = append(b.told, fields) },
	}
	return b
}

// create keeps an establishment and gives its id.
func (b *bench) create(t *testing.T, name string) string {
	t.Helper()
	e := &storage.Establishment{Status: storage.StatusActive, Name: name}
	err := b.store.Update(t.Context(), func(w storage.Writer) error { return w.PutEstablishment(e) })
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

func (b *bench) name() string { return b.now.Est.Name }

func TestEditIsShownToldAndTakenBack(t *testing.T) {
	b := newBench(t)
	b.open(b.create(t, "Avant"))
	b.set(map[storage.Field]string{storage.FieldName: "Après", storage.FieldCity: "Paris"}, nil)
	if b.name() != "Après" || b.now.Est.Address.City != "Paris" {
		t.Fatalf("shown %+v", b.now.Est)
	}
	if diff := cmp.Diff([][]storage.Field{{storage.FieldName, storage.FieldCity}}, b.told); diff != "" {
		t.Error(diff)
	}
	if !b.undoLast() || b.name() != "Avant" || b.now.Est.Address.City != "" {
		t.Errorf("after undo: %+v", b.now.Est)
	}
	if b.undoLast() {
		t.Error("what was taken back is not an edit to take back")
	}
	if b.errs != nil {
		t.Error(b.errs)
	}
}

func TestRefusedValueIsToldBesideItsFieldAndNothingIsKept(t *testing.T) {
	b := newBench(t)
	b.open(b.create(t, "Hôtel"))
	var got error
	b.set(map[storage.Field]string{storage.FieldEmail: "nobody"}, func(err error) { got = err })
	if p := problemOn(got, storage.FieldEmail); p == nil || p.Code != "email.unreadable" {
		t.Errorf("got %v", got)
	}
	if problemOn(got, storage.FieldPhone) != nil {
		t.Error("the problem is told beside another field too")
	}
	if b.now.Est.Email != "" || b.told != nil || b.undoLast() {
		t.Error("something was kept")
	}
}

func TestEditThatChangesNothingIsNotTold(t *testing.T) {
	b := newBench(t)
	b.open(b.create(t, "Hôtel"))
	b.set(map[storage.Field]string{storage.FieldName: " Hôtel "}, nil)
	if b.told != nil || b.undoLast() {
		t.Error("an edit without effect can be taken back")
	}
}

func TestResultForAnotherEstablishmentIsDropped(t *testing.T) {
	b := newBench(t)
	first, second := b.create(t, "Premier"), b.create(t, "Second")
	var waiting []func()
	b.background = func(f func()) { waiting = append(waiting, f) }
	b.open(first)
	b.open(second)
	waiting[1]()
	waiting[0]() // the slower answer comes last
	if b.name() != "Second" || len(b.states) != 1 {
		t.Errorf("shown %s after %d states", b.name(), len(b.states))
	}
}

func TestEditsKeepTheirOrder(t *testing.T) {
	b := newBench(t)
	b.open(b.create(t, "0"))
	var waiting []func()
	b.background = func(f func()) { waiting = append(waiting, f) }
	for _, name := range []string{"1", "2", "3"} {
		b.set(map[storage.Field]string{storage.FieldName: name}, nil)
	}
	if len(waiting) != 1 {
		t.Fatalf("%d workers for one queue", len(waiting))
	}
	waiting[0]()
	if b.name() != "3" {
		t.Errorf("shown %s", b.name())
	}
	b.background = func(f func()) { f() }
	b.undoLast()
	if b.name() != "2" {
		t.Errorf("undo gives %s", b.name())
	}
}

func TestEstablishmentThatIsNoMoreIsTold(t *testing.T) {
	b := newBench(t)
	id := b.create(t, "Hôtel")
	b.open(id)
	err := b.store.Update(t.Context(), func(w storage.Writer) error { return w.DeleteEstablishment(id) })
	if err != nil {
		t.Fatal(err)
	}
	b.refresh()
	if b.gone != 1 || b.errs != nil {
		t.Errorf("told %d times; %v", b.gone, b.errs)
	}
}

// countingStore counts reads and never changes.
type countingStore struct {
	Store
	reads int
}

func (c *countingStore) View(context.Context, func(storage.Reader) error) error {
	c.reads++
	return storage.ErrClosed
}

func TestBurstOfChangesOfTheShownEstablishmentIsReadOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &countingStore{}
		now := func(f func()) { f() }
		s := &session{store: store, ui: now, background: now, after: elsewhere.Later, failed: func(error) {}}
		s.open("shown")
		for range 50 {
			s.changed(storage.Changes{Establishments: []string{"other", "shown"}})
		}
		s.changed(storage.Changes{Establishments: []string{"other"}, Journal: true})
		time.Sleep(time.Second)
		synctest.Wait()
		if store.reads != 2 {
			t.Errorf("%d reads, want the first one and one for the burst", store.reads)
		}
		s.changed(storage.Changes{Establishments: []string{"other"}})
		time.Sleep(time.Second)
		if store.reads != 2 {
			t.Error("a change of another establishment was read")
		}
	})
}
