package tabular

import "strings"

// Neutralise gives a text that no spreadsheet takes for a formula: an apostrophe is put before a text that begins with
// = + - @, a tab or a carriage return. Reading takes it away again (FlagLiteral), so nothing is lost: a text that
// already begins so after apostrophes gets one more.
func Neutralise(s string) string {
	if dangerous(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

func dangerous(s string) bool {
	return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0
}

// literal takes the apostrophe of Neutralise away.
func literal(c Cell) Cell {
	if c.Text != "" && c.Text[0] == '\'' && dangerous(strings.TrimLeft(c.Text, "'")) {
		return Cell{Text: c.Text[1:], Flags: c.Flags | FlagLiteral}
	}
	return c
}
