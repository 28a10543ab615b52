package widgets

import (
	"cmp"
	"slices"
	"time"

	"fyne.io/fyne/v2"
)

// monthCursor is the place of the keyboard: an item, the mark of those that have no room, or a day.
type monthCursor struct {
	day  time.Time
	days int    // taken in beyond the first, on free days
	id   string // "" on a day and on a mark
	more bool
}

// times is the cursor's days.
func (c monthCursor) times() (start, end time.Time) { return c.day, c.day.AddDate(0, 0, 1+c.days) }

// cursorDay is the cursor's day counted from the first.
func (g *MonthGrid) cursorDay() int {
	return max(min(daysBetween(g.first, g.cursor.day), 7*monthWeeks-1), 0)
}

// barsOn gives the bars drawn on a day, from top to bottom.
func (g *MonthGrid) barsOn(d int) []bar {
	var all []bar
	for _, b := range g.weeks[d/7].bars {
		if b.first <= d%7 && d%7 <= b.last {
			all = append(all, b)
		}
	}
	slices.SortFunc(all, func(a, b bar) int { return cmp.Compare(a.row, b.row) })
	return all
}

// stopsOn counts the keyboard's stops on a day: its number, its lines, the mark; at is the cursor's.
func (g *MonthGrid) stopsOn(d int) (count, at int) {
	bars := g.barsOn(d)
	count = 1 + len(bars)
	for i, b := range bars {
		if g.items[b.item].ID == g.cursor.id {
			at = i + 1
		}
	}
	if len(g.weeks[d/7].more[d%7]) > 0 {
		if g.cursor.more {
			at = count
		}
		count++
	}
	return count, at
}

// goTo moves the cursor to a stop of a day, 0 being its number.
func (g *MonthGrid) goTo(d, stop int) {
	g.cursor = monthCursor{day: g.day(d)}
	if bars := g.barsOn(d); stop > len(bars) {
		g.cursor.more = true
	} else if stop > 0 {
		g.cursor.id = g.items[bars[stop-1].item].ID
	}
	g.arrange(false)
}

// TypedKey moves the cursor, opens and creates, and does what it does in every calendar.
func (g *MonthGrid) TypedKey(ev *fyne.KeyEvent) {
	g.pointed = false
	d := g.cursorDay()
	switch ev.Name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight:
		if g.shift {
			g.extend(ev.Name)
		} else {
			g.commitKeys()
			g.step(ev.Name, d)
		}
	case fyne.KeyHome:
		g.goTo(d-d%7, 0)
	case fyne.KeyEnd:
		g.goTo(d-d%7+6, 0)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		g.activate(d)
	default:
		g.typedKey(ev)
	}
}

// step moves the cursor by an arrow: through a day's lines, then to the week above or below, or to the next day.
func (g *MonthGrid) step(key fyne.KeyName, d int) {
	count, at := g.stopsOn(d)
	switch {
	case key == fyne.KeyDown && at+1 < count:
		g.goTo(d, at+1)
	case key == fyne.KeyUp && at > 0:
		g.goTo(d, at-1)
	case key == fyne.KeyDown:
		g.goToDay(g.day(d+7), 0)
	case key == fyne.KeyUp:
		g.goToDay(g.day(d-7), lastStop)
	case key == fyne.KeyRight:
		g.goToDay(g.day(g.barEnd(d, at)+1), at)
	case key == fyne.KeyLeft:
		g.goToDay(g.day(g.barStart(d, at)-1), at)
	}
}

// barEnd is the last day, in the same week, of the bar at a stop; the day itself for others.
func (g *MonthGrid) barEnd(d, at int) int {
	if bars := g.barsOn(d); at > 0 && at <= len(bars) {
		return d - d%7 + bars[at-1].last
	}
	return d + g.cursor.days
}

func (g *MonthGrid) barStart(d, at int) int {
	if bars := g.barsOn(d); at > 0 && at <= len(bars) {
		return d - d%7 + bars[at-1].first
	}
	return d
}

// lastStop stands for the last stop of a day, whatever their number.
const lastStop = 1 << 20

// goToDay moves the cursor to a stop of another day, or the last one there is; beyond the weeks shown it asks for the next
// page.
func (g *MonthGrid) goToDay(day time.Time, stop int) {
	d := daysBetween(g.first, day)
	if d < 0 || d >= 7*monthWeeks {
		if g.OnPage == nil {
			return
		}
		by := 1
		if d < 0 {
			by = -1
		}
		g.OnPage(by)
		if d = daysBetween(g.first, day); d < 0 || d >= 7*monthWeeks {
			return
		}
	}
	g.cursor = monthCursor{day: day}
	count, _ := g.stopsOn(d)
	g.goTo(d, min(stop, count-1))
}

// activate opens or creates what the cursor is on, or ends what the keyboard was moving.
func (g *MonthGrid) activate(d int) {
	switch {
	case g.drag != nil:
		g.commitKeys()
	case g.cursor.id != "":
		g.openItem(g.cursor.id)
	case g.cursor.more:
		g.openMore(g.weeks[d/7].more[d%7], g.Below())
	case g.cursor.days > 0 && g.OnCreate != nil:
		start, end := g.cursor.times()
		g.OnCreate(start, end, true)
	default:
		g.openDay()
	}
}

// extend takes in more or fewer days, or makes an item over days longer or shorter.
func (g *MonthGrid) extend(key fyne.KeyName) {
	if it := g.itemOf(g.cursor.id); it != nil {
		if it.spansDays() {
			g.nudge(key, gestureEnd, g.OnResize)
		}
		return
	}
	if days, _, _ := g.nudged(key); !g.cursor.more {
		g.cursor.days = max(min(g.cursor.days+days, 7*monthWeeks-1-g.cursorDay()), 0)
		g.arrange(false)
	}
}

// nudged moves by days and weeks.
func (g *MonthGrid) nudged(key fyne.KeyName) (days, minutes int, ok bool) {
	days, ok = map[fyne.KeyName]int{fyne.KeyUp: -7, fyne.KeyDown: 7, fyne.KeyLeft: -1, fyne.KeyRight: 1}[key]
	return days, 0, ok
}

func (g *MonthGrid) rowOf(id string) int {
	for _, w := range g.weeks {
		for _, b := range w.bars {
			if g.items[b.item].ID == id {
				return b.row
			}
		}
	}
	return 0
}

// Below gives the absolute position under what has the keyboard, for a menu.
func (g *MonthGrid) Below() fyne.Position {
	boxes := g.cursorBoxes()
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(g).AddXY(boxes[0].x, boxes[0].y+boxes[0].h)
}

// cursorBoxes are the places that the ring goes around: one per week.
func (g *MonthGrid) cursorBoxes() []area {
	d := g.cursorDay()
	if g.cursor.more && len(g.weeks[d/7].more[d%7]) > 0 {
		return []area{g.moreBox(d)}
	}
	var all []area
	for w, plan := range g.weeks {
		for _, b := range plan.bars {
			if g.cursor.id != "" && g.items[b.item].ID == g.cursor.id {
				all = append(all, g.barBox(w, b))
			}
		}
	}
	if len(all) > 0 {
		return all
	}
	for from, to := d, min(d+g.cursor.days, 7*monthWeeks-1); from <= to; from += 7 - from%7 {
		c, end := g.cell(from), g.cell(min(to, from-from%7+6))
		all = append(all, area{c.x + 2, c.y + 2, end.x + end.w - c.x - 3, c.h - 3})
	}
	return all
}
