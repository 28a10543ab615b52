package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"diapason/widgets/look"
)

// weekGesture is what a drag does.
type weekGesture int

const (
	gestureNone weekGesture = iota
	gestureCreate
	gestureMove
	gestureStart // the start of an item is moved
	gestureEnd
)

// weekDrag is an item, or free time, on its way to other times; the mouse or the keyboard moves it.
type weekDrag struct {
	gesture weekGesture
	item    CalendarItem // as it was; for gestureCreate, the time pressed
	ghost   CalendarItem // as it would be
	day     int          // that was pressed
	minute  int          // that was pressed
	row     int          // of the band
	at      fyne.Position
	keys    bool // moved by the keyboard
	dropped bool // by Escape, while the mouse is still held
}

// MouseDown takes the keyboard and notes what is under the mouse, should a drag follow.
func (g *WeekGrid) MouseDown(ev *desktop.MouseEvent) {
	Focus(g)
	g.pointed = true
	g.cancelDrag()
	g.drag = nil
	if ev.Button == desktop.MouseButtonPrimary {
		g.begin(ev.Position)
	}
}

// MouseUp changes nothing; DragEnd and Tapped do.
func (g *WeekGrid) MouseUp(*desktop.MouseEvent) {}

// begin prepares the drag of what lies at p; nothing is shown before it moves.
func (g *WeekGrid) begin(p fyne.Position) {
	t := g.targetAt(p)
	d := &weekDrag{day: t.day, minute: g.minuteAt(p.Y), at: p, row: g.bandRow + int((p.Y-weekHead-bandTop)/bandPitch)}
	g.hovered = t
	switch t.part {
	case partBlock, partBar:
		d.item = g.items[t.item]
		switch {
		case d.item.ReadOnly:
		case t.atStart && g.OnResize != nil:
			d.gesture = gestureStart
		case t.atEnd && g.OnResize != nil:
			d.gesture = gestureEnd
		case g.OnMove != nil:
			d.gesture = gestureMove
		}
	case partHours, partBand:
		if g.OnCreate != nil {
			d.gesture = gestureCreate
			d.item = g.created(t.part == partBand)
		}
	}
	if d.gesture != gestureNone {
		g.pressed = d
	}
}

// created is the item that stands for time being created.
func (g *WeekGrid) created(days bool) CalendarItem {
	return CalendarItem{Days: days, Hue: look.HueOf(""), Kind: g.NewText}
}

// Dragged moves what was pressed.
func (g *WeekGrid) Dragged(ev *fyne.DragEvent) {
	if g.drag == nil {
		if g.pressed == nil {
			return
		}
		g.drag, g.pressed = g.pressed, nil
	}
	if g.drag.dropped {
		return
	}
	g.drag.at = ev.Position
	g.follow()
	g.roll()
}

// follow puts the ghost where the mouse is.
func (g *WeekGrid) follow() {
	d := g.drag
	x := max(min(d.at.X, g.Size().Width-1), weekGutter)
	days := g.dayAt(x) - d.day
	minutes := g.minuteAt(max(min(d.at.Y, g.Size().Height), g.bodyTop()))
	if d.gesture == gestureCreate {
		d.ghost = g.stretched(days, minutes)
	} else {
		d.ghost = d.item.shifted(d.gesture, days, minutes-d.minute)
	}
	g.arrange(false)
}

// stretched is the free time between the place pressed and the mouse.
func (g *WeekGrid) stretched(days, minute int) CalendarItem {
	d := g.drag
	it := d.item
	if it.Days {
		from, to := min(d.day, d.day+days), max(d.day, d.day+days)
		it.Start, it.End = g.day(from), g.day(to+1)
		return it
	}
	floor := func(m int) int { return max(min(m, dayMinutes-1), 0) / snapMinutes * snapMinutes }
	a, b := floor(d.minute), floor(minute)
	it.Start = g.day(d.day).Add(time.Duration(min(a, b)) * time.Minute)
	it.End = g.day(d.day).Add(time.Duration(max(a, b)+snapMinutes) * time.Minute)
	return it
}

