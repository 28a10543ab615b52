package agenda

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets"
	"diapason/widgets/look"
)

// Sizes of the screen, in units.
const (
	filterHeight float32 = 48
	sideWidth    float32 = 364 // of the pane and of the panel
	backHeight   float32 = 44  // « Retour » above them in a narrow window
	narrowWindow float32 = 960 // of the whole window: below, agenda or pane
)

// frameLayout places header, filters, views and, when there is one, what stands at the right.
type frameLayout struct {
	s                  *Screen
	under, below, edge *canvas.Rectangle // lines under the header, under the filters, and before the side
}

func newFrameLayout(s *Screen) *frameLayout {
	line := func() *canvas.Rectangle { return canvas.NewRectangle(look.Color(look.Line)) }
	return &frameLayout{s: s, under: line(), below: line(), edge: line()}
}

// arrange puts the parts for the present side into the frame.
func (s *Screen) arrange() {
	l := s.layout
	objects := []fyne.CanvasObject{s.header.box, l.under, s.filters.box, l.below, s.stage}
	if side := s.sideContent(); side != nil {
		objects = append(objects, side, l.edge, s.back)
	}
	s.frame.Objects = objects
	s.frame.Refresh()
}

func (s *Screen) sideContent() fyne.CanvasObject {
	switch s.side {
	case sideDetail:
		return s.detail.object
	case sideSharing:
		return s.sharing.Content()
	}
	return nil
}

// MinSize lets the window be small.
func (l *frameLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 300) }

// Layout places everything for the present width.
func (l *frameLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	s, width := l.s, size.Width
	for _, line := range []*canvas.Rectangle{l.under, l.below, l.edge} {
		line.FillColor = look.Color(look.Line)
		line.Refresh()
	}
	side := s.sideContent()
	narrow := size.Width+look.WidthRail < narrowWindow
	agenda := side == nil || !narrow
	for _, o := range []fyne.CanvasObject{s.header.box, l.under, s.filters.box, l.below, s.stage} {
		widgets.SetShown(o, agenda)
	}
	if side != nil {
		widgets.SetShown(s.back, narrow)
		widgets.SetShown(l.edge, !narrow)
		if narrow {
			widgets.Place(s.back, 16, 8, s.back.MinSize().Width, look.HeightField)
			widgets.Place(side, 0, backHeight, size.Width, size.Height-backHeight)
			return
		}
		width -= sideWidth
		widgets.Place(l.edge, width-1, look.HeightHeader, 1, size.Height-look.HeightHeader)
		widgets.Place(side, width, look.HeightHeader, sideWidth, size.Height-look.HeightHeader)
	}
	widgets.Place(s.header.box, 0, 0, size.Width, look.HeightHeader)
	widgets.Place(l.under, 0, look.HeightHeader-1, size.Width, 1)
	widgets.Place(s.filters.box, 0, look.HeightHeader, width, filterHeight)
	widgets.Place(l.below, 0, look.HeightHeader+filterHeight, width, 1)
	top := look.HeightHeader + filterHeight + 1
	widgets.Place(s.stage, 0, top, width-1, size.Height-top)
}
