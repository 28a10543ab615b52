package widgets

import (
	"time"

	"fyne.io/fyne/v2"
)

// How the grid is laid out, in units.
const (
	hourHeight  float32 = 44
	weekGutter  float32 = 56 // left of the first day, for the hours
	weekHead    float32 = 44 // of the days
	bandTop     float32 = 6
	bandPitch   float32 = 26 // from one row of bars to the next
	bandBottom  float32 = 2
	bandMost            = 4  // rows of bars in view before the band scrolls
	laneLeast   float32 = 30 // the least width of an item beside others
	edgeReach   float32 = 6  // how near an edge the mouse takes it
	slotMinutes         = 30 // of a free slot on the keyboard
	snapMinutes         = 15
	newMinutes          = 60 // of what a double press creates
)

func (g *WeekGrid) bandHeight() float32 {
	return bandTop + float32(max(min(g.rows, bandMost), 1))*bandPitch + bandBottom
}

func (g *WeekGrid) bodyTop() float32 { return weekHead + g.bandHeight() }

func (g *WeekGrid) bodyHeight() float32 { return max(g.Size().Height-g.bodyTop(), 0) }

func (g *WeekGrid) maxOffset() float32 { return max(24*hourHeight-g.bodyHeight(), 0) }

// columnX is the left side of day d, on whole units.
func (g *WeekGrid) columnX(d int) float32 {
	return weekGutter + float32(int((g.Size().Width-weekGutter)*float32(d)/float32(g.count)))
}

// dayAt is the day at x, one at an end when x lies outside.
func (g *WeekGrid) dayAt(x float32) int {
	for d := range g.count - 1 {
		if x < g.columnX(d+1) {
			return d
		}
	}
	return g.count - 1
}

// minuteAt is the minute of the day at y of the grid, scrolled as it is; it may lie outside the day.
func (g *WeekGrid) minuteAt(y float32) int {
	return int((y - g.bodyTop() + g.offset) * 60 / hourHeight)
}

func (g *WeekGrid) day(d int) time.Time { return g.first.AddDate(0, 0, d) }

// slotBox is where minutes of a day lie among the hours, from the top of the day.
func (g *WeekGrid) slotBox(d, from, to, lane, lanes, span int) area {
	left, right := g.columnX(d)+blockInset, g.columnX(d+1)-blockInset
	width := (right - left) / float32(max(lanes, 1))
	b := area{
		x: left + width*float32(lane), w: width * float32(span),
		y: float32(from)*hourHeight/60 + 2, h: float32(to-from)*hourHeight/60 - 4,
	}
	if lane+span < lanes {
		b.w -= 2
	}
	return b
}

func (g *WeekGrid) sliceBox(d int, s slice) area {
	return g.slotBox(d, s.from, s.to, s.lane, s.lanes, s.span)
}

func (g *WeekGrid) heapBox(d int, h heapOf) area {
	return g.slotBox(d, h.from, h.to, h.lane, h.lanes, 1)
}

// barBox is where a bar lies in the band, from its top; out of view for rows scrolled away.
func (g *WeekGrid) barBox(b bar) area {
	left, right := g.columnX(b.first), g.columnX(b.last+1)
	if b.starts {
		left += blockInset
	}
	if b.ends {
		right -= blockInset
	}
	return area{left, bandTop + float32(b.row-g.bandRow)*bandPitch, right - left, barHeight}
}

// weekPart is a part of the grid that reacts to the mouse.
type weekPart int

const (
	partNone  weekPart = iota
	partHead           // a day's head
	partBand           // free days
	partBar            // an item over days
	partHours          // free time
	partBlock          // an item at its hours
	partHeap           // items that had no room
)

// weekTarget is what lies under the mouse.
type weekTarget struct {
	part weekPart
	day  int
	item int // of partBar and partBlock
	heap int // of partHeap
	// atStart and atEnd tell that the mouse is on an edge that can be dragged.
	atStart, atEnd bool
	at             area // of the item, in the grid
}

// targetAt tells what lies at a place of the grid.
func (g *WeekGrid) targetAt(p fyne.Position) weekTarget {
	size := g.Size()
	if p.X < weekGutter || p.X >= size.Width || p.Y < 0 || p.Y >= size.Height {
		return weekTarget{}
	}
	t := weekTarget{day: g.dayAt(p.X)}
	switch {
	case p.Y < weekHead:
		t.part = partHead
	case p.Y < g.bodyTop():
		g.targetInBand(p, &t)
	default:
		g.targetInHours(p, &t)
	}
	return t
}

func (g *WeekGrid) targetInBand(p fyne.Position, t *weekTarget) {
	t.part = partBand
	for _, b := range g.bars {
		at := g.barBox(b)
		at.y += weekHead
		if b.row < g.bandRow || b.row >= g.bandRow+bandMost || !at.contains(p) {
			continue
		}
		t.part, t.item, t.at = partBar, b.item, at
		t.atStart = b.starts && p.X < at.x+edgeReach
		t.atEnd = b.ends && p.X >= at.x+at.w-edgeReach && !t.atStart
		return
	}
}

func (g *WeekGrid) targetInHours(p fyne.Position, t *weekTarget) {
	t.part = partHours
	down := g.bodyTop() - g.offset
	for _, s := range g.plans[t.day].slices {
		at := g.sliceBox(t.day, s)
		at.y += down
		if !at.contains(p) {
			continue
		}
		reach := min(edgeReach, at.h/3)
		t.part, t.item, t.at = partBlock, s.item, at
		t.atEnd = s.ends && p.Y >= at.y+at.h-reach
		t.atStart = s.starts && p.Y < at.y+reach
		return
	}
	for i, h := range g.plans[t.day].more {
		at := g.heapBox(t.day, h)
		at.y += down
		if at.contains(p) {
			t.part, t.heap, t.at = partHeap, i, at
			return
		}
	}
}

// scrollTo moves the hours.
func (g *WeekGrid) scrollTo(y float32) {
	g.offset = max(min(y, g.maxOffset()), 0)
	g.arrange(false)
}

// Scrolled moves the hours under the mouse wheel, or the rows of the band when the mouse is on it.
func (g *WeekGrid) Scrolled(ev *fyne.ScrollEvent) {
	if ev.Position.Y >= weekHead && ev.Position.Y < g.bodyTop() && g.rows > bandMost {
		by := 1
		if ev.Scrolled.DY > 0 {
			by = -1
		}
		g.scrollBand(g.bandRow + by)
		return
	}
	g.scrollTo(g.offset - wheelSpeed*ev.Scrolled.DY)
}

func (g *WeekGrid) scrollBand(row int) {
	g.bandRow = max(min(row, g.rows-bandMost), 0)
	g.arrange(false)
}

// slide tells the thumb where the hours stand.
func (g *WeekGrid) slide() slide {
	return slide{
		top: g.bodyTop(), view: g.bodyHeight(), width: g.Size().Width,
		total: float64(24 * hourHeight), offset: float64(g.offset),
	}
}

// slideTo is called by the thumb.
func (g *WeekGrid) slideTo(y float64) { g.scrollTo(float32(y)) }
