package ical_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/sync/agenda/ical"
)

func TestSeriesKeepsItsHourExceptionsAndMovedOccurrence(t *testing.T) {
	const zone = "Europe/Paris"
	series := event("s", func(e *ical.Event) {
		e.Start, e.End = at(zone, 2026, 3, 2, 9, 0), at(zone, 2026, 3, 2, 12, 30)
		e.Rule = "FREQ=WEEKLY;BYDAY=MO;UNTIL=20261130T080000Z"
		e.Except = []ical.Time{at(zone, 2026, 4, 6, 9, 0), at(zone, 2026, 10, 26, 9, 0)}
		e.Extra = []ical.Time{at(zone, 2026, 4, 7, 9, 0)}
	})
	id := at(zone, 2026, 3, 30, 9, 0)
	moved := event("s", func(e *ical.Event) {
		e.RecurrenceID, e.Sequence = &id, 2
		e.Start, e.End = at(zone, 2026, 3, 31, 14, 0), at(zone, 2026, 3, 31, 17, 30)
	})
	_, got := read(t, write(t, ical.Calendar{}, series, moved), ical.ReadParams{})
	if diff := cmp.Diff([]*ical.Event{series, moved}, got, anyLine); diff != "" {
		t.Error(diff)
	}
}
