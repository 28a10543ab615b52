// Package shell is the window: the rail, the status bar, toasts and banners, theme and language, files dropped on the
// window, and the composition of the screens, each of which is a package of its own.
//
// It holds no logic of any screen. Everything here belongs to the interface's goroutine, except what says otherwise;
// what comes from elsewhere (jobs, commits, file dialogs) arrives through fyne.Do.
package shell
