package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"diapason/widgets/look"
)

// monthRenderer draws a MonthGrid. Its objects are made once; only the views of items grow in number, up to what a month
// has room for.
type monthRenderer struct {
	drawn
	g *MonthGrid

	headRule *canvas.Rectangle
	names    [7]*canvas.Text
	cells    [7 * monthWeeks]monthCell
	bars     *blockPool
	ghosts   *blockPool
	rings    [monthWeeks]*canvas.Rectangle
}

// monthCell is a day: its ground, its lines at the left and below, its number, the mark of what has no room.
type monthCell struct {
	ground, left, below, circle *canvas.Rectangle
	number, more                *canvas.Text
}

// CreateRenderer is called by Fyne.
func (g *MonthGrid) CreateRenderer() fyne.WidgetRenderer {
	g.ExtendBaseWidget(g)
	bare := func() *canvas.Rectangle { return canvas.NewRectangle(color.Transparent) }
	r := &monthRenderer{g: g, headRule: bare(), bars: newBlockPool(), ghosts: newBlockPool()}
	marks := container.NewWithoutLayout()
	for d := range r.cells {
		c := monthCell{bare(), bare(), bare(), bare(), newText(look.SizeSmall, true), newText(look.SizeCaption, true)}
		c.circle.CornerRadius = monthCircle / 2
		r.cells[d] = c
		r.objects = append(r.objects, c.ground, c.left, c.below, c.circle, c.number)
		marks.Objects = append(marks.Objects, c.more)
	}
	for d := range r.names {
		r.names[d] = newText(look.SizeSmall, false)
		r.objects = append(r.objects, r.names[d])
	}
	r.objects = append(r.objects, r.headRule, r.bars.content, marks, r.ghosts.content)
	for i := range r.rings {
		r.rings[i] = newInnerRing()
		r.objects = append(r.objects, r.rings[i])
	}
	g.r = r
	r.Refresh()
	return r
}

// MinSize leaves a line to each day.
func (r *monthRenderer) MinSize() fyne.Size {
	return fyne.NewSize(7*32, monthHead+monthWeeks*(monthNumber+monthPitch+2))
}

// Layout plans again, since the height decides how many items have room.
func (r *monthRenderer) Layout(fyne.Size) {
	r.g.plan()
	r.paintDays()
	r.g.arrange(true)
}

// Refresh reads state and colours again.
func (r *monthRenderer) Refresh() {
	r.paintDays()
	r.g.arrange(true)
	canvas.Refresh(r.g)
}

// paintDays draws what stands still: names, grounds, lines and numbers.
func (r *monthRenderer) paintDays() {
	g := r.g
	setFill(r.headRule, look.Color(look.Line))
	place(r.headRule, 0, monthHead-1, g.Size().Width, 1)
	for d, t := range r.names {
		name, _ := g.dayText(g.day(d))
		x, w := g.columnX(d), g.columnX(d+1)-g.columnX(d)
		setText(t, Truncated(name, look.SizeSmall, false, w-4), look.TextSecondary)
		place(t, x+(w-textWidth(t.Text, look.SizeSmall, false))/2, (monthHead-20)/2, w, 20)
	}
	for d := range r.cells {
		r.paintDay(d)
	}
}

func (r *monthRenderer) paintDay(d int) {
	g, c := r.g, r.cells[d]
	day, at := g.day(d), g.cell(d)
	ground, number := color.Color(color.Transparent), look.Text
	circle := color.Color(color.Transparent)
	switch {
	case g.isToday(day):
		ground, number, circle = look.Color(look.AccentPale), look.OnAccent, look.Color(look.Accent)
	case day.Month() != g.month.Month():
		ground, number = look.Color(look.Sunken), look.TextSecondary
	}
	setFill(c.ground, ground)
	place(c.ground, at.x, at.y, at.w, at.h)
	setFill(c.left, look.Color(look.Line))
	place(c.left, at.x, at.y, 1, at.h)
	c.left.Hidden = d%7 == 0
	setFill(c.below, look.Color(look.Line))
	place(c.below, at.x, at.y+at.h-1, at.w, 1)
	_, text := g.dayText(day)
	restyle(c.number, look.SizeSmall, day.Month() == g.month.Month(), false)
	setText(c.number, text, number)
	w := textWidth(text, look.SizeSmall, c.number.TextStyle.Bold)
	box := g.numberBox(d)
	place(c.number, box.x+(monthCircle-w)/2, box.y+(box.h-20)/2, w, 20)
	setFill(c.circle, circle)
	place(c.circle, box.x, box.y, monthCircle, monthCircle)
}

// arrange draws the items; again draws even what is drawn already as it should.
func (g *MonthGrid) arrange(again bool) {
	r := g.r
	if r == nil || g.Size().Width <= 0 {
		return
	}
	var all []placedBlock
	for w, plan := range g.weeks {
		for _, b := range plan.bars {
			it := &g.items[b.item]
			shape := blockShape{oneLine: true, hour: b.starts, starts: b.starts, ends: b.ends, open: it.ID == g.open}
			all = append(all, placedBlock{blockKey{b.item, w}, it, g.barBox(w, b), shape})
		}
	}
	r.bars.show(all, again)
	r.paintMarks()
	r.paintGhosts()
	r.paintRings()
	canvas.Refresh(g)
}

func (r *monthRenderer) paintMarks() {
	g := r.g
	for d, c := range r.cells {
		n := len(g.weeks[d/7].more[d%7])
		if c.more.Hidden = n == 0; n == 0 {
			continue
		}
		at := g.moreBox(d)
		setText(c.more, Truncated(g.moreText(n), look.SizeCaption, true, at.w-blockPad), look.TextSecondary)
		place(c.more, at.x+blockPad, at.y+(at.h-blockLine)/2, at.w-blockPad, blockLine)
	}
}

// paintGhosts draws where what is dragged would go, on the line it came from.
func (r *monthRenderer) paintGhosts() {
	g := r.g
	var all []placedBlock
	if g.drag.shown() {
		it := &g.drag.ghost
		for w := range monthWeeks {
			b, ok := barOf(0, it, g.day(7*w), 7)
			if !ok {
				continue
			}
			b.row = min(g.drag.row, g.lines()-1)
			shape := blockShape{
				oneLine: true, starts: b.starts, ends: b.ends, open: true, line: g.timesText(it.Start, it.End, it.Days),
			}
			all = append(all, placedBlock{blockKey{0, w}, it, g.barBox(w, b), shape})
		}
	}
	r.ghosts.show(all, true)
}

// paintRings draws the focus ring, once per week that the cursor touches.
func (r *monthRenderer) paintRings() {
	boxes := r.g.cursorBoxes()
	for i, ring := range r.rings {
		if !r.g.ringed() || i >= len(boxes) {
			ring.Hide()
			continue
		}
		ring.StrokeColor = look.Color(look.Accent)
		place(ring, boxes[i].x-1, boxes[i].y-1, boxes[i].w+2, boxes[i].h+2)
		ring.Show()
		ring.Refresh()
	}
}
