package ical_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"diapason/sync/agenda/ical"
	"diapason/sync/contentline"
)

// anyText is any text: what keyboards give, what pastes bring, and what should not be there at all.
var anyText = rapid.OneOf(
	rapid.String(), rapid.SampledFrom(exotic), rapid.StringMatching(`[a-zéèà ,;:"'\\nN^\r\n\t]{0,120}`),
	rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat("x", rapid.IntRange(50, 80).Draw(t, "pad")) + rapid.String().Draw(t, "text")
	}),
)

// anyCivil is a moment on the clock of a zone; half of them are within two days of a change of that clock.
func anyCivil(t *rapid.T, zone string) ical.Time {
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	wall := time.Unix(rapid.Int64Range(-3_000_000_000, 9_000_000_000).Draw(t, "unix"), 0).UTC()
	if _, end := wall.In(location).ZoneBounds(); rapid.Bool().Draw(t, "near a change") && !end.IsZero() {
		_, offset := end.Zone()
		wall = end.UTC().Add(time.Duration(offset+rapid.IntRange(-172800, 172800).Draw(t, "seconds")) * time.Second)
	}
	return ical.Time{Wall: wall, Zone: zone}
}

// anyRule is any recurrence that may be said.
func anyRule(t *rapid.T) string {
	rules := []string{
		"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "FREQ=WEEKLY;WKST=SU;BYDAY=SU", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYMONTHDAY=-1,15",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "FREQ=YEARLY;BYYEARDAY=1,-1", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1,-2",
	}
	rule := rapid.SampledFrom(rules).Draw(t, "rule")
	if n := rapid.IntRange(1, 9999).Draw(t, "interval"); n > 1 {
		rule += fmt.Sprintf(";INTERVAL=%d", n)
	}
	if n := rapid.IntRange(0, 500).Draw(t, "count"); n > 0 {
		rule += fmt.Sprintf(";COUNT=%d", n)
	}
	return rule
}

// anyLine leaves out where in its file an event stands.
var anyLine = cmpopts.IgnoreFields(ical.Event{}, "Line")

var anyZone = rapid.OneOf(rapid.Just("UTC"), rapid.SampledFrom(overseas))

// anyEvent is any event that may be said.
func anyEvent(t *rapid.T) *ical.Event {
	e := event(rapid.StringMatching(`[a-z0-9-]{1,40}@[a-z]{1,40}`).Draw(t, "uid"), nil)
	for _, field := range []*string{&e.Summary, &e.Description, &e.Location} {
		*field = anyText.Draw(t, "text")
	}
	for range rapid.IntRange(0, 3).Draw(t, "categories") {
		e.Categories = append(e.Categories, fmt.Sprint(len(e.Categories), anyText.Draw(t, "category")))
	}
	e.Sequence = rapid.IntRange(0, 1<<30).Draw(t, "sequence")
	e.Stamp = time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "stamp"), 0).UTC()
	e.Status = rapid.SampledFrom([]string{"", ical.StatusConfirmed, ical.StatusCancelled, ical.StatusTentative}).Draw(t, "status")
	e.Transparent = rapid.Bool().Draw(t, "transparent")
	if rapid.Bool().Draw(t, "alarm") {
		e.Alarms = []ical.Alarm{{Before: time.Duration(rapid.IntRange(-1e6, 1e7).Draw(t, "before")) * time.Second}}
	}
	zone := anyZone.Draw(t, "zone")
	e.Start = anyCivil(t, zone)
	days := rapid.Bool().Draw(t, "days")
	if days {
		e.Start = ical.DayOf(e.Start.Wall.Date())
	}
	e.End = e.Start
	e.End.Wall = e.Start.Wall.AddDate(0, 0, rapid.IntRange(1, 30).Draw(t, "length"))
	other := func(label string) ical.Time {
		x := e.Start
		x.Wall = x.Wall.AddDate(0, 0, rapid.IntRange(0, 3000).Draw(t, label))
		return x
	}
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 1:
		e.Rule = anyRule(t)
		for range rapid.IntRange(0, 3).Draw(t, "exceptions") {
			e.Except, e.Extra = append(e.Except, other("except")), append(e.Extra, other("extra"))
		}
	case 2:
		id := other("original")
		e.RecurrenceID = &id
	}
	return e
}

