package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"diapason/widgets/look"
)

// weekRenderer draws a WeekGrid: what stands still, the band in a clip, the hours in another whose content moves.
type weekRenderer struct {
	drawn
	g *WeekGrid

	tint, headRule, bandRule *canvas.Rectangle
	columns                  [7]*canvas.Rectangle
	heads                    [7]dayHead
	bandText                 *canvas.Text

	bandClip, bodyClip *container.Clip
	body               *fyne.Container
	lines              [23]*canvas.Rectangle
	hours              [23]*canvas.Text
	bars, blocks       *blockPool
	barGhosts, ghosts  *blockPool
	nowLine, nowDot    *canvas.Rectangle
	bandRing, ring     *canvas.Rectangle
}

// CreateRenderer is called by Fyne.
func (g *WeekGrid) CreateRenderer() fyne.WidgetRenderer {
	g.ExtendBaseWidget(g)
	bare := func() *canvas.Rectangle { return canvas.NewRectangle(color.Transparent) }
	r := &weekRenderer{
		g: g, tint: bare(), headRule: bare(), bandRule: bare(), bandText: newText(look.SizeCaption, false),
		bars: newBlockPool(), blocks: newBlockPool(), barGhosts: newBlockPool(), ghosts: newBlockPool(),
		nowLine: bare(), nowDot: bare(), bandRing: newInnerRing(), ring: newInnerRing(),
	}
	r.nowDot.CornerRadius = nowDot / 2
	r.objects = []fyne.CanvasObject{r.tint}
	for d := range r.columns {
		r.columns[d] = bare()
		r.heads[d] = newDayHead()
		r.objects = append(r.objects, r.columns[d])
		r.objects = append(r.objects, r.heads[d].objects()...)
	}
	r.body = container.NewWithoutLayout()
	for h := range r.lines {
		r.lines[h], r.hours[h] = bare(), newText(look.SizeCaption, false)
		r.body.Objects = append(r.body.Objects, r.lines[h], r.hours[h])
	}
	// The line of the present stays behind the items, whose words it would strike through; its dot is before them.
	r.body.Objects = append(r.body.Objects, r.nowLine, r.blocks.content, r.nowDot, r.ghosts.content, r.ring)
	r.bodyClip = container.NewClip(container.NewWithoutLayout(r.body))
	r.bandClip = container.NewClip(container.NewWithoutLayout(r.bars.content, r.barGhosts.content, r.bandRing))
	r.objects = append(r.objects, r.bandText, r.bodyClip, r.bandClip, r.headRule, r.bandRule, g.thumb)
	g.r = r
	r.Refresh()
	return r
}

const (
	nowDot    float32 = 8
	dayCircle float32 = 28
)

// newInnerRing is the focus ring around an item or a free slot, inside its edge.
func newInnerRing() *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	r.StrokeWidth, r.CornerRadius = 2, blockRadius+1
	r.Hide()
	return r
}

// dayHead is a day's name and number; today's number stands in a filled circle.
type dayHead struct {
	circle       *canvas.Rectangle
	name, number *canvas.Text
}

func newDayHead() dayHead {
	h := dayHead{canvas.NewRectangle(color.Transparent), newText(look.SizeSmall, false), newText(look.SizeSubtitle, true)}
	h.circle.CornerRadius = dayCircle / 2
	return h
}

func (h dayHead) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{h.circle, h.name, h.number}
}

// show writes a head in the middle of a place; the name is left out where both do not fit.
func (h dayHead) show(name, number string, today bool, at area) {
	numberColour, fill := look.Text, color.Color(color.Transparent)
	if today {
		numberColour, fill = look.OnAccent, look.Color(look.Accent)
	}
	setFill(h.circle, fill)
	setText(h.name, name, look.TextSecondary)
	setText(h.number, number, numberColour)
	nameWidth, width := textWidth(name, look.SizeSmall, false), textWidth(number, look.SizeSubtitle, true)
	room, gap := width, float32(7)
	if today {
		room = max(width+6, dayCircle)
	}
	if nameWidth+gap+room > at.w-4 {
		nameWidth, gap = 0, 0
	}
	h.name.Hidden = nameWidth == 0
	x := at.x + (at.w-nameWidth-gap-room)/2
	place(h.name, x, at.y+(at.h-20)/2, nameWidth, 20)
	x += nameWidth + gap
	place(h.circle, x, at.y+(at.h-dayCircle)/2, room, dayCircle)
	place(h.number, x+(room-width)/2, at.y+(at.h-20)/2, width, 20)
	for _, o := range []fyne.CanvasObject{h.circle, h.number} {
		o.Show()
	}
}

