// Package importwizard shows the import assistant: file, columns, preview, import. Everything it knows comes from the
// Flow in app/importwizard/flow; it decides nothing.
//
// It is a page over the screens of the rail. Everything belongs to the interface's goroutine.
package importwizard

import (
	"fyne.io/fyne/v2"

	"diapason/app/importwizard/flow"
	"diapason/app/say"
	"diapason/app/shortcuts"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Host is what the assistant asks of the window.
type Host interface {
	// Toast says what has just been done; action, when not empty, is offered beside it.
	Toast(text, action string, do func())
	// Failure says why something could not be done; it stays until it is closed.
	Failure(err error)
	// Import lets people choose another file, once the assistant is closed.
	Import()
	// SaveFile lets people choose where to write; path is "" when they changed their mind.
	SaveFile(title, name string, endings []string, done func(path string, err error))
	// OpenRun shows a run in Activité; it reports whether there is such a screen.
	OpenRun(runID string) bool
	// CanOpenRun tells whether OpenRun would show something.
	CanOpenRun() bool
}

// Params are what the assistant needs.
type Params struct {
	Flow *flow.Flow
	Host Host
	// OnClose is called once, when the user is done with the file.
	OnClose func()
}

// View is the page.
type View struct {
	p    Params
	flow *flow.Flow

	header *widgets.PageHeader
	file   *widgets.Text
	about  *widgets.Text
	steps  *widgets.Steps
	banner *widgets.Banner
	footer *footer
	stage  *fyne.Container
	frame  *fyne.Container
	faces  map[string]face
	now    string
	closed bool
}

// face is what fills the page between the steps and the footer.
type face interface {
	content() fyne.CanvasObject
	// update shows the Flow's state again.
	update()
}

func word(key string, args ...string) string { return words.T("importwizard."+key, args...) }

// New builds the page; Open begins with a file.
func New(p Params) *View {
	v := &View{p: p, flow: p.Flow}
	v.steps = widgets.NewSteps(word("step.file"), word("step.columns"), word("step.preview"), word("step.import"))
	v.file = widgets.NewWord("", look.SizeBody, look.Text)
	v.about = widgets.NewWord("", look.SizeBody, look.TextSecondary)
	v.header = widgets.NewPageHeader(word("title"))
	v.header.SetAside(&fyne.Container{Layout: aside{}, Objects: []fyne.CanvasObject{
		widgets.NewIconImage(look.IconTable, 16, look.Success), v.file, v.about,
	}})
	v.header.SetCrumb(word("crumb"), v.leave)
	v.banner = widgets.NewBanner()
	v.footer = newFooter(v)
	v.stage = &fyne.Container{Layout: fill{}}
	v.faces = map[string]face{
		"file": newFileFace(v), "columns": newColumnsFace(v), "preview": newPreviewFace(v), "work": newWorkFace(v),
		"result": newResultFace(v),
	}
	top := widgets.NewColumn(
		0, v.header,
		widgets.NewPaddedColumn(16, widgets.Insets{Right: look.Margin, Left: look.Margin, Bottom: 16}, v.steps, v.banner),
	)
	v.frame = widgets.NewFrame(top, v.footer.content(), nil, nil, v.stage)
	v.flow.OnChange = v.changed
	v.flow.OnError = p.Host.Failure
	v.changed(flow.ChangeAll)
	return v
}

// aside stands at the right: an icon, the file's name and what is said of it. Where there is no room the last goes first.
type aside struct{}

// MinSize takes what the title leaves.
func (aside) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 20) }

// Layout puts what fits against the right edge.
func (aside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	const gap = 8
	need, shown := -float32(gap), 0
	for i, o := range objects {
		if w := o.MinSize().Width + gap; need+w <= size.Width {
			need, shown = need+w, i+1
		} else {
			break
		}
	}
	x := size.Width - need
	for i, o := range objects {
		if i >= shown {
			o.Hide()
			continue
		}
		o.Show()
		m := o.MinSize()
		o.Resize(m)
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		x += m.Width + gap
	}
}

// fill gives its only object all the room.
type fill struct{}

