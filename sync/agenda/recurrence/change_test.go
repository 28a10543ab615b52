package recurrence_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/recurrence"
)

const year, after = "2026-01-01", "2027-01-01"

func change(
	t testing.TB, r *storage.Reservation, at string, scope recurrence.Scope, f func(*recurrence.Draft),
) (now, rest *storage.Reservation) {
	t.Helper()
	now, rest, err := recurrence.Change(r, local(at), scope, f)
	if err != nil {
		t.Fatal(err)
	}
	return now, rest
}

func moveTo(start string) func(*recurrence.Draft) {
	return func(d *recurrence.Draft) {
		length := d.End.Wall().Sub(d.Start.Wall())
		d.Start = local(start)
		d.End = d.Start.Add(length)
	}
}

func TestThisOccurrenceAloneIsMoved(t *testing.T) {
	r := series("2026-03-02T09:00", "FREQ=WEEKLY;COUNT=3")
	now, rest := change(t, r, "2026-03-09T09:00", recurrence.This, moveTo("2026-03-10T14:00"))
	want := []string{"2026-03-02T09:00", "2026-03-10T14:00", "2026-03-16T09:00"}
	if got := starts(expand(t, now, year, after)); rest != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, rest %v", got, rest)
	}
	back, _ := change(t, now, "2026-03-09T09:00", recurrence.This, moveTo("2026-03-09T09:00"))
	if len(back.Overrides) != 0 {
		t.Errorf("an occurrence that is as its series says differs: %v", back.Overrides)
	}
	if len(r.Overrides) != 0 {
		t.Error("the reservation that was given was changed")
	}
}

func TestFollowingOccurrencesBecomeASeriesOfTheirOwn(t *testing.T) {
	r := series("2026-03-02T09:00", "FREQ=WEEKLY;COUNT=5")
	r.Recurrence.Except = locals("2026-03-09T09:00", "2026-03-30T09:00")
	r.Overrides = []storage.Override{{
		Original: local("2026-03-23T09:00"), Start: local("2026-03-24T10:00"), End: local("2026-03-24T11:00"), Details: r.Details,
	}}
	now, rest := change(t, r, "2026-03-16T09:00", recurrence.Following, func(d *recurrence.Draft) { d.Title = "Concert" })
	if got := starts(expand(t, now, year, after)); !slices.Equal(got, []string{"2026-03-02T09:00"}) {
		t.Errorf("before: %v", got)
	}
	var got []string
	for _, o := range expand(t, rest, year, after) {
		got = append(got, o.Start.String()+" "+o.Details.Title)
	}
	// COUNT goes on counting: the fifth is the last.
	want := []string{"2026-03-16T09:00 Concert", "2026-03-24T10:00 Concert"}
	if !slices.Equal(got, want) || rest.UID != "" || rest.ID != "" || rest.Revision != 0 {
		t.Errorf("after: %v, %+v", got, rest)
	}
	if rest.Recurrence.Rule != "FREQ=WEEKLY;COUNT=3" || !slices.Equal(rest.Recurrence.Except, locals("2026-03-30T09:00")) {
		t.Errorf("the rest: %+v", rest.Recurrence)
	}
}

func TestFollowingFromTheFirstIsTheWholeSeries(t *testing.T) {
	r := series("2026-03-02T09:00", "FREQ=WEEKLY;COUNT=2")
	now, rest := change(t, r, "2026-03-02T09:00", recurrence.Following, moveTo("2026-03-02T11:00"))
	if got := starts(expand(t, now, year, after)); rest != nil || now.UID != r.UID || !slices.Equal(got, []string{"2026-03-02T11:00", "2026-03-09T11:00"}) {
		t.Errorf("got %v, rest %v", got, rest)
	}
}

