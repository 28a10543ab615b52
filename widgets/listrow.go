package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// ListRow is what one line of a SelectList shows, as prepared strings.
type ListRow struct {
	// Cells follow the columns.
	Cells []ListCell
	// Heading, when not empty, replaces the cells: the title of a group.
	Heading string
	// Note, when not nil, replaces the cells: a remark about the row above.
	Note *ListNote
	// Chevron replaces the list's arrow at the end of the row; "" keeps it.
	Chevron look.Icon
	// Sunken draws the row on the recessed surface, NoLine leaves out the line under it.
	Sunken, NoLine bool
}

// ListCell is one cell: a text on one or two lines, or a chip.
type ListCell struct {
	Text, Sub string
	// Icon leads the text and takes the tone's strong colour; in a chip, the chip's.
	Icon look.Icon
	Tone Tone
	// Chip draws a chip of 24; Calm leaves out its filling.
	Chip, Calm bool
	// Bold and Faint change the weight and the colour of the first line, Link its colour.
	Bold, Faint, Link bool
	// Filled paints the cell with the tone: a changed or a wrong value. Struck strikes the second line through.
	Filled, Struck bool
	// Press makes the cell call OnChip.
	Press bool
}

// ListNote is a remark with actions, drawn as a banner inside the list.
type ListNote struct {
	Tone    Tone
	Icon    look.Icon
	Text    string
	Actions []string
}

// listRow is one recycled line.
type listRow struct {
	widget.BaseWidget

	list    *SelectList
	index   int
	row     ListRow
	hovered bool
	shift   bool

	back, marker, line, ring *canvas.Rectangle
	box                      checkBox
	chevron                  *canvas.Image
	cells                    []*cellView
	note                     *noteView
	heading                  *canvas.Text
	spans                    []span
}

func newListRow(l *SelectList) *listRow {
	r := &listRow{
		list: l, index: -1, box: newCheckBox(), chevron: newIcon(), heading: newText(look.SizeSmall, true), note: newNoteView(),
		back: canvas.NewRectangle(color.Transparent), marker: canvas.NewRectangle(color.Transparent),
		line: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent),
	}
	r.ring.StrokeWidth = 2
	for range l.columns {
		r.cells = append(r.cells, newCellView())
	}
	r.ExtendBaseWidget(r)
	r.Hide()
	return r
}

// bind shows row i.
func (r *listRow) bind(i int) {
	r.index = i
	r.row = ListRow{Cells: r.row.Cells[:0]}
	if r.list.Fill != nil {
		r.list.Fill(i, &r.row)
	}
	r.layout()
	r.paint()
}

// layout places and fills the cells for the present width.
func (r *listRow) layout() {
	size := r.Size()
	r.spans = r.list.spans()
	left, _ := r.list.margins()
	place(r.back, 0, 0, size.Width, size.Height)
	place(r.ring, 1, 1, size.Width-2, size.Height-2)
	place(r.marker, 0, 0, 3, size.Height)
	place(r.line, 0, size.Height-1, size.Width, 1)
	r.box.place(left, (size.Height-checkSize)/2)
	placeMiddle(r.chevron, size.Width-40, size.Height, 16, 16)
	plain := r.row.Heading == "" && r.row.Note == nil
	for i, c := range r.cells {
		if !plain || i >= len(r.row.Cells) {
			c.hide()
			continue
		}
		c.show(r.row.Cells[i], r.cellSpan(i), size.Height, r.list.columns[i].Trailing)
	}
	r.heading.Hidden = r.row.Heading == ""
	setText(r.heading, r.row.Heading, look.Text)
	placeMiddle(r.heading, left, size.Height, size.Width-left, 20)
	if r.row.Note == nil {
		r.note.hide()
	} else {
		x := left
		if len(r.spans) > 2 {
			x = r.spans[2].x - 32
		}
		r.note.show(r.row.Note, x, size.Width-x-16, size.Height)
	}
}

// cellSpan is the column's span; next to a Fit column it takes what that one leaves.
func (r *listRow) cellSpan(i int) span {
	s, last := r.spans[i], len(r.spans)-1
	if last < 1 || !r.list.columns[last].Fit || last >= len(r.row.Cells) {
		return s
	}
	end := r.spans[last].x + r.spans[last].width
	need := min(r.row.Cells[last].naturalWidth(), end-r.spans[last-1].x-48)
	switch i {
	case last:
		return span{end - need, need}
	case last - 1:
		s.width = end - need - chipPad - s.x
	}
	return s
}

