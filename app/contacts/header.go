package contacts

import (
	"fyne.io/fyne/v2"

	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// header is the top of the screen: title, count and what can be done on every tab.
type header struct {
	s     *Screen
	page  *widgets.PageHeader
	more  *action
	rules *action
	fresh *action
	sync  *action
	shown []*action
}

// action is a button that gives its word up where there is no room for it.
type action struct {
	*widgets.Button

	word string
	wide float32 // of the button with its word, in units
}

func newAction(kind widgets.ButtonKind, word string, icon look.Icon, tapped func()) *action {
	a := &action{Button: widgets.NewButton(kind, word, icon, tapped), word: word}
	a.Label = word
	return a
}

// width is that of the button with its word. It is measured once it was drawn with it.
func (a *action) width() float32 {
	if a.wide == 0 {
		a.SetText(a.word)
		a.wide = a.MinSize().Width
	}
	return a.wide
}

func newHeader(s *Screen) *header {
	h := &header{s: s, page: widgets.NewPageHeader(words.T("contacts.heading"))}
	h.more = &action{Button: s.newMore()}
	h.rules = newAction(widgets.Outlined, words.T("contacts.rules.open"), look.IconSettings, func() { s.p.Rules(s.passes.Picked()) })
	h.fresh = newAction(widgets.Primary, words.T("contacts.new"), look.IconPlus, s.create)
	h.sync = newAction(widgets.Primary, words.T("contacts.sync"), look.IconSync, s.synchronise)
	return h
}

// show offers what can be done now; one button at most is primary.
func (h *header) show() {
	linked := h.s.passes.Linked()
	h.shown = append(h.shown[:0], h.more)
	if linked && h.s.p.Rules != nil {
		h.shown = append(h.shown, h.rules)
	}
	if h.s.face != faceEmpty || h.s.tabs.room() != nil { // an empty list begins by its own button
		h.shown = append(h.shown, h.fresh, h.sync)
	}
	h.sync.SetEnabled(h.s.passes.Ready())
	room, ok := h.s.tabs.room().(interface{ Primary() bool })
	elsewhere := h.s.pane.shown() || ok && room.Primary()
	kind := func(primary bool) widgets.ButtonKind {
		if primary && !elsewhere {
			return widgets.Primary
		}
		return widgets.Outlined
	}
	h.fresh.Kind, h.sync.Kind = kind(!linked), kind(linked)
	objects := make([]fyne.CanvasObject, len(h.shown))
	for i, a := range h.shown {
		a.Refresh()
		objects[i] = a.Button
	}
	h.page.SetActions(objects...)
	h.fit(h.page.Size().Width)
}

// fit leaves out words that there is no room for: those of the primary button last.
func (h *header) fit(width float32) {
	if len(h.shown) == 0 || width == 0 {
		return
	}
	need := h.page.MinSize().Width
	for _, a := range h.shown {
		need += a.width() - a.MinSize().Width
	}
	for _, a := range h.shown {
		word := a.word
		if need > width {
			word = ""
			need -= a.width() - look.HeightField
		}
		a.SetText(word)
	}
}
