package agenda

import (
	"fyne.io/fyne/v2"

	"diapason/app/agenda/book"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// filterRow is the row of the types, the places, the persons and the screen's menu.
type filterRow struct {
	s      *Screen
	chips  []*widgets.ToggleChip
	shown  []*storage.ReservationType // of chips
	rest   *widgets.Button            // types that have no room
	hidden []*storage.ReservationType // of rest
	search *widgets.SearchEntry
	place  *widgets.Dropdown
	person *widgets.Dropdown
	more   *widgets.Button
	box    *fyne.Container
}

func newFilterRow(s *Screen) *filterRow {
	f := &filterRow{s: s}
	f.rest = widgets.NewButton(widgets.Outlined, "", look.IconChevronDown, f.restMenu)
	f.rest.IconLast, f.rest.Height = true, look.HeightInline
	f.search = widgets.NewSearchEntry(words.T("agenda.search"), words.T("agenda.search.clear"), func(text string) {
		q := s.book.Filter()
		q.Text = text
		s.book.SetFilter(q)
	})
	f.place = widgets.NewDropdown("", words.T("agenda.place.all"), nil, func(id string) {
		q := s.book.Filter()
		q.EstablishmentID = id
		s.book.SetFilter(q)
	})
	f.person = widgets.NewDropdown("", words.T("agenda.person.all"), nil, func(id string) {
		q := s.book.Filter()
		q.PersonID = id
		s.book.SetFilter(q)
	})
	f.place.ItemsFunc, f.person.ItemsFunc = f.placeItems, f.personItems
	f.place.SearchHint, f.person.SearchHint = words.T("agenda.search.menu"), words.T("agenda.search.menu")
	f.more = widgets.NewIconButton(widgets.Plain, words.T("agenda.menu"), look.IconMore, f.menu)
	f.box = &fyne.Container{Layout: f}
	f.show()
	return f
}

// show draws the filters and the counts of the period.
func (f *filterRow) show() {
	b := f.s.book
	q, names := b.Filter(), b.Names()
	if !f.same(names.Types) {
		f.chips, f.shown = nil, names.Types
		for _, t := range names.Types {
			f.chips = append(f.chips, widgets.NewToggleChip(t.Name, look.HueOf(t.Color), func(bool) { b.Toggle(t.ID) }))
		}
		f.box.Objects = nil // in the order of the keyboard
		for _, c := range f.chips {
			f.box.Objects = append(f.box.Objects, c)
		}
		f.box.Objects = append(f.box.Objects, f.rest, f.search, f.place, f.person, f.more)
	}
	for i, t := range f.shown {
		f.chips[i].SetKind(t.Name, look.HueOf(t.Color))
		f.chips[i].SetCount(words.Number(b.Count(t.ID)))
		f.chips[i].SetOn(!q.Hidden[t.ID])
	}
	f.place.SetValue(or(names.Place(q.EstablishmentID), words.T("agenda.place.all")))
	f.person.SetValue(or(names.Person(q.PersonID), words.T("agenda.person.all")))
	f.Layout(nil, f.box.Size())
	f.box.Refresh()
}

func (f *filterRow) same(types []*storage.ReservationType) bool {
	if len(types) != len(f.shown) || len(f.box.Objects) == 0 {
		return false
	}
	for i, t := range types {
		if f.shown[i].ID != t.ID {
			return false
		}
	}
	f.shown = types
	return true
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// wideFilters is the width from which both drop-downs stand in the row, in units.
const wideFilters float32 = 900

// MinSize lets the screen decide the width.
func (f *filterRow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, filterHeight) }

// Layout places the drop-downs at the right and as many types as there is room for at the left; the others go into a
// menu. The list has a search field.
func (f *filterRow) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	const gap float32 = 8
	searching := f.s.book.Period().View == book.List
	right := size.Width - 16
	put := func(o fyne.CanvasObject, width float32) {
		h := o.MinSize().Height
		right -= width
		widgets.Place(o, right, (filterHeight-h)/2, width, h)
		right -= gap
	}
	put(f.more, f.more.MinSize().Width)
	people := size.Width >= wideFilters || f.s.book.Filter().PersonID != "" // else it is in the menu
	widgets.SetShown(f.person, people)
	if people {
		put(f.person, min(f.person.MinSize().Width, 200))
	}
	put(f.place, min(f.place.MinSize().Width, 220))
	widgets.SetShown(f.search, searching)
	if searching {
		put(f.search, min(200, max(right-look.Margin, 0)))
	}
	f.placeChips(right)
}

