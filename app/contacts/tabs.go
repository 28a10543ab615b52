package contacts

import (
	"fyne.io/fyne/v2"

	"diapason/app/contacts/doubles"
	"diapason/app/contacts/passes"
	"diapason/app/contacts/questions"
	"diapason/app/shortcuts"
	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Room is what one of the tabs beside the list shows. Its methods are called on the interface's goroutine.
//
// A room may also answer shortcuts (Do, as the screen), have a bar at its bottom (Foot), and show running jobs (Showing):
// the screen passes these on. It may have the one primary button itself (Primary).
type Room interface {
	Content() fyne.CanvasObject
	// Shown is called when it comes to the front, Hidden when something else does.
	Shown()
	Hidden()
	Close()
	// Count is what the badge of its tab tells; 0 for none.
	Count() int
}

// The tabs. The word of each is the translation key "contacts.tab." + the name.
const (
	tabList      = "list"
	tabPasses    = "passes"
	tabQuestions = "questions"
	tabDoubles   = "doubles"
)

// place is a tab with what it shows.
type place struct {
	id   string
	room Room // nil: the list, which is the screen's own
}

// tabs are the words under the header, and the rooms that they lead to.
type tabs struct {
	s      *Screen
	places []place
	row    *widgets.Tabs
	object fyne.CanvasObject
	now    string // the tab in front
}

// rooms makes what the tabs beside the list show, in their order.
func (s *Screen) rooms() []place {
	all := questions.Params{
		Store: s.p.Store, Service: s.p.Service, Host: s.p.Host, OpenContact: s.openFromTab, Changed: s.tabsChanged, Now: s.p.Now,
		UI: s.p.UI, Background: s.p.Background, Later: s.p.Later,
	}
	s.questions = questions.New(all)
	of := all // one account, under its passes
	of.Embedded, of.Changed = true, func() {
		s.passes.Relaid()
		s.tabsChanged()
	}
	s.passes = passes.New(passes.Params{
		Store: s.p.Store, Service: s.p.Service, Host: s.p.Host, Jobs: s.p.Jobs, Questions: questions.New(of), AsksConsent: s.p.AsksConsent,
		Now: s.p.Now, UI: s.p.UI, Background: s.p.Background, Later: s.p.Later, ShowWithoutEmail: s.showWithoutEmail,
		ShowDoubles: func() { s.tabs.show(tabDoubles) }, Changed: s.tabsChanged,
	})
	s.doubles = doubles.New(doubles.Params{
		Store: s.p.Store, Service: s.p.Service, Done: s.done, Failed: s.p.Host.Failure, Now: s.p.Now,
		UI: s.p.UI, Background: s.p.Background, Later: s.p.Later, Changed: func() {
			s.tabsChanged()
			s.p.Host.StatusChanged() // its foot came or went
		},
	})
	return []place{{tabPasses, s.passes}, {tabQuestions, s.questions}, {tabDoubles, s.doubles}}
}

// openFromTab shows the pane of a contact beside the list.
func (s *Screen) openFromTab(id string) {
	s.tabs.show(tabList)
	s.Open(id)
}

// tabsChanged shows what the rooms have to tell above them.
func (s *Screen) tabsChanged() {
	s.tabs.showCounts()
	if s.roster.Read() {
		s.showFace()
	}
	s.header.show()
}

func newTabs(s *Screen, rooms ...place) *tabs {
	t := &tabs{s: s, places: append([]place{{id: tabList}}, rooms...), now: tabList}
	choices := make([]widgets.Choice, len(t.places))
	for i, p := range t.places {
		choices[i] = widgets.Choice{ID: p.id, Text: words.T("contacts.tab." + p.id)}
	}
	t.row = widgets.NewTabs(choices, t.show)
	t.object = widgets.NewColumn(0, widgets.NewPaddedColumn(0, widgets.Insets{Left: look.Margin}, t.row), widgets.NewRule())
	return t
}

// room gives what stands in the place of the list, nil while the list is in front.
func (t *tabs) room() Room {
	for _, p := range t.places {
		if p.id == t.now {
			return p.room
		}
	}
	return nil
}

// show brings a tab to the front.
func (t *tabs) show(id string) {
	if id == t.now {
		return
	}
	before := t.room()
	t.now = id
	t.row.Select(id)
	if before != nil {
		before.Hidden()
	}
	if now := t.room(); now != nil {
		t.s.pane.leave()
		now.Shown()
	}
	t.s.header.show()
	t.s.arrange()
	t.s.p.Host.StatusChanged()
}

// step goes to a neighbour; it reports whether there is one.
func (t *tabs) step(by int) bool {
	for i, p := range t.places {
		if p.id == t.now && i+by >= 0 && i+by < len(t.places) {
			t.show(t.places[i+by].id)
			return true
		}
	}
	return false
}

// showCounts writes the badges.
func (t *tabs) showCounts() {
	for _, p := range t.places {
		if p.room != nil {
			t.row.SetBadge(p.id, widgets.Count(p.room.Count()))
		}
	}
}

// each calls f for every room.
func (t *tabs) each(f func(Room)) {
	for _, p := range t.places {
		if p.room != nil {
			f(p.room)
		}
	}
}

// do hands a shortcut to the room in front; handled is false when there is none or it means nothing there.
func (t *tabs) do(a shortcuts.Action) (handled bool) {
	switch a {
	case shortcuts.Before:
		return t.step(-1)
	case shortcuts.After:
		return t.step(1)
	}
	d, ok := t.room().(interface{ Do(shortcuts.Action) bool })
	return ok && d.Do(a)
}
