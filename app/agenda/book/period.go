package book

import (
	"time"

	"diapason/app/say"
	"diapason/storage"
)

// View is a way of showing the agenda. Its word is the translation key "agenda.view." + View.
type View string

// The views.
const (
	Day   View = "day"
	Week  View = "week"
	Month View = "month"
	List  View = "list"
)

// Views are all of them, in the order of the screen.
var Views = []View{Day, Week, Month, List}

// listMonths is how far the list goes, in months.
const listMonths = 12

// Period is the days on screen: a view, around a day.
type Period struct {
	View View
	Day  storage.Date
}

// Span gives the first of its days and the day after the last one. A month is whole weeks, as many as a grid of months
// shows; the list begins with the day's month.
func (p Period) Span() (from, to storage.Date) {
	first := storage.Date{Year: p.Day.Year, Month: p.Day.Month, Day: 1}
	switch p.View {
	case Week:
		monday := Monday(p.Day)
		return monday, addDays(monday, 7)
	case Month:
		monday := Monday(first)
		return monday, addDays(monday, gridDays)
	case List:
		return first, addMonths(first, listMonths)
	}
	return p.Day, addDays(p.Day, 1)
}

// gridDays is how many days a grid of months shows, six weeks: every month fits.
const gridDays = 42

// Title says the period in words: « 16 – 22 novembre 2026 ».
func (p Period) Title() string {
	from, to := p.Span()
	switch p.View {
	case Week:
		return say.Days(from, addDays(to, -1))
	case Month:
		return say.Month(p.Day)
	case List:
		return say.Days(from, addDays(to, -1))
	}
	return say.UpperFirst(say.WeekdayDate(p.Day))
}

// Step gives the period n later; before when n is negative.
func (p Period) Step(n int) Period {
	switch p.View {
	case Week:
		p.Day = addDays(p.Day, 7*n)
	case Month, List:
		p.Day = addMonths(p.Day, n)
	default:
		p.Day = addDays(p.Day, n)
	}
	return p
}

// Shows reports whether a day is in it.
func (p Period) Shows(d storage.Date) bool {
	from, to := p.Span()
	return !d.Before(from) && d.Before(to)
}

// Monday gives the first day of a day's week.
func Monday(d storage.Date) storage.Date {
	return addDays(d, -((int(d.Time().Weekday()) + 6) % 7))
}

func addDays(d storage.Date, n int) storage.Date { return storage.DateOf(d.Time().AddDate(0, 0, n)) }

// addMonths keeps the day of the month, or takes the last one that the month has: 31 January is followed by 28 February.
func addMonths(d storage.Date, n int) storage.Date {
	first := time.Date(d.Year, d.Month, 1, 0, 0, 0, 0, time.UTC).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return storage.Date{Year: first.Year(), Month: first.Month(), Day: min(d.Day, last)}
}
