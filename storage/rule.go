package storage

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rule is what storage understands of an RRULE (RFC 5545, 3.3.10): enough to refuse what cannot be one, and to bound
// where it ends. What it means is the business of those who expand it.
type rule struct {
	freq     string
	interval int
	count    int       // 0: none
	until    time.Time // on the wall clock or UTC, which are less than a day apart; zero: none
	by       map[string]string
}

// numbers is what most BY parts list; byDay lists week days, each with an ordinal or without.
var (
	numbers = regexp.MustCompile(`^[+-]?\d{1,3}(,[+-]?\d{1,3})*$`)
	byDay   = regexp.MustCompile(`^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU))*$`)
	weekDay = regexp.MustCompile(`^(MO|TU|WE|TH|FR|SA|SU)$`)
)

var ruleParts = map[string]*regexp.Regexp{
	"BYSECOND": numbers, "BYMINUTE": numbers, "BYHOUR": numbers, "BYDAY": byDay, "BYMONTHDAY": numbers,
	"BYYEARDAY": numbers, "BYWEEKNO": numbers, "BYMONTH": numbers, "BYSETPOS": numbers, "WKST": weekDay,
}

var frequencies = []string{"SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"}

// parseRule reads the value of an RRULE; ok is false when it cannot be one.
func parseRule(text string) (r rule, ok bool) {
	r = rule{interval: 1, by: map[string]string{}}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.TrimSuffix(strings.ToUpper(text), ";"), ";") {
		name, value, found := strings.Cut(part, "=")
		if !found || seen[name] || !r.part(name, value) {
			return r, false
		}
		seen[name] = true
	}
	return r, r.freq != "" && (r.count == 0 || r.until.IsZero())
}

func (r *rule) part(name, value string) bool {
	switch name {
	case "FREQ":
		r.freq = value
		return slices.Contains(frequencies, value)
	case "INTERVAL":
		return positive(&r.interval, value)
	case "COUNT":
		return positive(&r.count, value)
	case "UNTIL":
		for _, form := range []string{"20060102", "20060102T150405", "20060102T150405Z"} {
			if t, err := time.Parse(form, value); err == nil {
				r.until = t
				if form == "20060102" {
					r.until = t.AddDate(0, 0, 1) // the day itself is part of it
				}
				return true
			}
		}
		return false
	}
	form, known := ruleParts[name]
	if !known || !form.MatchString(value) {
		return false
	}
	if name != "WKST" { // where weeks begin moves an occurrence by some days at most
		r.by[name] = value
	}
	return true
}

// positive reads a number from 1 to a million.
func positive(to *int, value string) bool {
	n, err := strconv.Atoi(value)
	*to = n
	return err == nil && n >= 1 && n <= 1_000_000
}

// last bounds the wall-clock time at which the last occurrence can begin; ok is false when no bound is known.
func (r *rule) last(start time.Time) (t time.Time, ok bool) {
	if !r.until.IsZero() {
		return r.until, true
	}
	n := r.count * r.interval
	if n == 0 || n > 1000 {
		return t, false
	}
	// Each period holds an occurrence at least, whatever the day it begins on: COUNT of them reach COUNT periods far.
	switch {
	case r.freq == "DAILY" && r.only():
		return start.AddDate(0, 0, n), true
	case r.freq == "DAILY" && r.only("BYDAY") && r.interval == 1, r.freq == "WEEKLY" && r.only("BYDAY"):
		return start.AddDate(0, 0, 7*(n+r.interval)), true
	case r.freq == "MONTHLY" && (r.only() && start.Day() <= 28 || r.everyMonth()):
		return start.AddDate(0, n+r.interval, 0), true
	case r.freq == "YEARLY" && r.only() && start.Day() <= 28:
		return start.AddDate(n, 0, 0), true
	}
	return t, false
}

// only reports whether the rule has no BY parts but those named.
func (r *rule) only(names ...string) bool {
	for name := range r.by {
		if !slices.Contains(names, name) {
			return false
		}
	}
	return true
}

// everyMonth reports whether the rule asks for week days that each month has: a fifth Monday is not in all.
func (r *rule) everyMonth() bool {
	return r.by["BYDAY"] != "" && r.only("BYDAY") && !strings.Contains(r.by["BYDAY"], "5")
}
