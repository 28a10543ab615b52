package vcard

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/unicode/norm"

	"diapason/sync/contentline"
)

// line is one content line of a card.
type line struct {
	raw     []byte // as it stands, with what it is folded into and its end
	group   string // "item1", "" for none
	written string // the name as it is written
	name    string // in capitals; "" for what is no property: kept and not looked at
	params  []param
	value   string // unfolded and decoded, still escaped
}

// id tells a line from the others of its card.
func (l *line) id() *byte { return &l.raw[0] }

type param struct {
	name  string // in capitals; of a bare one (2.1) "TYPE", "ENCODING"
	value string
	text  string // as it is written
}

// document is a card as lines.
type document struct {
	lines   []line
	version string // "2.1", "3.0", "4.0"
	end     string // of a line: "\r\n" or "\n"
}

// parse cuts a card into its lines. All octets of raw are in one of them.
func parse(raw []byte) *document {
	d := &document{version: "3.0", end: "\r\n"}
	if i := bytes.IndexByte(raw, '\n'); i == 0 || i > 0 && raw[i-1] != '\r' {
		d.end = "\n"
	}
	for l := range bytes.Lines(raw) {
		if v, ok := strings.CutPrefix(strings.ToUpper(string(l[:min(len(l), 20)])), "VERSION:"); ok {
			d.version = strings.TrimSpace(v)
			break
		}
	}
	depth := 0
	for len(raw) > 0 {
		n := d.extent(raw)
		l := line{raw: raw[:n:n]}
		raw = raw[n:]
		first := l.raw[:physical(l.raw)]
		begins, ends := is(first, "BEGIN:VCARD"), is(first, "END:VCARD")
		if ends {
			depth--
		}
		if depth == 1 && !begins && !ends {
			d.understand(&l)
		} else if ends && depth == 0 {
			l.name = "END"
		}
		if begins {
			depth++
		}
		d.lines = append(d.lines, l)
	}
	return d
}

// extent is how many octets the first line of raw has, with what it is folded into.
func (d *document) extent(raw []byte) int {
	n, last := physical(raw), 0 // where its last part begins
	printable, base64 := encodings(raw[:n])
	for n < len(raw) {
		next := raw[n:]
		length := physical(next)
		soft := printable && bytes.HasSuffix(bytes.TrimRight(raw[last:n], "\r\n"), []byte("="))
		loose := base64 && bytes.IndexByte(next[:length], ':') < 0 && len(bytes.TrimSpace(next[:length])) > 0
		bounds := is(next[:length], "END:VCARD") || is(next[:length], "BEGIN:VCARD") || is(next[:length], "AGENT:") // no line goes on with them
		if next[0] != ' ' && next[0] != '\t' && !soft && !loose || bounds {
			break
		}
		last, n = n, n+length
	}
	return n
}

func physical(raw []byte) int {
	if i := bytes.IndexByte(raw, '\n'); i >= 0 {
		return i + 1
	}
	return len(raw)
}

// encodings tells whether the head of a line names an encoding of 2.1, which have their own way to fold.
func encodings(l []byte) (printable, base64 bool) {
	head, _, _ := bytes.Cut(l, []byte(":"))
	head = bytes.ToUpper(head[:min(len(head), 1000)])
	return bytes.Contains(head, []byte("QUOTED-PRINTABLE")), bytes.Contains(head, []byte("BASE64"))
}

// unfolded joins a line's parts.
func (d *document) unfolded(raw []byte) []byte {
	printable, _ := encodings(raw)
	out := make([]byte, 0, len(raw))
	first, soft := true, false
	for part := range bytes.Lines(raw) {
		part = bytes.TrimRight(part, "\r\n")
		if !first && !soft && len(part) > 0 && (part[0] == ' ' || part[0] == '\t') && d.version != "2.1" {
			part = part[1:] // in 2.1 the blank is the text's own
		}
		first = false
		if soft = printable && bytes.HasSuffix(part, []byte("=")); soft {
			part = part[:len(part)-1]
		}
		out = append(out, part...)
	}
	return out
}

// understand reads a line; one that is no property keeps its name empty.
func (d *document) understand(l *line) {
	text := d.unfolded(l.raw)
	end := bytes.IndexAny(text, ":;")
	if end <= 0 {
		return
	}
	group, name := "", strings.TrimSpace(string(text[:end]))
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		group, name = name[:dot], name[dot+1:]
	}
	if strings.Trim(strings.ToUpper(name), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" || name == "" {
		return
	}
	colon := end
	if text[end] == ';' {
		head := string(text)
		rest := head[end:]
		for strings.HasPrefix(rest, ";") {
			part, after, ok := contentline.CutParam(rest[1:])
			if !ok || len(l.params) > 50 {
				l.params = nil
				return
			}
			l.params = append(l.params, readParam(part))
			rest = after
		}
		colon = len(head) - len(rest)
	}
	l.group, l.written, l.name = group, name, strings.ToUpper(name)
	l.value = l.decoded(text[colon+1:])
}

func readParam(text string) param {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		p := param{name: "TYPE", value: strings.TrimSpace(text), text: text}
		switch strings.ToUpper(p.value) {
		case "QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT":
			p.name = "ENCODING"
		}
		return p
	}
	return param{name: strings.ToUpper(strings.TrimSpace(name)), value: contentline.ParamText(value), text: text}
}

// param gives a parameter's value, "" when there is none.
func (l *line) param(name string) string {
	for _, p := range l.params {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// isBinary tells a value that is no text.
func (l *line) isBinary() bool {
	e := strings.ToUpper(l.param("ENCODING"))
	return e == "B" || e == "BASE64"
}

func (l *line) decoded(value []byte) string {
	if l.isBinary() {
		return ""
	}
	if strings.EqualFold(l.param("ENCODING"), "QUOTED-PRINTABLE") {
		value = printed(value)
	}
	if charset := l.param("CHARSET"); charset != "" {
		if e, err := htmlindex.Get(charset); err == nil {
			if text, err := e.NewDecoder().Bytes(value); err == nil {
				return string(text)
			}
		}
	}
	return contentline.Decoded(value)
}

// printed undoes quoted-printable. What is not well formed stands for itself.
func printed(s []byte) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '=' && i+2 < len(s) {
			high, low := hexadecimal(s[i+1]), hexadecimal(s[i+2])
			if high < 16 && low < 16 {
				out = append(out, high<<4|low)
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}

func hexadecimal(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 16
}

// read gives an escaped text as people read it.
func read(s string) string { return norm.NFC.String(contentline.Unescape(s)) }

// first gives the first line of a property, nil when there is none.
func (d *document) first(name string) *line {
	for i := range d.lines {
		if d.lines[i].name == name {
			return &d.lines[i]
		}
	}
	return nil
}

// text gives the text of a property, "" when there is none.
func (d *document) text(name string) string {
	if l := d.first(name); l != nil {
		return read(l.value)
	}
	return ""
}
