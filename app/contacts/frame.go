package contacts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets"
	"diapason/widgets/look"
)

// Sizes of the screen, in units.
const (
	tabsHeight   float32 = 41 // with the line under them
	listTop              = look.HeightHeader + tabsHeight
	filterHeight float32 = 48
	paneWidth    float32 = 392
	backHeight   float32 = 44  // « Retour » above the pane in a narrow window
	narrowWindow float32 = 960 // of the whole window: below, list or pane
)

// frameLayout places header and tabs, then what the tab in front shows: filters, list and, when one is open, the pane of a
// contact, or a room.
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
	objects := []fyne.CanvasObject{s.header.page, s.tabs.object, s.filter.box, l.below, s.stage}
	if room := s.tabs.room(); room != nil {
		objects = []fyne.CanvasObject{s.header.page, s.tabs.object, room.Content()}
	}
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
	s.header.fit(size.Width)
	widgets.Place(s.header.page, 0, 0, size.Width, look.HeightHeader)
	widgets.Place(s.tabs.object, 0, look.HeightHeader, size.Width, tabsHeight)
	if room := s.tabs.room(); room != nil {
		widgets.SetShown(s.header.page, true)
		widgets.SetShown(s.tabs.object, true)
		widgets.Place(room.Content(), 0, listTop, size.Width, size.Height-listTop)
		return
	}
	open := s.pane.shown()
	narrow := size.Width+look.WidthRail < narrowWindow
	for _, o := range []fyne.CanvasObject{s.header.page, s.tabs.object, s.filter.box, l.below, s.stage} {
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
		widgets.Place(l.edge, width-1, listTop, 1, size.Height-listTop)
		widgets.Place(s.pane.object, width, listTop, paneWidth, size.Height-listTop)
	}
	s.list.setColumns(columnsFor(width))
	widgets.Place(s.filter.box, 0, listTop, width, filterHeight)
	widgets.Place(l.below, 0, listTop+filterHeight, width, 1)
	top := listTop + filterHeight + 1
	widgets.Place(s.stage, 0, top, width-1, size.Height-top)
}