// paint shows what depends on checks, hover, focus and the open row.
func (r *listRow) paint() {
	l := r.list
	checked := l.IsChecked != nil && l.IsChecked(r.index)
	open := l.IsOpen != nil && l.IsOpen(r.index)
	plain := r.row.Heading == "" && r.row.Note == nil
	var fill color.Color = color.Transparent // the painter leaves it out
	switch {
	case !plain:
	case checked || open:
		fill = look.Color(look.AccentPale)
	case r.hovered && (l.OnOpen != nil || l.Checkable), r.row.Sunken:
		fill = look.Color(look.Sunken)
	}
	setFill(r.back, fill)
	setFill(r.marker, look.Color(look.Accent))
	r.marker.Hidden = !open
	setFill(r.line, look.Color(look.Line))
	r.line.Hidden = r.row.NoLine
	r.ring.StrokeColor = look.Color(look.Accent)
	r.ring.Hidden = !l.focused || l.pointed || l.current != r.index
	r.ring.Refresh()
	if l.Checkable && plain {
		r.box.frame.Show()
		r.box.show(CheckedIf(checked), false)
	} else {
		r.box.hide()
	}
	chevron := r.row.Chevron
	if chevron == "" && l.Chevron && plain {
		chevron = look.IconChevronRight
	}
	setIcon(r.chevron, chevron, look.TextSecondary)
	canvas.Refresh(r)
}

// MouseIn lights the row.
func (r *listRow) MouseIn(*desktop.MouseEvent) { r.hovered = true; r.paint() }

// MouseMoved changes nothing.
func (r *listRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut darkens the row.
func (r *listRow) MouseOut() { r.hovered = false; r.paint() }

// MouseDown notes whether Shift is held.
func (r *listRow) MouseDown(ev *desktop.MouseEvent) { r.shift = ev.Modifier&fyne.KeyModifierShift != 0 }

// MouseUp changes nothing.
func (r *listRow) MouseUp(*desktop.MouseEvent) {}

// Cursor is a hand over a row that opens.
func (r *listRow) Cursor() desktop.Cursor {
	if r.list.OnOpen == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// Tapped ticks, opens, or reports the chip or the note's action under the mouse.
func (r *listRow) Tapped(ev *fyne.PointEvent) {
	l, i := r.list, r.index
	if i < 0 {
		return
	}
	if r.row.Note != nil {
		if a := r.note.actionAt(ev.Position.X); a >= 0 && l.OnNote != nil {
			l.OnNote(i, a)
		}
		return
	}
	if r.row.Heading != "" {
		return
	}
	l.SetCurrent(i)
	Focus(l)
	l.pointed = true
	r.paint()
	left, _ := l.margins()
	if l.Checkable && ev.Position.X < left+checkSize+8 {
		l.checkRow(i, r.shift)
		return
	}
	for c := range r.row.Cells {
		if s := r.cellSpan(c); r.row.Cells[c].Press && ev.Position.X >= s.x-chipPad && ev.Position.X < s.x+r.row.Cells[c].naturalWidth() {
			if l.OnChip != nil {
				pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(r)
				l.OnChip(i, c, pos.AddXY(s.x-chipPad, (r.Size().Height+look.HeightChip)/2+4))
			}
			return
		}
	}
	l.openRow(i)
}

// TappedSecondary reports a wish for the row's menu.
func (r *listRow) TappedSecondary(ev *fyne.PointEvent) {
	l := r.list
	if r.index < 0 || l.OnContext == nil || r.row.Note != nil || r.row.Heading != "" {
		return
	}
	l.SetCurrent(r.index)
	l.OnContext(r.index, ev.AbsolutePosition)
}

// CreateRenderer is called by Fyne.
func (r *listRow) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{r.back, r.line, r.marker, r.box.frame, r.box.mark}
	for _, c := range r.cells {
		objects = append(objects, c.objects()...)
	}
	objects = append(objects, r.note.objects()...)
	objects = append(objects, r.heading, r.chevron, r.ring)
	return &listRowRenderer{drawn{objects}, r}
}

type listRowRenderer struct {
	drawn
	r *listRow
}

// MinSize is the height of a row.
func (r *listRowRenderer) MinSize() fyne.Size { return fyne.NewSize(0, r.r.list.rowHeight()) }

// Layout is done by bind, which follows every change of size.
func (r *listRowRenderer) Layout(fyne.Size) {}

// Refresh binds the row again, since colours may have changed.
func (r *listRowRenderer) Refresh() {
	if r.r.index >= 0 {
		r.r.bind(r.r.index)
	}
}
