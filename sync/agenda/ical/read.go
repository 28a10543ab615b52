package ical

import (
	"errors"
	"io"
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/contentline"
)

// What a file may hold at most.
const (
	// LargestFile is how many octets Read takes when its caller sets no limit; nothing above it is taken.
	LargestFile = 50 << 20
	mostEvents  = 200_000
	mostZones   = 200
	// mostLines is how many lines of one event, or of one zone, are kept: beyond, it is not read.
	mostLines = 20_000
	deepest   = 16
)

// ReadParams says how to read.
type ReadParams struct {
	// Zone is the IANA name of the zone that times without one are in, where the file names none (X-WR-TIMEZONE); empty: UTC.
	Zone string
	// Limit is how many octets are read at most; 0, or more than LargestFile: LargestFile.
	Limit int64
}

// Read reads a file. Several calendars in one file are read as one that bears the first name, colour and zone that are
// told. Events that cannot be read for certain are Faults, in the order of the file; the others are given. An error is a
// *storage.Problem: the input is empty, is no calendar, is cut, or is too large; then nothing is given. Errors of r itself
// come as they are.
func Read(r io.Reader, p ReadParams) (Calendar, []Fault, error) {
	if p.Zone == "" {
		p.Zone = utc
	}
	if _, err := location(p.Zone); err != nil {
		return Calendar{}, nil, err
	}
	if p.Limit <= 0 || p.Limit > LargestFile {
		p.Limit = LargestFile
	}
	x := &reader{zone: p.Zone, lines: newScanner(r, p.Limit)}
	if err := x.all(); err != nil {
		return Calendar{}, nil, err
	}
	x.settle()
	x.calendar.Events = slices.Values(x.events)
	return x.calendar, x.faults, nil
}

// reader reads one file.
type reader struct {
	zone     string // of floating times, where the calendar names none
	lines    *scanner
	calendar Calendar
	begun    bool // a calendar was seen
	open     []string
	draft    *draft // the event at hand
	alarm    *draftAlarm
	rules    *zoneDraft // the zone at hand
	drafts   []*draft   // of the calendar at hand: zones may come after the events that use them
	zones    map[string]*zoneDraft
	named    map[string]string // TZID -> IANA name, of the calendar at hand
	own      string            // X-WR-TIMEZONE, of the calendar at hand
	count    int
	said     saying // what was made of the event at hand, checked
	events   []*Event
	places   []place // of events
	faults   []Fault
}

// place is where an event stands in the file.
type place struct{ index, line int }

// draft is an event as its lines tell it.
type draft struct {
	place
	props   []property
	alarms  []draftAlarm
	problem *storage.Problem
}

// draftAlarm is a VALARM as its lines tell it.
type draftAlarm struct{ trigger, text *property }

// kept are the properties of an event that mean something here; others are not kept in memory.
var kept = map[string]bool{
	"UID": true, "DTSTAMP": true, "CREATED": true, "LAST-MODIFIED": true, "SEQUENCE": true, "RECURRENCE-ID": true,
	"DTSTART": true, "DTEND": true, "DURATION": true, "RRULE": true, "EXRULE": true, "RDATE": true, "EXDATE": true,
	"SUMMARY": true, "DESCRIPTION": true, "LOCATION": true, "URL": true, "STATUS": true, "CLASS": true, "TRANSP": true,
	"COLOR": true, "CATEGORIES": true, "ORGANIZER": true, "ATTENDEE": true, "X-MICROSOFT-CDO-ALLDAYEVENT": true,
}

