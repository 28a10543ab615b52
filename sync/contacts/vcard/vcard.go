// Package vcard reads and writes cards as files and servers keep them: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), with
// what applications make of them (Apple's labels, birthdays without a year, quoted-printable).
//
// Reading is tolerant; a card that cannot be read is a fault with its line and never hides the others. Writing changes
// the lines of what changed and leaves all others, with their order, groups and parameters, byte for byte: a card has many
// properties that are not ours. Nothing here reads files, keeps state or knows whom a card is sent to.
package vcard

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"strconv"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"diapason/storage"
)

// Bounds of one card. A picture inside is most of it.
const (
	// LargestCard is how many octets a card has at most.
	LargestCard = 16 << 20
	mostLines   = 10_000
)

// Parsed is a card as it was read.
type Parsed struct {
	Card storage.Card // in vCard's words: types are "home", "work,cell", "" or what a person typed
	UID  string
	Key  string // ours, when the card bears it (Mark)
	// Group tells a list of cards (KIND:group), which is no card of somebody.
	Group bool
	Raw   []byte // as it came
	Line  int    // on which it begins, from 1
	// Fault says why it could not be read; the rest but Raw and Line is empty then.
	Fault *storage.Problem
}

// Decode gives the cards of a file one by one. An error ends it; it is a *storage.Problem when the file holds no card.
func Decode(r io.Reader) iter.Seq2[Parsed, error] {
	return func(yield func(Parsed, error) bool) {
		s := newSplitter(r)
		for any := false; ; any = true {
			p, err := s.next()
			switch {
			case errors.Is(err, io.EOF) && any:
				return
			case errors.Is(err, io.EOF):
				err = storage.NewProblem("vcard.none")
			}
			if err != nil {
				yield(Parsed{}, err)
				return
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

// Parse reads one card.
func Parse(raw []byte) Parsed {
	for p, err := range Decode(bytes.NewReader(raw)) {
		if err != nil {
			return Parsed{Raw: raw, Line: 1, Fault: storage.NewProblem("vcard.none").Because(err)}
		}
		return p
	}
	panic("vcard: Decode gives a card or an error")
}

// splitter cuts a file into its cards.
type splitter struct {
	r      *bufio.Reader
	number int    // of the last line that was read
	line   []byte // it, with its end
	ahead  bool   // it was read too far: it begins the next card
}

func newSplitter(r io.Reader) *splitter {
	b := bufio.NewReaderSize(r, 64<<10)
	head, _ := b.Peek(3) // an error comes again with the first line
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		_, _ = b.Discard(3) // these three are in the buffer
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")):
		decoder := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
		b = bufio.NewReaderSize(transform.NewReader(b, decoder), 64<<10)
	}
	return &splitter{r: b}
}

// next gives the next card; io.EOF when there is none.
func (s *splitter) next() (Parsed, error) {
	for !s.ahead || !is(s.line, "BEGIN:VCARD") {
		if err := s.read(); err != nil {
			return Parsed{}, err
		}
		s.ahead = true
	}
	s.ahead = false
	p := Parsed{Line: s.number, Raw: bytes.Clone(s.line)}
	for depth, lines := 0, 1; ; lines++ {
		agent := is(p.Raw[bytes.LastIndexByte(p.Raw[:len(p.Raw)-1], '\n')+1:], "AGENT:")
		err := s.read()
		begins := is(s.line, "BEGIN:VCARD")
		switch {
		case errors.Is(err, io.EOF), err == nil && begins && !agent:
			s.ahead = err == nil
			return p.faulty("vcard.cut"), nil
		case err != nil:
			return Parsed{}, err
		case begins:
			depth++
		}
		if lines > mostLines || len(p.Raw)+len(s.line) > LargestCard {
			return s.skip(p)
		}
		p.Raw = append(p.Raw, s.line...)
		if is(s.line, "END:VCARD") {
			if depth--; depth < 0 {
				return p.read(), nil
			}
		}
	}
}

// skip passes over the rest of a card that is too large.
func (s *splitter) skip(p Parsed) (Parsed, error) {
	p.Raw = nil
	for !is(s.line, "END:VCARD") {
		if err := s.read(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return Parsed{}, err
		}
		if is(s.line, "BEGIN:VCARD") {
			s.ahead = true
			break
		}
	}
	return p.faulty("vcard.tooLarge", "limit", strconv.Itoa(LargestCard>>20)), nil
}

// read reads a line with its end. What of it is beyond the largest card is passed over.
func (s *splitter) read() error {
	s.line = s.line[:0]
	for {
		part, err := s.r.ReadSlice('\n')
		if len(s.line) <= LargestCard {
			s.line = append(s.line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil, errors.Is(err, io.EOF) && len(s.line) > 0:
			s.number++
			return nil
		}
		return err
	}
}

// is compares a line with a text in capitals.
func is(line []byte, text string) bool {
	line = bytes.TrimRight(line, " \t\r\n")
	return len(line) == len(text) && bytes.EqualFold(line, []byte(text))
}

func (p Parsed) faulty(code string, args ...string) Parsed {
	return Parsed{Raw: p.Raw, Line: p.Line, Fault: storage.NewProblem(code, append(args, "line", strconv.Itoa(p.Line))...)}
}

func (p Parsed) read() Parsed {
	d := parse(p.Raw)
	p.Card = d.card()
	p.UID, p.Key, p.Group = d.text("UID"), d.key(), d.isGroup()
	return p
}
