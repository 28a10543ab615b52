package widgets

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// leastMinutes is the length that a shorter item is drawn with, so that its words can be read.
const leastMinutes = 30

const dayMinutes = 24 * 60

// slice is the part of an item on one day, in minutes of that day as drawn, and where it stands beside those that it
// overlaps: from lane, over span of lanes.
type slice struct {
	item              int
	from, to          int
	lane, lanes, span int
	// starts and ends tell that the item really starts or ends here, so that the edge can be dragged.
	starts, ends bool
}

// heapOf is what had no room: as many items as a day's width does not hold, behind one mark.
type heapOf struct {
	items       []int
	from, to    int
	lane, lanes int
}

// dayPlan is one day of hours, laid out.
type dayPlan struct {
	slices []slice
	more   []heapOf
}

// sliceOf cuts an item to a day; ok is false when it is not there.
func sliceOf(item int, it *CalendarItem, day time.Time) (s slice, ok bool) {
	next := day.Add(oneDay)
	if !it.Start.Before(next) || !it.End.After(day) {
		return slice{}, false
	}
	s = slice{item: item, from: 0, to: dayMinutes, starts: !it.Start.Before(day), ends: !it.End.After(next)}
	if s.starts {
		s.from = minuteOf(it.Start)
	}
	if s.ends {
		s.to = int(it.End.Sub(day) / time.Minute)
	}
	s.to = min(max(s.to, s.from+leastMinutes), dayMinutes)
	s.from = max(min(s.from, s.to-leastMinutes), 0)
	return s, true
}

// planDay puts the slices of a day side by side where they overlap, in at most most lanes; what does not fit is gathered
// in the last lane. No two things of the plan overlap.
func planDay(all []slice, most int) dayPlan {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b slice) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to), cmp.Compare(a.item, b.item))
	})
	var plan dayPlan
	for start := 0; start < len(all); {
		end, reach := start+1, all[start].to
		for end < len(all) && all[end].from < reach {
			reach = max(reach, all[end].to)
			end++
		}
		plan.addCluster(all[start:end], max(most, 1))
		start = end
	}
	return plan
}

// addCluster lays out slices that hang together by overlaps, in the order of their starts.
func (p *dayPlan) addCluster(cluster []slice, most int) {
	lanes := giveLanes(cluster)
	if lanes <= most {
		for i := range cluster {
			cluster[i].lanes = lanes
			cluster[i].span = freeSpan(cluster[i], cluster, lanes)
		}
		p.slices = append(p.slices, cluster...)
		return
	}
	var shown, hidden []slice
	for _, s := range cluster {
		s.lanes = most
		if s.lane < most-1 {
			shown = append(shown, s)
		} else {
			hidden = append(hidden, s)
		}
	}
	for _, s := range shown {
		s.span = freeSpan(s, shown, most-1)
		p.slices = append(p.slices, s)
	}
	p.gather(hidden, most)
}

// giveLanes gives each slice the first lane that is free when it starts, and returns how many lanes that takes.
func giveLanes(cluster []slice) int {
	var ends []int // when each lane is free again
	for i := range cluster {
		s := &cluster[i]
		s.lane = slices.IndexFunc(ends, func(end int) bool { return end <= s.from })
		if s.lane < 0 {
			s.lane = len(ends)
			ends = append(ends, 0)
		}
		ends[s.lane] = s.to
	}
	return len(ends)
}

// freeSpan counts the lanes from s's own on, below limit, that nothing else uses while s lasts.
func freeSpan(s slice, others []slice, limit int) int {
	end := limit
	for _, o := range others {
		if o.lane > s.lane && o.from < s.to && s.from < o.to {
			end = min(end, o.lane)
		}
	}
	return end - s.lane
}

// gather joins hidden slices, in the order of their starts, into one heap per stretch of time; one that is alone in its
// stretch is shown after all.
func (p *dayPlan) gather(hidden []slice, lanes int) {
	for start := 0; start < len(hidden); {
		h := heapOf{from: hidden[start].from, to: hidden[start].to, lane: lanes - 1, lanes: lanes}
		end := start
		for ; end < len(hidden) && (end == start || hidden[end].from < h.to); end++ {
			h.items, h.to = append(h.items, hidden[end].item), max(h.to, hidden[end].to)
		}
		if alone := hidden[start]; end == start+1 {
			alone.lane, alone.span = lanes-1, 1
			p.slices = append(p.slices, alone)
		} else {
			p.more = append(p.more, h)
		}
		start = end
	}
}

// bar is an item drawn over whole days: columns first to last, both included, on a row.
type bar struct {
	item             int
	first, last, row int
	// starts and ends tell that the item really starts or ends here.
	starts, ends bool
}

// barOf cuts an item to count days from first on; ok is false when it is not there.
func barOf(item int, it *CalendarItem, first time.Time, count int) (b bar, ok bool) {
	from, to := daysBetween(first, dayOf(it.Start)), daysBetween(first, it.lastDay())
	if from >= count || to < 0 {
		return bar{}, false
	}
	return bar{
		item: item, first: max(from, 0), last: min(to, count-1), starts: from >= 0, ends: to < count,
	}, true
}

// sortBars orders bars by their first day, what is longer first.
func sortBars(bars []bar) {
	slices.SortStableFunc(bars, func(a, b bar) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(b.last, a.last))
	})
}

// packBars gives each bar the first row that is free on its days and returns how many rows that takes. Bars come in the
// order of their first day.
func packBars(bars []bar) int {
	rows := 0
	var free intHeap
	leaving := map[int][]int{} // rows by the day after their last bar
	day := 0
	for i := range bars {
		b := &bars[i]
		for ; day <= b.first; day++ {
			for _, row := range leaving[day] {
				heap.Push(&free, row)
			}
		}
		if len(free) > 0 {
			b.row = heap.Pop(&free).(int)
		} else {
			b.row = rows
			rows++
		}
		leaving[b.last+1] = append(leaving[b.last+1], b.row)
	}
	return rows
}

// intHeap is a heap of row numbers, the least on top.
type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push is called by container/heap.
func (h *intHeap) Push(v any) { *h = append(*h, v.(int)) }

// Pop is called by container/heap.
func (h *intHeap) Pop() any {
	last := len(*h) - 1
	v := (*h)[last]
	*h = (*h)[:last]
	return v
}
