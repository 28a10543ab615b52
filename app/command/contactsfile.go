package command

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"diapason/app/say"
	"diapason/app/wholefile"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
)

// contactsImport reads a file of cards into the contacts.
type contactsImport struct {
	File     string `arg:"" name:"file"`
	Doubtful bool   `name:"doubtful"`
	DryRun   bool   `name:"dry-run"`
}

// contactsImportReport is what an import did.
type contactsImportReport struct {
	Run       string      `json:"run"` // "" of a dry run
	DryRun    bool        `json:"dryRun"`
	Created   int         `json:"created"`
	Updated   int         `json:"updated"`
	Unchanged int         `json:"unchanged"`
	Kept      []keptTexts `json:"kept"`
	Rejected  []cardAside `json:"rejected"`
}

// keptTexts is a contact that keeps texts of its own where the file says something else.
type keptTexts struct {
	ID     string          `json:"id"`
	Name   string          `json:"name"`
	Fields []storage.Field `json:"fields"`
}

// cardAside is a card that was not taken.
type cardAside struct {
	Row        int         `json:"row"` // on which it begins in the file, from 1
	Name       string      `json:"name"`
	Code       string      `json:"code"`
	Reason     string      `json:"reason"`
	Candidates []candidate `json:"candidates"` // contacts that it may be about
}

type candidate struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Run imports what is certain, and lists the rest.
func (c contactsImport) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		f, err := os.Open(c.File)
		if err != nil {
			return storage.NewProblem("file.unreadable", "name", c.File).Because(err)
		}
		report, err := w.Contacts.ImportFile(s.ctx, filepath.Base(c.File), f, contacts.ImportParams{
			CreateDoubtful: c.Doubtful, DryRun: c.DryRun,
		})
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		return c.tell(s, report)
	})
}

// tell lists what stays as it was and sums up.
func (c contactsImport) tell(s *session, r contacts.ImportReport) error {
	report := contactsImportReport{
		DryRun: c.DryRun, Created: r.Created, Updated: r.Updated, Unchanged: r.Unchanged, Kept: []keptTexts{}, Rejected: []cardAside{},
	}
	if r.Run != nil {
		report.Run = r.Run.ID
	}
	for _, k := range r.Kept {
		report.Kept = append(report.Kept, keptTexts{k.ContactID, k.Name, k.Fields})
		var labels []string
		for _, f := range k.Fields {
			labels = append(labels, say.ContactField(f))
		}
		s.sayT("command.contacts.kept", "name", cmp.Or(k.Name, "…"), "fields", strings.Join(labels, ", "))
	}
	for _, a := range r.Aside {
		aside := cardAside{a.Line, a.Name, a.Problem.Code, say.Problem(a.Problem), []candidate{}}
		var names []string
		for _, other := range a.Candidates {
			aside.Candidates = append(aside.Candidates, candidate{other.ID, other.Name})
			names = append(names, other.Name)
		}
		report.Rejected = append(report.Rejected, aside)
		key := "command.contacts.aside"
		if len(names) > 0 {
			key = "command.contacts.aside.like"
		}
		s.sayT(key, "line", words.Number(a.Line), "name", cmp.Or(a.Name, "…"), "reason", aside.Reason, "names", strings.Join(names, ", "))
	}
	key := "command.contacts.imported"
	if c.DryRun {
		key = "command.contacts.planned"
	}
	s.sayT(key, "file", filepath.Base(c.File), "created", words.Number(r.Created), "updated", words.Number(r.Updated),
		"unchanged", words.Number(r.Unchanged), "rejected", words.Number(len(r.Aside)))
	if err := s.document(report); err != nil {
		return err
	}
	if len(r.Aside) > 0 {
		return errFailures
	}
	return nil
}

// contactsExport writes the contacts into a file of cards.
type contactsExport struct {
	File  string `arg:"" name:"file"`
	Label string `name:"label" placeholder:"command.value.label"`
}

// Run writes the file whole or not at all.
func (c contactsExport) Run(s *session) error {
	path, err := filepath.Abs(c.File)
	if err != nil {
		return err
	}
	return s.withWorkspace(func(w *Workspace) error {
		count := 0
		err := wholefile.Write(path, func(out io.Writer) (err error) {
			count, err = w.Contacts.ExportFile(s.ctx, out, contacts.ExportParams{Name: filepath.Base(path), Label: c.Label})
			return err
		})
		if err != nil {
			return err
		}
		s.say(words.N("command.contacts.exported", count, "file", path))
		return s.document(map[string]any{"file": path, "count": count})
	})
}
