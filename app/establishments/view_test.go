package establishments

import (
	"context"
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"diapason/app/apptest"
	"diapason/app/establishments/list"
	"diapason/app/shortcuts"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/widgets"
	"diapason/widgets/look"
)

// bench is the screen in a test window, over a real workspace, with a queue in the place of Fyne's.
type bench struct {
	t      testing.TB
	engine *sync.Engine
	view   *View
	host   *host
	detail *detail
	window fyne.Window
	queue  apptest.Queue
}

// host notes what the screen asks of the window.
type host struct {
	toasts, failures []string
	imports          int
	exported         []string
}

func (h *host) Toast(text, _ string, _ func()) { h.toasts = append(h.toasts, text) }
func (h *host) Failure(err error)              { h.failures = append(h.failures, err.Error()) }
func (h *host) Import()                        { h.imports++ }
func (h *host) Export(ids []string)            { h.exported = ids }

// detail stands in the place of the pane.
type detail struct {
	shown  string
	close  func()
	synced int
	box    *fyne.Container
}

func (d *detail) Content() fyne.CanvasObject { return d.box }
func (d *detail) Show(id string)             { d.shown = id }
func (d *detail) Close()                     {}
func (d *detail) Undo() bool                 { return false }
func (d *detail) Sync() bool                 { d.synced++; return true }

