package openinghours

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"diapason/storage"
)

// Specification is schema.org's OpeningHoursSpecification. One with ValidFrom is of exceptional days, one without is of
// the regular week; Opens and Closes both 00:00 mean closed, and Closes not after Opens means the next morning.
type Specification struct {
	Type         string    `json:"@type"`
	DayOfWeek    DayOfWeek `json:"dayOfWeek,omitempty"`
	Opens        string    `json:"opens"`
	Closes       string    `json:"closes"`
	ValidFrom    string    `json:"validFrom,omitempty"`
	ValidThrough string    `json:"validThrough,omitempty"`
}

// DayOfWeek is a list of English day names. One name alone, and names as schema.org addresses, are read too.
type DayOfWeek []string

// UnmarshalJSON reads a name or a list of names.
func (d *DayOfWeek) UnmarshalJSON(b []byte) error {
	if !bytes.HasPrefix(b, []byte("[")) {
		b = slices.Concat([]byte("["), b, []byte("]"))
	}
	return json.Unmarshal(b, (*[]string)(d))
}

var schemaDays = [7]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

const specificationType = "OpeningHoursSpecification"

// The forms that Google's page on local business data asks for: a whole day is 00:00–23:59, a closed one 00:00–00:00.
const (
	midnight   = "00:00"
	wholeDay   = "23:59"
	almostFull = "23:59:00" // a real 23:59, which in the short form would mean the whole day
)

// Schema writes both the week and the exceptional days; unknown hours without any exception give nil.
func Schema(h Hours) []Specification {
	var out []Specification
	if h.Week.Known {
		for i, ps := range h.Week.Days {
			if firstAlike(h.Week, i) < i {
				continue
			}
			var days DayOfWeek
			for j := i; j < 7; j++ {
				if samePeriods(h.Week.Days[j], ps) {
					days = append(days, schemaDays[j])
				}
			}
			out = append(out, specifications(ps, Specification{DayOfWeek: days})...)
		}
	}
	for _, d := range inDateOrder(h.Special) {
		date := d.Date.String()
		out = append(out, specifications(d.Periods, Specification{ValidFrom: date, ValidThrough: date})...)
	}
	return out
}

// ClosedEveryDay is the specification of an establishment that is closed for good or, with a last day, for a time.
func ClosedEveryDay(lastDay storage.Date) Specification {
	return Specification{
		Type: specificationType, DayOfWeek: slices.Clone(schemaDays[:]), Opens: midnight, Closes: midnight,
		ValidThrough: lastDay.String(),
	}
}

func specifications(ps []storage.Period, s Specification) []Specification {
	s.Type = specificationType
	if len(ps) == 0 {
		s.Opens, s.Closes = midnight, midnight
		return []Specification{s}
	}
	out := make([]Specification, len(ps))
	for i, p := range ps {
		s.Opens, s.Closes = storage.ClockText(p.Open), storage.ClockText(p.Close%day)
		switch p {
		case storage.Period{Open: 0, Close: day}:
			s.Closes = wholeDay
		case storage.Period{Open: 0, Close: day - 1}:
			s.Closes = almostFull
		}
		out[i] = s
	}
	return out
}

// ParseSchema reads the form of Schema; an exceptional range of dates is expanded day by day, up to a year.
func ParseSchema(specs []Specification) (Hours, error) {
	var h Hours
	for _, s := range specs {
		p, closed, err := s.period()
		if err != nil {
			return Hours{}, err
		}
		if s.ValidFrom != "" || s.ValidThrough != "" {
			err = h.addSpecial(s, p, closed)
		} else {
			err = h.addRegular(s, p, closed)
		}
		if err != nil {
			return Hours{}, err
		}
	}
	for _, ps := range h.Week.Days {
		if err := storage.CheckPeriods(ps); err != nil {
			return Hours{}, err
		}
	}
	for _, d := range h.Special {
		if err := storage.CheckPeriods(d.Periods); err != nil {
			return Hours{}, err
		}
	}
	h.Special = inDateOrder(h.Special)
	return h, nil
}

func (s Specification) unknown(part string) error {
	return storage.NewProblem("hours.schema", "part", part)
}

func (s Specification) period() (p storage.Period, closed bool, err error) {
	opens, closes := withoutSeconds(s.Opens), withoutSeconds(s.Closes)
	switch {
	case opens == midnight && (s.Closes == wholeDay || s.Closes == wholeDay+":59"):
		return storage.Period{Open: 0, Close: day}, false, nil
	case opens == midnight && closes == midnight:
		return p, true, nil
	}
	p, err = storage.ParsePeriod(opens + "-" + closes)
	if err != nil {
		return p, false, s.unknown(s.Opens + "-" + s.Closes)
	}
	return p, false, nil
}

func withoutSeconds(clock string) string {
	if strings.Count(clock, ":") == 2 {
		return strings.TrimSuffix(clock, ":00")
	}
	return clock
}

func (h *Hours) addRegular(s Specification, p storage.Period, closed bool) error {
	h.Week.Known = true
	if len(s.DayOfWeek) == 0 {
		return s.unknown("dayOfWeek")
	}
	for _, name := range s.DayOfWeek {
		short := name[strings.LastIndex(name, "/")+1:] // https://schema.org/Monday
		d := slices.Index(schemaDays[:], short)
		if d < 0 {
			return s.unknown(name)
		}
		if !closed {
			h.Week.Days[d] = append(h.Week.Days[d], p)
		}
	}
	return nil
}

func (h *Hours) addSpecial(s Specification, p storage.Period, closed bool) error {
	from, errFrom := storage.ParseDate(s.ValidFrom)
	to, errTo := storage.ParseDate(s.ValidThrough)
	span := s.ValidFrom + " – " + s.ValidThrough
	if errFrom != nil || errTo != nil || from.IsZero() || to.IsZero() || to.Before(from) || len(s.DayOfWeek) > 0 {
		return s.unknown(span) // hours of a season are not exceptional days
	}
	for n, d := 0, from; !to.Before(d); n, d = n+1, shift(d, 1) {
		if n == maxSpecialDays {
			return s.unknown(span)
		}
		i := h.special(d)
		if i < 0 {
			h.Special, i = append(h.Special, storage.SpecialDay{Date: d}), len(h.Special)
		}
		if !closed {
			h.Special[i].Periods = append(h.Special[i].Periods, p)
		}
	}
	return nil
}
