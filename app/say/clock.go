package say

import (
	"strings"

	"diapason/storage"
)

// ReadClock reads a time of day as people type it, in minutes since midnight: "8", "8h", "8 h 30", "08:30", "8.30",
// "0830", "830", and 24:00 for the end of the day. What it cannot read is the store's own problem "hours.clock".
func ReadClock(s string) (int, error) {
	bad := storage.NewProblem("hours.clock", "value", s)
	text := strings.ToLower(strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '\t':
			return -1
		}
		return r
	}, s))
	hour, minute, cut := cutAny(text, "h:.")
	if !cut && len(text) >= 3 {
		hour, minute = text[:len(text)-2], text[len(text)-2:]
	}
	if minute == "" {
		minute = "00"
	}
	if len(hour) == 0 || len(hour) > 2 || len(minute) != 2 {
		return 0, bad
	}
	v, err := storage.ParseClock(hour + ":" + minute)
	if err != nil {
		return 0, bad
	}
	return v, nil
}

// cutAny cuts s around the first of the separators.
func cutAny(s, separators string) (before, after string, found bool) {
	if i := strings.IndexAny(s, separators); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}
