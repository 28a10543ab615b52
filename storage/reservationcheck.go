package storage

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Validate gives every problem of a reservation, in the order of its form; nil when it may be kept. A title may be
// missing: its type's name stands for it.
func (r *Reservation) Validate() Problems {
	var ps Problems
	if r.TypeID == "" {
		ps.note(FieldReservationType, NewProblem("reservation.type.missing"))
	}
	r.Details.check(&ps)
	checkTimes(&ps, r.Start, r.End)
	if _, err := Zone(r.Zone); err != nil {
		ps.note(FieldReservationZone, NewProblem("zone.unknown", "value", r.Zone))
	}
	if r.Recurrence != nil && !r.Recurrence.readable(r.Start.IsDay()) {
		ps.note(FieldReservationRecurrence, NewProblem("recurrence.unreadable", "value", r.Recurrence.Rule))
	}
	for i := range r.Overrides {
		before := len(ps)
		r.Overrides[i].check(&ps)
		checkTimes(&ps, r.Overrides[i].Start, r.Overrides[i].End)
		for _, p := range ps[before:] {
			p.Field = FieldReservationOccurrences // the form shows the series
		}
	}
	return ps
}

func (d *Details) check(ps *Problems) {
	ps.note(FieldReservationTitle, checkLength(d.Title, MaxTitle))
	if !slices.Contains(ReservationStatuses, d.Status) {
		ps.note(FieldReservationStatus, NewProblem("reservation.status.unknown", "value", string(d.Status)))
	}
	if slices.Contains(d.InCharge, "") || twice(d.InCharge, func(id string) string { return id }) {
		ps.note(FieldReservationInCharge, NewProblem("reservation.person.twice"))
	}
	if twice(d.Participants, func(p Participant) string { return p.PersonID }) {
		ps.note(FieldReservationParticipants, NewProblem("reservation.person.twice"))
	}
	for _, p := range d.Participants {
		if p.PersonID == "" || !slices.Contains(Attendances, p.Answer) {
			ps.note(FieldReservationParticipants, NewProblem("value.unreadable"))
		}
	}
	ps.note(FieldReservationPublicNotes, checkLength(d.PublicNotes, MaxNotes))
	ps.note(FieldReservationPrivateNotes, checkLength(d.PrivateNotes, MaxNotes))
	ps.note(FieldReservationAddress, checkLength(d.Address, MaxText))
	ps.note(FieldReservationLink, checkAddress(d.Link))
}

func twice[T any](list []T, key func(T) string) bool {
	seen := make(map[string]bool, len(list))
	for _, v := range list {
		if seen[key(v)] {
			return true
		}
		seen[key(v)] = true
	}
	return false
}

// checkTimes wants two dates, the end after the start, or two times, the end not before the start.
func checkTimes(ps *Problems, start, end LocalTime) {
	switch {
	case start.IsZero():
		ps.note(FieldReservationStart, NewProblem("reservation.start.missing"))
	case end.IsZero():
		ps.note(FieldReservationEnd, NewProblem("reservation.end.missing"))
	case start.IsDay() != end.IsDay():
		ps.note(FieldReservationEnd, NewProblem("reservation.times.mixed"))
	case end.Before(start), start.IsDay() && end == start:
		ps.note(FieldReservationEnd, NewProblem("reservation.end.beforeStart", "start", start.String(), "end", end.String()))
	}
	for _, l := range []LocalTime{start, end} {
		if y := l.Wall().Year(); y < 1 || y > 9999 {
			ps.note(FieldReservationStart, NewProblem("date.unreadable", "value", l.String()))
		}
	}
}

// readable reports whether it can be a recurrence of a series of whole days, or of times.
func (r *Recurrence) readable(days bool) bool {
	for _, l := range slices.Concat(r.Except, r.Extra) {
		if l.IsZero() || l.IsDay() != days {
			return false
		}
	}
	if r.Rule == "" {
		return len(r.Extra) > 0
	}
	_, ok := parseRule(r.Rule)
	return ok
}

// Sound refuses what no person can have typed: a mistake of the caller.
func (r *Reservation) Sound() error {
	if r.UID == "" || len(r.UID) > MaxUID || !utf8.ValidString(r.UID) || strings.ContainsFunc(r.UID, unicode.IsControl) {
		return fmt.Errorf("reservation %s: unusable UID %q", r.ID, r.UID)
	}
	if len(r.Overrides) > 0 && r.Recurrence == nil {
		return fmt.Errorf("reservation %s: occurrences of what is no series", r.ID)
	}
	for i := range r.Overrides {
		o := r.Overrides[i].Original
		if o.IsZero() || o.IsDay() != r.Start.IsDay() {
			return fmt.Errorf("reservation %s: an occurrence that begins at %q", r.ID, o)
		}
		if i > 0 && !r.Overrides[i-1].Original.Before(o) {
			return fmt.Errorf("reservation %s: the occurrence of %s is not after that of %s", r.ID, o, r.Overrides[i-1].Original)
		}
	}
	return nil
}
