package activity

import (
	"fyne.io/fyne/v2"

	"diapason/app/shortcuts"
	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Decisions is the tab « À décider ». Its methods are called on the interface's goroutine.
type Decisions interface {
	Content() fyne.CanvasObject
	Shown()
	Hidden()
	Close()
	Do(shortcuts.Action) bool
	// Foot is the height of a bar at its bottom.
	Foot() float32
}

// The tabs.
const (
	tabRuns    = "runs"
	tabWaiting = "waiting"
)

// header is the title, the tabs beside it, and what can be done with the journal.
func (s *Screen) header() fyne.CanvasObject {
	h := widgets.NewPageHeader(words.T("activity.title"),
		widgets.NewButton(widgets.Outlined, words.T("activity.export"), look.IconExport, s.exportJournal))
	if s.p.Decisions != nil {
		s.tabs = widgets.NewSegmented(s.choices(0), s.show)
		s.face.Add(s.p.Decisions.Content())
		s.p.Decisions.Content().Hide()
		h.SetAside(widgets.NewLine(0, widgets.Fixed(8, nil), widgets.Own(s.tabs), widgets.Space()))
	}
	return h
}

func (s *Screen) choices(waiting int) []widgets.Choice {
	text := words.T("activity.tab.waiting")
	if waiting > 0 {
		text = words.T("activity.tab.waitingCount", "n", words.Number(waiting))
	}
	return []widgets.Choice{{ID: tabRuns, Text: words.T("activity.tab.runs")}, {ID: tabWaiting, Text: text}}
}

// SetWaiting says beside the tab how much waits.
func (s *Screen) SetWaiting(n int) {
	if s.tabs != nil {
		s.tabs.SetChoices(s.choices(n))
		s.content.Refresh()
	}
}

// OpenWaiting shows what is to be decided.
func (s *Screen) OpenWaiting() { s.show(tabWaiting) }

// deciding tells whether the tab « À décider » is in front.
func (s *Screen) deciding() bool { return s.tabs != nil && s.tabs.Selected() == tabWaiting }

// show brings a tab to the front.
func (s *Screen) show(tab string) {
	if s.tabs == nil {
		return
	}
	s.tabs.Select(tab)
	front, back := s.face.Objects[0], s.face.Objects[1]
	if s.deciding() {
		front, back = back, front
		s.p.Decisions.Shown()
	} else {
		s.p.Decisions.Hidden()
	}
	front.Show()
	back.Hide()
	s.face.Refresh()
}

// Foot is the height of a bar at the bottom, which toasts leave free.
func (s *Screen) Foot() float32 {
	if s.deciding() {
		return s.p.Decisions.Foot()
	}
	return 0
}
