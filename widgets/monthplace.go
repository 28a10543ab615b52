package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// How the month is laid out, in units.
const (
	monthHead   float32 = 32 // of the names of the days
	monthNumber float32 = 28 // of a day's number, above its lines
	monthPitch  float32 = 20 // from one line to the next
	monthLine   float32 = 18 // of a line
	monthCircle float32 = 22 // around today's number
)

func (g *MonthGrid) columnX(d int) float32 { return float32(int(g.Size().Width * float32(d) / 7)) }

func (g *MonthGrid) rowY(w int) float32 {
	return monthHead + float32(int((g.Size().Height-monthHead)*float32(w)/monthWeeks))
}

func (g *MonthGrid) day(d int) time.Time { return g.first.AddDate(0, 0, d) }

// dayAt is the day at a place, counted from the first; one at an end when it lies outside.
func (g *MonthGrid) dayAt(p fyne.Position) int {
	d, w := 0, 0
	for d < 6 && p.X >= g.columnX(d+1) {
		d++
	}
	for w < monthWeeks-1 && p.Y >= g.rowY(w+1) {
		w++
	}
	return 7*w + d
}

// cell is the place of a day.
func (g *MonthGrid) cell(d int) area {
	x, y := g.columnX(d%7), g.rowY(d/7)
	return area{x, y, g.columnX(d%7+1) - x, g.rowY(d/7+1) - y}
}

// barBox is the place of a bar of week w.
func (g *MonthGrid) barBox(w int, b bar) area {
	left, right := g.columnX(b.first), g.columnX(b.last+1)
	if b.starts {
		left += blockInset
	}
	if b.ends {
		right -= blockInset
	}
	return area{left, g.rowY(w) + monthNumber + float32(b.row)*monthPitch, right - left, monthLine}
}

// moreBox is the place of the mark of a day's items that have no room.
func (g *MonthGrid) moreBox(d int) area {
	c := g.cell(d)
	return area{c.x + blockInset, c.y + monthNumber + float32(g.lines()-1)*monthPitch, c.w - 2*blockInset, monthLine}
}

// numberBox is the place of a day's number.
func (g *MonthGrid) numberBox(d int) area {
	c := g.cell(d)
	return area{c.x + 4, c.y + 3, max(min(c.w-8, 32), 0), monthCircle}
}

// monthPart is a part of the month that reacts to the mouse.
type monthPart int

const (
	monthNone monthPart = iota
	monthDay            // free
	monthDayNumber
	monthBar
	monthMore
)

// monthTarget is what lies under the mouse.
type monthTarget struct {
	part monthPart
	day  int // from the first
	bar  bar
	// atStart and atEnd tell that the mouse is on an end that can be dragged.
	atStart, atEnd bool
}

// targetAt tells what lies at a place.
func (g *MonthGrid) targetAt(p fyne.Position) monthTarget {
	size := g.Size()
	if p.X < 0 || p.X >= size.Width || p.Y < monthHead || p.Y >= size.Height {
		return monthTarget{}
	}
	t := monthTarget{part: monthDay, day: g.dayAt(p)}
	week := g.weeks[t.day/7]
	if g.numberBox(t.day).contains(p) {
		t.part = monthDayNumber
		return t
	}
	if len(week.more[t.day%7]) > 0 && g.moreBox(t.day).contains(p) {
		t.part = monthMore
		return t
	}
	for _, b := range week.bars {
		at := g.barBox(t.day/7, b)
		if !at.contains(p) {
			continue
		}
		t.part, t.bar = monthBar, b
		if g.items[b.item].spansDays() {
			t.atEnd = b.ends && p.X >= at.x+at.w-edgeReach
			t.atStart = b.starts && p.X < at.x+edgeReach && !t.atEnd
		}
	}
	return t
}

