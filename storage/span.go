package storage

import "time"

// Span bounds the wall-clock time that a reservation takes with all its occurrences, as if in UTC: the zone moves it by
// less than a day. Neither bound need be reached. The zero end says that none is known.
func (r *Reservation) Span() (from, to time.Time) {
	from, to = r.Start.Wall(), r.End.Wall()
	if r.Recurrence == nil {
		return from, to
	}
	length := to.Sub(from)
	for _, x := range r.Recurrence.Extra {
		from, to = earlier(from, x.Wall()), later(to, x.Wall().Add(length))
	}
	for i := range r.Overrides {
		from, to = earlier(from, r.Overrides[i].Start.Wall()), later(to, r.Overrides[i].End.Wall())
	}
	if r.Recurrence.Rule == "" {
		return from, to
	}
	rule, ok := parseRule(r.Recurrence.Rule)
	if !ok {
		return from, time.Time{}
	}
	last, ok := rule.last(r.Start.Wall())
	if !ok {
		return from, time.Time{}
	}
	return from, later(to, last.Add(length))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
