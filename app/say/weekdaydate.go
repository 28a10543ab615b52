package say

import (
	"strconv"

	"diapason/assets/words"
	"diapason/storage"
)

// WeekdayDate gives a civil date with its day of the week, and its year: « vendredi 25 décembre 2026 ».
func WeekdayDate(d storage.Date) string {
	return words.T("say.day.weekdayYear", "weekday", Weekday(storage.Weekday(d.Time().Weekday())), "day", dayNumber(d.Day),
		"month", monthLong(d.Month), "year", strconv.Itoa(d.Year))
}
