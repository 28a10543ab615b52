package establishments

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"

	"diapason/storage"
	"diapason/sync/tabular"
)

// Outcome is what the import will do with a row; the text is the translation key "import.outcome." + Outcome.
type Outcome string

// The outcomes.
const (
	OutcomeCreate    Outcome = "create"
	OutcomeUpdate    Outcome = "update"
	OutcomeUnchanged Outcome = "unchanged"
	OutcomeRejected  Outcome = "rejected"
	OutcomeSkipped   Outcome = "skipped" // "create only" or "update only" leaves it out
	OutcomeIgnored   Outcome = "ignored" // the user leaves it out
)

// Outcomes lists them in the order people see them.
var Outcomes = []Outcome{
	OutcomeCreate, OutcomeUpdate, OutcomeUnchanged, OutcomeRejected, OutcomeSkipped, OutcomeIgnored,
}

// Proposal is an establishment that a row to be created resembles. It is never taken by itself.
type Proposal struct {
	ID, Name, Line string
	Accepted       bool
}

// PlanRow is one row of the file and what the import will do with it.
type PlanRow struct {
	Index   int // position in the plan, from 0
	Number  int // line of the file, as the spreadsheet shows it
	Outcome Outcome
	// Values are the mapped fields as they would be kept; for a rejected row or a cell set aside, as they are written.
	Values map[storage.Field]string
	// Changes are the fields that an update changes.
	Changes []storage.FieldChange
	// Problems are the reasons of a rejection, Warnings the optional cells that were set aside; both stand beside a field.
	Problems storage.Problems
	Warnings storage.Problems
	// EstablishmentID is the establishment that the row updates or finds unchanged.
	EstablishmentID string
	Proposal        *Proposal // nil without one
	Corrected       map[storage.Field]string

	cells   []tabular.Cell
	ignored bool
	own     Outcome // without what other rows of the file make of it
	id      identity
	// planned are the Values of the plan while the row is decided again to be written; see trusted.
	planned map[storage.Field]string
}

// kept is the part of a row that most rows do not have.
type kept struct {
	Changes   []storage.FieldChange    `json:"c,omitempty"`
	Problems  storage.Problems         `json:"p,omitempty"`
	Warnings  storage.Problems         `json:"w,omitempty"`
	ID        string                   `json:"i,omitempty"`
	Proposal  *Proposal                `json:"n,omitempty"`
	Corrected map[storage.Field]string `json:"f,omitempty"`
}

// encode appends the row to b: number, outcome, ignored, cells, values, then the rest as JSON when there is any.
func (r *PlanRow) encode(b []byte) ([]byte, error) {
	b = binary.AppendUvarint(b, uint64(r.Number))
	b = append(b, byte(slices.Index(Outcomes, r.own)), boolByte(r.ignored))
	b = binary.AppendUvarint(b, uint64(len(r.cells)))
	for _, c := range r.cells {
		b = appendString(append(b, byte(c.Flags)), c.Text)
	}
	b = binary.AppendUvarint(b, uint64(len(r.Values)))
	for i, f := range storage.Fields {
		if v, ok := r.Values[f]; ok {
			b = appendString(append(b, byte(i)), v)
		}
	}
	k := kept{r.Changes, r.Problems, r.Warnings, r.EstablishmentID, r.Proposal, r.Corrected}
	if k.Changes == nil && k.Problems == nil && k.Warnings == nil && k.ID == "" && k.Proposal == nil && k.Corrected == nil {
		return b, nil
	}
	rest, err := json.Marshal(k)
	return append(b, rest...), err
}

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

var errSpill = errors.New("the plan's temporary file is damaged")

// decodeRow reads what encode wrote.
func decodeRow(b []byte) (*PlanRow, error) {
	d := decoder{b: b}
	r := &PlanRow{Number: d.number()}
	r.own = Outcomes[min(int(d.byte()), len(Outcomes)-1)]
	r.ignored = d.byte() == 1
	r.cells = make([]tabular.Cell, d.count())
	for i := range r.cells {
		flags := tabular.CellFlags(d.byte())
		r.cells[i] = tabular.Cell{Flags: flags, Text: d.string()}
	}
	n := d.count()
	r.Values = make(map[storage.Field]string, n)
	for range n {
		f := storage.Fields[min(int(d.byte()), len(storage.Fields)-1)]
		r.Values[f] = d.string()
	}
	if d.failed {
		return nil, errSpill
	}
	if len(d.b) > 0 {
		var k kept
		if err := json.Unmarshal(d.b, &k); err != nil {
			return nil, err
		}
		r.Changes, r.Problems, r.Warnings = k.Changes, k.Problems, k.Warnings
		r.EstablishmentID, r.Proposal, r.Corrected = k.ID, k.Proposal, k.Corrected
	}
	return r, nil
}

type decoder struct {
	b      []byte
	failed bool
}

func (d *decoder) number() int {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.failed, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return int(v)
}

// count reads how many items follow; each takes a byte at least.
func (d *decoder) count() int {
	n := d.number()
	if n > len(d.b) {
		d.failed = true
		return 0
	}
	return n
}

func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.failed = true
		return 0
	}
	c := d.b[0]
	d.b = d.b[1:]
	return c
}

func (d *decoder) string() string {
	n := d.count()
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}
