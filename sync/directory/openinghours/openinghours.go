// Package openinghours writes our opening hours in the forms that the outside world uses, and reads those forms back:
// OpenStreetMap's opening_hours text (a safe subset), the cells of Google's bulk CSV, and schema.org's
// openingHoursSpecification. OpenAt is the one answer to "is it open then?" by which all of them are checked.
//
// The template's own cells live in package storage. What a form cannot say, or says in words we do not know, is a
// *storage.Problem: nothing is guessed and nothing is dropped in silence.
package openinghours

import (
	"slices"
	"strings"
	"time"

	"diapason/storage"
)

// Minutes of a day.
const day = 24 * 60

// Hours are the regular week and the exceptional days of one establishment.
type Hours struct {
	Week    storage.Week
	Special []storage.SpecialDay
}

// Of gives the hours of a snapshot's two fields; the problem of an unreadable one bears its field.
func Of(s storage.Snapshot) (Hours, error) {
	var h Hours
	var err error
	if h.Week, err = storage.ParseWeek(s[storage.FieldOpeningHours]); err != nil {
		return Hours{}, err
	}
	h.Special, err = storage.ParseSpecial(s[storage.FieldSpecialHours])
	return h, err
}

// Texts gives both canonical texts, as they stand in a snapshot.
func (h Hours) Texts() (week, special string) { return h.Week.String(), storage.SpecialText(h.Special) }

// OpenAt reports whether the establishment is open at t, read as wall-clock time in t's own zone. A period belongs to
// the day on which it begins: a special day replaces what begins that day, not what still runs from the evening
// before. Unknown hours are never open.
func OpenAt(h Hours, t time.Time) bool {
	minute := t.Hour()*60 + t.Minute()
	today := storage.DateOf(t)
	for _, p := range h.on(today) {
		if p.Open <= minute && minute < p.Close {
			return true
		}
	}
	return minute < spill(h.on(shift(today, -1)))
}

// on gives the periods that begin on a date.
func (h Hours) on(d storage.Date) []storage.Period {
	if i := h.special(d); i >= 0 {
		return h.Special[i].Periods
	}
	return h.regular(d)
}

func (h Hours) special(d storage.Date) int {
	return slices.IndexFunc(h.Special, func(s storage.SpecialDay) bool { return s.Date == d })
}

func (h Hours) regular(d storage.Date) []storage.Period {
	return h.Week.Days[storage.Weekday(d.Time().Weekday())]
}

// spill gives the minutes after midnight during which a day's last period still runs the next morning.
func spill(ps []storage.Period) int {
	end := 0
	for _, p := range ps {
		end = max(end, p.Close-day)
	}
	return end
}

func shift(d storage.Date, days int) storage.Date {
	return storage.DateOf(d.Time().AddDate(0, 0, days))
}

// inDateOrder gives a sorted copy.
func inDateOrder(days []storage.SpecialDay) []storage.SpecialDay {
	sorted := slices.Clone(days)
	slices.SortFunc(sorted, func(a, b storage.SpecialDay) int {
		return strings.Compare(a.Date.String(), b.Date.String())
	})
	return sorted
}

func samePeriods(a, b []storage.Period) bool { return slices.Equal(a, b) }
