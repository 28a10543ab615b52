package widgets

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/widgets/look"
)

// month is a MonthGrid of November 2026, 26 October to 6 December, with cells of 100 by 90 units (three lines), that
// records what is reported.
type month struct {
	*MonthGrid
	*recorded
}

func newMonth(tb testing.TB, items ...CalendarItem) *month {
	g := NewMonthGrid(nov(12, 9, 0))
	m := &month{g, record(tb, &g.calendar, g, fyne.NewSize(700, monthHead+monthWeeks*90))}
	g.SetItems(items)
	return m
}

// spot is on a line of a day of November: 0 is below its number, -1 the number itself.
func (m *month) spot(day, line int) fyne.Position {
	d := daysBetween(m.first, nov(day, 0, 0))
	c := m.cell(d)
	if line < 0 {
		return fyne.NewPos(c.x+10, c.y+10)
	}
	return fyne.NewPos(c.x+50, c.y+monthNumber+float32(line)*monthPitch+5)
}

// shown lists what is drawn on a day of November, the count of what has no room last.
func (m *month) shown(day int) []string {
	d := daysBetween(m.first, nov(day, 0, 0))
	var all []string
	for _, b := range m.barsOn(d) {
		all = append(all, fmt.Sprint(b.row, " ", m.items[b.item].ID))
	}
	if n := len(m.weeks[d/7].more[d%7]); n > 0 {
		all = append(all, fmt.Sprint("+", n))
	}
	return all
}

func TestMonthShowsSixWeeksFromAMonday(t *testing.T) {
	useTheme(t)
	for _, c := range []struct{ month, first, end time.Time }{
		{nov(30, 23, 59), time.Date(2026, 10, 26, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 7, 0, 0, 0, 0, time.UTC)},
		{time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 3, 15, 0, 0, 0, 0, time.UTC)},
		{time.Date(2026, 3, 29, 2, 30, 0, 0, time.UTC), time.Date(2026, 2, 23, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)},
	} {
		if first, end := NewMonthGrid(c.month).Days(); !first.Equal(c.first) || !end.Equal(c.end) {
			t.Errorf("%v: from %v to %v", c.month, first, end)
		}
	}
}

func TestMonthCountsWhatHasNoRoom(t *testing.T) {
	m := newMonth(
		t, stay("long", 9, 20), lesson("a", nov(11, 9, 0), nov(11, 10, 0)), lesson("b", nov(11, 10, 0), nov(11, 11, 0)),
		lesson("c", nov(11, 11, 0), nov(11, 12, 0)), stay("late", 11, 12), lesson("d", nov(12, 9, 0), nov(12, 10, 0)),
		lesson("night", nov(13, 22, 0), nov(14, 2, 0)),
	)
	for _, c := range []struct {
		day  int
		want []string
	}{
		{8, nil},
		{9, []string{"0 long"}},
		{11, []string{"0 long", "1 late", "+3"}},
		{12, []string{"0 long", "1 late", "2 d"}},
		{13, []string{"0 long", "1 night"}},
		{14, []string{"0 long"}},
		{16, []string{"0 long"}},
		{21, nil},
	} {
		if diff := cmp.Diff(c.want, m.shown(c.day)); diff != "" {
			t.Errorf("day %d: %s", c.day, diff)
		}
	}
	m.tap(m.spot(11, 2))
	m.wantEvents(t, "more [a b c]")
	m.window.Resize(fyne.NewSize(700, monthHead+monthWeeks*150))
	if diff := cmp.Diff([]string{"0 long", "1 late", "2 a", "3 b", "4 c"}, m.shown(11)); diff != "" {
		t.Errorf("with more room: %s", diff)
	}
}

// TestMonthNeverDrawsTwoThingsInOnePlace fills weeks at random: on each day every line holds one thing, the mark included,
// and everything is either drawn or counted.
func TestMonthNeverDrawsTwoThingsInOnePlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.IntRange(1, 5).Draw(t, "lines")
		var bars []bar
		var load [7]int
		for i := range rapid.IntRange(0, 30).Draw(t, "items") {
			first := rapid.IntRange(0, 6).Draw(t, "first")
			b := bar{item: i, first: first, last: rapid.IntRange(first, 6).Draw(t, "last")}
			bars = append(bars, b)
			for d := b.first; d <= b.last; d++ {
				load[d]++
			}
		}
		plan := planWeek(bars, lines)
		var taken [7][]int
		for _, b := range plan.bars {
			for d := b.first; d <= b.last; d++ {
				if slices.Contains(taken[d], b.row) || b.row >= lines {
					t.Fatalf("%+v has no place of its own in %d lines", b, lines)
				}
				taken[d] = append(taken[d], b.row)
			}
		}
		for d := range 7 {
			more := len(plan.more[d])
			if len(taken[d])+more != load[d] {
				t.Fatalf("day %d: %d drawn and %d counted of %d", d, len(taken[d]), more, load[d])
			}
			if more > 0 && slices.Contains(taken[d], lines-1) {
				t.Fatalf("day %d: an item lies under the mark", d)
			}
		}
	})
}

