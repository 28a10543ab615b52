package ical

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"diapason/storage"
	"diapason/sync/contentline"
)

// longestRead is how many octets of one unfolded line are kept; what is longer is an inline picture, or hostile.
const longestRead = 1 << 20

// scanner gives the unfolded lines of a file.
type scanner struct {
	r      *bufio.Reader
	source *counted
	number int    // of the last physical line read, from 1
	buf    []byte // the line at hand
}

// counted counts what is read, and refuses what is beyond its limit.
type counted struct {
	r     io.Reader
	left  int64
	limit int64
}

func (c *counted) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, storage.NewProblem("ical.tooLarge", "limit", string(appendInt(nil, int(c.limit>>20))))
	}
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		return 0, storage.NewProblem("ical.tooLarge", "limit", string(appendInt(nil, int(c.limit>>20))))
	}
	return n, err
}

func newScanner(r io.Reader, limit int64) *scanner {
	source := &counted{r: r, left: limit, limit: limit}
	s := &scanner{r: bufio.NewReaderSize(source, 64<<10), source: source}
	head, _ := s.r.Peek(3) // an error comes again with the first line
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		_, _ = s.r.Discard(3) // these three are in the buffer
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")):
		decoder := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
		s.r = bufio.NewReaderSize(transform.NewReader(s.r, decoder), 64<<10)
	}
	return s
}

// next gives the next line that is not empty, unfolded, with the number of the physical line on which it begins. whole is
// false when it was longer than what is kept. The error is io.EOF at the end.
func (s *scanner) next() (line string, number int, whole bool, err error) {
	for {
		s.buf, whole = s.buf[:0], true
		number = s.number + 1
		if err := s.physical(&whole); err != nil {
			return "", number, false, err
		}
		for {
			ahead, err := s.r.Peek(1)
			if err != nil && !errors.Is(err, io.EOF) {
				return "", number, false, err
			}
			if len(ahead) == 0 || ahead[0] != ' ' && ahead[0] != '\t' {
				break
			}
			if _, err := s.r.Discard(1); err != nil {
				return "", number, false, err
			}
			if err := s.physical(&whole); err != nil && !errors.Is(err, io.EOF) {
				return "", number, false, err
			}
		}
		if len(bytes.TrimSpace(s.buf)) > 0 {
			return contentline.Decoded(s.buf), number, whole, nil
		}
	}
}

// physical appends one line of the file to the line at hand, without its end.
func (s *scanner) physical(whole *bool) error {
	s.number++
	any := false
	for {
		part, err := s.r.ReadSlice('\n')
		any = any || len(part) > 0
		if room := longestRead - len(s.buf); len(part) > room+2 {
			part, *whole = part[:max(room, 0)], false
		}
		s.buf = append(s.buf, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil, errors.Is(err, io.EOF) && any:
			s.buf = bytes.TrimSuffix(bytes.TrimSuffix(s.buf, []byte("\n")), []byte("\r"))
			return nil
		}
		return err
	}
}

// property is one content line.
type property struct {
	name   string // in capitals
	params []param
	value  string
}

type param struct{ name, value string }

// get gives a parameter's value, empty when it has none.
func (p *property) get(name string) string {
	for _, a := range p.params {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// parseProperty cuts a content line; ok is false for a line that is none.
func parseProperty(line string) (p property, ok bool) {
	end := strings.IndexAny(line, ":;")
	if end <= 0 {
		return p, false
	}
	p.name = strings.ToUpper(strings.TrimSpace(line[:end]))
	for i, c := range p.name {
		if !isLetter(c) && c != '-' && (i == 0 || c < '0' || c > '9') {
			return p, false
		}
	}
	rest := line[end:]
	for strings.HasPrefix(rest, ";") {
		var a param
		if a, rest, ok = cutParam(rest[1:]); !ok {
			return p, false
		}
		if len(p.params) < 20 {
			p.params = append(p.params, a)
		}
	}
	p.value, ok = strings.CutPrefix(rest, ":")
	return p, ok
}

// cutParam cuts one parameter off the beginning of s. Not all put the zone "(UTC+01:00) Paris" between quotes, as they should:
// the colon inside its brackets belongs to it.
func cutParam(s string) (a param, rest string, ok bool) {
	const zone = "TZID=("
	brackets := 0
	if len(s) > len(zone) && strings.EqualFold(s[:len(zone)], zone) {
		brackets = strings.IndexByte(s, ')') + 1
	}
	if _, rest, ok = contentline.CutParam(s[brackets:]); !ok {
		return a, s, false
	}
	name, value, ok := strings.Cut(s[:len(s)-len(rest)], "=")
	return param{strings.ToUpper(strings.TrimSpace(name)), contentline.ParamText(value)}, rest, ok
}
