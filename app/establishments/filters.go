package establishments

import (
	"strings"

	"fyne.io/fyne/v2"

	"diapason/app/establishments/list"
	"diapason/app/say"
	"diapason/app/states"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// filters is the row of the search field, the three drop-downs and the display menu.
type filters struct {
	v       *View
	search  *widgets.SearchEntry
	status  *widgets.Dropdown
	account *widgets.Dropdown
	label   *widgets.Dropdown
	display *widgets.Button
	both    *widgets.Button // filters and order in one menu, beside a pane
	box     *fyne.Container
}

func newFilters(v *View) *filters {
	f := &filters{v: v}
	f.search = widgets.NewSearchEntry(word("search"), word("clearSearch"), v.list.Search)
	f.search.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name != fyne.KeyDown && ev.Name != fyne.KeyReturn && ev.Name != fyne.KeyEnter {
			return false
		}
		widgets.Focus(v.rows)
		return true
	}
	f.status = widgets.NewDropdown(word("filterStatus"), word("all"), nil, func(id string) {
		v.list.FilterStatus(list.StatusFilter(id))
	})
	f.status.ItemsFunc = f.statusItems
	f.account = widgets.NewDropdown(word("filterAccount"), word("all"), nil, v.list.FilterAccount)
	f.account.ItemsFunc = f.accountItems
	f.label = widgets.NewDropdown(word("filterLabel"), word("allLabels"), nil, v.list.FilterLabel)
	f.label.ItemsFunc = f.labelItems
	f.account.SearchHint, f.label.SearchHint = word("searchMenu"), word("searchMenu")
	f.display = widgets.NewButton(widgets.Plain, word("display"), look.IconColumns, nil)
	f.display.OnTapped = func() {
		widgets.ShowMenuBelow(f.display, widgets.MenuParams{Items: f.displayItems(), OnChosen: f.displayChosen})
	}
	f.both = widgets.NewIconButton(widgets.Plain, word("display"), look.IconColumns, nil)
	f.both.OnTapped = func() {
		widgets.ShowMenuBelow(f.both, widgets.MenuParams{Items: f.reducedItems(), OnChosen: f.reducedChosen})
	}
	f.box = &fyne.Container{
		Layout: f, Objects: []fyne.CanvasObject{f.search, f.status, f.account, f.label, f.display, f.both},
	}
	return f
}

func (f *filters) content() fyne.CanvasObject { return f.box }

// update shows the values of the query.
func (f *filters) update() {
	q := f.v.list.Query()
	if f.search.Text() != q.Text {
		f.search.SetText(q.Text)
	}
	f.status.SetValue(statusName(q.Status))
	f.account.SetValue(f.accountName(q.Account))
	label := q.Label
	if label == "" {
		label = word("allLabels")
	}
	f.label.SetValue(label)
	f.Layout(nil, f.box.Size())
}

func orAll(s string) string {
	if s == "" {
		return word("all")
	}
	return s
}

func statusName(s list.StatusFilter) string {
	switch s {
	case "":
		return word("all")
	case list.NeverSynced:
		return word("never")
	}
	return say.Word(storage.Word(s))
}

func (f *filters) accountName(id string) string {
	for _, a := range f.v.list.Accounts() {
		if a.ID == id {
			return a.Name
		}
	}
	return orAll(id)
}

// statusOrder is the order of the menu: what is well, what moves, what asks for a look.
var statusOrder = []storage.Word{
	storage.WordUpToDate, storage.WordToSync, storage.WordPending, storage.WordSent, storage.WordDrift, storage.WordAction,
	storage.WordNotFound, storage.WordError, storage.WordLinked, storage.WordDisabled,
}

// rareWords are left out of the menu while nothing bears them.
var rareWords = map[storage.Word]bool{storage.WordLinked: true, storage.WordDisabled: true, storage.WordNotFound: true, storage.WordSent: true}

