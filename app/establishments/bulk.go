package establishments

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// bulkBar stands under the rows while some are ticked: how many, and what can be done with them.
type bulkBar struct {
	v       *View
	back    *canvas.Rectangle
	line    *canvas.Rectangle
	divider *canvas.Rectangle
	count   *widgets.Text
	every   *widgets.Button
	actions []*widgets.Button
	more    *widgets.Button
	clear   *widgets.Button
	hidden  []bulkAction // actions that did not fit
	box     *fyne.Container
}

// bulkAction is something that can be done with several establishments: in the bar and in the context menu.
type bulkAction struct {
	id, key string
	icon    look.Icon
}

var bulkActions = []bulkAction{
	{"auto", "bulk.autoOn", look.IconSync},
	{"manual", "bulk.autoOff", look.IconMinus},
	{"label", "bulk.label", look.IconFolder},
	{"export", "bulk.export", look.IconExport},
	{"archive", "bulk.archive", look.IconArchive},
}

func newBulkBar(v *View) *bulkBar {
	b := &bulkBar{
		v: v, back: canvas.NewRectangle(nil), line: canvas.NewRectangle(nil), divider: canvas.NewRectangle(nil),
		count: widgets.NewWord("", look.SizeBody, look.Text).Bold(),
	}
	b.every = widgets.NewButton(widgets.Link, "", "", v.list.SelectEverything)
	b.clear = widgets.NewButton(widgets.Plain, word("clear"), look.IconClose, v.list.ClearSelection)
	objects := []fyne.CanvasObject{b.back, b.line, b.divider, b.count, b.every, b.clear}
	for _, a := range bulkActions {
		button := widgets.NewButton(widgets.Plain, word(a.key), a.icon, func() { v.act(a.id, v.list.SelectedIDs()) })
		b.actions = append(b.actions, button)
		objects = append(objects, button)
	}
	b.more = widgets.NewIconButton(widgets.Plain, word("bulk.more"), look.IconMore, b.showMore)
	b.box = &fyne.Container{Layout: b, Objects: append(objects, b.more)}
	b.box.Hide()
	return b
}

func (b *bulkBar) content() *fyne.Container { return b.box }

func (b *bulkBar) visible() bool { return b.v.list.SelectedCount() > 0 }

// update says how many are ticked, and how many of them are out of sight.
func (b *bulkBar) update() {
	b.back.FillColor, b.line.FillColor, b.divider.FillColor = look.Color(look.AccentPale), look.Color(look.AccentLine), look.Color(look.AccentLine)
	l := b.v.list
	n, total := l.SelectedCount(), words.Number(max(l.Total(), l.SelectedCount()))
	b.clear.SetText(word("clear"))
	if b.v.reduced() { // beside a pane the bar is a third as wide
		b.clear.SetText("")
		b.clear.Label = word("clear")
		b.count.SetText(words.N("list.selectedShort", n))
	} else if hidden := l.HiddenCount(); hidden > 0 {
		b.count.SetText(words.N("list.selectedHidden", n, "total", total, "hidden", words.N("list.selectedHidden.hidden", hidden)))
	} else {
		b.count.SetText(words.N("list.selected", n, "total", total))
	}
	b.every.SetText(words.T("list.selectAll", "n", total))
	widgets.SetShown(b.every, n < l.Total() && !b.v.reduced())
	b.Layout(nil, b.box.Size())
	b.back.Refresh()
}

// showMore opens the actions that the width left out.
func (b *bulkBar) showMore() {
	var items []widgets.MenuItem
	if l := b.v.list; b.v.reduced() { // neither the header's button nor the link is there
		items = append(items, widgets.MenuItem{
			ID: "sync", Text: words.T("list.syncCount", "n", words.Number(l.SelectedCount())), Icon: look.IconSync,
		})
		if n := l.Total(); l.SelectedCount() < n {
			items = append(items, widgets.MenuItem{ID: "every", Text: words.T("list.selectAll", "n", words.Number(n))})
		}
	}
	for _, a := range b.hidden {
		items = append(items, widgets.MenuItem{ID: a.id, Text: word(a.key), Icon: a.icon})
	}
	widgets.ShowMenuBelow(b.more, widgets.MenuParams{Items: items, OnChosen: func(id string) {
		if id == "every" {
			b.v.list.SelectEverything()
			return
		}
		b.v.act(id, b.v.list.SelectedIDs())
	}})
}

// MinSize lets the frame decide.
func (b *bulkBar) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, look.HeightBulkBar) }

// Layout puts count and actions from the left, « Effacer » at the right; actions that do not fit go under « Plus ».
func (b *bulkBar) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	widgets.Place(b.back, 0, 0, size.Width, size.Height)
	widgets.Place(b.line, 0, 0, size.Width, 1)
	middle := func(o fyne.CanvasObject, x float32) float32 {
		m := o.MinSize()
		widgets.Place(o, x, (size.Height-m.Height)/2, m.Width, m.Height)
		return x + m.Width
	}
	clear := b.clear.MinSize().Width
	right := size.Width - 16 - clear
	middle(b.clear, right)
	x := middle(b.count, look.Margin) + 5
	if b.every.Visible() {
		x = middle(b.every, x)
	}
	x += 13
	widgets.Place(b.divider, x, (size.Height-20)/2, 1, 20)
	x += 13
	more := b.more.MinSize().Width
	b.hidden = b.hidden[:0]
	for i, button := range b.actions {
		end := right - 8
		if i < len(b.actions)-1 {
			end -= more
		}
		fits := len(b.hidden) == 0 && x+button.MinSize().Width <= end
		widgets.SetShown(button, fits)
		if !fits {
			b.hidden = append(b.hidden, bulkActions[i])
			continue
		}
		x = middle(button, x) + 4
	}
	widgets.SetShown(b.more, len(b.hidden) > 0)
	middle(b.more, x)
}
