package list

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"diapason/assets/words"
	"diapason/storage"
)

func TestListShowsRowsInNameOrderAndHidesArchivedOnes(t *testing.T) {
	b := open(t, "Zèbre", "École", "Abri")
	b.add("Vieux", func(e *storage.Establishment) { e.Status = storage.StatusArchived })
	l := b.start()
	b.shows("Abri", "École", "Zèbre")
	if l.Total() != 3 || l.State() != Ready {
		t.Errorf("total %d, state %v", l.Total(), l.State())
	}
	l.ShowArchived(true)
	b.settle()
	b.shows("Abri", "École", "Vieux", "Zèbre")
	if r := l.Row(2); !r.Archived || r.Reason != "Archivé" {
		t.Errorf("archived row: %+v", r)
	}
}

func TestListTellsItsStates(t *testing.T) {
	b := open(t)
	l := b.start()
	if l.State() != Empty {
		t.Errorf("empty workspace: state %v", l.State())
	}
	b.add("Abri")
	b.until("the new row", func() bool { return l.Len() == 1 })
	l.Search("nowhere")
	b.settle()
	if l.State() != NoResult || !l.Filtering() {
		t.Errorf("no result: state %v", l.State())
	}
	l.ClearFilters()
	b.settle()
	b.shows("Abri")
}

func TestListSaysWhyItCouldNotRead(t *testing.T) {
	b := open(t, "Abri")
	broken := &failing{Store: b.store, err: storage.ErrDamaged}
	b.list = New(Params{Store: broken, Engine: b.engine, UI: func(f func()) { b.queue <- f }, Now: time.Now})
	b.list.Start()
	b.until("the failure", func() bool { return b.list.State() == Failed })
	if !errors.Is(b.list.Err(), storage.ErrDamaged) {
		t.Errorf("reason %v", b.list.Err())
	}
	broken.set(nil)
	b.list.Reload()
	b.until("the rows", func() bool { return b.list.State() == Ready })
	b.shows("Abri")
}

// failing is a store whose disk is in trouble.
type failing struct {
	storage.Store
	mu  stdsync.Mutex
	err error
}

func (f *failing) set(err error) { f.mu.Lock(); defer f.mu.Unlock(); f.err = err }

func (f *failing) View(ctx context.Context, do func(storage.Reader) error) error {
	f.mu.Lock()
	err := f.err
	f.mu.Unlock()
	if err != nil {
		return err
	}
	return f.Store.View(ctx, do)
}

func TestLoadingIsSaidOnlyWhenItTakesLong(t *testing.T) {
	b := open(t, "Abri")
	late := &blocked{Store: b.store, release: make(chan struct{})}
	l := New(Params{Store: late, Engine: b.engine, UI: func(f func()) { b.queue <- f }, Now: time.Now})
	b.list = l
	l.Start()
	if l.Slow() || l.State() != Loading {
		t.Errorf("at once: slow %v, state %v", l.Slow(), l.State())
	}
	b.until("patience ends", l.Slow)
	close(late.release)
	b.until("the rows", func() bool { return l.State() == Ready })
}

// blocked is a store on a slow disk.
type blocked struct {
	storage.Store
	release chan struct{}
}

func (s *blocked) View(ctx context.Context, do func(storage.Reader) error) error {
	<-s.release
	return s.Store.View(ctx, do)
}

func TestSelectionSurvivesFilterSortAndNewRows(t *testing.T) {
	b := open(t, "Abri", "École", "Moulin", "Zèbre")
	l := b.start()
	l.Toggle(1, false)
	l.Toggle(3, false)
	l.Search("abri")
	b.settle()
	if l.SelectedCount() != 2 || l.HiddenCount() != 2 || l.Header() != None {
		t.Errorf("filtered: %d selected, %d hidden, header %v", l.SelectedCount(), l.HiddenCount(), l.Header())
	}
	l.Search("")
	l.SetSort(Sort{By: ByName, Reverse: true})
	b.add("Bastide")
	b.until("the new row", func() bool { return l.Settled() && l.Len() == 5 })
	b.shows("Zèbre", "Moulin", "École", "Bastide", "Abri")
	if got := l.SelectedIDs(); !slices.Equal(got, []string{"Zèbre", "École"}) || l.Header() != Some {
		t.Errorf("selected %v, header %v", got, l.Header())
	}
	if !l.Row(0).Selected || l.Row(1).Selected || !l.Row(2).Selected {
		t.Error("the ticks moved to other rows")
	}
}

func TestShiftExtendsFromTheLastTickedRow(t *testing.T) {
	b := open(t, "a", "b", "c", "d", "e")
	l := b.start()
	l.Toggle(3, false)
	l.Toggle(1, true)
	if got := strings.Join(l.SelectedIDs(), ""); got != "bcd" {
		t.Errorf("upwards: %q", got)
	}
	l.ClearSelection()
	l.Toggle(2, true)
	if got := strings.Join(l.SelectedIDs(), ""); got != "c" {
		t.Errorf("without a first row: %q", got)
	}
	l.Toggle(9, true)
	l.Toggle(-1, false)
	if l.SelectedCount() != 1 {
		t.Error("rows outside the list were ticked")
	}
}

