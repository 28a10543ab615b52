package storage

import (
	"errors"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Limits of texts, in characters (those of the widest-used directory networks; Google's where named).
const (
	MaxDescriptionShort = 200
	MaxDescriptionLong  = 1000
	MaxHoursNotes       = 255
	MaxIdentifier       = 60 // Google's store code
	MaxName             = 255
	MaxText             = 2000 // any other text
	MaxCategories       = 5
)

func asProblem(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return NewProblem("value.unreadable").Because(err)
}

// clean gives NFC text without control characters, no-break spaces made plain, runs of spaces made one (line breaks
// are kept) and both ends trimmed.
func clean(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteByte('\n')
			space = true
		case unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff':
			if !space {
				b.WriteByte(' ')
			}
			space = true
		case unicode.IsControl(r) || r == utf8.RuneError:
		default:
			b.WriteRune(r)
			space = false
		}
	}
	return strings.TrimSpace(norm.NFC.String(b.String())) // last: what was dropped may have stood before an accent
}

// plain reports whether s is printable ASCII with single inner spaces: clean has nothing to do on it.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// SearchKey gives the form in which texts are searched and compared: lower case, no accents, œ as oe, every run of
// other characters than letters and digits as one space.
func SearchKey(s string) string {
	if !western(s) {
		t := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)))
		s, _, _ = transform.String(t, s) // a chain of NFD and Remove has no failing input
	}
	b := make([]byte, 0, len(s))
	space := true
	for _, r := range s {
		var f string
		if r < rune(len(foldTable)) {
			f = foldTable[r]
		} else {
			f = fold(r)
		}
		switch {
		case f != "":
			b = append(b, f...)
			space = false
		case !space:
			b = append(b, ' ')
			space = true
		}
	}
	return strings.TrimSuffix(string(b), " ")
}

// fold gives the search form of one character, "" for those that only separate words.
func fold(r rune) string {
	switch r = unicode.ToLower(r); {
	case r == 'œ':
		return "oe"
	case r == 'æ':
		return "ae"
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		return string(r)
	}
	return ""
}

// foldTable holds the search form of the Latin letters, accents removed: names of places rarely need more, and the
// whole list is searched at every keystroke and written at every import.
var foldTable = func() (table [0x180]string) {
	for r := range table {
		first, _ := utf8.DecodeRuneInString(norm.NFD.String(string(rune(r))))
		table[r] = fold(first)
	}
	return table
}()

// western reports whether s holds only what foldTable covers, and the punctuation that separates words.
func western(s string) bool {
	for _, r := range s {
		if r >= rune(len(foldTable)) && (r < 0x2000 || r > 0x206f) {
			return false
		}
	}
	return true
}

// NaturalKey identifies an establishment that has no code: its normalised name, postcode and street. It is empty when
// any of the three is.
func NaturalKey(name, zip, street string) string {
	n, z, s := SearchKey(name), SearchKey(zip), SearchKey(street)
	if n == "" || z == "" || s == "" {
		return ""
	}
	return n + "|" + z + "|" + s
}

// NaturalKey gives the establishment's own.
func (e *Establishment) NaturalKey() string {
	return NaturalKey(e.Name, e.Address.Zip, e.Address.Street)
}

func (e *Establishment) normalise(f Field, s string) (string, error) {
	switch f {
	case FieldName:
		if s == "" {
			return "", NewProblem("name.missing")
		}
		return limited(s, MaxName)
	case FieldIdentifier:
		return limited(s, MaxIdentifier)
	case FieldDescriptionShort:
		return limited(s, MaxDescriptionShort)
	case FieldDescriptionLong:
		return limited(s, MaxDescriptionLong)
	case FieldHoursNotes:
		return limited(s, MaxHoursNotes)
	case FieldCountry:
		return NormaliseCountry(s)
	case FieldZip:
		return normaliseZip(e.Address.Country, s)
	case FieldPhone, FieldCellphone, FieldFax:
		return NormalisePhone(s, e.Address.Country)
	case FieldEmail:
		return normaliseEmail(s)
	case FieldWebsite, FieldFacebook, FieldInstagram, FieldLinkedIn, FieldYouTube:
		return NormaliseURL(s)
	case FieldLegalIdent:
		return normaliseLegalIdent(e.Address.Country, s)
	}
	return limited(s, MaxText)
}