// MinSize lets the window decide: the assistant scrolls.
func (fill) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 120) }

// Layout fills.
func (fill) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
}

// Content gives what the window shows.
func (v *View) Content() fyne.CanvasObject { return v.frame }

// Shown is called when the page comes to the front.
func (v *View) Shown() { v.changed(flow.ChangeAll) }

// Hidden is called when something else takes its place: the assistant is over, save for an import that is running.
func (v *View) Hidden() { v.end() }

// Open begins with a file.
func (v *View) Open(path string) { v.flow.Open(path) }

// Do answers a shortcut and reports whether it meant something here.
func (v *View) Do(a shortcuts.Action) bool {
	switch a {
	case shortcuts.Search:
		if v.now == "preview" {
			widgets.Focus(v.faces["preview"].(*previewFace).search.Focusable())
			return true
		}
	case shortcuts.Escape:
		v.flow.Back()
		return true
	}
	return false
}

// leave closes the assistant.
func (v *View) leave() { v.end() }

// end is the only way out: the Flow is let go and the window goes on with the next file.
func (v *View) end() {
	if v.closed {
		return
	}
	v.closed = true
	v.flow.Close()
	v.p.OnClose()
}

// changed shows the Flow's state again.
func (v *View) changed(c flow.Change) {
	if v.closed {
		return
	}
	name := v.face()
	if c != flow.ChangeAll && name == v.now {
		v.faces[name].update()
		return
	}
	v.showHead()
	v.faces[name].update()
	if name != v.now {
		v.now = name
		v.stage.Objects = []fyne.CanvasObject{v.faces[name].content()}
		v.stage.Refresh()
	}
	v.footer.update()
	v.frame.Refresh()
}

// face tells which face answers the Flow's state.
func (v *View) face() string {
	f := v.flow
	switch {
	case f.Work() != flow.Idle:
		return "work"
	case f.Step() == flow.StepFile:
		return "file"
	case f.Step() == flow.StepColumns:
		return "columns"
	case f.Step() == flow.StepPreview:
		return "preview"
	default:
		return "result"
	}
}

func (v *View) showHead() {
	f := v.flow
	v.steps.SetCurrent(int(f.Step()))
	if f.Run() != nil {
		v.steps.SetCurrent(int(flow.StepImport) + 1)
	}
	v.file.SetText(f.Name())
	about := ""
	if f.Name() != "" {
		about = word("sheet", "sheet", f.SheetName())
		if f.Planned() {
			about = words.N("importwizard.sheetRows", f.Counts().Total, "sheet", f.SheetName())
		}
	}
	v.about.SetText(about)
	v.header.Refresh()
	if err := f.Err(); err != nil {
		v.banner.SetMessage(widgets.Error, say.Error(err), "", nil)
	} else {
		v.banner.Hide()
	}
}

// dialog opens a dialog over the window that shows the page.
func (v *View) dialog(p widgets.DialogParams) *widgets.Dialog {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.frame)
	if c == nil {
		return nil
	}
	return widgets.ShowDialog(c, p)
}

// saveTemplate writes the empty workbook where the user wants it.
func (v *View) saveTemplate() {
	v.p.Host.SaveFile(word("template.save"), word("template.name"), []string{".xlsx"}, func(path string, err error) {
		if err != nil || path == "" {
			v.failed(err)
			return
		}
		v.flow.WriteTemplate(path, words.Lang(), v.saved(word("template.saved")))
	})
}

// saveReport writes the rejected rows where the user wants them.
func (v *View) saveReport() {
	v.p.Host.SaveFile(word("report.save"), word("report.name"), []string{".xlsx"}, func(path string, err error) {
		if err != nil || path == "" {
			v.failed(err)
			return
		}
		v.flow.WriteReport(path, func(p *storage.Problem) string { return say.Problem(p) }, words.Lang(), v.saved(word("report.saved")))
	})
}

func (v *View) saved(text string) func(error) {
	return func(err error) {
		if err != nil {
			v.failed(err)
			return
		}
		v.p.Host.Toast(text, "", nil)
	}
}

func (v *View) failed(err error) {
	if err != nil {
		v.p.Host.Failure(err)
	}
}