func TestHeaderTicksFilteredRowsAndTheLinkTicksAll(t *testing.T) {
	b := open(t, "port un", "port deux", "gare")
	b.add("vieux", func(e *storage.Establishment) { e.Status = storage.StatusArchived })
	l := b.start()
	l.Search("port")
	b.settle()
	l.ToggleHeader()
	if l.SelectedCount() != 2 || l.Header() != Every {
		t.Errorf("header: %d selected, %v", l.SelectedCount(), l.Header())
	}
	l.SelectEverything()
	if l.SelectedCount() != 3 || l.HiddenCount() != 1 {
		t.Errorf("everything: %d selected, %d hidden", l.SelectedCount(), l.HiddenCount())
	}
	l.ToggleHeader()
	if got := l.SelectedIDs(); !slices.Equal(got, []string{"gare"}) {
		t.Errorf("header again: %v", got)
	}
	l.ClearSelection()
	l.SelectVisible()
	if l.SelectedCount() != 2 {
		t.Errorf("Ctrl+A: %d", l.SelectedCount())
	}
}

func TestCommitChangesOnlyItsRow(t *testing.T) {
	b := open(t, "Abri", "École")
	l := b.start()
	b.changes = nil
	b.edit("École", func(e *storage.Establishment) { e.AutoSync = true })
	b.until("the row", func() bool { return l.AutoSync("École") && l.Settled() })
	if len(b.changes) == 0 || !slices.Equal(b.changes[0].Rows, []string{"École"}) || b.changes[0].All {
		t.Errorf("changes %+v", b.changes)
	}
}

func TestManyCommitsAreShownTenTimesASecondAtMost(t *testing.T) {
	b := open(t, "Abri")
	l := b.start()
	b.changes = nil
	began := time.Now()
	for i := range 30 {
		b.edit("Abri", func(e *storage.Establishment) { e.Address.City = fmt.Sprint("Ville ", i) })
	}
	b.until("the last edit", func() bool { return l.Row(0).Line == "Ville 29" && l.Settled() })
	limit := int(time.Since(began)/tick) + 2
	updates := 0
	for _, c := range b.changes {
		if len(c.Rows) > 0 {
			updates++
		}
	}
	if updates == 0 || updates > limit {
		t.Errorf("%d updates, want 1 to %d", updates, limit)
	}
}

func TestDeletedRowLeavesListAndSelection(t *testing.T) {
	b := open(t, "Abri", "École")
	l := b.start()
	l.SelectVisible()
	b.update(func(w storage.Writer) error { return w.DeleteEstablishment("Abri") })
	b.until("the row goes", func() bool { return l.Len() == 1 && l.Settled() })
	b.shows("École")
	if l.SelectedCount() != 1 {
		t.Errorf("%d selected", l.SelectedCount())
	}
}

func TestRowsHaveOneCellPerPinnedAccount(t *testing.T) {
	b := open(t, "Abri")
	for i, name := range []string{"un", "deux", "trois", "quatre", "cinq"} {
		b.account(fmt.Sprint("account-", i), "directory.website", name)
	}
	b.update(func(w storage.Writer) error {
		return w.PutListing(&storage.Listing{EstablishmentID: "Abri", AccountID: "account-4", Sync: storage.SyncNotFound})
	})
	l := b.start()
	if got := len(l.Pinned()); got != 3 || !l.HasOthers() {
		t.Fatalf("%d pinned, others %v", got, l.HasOthers())
	}
	r := l.Row(0)
	if len(r.Cells) != 3 || r.Cells[0].Word != storage.WordToSync || r.Others.Word != storage.WordNotFound ||
		r.Others.Text != "1 à relier" || r.Worst.Word != storage.WordNotFound {
		t.Errorf("row %+v", r)
	}
	l.TogglePinned("account-4")
	l.TogglePinned("account-0")
	names := ""
	for _, a := range l.Pinned() {
		names += a.Name + " "
	}
	if names != "deux trois cinq " {
		t.Errorf("pinned %q", names)
	}
	if r = l.Row(0); r.Cells[2].Word != storage.WordNotFound || r.Others.Text != "2 à synchro." {
		t.Errorf("row %+v", r)
	}
}

func TestTrialAccountIsLabelled(t *testing.T) {
	b := open(t, "Abri")
	b.account("x", "directory.trial", "Recette")
	if got := b.start().Accounts()[0].Name; got != "Recette (annuaire d’essai)" {
		t.Errorf("label %q", got)
	}
}

