package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
)

func (g *WeekGrid) begin(p fyne.Position) *calendarDrag {
	t := g.targetAt(p)
	g.hovered = t
	var d *calendarDrag
	switch t.part {
	case partBlock, partBar:
		d = g.beginItem(g.items[t.item], t.atStart, t.atEnd)
	case partHours, partBand:
		d = g.beginNew(t.part == partBand)
	}
	if d != nil {
		d.day, d.minute, d.row = t.day, g.minuteAt(p.Y), g.bandRow+int((p.Y-weekHead-bandTop)/bandPitch)
	}
	return d
}

// follow puts the ghost where the mouse is, and scrolls when that is an edge.
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
	g.roll()
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

// rollReach is how near the edge of the hours the mouse scrolls them, rollStep by how much per frame at most, in units.
const (
	rollReach float32 = 28
	rollStep  float32 = 9
)

// rollBy is by how much the hours scroll in the next frame, given where the mouse is.
func (g *WeekGrid) rollBy() float32 {
	if !g.drag.shown() || g.drag.keys || g.drag.item.spansDays() {
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
		g.letGo()
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

// letGo ends the scrolling.
func (g *WeekGrid) letGo() {
	if g.rolling != nil {
		g.rolling.Stop()
		g.rolling = nil
	}
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
		g.openItem(g.items[t.item].ID)
	case partHeap:
		g.cursor = g.cursorOn(t)
		g.openMore(g.plans[t.day].more[t.heap].items, ev.AbsolutePosition)
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
	if !g.tappedTwice(before, start) || g.OnCreate == nil {
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
