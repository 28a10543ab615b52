package ical_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"diapason/sync/agenda/ical"
)

var update = flag.Bool("update", false, "write the golden files again")

// everything are the events of all cases.
func everything() (all []*ical.Event) {
	by := cases()
	for _, about := range slices.Sorted(maps.Keys(by)) {
		all = append(all, by[about]...)
	}
	return all
}

// obeys checks the rules that hold for each octet of a calendar.
func obeys(t testing.TB, file string) {
	t.Helper()
	if !utf8.ValidString(file) {
		t.Error("the file is not UTF-8")
	}
	for i, line := range strings.SplitAfter(file, "\r\n") {
		content, ended := strings.CutSuffix(line, "\r\n")
		switch {
		case line == "":
			continue // after the last end
		case !ended:
			t.Errorf("line %d has no end: %q", i+1, line)
		case len(content) > 75:
			t.Errorf("line %d has %d octets: %q", i+1, len(content), content)
		case !utf8.ValidString(content):
			t.Errorf("line %d is cut inside a character: %q", i+1, content)
		}
		for _, r := range content {
			if r < ' ' && r != '\t' || r >= 0x7F && r <= 0x9F || r == '\u2028' || r == '\u2029' {
				t.Errorf("line %d holds %U: %q", i+1, r, content)
			}
		}
	}
}

// names counts the properties of a file, unfolded.
func names(file string) map[string]int {
	n := map[string]int{}
	for line := range strings.SplitSeq(strings.ReplaceAll(file, "\r\n ", ""), "\r\n") {
		n[line[:max(strings.IndexAny(line, ":;"), 0)]]++
	}
	return n
}

func TestGoldenFiles(t *testing.T) {
	by := cases()
	for _, about := range []string{"parties", "details", "nights of the clocks", "days", "series", "zones", "edges"} {
		name := filepath.Join("testdata", "golden", strings.ReplaceAll(about, " ", "-")+".ics")
		got := write(t, ical.Calendar{Name: "Agenda : salles", Color: "#336699", Zone: "Europe/Paris", Refresh: time.Hour}, by[about]...)
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-update writes it again):\n%s", name, diff)
		}
	}
}

func TestEveryLineObeysTheFormat(t *testing.T) {
	obeys(t, write(t, ical.Calendar{Name: exotic[0] + exotic[5], ProdID: exotic[0], Method: exotic[0]}, everything()...))
}

func TestSameEventsGiveTheSameBytes(t *testing.T) {
	c := ical.Calendar{Name: "Agenda", Zone: "Europe/Paris"}
	first := write(t, c, everything()...)
	for _, zone := range []string{"America/New_York", "Pacific/Kiritimati"} {
		local, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		before := time.Local
		time.Local = local // the computer's zone
		again := write(t, c, everything()...)
		time.Local = before
		if again != first {
			t.Errorf("the computer in %s writes something else", zone)
		}
	}
}

