package merge

import (
	"time"

	"diapason/storage"
)

// Threshold is how many listings of an account a run may touch in one way: the floor, or the share of the linked ones
// when that is more.
type Threshold struct {
	Floor   int // listings
	Percent int // of the account's linked listings
}

// crossed reports whether n listings are more than the threshold lets through.
func (t Threshold) crossed(n, linked int) bool { return n > t.Floor && 100*n > t.Percent*linked }

// Limit gives the largest number of listings that the threshold lets through.
func (t Threshold) Limit(linked int) int { return max(t.Floor, t.Percent*linked/100) }

// Thresholds are those of one account, for each way a publication can do harm.
type Thresholds struct {
	Closed   Threshold // declared closed for good: the nearest thing to a deletion that there is
	Emptied  Threshold // losing at least one value
	Modified Threshold // changed at all
	Vanished Threshold // not found by readings, which is believed up to there
}

// DefaultThresholds are those of a directory that declares none.
var DefaultThresholds = Thresholds{
	Closed:   Threshold{Floor: 5, Percent: 10},
	Emptied:  Threshold{Floor: 10, Percent: 10},
	Modified: Threshold{Floor: 50, Percent: 50},
	Vanished: Threshold{Floor: 5, Percent: 30},
}

// OrDefault gives the thresholds, the default one where none is declared.
func (t Thresholds) OrDefault() Thresholds {
	for _, x := range []struct{ own, other *Threshold }{
		{&t.Closed, &DefaultThresholds.Closed},
		{&t.Emptied, &DefaultThresholds.Emptied},
		{&t.Modified, &DefaultThresholds.Modified},
		{&t.Vanished, &DefaultThresholds.Vanished},
	} {
		if *x.own == (Threshold{}) {
			*x.own = *x.other
		}
	}
	return t
}

// Lowest is the number of changed listings up to which nothing can be crossed, however many are linked.
func (t Thresholds) Lowest() int {
	return min(t.Closed.Floor, t.Emptied.Floor, t.Modified.Floor, wholeAccount-1)
}

// GuardKind tells which threshold a plan crosses.
type GuardKind string

// The kinds, from the most serious to the least.
const (
	GuardEverything GuardKind = "everything" // every linked listing would be closed for good
	GuardClosed     GuardKind = "closed"
	GuardEmptied    GuardKind = "emptied"
	GuardModified   GuardKind = "modified"
	GuardVanished   GuardKind = "vanished"
)

// wholeAccount is the number of listings from which closing all of them is out of the ordinary.
const wholeAccount = 3

// GuardReason is one threshold that a plan crosses.
type GuardReason struct {
	Kind   GuardKind
	Count  int // listings, those of the last 24 hours included
	Sent   int // of Count: left within the last 24 hours already
	Linked int
	Limit  int // the largest Count that would not have been stopped
}

// Guard judges the plan of an account before anything of it is written there. sent is what left within the last 24
// hours, so that a large change cannot pass in small packets; a listing is in one of the two only. What the plan does
// not add to is not held against it. A creation harms nothing and counts as none.
func Guard(plan, sent storage.Counts, t Thresholds) []GuardReason {
	t = t.OrDefault()
	var reasons []GuardReason
	add := func(k GuardKind, n, before, limit int) {
		reasons = append(reasons, GuardReason{Kind: k, Count: n + before, Sent: before, Linked: plan.Linked, Limit: limit})
	}
	closed := plan.Closed + sent.Closed
	switch everything := plan.Linked >= wholeAccount && closed >= plan.Linked; {
	case plan.Closed == 0:
	case everything:
		add(GuardEverything, plan.Closed, sent.Closed, min(plan.Linked-1, t.Closed.Limit(plan.Linked)))
	case t.Closed.crossed(closed, plan.Linked):
		add(GuardClosed, plan.Closed, sent.Closed, t.Closed.Limit(plan.Linked))
	}
	if plan.Emptied > 0 && t.Emptied.crossed(plan.Emptied+sent.Emptied, plan.Linked) {
		add(GuardEmptied, plan.Emptied, sent.Emptied, t.Emptied.Limit(plan.Linked))
	}
	if plan.Modified > 0 && t.Modified.crossed(plan.Modified+sent.Modified, plan.Linked) {
		add(GuardModified, plan.Modified, sent.Modified, t.Modified.Limit(plan.Linked))
	}
	if plan.Vanished > 0 && t.Vanished.crossed(plan.Vanished+sent.Vanished, plan.Linked) {
		add(GuardVanished, plan.Vanished, sent.Vanished, t.Vanished.Limit(plan.Linked))
	}
	return reasons
}

