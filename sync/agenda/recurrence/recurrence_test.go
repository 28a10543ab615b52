package recurrence_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/recurrence"
)

// local reads a civil time of a test.
func local(s string) storage.LocalTime {
	l, err := storage.ParseLocalTime(s)
	if err != nil {
		panic(err)
	}
	return l
}

func locals(list ...string) (all []storage.LocalTime) {
	for _, s := range list {
		all = append(all, local(s))
	}
	return all
}

// series makes a reservation of an hour, or of a day, in Paris.
func series(start, rule string) *storage.Reservation {
	r := &storage.Reservation{
		ID: "r", UID: "r@example.com", TypeID: "t", Zone: "Europe/Paris", Start: local(start), Revision: 3,
		Details: storage.Details{Title: "Répétition", Status: storage.ReservationConfirmed},
	}
	if r.Start.IsDay() {
		r.End = r.Start.AddDays(1)
	} else {
		r.End = r.Start.Add(time.Hour)
	}
	if rule != "" {
		r.Recurrence = &storage.Recurrence{Rule: rule}
	}
	return r
}

func expand(t testing.TB, r *storage.Reservation, from, to string) []recurrence.Occurrence {
	t.Helper()
	zone, err := r.Location()
	if err != nil {
		t.Fatal(err)
	}
	all, err := recurrence.Expand(r, local(from).In(zone), local(to).In(zone))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func starts(all []recurrence.Occurrence) (texts []string) {
	for _, o := range all {
		texts = append(texts, o.Start.String())
	}
	return texts
}

func TestSeriesComeBackAsTheirRulesSay(t *testing.T) {
	tests := []struct {
		name, start, rule, from, to string
		except, extra               []string
		want                        []string
	}{
		{name: "once", start: "2026-03-02T09:00", from: "2026-01-01", to: "2027-01-01", want: []string{"2026-03-02T09:00"}},
		{
			name: "every other Monday", start: "2026-03-02T09:00", rule: "FREQ=WEEKLY;INTERVAL=2", from: "2026-03-01", to: "2026-04-13",
			want: []string{"2026-03-02T09:00", "2026-03-16T09:00", "2026-03-30T09:00"},
		},
		{
			name: "on Mondays and Thursdays, five times", start: "2026-03-02T09:00", rule: "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=5",
			from: "2026-01-01", to: "2027-01-01",
			want: []string{"2026-03-02T09:00", "2026-03-05T09:00", "2026-03-09T09:00", "2026-03-12T09:00", "2026-03-16T09:00"},
		},
		{
			name: "with one left out and one added", start: "2026-03-02T09:00", rule: "FREQ=WEEKLY;COUNT=3", from: "2026-01-01", to: "2027-01-01",
			except: []string{"2026-03-09T09:00"}, extra: []string{"2026-03-11T14:00"},
			want: []string{"2026-03-02T09:00", "2026-03-11T14:00", "2026-03-16T09:00"},
		},
		{
			name: "until a moment of UTC", start: "2026-07-06T23:30", rule: "FREQ=DAILY;UNTIL=20260708T213000Z", from: "2026-01-01", to: "2027-01-01",
			want: []string{"2026-07-06T23:30", "2026-07-07T23:30", "2026-07-08T23:30"},
		},
		{
			name: "until a date, as some programs write it for times", start: "2026-07-06T23:30", rule: "FREQ=DAILY;UNTIL=20260708",
			from: "2026-01-01", to: "2027-01-01", want: []string{"2026-07-06T23:30", "2026-07-07T23:30", "2026-07-08T23:30"},
		},
		{
			name: "on the last day of the month", start: "2026-01-31T09:00", rule: "FREQ=MONTHLY;BYMONTHDAY=-1", from: "2026-01-01", to: "2026-05-01",
			want: []string{"2026-01-31T09:00", "2026-02-28T09:00", "2026-03-31T09:00", "2026-04-30T09:00"},
		},
		{
			name: "on the 31st only where there is one", start: "2026-01-31T09:00", rule: "FREQ=MONTHLY", from: "2026-01-01", to: "2026-06-01",
			want: []string{"2026-01-31T09:00", "2026-03-31T09:00", "2026-05-31T09:00"},
		},
		{
			name: "on the second Tuesday", start: "2026-01-13T09:00", rule: "FREQ=MONTHLY;BYDAY=2TU", from: "2026-02-01", to: "2026-04-01",
			want: []string{"2026-02-10T09:00", "2026-03-10T09:00"},
		},
		{
			name: "on 29 February", start: "2024-02-29", rule: "FREQ=YEARLY", from: "2024-01-01", to: "2034-01-01",
			want: []string{"2024-02-29", "2028-02-29", "2032-02-29"},
		},
		{
			name: "a start beside its rule is the first", start: "2026-03-04T09:00", rule: "FREQ=WEEKLY;BYDAY=MO;COUNT=3", from: "2026-01-01", to: "2027-01-01",
			want: []string{"2026-03-04T09:00", "2026-03-09T09:00", "2026-03-16T09:00"},
		},
		{
			name: "long ago", start: "1950-01-02T09:00", rule: "FREQ=DAILY;INTERVAL=10", from: "2026-03-01", to: "2026-03-21",
			want: []string{"2026-03-04T09:00", "2026-03-14T09:00"},
		},
		{
			name: "a list of dates", start: "2026-03-02", from: "2026-01-01", to: "2027-01-01", extra: []string{"2026-03-20", "2026-03-09"},
			want: []string{"2026-03-02", "2026-03-09", "2026-03-20"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := series(tt.start, tt.rule)
			if tt.except != nil || tt.extra != nil {
				r.Recurrence = &storage.Recurrence{Rule: tt.rule, Except: locals(tt.except...), Extra: locals(tt.extra...)}
			}
			if got := starts(expand(t, r, tt.from, tt.to)); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestClocksThatAreChangedMoveNoLessonButTheSkippedOne(t *testing.T) {
	r := series("2026-03-28T02:30", "FREQ=DAILY;COUNT=3")
	var got []string
	for _, o := range expand(t, r, "2026-03-28", "2026-04-05") {
		got = append(got, o.Original.String()+" "+o.Start.String()+" "+o.From.UTC().Format(time.RFC3339)+" "+o.To.Sub(o.From).String())
	}
	want := []string{
		"2026-03-28T02:30 2026-03-28T02:30 2026-03-28T01:30:00Z 1h0m0s",
		"2026-03-29T02:30 2026-03-29T03:30 2026-03-29T01:30:00Z 1h0m0s",
		"2026-03-30T02:30 2026-03-30T02:30 2026-03-30T00:30:00Z 1h0m0s",
	}
	if !slices.Equal(got, want) {
		t.Errorf("spring: got %v, want %v", got, want)
	}
	autumn := expand(t, series("2026-10-24T02:30", "FREQ=DAILY;COUNT=3"), "2026-10-24", "2026-11-01")
	if got := autumn[1].From.UTC().Format(time.RFC3339); got != "2026-10-25T00:30:00Z" || autumn[1].Start != local("2026-10-25T02:30") {
		t.Errorf("autumn: the hour that comes twice is the first one, got %s, %s", got, autumn[1].Start)
	}
	short := series("2026-03-29T02:30", "")
	short.End = local("2026-03-29T03:00") // ends before it begins, as instants
	if o := expand(t, short, "2026-03-29", "2026-03-30")[0]; o.To.Sub(o.From) != 30*time.Minute {
		t.Errorf("half an hour in the skipped hour lasts %s", o.To.Sub(o.From))
	}
}

// nights is a series of nights of Saturday, from 22:00 to 6:00.
func nights(start string, count int) *storage.Reservation {
	r := series(start, "FREQ=WEEKLY;COUNT="+strconv.Itoa(count))
	r.End = r.Start.Add(8 * time.Hour)
	return r
}

func TestEveryNightOfASeriesLastsEquallyLong(t *testing.T) {
	for _, tt := range []struct {
		start string
		ends  []string
	}{
		{"2026-03-21T22:00", []string{"2026-03-22T06:00", "2026-03-29T07:00", "2026-04-05T06:00"}},
		{"2026-10-17T22:00", []string{"2026-10-18T06:00", "2026-10-25T05:00", "2026-11-01T06:00"}},
		// The first one lasts nine hours on the clock, so they all do.
		{"2026-10-24T22:00", []string{"2026-10-25T06:00", "2026-11-01T07:00", "2026-11-08T07:00"}},
	} {
		all := expand(t, nights(tt.start, 3), year, after)
		for i, o := range all {
			if o.End != local(tt.ends[i]) || o.To.Sub(o.From) != all[0].To.Sub(all[0].From) {
				t.Errorf("night %s ends at %s, after %s, want %s", o.Start, o.End, o.To.Sub(o.From), tt.ends[i])
			}
		}
	}
}

func TestWholeDaysNeverShift(t *testing.T) {
	for _, machine := range []string{"America/New_York", "Pacific/Auckland", "UTC"} {
		here, err := time.LoadLocation(machine)
		if err != nil {
			t.Fatal(err)
		}
		r := series("2026-03-27", "FREQ=DAILY;COUNT=5")
		all, err := recurrence.Expand(r, time.Date(2026, 3, 1, 0, 0, 0, 0, here), time.Date(2026, 5, 1, 0, 0, 0, 0, here))
		want := []string{"2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"}
		if got := starts(all); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v", machine, got, err)
		}
		if d := all[2].To.Sub(all[2].From); d != 23*time.Hour {
			t.Errorf("%s: 29 March lasts %s in Paris", machine, d)
		}
	}
}

func TestAMovedOccurrenceIsFoundWhereItIs(t *testing.T) {
	r := series("2026-03-02T09:00", "FREQ=WEEKLY;COUNT=3")
	r.Overrides = []storage.Override{{
		Original: local("2026-03-09T09:00"), Start: local("2026-05-20T18:00"), End: local("2026-05-20T19:00"), Details: r.Details,
	}}
	if got := starts(expand(t, r, "2026-03-01", "2026-04-01")); !slices.Equal(got, []string{"2026-03-02T09:00", "2026-03-16T09:00"}) {
		t.Errorf("in March: %v", got)
	}
	if got := starts(expand(t, r, "2026-05-01", "2026-06-01")); !slices.Equal(got, []string{"2026-05-20T18:00"}) {
		t.Errorf("in May: %v", got)
	}
}

func TestOverseasZonesKeepTheirHours(t *testing.T) {
	for zone, want := range map[string]string{
		"Indian/Reunion": "2026-07-06T05:00:00Z", "America/Martinique": "2026-07-06T13:00:00Z", "Pacific/Noumea": "2026-07-05T22:00:00Z",
	} {
		r := series("2026-07-06T09:00", "FREQ=WEEKLY")
		r.Zone = zone
		all := expand(t, r, "2026-07-06", "2026-07-07")
		if len(all) != 1 || all[0].From.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s: %v", zone, all)
		}
	}
}

func TestNoRuleKeepsAnExpansionBusy(t *testing.T) {
	for _, rule := range []string{
		"FREQ=MINUTELY", "FREQ=MINUTELY;INTERVAL=7", "FREQ=MINUTELY;BYHOUR=9,10,11", "FREQ=MINUTELY;BYMONTH=1;BYHOUR=23;BYMINUTE=59",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", "FREQ=YEARLY;BYWEEKNO=1;BYMONTH=6",
		"FREQ=MONTHLY;BYSETPOS=300;BYDAY=MO", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "FREQ=YEARLY;BYDAY=-53SU",
		"FREQ=HOURLY;INTERVAL=168;BYDAY=TU", "FREQ=WEEKLY;BYSETPOS=9;BYDAY=MO",
	} {
		r := series("2020-03-02T09:00", rule)
		if p := recurrence.Validate(r); p != nil {
			t.Errorf("%s is refused: %v", rule, p)
			continue
		}
		all, err := recurrence.Expand(r, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
		if len(all) > recurrence.MaxOccurrences || (err != nil) != (len(all) == recurrence.MaxOccurrences) {
			t.Errorf("%s: %d occurrences, %v", rule, len(all), err)
		}
	}
}

func TestRulesThatCannotBeHeldAreRefused(t *testing.T) {
	for rule, code := range map[string]string{
		"":                                   "recurrence.unreadable",
		"BYDAY=MO":                           "recurrence.unreadable",
		"FREQ=FORTNIGHTLY":                   "recurrence.unreadable",
		"FREQ=DAILY;FREQ=DAILY":              "recurrence.unreadable",
		"FREQ=DAILY;COUNT=0":                 "recurrence.unreadable",
		"FREQ=DAILY;COUNT=2;UNTIL=20260101":  "recurrence.unreadable",
		"FREQ=YEARLY;BYEASTER=1":             "recurrence.unreadable",
		"FREQ=DAILY;BYMONTHDAY=32":           "recurrence.unreadable",
		"FREQ=DAILY;UNTIL=20260231":          "recurrence.unreadable",
		"FREQ=WEEKLY;BYDAY=2MO":              "recurrence.unsupported",
		"FREQ=MONTHLY;BYDAY=53MO":            "recurrence.unsupported",
		"FREQ=MONTHLY;BYWEEKNO=2":            "recurrence.unsupported",
		"FREQ=MINUTELY;BYSETPOS=5":           "recurrence.unsupported",
		"FREQ=SECONDLY":                      "recurrence.unsupported",
		"FREQ=HOURLY;BYMONTH=2;BYDAY=MO":     "recurrence.unsupported",
		"FREQ=DAILY;COUNT=10001":             "recurrence.countTooHigh",
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30": "recurrence.never",
	} {
		_, err := recurrence.Parse(rule)
		p, ok := err.(*storage.Problem) //nolint:errorlint // returned as it is made
		if !ok || p.Code != code {
			t.Errorf("%q: %v, want %s", rule, err, code)
		}
	}
	never := series("2026-03-02T03:00", "FREQ=HOURLY;INTERVAL=24;BYHOUR=5")
	if p := recurrence.Validate(never); p == nil || p.Code != "recurrence.never" {
		t.Errorf("a rule that never comes to its hour: %v", p)
	}
	early := series("2026-03-02T03:00", "FREQ=DAILY;UNTIL=20260301T000000Z")
	if p := recurrence.Validate(early); p == nil || p.Code != "recurrence.untilBefore" {
		t.Errorf("a series that ends before it begins: %v", p)
	}
}

func TestTheEditorReadsWhatItWrites(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		rule   string
		simple bool
	}{
		{"FREQ=DAILY", true},
		{"FREQ=WEEKLY;INTERVAL=2;COUNT=10;BYDAY=MO,WE", true},
		{"FREQ=MONTHLY;UNTIL=20261231T225959Z;BYDAY=-1FR", true},
		{"FREQ=MONTHLY;BYMONTHDAY=15", true},
		{"FREQ=MONTHLY;BYMONTHDAY=1,15", false},
		{"FREQ=YEARLY;WKST=SU;BYDAY=MO;BYMONTH=1,2;BYHOUR=9;BYSETPOS=-1", false},
	} {
		r, err := recurrence.Parse(tt.rule)
		if err != nil || r.String() != tt.rule || r.Simple() != tt.simple {
			t.Errorf("%s became %s (simple: %t), %v", tt.rule, r, r.Simple(), err)
		}
	}
	last := recurrence.LastDay(storage.Date{Year: 2026, Month: 12, Day: 31}, paris, false)
	r := recurrence.Rule{Freq: recurrence.Daily, Interval: 1, Until: last, WeekStart: time.Monday}
	if got := r.String(); got != "FREQ=DAILY;UNTIL=20261231T225959Z" || last.Date(paris).String() != "2026-12-31" {
		t.Errorf("the end of 2026 in Paris is %s, %s", got, last.Date(paris))
	}
}
