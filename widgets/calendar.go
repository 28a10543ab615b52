package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// calendarGrid is a kind of calendar, WeekGrid or MonthGrid, as what they share sees it.
type calendarGrid interface {
	fyne.Widget
	fyne.Focusable

	// Selected gives the item that has the keyboard.
	Selected() string
	// Below is where a menu for it opens, absolute.
	Below() fyne.Position
	// begin prepares the drag of what lies at a place, nil when nothing can be dragged there.
	begin(p fyne.Position) *calendarDrag
	// follow puts the ghost where the mouse is; letGo ends what follow started.
	follow()
	letGo()
	// nudged is what Alt with an arrow moves by; ok is false for other keys.
	nudged(key fyne.KeyName) (days, minutes int, ok bool)
	// rowOf is the row that an item over days is drawn on.
	rowOf(id string) int
	// arrange draws what is in view; again draws even what is drawn already as it should.
	arrange(again bool)
}

// calendar is what the calendars share: their items, what they report, dragging, and the keys that act on an item.
//
// Items are never changed here: after a callback the caller hands new ones to SetItems. All callbacks may be nil; without
// OnCreate, OnMove or OnResize there is no such gesture.
type calendar struct {
	widget.BaseWidget

	// DayText gives the two words of a day's head, as « lun. » and « 16 ».
	DayText func(day time.Time) (name, number string)
	// TimesText says the times shown while something is dragged; days is set for whole days.
	TimesText func(start, end time.Time, days bool) string
	// MoreText says how many items had no room, as « +3 ».
	MoreText func(n int) string
	// NewText is the first word shown while free time is dragged over, as « Nouvelle réservation ».
	NewText string

	// OnOpen is called for a press on an item or Enter.
	OnOpen func(id string)
	// OnCreate is called with the free time that was dragged over, or for a double press or Enter on it; days is set for
	// whole days, where end is the midnight after the last one.
	OnCreate func(start, end time.Time, days bool)
	// OnMove and OnResize are called with an item's new times.
	OnMove, OnResize func(id string, start, end time.Time)
	// OnDelete is called for the Delete key on an item.
	OnDelete func(id string)
	// OnDay is called for a press on a day's head or number.
	OnDay func(day time.Time)
	// OnMore is called for a press on the mark of items that had no room; at is absolute, for a menu.
	OnMore func(ids []string, at fyne.Position)
	// OnContext is called for a secondary press on an item, or the menu key; at is absolute.
	OnContext func(id string, at fyne.Position)
	// OnPage is called with -1 or 1 when the keyboard leaves the days shown, and for Page Up and Page Down. The caller
	// answers by showing other days.
	OnPage func(by int)
	// OnEscape is called for Escape while nothing is dragged.
	OnEscape func()

	self  calendarGrid
	items []CalendarItem
	now   time.Time
	open  string

	drag    *calendarDrag
	pressed *calendarDrag // under the mouse, not moved yet
	focused bool
	pointed bool // the cursor was last set with the mouse: no ring
	shift   bool
	last    lastTap
	clock   func() time.Time // tells a double press from two
}

// gesture is what a drag does.
type gesture int

const (
	gestureCreate gesture = iota
	gestureMove
	gestureStart // the start of an item is moved
	gestureEnd
)

// calendarDrag is an item, or free time, on its way to other times; the mouse or the keyboard moves it.
type calendarDrag struct {
	gesture gesture
	item    CalendarItem // as it was; for gestureCreate, the time pressed
	ghost   CalendarItem // as it would be
	day     int          // that was pressed
	minute  int          // that was pressed
	row     int          // of bars
	at      fyne.Position
	keys    bool // moved by the keyboard
	dropped bool // by Escape, while the mouse is still held
}

// shown tells whether there is a ghost to draw.
func (d *calendarDrag) shown() bool { return d != nil && !d.dropped }

// SetOpen marks the item whose detail is shown beside the calendar; "" marks none.
func (c *calendar) SetOpen(id string) {
	c.open = id
	c.self.arrange(false)
}

// AccessibilityRole is that of something to press.
func (c *calendar) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// indexOf is an item's place in c.items, -1 when it is not there.
func (c *calendar) indexOf(id string) int {
	for i := range c.items {
		if id != "" && c.items[i].ID == id {
			return i
		}
	}
	return -1
}

// itemOf is an item, nil when it is not there.
func (c *calendar) itemOf(id string) *CalendarItem {
	if i := c.indexOf(id); i >= 0 {
		return &c.items[i]
	}
	return nil
}

