package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Flowing is an object whose height follows from its width: wrapped words, and columns that hold some.
type Flowing interface {
	HeightFor(width float32) float32
}

// heightFor gives the height of any object at a width.
func heightFor(o fyne.CanvasObject, width float32) float32 {
	if f, ok := o.(Flowing); ok {
		return f.HeightFor(width)
	}
	return o.MinSize().Height
}

// Insets is the space around something, in units.
type Insets struct{ Top, Right, Bottom, Left float32 }

var (
	_ fyne.Widget = (*Column)(nil)
	_ Flowing     = (*Column)(nil)
)

// Column puts objects under each other at full width. Unlike a VBox it gives wrapped words the height they need at the
// width they have. Objects that are hidden or have no height take no room, gap included.
type Column struct {
	widget.BaseWidget

	gap     float32
	pad     Insets
	objects []fyne.CanvasObject
	width   float32 // the last one given
}

// NewColumn makes a column of objects that stand gap apart.
func NewColumn(gap float32, objects ...fyne.CanvasObject) *Column {
	return NewPaddedColumn(gap, Insets{}, objects...)
}

// NewPaddedColumn makes a column with space around.
func NewPaddedColumn(gap float32, pad Insets, objects ...fyne.CanvasObject) *Column {
	c := &Column{gap: gap, pad: pad, objects: objects}
	c.ExtendBaseWidget(c)
	return c
}

// SetObjects replaces what the column holds.
func (c *Column) SetObjects(objects ...fyne.CanvasObject) {
	c.objects = objects
	c.Refresh()
}

// Resize remembers the width, which the height follows from.
func (c *Column) Resize(size fyne.Size) {
	c.width = size.Width
	c.BaseWidget.Resize(size)
}

// HeightFor gives the height at a width.
func (c *Column) HeightFor(width float32) float32 {
	inner := width - c.pad.Left - c.pad.Right
	h, n := float32(0), 0
	for _, o := range c.objects {
		if !o.Visible() {
			continue
		}
		if oh := heightFor(o, inner); oh > 0 {
			h += oh
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return h + float32(n-1)*c.gap + c.pad.Top + c.pad.Bottom
}

// CreateRenderer is called by Fyne.
func (c *Column) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	return &columnRenderer{c: c}
}

type columnRenderer struct{ c *Column }

// Destroy has nothing to release.
func (r *columnRenderer) Destroy() {}

// Objects gives what the column holds.
func (r *columnRenderer) Objects() []fyne.CanvasObject { return r.c.objects }

// MinSize is the widest object's width, and the height at the last width given.
func (r *columnRenderer) MinSize() fyne.Size {
	w := float32(0)
	for _, o := range r.c.objects {
		if o.Visible() {
			w = max(w, o.MinSize().Width)
		}
	}
	w += r.c.pad.Left + r.c.pad.Right
	return fyne.NewSize(w, r.c.HeightFor(max(r.c.width, w)))
}

// Layout places the objects.
func (r *columnRenderer) Layout(size fyne.Size) {
	pad := r.c.pad
	inner := size.Width - pad.Left - pad.Right
	y := pad.Top
	for _, o := range r.c.objects {
		if !o.Visible() {
			continue
		}
		h := heightFor(o, inner)
		place(o, pad.Left, y, inner, h)
		if h > 0 {
			y += h + r.c.gap
		}
	}
}

// Refresh lays out again and refreshes what the column holds.
func (r *columnRenderer) Refresh() {
	r.Layout(r.c.Size())
	for _, o := range r.c.objects {
		o.Refresh()
	}
	canvas.Refresh(r.c) // objects that are new have no canvas yet and cannot ask for a repaint themselves
}