// asRead gives an event as it must come back: texts cleaned, and in UTC what is written so.
func asRead(t *rapid.T, e *ical.Event) *ical.Event {
	x := *e
	x.Summary, x.Description, x.Location = contentline.Clean(e.Summary), contentline.Clean(e.Description), contentline.Clean(e.Location)
	x.Categories = nil
	for _, c := range e.Categories {
		if c = contentline.Clean(c); !slices.Contains(x.Categories, c) {
			x.Categories = append(x.Categories, c)
		}
	}
	if !e.Start.Day && e.Rule == "" && e.RecurrenceID == nil {
		x.Start, x.End = inUTCTime(t, e.Start), inUTCTime(t, e.End)
	}
	return &x
}

func inUTCTime(t *rapid.T, x ical.Time) ical.Time {
	at, err := x.Instant()
	if err != nil {
		t.Fatal(err)
	}
	return ical.UTC(at)
}

// sameMoment makes two times the same when they are the same moment: an occurrence at an hour that the clock shows twice
// comes back in UTC.
var sameMoment = cmp.Comparer(func(a, b ical.Time) bool {
	if a.Day != b.Day || a.Zone != b.Zone && a.Zone != "UTC" && b.Zone != "UTC" {
		return false
	}
	x, err1 := a.Instant()
	y, err2 := b.Instant()
	return err1 == nil && err2 == nil && x.Equal(y)
})

func TestAnyEventSurvivesWritingAndReading(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t)
		name := anyText.Draw(t, "name")
		var file bytes.Buffer
		aside, err := ical.Write(&file, ical.Calendar{Name: name, Events: slices.Values([]*ical.Event{e})})
		if err != nil || len(aside) > 0 {
			t.Fatalf("set aside %v, error %v", aside, err)
		}
		c, faults, err := ical.Read(bytes.NewReader(file.Bytes()), ical.ReadParams{})
		if err != nil || len(faults) > 0 {
			t.Fatalf("faults %v, error %v\n%s", faults, err, file.Bytes())
		}
		if c.Name != contentline.Clean(name) {
			t.Fatalf("the name %q comes back as %q", name, c.Name)
		}
		if diff := cmp.Diff([]*ical.Event{asRead(t, e)}, slices.Collect(c.Events), sameMoment, cmpopts.EquateEmpty(), anyLine); diff != "" {
			t.Fatalf("%s\n%s", diff, file.Bytes())
		}
	})
}

func TestEventsKeepTheirHoursAfterAnyOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zones := rapid.SliceOfN(anyZone, 1, 2).Draw(t, "zones")
		var events []*ical.Event
		var want []ical.Time
		for i := range rapid.IntRange(2, 20).Draw(t, "events") {
			e := event(fmt.Sprint(i), nil)
			e.Start = anyCivil(t, rapid.SampledFrom(zones).Draw(t, "zone"))
			e.End = e.Start
			events, want = append(events, e), append(want, inUTCTime(t, e.Start))
		}
		var file bytes.Buffer
		aside, err := ical.Write(&file, ical.Calendar{Events: slices.Values(events)})
		if err != nil || len(aside) > 0 {
			t.Fatalf("set aside %v, error %v", aside, err)
		}
		c, faults, err := ical.Read(&file, ical.ReadParams{})
		if err != nil || len(faults) > 0 {
			t.Fatalf("faults %v, error %v", faults, err)
		}
		var got []ical.Time
		for e := range c.Events {
			got = append(got, e.Start)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestCleanTextsStayAsTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText.Draw(t, "text")
		once := contentline.Clean(text)
		if twice := contentline.Clean(once); twice != once {
			t.Fatalf("%q becomes %q, then %q", text, once, twice)
		}
		if !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r >= 0x7F }) && once != strings.TrimSpace(text) {
			t.Fatalf("%q becomes %q", text, once)
		}
	})
}
