package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets/look"
)

var _ pressableWidget = (*Switch)(nil)

// Switch is a label and a sliding knob, for what takes effect at once. Setting it never calls OnChanged.
type Switch struct {
	pressable

	Label string
	// OnChanged is called with the state the user asks for.
	OnChanged func(on bool)

	on bool
}

// NewSwitch makes a switch that is off.
func NewSwitch(label string, changed func(on bool)) *Switch {
	s := &Switch{Label: label, OnChanged: changed}
	s.setUp(s, s.toggle)
	return s
}

// On tells what is shown.
func (s *Switch) On() bool { return s.on }

// SetOn shows a state without calling OnChanged.
func (s *Switch) SetOn(on bool) {
	if s.on == on {
		return
	}
	s.on = on
	s.Refresh()
}

func (s *Switch) toggle() {
	s.SetOn(!s.on)
	if s.OnChanged != nil {
		s.OnChanged(s.on)
	}
}

// AccessibilityLabel gives the words read aloud.
func (s *Switch) AccessibilityLabel() string { return s.Label }

// CreateRenderer is called by Fyne.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	r := &switchRenderer{
		s: s, text: newText(look.SizeBody, false), ring: newRing(switchHeight / 2),
		track: canvas.NewRectangle(look.Color(look.Accent)), knob: canvas.NewCircle(look.Color(look.Surface)),
	}
	r.track.CornerRadius = switchHeight / 2
	r.objects = []fyne.CanvasObject{r.text, r.ring, r.track, r.knob}
	r.Refresh()
	return r
}

type switchRenderer struct {
	drawn
	s           *Switch
	text        *canvas.Text
	ring, track *canvas.Rectangle
	knob        *canvas.Circle
}

const (
	switchWidth  float32 = 36
	switchHeight float32 = 20
	switchKnob   float32 = 14
)

func (r *switchRenderer) labelWidth() float32 {
	if r.s.Label == "" {
		return 0
	}
	return r.text.MinSize().Width + 8
}

// MinSize is the label and the track.
func (r *switchRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.labelWidth()+switchWidth, checkTarget)
}

// Layout puts the track at the right of the label.
func (r *switchRenderer) Layout(size fyne.Size) {
	x := r.labelWidth()
	placeMiddle(r.text, 0, size.Height, x, 20)
	placeMiddle(r.track, x, size.Height, switchWidth, switchHeight)
	placeRing(r.ring, x, (size.Height-switchHeight)/2, switchWidth, switchHeight)
	gap := (switchHeight - switchKnob) / 2
	knob := x + gap
	if r.s.on {
		knob = x + switchWidth - gap - switchKnob
	}
	placeMiddle(r.knob, knob, size.Height, switchKnob, switchKnob)
}

// Refresh reads state and colours again.
func (r *switchRenderer) Refresh() {
	setText(r.text, r.s.Label, look.Text)
	track := look.FieldBorder
	switch {
	case r.s.Disabled():
		track = look.ButtonBorder
	case r.s.on:
		track = look.Accent
	}
	setFill(r.track, look.Color(track))
	r.knob.FillColor = look.Color(look.Surface)
	r.knob.Refresh()
	showRing(r.ring, r.s.focused)
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}
