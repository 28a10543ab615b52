package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// FocusGained shows which row has the keyboard.
func (l *SelectList) FocusGained() { l.setFocused(true) }

// FocusLost hides it.
func (l *SelectList) FocusLost() { l.setFocused(false) }

func (l *SelectList) setFocused(on bool) {
	l.focused, l.shift = on, false
	if !on {
		l.pointed = false
	}
	if r := l.visible(l.current); r != nil {
		r.paint()
	}
}

// KeyDown notes Shift, which extends a selection.
func (l *SelectList) KeyDown(ev *fyne.KeyEvent) { l.noteShift(ev, true) }

// KeyUp notes that Shift is released.
func (l *SelectList) KeyUp(ev *fyne.KeyEvent) { l.noteShift(ev, false) }

func (l *SelectList) noteShift(ev *fyne.KeyEvent, down bool) {
	if ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight {
		l.shift = down
	}
}

// TypedRune ignores letters.
func (l *SelectList) TypedRune(rune) {}

// TypedKey moves the current row, opens, ticks and escapes.
func (l *SelectList) TypedKey(ev *fyne.KeyEvent) {
	l.pointed = false
	page := max(int(l.viewHeight()/l.rowHeight())-1, 1)
	switch ev.Name {
	case fyne.KeyDown:
		l.SetCurrent(l.current + 1)
	case fyne.KeyUp:
		l.SetCurrent(l.current - 1)
	case fyne.KeyPageDown:
		l.SetCurrent(l.current + page)
	case fyne.KeyPageUp:
		l.SetCurrent(l.current - page)
	case fyne.KeyHome:
		l.SetCurrent(0)
	case fyne.KeyEnd:
		l.SetCurrent(l.length() - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		l.openRow(l.current)
	case fyne.KeySpace:
		l.checkRow(l.current, l.shift)
	case desktop.KeyMenu:
		l.contextRow(l.current)
	case fyne.KeyEscape:
		if l.OnEscape == nil {
			passKey(l, ev)
			return
		}
		l.OnEscape()
	default:
		passKey(l, ev)
	}
}

// TypedShortcut reports Ctrl+A and hands every other shortcut to the window.
func (l *SelectList) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutSelectAll); ok && l.OnSelectAll != nil {
		l.OnSelectAll()
		return
	}
	passShortcut(l, s)
}

func (l *SelectList) openRow(i int) {
	if l.OnOpen != nil && i >= 0 && i < l.length() {
		l.OnOpen(i)
	}
}

// contextRow reports a wish for a row's menu that came from the keyboard.
func (l *SelectList) contextRow(i int) {
	if l.OnContext != nil && i >= 0 && i < l.length() {
		l.OnContext(i, l.Below(i))
	}
}

// Below gives the absolute position under a row in view, for a menu that the keyboard opened; under the header for a row
// out of view.
func (l *SelectList) Below(i int) fyne.Position {
	left, _ := l.margins()
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(l).AddXY(left+l.checkWidth(), l.headerHeight())
	if r := l.visible(i); r != nil {
		pos.Y += r.Position().Y + r.Size().Height
	}
	return pos
}

func (l *SelectList) checkRow(i int, extend bool) {
	if l.Checkable && l.OnCheck != nil && i >= 0 && i < l.length() {
		l.OnCheck(i, extend)
	}
}

// passShortcut hands a shortcut that a focused widget does not use to the window, unless a dialog covers it.
func passShortcut(from fyne.CanvasObject, s fyne.Shortcut) {
	c := fyne.CurrentApp().Driver().CanvasForObject(from)
	if c == nil || Covered(c) {
		return
	}
	if window, ok := c.(fyne.Shortcutable); ok {
		window.TypedShortcut(s)
	}
}
