package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets/look"
)

var _ fyne.Widget = (*CardGroup)(nil)

// CardGroup is a framed column of choices, each with a round box, a word, a remark below it and an icon at the right; one
// of them is chosen.
type CardGroup struct{ choices }

// NewCardGroup makes one; the first is chosen.
func NewCardGroup(list []Choice, chosen func(id string)) *CardGroup {
	g := &CardGroup{}
	g.begin(g, lookCards, list, chosen)
	return g
}

// The places in a card, in units.
const (
	cardHeight float32 = 46
	cardBox    float32 = 12 // from the left to the round box
	cardWords  float32 = 40 // from the left to the words
	cardIcon   float32 = 18
)

// cardRenderer draws one choice of a CardGroup.
type cardRenderer struct {
	drawn
	it               *choiceItem
	back, line, ring *canvas.Rectangle
	dot, core        *canvas.Circle
	text, detail     *canvas.Text
	icon             *canvas.Image
}

func newCardRenderer(it *choiceItem) *cardRenderer {
	r := &cardRenderer{
		it: it, back: canvas.NewRectangle(color.Transparent), line: canvas.NewRectangle(color.Transparent), ring: newRing(look.RadiusPanel),
		dot: canvas.NewCircle(color.Transparent), core: canvas.NewCircle(color.Transparent), text: newText(look.SizeBody, false),
		detail: newText(look.SizeSmall, false), icon: newIcon(),
	}
	r.objects = []fyne.CanvasObject{r.back, r.line, r.dot, r.core, r.text, r.detail, r.icon, r.ring}
	r.Refresh()
	return r
}

// MinSize is a card's height, whatever the width of its words: they are cut.
func (r *cardRenderer) MinSize() fyne.Size { return fyne.NewSize(2*cardWords+cardIcon, cardHeight) }

// Layout places the words between the box and the icon.
func (r *cardRenderer) Layout(size fyne.Size) {
	place(r.back, 1, 1, size.Width-2, size.Height-1)
	r.line.Hidden = r.it.last
	place(r.line, 0, size.Height-1, size.Width, 1)
	placeMiddle(r.dot, cardBox, size.Height, checkSize, checkSize)
	r.core.Hidden = !r.it.chosen()
	placeMiddle(r.core, cardBox+4.5, size.Height, 7, 7)
	room := size.Width - cardWords - cardBox
	if r.it.choice.Icon != "" {
		room -= cardIcon + 8
		placeMiddle(r.icon, size.Width-cardBox-cardIcon, size.Height, cardIcon, cardIcon)
	}
	setText(r.text, Truncated(r.it.choice.Text, look.SizeBody, r.it.chosen(), room), look.Text)
	setText(r.detail, Truncated(r.it.choice.Detail, look.SizeSmall, false, room), look.TextSecondary)
	place(r.text, cardWords, 4, room, 20)
	place(r.detail, cardWords, 24, room, 16)
	placeRing(r.ring, 0, 0, size.Width, size.Height)
}

// Refresh reads state and colours again.
func (r *cardRenderer) Refresh() {
	chosen := r.it.chosen()
	fill, stroke, front := color.Color(color.Transparent), look.FieldBorder, look.TextSecondary
	switch {
	case chosen:
		fill, stroke, front = look.Color(look.AccentPale), look.Accent, look.AccentText
	case r.it.hovered:
		fill = look.Color(look.Sunken)
	}
	setFill(r.back, fill)
	round := func(on bool) float32 {
		if on {
			return look.RadiusPanel - 1
		}
		return 0
	}
	r.back.TopLeftCornerRadius, r.back.TopRightCornerRadius = round(r.it.first), round(r.it.first)
	r.back.BottomLeftCornerRadius, r.back.BottomRightCornerRadius = round(r.it.last), round(r.it.last)
	setFill(r.line, look.Color(look.Line))
	r.dot.FillColor, r.dot.StrokeColor, r.dot.StrokeWidth = look.Color(look.Surface), look.Color(stroke), 1.5
	r.core.FillColor = look.Color(look.Accent)
	r.dot.Refresh()
	r.core.Refresh()
	restyle(r.text, look.SizeBody, chosen, false)
	setIcon(r.icon, r.it.choice.Icon, front)
	showRing(r.ring, r.it.focused)
	r.Layout(r.it.Size())
	canvas.Refresh(r.it)
}
