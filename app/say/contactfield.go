package say

import (
	"strings"

	"diapason/assets/words"
	"diapason/storage"
)

// ContactField gives the label of a field of a contact in the language in use; a type that a person typed is told in
// their words.
func ContactField(f storage.Field) string {
	if key := "contact.field." + string(f); words.Has(key) {
		return words.T(key)
	}
	family, kind := f.Family()
	return words.T("contact.typed."+string(family), "type", kind)
}

// contactCountry decides how the numbers of contacts are shown: nationally in it, internationally elsewhere.
const contactCountry = "FR"

// ContactValue gives a text of a contact's field (Card.Values) as people read it, lines separated by \n.
func ContactValue(f storage.Field, text string) string {
	switch family, _ := f.Family(); family {
	case storage.FieldPhone:
		return Phone(text, contactCountry)
	case storage.FieldAddress:
		return postalAddress(storage.ParseAddress(text))
	case storage.FieldBirthday:
		return birthday(text)
	}
	return text
}

// ContactValues gives several texts of a field, one below the other.
func ContactValues(f storage.Field, texts []string) string {
	lines := make([]string, len(texts))
	for i, text := range texts {
		lines[i] = ContactValue(f, text)
	}
	return strings.Join(lines, "\n")
}

// postalAddress gives an address on one line: « 18 bis rue des Deux-Ponts, 75004 Paris ».
func postalAddress(a storage.CardAddress) string {
	town := strings.TrimSpace(a.PostalCode + " " + a.City)
	var parts []string
	for _, part := range []string{a.Extended, strings.ReplaceAll(a.Street, "\n", ", "), a.POBox, town, a.Region, a.Country} {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// birthday gives « 29 février 1980 », or « 29 février » when the year is not known.
func birthday(text string) string {
	if day, short := strings.CutPrefix(text, "--"); short {
		if d, err := storage.ParseDate("2000-" + day); err == nil { // a leap year
			return words.T("say.day.ofYear", "day", dayNumber(d.Day), "month", monthLong(d.Month))
		}
		return text
	}
	if d, err := storage.ParseDate(text); err == nil {
		return Date(d)
	}
	return text
}

// ContactQuestion names what a person is asked about a contact: « Conflit », « Fiche douteuse », « Fiche refusée ».
func ContactQuestion(k storage.ContactQuestionKind) string {
	return words.T("contact.question." + string(k))
}
