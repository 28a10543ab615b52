package widgets

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets/look"
)

// Sizes of a cell, in units.
const (
	comparisonCellHeight float32 = 36
	comparisonBox        float32 = 13 // from the left to the round box
	comparisonText       float32 = 38 // from the left to the words
	comparisonEnd        float32 = 12
)

var _ pressableWidget = (*comparisonCell)(nil)

// comparisonCell is one value of a Comparison: with a round box where one is chosen, a square one where any may be.
type comparisonCell struct {
	pressable

	row    *comparisonRow
	index  int
	value  string
	square bool
	text   *Text
	remark *Text
}

func newComparisonCell(row *comparisonRow, index int, value, remark string, square bool) *comparisonCell {
	c := &comparisonCell{
		row: row, index: index, value: value, square: square, text: NewText(oneLine(value), look.SizeBody, look.Text),
		remark: NewWord(remark, look.SizeSmall, look.TextSecondary),
	}
	c.setUp(c, func() { row.press(index) })
	return c
}

// oneLine puts lines beside each other.
func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " · ") }

// setOpen shows the value whole, or on one line.
func (c *comparisonCell) setOpen(on bool) {
	c.text.wrap = on
	if on {
		c.text.SetText(c.value)
	} else {
		c.text.SetText(oneLine(c.value))
	}
	c.Refresh()
}

// room is the width of the words in a cell.
func (c *comparisonCell) room(width float32) float32 {
	room := width - comparisonText - comparisonEnd
	if c.remark.Text() != "" {
		room -= min(c.remark.MinSize().Width+comparisonEnd, room/2)
	}
	return max(room, 1)
}

func (c *comparisonCell) heightFor(width float32) float32 {
	return max(c.text.HeightFor(c.room(width))+16, comparisonCellHeight)
}

// isCut tells whether the value is not whole on one line.
func (c *comparisonCell) isCut(width float32) bool {
	return strings.Contains(c.value, "\n") || textWidth(c.value, look.SizeBody, false) > c.room(width)+1
}

// AccessibilityLabel gives the words read aloud: the field and the whole value.
func (c *comparisonCell) AccessibilityLabel() string { return c.row.label.Text() + ", " + c.value }

// TypedKey follows the arrows.
func (c *comparisonCell) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown:
		c.row.move(c.index, ev.Name)
	default:
		c.pressable.TypedKey(ev)
	}
}

// CreateRenderer is called by Fyne.
func (c *comparisonCell) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	r := &comparisonCellRenderer{
		c: c, frame: canvas.NewRectangle(color.Transparent), ring: newRing(look.RadiusField), box: newCheckBox(),
		dot: canvas.NewCircle(color.Transparent), core: canvas.NewCircle(color.Transparent),
	}
	r.frame.CornerRadius = look.RadiusField
	r.objects = []fyne.CanvasObject{r.ring, r.frame, c.text, c.remark}
	if c.square {
		r.objects = append(r.objects, r.box.frame, r.box.mark)
	} else {
		r.objects = append(r.objects, r.dot, r.core)
	}
	r.Refresh()
	return r
}

type comparisonCellRenderer struct {
	drawn
	c           *comparisonCell
	frame, ring *canvas.Rectangle
	box         checkBox
	dot, core   *canvas.Circle
}

// MinSize is a cell of one line: the words are cut.
func (r *comparisonCellRenderer) MinSize() fyne.Size {
	return fyne.NewSize(comparisonText+comparisonEnd, comparisonCellHeight)
}

// Layout places the box and the words.
func (r *comparisonCellRenderer) Layout(size fyne.Size) {
	place(r.frame, 0, 0, size.Width, size.Height)
	placeRing(r.ring, 0, 0, size.Width, size.Height)
	y := (comparisonCellHeight - checkSize) / 2
	place(r.dot, comparisonBox, y, checkSize, checkSize)
	place(r.core, comparisonBox+4, y+4, checkSize-8, checkSize-8)
	r.box.place(comparisonBox, y)
	room := r.c.room(size.Width)
	place(r.c.text, comparisonText, 8, room, max(size.Height-16, 20))
	if !r.c.text.wrap {
		place(r.c.text, comparisonText, 8, room, 20)
	}
	place(r.c.remark, comparisonText+room+comparisonEnd, 8, max(size.Width-comparisonText-room-2*comparisonEnd, 0), 20)
}

// Refresh reads state and colours again.
func (r *comparisonCellRenderer) Refresh() {
	chosen := r.c.row.chosen(r.c.index)
	fill, stroke, width := look.Surface, look.ButtonBorder, float32(1)
	dot := look.FieldBorder
	switch {
	case chosen && !r.c.square: // a tick tells by itself, and most are
		fill, stroke, dot, width = look.AccentPale, look.Accent, look.Accent, 2
	case r.c.hovered:
		fill = look.Sunken
	}
	r.frame.FillColor, r.frame.StrokeColor, r.frame.StrokeWidth = look.Color(fill), look.Color(stroke), width
	r.frame.Refresh()
	r.dot.FillColor, r.dot.StrokeColor, r.dot.StrokeWidth = look.Color(look.Surface), look.Color(dot), 1.5
	r.core.FillColor = look.Color(look.Accent)
	r.core.Hidden = !chosen
	r.dot.Refresh()
	r.core.Refresh()
	r.box.show(CheckedIf(chosen), false)
	showRing(r.ring, r.c.focused)
	r.c.text.Refresh()
	r.c.remark.Refresh()
	r.Layout(r.c.Size())
	canvas.Refresh(r.c)
}
