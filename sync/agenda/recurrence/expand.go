package recurrence

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/teambition/rrule-go"

	"diapason/storage"
)

// Occurrence is one time that a reservation takes place.
type Occurrence struct {
	// Reservation is shared by all of its occurrences: it is not changed.
	Reservation *storage.Reservation
	// Original names the occurrence within its series: when it would begin by the rule. Zero for a single reservation.
	Original storage.LocalTime
	// Start and End are the civil times at which it shows, in the reservation's zone; dates for whole days.
	Start, End storage.LocalTime
	// From and To are the instants; whole days run from midnight to midnight in the reservation's zone. To is not included.
	From, To time.Time
	// Details are what it says, its own or those of the series. They are not changed.
	Details *storage.Details
}

// MaxOccurrences is the most that Expand gives of one series.
const MaxOccurrences = 10_000

// Expand gives the occurrences that touch the time from from up to and not including to, in order of time. Beyond
// MaxOccurrences the rest is left out, which the error then says, a Problem, beside those that it gives.
func Expand(r *storage.Reservation, from, to time.Time) ([]Occurrence, error) {
	s, err := open(r)
	if err != nil {
		return nil, err
	}
	var all []Occurrence
	keep := func(o Occurrence) {
		if touches(o, from, to) {
			all = append(all, o)
		}
	}
	if r.Recurrence == nil {
		keep(s.occurrence(storage.LocalTime{}, r.Start, r.End, &r.Details))
		return all, nil
	}
	for i := range r.Overrides {
		if o := &r.Overrides[i]; !s.excepted[o.Original] {
			keep(s.override(o))
		}
	}
	for start := range s.starts(from.UTC().Add(-s.length-margin), to.UTC().Add(margin)) {
		if len(all) >= MaxOccurrences {
			err = storage.NewProblem("recurrence.tooMany", "title", r.Title, "most", "10000")
			break
		}
		if !s.overridden[start] {
			keep(s.plain(start))
		}
	}
	slices.SortFunc(all, func(a, b Occurrence) int {
		return cmp.Or(a.From.Compare(b.From), a.Original.Wall().Compare(b.Original.Wall()))
	})
	return all, err
}

// margin is by how much an occurrence's wall clock may differ from the one of UTC, and some more.
const margin = 48 * time.Hour

// touches reports whether an occurrence is seen in a window; one without length is, at its beginning.
func touches(o Occurrence, from, to time.Time) bool {
	return o.From.Before(to) && (o.To.After(from) || o.From.Equal(o.To) && !o.From.Before(from))
}

// Find gives the occurrence of a reservation by its original time; ErrNotFound when it has none. For a single
// reservation at is not looked at.
func Find(r *storage.Reservation, at storage.LocalTime) (Occurrence, error) {
	s, err := open(r)
	if err != nil {
		return Occurrence{}, err
	}
	if r.Recurrence == nil {
		return s.occurrence(storage.LocalTime{}, r.Start, r.End, &r.Details), nil
	}
	if s.excepted[at] || at.IsDay() != r.Start.IsDay() {
		return Occurrence{}, storage.ErrNotFound
	}
	for i := range r.Overrides {
		if r.Overrides[i].Original == at {
			return s.override(&r.Overrides[i]), nil
		}
	}
	for start := range s.starts(at.Wall(), at.Wall()) {
		if start == at {
			return s.plain(at), nil
		}
	}
	return Occurrence{}, storage.ErrNotFound
}

// First gives the first occurrence of a series that is left, ErrNotFound when none is.
func First(r *storage.Reservation) (Occurrence, error) {
	s, err := open(r)
	if err != nil {
		return Occurrence{}, err
	}
	if r.Recurrence == nil {
		return s.occurrence(storage.LocalTime{}, r.Start, r.End, &r.Details), nil
	}
	for start := range s.starts(time.Time{}, endOfTime) {
		return Find(r, start)
	}
	for i := range r.Overrides { // of an original that the rule does not give
		if o := &r.Overrides[i]; !s.excepted[o.Original] {
			return s.override(o), nil
		}
	}
	return Occurrence{}, storage.ErrNotFound
}

