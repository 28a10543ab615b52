package ical_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"diapason/sync/agenda/ical"
	"diapason/sync/agenda/ical/icaltest"
	"diapason/sync/contentline"
)

// colors are the colours that the cases use.
var colors = map[string]string{"": "", "#4169E1": "royalblue"}

// toTell is what every reader must say of an event of ours.
func toTell(t *testing.T, e *ical.Event) icaltest.Told {
	t.Helper()
	x := icaltest.Told{
		UID: e.UID, Summary: contentline.Clean(e.Summary), Description: contentline.Clean(e.Description), Location: contentline.Clean(e.Location),
		URL: e.URL, Color: colors[e.Color], Status: e.Status, Class: e.Class, Rule: icaltest.Sorted(e.Rule), Sequence: e.Sequence,
		Stamp: inUTC(e.Stamp), Created: inUTC(e.Created), Modified: inUTC(e.LastModified),
	}
	if e.Transparent {
		x.Transparency = "TRANSPARENT"
	}
	alone := e.Rule == "" && e.RecurrenceID == nil && len(e.Extra) == 0 || e.Summary == inTheNight
	x.Start = moments(t, alone, e.Start)
	if e.Start.Wall != e.End.Wall {
		x.End = moments(t, alone, e.End)
	}
	x.Extra, x.Except = moments(t, alone, e.Extra...), moments(t, alone, e.Except...)
	if e.RecurrenceID != nil {
		x.Recurrence = moments(t, false, *e.RecurrenceID)
	}
	for _, c := range e.Categories {
		x.Categories = append(x.Categories, contentline.Clean(c))
	}
	if e.Organizer != nil {
		x.Organizer = guests(*e.Organizer)
	}
	x.Attendees = guests(e.Attendees...)
	for _, a := range e.Alarms {
		text := a.Text
		if text == "" {
			text = e.Summary
		}
		x.Alarms = append(x.Alarms, icaltest.Reminder{Seconds: -int(a.Before.Seconds()), Text: text})
	}
	return x
}

const inUTCForm = "20060102T150405Z"

func inUTC(t time.Time) []icaltest.Moment {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format(inUTCForm)
	return []icaltest.Moment{{Wall: strings.TrimSuffix(text, "Z"), Zone: "UTC", UTC: text}}
}

// moments gives times as they must be read: what stands alone is in UTC, the rest in its zone.
func moments(t *testing.T, alone bool, all ...ical.Time) (out []icaltest.Moment) {
	t.Helper()
	for _, x := range all {
		instant, err := x.Instant()
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case x.Day:
			out = append(out, icaltest.Moment{Wall: x.Wall.Format("20060102")})
		case alone:
			out = append(out, inUTC(instant)...)
		default:
			out = append(out, icaltest.Moment{Wall: x.Wall.Format("20060102T150405"), Zone: x.Zone, UTC: instant.Format(inUTCForm)})
		}
	}
	return out
}

func guests(all ...ical.Party) (out []icaltest.Guest) {
	for _, p := range all {
		address := "mailto:" + p.Email
		if p.Email == "" {
			address = "invalid:nomail"
		}
		out = append(out, icaltest.Guest{Address: address, Name: p.Name, Answer: p.Answer})
	}
	return out
}

func TestOtherReadersReadTheSame(t *testing.T) {
	all := cases()
	whole := []string{"texts", "edges", "parties", "details", "nights of the clocks", "days", "series", "zones"}
	for _, other := range icaltest.Readers(t) {
		t.Run(other.Name, func(t *testing.T) {
			about := whole
			if other.Name != icaltest.ICalendar {
				// python-icalendar 4 takes an escaped backslash before an n for the end of a line, and cuts a category at
				// its escaped commas.
				about = append(slices.Clone(whole), "backslashes and lists")
			}
			var events []*ical.Event
			for _, a := range about {
				events = append(events, all[a]...)
			}
			readsTheSame(t, other, events)
		})
	}
}

// readsTheSame has another reader read events that we write.
func readsTheSame(t *testing.T, other icaltest.Reader, events []*ical.Event) {
	t.Helper()
	const name = "Agenda : « salles », l'étage; \"haut\""
	gotName, got := other.Read(t, write(t, ical.Calendar{Name: name, Color: "#336699", Zone: "Europe/Paris", Refresh: time.Hour}, events...))
	if gotName != name {
		t.Errorf("the calendar's name is %q, want %q", gotName, name)
	}
	if len(got) != len(events) {
		t.Fatalf("%d events, want %d", len(got), len(events))
	}
	for i, e := range events {
		if diff := cmp.Diff(toTell(t, e), got[i], cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("event %d:\n%s", i, diff)
		}
	}
}
