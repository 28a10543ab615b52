package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// pressable is what every widget that can be pressed shares: hover, focus, Enter and Space, the hand cursor. The widget
// embeds it and calls setUp from its constructor.
type pressable struct {
	widget.DisableableWidget

	self             fyne.Widget
	hovered, focused bool
	press            func()
}

func (p *pressable) setUp(self fyne.Widget, press func()) {
	p.self, p.press = self, press
	p.ExtendBaseWidget(self)
}

// Tapped does what the widget is for, unless it is disabled.
func (p *pressable) Tapped(*fyne.PointEvent) {
	if !p.Disabled() && p.press != nil {
		p.press()
	}
}

// TypedKey presses on Enter and Space and passes every other key on.
func (p *pressable) TypedKey(ev *fyne.KeyEvent) {
	if activates(ev) {
		p.Tapped(nil)
		return
	}
	passKey(p.self, ev)
}

// TypedRune ignores letters.
func (p *pressable) TypedRune(rune) {}

// FocusGained shows the ring, and the widget itself when it was out of sight.
func (p *pressable) FocusGained() {
	p.focused = true
	p.Refresh()
	reveal(p.self)
}

// FocusLost hides the ring.
func (p *pressable) FocusLost() { p.focused = false; p.Refresh() }

// MouseIn lights the widget.
func (p *pressable) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.Refresh() }

// MouseMoved changes nothing.
func (p *pressable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut darkens the widget.
func (p *pressable) MouseOut() { p.hovered = false; p.Refresh() }

// Cursor is a hand over what can be pressed.
func (p *pressable) Cursor() desktop.Cursor {
	if p.Disabled() {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// AccessibilityRole is that of a button.
func (p *pressable) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// SetEnabled enables or disables the widget.
func (p *pressable) SetEnabled(on bool) {
	if on {
		p.Enable()
	} else {
		p.Disable()
	}
}

// pressableWidget is what the embedders are checked against.
type pressableWidget interface {
	fyne.Widget
	fyne.Tappable
	fyne.Focusable
	fyne.Disableable
	fyne.Accessible
	desktop.Hoverable
	desktop.Cursorable
}
