package ical

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// zoneUse is a zone that series of the calendar are in, and the civil times between which they use it.
type zoneUse struct {
	name     string
	zone     *time.Location
	from, to time.Time
	// endless tells that one of the series has no end that can be read off its rule.
	endless bool
}

func (u *zoneUse) add(wall time.Time) {
	if wall.Before(u.from) {
		u.from = wall
	}
	if wall.After(u.to) {
		u.to = wall
	}
}

// ahead is how many years an endless series is followed in a zone whose changes no rule can say.
const ahead = 10

// change is one change of a zone's offset. local is its moment on the clock that ends with it.
type change struct {
	local    time.Time
	from, to int // seconds east of UTC
	name     string
	summer   bool // clocks go forward, to or from daylight saving time
}

// pattern is a change that comes back each year.
type pattern struct {
	change
	month   time.Month
	weekday time.Weekday
	first   int // the first of the seven days of the month on which it may fall; 0: its last seven
}

// write writes the VTIMEZONE: the two rules in force since before the zone is used, or the changes one by one up to when
// such rules begin, or up to the end of the use in zones that have none (Morocco's follow the moon).
func (u *zoneUse) write(b *builder) {
	from := u.from.AddDate(0, 0, -2) // more than any offset
	to := u.to.AddDate(0, 0, 2)
	if u.endless {
		to = to.AddDate(ahead, 0, 0)
	}
	rules := inForce(u.zone)
	since := from // from when on the rules say it all
	for i := range rules {
		if rules[i].local.After(since) {
			since = rules[i].local
		}
	}
	if since.After(to) {
		rules = nil // they begin when the use is over
	}
	var single []change
	if rules == nil {
		single = changes(u.zone, from, to)
	} else {
		single = slices.DeleteFunc(changes(u.zone, from, since.AddDate(1, 0, 0)), func(c change) bool {
			return slices.ContainsFunc(rules, func(p pattern) bool { return !c.local.Before(p.local) && p.is(c) })
		})
	}
	if len(single) > 0 || !slices.ContainsFunc(rules, func(p pattern) bool { return !p.local.After(from) }) {
		single = slices.Insert(single, 0, before(u.zone, from))
	}
	b.raw("BEGIN", "VTIMEZONE")
	b.raw("TZID", u.name)
	for len(single) > 0 {
		first := single[0]
		var again []change
		single = slices.DeleteFunc(single[1:], func(c change) bool {
			alike := c.from == first.from && c.to == first.to && c.name == first.name && c.summer == first.summer
			if alike {
				again = append(again, c)
			}
			return alike
		})
		b.observance(first, "", again)
	}
	for _, p := range rules {
		b.observance(p.change, p.rule(), nil)
	}
	b.raw("END", "VTIMEZONE")
}

// observance writes one STANDARD or DAYLIGHT.
func (b *builder) observance(c change, rule string, again []change) {
	kind := "STANDARD"
	if c.summer {
		kind = "DAYLIGHT"
	}
	b.raw("BEGIN", kind)
	b.begin("DTSTART:")
	b.done = appendWall(b.done, c.local)
	b.end()
	b.raw("TZOFFSETFROM", offset(c.from))
	b.raw("TZOFFSETTO", offset(c.to))
	b.text("TZNAME", c.name)
	if rule != "" {
		b.raw("RRULE", rule)
	}
	for i, a := range again {
		if i == 0 { // some readers forget DTSTART where there is an RDATE
			b.raw("RDATE", string(appendWall(nil, c.local)))
		}
		b.raw("RDATE", string(appendWall(nil, a.local)))
	}
	b.raw("END", kind)
}

// offset gives +0100, or +000921 for the offsets of before there were zones.
func offset(seconds int) string {
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	two := func(n int) []byte { return []byte{byte('0' + n/10), byte('0' + n%10)} }
	b := append([]byte{sign}, two(seconds/3600)...)
	b = append(b, two(seconds/60%60)...)
	if seconds%60 != 0 {
		b = append(b, two(seconds%60)...)
	}
	return string(b)
}

// changes gives the changes of a zone's offset between two moments, in their order.
func changes(zone *time.Location, from, to time.Time) []change {
	var all []change
	for at := from; ; {
		_, end := at.In(zone).ZoneBounds()
		if !end.IsZero() && !end.After(at) {
			// What Go extends by rule, it extends year by year, and each of 365 days: the last day of a leap year ends
			// before it begins.
			end = at.AddDate(0, 0, 1)
		}
		if end.IsZero() || end.After(to) {
			return all
		}
		if c := changeAt(end); c.from != c.to {
			all = append(all, c)
		}
		at = end
	}
}

