package flow

import (
	"context"
	"maps"
	"slices"

	"diapason/storage"
	"diapason/sync/establishments"
)

// Sheet is one sheet to choose from.
type Sheet struct {
	Index  int
	Name   string
	Hidden bool
}

// Sheets lists the visible sheets of the file, and the one in use if it is hidden.
func (f *Flow) Sheets() []Sheet {
	if f.book == nil {
		return nil
	}
	var out []Sheet
	for i, s := range f.book.Sheets() {
		if !s.Hidden || i == f.mapping.Sheet {
			out = append(out, Sheet{Index: i, Name: s.Name, Hidden: s.Hidden})
		}
	}
	return out
}

// Name is the file's name, "" without a file.
func (f *Flow) Name() string {
	if f.book == nil {
		return ""
	}
	return f.book.Name()
}

// SheetName is the name of the sheet in use.
func (f *Flow) SheetName() string {
	if f.book == nil {
		return ""
	}
	return f.book.Sheets()[f.mapping.Sheet].Name
}

// Mapping gives what the columns mean at present.
func (f *Flow) Mapping() establishments.Mapping { return f.mapping }

// SetSheet maps another sheet; its header row is found by itself.
func (f *Flow) SetSheet(i int) { f.suggest(i, 0) }

// SetHeaderRow says where the titles stand, from 1.
func (f *Flow) SetHeaderRow(row int) { f.suggest(f.mapping.Sheet, row) }

func (f *Flow) suggest(sheet, row int) {
	if f.book == nil {
		return
	}
	book, profiles := f.book, f.profiles
	f.begin(Reading, func(ctx context.Context, _ func(float64)) outcome {
		found, err := establishments.SuggestSheet(ctx, book, sheet, row, profiles)
		if err != nil {
			return outcome{err: err}
		}
		return outcome{apply: func() { f.take(found) }}
	})
}

// Column is one column of the file as the mapping step shows it.
type Column struct {
	Header   string
	Samples  []string // the first values that are not empty
	Field    storage.Field
	Evidence establishments.Evidence
}

const samplesShown = 3

// Columns gives the file's columns with what they mean.
func (f *Flow) Columns() []Column {
	if f.found == nil {
		return nil
	}
	out := make([]Column, len(f.found.Headers))
	for i, h := range f.found.Headers {
		c := Column{Header: h, Field: f.mapping.Columns[i], Evidence: f.found.Evidence[i]}
		for _, row := range f.found.Samples {
			if len(c.Samples) < samplesShown && row[i] != "" && !slices.Contains(c.Samples, row[i]) {
				c.Samples = append(c.Samples, row[i])
			}
		}
		out[i] = c
	}
	return out
}

// SetColumn gives a column its field, "" to leave it out. Another column that had the field loses it.
func (f *Flow) SetColumn(i int, field storage.Field) {
	f.mapping.Columns = slices.Clone(f.mapping.Columns)
	f.found.Evidence = slices.Clone(f.found.Evidence)
	if field != "" {
		for other, was := range f.mapping.Columns {
			if was == field && other != i {
				f.mapping.Columns[other], f.found.Evidence[other] = "", establishments.EvidenceNone
			}
		}
		f.dropValue(field)
	}
	f.mapping.Columns[i], f.found.Evidence[i] = field, establishments.EvidenceNone
	f.replan()
}

// Value is a value that is not in the file: a constant for every row, or a default for the rows that create.
type Value struct {
	Field   storage.Field
	Text    string
	Default bool
}

// Values lists the constants, then the defaults, in the order of the fields.
func (f *Flow) Values() []Value {
	var out []Value
	for _, field := range storage.Fields {
		if v, ok := f.mapping.Constants[field]; ok {
			out = append(out, Value{Field: field, Text: v})
		}
	}
	for _, field := range storage.Fields {
		if v, ok := f.mapping.Defaults[field]; ok {
			out = append(out, Value{Field: field, Text: v, Default: true})
		}
	}
	return out
}

// FreeFields lists the fields that neither a column nor a value fills.
func (f *Flow) FreeFields() []storage.Field {
	var out []storage.Field
	for _, field := range storage.Fields {
		_, constant := f.mapping.Constants[field]
		if !constant && !slices.Contains(f.mapping.Columns, field) {
			out = append(out, field)
		}
	}
	return out
}

// SetConstant gives a field the same value in every row; a default for it goes.
func (f *Flow) SetConstant(field storage.Field, text string) {
	f.dropValue(field)
	f.mapping.Constants[field] = text
	f.replan()
}

// SetDefault changes a default, which rows that create an establishment get.
func (f *Flow) SetDefault(field storage.Field, text string) {
	f.mapping.Defaults = maps.Clone(f.mapping.Defaults)
	f.mapping.Defaults[field] = text
	f.replan()
}

// RemoveValue takes a constant or a default away.
func (f *Flow) RemoveValue(field storage.Field) {
	f.dropValue(field)
	f.replan()
}

func (f *Flow) dropValue(field storage.Field) {
	constants, defaults := map[storage.Field]string{}, map[storage.Field]string{}
	maps.Copy(constants, f.mapping.Constants)
	maps.Copy(defaults, f.mapping.Defaults)
	delete(constants, field)
	delete(defaults, field)
	f.mapping.Constants, f.mapping.Defaults = constants, defaults
}

// Options gives what the import may do.
func (f *Flow) Options() establishments.Options { return f.options }

// SetOptions changes what the import may do.
func (f *Flow) SetOptions(o establishments.Options) {
	if f.options == o {
		return
	}
	f.options = o
	f.replan()
}

// Remember tells whether the mapping and the options will be kept for files with the same titles.
func (f *Flow) Remember() bool { return f.remember }

// SetRemember changes that.
func (f *Flow) SetRemember(on bool) { f.remember = on }

// Remembered tells whether the mapping comes from an earlier file.
func (f *Flow) Remembered() bool { return f.found != nil && f.found.Profile != nil }

func (f *Flow) replan() {
	f.planned = false
	f.changed(ChangeAll)
}

// Missing says why the columns cannot be imported yet, nil when they can.
func (f *Flow) Missing() *storage.Problem {
	if slices.Contains(f.mapping.Columns, storage.FieldName) || slices.Contains(f.mapping.Columns, storage.FieldIdentifier) {
		return nil
	}
	return storage.NewProblem("import.noName").On(storage.FieldName)
}

// Ready tells whether Next would go on.
func (f *Flow) Ready() bool {
	if f.work != Idle || f.book == nil {
		return false
	}
	switch f.step {
	case StepFile:
		return f.found != nil
	case StepColumns:
		return f.Missing() == nil
	case StepPreview:
		return f.plan != nil && f.Writes() > 0 && !f.Amending()
	default:
		return false
	}
}