func (h dayHead) hide() {
	for _, o := range h.objects() {
		o.Hide()
	}
}

// MinSize is the gutter, narrow days, the band and a few hours.
func (r *weekRenderer) MinSize() fyne.Size {
	return fyne.NewSize(weekGutter+7*24, weekHead+bandTop+bandPitch+bandBottom+3*hourHeight)
}

// Layout plans again, since the width decides how many items stand side by side.
func (r *weekRenderer) Layout(fyne.Size) {
	r.g.plan()
	r.g.offset = max(min(r.g.offset, r.g.maxOffset()), 0)
	r.paintStill()
	r.g.arrange(true)
}

// Refresh reads state and colours again.
func (r *weekRenderer) Refresh() {
	r.g.offset = max(min(r.g.offset, r.g.maxOffset()), 0)
	r.paintStill()
	r.g.arrange(true)
	canvas.Refresh(r.g)
}

// paintStill draws what does not scroll, and the lines of the hours.
func (r *weekRenderer) paintStill() {
	g, size := r.g, r.g.Size()
	line := look.Color(look.Line)
	setFill(r.headRule, line)
	place(r.headRule, 0, weekHead-1, size.Width, 1)
	setFill(r.bandRule, look.Color(look.ButtonBorder))
	place(r.bandRule, 0, g.bodyTop()-1, size.Width, 1)
	r.tint.Hide()
	for d := range r.columns {
		if d >= g.count {
			r.columns[d].Hide()
			r.heads[d].hide()
			continue
		}
		x, next := g.columnX(d), g.columnX(d+1)
		setFill(r.columns[d], line)
		place(r.columns[d], x, weekHead, 1, size.Height-weekHead)
		r.columns[d].Show()
		today := g.isToday(g.day(d))
		if today {
			setFill(r.tint, look.Color(look.AccentPale))
			place(r.tint, x+1, weekHead, next-x-1, size.Height-weekHead)
			r.tint.Show()
		}
		name, number := g.dayText(g.day(d))
		r.heads[d].show(name, number, today, area{x, 0, next - x, weekHead})
	}
	room := weekGutter - 6 - 10
	setText(r.bandText, Truncated(g.BandText, look.SizeCaption, false, room), look.TextSecondary)
	x := weekGutter - 10 - textWidth(r.bandText.Text, look.SizeCaption, false)
	place(r.bandText, x, weekHead+bandTop, room, barHeight)
	place(r.bandClip, 0, weekHead, size.Width, g.bandHeight())
	place(r.bodyClip, 0, g.bodyTop(), size.Width, g.bodyHeight())
	r.paintHours(size.Width)
}

func (r *weekRenderer) paintHours(width float32) {
	line := look.Color(look.Line)
	for i := range r.lines {
		y := float32(i+1) * hourHeight
		setFill(r.lines[i], line)
		place(r.lines[i], weekGutter-6, y, width-weekGutter+6, 1)
		text := ""
		if r.g.HourText != nil {
			text = r.g.HourText(i + 1)
		}
		setText(r.hours[i], text, look.TextSecondary)
		w := textWidth(text, look.SizeCaption, false)
		place(r.hours[i], weekGutter-10-w, y-blockLine/2, w, blockLine)
	}
}

// arrange draws what is in view; again draws even what is drawn already as it should.
func (g *WeekGrid) arrange(again bool) {
	r := g.r
	if r == nil || g.Size().Width <= weekGutter {
		return
	}
	r.body.Move(fyne.NewPos(0, -g.offset))
	for i, t := range r.hours {
		t.Hidden = float32(i+1)*hourHeight-blockLine/2 < g.offset // an hour cut by the band reads as nothing
	}
	r.bars.show(g.placedBars(), again)
	r.blocks.show(g.placedBlocks(), again)
	r.paintGhosts()
	r.paintNow()
	r.paintRing()
	g.thumb.arrange()
	canvas.Refresh(g)
}

