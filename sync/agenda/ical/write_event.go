package ical

import (
	"cmp"
	"math"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/contentline"
)

// saying is an event in the form in which it is written: checked, its times where they belong. It is filled again and again.
type saying struct {
	*Event
	clock         clock
	uid           string
	start, end    Time // end is zero when it is not written
	rule          string
	until         time.Time // civil, of the rule; zero: none
	except, extra []Time
	recurrence    *Time
	from, to      Time // start and end in UTC, of what is no day
}

// single tells whether an event stands alone: then its times are written in UTC. A series is written in its zone, to keep
// its hour when clocks change.
func (e *Event) single() bool { return e.Rule == "" && len(e.Extra) == 0 && e.RecurrenceID == nil }

// of checks an event and brings it into the form in which it is written.
func (s *saying) of(e *Event) *storage.Problem {
	*s = saying{Event: e, uid: contentline.Clean(e.UID), start: e.Start, end: e.End, clock: s.clock}
	if s.uid == "" {
		return storage.NewProblem("ical.uid")
	}
	if problem := s.span(); problem != nil {
		return problem
	}
	if e.Rule != "" {
		var problem *storage.Problem
		if s.rule, s.until, problem = normalRule(e.Rule, s.start); problem != nil {
			return problem
		}
	}
	if !s.start.Day && (e.single() || e.RecurrenceID != nil && (unclear(s.start) || unclear(s.end))) {
		s.start, s.end = s.from, s.to
	}
	return s.occurrences()
}

// unclear tells whether the clock shows a time twice, or never. Readers do not agree on which moment is meant then, so it
// is written in UTC where that is allowed.
func unclear(t Time) bool {
	if t.IsZero() || t.Day || t.Zone == utc {
		return false
	}
	zone, err := location(t.Zone)
	if err != nil {
		return false
	}
	shown := map[time.Time]bool{}
	for _, day := range []int{-1, 1} { // the offsets before and after a change, if there is one
		_, offset := t.Wall.AddDate(0, 0, day).In(zone).Zone()
		at := t.Wall.Add(-time.Duration(offset) * time.Second)
		if storage.LocalOf(at.In(zone)).Wall().Equal(t.Wall) {
			shown[at] = true
		}
	}
	return len(shown) != 1
}

// span checks when the event begins and ends.
func (s *saying) span() *storage.Problem {
	if s.start.IsZero() {
		return storage.NewProblem("ical.start.missing")
	}
	if !s.end.IsZero() && s.end.Day != s.start.Day {
		return storage.NewProblem("ical.end.kind")
	}
	for _, t := range []*Time{&s.start, &s.end} {
		if t.IsZero() {
			continue
		}
		if problem := s.settle(t); problem != nil {
			return problem
		}
	}
	if s.start.Day {
		if s.end.IsZero() {
			s.end = Time{Wall: s.start.Wall.AddDate(0, 0, 1), Day: true}
		}
		if !s.end.Wall.After(s.start.Wall) {
			return storage.NewProblem("ical.end.before")
		}
		return nil
	}
	var problem *storage.Problem
	if s.from, problem = s.inUTC(s.start); problem != nil {
		return problem
	}
	if s.to, problem = s.inUTC(s.end); problem != nil || s.end.IsZero() {
		return problem
	}
	switch {
	case s.to.Wall.Before(s.from.Wall):
		return storage.NewProblem("ical.end.before")
	case s.to.Wall.Equal(s.from.Wall):
		s.end, s.to = Time{}, Time{} // a moment: DTEND must come after DTSTART
	}
	return nil
}

// settle checks a time and brings it to the second, a day to its midnight.
func (s *saying) settle(t *Time) *storage.Problem {
	if t.Day {
		*t = Time{Wall: midnight(t.Wall), Day: true}
	} else {
		if t.Wall.Nanosecond() != 0 || t.Wall.Location() != time.UTC {
			t.Wall = storage.LocalOf(t.Wall).Wall()
		}
		if err := s.clock.set(t.Zone); err != nil {
			return storage.NewProblem("ical.zone", "value", shorten(t.Zone))
		}
	}
	if !writable(t.Wall) {
		return storage.NewProblem("ical.year")
	}
	return nil
}

