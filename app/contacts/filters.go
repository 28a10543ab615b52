package contacts

import (
	"fyne.io/fyne/v2"

	"diapason/app/contacts/roster"
	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// filterRow is the search, the labels and the trash.
type filterRow struct {
	s      *Screen
	search *widgets.SearchEntry
	label  *widgets.Dropdown
	bare   *widgets.ToggleChip // only those without e-mail; shown while that is so
	trash  *widgets.Button
	box    fyne.CanvasObject
}

// searchWidth is that of the search field, in units.
const searchWidth float32 = 264

func newFilterRow(s *Screen) *filterRow {
	f := &filterRow{s: s}
	f.search = widgets.NewSearchEntry(words.T("contacts.search"), words.T("contacts.search.clear"), func(text string) {
		q := s.roster.Filter()
		q.Text = text
		s.roster.SetFilter(q)
	})
	f.label = widgets.NewDropdown(words.T("contacts.label"), words.T("contacts.label.all"), nil, func(id string) {
		q := s.roster.Filter()
		q.Label = id
		s.roster.SetFilter(q)
	})
	f.label.ItemsFunc, f.label.SearchHint = f.labels, words.T("contacts.label.search")
	f.bare = widgets.NewToggleChip(words.T("contacts.withoutEmail"), look.Hue{}, func(bool) {
		q := s.roster.Filter()
		q.WithoutEmail = false
		s.roster.SetFilter(q)
	})
	f.trash = widgets.NewButton(widgets.Plain, words.T("contacts.trash"), look.IconTrash, func() {
		q := s.roster.Filter()
		q.Trash = !q.Trash
		s.leave()
		s.roster.SetFilter(q)
		s.list.rows.ScrollToTop()
	})
	f.box = widgets.NewPaddedColumn(0, widgets.Insets{Top: 8, Right: 16, Bottom: 8, Left: look.Margin},
		widgets.NewLine(8, widgets.LineCell{Object: f.search, Width: searchWidth, Shrinks: true}, widgets.Shrinking(f.label), widgets.Own(f.bare), widgets.Space(), widgets.Own(f.trash)))
	return f
}

// show draws the label chosen and what the button of the trash does.
func (f *filterRow) show() {
	q := f.s.roster.Filter()
	value := q.Label
	if value == "" {
		value = words.T("contacts.label.all")
	}
	f.label.SetValue(value)
	f.bare.SetOn(q.WithoutEmail)
	widgets.SetShown(f.bare, q.WithoutEmail)
	if q.Trash {
		f.trash.SetText(words.T("contacts.trash.leave"))
	} else {
		f.trash.SetText(words.T("contacts.trash.count", "n", words.Number(f.s.roster.Trash())))
	}
	widgets.SetShown(f.trash, q.Trash || f.s.roster.Trash() > 0)
	f.box.Refresh()
}

// showWithoutEmail narrows the list to the contacts that have no e-mail.
func (s *Screen) showWithoutEmail() {
	s.tabs.show(tabList)
	s.filter.search.SetText("")
	s.roster.SetFilter(roster.Filter{WithoutEmail: true})
	s.list.rows.ScrollToTop()
}

func (f *filterRow) labels() []widgets.MenuItem {
	now := f.s.roster.Filter().Label
	items := []widgets.MenuItem{{Text: words.T("contacts.label.all"), Current: now == ""}}
	for _, l := range f.s.roster.Labels() {
		items = append(items, widgets.MenuItem{ID: l.Name, Text: l.Name, Detail: words.Number(l.Count), Current: l.Name == now})
	}
	return items
}