func (g *WeekGrid) placedBars() []placedBlock {
	var all []placedBlock
	for _, b := range g.bars {
		if b.row < g.bandRow || b.row >= g.bandRow+bandMost {
			continue
		}
		it := &g.items[b.item]
		all = append(all, placedBlock{
			blockKey{b.item, 0},
			it, g.barBox(b),
			blockShape{oneLine: true, starts: b.starts, ends: b.ends, open: it.ID == g.open},
		})
	}
	return all
}

// placedBlocks gives the slices and heaps in view, and those half a view around, which spares work while scrolling.
func (g *WeekGrid) placedBlocks() []placedBlock {
	all := g.placed[:0]
	margin := g.bodyHeight() / 2
	inView := func(b area) bool { return b.y+b.h > g.offset-margin && b.y < g.offset+g.bodyHeight()+margin }
	for d, p := range g.plans {
		for _, s := range p.slices {
			if at := g.sliceBox(d, s); inView(at) {
				it := &g.items[s.item]
				shape := blockShape{starts: s.starts, ends: s.ends, upright: true, open: it.ID == g.open}
				all = append(all, placedBlock{blockKey{s.item, d}, it, at, shape})
			}
		}
		for i, h := range p.more {
			if at := g.heapBox(d, h); inView(at) {
				shape := blockShape{starts: true, ends: true, upright: true}
				all = append(all, placedBlock{blockKey{-1 - i, d}, &g.heaps[d][i], at, shape})
			}
		}
	}
	g.placed = all
	return all
}

// paintNow draws the line of the present across today.
func (r *weekRenderer) paintNow() {
	g := r.g
	r.nowLine.Hide()
	r.nowDot.Hide()
	for d := range g.count {
		if !g.isToday(g.day(d)) {
			continue
		}
		y := float32(minuteOf(g.now)) * hourHeight / 60
		x := g.columnX(d)
		for _, o := range []*canvas.Rectangle{r.nowLine, r.nowDot} {
			setFill(o, look.Color(look.Accent))
			o.Show()
		}
		place(r.nowLine, x, y-1, g.columnX(d+1)-x, 2)
		place(r.nowDot, x-nowDot/2, y-nowDot/2, nowDot, nowDot)
	}
}

// paintGhosts draws where what is dragged would go.
func (r *weekRenderer) paintGhosts() {
	g := r.g
	if !g.drag.shown() {
		r.ghosts.show(nil, false)
		r.barGhosts.show(nil, false)
		return
	}
	it := &g.drag.ghost
	shape := blockShape{open: true, upright: true, line: g.timesText(it.Start, it.End, it.Days)}
	var bars, blocks []placedBlock
	if it.spansDays() {
		if b, ok := barOf(0, it, g.first, g.count); ok {
			b.row = max(g.bandRow, min(g.drag.row, g.bandRow+bandMost-1))
			shape.oneLine, shape.upright, shape.starts, shape.ends = true, false, b.starts, b.ends
			bars = append(bars, placedBlock{blockKey{}, it, g.barBox(b), shape})
		}
	} else {
		for d := range g.count {
			if s, ok := sliceOf(0, it, g.day(d)); ok {
				s.lanes, s.span = 1, 1
				shape.starts, shape.ends = s.starts, s.ends
				blocks = append(blocks, placedBlock{blockKey{0, d}, it, g.sliceBox(d, s), shape})
			}
		}
	}
	r.barGhosts.show(bars, true)
	r.ghosts.show(blocks, true)
}

// paintRing draws the focus ring around what has the keyboard.
func (r *weekRenderer) paintRing() {
	g := r.g
	r.ring.Hide()
	r.bandRing.Hide()
	if !g.ringed() {
		return
	}
	at, band := g.cursorBox()
	ring := r.ring
	if band {
		ring = r.bandRing
	}
	ring.StrokeColor = look.Color(look.Accent)
	place(ring, at.x-1, at.y-1, at.w+2, at.h+2)
	ring.Show()
	ring.Refresh()
}
