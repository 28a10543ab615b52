package say

import (
	"strconv"
	"strings"
	"time"

	"diapason/assets/words"
	"diapason/storage"
)

// ReadDate reads a date as people type it: 24/12/2026, 24/12/26, 24.12.2026, 24-12-2026 or 2026-12-24; the empty text
// is no date. A text that is none is told as people write dates, not as files do.
func ReadDate(s string) (storage.Date, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return storage.Date{}, nil
	}
	for _, layout := range []string{"2/1/2006", "2/1/06", "2.1.2006", "2-1-2006", "2 1 2006", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return storage.DateOf(t), nil
		}
	}
	return storage.Date{}, storage.NewProblem("date.typed", "value", s)
}

// TypedDate writes a date as it is typed: 24/12/2026. The zero Date gives "".
func TypedDate(d storage.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format("02/01/2006")
}

// Month gives a month with its year: « novembre 2026 ».
func Month(d storage.Date) string {
	return words.T("say.day.month", "month", monthLong(d.Month), "year", strconv.Itoa(d.Year))
}

// Days gives a stretch of days, both included: « 16 – 22 novembre 2026 », « 30 novembre – 6 décembre 2026 », « 28
// décembre 2026 – 3 janvier 2027 »; a single day is said alone.
func Days(first, last storage.Date) string {
	key := "say.days.years"
	switch {
	case first == last:
		return Date(first)
	case first.Year == last.Year && first.Month == last.Month:
		key = "say.days.days"
	case first.Year == last.Year:
		key = "say.days.months"
	}
	return words.T(key, "first", dayNumber(first.Day), "month", monthLong(first.Month), "year", strconv.Itoa(first.Year),
		"last", Date(last))
}

// Times gives when something begins and ends on one day, in minutes since midnight: « 9 h – 12 h 30 ».
func Times(from, to int) string {
	return words.T("say.hours.period", "open", Clock(from), "close", Clock(to))
}
