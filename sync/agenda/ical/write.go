package ical

import (
	"bufio"
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
	out := bufio.NewWriterSize(w, 64<<10)
	x := &writer{out: out, seen: map[identity]struct{}{}}
	x.calendar(c)
	if x.needed, err = needed(c); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(x.needed)) {
		x.needed[name].write(&x.builder)
	}
	if err := x.flush(); err != nil {
		return nil, err
	}
	if c.Events != nil {
		if err := x.events(c); err != nil {
			return x.aside, err
		}
	}
	x.raw("END", "VCALENDAR")
	if err := x.flush(); err != nil {
		return x.aside, err
	}
	return x.aside, out.Flush()
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
	out    io.Writer
	needed map[string]*zoneUse
	seen   map[identity]struct{}
	aside  []Fault
}

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

// needed walks through the events once and gives the zones that they are written in, with the years that these are used in.
func needed(c Calendar) (map[string]*zoneUse, error) {
	uses := map[string]*zoneUse{}
	if c.Events == nil {
		return uses, nil
	}
	for e := range c.Events {
		if e.single() {
			continue
		}
		s, problem := said(e)
		if problem != nil {
			continue // set aside on the second walk
		}
		for _, t := range s.zoned() {
			u := uses[t.Zone]
			if u == nil {
				zone, err := location(t.Zone)
				if err != nil {
					return nil, err
				}
				u = &zoneUse{name: t.Zone, zone: zone, from: t.Wall, to: t.Wall}
				uses[t.Zone] = u
			}
			u.add(t.Wall)
		}
		s.extend(uses[s.start.Zone])
	}
	return uses, nil
}

// zoned gives the times that are written with the name of a zone, those of the lists excepted: they are in the zone of the
// start.
func (s *saying) zoned() []Time {
	times := []Time{s.start, s.end}
	if s.recurrence != nil {
		times = append(times, *s.recurrence)
	}
	return slices.DeleteFunc(times, func(t Time) bool { return t.IsZero() || t.Day || t.Zone == utc })
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
	index := -1
	for e := range c.Events {
		index++
		s, problem := said(e)
		if problem == nil {
			problem = x.unique(s)
		}
		if problem != nil {
			x.aside = append(x.aside, Fault{Index: index, UID: e.UID, Summary: e.Summary, Problem: problem})
			continue
		}
		if !e.single() && slices.ContainsFunc(s.zoned(), func(t Time) bool { return x.needed[t.Zone] == nil }) {
			return ErrChanged
		}
		x.event(s)
		if err := x.flush(); err != nil {
			return err
		}
	}
	return nil
}