func (f *filters) statusItems() []widgets.MenuItem {
	counts, now := f.v.list.Facets().Status, f.v.list.Query().Status
	number := words.Number
	if !f.v.list.Whole() { // not counted yet
		number = func(int) string { return "" }
	}
	items := []widgets.MenuItem{{Text: word("all"), Detail: number(counts[""]), Current: now == ""}}
	for _, w := range statusOrder {
		n, id := counts[list.StatusFilter(w)], list.StatusFilter(w)
		if n == 0 && rareWords[w] && now != id {
			continue
		}
		s := states.Word(w)
		items = append(items, widgets.MenuItem{
			ID: string(w), Text: say.Word(w), Icon: s.Icon, Tone: s.Tone, Detail: number(n), Current: now == id,
			Faint: n == 0,
		})
	}
	n := counts[list.NeverSynced]
	return append(items, widgets.MenuItem{
		ID: string(list.NeverSynced), Text: word("never"), Icon: look.StatusWaiting, Detail: number(n),
		Current: now == list.NeverSynced, Divided: true, Faint: n == 0,
	})
}

func (f *filters) accountItems() []widgets.MenuItem {
	now := f.v.list.Query().Account
	items := []widgets.MenuItem{{Text: word("all"), Current: now == ""}}
	for _, a := range f.v.list.Accounts() {
		items = append(items, widgets.MenuItem{ID: a.ID, Text: a.Name, Current: a.ID == now})
	}
	return items
}

func (f *filters) labelItems() []widgets.MenuItem {
	now := f.v.list.Query().Label
	items := []widgets.MenuItem{{Text: word("allLabels"), Current: now == ""}}
	for _, l := range f.v.list.Facets().Labels {
		items = append(items, widgets.MenuItem{ID: l.Name, Text: l.Name, Detail: words.Number(l.Count), Current: l.Name == now})
	}
	return items
}

// displayItems lists sort orders, densities, columns and the archived ones.
func (f *filters) displayItems() []widgets.MenuItem {
	l := f.v.list
	d, s := l.Display(), l.Sort()
	var items []widgets.MenuItem
	for _, k := range list.SortKeys {
		items = append(items, widgets.MenuItem{ID: "sort:" + string(k), Text: sortName(k), Current: s.By == k})
	}
	items = append(items,
		widgets.MenuItem{ID: "comfortable", Text: word("display.comfortable"), Current: !d.Compact, Divided: true},
		widgets.MenuItem{ID: "compact", Text: word("display.compact"), Current: d.Compact},
	)
	chosen := l.Chosen()
	for i, a := range l.Accounts() {
		on := false
		for _, c := range chosen {
			on = on || c.ID == a.ID
		}
		items = append(items, columnItem("account:"+a.ID, a.Name, on, i == 0))
	}
	items = append(items,
		columnItem(columnOthers, word("column.others"), !d.HideOthers, len(l.Accounts()) == 0),
		columnItem(columnAuto, word("column.auto"), !d.HideAuto, false),
		columnItem(columnLastSync, word("column.lastSync"), !d.HideLastSync, false),
	)
	if n := l.Facets().Archived; n > 0 || l.Query().Archived {
		items = append(items, widgets.MenuItem{
			ID: "archived", Text: words.T("list.display.archived", "n", words.Number(n)), Current: l.Query().Archived, Divided: true,
		})
	}
	return items
}

func sortName(k list.SortKey) string {
	if k == list.ByName {
		return word("sort.name")
	}
	return word("sort." + string(k))
}

func columnItem(id, name string, on, divided bool) widgets.MenuItem {
	return widgets.MenuItem{ID: id, Text: words.T("list.display.column", "name", name), Current: on, Divided: divided}
}

