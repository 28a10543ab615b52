package command

import (
	"errors"
	"fmt"
	"os"

	"diapason/app/demo"
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
	return s.withWorkspace(func(w *Workspace) error {
		return demo.Serve(s.ctx, w.Store.Path(), func(url string) error {
			d := demo.Workspace{Store: w.Store, Engine: w.Engine, Importer: w.Importer(), TrialURL: url}
			if hasDisplay(s.program.Getenv) {
				if _, err := demo.Prepare(s.ctx, d); err != nil {
					return err
				}
				s.sayT("command.demo.window", "folder", w.Store.Path())
				return s.program.Window(s.ctx, w)
			}
			report, err := demo.Show(s.ctx, d, s.say)
			// The lanes end before the directory that answers them does.
			w.Engine.Stop()
			if err != nil {
				return err
			}
			return errors.Join(s.document(report), s.ctx.Err())
		})
	})
}