// all reads every line.
func (x *reader) all() error {
	for first := true; ; first = false {
		line, number, whole, err := x.lines.next()
		if errors.Is(err, io.EOF) {
			switch {
			case first:
				return storage.NewProblem("ical.empty")
			case len(x.open) > 0:
				return storage.NewProblem("ical.cut")
			}
			return nil
		}
		if err != nil {
			return err
		}
		p, ok := parseProperty(line)
		if !x.begun && !(ok && p.name == "BEGIN" && strings.EqualFold(strings.TrimSpace(p.value), "VCALENDAR")) {
			if strings.HasPrefix(strings.TrimSpace(line), "<") {
				return storage.NewProblem("ical.page")
			}
			return storage.NewProblem("ical.none")
		}
		if !ok {
			continue
		}
		if err := x.property(p, number, whole); err != nil {
			return err
		}
	}
}

// property takes one line in.
func (x *reader) property(p property, number int, whole bool) error {
	switch p.name {
	case "BEGIN":
		return x.enter(strings.ToUpper(strings.TrimSpace(p.value)), number)
	case "END":
		x.leave(strings.ToUpper(strings.TrimSpace(p.value)))
		return nil
	}
	switch x.where() {
	case "VCALENDAR":
		x.header(p)
	case "VEVENT":
		x.draft.add(p, whole)
	case "VALARM":
		if x.alarm != nil {
			x.alarm.add(p)
		}
	case "STANDARD", "DAYLIGHT", "VTIMEZONE":
		if x.rules != nil {
			x.rules.add(p)
		}
	}
	return nil
}

func (x *reader) where() string {
	if len(x.open) == 0 {
		return ""
	}
	return x.open[len(x.open)-1]
}

// enter opens a component.
func (x *reader) enter(name string, number int) error {
	if name == "VCALENDAR" {
		if len(x.open) > 0 {
			return storage.NewProblem("ical.cut") // another one begins before this one ended
		}
		x.begun, x.zones, x.named, x.own = true, map[string]*zoneDraft{}, map[string]string{}, ""
	}
	if len(x.open) == 0 && name != "VCALENDAR" {
		return nil // between two calendars
	}
	inside := x.where()
	x.open = append(x.open, name)
	if len(x.open) > deepest {
		return storage.NewProblem("ical.none")
	}
	switch {
	case name == "VEVENT" && inside == "VCALENDAR":
		if x.count == mostEvents {
			return storage.NewProblem("ical.tooMany", "limit", string(appendInt(nil, mostEvents)))
		}
		x.draft = &draft{place: place{x.count, number}}
		x.count++
	case name == "VEVENT":
		x.open[len(x.open)-1] = "" // an event inside something else belongs to it
	case name == "VALARM" && inside == "VEVENT":
		x.alarm = &draftAlarm{}
	case name == "VTIMEZONE" && inside == "VCALENDAR":
		x.rules = &zoneDraft{}
	case (name == "STANDARD" || name == "DAYLIGHT") && inside == "VTIMEZONE" && x.rules != nil:
		x.rules.begin()
	}
	return nil
}

// leave closes a component, and what was left open in it. An event left open is a Fault.
func (x *reader) leave(name string) {
	at := len(x.open) - 1
	for ; at >= 0 && x.open[at] != name; at-- {
		if x.open[at] == "" && name == "VEVENT" {
			break
		}
	}
	if at < 0 {
		return // closes nothing
	}
	for len(x.open) > at {
		closed := x.where()
		x.open = x.open[:len(x.open)-1]
		x.close(closed, closed == name)
	}
}

// close ends a component.
func (x *reader) close(name string, properly bool) {
	switch {
	case name == "VEVENT" && x.draft != nil:
		if !properly && x.draft.problem == nil {
			x.draft.problem = storage.NewProblem("ical.unfinished")
		}
		x.drafts = append(x.drafts, x.draft)
		x.draft = nil
	case name == "VALARM" && x.alarm != nil && x.draft != nil:
		if len(x.draft.alarms) < 100 {
			x.draft.alarms = append(x.draft.alarms, *x.alarm)
		}
		x.alarm = nil
	case name == "VTIMEZONE" && x.rules != nil:
		if x.rules.id != "" && len(x.zones) < mostZones {
			x.zones[x.rules.id] = x.rules
		}
		x.rules = nil
	case name == "VCALENDAR":
		x.finish()
	}
}

