package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// EmptyParams says what an empty state shows; everything but Title may be left out.
type EmptyParams struct {
	// Illustration comes first; without it Icon is shown in a tile.
	Illustration    fyne.CanvasObject
	Icon            look.Icon
	Title, Sentence string
	// Primary and Secondary are made 40 high.
	Primary, Secondary *Button
	// Hint is a framed remark: what else can be done.
	HintIcon look.Icon
	Hint     string
	Link     *Button
}

var _ fyne.Widget = (*EmptyState)(nil)

// EmptyState fills a screen that has nothing to show: what will appear here, and how to begin.
type EmptyState struct {
	widget.BaseWidget

	parts    []fyne.CanvasObject
	gaps     []float32 // above each part
	pictured bool      // the first part is a picture
}

// NewEmptyState makes one.
func NewEmptyState(p EmptyParams) *EmptyState {
	e := &EmptyState{}
	add := func(gap float32, o fyne.CanvasObject) {
		e.parts, e.gaps = append(e.parts, o), append(e.gaps, gap)
	}
	switch {
	case p.Illustration != nil:
		add(0, p.Illustration)
	case p.Icon != "":
		add(0, NewIconTile(p.Icon, Info, 72))
	}
	e.pictured = len(e.parts) > 0
	add(36, NewWord(p.Title, look.SizeTitle, look.Text).Bold())
	if p.Sentence != "" {
		sentence := NewParagraph(p.Sentence, look.SizeBody, look.TextSecondary)
		sentence.centred = true
		add(8, sentence)
	}
	var buttons []LineCell
	for _, b := range []*Button{p.Primary, p.Secondary} {
		if b != nil {
			b.Height = look.HeightEmpty
			buttons = append(buttons, Own(b))
		}
	}
	if len(buttons) > 0 {
		add(28, NewLine(12, buttons...))
	}
	if p.Hint != "" {
		hint := NewPanel(Insets{Top: 10, Bottom: 10, Left: 16, Right: 16}, NewLine(
			8, Own(NewIconImage(p.HintIcon, 18, look.TextSecondary)), Own(NewWord(p.Hint, look.SizeBody, look.TextSecondary)),
		))
		hint.fill, hint.radius = look.Sunken, look.RadiusItem
		add(32, hint)
	}
	if p.Link != nil {
		add(20, p.Link)
	}
	e.ExtendBaseWidget(e)
	return e
}

// CreateRenderer is called by Fyne.
func (e *EmptyState) CreateRenderer() fyne.WidgetRenderer {
	e.ExtendBaseWidget(e)
	return &emptyRenderer{drawn: drawn{e.parts}, e: e}
}

type emptyRenderer struct {
	drawn
	e *EmptyState
	// low is set where there is no height for the picture.
	low bool
}

func (r *emptyRenderer) height(width float32) float32 {
	h := float32(0)
	for i, o := range r.e.parts {
		if i > 0 || !r.low {
			h += r.gap(i) + r.size(o, width).Height
		}
	}
	return h
}

// emptyMargin is the least space left and right of the words, in units.
const emptyMargin float32 = 16

// size is what a part takes of a width: the title is cut where it does not fit, the sentence goes on below.
func (r *emptyRenderer) size(o fyne.CanvasObject, width float32) fyne.Size {
	t, ok := o.(*Text)
	if !ok {
		return o.MinSize()
	}
	room := max(width-2*emptyMargin, 0)
	return fyne.NewSize(min(lineWidth(t.text, t.size, t.bold)+1, room), t.HeightFor(room))
}

func (r *emptyRenderer) gap(i int) float32 {
	if i == 0 || i == 1 && r.low {
		return 0
	}
	return r.e.gaps[i]
}

// MinSize is the widest part but the words.
func (r *emptyRenderer) MinSize() fyne.Size {
	w := float32(0)
	for _, o := range r.e.parts {
		if _, words := o.(*Text); !words {
			w = max(w, o.MinSize().Width)
		}
	}
	width := r.e.Size().Width
	if width == 0 {
		width = 480
	}
	return fyne.NewSize(w, r.height(width))
}