func TestNothingInAValueBeginsAnotherProperty(t *testing.T) {
	plain := event("uid", func(e *ical.Event) {
		e.URL, e.Description, e.Location, e.Categories = "https://example.com", "d", "l", []string{"c"}
		e.Organizer, e.Attendees = &ical.Party{Name: "n", Email: "a@example.com"}, []ical.Party{{Name: "n", Email: "a@example.com", Answer: "ACCEPTED"}}
		e.Alarms = []ical.Alarm{{Text: "t"}}
	})
	calendar := ical.Calendar{Name: "n", ProdID: "p", Method: "PUBLISH", Color: "#336699", Zone: "Europe/Paris"}
	want := names(write(t, calendar, plain))
	for _, bad := range []string{
		"\r\nATTENDEE:mailto:intrus@example.com", "\nATTENDEE:mailto:intrus@example.com\nX:", "\rEND:VEVENT", "\";X=\"\r\n", "\u2028X:1", "\u0085X:1",
		`":mailto:intrus@example.com`, ";CN=x:y", "^n^'\r\n\tX:1", "a\x00\x0b\x0cX:1",
	} {
		e := event("uid"+bad, func(e *ical.Event) {
			e.Summary, e.URL, e.Description, e.Location, e.Categories = "s"+bad, "https://example.com"+bad, "d"+bad, "l"+bad, []string{"c" + bad}
			e.Organizer, e.Attendees = &ical.Party{Name: "n" + bad, Email: "a" + bad}, []ical.Party{{Name: "n" + bad, Email: "a" + bad, Answer: "ACCEPTED"}}
			e.Alarms = []ical.Alarm{{Text: "t" + bad}}
		})
		c := calendar
		c.Name, c.ProdID, c.Method = "n"+bad, "p"+bad, "PUBLISH"+bad
		file := write(t, c, e)
		obeys(t, file)
		if diff := cmp.Diff(want, names(file)); diff != "" {
			t.Errorf("%q:\n%s", bad, diff)
		}
		_, events := read(t, file, ical.ReadParams{})
		if len(events) != 1 || len(events[0].Attendees) != 1 {
			t.Errorf("%q gives %d events", bad, len(events))
		}
		// Where only known words are meaningful, others are left out.
		e.Status, e.Class, e.Color, e.Attendees[0].Answer = "CONFIRMED"+bad, "PUBLIC"+bad, "#336699"+bad, "ACCEPTED"+bad
		c.Color, c.Zone = "#336699"+bad, "Europe/Paris"+bad
		lean := names(write(t, c, e))
		for _, name := range []string{"STATUS", "CLASS", "COLOR", "X-APPLE-CALENDAR-COLOR", "X-WR-TIMEZONE"} {
			if lean[name] > 0 {
				t.Errorf("%q: %s is written", bad, name)
			}
		}
	}
}

func TestEventThatCannotBeSaidIsSetAsideAndTheOthersAreWritten(t *testing.T) {
	bad := []struct {
		code   string
		change func(e *ical.Event)
	}{
		{"ical.uid", func(e *ical.Event) { e.UID = " \r\n" }},
		{"ical.start.missing", func(e *ical.Event) { e.Start = ical.Time{} }},
		{"ical.end.before", func(e *ical.Event) { e.End = at("Europe/Paris", 2026, 5, 12, 8, 59) }},
		{"ical.end.before", func(e *ical.Event) { e.Start, e.End = ical.DayOf(2026, 5, 12), ical.DayOf(2026, 5, 12) }},
		{"ical.end.before", func(e *ical.Event) { e.End = at("Indian/Reunion", 2026, 5, 12, 10, 0) }},
		{"ical.end.kind", func(e *ical.Event) { e.End = ical.DayOf(2026, 5, 13) }},
		{"ical.zone", func(e *ical.Event) { e.Start.Zone = "" }},
		{"ical.zone", func(e *ical.Event) { e.Start.Zone = "Local" }},
		{"ical.zone", func(e *ical.Event) { e.Start.Zone = "Europe/Paris\r\nX:1" }},
		{"ical.zone", func(e *ical.Event) { e.End.Zone = "../../etc/passwd" }},
		{"ical.year", func(e *ical.Event) { e.End.Wall = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"ical.rule", func(e *ical.Event) { e.Rule = "FREQ=DAILY\r\nX:1" }},
		{"ical.rule", func(e *ical.Event) { e.Rule = "FREQ=DAILY;COUNT=2;UNTIL=20270101" }},
		{"ical.rule", func(e *ical.Event) { e.Rule = "INTERVAL=2" }},
		{"ical.rule", func(e *ical.Event) { e.Rule = "FREQ=WEEKLY;BYDAY=2MO" }},
		{"ical.rule", func(e *ical.Event) { e.Rule = "FREQ=MONTHLY;BYMONTHDAY=32" }},
		{"ical.occurrence", func(e *ical.Event) { e.Rule, e.Except = "FREQ=DAILY", []ical.Time{ical.DayOf(2026, 5, 13)} }},
		{"ical.occurrence", func(e *ical.Event) { e.RecurrenceID = &ical.Time{} }},
		{"ical.twice", func(e *ical.Event) { e.UID = "first" }},
	}
	events := []*ical.Event{event("first", nil)}
	for i, b := range bad {
		events = append(events, event(fmt.Sprint("bad ", i), b.change))
	}
	events = append(events, event("last", nil))
	var file bytes.Buffer
	aside, err := ical.Write(&file, ical.Calendar{Events: slices.Values(events)})
	if err != nil {
		t.Fatal(err)
	}
	if len(aside) != len(bad) {
		t.Fatalf("%d events are set aside, want %d: %v", len(aside), len(bad), aside)
	}
	for i, f := range aside {
		if code(f) != bad[i].code || f.Index != i+1 || f.Summary != "Répétition" {
			t.Errorf("event %d: %v (event %d), want %s", i, f, f.Index, bad[i].code)
		}
	}
	obeys(t, file.String())
	_, got := read(t, file.String(), ical.ReadParams{})
	if len(got) != 2 || got[0].UID != "first" || got[1].UID != "last" {
		t.Errorf("%d events are written", len(got))
	}
}

func TestWriteTellsTheErrorsOfItsWriter(t *testing.T) {
	whole := write(t, ical.Calendar{}, everything()...)
	for _, room := range []int{0, 100, len(whole) / 2, len(whole) - 1} {
		if _, err := ical.Write(&full{room: room}, ical.Calendar{Events: slices.Values(everything())}); err != errFull {
			t.Errorf("with room for %d octets: %v", room, err)
		}
	}
}

var errFull = fmt.Errorf("no room left")

// full takes so many octets.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestEventsThatChangeWhileTheyAreWrittenAreAnError(t *testing.T) {
	walks := 0
	events := func(yield func(*ical.Event) bool) {
		walks++
		yield(event("a", func(e *ical.Event) {
			if walks > 1 {
				e.Rule = "FREQ=DAILY"
			}
		}))
	}
	if _, err := ical.Write(&bytes.Buffer{}, ical.Calendar{Events: events}); err != ical.ErrChanged {
		t.Errorf("error %v", err)
	}
}

