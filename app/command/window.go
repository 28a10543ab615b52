package command

import (
	"errors"
	"os"

	"diapason/app/instance"
	"diapason/storage"
)

// windowCommand is what runs without a command.
type windowCommand struct{}

// Run opens the window, or brings the one that is open on the same workspace to the front. Whoever starts a window may
// never see a terminal: a refusal is shown in a window too.
func (windowCommand) Run(s *session) error {
	if !hasDisplay(s.program.Getenv) {
		return storage.NewProblem("command.noDisplay")
	}
	w, err := s.open()
	if s.woke(err) {
		return nil
	}
	if err != nil {
		return errors.Join(err, s.program.Refuse(s.ctx, s.refusal(err)))
	}
	return errors.Join(s.show(w), w.Close())
}

// show opens the window of a workspace, which comes to the front when the program is started on the workspace again.
func (s *session) show(w *Workspace) error {
	if err := w.listen(true); err != nil { // the window works all the same; a second start says where the workspace is open
		w.Log.Warn("no second start will find the window", "error", err)
	}
	return s.program.Window(s.ctx, w)
}

// woke reports whether a workspace was refused because a window has it open, which has come to the front instead.
func (s *session) woke(refused error) bool {
	if !errors.Is(refused, storage.ErrLocked) {
		return false
	}
	dir, err := s.folder()
	return err == nil && instance.Wake(s.ctx, dir)
}

// hasDisplay reports whether a window can open. Only X11 and Wayland systems can be without a display.
func hasDisplay(getenv func(string) string) bool {
	return os.PathSeparator == '\\' || isMac || getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != ""
}
