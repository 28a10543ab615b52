package recurrence

import (
	"reflect"
	"slices"
	"time"

	"diapason/storage"
)

// Scope tells which occurrences of a series a change is for. A single reservation has one occurrence: any scope is All.
type Scope string

// The scopes; the text is the translation key "agenda.scope." + Scope.
const (
	This      Scope = "this"
	Following Scope = "following" // it and all after it: they become a series of their own
	All       Scope = "all"
)

// Scopes lists them in the order they are offered.
var Scopes = []Scope{This, Following, All}

// Draft is an occurrence while it is edited, with what belongs to its series as a whole. Of one occurrence alone, only
// what stands in an Override can be changed.
type Draft struct {
	storage.Override
	TypeID     string
	Zone       string
	Recurrence *storage.Recurrence // nil ends the repetition
}

// edit is what was changed on a draft.
type edit struct {
	original     storage.LocalTime
	before       storage.Override
	after        Draft
	typeID, zone bool           // changed
	rule         bool           // changed
	from, to     *time.Location // the zone, before and after
}

// Change gives what a change of the occurrence at makes of the reservation r, which it leaves as it is: the reservation
// as it is then and, when the scope cuts the series, the rest of it as a reservation without ID, UID and revision; else
// nil. The change is made on a draft of the occurrence: moved by an hour, a series moves by an hour; put on a Tuesday, a
// series of Mondays comes on Tuesdays. Occurrences that differ from their series keep what they say otherwise, as long as
// the series still has them. Without such an occurrence: ErrNotFound.
func Change(
	r *storage.Reservation, at storage.LocalTime, scope Scope, change func(*Draft),
) (now, rest *storage.Reservation, err error) {
	e, err := drafted(r, at, change)
	if err != nil {
		return nil, nil, err
	}
	now = r.Clone()
	switch {
	case r.Recurrence == nil || scope == All:
		err = e.all(now)
	case scope == This:
		err = e.this(now)
	default:
		rest, err = e.following(now)
	}
	if err != nil {
		return nil, nil, err
	}
	return now, rest, nil
}

// drafted has a draft of the occurrence changed.
func drafted(r *storage.Reservation, at storage.LocalTime, change func(*Draft)) (edit, error) {
	shown, err := Find(r, at)
	if err != nil {
		return edit{}, err
	}
	c := r.Clone()
	d := Draft{TypeID: c.TypeID, Zone: c.Zone, Recurrence: c.Recurrence}
	d.Original, d.Start, d.End, d.Details = shown.Original, shown.Start, shown.End, shown.Details.Clone()
	if i, found := position(r, shown.Original); found {
		d.SequenceAhead = r.Overrides[i].SequenceAhead
	}
	e := edit{original: shown.Original, before: d.Override}
	e.before.Details = shown.Details.Clone()
	change(&d)
	if e.from, err = zoneOf(r); err != nil {
		return edit{}, err
	}
	if e.to, err = storage.Zone(d.Zone); err != nil {
		return edit{}, storage.NewProblem("zone.unknown", "value", d.Zone).Because(err)
	}
	if d.Start == shown.Start && d.End == shown.End { // not moved: not by the hour that the clock skips either
		d.Start, d.End = asKept(r, shown, e.from)
		e.before.Start, e.before.End = d.Start, d.End
	}
	e.after = d
	e.typeID, e.zone = d.TypeID != r.TypeID, d.Zone != r.Zone
	e.rule = !reflect.DeepEqual(d.Recurrence, r.Recurrence)
	return e, nil
}

// asKept gives the civil times that stand for an occurrence, before the clock skips any.
func asKept(r *storage.Reservation, o Occurrence, zone *time.Location) (start, end storage.LocalTime) {
	if i, found := position(r, o.Original); found {
		return r.Overrides[i].Start, r.Overrides[i].End
	}
	if r.Recurrence == nil {
		return r.Start, r.End
	}
	return o.Original, endOf(o.Original, lengthOf(r.Start, r.End, zone), zone)
}

// position finds the place of an override in the order of Original.
func position(r *storage.Reservation, original storage.LocalTime) (int, bool) {
	return slices.BinarySearchFunc(r.Overrides, original, func(o storage.Override, l storage.LocalTime) int {
		return o.Original.Wall().Compare(l.Wall())
	})
}

// lengthOf gives how long it lasts: days by the calendar, the rest exactly. What would end before it begins, because the
// clock skips between, lasts as long as the clock says.
func lengthOf(start, end storage.LocalTime, zone *time.Location) time.Duration {
	shown := end.Wall().Sub(start.Wall())
	if start.IsDay() {
		return shown
	}
	if exact := end.In(zone).Sub(start.In(zone)); exact > 0 || shown <= 0 {
		return exact
	}
	return shown
}

// endOf gives when it ends that lasts so long.
func endOf(start storage.LocalTime, length time.Duration, zone *time.Location) storage.LocalTime {
	if start.IsDay() {
		return start.Add(length)
	}
	return storage.LocalOf(start.In(zone).Add(length))
}

// this makes the occurrence differ from its series, or follow it again when it no longer differs.
func (e edit) this(r *storage.Reservation) error {
	if e.typeID || e.zone || e.rule {
		return storage.NewProblem("recurrence.wholeSeries")
	}
	if e.after.Start.IsDay() != r.Start.IsDay() || e.after.End.IsDay() != r.Start.IsDay() {
		return storage.NewProblem("reservation.times.mixed")
	}
	o := e.after.Override
	o.Original = e.original
	i, found := position(r, o.Original)
	if found {
		r.Overrides = slices.Delete(r.Overrides, i, i+1)
	}
	length := lengthOf(r.Start, r.End, e.from)
	plain := o.Start == o.Original && o.End == endOf(o.Start, length, e.from) && reflect.DeepEqual(o.Details, r.Details)
	if !plain {
		r.Overrides = slices.Insert(r.Overrides, i, o)
	}
	return nil
}