func TestAllOccurrencesMoveWithTheOneThatIsMoved(t *testing.T) {
	tests := []struct {
		name, start, rule, at, to, wantRule string
		want                                []string
	}{
		{
			"an hour later", "2026-03-02T09:00", "FREQ=WEEKLY;UNTIL=20260316T080000Z", "2026-03-09T09:00", "2026-03-09T10:00",
			"FREQ=WEEKLY;UNTIL=20260316T090000Z",
			[]string{"2026-03-02T10:00", "2026-03-09T10:00", "2026-03-16T10:00"},
		},
		{
			"to the next day", "2026-03-02T09:00", "FREQ=WEEKLY;COUNT=3;BYDAY=MO,TH", "2026-03-05T09:00", "2026-03-06T09:00",
			"FREQ=WEEKLY;COUNT=3;BYDAY=TU,FR",
			[]string{"2026-03-03T09:00", "2026-03-06T09:00", "2026-03-10T09:00"},
		},
		{
			"over the end of the week, every other week", "2026-03-02T09:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=3;BYDAY=MO,SU",
			"2026-03-08T09:00", "2026-03-09T09:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=3;WKST=TU;BYDAY=TU,MO",
			[]string{"2026-03-03T09:00", "2026-03-09T09:00", "2026-03-17T09:00"},
		},
		{
			"by the day of the month", "2026-03-15T09:00", "FREQ=MONTHLY;COUNT=2;BYMONTHDAY=15", "2026-04-15T09:00", "2026-04-17T09:00",
			"FREQ=MONTHLY;COUNT=2;BYMONTHDAY=17",
			[]string{"2026-03-17T09:00", "2026-04-17T09:00"},
		},
		{
			"by the weekday of the month", "2026-03-10T09:00", "FREQ=MONTHLY;COUNT=2;BYDAY=2TU", "2026-03-10T09:00", "2026-03-18T09:00",
			"FREQ=MONTHLY;COUNT=2;BYDAY=3WE",
			[]string{"2026-03-18T09:00", "2026-04-15T09:00"},
		},
		{
			"from an hour to whole days", "2026-03-02T09:00", "FREQ=DAILY;UNTIL=20260303T080000Z", "2026-03-02T09:00", "2026-03-02",
			"FREQ=DAILY;UNTIL=20260303",
			[]string{"2026-03-02", "2026-03-03"},
		},
		{
			"from whole days to an hour", "2026-03-02", "FREQ=DAILY;UNTIL=20260303", "2026-03-03", "2026-03-03T09:00",
			"FREQ=DAILY;UNTIL=20260303T225959Z",
			[]string{"2026-03-02T09:00", "2026-03-03T09:00"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now, rest := change(t, series(tt.start, tt.rule), tt.at, recurrence.All, func(d *recurrence.Draft) {
				d.Start = local(tt.to)
				d.End = d.Start.Add(time.Hour)
				if d.Start.IsDay() {
					d.End = d.Start.AddDays(1)
				}
			})
			if got := starts(expand(t, now, year, after)); rest != nil || !slices.Equal(got, tt.want) || now.Recurrence.Rule != tt.wantRule {
				t.Errorf("got %v by %s", got, now.Recurrence.Rule)
			}
		})
	}
}

