package contacts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets"
	"diapason/widgets/look"
)

// Sizes of the screen, in units.
const (
	filterHeight float32 = 48
	paneWidth    float32 = 392
	backHeight   float32 = 44  // « Retour » above the pane in a narrow window
	narrowWindow float32 = 960 // of the whole window: below, list or pane
)

// frameLayout places header, filters, list and, when one is open, the pane of a contact.
type frameLayout struct {
	s           *Screen
	below, edge *canvas.Rectangle // lines under the filters and before the pane
}

func newFrameLayout(s *Screen) *frameLayout {
	line := func() *canvas.Rectangle { return canvas.NewRectangle(look.Color(look.Line)) }
	return &frameLayout{s: s, below: line(), edge: line()}
}

// arrange puts the parts into the frame.
func (s *Screen) arrange() {
	l := s.layout
	objects := []fyne.CanvasObject{s.header, s.filter.box, l.below, s.stage}
	if s.pane.shown() {
		objects = append(objects, s.pane.object, l.edge, s.back)
	}
	s.frame.Objects = objects
	s.frame.Refresh()
}

// MinSize lets the window be small.
func (l *frameLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 300) }

// Layout places everything for the present width.
func (l *frameLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	s, width := l.s, size.Width
	for _, line := range []*canvas.Rectangle{l.below, l.edge} {
		line.FillColor = look.Color(look.Line)
		line.Refresh()
	}
	open := s.pane.shown()
	narrow := size.Width+look.WidthRail < narrowWindow
	for _, o := range []fyne.CanvasObject{s.header, s.filter.box, l.below, s.stage} {
		widgets.SetShown(o, !open || !narrow)
	}
	if s.face == faceEmpty { // one way to begin, not three; what is in the trash can still be seen
		widgets.SetShown(s.filter.box, s.filter.box.Visible() && s.roster.Trash() > 0)
	}
	widgets.SetShown(l.below, s.filter.box.Visible() && s.face != faceList) // the list has its own line
	if open {
		widgets.SetShown(s.back, narrow)
		widgets.SetShown(l.edge, !narrow)
		if narrow {
			widgets.Place(s.back, 16, 8, s.back.MinSize().Width, look.HeightField)
			widgets.Place(s.pane.object, 0, backHeight, size.Width, size.Height-backHeight)
			return
		}
		width -= paneWidth
		widgets.Place(l.edge, width-1, look.HeightHeader, 1, size.Height-look.HeightHeader)
		widgets.Place(s.pane.object, width, look.HeightHeader, paneWidth, size.Height-look.HeightHeader)
	}
	s.list.setColumns(width >= wideList)
	widgets.Place(s.header, 0, 0, size.Width, look.HeightHeader)
	widgets.Place(s.filter.box, 0, look.HeightHeader, width, filterHeight)
	widgets.Place(l.below, 0, look.HeightHeader+filterHeight, width, 1)
	top := look.HeightHeader + filterHeight + 1
	widgets.Place(s.stage, 0, top, width-1, size.Height-top)
}
