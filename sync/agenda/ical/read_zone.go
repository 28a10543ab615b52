package ical

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/contentline"
)

// moment reads a day or a time, in its zone. A floating time, which names none, is in the zone that its calendar names, when
// that means something, else in the zone of whoever reads.
func (x *reader) moment(p *property, value string) (Time, *storage.Problem) {
	t, isDay, isUTC, ok := parseMoment(value)
	switch {
	case !ok:
		return Time{}, storage.NewProblem("ical.time", "name", p.name, "value", shorten(value))
	case !writable(t), t.IsZero(): // the first moment of the year 1 stands for "none", here and where such dates come from
		return Time{}, storage.NewProblem("ical.year")
	case isDay || strings.EqualFold(p.get("VALUE"), "DATE"):
		return Time{Wall: midnight(t), Day: true}, nil
	case isUTC:
		return Time{Wall: t, Zone: utc}, nil
	}
	id := p.get("TZID")
	if id == "" {
		return Time{Wall: t, Zone: cmp.Or(x.zoneOf(x.own, t), x.zone)}, nil
	}
	if name := x.zoneOf(id, t); name != "" {
		return Time{Wall: t, Zone: name}, nil
	}
	return Time{}, storage.NewProblem("ical.zone", "value", shorten(id))
}

// zoneOf gives the IANA name that a TZID stands for in the calendar at hand; "" when that cannot be told for certain.
func (x *reader) zoneOf(id string, at time.Time) string {
	name, ok := x.named[id]
	if !ok {
		if name = knownZone(id); name == "" {
			name = x.described(id, at)
		}
		x.named[id] = name
	}
	return name
}

// knownZone gives the IANA name that a TZID stands for: itself, its end ("/example.org/2026/Europe/Paris"), or a name that
// Windows has for it; "" when it is none of these.
func knownZone(id string) string {
	id = strings.TrimSpace(id)
	switch strings.ToUpper(id) {
	case "UTC", "GMT", "Z", "ETC/UTC", "ETC/GMT", "TZONE://MICROSOFT/UTC":
		return utc
	}
	if name, ok := windows[strings.ToLower(id)]; ok {
		return name
	}
	if name := longZone(id); name != "" {
		return name
	}
	for rest, more := id, true; more; _, rest, more = strings.Cut(rest, "/") {
		if rest == "UTC" {
			return utc
		}
		if strings.HasPrefix(id, "/") && !strings.Contains(rest, "/") {
			break // the last part alone is a town, or a zone by chance
		}
		if _, err := location(rest); err == nil {
			return rest
		}
		if !strings.HasPrefix(id, "/") {
			break
		}
	}
	return ""
}

// zoneDraft is a VTIMEZONE as its lines tell it.
type zoneDraft struct {
	id, place string // TZID, X-LIC-LOCATION
	rules     []*zoneRule
	lines     int
	last      *zoneRule // the STANDARD or DAYLIGHT at hand
}

// zoneRule is a STANDARD or a DAYLIGHT.
type zoneRule struct {
	started  bool      // DTSTART was told
	start    time.Time // of the year 1 in many files
	from, to int       // seconds east of UTC
	yearly   *yearly
	dates    []time.Time
	bad      bool
}

// yearly is what these rules can be: one change a year.
type yearly struct {
	month   time.Month
	weekday time.Weekday
	nth     int   // 1 to 5, or -1 to -5; 0: by days
	days    []int // of the month; with nth 0 and none: that of the start
	until   time.Time
}

func (z *zoneDraft) begin() {
	z.last = &zoneRule{}
	if len(z.rules) < 500 {
		z.rules = append(z.rules, z.last)
	}
}

func (z *zoneDraft) add(p property) {
	if z.lines++; z.lines > mostLines {
		return
	}
	switch {
	case p.name == "TZID":
		z.id = contentline.Unescape(p.value)
	case p.name == "X-LIC-LOCATION":
		z.place = contentline.Unescape(p.value)
	case z.last != nil:
		z.last.add(p)
	}
}

func (r *zoneRule) add(p property) {
	ok := true
	switch p.name {
	case "DTSTART":
		r.start, _, _, ok = parseMoment(p.value)
		r.started = true
	case "TZOFFSETFROM":
		r.from, ok = parseOffset(p.value)
	case "TZOFFSETTO":
		r.to, ok = parseOffset(p.value)
	case "RRULE":
		r.yearly, ok = parseYearly(p.value)
	case "RDATE":
		for v := range strings.SplitSeq(p.value, ",") {
			var t time.Time
			if t, _, _, ok = parseMoment(v); ok && len(r.dates) < 1000 {
				r.dates = append(r.dates, t)
			}
		}
	}
	r.bad = r.bad || !ok
}

// parseOffset reads +0100, +01:00 or +000921.
func parseOffset(s string) (int, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ":", "")
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	hours, ok1 := digits(s, 1, 3)
	minutes, ok2 := digits(s, 3, 5)
	seconds := 0
	if len(s) == 7 {
		var ok bool
		if seconds, ok = digits(s, 5, 7); !ok {
			return 0, false
		}
	}
	n := hours*3600 + minutes*60 + seconds
	if s[0] == '-' {
		n = -n
	}
	return n, ok1 && ok2 && hours < 24
}