func (f *filters) displayChosen(id string) {
	l := f.v.list
	d := l.Display()
	switch {
	case strings.HasPrefix(id, "sort:"):
		l.SortBy(list.SortKey(strings.TrimPrefix(id, "sort:")))
		return
	case strings.HasPrefix(id, "account:"):
		l.TogglePinned(strings.TrimPrefix(id, "account:"))
		return
	case id == "archived":
		l.ShowArchived(!l.Query().Archived)
		return
	case id == "comfortable", id == "compact":
		d.Compact = id == "compact"
	case id == columnOthers:
		d.HideOthers = !d.HideOthers
	case id == columnAuto:
		d.HideAuto = !d.HideAuto
	case id == columnLastSync:
		d.HideLastSync = !d.HideLastSync
	}
	l.SetDisplay(d)
}

// MinSize lets the frame decide.
func (f *filters) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, look.HeightField) }

// Layout gives each field its width; when the row is short the display menu loses its word and the group its place.
func (f *filters) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	widgets.SetShown(f.both, f.v.reduced())
	if f.v.reduced() {
		widgets.SetShown(f.account, false)
		widgets.SetShown(f.label, false)
		widgets.SetShown(f.display, false)
		f.status.Label = word("filterStatusShort")
		f.search.SetPlaceHolder(word("searchShort"))
		status, both := min(max(f.status.MinSize().Width, 108), 120), f.both.MinSize().Width
		right := size.Width - 8 - both
		widgets.Place(f.both, right, 0, both, size.Height)
		widgets.Place(f.status, right-4-status, 0, status, size.Height)
		widgets.Place(f.search, look.Margin, 0, right-4-status-8-look.Margin, size.Height)
		return
	}
	widgets.SetShown(f.status, true)
	widgets.SetShown(f.account, len(f.v.list.Accounts()) > 1)
	widgets.SetShown(f.label, len(f.v.list.Facets().Labels) > 0 || f.v.list.Query().Label != "")
	widgets.SetShown(f.display, true)
	f.display.SetText(word("display"))
	if size.Width < 860 {
		f.display.SetText("")
		f.display.Label = word("display")
	}
	display := f.display.MinSize()
	right := size.Width - 16 - display.Width
	widgets.Place(f.display, right, 0, display.Width, size.Height)
	f.layDropdowns(right - 12)
}

// widths gives a drop-down's widths: that of a wide window, and the least that shows label and value.
func (f *filters) widths(d *widgets.Dropdown) (roomy, tight float32) {
	wide := map[*widgets.Dropdown]float32{f.status: 256, f.account: 144, f.label: 136}
	whole := d.MinSize().Width
	return max(wide[d], min(whole, 320)), min(whole, 200)
}

// layDropdowns puts the search field and the drop-downs between the margin and right. When they do not fit, the labels
// get shorter, then the search field, and then the last drop-downs go.
func (f *filters) layDropdowns(right float32) {
	var shown []*widgets.Dropdown
	needed := look.Margin + look.WidthSearch
	for _, d := range []*widgets.Dropdown{f.status, f.account, f.label} {
		if d.Visible() {
			shown = append(shown, d)
			roomy, _ := f.widths(d)
			needed += 8 + roomy
		}
	}
	squeeze := needed > right
	f.status.Label = word("filterStatus")
	if squeeze {
		f.status.Label = word("filterStatusShort")
	}
	left := right - look.Margin
	widths := make([]float32, len(shown))
	for i, d := range shown {
		roomy, tight := f.widths(d)
		widths[i] = roomy
		if squeeze {
			widths[i] = tight
		}
		left -= widths[i] + 8
	}
	const leastSearch = 150
	search := min(max(left, leastSearch), look.WidthSearch, right-look.Margin)
	f.search.SetPlaceHolder(word("search"))
	if search < look.WidthSearch-20 {
		f.search.SetPlaceHolder(word("searchShort"))
	}
	widgets.Place(f.search, look.Margin, 0, search, look.HeightField)
	x := look.Margin + search + 8
	for i, d := range shown {
		widgets.SetShown(d, x+widths[i] <= right+1)
		widgets.Place(d, x, 0, widths[i], look.HeightField)
		d.Refresh()
		x += widths[i] + 8
	}
}
