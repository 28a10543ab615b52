package ical_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/sync/agenda/ical"
)

func TestInputThatIsNoWholeCalendarIsAnError(t *testing.T) {
	whole := write(t, ical.Calendar{}, event("a", nil))
	for _, c := range []struct{ name, file, code string }{
		{"empty", "", "ical.empty"},
		{"blank", "\r\n \r\n\r\n", "ical.empty"},
		{"a web page", "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", "ical.page"},
		{"another file", "name;date\nConcert;2026-05-12\n", "ical.none"},
		{"cut in an event", whole[:strings.Index(whole, "SUMMARY")], "ical.cut"},
		{"cut between two lines", strings.TrimSuffix(whole, "END:VCALENDAR\r\n"), "ical.cut"},
		{"cut in the last line", strings.TrimSuffix(whole, "AR\r\n"), "ical.cut"},
		{"one begins before another ends", strings.TrimSuffix(whole, "END:VCALENDAR\r\n") + whole, "ical.cut"},
		{"too large", strings.Replace(whole, "Répétition", strings.Repeat("a", 2<<20), 1), "ical.tooLarge"},
	} {
		got, faults, err := ical.Read(strings.NewReader(c.file), ical.ReadParams{Limit: 1 << 20})
		if code(err) != c.code || got.Events != nil || faults != nil {
			t.Errorf("%s: error %v (%d faults), want %s", c.name, err, len(faults), c.code)
		}
	}
}

// calendar puts a file around lines of one calendar.
func calendar(lines ...string) string {
	return "BEGIN:VCALENDAR\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCALENDAR\r\n"
}

// starting is an event that begins as told.
func starting(uid, start string) string {
	return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nSUMMARY:" + uid + "\r\nDTSTART" + start + "\r\nEND:VEVENT"
}