func open(t testing.TB, names ...string) *bench {
	t.Helper()
	store := apptest.Store(t)
	b := &bench{t: t, host: &host{}, queue: apptest.NewQueue()}
	err := store.Update(context.Background(), func(w storage.Writer) error {
		for i, n := range names {
			labels := []string{[]string{"Nord", "Sud"}[i%2]}
			e := &storage.Establishment{ID: n, Name: n, Status: storage.StatusActive, Labels: labels}
			if err := w.PutEstablishment(e); err != nil {
				return err
			}
		}
		for i := range 5 {
			a := &storage.Account{ID: fmt.Sprint("a", i), Kind: "none", Name: fmt.Sprint("Annuaire ", i), Enabled: true}
			if err := w.PutAccount(a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.engine = sync.New(sync.Params{Store: store, Kinds: directory.NewKinds()})
	if err := b.engine.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	b.view = New(Params{
		List: list.New(list.Params{
			Store: store, Engine: b.engine, Kinds: directory.NewKinds(), UI: b.queue.UI, Now: time.Now,
		}),
		Host: b.host,
		Detail: func(close func()) Detail {
			b.detail = &detail{close: close, box: container.NewStack()}
			return b.detail
		},
	})
	b.window = test.NewTempWindow(t, b.view.Content())
	b.window.SetPadded(false)
	b.window.Resize(fyne.NewSize(1072, 764))
	t.Cleanup(func() {
		b.view.Close()
		b.engine.Stop()
	})
	b.settle()
	return b
}

// until runs what is queued for the interface until a condition holds.
func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	b.queue.Until(b.t, what, ok, nil)
}

func (b *bench) settle() { b.t.Helper(); b.until("the list settles", b.view.list.Settled) }

// has reports whether an object is shown in the window.
func has(o fyne.CanvasObject) bool { return o.Visible() }

func TestTickedRowsShowTheBulkBarAndTheCount(t *testing.T) {
	b := open(t, "Abri", "Bastide", "Chalet")
	v := b.view
	if has(v.bulk.content()) || v.header.sync.Text != "Synchroniser" {
		t.Error("a bar without a selection")
	}
	v.list.Toggle(0, false)
	v.list.Toggle(1, false)
	if !has(v.bulk.content()) || v.header.sync.Text != "Synchroniser (2)" {
		t.Errorf("bar %v, button %q", has(v.bulk.content()), v.header.sync.Text)
	}
	if got := v.bulk.count.Text(); got != "2 sélectionnés sur 3" {
		t.Errorf("count %q", got)
	}
	v.list.Search("chalet")
	b.settle()
	if got := v.bulk.count.Text(); got != "2 sélectionnés sur 3, dont 2 masqués par le filtre" {
		t.Errorf("count %q", got)
	}
	test.Tap(v.bulk.every)
	if v.list.SelectedCount() != 3 || has(v.bulk.every) {
		t.Errorf("%d selected", v.list.SelectedCount())
	}
	if !v.Do(shortcuts.Escape) || has(v.bulk.content()) {
		t.Error("Escape left the selection")
	}
	if v.Do(shortcuts.Escape) {
		t.Error("Escape did something without anything to undo")
	}
}

func TestSearchAsOneTypes(t *testing.T) {
	b := open(t, "Abri", "École", "Chalet")
	test.Type(b.view.filters.search.Focusable(), "ecole")
	b.settle()
	if b.view.list.Len() != 1 || b.view.rows.Length() != 1 {
		t.Errorf("%d rows", b.view.list.Len())
	}
	test.Type(b.view.filters.search.Focusable(), "zzz")
	b.settle()
	if !has(b.view.faces.content()) || has(b.view.rows) {
		t.Error("no result: the rows are still there")
	}
	b.view.list.ClearFilters()
	b.settle()
	if b.view.filters.search.Text() != "" || !has(b.view.rows) {
		t.Errorf("search field %q", b.view.filters.search.Text())
	}
}

func TestEmptyWorkspaceOffersTheWaysIn(t *testing.T) {
	b := open(t)
	if !has(b.view.faces.content()) || has(b.view.rows) || has(b.view.filters.content()) || has(b.view.header.sync) {
		t.Error("an empty workspace shows the list's parts")
	}
}

func TestColumnsFollowTheWidth(t *testing.T) {
	b := open(t, "Abri")
	for _, c := range []struct {
		width  float32
		pinned int
	}{{1072, 3}, {900, 1}, {700, 0}} {
		b.window.Resize(fyne.NewSize(c.width, 764))
		if got := len(b.view.list.Pinned()); got != c.pinned {
			t.Errorf("%v wide: %d accounts, want %d", c.width, got, c.pinned)
		}
	}
	for _, c := range []struct {
		width float32
		cells int // name, accounts, others, Auto-sync and date, as far as there is room
	}{{492, 2}, {600, 3}, {1072, 1 + 3 + 3}} {
		row := &widgets.ListRow{}
		b.window.Resize(fyne.NewSize(c.width, 764))
		b.view.fill(0, row)
		if len(row.Cells) != c.cells {
			t.Errorf("%v wide: %d cells", c.width, len(row.Cells))
		}
	}
}

func TestOpenEstablishmentStandsBesideAReducedListOrAlone(t *testing.T) {
	b := open(t, "Abri", "Bastide")
	v := b.view
	v.Open("Bastide")
	if b.detail.shown != "Bastide" || v.rows.Size().Width != look.WidthNarrowList || has(v.back) {
		t.Errorf("wide: shows %q, list %v wide", b.detail.shown, v.rows.Size().Width)
	}
	row := &widgets.ListRow{}
	v.fill(0, row)
	if len(row.Cells) != 2 {
		t.Errorf("reduced: %d cells", len(row.Cells))
	}
	b.window.Resize(fyne.NewSize(600, 700))
	if has(v.rows) || !has(v.back) || has(v.header.content()) {
		t.Error("narrow: the list is still there")
	}
	test.Tap(v.back)
	if b.detail.shown != "" || !has(v.rows) || v.OpenID() != "" {
		t.Error("Retour did not go back to the list")
	}
	v.Open("Abri")
	b.detail.close()
	v.Open("Abri")
	if !v.Do(shortcuts.Sync) || b.detail.synced != 1 {
		t.Error("Ctrl+S did not go to the open establishment")
	}
	v.Home()
	if v.OpenID() != "" {
		t.Error("the rail did not close the pane")
	}
}

func TestStatusMenuCountsAndHidesWhatIsRare(t *testing.T) {
	b := open(t, "Abri", "Bastide")
	items := b.view.filters.statusItems()
	if items[0].Detail != "2" || !items[0].Current {
		t.Errorf("first %+v", items[0])
	}
	for _, it := range items {
		if it.ID == string(storage.WordLinked) {
			t.Error("an unused rare status is in the menu")
		}
		if it.ID == string(storage.WordToSync) && it.Detail != "2" {
			t.Errorf("to sync: %+v", it)
		}
	}
}

func TestDisplayMenuChangesColumnsOrderAndDensity(t *testing.T) {
	b := open(t, "Abri")
	f, l := b.view.filters, b.view.list
	f.displayChosen("compact")
	f.displayChosen(columnAuto)
	f.displayChosen("account:a0")
	f.displayChosen("sort:" + string(list.ByStatus))
	b.settle()
	d := l.Display()
	if !d.Compact || !d.HideAuto || len(l.Chosen()) != 2 || l.Sort().By != list.ByStatus || b.view.rows.RowHeight != look.HeightCompact {
		t.Errorf("%+v, %d chosen", d, len(l.Chosen()))
	}
	for _, it := range f.displayItems() {
		if it.ID == columnAuto && it.Current {
			t.Error("a hidden column is ticked")
		}
	}
}

func TestActionsReachTheEngineAndAreReported(t *testing.T) {
	b := open(t, "Abri", "Bastide")
	b.view.act("auto", []string{"Abri"})
	b.until("auto-sync", func() bool { return b.view.list.AutoSync("Abri") && len(b.host.toasts) == 1 })
	if b.host.toasts[0] != "Auto-sync activé pour 1 établissement" {
		t.Errorf("said %q", b.host.toasts)
	}
	b.view.act("archive", []string{"Bastide"})
	b.until("the archived row goes", func() bool { return b.view.list.Len() == 1 && b.view.list.Settled() })
	b.view.act("export", []string{"Abri"})
	b.view.act("open", []string{"Abri"})
	if len(b.host.exported) != 1 || b.view.OpenID() != "Abri" || len(b.host.failures) > 0 {
		t.Errorf("exported %v, open %q, failures %v", b.host.exported, b.view.OpenID(), b.host.failures)
	}
}

func TestSyncWithoutTicksAsksFirst(t *testing.T) {
	b := open(t, "Abri", "Bastide")
	b.view.Do(shortcuts.Sync)
	if b.window.Canvas().Overlays().Top() == nil {
		t.Fatal("nothing was asked")
	}
}

func TestNewEstablishmentIsCheckedBesideItsFields(t *testing.T) {
	b := open(t)
	b.view.create()
	if b.window.Canvas().Overlays().Top() == nil {
		t.Fatal("no dialog")
	}
	n := b.view.creation
	n.zip.SetValue("1300")
	n.send()
	if n.name.Error() == "" || n.zip.Error() == "" || n.city.Error() != "" {
		t.Errorf("name %q, zip %q, city %q", n.name.Error(), n.zip.Error(), n.city.Error())
	}
	n.name.SetValue("Abri")
	n.zip.SetValue("13002")
	n.send()
	b.until("the establishment", func() bool { return b.view.OpenID() != "" })
	if b.window.Canvas().Overlays().Top() != nil || len(b.host.toasts) != 1 {
		t.Errorf("dialog still open, said %v", b.host.toasts)
	}
}

func TestLabelsAreAddedAndTakenAway(t *testing.T) {
	b := open(t, "Abri", "Bastide")
	counts := b.view.list.LabelCounts([]string{"Abri"})
	if len(counts) != 2 || counts[0] != (list.Label{Name: "Nord", Count: 1}) || counts[1].Count != 0 {
		t.Errorf("counts %v", counts)
	}
	b.view.relabel([]string{"Abri"})
	if b.window.Canvas().Overlays().Top() == nil {
		t.Fatal("no dialog")
	}
}

// BenchmarkChanged is what one change costs the interface's goroutine.
func BenchmarkChanged(b *testing.B) {
	names := make([]string, 200)
	for i := range names {
		names[i] = fmt.Sprintf("Hôtel %03d", i)
	}
	bench := open(b, names...)
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			bench.view.changed(list.Change{All: true})
		}
	})
	b.Run("selection", func(b *testing.B) {
		for b.Loop() {
			bench.view.changed(list.Change{Selection: true})
		}
	})
	b.Run("row", func(b *testing.B) {
		for b.Loop() {
			bench.view.changed(list.Change{Rows: []string{"Hôtel 003"}})
		}
	})
}

