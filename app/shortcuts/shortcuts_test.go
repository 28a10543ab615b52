package shortcuts

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets"
)

// canvas keeps the shortcuts that a test canvas ignores.
type canvas struct {
	fyne.Canvas
	handler fyne.ShortcutHandler
}

func (c *canvas) AddShortcut(s fyne.Shortcut, f func(fyne.Shortcut)) { c.handler.AddShortcut(s, f) }

func TestShortcutsDoTheirActionAndRestUnderADialog(t *testing.T) {
	test.NewTempApp(t)
	w := test.NewTempWindow(t, widget.NewLabel(""))
	var done []Action
	c := &canvas{Canvas: w.Canvas()}
	Bind(c, func(a Action) bool { done = append(done, a); return true })
	press := func() {
		typed := &c.handler
		for _, key := range []fyne.KeyName{fyne.KeyF, fyne.KeyI, fyne.KeyN, fyne.KeyS, fyne.KeyT, fyne.KeyPageUp, fyne.KeyPageDown} {
			typed.TypedShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault})
		}
		typed.TypedShortcut(&fyne.ShortcutSelectAll{})
		typed.TypedShortcut(&fyne.ShortcutUndo{})
		w.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyF5})
		w.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		w.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyF9})
	}
	press()
	want := []Action{Search, Import, New, Sync, Today, Before, After, SelectAll, Undo, Refresh, Escape}
	if len(done) != len(want) {
		t.Fatalf("did %v, want %v", done, want)
	}
	for i := range want {
		if done[i] != want[i] {
			t.Errorf("did %v, want %v", done, want)
			break
		}
	}
	w.Canvas().Overlays().Add(widget.NewLabel("dialog"))
	press()
	if len(done) != len(want) {
		t.Errorf("under a dialog: did %v", done[len(want):])
	}
}

func TestKeysThatMeanNothingReachTheFormerHandler(t *testing.T) {
	test.NewTempApp(t)
	w := test.NewTempWindow(t, widget.NewLabel(""))
	former := 0
	w.Canvas().SetOnTypedKey(func(*fyne.KeyEvent) { former++ })
	Bind(w.Canvas(), func(a Action) bool { return a == Refresh })
	for _, key := range []fyne.KeyName{fyne.KeyF5, fyne.KeyEscape, fyne.KeyF9} {
		w.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: key})
	}
	if former != 2 {
		t.Errorf("former handler called %d times, want 2 (Escape, F9)", former)
	}
}

func TestEscapeReachesADialogThatLostTheKeyboard(t *testing.T) {
	test.NewTempApp(t)
	w := test.NewTempWindow(t, widget.NewLabel(""))
	Bind(w.Canvas(), func(Action) bool {
		t.Error("a shortcut passed under the dialog")
		return true
	})
	closed := false
	widgets.ShowDialog(w.Canvas(), widgets.DialogParams{Title: "?", OnClosed: func() { closed = true }})
	w.Canvas().Unfocus() // as by a press beside its fields
	w.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyF5})
	w.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if !closed {
		t.Error("Escape did not close it")
	}
}
