package widgets

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

const (
	chipPad  float32 = 7 // the filling overflows by this on the left of the icon, so that icons align with column titles
	chipIcon float32 = 14
	chipGap  float32 = 5
	chipEnd  float32 = 9
)

var _ fyne.Widget = (*Chip)(nil)

// Chip shows a state: icon, word and tone. A calm chip has no filling and colours its icon only.
type Chip struct {
	widget.BaseWidget

	icon look.Icon
	text string
	tone Tone
	calm bool
}

// NewChip makes a chip with a filling.
func NewChip(tone Tone, icon look.Icon, text string) *Chip {
	c := &Chip{tone: tone, icon: icon, text: text}
	c.ExtendBaseWidget(c)
	return c
}

// Set changes everything shown.
func (c *Chip) Set(tone Tone, icon look.Icon, text string, calm bool) {
	c.tone, c.icon, c.text, c.calm = tone, icon, text, calm
	c.Refresh()
}

// Text gives the word shown.
func (c *Chip) Text() string { return c.text }

// CreateRenderer is called by Fyne.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	r := &chipRenderer{c: c, face: newChipFace()}
	r.objects = r.face.objects()
	r.Refresh()
	return r
}

type chipRenderer struct {
	drawn
	c    *Chip
	face chipFace
}

// MinSize is the word, the icon and the padding.
func (r *chipRenderer) MinSize() fyne.Size {
	return fyne.NewSize(chipWidth(r.c.icon, r.c.text), look.HeightChip)
}

// Layout centres the chip vertically.
func (r *chipRenderer) Layout(size fyne.Size) {
	r.face.place(r.c.text, 0, (size.Height-look.HeightChip)/2, size.Width)
}

// Refresh reads state and colours again.
func (r *chipRenderer) Refresh() {
	r.face.show(r.c.tone, r.c.icon, r.c.text, r.c.calm)
	r.Layout(r.c.Size())
	canvas.Refresh(r.c)
}

// chipFace draws a chip; list rows share it.
type chipFace struct {
	back *canvas.Rectangle
	icon *canvas.Image
	text *canvas.Text
}

func newChipFace() chipFace {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = look.HeightChip / 2
	return chipFace{back, newIcon(), newText(look.SizeSmall, false)}
}

func (f chipFace) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{f.back, f.icon, f.text}
}

func chipWidth(icon look.Icon, text string) float32 {
	w := chipPad + textWidth(text, look.SizeSmall, false) + chipEnd
	if icon != "" {
		w += chipIcon + chipGap
	}
	return w
}

// place puts the filling at x, y and keeps the whole within width; text, the whole word, is cut when it does not fit.
func (f chipFace) place(text string, x, y, width float32) {
	inner := x + chipPad
	if f.icon.Visible() {
		place(f.icon, inner, y+(look.HeightChip-chipIcon)/2, chipIcon, chipIcon)
		inner += chipIcon + chipGap
	}
	room := x + width - chipEnd - inner
	cut := Truncated(text, look.SizeSmall, false, room+1)
	if cut != f.text.Text {
		f.text.Text = cut
		f.text.Refresh()
	}
	w := textWidth(cut, look.SizeSmall, false)
	place(f.text, inner, y, w, look.HeightChip)
	place(f.back, x, y, inner-x+w+chipEnd, look.HeightChip)
}

func (f chipFace) show(tone Tone, icon look.Icon, text string, calm bool) {
	front, fill, strong := tone.colours()
	if calm {
		setFill(f.back, color.NRGBA{})
		setText(f.text, text, look.TextSecondary)
		setIcon(f.icon, icon, strong)
	} else {
		setFill(f.back, look.Color(fill))
		setText(f.text, text, front)
		setIcon(f.icon, icon, front)
	}
	f.back.Show()
	f.text.Show()
}

var _ fyne.Widget = (*Badge)(nil)

// Badge shows a short text, most often a number, in a pill.
type Badge struct {
	widget.BaseWidget

	text string
	// Active is the look inside an active item: surface on accent.
	active bool
	large  bool
}

// NewBadge makes the badge of 20 of rails and tabs.
func NewBadge(text string) *Badge {
	b := &Badge{text: text}
	b.ExtendBaseWidget(b)
	return b
}

// NewTitleBadge makes the badge of 24 beside a page's title.
func NewTitleBadge(text string) *Badge {
	b := &Badge{text: text, large: true}
	b.ExtendBaseWidget(b)
	return b
}

// Count gives the text of a badge that counts: nothing for 0, "99+" above 99.
func Count(n int) string {
	switch {
	case n <= 0:
		return ""
	case n > 99:
		return "99+"
	default:
		return strconv.Itoa(n)
	}
}

// SetText changes the text; an empty one hides the badge.
func (b *Badge) SetText(text string) {
	b.text = text
	if text == "" {
		b.Hide()
	} else {
		b.Show()
	}
	b.Refresh()
}

// SetActive changes to the look inside an active item.
func (b *Badge) SetActive(on bool) {
	b.active = on
	b.Refresh()
}

// CreateRenderer is called by Fyne.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	b.ExtendBaseWidget(b)
	r := &badgeRenderer{b: b, back: canvas.NewRectangle(color.Transparent), text: newText(look.SizeCaption, false)}
	if b.large {
		r.text.TextSize = look.SizeSmall
	}
	r.text.Alignment = fyne.TextAlignCenter
	r.objects = []fyne.CanvasObject{r.back, r.text}
	r.Refresh()
	return r
}

type badgeRenderer struct {
	drawn
	b    *Badge
	back *canvas.Rectangle
	text *canvas.Text
}

func (r *badgeRenderer) height() float32 {
	if r.b.large {
		return look.HeightChip
	}
	return look.HeightBadge
}

// MinSize is a circle for one digit, a pill for more.
func (r *badgeRenderer) MinSize() fyne.Size {
	pad := float32(12)
	if r.b.large {
		pad = 20
	}
	h := r.height()
	return fyne.NewSize(max(h, r.text.MinSize().Width+pad), h)
}

// Layout centres the pill.
func (r *badgeRenderer) Layout(size fyne.Size) {
	h := r.height()
	r.back.CornerRadius = h / 2
	placeMiddle(r.back, 0, size.Height, size.Width, h)
	placeMiddle(r.text, 0, size.Height, size.Width, h)
}

// Refresh reads state and colours again.
func (r *badgeRenderer) Refresh() {
	fill, front := look.Line, look.TextSecondary
	switch {
	case r.b.active:
		fill, front = look.Surface, look.AccentText
	case r.b.large:
		fill = look.Fill
	}
	setFill(r.back, look.Color(fill))
	setText(r.text, r.b.text, front)
	canvas.Refresh(r.b)
}
