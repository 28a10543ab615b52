package recurrence

import (
	"errors"
	"slices"
	"time"

	"diapason/storage"
)

// MaxCount is the highest COUNT that is taken: beyond, finding the last occurrences would take too long.
const MaxCount = 10_000

// maxTimesADay bounds how often BYHOUR, BYMINUTE and BYSECOND together make a day's occurrences.
const maxTimesADay = 96

// supported refuses what RFC 5545 forbids (3.3.10) and what would keep an expansion busy for ever.
func (r *Rule) supported() error {
	long := r.Freq == Yearly || r.Freq == Monthly
	short := r.Freq == Hourly || r.Freq == Minutely
	filters := 0 // kinds of days that are asked for at once: each makes the way to the next one longer
	for _, n := range []int{len(r.Days), len(r.MonthDays), len(r.Months)} {
		filters += min(n, 1)
	}
	nth := 0
	for _, d := range r.Days {
		nth = max(nth, d.Nth, -d.Nth)
	}
	maxNth := 0
	switch {
	case r.Freq == Monthly, r.Freq == Yearly && len(r.Months) > 0:
		maxNth = 5
	case r.Freq == Yearly && len(r.WeekNumbers) == 0:
		maxNth = 53
	}
	times := max(len(r.Hours), 1) * max(len(r.Minutes), 1) * max(len(r.Seconds), 1)
	switch {
	case r.Freq == Secondly, // nobody meets by the second
		short && filters > 1,
		len(r.WeekNumbers) > 0 && r.Freq != Yearly,
		len(r.YearDays) > 0 && r.Freq != Yearly,
		len(r.MonthDays) > 0 && r.Freq == Weekly,
		len(r.Steps) > 0 && short,
		len(r.Steps) > 0 && len(r.Days)+len(r.MonthDays)+len(r.Months)+len(r.YearDays)+len(r.WeekNumbers)+times == 1,
		nth > maxNth,
		!short && times > maxTimesADay:
		return storage.NewProblem("recurrence.unsupported", "rule", r.String())
	case r.Count > MaxCount:
		return storage.NewProblem("recurrence.countTooHigh", "most", "10000")
	case len(r.MonthDays) > 0 && !long && !r.hasMonthDay():
		return storage.NewProblem("recurrence.never", "rule", r.String())
	}
	return nil
}

// longest is how many days a month can have, from January.
var longest = [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// hasMonthDay reports whether one of the months has one of the days.
func (r *Rule) hasMonthDay() bool {
	return slices.ContainsFunc(r.MonthDays, func(d int) bool {
		for m, n := range longest {
			if max(d, -d) <= n && (len(r.Months) == 0 || slices.Contains(r.Months, m+1)) {
				return true
			}
		}
		return false
	})
}

// reaches reports whether a rule of less than a day ever comes to one of its hours, minutes and seconds from its start.
func (r *Rule) reaches(start time.Time) bool {
	step := r.Interval
	cycle := int(24 * time.Hour / unit[r.Freq])
	second := start.Hour()*3600 + start.Minute()*60 + start.Second()
	length := int(unit[r.Freq] / time.Second)
	fits := func(list []int, v int) bool { return len(list) == 0 || slices.Contains(list, v) }
	for range cycle {
		minuteFits := r.Freq == Hourly || fits(r.Minutes, second/60%60)
		secondFits := r.Freq != Secondly || fits(r.Seconds, second%60)
		if fits(r.Hours, second/3600) && minuteFits && secondFits {
			return true
		}
		second = (second + step%cycle*length) % (24 * 3600)
	}
	return false
}

// Validate checks the recurrence of a reservation whose times are in order (storage.Reservation.Validate); nil when an
// expansion can be made of it.
func Validate(r *storage.Reservation) *storage.Problem {
	if r.Recurrence == nil {
		return nil
	}
	if p := validateSeries(r); p != nil {
		return p
	}
	return nil
}

func validateSeries(r *storage.Reservation) *storage.Problem {
	days := r.Start.IsDay()
	for _, list := range [][]storage.LocalTime{r.Recurrence.Except, r.Recurrence.Extra} {
		if slices.ContainsFunc(list, func(l storage.LocalTime) bool { return l.IsDay() != days }) {
			return storage.NewProblem("reservation.times.mixed")
		}
	}
	if r.Recurrence.Rule == "" {
		return nil // a list of dates
	}
	rule, err := Parse(r.Recurrence.Rule)
	if err != nil {
		return asProblem(err)
	}
	zone, err := zoneOf(r)
	if err != nil {
		return asProblem(err)
	}
	if unit[rule.Freq] < 24*time.Hour && unit[rule.Freq] > 0 && (days || !rule.reaches(r.Start.Wall())) {
		return storage.NewProblem("recurrence.never", "rule", r.Recurrence.Rule)
	}
	if days && len(rule.Hours)+len(rule.Minutes)+len(rule.Seconds) > 0 {
		return storage.NewProblem("reservation.times.mixed")
	}
	if !rule.Until.IsZero() && rule.Until.instant(zone).Before(r.Start.In(zone)) {
		return storage.NewProblem("recurrence.untilBefore")
	}
	return nil
}

// asProblem gives the Problem that Parse and Zone return.
func asProblem(err error) *storage.Problem {
	var p *storage.Problem
	if !errors.As(err, &p) {
		p = storage.NewProblem("recurrence.unreadable", "value", err.Error()).Because(err)
	}
	return p
}
