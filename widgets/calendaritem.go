package widgets

import (
	"slices"
	"strings"
	"time"

	"diapason/widgets/look"
)

// CalendarItem is what WeekGrid and MonthGrid show of one reservation, as prepared strings.
//
// Its times are civil: only the date and the clock they show count, whatever their zone, and each day has 24 hours. On the
// night when clocks are set back an item may therefore end before it starts; it is then drawn as high as a short one.
type CalendarItem struct {
	// ID is what callbacks are given.
	ID string
	// Kind is the word in bold that comes first, Title what follows, Line what a large enough place shows below.
	Kind, Title, Line string
	// Hour is shown before the kind where a month shows the item on one line: "9 h 30".
	Hour string
	// Start and End are civil; End is not included.
	Start, End time.Time
	// Days is set for whole days.
	Days bool
	Hue  look.Hue
	// Conflict, Cancelled, Option and ReadOnly are each shown by a shape, never by colour alone: a mark, a struck title, an
	// outline, a lock. ReadOnly also means that nothing can be dragged.
	Conflict, Cancelled, Option, ReadOnly bool
}

// civil gives the date and clock that t shows, as if it were UTC.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// dayOf is the midnight before a civil time.
func dayOf(t time.Time) time.Time { return civil(t).Truncate(24 * time.Hour) }

const oneDay = 24 * time.Hour

// daysBetween counts days from one midnight to another.
func daysBetween(from, to time.Time) int { return int(to.Sub(from) / oneDay) }

// minuteOf is the minute of the day, 0 to 1439.
func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }

// civilItems copies items with civil times, each ending after its start, in the order of their starts; what is longer
// comes first.
func civilItems(items []CalendarItem) []CalendarItem {
	all := slices.Clone(items)
	for i := range all {
		it := &all[i]
		it.Start, it.End = civil(it.Start), civil(it.End)
		if it.Days {
			it.Start, it.End = dayOf(it.Start), dayOf(it.End)
		}
		switch {
		case it.End.After(it.Start):
		case it.Days:
			it.End = it.Start.Add(oneDay)
		default:
			it.End = it.Start.Add(time.Minute)
		}
	}
	slices.SortFunc(all, func(a, b CalendarItem) int {
		if c := a.Start.Compare(b.Start); c != 0 {
			return c
		}
		if c := b.End.Compare(a.End); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all
}

// spansDays tells whether an item is drawn as a bar over days rather than at its hours.
func (it *CalendarItem) spansDays() bool { return it.Days || it.End.Sub(it.Start) >= oneDay }

// lastDay is the last day that an item touches.
func (it *CalendarItem) lastDay() time.Time { return dayOf(it.End.Add(-time.Second)) }

// mark is the shape of an item's gravest state.
func (it *CalendarItem) mark() look.Icon {
	switch {
	case it.Conflict:
		return look.StatusAction
	case it.Cancelled:
		return look.StatusDisabled
	case it.Option:
		return look.StatusWaiting
	case it.ReadOnly:
		return look.IconLock
	}
	return ""
}

// shifted is the item after a gesture over days and minutes. Times land on quarters of an hour; an item stays on the day
// that it is moved to and keeps a quarter at least; what spans days moves by days only.
func (it CalendarItem) shifted(gesture gesture, days, minutes int) CalendarItem {
	move := time.Duration(days) * oneDay
	if it.spansDays() {
		switch gesture {
		case gestureMove:
			it.Start, it.End = it.Start.Add(move), it.End.Add(move)
		case gestureStart:
			for it.Start = it.Start.Add(move); it.End.Sub(it.Start) < oneDay; it.Start = it.Start.Add(-oneDay) {
			}
		case gestureEnd:
			for it.End = it.End.Add(move); it.End.Sub(it.Start) < oneDay; it.End = it.End.Add(oneDay) {
			}
		}
		return it
	}
	const least = snapMinutes * time.Minute
	switch gesture {
	case gestureMove:
		day, long := dayOf(it.Start).Add(move), it.End.Sub(it.Start)
		it.Start = laterOf(earlierOf(movedBy(it.Start.Add(move), minutes), day.Add(oneDay-least)), day)
		it.End = it.Start.Add(long)
	case gestureStart:
		it.Start = laterOf(earlierOf(movedBy(it.Start, minutes), it.End.Add(-least)), dayOf(it.Start))
	case gestureEnd:
		it.End = earlierOf(laterOf(movedBy(it.End, minutes), it.Start.Add(least)), it.lastDay().Add(oneDay))
	}
	return it
}

// movedBy lands on the quarter of an hour nearest to t and minutes; a smaller move than half a quarter is none.
func movedBy(t time.Time, minutes int) time.Time {
	const step = snapMinutes * time.Minute
	if 2*max(minutes, -minutes) < snapMinutes {
		return t
	}
	return t.Add(time.Duration(minutes)*time.Minute + step/2).Truncate(step)
}

func earlierOf(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
