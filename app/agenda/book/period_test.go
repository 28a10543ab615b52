package book

import (
	"strings"
	"testing"

	"diapason/assets/words"
	"diapason/storage"
)

func french(t testing.TB) {
	t.Helper()
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
}

// plain replaces no-break spaces, so that expectations can be read.
func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

func day(t testing.TB, text string) storage.Date {
	t.Helper()
	d, err := storage.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPeriodShowsTheDaysOfItsView(t *testing.T) {
	french(t)
	for _, c := range []struct {
		view                        View
		day, from, to, title, later string
	}{
		{Day, "2026-11-19", "2026-11-19", "2026-11-20", "Jeudi 19 novembre 2026", "2026-11-20"},
		{Week, "2026-11-19", "2026-11-16", "2026-11-23", "16 – 22 novembre 2026", "2026-11-26"},
		{Week, "2026-11-22", "2026-11-16", "2026-11-23", "16 – 22 novembre 2026", "2026-11-29"}, // a Sunday ends its week
		{Month, "2026-11-19", "2026-10-26", "2026-12-07", "novembre 2026", "2026-12-19"},
		{Month, "2027-01-31", "2026-12-28", "2027-02-08", "janvier 2027", "2027-02-28"},
		{List, "2026-11-19", "2026-11-01", "2027-11-01", "1er novembre 2026 – 31 octobre 2027", "2026-12-19"},
	} {
		p := Period{View: c.view, Day: day(t, c.day)}
		from, to := p.Span()
		if from.String() != c.from || to.String() != c.to {
			t.Errorf("%s around %s: %s to %s", c.view, c.day, from, to)
		}
		if got := plain(p.Title()); got != c.title {
			t.Errorf("%s around %s is called %q", c.view, c.day, got)
		}
		if got := p.Step(1).Day.String(); got != c.later {
			t.Errorf("%s after %s: %s", c.view, c.day, got)
		}
		if !p.Shows(from) || !p.Shows(p.Day) || p.Shows(to) || p.Shows(addDays(from, -1)) {
			t.Errorf("%s around %s shows other days than its own", c.view, c.day)
		}
	}
}

func TestPeriodComesBackWhereItWas(t *testing.T) {
	for _, v := range Views {
		p := Period{View: v, Day: day(t, "2026-11-19")}
		if back := p.Step(5).Step(-5); back != p {
			t.Errorf("%s: %v became %v", v, p, back)
		}
	}
}
