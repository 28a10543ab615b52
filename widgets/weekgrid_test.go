package widgets

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets/look"
)

// week is a WeekGrid of 16 to 22 November 2026, columns of 100 units, that records what is reported.
type week struct {
	*WeekGrid
	*recorded
}

func newWeek(tb testing.TB, items ...CalendarItem) *week {
	g := NewWeekGrid(nov(16, 0, 0))
	w := &week{g, record(tb, &g.calendar, g, fyne.NewSize(weekGutter+700, 640))}
	g.HourText = func(hour int) string { return fmt.Sprint(hour, "\u00a0h") }
	g.SetItems(items)
	return w
}

// spot is the middle of a column at a time of that day, scrolled as it is.
func (w *week) spot(at time.Time) fyne.Position {
	d := daysBetween(w.first, dayOf(at))
	return fyne.NewPos(w.columnX(d)+50, w.bodyTop()-w.offset+float32(minuteOf(at))*hourHeight/60)
}

// bandSpot is the middle of a day on a row of the band.
func (w *week) bandSpot(day, row int) fyne.Position {
	return fyne.NewPos(w.columnX(day-16)+50, weekHead+bandTop+float32(row)*bandPitch+barHeight/2)
}

func TestDraggingOverFreeHoursCreatesByQuarters(t *testing.T) {
	w := newWeek(t)
	w.dragged(w.spot(nov(17, 10, 7)), w.spot(nov(17, 11, 40)))
	w.wantEvents(t, "create 17T10:00 17T11:45 false")
	w.dragged(w.spot(nov(17, 12, 0)), w.spot(nov(17, 10, 31)))
	w.wantEvents(t, "create 17T10:30 17T12:15 false")
	w.dragged(w.bandSpot(18, 0), w.bandSpot(20, 0))
	w.wantEvents(t, "create 18T00:00 21T00:00 true")
	w.dragged(w.bandSpot(18, 0), w.bandSpot(17, 0))
	w.wantEvents(t, "create 17T00:00 19T00:00 true")
}

func TestDraggingAnItemMovesIt(t *testing.T) {
	w := newWeek(t, lesson("a", nov(17, 10, 5), nov(17, 11, 0)), stay("s", 18, 19))
	w.dragged(w.spot(nov(17, 10, 30)), w.spot(nov(19, 12, 2)))
	w.wantEvents(t, "move a 19T11:30 19T12:25")
	w.dragged(w.spot(nov(17, 10, 30)), w.spot(nov(18, 10, 33)))
	w.wantEvents(t, "move a 18T10:05 18T11:00") // sideways: the minutes stay
	w.dragged(w.spot(nov(17, 10, 30)), w.spot(nov(17, 10, 33)))
	w.wantEvents(t)
	w.dragged(w.bandSpot(18, 0), w.bandSpot(20, 0))
	w.wantEvents(t, "move s 20T00:00 22T00:00")
}

func TestDraggingAnEdgeResizes(t *testing.T) {
	w := newWeek(t, lesson("a", nov(17, 10, 0), nov(17, 12, 0)), stay("s", 18, 19))
	top, bottom := w.spot(nov(17, 10, 0)).AddXY(0, 4), w.spot(nov(17, 12, 0)).AddXY(0, -4)
	w.dragged(bottom, w.spot(nov(17, 13, 12)))
	w.wantEvents(t, "resize a 17T10:00 17T13:15")
	w.dragged(bottom, w.spot(nov(17, 9, 0)))
	w.wantEvents(t, "resize a 17T10:00 17T10:15")
	w.dragged(top, w.spot(nov(17, 9, 25)))
	w.wantEvents(t, "resize a 17T09:15 17T12:00")
	w.dragged(fyne.NewPos(w.columnX(4)-5, w.bandSpot(18, 0).Y), w.bandSpot(21, 0))
	w.wantEvents(t, "resize s 18T00:00 22T00:00")
	w.dragged(fyne.NewPos(w.columnX(2)+5, w.bandSpot(18, 0).Y), w.bandSpot(22, 0))
	w.wantEvents(t, "resize s 19T00:00 20T00:00")
}