func TestMonthDragsItemsFromDayToDay(t *testing.T) {
	m := newMonth(t, lesson("a", nov(11, 9, 7), nov(11, 10, 0)), stay("s", 17, 18))
	m.dragged(m.spot(11, 0), m.spot(20, 2))
	m.wantEvents(t, "move a 20T09:07 20T10:00")
	m.dragged(m.spot(11, 0), m.spot(11, 2))
	m.wantEvents(t)
	m.dragged(m.spot(18, 0), m.spot(16, 0))
	m.wantEvents(t, "move s 15T00:00 17T00:00")
	end := m.spot(18, 0)
	end.X = m.cell(daysBetween(m.first, nov(19, 0, 0))).x - 5
	m.dragged(end, m.spot(26, 0))
	m.wantEvents(t, "resize s 17T00:00 27T00:00")
	m.dragged(m.spot(4, 0), m.spot(6, 0))
	m.dragged(m.spot(6, 0), m.spot(4, 0))
	m.wantEvents(t, "create 04T00:00 07T00:00 true", "create 04T00:00 07T00:00 true")
	m.press(m.spot(11, 0))
	m.dragTo(m.spot(20, 0))
	if len(m.r.ghosts.used) != 1 {
		t.Error("nothing shows where the item would go")
	}
	m.key(fyne.KeyEscape)
	m.dragTo(m.spot(21, 0))
	if len(m.r.ghosts.used) != 0 {
		t.Error("the ghost stays after Escape")
	}
	m.of.DragEnd()
	m.wantEvents(t)
}

func TestMonthPressesOpenItemsAndDays(t *testing.T) {
	m := newMonth(t, lesson("a", nov(11, 9, 0), nov(11, 10, 0)))
	m.tap(m.spot(11, 0))
	m.tap(m.spot(12, -1))
	m.wantEvents(t, "open a", "day 12")
	m.tap(m.spot(13, 1))
	m.tap(m.spot(13, 1))
	m.wantEvents(t, "create 13T00:00 14T00:00 true")
	m.tap(m.spot(13, 1))
	m.clock = m.clock.Add(time.Second)
	m.tap(m.spot(13, 1))
	m.wantEvents(t)
	m.TappedSecondary(&fyne.PointEvent{Position: m.spot(11, 0)})
	m.wantEvents(t, "context a")
}

func TestMonthIsWorkedByKeys(t *testing.T) {
	m := newMonth(t, lesson("a", nov(11, 9, 0), nov(11, 10, 0)), stay("s", 17, 18))
	m.window.Canvas().Focus(m.MonthGrid)
	m.Select("a")
	where := func() string {
		if m.cursor.id != "" {
			return m.cursor.id
		}
		return m.cursor.day.Format("2 Jan")
	}
	for i, s := range []struct {
		key  fyne.KeyName
		want string
	}{
		{fyne.KeyUp, "11 Nov"},
		{fyne.KeyDown, "a"},
		{fyne.KeyDown, "18 Nov"},
		{fyne.KeyDown, "s"},
		{fyne.KeyRight, "19 Nov"},
		{fyne.KeyLeft, "18 Nov"},
		{fyne.KeyLeft, "17 Nov"},
		{fyne.KeyHome, "16 Nov"},
		{fyne.KeyEnd, "22 Nov"},
		{fyne.KeyRight, "23 Nov"},
		{fyne.KeyUp, "16 Nov"},
	} {
		m.key(s.key)
		if where() != s.want {
			t.Fatalf("step %d: %s leads to %s, want %s", i, s.key, where(), s.want)
		}
		if !m.r.rings[0].Visible() {
			t.Fatalf("step %d: no ring shows where the keyboard is", i)
		}
	}
	m.key(fyne.KeyReturn)
	m.shifted(fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft)
	m.released()
	m.key(fyne.KeyReturn)
	m.wantEvents(t, "day 16", "create 16T00:00 18T00:00 true")
	m.Select("a")
	m.key(fyne.KeyReturn, fyne.KeyDelete, desktop.KeyMenu)
	m.wantEvents(t, "open a", "delete a", "context a")
	m.alt(fyne.KeyDown, fyne.KeyRight)
	m.released()
	m.wantEvents(t, "move a 19T09:00 19T10:00")
	m.Select("s")
	m.shifted(fyne.KeyRight)
	m.released()
	m.wantEvents(t, "resize s 17T00:00 20T00:00")
	m.key(fyne.KeyEscape)
	m.wantEvents(t, "escape")
}

