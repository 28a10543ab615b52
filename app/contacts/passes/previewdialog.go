package passes

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Sizes of the preview, in units; what surrounds the list takes previewChrome at most.
const (
	previewWidest float32 = 920
	previewRow    float32 = 44
	previewChrome float32 = 400
	previewLeast          = 2
	previewMost           = 8
)

// previewDialog shows what a pass would do, without doing it.
type previewDialog struct {
	v      *View
	id     string // the account's
	cancel context.CancelFunc
	rows   []row
	open   int // row whose values are shown, -1 for none

	dialog  *widgets.Dialog
	status  *widgets.Text
	guarded *widgets.Banner
	there   *widgets.Text
	here    *widgets.Text
	asked   *widgets.Text
	list    *widgets.SelectList
	frame   *widgets.Panel
	details *widgets.Text
	sync    *widgets.Button
}

// preview reads the book of the picked account and shows what a pass would do.
func (v *View) preview() {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.content)
	st := v.standing(v.picked)
	if c == nil || st == nil {
		return
	}
	d := &previewDialog{v: v, id: st.Account.ID, open: -1, guarded: widgets.NewBanner()}
	text := func() *widgets.Text { return widgets.NewParagraph("", look.SizeBody, look.TextSecondary) }
	d.status, d.there, d.here, d.asked, d.details = text(), text(), text(), text(), text()
	d.status.SetText(words.T("passes.preview.reading"))
	d.list = widgets.NewSelectList([]widgets.ListColumn{
		{ID: "name", Title: words.T("passes.preview.contact"), Flex: 5},
		{ID: "there", Title: words.T("passes.preview.there"), Flex: 3},
		{ID: "here", Title: words.T("passes.preview.here"), Flex: 5},
	}, func() int { return len(d.rows) }, d.fill)
	d.list.RowHeight, d.list.Left, d.list.Right, d.list.Framed = previewRow, 16, 16, true
	d.list.IsOpen = func(i int) bool { return i == d.open }
	d.list.OnOpen = d.unfold
	size := c.Size()
	rows := float32(min(max(int((size.Height-previewChrome)/previewRow), previewLeast), previewMost))
	d.frame = widgets.NewPanel(widgets.Insets{Top: 1, Right: 1, Bottom: 1, Left: 1}, widgets.Tall(look.HeightColumns+rows*previewRow, d.list))
	d.frame.Hide()
	stop := widgets.NewButton(widgets.Plain, words.T("passes.preview.close"), "", func() { d.dialog.Close() })
	d.sync = widgets.NewButton(widgets.Primary, words.T("contacts.sync"), look.IconSync, d.goAhead)
	d.sync.SetEnabled(false)
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel = cancel
	d.dialog = widgets.ShowDialog(c, widgets.DialogParams{
		Title:   words.T("passes.preview.title", "account", st.Account.Name),
		Body:    widgets.NewColumn(12, d.status, d.guarded, widgets.NewColumn(4, d.there, d.here, d.asked), d.frame, d.details),
		Buttons: []*widgets.Button{stop, d.sync}, First: stop, Width: min(previewWidest, size.Width-48), OnClosed: d.cancel,
	})
	book := bookName(st.Account.Kind)
	v.p.Background(func() {
		plan, err := v.p.Service.Plan(ctx, d.id)
		v.p.UI(func() {
			switch {
			case ctx.Err() != nil || errors.Is(err, context.Canceled): // closed meanwhile
			case err != nil:
				d.dialog.Close()
				v.p.Host.Failure(err)
			default:
				d.show(&plan, book)
			}
		})
	})
}

// show writes what was planned.
func (d *previewDialog) show(plan *contacts.Plan, book string) {
	there, here, asked := sum(plan)
	for _, l := range ordered(plan) {
		d.rows = append(d.rows, rowOf(&l))
	}
	d.status.SetText("")
	if len(d.rows) == 0 {
		d.status.SetText(words.T("passes.preview.nothing"))
	} else {
		d.there.SetText(words.T("passes.preview.sum", "side", words.T("passes.there", "book", book), "sum", tallied(there)))
		d.here.SetText(words.T("passes.preview.sum", "side", words.T("passes.here", "book", book), "sum", tallied(here)))
		d.frame.Show()
	}
	if plan.First {
		d.status.SetText(words.T("passes.preview.first"))
	}
	if asked > 0 {
		d.asked.SetText(words.N("passes.preview.asked", asked))
	}
	if plan.Guard != nil && len(plan.Guard.Reasons) > 0 {
		d.guarded.SetMessage(widgets.Warning, say.Problem(plan.Guard.Reasons[0]), "", nil)
	}
	d.sync.SetEnabled(len(d.rows) > 0)
	d.list.Refresh()
	d.dialog.Refresh()
}

func (d *previewDialog) fill(i int, r *widgets.ListRow) {
	one := &d.rows[i]
	cell := func(text string) widgets.ListCell {
		return widgets.ListCell{Text: text}
	}
	there, here := cell(one.there), cell(one.here)
	first := ""
	if len(one.details) > 0 {
		first = one.details[0]
	}
	switch {
	case one.here != "":
		here.Sub = first
	case one.there != "":
		there.Sub = first
	}
	r.Cells = append(r.Cells, widgets.ListCell{Text: one.name, Sub: one.note, Bold: true}, there, here)
}

// unfold shows every value that changes of a contact, or hides them.
func (d *previewDialog) unfold(i int) {
	if d.open == i {
		i = -1
	}
	d.open = i
	text := ""
	if i >= 0 && len(d.rows[i].details)+len(d.rows[i].note) > 0 {
		text = d.rows[i].all()
	}
	d.details.SetText(text)
	d.list.Refresh()
	d.dialog.Refresh()
}

// goAhead asks for the pass.
func (d *previewDialog) goAhead() {
	d.dialog.Close()
	d.v.slow.Do(func(ctx context.Context) error {
		_, err := d.v.p.Service.Sync(ctx, d.id, storage.ActorUser)
		return err
	}, d.v.reload)
}
