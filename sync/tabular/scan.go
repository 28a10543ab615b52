package tabular

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

type tokenKind uint8

const (
	tokenText tokenKind = iota
	tokenStart
	tokenEnd
)

const scanBuffer = 64 << 10

// scanner splits XML into tags and texts without building anything: a token lives in the buffer until the next call.
// Entities are left to appendText. A document type is refused, so no entity can be defined.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	max      int // longest token
	eof      bool

	kind  tokenKind
	name  []byte // local name of a tag
	attrs []byte // raw attributes of a start tag
	empty bool   // the start tag is its own end
	text  []byte
	cdata bool
}

// newScanner reads XML in UTF-8 or, with a byte order mark, UTF-16.
func newScanner(r io.Reader, maxToken int) *scanner {
	s := &scanner{r: r, buf: make([]byte, scanBuffer), max: maxToken}
	for s.end < 2 && s.fill() == nil {
		continue
	}
	if s.end >= 2 && (s.buf[0] == 0xFF && s.buf[1] == 0xFE || s.buf[0] == 0xFE && s.buf[1] == 0xFF) {
		whole := io.MultiReader(bytes.NewReader(bytes.Clone(s.buf[:s.end])), r)
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		s.r, s.pos, s.end, s.eof = transform.NewReader(whole, utf16.NewDecoder()), 0, 0, false
	}
	return s
}

// fill reads more after what is not consumed yet; io.EOF when there is no more.
func (s *scanner) fill() error {
	if s.eof {
		return io.EOF
	}
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= s.max {
			return &flaw{code: flawCellLong}
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return err
			}
			s.eof = true
		}
		if n > 0 {
			return nil
		}
		if s.eof {
			return io.EOF
		}
	}
}

// index finds what from the position at on, filling as needed; the result is relative to s.pos.
func (s *scanner) index(what []byte, at int) (int, error) {
	for {
		if i := bytes.Index(s.buf[s.pos+at:s.end], what); i >= 0 {
			return at + i, nil
		}
		at = max(at, s.end-s.pos-len(what)+1)
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

var (
	openTag     = []byte("<")
	endPI       = []byte("?>")
	endComment  = []byte("-->")
	endCDATA    = []byte("]]>")
	markComment = []byte("<!--")
	markCDATA   = []byte("<![CDATA[")
)

// next gives the next tag or text; io.EOF at the end of the document.
func (s *scanner) next() error {
	for {
		if s.pos == s.end {
			if err := s.fill(); err != nil {
				return err
			}
		}
		if s.buf[s.pos] != '<' {
			return s.readText()
		}
		if s.end-s.pos < len(markCDATA) {
			if err := s.fill(); err != nil && !errors.Is(err, io.EOF) {
				return err
			}
		}
		done, err := s.readMarkup()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return &flaw{code: flawTruncated, cause: io.ErrUnexpectedEOF}
			}
			return err
		}
		if done {
			return nil
		}
	}
}

func (s *scanner) readText() error {
	i, err := s.index(openTag, 0)
	if err != nil {
		if !errors.Is(err, io.EOF) {
			return err
		}
		i = s.end - s.pos
	}
	s.kind, s.cdata = tokenText, false
	s.text = s.buf[s.pos : s.pos+i]
	s.pos += i
	return nil
}

// readMarkup reads what begins with '<'; done is false for what says nothing (comment, declaration).
func (s *scanner) readMarkup() (done bool, err error) {
	rest := s.buf[s.pos:s.end]
	switch {
	case len(rest) > 1 && rest[1] == '?':
		return false, s.skip(endPI)
	case bytes.HasPrefix(rest, markComment):
		return false, s.skip(endComment)
	case bytes.HasPrefix(rest, markCDATA):
		i, err := s.index(endCDATA, len(markCDATA))
		if err != nil {
			return false, err
		}
		s.kind, s.cdata = tokenText, true
		s.text = s.buf[s.pos+len(markCDATA) : s.pos+i]
		s.pos += i + len(endCDATA)
		return true, nil
	case len(rest) > 1 && rest[1] == '!':
		return false, &flaw{code: flawDamaged, cause: errors.New("document type in a spreadsheet")}
	}
	return true, s.readTag()
}

func (s *scanner) skip(end []byte) error {
	i, err := s.index(end, 2)
	if err != nil {
		return err
	}
	s.pos += i + len(end)
	return nil
}

