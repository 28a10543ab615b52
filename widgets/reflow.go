package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

var (
	_ fyne.Widget = (*Reflow)(nil)
	_ Flowing     = (*Reflow)(nil)
)

// Reflow arranges the same things in one of two ways: wide from a given width on, narrow below. The two ways may hold the
// same objects, for only one of them is in the window at a time.
type Reflow struct {
	widget.BaseWidget

	from         float32
	wide, narrow fyne.CanvasObject
	width        float32 // the last one given; 0 before, which is wide
}

// NewReflow makes one that is wide from a width on, in units.
func NewReflow(from float32, wide, narrow fyne.CanvasObject) *Reflow {
	r := &Reflow{from: from, wide: wide, narrow: narrow}
	r.ExtendBaseWidget(r)
	return r
}

// SetFrom changes the width from which on it is wide, for things whose own width changed.
func (r *Reflow) SetFrom(from float32) {
	if r.from == from {
		return
	}
	r.from = from
	r.Refresh()
}

func (r *Reflow) at(width float32) fyne.CanvasObject {
	if width > 0 && width < r.from {
		return r.narrow
	}
	return r.wide
}

// HeightFor gives the height at a width.
func (r *Reflow) HeightFor(width float32) float32 { return heightFor(r.at(width), width) }

// Resize changes the way when the width asks for it.
func (r *Reflow) Resize(size fyne.Size) {
	before := r.at(r.width)
	r.width = size.Width
	r.BaseWidget.Resize(size)
	if r.at(r.width) != before {
		r.Refresh()
	}
}

// CreateRenderer is called by Fyne.
func (r *Reflow) CreateRenderer() fyne.WidgetRenderer {
	r.ExtendBaseWidget(r)
	return &reflowRenderer{r}
}

type reflowRenderer struct{ r *Reflow }

// Destroy has nothing to release.
func (rr *reflowRenderer) Destroy() {}

// Objects gives the way that is shown.
func (rr *reflowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{rr.r.at(rr.r.width)}
}

// MinSize is narrow, so that the window may become so, and as high as the last width asks for.
func (rr *reflowRenderer) MinSize() fyne.Size {
	w := min(rr.r.narrow.MinSize().Width, rr.r.wide.MinSize().Width)
	return fyne.NewSize(w, rr.r.HeightFor(rr.r.width))
}

// Layout gives the way that is shown all the room.
func (rr *reflowRenderer) Layout(size fyne.Size) {
	place(rr.r.at(size.Width), 0, 0, size.Width, size.Height)
}

// Refresh lays out again and refreshes the way that is shown.
func (rr *reflowRenderer) Refresh() {
	rr.Layout(rr.r.Size())
	rr.r.at(rr.r.width).Refresh()
	canvas.Refresh(rr.r)
}