// shifted is the item after a gesture over days and minutes. Times land on quarters of an hour; an item stays on the day
// that it is moved to and keeps a quarter at least; what spans days moves by days only.
func (it CalendarItem) shifted(gesture weekGesture, days, minutes int) CalendarItem {
	move := time.Duration(days) * oneDay
	if it.spansDays() {
		switch gesture {
		case gestureMove:
			it.Start, it.End = it.Start.Add(move), it.End.Add(move)
		case gestureStart:
			for it.Start = it.Start.Add(move); it.End.Sub(it.Start) < oneDay; it.Start = it.Start.Add(-oneDay) {
			}
		case gestureEnd:
			for it.End = it.End.Add(move); it.End.Sub(it.Start) < oneDay; it.End = it.End.Add(oneDay) {
			}
		}
		return it
	}
	const least = snapMinutes * time.Minute
	switch gesture {
	case gestureMove:
		day, long := dayOf(it.Start).Add(move), it.End.Sub(it.Start)
		it.Start = laterOf(earlierOf(movedBy(it.Start.Add(move), minutes), day.Add(oneDay-least)), day)
		it.End = it.Start.Add(long)
	case gestureStart:
		it.Start = laterOf(earlierOf(movedBy(it.Start, minutes), it.End.Add(-least)), dayOf(it.Start))
	case gestureEnd:
		it.End = earlierOf(laterOf(movedBy(it.End, minutes), it.Start.Add(least)), it.lastDay().Add(oneDay))
	}
	return it
}

// movedBy lands on the quarter of an hour nearest to t and minutes; a smaller move than half a quarter is none.
func movedBy(t time.Time, minutes int) time.Time {
	const step = snapMinutes * time.Minute
	if 2*max(minutes, -minutes) < snapMinutes {
		return t
	}
	return t.Add(time.Duration(minutes)*time.Minute + step/2).Truncate(step)
}

