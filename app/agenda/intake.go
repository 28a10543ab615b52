package agenda

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Importer is what the screen asks of the agenda about .ics files.
type Importer interface {
	ImportFile(ctx context.Context, name string, r io.Reader, p agenda.ImportParams) (agenda.ImportReport, error)
}

// Endings are those of the files that the agenda imports.
var Endings = []string{".ics"}

// largestFile is how large a file may be, in bytes.
const largestFile = 64 << 20

// chooseFile lets people choose a file to import.
func (s *Screen) chooseFile() {
	s.p.Host.OpenFile(words.T("agenda.intake.choose"), words.T("agenda.intake.files"), Endings, func(path string, err error) {
		switch {
		case err != nil:
			s.p.Host.Failure(err)
		case path != "":
			s.Import(path, nil)
		}
	})
}

// intake is the dialog of one file: what it would create, change and set aside.
type intake struct {
	s      *Screen
	name   string
	body   []byte
	params agenda.ImportParams
	read   int // generation of the latest preview

	found  *widgets.Column
	do     *widgets.Button
	dialog *widgets.Dialog
}

// Import shows what a file would do to the agenda, and does it when it is asked to. done, which may be nil, is called
// once the file is dealt with.
func (s *Screen) Import(path string, done func()) {
	if done == nil {
		done = func() {}
	}
	in := &intake{s: s, name: filepath.Base(path)}
	s.p.Background(func() {
		body, err := readFile(path)
		s.p.UI(func() {
			if err != nil {
				s.p.Host.Failure(err)
				done()
				return
			}
			in.body = body
			in.open(done)
		})
	})
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, storage.NewProblem("agenda.file", "name", filepath.Base(path)).Because(err)
	}
	if info.Size() > largestFile {
		return nil, storage.NewProblem("agenda.file.large", "name", filepath.Base(path))
	}
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, storage.NewProblem("agenda.file", "name", filepath.Base(path)).Because(err)
	}
	return body, nil
}

func (in *intake) open(done func()) {
	s := in.s
	c := s.canvas()
	if c == nil {
		done()
		return
	}
	names := s.book.Names()
	if len(names.Types) > 0 {
		in.params.TypeID = names.Types[0].ID
	}
	kind := widgets.NewSelectField(words.T("agenda.intake.type"), typeItems(names), func(id string) {
		in.params.TypeID = id
		in.preview()
	})
	kind.SetValue(in.params.TypeID)
	places := []widgets.MenuItem{{Text: words.T("agenda.none")}}
	for _, p := range names.Places {
		places = append(places, widgets.MenuItem{ID: p.ID, Text: p.Name})
	}
	place := widgets.NewSelectField(words.T("agenda.field.place"), places, func(id string) {
		in.params.EstablishmentID = id
		in.preview()
	})
	place.SetSearchHint(words.T("agenda.search.menu"))
	place.SetValue("")
	in.found = widgets.NewColumn(8)
	cancel := widgets.NewButton(widgets.Outlined, words.T("agenda.cancel"), "", func() { in.dialog.Close() })
	in.do = widgets.NewButton(widgets.Primary, words.T("agenda.intake.do"), look.IconImport, in.apply)
	in.dialog = widgets.ShowDialog(c, widgets.DialogParams{
		Title:   words.T("agenda.intake.title", "name", in.name),
		Body:    widgets.NewColumn(12, widgets.NewLine(12, top(kind, -1), top(place, -1)), in.found),
		Buttons: []*widgets.Button{cancel, in.do}, Default: in.do, First: in.do, Width: 520, OnClosed: done,
	})
	in.preview()
}

// preview asks what the file would do.
func (in *intake) preview() {
	in.read++
	generation, params := in.read, in.params
	params.DryRun = true
	in.do.SetEnabled(false)
	in.s.p.Background(func() {
		report, err := in.s.p.Service.ImportFile(context.Background(), in.name, bytes.NewReader(in.body), params)
		in.s.p.UI(func() {
			if generation != in.read {
				return
			}
			if err != nil {
				in.found.SetObjects(remark(widgets.Error, look.StatusError, say.Error(err)))
				in.dialog.Refresh()
				return
			}
			in.do.SetEnabled(report.Created+report.Updated > 0)
			in.found.SetObjects(findings(report)...)
			in.dialog.Refresh()
		})
	})
}

// mostRemarks is how many of the things set aside are named.
const mostRemarks = 5

// findings says what a file does, what is set aside last.
func findings(r agenda.ImportReport) []fyne.CanvasObject {
	objects := []fyne.CanvasObject{
		remark(widgets.Success, look.StatusCreate, words.N("agenda.intake.created", r.Created)),
		remark(widgets.Info, look.StatusEdit, words.N("agenda.intake.updated", r.Updated)),
		remark(widgets.Neutral, look.StatusManual, words.N("agenda.intake.unchanged", r.Unchanged)),
	}
	if n := len(r.Rejected); n > 0 {
		objects = append(objects, remark(widgets.Warning, look.StatusAction, words.N("agenda.intake.aside", n)))
		for i, f := range r.Rejected {
			if i == mostRemarks {
				objects = append(objects, widgets.NewText(words.N("agenda.intake.more", n-mostRemarks), look.SizeSmall, look.TextSecondary))
				break
			}
			objects = append(objects, widgets.NewParagraph(words.T("agenda.intake.rejected", "title", or(f.Summary, f.UID), "why", say.Problem(f.Problem)),
				look.SizeSmall, look.TextSecondary))
		}
	}
	return objects
}

func remark(tone widgets.Tone, icon look.Icon, text string) fyne.CanvasObject {
	return widgets.NewLine(8, widgets.Own(widgets.NewStatusIcon(tone, icon)), widgets.Share(widgets.NewParagraph(text, look.SizeBody, look.Text)))
}

// apply imports the file; its report is in Activité.
func (in *intake) apply() {
	params := in.params
	in.do.SetBusy(true)
	in.s.p.Background(func() {
		report, err := in.s.p.Service.ImportFile(context.Background(), in.name, bytes.NewReader(in.body), params)
		in.s.p.UI(func() {
			in.do.SetBusy(false)
			if err != nil {
				in.found.SetObjects(remark(widgets.Error, look.StatusError, say.Error(err)))
				in.dialog.Refresh()
				return
			}
			in.dialog.Close()
			text := words.N("agenda.intake.done", report.Created+report.Updated)
			in.s.p.Host.Toast(text, words.T("agenda.intake.report"), func() { in.s.p.Host.OpenRun(report.Run.ID) })
		})
	})
}
