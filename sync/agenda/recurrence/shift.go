package recurrence

import (
	"slices"
	"time"

	"diapason/storage"
)

// shift moves the rule of a series, its end, its exceptions and its additions as the occurrence was moved. start is the
// series' new start.
func (e edit) shift(r *storage.Reservation, start storage.LocalTime) error {
	for _, list := range []*[]storage.LocalTime{&r.Recurrence.Except, &r.Recurrence.Extra} {
		for i, l := range *list {
			(*list)[i] = e.move(l)
		}
	}
	if r.Recurrence.Rule == "" {
		return nil
	}
	rule, err := Parse(r.Recurrence.Rule)
	if err != nil {
		return err
	}
	from, err := zoneOf(r)
	if err != nil {
		return err
	}
	to, err := zoneOf(&storage.Reservation{Zone: e.after.Zone})
	if err != nil {
		return err
	}
	times := len(rule.Hours) + len(rule.Minutes) + len(rule.Seconds)
	if times > 0 && (e.before.Start.IsDay() != e.after.Start.IsDay() || e.move(r.Start).Wall().Sub(r.Start.Wall())%(24*time.Hour) != 0) {
		return storage.NewProblem("recurrence.cannotMove", "rule", rule.String())
	}
	if n := e.days(); n != 0 {
		if err := rule.moveDays(n, start); err != nil {
			return err
		}
	}
	rule.Until = e.until(rule.Until, from, to)
	r.Recurrence.Rule = rule.String()
	return nil
}

// until moves the end of a series. The end of a day stays one.
func (e edit) until(u Until, from, to *time.Location) Until {
	if u.IsZero() || e.before.Start == e.after.Start && !e.zone {
		return u
	}
	last := storage.LocalOf(u.instant(from).In(from))
	if u.Local.IsDay() || last.Wall().Sub(last.Day().Wall()) == 24*time.Hour-time.Second {
		return LastDay(last.AddDays(e.days()).Date(), to, e.after.Start.IsDay())
	}
	moved := e.move(last)
	if moved.IsDay() {
		return Until{Local: moved}
	}
	return Until{Local: storage.LocalOf(moved.In(to).UTC()), UTC: true}
}

// moveDays moves the days that a rule names by n days, so that it gives the moved occurrences. start is the new start of
// the series.
func (r *Rule) moveDays(n int, start storage.LocalTime) error {
	date := start.Date()
	fixed := len(r.YearDays) + len(r.WeekNumbers) + len(r.Steps)
	switch {
	case fixed > 0:
	case r.Freq == Monthly && len(r.Months) == 0 && len(r.Days) == 1 && len(r.MonthDays) == 0 && r.Days[0].Nth != 0:
		r.Days[0] = NthOf(date, r.Days[0].Nth < 0)
		return nil
	case r.Freq == Monthly && len(r.Months) == 0 && len(r.Days) == 0,
		r.Freq == Yearly && len(r.Months) <= 1 && len(r.MonthDays) <= 1 && len(r.Days) == 0:
		if len(r.Months) == 1 {
			r.Months = []int{int(date.Month)}
		}
		return r.moveMonthDays(n, date)
	case r.Freq != Monthly && r.Freq != Yearly && len(r.Months)+len(r.MonthDays) == 0:
		turned := func(d time.Weekday) time.Weekday { return time.Weekday(((int(d)+n)%7 + 7) % 7) }
		r.Days = slices.Clone(r.Days)
		for i, d := range r.Days {
			r.Days[i].Day = turned(d.Day)
		}
		if r.Interval > 1 && r.Freq == Weekly { // else a day that passes into the next week would come a period early
			r.WeekStart = turned(r.WeekStart)
		}
		return nil
	}
	return storage.NewProblem("recurrence.cannotMove", "rule", r.String())
}

func (r *Rule) moveMonthDays(n int, date storage.Date) error {
	moved := make([]int, len(r.MonthDays))
	for i, d := range r.MonthDays {
		moved[i] = d + n
		within := d > 0 && moved[i] >= 1 && moved[i] <= 31 || d < 0 && moved[i] <= -1 && moved[i] >= -31
		switch {
		case within:
		case len(moved) == 1:
			moved[i] = date.Day
		default:
			return storage.NewProblem("recurrence.cannotMove", "rule", r.String())
		}
	}
	r.MonthDays = moved
	return nil
}

// NthOf gives the weekday of a date with its number in the month: the second Tuesday; counted from the end when last is
// set and the date is its month's last of that weekday.
func NthOf(d storage.Date, last bool) Weekday {
	t := d.Time()
	w := Weekday{Day: t.Weekday(), Nth: (d.Day-1)/7 + 1}
	if last && t.AddDate(0, 0, 7).Month() != t.Month() {
		w.Nth = -1
	}
	return w
}

// synchronise puts the start of a series on the first date of its rule, as calendar programs expect it.
func synchronise(r *storage.Reservation) error {
	if r.Recurrence == nil || r.Recurrence.Rule == "" {
		return nil
	}
	if p := validateSeries(r); p != nil {
		return p
	}
	s, err := open(r)
	if err != nil {
		return err
	}
	first, ok := s.matching()
	if !ok {
		return storage.NewProblem("recurrence.never", "rule", r.Recurrence.Rule)
	}
	r.Start, r.End = first, endOf(first, s.length, s.zone)
	return nil
}

// prune drops the exceptions and the differing occurrences that the series no longer has.
func prune(r *storage.Reservation) error {
	bare := r.Clone()
	bare.Recurrence.Except, bare.Overrides = nil, nil
	s, err := open(bare)
	if err != nil {
		return err
	}
	has := func(l storage.LocalTime) bool {
		for start := range s.starts(l.Wall(), l.Wall()) {
			if start == l {
				return true
			}
		}
		return false
	}
	r.Recurrence.Except = slices.DeleteFunc(r.Recurrence.Except, func(l storage.LocalTime) bool { return !has(l) })
	r.Overrides = slices.DeleteFunc(r.Overrides, func(o storage.Override) bool { return !has(o.Original) })
	return nil
}

// Tidy puts a series that was written as a whole into order: it begins on a date of its rule, and the exceptions and
// differing occurrences that it does not have are dropped.
func Tidy(r *storage.Reservation) error {
	if r.Recurrence == nil {
		r.Overrides = nil
		return nil
	}
	if ps := r.Validate(); len(ps) > 0 {
		return ps
	}
	if err := synchronise(r); err != nil {
		return err
	}
	return prune(r)
}
