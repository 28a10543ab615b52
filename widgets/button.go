package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"diapason/widgets/look"
)

// ButtonKind is the weight of a button.
type ButtonKind int

// The kinds of button. A screen has one Primary at most.
const (
	Outlined ButtonKind = iota
	Primary
	Plain // icon and word without a frame
	Link  // accent-coloured word
	Danger
)

var _ pressableWidget = (*Button)(nil)

// Button is a word, or an icon, that does something.
type Button struct {
	pressable

	Kind ButtonKind
	// Icon leads the text, or follows it when IconLast; "" for none.
	Icon     look.Icon
	IconLast bool
	Text     string
	// Label tells what an icon without a word does.
	Label string
	// Height is 32 when zero; 28 inside rows, 40 in empty states.
	Height float32
	// Small shows the word at 12 instead of 13, Large at 15.
	Small, Large bool
	// Tight leaves out the padding of a Plain or Link button, so that its word stands in line with what is above.
	Tight bool
	// OnTapped is called on a click, Enter or Space.
	OnTapped func()

	busy bool
}

// NewButton makes a button; icon may be "".
func NewButton(kind ButtonKind, text string, icon look.Icon, tapped func()) *Button {
	b := &Button{Kind: kind, Text: text, Icon: icon, OnTapped: tapped}
	b.setUp(b, b.run)
	return b
}

// NewIconButton makes a square button that shows only an icon; label says what it does.
func NewIconButton(kind ButtonKind, label string, icon look.Icon, tapped func()) *Button {
	b := NewButton(kind, "", icon, tapped)
	b.Label = label
	return b
}

// NewLink makes a small accent-coloured word that stands inside rows.
func NewLink(text string, tapped func()) *Button {
	b := NewButton(Link, text, "", tapped)
	b.Height, b.Small = look.HeightInline, true
	return b
}

// SetText changes the word.
func (b *Button) SetText(text string) {
	if b.Text == text {
		return
	}
	b.Text = text
	b.Refresh()
}

// SetBusy shows that the action is running: the icon becomes an arc and further taps are ignored.
func (b *Button) SetBusy(busy bool) {
	if b.busy == busy {
		return
	}
	b.busy = busy
	b.Refresh()
}

// Busy tells whether the action is running.
func (b *Button) Busy() bool { return b.busy }

// AccessibilityLabel gives the words read aloud.
func (b *Button) AccessibilityLabel() string {
	if b.Text != "" {
		return b.Text
	}
	return b.Label
}

func (b *Button) run() {
	if !b.busy && b.OnTapped != nil {
		b.OnTapped()
	}
}

func (b *Button) height() float32 {
	if b.Height > 0 {
		return b.Height
	}
	return look.HeightField
}

// CreateRenderer is called by Fyne.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	b.ExtendBaseWidget(b)
	r := &buttonRenderer{
		b: b, ring: newRing(look.RadiusField), frame: canvas.NewRectangle(color.Transparent),
		icon: newIcon(), text: newText(look.SizeBody, false),
	}
	r.frame.CornerRadius = look.RadiusField
	r.objects = []fyne.CanvasObject{r.ring, r.frame, r.icon, r.text}
	r.Refresh()
	return r
}

type buttonRenderer struct {
	drawn
	b           *Button
	ring, frame *canvas.Rectangle
	icon        *canvas.Image
	text        *canvas.Text
}

const (
	buttonIcon float32 = 16
	buttonGap  float32 = 8
)

func (r *buttonRenderer) padding() float32 {
	switch {
	case r.b.Tight:
		return 0
	case r.b.height() >= look.HeightEmpty:
		return 20
	case r.b.Kind == Plain || r.b.Kind == Link:
		return 8
	case r.b.height() <= look.HeightInline:
		return 10
	default:
		return 12
	}
}

func (r *buttonRenderer) shownIcon() look.Icon {
	if r.b.busy {
		return look.StatusRunning
	}
	return r.b.Icon
}

func (r *buttonRenderer) contentWidth() float32 {
	w := float32(0)
	if r.b.Text != "" {
		w = r.text.MinSize().Width
	}
	if r.shownIcon() != "" {
		if w > 0 {
			w += buttonGap
		}
		w += buttonIcon
	}
	return w
}

// MinSize is the words and the padding; an icon alone makes a square.
func (r *buttonRenderer) MinSize() fyne.Size {
	h := r.b.height()
	if r.b.Text == "" {
		return fyne.NewSize(h, h)
	}
	return fyne.NewSize(r.contentWidth()+2*r.padding(), h)
}

// Layout centres icon and word.
func (r *buttonRenderer) Layout(size fyne.Size) {
	h := min(size.Height, max(r.b.height(), 0))
	top := (size.Height - h) / 2
	place(r.frame, 0, top, size.Width, h)
	placeRing(r.ring, 0, top, size.Width, h)
	x := max((size.Width-r.contentWidth())/2, 0)
	words := r.text.MinSize().Width
	switch {
	case r.shownIcon() != "" && r.b.IconLast:
		placeMiddle(r.icon, x+words+buttonGap, size.Height, buttonIcon, buttonIcon)
	case r.shownIcon() != "":
		placeMiddle(r.icon, x, size.Height, buttonIcon, buttonIcon)
		x += buttonIcon + buttonGap
	}
	placeMiddle(r.text, x, size.Height, words, 20)
}

// Refresh reads state and colours again.
func (r *buttonRenderer) Refresh() {
	b := r.b
	fill, border, front := b.colours()
	r.frame.FillColor, r.frame.StrokeColor, r.frame.StrokeWidth = fill, border, 1
	r.frame.Refresh()
	showRing(r.ring, b.focused && !b.Disabled())
	r.text.TextSize = look.SizeBody
	switch {
	case b.Small:
		r.text.TextSize = look.SizeSmall
	case b.Large:
		r.text.TextSize = look.SizeSubtitle
	}
	r.text.TextStyle.Bold = b.Kind == Primary || b.Kind == Danger
	r.text.Text, r.text.Color = b.Text, look.Color(front)
	r.text.Refresh()
	iconColour := front
	if front == look.Text {
		iconColour = look.TextSecondary
	}
	setIcon(r.icon, r.shownIcon(), iconColour)
	r.Layout(b.Size())
	canvas.Refresh(b)
}

// colours gives filling, border and front of the present state.
func (b *Button) colours() (fill, border color.Color, front fyne.ThemeColorName) {
	none := color.NRGBA{}
	if b.Disabled() {
		if b.Kind == Plain || b.Kind == Link {
			return none, none, look.Hint
		}
		return look.Color(look.Fill), look.Color(look.Line), look.Hint
	}
	switch b.Kind {
	case Primary, Danger:
		name, on := look.Accent, look.OnAccent
		if b.Kind == Danger {
			name, on = look.Error, theme.ColorNameForegroundOnError
		}
		c := look.Color(name)
		if b.hovered {
			c = look.Mix(c, look.Color(look.Text), 0.12)
		}
		return c, c, on
	case Plain, Link:
		front = look.Text
		if b.Kind == Link {
			front = look.AccentText
		}
		if b.Tight && b.Kind == Plain && !b.hovered {
			front = look.TextSecondary
		}
		if b.hovered && !b.Tight {
			return look.Color(look.Fill), none, front
		}
		return none, none, front
	default:
		fill = look.Color(look.Surface)
		if b.hovered {
			fill = look.Color(look.Sunken)
		}
		return fill, look.Color(look.ButtonBorder), look.Text
	}
}
