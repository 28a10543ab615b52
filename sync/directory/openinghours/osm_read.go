package openinghours

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
)

// maxSpecialDays bounds what one range of dates may expand to: a leap year.
const maxSpecialDays = 366

// ParseOSM reads the subset that OSM.String writes and the usual variants of it that mean one thing only: ranges over
// the week's end, one-digit hours, days repeated with "," or overridden by a later rule, ranges of dates. Anything else
// (comments, sunrise, weeks, months, holidays between other rules…) is a *storage.Problem that names the part.
//
// A text that lacks the rules by which String keeps nights whole is taken as people mean it: `Fr 18:00-02:00; Sa off`
// is open on Friday night.
func ParseOSM(text string) (OSM, error) {
	p := osmReader{text: text}
	for segment := range strings.SplitSeq(text, ";") {
		if err := p.segment(segment); err != nil {
			return OSM{}, err
		}
	}
	return p.finish()
}

// What kind of rule came last: a rule of an earlier stage may not follow one of a later stage, which it would override.
const (
	stageWeek = iota
	stageKept
	stageDates
)

type osmReader struct {
	text   string
	out    OSM
	stage  int
	nights []night // rules of nightsAround that stand in the text
	tokens []string
	raw    string // the segment, for Kept
}

// selector is what a rule speaks of.
type selector struct {
	days     [7]bool
	holidays []string // PH, SH
	dates    []storage.Date
	yearless string // "Dec 25", kept as it is
}

var osmToken = regexp.MustCompile(`^\s*(24/7|\d{1,2}:\d{2}|\d+|[A-Za-z]+|[-,])\s*`)

func (p *osmReader) unknown(part string) error {
	return storage.NewProblem("hours.osm", "value", p.text, "part", strings.TrimSpace(part))
}

// segment reads what stands between two semicolons: one rule and the additional ones after it.
func (p *osmReader) segment(s string) error {
	p.raw, p.tokens = strings.TrimSpace(s), nil
	for rest := p.raw; rest != ""; {
		m := osmToken.FindStringSubmatch(rest)
		if m == nil {
			return p.unknown(p.raw)
		}
		p.tokens = append(p.tokens, m[1])
		rest = rest[len(m[0]):]
	}
	for additional := false; len(p.tokens) > 0; additional = true {
		if additional && !p.take(",") {
			return p.unknown(p.raw)
		}
		if err := p.rule(additional); err != nil {
			return err
		}
	}
	return nil
}

func (p *osmReader) rule(additional bool) error {
	sel, ok := p.selector()
	if !ok {
		return p.unknown(p.raw)
	}
	periods, off, ok := p.openings()
	if !ok {
		return p.unknown(p.raw)
	}
	cut := off && len(periods) > 0 // "00:00-02:00 off": closed then, whatever else was said
	if err := storage.CheckPeriods(periods); err != nil {
		return err
	}
	switch {
	case len(sel.dates) > 0:
		return p.dates(sel.dates, periods, cut, additional)
	case cut:
		return p.unknown(p.raw)
	case sel.yearless != "":
		return p.keep(sel.yearless, periods, additional)
	}
	if sel.days != [7]bool{} {
		if p.stage > stageWeek {
			return p.unknown(p.raw)
		}
		if err := p.week(sel.days, periods, additional); err != nil {
			return err
		}
	}
	for _, h := range sel.holidays {
		if err := p.keep(h, periods, additional); err != nil {
			return err
		}
	}
	return nil
}

func (p *osmReader) week(days [7]bool, periods []storage.Period, additional bool) error {
	p.out.Week.Known = true
	for i, yes := range days {
		if !yes {
			continue
		}
		ps := slices.Clone(periods)
		if additional {
			if len(ps) == 0 {
				return p.unknown(p.raw) // "Mo 09:00-12:00, Mo off" contradicts itself
			}
			ps = append(slices.Clone(p.out.Week.Days[i]), ps...)
			if err := storage.CheckPeriods(ps); err != nil {
				return err
			}
		}
		p.out.Week.Days[i] = ps
	}
	return nil
}

// keep holds a rule back; an additional one with openings would add to other rules, which a rule alone does not say.
func (p *osmReader) keep(what string, periods []storage.Period, additional bool) error {
	if p.stage > stageKept || additional && len(periods) > 0 {
		return p.unknown(p.raw)
	}
	p.stage = stageKept
	p.out.Kept = append(p.out.Kept, what+" "+periodsOrOff(periods))
	return nil
}

func (p *osmReader) dates(dates []storage.Date, periods []storage.Period, cut, additional bool) error {
	p.stage = stageDates
	if cut || additional {
		if len(dates) > 1 || cut && additional {
			return p.unknown(p.raw)
		}
		n := night{", ", dateText(dates[0]) + " " + periodsOrOff(periods)}
		if cut {
			n.sep, n.text = "; ", n.text+" off"
		}
		p.nights = append(p.nights, n)
		return nil
	}
	for _, d := range dates {
		s := storage.SpecialDay{Date: d, Periods: slices.Clone(periods)}
		if i := p.out.special(d); i >= 0 {
			p.out.Special[i] = s
			continue
		}
		p.out.Special = append(p.out.Special, s)
	}
	return nil
}

// finish accepts night rules only if they are just those that our hours need.
func (p *osmReader) finish() (OSM, error) {
	p.out.Special = inDateOrder(p.out.Special)
	if len(p.nights) == 0 {
		return p.out, nil
	}
	var want []night
	for _, d := range p.out.Special {
		want = append(want, nightsAround(p.out.Hours, d.Date)...)
	}
	if !slices.Equal(want, p.nights) {
		return OSM{}, p.unknown(p.nights[0].text)
	}
	return p.out, nil
}

