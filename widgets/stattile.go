package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets/look"
)

var _ pressableWidget = (*StatTile)(nil)

// StatTile is a big number with a word, which also filters: pressed once it is chosen, pressed again it is not.
type StatTile struct {
	pressable

	icon   look.Icon
	tone   Tone
	figure string
	label  string
	chosen bool
	tile   *IconTile
}

// NewStatTile makes a tile; tapped, which may be nil, decides what being pressed means.
func NewStatTile(tone Tone, icon look.Icon, tapped func()) *StatTile {
	t := &StatTile{tone: tone, icon: icon, tile: NewIconTile(icon, tone, 36)}
	t.setUp(t, tapped)
	return t
}

// Set shows a number and its word.
func (t *StatTile) Set(figure, label string) {
	t.figure, t.label = figure, label
	t.Refresh()
}

// SetChosen shows whether the tile filters.
func (t *StatTile) SetChosen(on bool) {
	t.chosen = on
	t.Refresh()
}

// Chosen tells whether the tile filters.
func (t *StatTile) Chosen() bool { return t.chosen }

// AccessibilityLabel gives the words read aloud.
func (t *StatTile) AccessibilityLabel() string { return t.figure + " " + t.label }

// CreateRenderer is called by Fyne.
func (t *StatTile) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	r := &statRenderer{t: t, back: canvas.NewRectangle(color.Transparent), figure: newText(look.SizeFigure, true), label: newText(look.SizeBody, false), ring: newRing(look.RadiusPanel)}
	r.back.CornerRadius = look.RadiusPanel
	r.objects = []fyne.CanvasObject{r.ring, r.back, t.tile, r.figure, r.label}
	r.Refresh()
	return r
}

type statRenderer struct {
	drawn
	t             *StatTile
	ring, back    *canvas.Rectangle
	figure, label *canvas.Text
}

// MinSize is 72 high.
func (r *statRenderer) MinSize() fyne.Size {
	w := textWidth(r.t.figure, look.SizeFigure, true) + textWidth(r.t.label, look.SizeBody, false)
	return fyne.NewSize(16+w+8+16, 72)
}

// statNarrow is the width under which the icon gives way to the words, in units.
const statNarrow float32 = 180

// Layout puts number and word on one base line.
func (r *statRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	placeRing(r.ring, 0, 0, size.Width, size.Height)
	placeMiddle(r.t.tile, 16, size.Height, 36, 36)
	w, left := textWidth(r.t.figure, look.SizeFigure, true), float32(64)
	if r.t.tile.Hidden = size.Width < statNarrow; r.t.tile.Hidden {
		left = 16
	}
	placeMiddle(r.figure, left, size.Height, w, 32)
	room := size.Width - left - w - 16
	setText(r.label, Truncated(r.t.label, look.SizeBody, false, room), look.Text)
	place(r.label, left+w+8, size.Height/2-6, room, 20)
}

// Refresh reads state and colours again.
func (r *statRenderer) Refresh() {
	fill, stroke, width := look.Surface, look.Line, float32(1)
	switch {
	case r.t.chosen:
		fill, stroke, width = look.AccentPale, look.Accent, 2
	case r.t.hovered && r.t.press != nil:
		fill = look.Sunken
	}
	r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = look.Color(fill), look.Color(stroke), width
	r.back.Refresh()
	setText(r.figure, r.t.figure, look.Text)
	setText(r.label, r.t.label, look.Text)
	showRing(r.ring, r.t.focused)
	r.t.tile.Refresh()
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}
