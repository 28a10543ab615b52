package doubles

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// frame places the list and the panel.
type frame struct {
	v    *View
	edge *canvas.Rectangle
}

// build makes what does not change.
func (v *View) build() {
	v.list = widgets.NewSelectList([]widgets.ListColumn{{ID: "who", Flex: 1}, {ID: "count", Width: 44, Fit: true, Trailing: true}},
		func() int { return len(v.groups) }, v.fill)
	v.list.HideHeader = true
	v.list.Left = look.Margin
	v.list.IsOpen = func(i int) bool { return v.groups[i].key() == v.current }
	v.list.OnOpen = v.show
	v.scroll = widgets.NewScroll(widgets.NewPaddedColumn(0, widgets.Insets{Top: 16, Right: look.Margin, Bottom: look.Margin, Left: look.Margin}, v.panel))
	v.empty, v.foot = container.NewStack(), container.NewStack()
	v.frame = &frame{v: v, edge: canvas.NewRectangle(look.Color(look.Line))}
	v.content = container.New(v.frame, v.list, v.frame.edge, v.scroll, v.foot, v.empty)
}

// fill writes a row of the list.
func (v *View) fill(i int, row *widgets.ListRow) {
	g := &v.groups[i]
	count := ""
	if len(g.IDs) > 2 {
		count = words.Number(len(g.IDs))
	}
	row.Cells = append(row.Cells, widgets.ListCell{Text: g.title(), Sub: shared(g), Bold: true}, widgets.ListCell{Text: count, Faint: true})
}

// shared tells what the contacts of a group have in common.
func shared(g *group) string {
	text := g.Value
	if g.By == contacts.SharedMobile {
		text = say.ContactValue(storage.FieldPhone, text)
	}
	return words.T("doubles.by."+string(g.By), "value", text)
}

// rebuild shows the group in front.
func (v *View) rebuild() {
	v.compare, v.merge, v.preview = nil, nil, nil
	v.empty.Objects = nil
	v.foot.Objects = nil
	if v.draft != nil {
		v.panel.SetObjects(v.face())
		v.foot.Objects = []fyne.CanvasObject{v.answers()}
	} else {
		v.panel.SetObjects()
	}
	v.foot.Refresh()
	if v.known && len(v.groups) == 0 {
		v.empty.Objects = []fyne.CanvasObject{widgets.NewEmptyState(widgets.EmptyParams{
			Icon: look.IconCheck, Title: words.T("doubles.empty.title"), Sentence: words.T("doubles.empty.text"),
		})}
	}
	v.empty.Refresh()
	v.scroll.Refresh()
	v.content.Refresh()
}

// MinSize lets the window be small.
func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 200) }

// Layout places the list, where there is room and something to choose from, and the panel.
func (f *frame) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	v := f.v
	widgets.SetShown(v.scroll, v.draft != nil)
	left := widgets.PlaceBeside(size, len(v.groups) > 1, v.list, f.edge)
	widgets.SetShown(v.foot, v.draft != nil)
	widgets.Place(v.scroll, left, 0, size.Width-left, size.Height-look.HeightBulkBar)
	widgets.Place(v.foot, left, size.Height-look.HeightBulkBar, size.Width-left, look.HeightBulkBar)
	widgets.Place(v.empty, 0, 0, size.Width, size.Height)
}
