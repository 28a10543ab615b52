package say

import (
	"testing"
	"time"

	"diapason/storage"
)

func TestDateIsReadAsPeopleTypeIt(t *testing.T) {
	for _, text := range []string{"24/12/2026", "24/12/26", "24.12.2026", " 24-12-2026 ", "2026-12-24"} {
		if d, err := ReadDate(text); err != nil || d.String() != "2026-12-24" {
			t.Errorf("ReadDate(%q) = %v, %v", text, d, err)
		}
	}
	if d, err := ReadDate(""); err != nil || !d.IsZero() {
		t.Errorf("the empty text gives %v, %v", d, err)
	}
	for _, text := range []string{"31/02/2026", "demain", "12/24/2026"} {
		if d, err := ReadDate(text); err == nil {
			t.Errorf("ReadDate(%q) = %v, want an error", text, d)
		}
	}
	if d, err := ReadDate(TypedDate(storage.Date{Year: 2026, Month: 2, Day: 3})); err != nil || d.String() != "2026-02-03" {
		t.Errorf("a date that was written is read as %v, %v", d, err)
	}
	if text := TypedDate(storage.Date{}); text != "" {
		t.Errorf("no date is written %q", text)
	}
}

func TestDaysSayWhatTheyShareOnce(t *testing.T) {
	day := func(y, m, d int) storage.Date { return storage.Date{Year: y, Month: time.Month(m), Day: d} }
	for _, c := range []struct {
		first, last storage.Date
		want        string
	}{
		{day(2026, 11, 16), day(2026, 11, 22), "16 – 22 novembre 2026"},
		{day(2026, 11, 30), day(2026, 12, 6), "30 novembre – 6 décembre 2026"},
		{day(2026, 12, 28), day(2027, 1, 3), "28 décembre 2026 – 3 janvier 2027"},
		{day(2026, 11, 1), day(2026, 11, 1), "1er novembre 2026"},
		{day(2026, 3, 1), day(2026, 3, 2), "1er – 2 mars 2026"},
	} {
		check(t, "days", Days(c.first, c.last), c.want)
	}
	check(t, "month", Month(day(2026, 11, 16)), "novembre 2026")
	check(t, "times", Times(9*60, 12*60+30), "9 h – 12 h 30")
}

func TestSizeIsSaidInTheUnitThatFits(t *testing.T) {
	for bytes, want := range map[int64]string{
		0: "0\u00a0ko", 96_000: "96\u00a0ko", 1_234_000: "1,2\u00a0Mo", 45_600_000: "46\u00a0Mo", 2_500_000_000: "2,5\u00a0Go",
	} {
		if got := Size(bytes); got != want {
			t.Errorf("%d: %q, want %q", bytes, got, want)
		}
	}
}
