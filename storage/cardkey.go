package storage

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"
)

// EmailKey is the form in which two e-mail addresses are the same one: without spaces around, in lower case. Points and
// what follows a + are part of an address.
func EmailKey(s string) string { return strings.ToLower(norm.NFC.String(strings.TrimSpace(s))) }

// PhoneKey is the form in which two phone numbers are the same one: E.164 where the text is a valid number, region
// (alpha-2, France when empty) being the country of a number without prefix; else its digits.
func PhoneKey(s, region string) string {
	if e164, err := NormalisePhone(strings.TrimSpace(s), region); err == nil {
		return e164
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' || r == '*' || r == '#' {
			return r
		}
		return -1
	}, s)
}

// MobileKey gives the E.164 form of a number that one person carries along; false for a landline, which several share,
// and for what is no number.
func MobileKey(s, region string) (string, bool) {
	if region == "" {
		region = "FR"
	}
	n, err := parsePhone(strings.TrimSpace(s), region)
	if err != nil || !phonenumbers.IsValidNumber(n) || phonenumbers.GetNumberType(n) != phonenumbers.MOBILE {
		return "", false
	}
	return phonenumbers.Format(n, phonenumbers.E164), true
}

// textKey is the form in which two texts of a card are the same one: composed, without spaces around or repeated.
func textKey(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }
