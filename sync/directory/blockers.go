package directory

import (
	"strconv"
	"unicode/utf8"

	"diapason/storage"
)

// Blockers lists, in template order and then in the directory's own, what keeps a snapshot from being sent; each
// Problem names its field. Nil when it can leave.
func Blockers(s storage.Snapshot, c Capabilities) storage.Problems {
	var ps storage.Problems
	missing := map[storage.Field]bool{}
	for _, f := range c.Mandatory {
		missing[f] = s[f] == ""
	}
	for _, group := range c.AnyOf {
		if !anyFilled(s, group) {
			missing[group[0]] = true
		}
	}
	for _, f := range storage.Fields {
		v := s[f]
		if missing[f] {
			ps = append(ps, storage.NewProblem("blocker.missing").On(f))
		}
		if limit := c.MaxLength[f]; limit > 0 && utf8.RuneCountInString(v) > limit {
			ps = append(ps, storage.NewProblem("blocker.tooLong", "length",
				strconv.Itoa(utf8.RuneCountInString(v)), "limit", strconv.Itoa(limit)).On(f))
		}
		if n := mostPeriods(f, v); c.MaxPeriodsPerDay > 0 && n > c.MaxPeriodsPerDay {
			ps = append(ps, storage.NewProblem("blocker.tooManyPeriods", "count", strconv.Itoa(n),
				"limit", strconv.Itoa(c.MaxPeriodsPerDay)).On(f))
		}
	}
	if c.Check != nil {
		ps = append(ps, c.Check(s)...)
	}
	return ps
}

func anyFilled(s storage.Snapshot, group []storage.Field) bool {
	for _, f := range group {
		if s[f] != "" {
			return true
		}
	}
	return false
}

// mostPeriods gives the largest number of periods of one day in an hours field's text, 0 for the other fields.
func mostPeriods(f storage.Field, text string) int {
	most := 0
	switch f {
	case storage.FieldOpeningHours:
		w, err := storage.ParseWeek(text)
		if err != nil {
			return 0 // canonical texts always parse; a foreign one is compared, not sent
		}
		for _, d := range w.Days {
			most = max(most, len(d))
		}
	case storage.FieldSpecialHours:
		days, err := storage.ParseSpecial(text)
		if err != nil {
			return 0
		}
		for _, d := range days {
			most = max(most, len(d.Periods))
		}
	}
	return most
}
