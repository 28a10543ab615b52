package bolt

import (
	"encoding"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"diapason/storage"
)

// readReservation reads the JSON of a reservation exactly as encode writes it, three times as fast as encoding/json: a
// month of the agenda is a thousand of them. It gives false for any other JSON, spaces or an unknown name included, and
// leaves it to encoding/json; the value is then to be thrown away.
func readReservation(b []byte, r *storage.Reservation) bool {
	s := &scanner{rest: b, ok: true}
	s.open('{')
	s.text("id", &r.ID)
	s.number("revision", &r.Revision)
	s.text("uid", &r.UID)
	s.text("type", &r.TypeID)
	s.details(&r.Details)
	s.local("start", &r.Start)
	s.local("end", &r.End)
	s.text("zone", &r.Zone)
	if s.name("recurrence") {
		r.Recurrence = new(storage.Recurrence)
		s.open('{')
		s.text("rule", &r.Recurrence.Rule)
		s.locals("except", &r.Recurrence.Except)
		s.locals("extra", &r.Recurrence.Extra)
		s.close('}')
	}
	list(s, "overrides", &r.Overrides, func(o *storage.Override) {
		s.open('{')
		s.local("original", &o.Original)
		s.local("start", &o.Start)
		s.local("end", &o.End)
		s.details(&o.Details)
		s.number("sequenceAhead", &o.SequenceAhead)
		s.close('}')
	})
	s.number("sequence", &r.Sequence)
	s.time("changedAt", &r.ChangedAt)
	s.time("createdAt", &r.CreatedAt)
	s.text("outsideFeed", &r.OutsideFeedID)
	s.close('}')
	return s.ok && len(s.rest) == 0
}

func (s *scanner) details(d *storage.Details) {
	s.text("title", &d.Title)
	s.text("establishment", &d.EstablishmentID)
	s.text("resource", &d.ResourceID)
	s.text("status", (*string)(&d.Status))
	list(s, "inCharge", &d.InCharge, func(id *string) { *id = s.string() })
	list(s, "participants", &d.Participants, func(p *storage.Participant) {
		s.open('{')
		s.text("person", &p.PersonID)
		s.text("answer", (*string)(&p.Answer))
		s.close('}')
	})
	s.text("publicNotes", &d.PublicNotes)
	s.text("privateNotes", &d.PrivateNotes)
	s.text("address", &d.Address)
	s.text("link", &d.Link)
}

// scanner reads compact JSON whose names come in a known order, each at most once. After the first thing that it does
// not expect it is no longer ok, and reads on without a meaning.
type scanner struct {
	rest  []byte
	ok    bool
	begun bool // something stands before, in this object or array: a comma comes first
}

// take eats one byte.
func (s *scanner) take(c byte) {
	if len(s.rest) == 0 || s.rest[0] != c {
		s.ok = false
		return
	}
	s.rest = s.rest[1:]
}

func (s *scanner) open(c byte)  { s.take(c); s.begun = false }
func (s *scanner) close(c byte) { s.take(c); s.begun = true }

// comma eats what separates from the last value.
func (s *scanner) comma() {
	if s.begun {
		s.take(',')
	}
	s.begun = true
}

// name eats a name and its colon, when it comes next; a name left out is an empty value.
func (s *scanner) name(name string) bool {
	from := 0
	if s.begun {
		from = 1
	}
	end := from + len(name) + 3
	if len(s.rest) < end || s.begun && s.rest[0] != ',' ||
		s.rest[from] != '"' || string(s.rest[from+1:end-2]) != name || s.rest[end-2] != '"' || s.rest[end-1] != ':' {
		return false
	}
	s.rest, s.begun = s.rest[end:], true
	return true
}

// raw eats a string and gives what stands between its quotes, and whether there are escapes in it.
func (s *scanner) raw() (text []byte, escapes bool) {
	s.take('"')
	for i := 0; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == '"':
			text, s.rest = s.rest[:i], s.rest[i+1:]
			return text, escapes
		case c == '\\':
			escapes = true
			i++
		case c < ' ':
			s.ok = false
		}
	}
	s.ok, s.rest = false, nil
	return nil, false
}

func (s *scanner) string() (text string) {
	quoted := s.rest
	raw, escapes := s.raw()
	switch {
	case !s.ok:
	case escapes: // lines of notes, seldom more
		s.ok = json.Unmarshal(quoted[:len(raw)+2], &text) == nil
	case utf8.Valid(raw):
		text = string(raw)
	default:
		s.ok = false
	}
	return text
}

func (s *scanner) text(name string, to *string) {
	if s.name(name) {
		*to = s.string()
	}
}

func (s *scanner) number(name string, to *int) {
	if !s.name(name) {
		return
	}
	n := 0
	for n < len(s.rest) && (s.rest[n] == '-' || s.rest[n] >= '0' && s.rest[n] <= '9') {
		n++
	}
	digits := string(s.rest[:n])
	v, err := strconv.Atoi(digits)
	if err != nil || strconv.Itoa(v) != digits {
		s.ok = false
	}
	*to, s.rest = v, s.rest[n:]
}

func (s *scanner) time(name string, to *time.Time) {
	if s.name(name) {
		s.unmarshal(to)
	}
}

func (s *scanner) local(name string, to *storage.LocalTime) {
	if s.name(name) {
		s.unmarshal(to)
	}
}

func (s *scanner) locals(name string, to *[]storage.LocalTime) {
	list(s, name, to, func(l *storage.LocalTime) { s.unmarshal(l) })
}

func (s *scanner) unmarshal(to encoding.TextUnmarshaler) {
	text, escapes := s.raw()
	s.ok = s.ok && !escapes && to.UnmarshalText(text) == nil
}

// list reads an array that is not empty, as encode writes none.
func list[T any](s *scanner, name string, to *[]T, item func(*T)) {
	if !s.name(name) {
		return
	}
	s.open('[')
	for s.ok {
		s.comma()
		var v T
		item(&v)
		*to = append(*to, v)
		s.begun = true
		if len(s.rest) > 0 && s.rest[0] == ']' {
			break
		}
	}
	s.close(']')
}
