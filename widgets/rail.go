package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// RailItem is one destination of the rail.
type RailItem struct {
	ID, Text string
	Icon     look.Icon
	// Divided items have a separator above them.
	Divided bool
}

var _ fyne.Widget = (*Rail)(nil)

// Rail is the window's left side, 208 wide: brand, destinations with what awaits a decision, and the workspace.
type Rail struct {
	widget.BaseWidget

	brand     string
	items     []*railItem
	workspace *workspaceBlock
}

// NewRail makes a rail; chosen is called with the ID of the item pressed.
func NewRail(brand string, items []RailItem, chosen func(id string)) *Rail {
	r := &Rail{brand: brand, workspace: newWorkspaceBlock()}
	for _, it := range items {
		item := &railItem{item: it, badge: NewBadge("")}
		item.badge.Hide()
		item.setUp(item, func() {
			if chosen != nil {
				chosen(item.item.ID)
			}
		})
		r.items = append(r.items, item)
	}
	r.ExtendBaseWidget(r)
	return r
}

// SetActive shows which destination is on screen.
func (r *Rail) SetActive(id string) {
	for _, it := range r.items {
		it.active = it.item.ID == id
		it.badge.SetActive(it.active)
		it.Refresh()
	}
}

// SetBadge shows what awaits a decision at a destination; "" for nothing.
func (r *Rail) SetBadge(id, text string) {
	for _, it := range r.items {
		if it.item.ID == id {
			it.badge.SetText(text)
			it.Refresh()
		}
	}
}

// SetWorkspace shows the workspace's initials, name and state at the bottom; pressing it calls tapped, which may be nil.
func (r *Rail) SetWorkspace(initials, name string, tone Tone, icon look.Icon, state string, tapped func()) {
	w := r.workspace
	w.initials, w.name, w.tone, w.icon, w.state, w.press = initials, name, tone, icon, state, tapped
	w.Refresh()
}

// CreateRenderer is called by Fyne.
func (r *Rail) CreateRenderer() fyne.WidgetRenderer {
	r.ExtendBaseWidget(r)
	v := &railRenderer{
		r: r, back: canvas.NewRectangle(color.Transparent), edge: canvas.NewRectangle(color.Transparent),
		divider: canvas.NewRectangle(color.Transparent), bottom: canvas.NewRectangle(color.Transparent),
		tile: canvas.NewRectangle(color.Transparent), mark: newIcon(), word: newText(look.SizeSubtitle, true),
	}
	v.tile.CornerRadius = 7
	v.objects = []fyne.CanvasObject{v.back, v.edge, v.tile, v.mark, v.word, v.divider, v.bottom}
	for _, it := range r.items {
		v.objects = append(v.objects, it)
	}
	v.objects = append(v.objects, r.workspace)
	v.Refresh()
	return v
}

type railRenderer struct {
	drawn
	r                                 *Rail
	back, edge, divider, bottom, tile *canvas.Rectangle
	mark                              *canvas.Image
	word                              *canvas.Text
}

const (
	railInset  float32 = 12
	railItemH  float32 = 36
	railPitch  float32 = 40
	railBottom float32 = 64
)

// MinSize is 208 wide.
func (v *railRenderer) MinSize() fyne.Size {
	return fyne.NewSize(look.WidthRail, look.HeightHeader+float32(len(v.r.items))*railPitch+33+railBottom)
}

// Layout stacks the items under the brand and puts the workspace at the bottom.
func (v *railRenderer) Layout(size fyne.Size) {
	place(v.back, 0, 0, size.Width, size.Height)
	place(v.edge, size.Width-1, 0, 1, size.Height)
	place(v.tile, 16, 18, 28, 28)
	place(v.mark, 20, 22, 20, 20)
	place(v.word, 56, 22, size.Width-56, 20)
	y, wide := look.HeightHeader, size.Width-2*railInset-1
	for i, it := range v.r.items {
		if it.item.Divided && i > 0 {
			place(v.divider, 24, y+12, size.Width-49, 1)
			y += 29
		}
		place(it, railInset, y, wide, railItemH)
		y += railPitch
	}
	place(v.bottom, railInset, size.Height-railBottom, wide, 1)
	place(v.r.workspace, railInset, size.Height-railBottom+8, wide, railBottom-16)
}

// Refresh reads the colours again.
func (v *railRenderer) Refresh() {
	setFill(v.back, look.Color(look.Rail))
	for _, line := range []*canvas.Rectangle{v.edge, v.divider, v.bottom} {
		setFill(line, look.Color(look.Line))
	}
	setFill(v.tile, look.Color(look.Accent))
	setIcon(v.mark, look.IconBrand, look.OnAccent)
	setText(v.word, v.r.brand, look.Text)
	for _, it := range v.r.items {
		it.Refresh()
	}
	v.r.workspace.Refresh()
	canvas.Refresh(v.r)
}

var _ pressableWidget = (*railItem)(nil)

type railItem struct {
	pressable

	item   RailItem
	active bool
	badge  *Badge
}

// AccessibilityLabel gives the words read aloud.
func (it *railItem) AccessibilityLabel() string { return it.item.Text }

