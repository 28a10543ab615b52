package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets/look"
)

// CheckState is one of the three states of a check.
type CheckState int

// The states: Mixed means "some of them".
const (
	Off CheckState = iota
	On
	Mixed
)

// CheckedIf gives On or Off.
func CheckedIf(on bool) CheckState {
	if on {
		return On
	}
	return Off
}

var _ pressableWidget = (*Check)(nil)

// Check is a box of 16 with an optional label. Setting the state never calls OnChanged: only the user's gesture does.
type Check struct {
	pressable

	Label string
	// OnChanged is called with the new state; Mixed is never the result of a gesture.
	OnChanged func(on bool)

	state CheckState
}

// NewCheck makes a check that is off.
func NewCheck(label string, changed func(on bool)) *Check {
	c := &Check{Label: label, OnChanged: changed}
	c.setUp(c, c.toggle)
	return c
}

// State gives what is shown.
func (c *Check) State() CheckState { return c.state }

// SetState shows a state without calling OnChanged.
func (c *Check) SetState(s CheckState) {
	if c.state == s {
		return
	}
	c.state = s
	c.Refresh()
}

// Checked tells whether the state is On.
func (c *Check) Checked() bool { return c.state == On }

func (c *Check) toggle() {
	c.SetState(CheckedIf(c.state != On))
	if c.OnChanged != nil {
		c.OnChanged(c.state == On)
	}
}

// AccessibilityLabel gives the words read aloud.
func (c *Check) AccessibilityLabel() string { return c.Label }

// CreateRenderer is called by Fyne.
func (c *Check) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	r := &checkRenderer{c: c, ring: newRing(look.RadiusCheck), box: newCheckBox(), text: newText(look.SizeBody, false)}
	r.objects = []fyne.CanvasObject{r.ring, r.box.frame, r.box.mark, r.text}
	r.Refresh()
	return r
}

type checkRenderer struct {
	drawn
	c    *Check
	ring *canvas.Rectangle
	box  checkBox
	text *canvas.Text
}

const (
	checkSize   float32 = 16
	checkTarget float32 = 24 // smallest area to hit
)

// MinSize is the box, or the box and its label.
func (r *checkRenderer) MinSize() fyne.Size {
	if r.c.Label == "" {
		return fyne.NewSize(checkSize, checkTarget)
	}
	return fyne.NewSize(checkSize+8+r.text.MinSize().Width, checkTarget)
}

// Layout puts the box at the left.
func (r *checkRenderer) Layout(size fyne.Size) {
	y := (size.Height - checkSize) / 2
	r.box.place(0, y)
	placeRing(r.ring, 0, y, checkSize, checkSize)
	placeMiddle(r.text, checkSize+8, size.Height, max(size.Width-checkSize-8, 0), 20)
}

// Refresh reads state and colours again.
func (r *checkRenderer) Refresh() {
	r.box.show(r.c.state, r.c.Disabled())
	showRing(r.ring, r.c.focused)
	front := look.Text
	if r.c.Disabled() {
		front = look.Hint
	}
	setText(r.text, r.c.Label, front)
	canvas.Refresh(r.c)
}

// checkBox draws the box alone; list rows share it.
type checkBox struct {
	frame *canvas.Rectangle
	mark  *canvas.Image
}

func newCheckBox() checkBox {
	frame := canvas.NewRectangle(color.Transparent)
	frame.CornerRadius = look.RadiusCheck
	frame.StrokeWidth = 1.5
	return checkBox{frame, newIcon()}
}

func (b checkBox) place(x, y float32) {
	place(b.frame, x, y, checkSize, checkSize)
	place(b.mark, x+2, y+2, checkSize-4, checkSize-4)
}

func (b checkBox) show(s CheckState, disabled bool) {
	fill, stroke := look.Color(look.Surface), look.Color(look.FieldBorder)
	if s != Off {
		fill = look.Color(look.Accent)
		stroke = fill
	}
	if disabled {
		stroke = look.Color(look.ButtonBorder)
		if s != Off {
			fill = stroke
		}
	}
	if b.frame.FillColor != fill || b.frame.StrokeColor != stroke {
		b.frame.FillColor, b.frame.StrokeColor = fill, stroke
		b.frame.Refresh()
	}
	icon := look.Icon("")
	switch s {
	case On:
		icon = look.CheckMark
	case Mixed:
		icon = look.MixedMark
	}
	setIcon(b.mark, icon, look.OnAccent)
}

func (b checkBox) hide() {
	b.frame.Hide()
	b.mark.Hide()
}
