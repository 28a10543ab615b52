package timetable_test

import (
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/timetable"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func at(hour, minute int) int { return hour*60 + minute }

func daily(hour, minute int) storage.Rule {
	return storage.Rule{Kind: storage.RuleDaily, At: at(hour, minute)}
}

func workingDays(hour, minute int) storage.Rule {
	return storage.Rule{Kind: storage.RuleWorkingDays, At: at(hour, minute)}
}

func every(d time.Duration) storage.Rule {
	return storage.Rule{Kind: storage.RuleInterval, Every: d}
}

// TestSlotsAroundChangesOfTheClock writes the slots that follow an instant, in UTC.
func TestSlotsAroundChangesOfTheClock(t *testing.T) {
	tests := []struct {
		name  string
		zone  string
		rule  storage.Rule
		after string
		want  []string
	}{
		{
			"Paris springs forward in 2026: 02:30 is due at 03:00", "Europe/Paris", daily(2, 30), "2026-03-28T00:00:00Z",
			[]string{"2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
		},
		{
			"Paris springs forward in 2027", "Europe/Paris", daily(2, 30), "2027-03-27T00:00:00Z",
			[]string{"2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"},
		},
		{
			"02:00 is the first time that is skipped", "Europe/Paris", daily(2, 0), "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
		},
		{
			"01:59 and 03:00 are not skipped", "Europe/Paris", daily(1, 59), "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T00:59:00Z", "2026-03-29T23:59:00Z"},
		},
		{
			"03:00 comes once", "Europe/Paris", daily(3, 0), "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z"},
		},
		{
			"Paris falls back in 2026: 02:30 comes twice and is due the first time", "Europe/Paris", daily(2, 30), "2026-10-24T12:00:00Z",
			[]string{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		},
		{
			"asked between the two, the second is not due", "Europe/Paris", daily(2, 30), "2026-10-25T01:00:00Z",
			[]string{"2026-10-26T01:30:00Z"},
		},
		{
			"02:00 comes twice too, 03:00 once", "Europe/Paris", daily(2, 0), "2026-10-24T12:00:00Z",
			[]string{"2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z"},
		},
		{
			"a day of 25 hours has one 09:00", "Europe/Paris", daily(9, 0), "2026-10-24T06:00:00Z",
			[]string{"2026-10-24T07:00:00Z", "2026-10-25T08:00:00Z", "2026-10-26T08:00:00Z"},
		},
		{
			"the first working day after the change", "Europe/Paris", workingDays(2, 30), "2026-03-27T12:00:00Z",
			[]string{"2026-03-30T00:30:00Z"},
		},
		{
			"New York springs forward", "America/New_York", daily(2, 15), "2026-03-07T12:00:00Z",
			[]string{"2026-03-08T07:00:00Z", "2026-03-09T06:15:00Z"},
		},
		{
			"New York falls back", "America/New_York", daily(1, 30), "2026-10-31T12:00:00Z",
			[]string{"2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"},
		},
		{
			"Lord Howe skips half an hour only", "Australia/Lord_Howe", daily(2, 10), "2026-10-03T00:00:00Z",
			[]string{"2026-10-03T15:30:00Z", "2026-10-04T15:10:00Z"},
		},
		{
			"Beirut springs forward at midnight: 00:30 is due at 01:00 of the same day", "Asia/Beirut", daily(0, 30), "2026-03-28T12:00:00Z",
			[]string{"2026-03-28T22:00:00Z", "2026-03-29T21:30:00Z"},
		},
		{
			"La Réunion changes nothing", "Indian/Reunion", daily(2, 30), "2026-03-28T12:00:00Z",
			[]string{"2026-03-28T22:30:00Z", "2026-03-29T22:30:00Z"},
		},
		{
			"Guadeloupe and Nouméa are on other days", "Pacific/Noumea", daily(9, 0), "2026-03-28T12:00:00Z",
			[]string{"2026-03-28T22:00:00Z", "2026-03-29T22:00:00Z"},
		},
		{
			"Samoa had no 30 December 2011: that day has no slot, and the next has one", "Pacific/Apia", daily(9, 0), "2011-12-29T00:00:00Z",
			[]string{"2011-12-29T19:00:00Z", "2011-12-30T19:00:00Z"},
		},
		{
			"Istanbul stayed on summer time in 2016", "Europe/Istanbul", daily(9, 0), "2016-10-29T12:00:00Z",
			[]string{"2016-10-30T06:00:00Z", "2016-10-31T06:00:00Z", "2016-11-01T06:00:00Z"},
		},
		{
			"São Paulo's last summer time ended in 2019, at midnight: 23:30 came twice", "America/Sao_Paulo", daily(23, 30), "2019-02-15T12:00:00Z",
			[]string{"2019-02-16T01:30:00Z", "2019-02-17T01:30:00Z", "2019-02-18T02:30:00Z"},
		},
		{
			"every six hours whatever the clocks do", "Europe/Paris", every(6 * time.Hour), "2026-03-28T18:00:00Z",
			[]string{"2026-03-29T00:00:00Z", "2026-03-29T06:00:00Z", "2026-03-29T12:00:00Z"},
		},
		{
			"every seven hours too", "Europe/Paris", every(7 * time.Hour), "2026-10-25T00:00:00Z",
			[]string{"2026-10-25T05:00:00Z", "2026-10-25T12:00:00Z"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z, after := zone(t, tt.zone), instant(t, tt.after)
			for _, want := range tt.want {
				got := timetable.Next(tt.rule, z, after)
				if !got.Equal(instant(t, want)) || got.Location() != time.UTC {
					t.Fatalf("after %s: %s (%s there), want %s", after, got, got.In(z), want)
				}
				after = got
			}
		})
	}
}

func TestWorkingDaysLeaveOutWeekendsAndPublicHolidays(t *testing.T) {
	tests := []struct {
		name, zone, after, want string // want: the next working day there
	}{
		{"from Friday to Monday", "Europe/Paris", "2026-11-20", "2026-11-23"},
		{"Easter Monday 2026", "Europe/Paris", "2026-04-03", "2026-04-07"},
		{"Labour Day, a Friday in 2026", "Europe/Paris", "2026-04-30", "2026-05-04"},
		{"Ascension 2026", "Europe/Paris", "2026-05-13", "2026-05-15"},
		{"Whit Monday 2026", "Europe/Paris", "2026-05-22", "2026-05-26"},
		{"14 July", "Europe/Paris", "2026-07-13", "2026-07-15"},
		{"Armistice", "Europe/Paris", "2026-11-10", "2026-11-12"},
		{"Christmas, a Friday in 2026", "Europe/Paris", "2026-12-24", "2026-12-28"},
		{"New Year, a Friday in 2027", "Europe/Paris", "2026-12-31", "2027-01-04"},
		{"20 December in La Réunion, a Monday in 2027", "Indian/Reunion", "2027-12-17", "2027-12-21"},
		{"20 December in Paris", "Europe/Paris", "2027-12-17", "2027-12-20"},
		{"27 May in Guadeloupe", "America/Guadeloupe", "2026-05-26", "2026-05-28"},
		{"22 May in Martinique, a Friday, then Whit Monday", "America/Martinique", "2026-05-21", "2026-05-26"},
		{"21 July in Brussels", "Europe/Brussels", "2026-07-20", "2026-07-22"},
		{"14 July in New York is a working day", "America/New_York", "2026-07-13", "2026-07-14"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := zone(t, tt.zone)
			day, err := time.ParseInLocation("2006-01-02", tt.after, z)
			if err != nil {
				t.Fatal(err)
			}
			got := timetable.Next(workingDays(9, 0), z, day.Add(12*time.Hour)).In(z)
			if got.Format("2006-01-02 15:04") != tt.want+" 09:00" {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestLatestSlotStandsForThoseThatPassed(t *testing.T) {
	paris := zone(t, "Europe/Paris")
	tests := []struct {
		name            string
		rule            storage.Rule
		next, now, want string
		passed          int
	}{
		{"not due", every(time.Hour), "2026-11-19T09:00:00Z", "2026-11-19T08:59:59Z", "", 0},
		{"due now", every(time.Hour), "2026-11-19T09:00:00Z", "2026-11-19T09:00:00Z", "2026-11-19T09:00:00Z", 0},
		{"eight hours of sleep", every(time.Hour), "2026-11-19T22:00:00Z", "2026-11-20T06:20:00Z", "2026-11-20T06:00:00Z", 8},
		{"a slot of an earlier rule", every(6 * time.Hour), "2026-11-19T07:00:00Z", "2026-11-19T08:00:00Z", "2026-11-19T07:00:00Z", 0},
		{"three days off", daily(9, 0), "2026-11-19T08:00:00Z", "2026-11-21T08:30:00Z", "2026-11-21T08:00:00Z", 2},
		{"a weekend passes nothing over", workingDays(9, 0), "2026-11-20T08:00:00Z", "2026-11-22T20:00:00Z", "2026-11-20T08:00:00Z", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			slot, passed := timetable.Latest(tt.rule, paris, instant(t, tt.next), instant(t, tt.now))
			var want time.Time
			if tt.want != "" {
				want = instant(t, tt.want)
			}
			if !slot.Equal(want) || passed != tt.passed {
				t.Errorf("%s, %d passed", slot, passed)
			}
		})
	}
}

func TestGraceAndOverdue(t *testing.T) {
	paris := zone(t, "Europe/Paris")
	tests := []struct {
		name           string
		rule           storage.Rule
		grace          time.Duration
		since, overdue string
	}{
		{"hourly", every(time.Hour), 24 * time.Hour, "2026-11-19T09:05:00Z", "2026-11-19T11:30:00Z"},
		{"weekly", every(168 * time.Hour), 72 * time.Hour, "2026-11-19T09:05:00Z", "2026-12-03T01:00:00Z"},
		{"daily", daily(9, 0), 24 * time.Hour, "2026-11-19T08:05:00Z", "2026-11-21T09:00:00Z"},
		{"working days, over a weekend", workingDays(9, 0), 24 * time.Hour, "2026-11-19T08:05:00Z", "2026-11-23T09:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := timetable.Grace(tt.rule); got != tt.grace {
				t.Errorf("grace %s", got)
			}
			if got := timetable.Overdue(tt.rule, paris, instant(t, tt.since)); !got.Equal(instant(t, tt.overdue)) {
				t.Errorf("overdue at %s", got)
			}
		})
	}
}

func TestNightTimesAreAdvisedAgainst(t *testing.T) {
	for rule, want := range map[storage.Rule]bool{
		daily(0, 59): false, daily(1, 0): true, daily(3, 59): true, daily(4, 0): false,
		workingDays(2, 30): true, every(2 * time.Hour): false,
	} {
		if timetable.AtNight(rule) != want {
			t.Errorf("%+v", rule)
		}
	}
}