// inUTC gives a time that was settled in UTC; none stays as it is.
func (s *saying) inUTC(t Time) (Time, *storage.Problem) {
	if t.IsZero() || t.Zone == utc {
		return t, nil
	}
	if err := s.clock.set(t.Zone); err != nil {
		return t, storage.NewProblem("ical.zone", "value", shorten(t.Zone)).Because(err)
	}
	t = Time{Wall: s.clock.instant(t.Wall), Zone: utc}
	if !writable(t.Wall) {
		return t, storage.NewProblem("ical.year")
	}
	return t, nil
}

// in gives a time in another zone; none and days stay as they are.
func in(t Time, zone string) (Time, *storage.Problem) {
	if t.IsZero() || t.Day || t.Zone == zone {
		return t, nil
	}
	at, err := t.Instant()
	if err != nil {
		return t, storage.NewProblem("ical.zone", "value", shorten(t.Zone)).Because(err)
	}
	if zone == utc {
		t = UTC(at)
	} else if z, err := location(zone); err != nil {
		return t, storage.NewProblem("ical.zone", "value", shorten(zone)).Because(err)
	} else {
		t = Time{Wall: storage.LocalOf(at.In(z)).Wall(), Zone: zone}
	}
	if !writable(t.Wall) {
		return t, storage.NewProblem("ical.year")
	}
	return t, nil
}

// occurrences brings the times of a series into the zone of its start.
func (s *saying) occurrences() *storage.Problem {
	var problem *storage.Problem
	if s.except, problem = s.alike(s.Except); problem != nil {
		return problem
	}
	if s.extra, problem = s.alike(s.Extra); problem != nil {
		return problem
	}
	if s.RecurrenceID == nil {
		return nil
	}
	if s.RecurrenceID.IsZero() {
		return storage.NewProblem("ical.occurrence")
	}
	one := *s.RecurrenceID // of the kind and in the zone of its series, which may be another than its own
	s.recurrence = &one
	return s.settle(s.recurrence)
}

// alike gives times as the series needs them: days for days, else in the zone of its start.
func (s *saying) alike(times []Time) ([]Time, *storage.Problem) {
	if len(times) == 0 {
		return nil, nil
	}
	all := slices.Clone(times)
	for i := range all {
		if all[i].IsZero() || all[i].Day != s.Start.Day {
			return nil, storage.NewProblem("ical.occurrence")
		}
		if problem := s.settle(&all[i]); problem != nil {
			return nil, problem
		}
		var problem *storage.Problem
		if all[i], problem = in(all[i], s.start.Zone); problem != nil {
			return nil, problem
		}
	}
	return all, nil
}

// unique refuses what was written already: readers keep one of two events of the same identity, and each another one.
func (x *writer) unique(s *saying) *storage.Problem {
	before := len(x.seen) + len(x.replaced)
	if s.recurrence == nil {
		x.seen[s.uid] = struct{}{}
	} else {
		x.replaced[identityOf(s.uid, s.recurrence)] = struct{}{}
	}
	if len(x.seen)+len(x.replaced) == before {
		return storage.NewProblem("ical.twice")
	}
	return nil
}

