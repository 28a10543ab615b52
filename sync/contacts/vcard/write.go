package vcard

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"
	"unicode/utf8"

	"diapason/storage"
	"diapason/sync/contentline"
)

// New is a card to write, with types in vCard's words.
type New struct {
	UID  string
	Key  string // ours (Mark); "" for none
	Card storage.Card
}

// Encode writes cards as vCard 3.0, which all applications read.
func Encode(w io.Writer, cards ...New) error {
	for _, c := range cards {
		uid := string(contentline.AppendText(nil, c.UID))
		raw := "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Diapason//Diapason//FR\r\nUID:" + uid + "\r\nN:;;;;\r\nFN:\r\nEND:VCARD\r\n"
		d := parse([]byte(raw))
		d.merge(&storage.Card{}, &c.Card)
		if c.Key != "" {
			d.mark(c.Key)
		}
		if _, err := w.Write(d.bytes()); err != nil {
			return err
		}
	}
	return nil
}

// Merge changes in a card what differs between two states of it, before being as it was read. The lines of everything
// else stay as they are; so does the whole card when nothing differs.
func Merge(raw []byte, before, after storage.Card) ([]byte, error) {
	if p := Parse(raw); p.Fault != nil {
		return nil, p.Fault
	}
	d := parse(raw)
	d.merge(&before, &after)
	return d.bytes(), nil
}

// Mark makes a card bear our key, which holds no blank.
func Mark(raw []byte, key string) []byte {
	d := parse(raw)
	if d.key() != key {
		d.mark(key)
	}
	return d.bytes()
}

func (d *document) mark(key string) {
	d.set(keyName, string(contentline.AppendText(nil, key+" "+d.text("UID"))))
}

func (d *document) bytes() []byte {
	var out []byte
	for i := range d.lines {
		out = append(out, d.lines[i].raw...)
	}
	return out
}

// written gives a line with another value, escaped already. Its group, its name and its other parameters stay.
func (d *document) written(l line, value string) line {
	value = strings.ReplaceAll(contentline.Clean(value), "\n", `\n`)
	l.params = without(l.params, "ENCODING", "CHARSET")
	if d.version == "2.1" && (strings.Contains(value, `\n`) || strings.IndexFunc(value, beyondASCII) >= 0) {
		for _, text := range []string{"CHARSET=UTF-8", "ENCODING=QUOTED-PRINTABLE"} {
			l.params = append(l.params, readParam(text))
		}
	}
	head := l.written
	if l.group != "" {
		head = l.group + "." + head
	}
	for _, p := range l.params {
		head += ";" + p.text
	}
	l.value = value
	var text []byte
	if l.param("ENCODING") == "QUOTED-PRINTABLE" {
		text = append([]byte(head+":"), quoted(value)...)
	} else {
		text = contentline.AppendFolded(nil, []byte(head+":"+value))
		if d.version == "2.1" { // folds elsewhere, or not at all
			text = []byte(head + ":" + value)
		}
	}
	if d.end == "\n" {
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	}
	l.raw = append(text, d.end...)
	return l
}

func beyondASCII(r rune) bool { return r >= utf8.RuneSelf }

// quoted gives a text of 2.1 as quoted-printable.
func quoted(value string) []byte {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	w.Binary = true // an end of line is written, not kept
	for i, part := range strings.Split(value, `\n`) {
		if i > 0 {
			part = "\r\n" + part
		}
		_, _ = w.Write([]byte(part)) // a buffer takes all
	}
	_ = w.Close()
	return out.Bytes()
}

func without(params []param, names ...string) []param {
	var kept []param
next:
	for _, p := range params {
		for _, name := range names {
			if p.name == name {
				continue next
			}
		}
		kept = append(kept, p)
	}
	return kept
}

// set gives the first line of a property another value, or writes one.
func (d *document) set(name, value string) {
	if l := d.first(name); l != nil {
		*l = d.written(*l, value)
		return
	}
	d.add(d.written(line{written: name, name: name}, value))
}

// add puts lines after the last one of the same property and of its groups, else at the end of the card.
func (d *document) add(lines ...line) {
	at := -1
	for i := range d.lines {
		if d.lines[i].name == lines[0].name {
			at = i + 1
		}
	}
	if at < 0 {
		at = max(0, slices.IndexFunc(d.lines, func(l line) bool { return l.name == "END" }))
	} else if label := d.label(&d.lines[at-1]); label != nil && at < len(d.lines) && label == &d.lines[at] {
		at++
	}
	if at > 0 && d.lines[at-1].open() {
		lines = append([]line{{raw: []byte(d.end)}}, lines...) // ends it, and is nothing of its own
	}
	d.lines = append(d.lines[:at:at], append(lines, d.lines[at:]...)...)
}

// open reports whether a line of 2.1 says that it goes on where it ends: the next one would be taken for a part of it.
func (l *line) open() bool {
	printable, _ := encodings(l.raw)
	return printable && bytes.HasSuffix(bytes.TrimRight(l.raw, "\r\n"), []byte("="))
}

// remove takes lines away, each with what Apple's groups say of it when nothing else is in its group.
func (d *document) remove(gone func(*line) bool) {
	groups, kept := map[string]bool{}, d.lines[:0:0]
	for i := range d.lines {
		if l := &d.lines[i]; l.name != "" && gone(l) {
			if l.group != "" {
				groups[strings.ToLower(l.group)] = true
			}
			continue
		}
		kept = append(kept, d.lines[i])
	}
	for i := range kept {
		if !isRemark(&kept[i]) {
			delete(groups, strings.ToLower(kept[i].group))
		}
	}
	d.lines = kept[:0:0]
	for i := range kept {
		if !groups[strings.ToLower(kept[i].group)] {
			d.lines = append(d.lines, kept[i])
		}
	}
}

// isRemark tells a line that only says something of another one in its group.
func isRemark(l *line) bool { return strings.HasPrefix(l.name, "X-AB") }