func TestEscapeDropsWhatIsDragged(t *testing.T) {
	w := newWeek(t, lesson("a", nov(17, 10, 0), nov(17, 12, 0)))
	w.press(w.spot(nov(17, 11, 0)))
	w.dragTo(w.spot(nov(18, 11, 0)))
	if len(w.r.ghosts.used) != 1 {
		t.Fatalf("%d ghosts while an item is dragged", len(w.r.ghosts.used))
	}
	w.key(fyne.KeyEscape)
	w.dragTo(w.spot(nov(19, 11, 0)))
	if len(w.r.ghosts.used) != 0 {
		t.Error("the ghost stays after Escape")
	}
	w.DragEnd()
	w.wantEvents(t)
	w.key(fyne.KeyEscape)
	w.wantEvents(t, "escape")
	w.dragged(w.spot(nov(17, 11, 0)), w.spot(nov(18, 11, 0)))
	w.wantEvents(t, "move a 18T10:00 18T12:00")
}

func TestWhatIsReadOnlyIsNeitherMovedNorDeleted(t *testing.T) {
	it := lesson("a", nov(17, 10, 0), nov(17, 12, 0))
	it.ReadOnly = true
	w := newWeek(t, it)
	w.dragged(w.spot(nov(17, 11, 0)), w.spot(nov(18, 11, 0)))
	w.dragged(w.spot(nov(17, 12, 0)).AddXY(0, -4), w.spot(nov(17, 13, 0)))
	w.Select("a")
	w.key(fyne.KeyDelete)
	w.alt(fyne.KeyDown)
	w.released()
	w.wantEvents(t)
	w.key(fyne.KeyReturn)
	w.wantEvents(t, "open a")
}

func TestWithoutCallbacksNothingIsDragged(t *testing.T) {
	w := newWeek(t, lesson("a", nov(17, 10, 0), nov(17, 12, 0)))
	w.OnMove, w.OnResize, w.OnCreate = nil, nil, nil
	for _, p := range []fyne.Position{w.spot(nov(17, 11, 0)), w.spot(nov(17, 12, 0)).AddXY(0, -4), w.spot(nov(18, 11, 0))} {
		w.dragged(p, p.AddXY(60, 60))
		w.tap(p.AddXY(500, 0))
		w.tap(p.AddXY(500, 0))
	}
	w.wantEvents(t)
	if w.drag != nil || w.pressed != nil {
		t.Error("a drag is left over")
	}
}

func TestPressesOpenAndDoublePressesCreate(t *testing.T) {
	w := newWeek(t, lesson("a", nov(17, 10, 0), nov(17, 12, 0)), stay("s", 18, 19))
	w.tap(w.spot(nov(17, 11, 0)))
	w.tap(w.bandSpot(19, 0))
	w.tap(fyne.NewPos(w.columnX(3)+50, 20))
	w.wantEvents(t, "open a", "open s", "day 19")
	free := w.spot(nov(20, 10, 40))
	w.tap(free)
	w.wantEvents(t)
	w.recorded.clock = w.recorded.clock.Add(50 * time.Millisecond)
	w.tap(free)
	w.wantEvents(t, "create 20T10:30 20T11:30 false")
	w.tap(free)
	w.recorded.clock = w.recorded.clock.Add(time.Second)
	w.tap(free)
	w.wantEvents(t) // too slow for a double press
	w.recorded.clock = w.recorded.clock.Add(50 * time.Millisecond)
	w.tap(w.spot(nov(21, 10, 40)))
	w.wantEvents(t) // elsewhere
	w.TappedSecondary(&fyne.PointEvent{Position: w.spot(nov(17, 11, 0))})
	w.wantEvents(t, "context a")
}

