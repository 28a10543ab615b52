package establishments

import (
	"fyne.io/fyne/v2"

	"diapason/app/establishments/list"
	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// header is the title with its count, and the three buttons; beside a pane, a smaller title and two icons.
type header struct {
	v          *View
	title      *widgets.Text
	small      *widgets.Text
	count      *widgets.Badge
	importer   *widgets.Button
	create     *widgets.Button
	iconImport *widgets.Button
	iconCreate *widgets.Button
	sync       *widgets.Button
	box        *fyne.Container
}

func newHeader(v *View) *header {
	h := &header{
		v:     v,
		title: widgets.NewWord(word("title"), look.SizeTitle, look.Text).Bold(),
		small: widgets.NewWord(word("title"), look.SizeSubtitle, look.Text).Bold(),
		count: widgets.NewTitleBadge("0"),
	}
	openImport := func() { v.p.Host.Import() }
	h.importer = widgets.NewButton(widgets.Outlined, word("import"), look.IconImport, openImport)
	h.create = widgets.NewButton(widgets.Outlined, word("new"), look.IconPlus, v.create)
	h.iconImport = widgets.NewIconButton(widgets.Plain, word("import"), look.IconImport, openImport)
	h.iconCreate = widgets.NewIconButton(widgets.Plain, word("new"), look.IconPlus, v.create)
	h.sync = widgets.NewButton(widgets.Primary, word("sync"), look.IconSync, v.syncChosen)
	h.box = &fyne.Container{Layout: h, Objects: []fyne.CanvasObject{
		h.title, h.small, h.count, h.importer, h.create, h.iconImport, h.iconCreate, h.sync,
	}}
	return h
}

func (h *header) content() fyne.CanvasObject { return h.box }

// update says the count and on how many « Synchroniser » acts.
func (h *header) update() {
	l := h.v.list
	text := words.Number(l.Total())
	if l.Filtering() && l.State() != list.Loading {
		text = words.T("list.countOf", "n", words.Number(l.Len()), "total", text)
	}
	h.count.SetText(text)
	if n := l.SelectedCount(); n > 0 {
		h.sync.SetText(words.T("list.syncCount", "n", words.Number(n)))
	} else {
		h.sync.SetText(word("sync"))
	}
	h.sync.SetEnabled(l.Len() > 0 || l.SelectedCount() > 0)
	h.Layout(nil, h.box.Size())
}

// MinSize lets the frame decide.
func (h *header) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, look.HeightHeader) }

// Layout puts the title at the left and the buttons at the right; those that do not fit lose their words.
func (h *header) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	const middle = 32
	empty, reduced := h.v.list.State() == list.Empty, h.v.reduced()
	title := h.title
	widgets.SetShown(h.title, !reduced)
	widgets.SetShown(h.small, reduced)
	if reduced {
		title = h.small
	}
	t := title.MinSize()
	widgets.Place(title, look.Margin, middle-t.Height/2, t.Width, t.Height)
	b := h.count.MinSize()
	widgets.Place(h.count, look.Margin+t.Width+12, middle-b.Height/2, b.Width, b.Height)

	wide := size.Width >= 780
	widgets.SetShown(h.importer, wide && !reduced && !empty)
	widgets.SetShown(h.create, wide && !reduced && !empty)
	widgets.SetShown(h.iconImport, (!wide || reduced) && !empty)
	widgets.SetShown(h.iconCreate, (!wide || reduced) && !empty)
	widgets.SetShown(h.sync, !reduced && !empty)
	x := size.Width - look.Margin
	if reduced {
		x += 8 // the icons have no frame: their strokes align with the margin
	}
	for _, button := range []*widgets.Button{h.sync, h.create, h.importer, h.iconCreate, h.iconImport} {
		if !button.Visible() {
			continue
		}
		m := button.MinSize()
		x -= m.Width
		widgets.Place(button, x, middle-m.Height/2, m.Width, m.Height)
		x -= 8
	}
}
