package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// FocusGained shows what has the keyboard.
func (c *calendar) FocusGained() { c.setFocused(true) }

// FocusLost hides it and drops what the keyboard was moving.
func (c *calendar) FocusLost() {
	if c.drag != nil && c.drag.keys {
		c.cancelDrag()
	}
	c.setFocused(false)
}

func (c *calendar) setFocused(on bool) {
	c.focused, c.shift, c.pointed = on, false, false
	c.self.arrange(false)
}

// ringed tells whether the focus ring is shown.
func (c *calendar) ringed() bool { return c.focused && !c.pointed && c.drag == nil }

// KeyDown notes Shift, which makes things longer.
func (c *calendar) KeyDown(ev *fyne.KeyEvent) {
	if isShift(ev) {
		c.shift = true
	}
}

// KeyUp reports what was moved with Alt or Shift held.
func (c *calendar) KeyUp(ev *fyne.KeyEvent) {
	if isShift(ev) {
		c.shift = false
	}
	if isShift(ev) || ev.Name == desktop.KeyAltLeft || ev.Name == desktop.KeyAltRight {
		c.commitKeys()
	}
}

func isShift(ev *fyne.KeyEvent) bool {
	return ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight
}

// TypedRune ignores letters.
func (c *calendar) TypedRune(rune) {}

// TypedShortcut moves an item with Alt and the arrows and hands every other shortcut to the window.
func (c *calendar) TypedShortcut(s fyne.Shortcut) {
	if alt, ok := s.(*desktop.CustomShortcut); ok && alt.Modifier == fyne.KeyModifierAlt {
		if _, _, arrow := c.self.nudged(alt.KeyName); arrow {
			c.pointed = false
			c.nudge(alt.KeyName, gestureMove, c.OnMove)
			return
		}
	}
	passShortcut(c.self, s)
}

// typedKey answers to the keys that mean the same in every calendar.
func (c *calendar) typedKey(ev *fyne.KeyEvent) {
	id := c.self.Selected()
	switch ev.Name {
	case fyne.KeyPageUp:
		c.page(-1)
	case fyne.KeyPageDown:
		c.page(1)
	case fyne.KeyDelete, fyne.KeyBackspace:
		if it := c.itemOf(id); it != nil && !it.ReadOnly && c.OnDelete != nil {
			c.OnDelete(id)
		}
	case desktop.KeyMenu:
		if id != "" && c.OnContext != nil {
			c.OnContext(id, c.self.Below())
		}
	case fyne.KeyEscape:
		switch {
		case c.drag != nil:
			c.cancelDrag()
		case c.OnEscape != nil:
			c.OnEscape()
		default:
			passKey(c.self, ev)
		}
	default:
		passKey(c.self, ev)
	}
}

func (c *calendar) page(by int) {
	c.commitKeys()
	if c.OnPage != nil {
		c.OnPage(by)
	}
}

// nudge moves the current item by one step on the keyboard, as a ghost.
func (c *calendar) nudge(key fyne.KeyName, gesture gesture, report func(string, time.Time, time.Time)) {
	days, minutes, ok := c.self.nudged(key)
	it := c.itemOf(c.self.Selected())
	if !ok || it == nil || it.ReadOnly || report == nil || c.drag != nil && !c.drag.keys {
		return
	}
	if c.drag == nil || c.drag.gesture != gesture {
		c.commitKeys()
		c.drag = &calendarDrag{gesture: gesture, item: *it, ghost: *it, keys: true, row: c.self.rowOf(it.ID)}
	}
	c.drag.ghost = c.drag.ghost.shifted(gesture, days, minutes)
	c.self.arrange(false)
}

// commitKeys reports what the keyboard moved.
func (c *calendar) commitKeys() {
	d := c.drag
	if d == nil || !d.keys {
		return
	}
	c.drag = nil
	c.report(d)
	c.self.arrange(false)
}