func (s *scanner) readTag() error {
	i, quote := 1, byte(0)
	for {
		b := s.buf[s.pos:s.end]
		for ; i < len(b); i++ {
			c := b[i]
			if quote != 0 {
				if c == quote {
					quote = 0
				}
				continue
			}
			if c == '>' {
				s.setTag(b[1:i])
				s.pos += i + 1
				return nil
			}
			if c == '"' || c == '\'' {
				quote = c
			}
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

func (s *scanner) setTag(b []byte) {
	s.kind, s.empty, s.attrs = tokenStart, false, nil
	if len(b) > 0 && b[0] == '/' {
		s.kind = tokenEnd
		b = b[1:]
	} else if len(b) > 0 && b[len(b)-1] == '/' {
		s.empty = true
		b = b[:len(b)-1]
	}
	name := b
	for i, c := range b {
		if c <= ' ' {
			name, s.attrs = b[:i], b[i+1:]
			break
		}
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	s.name = name
}

// nextAttr cuts the first attribute off attrs; ok is false when there is none.
func nextAttr(attrs []byte) (name, value, rest []byte, ok bool) {
	i := 0
	for i < len(attrs) && attrs[i] <= ' ' {
		i++
	}
	from := i
	for i < len(attrs) && attrs[i] != '=' && attrs[i] > ' ' {
		i++
	}
	name = attrs[from:i]
	for i < len(attrs) && (attrs[i] <= ' ' || attrs[i] == '=') {
		i++
	}
	if len(name) == 0 || i >= len(attrs) || (attrs[i] != '"' && attrs[i] != '\'') {
		return nil, nil, nil, false
	}
	n := bytes.IndexByte(attrs[i+1:], attrs[i])
	if n < 0 {
		return nil, nil, nil, false
	}
	if c := bytes.IndexByte(name, ':'); c >= 0 {
		name = name[c+1:]
	}
	return name, attrs[i+1 : i+1+n], attrs[i+n+2:], true
}

// attr gives an attribute's text by local name, "" when it is absent.
func (s *scanner) attr(want string) string {
	rest := s.attrs
	for {
		name, value, r, ok := nextAttr(rest)
		if !ok {
			return ""
		}
		if string(name) == want {
			return string(appendText(nil, value))
		}
		rest = r
	}
}

// skipElement leaves the element just begun.
func (s *scanner) skipElement() error {
	if s.empty {
		return nil
	}
	for depth := 1; depth > 0; {
		if err := s.next(); err != nil {
			return unexpected(err)
		}
		switch {
		case s.kind == tokenStart && !s.empty:
			depth++
		case s.kind == tokenEnd:
			depth--
		}
	}
	return nil
}

// unexpected turns the end of a document that was not finished into a flaw.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return &flaw{code: flawTruncated, cause: io.ErrUnexpectedEOF}
	}
	return err
}

// appendToken appends the current text token to dst, entities decoded.
func (s *scanner) appendToken(dst []byte) []byte {
	if s.cdata {
		return append(dst, s.text...)
	}
	return appendText(dst, s.text)
}

// appendText appends XML character data with its entities decoded; an unknown one stays as it is written.
func appendText(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		raw = raw[i:]
		end := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
		if end < 0 {
			dst = append(dst, '&')
			raw = raw[1:]
			continue
		}
		if r, ok := entity(raw[1:end]); ok {
			dst = utf8.AppendRune(dst, r)
			raw = raw[end+1:]
			continue
		}
		dst = append(dst, '&')
		raw = raw[1:]
	}
}

func entity(name []byte) (rune, bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := string(name[1:]), 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n == 0 || n > utf8.MaxRune || n >= 0xD800 && n < 0xE000 {
		return 0, false
	}
	return rune(n), true
}

// unescape decodes the _xHHHH_ form in which Excel keeps control characters (_x000D_ is a carriage return). It works
// in place from the position from on, because the result is never longer.
func unescape(b []byte, from int) []byte {
	i := bytes.Index(b[from:], []byte("_x"))
	if i < 0 {
		return b
	}
	w := from + i
	for r := w; r < len(b); {
		if b[r] == '_' && r+7 <= len(b) && b[r+1] == 'x' && b[r+6] == '_' {
			if n, err := strconv.ParseUint(string(b[r+2:r+6]), 16, 32); err == nil && (n < 0xD800 || n > 0xDFFF) {
				w += utf8.EncodeRune(b[w:w+utf8.UTFMax:len(b)], rune(n))
				r += 7
				continue
			}
		}
		b[w] = b[r]
		w++
		r++
	}
	return b[:w]
}
