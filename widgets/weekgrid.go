package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ fyne.Widget            = (*WeekGrid)(nil)
	_ fyne.Focusable         = (*WeekGrid)(nil)
	_ fyne.Tappable          = (*WeekGrid)(nil)
	_ fyne.SecondaryTappable = (*WeekGrid)(nil)
	_ fyne.Draggable         = (*WeekGrid)(nil)
	_ fyne.Scrollable        = (*WeekGrid)(nil)
	_ fyne.Shortcutable      = (*WeekGrid)(nil)
	_ fyne.Accessible        = (*WeekGrid)(nil)
	_ desktop.Keyable        = (*WeekGrid)(nil)
	_ desktop.Mouseable      = (*WeekGrid)(nil)
	_ desktop.Hoverable      = (*WeekGrid)(nil)
	_ desktop.Cursorable     = (*WeekGrid)(nil)
)

// WeekGrid shows the items of one day or of several in columns of hours, with a band above for what lasts whole days.
// It is one widget for the mouse and the keyboard and draws only what is in view.
//
// A press opens an item; dragging moves it, or its upper or lower edge, by quarters of an hour; dragging over empty
// hours creates. Escape drops what is being dragged. On the keyboard the arrows go from item to item and from free half
// hour to free half hour, Enter opens or creates, Alt with the arrows moves an item and Shift with the arrows makes it,
// or the free time, longer: what was moved is reported when Alt or Shift is released, or by Enter.
//
// It changes no item: after a callback the caller hands the new items to SetItems. All times are civil, see CalendarItem;
// SetNow says what the present is.
type WeekGrid struct {
	calendar

	// HourText gives the words of an hour, as « 9 h ».
	HourText func(hour int) string
	// BandText stands before the band of whole days, as « Nuits ».
	BandText string

	first time.Time
	count int

	plans []dayPlan        // per day
	heaps [][]CalendarItem // per day, what stands for each heap of its plan
	bars  []bar
	rows  int // rows of bars in all

	placed []placedBlock // of placedBlocks, kept for its room

	offset  float32 // of the hours, in units
	bandRow int     // first row of bars in view

	cursor  weekCursor
	hovered weekTarget
	r       *weekRenderer
	thumb   *thumb
	rolling *fyne.Animation // while something is dragged at the edge of the hours
}

// NewWeekGrid makes an empty grid of seven days from a first one on.
func NewWeekGrid(first time.Time) *WeekGrid {
	g := &WeekGrid{first: dayOf(first), count: 7, offset: 8 * hourHeight}
	g.self, g.clock = g, time.Now
	g.thumb = newThumb(g)
	g.cursor = weekCursor{day: g.first, minute: 9 * 60, length: slotMinutes}
	g.plan()
	g.ExtendBaseWidget(g)
	return g
}

// SetDays shows count days, 1 to 7, from a first one on. The keyboard's place stays if it is among them and otherwise
// keeps its weekday.
func (g *WeekGrid) SetDays(first time.Time, count int) {
	g.cancelDrag()
	g.first, g.count = dayOf(first), max(min(count, 7), 1)
	if off := daysBetween(g.first, g.cursor.day); off < 0 || off >= g.count {
		g.cursor.day = g.first.AddDate(0, 0, max(min(((off%7)+7)%7, g.count-1), 0))
		g.cursor.id, g.cursor.heap = "", false
	}
	g.bandRow = 0
	g.plan()
	g.Refresh()
}

// SetItems replaces the items. Their IDs are unique: occurrences of a series have one each.
func (g *WeekGrid) SetItems(items []CalendarItem) {
	g.items = civilItems(items)
	g.plan()
	g.settle()
	g.Refresh()
}

// SetNow places the line of the present, and with it today. A zero time shows neither.
func (g *WeekGrid) SetNow(now time.Time) {
	before := g.now
	if g.now = now; !now.IsZero() {
		g.now = civil(now)
	}
	if before.Equal(g.now) || g.r == nil {
		return
	}
	if before.IsZero() || g.now.IsZero() || !dayOf(before).Equal(dayOf(g.now)) {
		g.Refresh()
		return
	}
	g.r.paintNow()
}

// Select moves the keyboard to an item and brings it into view.
func (g *WeekGrid) Select(id string) {
	for i := range g.items {
		it := &g.items[i]
		if it.ID != id || !it.Start.Before(g.first.AddDate(0, 0, g.count)) || !it.End.After(g.first) {
			continue
		}
		day := dayOf(it.Start)
		if day.Before(g.first) {
			day = g.first
		}
		g.cursor = weekCursor{day: day, band: it.spansDays(), id: id, length: slotMinutes}
		if dayOf(it.Start).Equal(day) {
			g.cursor.minute = minuteOf(it.Start)
		}
		g.reveal()
		return
	}
}

// Selected gives the item that has the keyboard, "" when it is on free time.
func (g *WeekGrid) Selected() string { return g.cursor.id }

// ScrollTo brings a time of the day to the top of the hours, in minutes.
func (g *WeekGrid) ScrollTo(minute int) { g.scrollTo(float32(minute) * hourHeight / 60) }

// plan lays the items out for the days shown and the present width.
func (g *WeekGrid) plan() {
	g.plans, g.heaps = make([]dayPlan, g.count), make([][]CalendarItem, g.count)
	g.bars = g.bars[:0]
	slices := make([][]slice, g.count)
	for i := range g.items {
		it := &g.items[i]
		if it.spansDays() {
			if b, ok := barOf(i, it, g.first, g.count); ok {
				g.bars = append(g.bars, b)
			}
			continue
		}
		for d := max(daysBetween(g.first, dayOf(it.Start)), 0); d < g.count; d++ {
			s, ok := sliceOf(i, it, g.first.AddDate(0, 0, d))
			if !ok {
				break
			}
			slices[d] = append(slices[d], s)
		}
	}
	sortBars(g.bars)
	g.rows = packBars(g.bars)
	g.bandRow = max(min(g.bandRow, g.rows-bandMost), 0)
	for d := range g.plans {
		g.plans[d] = planDay(slices[d], g.mostLanes())
		for _, h := range g.plans[d].more {
			g.heaps[d] = append(g.heaps[d], CalendarItem{Kind: g.moreText(len(h.items))})
		}
	}
}

// mostLanes is how many items a column has room for side by side.
func (g *WeekGrid) mostLanes() int {
	return max(int((g.columnX(1)-g.columnX(0))/laneLeast), 1)
}

// AccessibilityLabel says what has the keyboard.
func (g *WeekGrid) AccessibilityLabel() string {
	if it := g.itemOf(g.cursor.id); it != nil {
		return it.Kind + " " + it.Title + " " + g.timesText(it.Start, it.End, it.Days)
	}
	start, end := g.cursor.times()
	return g.timesText(start, end, g.cursor.band)
}