func TestWritingCostsNoMemoryForEachEvent(t *testing.T) {
	events := make([]*ical.Event, 2000)
	for i := range events {
		events[i] = &ical.Event{}
		fill(events[i], i)
		events[i].Rule = "" // rules are checked part by part
	}
	var out bytes.Buffer
	out.Grow(2 << 20)
	allocations := testing.AllocsPerRun(3, func() {
		out.Reset()
		if aside, err := ical.Write(&out, ical.Calendar{Events: slices.Values(events)}); err != nil || len(aside) > 0 {
			t.Fatal(aside, err)
		}
	})
	if allocations > 100 {
		t.Errorf("%v allocations for %d events", allocations, len(events))
	}
}

func TestColorsAreNamedEachForItself(t *testing.T) {
	var events []*ical.Event
	colors := []string{"#4169E1", "#FF0000", "#FF0000", "", "#FF0000", "none", "#4169E1"}
	for i, color := range colors {
		events = append(events, event(fmt.Sprint(i), func(e *ical.Event) { e.Color = color }))
	}
	_, got := read(t, write(t, ical.Calendar{}, events...), ical.ReadParams{})
	for i, color := range colors {
		if want := strings.Replace(color, "none", "", 1); got[i].Color != want {
			t.Errorf("event %d is of the colour %q, want %q", i, got[i].Color, want)
		}
	}
}

func TestSequencesAreNumbersThatReadersCanHold(t *testing.T) {
	for n, want := range map[int]int{-3: 0, 0: 0, 7: 7, 1 << 31: 1<<31 - 1} {
		_, events := read(t, write(t, ical.Calendar{}, event("a", func(e *ical.Event) { e.Sequence = n })), ical.ReadParams{})
		if events[0].Sequence != want {
			t.Errorf("%d is written as %d, want %d", n, events[0].Sequence, want)
		}
	}
}