// parseYearly reads the RRULE of a zone.
func parseYearly(rule string) (*yearly, bool) {
	y := &yearly{}
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(rule)), ";") {
		name, value, _ := strings.Cut(part, "=")
		ok := true
		switch name {
		case "FREQ":
			ok = value == "YEARLY"
		case "INTERVAL":
			ok = value == "1"
		case "COUNT":
			ok = false
		case "UNTIL":
			y.until, _, _, ok = parseMoment(value)
		case "BYMONTH":
			var n int
			n, ok = between(value, 1, 12)
			y.month = time.Month(n)
		case "BYMONTHDAY":
			for v := range strings.SplitSeq(value, ",") {
				n, fits := between(v, 1, 31)
				ok = ok && fits
				y.days = append(y.days, n)
			}
		case "BYDAY":
			if len(value) < 2 {
				return nil, false
			}
			y.weekday = time.Weekday(slices.Index(weekdays, value[len(value)-2:]))
			if nth := value[:len(value)-2]; nth != "" {
				y.nth, ok = between(nth, -5, 5)
			}
			ok = ok && y.weekday >= 0
		}
		if !ok {
			return nil, false
		}
	}
	return y, true
}

func between(s string, from, to int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && from <= n && n <= to
}

// onset gives the change of a year; ok is false when there is none.
func (r *zoneRule) onset(year int) (time.Time, bool) {
	y := r.yearly
	month := y.month
	if month == 0 {
		month = r.start.Month()
	}
	clock := r.start.Sub(midnight(r.start))
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	day := 0
	length := first.AddDate(0, 1, -1).Day()
	offset := (int(y.weekday) - int(first.Weekday()) + 7) % 7 // from the first to the first such weekday
	switch {
	case y.nth > 0:
		day = 1 + offset + 7*(y.nth-1)
	case y.nth < 0:
		lastOne := 1 + offset + 7*((length-1-offset)/7)
		day = lastOne + 7*(y.nth+1)
	case len(y.days) == 1:
		day = y.days[0]
	case len(y.days) > 1:
		for _, d := range y.days {
			if (d-1-offset)%7 == 0 {
				day = d
			}
		}
	default:
		day = r.start.Day()
	}
	if day < 1 || day > length {
		return first, false
	}
	at := first.AddDate(0, 0, day-1).Add(clock)
	return at, !at.Before(r.start) && (y.until.IsZero() || !at.After(y.until.Add(24*time.Hour)))
}

// turn is one change: at a civil time of the clock that ends with it.
type turn struct {
	at       time.Time
	from, to int
}

// turns lists the changes that matter to the years from one to another, in order; ok is false when the zone's description
// cannot be understood.
func (z *zoneDraft) turns(from, to int) (all []turn, ok bool) {
	if z == nil || len(z.rules) == 0 {
		return nil, false
	}
	for _, r := range z.rules {
		if r.bad || !r.started {
			return nil, false
		}
		all = append(all, turn{r.start, r.from, r.to})
		for _, d := range r.dates {
			all = append(all, turn{d, r.from, r.to})
		}
		if r.yearly == nil {
			continue
		}
		for year := from - 1; year <= to; year++ {
			if at, ok := r.onset(year); ok {
				all = append(all, turn{at, r.from, r.to})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b turn) int { return a.at.Compare(b.at) })
	return all, true
}

// offsetAt gives the offset at a civil time.
func offsetAt(turns []turn, wall time.Time) int {
	offset := turns[0].from
	for _, t := range turns {
		if t.at.After(wall) {
			break
		}
		offset = t.to
	}
	return offset
}

// described gives the zone that a VTIMEZONE of the file describes: the one it says it is; else the one whose clock shows
// the same on every noon of the year of the event and of the next one, our own zone first; "" for none.
func (x *reader) described(id string, at time.Time) string {
	z := x.zones[id]
	if z == nil {
		return ""
	}
	if name := knownZone(z.place); name != "" {
		return name
	}
	year := min(max(at.Year(), 1601), 9990)
	turns, ok := z.turns(year, year+1)
	if !ok {
		return ""
	}
	for _, name := range append([]string{x.zone, utc}, candidates...) {
		zone, err := location(name)
		if err == nil && shows(zone, turns, year) {
			return name
		}
	}
	return ""
}

// shows tells whether a zone's clock agrees with turns on every noon of two years.
func shows(zone *time.Location, turns []turn, year int) bool {
	for noon := time.Date(year, 1, 1, 12, 0, 0, 0, time.UTC); noon.Year() <= year+1; noon = noon.AddDate(0, 0, 1) {
		if _, offset := instantIn(noon, zone).In(zone).Zone(); offset != offsetAt(turns, noon) {
			return false
		}
	}
	return true
}
