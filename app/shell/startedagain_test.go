package shell

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/test"
)

// system is a window as a windowing system gives it; it notes when it is asked to the front.
type system struct {
	fyne.Window
	context any
	asked   int
}

func (w *system) RequestFocus()          { w.asked++ }
func (w *system) RunNative(do func(any)) { do(w.context) }

func TestWindowComesToTheFrontWhenTheProgramIsStartedAgain(t *testing.T) {
	starts := make(chan struct{})
	b := open(t, nil, func(p *Params) { p.StartedAgain = starts })
	w := &system{Window: b.shell.window, context: driver.X11WindowContext{}}
	b.shell.window = w
	go b.shell.answerStarts(t.Context())
	for n := 1; n <= 2; n++ {
		starts <- struct{}{}
		b.until("the window in front", func() bool { return w.asked == n })
	}
}

func TestDesktopSaysThatTheWindowIsOpenWhereNoneComesToTheFront(t *testing.T) {
	b := open(t, nil)
	b.shell.window = &system{Window: b.shell.window, context: driver.WaylandWindowContext{}}
	said := fyne.NewNotification("Diapason", "Cet espace de travail est déjà ouvert : sa fenêtre est dans la barre des tâches.")
	test.AssertNotificationSent(t, said, b.shell.comeToFront)
	b.shell.window = &system{Window: b.shell.window, context: driver.X11WindowContext{}}
	test.AssertNotificationSent(t, nil, b.shell.comeToFront)
}
