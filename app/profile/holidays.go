package profile

import (
	"slices"
	"strings"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/fr"

	"diapason/storage"
)

// holiday is one public holiday; its name is the translation key "profile.holiday." + Key.
type holiday struct {
	Key  string
	Date storage.Date
}

// frenchHolidays are the eleven national days. (Alsace and Moselle have two more, which are not national.)
var frenchHolidays = []struct {
	key string
	day *cal.Holiday
}{
	{"newYear", fr.NouvelAn},
	{"easterMonday", fr.LundiDePâques},
	{"labourDay", fr.FêteDuTravail},
	{"victory", fr.FêteDeLaVictoire},
	{"ascension", fr.Ascension},
	{"whitMonday", fr.LundiDePentecôte},
	{"nationalDay", fr.FêteNationale},
	{"assumption", fr.Assomption},
	{"allSaints", fr.Toussaint},
	{"armistice", fr.Armistice1918},
	{"christmas", fr.Noël},
}

// comingHolidays lists the public holidays of the twelve months from today on, in order of date. Only France's are
// known: another country gives none.
func comingHolidays(country string, today storage.Date) []holiday {
	if country != "FR" && country != "" {
		return nil
	}
	end := storage.DateOf(today.Time().AddDate(1, 0, 0))
	var out []holiday
	for _, h := range frenchHolidays {
		for _, year := range []int{today.Year, today.Year + 1} {
			actual, _ := h.day.Calc(year)
			d := storage.DateOf(actual)
			if !d.Before(today) && d.Before(end) {
				out = append(out, holiday{Key: h.key, Date: d})
			}
		}
	}
	slices.SortFunc(out, func(a, b holiday) int { return strings.Compare(a.Date.String(), b.Date.String()) })
	return out
}

// specialDraft is one exceptional day being edited.
type specialDraft struct {
	Date storage.Date
	Day  dayDraft // without a range it is closed
}

// draftOfSpecial gives the texts of the exceptional days.
func draftOfSpecial(days []storage.SpecialDay) []specialDraft {
	out := make([]specialDraft, 0, len(days))
	for _, d := range days {
		out = append(out, specialDraft{Date: d.Date, Day: draftOf(d.Periods)})
	}
	return out
}

// readSpecial reads the exceptional days; the problems are per day, and complete is false while one of them is wrong or
// unfinished.
func readSpecial(drafts []specialDraft) (days []storage.SpecialDay, problems []error, complete bool) {
	complete = true
	problems = make([]error, len(drafts))
	for i, d := range drafts {
		if d.Day.incomplete() {
			complete = false
			continue
		}
		ps, err := d.Day.periods()
		if err != nil {
			problems[i], complete = err, false
			continue
		}
		days = append(days, storage.SpecialDay{Date: d.Date, Periods: ps})
	}
	return days, problems, complete
}

// withSpecial replaces or adds one exceptional day, and keeps the order of dates.
func withSpecial(drafts []specialDraft, day specialDraft) []specialDraft {
	out := withoutSpecial(drafts, day.Date)
	out = append(out, day)
	slices.SortFunc(out, func(a, b specialDraft) int { return strings.Compare(a.Date.String(), b.Date.String()) })
	return out
}

// withoutSpecial removes the exceptional day of a date.
func withoutSpecial(drafts []specialDraft, date storage.Date) []specialDraft {
	return slices.DeleteFunc(slices.Clone(drafts), func(d specialDraft) bool { return d.Date == date })
}

// specialOn gives the exceptional day of a date.
func specialOn(drafts []specialDraft, date storage.Date) (specialDraft, bool) {
	i := slices.IndexFunc(drafts, func(d specialDraft) bool { return d.Date == date })
	if i < 0 {
		return specialDraft{}, false
	}
	return drafts[i], true
}

// usualOn gives the regular hours of the day of the week a date falls on.
func usualOn(w weekDraft, date storage.Date) dayDraft {
	return slices.Clone(w.Days[storage.Weekday(date.Time().Weekday())])
}
