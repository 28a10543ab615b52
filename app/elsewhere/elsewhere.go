// Package elsewhere does the slow work of the screens away from the interface's goroutine and brings its outcome back. What
// must be dropped when something newer was asked for meanwhile is the screen's own affair: it does not pass here.
package elsewhere

import (
	"context"
	"time"
)

// Worker does the slow work of one screen.
type Worker struct {
	Background func(func()) // runs a function away from the interface's goroutine and returns at once
	UI         func(func()) // runs a function on the interface's goroutine, in order
	Failed     func(error)  // tells the user, on the interface's goroutine
}

// Goroutine is a Background: a new goroutine each.
func Goroutine(f func()) { go f() }

// Later is the machine's timer: it runs a function once after a delay, on a goroutine of its own.
func Later(d time.Duration, f func()) { time.AfterFunc(d, f) }

// Do does the work, then done (which may be nil) on the interface's goroutine; Failed instead when the work failed.
func (w Worker) Do(work func(ctx context.Context) error, done func()) {
	w.Background(func() {
		err := work(context.Background())
		w.UI(func() {
			switch {
			case err != nil:
				w.Failed(err)
			case done != nil:
				done()
			}
		})
	})
}