// following ends the series before the occurrence and changes the rest, which becomes a series of its own.
func (e edit) following(r *storage.Reservation) (rest *storage.Reservation, err error) {
	cut, byHand, err := cutting(r, e.original)
	if err != nil {
		return nil, err
	}
	if byHand {
		// It stands beside the rule, which goes on later: it stays, changed, and the series is cut behind it.
		if err := e.alone().this(r); err != nil {
			return nil, err
		}
		if e, err = e.onto(r, cut); err != nil {
			return nil, err
		}
	}
	first, err := firstOf(r)
	if err != nil {
		return nil, err
	}
	if first == cut {
		return nil, e.all(r)
	}
	if rest, err = split(r, cut); err != nil {
		return nil, err
	}
	if !e.rule {
		e.after.Recurrence = rest.Recurrence.Clone()
	}
	return rest, e.all(rest)
}

// alone gives the part of an edit that one occurrence can take.
func (e edit) alone() edit {
	e.typeID, e.zone, e.rule = false, false, false
	return e
}

// onto gives the edit as if it had been made on another occurrence.
func (e edit) onto(r *storage.Reservation, at storage.LocalTime) (edit, error) {
	return drafted(r, at, func(d *Draft) {
		length := e.length(d.Start, d.End)
		d.Start = e.move(d.Start)
		d.End = endOf(d.Start, length, e.to)
		carry(&d.Details, &e.before.Details, &e.after.Details)
		d.TypeID, d.Zone = e.after.TypeID, e.after.Zone
		if e.rule {
			d.Recurrence = e.after.Recurrence
		}
	})
}

// all changes the series itself.
func (e edit) all(r *storage.Reservation) error {
	length := e.length(r.Start, r.End)
	start := e.move(r.Start)
	if single := r.Recurrence == nil; single || e.after.Recurrence == nil {
		carry(&r.Details, &e.before.Details, &e.after.Details)
		r.TypeID, r.Zone, r.Recurrence, r.Overrides = e.after.TypeID, e.after.Zone, e.after.Recurrence, nil
		if r.Start, r.End = start, endOf(start, length, e.to); single {
			r.End = e.after.End
		}
		return synchronise(r)
	}
	old := r.Clone()
	if e.rule {
		r.Recurrence = e.after.Recurrence.Clone()
	} else if err := e.shift(r, start); err != nil {
		return err
	}
	r.TypeID, r.Zone = e.after.TypeID, e.after.Zone
	r.Start, r.End = start, endOf(start, length, e.to)
	carry(&r.Details, &e.before.Details, &e.after.Details)
	e.overrides(r, old)
	if e.rule {
		if err := synchronise(r); err != nil {
			return err
		}
	}
	return prune(r)
}

// overrides lets the occurrences that differ follow the series where they did not differ.
func (e edit) overrides(r, old *storage.Reservation) {
	oldLength, length := lengthOf(old.Start, old.End, e.from), lengthOf(r.Start, r.End, e.to)
	for i := range r.Overrides {
		o := &r.Overrides[i]
		was := old.Overrides[i]
		o.Original = e.move(was.Original)
		switch {
		case was.Original == e.original && (e.before.Start != e.after.Start || e.before.End != e.after.End):
			o.Start, o.End = e.after.Start, e.after.End
		case was.Start == was.Original && was.End == endOf(was.Start, oldLength, e.from), o.Start.IsDay() != r.Start.IsDay():
			o.Start = e.move(was.Start)
			o.End = endOf(o.Start, length, e.to)
		}
		carry(&o.Details, &e.before.Details, &e.after.Details)
	}
	slices.SortFunc(r.Overrides, func(a, b storage.Override) int { return a.Original.Wall().Compare(b.Original.Wall()) })
}

// carry sets in d what differs between before and after.
func carry(d, before, after *storage.Details) {
	to, from, wanted := reflect.ValueOf(d).Elem(), reflect.ValueOf(before).Elem(), reflect.ValueOf(after.Clone())
	for i := range to.NumField() {
		if !reflect.DeepEqual(from.Field(i).Interface(), wanted.Field(i).Interface()) {
			to.Field(i).Set(wanted.Field(i))
		}
	}
}

// move moves a civil time as the occurrence was moved, from dates to times and back too.
func (e edit) move(l storage.LocalTime) storage.LocalTime {
	from, to := e.before.Start, e.after.Start
	switch {
	case to.IsDay():
		return l.Day().AddDays(e.days())
	case from.IsDay():
		hours := to.Wall().Sub(to.Day().Wall())
		return storage.LocalOf(l.AddDays(e.days()).Wall().Add(hours))
	}
	return l.Add(to.Wall().Sub(from.Wall()))
}

// length gives the length of what lasted from start to end: its own, unless the occurrence's was changed. Moved into or out
// of a night on which the clocks change, it is not: there its hours, or its length, stay as they were.
func (e edit) length(start, end storage.LocalTime) time.Duration {
	before, after := lengthOf(e.before.Start, e.before.End, e.from), lengthOf(e.after.Start, e.after.End, e.to)
	shown := func(o storage.Override) time.Duration { return o.End.Wall().Sub(o.Start.Wall()) }
	if e.before.Start.IsDay() == e.after.Start.IsDay() && (after == before || shown(e.after.Override) == shown(e.before)) {
		return lengthOf(start, end, e.from)
	}
	return after
}

// days is by how many calendar days the occurrence was moved.
func (e edit) days() int {
	return int(e.after.Start.Day().Wall().Sub(e.before.Start.Day().Wall()) / (24 * time.Hour))
}
