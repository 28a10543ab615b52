package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// listHeader shows the tri-state check and the column titles of a SelectList.
type listHeader struct {
	widget.BaseWidget

	list   *SelectList
	check  *Check
	titles []*columnTitle
}

func newListHeader(l *SelectList) *listHeader {
	h := &listHeader{list: l}
	h.check = NewCheck("", func(bool) {
		if l.OnToggleAll != nil {
			l.OnToggleAll()
		}
		h.Refresh() // the owner may have chosen another state than the check's own
	})
	h.rebuild()
	h.ExtendBaseWidget(h)
	return h
}

func (h *listHeader) rebuild() {
	h.titles = nil
	for _, c := range h.list.columns {
		h.titles = append(h.titles, newColumnTitle(h.list, c))
	}
}

// CreateRenderer is called by Fyne.
func (h *listHeader) CreateRenderer() fyne.WidgetRenderer {
	h.ExtendBaseWidget(h)
	r := &headerRenderer{h: h, back: canvas.NewRectangle(color.Transparent), top: canvas.NewRectangle(color.Transparent), bottom: canvas.NewRectangle(color.Transparent)}
	r.Refresh()
	return r
}

type headerRenderer struct {
	drawn
	h                 *listHeader
	back, top, bottom *canvas.Rectangle
}

// MinSize is the height of a header.
func (r *headerRenderer) MinSize() fyne.Size { return fyne.NewSize(0, look.HeightColumns) }

// Layout follows the list's columns.
func (r *headerRenderer) Layout(size fyne.Size) {
	place(r.back, 0, 0, size.Width, size.Height)
	place(r.top, 0, 0, size.Width, 1)
	place(r.bottom, 0, size.Height-1, size.Width, 1)
	left, _ := r.h.list.margins()
	placeMiddle(r.h.check, left, size.Height, checkSize, checkTarget)
	for i, s := range r.h.list.spans() {
		place(r.h.titles[i], s.x, 1, max(s.width-columnGap/2, 0), size.Height-2)
	}
}

// Refresh reads state and colours again.
func (r *headerRenderer) Refresh() {
	r.objects = []fyne.CanvasObject{r.back, r.top, r.bottom, r.h.check}
	for _, t := range r.h.titles {
		r.objects = append(r.objects, t)
		t.Refresh()
	}
	setFill(r.back, look.Color(look.Sunken))
	r.top.Hidden = r.h.list.Framed
	if r.h.list.Framed {
		r.back.TopLeftCornerRadius, r.back.TopRightCornerRadius = look.RadiusPanel-1, look.RadiusPanel-1
	}
	setFill(r.top, look.Color(look.Line))
	setFill(r.bottom, look.Color(look.Line))
	r.h.check.Hidden = !r.h.list.Checkable
	if f := r.h.list.HeaderState; f != nil {
		r.h.check.SetState(f())
	}
	r.h.check.Refresh()
	r.Layout(r.h.Size())
	canvas.Refresh(r.h)
}

var _ pressableWidget = (*columnTitle)(nil)

// columnTitle is one title; a sortable one can be pressed.
type columnTitle struct {
	pressable

	list   *SelectList
	column ListColumn
}

func newColumnTitle(l *SelectList, c ListColumn) *columnTitle {
	t := &columnTitle{list: l, column: c}
	t.setUp(t, func() {
		if l.OnSort != nil {
			l.OnSort(c.ID)
		}
	})
	if !c.Sortable {
		t.Disable() // nothing to press, and nothing to stop at with Tab
	}
	return t
}

// AccessibilityLabel gives the title.
func (t *columnTitle) AccessibilityLabel() string { return t.column.Title }

// CreateRenderer is called by Fyne.
func (t *columnTitle) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	r := &titleRenderer{t: t, text: newText(look.SizeSmall, false), arrow: newIcon(), ring: newRing(look.RadiusCheck)}
	r.objects = []fyne.CanvasObject{r.ring, r.text, r.arrow}
	r.Refresh()
	return r
}

type titleRenderer struct {
	drawn
	t     *columnTitle
	text  *canvas.Text
	arrow *canvas.Image
	ring  *canvas.Rectangle
}

// MinSize lets the column decide.
func (r *titleRenderer) MinSize() fyne.Size { return fyne.NewSize(0, 16) }

