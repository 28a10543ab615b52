package recurrence

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
)

// Frequency is the unit in which a rule comes back, as RFC 5545 spells it.
type Frequency string

// The frequencies; the editor offers the first four.
const (
	Daily    Frequency = "DAILY"
	Weekly   Frequency = "WEEKLY"
	Monthly  Frequency = "MONTHLY"
	Yearly   Frequency = "YEARLY"
	Hourly   Frequency = "HOURLY"
	Minutely Frequency = "MINUTELY"
	Secondly Frequency = "SECONDLY"
)

// unit is the length of a frequency's period on the wall clock; 0 where it varies.
var unit = map[Frequency]time.Duration{
	Yearly: 0, Monthly: 0, Weekly: 7 * 24 * time.Hour, Daily: 24 * time.Hour,
	Hourly: time.Hour, Minutely: time.Minute, Secondly: time.Second,
}

// Weekday is a day of the week in a rule. Nth is 0 for every one, 2 for the second of the month, -1 for the last.
type Weekday struct {
	Day time.Weekday
	Nth int
}

// weekdays are in the order of time.Weekday.
var weekdays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func (d Weekday) text() string {
	if d.Nth == 0 {
		return weekdays[d.Day]
	}
	return strconv.Itoa(d.Nth) + weekdays[d.Day]
}

// Until is the last moment at which an occurrence may begin; the zero Until is none.
type Until struct {
	// Local is the moment: civil time of UTC when UTC is set, else of the series' zone. A date alone includes its day.
	Local storage.LocalTime
	UTC   bool
}

// IsZero reports whether it is "none".
func (u Until) IsZero() bool { return u.Local.IsZero() }

// instant gives the last moment that belongs to the series.
func (u Until) instant(zone *time.Location) time.Time {
	switch {
	case u.UTC:
		return u.Local.Wall()
	case u.Local.IsDay():
		return u.Local.AddDays(1).In(zone).Add(-time.Second)
	}
	return u.Local.In(zone)
}

// Date gives the last date of the series in its zone, for an editor.
func (u Until) Date(zone *time.Location) storage.Date {
	if u.UTC {
		return storage.DateOf(u.Local.Wall().In(zone))
	}
	return u.Local.Date()
}

// LastDay makes the Until of a series that ends on a date, included: the date itself for whole days, else the end of
// that day in the series' zone, in UTC as RFC 5545 wants it.
func LastDay(d storage.Date, zone *time.Location, wholeDays bool) Until {
	day := storage.LocalDay(d)
	if wholeDays || d.IsZero() {
		return Until{Local: day}
	}
	return Until{Local: storage.LocalOf(Until{Local: day}.instant(zone).UTC()), UTC: true}
}

// Rule is a recurrence rule taken apart. Empty parts do not restrict; what is not said follows from the start.
type Rule struct {
	Freq     Frequency
	Interval int // from 1
	// Count and Until end it; both zero: it never ends. Not both at once.
	Count     int
	Until     Until
	WeekStart time.Weekday // Monday unless it is said

	Days      []Weekday // BYDAY
	MonthDays []int     // BYMONTHDAY: 1 to 31, from the end -1 to -31
	Months    []int     // BYMONTH
	// These come from outside only.
	Hours, Minutes, Seconds      []int
	YearDays, WeekNumbers, Steps []int // BYYEARDAY, BYWEEKNO, BYSETPOS
}

// lists are the parts that are lists of numbers, in the order of writing, with their bounds; negative tells that they
// count from the end too.
func (r *Rule) lists() []struct {
	name     string
	values   *[]int
	low      int
	high     int
	negative bool
} {
	return []struct {
		name     string
		values   *[]int
		low      int
		high     int
		negative bool
	}{
		{"BYMONTH", &r.Months, 1, 12, false},
		{"BYWEEKNO", &r.WeekNumbers, 1, 53, true},
		{"BYYEARDAY", &r.YearDays, 1, 366, true},
		{"BYMONTHDAY", &r.MonthDays, 1, 31, true},
		{"BYHOUR", &r.Hours, 0, 23, false},
		{"BYMINUTE", &r.Minutes, 0, 59, false},
		{"BYSECOND", &r.Seconds, 0, 59, false},
		{"BYSETPOS", &r.Steps, 1, 366, true},
	}
}

// Parse reads the value of an RRULE. What it cannot hold to is a Problem: nothing of a rule is ever left out.
func Parse(rule string) (Rule, error) {
	r := Rule{Interval: 1, WeekStart: time.Monday}
	if rule == "" || len(rule) > maxRule {
		return Rule{}, unreadable(rule)
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.TrimSuffix(strings.ToUpper(rule), ";"), ";") {
		name, value, ok := strings.Cut(part, "=")
		if !ok || seen[name] || !r.set(name, value) {
			return Rule{}, unreadable(rule)
		}
		seen[name] = true
	}
	if r.Freq == "" || r.Count > 0 && !r.Until.IsZero() {
		return Rule{}, unreadable(rule)
	}
	return r, r.supported()
}

