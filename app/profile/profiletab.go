package profile

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// profileTab shows every field in its groups, two columns wide.
type profileTab struct {
	views  map[storage.Field]*fieldView
	column *widgets.Column
	scroll *container.Scroll
}

func newProfileTab(p *Pane) *profileTab {
	t := &profileTab{views: map[storage.Field]*fieldView{}}
	var parts []fyne.CanvasObject
	for i, g := range groups {
		if i > 0 {
			parts = append(parts, widgets.NewRule())
		}
		parts = append(parts, widgets.NewText(words.T("profile.group."+g.Key), look.SizeSubtitle, look.Text).Bold())
		parts = append(parts, t.rows(p, g)...)
	}
	t.column = widgets.NewPaddedColumn(16, widgets.Insets{Top: 20, Right: look.Margin, Bottom: 32, Left: look.Margin}, parts...)
	t.scroll = widgets.NewScroll(t.column)
	return t
}

// fieldsBeside is the width from which on two fields stand beside each other, in units.
const fieldsBeside float32 = 400

// rows puts the fields of a group side by side, two by two.
func (t *profileTab) rows(p *Pane, g group) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	var left *fieldView
	flush := func() {
		if left != nil {
			rows = append(rows, widgets.NewReflow(fieldsBeside, widgets.NewLine(16, cell(left), widgets.Space()), left.object))
			left = nil
		}
	}
	for _, spec := range g.Fields {
		v := newFieldView(p, spec)
		t.views[spec.Field] = v
		switch {
		case spec.Wide:
			flush()
			rows = append(rows, v.object)
		case left == nil:
			left = v
		default:
			rows = append(rows, widgets.NewReflow(fieldsBeside, widgets.NewLine(16, cell(left), cell(v)), widgets.NewColumn(16, left.object, v.object)))
			left = nil
		}
	}
	flush()
	return rows
}

func cell(v *fieldView) widgets.LineCell {
	return widgets.LineCell{Object: v.object, Width: -1, Top: true}
}

func (t *profileTab) content() fyne.CanvasObject { return t.scroll }

func (t *profileTab) show(s *state) {
	for _, v := range t.views {
		v.show(s)
	}
	t.relayout()
}

// relayout gives the fields the height that their messages need now.
func (t *profileTab) relayout() {
	t.column.Refresh()
	t.scroll.Refresh()
}

func (t *profileTab) clear() {
	for _, v := range t.views {
		v.clear()
	}
	t.scroll.ScrollToTop()
}

// goTo scrolls to a field and gives it the keyboard.
func (t *profileTab) goTo(f storage.Field) {
	v, ok := t.views[f]
	if !ok {
		return
	}
	d := fyne.CurrentApp().Driver()
	at := d.AbsolutePositionForObject(v.object).Y - d.AbsolutePositionForObject(t.column).Y
	t.scroll.ScrollToOffset(fyne.NewPos(0, max(at-40, 0)))
	v.focus()
}
