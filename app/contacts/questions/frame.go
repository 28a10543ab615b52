package questions

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
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
	v.banner = widgets.NewBanner()
	v.banner.Hide()
	if v.p.Embedded {
		v.content = widgets.NewColumn(12, v.banner, v.panel)
		v.content.Hide()
		return
	}
	v.list = widgets.NewSelectList([]widgets.ListColumn{{ID: "who", Flex: 1}, {ID: "state", Width: 136, Fit: true, Trailing: true}},
		func() int { return len(v.desk.items) }, v.fill)
	v.list.HideHeader = true
	v.list.Left, v.list.Right = look.Margin, 20
	v.list.IsOpen = func(i int) bool { return v.desk.items[i].ID == v.desk.current }
	v.list.OnOpen = func(i int) { v.show(v.desk.items[i].ID) }
	v.scroll = widgets.NewScroll(widgets.NewPaddedColumn(12, widgets.Insets{Top: 16, Right: look.Margin, Bottom: look.Margin, Left: look.Margin},
		v.banner, v.panel))
	v.empty = container.NewStack()
	v.frame = &frame{v: v, edge: canvas.NewRectangle(look.Color(look.Line))}
	v.content = container.New(v.frame, v.list, v.frame.edge, v.scroll, v.empty)
}

// fill writes a row of the list.
func (v *View) fill(i int, row *widgets.ListRow) {
	it := &v.desk.items[i]
	cell := widgets.ListCell{Chip: true, Text: say.ContactQuestion(it.Kind), Tone: widgets.Warning, Icon: look.StatusDrift}
	switch {
	case it.answered():
		cell.Text, cell.Tone, cell.Icon, cell.Calm = words.T("questions.decidedChip"), widgets.Success, look.StatusOK, true
	case it.Kind == storage.QuestionMatch:
		cell.Icon = look.StatusUnknown
	case it.Kind == storage.QuestionRefused:
		cell.Tone, cell.Icon = widgets.Error, look.StatusError
	}
	row.Cells = append(row.Cells, widgets.ListCell{Text: it.Name, Sub: bookName(it.account), Bold: !it.answered()}, cell)
}

// bookName names the address book of an account.
func bookName(a *storage.Account) string {
	if a.Name != "" {
		return a.Name
	}
	return say.Kind(a.Kind)
}

// rebuild shows what was read.
func (v *View) rebuild() {
	v.showPending()
	v.compare, v.apply, v.remark, v.past = nil, nil, nil, nil
	var face fyne.CanvasObject
	if v.detail != nil {
		face = v.face()
	}
	if v.p.Embedded {
		v.panel.SetObjects(objects(face)...)
		widgets.SetShown(v.content, face != nil)
		v.content.Refresh()
		return
	}
	v.panel.SetObjects(objects(face)...)
	v.empty.Objects = nil
	if face == nil {
		v.empty.Objects = []fyne.CanvasObject{widgets.NewEmptyState(widgets.EmptyParams{
			Icon: look.IconCheck, Title: words.T("questions.empty.title"), Sentence: words.T("questions.empty.text"),
		})}
	}
	v.empty.Refresh()
	v.list.Refresh()
	v.list.SetCurrent(v.desk.place)
	v.scroll.Refresh()
	v.content.Refresh()
}

func objects(o fyne.CanvasObject) []fyne.CanvasObject {
	if o == nil {
		return nil
	}
	return []fyne.CanvasObject{o}
}

// showPending tells how many answers wait for the next pass, and offers it.
func (v *View) showPending() {
	n, accounts := v.desk.pending()
	if n == 0 {
		v.banner.Hide()
		return
	}
	v.banner.SetMessage(widgets.Info, words.N("questions.pending", n), words.T("questions.sync"), func() { v.sync(accounts) })
	v.banner.Show()
}

// MinSize lets the window be small.
func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 200) }

// Layout places the list, where there is room and something to choose from, and the panel.
func (f *frame) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	v := f.v
	some := len(v.desk.items) > 0
	widgets.SetShown(v.scroll, some)
	widgets.SetShown(v.empty, v.known && !some)
	left := widgets.PlaceBeside(size, len(v.desk.items) > 1, v.list, f.edge)
	widgets.Place(v.scroll, left, 0, size.Width-left, size.Height)
	widgets.Place(v.empty, 0, 0, size.Width, size.Height)
}