// Impact says what sending these fields would do to one listing: each count is 0 or 1.
func Impact(l *storage.Listing, fields []storage.Field, creation bool) storage.Counts {
	var c storage.Counts
	if creation {
		c.Created = 1
		return c
	}
	for _, f := range fields {
		before, after := Shown(l, f), l.Desired[f]
		if before == after {
			continue
		}
		c.Modified = 1
		if after == "" {
			c.Emptied = 1
		}
		if f == storage.FieldStatus && after == string(storage.StatusClosed) {
			c.Closed = 1
		}
	}
	return c
}

// Shown gives what the directory shows of a field as far as is known: what was last read there, or else what it accepted.
func Shown(l *storage.Listing, f storage.Field) string {
	if v, read := l.Observed[f]; read {
		return v
	}
	return l.Accepted[f]
}

// Window counts, by hour, the listings of an account that publications changed lately. A listing is counted once,
// where it was changed last. The zero value has counted nothing.
type Window struct {
	// Since is when the user last agreed to a plan: what left before was shown then and counts no more.
	Since time.Time                `json:"since,omitzero"`
	Hours map[int64]storage.Counts `json:"hours,omitempty"` // by hours since 1970
}

// windowHours is how far back the window goes; the hour under way comes on top.
const windowHours = 24

func hourOf(t time.Time) int64 { return t.Unix() / 3600 }

// Sent adds up the window as it is now.
func (w *Window) Sent(now time.Time) storage.Counts {
	var sum storage.Counts
	for h, c := range w.Hours {
		if h >= hourOf(now)-windowHours {
			sum = sum.Plus(c)
		}
	}
	return sum
}

// Fresh gives what of an impact the window has not counted for this listing yet.
func (w *Window) Fresh(now time.Time, m storage.Marks, impact storage.Counts) storage.Counts {
	counted := func(at time.Time) bool {
		return !at.IsZero() && at.After(w.Since) && hourOf(at) >= hourOf(now)-windowHours
	}
	if counted(m.Modified) {
		impact.Modified = 0
	}
	if counted(m.Emptied) {
		impact.Emptied = 0
	}
	if counted(m.Closed) {
		impact.Closed = 0
	}
	if counted(m.Vanished) {
		impact.Vanished = 0
	}
	return impact
}

// Add counts a listing that leaves now, moving it from where it was counted before, and gives its new marks.
func (w *Window) Add(now time.Time, m storage.Marks, impact storage.Counts) storage.Marks {
	if w.Hours == nil {
		w.Hours = map[int64]storage.Counts{}
	}
	for h := range w.Hours {
		if h < hourOf(now)-windowHours {
			delete(w.Hours, h)
		}
	}
	fresh := w.Fresh(now, m, impact)
	move := func(hit, isFresh int, at *time.Time, add func(*storage.Counts, int)) {
		if hit == 0 {
			return
		}
		if isFresh == 0 {
			w.change(hourOf(*at), func(c *storage.Counts) { add(c, -1) })
		}
		w.change(hourOf(now), func(c *storage.Counts) { add(c, 1) })
		*at = now
	}
	move(impact.Modified, fresh.Modified, &m.Modified, func(c *storage.Counts, n int) { c.Modified = max(c.Modified+n, 0) })
	move(impact.Emptied, fresh.Emptied, &m.Emptied, func(c *storage.Counts, n int) { c.Emptied = max(c.Emptied+n, 0) })
	move(impact.Closed, fresh.Closed, &m.Closed, func(c *storage.Counts, n int) { c.Closed = max(c.Closed+n, 0) })
	move(impact.Vanished, fresh.Vanished, &m.Vanished, func(c *storage.Counts, n int) { c.Vanished = max(c.Vanished+n, 0) })
	return m
}

func (w *Window) change(hour int64, f func(*storage.Counts)) {
	c := w.Hours[hour]
	f(&c)
	w.Hours[hour] = c
}

// Forget empties the window: the user agreed to what it held and to what comes next.
func (w *Window) Forget(now time.Time) { *w = Window{Since: now} }
