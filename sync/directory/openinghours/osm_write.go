package openinghours

import (
	"fmt"
	"strings"

	"diapason/storage"
)

// OSM is what an opening_hours text says: hours of ours, and rules that our model has no words for.
type OSM struct {
	Hours
	// Kept are rules that were recognised and that our hours cannot hold: public and school holidays ("PH off"),
	// dates of every year ("Dec 25 off"). They are written back as they came, between the week and the dates.
	Kept []string
}

// String writes OpenStreetMap's opening_hours text, https://wiki.openstreetmap.org/wiki/Key:opening_hours, in the
// subset that every evaluator reads alike; unknown hours without any exception give the empty text.
//
// A rule for a day overrides, in that grammar, all that earlier rules said of the day, what is left of the evening
// before included. Where a period passes midnight, closed days are therefore written first and open ones joined with
// ", ", and exceptional dates are followed by what remains of, or is taken from, the night around them.
func (o OSM) String() string {
	dates := inDateOrder(o.Special)
	if o.Week.Known && len(dates) == 0 && len(o.Kept) == 0 && allDayLong(o.Week) {
		return "24/7"
	}
	var b strings.Builder
	writeWeek(&b, o.Week)
	for _, k := range o.Kept {
		rule(&b, "; ", k)
	}
	for _, d := range dates {
		rule(&b, "; ", dateText(d.Date)+" "+periodsOrOff(d.Periods))
		for _, a := range nightsAround(Hours{o.Week, dates}, d.Date) {
			rule(&b, a.sep, a.text)
		}
	}
	return b.String()
}

// OSMText writes hours alone, see OSM.String.
func OSMText(h Hours) string { return OSM{Hours: h}.String() }

func rule(b *strings.Builder, sep, text string) {
	if b.Len() > 0 {
		b.WriteString(sep)
	}
	b.WriteString(text)
}

func allDayLong(w storage.Week) bool {
	for _, ps := range w.Days {
		if len(ps) != 1 || ps[0] != (storage.Period{Open: 0, Close: day}) {
			return false
		}
	}
	return true
}

// writeWeek gathers the days that have the same periods, in order of their first day.
func writeWeek(b *strings.Builder, w storage.Week) {
	if !w.Known {
		return
	}
	var open, closed []string
	pastMidnight := false
	for i, ps := range w.Days {
		pastMidnight = pastMidnight || spill(ps) > 0
		if first := firstAlike(w, i); first < i {
			continue
		}
		text := daysText(w, i) + " " + periodsOrOff(ps)
		if len(ps) == 0 {
			closed = append(closed, text)
		} else {
			open = append(open, text)
		}
	}
	rules, sep := append(open, closed...), "; "
	if pastMidnight {
		rules, sep = append(closed, open...), ", "
	}
	for i, r := range rules {
		if i == len(closed) && len(closed) > 0 {
			rule(b, "; ", r) // what follows a rule of closed days begins anew
			continue
		}
		rule(b, sep, r)
	}
}

func firstAlike(w storage.Week, i int) int {
	for j := range i {
		if samePeriods(w.Days[j], w.Days[i]) {
			return j
		}
	}
	return i
}

// daysText names the days that have day i's periods, i being the first: "Mo-We,Fr".
func daysText(w storage.Week, i int) string {
	var parts []string
	for from := i; from < 7; from++ {
		if !samePeriods(w.Days[from], w.Days[i]) {
			continue
		}
		to := from
		for to+1 < 7 && samePeriods(w.Days[to+1], w.Days[i]) {
			to++
		}
		part := storage.DayCodes[from]
		if to > from {
			part += "-" + storage.DayCodes[to]
		}
		parts = append(parts, part)
		from = to
	}
	return strings.Join(parts, ",")
}

func periodsOrOff(ps []storage.Period) string {
	if len(ps) == 0 {
		return "off"
	}
	parts := make([]string, len(ps))
	for i, p := range ps {
		parts[i] = storage.PeriodText(p)
	}
	return strings.Join(parts, ",")
}

func dateText(d storage.Date) string {
	return fmt.Sprintf("%04d %s %02d", d.Year, d.Month.String()[:3], d.Day)
}

// night is a rule that repairs the hours after midnight beside an exceptional date.
type night struct {
	sep, text string
}

// nightsAround gives the rules that follow exceptional date d: the date's own rule hid what still ran from the evening
// before, and it cannot hide what the regular hours of its weekday run into the next morning.
func nightsAround(h Hours, d storage.Date) []night {
	var out []night
	if end := spill(h.on(shift(d, -1))); end > 0 {
		out = append(out, night{", ", dateText(d) + " " + storage.PeriodText(storage.Period{Open: 0, Close: end})})
	}
	next := shift(d, 1)
	if h.special(next) >= 0 {
		return out
	}
	gone := without(storage.Period{Open: spill(h.on(d)), Close: spill(h.regular(d))}, h.regular(next))
	if len(gone) > 0 {
		out = append(out, night{"; ", dateText(next) + " " + periodsOrOff(gone) + " off"})
	}
	return out
}

// without gives the parts of p that none of the sorted periods covers.
func without(p storage.Period, sorted []storage.Period) []storage.Period {
	var out []storage.Period
	for _, s := range sorted {
		if s.Open > p.Open && p.Open < p.Close {
			out = append(out, storage.Period{Open: p.Open, Close: min(s.Open, p.Close)})
		}
		p.Open = max(p.Open, s.Close)
	}
	if p.Open < p.Close {
		out = append(out, p)
	}
	return out
}
