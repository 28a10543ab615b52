package say

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"diapason/assets/words"
	"diapason/storage"
)

// Moment gives an instant as lists show it, relative to now and in now's zone: « Aujourd’hui, 9 h 42 », « Hier,
// 18 h 05 », « 17 nov., 14 h 30 »; in another year the date alone, « 3 août 2025 ». The zero time gives "".
func Moment(t, now time.Time) string { return moment(t, now, "say.moment.") }

// MomentWithin gives the same instant inside a sentence: « aujourd’hui, 9 h 42 », « hier, 18 h 05 », « 17 nov., 14 h 30 ».
func MomentWithin(t, now time.Time) string { return moment(t, now, "say.momentWithin.") }

// MomentAt gives the same instant after a verb: « aujourd’hui à 8 h 55 », « hier à 17 h 20 », « le 17 nov. à 14 h 30 »; in
// another year « le 3 août 2025 ».
func MomentAt(t, now time.Time) string {
	day, today := storage.DateOf(t.In(now.Location())), storage.DateOf(now)
	switch text := Time(t.In(now.Location())); {
	case t.IsZero():
		return ""
	case day.Year != today.Year:
		return words.T("say.momentAt.date", "day", shortDay(day, today))
	case day != today && day != storage.DateOf(now.AddDate(0, 0, -1)) && day != storage.DateOf(now.AddDate(0, 0, 1)):
		return words.T("say.momentAt.day", "day", shortDay(day, today), "time", text)
	}
	return moment(t, now, "say.momentAt.")
}

// moment writes the days around now with the words of a key.
func moment(t, now time.Time, near string) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(now.Location())
	day, today := storage.DateOf(t), storage.DateOf(now)
	switch day {
	case today:
		return words.T(near+"today", "time", Time(t))
	case storage.DateOf(now.AddDate(0, 0, -1)):
		return words.T(near+"yesterday", "time", Time(t))
	case storage.DateOf(now.AddDate(0, 0, 1)):
		return words.T(near+"tomorrow", "time", Time(t))
	}
	if day.Year != today.Year {
		return shortDay(day, today)
	}
	return words.T("say.moment.day", "day", shortDay(day, today), "time", Time(t))
}

// Ago gives how long ago an instant was: « à l’instant », « il y a 5 min », « il y a 3 h », « il y a 2 jours ». One that is
// to come, on a clock that was set back, is now.
func Ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return words.T("say.ago.now")
	case d < time.Hour:
		return words.N("say.ago.minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return words.N("say.ago.hours", int(d/time.Hour))
	}
	return words.N("say.ago.days", int(d/(24*time.Hour)))
}

// FullDay gives the date of an instant with its day of the week, the year only when it is not now's: « jeudi 19
// novembre ».
func FullDay(t, now time.Time) string {
	d := storage.DateOf(t.In(now.Location()))
	if d.Year == now.Year() {
		return weekdayDate("say.day.weekday", d)
	}
	return WeekdayDate(d)
}

// WeekdayDate gives a civil date with its day of the week, and its year: « vendredi 25 décembre 2026 ».
func WeekdayDate(d storage.Date) string { return weekdayDate("say.day.weekdayYear", d) }

func weekdayDate(key string, d storage.Date) string {
	return words.T(key, "weekday", Weekday(storage.Weekday(d.Time().Weekday())), "day", dayNumber(d.Day),
		"month", monthLong(d.Month), "year", strconv.Itoa(d.Year))
}

// shortDay gives « 17 nov. », with the year when it is not today's.
func shortDay(d, today storage.Date) string {
	key := "say.day.short"
	if d.Year != today.Year {
		key = "say.day.shortYear"
	}
	return words.T(key, "day", dayNumber(d.Day), "month", words.T("say.month.short."+strconv.Itoa(int(d.Month))),
		"year", strconv.Itoa(d.Year))
}

// Date gives a civil date in full: « 24 décembre 2026 ». The zero Date gives "".
func Date(d storage.Date) string {
	if d.IsZero() {
		return ""
	}
	return words.T("say.day.long", "day", dayNumber(d.Day), "month", monthLong(d.Month), "year", strconv.Itoa(d.Year))
}

func monthLong(m time.Month) string { return words.T("say.month.long." + strconv.Itoa(int(m))) }

// dayNumber gives the day of a month; in French the first is an ordinal.
func dayNumber(n int) string {
	if n == 1 {
		return words.T("say.day.first")
	}
	return strconv.Itoa(n)
}

