package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"diapason/app/demo"
	"diapason/storage/bolt"
)

// demoCommand opens the demonstration workspace or, without a display, runs its job and prints it.
type demoCommand struct{}

// Run makes the workspace in a new temporary folder, unless a folder was named, and leaves it there.
func (demoCommand) Run(s *session) error {
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "diapason-demo-")
		if err != nil {
			return fmt.Errorf("folder of the demonstration: %w", err)
		}
		s.dir = dir
	}
	dir, err := s.folder()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, bolt.FileName)); errors.Is(err, fs.ErrNotExist) {
		if err := demo.Mark(dir); err != nil {
			return err
		}
	}
	err = s.withWorkspace(func(w *Workspace) error {
		if err := w.Demonstrate(s.ctx); err != nil {
			return err
		}
		if hasDisplay(s.program.Getenv) {
			w.StartFolder = w.Store.Path() // the file to import lies there
			s.sayT("command.demo.window", "folder", w.Store.Path())
			return s.show(w)
		}
		d, err := w.demonstration()
		if err != nil {
			return err
		}
		if err := w.Start(s.ctx); err != nil {
			return err
		}
		report, err := demo.Show(s.ctx, d, s.say)
		if err != nil {
			return err
		}
		if err := w.Populate(s.ctx); err != nil {
			return err
		}
		return s.document(report)
	})
	if hasDisplay(s.program.Getenv) && s.woke(err) {
		return nil
	}
	return err
}
