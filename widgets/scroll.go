package widgets

import (
	"slices"
	"weak"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// scrolls are the pages that may have to move when the keyboard goes to something out of sight. The interface's
// goroutine alone uses them.
var scrolls []weak.Pointer[container.Scroll]

// NewScroll makes a page that scrolls up and down, by itself too when the keyboard goes to something on it that is not
// wholly in sight. Fyne's own scroll stays where it is.
func NewScroll(content fyne.CanvasObject) *container.Scroll {
	s := container.NewVScroll(content)
	scrolls = slices.DeleteFunc(scrolls, func(p weak.Pointer[container.Scroll]) bool { return p.Value() == nil })
	scrolls = append(scrolls, weak.Make(s))
	return s
}

// holder is a widget that says what it holds.
type holder interface{ held() []fyne.CanvasObject }

func (c *Column) held() []fyne.CanvasObject      { return c.objects }
func (r *Reflow) held() []fyne.CanvasObject      { return []fyne.CanvasObject{r.at(r.width)} }
func (p *Panel) held() []fyne.CanvasObject       { return []fyne.CanvasObject{p.content} }
func (b *Banner) held() []fyne.CanvasObject      { return []fyne.CanvasObject{b.panel} }
func (f *Field) held() []fyne.CanvasObject       { return []fyne.CanvasObject{f.entry} }
func (s *SelectField) held() []fyne.CanvasObject { return []fyne.CanvasObject{s.list} }

func (l *Line) held() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, c := range l.cells {
		if c.Object != nil {
			out = append(out, c.Object)
		}
	}
	return out
}

// holds reports whether an object is another or stands somewhere in it.
func holds(in, o fyne.CanvasObject) bool {
	if in == o {
		return true
	}
	var parts []fyne.CanvasObject
	switch in := in.(type) {
	case *fyne.Container:
		parts = in.Objects
	case holder:
		parts = in.held()
	}
	return slices.ContainsFunc(parts, func(part fyne.CanvasObject) bool { return holds(part, o) })
}

// The space shown above what is brought into sight, where a field has its label, and below, in units.
const (
	revealAbove float32 = 40
	revealBelow float32 = 24
)

// reveal brings what got the keyboard into sight.
func reveal(o fyne.CanvasObject) {
	for _, p := range scrolls {
		s := p.Value()
		if s == nil || !s.Visible() || !holds(s.Content, o) {
			continue
		}
		d := fyne.CurrentApp().Driver()
		top := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(s.Content).Y
		bottom := top + o.Size().Height
		switch {
		case top < s.Offset.Y:
			s.ScrollToOffset(fyne.NewPos(0, max(top-revealAbove, 0)))
		case bottom > s.Offset.Y+s.Size().Height:
			s.ScrollToOffset(fyne.NewPos(0, bottom+revealBelow-s.Size().Height))
		}
		return
	}
}
