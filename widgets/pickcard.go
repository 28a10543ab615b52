package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets/look"
)

var _ pressableWidget = (*PickCard)(nil)

// PickCard is a framed card that is picked among others: an icon, a name over a remark, and a state at the right.
type PickCard struct {
	pressable

	icon          look.Icon
	title, detail string
	tone          Tone
	mark          look.Icon
	state         string
	calm          bool
	picked        bool
}

// NewPickCard makes a card; tapped decides what being pressed means.
func NewPickCard(icon look.Icon, tapped func()) *PickCard {
	c := &PickCard{icon: icon}
	c.setUp(c, tapped)
	return c
}

// SetText shows a name and, under it, a remark.
func (c *PickCard) SetText(title, detail string) {
	c.title, c.detail = title, detail
	c.Refresh()
}

// SetState shows a state as Chip does.
func (c *PickCard) SetState(tone Tone, icon look.Icon, text string, calm bool) {
	c.tone, c.mark, c.state, c.calm = tone, icon, text, calm
	c.Refresh()
}

// State gives the word of the state.
func (c *PickCard) State() string { return c.state }

// Picked tells whether the card is the picked one.
func (c *PickCard) Picked() bool { return c.picked }

// SetPicked shows whether the card is the picked one.
func (c *PickCard) SetPicked(on bool) {
	if c.picked != on {
		c.picked = on
		c.Refresh()
	}
}

// AccessibilityLabel gives the words read aloud.
func (c *PickCard) AccessibilityLabel() string { return c.title + ", " + c.state }

// CreateRenderer is called by Fyne.
func (c *PickCard) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	r := &pickRenderer{
		c: c, back: canvas.NewRectangle(color.Transparent), icon: newIcon(), title: newText(look.SizeBody, true),
		detail: newText(look.SizeSmall, false), chip: newChipFace(), ring: newRing(look.RadiusPanel),
	}
	r.back.CornerRadius = look.RadiusPanel
	r.objects = append([]fyne.CanvasObject{r.ring, r.back, r.icon, r.title, r.detail}, r.chip.objects()...)
	r.Refresh()
	return r
}

type pickRenderer struct {
	drawn
	c             *PickCard
	back, ring    *canvas.Rectangle
	icon          *canvas.Image
	title, detail *canvas.Text
	chip          chipFace
}

// The places in a PickCard, in units.
const (
	pickHeight float32 = 64
	pickPad    float32 = 16
	pickIcon   float32 = 18
	pickWords  float32 = 46 // from the left to the words
	pickEnd    float32 = 12 // from the state to the right
	pickLeast  float32 = 88 // that the words keep
)

// MinSize leaves the words some room.
func (r *pickRenderer) MinSize() fyne.Size { return fyne.NewSize(240, pickHeight) }

// Layout gives the state its width first and cuts the words.
func (r *pickRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	placeRing(r.ring, 0, 0, size.Width, size.Height)
	placeMiddle(r.icon, pickPad, size.Height, pickIcon, pickIcon)
	room := size.Width - pickWords - pickEnd
	wide := min(chipWidth(r.c.mark, r.c.state), max(room-pickLeast-8, 0))
	if r.c.state == "" {
		wide = 0
	}
	r.chip.place(r.c.state, size.Width-pickEnd-wide, (size.Height-look.HeightChip)/2, wide)
	room -= wide + 8
	setText(r.title, Truncated(r.c.title, look.SizeBody, true, room), look.Text)
	setText(r.detail, Truncated(r.c.detail, look.SizeSmall, false, room), look.TextSecondary)
	top := (size.Height - 36) / 2
	place(r.title, pickWords, top, room, 20)
	place(r.detail, pickWords, top+20, room, 16)
}

// Refresh reads state and colours again.
func (r *pickRenderer) Refresh() {
	c := r.c
	fill, stroke, width := look.Surface, look.Line, float32(1)
	if c.hovered {
		fill = look.Sunken
	}
	if c.picked {
		stroke, width = look.Accent, 2
	}
	r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = look.Color(fill), look.Color(stroke), width
	r.back.Refresh()
	setIcon(r.icon, c.icon, look.TextSecondary)
	r.chip.show(c.tone, c.mark, c.state, c.calm)
	if c.state == "" {
		for _, o := range r.chip.objects() {
			o.Hide()
		}
	}
	showRing(r.ring, c.focused)
	r.Layout(c.Size())
	canvas.Refresh(c)
}