func TestItemsThatHaveNoRoomAreReachedTogether(t *testing.T) {
	var items []CalendarItem
	for i := range 9 {
		items = append(items, lesson(fmt.Sprint("i", i), nov(17, 10, i), nov(17, 12, 0)))
	}
	w := newWeek(t, items...)
	if n := len(w.plans[1].slices); n != 2 {
		t.Fatalf("%d items stand beside each other in 100 units", n)
	}
	heap := w.heapBox(1, w.plans[1].more[0])
	w.tap(fyne.NewPos(heap.x+5, heap.y+5-w.offset+w.bodyTop()))
	w.wantEvents(t, "more [i2 i3 i4 i5 i6 i7 i8]")
	w.Select("i1")
	w.key(fyne.KeyRight, fyne.KeyReturn)
	w.wantEvents(t, "more [i2 i3 i4 i5 i6 i7 i8]")
	w.SetDays(nov(17, 0, 0), 1)
	if n := len(w.plans[0].slices); n != 9 || len(w.plans[0].more) != 0 {
		t.Errorf("a single day shows %d of 9", n)
	}
}

func TestScrollingDrawsNothingAgain(t *testing.T) {
	var items []CalendarItem
	for d := 16; d < 23; d++ {
		for h := range 24 {
			items = append(items, lesson(fmt.Sprint(d, "-", h), nov(d, h, 0), nov(d, h, 45)))
		}
	}
	w := newWeek(t, items...)
	w.ScrollTo(0)
	views := func() int { return len(w.r.blocks.content.Objects) }
	for range 3 {
		w.ScrollTo(24 * 60)
		w.ScrollTo(0)
	}
	settled := views()
	if settled >= 7*24*6 {
		t.Errorf("%d objects for %d items: those out of view are drawn too", settled, len(items))
	}
	w.ScrollTo(24 * 60)
	w.ScrollTo(0)
	if views() != settled {
		t.Errorf("%d objects became %d by scrolling", settled, views())
	}
	shown := map[*blockView]*CalendarItem{}
	for _, v := range w.r.blocks.used {
		shown[v] = v.item
	}
	w.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -5)})
	for v, it := range shown {
		if v.item != it {
			t.Error("a small step gives a view to another item")
		}
	}
}

func TestBandScrollsBeyondAFewRows(t *testing.T) {
	var items []CalendarItem
	for i := range 9 {
		items = append(items, stay(fmt.Sprint("s", i), 16, 22))
	}
	w := newWeek(t, items...)
	if len(w.r.bars.used) != bandMost {
		t.Fatalf("%d bars are drawn", len(w.r.bars.used))
	}
	w.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: w.bandSpot(18, 0)}, Scrolled: fyne.NewDelta(0, -10)})
	w.tap(w.bandSpot(18, 0))
	w.wantEvents(t, "open s1")
	for range 20 {
		w.key(fyne.KeyDown)
		if at, band := w.cursorBox(); band && (at.y < 0 || at.y > w.bandHeight()) {
			t.Fatalf("the cursor at %v is out of the band", w.cursor)
		}
	}
}

func TestHoldingAtTheEdgeScrollsAndTakesTheItemAlong(t *testing.T) {
	w := newWeek(t, lesson("a", nov(17, 10, 0), nov(17, 11, 0)))
	w.press(w.spot(nov(17, 10, 30)))
	w.dragTo(fyne.NewPos(w.columnX(1)+50, w.Size().Height-2))
	before, start := w.offset, w.drag.ghost.Start
	for range 40 {
		w.rollOn()
	}
	if w.offset <= before || !w.drag.ghost.Start.After(start) {
		t.Errorf("from %v to %v, from %v to %v", before, w.offset, start, w.drag.ghost.Start)
	}
	w.DragEnd()
	if w.rolling != nil {
		t.Error("the hours go on scrolling")
	}
}