const sortArrow float32 = 12

func (r *titleRenderer) sorted() bool { return r.t.column.ID != "" && r.t.list.sorted == r.t.column.ID }

// Layout cuts the title to the column.
func (r *titleRenderer) Layout(size fyne.Size) {
	room := size.Width
	if r.sorted() {
		room -= sortArrow + 4
	}
	name := look.TextSecondary
	if r.sorted() || r.t.hovered && r.t.column.Sortable {
		name = look.Text
	}
	cut := Truncated(r.t.column.Title, look.SizeSmall, false, room)
	setText(r.text, cut, name)
	w, x := textWidth(cut, look.SizeSmall, false), float32(0)
	if r.t.column.Trailing {
		x = room - w
	}
	placeMiddle(r.text, x, size.Height, w, 20)
	placeMiddle(r.arrow, x+w+4, size.Height, sortArrow, sortArrow)
	placeRing(r.ring, x, 8, w, size.Height-16)
}

// Refresh reads state and colours again.
func (r *titleRenderer) Refresh() {
	icon := look.Icon("")
	if r.sorted() {
		icon = look.IconChevronUp
		if r.t.list.downward {
			icon = look.IconChevronDown
		}
	}
	setIcon(r.arrow, icon, look.TextSecondary)
	showRing(r.ring, r.t.focused && r.t.column.Sortable)
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}

var _ fyne.Draggable = (*thumb)(nil)

// slide is where something that scrolls stands, in units: a view below a top, as high as view, on a total height.
type slide struct {
	top, view, width float32
	total, offset    float64
}

// sliding is what a thumb moves.
type sliding interface {
	slide() slide
	slideTo(y float64)
}

// thumb is the part of a scroll bar that is dragged.
type thumb struct {
	widget.BaseWidget

	of sliding
}

func newThumb(of sliding) *thumb {
	t := &thumb{of: of}
	t.ExtendBaseWidget(t)
	return t
}

const (
	thumbWidth float32 = 12 // to hit; what is drawn is 5 wide
	thumbLeast float32 = 40
	thumbGap   float32 = 4
)

// travel gives the thumb's length, the room it moves in and what it scrolls by meanwhile.
func (t *thumb) travel() (length, free float32, scrolls float64) {
	s := t.of.slide()
	track := s.view - 2*thumbGap
	length = max(float32(float64(track)*float64(s.view)/max(s.total, 1)), thumbLeast)
	return length, max(track-length, 0), max(s.total-float64(s.view), 0)
}

func (t *thumb) arrange() {
	length, free, scrolls := t.travel()
	if scrolls <= 0 {
		t.Hide()
		return
	}
	t.Show()
	s := t.of.slide()
	place(t, s.width-thumbWidth, s.top+thumbGap+free*float32(s.offset/scrolls), thumbWidth, length)
}

// Dragged scrolls in proportion.
func (t *thumb) Dragged(ev *fyne.DragEvent) {
	if _, free, scrolls := t.travel(); free > 0 {
		t.of.slideTo(t.of.slide().offset + float64(ev.Dragged.DY)*scrolls/float64(free))
	}
}

// DragEnd changes nothing.
func (t *thumb) DragEnd() {}

// CreateRenderer is called by Fyne.
func (t *thumb) CreateRenderer() fyne.WidgetRenderer {
	bar := canvas.NewRectangle(color.Transparent)
	bar.CornerRadius = 2.5
	r := &thumbRenderer{drawn{[]fyne.CanvasObject{bar}}, t, bar}
	r.Refresh()
	return r
}

type thumbRenderer struct {
	drawn
	t   *thumb
	bar *canvas.Rectangle
}

// MinSize is that of a thumb for many rows.
func (r *thumbRenderer) MinSize() fyne.Size { return fyne.NewSize(thumbWidth, thumbLeast) }

// Layout draws the bar 3 units from the edge.
func (r *thumbRenderer) Layout(size fyne.Size) { place(r.bar, size.Width-8, 0, 5, size.Height) }

// Refresh reads the colour again.
func (r *thumbRenderer) Refresh() {
	setFill(r.bar, look.ScrollBar())
	canvas.Refresh(r.t)
}