// changeAt describes the change at a moment, which is in its zone.
func changeAt(at time.Time) change {
	earlier := at.Add(-time.Second)
	_, from := earlier.Zone()
	name, to := at.Zone()
	return change{
		local: at.UTC().Add(time.Duration(from) * time.Second), from: from, to: to, name: name,
		summer: to > from && (at.IsDST() || earlier.IsDST()),
	}
}

// oldest is the year before which no one looks for the beginning of what is in force: some readers stumble over offsets
// with seconds, which are older.
var oldest = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)

// before gives what is in force at a moment, since it began; when that was before 1970, and the moment is later, since
// then.
func before(zone *time.Location, at time.Time) change {
	start, _ := at.In(zone).ZoneBounds()
	name, to := at.In(zone).Zone()
	c := change{local: oldest, from: to, to: to, name: name}
	switch {
	case !start.IsZero() && !(start.Before(oldest) && at.After(oldest)):
		c = changeAt(start)
	case at.Before(oldest):
		c.local = time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)
		if at.Before(c.local) {
			c.local = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
		}
	}
	return c
}

// The years whose changes are looked at for what is in force: later than the tables that zones without rules come with.
const firstSample, lastSample = 2100, 2127

// inForce gives the two rules of a zone that changes its clocks every year by them, each with the first change that it
// explains without a gap until today; nil for other zones.
func inForce(zone *time.Location) []pattern {
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	sample := changes(zone, year(firstSample), year(lastSample+1))
	if len(sample) != 2*(lastSample-firstSample+1) {
		return nil
	}
	rules := make([]pattern, 2)
	for i := range rules {
		var mine []change
		for n := i; n < len(sample); n += 2 {
			mine = append(mine, sample[n])
		}
		var ok bool
		if rules[i], ok = patternOf(mine); !ok {
			return nil
		}
	}
	past := changes(zone, oldest, year(firstSample))
	for i := range rules {
		for y := firstSample - 1; ; y-- {
			n := slices.IndexFunc(past, func(c change) bool { return c.local.Year() == y && rules[i].is(c) })
			if n < 0 {
				break
			}
			rules[i].local = past[n].local
		}
	}
	slices.SortFunc(rules, func(a, b pattern) int { return a.local.Compare(b.local) })
	return rules
}

// patternOf finds what the changes of many years, one in each, have in common.
func patternOf(mine []change) (pattern, bool) {
	p := pattern{change: mine[0], month: mine[0].local.Month(), weekday: mine[0].local.Weekday()}
	lowest, highest, last := 31, 1, true // last: always among the last seven days of its month
	for _, c := range mine {
		d := c.local.Day()
		lowest, highest = min(lowest, d), max(highest, d)
		if c.local.AddDate(0, 0, 7).Month() == c.local.Month() {
			last = false
		}
		if c.local.Month() != p.month || c.local.Weekday() != p.weekday || !p.alike(c) {
			return p, false
		}
	}
	p.first = lowest
	if last && highest-lowest == 6 {
		p.first = 0
	}
	return p, highest-lowest == 6
}

// alike tells whether two changes go between the same offsets at the same hour.
func (c change) alike(d change) bool {
	return c.from == d.from && c.to == d.to && c.name == d.name && c.summer == d.summer &&
		c.local.Sub(midnight(c.local)) == d.local.Sub(midnight(d.local))
}

// is tells whether a change is the one of its year.
func (p pattern) is(c change) bool {
	if !p.alike(c) || c.local.Month() != p.month || c.local.Weekday() != p.weekday {
		return false
	}
	if p.first == 0 {
		return c.local.AddDate(0, 0, 7).Month() != p.month
	}
	return p.first <= c.local.Day() && c.local.Day() < p.first+7
}

// rule gives the RRULE. The n-th weekday of a month is said so where its seven days are those; elsewhere the days are.
func (p pattern) rule() string {
	rule := "FREQ=YEARLY;BYMONTH=" + strconv.Itoa(int(p.month))
	day := weekdays[p.weekday]
	switch {
	case p.first == 0:
		return rule + ";BYDAY=-1" + day
	case p.first%7 == 1 && p.first < 28:
		return rule + ";BYDAY=" + strconv.Itoa(1+p.first/7) + day
	}
	days := make([]string, 7)
	for i := range days {
		days[i] = strconv.Itoa(p.first + i)
	}
	return rule + ";BYDAY=" + day + ";BYMONTHDAY=" + strings.Join(days, ",")
}
