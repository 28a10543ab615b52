package sandbox

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"diapason/storage"
)

// Limits of the trial directory; its connector declares the same.
const (
	TrialMaxName        = 100
	TrialMaxDescription = 750
	TrialMaxPeriods     = 3 // opening periods in a day
)

// TrialKeys are the field names of the trial directory's listings. All values are texts; lists are separated by ";".
var TrialKeys = []string{
	"name", "descriptor", "status", "street", "extra", "postalCode", "city", "country", "latitude", "longitude",
	"categories", "phone", "website", "email", "shortDescription", "longDescription", "hours", "specialHours",
	"keywords", "languages", "payments", "services", "photos",
}

// The statuses of a listing of the trial directory.
const (
	TrialOpen              = "open"
	TrialTemporarilyClosed = "temporarily_closed"
	TrialClosed            = "closed"
)

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// fault is one refusal of a value.
type refusedValue struct {
	Field string `json:"field"`
	Code  string `json:"code"`
	Text  string `json:"text"`
}

// check refuses values that the directory cannot take, as a strict service does with 422. whole tells that these are all
// the values of the listing, so that mandatory ones must be there.
func check(values map[string]string, whole bool) []refusedValue {
	var bad []refusedValue
	refuse := func(field, code, text string) { bad = append(bad, refusedValue{field, code, text}) }
	for _, k := range []string{"name", "street", "postalCode", "city"} {
		v, given := values[k]
		if v == "" && (whole || given) {
			refuse(k, "missing", "valeur obligatoire")
		}
	}
	if n := utf8.RuneCountInString(values["name"]); n > TrialMaxName {
		refuse("name", "tooLong", strconv.Itoa(n)+" caractères, "+strconv.Itoa(TrialMaxName)+" au plus")
	}
	for _, k := range []string{"shortDescription", "longDescription"} {
		if n := utf8.RuneCountInString(values[k]); n > TrialMaxDescription {
			refuse(k, "tooLong", strconv.Itoa(n)+" caractères, "+strconv.Itoa(TrialMaxDescription)+" au plus")
		}
	}
	if v := values["phone"]; v != "" && !e164.MatchString(v) {
		refuse("phone", "format", "numéro attendu au format international +33…")
	}
	if v := values["website"]; v != "" {
		if u, err := url.Parse(v); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			refuse("website", "format", "adresse attendue avec http:// ou https://")
		}
	}
	switch v, given := values["status"]; {
	case !given, v == TrialOpen, v == TrialTemporarilyClosed, v == TrialClosed:
	default:
		refuse("status", "unknown", "état inconnu")
	}
	return append(bad, checkHours(values)...)
}

func checkHours(values map[string]string) []refusedValue {
	var bad []refusedValue
	week, err := storage.ParseWeek(values["hours"])
	if err != nil {
		bad = append(bad, refusedValue{"hours", "format", "horaires illisibles"})
	}
	for _, day := range week.Days {
		if len(day) > TrialMaxPeriods {
			bad = append(bad, refusedValue{"hours", "tooMany", "plus de " + strconv.Itoa(TrialMaxPeriods) + " plages par jour"})
			break
		}
	}
	if _, err := storage.ParseSpecial(values["specialHours"]); err != nil {
		bad = append(bad, refusedValue{"specialHours", "format", "horaires exceptionnels illisibles"})
	}
	return bad
}

// advertising are the words that the moderation does not let stand in a name, when they are in capitals.
var advertising = []string{"PROMO", "GRATUIT", "SOLDES"}

// refusal gives the moderation's reason against values, "" when it lets them pass: no advertising word in capitals in
// the name, no web address in a description.
func refusal(values map[string]string) string {
	for word := range strings.FieldsSeq(values["name"]) {
		for _, a := range advertising {
			if strings.Trim(word, "!.,:;-") == a {
				return "Le nom contient un mot publicitaire : " + a
			}
		}
	}
	for _, k := range []string{"shortDescription", "longDescription"} {
		if strings.Contains(values[k], "http://") || strings.Contains(values[k], "https://") ||
			strings.Contains(values[k], "www.") {
			return "La description contient une adresse web"
		}
	}
	return ""
}