// finish makes events of what the calendar told.
func (x *reader) finish() {
	for _, d := range x.drafts {
		e, problem := x.event(d)
		if problem != nil {
			x.fault(d.place, e, problem)
			continue
		}
		x.events, x.places = append(x.events, e), append(x.places, d.place)
	}
	x.drafts = nil
}

func (x *reader) fault(at place, e *Event, problem *storage.Problem) {
	x.faults = append(x.faults, Fault{Index: at.index, Line: at.line, UID: e.UID, Summary: e.Summary, Problem: problem})
}

// add keeps a line of an event.
func (d *draft) add(p property, whole bool) {
	switch {
	case !kept[p.name]:
	case len(d.props) == mostLines || !whole:
		d.problem = storage.NewProblem("ical.tooLong")
	default:
		d.props = append(d.props, p)
	}
}

func (a *draftAlarm) add(p property) {
	switch p.name {
	case "TRIGGER":
		a.trigger = &p
	case "DESCRIPTION":
		a.text = &p
	}
}

// header takes a property of the calendar itself; the first one that says something counts.
func (x *reader) header(p property) {
	c := &x.calendar
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	switch p.name {
	case "PRODID":
		set(&c.ProdID, contentline.Unescape(p.value))
	case "METHOD":
		set(&c.Method, strings.ToUpper(contentline.Unescape(strings.TrimSpace(p.value))))
	case "NAME", "X-WR-CALNAME":
		set(&c.Name, contentline.Unescape(p.value))
	case "X-WR-TIMEZONE":
		set(&x.own, contentline.Unescape(p.value))
		set(&c.Zone, knownZone(x.own))
	case "X-APPLE-CALENDAR-COLOR":
		if k := readColor(p.value); k != "" {
			c.Color = k // exact, where COLOR has names only
		}
	case "COLOR":
		set(&c.Color, readColor(p.value))
	case "REFRESH-INTERVAL", "X-PUBLISHED-TTL":
		if d, ok := parseSpan(p.value); ok && c.Refresh == 0 {
			c.Refresh = max(d.length(), 0)
		}
	}
}

// settle keeps one of the events that have the same identity, the latest (by SEQUENCE, then DTSTAMP, then place), and puts
// the faults in the order of the file.
func (x *reader) settle() {
	best := map[identity]int{}
	drop := map[int]bool{}
	for i, e := range x.events {
		id := identityOf(e.UID, e.RecurrenceID)
		j, twice := best[id]
		if !twice {
			best[id] = i
			continue
		}
		older := j
		if o := x.events[j]; o.Sequence > e.Sequence || o.Sequence == e.Sequence && o.Stamp.After(e.Stamp) {
			older = i
		} else {
			best[id] = i
		}
		drop[older] = true
		x.fault(x.places[older], x.events[older], storage.NewProblem("ical.twice"))
	}
	if len(drop) > 0 {
		kept := x.events[:0]
		for i, e := range x.events {
			if !drop[i] {
				kept = append(kept, e)
			}
		}
		x.events = kept
	}
	x.join()
	slices.SortStableFunc(x.faults, func(a, b Fault) int { return a.Index - b.Index })
}

// join gives each occurrence that differs from its series the name by which the series knows it: many files name it in UTC,
// or by its day.
func (x *reader) join() {
	series := map[string]Time{}
	for _, e := range x.events {
		if !e.single() && e.RecurrenceID == nil {
			series[e.UID] = e.Start
		}
	}
	for _, e := range x.events {
		start, ok := series[e.UID]
		if e.RecurrenceID == nil || !ok {
			continue
		}
		if t, problem := alike(*e.RecurrenceID, start); problem == nil {
			*e.RecurrenceID = t
		}
	}
}
