package ical_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/sync/agenda/ical"
)

// foreign reads one of the files as others write them (the data are invented), for somebody in Paris.
func foreign(t *testing.T, name string) (ical.Calendar, []*ical.Event, []ical.Fault) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "foreign", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, faults, err := ical.Read(f, ical.ReadParams{Zone: "Europe/Paris"})
	if err != nil {
		t.Fatal(err)
	}
	return c, slices.Collect(c.Events), faults
}

// brief tells when an event is, and when it comes back.
func brief(e *ical.Event) string {
	one := func(t ical.Time) string {
		if t.Day {
			return t.Wall.Format("2006-01-02")
		}
		return t.Wall.Format("2006-01-02T15:04 ") + t.Zone
	}
	text := e.Summary + ": " + one(e.Start) + " – " + one(e.End)
	if e.RecurrenceID != nil {
		text += " instead of " + one(*e.RecurrenceID)
	}
	if e.Rule != "" {
		text += " " + e.Rule
	}
	for _, x := range e.Except {
		text += " not " + one(x)
	}
	return text
}

func TestFilesOfOthersAreRead(t *testing.T) {
	for _, c := range []struct {
		file, name, color string
		events, faults    []string
	}{
		{
			file:   "airbnb.ics",
			events: []string{"Reserved: 2026-07-04 – 2026-07-11", "Airbnb (Not available): 2026-07-20 – 2026-08-01"},
		},
		{
			file:   "booking.ics",
			events: []string{"CLOSED - Not available: 2026-08-15 – 2026-08-18", "CLOSED - Not available: 2026-09-01 – 2026-09-02"},
		},
		{
			file: "google.ics", name: "Conservatoire, salle 2",
			events: []string{
				"Chorale 🎶: 2026-09-07T18:00 Europe/Paris – 2026-09-07T19:30 Europe/Paris FREQ=WEEKLY;WKST=MO;UNTIL=20261220T225959Z;BYDAY=MO" +
					" not 2026-10-19T18:00 Europe/Paris not 2026-10-26T18:00 Europe/Paris",
				"Chorale 🎶 (mardi): 2026-10-06T18:00 Europe/Paris – 2026-10-06T19:30 Europe/Paris instead of 2026-10-05T18:00 Europe/Paris",
				"Armistice: 2026-11-11 – 2026-11-12",
			},
		},
		{
			file: "outlook.ics", name: "Réunions",
			events: []string{
				"Comité: 2026-01-05T09:00 Europe/Paris – 2026-01-05T10:00 Europe/Paris FREQ=WEEKLY;COUNT=30;BYDAY=MO" +
					" not 2026-04-06T09:00 Europe/Paris not 2026-05-25T09:00 Europe/Paris",
				"Fermeture: 2026-07-14 – 2026-07-16",
				"Appel New York: 2026-03-10T14:00 America/New_York – 2026-03-10T15:30 America/New_York FREQ=WEEKLY;UNTIL=20260402T035959Z;BYDAY=TU",
			},
		},
		{
			file: "apple.ics", name: "Maison", color: "#1BADF8",
			events: []string{
				"Médecin: 2026-05-12T11:00 Europe/Paris – 2026-05-12T11:30 Europe/Paris",
				"Fête de la musique: 2026-06-21 – 2026-06-22 FREQ=YEARLY",
			},
			faults: []string{"line 53: ical.time name=DTSTART value=20260229"},
		},
		{
			file: "odd.ics", name: "École",
			events: []string{
				"Sortie: 2026-09-03T08:30 Indian/Reunion – 2026-09-04T10:30 Indian/Reunion",
				"Sans identifiant: 2026-09-04T08:30 UTC – 2026-09-04T08:30 UTC",
				"Rentrée, reportée: 2026-09-04T08:30 Europe/Paris – 2026-09-04T16:30 Europe/Paris",
			},
			faults: []string{
				"line 10: ical.twice", "line 27: ical.zone value=Nowhere/Atall", "line 32: ical.end.before",
				"line 38: ical.start.missing", "line 42: ical.rule value=FREQ=SOMETIMES", "line 48: ical.unfinished",
			},
		},
	} {
		calendar, events, faults := foreign(t, c.file)
		if calendar.Name != c.name || calendar.Color != c.color {
			t.Errorf("%s: name %q, colour %q", c.file, calendar.Name, calendar.Color)
		}
		var got, problems []string
		for _, e := range events {
			got = append(got, brief(e))
		}
		for _, f := range faults {
			problems = append(problems, fmt.Sprintf("line %d: %v", f.Line, f))
		}
		if diff := cmp.Diff(c.events, got); diff != "" {
			t.Errorf("%s:\n%s", c.file, diff)
		}
		if diff := cmp.Diff(c.faults, problems); diff != "" {
			t.Errorf("%s:\n%s", c.file, diff)
		}
	}
}

func TestDetailsOfFilesOfOthersAreRead(t *testing.T) {
	_, google, _ := foreign(t, "google.ics")
	e := google[0]
	want := []ical.Party{{Name: "Durand, Camille", Email: "camille.durand@example.com", Answer: "ACCEPTED"}}
	if diff := cmp.Diff(want, e.Attendees); diff != "" {
		t.Error(diff)
	}
	if e.Organizer == nil || *e.Organizer != (ical.Party{Name: "Conservatoire d'exemple", Email: "conservatoire@example.com"}) {
		t.Errorf("organizer %+v", e.Organizer)
	}
	if e.Location != "12 rue de l'Exemple, 35000 Rennes, France" || e.Sequence != 1 || e.Status != ical.StatusConfirmed {
		t.Errorf("%+v", e)
	}
	if diff := cmp.Diff([]ical.Alarm{{Before: 30 * time.Minute, Text: "This is an event reminder"}}, e.Alarms); diff != "" {
		t.Error(diff)
	}
	if !google[2].Transparent {
		t.Error("a day that takes no time is taken for one that does")
	}
	_, outlook, _ := foreign(t, "outlook.ics")
	if diff := cmp.Diff([]string{"Catégorie rouge", "Comité, bureau"}, outlook[0].Categories); diff != "" {
		t.Error(diff)
	}
	_, odd, _ := foreign(t, "odd.ics")
	_, again, _ := foreign(t, "odd.ics")
	if odd[1].UID == "" || odd[1].UID != again[1].UID || odd[1].UID == odd[0].UID {
		t.Errorf("an event without identity gets %q, then %q", odd[1].UID, again[1].UID)
	}
}

func TestFileInAnotherEncodingIsRead(t *testing.T) {
	const utf8 = "BEGIN:VCALENDAR\nX-WR-CALNAME:Été\nBEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20260714\nSUMMARY:Fête à l\n ’été\nEND:VEVENT\nEND:VCALENDAR\n"
	utf16 := []byte{0xFF, 0xFE}
	for _, r := range utf8 {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	latin := strings.NewReplacer("É", "\xC9", "é", "\xE9", "ê", "\xEA", "à", "\xE0", "’", "\x92").Replace(utf8)
	cutInside := strings.Replace(utf8, "ê", "\xC3\r\n \xAA", 1) // folded between the octets of a character
	for name, file := range map[string]string{
		"UTF-8 with a mark": "\ufeff" + utf8, "UTF-16": string(utf16), "Windows-1252": latin, "folded inside a character": cutInside,
	} {
		c, events := read(t, file, ical.ReadParams{})
		if c.Name != "Été" || len(events) != 1 || events[0].Summary != "Fête à l’été" {
			t.Errorf("%s: %q, %q", name, c.Name, events[0].Summary)
		}
	}
}
