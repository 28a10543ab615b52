package decisions

import (
	"context"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

// selectionBar stands under the rows while some are ticked.
type selectionBar struct {
	v      *View
	count  *widgets.Text
	object *widgets.Panel
}

func newSelectionBar(v *View) *selectionBar {
	b := &selectionBar{v: v, count: widgets.NewWord("", look.SizeBody, look.Text).Bold()}
	answer := func(key string, d sync.Decision) widgets.LineCell {
		return widgets.Own(widgets.NewButton(widgets.Outlined, words.T("decisions."+key), "", func() {
			v.decide(v.ticked.chosen(v.items), nil, d)
		}))
	}
	clear := widgets.NewButton(widgets.Plain, words.T("decisions.clear"), look.IconClose, func() {
		v.ticked = selection{}
		v.rebuild()
	})
	b.object = widgets.NewGround(look.AccentPale, widgets.NewColumn(0, widgets.NewRule(),
		margins(widgets.NewTallLine(look.HeightBulkBar-1, 8, widgets.Own(b.count), widgets.Fixed(8, nil),
			answer("keepSelected", sync.KeepOurs), answer("acceptSelected", sync.AcceptTheirs), widgets.Space(), widgets.Own(clear)))))
	b.object.Hide()
	return b
}

// show says how many are ticked; without any the bar goes.
func (b *selectionBar) show() {
	n := len(b.v.ticked)
	if b.object.Hidden = n == 0; n > 0 {
		b.count.SetText(words.N("decisions.selected", n))
	}
	b.object.Refresh()
	b.v.content.Refresh()
}

// decide answers the drifts of some listings, all their fields or the given ones. Values that are dangerous to get wrong
// are taken over only when the user says so.
func (v *View) decide(of []*sync.Waiting, fields []storage.Field, d sync.Decision) {
	found, all := dangers(of, fields)
	if d == sync.AcceptTheirs && len(found) > 0 {
		v.confirm(of, fields, found, all)
		return
	}
	v.answer(choices(of, fields, false), d)
}

// confirm names and counts the dangerous fields before they are accepted.
func (v *View) confirm(of []*sync.Waiting, fields []storage.Field, found []danger, all int) {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.content)
	if c == nil {
		return
	}
	var d *widgets.Dialog
	dangerous := 0
	rows := []fyne.CanvasObject{widgets.NewParagraph(words.T("decisions.confirm.text"), look.SizeBody, look.TextSecondary)}
	for _, f := range found {
		dangerous += f.N
		rows = append(rows, widgets.NewLine(8, widgets.Own(widgets.NewStatusIcon(widgets.Warning, look.StatusAction)),
			widgets.Share(widgets.NewText(words.N("decisions.confirm.field", f.N, "field", say.Field(f.Field)), look.SizeBody, look.Text))))
	}
	do := func(confirmed bool) func() {
		return func() {
			d.Close()
			v.answer(choices(of, fields, confirmed), sync.AcceptTheirs)
		}
	}
	buttons := []*widgets.Button{widgets.NewButton(widgets.Outlined, words.T("decisions.confirm.cancel"), "", func() { d.Close() })}
	if all > dangerous {
		buttons = append(buttons, widgets.NewButton(widgets.Outlined, words.N("decisions.confirm.others", all-dangerous), "", do(false)))
	}
	buttons = append(buttons, widgets.NewButton(widgets.Danger, words.N("decisions.confirm.all", all), "", do(true)))
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.N("decisions.confirm.title", dangerous), Body: widgets.NewColumn(8, rows...), Buttons: buttons, Width: 560,
	})
}

// answer lets the engine decide, and says what came of it.
func (v *View) answer(asked []sync.Choice, d sync.Decision) {
	var run *storage.Run
	v.slow.Do(func(ctx context.Context) error {
		id, err := v.p.Engine.DecideMany(ctx, asked, d)
		if err != nil {
			return err
		}
		return v.p.Store.View(ctx, func(tx storage.Reader) (err error) {
			run, err = tx.Run(id)
			return err
		})
	}, func() {
		v.ticked = selection{}
		v.reload()
		v.told(run, d)
	})
}

// told says how a decision ended: what could not be taken over first.
func (v *View) told(run *storage.Run, d sync.Decision) {
	t := run.Totals
	switch {
	case t.Failed > 0:
		v.p.Host.Toast(words.N("decisions.refused", t.Failed), words.T("decisions.report"), func() { v.p.Host.OpenRun(run.ID) })
	case d == sync.KeepOurs:
		v.p.Host.Toast(words.N("decisions.kept", t.Total), words.T("decisions.undo"), func() { v.undo(run.ID) })
	default:
		v.p.Host.Toast(words.N("decisions.accepted", t.Total-t.Skipped), words.T("decisions.undo"), func() { v.undo(run.ID) })
	}
}

func (v *View) undo(runID string) {
	v.slow.Do(func(ctx context.Context) error { _, err := v.p.Engine.Undo(ctx, runID); return err },
		func() { v.p.Host.Toast(words.T("decisions.undone"), "", nil) })
}

// unfreeze lets the frozen fields of a listing go.
func (v *View) unfreeze(w *sync.Waiting) {
	v.slow.Do(func(ctx context.Context) error { return v.p.Engine.Unfreeze(ctx, w.EstablishmentID, w.AccountID) },
		func() { v.p.Host.Toast(words.T("decisions.unfrozen", "name", w.Name), "", nil) })
}

// sync tries listings again.
func (v *View) sync(of []*sync.Waiting) {
	v.slow.Do(func(ctx context.Context) error {
		for _, r := range requests(of) {
			if _, err := v.p.Engine.Sync(ctx, r); err != nil {
				return err
			}
		}
		return nil
	}, func() { v.p.Host.Toast(words.N("decisions.synced", len(of)), "", nil) })
}
