package ical_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/ical"
)

// at gives a civil time.
func at(zone string, year int, month time.Month, day, hour, minute int) ical.Time {
	return ical.Time{Wall: time.Date(year, month, day, hour, minute, 0, 0, time.UTC), Zone: zone}
}

// changed is when the events of the tests last changed.
var changed = time.Date(2026, 3, 1, 9, 42, 7, 0, time.UTC)

// event gives a single event of one hour, which each test changes as it needs.
func event(uid string, change func(e *ical.Event)) *ical.Event {
	e := &ical.Event{
		UID: uid, Stamp: changed, LastModified: changed, Summary: "Répétition",
		Start: at("Europe/Paris", 2026, 5, 12, 9, 0), End: at("Europe/Paris", 2026, 5, 12, 10, 0),
	}
	if change != nil {
		change(e)
	}
	return e
}

// write writes events that must all be sayable.
func write(t testing.TB, c ical.Calendar, events ...*ical.Event) string {
	t.Helper()
	c.Events = slices.Values(events)
	var b bytes.Buffer
	aside, err := ical.Write(&b, c)
	if err != nil || len(aside) > 0 {
		t.Fatalf("set aside %v, error %v", aside, err)
	}
	return b.String()
}

// read reads a file of which nothing must be a fault.
func read(t testing.TB, file string, p ical.ReadParams) (ical.Calendar, []*ical.Event) {
	t.Helper()
	c, faults, err := ical.Read(strings.NewReader(file), p)
	if err != nil || len(faults) > 0 {
		t.Fatalf("faults %v, error %v\n%s", faults, err, file)
	}
	return c, slices.Collect(c.Events)
}

// code gives the code of an error for people, empty for any other.
func code(err error) string {
	var p *storage.Problem
	if !errors.As(err, &p) {
		return ""
	}
	return p.Code
}
