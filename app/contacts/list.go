package contacts

import (
	"strings"

	"fyne.io/fyne/v2"

	"diapason/app/contacts/roster"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// contactList is the list of the contacts.
type contactList struct {
	s    *Screen
	rows *widgets.SelectList
	room columns
}

// columns is how many of them the list shows.
type columns int

const (
	nameOnly columns = iota + 1
	reachable
	labelled
)

// Widths from which the list shows e-mail and phone, and the labels too, in units.
const (
	reachableList float32 = 560
	labelledList  float32 = 760
)

// columnsFor gives what a width has room for.
func columnsFor(width float32) columns {
	switch {
	case width >= labelledList:
		return labelled
	case width >= reachableList:
		return reachable
	}
	return nameOnly
}

func newContactList(s *Screen) *contactList {
	l := &contactList{s: s}
	l.rows = widgets.NewSelectList(nil, s.roster.Len, l.fill)
	l.rows.Chevron = true
	l.rows.IsOpen = func(i int) bool { return s.pane.shown() && s.roster.Row(i).ID == s.pane.contact.ID }
	l.rows.OnOpen = func(i int) { s.Open(s.roster.Row(i).ID) }
	l.rows.OnEscape = s.leave
	l.setColumns(labelled)
	return l
}

// setColumns gives the list the columns that its width has room for.
func (l *contactList) setColumns(room columns) {
	if l.room == room {
		return
	}
	l.room = room
	head := func(id string) string { return words.T("contacts.list." + id) }
	shown := []widgets.ListColumn{{ID: "name", Title: head("name"), Flex: 3}}
	if room >= reachable {
		shown = append(shown, widgets.ListColumn{ID: "email", Title: head("email"), Flex: 3},
			widgets.ListColumn{ID: "phone", Title: head("phone"), Width: 168})
	}
	if room >= labelled {
		shown = append(shown, widgets.ListColumn{ID: "labels", Title: head("labels"), Flex: 2})
	}
	l.rows.SetColumns(shown)
}

func (l *contactList) fill(i int, row *widgets.ListRow) {
	r := l.s.roster.Row(i)
	sub := r.Organization
	if sub == r.Name {
		sub = ""
	}
	if l.room == nameOnly && sub == "" {
		sub = r.Email
	}
	row.Cells = append(row.Cells, widgets.ListCell{Text: r.Name, Sub: sub, Bold: true})
	if l.room >= reachable {
		row.Cells = append(row.Cells, widgets.ListCell{Text: r.Email}, widgets.ListCell{Text: storage.PhoneText(r.Phone, "FR")})
	}
	if l.room >= labelled {
		row.Cells = append(row.Cells, widgets.ListCell{Text: strings.Join(r.Labels, ", "), Faint: true})
	}
}

// face is what stands in the place of the list.
type face int

const (
	faceList face = iota
	faceLoading
	faceEmpty
	faceLinked // empty, with an address book to fill it from
	faceTrash
	faceNone
)

// showFace shows the list, or why there is none.
func (s *Screen) showFace() {
	now := faceList
	switch r := s.roster; {
	case !r.Read():
		now = faceLoading
	case r.Len() > 0:
	case r.Filter().Any():
		now = faceNone
	case r.Filter().Trash:
		now = faceTrash
	case s.passes.Linked():
		now = faceLinked
	default:
		now = faceEmpty
	}
	if now == s.face {
		return
	}
	s.face = now
	s.faces.Objects = nil
	if o := s.newFace(now); o != nil {
		s.faces.Objects = []fyne.CanvasObject{o}
	}
	if now == faceList {
		s.list.rows.Show()
	} else {
		s.list.rows.Hide()
	}
	s.faces.Refresh()
	s.header.show()
	s.frame.Refresh()
}

func (s *Screen) newFace(f face) fyne.CanvasObject {
	word := func(id string) string { return words.T("contacts.empty." + id) }
	switch f {
	case faceEmpty:
		return widgets.NewEmptyState(widgets.EmptyParams{
			Icon: look.IconContacts, Title: word("title"), Sentence: word("text"),
			Primary:   widgets.NewButton(widgets.Primary, words.T("contacts.new"), look.IconPlus, s.create),
			Secondary: widgets.NewButton(widgets.Outlined, word("connect"), look.IconIntegrations, func() { s.p.Host.Integrations() }),
		})
	case faceLinked:
		return widgets.NewEmptyState(widgets.EmptyParams{
			Icon: look.IconContacts, Title: word("title"), Sentence: word("linkedText"),
			Secondary: widgets.NewButton(widgets.Outlined, word("passes"), look.IconSync, func() { s.tabs.show(tabPasses) }),
		})
	case faceTrash:
		return widgets.NewEmptyState(widgets.EmptyParams{Icon: look.IconTrash, Title: word("trash"), Sentence: word("trashText")})
	case faceNone:
		return widgets.NewEmptyState(widgets.EmptyParams{
			Icon: look.IconSearch, Title: word("none"), Sentence: word("noneText"),
			Secondary: widgets.NewButton(widgets.Outlined, word("clear"), look.IconClose, func() {
				s.filter.search.SetText("")
				s.roster.SetFilter(roster.Filter{Trash: s.roster.Filter().Trash})
			}),
		})
	}
	return nil
}
