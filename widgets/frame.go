package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets/look"
)

// listBeside is the width from which on a list stands beside what it leads to, in units.
const listBeside float32 = 880

// PlaceBeside places a list of the reduced width, and the line after it, at the left of what it leads to, where there is
// room and something to choose from. It gives where the rest begins.
func PlaceBeside(size fyne.Size, choice bool, list fyne.CanvasObject, edge *canvas.Rectangle) (left float32) {
	edge.FillColor = look.Color(look.Line)
	edge.Refresh()
	listed := choice && size.Width >= listBeside
	SetShown(list, listed)
	SetShown(edge, listed)
	if !listed {
		return 0
	}
	place(list, 0, 0, look.WidthNarrowList-1, size.Height)
	place(edge, look.WidthNarrowList-1, 0, 1, size.Height)
	return look.WidthNarrowList
}

// NewFrame puts bars around a content without any padding: top and bottom at full width, left and right between them.
// Any of them may be nil; hidden ones take no room.
func NewFrame(top, bottom, left, right, content fyne.CanvasObject) *fyne.Container {
	f := &frame{top, bottom, left, right}
	all := &fyne.Container{Layout: f}
	for _, o := range []fyne.CanvasObject{content, left, right, bottom, top} {
		if o != nil {
			all.Objects = append(all.Objects, o)
		}
	}
	return all
}

var _ fyne.Layout = (*frame)(nil)

type frame struct{ top, bottom, left, right fyne.CanvasObject }

func minOf(o fyne.CanvasObject) fyne.Size {
	if o == nil || !o.Visible() {
		return fyne.Size{}
	}
	return o.MinSize()
}

func (f *frame) isBar(o fyne.CanvasObject) bool {
	return o == f.top || o == f.bottom || o == f.left || o == f.right
}

// Layout gives the content what the bars leave.
func (f *frame) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	barHeight := func(o fyne.CanvasObject) float32 {
		if o == nil || !o.Visible() {
			return 0
		}
		return heightFor(o, size.Width)
	}
	top, bottom := barHeight(f.top), barHeight(f.bottom)
	left, right := minOf(f.left).Width, minOf(f.right).Width
	middle := max(size.Height-top-bottom, 0)
	for _, o := range objects {
		switch o {
		case f.top:
			place(o, 0, 0, size.Width, top)
		case f.bottom:
			place(o, 0, size.Height-bottom, size.Width, bottom)
		case f.left:
			place(o, 0, top, left, middle)
		case f.right:
			place(o, size.Width-right, top, right, middle)
		default:
			place(o, left, top, max(size.Width-left-right, 0), middle)
		}
	}
}

// MinSize holds the bars and the content.
func (f *frame) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var content fyne.Size
	for _, o := range objects {
		if !f.isBar(o) {
			content = minOf(o)
		}
	}
	top, bottom, left, right := minOf(f.top), minOf(f.bottom), minOf(f.left), minOf(f.right)
	return fyne.NewSize(
		max(content.Width+left.Width+right.Width, top.Width, bottom.Width),
		max(content.Height, left.Height, right.Height)+top.Height+bottom.Height,
	)
}

// Tall gives an object all the width there is and a height of its own, in units.
func Tall(height float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: tall(height), Objects: []fyne.CanvasObject{o}}
}

type tall float32

// MinSize is the height.
func (t tall) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, float32(t)) }

// Layout fills the space.
func (t tall) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		place(o, 0, 0, size.Width, size.Height)
	}
}