// Weekday gives the long name of a day, Monday being 0.
func Weekday(i int) string { return words.T("say.weekday.long." + strconv.Itoa(i)) }

// WeekdayShort gives the abbreviated name of a day, Monday being 0.
func WeekdayShort(i int) string { return words.T("say.weekday.short." + strconv.Itoa(i)) }

// Time gives the time of day in t's own zone: « 9 h 42 ».
func Time(t time.Time) string { return clock(t.Hour(), t.Minute(), true) }

// Clock gives minutes since midnight as opening hours show them: « 8 h », « 8 h 30 »; past midnight they wrap, and
// 1440 is « 24 h ».
func Clock(minutes int) string {
	if minutes > 1440 {
		minutes -= 1440
	}
	return clock(minutes/60, minutes%60, false)
}

// clock writes hours and minutes; with always, the minutes are written even when they are zero.
func clock(h, m int, always bool) string {
	key := "say.clock.minutes"
	if m == 0 && !always {
		key = "say.clock.hour"
	}
	minutes := strconv.Itoa(m)
	if m < 10 {
		minutes = "0" + minutes
	}
	return words.T(key, "hour", strconv.Itoa(h), "minute", minutes)
}

// Duration gives how long something took: « 0,4 s » is said « moins d’une seconde », then « 14 s », « 2 min 5 s »,
// « 1 h 12 min ».
func Duration(d time.Duration) string {
	d = d.Round(time.Second)
	h, m, s := int(d/time.Hour), int(d/time.Minute)%60, int(d/time.Second)%60
	switch {
	case d < time.Second:
		return words.T("say.duration.short")
	case h > 0:
		return words.T("say.duration.hours", "h", words.Number(h), "m", strconv.Itoa(m))
	case m > 0 && s > 0:
		return words.T("say.duration.minutesSeconds", "m", strconv.Itoa(m), "s", strconv.Itoa(s))
	case m > 0:
		return words.T("say.duration.minutes", "m", strconv.Itoa(m))
	}
	return words.T("say.duration.seconds", "s", strconv.Itoa(s))
}

// delayUnits are the units delays are said in, largest first; a delay is said in a unit from the second multiple on,
// or when it is exactly one.
var delayUnits = []struct {
	unit time.Duration
	key  string
}{
	{7 * 24 * time.Hour, "week"},
	{24 * time.Hour, "day"},
	{time.Hour, "hour"},
	{time.Minute, "minute"},
}

// Delay gives the usual delay of a directory: « Immédiat », « Une minute au plus », « Quelques minutes », « 2 h », « Quelques minutes à 24 h », « 3 à 7 jours »,
// « Jusqu’à 2 semaines ».
func Delay(least, most time.Duration) string {
	least, most = max(least, 0), max(most, least, 0)
	switch {
	case most == 0:
		return words.T("say.delay.none")
	case most <= time.Minute:
		return words.T("say.delay.atMost")
	case most < 15*time.Minute:
		return words.T("say.delay.someMinutes")
	case least == most:
		n, unit := delayUnit(most)
		return words.N("say.delay."+unit, n)
	case least == 0, most <= 15*time.Minute:
		n, unit := delayUnit(most)
		return words.T("say.delay.upTo", "most", words.N("say.delay."+unit, n))
	}
	n, unit := delayUnit(most)
	to := words.N("say.delay."+unit, n)
	switch {
	case most < 15*time.Minute:
		return words.T("say.delay.upTo", "most", to)
	case least < 15*time.Minute:
		return words.T("say.delay.fewMinutes", "most", to)
	}
	m, lower := delayUnit(least)
	if lower == unit {
		return words.T("say.delay.sameUnit", "least", words.Number(m), "most", to)
	}
	return words.T("say.delay.range", "least", words.N("say.delay."+lower, m), "most", to)
}

// delayUnit gives a delay in the largest unit that says it exactly; up to 48 hours stay hours, 13 days stay days.
func delayUnit(d time.Duration) (n int, unit string) {
	for _, u := range delayUnits {
		if d%u.unit != 0 || d < u.unit || (u.key == "day" && d < 48*time.Hour) || (u.key == "week" && d < 2*u.unit) {
			continue
		}
		return int(d / u.unit), u.key
	}
	return int((d + time.Minute - 1) / time.Minute), "minute"
}

// UpperFirst gives a text its capital where it begins a line: « Lundi ».
func UpperFirst(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:size]) + s[size:]
}
