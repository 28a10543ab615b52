package bolt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"diapason/storage"
)

// encode gives the kept form of an entity: the version byte and JSON. The bytes are the caller's to keep.
func encode(v any) ([]byte, error) {
	if e, ok := v.(*storage.Establishment); ok {
		v = recordOf(e)
	}
	var buf bytes.Buffer
	buf.WriteByte(recordVersion)
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// decode reads the kept form into v.
func decode(b []byte, v any) error {
	if len(b) == 0 || b[0] == 0 || b[0] > recordVersion {
		return fmt.Errorf("decode %T: unknown record version", v)
	}
	if e, ok := v.(*storage.Establishment); ok {
		r := establishmentRecord{establishment: (*establishment)(e)}
		if err := json.Unmarshal(b[1:], &r); err != nil {
			return fmt.Errorf("decode establishment: %w", err)
		}
		e.Origins = r.origins()
		return nil
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
	add := func(f storage.Field, o storage.Origin) {
		i := slices.IndexFunc(r.Origins, func(g originRecord) bool {
			return g.At.Equal(o.At) && g.Actor == o.Actor && g.RunID == o.RunID
		})
		if i < 0 {
			r.Origins = append(r.Origins, originRecord{Origin: o, Fields: string(f)})
			return
		}
		r.Origins[i].Fields += " " + string(f)
	}
	for _, f := range storage.Fields {
		if o, ok := e.Origins[f]; ok {
			add(f, o)
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
			add(f, e.Origins[f])
		}
	}
	return r
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
