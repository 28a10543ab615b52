package widgets

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// fold gives s without accents and capitals, for searching inside a menu.
func fold(s string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s)
	if err != nil {
		plain = s
	}
	return strings.ToLower(plain)
}

func containsFold(s, part string) bool { return strings.Contains(fold(s), fold(part)) }

func hasPrefixFold(s, start string) bool { return strings.HasPrefix(fold(s), fold(start)) }
