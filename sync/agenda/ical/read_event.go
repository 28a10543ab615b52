package ical

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/contentline"
)

// event makes an event of its lines. With a problem, the event holds what is known of it.
func (x *reader) event(d *draft) (*Event, *storage.Problem) {
	e := &Event{Line: d.line}
	for i := range d.props {
		d.props[i].plain(e)
	}
	if d.problem != nil {
		return e, d.problem
	}
	if problem := x.span(d, e); problem != nil {
		return e, problem
	}
	if problem := x.series(d, e); problem != nil {
		return e, problem
	}
	for _, a := range d.alarms {
		if alarm, ok := a.read(e.Summary); ok {
			e.Alarms = append(e.Alarms, alarm)
		}
	}
	if strings.TrimSpace(e.UID) == "" {
		e.UID = ownUID(e)
	}
	// What is read can be written: what nobody could be told again is a fault here already.
	if problem := x.said.of(e); problem != nil {
		return e, problem
	}
	return e, nil
}

// plain takes in a property that says its value alone.
func (p *property) plain(e *Event) {
	switch p.name {
	case "UID":
		e.UID = contentline.Unescape(strings.TrimSpace(p.value))
	case "SUMMARY":
		e.Summary = contentline.Unescape(p.value)
	case "DESCRIPTION":
		e.Description = contentline.Unescape(p.value)
	case "LOCATION":
		e.Location = contentline.Unescape(p.value)
	case "URL":
		e.URL = string(contentline.AppendURI(nil, strings.TrimSpace(p.value)))
	case "STATUS":
		e.Status = oneOf(p.value, StatusTentative, StatusConfirmed, StatusCancelled)
	case "CLASS":
		e.Class = oneOf(p.value, ClassPublic, ClassPrivate, ClassConfidential)
	case "TRANSP":
		e.Transparent = strings.EqualFold(strings.TrimSpace(p.value), "TRANSPARENT")
	case "COLOR":
		e.Color = readColor(p.value)
	case "SEQUENCE":
		n, err := strconv.ParseInt(strings.TrimSpace(p.value), 10, 32)
		if err == nil && n > 0 {
			e.Sequence = int(n)
		}
	case "DTSTAMP":
		e.Stamp = p.stamp()
	case "CREATED":
		e.Created = p.stamp()
	case "LAST-MODIFIED":
		e.LastModified = p.stamp()
	case "CATEGORIES":
		for _, c := range contentline.Split(p.value, ',') {
			if c = contentline.Unescape(c); c != "" && !slices.Contains(e.Categories, c) {
				e.Categories = append(e.Categories, c)
			}
		}
	case "ORGANIZER":
		party := p.party()
		e.Organizer = &party
	case "ATTENDEE":
		e.Attendees = append(e.Attendees, p.party())
	}
}

func oneOf(value string, known ...string) string {
	if v := strings.ToUpper(strings.TrimSpace(value)); slices.Contains(known, v) {
		return v
	}
	return ""
}

// stamp reads a moment of which the exact hour decides nothing: without a zone it is taken for UTC.
func (p *property) stamp() time.Time {
	t, _, _, ok := parseMoment(p.value)
	if !ok || !writable(t) {
		return time.Time{}
	}
	return t
}

func (p *property) party() Party {
	who := Party{Name: p.get("CN"), Answer: strings.ToUpper(p.get("PARTSTAT"))}
	if !isToken(who.Answer) {
		who.Answer = ""
	}
	address := string(contentline.AppendURI(nil, strings.TrimSpace(p.value)))
	if len(address) > 7 && strings.EqualFold(address[:7], "mailto:") {
		address = address[7:]
	}
	if strings.Contains(address, "@") {
		who.Email = address
	}
	return who
}

// read gives a reminder that counts from the start of the event.
func (a draftAlarm) read(summary string) (Alarm, bool) {
	if a.trigger == nil || strings.EqualFold(a.trigger.get("RELATED"), "END") {
		return Alarm{}, false
	}
	d, ok := parseSpan(a.trigger.value)
	if !ok {
		return Alarm{}, false
	}
	alarm := Alarm{Before: -d.length()}
	if a.text != nil {
		if alarm.Text = contentline.Unescape(a.text.value); alarm.Text == cmp.Or(summary, untitled) {
			alarm.Text = ""
		}
	}
	return alarm, true
}

