package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

var (
	_ fyne.Widget = (*Grid)(nil)
	_ Flowing     = (*Grid)(nil)
)

// Grid puts objects into columns of one width, as many as there is room for, and the others below. The objects of a row
// are as high as the highest.
type Grid struct {
	widget.BaseWidget

	least, gap float32
	most       int // columns
	objects    []fyne.CanvasObject
	width      float32 // the last one given
}

// NewGrid makes a grid of columns that are least wide or wider and stand gap apart; there are most of them at most, also
// when there are fewer objects.
func NewGrid(least, gap float32, most int, objects ...fyne.CanvasObject) *Grid {
	g := &Grid{least: least, gap: gap, most: most, objects: objects}
	g.ExtendBaseWidget(g)
	return g
}

// SetObjects replaces what the grid holds.
func (g *Grid) SetObjects(objects ...fyne.CanvasObject) {
	g.objects = objects
	g.Refresh()
}

// columns is how many fit into a width.
func (g *Grid) columns(width float32) int {
	return max(min(int((width+g.gap)/(g.least+g.gap)), g.most), 1)
}

// Resize remembers the width, which the height follows from.
func (g *Grid) Resize(size fyne.Size) {
	g.width = size.Width
	g.BaseWidget.Resize(size)
}

// HeightFor gives the height at a width.
func (g *Grid) HeightFor(width float32) float32 {
	h := float32(0)
	g.each(width, func(_ fyne.CanvasObject, _, y, _, high float32) { h = max(h, y+high) })
	return h
}

// each gives every object its place at a width.
func (g *Grid) each(width float32, put func(o fyne.CanvasObject, x, y, w, h float32)) {
	n := g.columns(width)
	w := (width - float32(n-1)*g.gap) / float32(n)
	y := float32(0)
	for from := 0; from < len(g.objects); from += n {
		row := g.objects[from:min(from+n, len(g.objects))]
		high := float32(0)
		for _, o := range row {
			high = max(high, heightFor(o, w))
		}
		for i, o := range row {
			put(o, float32(i)*(w+g.gap), y, w, high)
		}
		y += high + g.gap
	}
}

// CreateRenderer is called by Fyne.
func (g *Grid) CreateRenderer() fyne.WidgetRenderer {
	g.ExtendBaseWidget(g)
	return &gridRenderer{g}
}

type gridRenderer struct{ g *Grid }

// Destroy has nothing to release.
func (r *gridRenderer) Destroy() {}

// Objects gives what the grid holds.
func (r *gridRenderer) Objects() []fyne.CanvasObject { return r.g.objects }

// MinSize is one column, and the height at the last width given.
func (r *gridRenderer) MinSize() fyne.Size {
	w := float32(0)
	for _, o := range r.g.objects {
		w = max(w, o.MinSize().Width)
	}
	return fyne.NewSize(w, r.g.HeightFor(max(r.g.width, w)))
}

// Layout places the objects.
func (r *gridRenderer) Layout(size fyne.Size) {
	r.g.each(size.Width, func(o fyne.CanvasObject, x, y, w, h float32) { place(o, x, y, w, h) })
}

// Refresh lays out again and refreshes what the grid holds. The grid itself is told to the canvas, which does not know
// objects that are new.
func (r *gridRenderer) Refresh() {
	r.Layout(r.g.Size())
	for _, o := range r.g.objects {
		o.Refresh()
	}
	canvas.Refresh(r.g)
}