func TestActionsAskTheEngine(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(l *List)
		want string
	}{
		{"sync", func(l *List) { l.Sync([]string{"a", "b"}) }, "sync a,b by user"},
		{"auto on", func(l *List) { l.SetAutoSync([]string{"a"}, true) }, "bulk a auto=true status= add=[] remove=[] by user"},
		{"auto off", func(l *List) { l.SetAutoSync([]string{"a"}, false) }, "bulk a auto=false status= add=[] remove=[] by user"},
		{"archive", func(l *List) { l.Archive([]string{"a"}) }, "bulk a auto=keep status=ARCHIVED add=[] remove=[] by user"},
		{"restore", func(l *List) { l.Restore([]string{"a"}) }, "bulk a auto=keep status=ACTIVE add=[] remove=[] by user"},
		{
			"labels", func(l *List) { l.Relabel([]string{"a"}, []string{"Sud"}, []string{"Nord"}) },
			"bulk a auto=keep status= add=[Sud] remove=[Nord] by user",
		},
		{"undo", func(l *List) { l.Undo("r1") }, "undo r1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, "a", "b")
			b.account("x", "directory.website", "Site")
			c.do(b.start())
			b.until("the report", func() bool { return len(b.reports) == 1 })
			if r := b.reports[0]; r.Err != nil || r.Text == "" || strings.HasPrefix(r.Text, "list.") {
				t.Errorf("report %+v", r)
			}
			if got := strings.Join(b.engine.asked, "|"); got != c.want {
				t.Errorf("asked %q, want %q", got, c.want)
			}
		})
	}
}

func TestSyncWithoutAccountSaysWhatToDo(t *testing.T) {
	b := open(t, "a")
	b.start().Sync([]string{"a"})
	var p *storage.Problem
	if len(b.reports) != 1 || !errors.As(b.reports[0].Err, &p) || p.Code != "list.noAccount" || len(b.engine.asked) > 0 {
		t.Errorf("reports %+v, asked %v", b.reports, b.engine.asked)
	}
}

func TestFailedActionIsReported(t *testing.T) {
	b := open(t, "a")
	b.engine.fail = storage.ErrDiskFull
	b.start().SetAutoSync([]string{"a"}, true)
	b.until("the report", func() bool { return len(b.reports) == 1 })
	if !errors.Is(b.reports[0].Err, storage.ErrDiskFull) {
		t.Errorf("report %+v", b.reports[0])
	}
}

// TestSecondBulkActionWaitsForTheFirst holds the engine in the middle of one.
func TestSecondBulkActionWaitsForTheFirst(t *testing.T) {
	b := open(t, "a", "b", "c")
	l := b.start()
	b.engine.held = make(chan struct{})
	l.SetAutoSync([]string{"a", "b"}, true)
	l.ToggleHeader()
	l.Archive([]string{"a", "b"})
	if len(b.reports) != 1 || b.reports[0].Text != words.T("list.stillActing") || l.SelectedCount() != 3 {
		t.Fatalf("reports %+v, %d selected", b.reports, l.SelectedCount())
	}
	close(b.engine.held)
	b.until("the first action's report", func() bool { return len(b.reports) == 2 })
	l.Archive([]string{"a", "b"})
	b.until("the second action's report", func() bool { return len(b.reports) == 3 })
	if len(b.engine.asked) != 2 || b.reports[2].Err != nil {
		t.Errorf("asked %v, reports %+v", b.engine.asked, b.reports)
	}
}

func TestCreateChecksFieldsThenKeeps(t *testing.T) {
	b := open(t)
	l := b.start()
	var problems storage.Problems
	l.Create(NewEstablishment{Zip: "1300", Country: "FR"}, func(_ string, err error) {
		if !errors.As(err, &problems) {
			t.Errorf("error %v", err)
		}
	})
	if len(problems) != 2 || problems[0].Field != storage.FieldName || problems[1].Field != storage.FieldZip {
		t.Errorf("problems %v", problems)
	}
	id := ""
	l.Create(NewEstablishment{Name: "Abri", Zip: "13002", City: "Marseille", Country: "france"}, func(made string, err error) {
		if id = made; err != nil {
			t.Error(err)
		}
	})
	b.until("the row", func() bool { return id != "" && l.Len() == 1 && l.Settled() })
	b.shows(id)
}

func TestDisplayIsKeptBetweenTwoStarts(t *testing.T) {
	kept := settings{}
	first := New(Params{Settings: kept, UI: func(f func()) {}})
	first.SetDisplay(Display{Compact: true, HideAuto: true, Sort: Sort{By: ByStatus, Reverse: true}})
	again := New(Params{Settings: kept})
	if d := again.Display(); !d.Compact || !d.HideAuto || again.Sort() != (Sort{By: ByStatus, Reverse: true}) {
		t.Errorf("display %+v", d)
	}
	kept[displayKey] = "{not json"
	if d := New(Params{Settings: kept}).Display(); d.Compact {
		t.Errorf("a broken setting gives %+v", d)
	}
}

type settings map[string]string

func (s settings) Get(k string) string { return s[k] }
func (s settings) Set(k, v string)     { s[k] = v }
