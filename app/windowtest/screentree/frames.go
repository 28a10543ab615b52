package screentree

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// FramesVariable names the environment variable that holds by how many units the wheel is turned in each frame, up or
// down; a bare number. A notch of a mouse's wheel is 25.
const FramesVariable = "DIAPASON_FRAMES"

// Frames begins the line said on standard error once the list was scrolled; a JSON list of microseconds follows.
const Frames = "the frames took "

// Number of frames: those that fill the caches of letters, and those that are measured.
const (
	framesBefore = 30
	framesTaken  = 150
)

// measureFrames turns the wheel over the largest thing that scrolls, once in each frame, and says how long each of them
// took from the turn until the new rows were on screen. It is called after the first text was shown, on a goroutine of
// its own, and returns at once when the variable is not set.
func measureFrames() {
	asked := os.Getenv(FramesVariable)
	if asked == "" {
		return
	}
	var step float32
	if _, err := fmt.Sscan(asked, &step); err != nil {
		fmt.Fprintln(os.Stderr, FramesVariable+":", err)
		os.Exit(2)
	}
	time.Sleep(time.Second) // what the start still does is no part of a frame
	var took []int64
	done := make(chan struct{})
	fyne.Do(func() {
		list := largestScroll()
		n, drawing := 0, false
		var a *fyne.Animation
		// An animation beats once in each frame, before it is drawn; what it queues runs after the drawing. The wheel is
		// not turned again before: on a slow machine beats would get ahead of the queue.
		a = fyne.NewAnimation(time.Hour, func(float32) {
			if drawing {
				return
			}
			if n++; n > framesBefore+framesTaken {
				a.Stop()
				close(done)
				return
			}
			began, warm := time.Now(), n > framesBefore
			list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -step)})
			drawing = true
			fyne.Do(func() {
				drawing = false
				if warm {
					took = append(took, time.Since(began).Microseconds())
				}
			})
		})
		a.Start()
	})
	<-done
	fyne.DoAndWait(func() {
		raw, err := json.Marshal(took)
		if err != nil {
			panic(err) // numbers always have their JSON
		}
		fmt.Fprintln(os.Stderr, Frames+string(raw))
	})
}

// largestScroll gives the largest visible thing that answers the wheel.
func largestScroll() (best fyne.Scrollable) {
	area := float32(0)
	var visit func(o fyne.CanvasObject)
	visit = func(o fyne.CanvasObject) {
		if o == nil || !o.Visible() {
			return
		}
		if s, ok := o.(fyne.Scrollable); ok && o.Size().Width*o.Size().Height > area {
			best, area = s, o.Size().Width*o.Size().Height
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, child := range o.Objects {
				visit(child)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				visit(child)
			}
		}
	}
	for _, w := range fyne.CurrentApp().Driver().AllWindows() {
		visit(w.Canvas().Content())
	}
	return best
}
