package command

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"diapason/app/say"
	"diapason/app/wholefile"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/ical"
)

// agendaCommands are the commands of the agenda.
type agendaCommands struct {
	Import agendaImport `cmd:""`
	Person struct {
		Add  personAdd  `cmd:""`
		List personList `cmd:""`
	} `cmd:""`
	Link struct {
		Add        linkAdd        `cmd:""`
		List       linkList       `cmd:""`
		Revoke     linkRevoke     `cmd:""`
		Regenerate linkRegenerate `cmd:""`
		Publish    linkPublish    `cmd:""`
		Withdraw   linkWithdraw   `cmd:""`
		Published  linkPublished  `cmd:""`
	} `cmd:""`
	Feed struct {
		Add    feedAdd    `cmd:""`
		List   feedList   `cmd:""`
		Read   feedRead   `cmd:""`
		Remove feedRemove `cmd:""`
	} `cmd:""`
	Render agendaRender `cmd:""`
}

// agendaImport reads a calendar file into the agenda.
type agendaImport struct {
	File          string `arg:"" name:"file"`
	Type          string `name:"type" placeholder:"command.value.type"`
	Establishment string `name:"establishment" placeholder:"command.value.id"`
	DryRun        bool   `name:"dry-run"`
}

// Run imports what can be read, and lists the rest.
func (c agendaImport) Run(s *session) error {
	return s.withAgenda(func(w *Workspace) (err error) {
		params := agenda.ImportParams{DryRun: c.DryRun}
		if params.TypeID, err = typeID(s.ctx, w.Store, c.Type); err != nil {
			return err
		}
		if c.Establishment != "" {
			if params.EstablishmentID, err = establishmentID(s.ctx, w.Store, c.Establishment); err != nil {
				return err
			}
		}
		f, err := openCalendar(c.File)
		if err != nil {
			return err
		}
		report, err := w.Agenda.ImportFile(s.ctx, filepath.Base(c.File), f, params)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		return c.tell(s, report)
	})
}

