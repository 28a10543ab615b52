package shell

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"diapason/app/agenda"
	"diapason/app/contacts/files"
	"diapason/app/importwizard"
	"diapason/app/importwizard/flow"
	"diapason/assets/words"
	"diapason/sync/establishments"
	"diapason/sync/tabular"
)

// importable are the files that the import reads.
var importable = []string{".xlsx", ".xlsm", ".csv", ".tsv", ".txt"}

// imported are the files that screens of their own import, by place; all others are the import assistant's.
var imported = map[string][]string{placeAgenda: agenda.Endings, placeContacts: files.Endings}

// arrivals is the queue of the files that were dropped, chosen or named on the command line: the assistant takes one
// after the other.
type arrivals struct {
	waiting []string
	busy    bool // one is being looked at, or the assistant is open
}

// dropped takes the files that were dropped anywhere on the window.
func (s *Shell) dropped(uris []fyne.URI) {
	paths := make([]string, 0, len(uris))
	for _, u := range uris {
		if u.Scheme() == "file" {
			paths = append(paths, u.Path())
		}
	}
	s.arrive(paths)
}

// arrive queues files for what imports them.
func (s *Shell) arrive(paths []string) {
	if len(paths) == 0 {
		return
	}
	s.arrival.waiting = append(s.arrival.waiting, paths...)
	if n := len(s.arrival.waiting); s.arrival.busy || n > 1 {
		if !s.arrival.busy {
			n--
		}
		s.notices.toast(words.N("shell.files.waiting", n), "", nil)
	}
	s.nextArrival()
}

// nextArrival looks at the next file, elsewhere, and opens the assistant on it, or says why it cannot be imported.
func (s *Shell) nextArrival() {
	if s.arrival.busy || len(s.arrival.waiting) == 0 {
		return
	}
	path := s.arrival.waiting[0]
	s.arrival.waiting, s.arrival.busy = s.arrival.waiting[1:], true
	for place, endings := range imported {
		if s.has(place) && slices.Contains(endings, strings.ToLower(filepath.Ext(path))) {
			s.importInto(place, path)
			return
		}
	}
	go func() {
		err := inspect(s.ctx, path)
		s.p.UI(func() {
			if err == nil {
				s.openWizard(path)
				return
			}
			s.Failure(err)
			s.arrived()
		})
	}()
}

// importInto has a screen show what a file would do; the next file of the queue comes when it is dealt with.
func (s *Shell) importInto(place, path string) {
	s.Go(place)
	screen, ok := s.screens[place].(interface {
		Import(path string, done func())
	})
	if !ok {
		s.arrived()
		return
	}
	screen.Import(path, s.arrived)
}

// arrived ends the handling of a file: the assistant was closed, or the file refused.
func (s *Shell) arrived() {
	s.arrival.busy = false
	s.nextArrival()
}

// inspect reports why a file cannot be imported: what it is, in words for people.
func inspect(ctx context.Context, path string) error {
	w, err := tabular.Open(ctx, path)
	if err != nil {
		return err
	}
	return w.Close()
}

// Import lets people choose a file and opens the assistant on it.
func (s *Shell) Import() {
	f := Filter{Name: words.T("shell.files.tables"), Endings: importable}
	s.pick.OpenFile(words.T("shell.files.open"), f, func(path string, err error) {
		switch {
		case err != nil:
			s.Failure(err)
		case path != "":
			s.arrive([]string{path})
		}
	})
}

// openWizard shows the assistant on a file; the next file of the queue comes when it is closed.
func (s *Shell) openWizard(path string) {
	jobs := s.p.Engine.Jobs()
	wizard := importwizard.New(importwizard.Params{
		Flow: flow.New(flow.Params{
			Store: s.p.Store, Jobs: jobs, Undo: s.p.Engine.Undo, Backup: s.p.Backup, UI: s.p.UI, Now: s.today, Log: s.p.Log,
			Importer: establishments.NewImporter(establishments.ImporterParams{
				Store: s.p.Store, Editor: s.p.Engine, Jobs: jobs, Clock: s.p.Clock, TempDir: os.TempDir(),
			}),
		}),
		Host: s,
		OnClose: func() {
			s.Leave()
			s.arrived()
		},
	})
	if s.now != placeEstablishments {
		s.Go(placeEstablishments)
	}
	s.Open(wizard)
	wizard.Open(path)
}