func TestReducedListKeepsFiltersAndBulkActions(t *testing.T) {
	b := open(t, "Abri", "Bastide", "Chalet")
	v := b.view
	v.list.Toggle(0, false)
	v.Open("Bastide")
	if !has(v.bulk.content()) || v.bulk.count.Text() != "1 sélectionné" || has(v.bulk.every) || !has(v.bulk.more) {
		t.Errorf("bar %v, count %q", has(v.bulk.content()), v.bulk.count.Text())
	}
	ids := map[string]bool{}
	for _, it := range v.filters.reducedItems() {
		ids[it.ID] = true
	}
	if !ids[byAccount+"a1"] || !ids[byLabel+"Sud"] || !ids["sort:"+string(list.ByStatus)] || ids["compact"] {
		t.Errorf("menu %v", ids)
	}
	v.filters.reducedChosen(byLabel + "Sud")
	b.settle()
	if v.list.Len() != 1 || v.list.Query().Label != "Sud" {
		t.Errorf("%d rows of %+v", v.list.Len(), v.list.Query())
	}
	v.filters.reducedChosen(byLabel)
	v.filters.reducedChosen(byAccount + "a1")
	b.settle()
	if q := v.list.Query(); q.Label != "" || q.Account != "a1" {
		t.Errorf("query %+v", q)
	}
}
