package ical_test

import (
	"strings"
	"testing"

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