func TestMonthTurnsThePageAtItsEdges(t *testing.T) {
	m := newMonth(t)
	m.OnPage = func(by int) {
		m.events = append(m.events, fmt.Sprint("page ", by))
		m.SetMonth(m.MonthGrid.month.AddDate(0, by, 0))
	}
	m.cursor.day = time.Date(2026, 12, 6, 0, 0, 0, 0, time.UTC)
	m.key(fyne.KeyRight)
	if got := m.cursor.day; got.Day() != 7 || got.Month() != time.December {
		t.Errorf("right of the last day is %v", got)
	}
	m.key(fyne.KeyPageUp)
	if got := m.cursor.day; got.Day() != 7 || got.Month() != time.November {
		t.Errorf("a page before 7 December is %v", got)
	}
	m.wantEvents(t, "page 1", "page -1")
	for range 3 {
		m.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -4)})
	}
	m.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 25)})
	m.wantEvents(t, "page 1", "page -1")
}

// manyItems are n reservations over the six weeks that show a month, one in five over several days.
func manyItems(month time.Time, n int) []CalendarItem {
	first, _ := NewMonthGrid(month).Days()
	all := make([]CalendarItem, 0, n)
	for i := range n {
		start := first.Add(time.Duration(i*37%(42*dayMinutes)) * time.Minute)
		it := lesson(fmt.Sprint("r", i), start, start.Add(time.Hour))
		it.Hour, it.Title, it.Hue = start.Format("15:04"), fmt.Sprint("Réservation ", i), look.HueOf(look.Hues[i%len(look.Hues)])
		if i%5 == 0 {
			it.Days, it.End = true, start.AddDate(0, 0, 1+i%4)
		}
		all = append(all, it)
	}
	return all
}

func TestTurningPagesRecyclesWhatIsDrawn(t *testing.T) {
	m := newMonth(t, manyItems(nov(1, 0, 0), 10_000)...)
	views := len(m.r.bars.content.Objects)
	if most := 6 * 7 * m.lines() * monthWeeks; views == 0 || views > most {
		t.Fatalf("%d objects where %d have room", views, most)
	}
	for _, month := range []time.Month{12, 11, 10, 11} {
		page := time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC)
		m.Turn(page, manyItems(page, 10_000))
	}
	if got := len(m.r.bars.content.Objects); got != views {
		t.Errorf("%d objects became %d by turning pages", views, got)
	}
}

func TestMonthFollowsTheVariant(t *testing.T) {
	m := newMonth(t, lesson("a", nov(11, 9, 0), nov(11, 10, 0)))
	m.SetNow(nov(12, 9, 0))
	today := m.r.cells[daysBetween(m.first, nov(12, 0, 0))]
	before := []any{today.ground.FillColor, today.circle.FillColor, today.number.Color}
	fyne.CurrentApp().Settings().SetTheme(look.NewTheme(look.Dark))
	m.MonthGrid.Refresh()
	for i, now := range []any{today.ground.FillColor, today.circle.FillColor, today.number.Color} {
		if now == before[i] {
			t.Errorf("colour %d of today stays in the dark variant", i)
		}
	}
}

// BenchmarkMonthPageOf10000 turns the page of a month whose six weeks hold 10,000 reservations. "page" is what the
// interface's goroutine does for it; "painted" adds a picture of the whole by the software painter, which draws every text
// anew where a window keeps its textures; "picture" is that picture alone, nothing having changed.
func BenchmarkMonthPageOf10000(b *testing.B) {
	m := newMonth(b, manyItems(nov(1, 0, 0), 10_000)...)
	m.window.Resize(fyne.NewSize(1048, 692))
	months := [2]time.Time{nov(1, 0, 0), nov(31, 0, 0)}
	pages := [2][]CalendarItem{manyItems(months[0], 10_000), manyItems(months[1], 10_000)}
	for i := range pages[1] {
		pages[1][i].Title = fmt.Sprint("Autre ", i) // no text of one page is at hand for the other
	}
	for _, c := range []struct {
		name        string
		turn, paint bool
	}{{"page", true, false}, {"painted", true, true}, {"picture", false, true}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if c.turn {
					m.Turn(months[i%2], pages[i%2])
				}
				if c.paint {
					m.window.Canvas().Capture()
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/page")
		})
	}
}
