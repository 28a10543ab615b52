package book

import (
	"testing"
	"time"

	"diapason/storage"
)

var paris, _ = time.LoadLocation("Europe/Paris")

func local(t testing.TB, text string) storage.LocalTime {
	t.Helper()
	l, err := storage.ParseLocalTime(text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestRepeatIsReadSaidAndWritten(t *testing.T) {
	french(t)
	for _, c := range []struct {
		rule, start string
		pace        Pace
		says        string
	}{
		{"FREQ=DAILY", "2026-11-19T10:00", Daily, "Chaque jour"},
		{"FREQ=DAILY;INTERVAL=3", "2026-11-19T10:00", Daily, "Tous les 3 jours"},
		{"FREQ=WEEKLY", "2026-11-19T10:00", Weekly, "Chaque semaine : jeudi"},
		{"FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-19T10:00", Weekly, "Chaque semaine : lundi et jeudi"},
		{"FREQ=WEEKLY;INTERVAL=2;COUNT=5;BYDAY=TH", "2026-11-19T10:00", Weekly, "Toutes les 2 semaines : jeudi, 5 fois"},
		{"FREQ=MONTHLY", "2026-11-19T10:00", Monthly, "Chaque mois, le 19"},
		{"FREQ=MONTHLY;BYDAY=3TH", "2026-11-19T10:00", MonthlyWeekday, "Chaque mois, le troisième jeudi"},
		{"FREQ=MONTHLY;BYDAY=-1TH", "2026-11-26T10:00", MonthlyWeekday, "Chaque mois, le dernier jeudi"},
		{"FREQ=YEARLY;UNTIL=20301119", "2026-11-19", Yearly, "Chaque année, jusqu’au 19 novembre 2030"},
		{"FREQ=WEEKLY;UNTIL=20270630T215959Z;BYDAY=TH", "2026-11-19T10:00", Weekly, "Chaque semaine : jeudi, jusqu’au 30 juin 2027"},
		{"FREQ=YEARLY;BYYEARDAY=100", "2026-04-10", Custom, "Selon une règle venue d’ailleurs"},
		{"FREQ=MONTHLY;BYDAY=2TH", "2026-11-19T10:00", Custom, "Selon une règle venue d’ailleurs"}, // not the start's own week
	} {
		start := local(t, c.start)
		kept := &storage.Recurrence{Rule: c.rule, Except: []storage.LocalTime{start.AddDays(7)}}
		p := RepeatOf(kept, start, paris)
		if p.Pace != c.pace {
			t.Errorf("%s is %s", c.rule, p.Pace)
		}
		if got := plain(p.Text(start)); got != c.says {
			t.Errorf("%s is said %q", c.rule, got)
		}
		same, w := p.Rule(start, paris)
		if w != nil || same != kept {
			t.Errorf("%s, not edited, became %v, %v", c.rule, same, w)
		}
		if c.pace == Custom {
			continue
		}
		p.was = nil // as if it had been changed there and back
		written, w := p.Rule(start, paris)
		if w != nil {
			t.Errorf("%s is refused: %v", c.rule, w.Problem)
			continue
		}
		if len(written.Except) != 1 {
			t.Errorf("%s lost what was left out", c.rule)
		}
		if again := RepeatOf(written, start, paris); !again.Same(p) {
			t.Errorf("%s was written %s", c.rule, written.Rule)
		}
	}
}

func TestRepeatTellsWhichPartIsWrong(t *testing.T) {
	start := local(t, "2026-11-19T10:00")
	for _, c := range []struct {
		name   string
		change func(*Repeat)
		part   Part
	}{
		{"no interval", func(p *Repeat) { p.Every = "" }, PartEvery},
		{"an interval of none", func(p *Repeat) { p.Every = "0" }, PartEvery},
		{"an interval in words", func(p *Repeat) { p.Every = "deux" }, PartEvery},
		{"no last day", func(p *Repeat) { p.Ending = UntilDay }, PartUntil},
		{"a last day before the first", func(p *Repeat) { p.Ending, p.Until = UntilDay, "18/11/2026" }, PartUntil},
		{"no number of times", func(p *Repeat) { p.Ending, p.Count = AfterCount, "" }, PartCount},
		{"too many times", func(p *Repeat) { p.Ending, p.Count = AfterCount, "10001" }, PartCount},
	} {
		p := RepeatOf(nil, start, paris)
		p.Pace = Weekly
		c.change(&p)
		if _, w := p.Rule(start, paris); w == nil || w.Part != c.part {
			t.Errorf("%s: %v", c.name, w)
		}
	}
}

func TestWeeklySeriesAlwaysHasItsStart(t *testing.T) {
	start := local(t, "2026-11-19T10:00") // a Thursday
	p := RepeatOf(nil, start, paris)
	p.Pace = Weekly
	p.Days = [7]bool{true} // Monday alone
	r, w := p.Rule(start, paris)
	if w != nil || r.Rule != "FREQ=WEEKLY;BYDAY=MO,TH" {
		t.Errorf("%v, %v", r, w)
	}
	p.Pace = Never
	if r, w := p.Rule(start, paris); r != nil || w != nil {
		t.Errorf("what does not come back has %v, %v", r, w)
	}
}