// endOfTime is later than any occurrence that is looked for.
var endOfTime = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

// series is a reservation ready to be worked out.
type series struct {
	r                    *storage.Reservation
	zone                 *time.Location
	rule                 *Rule         // nil for a list of dates
	length               time.Duration // of each occurrence: see lengthOf
	excepted, overridden map[storage.LocalTime]bool
}

func open(r *storage.Reservation) (*series, error) {
	zone, err := zoneOf(r)
	if err != nil {
		return nil, err
	}
	s := &series{r: r, zone: zone, length: lengthOf(r.Start, r.End, zone)}
	if r.Recurrence == nil {
		return s, nil
	}
	if p := validateSeries(r); p != nil {
		return nil, p
	}
	if r.Recurrence.Rule != "" {
		rule, err := Parse(r.Recurrence.Rule)
		if err != nil {
			return nil, err
		}
		s.rule = &rule
	}
	s.excepted, s.overridden = map[storage.LocalTime]bool{}, map[storage.LocalTime]bool{}
	for _, l := range r.Recurrence.Except {
		s.excepted[l] = true
	}
	for _, o := range r.Overrides {
		s.overridden[o.Original] = true
	}
	return s, nil
}

func (s *series) plain(start storage.LocalTime) Occurrence {
	o := Occurrence{Reservation: s.r, Original: start, Start: start, Details: &s.r.Details, From: start.In(s.zone)}
	if start.IsDay() {
		o.End = start.Add(s.length)
		o.To = o.End.In(s.zone)
		return o
	}
	o.To = o.From.Add(s.length)
	o.Start, o.End = storage.LocalOf(o.From), storage.LocalOf(o.To)
	return o
}

func (s *series) override(o *storage.Override) Occurrence {
	return s.occurrence(o.Original, o.Start, o.End, &o.Details)
}

// occurrence puts civil times into the zone. What the clock skips shows as the instant does.
func (s *series) occurrence(original, start, end storage.LocalTime, d *storage.Details) Occurrence {
	o := Occurrence{Reservation: s.r, Original: original, Start: start, End: end, Details: d}
	o.From = start.In(s.zone)
	if start.IsDay() {
		o.To = end.In(s.zone)
		return o
	}
	o.To = o.From.Add(lengthOf(start, end, s.zone))
	o.Start, o.End = storage.LocalOf(o.From), storage.LocalOf(o.To)
	return o
}

// starts gives the original times of a series between two civil times, both included, in order, without those left out.
func (s *series) starts(low, high time.Time) iter.Seq[storage.LocalTime] {
	return func(yield func(storage.LocalTime) bool) {
		extra := slices.Clone(s.r.Recurrence.Extra)
		slices.SortFunc(extra, func(a, b storage.LocalTime) int { return a.Wall().Compare(b.Wall()) })
		var last storage.LocalTime
		give := func(l storage.LocalTime) bool {
			if l.Wall().Before(low) || l.Wall().After(high) || l == last || s.excepted[l] {
				return true
			}
			last = l
			return yield(l)
		}
		for wall := range s.ruled(low, high) {
			for len(extra) > 0 && !extra[0].Wall().After(wall.Wall()) {
				if !give(extra[0]) {
					return
				}
				extra = extra[1:]
			}
			if !give(wall) {
				return
			}
		}
		for _, l := range extra {
			if !give(l) {
				return
			}
		}
	}
}

// matching gives the first date from the start on that the rule itself gives.
func (s *series) matching() (storage.LocalTime, bool) {
	first := s.r.Start.Wall()
	late := later(first)
	set, err := rrule.NewRRule(s.rule.options(first, first, late, endOfTime))
	if err != nil {
		return storage.LocalTime{}, false // Parse holds to the same bounds
	}
	t, ok := set.Iterator()()
	return wallOf(t.AddDate(-late, 0, 0), s.r.Start.IsDay()), ok
}

// later gives by how many years a rule is worked out later than it begins.
func later(first time.Time) int { return (rrule.MAXYEAR - cycle/2 - first.Year()) / cycle * cycle }

