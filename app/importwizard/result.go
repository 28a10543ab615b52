package importwizard

import (
	"fyne.io/fyne/v2"

	"diapason/app/importwizard/flow"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// workFace shows what is being done, how far it is, and the way to stop it.
type workFace struct {
	v       *View
	title   *widgets.Text
	current *widgets.Text
	bar     *widgets.ProgressBar
	cancel  *widgets.Button
	box     *fyne.Container
}

func newWorkFace(v *View) *workFace {
	f := &workFace{
		v: v, title: widgets.NewWord("", look.SizeSubtitle, look.Text).Bold(), current: widgets.NewWord("", look.SizeBody, look.TextSecondary),
		bar: widgets.NewProgressBar(360),
	}
	f.cancel = widgets.NewButton(widgets.Outlined, word("cancel"), look.IconClose, v.flow.Cancel)
	f.box = &fyne.Container{Layout: pile{}, Objects: []fyne.CanvasObject{f.title, f.bar, f.current, f.cancel}}
	return f
}

// pile centres its objects under each other, 16 apart.
type pile struct{}

// MinSize lets the window decide.
func (pile) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(360, 160) }

// Layout centres them.
func (pile) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	const gap = 16
	h := float32(0)
	for _, o := range objects {
		h += o.MinSize().Height + gap
	}
	y := (size.Height - h) / 2
	for _, o := range objects {
		m := o.MinSize()
		o.Resize(m)
		o.Move(fyne.NewPos((size.Width-m.Width)/2, y))
		y += m.Height + gap
	}
}

func (f *workFace) content() fyne.CanvasObject { return f.box }

func (f *workFace) update() {
	fl := f.v.flow
	f.cancel.Hidden = fl.Work() == flow.Undoing
	switch fl.Work() {
	case flow.Reading:
		f.title.SetText(word("work.reading"))
		f.current.SetText("")
		f.bar.Hide()
	case flow.Planning:
		f.title.SetText(word("work.planning"))
		f.current.SetText(word("nothingYet"))
		f.bar.Show()
		f.bar.SetShare(fl.Share())
	case flow.Importing:
		p := fl.Progress()
		f.title.SetText(words.N("importwizard.work.importing", p.Total, "done", words.Number(p.Done)))
		f.current.SetText(p.Current)
		f.bar.Show()
		f.bar.SetShare(share(p.Done, p.Total))
	case flow.Undoing:
		f.title.SetText(word("work.undoing"))
		f.current.SetText("")
		f.bar.Hide()
	}
	f.box.Refresh()
}

func share(done, total int) float64 {
	if total == 0 {
		return 0
	}
	return float64(done) / float64(total)
}

// resultFace tells what the import did.
type resultFace struct {
	v     *View
	title *widgets.Text
	text  *widgets.Text
	line  *widgets.Line
	icons map[string]*widgets.IconTile
	see   *widgets.Button
	undo  *widgets.Button
	box   *fyne.Container
}

func newResultFace(v *View) *resultFace {
	f := &resultFace{
		v: v, title: widgets.NewWord("", look.SizeTitle, look.Text).Bold(), text: widgets.NewWord("", look.SizeBody, look.TextSecondary),
	}
	f.see = widgets.NewButton(widgets.Outlined, word("result.see"), look.IconActivity, func() {
		id := v.flow.Run().ID
		v.leave()
		v.p.Host.OpenRun(id)
	})
	f.undo = widgets.NewButton(widgets.Outlined, word("result.undo"), look.IconUndo, v.flow.Undo)
	f.line = widgets.NewLine(12, widgets.Own(f.see), widgets.Own(f.undo))
	f.icons = map[string]*widgets.IconTile{
		"result.done":      widgets.NewIconTile(look.StatusOK, widgets.Success, 64),
		"result.undone":    widgets.NewIconTile(look.StatusUndone, widgets.Neutral, 64),
		"result.cancelled": widgets.NewIconTile(look.StatusDisabled, widgets.Neutral, 64),
		"result.failed":    widgets.NewIconTile(look.StatusError, widgets.Error, 64),
	}
	f.box = &fyne.Container{Layout: pile{}}
	return f
}

func (f *resultFace) content() fyne.CanvasObject { return f.box }

func (f *resultFace) update() {
	run := f.v.flow.Run()
	if run == nil {
		return
	}
	f.see.Hidden = !f.v.p.Host.CanOpenRun()
	f.undo.Hidden = f.v.flow.Undone() || run.Totals.Created+run.Totals.Updated == 0
	key := "result.done"
	switch {
	case f.v.flow.Undone():
		key = "result.undone"
	case run.State == storage.RunCancelled:
		key = "result.cancelled"
	case run.State == storage.RunFailed:
		key = "result.failed"
	}
	f.box.Objects = []fyne.CanvasObject{f.icons[key], f.title, f.text, f.line}
	f.title.SetText(word(key))
	f.text.SetText(say.Totals(run.Totals))
	f.line.Refresh()
	f.box.Refresh()
}
