package storage

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Period is one opening, in minutes since midnight. Close may exceed 1440 when it ends the next morning
// (18:00–02:00 is 1080–1560); a whole day is 0–1440.
type Period struct {
	Open  int `json:"o"`
	Close int `json:"c"`
}

// Week gives the regular openings of each day. An index is a day, Monday first (0) to Sunday (6). A day without a
// period is closed. The zero Week says nothing at all: it means "hours unknown", see Known.
type Week struct {
	Known bool        `json:"known,omitempty"`
	Days  [7][]Period `json:"days"`
}

// SpecialDay replaces the regular hours of one date. Without a period the establishment is closed that day.
type SpecialDay struct {
	Date    Date     `json:"date"`
	Periods []Period `json:"periods,omitempty"`
}

// DayCodes are the two-letter day names of the template and of OpenStreetMap, Monday first.
var DayCodes = [7]string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}

// Weekday gives the index in Week.Days of a Go weekday.
func Weekday(d time.Weekday) int { return (int(d) + 6) % 7 }

// ClockText writes minutes as HH:MM; 1440 is 24:00, and minutes past midnight wrap (1560 is 02:00).
func ClockText(m int) string {
	if m > 1440 {
		m -= 1440
	}
	return fmt.Sprintf("%02d:%02d", m/60, m%60)
}

// ParseClock reads H:MM or HH:MM from 00:00 to 24:00 and gives minutes.
func ParseClock(s string) (int, error) {
	s = strings.TrimSpace(s)
	h, m, ok := strings.Cut(s, ":")
	if !ok || len(h) == 0 || len(h) > 2 || len(m) != 2 || !digits(h) || !digits(m) {
		return 0, NewProblem("hours.clock", "value", s)
	}
	v := atoi(h)*60 + atoi(m)
	if atoi(m) > 59 || v > 1440 {
		return 0, NewProblem("hours.clock", "value", s)
	}
	return v, nil
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

func atoi(s string) int {
	n := 0
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}

// PeriodText writes HH:MM-HH:MM.
func PeriodText(p Period) string { return ClockText(p.Open) + "-" + ClockText(p.Close) }

// ParsePeriod reads HH:MM-HH:MM. An end at or before the start is taken as the next morning; 00:00-00:00 and
// 00:00-24:00 are the whole day.
func ParsePeriod(s string) (Period, error) {
	a, b, ok := strings.Cut(s, "-")
	if !ok {
		return Period{}, NewProblem("hours.period", "value", s)
	}
	from, err := ParseClock(a)
	if err != nil {
		return Period{}, err
	}
	to, err := ParseClock(b)
	if err != nil {
		return Period{}, err
	}
	if from == 1440 {
		return Period{}, NewProblem("hours.period", "value", s)
	}
	if to <= from {
		to += 1440
	}
	return Period{Open: from, Close: to}, nil
}

func periodsText(ps []Period) string {
	parts := make([]string, len(ps))
	for i, p := range ps {
		parts[i] = PeriodText(p)
	}
	return strings.Join(parts, "&")
}

func parsePeriods(s string) ([]Period, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	var ps []Period
	for part := range strings.SplitSeq(s, "&") {
		p, err := ParsePeriod(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		ps = append(ps, p)
	}
	return ps, CheckPeriods(ps)
}

// CheckPeriods sorts the periods of one day and reports the first overlap.
func CheckPeriods(ps []Period) error {
	slices.SortFunc(ps, func(a, b Period) int { return a.Open - b.Open })
	for i, p := range ps {
		if p.Open < 0 || p.Open >= 1440 || p.Close <= p.Open || p.Close > p.Open+1440 {
			return NewProblem("hours.period", "value", PeriodText(p))
		}
		if i > 0 && ps[i-1].Close > p.Open {
			return NewProblem("hours.overlap", "first", PeriodText(ps[i-1]), "second", PeriodText(p))
		}
	}
	return nil
}

// String writes the template's form, `Mo=08:00-12:00&14:00-18:00;Tu=…;Su`, all seven days in order; unknown hours
// give the empty string.
func (w Week) String() string {
	if !w.Known {
		return ""
	}
	parts := make([]string, 7)
	for i, ps := range w.Days {
		parts[i] = DayCodes[i]
		if len(ps) > 0 {
			parts[i] += "=" + periodsText(ps)
		}
	}
	return strings.Join(parts, ";")
}

// ParseWeek reads the template's form. A day that is absent or bears no value is closed; the empty string is unknown.
func ParseWeek(s string) (Week, error) {
	var w Week
	if strings.TrimSpace(s) == "" {
		return w, nil
	}
	w.Known = true
	seen := [7]bool{}
	for part := range strings.SplitSeq(s, ";") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		d := slices.IndexFunc(DayCodes[:], func(c string) bool { return strings.EqualFold(c, strings.TrimSpace(name)) })
		if d < 0 {
			return Week{}, NewProblem("hours.day", "value", part)
		}
		if seen[d] {
			return Week{}, NewProblem("hours.twice", "value", part)
		}
		seen[d] = true
		ps, err := parsePeriods(value)
		if err != nil {
			return Week{}, err
		}
		w.Days[d] = ps
	}
	return w, nil
}

// SpecialText writes special days as `2026-12-24=09:00-14:00;2026-12-25`, in date order.
func SpecialText(days []SpecialDay) string {
	sorted := slices.Clone(days)
	slices.SortFunc(sorted, func(a, b SpecialDay) int { return strings.Compare(a.Date.String(), b.Date.String()) })
	parts := make([]string, len(sorted))
	for i, d := range sorted {
		parts[i] = d.Date.String()
		if len(d.Periods) > 0 {
			parts[i] += "=" + periodsText(d.Periods)
		}
	}
	return strings.Join(parts, ";")
}

// ParseSpecial reads the form of SpecialText.
func ParseSpecial(s string) ([]SpecialDay, error) {
	var days []SpecialDay
	for part := range strings.SplitSeq(s, ";") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		date, value, _ := strings.Cut(part, "=")
		d, err := ParseDate(strings.TrimSpace(date))
		if err != nil || d.IsZero() {
			return nil, NewProblem("hours.specialDate", "value", part)
		}
		if slices.ContainsFunc(days, func(o SpecialDay) bool { return o.Date == d }) {
			return nil, NewProblem("hours.twice", "value", part)
		}
		ps, err := parsePeriods(value)
		if err != nil {
			return nil, err
		}
		days = append(days, SpecialDay{Date: d, Periods: ps})
	}
	slices.SortFunc(days, func(a, b SpecialDay) int { return strings.Compare(a.Date.String(), b.Date.String()) })
	return days, nil
}