func TestNowIsShownTodayOnly(t *testing.T) {
	w := newWeek(t)
	if w.r.nowLine.Visible() || w.r.tint.Visible() {
		t.Error("today shows without a present")
	}
	w.SetNow(nov(19, 12, 0))
	if !w.r.nowLine.Visible() || !w.r.tint.Visible() || w.r.nowLine.Position().X != w.columnX(3) {
		t.Error("today is not the fourth day")
	}
	if y := w.r.nowLine.Position().Y; y != 12*hourHeight-1 {
		t.Errorf("noon is at %v", y)
	}
	w.SetDays(nov(23, 0, 0), 7)
	if w.r.nowLine.Visible() || w.r.tint.Visible() {
		t.Error("today shows in another week")
	}
}

func TestClocksSetForwardOrBackMoveNoItem(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	in := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, zone)
	}
	for _, c := range []struct {
		name       string
		start, end time.Time
		from, to   int
	}{
		{"the hour that is missing lies inside", in(3, 29, 1, 0), in(3, 29, 4, 0), 60, 240},
		{"after the change", in(3, 29, 9, 0), in(3, 29, 10, 0), 540, 600},
		{"the hour that comes twice lies inside", in(10, 25, 1, 0), in(10, 25, 4, 0), 60, 240},
		{"ends, on the clock, before it starts", in(10, 25, 2, 45), in(10, 25, 2, 45).Add(30 * time.Minute), 165, 195},
	} {
		t.Run(c.name, func(t *testing.T) {
			items := civilItems([]CalendarItem{{ID: "a", Start: c.start, End: c.end}})
			day := dayOf(c.start)
			s, ok := sliceOf(0, &items[0], day)
			if !ok || s.from != c.from || s.to != c.to {
				t.Errorf("drawn from %d to %d, want %d to %d", s.from, s.to, c.from, c.to)
			}
			if _, ok := sliceOf(0, &items[0], day.AddDate(0, 0, 1)); ok {
				t.Error("drawn on the next day too")
			}
		})
	}
}

func TestWeekFollowsTheVariant(t *testing.T) {
	w := newWeek(t, lesson("a", nov(17, 10, 0), nov(17, 12, 0)))
	back := w.r.blocks.used[blockKey{0, 1}].back
	light := back.FillColor
	fyne.CurrentApp().Settings().SetTheme(look.NewTheme(look.Dark))
	w.WeekGrid.Refresh()
	if back.FillColor == light {
		t.Error("the item keeps its light colour in the dark variant")
	}
}

func TestNarrowWeekCutsItsWords(t *testing.T) {
	it := lesson("a", nov(17, 10, 0), nov(17, 12, 0))
	it.Kind, it.Title, it.Conflict = "Prestation pédagogique", "Découverte du solfège", true
	w := newWeek(t, it)
	for _, width := range []float32{756, 500, 300, 230} {
		w.window.Resize(fyne.NewSize(width, 640))
		v := w.r.blocks.used[blockKey{0, 1}]
		if !v.kind.Visible() && width > 250 {
			t.Errorf("%v wide: the kind is left out", width)
		}
		for _, text := range []*canvas.Text{v.kind, v.title} {
			end := text.Position().X + textWidth(text.Text, look.SizeCaption, text.TextStyle.Bold)
			if text.Visible() && end > v.at.x+v.at.w {
				t.Errorf("%v wide: %q ends at %v of %v", width, text.Text, end, v.at.x+v.at.w)
			}
		}
	}
}

// BenchmarkWeekScrollOf1000 scrolls a full week by ten units at a time.
func BenchmarkWeekScrollOf1000(b *testing.B) {
	var items []CalendarItem
	for i := range 1000 {
		start := nov(16, 0, i*10)
		items = append(items, lesson(fmt.Sprint("i", i), start, start.Add(45*time.Minute)))
	}
	w := newWeek(b, items...)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.scrollTo(float32(i * 10 % 600))
	}
}