func (f *filterRow) placeChips(right float32) {
	x, gap := look.Margin, float32(8)
	f.rest.Text = words.T("agenda.types.more", "n", words.Number(len(f.chips)))
	room := right - x - f.rest.MinSize().Width - gap
	sum := float32(0)
	for _, c := range f.chips {
		sum += c.MinSize().Width + gap
	}
	if sum <= right-x+gap {
		room = sum
	}
	f.hidden = nil
	for i, c := range f.chips {
		w := c.MinSize().Width
		fits := len(f.hidden) == 0 && w+gap <= room
		widgets.SetShown(c, fits)
		if !fits {
			f.hidden = append(f.hidden, f.shown[i])
			continue
		}
		widgets.Place(c, x, (filterHeight-c.MinSize().Height)/2, w, c.MinSize().Height)
		x, room = x+w+gap, room-w-gap
	}
	widgets.SetShown(f.rest, len(f.hidden) > 0)
	if len(f.hidden) == 0 {
		return
	}
	key := "agenda.types.more"
	if len(f.hidden) == len(f.chips) {
		key = "agenda.types.all"
	}
	f.rest.SetText(words.T(key, "n", words.Number(len(f.hidden))))
	widgets.Place(f.rest, x, (filterHeight-look.HeightInline)/2, f.rest.MinSize().Width, look.HeightInline)
}

// restMenu lists the types that have no room in the row.
func (f *filterRow) restMenu() {
	var items []widgets.MenuItem
	for _, t := range f.hidden {
		items = append(items, widgets.MenuItem{
			ID: t.ID, Text: t.Name, Detail: words.Number(f.s.book.Count(t.ID)), Current: !f.s.book.Filter().Hidden[t.ID],
		})
	}
	widgets.ShowMenuBelow(f.rest, widgets.MenuParams{Items: items, MinWidth: 220, OnChosen: f.s.book.Toggle})
}

func (f *filterRow) placeItems() []widgets.MenuItem {
	now := f.s.book.Filter().EstablishmentID
	items := []widgets.MenuItem{{Text: words.T("agenda.place.all"), Current: now == ""}}
	for _, p := range f.s.book.Names().Places {
		items = append(items, widgets.MenuItem{ID: p.ID, Text: p.Name, Current: p.ID == now})
	}
	return items
}

func (f *filterRow) personItems() []widgets.MenuItem {
	now := f.s.book.Filter().PersonID
	items := []widgets.MenuItem{{Text: words.T("agenda.person.all"), Current: now == ""}}
	for _, p := range f.s.book.Names().Persons {
		items = append(items, widgets.MenuItem{ID: p.ID, Text: p.Name, Current: p.ID == now})
	}
	return items
}

// menu is what is rarely done.
func (f *filterRow) menu() {
	widgets.ShowMenuBelow(f.more, widgets.MenuParams{
		Items: []widgets.MenuItem{
			{ID: "import", Text: words.T("agenda.import"), Icon: look.IconImport},
			{ID: "person", Text: words.T("agenda.person.filter"), Icon: look.IconPerson, Divided: true},
			{ID: "lists", Text: words.T("agenda.lists"), Icon: look.IconPencil, Divided: true},
			{ID: "outside", Text: words.T("agenda.outside"), Icon: look.IconAgendaOpen},
		}, MinWidth: 240,
		OnChosen: func(id string) {
			switch id {
			case "import":
				f.s.chooseFile()
				return
			case "lists":
				f.s.showLists(listTypes)
				return
			case "outside":
				f.s.showOutside()
				return
			}
			widgets.ShowMenuBelow(f.more, widgets.MenuParams{
				Items: f.personItems(), MinWidth: 220, SearchHint: words.T("agenda.search.menu"), OnChosen: f.person.OnChosen,
			})
		},
	})
}