func TestFloatingTimesAreInTheZoneThatTheirCalendarNames(t *testing.T) {
	const floating = ":20260903T083000"
	const described = "BEGIN:VTIMEZONE\r\nTZID:Our town\r\nBEGIN:STANDARD\r\nDTSTART:00010101T000000\r\nTZOFFSETFROM:-0400\r\n" +
		"TZOFFSETTO:-0400\r\nEND:STANDARD\r\nEND:VTIMEZONE"
	for _, c := range []struct{ name, file, want string }{
		{"none named", calendar(starting("a", floating)), "Europe/Paris"},
		{"named", calendar("X-WR-TIMEZONE:Indian/Reunion", starting("a", floating)), "Indian/Reunion"},
		{"named behind the event", calendar(starting("a", floating), "X-WR-TIMEZONE:Indian/Reunion"), "Indian/Reunion"},
		{"as Windows does", calendar("X-WR-TIMEZONE:Eastern Standard Time", starting("a", floating)), "America/New_York"},
		{"as the file describes it", calendar("X-WR-TIMEZONE:Our town", described, starting("a", floating)), "America/Cuiaba"},
		{"a name that means nothing", calendar("X-WR-TIMEZONE:Nowhere/Atall", starting("a", floating)), "Europe/Paris"},
		{"in the calendar before", calendar("X-WR-TIMEZONE:Indian/Reunion") + calendar(starting("a", floating)), "Europe/Paris"},
		{"but the event names its own", calendar("X-WR-TIMEZONE:Indian/Reunion", starting("a", ";TZID=Asia/Tokyo"+floating)), "Asia/Tokyo"},
		{"but the event is in UTC", calendar("X-WR-TIMEZONE:Indian/Reunion", starting("a", floating+"Z")), "UTC"},
	} {
		_, events := read(t, c.file, ical.ReadParams{Zone: "Europe/Paris"})
		if got := brief(events[0]); got != "a: 2026-09-03T08:30 "+c.want+" – 2026-09-03T08:30 "+c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestZonesNamedByTheirPlacesAreKnown(t *testing.T) {
	for id, want := range map[string]string{
		"(UTC+01:00) Brussels, Copenhagen, Madrid, Paris":               "Europe/Paris",
		"(UTC+02:00) Brussels, Copenhagen, Madrid, Paris":               "Europe/Paris", // as it is in summer
		"(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris":              "Europe/Paris",
		`(UTC+01:00) Brussels\, Copenhagen\, Madrid\, Paris`:            "Europe/Paris",
		"(GMT +01:00) Brussels, Copenhagen, Madrid, Paris, Vilnius":     "Europe/Paris",
		"(UTC+01:00) Amsterdam, Berlin, Berne, Rome, Stockholm, Vienne": "Europe/Berlin",
		"(UTC+00:00) Dublin, Edinburgh, Lisbon, London":                 "Europe/London",
		"(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London": "Europe/London",
		"(UTC-05:00) Eastern Time (US & Canada)":                        "America/New_York",
		"(UTC-05:00) Est (É.-U. et Canada)":                             "America/New_York",
		"(UTC-03:30) Terre-Neuve":                                       "America/St_Johns",
		"(UTC-04:00) Georgetown, La Paz, Manaus, San Juan":              "America/La_Paz",
		"(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi":               "Asia/Kolkata",
		"(UTC+08:00) Beijing, Chongqing, Hong Kong, Urumqi":             "Asia/Shanghai",
		"(UTC+11:00) Îles Salomon, Nouvelle-Calédonie":                  "Pacific/Guadalcanal",
		"(GMT+02:00) Athens, Istanbul, Minsk":                           "Europe/Bucharest", // the two others are at +03:00 today
		"(UTC) Coordinated Universal Time":                              "UTC",
		// What would be a guess is none:
		"(UTC+02:00) Athens, Beirut":   "", // two zones
		"(UTC+03:00) Paris":            "", // another hour
		"(UTC+01:00) Neverland":        "",
		"Brussels, Copenhagen, Madrid": "",
		"(UTC+01:00)":                  "",
	} {
		forms := []string{`;TZID="` + id + `":20260903T083000`}
		if !strings.Contains(id, " : ") {
			forms = append(forms, ";TZID="+id+":20260903T083000") // as nobody should write it
		}
		for _, start := range forms {
			c, faults, err := ical.Read(strings.NewReader(calendar(starting("a", start))), ical.ReadParams{})
			if err != nil {
				t.Fatal(err)
			}
			events := slices.Collect(c.Events)
			switch {
			case want == "" && (len(events) > 0 || len(faults) != 1 || code(faults[0]) != "ical.zone"):
				t.Errorf("%s: %d events, faults %v", start, len(events), faults)
			case want != "" && (len(events) != 1 || events[0].Start.Zone != want):
				t.Errorf("%s: faults %v, want %s", start, faults, want)
			}
		}
	}
}

func TestImpossibleYearsAreToldAsSuch(t *testing.T) {
	var lines, want []string
	for i, start := range []string{
		":00010101T000000Z", ":00010101T000000", ";VALUE=DATE:00010101", ";VALUE=DATE:00000101", ":99991231T240000Z",
		";TZID=Europe/Paris:00010101T000500", // in UTC it is in the year before
		":20260903T083000Z\r\nDTEND:00010101T000000Z", ";VALUE=DATE:20260903\r\nRRULE:FREQ=DAILY;UNTIL=00000101",
	} {
		lines = append(lines, starting(fmt.Sprint(i), start))
		want = append(want, "ical.year")
	}
	want[len(want)-1] = "ical.rule"
	lines = append(lines, starting("leap", ";VALUE=DATE:16040229\r\nRRULE:FREQ=YEARLY")) // a birthday of an unknown year, as Apple keeps it
	c, faults, err := ical.Read(strings.NewReader(calendar(lines...)), ical.ReadParams{Zone: "Europe/Paris"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range faults {
		got = append(got, code(f))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if events := slices.Collect(c.Events); len(events) != 1 || events[0].UID != "leap" {
		t.Errorf("%d events are read", len(events))
	}
}