// Layout centres the parts, a little above the middle.
func (r *emptyRenderer) Layout(size fyne.Size) {
	r.low = false
	r.low = r.e.pictured && r.height(size.Width) > size.Height
	y := max((size.Height-r.height(size.Width))/2-18, 0)
	for i, o := range r.e.parts {
		if i == 0 && r.e.pictured {
			if r.low {
				o.Hide()
				continue
			}
			o.Show()
		}
		m := r.size(o, size.Width)
		y += r.gap(i)
		place(o, (size.Width-m.Width)/2, y, m.Width, m.Height)
		y += m.Height
	}
}

// Refresh refreshes the parts.
func (r *emptyRenderer) Refresh() {
	for _, o := range r.e.parts {
		o.Refresh()
	}
	r.Layout(r.e.Size())
	canvas.Refresh(r.e)
}

var _ fyne.Widget = (*IconTile)(nil)

// IconTile is an icon on a rounded square in a tone.
type IconTile struct {
	widget.BaseWidget

	icon look.Icon
	tone Tone
	size float32
}

// NewIconTile makes a tile of a size.
func NewIconTile(icon look.Icon, tone Tone, size float32) *IconTile {
	t := &IconTile{icon: icon, tone: tone, size: size}
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer is called by Fyne.
func (t *IconTile) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	r := &iconTileRenderer{t: t, back: canvas.NewRectangle(color.Transparent), icon: newIcon()}
	r.objects = []fyne.CanvasObject{r.back, r.icon}
	r.Refresh()
	return r
}

type iconTileRenderer struct {
	drawn
	t    *IconTile
	back *canvas.Rectangle
	icon *canvas.Image
}

// MinSize is the tile.
func (r *iconTileRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.t.size) }

// Layout centres the icon at half the tile's size.
func (r *iconTileRenderer) Layout(size fyne.Size) {
	s := r.t.size
	r.back.CornerRadius = max(look.RadiusField, s/6)
	x, y := (size.Width-s)/2, (size.Height-s)/2
	place(r.back, x, y, s, s)
	place(r.icon, x+s/4, y+s/4, s/2, s/2)
}

// Refresh reads the colours again.
func (r *iconTileRenderer) Refresh() {
	front, fill, _ := r.t.tone.colours()
	setFill(r.back, look.Color(fill))
	setIcon(r.icon, r.t.icon, front)
	canvas.Refresh(r.t)
}

var _ fyne.Widget = (*Illustration)(nil)

// Illustration is the picture of first use: a sheet, what becomes of it, and three places kept up to date.
type Illustration struct {
	widget.BaseWidget

	icon look.Icon
}

// NewIllustration makes the picture with an icon in its middle.
func NewIllustration(icon look.Icon) *Illustration {
	i := &Illustration{icon: icon}
	i.ExtendBaseWidget(i)
	return i
}

// CreateRenderer is called by Fyne.
func (i *Illustration) CreateRenderer() fyne.WidgetRenderer {
	i.ExtendBaseWidget(i)
	r := &illustrationRenderer{i: i, lines: newIcon(), sheet: newIcon(), tile: canvas.NewRectangle(color.Transparent), icon: newIcon(), ticks: newIcon()}
	r.tile.CornerRadius = 18
	r.objects = []fyne.CanvasObject{r.lines, r.sheet, r.tile, r.icon, r.ticks}
	r.Refresh()
	return r
}

type illustrationRenderer struct {
	drawn
	i                         *Illustration
	lines, sheet, icon, ticks *canvas.Image
	tile                      *canvas.Rectangle
}

// MinSize is the picture's 260 by 130.
func (r *illustrationRenderer) MinSize() fyne.Size { return fyne.NewSize(260, 130) }

// Layout lays the layers over each other.
func (r *illustrationRenderer) Layout(size fyne.Size) {
	x, y := (size.Width-260)/2, (size.Height-130)/2
	for _, layer := range []*canvas.Image{r.lines, r.sheet, r.ticks} {
		place(layer, x, y, 260, 130)
	}
	place(r.tile, x+105, y+29, 72, 72)
	place(r.icon, x+123, y+47, 36, 36)
}

// Refresh reads the colours again.
func (r *illustrationRenderer) Refresh() {
	setIcon(r.lines, look.PictureLines, look.ButtonBorder)
	setIcon(r.sheet, look.PictureSheet, look.FieldBorder)
	setIcon(r.ticks, look.PictureTicks, look.Success)
	setIcon(r.icon, r.i.icon, look.OnAccent)
	setFill(r.tile, look.Color(look.Accent))
	canvas.Refresh(r.i)
}
