package say

import (
	"strconv"
	"time"

	"diapason/assets/words"
	"diapason/storage"
)

// FullDay gives the date of an instant with its day of the week, the year only when it is not now's: « jeudi 19
// novembre ».
func FullDay(t, now time.Time) string {
	d := storage.DateOf(t.In(now.Location()))
	key := "say.day.weekday"
	if d.Year != now.Year() {
		key = "say.day.weekdayYear"
	}
	return words.T(key, "weekday", Weekday(storage.Weekday(d.Time().Weekday())), "day", dayNumber(d.Day),
		"month", monthLong(d.Month), "year", strconv.Itoa(d.Year))
}
