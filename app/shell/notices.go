package shell

import (
	"time"

	"fyne.io/fyne/v2"

	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// mostFailures is how many failures are on screen together; the oldest goes first, and all are in the log.
const mostFailures = 3

// notices are what the window says besides its screens: toasts about the last gesture, and failures, which stay at the
// top until they are closed.
type notices struct {
	toasts   *widgets.ToastHost
	failures *fyne.Container
	changed  func() // the room taken at the top is another one
}

// newNotices makes empty ones; ui runs what a toast's time brings about on the interface's goroutine.
func newNotices(ui func(func()), changed func()) *notices {
	n := &notices{toasts: widgets.NewToastHost(words.T("shell.close")), changed: changed}
	n.toasts.After = func(d time.Duration, f func()) func() {
		t := time.AfterFunc(d, func() { ui(f) })
		return func() { t.Stop() }
	}
	n.failures = &fyne.Container{Layout: stackBanners{}}
	return n
}

// toast says what has just been done.
func (n *notices) toast(text, action string, do func()) {
	n.changed()
	n.toasts.ShowToast(widgets.ToastMessage{Tone: widgets.Success, Text: text, Action: action, OnTap: do})
}

// failure shows a sentence until it is closed; the same one is not shown twice. An action, when there is one, closes it
// too.
func (n *notices) failure(text, action string, do func()) {
	for _, o := range n.failures.Objects {
		if b, ok := o.(*widgets.Banner); ok && b.Text() == text {
			return
		}
	}
	b := widgets.NewBanner()
	if action == "" {
		b.SetMessage(widgets.Error, text, words.T("shell.close"), func() { n.close(b) })
	} else {
		b.SetMessage(widgets.Error, text, action, func() {
			n.close(b)
			do()
		})
		b.SetClose(words.T("shell.close"), func() { n.close(b) })
	}
	kept := n.failures.Objects
	if len(kept) >= mostFailures {
		kept = kept[1:]
	}
	n.failures.Objects = append(append([]fyne.CanvasObject{}, kept...), b)
	n.changed()
}

func (n *notices) close(b *widgets.Banner) {
	var kept []fyne.CanvasObject
	for _, o := range n.failures.Objects {
		if o != b {
			kept = append(kept, o)
		}
	}
	n.failures.Objects = kept
	n.changed()
}

// height is the room that the failures take at a width.
func (n *notices) height(width float32) float32 { return bannersHeight(n.failures, width) }

// bannersHeight is the room that the banners of a box take at a width.
func bannersHeight(box *fyne.Container, width float32) float32 {
	h := float32(0)
	for _, o := range box.Objects {
		h += 8 + o.(*widgets.Banner).HeightFor(width-2*look.Margin)
	}
	return h
}

// stackBanners is the layout of a box of banners, one below the other.
type stackBanners struct{}

// MinSize lets the window decide.
func (stackBanners) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout stacks the banners.
func (stackBanners) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y, width := float32(8), size.Width-2*look.Margin
	for _, o := range objects {
		h := o.(*widgets.Banner).HeightFor(width)
		o.Move(fyne.NewPos(look.Margin, y))
		o.Resize(fyne.NewSize(width, h))
		y += h + 8
	}
}
