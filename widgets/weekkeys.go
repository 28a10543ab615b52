package widgets

import (
	"cmp"
	"slices"
	"time"

	"fyne.io/fyne/v2"
)

// weekCursor is the place of the keyboard: an item, a heap, or free time.
type weekCursor struct {
	day    time.Time
	band   bool
	minute int    // of the day, outside the band
	length int    // of free time, in minutes
	days   int    // of free time in the band, beyond the first
	id     string // "" on free time and on a heap
	heap   bool
}

// times is the free time of the cursor; in the band, whole days.
func (c weekCursor) times() (start, end time.Time) {
	if c.band {
		return c.day, c.day.AddDate(0, 0, 1+c.days)
	}
	start = c.day.Add(time.Duration(c.minute) * time.Minute)
	return start, start.Add(time.Duration(c.length) * time.Minute)
}

// stop is a place where the keyboard stops in a day: item and heap are -1 for free time.
type stop struct {
	band       bool
	item, heap int
	from, to   int // minutes
	row, lane  int
}

// stops gives those of a day from top to bottom: bars, the free band, then items and free half hours.
func (g *WeekGrid) stops(d int) []stop {
	var all, timed []stop
	for _, b := range g.bars {
		if b.first <= d && d <= b.last {
			all = append(all, stop{band: true, item: b.item, heap: -1, row: b.row})
		}
	}
	slices.SortFunc(all, func(a, b stop) int { return cmp.Compare(a.row, b.row) })
	all = append(all, stop{band: true, item: -1, heap: -1, row: g.rows})
	var taken [dayMinutes / slotMinutes]bool
	take := func(from, to int) {
		for m := from / slotMinutes; m*slotMinutes < to; m++ {
			taken[m] = true
		}
	}
	for _, s := range g.plans[d].slices {
		timed = append(timed, stop{item: s.item, heap: -1, from: s.from, to: s.to, lane: s.lane})
		take(s.from, s.to)
	}
	for i, h := range g.plans[d].more {
		timed = append(timed, stop{item: -1, heap: i, from: h.from, to: h.to, lane: h.lane})
		take(h.from, h.to)
	}
	for i, t := range taken {
		if !t {
			timed = append(timed, stop{item: -1, heap: -1, from: i * slotMinutes, to: (i + 1) * slotMinutes})
		}
	}
	slices.SortFunc(timed, func(a, b stop) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.lane, b.lane)) })
	return append(all, timed...)
}

// cursorDay is the cursor's column.
func (g *WeekGrid) cursorDay() int { return max(min(daysBetween(g.first, g.cursor.day), g.count-1), 0) }

// currentStop finds the cursor among the stops of its day; what is gone leads to what is nearest.
func (g *WeekGrid) currentStop(all []stop) int {
	nearest, far := 0, 1<<30
	for i, s := range all {
		if g.cursor.id != "" && s.item >= 0 && g.items[s.item].ID == g.cursor.id {
			return i
		}
		if s.band != g.cursor.band {
			continue
		}
		away := max(s.from-g.cursor.minute, g.cursor.minute-s.to+1, 0) * 2
		if s.band {
			away = 0
		}
		free := s.item < 0 && s.heap < 0
		if g.cursor.heap != (s.heap >= 0) || free != (g.cursor.id == "" && !g.cursor.heap) {
			away++
		}
		if away < far {
			nearest, far = i, away
		}
	}
	return nearest
}

func (g *WeekGrid) goTo(d int, s stop) {
	g.cursor = weekCursor{day: g.day(d), band: s.band, minute: s.from, length: slotMinutes, heap: s.heap >= 0}
	if s.item >= 0 {
		g.cursor.id = g.items[s.item].ID
	}
	g.reveal()
}

// settle finds a place for the cursor after the items changed.
func (g *WeekGrid) settle() {
	if g.cursor.id != "" {
		if i := g.indexOf(g.cursor.id); i < 0 {
			g.cursor.id = ""
		} else if it := &g.items[i]; !it.spansDays() {
			// The keyboard follows an item that was moved.
			if d := daysBetween(g.first, dayOf(it.Start)); d >= 0 && d < g.count {
				g.cursor.day, g.cursor.minute = dayOf(it.Start), minuteOf(it.Start)
			}
		}
	}
	g.cursor.heap = false
	if d := g.cursorDay(); g.cursor.id == "" && !g.cursor.band { // what was free may be taken now, by what was just made there
		all := g.stops(d)
		if s := all[g.currentStop(all)]; s.item >= 0 {
			g.cursor.id = g.items[s.item].ID
		}
	}
}