func limited(s string, limit int) (string, error) {
	if n := utf8.RuneCountInString(s); n > limit {
		return "", NewProblem("text.tooLong", "length", strconv.Itoa(n), "limit", strconv.Itoa(limit))
	}
	return s, nil
}

var frenchZip = regexp.MustCompile(`^\d{5}$`)

// normaliseZip checks a postcode for its country. (The zero that spreadsheets eat is the importer's business.)
func normaliseZip(country, s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if p := checkZip(country, s); p != nil {
		return "", p
	}
	return limited(strings.ToUpper(s), 12)
}

func checkZip(country, zip string) *Problem {
	if zip != "" && (country == "FR" || country == "") && !frenchZip.MatchString(zip) {
		return NewProblem("zip.french", "value", zip)
	}
	return nil
}

// NormaliseCountry reads an alpha-2 code, or a country's French or English name, and gives the code in capitals.
func NormaliseCountry(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if len(s) == 2 {
		r, err := language.ParseRegion(strings.ToUpper(s))
		if err == nil && r.IsCountry() {
			return r.Canonicalize().String(), nil
		}
	}
	if code, ok := countryByName()[SearchKey(s)]; ok {
		return code, nil
	}
	return "", NewProblem("country.unknown", "value", s)
}

func normaliseEmail(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || !strings.Contains(s[strings.LastIndex(s, "@")+1:], ".") {
		return "", NewProblem("email.unreadable", "value", s)
	}
	return s, nil
}

// NormaliseURL gives an address with its scheme: https is added where none is written.
func NormaliseURL(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	full := s
	if !strings.Contains(s, "://") {
		full = "https://" + s
	}
	u, err := url.Parse(full)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil ||
		!strings.Contains(strings.Trim(u.Hostname(), "."), ".") || strings.ContainsAny(u.Host, " ,;") {
		return "", NewProblem("url.unreadable", "value", s)
	}
	u.Host = strings.ToLower(u.Host)
	return u.String(), nil
}

// normaliseLegalIdent checks a SIRET (14 digits, Luhn; La Poste's establishments, SIREN 356000000, obey their own rule:
// the sum of the digits is a multiple of five). Elsewhere than in France any text is accepted.
func normaliseLegalIdent(country, s string) (string, error) {
	if s == "" || (country != "FR" && country != "") {
		return limited(s, 40)
	}
	d := strings.ReplaceAll(s, " ", "")
	if len(d) != 14 || !digits(d) {
		return "", NewProblem("siret.length", "value", s)
	}
	if !luhn(d) && !(strings.HasPrefix(d, "356000000") && digitSum(d)%5 == 0) {
		return "", NewProblem("siret.key", "value", s)
	}
	return d, nil
}

func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

func digitSum(d string) int {
	sum := 0
	for _, r := range d {
		sum += int(r - '0')
	}
	return sum
}

// normaliseList splits on `;`, drops empty and repeated items (compared without case and accents), keeps the order.
func normaliseList(f Field, s string) ([]string, error) {
	var out []string
	var keys []string
	for item := range strings.SplitSeq(s, ";") {
		item = strings.TrimSpace(item)
		key := SearchKey(item)
		if f == FieldPhotos {
			address, err := NormaliseURL(item)
			if err != nil {
				return nil, err
			}
			item, key = address, address // addresses that differ by a sign are different
		}
		if item == "" || slices.Contains(keys, key) {
			continue
		}
		if _, err := limited(item, MaxText); err != nil {
			return nil, err
		}
		out, keys = append(out, item), append(keys, key)
	}
	if f == FieldCategories && len(out) > MaxCategories {
		return nil, NewProblem("categories.tooMany", "count", strconv.Itoa(len(out)), "limit", strconv.Itoa(MaxCategories))
	}
	return out, nil
}

func normaliseNumber(f Field, s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	limit := 100_000
	if f == FieldStars {
		limit = 5
	}
	if err != nil || n < 0 || n > limit {
		return 0, NewProblem("number.unreadable", "value", s, "limit", strconv.Itoa(limit))
	}
	return n, nil
}

var boolWords = map[string]bool{
	"true": true, "false": false, "1": true, "0": false, "yes": true, "no": false, "y": true, "n": false,
	"oui": true, "non": false, "o": true, "vrai": true, "faux": false, "x": true, "on": true, "off": false, "": false,
}

func parseBool(s string) (bool, error) {
	b, ok := boolWords[strings.ToLower(s)]
	if !ok {
		return false, NewProblem("bool.unreadable", "value", s)
	}
	return b, nil
}