func (p *osmReader) peek(i int) string {
	if i < len(p.tokens) {
		return p.tokens[i]
	}
	return ""
}

func (p *osmReader) take(token string) bool {
	if p.peek(0) != token {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *osmReader) next() string {
	t := p.peek(0)
	if t != "" {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *osmReader) selector() (selector, bool) {
	var s selector
	switch t := p.peek(0); {
	case t == "24/7":
		return selector{days: everyDay}, true // not taken: openings reads it
	case isClock(t), isOff(t):
		return selector{days: everyDay}, true
	case dayIndex(t) >= 0, isHoliday(t):
		return s, p.weekdays(&s)
	case monthOf(t) > 0:
		return s, p.yearlessDate(&s)
	case len(t) == 4 && isNumber(t):
		return s, p.dateList(&s)
	}
	return s, false
}

var everyDay = [7]bool{true, true, true, true, true, true, true}

func (p *osmReader) weekdays(s *selector) bool {
	for {
		switch t := p.next(); {
		case isHoliday(t):
			s.holidays = append(s.holidays, strings.ToUpper(t))
		case dayIndex(t) >= 0:
			from, to := dayIndex(t), dayIndex(t)
			if p.take("-") {
				if to = dayIndex(p.next()); to < 0 {
					return false
				}
			}
			for s.days[from] = true; from != to; s.days[from] = true {
				from = (from + 1) % 7
			}
		default:
			return false
		}
		if !p.take(",") {
			return true
		}
	}
}

// yearlessDate reads "Dec 25", "Dec 24-26" and "Dec 24-Jan 02".
func (p *osmReader) yearlessDate(s *selector) bool {
	read := func() (string, bool) {
		m := monthOf(p.next())
		d, err := strconv.Atoi(p.next())
		if m == 0 || err != nil || d < 1 || d > 31 {
			return "", false
		}
		return m.String()[:3] + " " + twoDigits(d), true
	}
	var ok bool
	if s.yearless, ok = read(); !ok || !p.take("-") {
		return ok
	}
	if isNumber(p.peek(0)) {
		d, err := strconv.Atoi(p.next())
		s.yearless += "-" + twoDigits(d)
		return err == nil && d >= 1 && d <= 31
	}
	end, ok := read()
	s.yearless += "-" + end
	return ok
}

func twoDigits(n int) string { return storage.ClockText(n)[3:] }

// dateList reads "2026 Dec 24", "2026 Dec 24-26", "2026 Dec 24-2027 Jan 02", and several of them after commas.
func (p *osmReader) dateList(s *selector) bool {
	for {
		year, ok := p.year()
		if !ok {
			return false
		}
		from, ok := p.monthDay(year, monthOf(p.peek(0)))
		if !ok {
			return false
		}
		to := from
		if p.take("-") {
			if len(p.peek(0)) == 4 && isNumber(p.peek(0)) {
				year, _ = p.year()
			}
			month := monthOf(p.peek(0))
			if month == 0 && year == from.Year {
				month = from.Month
			}
			if to, ok = p.monthDay(year, month); !ok || to.Before(from) {
				return false
			}
		}
		for d := from; !to.Before(d); d = shift(d, 1) {
			if s.dates = append(s.dates, d); len(s.dates) > maxSpecialDays {
				return false
			}
		}
		if !(p.peek(0) == "," && len(p.peek(1)) == 4 && isNumber(p.peek(1))) {
			return true
		}
		p.take(",")
	}
}

func (p *osmReader) year() (int, bool) {
	t := p.next()
	y, err := strconv.Atoi(t)
	return y, err == nil && len(t) == 4 && y > 0
}

// monthDay reads an optional month's name, which the caller has looked at, and the day.
func (p *osmReader) monthDay(year int, month time.Month) (storage.Date, bool) {
	if monthOf(p.peek(0)) > 0 {
		p.next()
	}
	n, err := strconv.Atoi(p.next())
	if err != nil || month == 0 {
		return storage.Date{}, false
	}
	d := storage.Date{Year: year, Month: month, Day: n}
	return d, storage.DateOf(d.Time()) == d // refuses 31 November
}

// openings reads "off", "closed", "24/7" or a list of periods, which "off" may follow.
func (p *osmReader) openings() (periods []storage.Period, off, ok bool) {
	t := p.peek(0)
	if isOff(t) {
		p.next()
		return nil, true, true
	}
	if t == "24/7" {
		p.next()
		return []storage.Period{{Open: 0, Close: day}}, false, true
	}
	for {
		from, dash, to := p.next(), p.take("-"), p.next()
		period, err := storage.ParsePeriod(from + "-" + to)
		if !dash || !isClock(from) || !isClock(to) || err != nil {
			return nil, false, false
		}
		periods = append(periods, period)
		if !(p.peek(0) == "," && isClock(p.peek(1))) {
			break
		}
		p.take(",")
	}
	if isOff(p.peek(0)) {
		p.next()
		return periods, true, true
	}
	return periods, false, true
}

func isClock(t string) bool { return strings.Contains(t, ":") }

func isOff(t string) bool { return strings.EqualFold(t, "off") || strings.EqualFold(t, "closed") }

func isHoliday(t string) bool { return strings.EqualFold(t, "PH") || strings.EqualFold(t, "SH") }

func isNumber(t string) bool {
	return t != "" && t[0] >= '0' && t[0] <= '9' && !isClock(t) && t != "24/7"
}

func dayIndex(t string) int {
	return slices.IndexFunc(storage.DayCodes[:], func(c string) bool { return strings.EqualFold(c, t) })
}

// monthOf gives the month of a three-letter English name, 0 for another text.
func monthOf(t string) time.Month {
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(m.String()[:3], t) {
			return m
		}
	}
	return 0
}