// cursorOn is the cursor on what lies under the mouse.
func (g *WeekGrid) cursorOn(t weekTarget) weekCursor {
	c := weekCursor{day: g.day(t.day), band: t.part == partBar, length: slotMinutes, heap: t.part == partHeap}
	if c.heap {
		c.minute = g.plans[t.day].more[t.heap].from
		return c
	}
	it := &g.items[t.item]
	c.id = it.ID
	if dayOf(it.Start).Equal(c.day) {
		c.minute = minuteOf(it.Start)
	}
	return c
}

// cursorBox is where the cursor is drawn: in the band, from its top, or among the hours, from the top of the day.
func (g *WeekGrid) cursorBox() (at area, band bool) {
	d := g.cursorDay()
	all := g.stops(d)
	s := all[g.currentStop(all)]
	switch {
	case s.band && s.item >= 0:
		for _, b := range g.bars {
			if b.item == s.item {
				return g.barBox(b), true
			}
		}
	case s.band:
		to := min(d+g.cursor.days, g.count-1)
		row := max(min(g.rows-g.bandRow, bandMost-1), 0)
		left, right := g.columnX(d)+blockInset, g.columnX(to+1)-blockInset
		return area{left, bandTop + float32(min(row, int(g.bandHeight()/bandPitch)-1))*bandPitch, right - left, barHeight}, true
	case s.heap >= 0:
		return g.heapBox(d, g.plans[d].more[s.heap]), false
	case s.item >= 0:
		for _, p := range g.plans[d].slices {
			if p.item == s.item {
				return g.sliceBox(d, p), false
			}
		}
	}
	return g.slotBox(d, s.from, s.from+max(g.cursor.length, slotMinutes), 0, 1, 1), false
}

// reveal scrolls the cursor into view and draws it.
func (g *WeekGrid) reveal() {
	if g.r == nil {
		return
	}
	at, band := g.cursorBox()
	switch {
	case band && at.y < bandTop:
		g.bandRow -= int((bandTop - at.y + bandPitch - 1) / bandPitch)
	case band && at.y >= bandTop+float32(bandMost)*bandPitch:
		g.bandRow += int((at.y-bandTop)/bandPitch) - bandMost + 1
	case !band:
		top, bottom := at.y-2, at.y+min(at.h+4, g.bodyHeight())
		g.offset = max(min(g.offset, top), bottom-g.bodyHeight())
	}
	g.bandRow = max(min(g.bandRow, g.rows-bandMost), 0)
	g.offset = max(min(g.offset, g.maxOffset()), 0)
	g.arrange(false)
}

// TypedKey moves the cursor, opens and creates, and does what it does in every calendar.
func (g *WeekGrid) TypedKey(ev *fyne.KeyEvent) {
	g.pointed = false
	switch ev.Name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight:
		if g.shift {
			g.extend(ev.Name)
		} else {
			g.step(ev.Name)
		}
	case fyne.KeyHome:
		g.goToDay(0)
	case fyne.KeyEnd:
		g.goToDay(g.count - 1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		g.activate()
	default:
		g.typedKey(ev)
	}
}

// Below gives the absolute position under what has the keyboard, for a menu.
func (g *WeekGrid) Below() fyne.Position {
	at, band := g.cursorBox()
	top := weekHead
	if !band {
		top = g.bodyTop() - g.offset
	}
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(g).AddXY(at.x, top+at.y+min(at.h, g.bodyHeight()))
}

// step moves the cursor by an arrow.
func (g *WeekGrid) step(key fyne.KeyName) {
	g.commitKeys()
	d := g.cursorDay()
	all := g.stops(d)
	i := g.currentStop(all)
	switch key {
	case fyne.KeyUp:
		g.goTo(d, all[max(i-1, 0)])
	case fyne.KeyDown:
		g.goTo(d, all[min(i+1, len(all)-1)])
	case fyne.KeyLeft:
		g.sideways(d, all[i], all, -1)
	case fyne.KeyRight:
		g.sideways(d, all[i], all, 1)
	}
}

