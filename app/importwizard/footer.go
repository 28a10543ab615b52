package importwizard

import (
	"fyne.io/fyne/v2"

	"diapason/app/importwizard/flow"
	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// footer stands still under the steps: back at the left, then what is to be known, and what goes ahead at the right.
type footer struct {
	v       *View
	back    *widgets.Button
	note    *widgets.Text
	report  *widgets.Button
	primary *widgets.Button
	line    *widgets.Line
	box     *widgets.Column
}

func newFooter(v *View) *footer {
	f := &footer{v: v, note: widgets.NewParagraph("", look.SizeSmall, look.TextSecondary)}
	f.back = widgets.NewButton(widgets.Outlined, word("back"), look.IconChevronLeft, f.goBack)
	f.report = widgets.NewButton(widgets.Outlined, word("report"), look.IconDocument, v.saveReport)
	f.primary = widgets.NewButton(widgets.Primary, word("next"), "", f.goOn)
	f.line = widgets.NewTallLine(
		64, 8, widgets.Own(f.back), widgets.Fixed(8, nil), widgets.Share(&fyne.Container{Layout: roomy{f.note}, Objects: []fyne.CanvasObject{f.note}}), widgets.Own(f.report), widgets.Own(f.primary),
	)
	f.box = widgets.NewPaddedColumn(0, widgets.Insets{Left: look.Margin, Right: look.Margin}, f.line)
	return f
}

// roomy wraps a remark in the height of the line, and hides one that would need more.
type roomy struct{ note *widgets.Text }

// MinSize takes what is left.
func (roomy) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 20) }

// Layout puts the remark in the middle of the line.
func (l roomy) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	const least, most = 160, 52 // units: width, height
	h := l.note.HeightFor(size.Width)
	setHidden(l.note, size.Width < least || h > most)
	l.note.Move(fyne.NewPos(0, (size.Height-h)/2))
	l.note.Resize(fyne.NewSize(size.Width, h))
}

func (f *footer) content() fyne.CanvasObject { return f.box }

func (f *footer) goBack() {
	if f.v.flow.Step() == flow.StepFile {
		f.v.leave()
		return
	}
	f.v.flow.Back()
}

func (f *footer) goOn() {
	if f.v.flow.Run() != nil {
		f.v.leave()
		return
	}
	f.v.flow.Next()
}

func (f *footer) update() {
	fl := f.v.flow
	busy := fl.Work() != flow.Idle
	f.back.Hidden = fl.Step() == flow.StepImport
	f.back.SetText(word("back"))
	if fl.Step() == flow.StepFile {
		f.back.SetText(word("leave"))
	}
	f.report.Hidden = busy || fl.Step() < flow.StepPreview || fl.Counts().Rejected == 0
	f.primary.Hidden = busy
	f.primary.SetEnabled(fl.Ready() || fl.Run() != nil && !busy)
	note, primary := "", word("next")
	switch {
	case busy: // the page says what is being done
	case fl.Run() != nil:
		primary = word("finish")
	case fl.Step() == flow.StepColumns:
		primary = word("toPreview")
		if p := fl.Missing(); p != nil {
			note = word("missing")
		}
	case fl.Step() == flow.StepPreview:
		note = word("nothingYet")
		primary = words.N("importwizard.apply", fl.Writes())
		switch {
		case fl.Amending():
			note = word("amending")
		case fl.Planned() && fl.Writes() == 0:
			note = word("nothingToDo")
		case fl.Counts().Warned > 0:
			note = words.N("importwizard.setAside", fl.Counts().Warned)
		}
	}
	f.note.SetText(note)
	f.primary.SetText(primary)
	f.line.Refresh()
}
