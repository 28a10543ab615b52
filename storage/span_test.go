package storage_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"diapason/storage"
)

// Whatever a rule says, no occurrence lies outside of the span. Another library expands it.
func TestNoOccurrenceLiesOutsideOfTheSpan(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := drawSeries(rt)
		from, to := r.Span()
		set, err := rrule.StrToRRule(fmt.Sprintf("DTSTART:%s\nRRULE:%s", r.Start.Wall().Format("20060102T150405Z"), r.Recurrence.Rule))
		if err != nil {
			rt.Skip(err) // no occurrence at all, as that library sees it
		}
		length := r.End.Wall().Sub(r.Start.Wall())
		next := set.Iterator()
		for range 60 {
			begins, more := next()
			if !more {
				return
			}
			if begins.Before(from) || !to.IsZero() && begins.Add(length).After(to) {
				rt.Fatalf("%s from %s: an occurrence at %s, span from %s to %s", r.Recurrence.Rule, r.Start, begins, from, to)
			}
		}
	})
}

func drawSeries(t *rapid.T) *storage.Reservation {
	start := time.Date(2026, 1, 1, rapid.IntRange(0, 23).Draw(t, "hour"), 30, 0, 0, time.UTC).
		AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "day"))
	r := &storage.Reservation{Start: storage.LocalOf(start), End: storage.LocalOf(start.Add(2 * time.Hour))}
	rule := "FREQ=" + rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "frequency")
	if n := rapid.IntRange(0, 5).Draw(t, "interval"); n > 0 {
		rule += fmt.Sprintf(";INTERVAL=%d", n)
	}
	switch rapid.IntRange(0, 2).Draw(t, "end") {
	case 0:
		rule += fmt.Sprintf(";COUNT=%d", rapid.IntRange(1, 40).Draw(t, "count"))
	case 1:
		until := start.AddDate(0, 0, rapid.IntRange(0, 900).Draw(t, "until"))
		rule += ";UNTIL=" + rapid.SampledFrom([]string{until.Format("20060102"), until.Format("20060102T150405Z")}).Draw(t, "form")
	}
	// No two of one line together: the library looks until the year 9999 for a 31st that is a fifth Friday.
	for _, parts := range [][]string{
		{
			"BYDAY=MO", "BYDAY=MO,WE,FR", "BYDAY=-1SU", "BYDAY=1MO,3MO", "BYDAY=5FR", "BYDAY=SA,5SU",
			"BYMONTHDAY=1", "BYMONTHDAY=31", "BYMONTHDAY=-1", "BYMONTHDAY=29,30",
		},
		{"BYMONTH=1,3", "BYMONTH=6,7"},
		{"BYSETPOS=1", "BYSETPOS=-1"},
		{"WKST=SU"},
	} {
		if rapid.IntRange(0, 2).Draw(t, "with") == 0 {
			rule += ";" + rapid.SampledFrom(parts).Draw(t, "part")
		}
	}
	r.Recurrence = &storage.Recurrence{Rule: rule}
	return r
}

// A bound that is known keeps a short series out of every later month.
func TestAShortSeriesHasANearEnd(t *testing.T) {
	tests := []struct{ start, rule, atMost string }{
		{"2026-01-05T10:00", "FREQ=DAILY;COUNT=10", "2026-01-16"},
		{"2026-01-05T10:00", "FREQ=DAILY;BYDAY=MO,TU;COUNT=4", "2026-02-15"},
		{"2026-01-05T10:00", "FREQ=WEEKLY;BYDAY=MO;INTERVAL=2;COUNT=5;WKST=SU", "2026-04-01"},
		{"2026-01-28T10:00", "FREQ=MONTHLY;COUNT=3", "2026-05-30"},
		{"2026-01-05T10:00", "FREQ=MONTHLY;BYDAY=1MO;COUNT=3", "2026-05-30"},
		{"2026-01-05T10:00", "FREQ=YEARLY;COUNT=2", "2028-01-06"},
		{"2026-01-05T10:00", "FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20260701", "2026-07-03"},
		{"2026-01-05T10:00", "FREQ=WEEKLY;UNTIL=20260701T080000Z", "2026-07-02"},
	}
	for _, tt := range tests {
		start, limit := local(t, tt.start), local(t, tt.atMost)
		r := storage.Reservation{Start: start, End: start.Add(time.Hour), Recurrence: &storage.Recurrence{Rule: tt.rule}}
		if _, to := r.Span(); to.IsZero() || to.After(limit.Wall()) {
			t.Errorf("%s from %s ends at %s", tt.rule, tt.start, to)
		}
	}
}

func local(t *testing.T, s string) storage.LocalTime {
	t.Helper()
	l, err := storage.ParseLocalTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
