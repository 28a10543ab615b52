package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

var (
	_ fyne.Widget = (*Panel)(nil)
	_ Flowing     = (*Panel)(nil)
)

// Panel puts a surface behind its content: a bordered card, or a plain ground in a token's colour.
type Panel struct {
	widget.BaseWidget

	content fyne.CanvasObject
	pad     Insets
	fill    fyne.ThemeColorName
	stroke  fyne.ThemeColorName // "" for none
	radius  float32
}

// NewPanel makes a bordered card of radius 10.
func NewPanel(pad Insets, content fyne.CanvasObject) *Panel {
	p := &Panel{content: content, pad: pad, fill: look.Surface, stroke: look.Line, radius: look.RadiusPanel}
	p.ExtendBaseWidget(p)
	return p
}

// NewGround makes a plain surface in a token's colour.
func NewGround(fill fyne.ThemeColorName, content fyne.CanvasObject) *Panel {
	p := NewPanel(Insets{}, content)
	p.fill, p.stroke, p.radius = fill, "", 0
	return p
}

// SetFill changes the surface.
func (p *Panel) SetFill(fill fyne.ThemeColorName) {
	p.fill = fill
	p.Refresh()
}

// HeightFor gives the height at a width.
func (p *Panel) HeightFor(width float32) float32 {
	return heightFor(p.content, width-p.pad.Left-p.pad.Right) + p.pad.Top + p.pad.Bottom
}

// CreateRenderer is called by Fyne.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	p.ExtendBaseWidget(p)
	r := &panelRenderer{p: p, back: canvas.NewRectangle(color.Transparent)}
	r.objects = []fyne.CanvasObject{r.back, p.content}
	r.paint()
	return r
}

type panelRenderer struct {
	drawn
	p    *Panel
	back *canvas.Rectangle
}

// MinSize is the content and the padding.
func (r *panelRenderer) MinSize() fyne.Size {
	return r.p.content.MinSize().AddWidthHeight(r.p.pad.Left+r.p.pad.Right, r.p.pad.Top+r.p.pad.Bottom)
}

// Layout fills the surface.
func (r *panelRenderer) Layout(size fyne.Size) {
	pad := r.p.pad
	r.back.Resize(size)
	place(r.p.content, pad.Left, pad.Top, max(size.Width-pad.Left-pad.Right, 0), max(size.Height-pad.Top-pad.Bottom, 0))
}

func (r *panelRenderer) paint() {
	r.back.FillColor, r.back.CornerRadius = look.Color(r.p.fill), r.p.radius
	if r.p.stroke != "" {
		r.back.StrokeColor, r.back.StrokeWidth = look.Color(r.p.stroke), 1
	}
	r.back.Refresh()
}

// Refresh reads the colours again.
func (r *panelRenderer) Refresh() {
	r.paint()
	r.Layout(r.p.Size())
	r.p.content.Refresh()
	canvas.Refresh(r.p)
}

var _ fyne.Widget = (*Rule)(nil)

// Rule is a level line of 1 between two things.
type Rule struct {
	widget.BaseWidget
}

// NewRule makes a level line.
func NewRule() *Rule {
	r := &Rule{}
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is called by Fyne.
func (u *Rule) CreateRenderer() fyne.WidgetRenderer {
	u.ExtendBaseWidget(u)
	bar := canvas.NewRectangle(look.Color(look.Line))
	return &ruleRenderer{drawn{[]fyne.CanvasObject{bar}}, bar}
}

type ruleRenderer struct {
	drawn
	bar *canvas.Rectangle
}

// MinSize is 1 across.
func (r *ruleRenderer) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// Layout fills the line.
func (r *ruleRenderer) Layout(size fyne.Size) { r.bar.Resize(size) }

// Refresh reads the colour again.
func (r *ruleRenderer) Refresh() { setFill(r.bar, look.Color(look.Line)) }

var _ fyne.Widget = (*IconImage)(nil)

// IconImage shows an icon alone, beside words that say the same.
type IconImage struct {
	widget.BaseWidget

	icon   look.Icon
	colour fyne.ThemeColorName
	size   float32
}

// NewIconImage makes an icon of a size in a token's colour.
func NewIconImage(icon look.Icon, size float32, colour fyne.ThemeColorName) *IconImage {
	i := &IconImage{icon: icon, size: size, colour: colour}
	i.ExtendBaseWidget(i)
	return i
}

// NewStatusIcon makes the icon of 14 of a state in its tone's strong colour.
func NewStatusIcon(tone Tone, icon look.Icon) *IconImage {
	_, _, strong := tone.colours()
	return NewIconImage(icon, chipIcon, strong)
}

// Set changes icon and colour.
func (i *IconImage) Set(icon look.Icon, colour fyne.ThemeColorName) {
	i.icon, i.colour = icon, colour
	i.Refresh()
}

// SetTone changes the icon, in the tone's strong colour.
func (i *IconImage) SetTone(tone Tone, icon look.Icon) {
	_, _, strong := tone.colours()
	i.Set(icon, strong)
}

// CreateRenderer is called by Fyne.
func (i *IconImage) CreateRenderer() fyne.WidgetRenderer {
	i.ExtendBaseWidget(i)
	r := &iconRenderer{i: i, img: newIcon()}
	r.objects = []fyne.CanvasObject{r.img}
	r.Refresh()
	return r
}

type iconRenderer struct {
	drawn
	i   *IconImage
	img *canvas.Image
}

// MinSize is the icon's square.
func (r *iconRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.i.size) }

// Layout centres the icon.
func (r *iconRenderer) Layout(size fyne.Size) {
	place(r.img, (size.Width-r.i.size)/2, (size.Height-r.i.size)/2, r.i.size, r.i.size)
}

// Refresh reads the colour again.
func (r *iconRenderer) Refresh() {
	setIcon(r.img, r.i.icon, r.i.colour)
	canvas.Refresh(r.i)
}