// maxRule is the longest rule that is read, in bytes.
const maxRule = 1000

func unreadable(rule string) error {
	if len(rule) > 100 {
		rule = rule[:100]
	}
	return storage.NewProblem("recurrence.unreadable", "value", strings.ToValidUTF8(rule, ""))
}

// set reads one part; false when it is not one.
func (r *Rule) set(name, value string) (ok bool) {
	switch name {
	case "FREQ":
		r.Freq = Frequency(value)
		_, ok = unit[r.Freq]
		return ok
	case "INTERVAL":
		r.Interval, ok = number(value, 1, maxInterval)
		return ok
	case "COUNT":
		r.Count, ok = number(value, 1, 1<<31-1)
		return ok
	case "UNTIL":
		r.Until, ok = readUntil(value)
		return ok
	case "WKST":
		i := slices.Index(weekdays, value)
		r.WeekStart = time.Weekday(max(i, 0))
		return i >= 0
	case "BYDAY":
		r.Days, ok = readDays(value)
		return ok
	}
	for _, l := range r.lists() {
		if l.name == name {
			*l.values, ok = numbers(value, l.low, l.high, l.negative)
			return ok
		}
	}
	return false
}

// maxInterval keeps sums of periods far from the ends of time.
const maxInterval = 10_000

func number(s string, low, high int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= low && n <= high
}

func numbers(s string, low, high int, negative bool) ([]int, bool) {
	var all []int
	for part := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(part)
		within := n >= low && n <= high || negative && -n >= low && -n <= high
		if err != nil || !within {
			return nil, false
		}
		all = append(all, n)
	}
	slices.Sort(all)
	return slices.Compact(all), true
}

func readDays(s string) ([]Weekday, bool) {
	var all []Weekday
	for part := range strings.SplitSeq(s, ",") {
		if len(part) < 2 {
			return nil, false
		}
		nth, day := part[:len(part)-2], part[len(part)-2:]
		i := slices.Index(weekdays, day)
		d := Weekday{Day: time.Weekday(i)}
		if nth != "" {
			n, err := strconv.Atoi(nth)
			if err != nil || n == 0 || n < -53 || n > 53 {
				return nil, false
			}
			d.Nth = n
		}
		if i < 0 {
			return nil, false
		}
		all = append(all, d)
	}
	return all, true
}

// The forms of UNTIL.
const (
	untilDay   = "20060102"
	untilLocal = "20060102T150405"
	untilUTC   = "20060102T150405Z"
)

func readUntil(s string) (Until, bool) {
	for _, form := range []string{untilDay, untilLocal, untilUTC} {
		if len(s) != len(form) {
			continue
		}
		t, err := time.Parse(form, s)
		return Until{Local: wallOf(t, form == untilDay), UTC: form == untilUTC}, err == nil
	}
	return Until{}, false
}

func (u Until) text() string {
	switch {
	case u.Local.IsDay():
		return u.Local.Wall().Format(untilDay)
	case u.UTC:
		return u.Local.Wall().Format(untilUTC)
	}
	return u.Local.Wall().Format(untilLocal)
}

// String gives the value of an RRULE; the same rule always gives the same text.
func (r Rule) String() string {
	parts := []string{"FREQ=" + string(r.Freq)}
	if r.Interval > 1 {
		parts = append(parts, "INTERVAL="+strconv.Itoa(r.Interval))
	}
	if r.Count > 0 {
		parts = append(parts, "COUNT="+strconv.Itoa(r.Count))
	}
	if !r.Until.IsZero() {
		parts = append(parts, "UNTIL="+r.Until.text())
	}
	if r.WeekStart != time.Monday {
		parts = append(parts, "WKST="+weekdays[r.WeekStart])
	}
	if len(r.Days) > 0 {
		days := make([]string, len(r.Days))
		for i, d := range r.Days {
			days[i] = d.text()
		}
		parts = append(parts, "BYDAY="+strings.Join(days, ","))
	}
	for _, l := range r.lists() {
		if len(*l.values) == 0 {
			continue
		}
		texts := make([]string, len(*l.values))
		for i, n := range *l.values {
			texts[i] = strconv.Itoa(n)
		}
		parts = append(parts, l.name+"="+strings.Join(texts, ","))
	}
	return strings.Join(parts, ";")
}

// Simple reports whether an editor can show all of it: every day, on some days of the week, monthly on a day or on a
// weekday of the month, yearly; with an interval and an end.
func (r Rule) Simple() bool {
	if len(r.Hours)+len(r.Minutes)+len(r.Seconds)+len(r.YearDays)+len(r.WeekNumbers)+len(r.Steps)+len(r.Months) > 0 {
		return false
	}
	nth := slices.ContainsFunc(r.Days, func(d Weekday) bool { return d.Nth != 0 })
	switch r.Freq {
	case Weekly:
		return !nth
	case Monthly:
		return len(r.Days)+len(r.MonthDays) <= 1 && (len(r.Days) == 0 || nth)
	case Daily, Yearly:
		return len(r.Days)+len(r.MonthDays) == 0
	}
	return false
}
