package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets/look"
)

var _ pressableWidget = (*ToggleChip)(nil)

// ToggleChip switches a kind of things on and off: ticked, on the kind's filling, or outlined with a dot in its colour.
// A count may follow the word.
type ToggleChip struct {
	pressable

	text, count string
	hue         look.Hue
	on          bool
	changed     func(on bool)
}

// NewToggleChip makes one that is on.
func NewToggleChip(text string, hue look.Hue, changed func(on bool)) *ToggleChip {
	c := &ToggleChip{text: text, hue: hue, on: true, changed: changed}
	c.setUp(c, c.toggle)
	return c
}

func (c *ToggleChip) toggle() {
	c.SetOn(!c.on)
	if c.changed != nil {
		c.changed(c.on)
	}
}

// On tells whether it is switched on.
func (c *ToggleChip) On() bool { return c.on }

// SetOn switches it without calling back.
func (c *ToggleChip) SetOn(on bool) {
	if c.on != on {
		c.on = on
		c.Refresh()
	}
}

// SetCount shows how many there are; "" shows nothing.
func (c *ToggleChip) SetCount(text string) {
	if c.count != text {
		c.count = text
		c.Refresh()
	}
}

// SetKind changes the word and its colour.
func (c *ToggleChip) SetKind(text string, hue look.Hue) {
	if c.text != text || c.hue != hue {
		c.text, c.hue = text, hue
		c.Refresh()
	}
}

// AccessibilityLabel gives the words read aloud.
func (c *ToggleChip) AccessibilityLabel() string { return c.text }

// CreateRenderer is called by Fyne.
func (c *ToggleChip) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	r := &toggleChipRenderer{
		c: c, back: canvas.NewRectangle(color.Transparent), dot: canvas.NewRectangle(color.Transparent), mark: newIcon(),
		text: newText(look.SizeSmall, false), count: newText(look.SizeSmall, false), ring: newRing(toggleHeight / 2),
	}
	r.back.CornerRadius, r.dot.CornerRadius = toggleHeight/2, toggleDot/2
	r.objects = []fyne.CanvasObject{r.back, r.dot, r.mark, r.text, r.count, r.ring}
	r.Refresh()
	return r
}

// How a ToggleChip is drawn, in units.
const (
	toggleHeight float32 = 28
	togglePad    float32 = 9
	toggleMark   float32 = 14
	toggleDot    float32 = 8
	toggleGap    float32 = 5 // after the mark
	toggleCount  float32 = 7 // before the count
)

type toggleChipRenderer struct {
	drawn
	c           *ToggleChip
	back, dot   *canvas.Rectangle
	mark        *canvas.Image
	text, count *canvas.Text
	ring        *canvas.Rectangle
}

// MinSize is the same on and off, so that nothing moves when it is pressed.
func (r *toggleChipRenderer) MinSize() fyne.Size {
	w := togglePad + toggleMark + toggleGap + textWidth(r.c.text, look.SizeSmall, false) + togglePad + 2
	if r.c.count != "" {
		w += toggleCount + textWidth(r.c.count, look.SizeSmall, false)
	}
	return fyne.NewSize(w, toggleHeight)
}

// Layout keeps the count whole and cuts the word when there is too little room.
func (r *toggleChipRenderer) Layout(size fyne.Size) {
	top := (size.Height - toggleHeight) / 2
	place(r.back, 0, top, size.Width, toggleHeight)
	placeRing(r.ring, 0, top, size.Width, toggleHeight)
	placeMiddle(r.mark, togglePad, size.Height, toggleMark, toggleMark)
	placeMiddle(r.dot, togglePad+(toggleMark-toggleDot)/2, size.Height, toggleDot, toggleDot)
	x, end := togglePad+toggleMark+toggleGap, size.Width-togglePad-2
	if r.c.count != "" {
		w := textWidth(r.c.count, look.SizeSmall, false)
		placeMiddle(r.count, end-w, size.Height, w, 20)
		end -= w + toggleCount
	}
	if cut := Truncated(r.c.text, look.SizeSmall, false, end-x+1); cut != r.text.Text {
		r.text.Text = cut
		r.text.Refresh()
	}
	placeMiddle(r.text, x, size.Height, end-x, 20)
}

// Refresh reads state and colours again.
func (r *toggleChipRenderer) Refresh() {
	c := r.c
	fill, stroke, words := c.hue.Fill(), color.Color(color.Transparent), c.hue.Text()
	if !c.on {
		fill, stroke, words = look.Color(look.Surface), look.Color(look.ButtonBorder), look.Color(look.TextSecondary)
		if c.hovered {
			fill = look.Color(look.Sunken)
		}
	} else if c.hovered {
		stroke = c.hue.Text()
	}
	r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = fill, stroke, 1
	r.back.Refresh()
	setFill(r.dot, c.hue.Text())
	r.dot.Hidden = c.on
	r.mark.Hidden = !c.on
	if res := look.IconCheck.Painted(c.hue.Text()); r.mark.Resource != res {
		r.mark.Resource = res
		r.mark.Refresh()
	}
	for _, t := range []struct {
		text *canvas.Text
		s    string
	}{{r.text, c.text}, {r.count, c.count}} {
		if t.text.Text != t.s || t.text.Color != words {
			t.text.Text, t.text.Color = t.s, words
			t.text.Refresh()
		}
	}
	showRing(r.ring, c.focused)
	r.Layout(c.Size())
	canvas.Refresh(c)
}
