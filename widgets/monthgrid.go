package widgets

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ fyne.Widget            = (*MonthGrid)(nil)
	_ fyne.Focusable         = (*MonthGrid)(nil)
	_ fyne.Tappable          = (*MonthGrid)(nil)
	_ fyne.SecondaryTappable = (*MonthGrid)(nil)
	_ fyne.Draggable         = (*MonthGrid)(nil)
	_ fyne.Scrollable        = (*MonthGrid)(nil)
	_ fyne.Shortcutable      = (*MonthGrid)(nil)
	_ fyne.Accessible        = (*MonthGrid)(nil)
	_ desktop.Keyable        = (*MonthGrid)(nil)
	_ desktop.Mouseable      = (*MonthGrid)(nil)
	_ desktop.Hoverable      = (*MonthGrid)(nil)
	_ desktop.Cursorable     = (*MonthGrid)(nil)
	_ calendarGrid           = (*MonthGrid)(nil)
	_ calendarGrid           = (*WeekGrid)(nil)
)

// MonthGrid shows the items of six weeks: a line each, those over several days as bars, and for what has no room a mark
// with their number. Its cost follows what is in view, not the number of items.
//
// A press opens an item, its mark's items, or, on a day's number, the day; dragging moves an item to another day, or an
// end of a bar, and over free days creates. On the keyboard the arrows go through a day's lines and from day to day, Enter
// opens, Alt with the arrows moves an item by days and weeks, Shift with the arrows takes in more days, which Enter then
// creates. The wheel turns the page.
type MonthGrid struct {
	calendar

	month time.Time // its first day
	first time.Time // of the six weeks
	weeks [monthWeeks]weekPlan

	cursor  monthCursor
	hovered monthTarget
	wheel   float32 // turned since the last page
	r       *monthRenderer
}

const monthWeeks = 6

// weekPlan is one week, laid out.
type weekPlan struct {
	bars []bar // those that have room
	more [7][]int
}

// NewMonthGrid makes the empty grid of a month.
func NewMonthGrid(month time.Time) *MonthGrid {
	g := &MonthGrid{}
	g.self, g.clock = g, time.Now
	g.turnTo(month)
	g.cursor.day = g.month
	g.ExtendBaseWidget(g)
	return g
}

func (g *MonthGrid) turnTo(month time.Time) {
	day := dayOf(month)
	g.month = day.AddDate(0, 0, 1-day.Day())
	g.first = g.month.AddDate(0, 0, -(int(g.month.Weekday())+6)%7) // weeks begin on Monday (ISO 8601)
}

// SetMonth shows another month, in six weeks that begin on Monday. The keyboard's place keeps its day of the month unless
// it is in view.
func (g *MonthGrid) SetMonth(month time.Time) {
	g.cancelDrag()
	g.turnTo(month)
	g.settle()
}

// SetItems replaces the items. Their IDs are unique: occurrences of a series have one each.
func (g *MonthGrid) SetItems(items []CalendarItem) {
	g.items = civilItems(items)
	g.settle()
}

// Turn shows another month with its items, which costs one drawing instead of two.
func (g *MonthGrid) Turn(month time.Time, items []CalendarItem) {
	g.cancelDrag()
	g.turnTo(month)
	g.SetItems(items)
}

// settle lays out, finds a place for the cursor, and draws.
func (g *MonthGrid) settle() {
	inView := func(day time.Time) bool {
		d := daysBetween(g.first, day)
		return d >= 0 && d < 7*monthWeeks
	}
	if it := g.itemOf(g.cursor.id); it == nil {
		g.cursor.id = ""
	} else if day := dayOf(it.Start); inView(day) {
		g.cursor.day = day // the keyboard follows an item that was moved
	}
	if !inView(g.cursor.day) {
		last := g.month.AddDate(0, 1, -1).Day()
		g.cursor = monthCursor{day: g.month.AddDate(0, 0, min(g.cursor.day.Day(), last)-1)}
	}
	g.plan()
	g.Refresh()
}

// Days gives the days in view: those from first on, before end.
func (g *MonthGrid) Days() (first, end time.Time) {
	return g.first, g.first.AddDate(0, 0, 7*monthWeeks)
}

// SetNow says what the present is, and with it today. A zero time shows none.
func (g *MonthGrid) SetNow(now time.Time) {
	before := g.now
	if g.now = now; !now.IsZero() {
		g.now = civil(now)
	}
	if before.IsZero() != g.now.IsZero() || !dayOf(before).Equal(dayOf(g.now)) {
		g.Refresh()
	}
}

// Select moves the keyboard to an item in view.
func (g *MonthGrid) Select(id string) {
	it := g.itemOf(id)
	if it == nil {
		return
	}
	day := laterOf(dayOf(it.Start), g.first)
	if d := daysBetween(g.first, day); d < 7*monthWeeks && it.End.After(g.first) {
		g.cursor = monthCursor{day: day, id: id}
		g.arrange(false)
	}
}

// Selected gives the item that has the keyboard, "" when it is on a day.
func (g *MonthGrid) Selected() string { return g.cursor.id }

// AccessibilityLabel says what has the keyboard.
func (g *MonthGrid) AccessibilityLabel() string {
	if it := g.itemOf(g.cursor.id); it != nil {
		return it.Kind + " " + it.Title + " " + g.timesText(it.Start, it.End, it.Days)
	}
	start, end := g.cursor.times()
	return g.timesText(start, end, true)
}

// lines is how many items a day has room for.
func (g *MonthGrid) lines() int {
	return max(int((g.rowY(1)-g.rowY(0)-monthNumber-2)/monthPitch), 1)
}

// plan lays the items out for the weeks shown and the present height.
func (g *MonthGrid) plan() {
	var all [monthWeeks][]bar
	for i := range g.items {
		it := &g.items[i]
		from, to := daysBetween(g.first, dayOf(it.Start)), 0
		if to = from; it.spansDays() {
			to = daysBetween(g.first, it.lastDay())
		}
		for w := max(from/7, 0); w < monthWeeks && w*7 <= to; w++ {
			b := bar{
				item: i, first: max(from-7*w, 0), last: min(to-7*w, 6),
				starts: from >= 7*w, ends: to < 7*w+7,
			}
			if b.last >= b.first {
				all[w] = append(all[w], b)
			}
		}
	}
	for w := range all {
		g.weeks[w] = planWeek(all[w], g.lines())
	}
}

// planWeek keeps of a week's bars those that have room on so many lines. On a day where some have none, the last line is
// left to the mark that counts them.
func planWeek(bars []bar, lines int) weekPlan {
	sortBars(bars)
	packBars(bars)
	var plan weekPlan
	var full [7]bool
	for _, b := range bars {
		for d := b.first; d <= b.last && b.row >= lines; d++ {
			full[d] = true
		}
	}
	for _, b := range bars {
		if b.row < lines-1 || b.row == lines-1 && !slices.Contains(full[b.first:b.last+1], true) {
			plan.bars = append(plan.bars, b)
			continue
		}
		for d := b.first; d <= b.last; d++ {
			plan.more[d] = append(plan.more[d], b.item)
		}
	}
	return plan
}