func (c *calendar) isToday(day time.Time) bool { return !c.now.IsZero() && dayOf(c.now).Equal(day) }

func (c *calendar) dayText(day time.Time) (name, number string) {
	if c.DayText == nil {
		return "", ""
	}
	return c.DayText(day)
}

func (c *calendar) moreText(n int) string {
	if c.MoreText == nil {
		return ""
	}
	return c.MoreText(n)
}

func (c *calendar) timesText(start, end time.Time, days bool) string {
	if c.TimesText == nil {
		return ""
	}
	return c.TimesText(start, end, days)
}

// MouseDown takes the keyboard and notes what is under the mouse, should a drag follow.
func (c *calendar) MouseDown(ev *desktop.MouseEvent) {
	Focus(c.self)
	c.pointed = true
	c.self.arrange(false) // without the ring that the focus brought
	c.cancelDrag()
	c.drag = nil
	if ev.Button == desktop.MouseButtonPrimary {
		c.pressed = c.self.begin(ev.Position)
	}
}

// MouseUp changes nothing; DragEnd and Tapped do.
func (c *calendar) MouseUp(*desktop.MouseEvent) {}

// beginItem prepares the drag of an item, by an edge or whole; nil when that is not allowed.
func (c *calendar) beginItem(it CalendarItem, atStart, atEnd bool) *calendarDrag {
	d := &calendarDrag{item: it, gesture: gestureMove}
	switch {
	case it.ReadOnly:
		return nil
	case atStart && c.OnResize != nil:
		d.gesture = gestureStart
	case atEnd && c.OnResize != nil:
		d.gesture = gestureEnd
	case c.OnMove == nil:
		return nil
	}
	return d
}

// beginNew prepares the creation of an item, nil when that is not allowed.
func (c *calendar) beginNew(days bool) *calendarDrag {
	if c.OnCreate == nil {
		return nil
	}
	return &calendarDrag{item: CalendarItem{Days: days, Hue: look.HueOf(""), Kind: c.NewText}, gesture: gestureCreate}
}

// Dragged moves what was pressed.
func (c *calendar) Dragged(ev *fyne.DragEvent) {
	if c.drag == nil {
		c.drag, c.pressed = c.pressed, nil
	}
	if c.drag.shown() {
		c.drag.at = ev.Position
		c.self.follow()
	}
}

// DragEnd reports what was dragged.
func (c *calendar) DragEnd() {
	c.self.letGo()
	d := c.drag
	c.drag, c.pressed = nil, nil
	if d.shown() {
		c.report(d)
	}
	c.self.arrange(false)
}

func (c *calendar) report(d *calendarDrag) {
	start, end := d.ghost.Start, d.ghost.End
	switch {
	case d.gesture == gestureCreate:
		c.OnCreate(start, end, d.ghost.Days)
	case start.Equal(d.item.Start) && end.Equal(d.item.End):
	case d.gesture == gestureMove:
		c.OnMove(d.item.ID, start, end)
	default:
		c.OnResize(d.item.ID, start, end)
	}
}

// cancelDrag drops what is being dragged. While the mouse is held nothing more happens until it is released.
func (c *calendar) cancelDrag() {
	c.self.letGo()
	c.pressed = nil
	if c.drag == nil {
		return
	}
	if c.drag.keys {
		c.drag = nil
	} else {
		c.drag.dropped = true
	}
	c.self.arrange(false)
}

// lastTap is the press before, to tell a double press.
type lastTap struct {
	at   time.Time
	slot time.Time
}

// tappedTwice notes a press on free time and tells whether it is the second one there within the double press's delay.
func (c *calendar) tappedTwice(before lastTap, slot time.Time) bool {
	now := c.clock()
	if before.slot.Equal(slot) && now.Sub(before.at) <= fyne.CurrentApp().Driver().DoubleTapDelay() {
		return true
	}
	c.last = lastTap{at: now, slot: slot}
	return false
}

// openItem reports a press on an item.
func (c *calendar) openItem(id string) {
	if c.OnOpen != nil {
		c.OnOpen(id)
	}
}

// openMore reports a press on the mark of items that had no room.
func (c *calendar) openMore(items []int, at fyne.Position) {
	if c.OnMore == nil {
		return
	}
	var ids []string
	for _, i := range items {
		ids = append(ids, c.items[i].ID)
	}
	c.OnMore(ids, at)
}
