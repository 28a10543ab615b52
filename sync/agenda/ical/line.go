package ical

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// longestLine is how many octets a line has at most, its end not counted (RFC 5545, 3.1).
const longestLine = 75

// builder puts content lines together. One line at a time: begin, what it holds, end.
type builder struct {
	line []byte // the line at hand, not folded
	done []byte // the lines that are finished
}

func (b *builder) begin(name string) { b.line = append(b.line[:0], name...) }

// end folds the line at hand and puts it with the others. It is cut between characters, never inside one.
func (b *builder) end() {
	rest, room := b.line, longestLine
	for len(rest) > room {
		at := room
		for !utf8.RuneStart(rest[at]) {
			at--
		}
		b.done = append(append(b.done, rest[:at]...), "\r\n "...)
		rest, room = rest[at:], longestLine-1
	}
	b.done = append(append(b.done, rest...), "\r\n"...)
}

// raw writes a property whose value is made here and needs no care.
func (b *builder) raw(name, value string) {
	b.begin(name)
	b.line = append(append(b.line, ':'), value...)
	b.end()
}

// text writes a property of type TEXT; nothing for a text of which Clean leaves nothing.
func (b *builder) text(name, value string) {
	if value = Clean(value); value == "" {
		return
	}
	b.begin(name)
	b.line = appendEscaped(append(b.line, ':'), value)
	b.end()
}

// uri writes a property of type URI; nothing for the empty one.
func (b *builder) uri(name, value string) {
	if value == "" {
		return
	}
	b.begin(name)
	b.line = appendURI(append(b.line, ':'), value)
	b.end()
}

// utc writes a property that is a moment in UTC; nothing for the zero moment.
func (b *builder) utc(name string, t time.Time) {
	if t.IsZero() {
		return
	}
	b.begin(name)
	b.line = append(appendWall(append(b.line, ':'), t.UTC()), 'Z')
	b.end()
}

// moment writes a property that is a day, a moment in UTC or a civil time in a zone.
func (b *builder) moment(name string, t Time) {
	b.begin(name)
	switch {
	case t.Day:
		b.line = appendDate(append(b.line, ";VALUE=DATE:"...), t.Wall)
	case t.Zone == utc:
		b.line = append(appendWall(append(b.line, ':'), t.Wall), 'Z')
	default:
		b.line = append(append(append(b.line, ";TZID="...), t.Zone...), ':')
		b.line = appendWall(b.line, t.Wall)
	}
	b.end()
}

func (b *builder) span(name string, d time.Duration) {
	b.begin(name)
	b.line = appendSpan(append(b.line, ':'), d)
	b.end()
}

func appendInt(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }
