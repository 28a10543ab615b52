package storage

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseWeek(t *testing.T) {
	tests := []struct{ name, in, want, problem string }{
		{name: "unknown hours", in: " ", want: ""},
		{
			name: "two openings and a closed day", in: "Mo=08:00-12:00&14:00-18:00;Su",
			want: "Mo=08:00-12:00&14:00-18:00;Tu;We;Th;Fr;Sa;Su",
		},
		{name: "order does not matter", in: "tu=9:00-10:00; mo=08:00-09:00", want: "Mo=08:00-09:00;Tu=09:00-10:00;We;Th;Fr;Sa;Su"},
		{name: "openings are sorted", in: "Mo=14:00-18:00&08:00-12:00", want: "Mo=08:00-12:00&14:00-18:00;Tu;We;Th;Fr;Sa;Su"},
		{name: "past midnight", in: "Fr=18:00-02:00", want: "Mo;Tu;We;Th;Fr=18:00-02:00;Sa;Su"},
		{name: "day and night", in: "Mo=00:00-24:00", want: "Mo=00:00-24:00;Tu;We;Th;Fr;Sa;Su"},
		{name: "unknown day", in: "Lu=08:00-12:00", problem: "hours.day"},
		{name: "a day twice", in: "Mo=08:00-12:00;Mo", problem: "hours.twice"},
		{name: "overlap", in: "Mo=08:00-12:00&11:00-13:00", problem: "hours.overlap"},
		{name: "overlap past midnight", in: "Mo=18:00-02:00&23:00-23:30", problem: "hours.overlap"},
		{name: "no end", in: "Mo=08:00", problem: "hours.period"},
		{name: "minute 60", in: "Mo=08:60-12:00", problem: "hours.clock"},
		{name: "hour 25", in: "Mo=08:00-25:00", problem: "hours.clock"},
		{name: "starts at 24:00", in: "Mo=24:00-02:00", problem: "hours.period"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := ParseWeek(tt.in)
			if got := code(err); got != tt.problem {
				t.Fatalf("problem %q, want %q", got, tt.problem)
			}
			if err == nil && w.String() != tt.want {
				t.Errorf("week %q, want %q", w.String(), tt.want)
			}
		})
	}
}

// anyWeek draws hours that CheckPeriods accepts: each opening starts after the one before has ended.
func anyWeek(t *rapid.T) Week {
	w := Week{Known: true}
	for d := range w.Days {
		at := 0
		for range rapid.IntRange(0, 3).Draw(t, "openings") {
			from := rapid.IntRange(at, 1439).Draw(t, "from")
			to := rapid.IntRange(from+1, from+1440).Draw(t, "to")
			w.Days[d] = append(w.Days[d], Period{Open: from, Close: to})
			if at = to; at > 1439 {
				break
			}
		}
	}
	return w
}

func TestWeekTextReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyWeek(t)
		back, err := ParseWeek(w.String())
		if err != nil {
			t.Fatalf("%q: %v", w.String(), err)
		}
		if back.String() != w.String() {
			t.Fatalf("%q reads back as %q", w.String(), back.String())
		}
	})
}

func TestParseSpecial(t *testing.T) {
	tests := []struct{ name, in, want, problem string }{
		{name: "none", in: "", want: ""},
		{
			name: "opened and closed days, sorted", in: "2026-12-25;2026-12-24=09:00-14:00",
			want: "2026-12-24=09:00-14:00;2026-12-25",
		},
		{name: "a date twice", in: "2026-12-25;2026-12-25", problem: "hours.twice"},
		{name: "no date", in: "Noël", problem: "hours.specialDate"},
		{name: "a day that does not exist", in: "2026-02-30", problem: "hours.specialDate"},
		{name: "bad hours", in: "2026-12-24=9-14", problem: "hours.clock"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			days, err := ParseSpecial(tt.in)
			if got := code(err); got != tt.problem {
				t.Fatalf("problem %q, want %q", got, tt.problem)
			}
			if err == nil && SpecialText(days) != tt.want {
				t.Errorf("days %q, want %q", SpecialText(days), tt.want)
			}
		})
	}
}

func TestClockTextWrapsAfterMidnight(t *testing.T) {
	for m, want := range map[int]string{0: "00:00", 1439: "23:59", 1440: "24:00", 1560: "02:00"} {
		if got := ClockText(m); got != want {
			t.Errorf("ClockText(%d) = %q, want %q", m, got, want)
		}
	}
}

func TestWeekdayStartsOnMonday(t *testing.T) {
	if Weekday(time.Monday) != 0 || Weekday(time.Sunday) != 6 {
		t.Errorf("Monday is %d and Sunday %d", Weekday(time.Monday), Weekday(time.Sunday))
	}
}

func TestDate(t *testing.T) {
	d, err := ParseDate("2026-03-29")
	if err != nil {
		t.Fatal(err)
	}
	if d.String() != "2026-03-29" || d.IsZero() {
		t.Errorf("date is %v", d)
	}
	if !d.Before(Date{2026, time.April, 1}) || d.Before(d) {
		t.Error("dates are in the wrong order")
	}
	if zero, err := ParseDate(""); err != nil || !zero.IsZero() || zero.String() != "" {
		t.Errorf("the empty text gives %v, %v", zero, err)
	}
	for _, bad := range []string{"29/03/2026", "2026-3-29", "2026-13-01", "46110"} {
		if _, err := ParseDate(bad); code(err) != "date.unreadable" {
			t.Errorf("ParseDate(%q) gives %v", bad, err)
		}
	}
	paris := time.FixedZone("Paris", 3600)
	if got := DateOf(time.Date(2026, 12, 31, 0, 30, 0, 0, paris)); got.String() != "2026-12-31" {
		t.Errorf("half past midnight in Paris is on %v", got)
	}
}

// FuzzHours reads any text as opening hours; what is read is written so that it reads the same.
func FuzzHours(f *testing.F) {
	for _, s := range []string{
		"Mo=08:00-12:00&14:00-18:00;Tu=09:00-24:00;Su", "Fr=18:00-02:00", "Mo=00:00-00:00", "2026-12-24=09:00-14:00;2026-12-25", "Mo=8:0-;;=&",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if w, err := ParseWeek(s); err == nil {
			again, err := ParseWeek(w.String())
			if diff := cmp.Diff(w, again); err != nil || diff != "" {
				t.Errorf("the week %q is written as %q: %v\n%s", s, w.String(), err, diff)
			}
		}
		if days, err := ParseSpecial(s); err == nil {
			written := SpecialText(days)
			again, err := ParseSpecial(written)
			if err != nil || SpecialText(again) != written {
				t.Errorf("the days %q are written as %q: %v", s, written, err)
			}
		}
	})
}
