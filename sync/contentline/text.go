// Package contentline holds what calendars (RFC 5545) and cards (RFC 6350, 2426) have in common in the way they write
// their lines: texts and their escapes, addresses, parameters, folding. It knows no property and reads no file.
package contentline

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// cleaned gives a text without what no reader of calendars or cards expects: every end of line (CR, LF, both, and Unicode's
// own, at which some readers cut) becomes LF, other control characters go, TAB excepted, and what is not UTF-8 becomes
// U+FFFD.
func cleaned(s string) string {
	dst := make([]byte, 0, len(s))
	from := 0 // s[from:i] is to be copied as it is
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7F || c == '\t' || c == '\n' {
			i++
			continue
		}
		size, with := 1, ""
		switch {
		case c == '\r':
			if i+1 == len(s) || s[i+1] != '\n' {
				with = "\n"
			}
		case c >= utf8.RuneSelf:
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && size == 1:
				with = "\uFFFD"
			case r == '\u2028' || r == '\u2029' || r == '\u0085':
				with = "\n"
			case r > 0x9F:
				i += size
				continue
			}
		}
		dst = append(append(dst, s[from:i]...), with...)
		i += size
		from = i
	}
	return string(append(dst, s[from:]...))
}

// trimmed gives a text without the blanks at either end: spaces, tabs and ends of lines.
func trimmed(s string) string {
	for s != "" && isBlank(s[0]) {
		s = s[1:]
	}
	for s != "" && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// Clean gives a text as it will be read again once it was written: see cleaned, and without what is blank at either
// end, which some readers keep and others do not.
func Clean(s string) string {
	s = trimmed(s)
	for i := upTo(s, 0); i < len(s); i = upTo(s, i+1) {
		if octets[s[i]] != escaped {
			return trimmed(cleaned(s))
		}
	}
	return s
}

// What an octet is in a text.
const (
	plain   = iota // stands for itself
	escaped        // gets a backslash before it (LF becomes one and an "n")
	pair           // begins a character of two octets that stands for itself
	other          // control characters, the beginnings of all other characters, and what is not UTF-8
)

var octets = func() (kinds [256]uint8) {
	for c := range kinds {
		switch {
		case c == '\\' || c == ';' || c == ',' || c == '\n':
			kinds[c] = escaped
		case c < ' ' && c != '\t' || c == 0x7F || c >= utf8.RuneSelf:
			kinds[c] = other
		}
		if 0xC3 <= c && c <= 0xDF {
			kinds[c] = pair
		}
	}
	return kinds
}()

// upTo gives the first place in a text, from i on, that cannot be copied as it is: because the octet there is to be escaped,
// or because cleaned would change it. Nearly all texts need nothing, and this is asked for each.
func upTo(s string, i int) int {
	for i < len(s) {
		switch octets[s[i]] {
		case plain:
			i++
		case pair:
			if i+1 == len(s) || s[i+1]&0xC0 != 0x80 {
				return i
			}
			i += 2
		case other:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r <= 0x9F || r == '\u2028' || r == '\u2029' || r == utf8.RuneError && size == 1 {
				return i
			}
			i += size
		default:
			return i
		}
	}
	return i
}

// AppendText appends a text as a TEXT of RFC 5545, 3.3.11, cleaned.
func AppendText(dst []byte, s string) []byte {
	s = trimmed(s)
	begin, from := len(dst), 0 // s[from:i] is to be copied as it is
	for i := upTo(s, 0); i < len(s); i = upTo(s, i+1) {
		switch {
		case octets[s[i]] != escaped:
			return AppendText(dst[:begin], cleaned(s))
		case s[i] == '\n':
			dst = append(append(dst, s[from:i]...), `\n`...)
			from = i + 1
		default:
			dst = append(append(dst, s[from:i]...), '\\')
			from = i
		}
	}
	return append(dst, s[from:]...)
}

// Unescape reads a TEXT. Characters that need no escape but got one lose it; a backslash before anything else stays.
func Unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return Clean(s)
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n', 'N':
			b = append(b, '\n')
		case '\\', ';', ',', ':', '"':
			b = append(b, s[i])
		default:
			b = append(b, '\\', s[i])
		}
	}
	return Clean(string(b))
}