// CreateRenderer is called by Fyne.
func (it *railItem) CreateRenderer() fyne.WidgetRenderer {
	it.ExtendBaseWidget(it)
	r := &railItemRenderer{it: it, back: canvas.NewRectangle(color.Transparent), icon: newIcon(), text: newText(look.SizeBody, false)}
	r.back.CornerRadius = look.RadiusItem
	r.objects = []fyne.CanvasObject{r.back, r.icon, r.text, it.badge}
	r.Refresh()
	return r
}

type railItemRenderer struct {
	drawn
	it   *railItem
	back *canvas.Rectangle
	icon *canvas.Image
	text *canvas.Text
}

// MinSize is one line of the rail.
func (r *railItemRenderer) MinSize() fyne.Size { return fyne.NewSize(120, railItemH) }

// Layout puts the icon at 12, the word at 42 and the badge at the right.
func (r *railItemRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	placeMiddle(r.icon, 12, size.Height, 18, 18)
	placeMiddle(r.text, 42, size.Height, size.Width-42, 20)
	w := r.it.badge.MinSize().Width
	placeMiddle(r.it.badge, size.Width-12-w, size.Height, w, look.HeightBadge)
}

// Refresh reads state and colours again.
func (r *railItemRenderer) Refresh() {
	fill, front, icon := color.Color(color.Transparent), look.Text, look.TextSecondary
	switch {
	case r.it.active:
		fill, front, icon = look.Color(look.AccentSoft), look.AccentText, look.AccentText
	case r.it.hovered:
		fill = look.Color(look.Fill)
	}
	r.back.FillColor = fill
	r.back.StrokeColor, r.back.StrokeWidth = color.Transparent, 0
	if r.it.focused {
		r.back.StrokeColor, r.back.StrokeWidth = look.Color(look.Accent), 2
	}
	r.back.Refresh()
	setIcon(r.icon, r.it.item.Icon, icon)
	restyle(r.text, look.SizeBody, r.it.active, false)
	setText(r.text, r.it.item.Text, front)
	r.it.badge.Refresh()
	r.Layout(r.it.Size())
	canvas.Refresh(r.it)
}

var _ pressableWidget = (*workspaceBlock)(nil)

// workspaceBlock is the foot of the rail.
type workspaceBlock struct {
	pressable

	initials, name, state string
	tone                  Tone
	icon                  look.Icon
}

func newWorkspaceBlock() *workspaceBlock {
	w := &workspaceBlock{}
	w.setUp(w, nil)
	return w
}

// AccessibilityLabel gives the words read aloud.
func (w *workspaceBlock) AccessibilityLabel() string { return w.name }

// CreateRenderer is called by Fyne.
func (w *workspaceBlock) CreateRenderer() fyne.WidgetRenderer {
	w.ExtendBaseWidget(w)
	r := &workspaceRenderer{
		w: w, ring: newRing(look.RadiusItem), tile: canvas.NewRectangle(color.Transparent), initials: newText(look.SizeSmall, true),
		name: newText(look.SizeBody, true), icon: newIcon(), state: newText(look.SizeSmall, false), arrows: newIcon(),
	}
	r.tile.CornerRadius, r.tile.StrokeWidth = look.RadiusItem, 1
	r.initials.Alignment = fyne.TextAlignCenter
	r.objects = []fyne.CanvasObject{r.ring, r.tile, r.initials, r.name, r.icon, r.state, r.arrows}
	r.Refresh()
	return r
}

type workspaceRenderer struct {
	drawn
	w                     *workspaceBlock
	ring, tile            *canvas.Rectangle
	initials, name, state *canvas.Text
	icon, arrows          *canvas.Image
}

// MinSize is the block's height.
func (r *workspaceRenderer) MinSize() fyne.Size { return fyne.NewSize(120, railBottom-16) }

// Layout puts the initials at the left, name over state, arrows at the right.
func (r *workspaceRenderer) Layout(size fyne.Size) {
	placeRing(r.ring, ringGap, ringGap, size.Width-2*ringGap, size.Height-2*ringGap)
	placeMiddle(r.tile, 0, size.Height, 32, 32)
	placeMiddle(r.initials, 0, size.Height, 32, 20)
	room := size.Width - 40 - 20
	setText(r.name, Truncated(r.w.name, look.SizeBody, true, room), look.Text)
	place(r.name, 40, size.Height/2-18, room, 20)
	place(r.icon, 40, size.Height/2+4, 12, 12)
	left := float32(40)
	if r.w.icon != "" {
		left += 16
	}
	setText(r.state, Truncated(r.w.state, look.SizeSmall, false, size.Width-20-left), look.TextSecondary)
	place(r.state, left, size.Height/2+1, size.Width-20-left, 18)
	placeMiddle(r.arrows, size.Width-17, size.Height, 16, 16)
}

// Refresh reads state and colours again.
func (r *workspaceRenderer) Refresh() {
	r.tile.FillColor, r.tile.StrokeColor = look.Color(look.Surface), look.Color(look.ButtonBorder)
	r.tile.Refresh()
	setText(r.initials, r.w.initials, look.TextSecondary)
	_, _, strong := r.w.tone.colours()
	setIcon(r.icon, r.w.icon, strong)
	arrows := look.IconChevrons
	if r.w.press == nil {
		arrows = ""
	}
	setIcon(r.arrows, arrows, look.TextSecondary)
	showRing(r.ring, r.w.focused && r.w.press != nil)
	r.Layout(r.w.Size())
	canvas.Refresh(r.w)
}