// event writes one event.
func (x *writer) event(s *saying) {
	x.fixed("BEGIN:VEVENT")
	x.text("UID", s.uid)
	x.utc("DTSTAMP", s.stamp())
	x.utc("CREATED", s.Created)
	x.utc("LAST-MODIFIED", s.LastModified)
	x.begin("SEQUENCE:")
	x.done = appendInt(x.done, min(max(s.Sequence, 0), math.MaxInt32)) // an INTEGER has no more bits (RFC 5545, 3.3.8)
	x.end()
	x.times(s)
	x.text("SUMMARY", s.Summary)
	x.text("DESCRIPTION", s.Description)
	x.text("LOCATION", s.Location)
	x.uri("URL", s.URL)
	switch s.Status {
	case StatusTentative, StatusConfirmed, StatusCancelled:
		x.raw("STATUS", s.Status)
	}
	switch s.Class {
	case ClassPublic, ClassPrivate, ClassConfidential:
		x.raw("CLASS", s.Class)
	}
	if s.Transparent {
		x.raw("TRANSP", "TRANSPARENT")
	}
	if name := x.cssName(s.Color); name != "" {
		x.raw("COLOR", name)
	}
	for _, c := range s.Categories {
		x.text("CATEGORIES", c) // one each: readers that take "A\,B" for one are not rare, nor those that take it for two
	}
	if s.Organizer != nil {
		x.party("ORGANIZER", *s.Organizer)
	}
	for _, p := range s.Attendees {
		x.party("ATTENDEE", p)
	}
	for _, a := range s.Alarms {
		x.alarm(s, a)
	}
	x.fixed("END:VEVENT")
}

// cssName gives the CSS name of a colour, empty for what is none. The last one is remembered: events of a type share theirs.
func (x *writer) cssName(color string) string {
	if color != x.color {
		x.color, x.css = color, ""
		if k, ok := parseColor(color); ok {
			x.css = colorName(k)
		}
	}
	return x.css
}

// stamp gives the moment of DTSTAMP, which every event must have.
func (e *Event) stamp() time.Time {
	for _, t := range []time.Time{e.Stamp, e.LastModified, e.Created} {
		if !t.IsZero() {
			return t
		}
	}
	return time.Unix(0, 0)
}

// times writes when an event is, and when it comes back.
func (x *writer) times(s *saying) {
	if s.recurrence != nil {
		x.moment("RECURRENCE-ID", *s.recurrence)
	}
	x.moment("DTSTART", s.start)
	if !s.end.IsZero() {
		x.moment("DTEND", s.end)
	}
	if s.rule != "" {
		x.raw("RRULE", s.rule)
	}
	for _, t := range s.extra {
		x.moment("RDATE", t)
	}
	if s.rule != "" || len(s.extra) > 0 {
		for _, t := range s.except {
			x.moment("EXDATE", t)
		}
	}
}

// nobody is the address of whom we know none of, as Exchange writes it.
const nobody = "invalid:nomail"

// party writes somebody who takes part. Lines of this kind carry names into parameters, where quotes decide what is read.
func (x *writer) party(name string, p Party) {
	if p.Name == "" && p.Email == "" {
		return
	}
	x.begin(name)
	if p.Name != "" {
		x.done = contentline.AppendParam(append(x.done, ";CN="...), p.Name)
	}
	if isToken(p.Answer) {
		x.done = append(append(x.done, ";PARTSTAT="...), p.Answer...)
	}
	if p.Email == "" {
		x.done = append(append(x.done, ':'), nobody...)
	} else {
		x.done = contentline.AppendURI(append(x.done, ":mailto:"...), p.Email)
	}
	x.end()
}

// isToken tells whether a text is made of capitals and hyphens, as the values that RFC 5545 names are.
func isToken(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'A' || c > 'Z') && c != '-' {
			return false
		}
	}
	return s != ""
}

// untitled stands for the text of a reminder of an event without title: DESCRIPTION must be there.
const untitled = "-"

func (x *writer) alarm(s *saying, a Alarm) {
	x.raw("BEGIN", "VALARM")
	x.raw("ACTION", "DISPLAY")
	x.span("TRIGGER", -a.Before)
	x.text("DESCRIPTION", cmp.Or(contentline.Clean(a.Text), contentline.Clean(s.Summary), untitled))
	x.raw("END", "VALARM")
}
