package recurrence

import (
	"errors"
	"slices"
	"time"

	"diapason/storage"
)

// Remove gives what the removal of the occurrence at leaves of the reservation r, which it leaves as it is; nil when
// nothing is left. Without such an occurrence: ErrNotFound.
func Remove(r *storage.Reservation, at storage.LocalTime, scope Scope) (*storage.Reservation, error) {
	o, err := Find(r, at)
	if err != nil {
		return nil, err
	}
	if r.Recurrence == nil || scope == All {
		return nil, nil
	}
	now := r.Clone()
	if scope == This {
		leaveOut(now, o.Original)
	} else if now, err = before(now, o.Original); err != nil || now == nil {
		return nil, err
	}
	switch _, err := firstOf(now); {
	case errors.Is(err, storage.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return now, nil
}

// before gives what comes before an occurrence, nil when nothing does.
func before(r *storage.Reservation, at storage.LocalTime) (*storage.Reservation, error) {
	cut, byHand, err := cutting(r, at)
	if err != nil {
		return nil, err
	}
	if byHand {
		leaveOut(r, at)
	}
	switch first, err := firstOf(r); {
	case errors.Is(err, storage.ErrNotFound), err == nil && first == cut:
		return nil, nil
	case err != nil:
		return nil, err
	}
	_, err = split(r, cut)
	return r, err
}

// leaveOut takes an occurrence away from a series.
func leaveOut(r *storage.Reservation, at storage.LocalTime) {
	if i, found := position(r, at); found {
		r.Overrides = slices.Delete(r.Overrides, i, i+1)
	}
	r.Recurrence.Extra = slices.DeleteFunc(r.Recurrence.Extra, func(l storage.LocalTime) bool { return l == at })
	if _, err := Find(r, at); err == nil {
		i, _ := slices.BinarySearchFunc(r.Recurrence.Except, at, byWall)
		r.Recurrence.Except = slices.Insert(r.Recurrence.Except, i, at)
	}
}

func byWall(a, b storage.LocalTime) int { return a.Wall().Compare(b.Wall()) }

// cutting tells where a series is cut so that an occurrence and all after it are the rest: at the occurrence, or, when
// it was added by hand and the rule goes on later, at the next that the rule gives.
func cutting(r *storage.Reservation, at storage.LocalTime) (cut storage.LocalTime, byHand bool, err error) {
	s, err := open(r)
	if err != nil {
		return cut, false, err
	}
	for start := range s.ruled(at.Wall(), endOfTime) {
		if !start.Before(at) && !s.excepted[start] {
			return start, start != at, nil
		}
	}
	return at, false, nil
}

// firstOf gives the original time of the first occurrence of a series; ErrNotFound when it has none.
func firstOf(r *storage.Reservation) (storage.LocalTime, error) {
	s, err := open(r)
	if err != nil {
		return storage.LocalTime{}, err
	}
	for start := range s.starts(time.Time{}, endOfTime) {
		return start, nil
	}
	return storage.LocalTime{}, storage.ErrNotFound
}

// split ends r before cut, one of its occurrences but not the first, and gives the rest, which begins there, without ID,
// UID and revision.
func split(r *storage.Reservation, cut storage.LocalTime) (rest *storage.Reservation, err error) {
	s, err := open(r)
	if err != nil {
		return nil, err
	}
	rest = r.Clone()
	rest.ID, rest.UID, rest.Revision, rest.Sequence = "", "", 0, 0
	rest.CreatedAt, rest.ChangedAt = time.Time{}, time.Time{}
	rest.Start, rest.End = cut, endOf(cut, s.length, s.zone)
	var last storage.LocalTime
	count, more := 0, false
	for start := range s.ruled(time.Time{}, cut.Wall()) {
		if !start.Before(cut) {
			more = true
			break
		}
		last = start
		count++
	}
	if s.rule != nil {
		ended, left := *s.rule, *s.rule
		ended.Count, ended.Until = 0, until(last, s.zone)
		r.Recurrence.Rule = ended.String()
		if left.Count > 0 {
			left.Count -= count
		}
		rest.Recurrence.Rule = left.String()
		if !more { // only dates added by hand are left
			rest.Recurrence.Rule = ""
		}
	}
	early := func(l storage.LocalTime) bool { return l.Before(cut) }
	late := func(l storage.LocalTime) bool { return !l.Before(cut) }
	r.Recurrence.Except = slices.DeleteFunc(r.Recurrence.Except, late)
	r.Recurrence.Extra = slices.DeleteFunc(r.Recurrence.Extra, late)
	rest.Recurrence.Except = slices.DeleteFunc(rest.Recurrence.Except, early)
	rest.Recurrence.Extra = slices.DeleteFunc(rest.Recurrence.Extra, func(l storage.LocalTime) bool { return early(l) || l == cut })
	i, _ := position(r, cut)
	r.Overrides, rest.Overrides = r.Overrides[:i], rest.Overrides[i:]
	return rest, nil
}

// until ends a series with its last occurrence, whose instant it is: so it holds in each reader, whatever it makes of
// the hours that a clock skips.
func until(last storage.LocalTime, zone *time.Location) Until {
	if last.IsDay() {
		return Until{Local: last}
	}
	return Until{Local: storage.LocalOf(last.In(zone).UTC()), UTC: true}
}