// cycle is the period of the calendar, in years: after it the same dates fall on the same days of the week.
const cycle = 400

// ruled gives what the rule alone gives, the start included, in order; none after high, and possibly some before low.
//
// The library goes on to the year 9999 when a rule fits no day. The calendar is the same every 400 years, so the rule is
// worked out as late as leaves it two centuries: the search for what does not come then ends within milliseconds.
func (s *series) ruled(low, high time.Time) iter.Seq[storage.LocalTime] {
	return func(yield func(storage.LocalTime) bool) {
		first := s.r.Start.Wall()
		late := later(first)
		back := func(t time.Time) storage.LocalTime { return wallOf(t.AddDate(-late, 0, 0), s.r.Start.IsDay()) }
		left := -1
		if s.rule != nil && s.rule.Count > 0 {
			left = s.rule.Count
		}
		if first.After(high) || !yield(s.r.Start) || left == 1 || s.rule == nil {
			return
		}
		left--
		var end time.Time // the last instant, zero for none
		if !s.rule.Until.IsZero() {
			end = s.rule.Until.instant(s.zone)
		}
		set, err := rrule.NewRRule(s.rule.options(first, low, late, high))
		if err != nil {
			return // Parse holds to the same bounds
		}
		next := set.Iterator()
		for t, ok := next(); ok && left != 0; t, ok = next() {
			start := back(t)
			if start == s.r.Start {
				continue
			}
			if start.Wall().After(high) || !end.IsZero() && start.In(s.zone).After(end) || !yield(start) {
				return
			}
			left--
		}
	}
}

// options turns a rule into the library's, late years later. It begins at the start of the series, or, where that gives
// the same, shortly before low, so that a long-lived series costs no more than a young one.
func (r *Rule) options(start, low time.Time, late int, high time.Time) rrule.ROption {
	o := rrule.ROption{
		Freq: frequencies[r.Freq], Interval: r.Interval, Wkst: libraryDays[r.WeekStart],
		Bysetpos: r.Steps, Bymonth: r.Months, Bymonthday: r.MonthDays, Byyearday: r.YearDays, Byweekno: r.WeekNumbers,
		Byhour: r.Hours, Byminute: r.Minutes, Bysecond: r.Seconds,
		Until: high.AddDate(late, 0, 1),
	}
	for _, d := range r.Days {
		day := libraryDays[d.Day]
		o.Byweekday = append(o.Byweekday, day.Nth(d.Nth))
	}
	// With a count, each occurrence counts; months and years have no fixed length.
	if period := unit[r.Freq] * time.Duration(r.Interval); r.Count == 0 && period > 0 && low.After(start) {
		if n := low.Sub(start)/period - 2; n > 0 {
			start = start.Add(n * period)
		}
	}
	o.Dtstart = start.AddDate(late, 0, 0)
	return o
}

var frequencies = map[Frequency]rrule.Frequency{
	Yearly: rrule.YEARLY, Monthly: rrule.MONTHLY, Weekly: rrule.WEEKLY, Daily: rrule.DAILY,
	Hourly: rrule.HOURLY, Minutely: rrule.MINUTELY, Secondly: rrule.SECONDLY,
}

// libraryDays are in the order of time.Weekday.
var libraryDays = []rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}

// Any reports whether an occurrence touches a window; it looks no further than the first that it meets.
func Any(r *storage.Reservation, from, to time.Time) (bool, error) {
	s, err := open(r)
	if err != nil {
		return false, err
	}
	if r.Recurrence == nil {
		return touches(s.occurrence(storage.LocalTime{}, r.Start, r.End, &r.Details), from, to), nil
	}
	for i := range r.Overrides {
		if o := &r.Overrides[i]; !s.excepted[o.Original] && touches(s.override(o), from, to) {
			return true, nil
		}
	}
	for start := range s.starts(from.UTC().Add(-s.length-margin), to.UTC().Add(margin)) {
		if !s.overridden[start] && touches(s.plain(start), from, to) {
			return true, nil
		}
	}
	return false, nil
}
