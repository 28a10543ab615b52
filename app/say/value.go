package say

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"diapason/assets/words"
	"diapason/storage"
)

// Value gives a field's canonical text as people read it; country (ISO alpha-2) decides how phone numbers are shown.
// The empty text stays empty, and a text that does not parse comes back as it is.
func Value(f storage.Field, text, country string) string {
	if text == "" {
		return ""
	}
	switch f {
	case storage.FieldStatus:
		return Status(storage.Status(text))
	case storage.FieldCountry:
		return storage.CountryName(text, words.Lang())
	case storage.FieldPhone, storage.FieldCellphone, storage.FieldFax:
		return Phone(text, country)
	case storage.FieldOpeningHours:
		if w, err := storage.ParseWeek(text); err == nil {
			return Week(w)
		}
	case storage.FieldSpecialHours:
		if days, err := storage.ParseSpecial(text); err == nil {
			return SpecialDays(days)
		}
	case storage.FieldOpeningDate, storage.FieldReopenDate:
		if d, err := storage.ParseDate(text); err == nil {
			return Date(d)
		}
	case storage.FieldAddressDisplay, storage.FieldAutoSync:
		return Bool(text == "TRUE")
	case storage.FieldLanguages:
		return languages(text)
	case storage.FieldLegalIdent:
		return siret(text)
	case storage.FieldLat, storage.FieldLng:
		if words.Lang() == "fr" {
			return strings.Replace(text, ".", ",", 1)
		}
	}
	if f.IsList() {
		return strings.Join(strings.Split(text, ";"), ", ")
	}
	return text
}

// Bool gives « Oui » or « Non ».
func Bool(b bool) string {
	if b {
		return words.T("say.yes")
	}
	return words.T("say.no")
}

// Phone shows an E.164 number nationally in its own country, internationally elsewhere.
func Phone(e164, country string) string { return storage.PhoneText(e164, country) }

// siret groups the fourteen digits as the register writes them: 362 521 879 00034.
func siret(s string) string {
	if len(s) != 14 || strings.Trim(s, "0123456789") != "" {
		return s
	}
	return s[:3] + " " + s[3:6] + " " + s[6:9] + " " + s[9:]
}

// languages names the language codes of a list and leaves what is no code.
func languages(text string) string {
	in := display.French
	if words.Lang() == "en" {
		in = display.English
	}
	items := strings.Split(text, ";")
	for i, item := range items {
		if tag, err := language.Parse(item); err == nil && len(item) <= 3 {
			if name := in.Languages().Name(tag); name != "" {
				items[i] = name
			}
		}
	}
	return strings.Join(items, ", ")
}

// Periods gives the openings of one day: « 8 h – 12 h, 14 h – 18 h », « 24 h/24 », « fermé ».
func Periods(ps []storage.Period) string {
	if len(ps) == 0 {
		return words.T("say.hours.closed")
	}
	parts := make([]string, len(ps))
	for i, p := range ps {
		if p.Open == 0 && p.Close == 1440 {
			return words.T("say.hours.allDay")
		}
		parts[i] = Times(p.Open, p.Close)
	}
	return strings.Join(parts, ", ")
}

// Week gives the regular hours on one line, runs of equal days together: « lun.–ven. 8 h – 12 h, 14 h – 18 h ;
// sam. 9 h – 12 h ; dim. fermé ». Unknown hours give "".
func Week(w storage.Week) string {
	if !w.Known {
		return ""
	}
	var parts []string
	for from := 0; from < 7; {
		to := from
		for to < 6 && slices.Equal(w.Days[to+1], w.Days[from]) {
			to++
		}
		parts = append(parts, words.T("say.hours.day", "days", dayRange(from, to), "periods", Periods(w.Days[from])))
		from = to + 1
	}
	return strings.Join(parts, words.T("say.hours.separator"))
}

func dayRange(from, to int) string {
	switch {
	case from == 0 && to == 6:
		return words.T("say.hours.everyDay")
	case from == to:
		return WeekdayShort(from)
	case to == from+1:
		return words.T("say.hours.twoDays", "first", WeekdayShort(from), "second", WeekdayShort(to))
	}
	return words.T("say.hours.days", "first", WeekdayShort(from), "last", WeekdayShort(to))
}

// SpecialDays gives exceptional days on one line: « 24 décembre 2026 9 h – 14 h ; 25 décembre 2026 fermé ».
func SpecialDays(days []storage.SpecialDay) string {
	parts := make([]string, len(days))
	for i, d := range days {
		parts[i] = words.T("say.hours.day", "days", Date(d.Date), "periods", Periods(d.Periods))
	}
	return strings.Join(parts, words.T("say.hours.separator"))
}

// List enumerates: « le nom, l’adresse et le téléphone ».
func List(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := len(items) - 1
	return words.T("say.list.last", "first", strings.Join(items[:last], ", "), "last", items[last])
}

// Percent gives « 80 % ».
func Percent(n int) string { return words.T("say.percent", "n", strconv.Itoa(n)) }
