// Package screentree tells the window tests what stands where on screen: while the program runs it keeps a JSON file with
// the text and the rectangle of every visible object. It is linked only into the program that those tests build for
// themselves (main_screentree.go, build tag screentree), never into a shipped one.
//
// It only looks. The tests act with a real mouse and real keys.
package screentree

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// Variable names the environment variable that holds the file's path.
const Variable = "DIAPASON_SCREEN_TREE"

// every is how often the screen is looked at.
const every = 100 * time.Millisecond

// Object is one visible thing: a text, or a widget by its Go type. Positions are in the window, in pixels.
type Object struct {
	Type       string  `json:"type"`
	Text       string  `json:"text,omitempty"`
	X, Y, W, H float32 `json:",omitempty"`
	Window     string  `json:"window"`
	Overlay    bool    `json:"overlay,omitempty"` // in a menu, a dialog or another layer above the window's content
}

// Watch writes the file for as long as the program runs, when the variable is set. It returns at once.
func Watch() {
	path := os.Getenv(Variable)
	if path == "" {
		return
	}
	go func() {
		before := ""
		for ; ; time.Sleep(every) {
			if fyne.CurrentApp() == nil {
				continue
			}
			var raw []byte
			var err error
			fyne.DoAndWait(func() { raw, err = json.Marshal(objects()) })
			if err == nil && string(raw) != before {
				before = string(raw)
				err = replace(path, raw)
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, "screen tree:", err)
				os.Exit(3)
			}
		}
	}()
}

// replace gives the file its new content in one step: the tests never read half of it.
func replace(path string, raw []byte) error {
	temporary := filepath.Join(filepath.Dir(path), ".next-"+filepath.Base(path))
	if err := os.WriteFile(temporary, raw, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// walk collects the visible objects of one window.
type walk struct {
	window  string
	scale   float32
	overlay bool
	found   []Object
}

// box is a rectangle in the window, in Fyne's units.
type box struct{ x0, y0, x1, y1 float32 }

func (b box) within(c box) box {
	return box{max(b.x0, c.x0), max(b.y0, c.y0), min(b.x1, c.x1), min(b.y1, c.y1)}
}

func objects() []Object {
	all := []Object{}
	for _, w := range fyne.CurrentApp().Driver().AllWindows() {
		c := w.Canvas()
		seen := &walk{window: w.Title(), scale: c.Scale()}
		whole := box{0, 0, c.Size().Width, c.Size().Height}
		seen.object(c.Content(), fyne.NewPos(0, 0), whole)
		seen.overlay = true
		for _, o := range c.Overlays().List() {
			seen.object(o, fyne.NewPos(0, 0), whole)
		}
		all = append(all, seen.found...)
	}
	return all
}

// object notes o, whose parent stands at origin, and what is in it; clip is the part of the window that can be seen.
func (s *walk) object(o fyne.CanvasObject, origin fyne.Position, clip box) {
	if o == nil || !o.Visible() {
		return
	}
	at := origin.Add(o.Position())
	b := box{at.X, at.Y, at.X + o.Size().Width, at.Y + o.Size().Height}.within(clip)
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			s.object(child, at, clip)
		}
	case *canvas.Text:
		if o.Text != "" {
			s.note(Object{Type: "text", Text: o.Text}, b)
		}
	case fyne.Widget:
		s.note(Object{Type: fmt.Sprintf("%T", o)}, b)
		inside := clip
		if _, scrolls := o.(*container.Scroll); scrolls {
			inside = b
		}
		for _, child := range test.WidgetRenderer(o).Objects() {
			s.object(child, at, inside)
		}
	}
}

func (s *walk) note(o Object, b box) {
	if b.x1 <= b.x0 || b.y1 <= b.y0 {
		return
	}
	o.X, o.Y, o.W, o.H = b.x0*s.scale, b.y0*s.scale, (b.x1-b.x0)*s.scale, (b.y1-b.y0)*s.scale
	o.Window, o.Overlay = s.window, s.overlay
	s.found = append(s.found, o)
}
