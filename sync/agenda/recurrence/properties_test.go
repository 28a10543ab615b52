package recurrence_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/sync/agenda/recurrence"
)

// drawSeries draws a series with exceptions, additions and an occurrence that was moved.
func drawSeries(t *rapid.T) *storage.Reservation {
	days := rapid.Bool().Draw(t, "whole days")
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "day"))
	start = start.Add(time.Duration(rapid.IntRange(0, 47).Draw(t, "half hour")) * 30 * time.Minute)
	text := start.Format("2006-01-02T15:04")
	if days {
		text = start.Format("2006-01-02")
	}
	r := series(text, rapid.SampledFrom([]string{
		"FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,SU", "FREQ=MONTHLY",
		"FREQ=MONTHLY;BYMONTHDAY=-1,15", "FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU,-1FR", "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=WEEKLY;WKST=SU;INTERVAL=2;BYDAY=SU,TU",
	}).Draw(t, "rule"))
	r.Zone = rapid.SampledFrom([]string{"Europe/Paris", "America/New_York", "Indian/Reunion", "Australia/Lord_Howe"}).Draw(t, "zone")
	switch rapid.IntRange(0, 2).Draw(t, "end") {
	case 1:
		r.Recurrence.Rule += ";COUNT=" + []string{"1", "2", "7", "40"}[rapid.IntRange(0, 3).Draw(t, "count")]
	case 2:
		if days {
			r.Recurrence.Rule += ";UNTIL=20261001"
		} else {
			r.Recurrence.Rule += ";UNTIL=20261001T103000Z"
		}
	}
	all := whole(t, r)
	pick := func(what string) (storage.LocalTime, bool) {
		if len(all) < 2 || !rapid.Bool().Draw(t, what) {
			return storage.LocalTime{}, false
		}
		return all[rapid.IntRange(1, len(all)-1).Draw(t, what+" at")].Original, true
	}
	moved, move := pick("moved")
	if move {
		to := moved.AddDays(rapid.IntRange(-40, 40).Draw(t, "by"))
		r.Overrides = []storage.Override{{Original: moved, Start: to, End: to.AddDays(1), Details: storage.Details{Title: "Autre", Status: "option"}}}
	}
	if l, ok := pick("left out"); ok && l != moved {
		r.Recurrence.Except = []storage.LocalTime{l}
	}
	if rapid.Bool().Draw(t, "added") {
		r.Recurrence.Extra = []storage.LocalTime{r.Start.AddDays(rapid.IntRange(1, 300).Draw(t, "added at"))}
	}
	return r
}

func between(t *rapid.T, r *storage.Reservation, from, to time.Time) []recurrence.Occurrence {
	all, err := recurrence.Expand(r, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// whole expands a series over the years that the properties look at.
func whole(t *rapid.T, r *storage.Reservation) []recurrence.Occurrence {
	return between(t, r, time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC))
}

// told says an occurrence in a line.
func told(all []recurrence.Occurrence) (lines []string) {
	for _, o := range all {
		lines = append(lines, o.Start.String()+"/"+o.End.String()+" "+o.From.UTC().String()+" "+o.Details.Title)
	}
	slices.Sort(lines)
	return lines
}

func TestAWindowShowsWhatALargerOneShowsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawSeries(t)
		from := time.Date(2023, 6, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 30_000).Draw(t, "from")) * time.Hour)
		to := from.Add(time.Duration(rapid.IntRange(1, 9000).Draw(t, "hours")) * time.Hour)
		var want []recurrence.Occurrence
		for _, o := range whole(t, r) {
			if o.From.Before(to) && o.To.After(from) {
				want = append(want, o)
			}
		}
		if to.Year() > 2027 {
			return
		}
		if got := told(between(t, r, from, to)); !slices.Equal(got, told(want)) {
			t.Fatal(cmp.Diff(told(want), got))
		}
	})
}

func TestTheTwoHalvesOfACutSeriesAreTheSeries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawSeries(t)
		all := whole(t, r)
		if len(all) == 0 {
			return
		}
		at := all[rapid.IntRange(0, len(all)-1).Draw(t, "at")]
		now, rest, err := recurrence.Change(r, at.Original, recurrence.Following, func(*recurrence.Draft) {})
		if err != nil {
			t.Fatal(err)
		}
		got := told(whole(t, now))
		if rest != nil {
			got = append(got, told(whole(t, rest))...)
			slices.Sort(got)
		}
		if !slices.Equal(got, told(all)) {
			t.Fatalf("cut at %s: %s\nnow %+v\nrest %+v", at.Original, cmp.Diff(told(all), got), now.Recurrence, rest)
		}
		left, err := recurrence.Remove(r, at.Original, recurrence.Following)
		if err != nil {
			t.Fatal(err)
		}
		if left != nil && slices.ContainsFunc(whole(t, left), func(o recurrence.Occurrence) bool { return !o.Original.Before(at.Original) }) {
			t.Fatalf("cut at %s leaves later ones: %v", at.Original, told(whole(t, left)))
		}
	})
}

func TestAChangeOfOneOccurrenceLeavesTheOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawSeries(t)
		all := whole(t, r)
		if len(all) == 0 {
			return
		}
		i := rapid.IntRange(0, len(all)-1).Draw(t, "at")
		now, rest, err := recurrence.Change(r, all[i].Original, recurrence.This, func(d *recurrence.Draft) { d.Title = "Ceci" })
		if err != nil || rest != nil {
			t.Fatal(rest, err)
		}
		want := slices.Clone(all)
		d := *all[i].Details
		d.Title = "Ceci"
		want[i].Details = &d
		if got := told(whole(t, now)); !slices.Equal(got, told(want)) {
			t.Fatal(cmp.Diff(told(want), got))
		}
		gone, err := recurrence.Remove(r, all[i].Original, recurrence.This)
		if err != nil {
			t.Fatal(err)
		}
		var left []string
		if gone != nil {
			left = told(whole(t, gone))
		}
		if !slices.Equal(left, told(slices.Delete(slices.Clone(all), i, i+1))) {
			t.Fatalf("removed %s: left %v", all[i].Original, left)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"FREQ=WEEKLY;BYDAY=MO", "FREQ=HOURLY;BYHOUR=3", "FREQ=YEARLY;BYDAY=-53SU;COUNT=3", "FREQ=MONTHLY;BYSETPOS=2;BYDAY=1MO"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := recurrence.Parse(text)
		if err != nil {
			return
		}
		again, err := recurrence.Parse(r.String())
		if err != nil || again.String() != r.String() {
			t.Fatalf("%q became %q, then %q, %v", text, r, again, err)
		}
		reservation := series("2026-03-02T09:00", text)
		if recurrence.Validate(reservation) != nil {
			return
		}
		_, err = recurrence.Expand(reservation, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
		var p *storage.Problem
		if err != nil && !asProblem(err, &p) {
			t.Fatal(err)
		}
	})
}

func asProblem(err error, p **storage.Problem) bool {
	var ok bool
	*p, ok = err.(*storage.Problem) //nolint:errorlint // returned as it is made
	return ok
}
