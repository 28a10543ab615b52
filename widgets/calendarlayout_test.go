package widgets

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawing writes a plan as "item from-to lane/lanes+span", in the order of lanes.
func drawing(p dayPlan) string {
	var all []string
	for _, s := range p.slices {
		all = append(all, fmt.Sprintf("%d %d-%d %d/%d+%d", s.item, s.from, s.to, s.lane, s.lanes, s.span))
	}
	slices.Sort(all)
	for _, h := range p.more {
		all = append(all, fmt.Sprintf("more %v %d-%d %d/%d", h.items, h.from, h.to, h.lane, h.lanes))
	}
	return strings.Join(all, "; ")
}

func TestOverlappingItemsStandSideBySide(t *testing.T) {
	type times [][2]int
	for _, c := range []struct {
		name  string
		times times
		most  int
		want  string
	}{
		{"alone", times{{60, 120}}, 9, "0 60-120 0/1+1"},
		{"one after the other", times{{60, 120}, {120, 180}}, 9, "0 60-120 0/1+1; 1 120-180 0/1+1"},
		{"two at once", times{{60, 120}, {90, 150}}, 9, "0 60-120 0/2+1; 1 90-150 1/2+1"},
		{"the longer first", times{{60, 90}, {60, 120}}, 9, "0 60-90 1/2+1; 1 60-120 0/2+1"},
		{"a chain takes two lanes", times{{0, 60}, {30, 90}, {60, 120}}, 9, "0 0-60 0/2+1; 1 30-90 1/2+1; 2 60-120 0/2+1"},
		{
			"free lanes are used",
			times{{0, 300}, {0, 60}, {0, 60}, {120, 180}},
			9,
			"0 0-300 0/3+1; 1 0-60 1/3+1; 2 0-60 2/3+1; 3 120-180 1/3+2",
		},
		{"too many", times{{0, 300}, {0, 60}, {10, 60}, {120, 180}}, 2, "0 0-300 0/2+1; 3 120-180 1/2+1; more [1 2] 0-60 1/2"},
		{"no room but for one", times{{0, 60}, {30, 90}}, 1, "more [0 1] 0-90 0/1"},
		{"nothing", nil, 3, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var all []slice
			for i, at := range c.times {
				all = append(all, slice{item: i, from: at[0], to: at[1]})
			}
			if diff := cmp.Diff(c.want, drawing(planDay(all, c.most))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNoTwoThingsOverlapInADay draws days full of items and looks at the drawing: nothing covers anything, all stay
// inside the day and its column, and each item is there once, alone or in a heap.
func TestNoTwoThingsOverlapInADay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := civilItems(rapid.SliceOfN(anyItem(), 0, 40).Draw(t, "items"))
		most := rapid.IntRange(1, 8).Draw(t, "most")
		day := nov(17, 0, 0)
		var all []slice
		want := map[int]int{}
		for i := range items {
			if s, ok := sliceOf(i, &items[i], day); ok {
				all = append(all, s)
				want[i] = 1
			}
		}
		plan := planDay(all, most)
		type rect struct {
			from, to    int
			left, right float64
		}
		var drawn []rect
		got := map[int]int{}
		for _, s := range plan.slices {
			n := float64(s.lanes)
			drawn = append(drawn, rect{s.from, s.to, float64(s.lane) / n, float64(s.lane+s.span) / n})
			got[s.item]++
			if s.to-s.from < leastMinutes || s.lanes > most {
				t.Errorf("%+v is too short, or too narrow", s)
			}
		}
		for _, h := range plan.more {
			n := float64(h.lanes)
			drawn = append(drawn, rect{h.from, h.to, float64(h.lane) / n, float64(h.lane+1) / n})
			for _, i := range h.items {
				got[i]++
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("items drawn: %s", diff)
		}
		for i, a := range drawn {
			if a.from < 0 || a.to > dayMinutes || a.left < 0 || a.right > 1.0001 || a.left >= a.right {
				t.Errorf("%+v leaves the day", a)
			}
			for _, b := range drawn[:i] {
				if a.from < b.to && b.from < a.to && a.left < b.right-0.0001 && b.left < a.right-0.0001 {
					t.Errorf("%+v and %+v cover each other", a, b)
				}
			}
		}
	})
}

// anyItem draws an item around 17 November: short and long, over midnight, some with times of another order or zone.
func anyItem() *rapid.Generator[CalendarItem] {
	return rapid.Custom(func(t *rapid.T) CalendarItem {
		zone := time.FixedZone("", 3600*rapid.IntRange(-12, 14).Draw(t, "zone"))
		start := time.Date(2026, 11, 17, 0, rapid.IntRange(-1440, 2880).Draw(t, "start"), 0, 0, zone)
		return CalendarItem{
			ID:    rapid.StringMatching(`[a-z]{3}`).Draw(t, "id"),
			Start: start, End: start.Add(time.Duration(rapid.IntRange(-30, 1800).Draw(t, "minutes")) * time.Minute),
			Days: rapid.IntRange(0, 9).Draw(t, "days") == 0,
		}
	})
}

func TestBarsNeverShareARowAndADay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := civilItems(rapid.SliceOfN(anyItem(), 0, 60).Draw(t, "items"))
		first, count := nov(16, 0, 0), rapid.IntRange(1, 7).Draw(t, "count")
		var bars []bar
		for i := range items {
			if b, ok := barOf(i, &items[i], first, count); ok {
				bars = append(bars, b)
			}
		}
		sortBars(bars)
		rows := packBars(bars)
		busy := map[[2]int]int{}
		most := 0
		var load [7]int
		for _, b := range bars {
			if b.first < 0 || b.last >= count || b.first > b.last || b.row >= rows {
				t.Fatalf("%+v lies outside", b)
			}
			for d := b.first; d <= b.last; d++ {
				busy[[2]int{d, b.row}]++
				if busy[[2]int{d, b.row}] > 1 {
					t.Fatalf("day %d, row %d is taken twice", d, b.row)
				}
				load[d]++
				most = max(most, load[d])
			}
		}
		if rows != most {
			t.Errorf("%d rows where the fullest day has %d bars", rows, most)
		}
	})
}

func TestItemsEndingAtMidnightLeaveTheNextDayFree(t *testing.T) {
	items := civilItems([]CalendarItem{
		lesson("evening", nov(17, 22, 0), nov(18, 0, 0)), lesson("night", nov(17, 22, 0), nov(18, 2, 0)), stay("stay", 17, 17),
	})
	for i := range items {
		s, ok := sliceOf(i, &items[i], nov(18, 0, 0))
		if ok != (items[i].ID == "night") {
			t.Errorf("%s is there on the 18th: %v", items[i].ID, ok)
		}
		if ok && (s.from != 0 || s.to != 120 || s.starts || !s.ends) {
			t.Errorf("%+v", s)
		}
		if b, _ := barOf(i, &items[i], nov(16, 0, 0), 7); items[i].ID == "stay" && (b.first != 1 || b.last != 1) {
			t.Errorf("%+v", b)
		}
	}
}
