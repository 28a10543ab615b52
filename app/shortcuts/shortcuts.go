// Package shortcuts is the one table of keyboard shortcuts: which keys do what. The window binds them once; each screen
// says which of the actions it can do now.
//
// No shortcut uses Ctrl+Alt, which is AltGr on French keyboards. Shortcuts rest while a menu or a dialog is open. Fyne
// sends a shortcut to the focused widget first, and it goes to the window only when that widget does not take it.
package shortcuts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"diapason/widgets"
)

// Action names what a shortcut does.
type Action string

// The actions.
const (
	Search    Action = "search"    // Ctrl+F: go to the search field
	SelectAll Action = "selectAll" // Ctrl+A: tick all visible rows
	Import    Action = "import"    // Ctrl+I: import a file
	New       Action = "new"       // Ctrl+N: new establishment, new reservation
	Sync      Action = "sync"      // Ctrl+S: the screen's « Synchroniser »
	Undo      Action = "undo"      // Ctrl+Z: take the last gesture back
	Refresh   Action = "refresh"   // F5: read again
	Escape    Action = "escape"    // Escape: clear the selection, close what is open
	Before    Action = "before"    // Ctrl+Page Up: the days before
	After     Action = "after"     // Ctrl+Page Down: the days after
	Today     Action = "today"     // Ctrl+T: the days around now
)

// chords are the shortcuts with a modifier, Ctrl or, on macOS, Cmd.
var chords = map[fyne.KeyName]Action{
	fyne.KeyF: Search,
	fyne.KeyI: Import,
	fyne.KeyN: New,
	fyne.KeyS: Sync,
	fyne.KeyT: Today,

	fyne.KeyPageUp:   Before,
	fyne.KeyPageDown: After,
}

// keys are those without one.
var keys = map[fyne.KeyName]Action{
	fyne.KeyF5:     Refresh,
	fyne.KeyEscape: Escape,
}

// Bind binds every shortcut of a window to do, which reports whether the action meant something on the present screen.
// Keys that mean nothing go to the handler that the canvas had before.
func Bind(c fyne.Canvas, do func(Action) bool) {
	run := func(a Action) bool { return c.Overlays().Top() == nil && do(a) }
	for key, action := range chords {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault},
			func(fyne.Shortcut) { run(action) })
	}
	c.AddShortcut(&fyne.ShortcutSelectAll{}, func(fyne.Shortcut) { run(SelectAll) })
	c.AddShortcut(&fyne.ShortcutUndo{}, func(fyne.Shortcut) { run(Undo) })
	before := c.OnTypedKey()
	c.SetOnTypedKey(func(ev *fyne.KeyEvent) {
		if widgets.CoveredKey(c, ev) {
			return
		}
		if a, ok := keys[ev.Name]; ok && run(a) {
			return
		}
		if before != nil {
			before(ev)
		}
	})
}
