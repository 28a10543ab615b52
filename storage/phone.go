package storage

import (
	"strings"
	stdsync "sync"

	"github.com/nyaruka/phonenumbers"
)

// PhoneRegion is the country of the contacts' numbers without prefix (alpha-2). The index of mobile numbers is made with it,
// so that whoever compares contacts' numbers goes by it too.
const PhoneRegion = "FR"

// NormalisePhone gives E.164 (+33142888985) from what people type; region (alpha-2) is the country of a number written
// without its prefix, France when empty.
func NormalisePhone(s, region string) (string, error) {
	if s == "" {
		return "", nil
	}
	if n := readPhone(s, region); n.e164 != "" {
		return n.e164, nil
	}
	return "", NewProblem("phone.unreadable", "value", s)
}

// PhoneKey is the form in which two phone numbers are the same one: E.164 where the text is a valid number, region
// (alpha-2, France when empty) being the country of a number without prefix; else its digits.
func PhoneKey(s, region string) string {
	if n := readPhone(strings.TrimSpace(s), region); n.e164 != "" {
		return n.e164
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
	n := readPhone(strings.TrimSpace(s), region)
	if !n.mobile {
		return "", false
	}
	return n.e164, true
}

// PhoneText shows an E.164 number nationally in its own country, internationally elsewhere; another text comes back
// as it is.
func PhoneText(e164, region string) string {
	n, err := phonenumbers.Parse(e164, region)
	if err != nil {
		return e164
	}
	if region == "" {
		region = "FR"
	}
	if phonenumbers.GetRegionCodeForNumber(n) == region {
		return phonenumbers.Format(n, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}

// phone is what a text says as a phone number.
type phone struct {
	e164   string // "" when it is no valid number
	mobile bool
}

// phonesRead remembers what was read lately: an import, a pass or a search reads each number several times, to compare it,
// to index it and to find it, and the library takes some tens of microseconds for each reading.
var phonesRead = struct {
	stdsync.Mutex
	young, old map[phoneText]phone
}{young: map[phoneText]phone{}}

// phoneText is what a reading depends on.
type phoneText struct{ text, region string }

// phonesKept is how many readings one generation holds; two are kept, some megabytes at most.
const phonesKept = 8192

// longestPhone is the length, in bytes, of the longest text that is remembered; the library reads up to 250.
const longestPhone = 64

// readPhone reads a text as a phone number.
func readPhone(s, region string) phone {
	if s == "" {
		return phone{}
	}
	if region == "" {
		region = "FR"
	}
	key, m := phoneText{s, region}, &phonesRead
	m.Lock()
	n, known := m.young[key]
	if !known {
		n, known = m.old[key]
	}
	m.Unlock()
	if known {
		return n
	}
	n = parsePhone(s, region)
	if len(s) > longestPhone {
		return n
	}
	m.Lock()
	defer m.Unlock()
	if len(m.young) >= phonesKept {
		m.old, m.young = m.young, map[phoneText]phone{}
	}
	m.young[phoneText{strings.Clone(s), strings.Clone(region)}] = n // not the line of a file that they stand in
	return n
}

// parsePhone asks the library, with a short way for the commonest form here, ten French digits in pairs, or nine after
// +33: the library tries every other form first.
func parsePhone(s, region string) phone {
	var n *phonenumbers.PhoneNumber
	if national := frenchNumber(s, region); national != 0 {
		country := int32(33)
		n = &phonenumbers.PhoneNumber{CountryCode: &country, NationalNumber: &national}
	} else {
		var err error
		if n, err = phonenumbers.Parse(s, region); err != nil {
			return phone{}
		}
	}
	if !phonenumbers.IsValidNumber(n) {
		return phone{}
	}
	return phone{
		e164:   phonenumbers.Format(n, phonenumbers.E164),
		mobile: phonenumbers.GetNumberType(n) == phonenumbers.MOBILE,
	}
}

// frenchNumber reads 0142888985 and 01 42 88 89 85 where numbers without prefix are French, +33142888985 and
// +33 1 42 88 89 85 everywhere, with spaces or points; 0 for any other text.
func frenchNumber(s, region string) uint64 {
	if rest, prefixed := strings.CutPrefix(s, "+33"); prefixed {
		s = "0" + strings.TrimPrefix(rest, " ")
	} else if region != "FR" {
		return 0
	}
	var n uint64
	count := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n = n*10 + uint64(c-'0')
			count++
		case (c == ' ' || c == '.') && count > 0 && count%2 == 0 && i < len(s)-1 && s[i-1] >= '0':
		default:
			return 0
		}
	}
	if count != 10 || s[0] != '0' || s[1] == '0' {
		return 0
	}
	return n
}