// openCalendar opens a calendar file, or says in words why there is none to read.
func openCalendar(path string) (*os.File, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, storage.NewProblem("file.notFound", "name", path).Because(err)
	case err != nil:
		return nil, storage.NewProblem("file.unreadable", "name", path).Because(err)
	}
	if is, err := f.Stat(); err != nil || is.IsDir() {
		if err == nil {
			err = storage.NewProblem("command.calendarFolder", "name", path)
		}
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// agendaImportReport is what an import did.
type agendaImportReport struct {
	Run       string     `json:"run"` // "" of a dry run
	DryRun    bool       `json:"dryRun"`
	Created   int        `json:"created"`
	Updated   int        `json:"updated"`
	Unchanged int        `json:"unchanged"`
	Rejected  []setAside `json:"rejected"`
}

// tell lists the events that were not taken and sums up.
func (c agendaImport) tell(s *session, r agenda.ImportReport) error {
	report := agendaImportReport{
		DryRun: c.DryRun, Created: r.Created, Updated: r.Updated, Unchanged: r.Unchanged, Rejected: setAsideOf(r.Rejected),
	}
	if r.Run != nil {
		report.Run = r.Run.ID
	}
	s.sayAside(report.Rejected)
	key := "command.agenda.imported"
	if c.DryRun {
		key = "command.agenda.planned"
	}
	s.sayT(key, "file", filepath.Base(c.File), "created", words.Number(r.Created), "updated", words.Number(r.Updated),
		"unchanged", words.Number(r.Unchanged), "rejected", words.Number(len(r.Rejected)))
	if err := s.document(report); err != nil {
		return err
	}
	if len(r.Rejected) > 0 {
		return errFailures
	}
	return nil
}

// agendaRender writes what a link shows.
type agendaRender struct {
	Link string `arg:"" name:"link"`
	File string `arg:"" name:"file" optional:""`
}

// Run writes the feed to standard output or, whole or not at all, into a file.
func (c agendaRender) Run(s *session) error {
	r, err := renderLink.run(s, c)
	if err != nil {
		return err
	}
	render := func(out io.Writer) error {
		_, err := out.Write(r.Feed)
		return err
	}
	path := ""
	switch {
	case c.File != "":
		if path, err = filepath.Abs(c.File); err == nil {
			err = wholefile.Write(path, render)
		}
	case !s.json: // with it, standard output is for the document
		err = render(s.program.Stdout)
	}
	if err != nil {
		return err
	}
	return tellRendered(s, path, r)
}

// renderedLink is a link with what it shows.
type renderedLink struct {
	ID, Label string
	Feed      []byte
	Rendered  agenda.Rendered
}

// renderLink renders a link.
var renderLink = operation[agendaRender, renderedLink]{
	"agenda.render", func(ctx context.Context, w *Workspace, c agendaRender) (r renderedLink, err error) {
		l, err := linkOf(ctx, w, c.Link)
		if err != nil {
			return r, err
		}
		r.ID, r.Label = l.ID, l.Label
		var feed bytes.Buffer
		r.Rendered, err = w.Agenda.Render(ctx, l.ID, &feed)
		r.Feed = feed.Bytes()
		return r, err
	},
}

// renderReport is what was rendered.
type renderReport struct {
	Link     string     `json:"link"`
	File     string     `json:"file"` // "" for none
	Events   int        `json:"events"`
	Bytes    int        `json:"bytes"`
	Narrowed bool       `json:"narrowed"` // fewer months than the link asks for: it would be too large
	Back     int        `json:"back"`
	Ahead    int        `json:"ahead"`
	SetAside []setAside `json:"setAside"`
}

// setAside is an event that cannot be written, or read.
type setAside struct {
	UID    string `json:"uid"`
	Title  string `json:"title"`
	Row    int    `json:"row,omitempty"` // of the file that was read, from 1
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

func setAsideOf(faults []ical.Fault) []setAside {
	all := []setAside{}
	for _, f := range faults {
		all = append(all, setAside{f.UID, f.Summary, f.Line, f.Problem.Code, say.Problem(f.Problem)})
	}
	return all
}

// sayAside names the events that were set aside, each with the reason and the line of the file, if it came from one.
func (s *session) sayAside(all []setAside) {
	for _, f := range all {
		title := cmp.Or(f.Title, f.UID, "…")
		if f.Row > 0 {
			s.sayT("command.agenda.setAside.line", "line", words.Number(f.Row), "title", title, "reason", f.Reason)
		} else {
			s.sayT("command.agenda.setAside", "title", title, "reason", f.Reason)
		}
	}
}

func tellRendered(s *session, path string, l renderedLink) error {
	r := l.Rendered
	report := renderReport{
		Link: l.ID, File: path, Events: r.Events, Bytes: r.Bytes, Narrowed: r.Narrowed, Back: r.MonthsBack, Ahead: r.MonthsAhead,
		SetAside: setAsideOf(r.SetAside),
	}
	s.say(words.N("command.agenda.rendered", r.Events, "name", l.Label))
	if r.Narrowed {
		s.sayT("command.agenda.narrowed", "back", words.Number(r.MonthsBack), "ahead", words.Number(r.MonthsAhead))
	}
	s.sayAside(report.SetAside)
	if err := s.document(report); err != nil {
		return err
	}
	if len(report.SetAside) > 0 {
		return errFailures
	}
	return nil
}

// withAgenda opens the workspace and makes its agenda ready, without serving or publishing anything.
func (s *session) withAgenda(f func(*Workspace) error) error {
	return s.withWorkspace(func(w *Workspace) error {
		if err := w.Agenda.Prepare(s.ctx); err != nil {
			return err
		}
		return f(w)
	})
}

// named is an entity that people call by its name.
type named struct{ id, name string }

// oneOf finds what people named: by its id, else by its name whatever its accents and capitals. unknown and ambiguous are
// the codes of the problems; their argument is "name".
func oneOf(all []named, text, unknown, ambiguous string) (id string, err error) {
	var found, names []string
	for _, n := range all {
		if n.id == text {
			return n.id, nil
		}
		if storage.SearchKey(n.name) == storage.SearchKey(text) {
			found = append(found, n.id)
		}
		names = append(names, n.name)
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", storage.NewProblem(unknown, "name", text, "names", strings.Join(names, ", "))
	}
	return "", storage.NewProblem(ambiguous, "name", text)
}

// typeID finds a type of reservations; "" for none.
func typeID(ctx context.Context, store storage.Store, text string) (id string, err error) {
	if text == "" {
		return "", nil
	}
	err = store.View(ctx, func(tx storage.Reader) error {
		types, err := tx.ReservationTypes()
		if err != nil {
			return err
		}
		var all []named
		for _, t := range types {
			all = append(all, named{t.ID, t.Name})
		}
		id, err = oneOf(all, text, "command.unknownType", "command.ambiguousType")
		return err
	})
	return id, err
}

func personID(ctx context.Context, store storage.Store, text string) (id string, err error) {
	err = store.View(ctx, func(tx storage.Reader) error {
		persons, err := tx.Persons()
		if err != nil {
			return err
		}
		var all []named
		for _, p := range persons {
			all = append(all, named{p.ID, p.Name})
		}
		id, err = oneOf(all, text, "command.unknownPerson", "command.ambiguousPerson")
		return err
	})
	return id, err
}

func resourceID(ctx context.Context, store storage.Store, text string) (id string, err error) {
	err = store.View(ctx, func(tx storage.Reader) error {
		resources, err := tx.Resources()
		if err != nil {
			return err
		}
		var all []named
		for _, r := range resources {
			all = append(all, named{r.ID, r.Name})
		}
		id, err = oneOf(all, text, "command.unknownResource", "command.ambiguousResource")
		return err
	})
	return id, err
}

// eachID finds several.
func eachID(
	ctx context.Context, store storage.Store, texts []string, find func(context.Context, storage.Store, string) (string, error),
) ([]string, error) {
	var ids []string
	for _, text := range texts {
		id, err := find(ctx, store, text)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}
