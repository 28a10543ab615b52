// Package recurrence tells when the reservations of the agenda take place: the occurrences of a series in a window, what
// a change of one occurrence, of the following ones or of all makes of the series, and the rules of RFC 5545 taken apart
// for an editor. Everything is a pure function over the entities of storage: no store, no clock, no network.
//
// A rule is worked out on civil times, in which every day has 24 hours; only then does each occurrence get its instant in
// the zone of its series. Whole days therefore never shift, and a lesson at 9 o'clock stays at 9 o'clock when the clocks
// are changed. An occurrence in the hour that is skipped in spring shows an hour later on that day, as calendar programs
// show it. All occurrences of a series last exactly as long as the first, as RFC 5545 (3.8.5.3) has it for what is told by
// its end: a night from 22:00 to 6:00 ends at 5:00 when the clocks go back, and at 7:00 when they go forward. Programs that
// count on the clock instead show the hour of every night; whoever wants that one for all changes that occurrence.
//
// Not here: writing .ics (sync/agenda/ical), keeping (sync/agenda).
package recurrence

import (
	"time"

	"diapason/storage"
)

// zoneOf gives the zone of a reservation; an unknown one is a Problem.
func zoneOf(r *storage.Reservation) (*time.Location, error) {
	zone, err := r.Location()
	if err != nil {
		return nil, storage.NewProblem("zone.unknown", "value", r.Zone).Because(err)
	}
	return zone, nil
}

// wallOf gives a civil time from the wall clock as if it were UTC.
func wallOf(t time.Time, day bool) storage.LocalTime {
	if day {
		return storage.LocalDay(storage.DateOf(t))
	}
	return storage.LocalOf(t)
}
