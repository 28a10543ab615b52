package list

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"diapason/storage"
)

// large gives the names of more establishments than are read first, in order; every tenth one is archived.
func large(b *bench) (active []string) {
	b.t.Helper()
	b.update(func(w storage.Writer) error {
		for i := range firstRows + 100 {
			e := &storage.Establishment{ID: fmt.Sprintf("%03d", i), Status: storage.StatusActive}
			if e.Name = "Hôtel " + e.ID; i%10 == 0 {
				e.Status = storage.StatusArchived
			} else {
				active = append(active, e.ID)
			}
			if err := w.PutEstablishment(e); err != nil {
				return err
			}
		}
		return nil
	})
	return active
}

// awaits opens the list and has it show what comes first.
func (b *bench) awaits(store Store, display ...Sort) *List {
	b.t.Helper()
	b.list = New(Params{
		Store: store, Engine: b.engine, Kinds: kinds, UI: func(f func()) { b.queue <- f }, Now: func() time.Time { return noon },
	})
	for _, s := range display {
		b.list.SetSort(s)
	}
	b.list.Start()
	b.list.Await(time.Minute)
	return b.list
}

func TestSmallWorkspaceIsWholeAtOnce(t *testing.T) {
	b := open(t, "Zèbre", "École")
	b.account("site", "directory.website", "Site")
	l := b.awaits(b.store)
	b.shows("École", "Zèbre")
	if !l.Whole() || !l.Settled() || l.Facets().Status[""] != 2 || len(l.Accounts()) != 1 {
		t.Errorf("whole %v, settled %v, facets %v, accounts %v", l.Whole(), l.Settled(), l.Facets(), l.Accounts())
	}
}

func TestLargeWorkspaceShowsItsFirstRowsBeforeTheOthers(t *testing.T) {
	b := open(t)
	active := large(b)
	l := b.awaits(b.store)
	b.shows(active[:firstRows]...)
	if l.State() != Ready || l.Whole() || l.Total() != len(active) || l.Facets().Archived != 30 {
		t.Errorf("first: state %v, whole %v, total %d, %d archived", l.State(), l.Whole(), l.Total(), l.Facets().Archived)
	}
	l.Toggle(1, false)
	b.settle()
	b.shows(active...)
	if !l.Whole() || l.Total() != len(active) || !slices.Equal(l.SelectedIDs(), active[1:2]) {
		t.Errorf("then: whole %v, total %d, selected %v", l.Whole(), l.Total(), l.SelectedIDs())
	}
}

func TestWhatActsOnAllRowsWaitsForThem(t *testing.T) {
	for name, act := range map[string]func(*List){
		"header":     (*List).ToggleHeader,
		"visible":    (*List).SelectVisible,
		"everything": (*List).SelectEverything,
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			active := large(b)
			l := b.awaits(b.store)
			for i := range l.Len() {
				l.Toggle(i, false)
			}
			if l.Header() != Some {
				t.Errorf("all of the first rows ticked: header %v", l.Header())
			}
			l.ClearSelection()
			act(l)
			if l.SelectedCount() != 0 {
				t.Errorf("%d ticked before the others are there", l.SelectedCount())
			}
			b.settle()
			if l.SelectedCount() != len(active) || l.Header() != Every {
				t.Errorf("then %d ticked, header %v", l.SelectedCount(), l.Header())
			}
		})
	}
}

func TestOtherWishesLeaveTheFirstRows(t *testing.T) {
	for name, c := range map[string]struct {
		wish func(*List)
		want func(active []string) []string
	}{
		"search": {
			func(l *List) { l.Search("hôtel 299") },
			func(active []string) []string { return active[len(active)-1:] },
		},
		"sort": {
			func(l *List) { l.SetSort(Sort{By: ByName, Reverse: true}) },
			func(active []string) []string { r := slices.Clone(active); slices.Reverse(r); return r },
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			active := large(b)
			l := b.awaits(b.store)
			c.wish(l)
			if l.State() != Loading || l.Total() != len(active) {
				t.Errorf("before the rows: state %v, total %d", l.State(), l.Total())
			}
			asked := 0
			l.WhenWhole(func() { asked = l.Len() })
			b.settle()
			b.shows(c.want(active)...)
			if asked != l.Len() {
				t.Errorf("what waited met %d rows of %d", asked, l.Len())
			}
		})
	}
}

func TestListInAnotherOrderWaitsForAllRows(t *testing.T) {
	b := open(t)
	active := large(b)
	l := b.awaits(b.store, Sort{By: ByStatus})
	if l.State() != Loading {
		t.Errorf("state %v", l.State())
	}
	b.settle()
	b.shows(active...)
}

func TestChangesDuringTheFirstReadingAreShown(t *testing.T) {
	b := open(t, "Abri")
	late := &blocked{Store: b.store, release: make(chan struct{})}
	b.list = New(Params{Store: late, Engine: b.engine, UI: func(f func()) { b.queue <- f }, Now: time.Now})
	b.list.Start()
	b.add("Bastide")
	close(late.release)
	b.until("both rows", func() bool { return b.list.Len() == 2 })
	b.edit("Abri", func(e *storage.Establishment) { e.Name = "Refuge" })
	b.until("the new name", func() bool { return b.list.Settled() && b.list.Row(1).Name == "Refuge" })
}

func TestFirstRowsGoWhenTheOthersCannotBeRead(t *testing.T) {
	b := open(t)
	large(b)
	broken := &failing{Store: b.store}
	l := b.awaits(broken)
	if l.State() != Ready {
		t.Fatalf("first: state %v", l.State())
	}
	broken.set(storage.ErrDamaged)
	b.until("the failure", func() bool { return l.State() == Failed })
	if l.Len() != 0 {
		t.Errorf("%d rows stay", l.Len())
	}
	broken.set(nil)
	l.Reload()
	b.settle()
	if l.State() != Ready || !l.Whole() {
		t.Errorf("again: state %v, whole %v", l.State(), l.Whole())
	}
}