func TestOccurrencesThatDifferFollowTheirSeriesWhereTheyDoNot(t *testing.T) {
	r := series("2026-03-02T09:00", "FREQ=WEEKLY;COUNT=4")
	renamed := r.Details
	renamed.Title = "Générale"
	r.Recurrence.Except = locals("2026-03-23T09:00")
	r.Overrides = []storage.Override{
		{Original: local("2026-03-09T09:00"), Start: local("2026-03-09T09:00"), End: local("2026-03-09T10:00"), Details: renamed},
		{Original: local("2026-03-16T09:00"), Start: local("2026-03-18T20:00"), End: local("2026-03-18T21:00"), Details: r.Details},
	}
	now, _ := change(t, r, "2026-03-02T09:00", recurrence.All, func(d *recurrence.Draft) {
		moveTo("2026-03-02T10:00")(d)
		d.Address = "12 rue de l’Exemple"
	})
	var got []string
	for _, o := range expand(t, now, year, after) {
		got = append(got, o.Start.String()+" "+o.Details.Title+" "+o.Details.Address)
	}
	want := []string{
		"2026-03-02T10:00 Répétition 12 rue de l’Exemple", "2026-03-09T10:00 Générale 12 rue de l’Exemple",
		"2026-03-18T20:00 Répétition 12 rue de l’Exemple",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestAnotherRuleDropsTheExceptionsItHasNoDatesFor(t *testing.T) {
	r := series("2026-03-02T09:00", "FREQ=WEEKLY;COUNT=4")
	r.Recurrence.Except = locals("2026-03-09T09:00", "2026-03-16T09:00")
	now, _ := change(t, r, "2026-03-02T09:00", recurrence.All, func(d *recurrence.Draft) {
		d.Recurrence.Rule = "FREQ=WEEKLY;INTERVAL=2;COUNT=2"
	})
	if got := starts(expand(t, now, year, after)); !slices.Equal(got, []string{"2026-03-02T09:00"}) ||
		!slices.Equal(now.Recurrence.Except, locals("2026-03-16T09:00")) {
		t.Errorf("got %v, left out %v", got, now.Recurrence.Except)
	}
	tuesdays, _ := change(t, r, "2026-03-02T09:00", recurrence.All, func(d *recurrence.Draft) {
		d.Recurrence = &storage.Recurrence{Rule: "FREQ=WEEKLY;BYDAY=TU;COUNT=2"}
	})
	if got := starts(expand(t, tuesdays, year, after)); !slices.Equal(got, []string{"2026-03-03T09:00", "2026-03-10T09:00"}) {
		t.Errorf("a series begins on a date of its rule, got %v", got)
	}
	once, _ := change(t, r, "2026-03-23T09:00", recurrence.All, func(d *recurrence.Draft) { d.Recurrence = nil })
	if once.Recurrence != nil || len(expand(t, once, year, after)) != 1 {
		t.Errorf("the end of a repetition leaves %+v", once)
	}
}

func TestWhatBelongsToTheSeriesIsNotChangedInOneOccurrence(t *testing.T) {
	r := series("2026-03-02T09:00", "FREQ=WEEKLY;COUNT=4")
	_, _, err := recurrence.Change(r, local("2026-03-09T09:00"), recurrence.This, func(d *recurrence.Draft) { d.TypeID = "other" })
	var p *storage.Problem
	if !errors.As(err, &p) || p.Code != "recurrence.wholeSeries" {
		t.Errorf("got %v", err)
	}
	_, _, err = recurrence.Change(r, local("2026-03-10T09:00"), recurrence.This, func(*recurrence.Draft) {})
	if !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("an occurrence that is none: %v", err)
	}
}

func TestRemovingLeavesTheOthers(t *testing.T) {
	r := series("2026-03-02T09:00", "FREQ=WEEKLY;COUNT=4")
	r.Recurrence.Extra = locals("2026-03-11T09:00")
	tests := []struct {
		at    string
		scope recurrence.Scope
		want  []string
	}{
		{"2026-03-09T09:00", recurrence.This, []string{"2026-03-02T09:00", "2026-03-11T09:00", "2026-03-16T09:00", "2026-03-23T09:00"}},
		{"2026-03-11T09:00", recurrence.This, []string{"2026-03-02T09:00", "2026-03-09T09:00", "2026-03-16T09:00", "2026-03-23T09:00"}},
		{"2026-03-16T09:00", recurrence.Following, []string{"2026-03-02T09:00", "2026-03-09T09:00", "2026-03-11T09:00"}},
		{"2026-03-11T09:00", recurrence.Following, []string{"2026-03-02T09:00", "2026-03-09T09:00"}},
		{"2026-03-02T09:00", recurrence.Following, nil},
		{"2026-03-16T09:00", recurrence.All, nil},
	}
	for _, tt := range tests {
		now, err := recurrence.Remove(r, local(tt.at), tt.scope)
		if err != nil {
			t.Fatal(err)
		}
		if now == nil {
			if tt.want != nil {
				t.Errorf("%s, %s: nothing is left", tt.at, tt.scope)
			}
			continue
		}
		if got := starts(expand(t, now, year, after)); !slices.Equal(got, tt.want) {
			t.Errorf("%s, %s: left %v, want %v", tt.at, tt.scope, got, tt.want)
		}
	}
	last := series("2026-03-02T09:00", "FREQ=WEEKLY;COUNT=1")
	if now, err := recurrence.Remove(last, last.Start, recurrence.This); now != nil || err != nil {
		t.Errorf("the only occurrence left %v, %v", now, err)
	}
}

func TestANightOnWhichTheClocksChangeIsEditedAsAnyOther(t *testing.T) {
	const night = "2026-10-24T22:00" // shown until 5:00
	ends := func(r *storage.Reservation) (all []string) {
		for _, o := range expand(t, r, year, after) {
			all = append(all, o.Start.String()+" "+o.End.String()[11:])
		}
		return all
	}
	rename := func(d *recurrence.Draft) { d.Title = "Garde" }
	for _, tt := range []struct {
		name   string
		at     string
		scope  recurrence.Scope
		change func(*recurrence.Draft)
		want   []string // of the series, then of the rest
	}{
		{"renamed", night, recurrence.This, rename, []string{"2026-10-17T22:00 06:00", "2026-10-24T22:00 05:00", "2026-10-31T22:00 06:00"}},
		{"and those after it", night, recurrence.Following, rename, []string{"2026-10-17T22:00 06:00", "2026-10-24T22:00 05:00", "2026-10-31T22:00 06:00"}},
		{"until 6:00 that once", night, recurrence.This, func(d *recurrence.Draft) { d.End = local("2026-10-25T06:00") }, []string{
			"2026-10-17T22:00 06:00", "2026-10-24T22:00 06:00", "2026-10-31T22:00 06:00",
		}},
		{"all an hour longer", night, recurrence.All, func(d *recurrence.Draft) { d.End = local("2026-10-25T06:00") }, []string{
			"2026-10-17T22:00 07:00", "2026-10-24T22:00 06:00", "2026-10-31T22:00 07:00",
		}},
		{"all a day later, dragged from that night", night, recurrence.All, moveTo("2026-10-25T22:00"), []string{
			"2026-10-18T22:00 06:00", "2026-10-25T22:00 06:00", "2026-11-01T22:00 06:00",
		}},
		{"all a day later, dragged from another", "2026-10-17T22:00", recurrence.All, moveTo("2026-10-16T22:00"), []string{
			"2026-10-16T22:00 06:00", "2026-10-23T22:00 06:00", "2026-10-30T22:00 06:00",
		}},
	} {
		now, rest := change(t, nights("2026-10-17T22:00", 3), tt.at, tt.scope, tt.change)
		got := ends(now)
		if rest != nil {
			got = append(got, ends(rest)...)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if tt.scope == recurrence.This {
			back, _ := change(t, now, tt.at, recurrence.This, func(d *recurrence.Draft) { d.Title, d.End = "Répétition", local("2026-10-25T05:00") })
			if len(back.Overrides) > 0 {
				t.Errorf("%s: taken back, it still differs: %+v", tt.name, back.Overrides)
			}
		}
	}
	single := nights("2026-10-17T22:00", 1)
	single.Recurrence = nil
	now, _ := change(t, single, "2026-10-17T22:00", recurrence.All, moveTo(night))
	if got := ends(now); !slices.Equal(got, []string{"2026-10-24T22:00 06:00"}) {
		t.Errorf("what stands alone is where it was put: %v", got)
	}
}
