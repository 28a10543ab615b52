package ical

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/contentline"
)

// longestRule is how long an RRULE may be, in octets: a rule that names every day of a year is shorter.
const longestRule = 4096

// number is the range of the numbers of one part of a rule. With signed they may also be counted from the end.
type number struct {
	from, to int
	signed   bool
}

// parts are the parts of a rule whose values are numbers.
var parts = map[string]number{
	"INTERVAL": {1, 9999, false}, "COUNT": {1, 99999, false},
	"BYSECOND": {0, 60, false}, "BYMINUTE": {0, 59, false}, "BYHOUR": {0, 23, false},
	"BYMONTHDAY": {1, 31, true}, "BYYEARDAY": {1, 366, true}, "BYWEEKNO": {1, 53, true}, "BYMONTH": {1, 12, false},
	"BYSETPOS": {1, 366, true},
}

var (
	frequencies = []string{"SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
	weekdays    = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}
)

// normalRule checks the value of an RRULE and gives it in one form: FREQ first, then its parts as they came, UNTIL as the
// start of the series asks for (RFC 5545, 3.3.10): a date for days, else UTC. A date that ends a series of times includes
// that whole day. until is the last moment as civil time in the start's zone, zero without UNTIL.
func normalRule(rule string, start Time) (normal string, until time.Time, err *storage.Problem) {
	if normal, until, ok := ruleIn(rule, start); ok {
		return normal, until, nil
	}
	return "", time.Time{}, storage.NewProblem("ical.rule", "value", shorten(rule))
}

// ruleIn is normalRule without a reason: to make one costs more than to check the rule.
func ruleIn(rule string, start Time) (normal string, until time.Time, ok bool) {
	if len(rule) > longestRule {
		return "", until, false
	}
	var freq string
	var rest []string
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimRight(rule, "; ")), ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		name, value = strings.TrimSpace(name), strings.ReplaceAll(value, " ", "")
		if !ok || value == "" || seen[name] {
			return "", until, false
		}
		seen[name] = true
		switch {
		case name == "FREQ":
			if freq = value; !slices.Contains(frequencies, freq) {
				return "", until, false
			}
			continue
		case name == "UNTIL":
			if value, until, ok = normalUntil(value, start); !ok {
				return "", until, false
			}
		case start.Day && (name == "BYHOUR" || name == "BYMINUTE" || name == "BYSECOND"):
			continue // "MUST be ignored" for days
		case name == "RSCALE" && value == "GREGORIAN", name == "SKIP" && value == "OMIT", strings.HasPrefix(name, "X-"):
			continue // RFC 7529's way of saying what goes without saying
		default:
			if value, ok = normalPart(name, value); !ok {
				return "", until, false
			}
		}
		rest = append(rest, name+"="+value)
	}
	if !fits(freq, seen, rest) {
		return "", until, false
	}
	return strings.Join(append([]string{"FREQ=" + freq}, rest...), ";"), until, true
}

// fits tells whether the parts of a rule may stand together (RFC 5545, 3.3.10).
func fits(freq string, seen map[string]bool, rest []string) bool {
	switch {
	case freq == "", seen["COUNT"] && seen["UNTIL"]:
		return false
	case seen["BYWEEKNO"] && freq != "YEARLY", seen["BYMONTHDAY"] && freq == "WEEKLY":
		return false
	case seen["BYYEARDAY"] && (freq == "DAILY" || freq == "WEEKLY" || freq == "MONTHLY"):
		return false
	}
	by := 0
	for _, part := range rest {
		name, value, _ := strings.Cut(part, "=")
		if strings.HasPrefix(name, "BY") && name != "BYSETPOS" {
			by++
		}
		if name == "BYDAY" && strings.ContainsAny(value, "0123456789") {
			if freq != "MONTHLY" && freq != "YEARLY" || freq == "YEARLY" && seen["BYWEEKNO"] {
				return false
			}
		}
	}
	return !seen["BYSETPOS"] || by > 0
}

// normalPart checks the values of a part of a rule, UNTIL and FREQ excepted.
func normalPart(name, value string) (string, bool) {
	limits, isNumber := parts[name]
	if !isNumber && name != "BYDAY" && name != "WKST" {
		return "", false
	}
	values := strings.Split(value, ",")
	if len(values) > 1 && (name == "INTERVAL" || name == "COUNT" || name == "WKST") {
		return "", false
	}
	for i, v := range values {
		if isNumber {
			n, ok := normalNumber(v, limits)
			if !ok {
				return "", false
			}
			values[i] = n
			continue
		}
		if len(v) < 2 || !slices.Contains(weekdays, v[len(v)-2:]) || name == "WKST" && len(v) > 2 {
			return "", false
		}
		if len(v) > 2 {
			n, ok := normalNumber(v[:len(v)-2], number{1, 53, true})
			if !ok {
				return "", false
			}
			values[i] = n + v[len(v)-2:]
		}
	}
	return strings.Join(values, ","), true
}

func normalNumber(v string, limits number) (string, bool) {
	n, err := strconv.Atoi(v)
	if err != nil {
		return "", false
	}
	size := n
	if limits.signed {
		size = max(n, -n)
	}
	return strconv.Itoa(n), limits.from <= size && size <= limits.to
}

// normalUntil brings the end of a series into the form that its start asks for.
func normalUntil(value string, start Time) (string, time.Time, bool) {
	t, isDay, isUTC, ok := parseMoment(value)
	switch {
	case !ok:
		return "", t, false
	case start.Day:
		t = midnight(t)
		return string(appendDate(nil, t)), t, writable(t)
	case isDay:
		t = t.Add(24*time.Hour - time.Second)
	}
	wall := t
	if start.Zone != utc {
		zone, err := location(start.Zone)
		if err != nil {
			return "", t, false
		}
		if isUTC {
			wall = storage.LocalOf(t.In(zone)).Wall()
		} else {
			t = instantIn(t, zone)
		}
	}
	if !writable(t) || !writable(wall) {
		return "", t, false
	}
	return string(append(appendWall(nil, t), 'Z')), wall, true
}

// shorten cuts a value that goes into a message.
func shorten(s string) string {
	const most = 60
	s = contentline.Clean(s)
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
