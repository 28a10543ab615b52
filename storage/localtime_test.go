package storage_test

import (
	"testing"
	"time"

	"diapason/storage"
)

func TestLocalTimeGivesTheInstantThatTheClockShows(t *testing.T) {
	for _, c := range []struct{ local, zone, want string }{
		{"2026-07-01T09:00", "Europe/Paris", "2026-07-01T07:00:00Z"},
		{"2026-03-29T01:59:59", "Europe/Paris", "2026-03-29T00:59:59Z"},
		{"2026-03-29T02:30", "Europe/Paris", "2026-03-29T01:30:00Z"}, // skipped: as if the clock had not changed
		{"2026-03-29T03:00", "Europe/Paris", "2026-03-29T01:00:00Z"},
		{"2026-03-29T10:00", "Europe/Paris", "2026-03-29T08:00:00Z"},
		{"2026-10-25T02:30", "Europe/Paris", "2026-10-25T00:30:00Z"}, // twice: the first
		{"2026-10-25T03:00", "Europe/Paris", "2026-10-25T02:00:00Z"},
		{"2026-10-25", "Europe/Paris", "2026-10-24T22:00:00Z"},
		{"2026-01-01T00:00", "Pacific/Kiritimati", "2025-12-31T10:00:00Z"},
		{"2026-01-01T00:00", "Indian/Reunion", "2025-12-31T20:00:00Z"},
		{"2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00Z"},
	} {
		local, err := storage.ParseLocalTime(c.local)
		if err != nil {
			t.Fatal(err)
		}
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := local.In(zone).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.local, c.zone, got, c.want)
		}
	}
}

func TestLocalTimeKeepsItsText(t *testing.T) {
	for _, text := range []string{"", "2026-03-29", "2026-03-29T02:30", "2026-03-29T02:30:15", "2026-03-29T00:00"} {
		l, err := storage.ParseLocalTime(text)
		if err != nil || l.String() != text || l.IsZero() != (text == "") || l.IsDay() != (len(text) == 10) {
			t.Errorf("%q: %v %v", text, l, err)
		}
	}
	for _, wrong := range []string{"2026-02-30", "2026-03-29 02:30", "29/03/2026", "2026-03-29T25:00", "2026-03-29T02:30:15Z"} {
		if l, err := storage.ParseLocalTime(wrong); err == nil {
			t.Errorf("%q is read as %v", wrong, l)
		}
	}
}

func TestLocalTimeMovesOnTheWallClock(t *testing.T) {
	at, err := storage.ParseLocalTime("2026-10-24T12:00")
	if err != nil {
		t.Fatal(err)
	}
	if got := at.AddDays(1).String(); got != "2026-10-25T12:00" {
		t.Error(got)
	}
	if got := at.Day().Add(30 * time.Hour).String(); got != "2026-10-25" {
		t.Error(got)
	}
}
