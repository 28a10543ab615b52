package shell

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"

	"diapason/app/instance"
	"diapason/assets/words"
)

// answerStarts brings the window to the front each time the program is started on its workspace again, until ctx or the
// window ends.
func (s *Shell) answerStarts(ctx context.Context) {
	for {
		select {
		case <-s.p.StartedAgain:
			s.p.UI(s.comeToFront)
		case <-s.ctx.Done():
			return
		case <-ctx.Done():
			return
		}
	}
}

// comeToFront shows where the window is. Fyne leaves a minimised window where it is on Windows; Wayland lets no window
// come to the front by itself, so there the desktop says that it is open.
func (s *Shell) comeToFront() {
	s.window.RequestFocus()
	native, ok := s.window.(driver.NativeWindow)
	if !ok {
		return
	}
	native.RunNative(func(system any) {
		switch w := system.(type) {
		case driver.WindowsWindowContext:
			instance.Raise(w.HWND)
		case driver.WaylandWindowContext:
			s.app.SendNotification(fyne.NewNotification(words.T("app.name"), words.T("shell.alreadyOpen")))
		}
	})
}