func earlierOf(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// DragEnd reports what was dragged.
func (g *WeekGrid) DragEnd() {
	g.stopRolling()
	d := g.drag
	g.drag, g.pressed = nil, nil
	if d != nil && !d.dropped {
		g.report(d)
	}
	g.arrange(false)
}

func (g *WeekGrid) report(d *weekDrag) {
	start, end := d.ghost.Start, d.ghost.End
	switch {
	case d.gesture == gestureCreate:
		g.OnCreate(start, end, d.ghost.Days)
	case start.Equal(d.item.Start) && end.Equal(d.item.End):
	case d.gesture == gestureMove:
		g.OnMove(d.item.ID, start, end)
	default:
		g.OnResize(d.item.ID, start, end)
	}
}

// cancelDrag drops what is being dragged. While the mouse is held nothing more happens until it is released.
func (g *WeekGrid) cancelDrag() {
	g.stopRolling()
	g.pressed = nil
	if g.drag == nil {
		return
	}
	if g.drag.keys {
		g.drag = nil
	} else {
		g.drag.dropped = true
	}
	g.arrange(false)
}

// rollReach is how near the edge of the hours the mouse scrolls them, rollStep by how much per frame at most, in units.
const (
	rollReach float32 = 28
	rollStep  float32 = 9
)

// rollBy is by how much the hours scroll in the next frame, given where the mouse is.
func (g *WeekGrid) rollBy() float32 {
	if g.drag == nil || g.drag.dropped || g.drag.keys || g.drag.item.spansDays() {
		return 0
	}
	above := g.bodyTop() + rollReach - g.drag.at.Y
	below := g.drag.at.Y - (g.Size().Height - rollReach)
	switch {
	case below > 0:
		return rollStep * min(below/rollReach, 1)
	case above > 0:
		return -rollStep * min(above/rollReach, 1)
	}
	return 0
}

// roll begins to scroll the hours while something is held near their edge.
func (g *WeekGrid) roll() {
	if g.rollBy() == 0 {
		g.stopRolling()
		return
	}
	if g.rolling != nil {
		return
	}
	g.rolling = fyne.NewAnimation(canvas.DurationStandard, func(float32) { g.rollOn() })
	g.rolling.RepeatCount = fyne.AnimationRepeatForever
	g.rolling.Start()
}

// rollOn scrolls by one frame and takes the ghost along.
func (g *WeekGrid) rollOn() {
	by := g.rollBy()
	if by == 0 {
		return
	}
	g.scrollTo(g.offset + by)
	g.follow()
}

func (g *WeekGrid) stopRolling() {
	if g.rolling != nil {
		g.rolling.Stop()
		g.rolling = nil
	}
}

// lastTap is the press before, to tell a double press.
type lastTap struct {
	at   time.Time
	slot time.Time
}

// Tapped opens what is pressed. A second press on the same free half hour creates there.
func (g *WeekGrid) Tapped(ev *fyne.PointEvent) {
	Focus(g)
	g.pointed = true
	g.pressed = nil
	t := g.targetAt(ev.Position)
	before := g.last
	g.last = lastTap{}
	switch t.part {
	case partHead:
		if g.OnDay != nil {
			g.OnDay(g.day(t.day))
		}
	case partBar, partBlock:
		g.cursor = g.cursorOn(t)
		if g.OnOpen != nil {
			g.OnOpen(g.items[t.item].ID)
		}
	case partHeap:
		g.cursor = g.cursorOn(t)
		g.openHeap(t.day, t.heap, ev.AbsolutePosition)
	case partBand, partHours:
		g.cursor = weekCursor{day: g.day(t.day), band: t.part == partBand, length: slotMinutes}
		if t.part == partHours {
			g.cursor.minute = g.minuteAt(ev.Position.Y) / slotMinutes * slotMinutes
		}
		g.tappedFree(before)
	}
	g.arrange(false)
}

func (g *WeekGrid) tappedFree(before lastTap) {
	start, end := g.cursor.times()
	now := g.clock()
	if !before.slot.Equal(start) || now.Sub(before.at) > fyne.CurrentApp().Driver().DoubleTapDelay() {
		g.last = lastTap{at: now, slot: start}
		return
	}
	if g.OnCreate == nil {
		return
	}
	if !g.cursor.band {
		end = earlierOf(start.Add(newMinutes*time.Minute), dayOf(start).Add(oneDay))
	}
	g.OnCreate(start, end, g.cursor.band)
}

// TappedSecondary reports a wish for an item's menu.
func (g *WeekGrid) TappedSecondary(ev *fyne.PointEvent) {
	t := g.targetAt(ev.Position)
	if t.part != partBar && t.part != partBlock {
		return
	}
	g.cursor = g.cursorOn(t)
	g.arrange(false)
	if g.OnContext != nil {
		g.OnContext(g.items[t.item].ID, ev.AbsolutePosition)
	}
}

func (g *WeekGrid) openHeap(d, heap int, at fyne.Position) {
	if g.OnMore == nil {
		return
	}
	var ids []string
	for _, i := range g.plans[d].more[heap].items {
		ids = append(ids, g.items[i].ID)
	}
	g.OnMore(ids, at)
}

// MouseIn notes what is under the mouse.
func (g *WeekGrid) MouseIn(ev *desktop.MouseEvent) { g.MouseMoved(ev) }

// MouseMoved notes what is under the mouse, for the cursor; nothing is drawn.
func (g *WeekGrid) MouseMoved(ev *desktop.MouseEvent) { g.hovered = g.targetAt(ev.Position) }

// MouseOut forgets it.
func (g *WeekGrid) MouseOut() { g.hovered = weekTarget{} }

// Cursor is a hand over what opens and an arrow over an edge that can be dragged.
func (g *WeekGrid) Cursor() desktop.Cursor {
	t := g.hovered
	edge := (t.atStart || t.atEnd) && g.OnResize != nil
	switch t.part {
	case partBlock, partBar:
		switch {
		case !edge || t.item >= len(g.items) || g.items[t.item].ReadOnly:
			return desktop.PointerCursor
		case t.part == partBar:
			return desktop.HResizeCursor
		}
		return desktop.VResizeCursor
	case partHeap, partHead:
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}
