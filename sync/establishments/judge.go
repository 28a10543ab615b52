package establishments

import (
	"errors"
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/tabular"
)

// Options say what an import may do.
type Options struct {
	CreateOnly  bool
	UpdateOnly  bool
	EmptyErases bool // an empty cell erases; otherwise it keeps what is there
}

// judge decides about single rows: what they mean, which establishment they are, what they change. It never changes
// and may be used from several goroutines.
type judge struct {
	mapping Mapping
	options Options
	columns []int // per field of storage.Fields, the column, -1 without
}

func newJudge(m Mapping, o Options) *judge {
	j := &judge{mapping: m, options: o, columns: make([]int, len(storage.Fields))}
	for i, f := range storage.Fields {
		j.columns[i] = slices.Index(m.Columns, f)
	}
	return j
}

// strict fields decide who an establishment is, where it stands, or what is published by itself: a row in which one of
// them cannot be read is rejected. Any other unreadable cell is set aside with a warning.
func strict(f storage.Field) bool {
	switch f {
	case storage.FieldIdentifier, storage.FieldStatus, storage.FieldName, storage.FieldStreet, storage.FieldZip,
		storage.FieldCity, storage.FieldCountry, storage.FieldOpeningHours, storage.FieldSpecialHours,
		storage.FieldAddressDisplay, storage.FieldAutoSync:
		return true
	}
	return false
}

// cell gives what a row says of a field: the user's correction, the cell, the constant. given is false when the row
// says nothing of it; a given cell may be empty.
func (j *judge) cell(r *PlanRow, field int) (c tabular.Cell, given bool) {
	f := storage.Fields[field]
	if text, ok := r.Corrected[f]; ok {
		return tabular.Cell{Text: text}, true
	}
	if at := j.columns[field]; at >= 0 {
		given = true
		if at < len(r.cells) {
			c = r.cells[at]
		}
		if c.Flags&(tabular.FlagError|tabular.FlagNoValue) != 0 {
			return c, true
		}
		if isPlaceholder(f, c) {
			c = tabular.Cell{}
		}
	}
	if c.Text == "" {
		if text, ok := j.mapping.Constants[f]; ok {
			return tabular.Cell{Text: text}, true
		}
	}
	return c, given
}

func (j *judge) cellOf(r *PlanRow, f storage.Field) tabular.Cell {
	c, _ := j.cell(r, slices.Index(storage.Fields, f))
	return c
}

// identity is how a row names its establishment.
type identity struct {
	identifier string
	natural    string // storage.NaturalKey; "" when a part is missing
	weak       string // name, postcode and street with parts missing; "" when natural is there or there is no name
}

func (j *judge) identify(r *PlanRow) identity {
	var scratch storage.Establishment
	var id identity
	if c := j.cellOf(r, storage.FieldIdentifier); c.Flags&tabular.FlagError == 0 &&
		scratch.SetValue(storage.FieldIdentifier, c.Text) == nil {
		id.identifier = scratch.Identifier
	}
	name := storage.SearchKey(j.cellOf(r, storage.FieldName).Text)
	country := j.country(r, nil)
	zip := canonicalText(storage.FieldZip, j.cellOf(r, storage.FieldZip), country)
	street := j.cellOf(r, storage.FieldStreet).Text
	id.natural = storage.NaturalKey(name, zip, street)
	if id.natural == "" && name != "" {
		id.weak = weakKey(name, zip, street)
	}
	return id
}

func weakKey(name, zip, street string) string {
	return storage.SearchKey(name) + "|" + storage.SearchKey(zip) + "|" + storage.SearchKey(street)
}

// country gives the country that decides how a row's phones and postcode are read.
func (j *judge) country(r *PlanRow, before *storage.Establishment) string {
	if c := j.cellOf(r, storage.FieldCountry); c.Text != "" {
		if code, err := storage.NormaliseCountry(c.Text); err == nil {
			return code
		}
		return "?" // refused later; no rule of a country applies
	}
	if before != nil {
		return before.Address.Country
	}
	return j.mapping.Defaults[storage.FieldCountry]
}

