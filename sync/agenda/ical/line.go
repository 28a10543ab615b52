package ical

import (
	"strconv"
	"time"

	"diapason/sync/contentline"
)

// builder puts content lines together. One line at a time: begin, what it holds, end.
type builder struct {
	done  []byte // the lines that are finished, then the line at hand
	start int    // where in done the line at hand begins
	long  []byte // a line that is being folded
}

func (b *builder) begin(name string) {
	b.start = len(b.done)
	b.done = append(b.done, name...)
}

// end ends the line at hand, folded where it is long. It is cut between characters, never inside one.
func (b *builder) end() {
	if len(b.done)-b.start > contentline.Longest {
		b.fold()
	}
	b.done = append(b.done, "\r\n"...)
}

func (b *builder) fold() {
	b.long = append(b.long[:0], b.done[b.start:]...)
	b.done = b.done[:b.start]
	b.done = contentline.AppendFolded(b.done, b.long)
}

// fixed writes a line that needs no care at all.
func (b *builder) fixed(line string) { b.done = append(append(b.done, line...), "\r\n"...) }

// raw writes a property whose value is made here and needs no care.
func (b *builder) raw(name, value string) {
	b.begin(name)
	b.done = append(append(b.done, ':'), value...)
	b.end()
}

// text writes a property of type TEXT; nothing for a text of which Clean leaves nothing.
func (b *builder) text(name, value string) {
	if value == "" {
		return
	}
	b.begin(name)
	b.done = append(b.done, ':')
	empty := len(b.done)
	if b.done = contentline.AppendText(b.done, value); len(b.done) == empty {
		b.done = b.done[:b.start]
		return
	}
	b.end()
}

// uri writes a property of type URI; nothing for the empty one.
func (b *builder) uri(name, value string) {
	if value == "" {
		return
	}
	b.begin(name)
	b.done = contentline.AppendURI(append(b.done, ':'), value)
	b.end()
}

// utc writes a property that is a moment in UTC; nothing for the zero moment.
func (b *builder) utc(name string, t time.Time) {
	if t.IsZero() {
		return
	}
	b.begin(name)
	b.done = append(appendWall(append(b.done, ':'), t.UTC()), 'Z')
	b.end()
}

// moment writes a property that is a day, a moment in UTC or a civil time in a zone.
func (b *builder) moment(name string, t Time) {
	b.begin(name)
	switch {
	case t.Day:
		b.done = appendDate(append(b.done, ";VALUE=DATE:"...), t.Wall)
	case t.Zone == utc:
		b.done = append(appendWall(append(b.done, ':'), t.Wall), 'Z')
	default:
		b.done = append(append(append(b.done, ";TZID="...), t.Zone...), ':')
		b.done = appendWall(b.done, t.Wall)
	}
	b.end()
}

func (b *builder) span(name string, d time.Duration) {
	b.begin(name)
	b.done = appendSpan(append(b.done, ':'), d)
	b.end()
}

func appendInt(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }
