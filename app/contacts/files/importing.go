package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Choose lets people choose a file to import.
func (f *Files) Choose() {
	f.p.Host.OpenFile(words.T("contacts.files.choose"), words.T("contacts.files.kind"), Endings, func(path string, err error) {
		switch {
		case err != nil:
			f.p.Host.Failure(err)
		case path != "":
			f.Import(path, nil)
		}
	})
}

// intake is the dialog of one file.
type intake struct {
	f      *Files
	path   string
	name   string
	params contacts.ImportParams
	seen   fs.FileInfo // the file as it was previewed
	stop   context.CancelFunc
	read   int  // generation of the latest preview
	going  bool // the import has begun
	done   func()

	found    *widgets.Column
	doubtful *widgets.Check
	cancel   *widgets.Button
	do       *widgets.Button
	dialog   *widgets.Dialog
}

// Import shows what a file would bring in, and imports it when it is asked to. done, which may be nil, is called once the
// file is dealt with.
func (f *Files) Import(path string, done func()) {
	if done == nil {
		done = func() {}
	}
	c := f.p.Canvas()
	if c == nil {
		done()
		return
	}
	newIntake(f, path, done).open(c)
}

func newIntake(f *Files, path string, done func()) *intake {
	return &intake{f: f, path: path, name: filepath.Base(path), done: done, stop: func() {}}
}

// open shows the dialog, which says that the file is being read until it is.
func (in *intake) open(c fyne.Canvas) {
	in.found = widgets.NewColumn(8)
	in.doubtful = widgets.NewCheck(words.T("contacts.files.doubtful"), func(on bool) {
		in.params.CreateDoubtful = on
		in.preview("")
	})
	in.cancel = widgets.NewButton(widgets.Outlined, words.T("contacts.files.cancel"), "", func() { in.dialog.Close() })
	in.do = widgets.NewButton(widgets.Primary, words.T("contacts.files.doNothing"), look.IconImport, in.apply)
	in.dialog = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("contacts.files.title", "name", in.name), Body: in.found, Buttons: []*widgets.Button{in.cancel, in.do},
		Default: in.do, First: in.cancel, Width: 520, OnClosed: in.closed,
	})
	in.preview("")
}

// closed ends the reading of a preview; an import goes on.
func (in *intake) closed() {
	in.stop()
	in.read++
	if !in.going {
		in.done()
	}
}

// preview asks what the file would bring in; remark says why that is asked anew, "" for the first time.
func (in *intake) preview(remark string) {
	in.stop()
	ctx, stop := context.WithCancel(context.Background())
	in.stop = stop
	in.read++
	generation, params := in.read, in.params
	params.DryRun = true
	in.do.SetEnabled(false)
	if in.seen == nil {
		in.show(widgets.NewParagraph(words.T("contacts.files.reading"), look.SizeBody, look.TextSecondary))
	}
	in.f.p.Background(func() {
		report, seen, err := in.f.read(ctx, in.path, params)
		in.f.p.UI(func() {
			if generation != in.read {
				return
			}
			if in.seen = seen; err != nil {
				in.refuse(err)
				return
			}
			in.tell(report, remark)
		})
	})
}

// read has a file imported, or previewed, and gives it as it was when it was opened.
func (f *Files) read(ctx context.Context, path string, p contacts.ImportParams) (r contacts.ImportReport, seen fs.FileInfo, err error) {
	name := filepath.Base(path)
	unreadable := func(err error) error { return storage.NewProblem("file.unreadable", "name", name).Because(err) }
	file, err := os.Open(path)
	if err != nil {
		return r, nil, unreadable(err)
	}
	defer file.Close() // only read from: nothing is lost
	if seen, err = file.Stat(); err != nil {
		return r, nil, unreadable(err)
	}
	r, err = f.p.Service.ImportFile(ctx, name, file, p)
	return r, seen, err
}

func (in *intake) show(objects ...fyne.CanvasObject) {
	in.found.SetObjects(objects...)
	in.dialog.Refresh()
}

// refuse says why the file cannot be imported.
func (in *intake) refuse(err error) {
	in.cancel.SetText(words.T("contacts.files.close"))
	in.do.Hide()
	in.show(remark(widgets.Error, look.StatusError, say.Error(err)))
}

// tell shows what the file would bring in.
func (in *intake) tell(r contacts.ImportReport, said string) {
	n := r.Created + r.Updated
	in.do.SetEnabled(n > 0)
	in.do.SetText(words.T("contacts.files.doNothing"))
	if n > 0 {
		in.do.SetText(words.N("contacts.files.do", n))
	}
	objects := findings(r)
	if said != "" {
		objects = append([]fyne.CanvasObject{remark(widgets.Warning, look.StatusAction, said)}, objects...)
	}
	if in.params.CreateDoubtful || doubts(r) {
		in.doubtful.SetState(widgets.CheckedIf(in.params.CreateDoubtful))
		objects = append(objects, in.doubtful)
	}
	in.show(objects...)
}

// doubts reports whether cards are left aside because they may be about somebody who is here.
func doubts(r contacts.ImportReport) bool {
	for _, a := range r.Aside {
		if len(a.Candidates) > 0 {
			return true
		}
	}
	return false
}

// apply imports the file when it is still the one that was previewed; its report is in Activité.
func (in *intake) apply() {
	in.do.SetEnabled(false)
	in.f.p.Background(func() {
		now, err := os.Stat(in.path)
		in.f.p.UI(func() {
			switch same := err == nil && in.seen != nil && os.SameFile(now, in.seen) && now.Size() == in.seen.Size() && now.ModTime().Equal(in.seen.ModTime()); {
			case same:
				in.going = true
				in.dialog.Close()
				in.begin()
			case err != nil: // the preview says why
				in.preview("")
			default:
				in.preview(words.T("contacts.files.changed"))
			}
		})
	})
}

// begin carries the import out; it is in the list of running jobs meanwhile, where it can be cancelled.
func (in *intake) begin() {
	f := in.f
	f.p.Background(func() {
		report, _, err := f.read(context.Background(), in.path, in.params)
		f.p.UI(func() {
			in.done()
			stopped := errors.Is(err, context.Canceled)
			if err != nil && !stopped {
				f.p.Host.Failure(err)
			}
			if n := report.Created + report.Updated; report.Run != nil && (n > 0 || stopped) {
				f.imported(in.name, report.Run.ID, n, err != nil)
			}
		})
	})
}

// imported tells how many contacts came in, and offers to take them back.
func (f *Files) imported(name, runID string, n int, stopped bool) {
	key := "contacts.files.done"
	if stopped {
		key = "contacts.files.stopped"
	}
	text := words.N(key, n, "file", name)
	if n == 0 {
		f.p.Host.Toast(text, words.T("contacts.files.report"), func() { f.p.Host.OpenRun(runID) })
		return
	}
	f.p.Host.Toast(text, words.T("contacts.files.undo"), func() { f.undo(name, runID) })
}

// undo takes an import back; what was changed since stays, and the report says so.
func (f *Files) undo(name, runID string) {
	f.p.Background(func() {
		undo, err := f.p.Undo(context.Background(), runID)
		f.p.UI(func() {
			if err != nil {
				f.p.Host.Failure(err)
				return
			}
			f.p.Host.Toast(words.T("contacts.files.undone", "file", name), words.T("contacts.files.report"), func() { f.p.Host.OpenRun(undo) })
		})
	})
}