// sideways goes to the next item beside the current one, else to the next day.
func (g *WeekGrid) sideways(d int, from stop, all []stop, by int) {
	if !from.band {
		beside := -1
		for i, s := range all {
			if s.band || s.from >= from.to || s.to <= from.from || (s.lane-from.lane)*by <= 0 {
				continue
			}
			if beside < 0 || (s.lane-all[beside].lane)*by < 0 {
				beside = i
			}
		}
		if beside >= 0 {
			g.goTo(d, all[beside])
			return
		}
	}
	to := d + by
	if from.band && from.item >= 0 {
		for _, b := range g.bars {
			if b.item == from.item && by > 0 {
				to = b.last + 1
			} else if b.item == from.item {
				to = b.first - 1
			}
		}
	}
	g.goToDay(to)
}

// goToDay moves the cursor to another day at the same height; beyond the days shown it asks for the next page.
func (g *WeekGrid) goToDay(d int) {
	if d < 0 || d >= g.count {
		if g.OnPage == nil {
			return
		}
		by := 1
		if d < 0 {
			by = -1
		}
		g.OnPage(by)
		if by > 0 {
			d = 0
		} else {
			d = g.count - 1
		}
	}
	g.cursor.day, g.cursor.days, g.cursor.id, g.cursor.length = g.day(d), 0, "", slotMinutes
	all := g.stops(d)
	g.goTo(d, g.besides(all))
}

// besides is the stop of another day at the cursor's height: an item there rather than free time.
func (g *WeekGrid) besides(all []stop) stop {
	for _, s := range all {
		if s.band == g.cursor.band && (s.band || s.from <= g.cursor.minute && g.cursor.minute < s.to) {
			return s
		}
	}
	return all[g.currentStop(all)]
}

// activate opens or creates what the cursor is on, or ends what the keyboard was moving.
func (g *WeekGrid) activate() {
	if g.drag != nil {
		g.commitKeys()
		return
	}
	d := g.cursorDay()
	all := g.stops(d)
	s := all[g.currentStop(all)]
	switch {
	case s.item >= 0:
		g.openItem(g.items[s.item].ID)
	case s.heap >= 0:
		g.openMore(g.plans[d].more[s.heap].items, g.Below())
	case g.OnCreate != nil:
		start, end := g.cursor.times()
		g.OnCreate(start, end, g.cursor.band)
	}
}

// extend makes an item or the free time longer or shorter.
func (g *WeekGrid) extend(key fyne.KeyName) {
	if it := g.itemOf(g.cursor.id); it != nil {
		if it.spansDays() == (key == fyne.KeyLeft || key == fyne.KeyRight) {
			g.nudge(key, gestureEnd, g.OnResize)
		}
		return
	}
	c := &g.cursor
	switch {
	case c.heap:
	case c.band && key == fyne.KeyRight:
		c.days = min(c.days+1, g.count-1-g.cursorDay())
	case c.band && key == fyne.KeyLeft:
		c.days = max(c.days-1, 0)
	case !c.band && key == fyne.KeyDown:
		c.length = min(c.length+slotMinutes, dayMinutes-c.minute)
	case !c.band && key == fyne.KeyUp:
		c.length = max(c.length-slotMinutes, slotMinutes)
	}
	g.reveal()
}

// nudged moves by quarters of an hour and by days.
func (g *WeekGrid) nudged(key fyne.KeyName) (days, minutes int, ok bool) {
	switch key {
	case fyne.KeyUp:
		return 0, -snapMinutes, true
	case fyne.KeyDown:
		return 0, snapMinutes, true
	case fyne.KeyLeft:
		return -1, 0, true
	case fyne.KeyRight:
		return 1, 0, true
	}
	return 0, 0, false
}

func (g *WeekGrid) rowOf(id string) int {
	for _, b := range g.bars {
		if g.items[b.item].ID == id {
			return b.row
		}
	}
	return 0
}
