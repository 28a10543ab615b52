package ical

import (
	"errors"
	"io"
	"maps"
	"slices"
	"time"
)

// product is the PRODID of calendars that name none.
const product = "-//Diapason//Agenda//FR"

// ErrChanged is returned by Write when the second walk through the events met a zone that the first one did not: the
// sequence does not give the same events twice.
var ErrChanged = errors.New("the events changed while they were written")

// Write writes a calendar. Events that cannot be said are set aside, each with its reason, and the others are written; an
// error is one of w, or ErrChanged, and then w holds half a calendar. Memory does not grow with the events, but for the
// identities that tell one written twice.
func Write(w io.Writer, c Calendar) (aside []Fault, err error) {
	x := &writer{out: w, zones: map[string]*zoneUse{}, replaced: map[identity]struct{}{}}
	x.done = make([]byte, 0, full+full/8)
	x.calendar(c)
	if err := x.walk(c); err != nil {
		return nil, err
	}
	x.seen = make(map[string]struct{}, x.count)
	for _, name := range slices.Sorted(maps.Keys(x.zones)) {
		x.zones[name].write(&x.builder)
	}
	if c.Events != nil {
		if err := x.events(c); err != nil {
			return x.aside, err
		}
	}
	x.fixed("END:VCALENDAR")
	return x.aside, x.flush()
}

// identity tells events apart: a UID and, for an occurrence that differs, when it would have begun.
type identity struct {
	uid string
	at  time.Time
}

func identityOf(uid string, recurrence *Time) identity {
	if recurrence == nil {
		return identity{uid: uid}
	}
	at, err := recurrence.Instant()
	if err != nil {
		at = recurrence.Wall // of a zone that nobody knows: it is refused elsewhere
	}
	return identity{uid, at}
}

// writer writes one calendar.
type writer struct {
	builder
	out   io.Writer
	zones map[string]*zoneUse // that the events need, with the years that they are used in
	count int                 // of the events
	said  saying              // the event at hand
	// seen and replaced are what was written: the UIDs of events and series, and the occurrences that differ from theirs.
	seen       map[string]struct{}
	replaced   map[identity]struct{}
	color, css string // the last colour and its name
	aside      []Fault
}

// full is how many octets are put together before they are handed over.
const full = 64 << 10

// flush hands the finished lines over.
func (x *writer) flush() error {
	_, err := x.out.Write(x.done)
	x.done = x.done[:0]
	return err
}

// calendar writes the properties of the calendar itself.
func (x *writer) calendar(c Calendar) {
	if c.ProdID == "" {
		c.ProdID = product
	}
	if c.Method == "" {
		c.Method = "PUBLISH"
	}
	x.raw("BEGIN", "VCALENDAR")
	x.raw("VERSION", "2.0")
	x.text("PRODID", c.ProdID)
	x.raw("CALSCALE", "GREGORIAN")
	x.text("METHOD", c.Method)
	x.text("NAME", c.Name)
	x.text("X-WR-CALNAME", c.Name)
	if _, err := location(c.Zone); err == nil {
		x.raw("X-WR-TIMEZONE", c.Zone)
	}
	if c.Refresh >= time.Second {
		x.span("REFRESH-INTERVAL;VALUE=DURATION", c.Refresh)
		x.span("X-PUBLISHED-TTL", c.Refresh)
	}
	if k, ok := parseColor(c.Color); ok {
		x.raw("COLOR", colorName(k))
		x.raw("X-APPLE-CALENDAR-COLOR", hexColor(k))
	}
}

// walk goes through the events once, counts them, and finds the zones that they are written in.
func (x *writer) walk(c Calendar) error {
	if c.Events == nil {
		return nil
	}
	for e := range c.Events {
		if x.count++; e.single() {
			continue
		}
		s := &x.said
		if s.of(e) != nil {
			continue // set aside on the second walk
		}
		for t := range s.zoned {
			u := x.zones[t.Zone]
			if u == nil {
				zone, err := location(t.Zone)
				if err != nil {
					return err
				}
				u = &zoneUse{name: t.Zone, zone: zone, from: t.Wall, to: t.Wall}
				x.zones[t.Zone] = u
			}
			u.add(t.Wall)
		}
		s.extend(x.zones[s.start.Zone])
	}
	return nil
}

// zoned gives the times that are written with the name of a zone, those of the lists excepted: they are in the zone of the
// start.
func (s *saying) zoned(yield func(Time) bool) {
	times := [...]Time{s.start, s.end, {}}
	if s.recurrence != nil {
		times[2] = *s.recurrence
	}
	for _, t := range times {
		if !t.IsZero() && !t.Day && t.Zone != utc && !yield(t) {
			return
		}
	}
}

// extend tells the zone of a series about all its times.
func (s *saying) extend(u *zoneUse) {
	if u == nil {
		return // of days, or in UTC
	}
	for _, list := range [][]Time{s.except, s.extra} {
		for _, t := range list {
			u.add(t.Wall)
		}
	}
	switch {
	case s.rule == "":
	case s.until.IsZero():
		u.endless = true
	default:
		u.add(s.until)
	}
}

// events writes the events, those that can be said.
func (x *writer) events(c Calendar) error {
	index, s := -1, &x.said
	for e := range c.Events {
		index++
		problem := s.of(e)
		if problem == nil {
			problem = x.unique(s)
		}
		if problem != nil {
			x.aside = append(x.aside, Fault{Index: index, UID: e.UID, Summary: e.Summary, Problem: problem})
			continue
		}
		if !e.single() {
			for t := range s.zoned {
				if x.zones[t.Zone] == nil {
					return ErrChanged
				}
			}
		}
		x.event(s)
		if len(x.done) >= full {
			if err := x.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}