func (g *MonthGrid) begin(p fyne.Position) *calendarDrag {
	t := g.targetAt(p)
	g.hovered = t
	var d *calendarDrag
	switch t.part {
	case monthBar:
		d = g.beginItem(g.items[t.bar.item], t.atStart, t.atEnd)
	case monthDay, monthDayNumber:
		d = g.beginNew(true)
	}
	if d != nil {
		d.day, d.row = t.day, max(int((p.Y-g.cell(t.day).y-monthNumber)/monthPitch), 0)
	}
	return d
}

func (g *MonthGrid) follow() {
	d := g.drag
	to := g.dayAt(d.at)
	if d.gesture == gestureCreate {
		d.ghost = d.item
		d.ghost.Start, d.ghost.End = g.day(min(d.day, to)), g.day(max(d.day, to)+1)
	} else {
		d.ghost = d.item.shifted(d.gesture, to-d.day, 0)
	}
	g.arrange(false)
}

// letGo has nothing to end: a month does not scroll.
func (g *MonthGrid) letGo() {}

// Tapped opens what is pressed. A second press on the same free day creates there.
func (g *MonthGrid) Tapped(ev *fyne.PointEvent) {
	Focus(g)
	g.pointed, g.pressed = true, nil
	t := g.targetAt(ev.Position)
	before := g.last
	g.last = lastTap{}
	if t.part == monthNone {
		return
	}
	g.cursor = monthCursor{day: g.day(t.day), more: t.part == monthMore}
	switch t.part {
	case monthBar:
		g.cursor.id = g.items[t.bar.item].ID
		g.openItem(g.cursor.id)
	case monthMore:
		g.openMore(g.weeks[t.day/7].more[t.day%7], ev.AbsolutePosition)
	case monthDayNumber:
		g.openDay()
	case monthDay:
		if start, end := g.cursor.times(); g.tappedTwice(before, start) && g.OnCreate != nil {
			g.OnCreate(start, end, true)
		}
	}
	g.arrange(false)
}

func (g *MonthGrid) openDay() {
	if g.OnDay != nil {
		g.OnDay(g.cursor.day)
	}
}

// TappedSecondary reports a wish for an item's menu.
func (g *MonthGrid) TappedSecondary(ev *fyne.PointEvent) {
	t := g.targetAt(ev.Position)
	if t.part != monthBar {
		return
	}
	g.cursor = monthCursor{day: g.day(t.day), id: g.items[t.bar.item].ID}
	g.arrange(false)
	if g.OnContext != nil {
		g.OnContext(g.cursor.id, ev.AbsolutePosition)
	}
}

// pageWheel is how far the wheel turns for a page: a notch. Touch pads come in smaller steps, which add up.
const pageWheel float32 = 10

// Scrolled turns the page.
func (g *MonthGrid) Scrolled(ev *fyne.ScrollEvent) {
	if g.wheel += ev.Scrolled.DY; max(g.wheel, -g.wheel) < pageWheel {
		return
	}
	by := 1
	if g.wheel > 0 {
		by = -1
	}
	g.wheel = 0
	g.page(by)
}

// MouseIn notes what is under the mouse.
func (g *MonthGrid) MouseIn(ev *desktop.MouseEvent) { g.MouseMoved(ev) }

// MouseMoved notes what is under the mouse, for the cursor; nothing is drawn.
func (g *MonthGrid) MouseMoved(ev *desktop.MouseEvent) { g.hovered = g.targetAt(ev.Position) }

// MouseOut forgets it.
func (g *MonthGrid) MouseOut() { g.hovered = monthTarget{} }

// Cursor is a hand over what opens and an arrow over an end that can be dragged.
func (g *MonthGrid) Cursor() desktop.Cursor {
	t := g.hovered
	switch {
	case t.part == monthNone || t.part == monthDay:
		return desktop.DefaultCursor
	case (t.atStart || t.atEnd) && g.OnResize != nil && t.bar.item < len(g.items) && !g.items[t.bar.item].ReadOnly:
		return desktop.HResizeCursor
	}
	return desktop.PointerCursor
}
