package shell

import "fyne.io/fyne/v2"

// takeEnding gives what is to be done when the window's loop has ended, and keeps Fyne from doing it: Fyne 2.8 hands it
// to the loop that is just ending, which may drop it, or never answer. The process then waited for ever and held the
// workspace. Whoever runs the loop calls what is given back, afterwards and on the same goroutine.
func takeEnding(a fyne.App) func() {
	l, ok := a.Lifecycle().(interface {
		OnStopped() func() // the program's own and Fyne's, which saves the preferences
		SetOnStopped(func())
		SetOnStoppedHookExecuted(func())
	})
	if !ok {
		return func() {} // another Fyne: it keeps its way
	}
	ending := l.OnStopped()
	l.SetOnStopped(nil)
	l.SetOnStoppedHookExecuted(nil)
	if ending == nil {
		return func() {}
	}
	return ending
}
