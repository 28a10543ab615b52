package storage

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// EmailKey is the form in which two e-mail addresses are the same one: without spaces around, in lower case. Points and
// what follows a + are part of an address.
func EmailKey(s string) string { return strings.ToLower(norm.NFC.String(strings.TrimSpace(s))) }

// textKey is the form in which two texts of a card are the same one: composed, without spaces around or repeated.
func textKey(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }
