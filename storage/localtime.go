package storage

import (
	"strings"
	"time"
)

// LocalTime is a civil date and time to the second, or a civil date alone, without zone; the zone stands beside it. The
// zero LocalTime means "none".
type LocalTime struct {
	// wall is the civil time as if it were UTC.
	wall time.Time
	// day tells that only the date counts.
	day bool
}

// The forms of LocalTime as text.
const (
	localDay    = "2006-01-02"
	localMinute = "2006-01-02T15:04"
	localSecond = "2006-01-02T15:04:05"
)

// LocalOf gives the civil time of t in t's own zone.
func LocalOf(t time.Time) LocalTime {
	y, m, d := t.Date()
	return LocalTime{wall: time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)}
}

// LocalDay gives a civil date alone; the zero Date gives the zero LocalTime.
func LocalDay(d Date) LocalTime {
	if d.IsZero() {
		return LocalTime{}
	}
	return LocalTime{wall: d.Time(), day: true}
}

// ParseLocalTime reads 2006-01-02, 2006-01-02T15:04 or 2006-01-02T15:04:05; the empty string gives the zero LocalTime.
func ParseLocalTime(s string) (LocalTime, error) {
	if s == "" {
		return LocalTime{}, nil
	}
	for _, form := range []string{localDay, localMinute, localSecond} {
		if len(s) != len(form) {
			continue
		}
		t, err := time.Parse(form, s)
		if err != nil {
			return LocalTime{}, NewProblem("date.unreadable", "value", s).Because(err)
		}
		return LocalTime{wall: t, day: form == localDay}, nil
	}
	return LocalTime{}, NewProblem("date.unreadable", "value", s)
}

// IsZero reports whether it is "none".
func (l LocalTime) IsZero() bool { return l.wall.IsZero() }

// IsDay reports whether only the date counts.
func (l LocalTime) IsDay() bool { return l.day }

// Wall gives the civil time as if it were UTC: for arithmetic of calendars, in which each day has 24 hours.
func (l LocalTime) Wall() time.Time { return l.wall }

// Date gives the civil date.
func (l LocalTime) Date() Date { return DateOf(l.wall) }

// Day gives the date alone.
func (l LocalTime) Day() LocalTime { return LocalDay(l.Date()) }

// Add moves it by a duration of the wall clock; a date alone moves by whole days.
func (l LocalTime) Add(d time.Duration) LocalTime {
	if l.day {
		d = d.Truncate(24 * time.Hour)
	}
	return LocalTime{wall: l.wall.Add(d), day: l.day}
}

// AddDays moves it by calendar days.
func (l LocalTime) AddDays(n int) LocalTime {
	return LocalTime{wall: l.wall.AddDate(0, 0, n), day: l.day}
}

// Before reports whether l comes before o on the wall clock.
func (l LocalTime) Before(o LocalTime) bool { return l.wall.Before(o.wall) }

// Equal reports whether both are the same civil time, or the same date alone.
func (l LocalTime) Equal(o LocalTime) bool { return l.wall.Equal(o.wall) && l.day == o.day }

// In gives the instant in a zone. A time that the clock skips in spring is counted with the offset before the change,
// one that it shows twice in autumn is the first (RFC 5545, 3.3.5). A date alone is its midnight.
func (l LocalTime) In(zone *time.Location) time.Time {
	// The offset a day earlier is that before any change around this moment: changes are months apart.
	_, offset := l.wall.Add(-24 * time.Hour).In(zone).Zone()
	at := l.wall.Add(-time.Duration(offset) * time.Second).In(zone)
	_, now := at.Zone()
	if now == offset {
		return at
	}
	later := l.wall.Add(-time.Duration(now) * time.Second).In(zone)
	if _, then := later.Zone(); then == now {
		return later
	}
	return at
}

// String gives the shortest of the forms that ParseLocalTime reads, or the empty string for none.
func (l LocalTime) String() string {
	switch {
	case l.IsZero():
		return ""
	case l.day:
		return l.wall.Format(localDay)
	}
	return strings.TrimSuffix(l.wall.Format(localSecond), ":00")
}

// MarshalText writes the form of String.
func (l LocalTime) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the form of String.
func (l *LocalTime) UnmarshalText(b []byte) error {
	v, err := ParseLocalTime(string(b))
	if err == nil {
		*l = v
	}
	return err
}