// Split cuts a value into its parts, still escaped: a list at its commas, a structure at its semicolons. A separator
// after a backslash belongs to the text.
func Split(s string, separator byte) []string {
	var parts []string
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case separator:
			parts = append(parts, s[from:i])
			from = i + 1
		}
	}
	return append(parts, s[from:])
}

// inURI tells the octets that may stand in an address as they are (RFC 3986).
var inURI = func() (may [256]bool) {
	for c := range may {
		may[c] = ' ' < c && c < 0x7F && strings.IndexByte("\"<>\\^`{|}", byte(c)) < 0
	}
	return may
}()

// AppendURI appends an address: without control characters, and with what RFC 3986 does not allow as it is written in
// percents.
func AppendURI(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	from := 0 // s[from:i] is to be copied as it is
	for i := range len(s) {
		c := s[i]
		if inURI[c] {
			continue
		}
		dst = append(dst, s[from:i]...)
		if from = i + 1; c >= ' ' && c != 0x7F {
			dst = append(dst, '%', hex[c>>4], hex[c&0xF])
		}
	}
	return append(dst, s[from:]...)
}

// AppendParam appends a parameter's value, between quotes where it needs them. A value can hold no quote and no end of
// line (RFC 5545, 3.2), and the way round of RFC 6868 is known to few readers: a quote becomes an apostrophe, an end of
// line a space, and a caret that those few would take for an escape goes.
func AppendParam(dst []byte, s string) []byte {
	s = Clean(s)
	quoted := strings.ContainsAny(s, ",;:")
	if quoted {
		dst = append(dst, '"')
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"':
			dst = append(dst, '\'')
		case c == '\n' || c == '\t':
			dst = append(dst, ' ')
		case c == '^' && i+1 < len(s) && strings.IndexByte(`n^'"`, s[i+1]) >= 0:
		default:
			dst = append(dst, c)
		}
	}
	if quoted {
		dst = append(dst, '"')
	}
	return dst
}

// CutParam cuts one parameter off the beginning of s: up to a colon or a semicolon that stands outside quotes. A quote
// that nothing closes counts as any other character.
func CutParam(s string) (param, rest string, ok bool) {
	quoted := false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' && (quoted || strings.IndexByte(s[i+1:], '"') >= 0):
			quoted = !quoted
		case (c == ':' || c == ';') && !quoted:
			return s[:i], s[i:], true
		}
	}
	return "", s, false
}

// carets are the escapes of RFC 6868.
var carets = strings.NewReplacer("^n", "\n", "^'", `"`, "^^", "^")

// ParamText reads a parameter's value.
func ParamText(s string) string {
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	if strings.Contains(s, "^") {
		s = carets.Replace(s)
	}
	return Clean(s)
}

// Longest is how many octets a line has at most, its end not counted (RFC 5545, 3.1; RFC 6350, 3.2).
const Longest = 75

// AppendFolded appends a line, folded where it is long, without its end. It is cut between characters, never inside one.
func AppendFolded(dst, line []byte) []byte {
	for room := Longest; len(line) > room; room = Longest - 1 {
		at := room
		for at > 0 && !utf8.RuneStart(line[at]) {
			at--
		}
		if at == 0 { // no character is that long: it is not UTF-8
			at = room
		}
		dst = append(append(dst, line[:at]...), "\r\n "...)
		line = line[at:]
	}
	return append(dst, line...)
}

// Decoded gives the octets of a file as UTF-8: what is something else is taken for the Windows of western Europe.
func Decoded(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	s, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(s)
}
