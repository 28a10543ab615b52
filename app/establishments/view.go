package establishments

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"diapason/app/establishments/list"
	"diapason/app/shortcuts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Host is what the screen asks of the window.
type Host interface {
	// Toast says what has just been done; action, when not empty, is offered beside it.
	Toast(text, action string, do func())
	// Failure says why something could not be done; it stays until it is closed.
	Failure(err error)
	// Import opens the import of a file, Export writes establishments to one.
	Import()
	Export(ids []string)
}

// Detail is the pane of one establishment.
type Detail interface {
	Content() fyne.CanvasObject
	Show(id string) // "" shows none
	// Undo takes the last edit back, Sync sends the establishment; both report whether there was something to do.
	Undo() bool
	Sync() bool
	// Close ends what the pane follows.
	Close()
}

// Params are what the screen needs; Demo may be nil.
type Params struct {
	List *list.List
	Host Host
	// Detail makes the pane; close is what its cross does.
	Detail func(close func()) Detail
	Demo   func() // fills the workspace with demonstration data
}

// View is the screen.
type View struct {
	p      Params
	list   *list.List
	detail Detail          // made when an establishment is first opened: the list alone starts sooner
	back   *widgets.Button // « Retour », while a narrow window shows the detail alone

	rows     *widgets.SelectList
	header   *header
	filters  *filters
	bulk     *bulkBar
	faces    *faces
	frame    *fyne.Container
	layout   *frameLayout
	creation *creation // the last dialog of a new establishment
	openID   string
	columns  string  // signature of the columns shown
	fullTop  float64 // scroll position of the list before the detail was opened
}

// New builds the screen and starts its presenter.
func New(p Params) *View {
	v := &View{p: p, list: p.List}
	v.back = widgets.NewButton(widgets.Plain, word("back"), look.IconChevronLeft, func() { v.Open("") })
	v.header = newHeader(v)
	v.filters = newFilters(v)
	v.bulk = newBulkBar(v)
	v.faces = newFaces(v)
	v.rows = v.newRows()
	v.layout = &frameLayout{v: v}
	v.frame = container.New(v.layout)
	v.arrange()
	v.list.OnChange = v.changed
	v.list.OnReport = v.report
	v.list.Start()
	v.changed(list.Change{All: true})
	return v
}

// Content gives what the window shows.
func (v *View) Content() fyne.CanvasObject { return v.frame }

// Shown is called when the screen comes to the front; the dates of its rows are said again.
func (v *View) Shown() {
	v.rows.Refresh()
	widgets.Focus(v.rows)
}

// Hidden is called when another screen takes its place.
func (v *View) Hidden() {}

// Close ends the screen, before it is built again in another language.
func (v *View) Close() {
	v.list.Stop()
	if v.detail != nil {
		v.detail.Close()
	}
}

// Await gives the first rows the time to be there before the window is shown.
func (v *View) Await(limit time.Duration) { v.list.Await(limit) }

// OpenID gives the establishment beside the list, "" when the list is alone.
func (v *View) OpenID() string { return v.openID }

// Open shows an establishment's pane beside the list; "" closes it.
func (v *View) Open(id string) {
	if id == v.openID {
		return
	}
	if v.openID == "" {
		v.fullTop = v.rows.Offset()
	}
	v.openID = id
	if v.detail == nil {
		v.detail = v.p.Detail(func() { v.Open("") })
	}
	v.detail.Show(id)
	v.arrange()
	v.changed(list.Change{All: true})
	if id == "" {
		v.rows.SetOffset(v.fullTop)
	} else if i := v.list.Index(id); i >= 0 {
		v.rows.SetCurrent(i)
	}
	widgets.Focus(v.rows)
}

// Home is called when the rail's line of this screen is pressed while it is in front: the list stands alone again.
func (v *View) Home() { v.Open("") }

// Foot is the height of the bulk bar while it is there: toasts stand above it.
func (v *View) Foot() float32 {
	if v.bulk.content().Visible() {
		return look.HeightBulkBar
	}
	return 0
}

// Do answers a shortcut and reports whether it meant something here.
func (v *View) Do(a shortcuts.Action) bool {
	switch a {
	case shortcuts.Search:
		widgets.Focus(v.filters.search.Focusable())
	case shortcuts.SelectAll:
		v.list.SelectVisible()
	case shortcuts.New:
		v.create()
	case shortcuts.Sync:
		if v.openID == "" || !v.detail.Sync() {
			v.syncChosen()
		}
	case shortcuts.Undo:
		return v.openID != "" && v.detail.Undo()
	case shortcuts.Refresh:
		v.list.Reload()
	case shortcuts.Escape:
		return v.escape()
	default:
		return false
	}
	return true
}

