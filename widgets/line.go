package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// LineCell is one place of a Line.
type LineCell struct {
	Object fyne.CanvasObject
	// Width is fixed when positive, the object's own when zero, and a share of what is left when negative (-2 takes twice
	// what -1 takes). An object that is hidden takes no room, unless its width is fixed.
	Width float32
	// Right puts an object of its own width at the right of a wider cell.
	Right bool
	// Top aligns with the top of the line instead of its middle.
	Top bool
	// Shrinks lets a cell of its own or fixed width get less when there is no room for all.
	Shrinks bool
	// Least is the width that a sharing cell keeps at the cost of those that shrink.
	Least float32
}

// Fixed makes a cell of a given width, filled by the object.
func Fixed(width float32, o fyne.CanvasObject) LineCell { return LineCell{Object: o, Width: width} }

// Own makes a cell of the object's own width.
func Own(o fyne.CanvasObject) LineCell { return LineCell{Object: o} }

// Share makes a cell that takes what is left.
func Share(o fyne.CanvasObject) LineCell { return LineCell{Object: o, Width: -1} }

// Shrinking makes a cell of the object's own width, or less when there is no room.
func Shrinking(o fyne.CanvasObject) LineCell { return LineCell{Object: o, Shrinks: true} }

// Space makes an empty cell that takes what is left.
func Space() LineCell { return LineCell{Width: -1} }

var (
	_ fyne.Widget = (*Line)(nil)
	_ Flowing     = (*Line)(nil)
)

// Line puts objects beside each other in columns of fixed, own or shared width.
type Line struct {
	widget.BaseWidget

	gap    float32
	height float32
	cells  []LineCell
	width  float32 // the last one given
}

// NewLine makes a line whose cells stand gap apart; it is as high as its highest cell.
func NewLine(gap float32, cells ...LineCell) *Line { return NewTallLine(0, gap, cells...) }

// NewTallLine makes a line that is at least height high.
func NewTallLine(height, gap float32, cells ...LineCell) *Line {
	l := &Line{gap: gap, height: height, cells: cells}
	l.ExtendBaseWidget(l)
	return l
}

// SetCells replaces the cells.
func (l *Line) SetCells(cells ...LineCell) {
	l.cells = cells
	l.Refresh()
}

// Resize remembers the width, which the height follows from.
func (l *Line) Resize(size fyne.Size) {
	l.width = size.Width
	l.BaseWidget.Resize(size)
}

// shown tells whether a cell takes room.
func (c LineCell) shown() bool {
	return c.Object == nil && c.Width != 0 || c.Object != nil && (c.Object.Visible() || c.Width > 0)
}

// own gives the width that a cell asks for before sharing.
func (c LineCell) own() float32 {
	switch {
	case c.Width > 0:
		return c.Width
	case c.Object == nil:
		return 0
	}
	return c.Object.MinSize().Width
}

// widths gives each cell its width; those that are not shown get -1.
func (l *Line) widths(total float32) []float32 {
	ws := make([]float32, len(l.cells))
	left, shares, n := total, float32(0), 0
	for i, c := range l.cells {
		switch {
		case !c.shown():
			ws[i] = -1
			continue
		case c.Width < 0:
			shares -= c.Width
		default:
			ws[i] = c.own()
			left -= ws[i]
		}
		n++
	}
	left -= float32(max(n-1, 0)) * l.gap
	least := float32(0)
	for _, c := range l.cells {
		if c.Width < 0 && c.shown() {
			least += c.Least
		}
	}
	for i, c := range l.cells {
		if left < least && ws[i] > 0 && c.Shrinks {
			less := min(least-left, ws[i])
			ws[i], left = ws[i]-less, left+less
		}
	}
	left = max(left, 0)
	for i, c := range l.cells {
		if ws[i] >= 0 && c.Width < 0 {
			ws[i] = left * -c.Width / shares
		}
	}
	return ws
}

// HeightFor gives the height at a width.
func (l *Line) HeightFor(width float32) float32 {
	h := l.height
	for i, w := range l.widths(width) {
		if w >= 0 && l.cells[i].Object != nil && l.cells[i].Object.Visible() {
			h = max(h, heightFor(l.cells[i].Object, w))
		}
	}
	return h
}

// CreateRenderer is called by Fyne.
func (l *Line) CreateRenderer() fyne.WidgetRenderer {
	l.ExtendBaseWidget(l)
	return &lineRenderer{l}
}

type lineRenderer struct{ l *Line }

// Destroy has nothing to release.
func (lr *lineRenderer) Destroy() {}

// Objects gives what the line holds.
func (lr *lineRenderer) Objects() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, c := range lr.l.cells {
		if c.Object != nil {
			out = append(out, c.Object)
		}
	}
	return out
}

// MinSize is the sum of what the cells ask for, and the height at the last width given.
func (lr *lineRenderer) MinSize() fyne.Size {
	w, n := float32(0), 0
	for _, c := range lr.l.cells {
		if c.shown() {
			if !c.Shrinks {
				w += c.own()
			}
			n++
		}
	}
	w += float32(max(n-1, 0)) * lr.l.gap
	return fyne.NewSize(w, lr.l.HeightFor(max(lr.l.width, w)))
}

// Layout places the cells.
func (lr *lineRenderer) Layout(size fyne.Size) {
	x := float32(0)
	for i, w := range lr.l.widths(size.Width) {
		if w < 0 {
			continue
		}
		if c := lr.l.cells[i]; c.Object != nil {
			h := heightFor(c.Object, w)
			y := (size.Height - h) / 2
			if c.Top {
				y = 0
			}
			left, width := x, w
			if c.Right {
				width = min(c.Object.MinSize().Width, w)
				left = x + w - width
			}
			place(c.Object, left, y, width, h)
		}
		x += w + lr.l.gap
	}
}

// Refresh lays out again and refreshes what the line holds. The line itself is told to the canvas, which does not know
// objects that are new.
func (lr *lineRenderer) Refresh() {
	lr.Layout(lr.l.Size())
	for _, c := range lr.l.cells {
		if c.Object != nil {
			c.Object.Refresh()
		}
	}
	canvas.Refresh(lr.l)
}