// span reads when the event begins and ends.
func (x *reader) span(d *draft, e *Event) *storage.Problem {
	var end, length *property
	outlook := false
	for i := range d.props {
		p := &d.props[i]
		var problem *storage.Problem
		switch p.name {
		case "DTSTART":
			e.Start, problem = x.moment(p, p.value)
		case "DTEND":
			end = p
		case "DURATION":
			length = p
		case "X-MICROSOFT-CDO-ALLDAYEVENT":
			outlook = strings.EqualFold(strings.TrimSpace(p.value), "TRUE")
		}
		if problem != nil {
			return problem
		}
	}
	if e.Start.IsZero() {
		return storage.NewProblem("ical.start.missing")
	}
	var problem *storage.Problem
	switch {
	case end != nil:
		if e.End, problem = x.moment(end, end.value); problem == nil && e.End.Day != e.Start.Day {
			problem = storage.NewProblem("ical.end.kind")
		}
	case length != nil:
		e.End, problem = after(e.Start, length.value)
	case e.Start.Day:
		e.End = Time{Wall: e.Start.Wall.AddDate(0, 0, 1), Day: true}
	default:
		e.End = e.Start
	}
	if problem != nil {
		return problem
	}
	if e.Start.Day && e.End.Wall.Equal(e.Start.Wall) {
		e.End.Wall = e.End.Wall.AddDate(0, 0, 1) // the one day, as some end it
	}
	if outlook {
		wholeDays(e)
	}
	return nil
}

// wholeDays turns an event from midnight to midnight into days, when Outlook says that it is meant so.
func wholeDays(e *Event) {
	if e.Start.Day || e.Start.Zone != e.End.Zone || !e.End.Wall.After(e.Start.Wall) {
		return
	}
	if e.Start.Wall.Equal(midnight(e.Start.Wall)) && e.End.Wall.Equal(midnight(e.End.Wall)) {
		e.Start, e.End = Time{Wall: e.Start.Wall, Day: true}, Time{Wall: e.End.Wall, Day: true}
	}
}

// after gives the end of an event that lasts a DURATION.
func after(start Time, value string) (Time, *storage.Problem) {
	d, ok := parseSpan(value)
	if !ok || d.days < 0 || d.exact < 0 {
		return Time{}, storage.NewProblem("ical.duration", "value", shorten(value))
	}
	end := start
	end.Wall = end.Wall.AddDate(0, 0, d.days)
	if start.Day {
		end.Wall = midnight(end.Wall.Add(d.exact)) // "PT24H", as some say a day
		return end, nil
	}
	at, problem := in(end, utc)
	if problem != nil {
		return Time{}, problem
	}
	if d.exact == 0 {
		return end, nil
	}
	at.Wall = at.Wall.Add(d.exact)
	return in(at, start.Zone)
}

// series reads when the event comes back, or of which series it is an occurrence.
func (x *reader) series(d *draft, e *Event) *storage.Problem {
	rules := 0
	for i := range d.props {
		p := &d.props[i]
		var problem *storage.Problem
		switch p.name {
		case "RRULE":
			if rules++; rules > 1 {
				return storage.NewProblem("ical.rule", "value", shorten(p.value))
			}
			e.Rule, _, problem = normalRule(p.value, e.Start)
		case "EXRULE":
			problem = storage.NewProblem("ical.rule", "value", shorten("EXRULE:"+p.value))
		case "RDATE":
			e.Extra, problem = x.moments(p, e, e.Extra)
		case "EXDATE":
			e.Except, problem = x.moments(p, e, e.Except)
		case "RECURRENCE-ID":
			if p.get("RANGE") != "" {
				return storage.NewProblem("ical.range")
			}
			var one Time
			one, problem = x.moment(p, p.value)
			e.RecurrenceID = &one
		}
		if problem != nil {
			return problem
		}
	}
	if e.RecurrenceID != nil {
		e.Rule, e.Extra = "", nil // one occurrence has none of its own
	}
	if e.Rule == "" && len(e.Extra) == 0 {
		e.Except = nil // of what does not come back
	}
	return nil
}

// moments reads a list of times in the kind and zone of the event's start: EXDATE, RDATE.
func (x *reader) moments(p *property, e *Event, all []Time) ([]Time, *storage.Problem) {
	for value := range strings.SplitSeq(p.value, ",") {
		if value = strings.TrimSpace(value); value == "" {
			continue
		}
		value, _, _ = strings.Cut(value, "/") // of a PERIOD, when it begins
		t, problem := x.moment(p, value)
		if problem != nil {
			return nil, problem
		}
		if t, problem = alike(t, e.Start); problem != nil {
			return nil, problem
		}
		if all = append(all, t); len(all) > mostLines {
			return nil, storage.NewProblem("ical.tooLong")
		}
	}
	return all, nil
}

// alike gives a time in the kind and zone of the start of its series. A day stands for the occurrence of that day.
func alike(t, start Time) (Time, *storage.Problem) {
	switch {
	case t.Day && !start.Day:
		t = Time{Wall: t.Wall.Add(start.Wall.Sub(midnight(start.Wall))), Zone: start.Zone}
	case !t.Day && start.Day:
		t = Time{Wall: midnight(t.Wall), Day: true}
	}
	return in(t, start.Zone)
}

// ownUID makes the identity of an event that bears none, of what it says: the same file read again gives the same.
func ownUID(e *Event) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%v\n%v\n%v\n%v\n%q\n%q", e.Start, e.End, e.RecurrenceID, e.Rule, e.Summary, e.Location))
	return hex.EncodeToString(sum[:16]) + "@diapason.invalid"
}
