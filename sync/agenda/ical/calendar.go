package ical

import (
	"iter"
	"time"

	"diapason/storage"
)

// Calendar is a calendar as a file tells it.
type Calendar struct {
	ProdID string // who wrote it; empty: this program
	Name   string // NAME and X-WR-CALNAME
	Color  string // "#RRGGBB" or empty
	Zone   string // IANA name for X-WR-TIMEZONE, on which nothing that is written relies; empty: not written
	// Refresh is how often readers are invited to read again, to the second; 0: not written.
	Refresh time.Duration
	Method  string // empty: "PUBLISH"
	// Events are the events, in the order of the file. Write walks through them twice and must find the same ones in the
	// same order both times; it keeps none of them, so that a sequence may fill one Event again and again.
	Events iter.Seq[*Event]
}

// The statuses of an event.
const (
	StatusTentative = "TENTATIVE"
	StatusConfirmed = "CONFIRMED"
	StatusCancelled = "CANCELLED"
)

// The classes of an event.
const (
	ClassPublic       = "PUBLIC"
	ClassPrivate      = "PRIVATE"
	ClassConfidential = "CONFIDENTIAL"
)

// Event is a VEVENT: one event, a series, or one occurrence of a series that differs from it.
type Event struct {
	// UID is its identity. The reader makes one from the event itself where a file gives none.
	UID      string
	Sequence int
	// Stamp is when it last changed (DTSTAMP), never "now": the same event must give the same bytes. Zero: LastModified,
	// then Created, then the epoch.
	Stamp, Created, LastModified time.Time
	// Start and End are both days or both times. The zero End is the next day for a day, the start itself for a time. End
	// is not included.
	Start, End Time
	// Rule is the value of an RRULE. Its UNTIL may have any form of RFC 5545: it is brought into the one that Start asks for.
	Rule string
	// Except and Extra are the occurrences left out and added (EXDATE, RDATE).
	Except, Extra []Time
	// RecurrenceID says which occurrence of the series of the same UID this is; nil: the series itself, or a single event.
	RecurrenceID *Time

	Summary, Description, Location string
	URL                            string
	Status                         string // one of the statuses, or empty
	Class                          string // one of the classes, or empty
	Transparent                    bool   // takes no time of its participants
	Color                          string // "#RRGGBB"; files know CSS names only and carry the nearest
	Categories                     []string
	Organizer                      *Party
	Attendees                      []Party
	Alarms                         []Alarm

	// Line is the line of the file on which it begins, from 1; 0 when it was not read from one. It is not written.
	Line int
}

// Party is somebody who takes part in an event.
type Party struct {
	Name   string
	Email  string // empty: unknown
	Answer string // PARTSTAT, as "ACCEPTED"; empty: not told
}

// Alarm is a reminder on the screen.
type Alarm struct {
	Before time.Duration // how long before the start, to the second; negative: after it
	Text   string        // empty: the event's summary
}

// Time is a civil time in a zone, or a day.
type Time struct {
	Wall time.Time // civil, to the second, as if it were UTC
	Day  bool      // only the date counts, Zone says nothing
	Zone string    // IANA name, or "UTC"
}

// DayOf gives a day.
func DayOf(year int, month time.Month, day int) Time {
	return Time{Wall: time.Date(year, month, day, 0, 0, 0, 0, time.UTC), Day: true}
}

// UTC gives an instant.
func UTC(t time.Time) Time { return Time{Wall: t.UTC().Truncate(time.Second), Zone: utc} }

// IsZero reports whether it is none.
func (t Time) IsZero() bool { return t.Wall.IsZero() }

// Instant gives the moment in UTC. A time that the clock skips in spring is counted with the offset before the change, one
// that it shows twice in autumn is the first (RFC 5545, 3.3.5). A day is its midnight in UTC.
func (t Time) Instant() (time.Time, error) {
	if t.Day || t.Zone == utc {
		return t.Wall, nil
	}
	zone, err := location(t.Zone)
	if err != nil {
		return time.Time{}, err
	}
	return instantIn(t.Wall, zone), nil
}

func instantIn(wall time.Time, zone *time.Location) time.Time {
	return storage.LocalOf(wall).In(zone).UTC()
}

// Fault is one event that could not be written, or not be read.
type Fault struct {
	Index   int    // which event of the calendar it is, from 0
	Line    int    // line of the file on which the event begins, from 1; 0 when writing
	UID     string // what is known of it
	Summary string
	// Problem is the reason, for people.
	Problem *storage.Problem
}

// Error gives the technical form, for logs.
func (f Fault) Error() string { return f.Problem.Error() }

// Unwrap gives the reason.
func (f Fault) Unwrap() error { return f.Problem }