// match finds the establishment of a row; nil when it is a new one.
func (j *judge) match(tx storage.Reader, r *PlanRow, id identity) (*storage.Establishment, error) {
	if r.Proposal != nil && r.Proposal.Accepted {
		return tx.Establishment(r.Proposal.ID)
	}
	if id.identifier != "" {
		e, err := tx.EstablishmentByIdentifier(id.identifier)
		if err == nil || !errors.Is(err, storage.ErrNotFound) {
			return e, err
		}
	}
	ids, err := candidates(tx, id)
	if err != nil {
		return nil, err
	}
	var found []*storage.Establishment
	for _, one := range ids {
		e, err := tx.Establishment(one)
		if err != nil {
			return nil, err
		}
		if id.identifier != "" && e.Identifier != "" {
			continue // the same place under another code is a proposal, not a match
		}
		if id.natural != "" || weakKey(e.Name, e.Address.Zip, e.Address.Street) == id.weak {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	return nil, storage.NewProblem("row.ambiguous", "first", found[0].Identifier, "second", found[1].Identifier).On(storage.FieldName)
}

// weakCandidates bounds the establishments of one name that a row without an address is compared with.
const weakCandidates = 50

func candidates(tx storage.Reader, id identity) ([]string, error) {
	if id.natural != "" {
		return tx.EstablishmentIDsByNaturalKey(id.natural)
	}
	if id.weak == "" {
		return nil, nil
	}
	name, _, _ := strings.Cut(id.weak, "|")
	return tx.EstablishmentIDsByName(name, weakCandidates)
}

// decide fills the row's outcome and everything that explains it, and gives the establishment before (nil for a
// creation) and after. A row that is rejected gives no after. The error is the store's.
func (j *judge) decide(tx storage.Reader, r *PlanRow) (before, after *storage.Establishment, err error) {
	r.Changes, r.Problems, r.Warnings, r.EstablishmentID = nil, nil, nil, ""
	r.id = j.identify(r)
	before, err = j.match(tx, r, r.id)
	var p *storage.Problem
	if errors.As(err, &p) && !errors.Is(err, storage.ErrNotFound) {
		r.Problems, err = append(r.Problems, p), nil
	}
	if err != nil {
		return nil, nil, err
	}
	if before == nil {
		after = &storage.Establishment{}
	} else {
		after = before.Clone()
		r.EstablishmentID = before.ID
	}
	j.fill(r, before, after)
	if r.planned == nil {
		j.values(r, after)
	}
	if len(r.Problems) > 0 {
		r.own = OutcomeRejected
		return before, nil, nil
	}
	r.own = j.outcome(r, before, after)
	return before, after, nil
}

func (j *judge) outcome(r *PlanRow, before, after *storage.Establishment) Outcome {
	if before == nil {
		if j.options.UpdateOnly {
			return OutcomeSkipped
		}
		return OutcomeCreate
	}
	for _, f := range storage.Fields {
		if was, now := before.Value(f), after.Value(f); was != now {
			r.Changes = append(r.Changes, storage.FieldChange{Field: f, Before: was, After: now})
		}
	}
	switch {
	case len(r.Changes) == 0:
		return OutcomeUnchanged
	case j.options.CreateOnly:
		return OutcomeSkipped
	}
	return OutcomeUpdate
}

// fill sets the fields of after, the country first, and collects problems and warnings.
func (j *judge) fill(r *PlanRow, before, after *storage.Establishment) {
	if before == nil {
		after.Status = storage.StatusActive
		for f, text := range j.mapping.Defaults {
			j.set(r, after, f, tabular.Cell{Text: text})
		}
	}
	country := slices.Index(storage.Fields, storage.FieldCountry)
	j.setField(r, before, after, country)
	for i, f := range storage.Fields {
		if f != storage.FieldCountry && f != storage.FieldLat && f != storage.FieldLng {
			j.setField(r, before, after, i)
		}
	}
	j.setPosition(r, before, after)
	for _, p := range after.Validate() {
		if !slices.ContainsFunc(r.Problems, func(o *storage.Problem) bool { return o.Field == p.Field }) {
			r.Problems = append(r.Problems, p)
		}
	}
}

func (j *judge) setField(r *PlanRow, before, after *storage.Establishment, field int) {
	c, given := j.cell(r, field)
	if !given {
		return
	}
	f := storage.Fields[field]
	if c.Text == "" && c.Flags == 0 {
		if before != nil && j.options.EmptyErases && f != storage.FieldIdentifier && f != storage.FieldStatus {
			j.set(r, after, f, c)
		}
		return
	}
	j.set(r, after, f, c)
}

// set reads one cell; what cannot be read becomes a problem or a warning.
func (j *judge) set(r *PlanRow, after *storage.Establishment, f storage.Field, c tabular.Cell) {
	var err error
	switch {
	case c.Flags&tabular.FlagError != 0:
		err = storage.NewProblem("cell.error", "value", c.Text).On(f)
	case c.Flags&tabular.FlagNoValue != 0:
		err = storage.NewProblem("cell.notComputed").On(f)
	default:
		if number := r.trusted(f, after.Address.Country); number != nil {
			*number(after) = r.planned[f]
			return
		}
		err = after.SetValue(f, canonicalText(f, c, after.Address.Country))
	}
	var p *storage.Problem
	if !errors.As(err, &p) {
		return
	}
	p.Cause = nil
	if strict(f) {
		r.Problems = append(r.Problems, p)
	} else {
		r.Warnings = append(r.Warnings, p)
	}
}

// trusted gives the place of a telephone number that the plan read already, for the same country; nil to read it again.
// Reading a number costs as much as reading the rest of the row.
func (r *PlanRow) trusted(f storage.Field, country string) func(*storage.Establishment) *string {
	v := r.planned[f]
	if !strings.HasPrefix(v, "+") || !allDigits(v[1:]) || r.planned[storage.FieldCountry] != country {
		return nil
	}
	switch f {
	case storage.FieldPhone:
		return func(e *storage.Establishment) *string { return &e.Phone }
	case storage.FieldCellphone:
		return func(e *storage.Establishment) *string { return &e.Cellphone }
	case storage.FieldFax:
		return func(e *storage.Establishment) *string { return &e.Fax }
	}
	return nil
}

// setPosition reads both halves together: a half that is missing or unreadable sets the other aside too.
func (j *judge) setPosition(r *PlanRow, before, after *storage.Establishment) {
	lat, givenLat := j.cell(r, slices.Index(storage.Fields, storage.FieldLat))
	lng, givenLng := j.cell(r, slices.Index(storage.Fields, storage.FieldLng))
	emptyLat, emptyLng := lat.Text == "" && lat.Flags == 0, lng.Text == "" && lng.Flags == 0
	switch {
	case !givenLat && !givenLng:
		return
	case emptyLat && emptyLng:
		if before != nil && j.options.EmptyErases {
			after.Position = nil
		}
		return
	case emptyLat && after.Position == nil:
		r.Warnings = append(r.Warnings, storage.NewProblem("coordinate.half").On(storage.FieldLng))
		return
	case emptyLng && after.Position == nil:
		r.Warnings = append(r.Warnings, storage.NewProblem("coordinate.half").On(storage.FieldLat))
		return
	}
	old, warned := after.Position, len(r.Warnings)
	if !emptyLat {
		j.set(r, after, storage.FieldLat, lat)
	}
	if !emptyLng {
		j.set(r, after, storage.FieldLng, lng)
	}
	if len(r.Warnings) > warned {
		after.Position = old
	}
}

// values notes what the mapped fields would be, or how they are written where they are refused.
func (j *judge) values(r *PlanRow, after *storage.Establishment) {
	r.Values = make(map[storage.Field]string, len(j.mapping.Columns))
	for i, f := range storage.Fields {
		if _, given := j.cell(r, i); given {
			r.Values[f] = after.Value(f)
		} else if v, ok := j.mapping.Defaults[f]; ok && r.EstablishmentID == "" {
			r.Values[f] = v
		}
	}
	for _, p := range slices.Concat(r.Problems, r.Warnings) {
		if p.Field == "" {
			continue
		}
		if c, given := j.cell(r, slices.Index(storage.Fields, p.Field)); given && c.Text != "" {
			r.Values[p.Field] = c.Text
		}
	}
}