// escape undoes the last thing that is in the way: the selection, then the open pane.
func (v *View) escape() bool {
	switch {
	case v.list.SelectedCount() > 0:
		v.list.ClearSelection()
	case v.openID != "":
		v.Open("")
	default:
		return false
	}
	return true
}

// changed draws what the presenter says has changed.
func (v *View) changed(c list.Change) {
	switch {
	case c.All:
		v.faces.show()
		v.header.update()
		v.filters.update()
		v.bulk.update()
		v.layColumns()
		v.rows.Refresh()
		v.frame.Refresh()
	case c.Selection:
		v.header.update()
		v.bulk.update()
		v.rows.UpdateChecks()
		v.frame.Refresh()
	default:
		v.updateRows(c.Rows)
	}
}

// updateRows draws the rows in view among those that changed, and leaves the others alone.
func (v *View) updateRows(ids []string) {
	touched := make(map[string]bool, len(ids))
	for _, id := range ids {
		touched[id] = true
	}
	first, last := v.rows.InView()
	for i := first; i <= last; i++ {
		if touched[v.list.ID(i)] {
			v.rows.UpdateRow(i)
		}
	}
}

// report says how an action ended.
func (v *View) report(r list.Report) {
	switch {
	case r.Err != nil:
		v.p.Host.Failure(r.Err)
	case r.UndoRun != "":
		v.p.Host.Toast(r.Text, word("undo"), func() { v.list.Undo(r.UndoRun) })
	default:
		v.p.Host.Toast(r.Text, "", nil)
	}
}

// reduced reports whether the list is the narrow one beside a pane.
func (v *View) reduced() bool { return v.openID != "" }

// arrange puts the parts for the present mode into the frame.
func (v *View) arrange() {
	objects := []fyne.CanvasObject{v.header.content(), v.filters.content(), v.rows, v.faces.content(), v.bulk.content()}
	if v.openID != "" {
		objects = append(objects, v.detail.Content(), v.layout.edge(), v.back)
	}
	v.frame.Objects = objects
	v.frame.Refresh()
}

// Sizes of the screen, in units.
const (
	topHeight    float32 = 108 // header and filters
	backHeight   float32 = 44  // « Retour » above the detail
	narrowWindow float32 = 900 // below, list or detail
	rail                 = look.WidthRail
)

// frameLayout places header, filters, rows, states, bulk bar and, when an establishment is open, its pane.
type frameLayout struct {
	v    *View
	line *canvas.Rectangle
}

// edge is the line between the reduced list and the pane.
func (l *frameLayout) edge() fyne.CanvasObject {
	if l.line == nil {
		l.line = canvas.NewRectangle(look.Color(look.Line))
	}
	l.line.FillColor = look.Color(look.Line)
	return l.line
}

// MinSize lets the window be small.
func (l *frameLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 300) }

// Layout places everything for the present width.
func (l *frameLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	v := l.v
	width := size.Width
	alone := v.openID == ""
	narrow := size.Width+rail < narrowWindow
	if !alone {
		width = look.WidthNarrowList
		widgets.SetShown(l.line, !narrow)
		widgets.SetShown(v.back, narrow)
		if narrow {
			width = 0
			widgets.Place(v.back, 16, 8, v.back.MinSize().Width, look.HeightField)
			widgets.Place(v.detail.Content(), 0, backHeight, size.Width, size.Height-backHeight)
		} else {
			widgets.Place(v.detail.Content(), width, 0, size.Width-width, size.Height)
			widgets.Place(l.line, width-1, 0, 1, size.Height)
		}
	}
	v.showList(width > 0)
	if width == 0 {
		return
	}
	widgets.Place(v.header.content(), 0, 0, width, 60)
	widgets.Place(v.filters.content(), 0, 60, width, look.HeightField)
	bottom := size.Height
	if v.bulk.visible() {
		bottom -= look.HeightBulkBar
		widgets.Place(v.bulk.content(), 0, bottom, width, look.HeightBulkBar)
		v.bulk.content().Show()
	} else {
		v.bulk.content().Hide()
	}
	v.layColumns()
	top := topHeight
	if v.list.State() == list.Empty {
		top = look.HeightHeader
	}
	widgets.Place(v.rows, 0, topHeight, width, bottom-topHeight)
	widgets.Place(v.faces.content(), 0, top, width, bottom-top)
}

// showList hides the list's parts while a narrow window shows the detail.
func (v *View) showList(on bool) {
	ready := v.list.State() == list.Ready
	widgets.SetShown(v.header.content(), on)
	widgets.SetShown(v.filters.content(), on && v.list.State() != list.Empty)
	widgets.SetShown(v.rows, on && ready)
	widgets.SetShown(v.faces.content(), on && !ready)
	if !on {
		v.bulk.content().Hide()
	}
}
