package bolt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"diapason/storage"
)

// buffers are reused between records: an import encodes hundreds of thousands.
var buffers = stdsync.Pool{New: func() any { return new(bytes.Buffer) }}

// encode gives the kept form of an entity: the version byte and JSON. The bytes are the caller's to keep.
func encode(v any) ([]byte, error) {
	switch e := v.(type) {
	case *storage.Establishment:
		v = recordOf(e)
	case *storage.Listing:
		v = listingRecordOf(e)
	case *storage.Contact:
		if raw, ok := appendContact([]byte{recordVersion}, e); ok {
			return raw, nil
		}
	case *storage.ContactLink:
		if raw, ok := appendContactLink([]byte{recordVersion}, e); ok {
			return raw, nil
		}
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	buf.WriteByte(recordVersion)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return bytes.Clone(bytes.TrimSuffix(buf.Bytes(), []byte("\n"))), nil
}

// decode reads the kept form into v.
func decode(b []byte, v any) error {
	if len(b) == 0 || b[0] == 0 || b[0] > recordVersion {
		return fmt.Errorf("decode %T: unknown record version", v)
	}
	switch e := v.(type) {
	case *storage.Establishment:
		r := establishmentRecord{establishment: (*establishment)(e)}
		if err := json.Unmarshal(b[1:], &r); err != nil {
			return fmt.Errorf("decode establishment: %w", err)
		}
		e.Origins = r.origins()
		return nil
	case *storage.Listing:
		r := listingRecord{listing: (*listing)(e)}
		if err := json.Unmarshal(b[1:], &r); err != nil {
			return fmt.Errorf("decode listing: %w", err)
		}
		r.restore(e)
		return nil
	case *storage.Reservation:
		if readReservation(b[1:], e) {
			return nil
		}
		*e = storage.Reservation{}
	case *storage.Contact:
		if readContact(b[1:], e) {
			return nil
		}
		*e = storage.Contact{}
	case *storage.ContactLink:
		if readContactLink(b[1:], e) {
			return nil
		}
		*e = storage.ContactLink{}
	}
	if err := json.Unmarshal(b[1:], v); err != nil {
		return fmt.Errorf("decode %T: %w", v, err)
	}
	return nil
}

// establishmentRecord keeps the origins grouped: after an import, forty fields share one origin, and writing it forty
// times would triple the record.
type establishmentRecord struct {
	*establishment
	Origins []originRecord `json:"origins,omitempty"`
}

type establishment storage.Establishment

type originRecord struct {
	storage.Origin
	Fields string `json:"fields"` // separated by spaces, in template order
}

func recordOf(e *storage.Establishment) *establishmentRecord {
	r := &establishmentRecord{establishment: (*establishment)(e)}
	if len(e.Origins) == 0 {
		return r
	}
	left := len(e.Origins)
	var groups []originGroup
	for _, f := range storage.Fields {
		if o, ok := e.Origins[f]; ok {
			groups = addOrigin(groups, f, o)
			left--
		}
	}
	if left > 0 { // fields this version does not know
		var rest []storage.Field
		for f := range e.Origins {
			if !f.Known() {
				rest = append(rest, f)
			}
		}
		slices.Sort(rest)
		for _, f := range rest {
			groups = addOrigin(groups, f, e.Origins[f])
		}
	}
	r.Origins = make([]originRecord, len(groups))
	for i := range groups {
		r.Origins[i] = originRecord{Origin: groups[i].origin, Fields: string(groups[i].fields)}
	}
	return r
}

// originGroup is an originRecord being put together.
type originGroup struct {
	origin storage.Origin
	fields []byte
}

func addOrigin(groups []originGroup, f storage.Field, o storage.Origin) []originGroup {
	for i := range groups {
		g := &groups[i]
		if g.origin.At.Equal(o.At) && g.origin.Actor == o.Actor && g.origin.RunID == o.RunID {
			g.fields = append(append(g.fields, ' '), f...)
			return groups
		}
	}
	return append(groups, originGroup{origin: o, fields: append(make([]byte, 0, 512), f...)})
}

func (r *establishmentRecord) origins() map[storage.Field]storage.Origin {
	if len(r.Origins) == 0 {
		return nil
	}
	m := make(map[storage.Field]storage.Origin)
	for _, g := range r.Origins {
		for f := range strings.SplitSeq(g.Fields, " ") {
			m[storage.Field(f)] = g.Origin
		}
	}
	return m
}

// utc drops a zone and the monotonic reading, so that what is kept and what is read back are the same instant in UTC.
func utc(t *time.Time) {
	if !t.IsZero() {
		*t = t.Round(0).UTC()
	}
}
