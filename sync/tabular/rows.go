package tabular

import (
	"context"
	"errors"
	"io"

	"diapason/storage"
)

// CellFlags tell what a cell was besides its text.
type CellFlags uint8

// The flags.
const (
	// FlagNumber marks a number (its leading zeros, if it ever had any, are lost).
	FlagNumber CellFlags = 1 << iota
	// FlagDate marks a number that its format shows as a date or time; the text is ISO 8601.
	FlagDate
	// FlagBool marks a truth value; the text is TRUE or FALSE.
	FlagBool
	// FlagError marks an error such as #N/A, which is the text.
	FlagError
	// FlagNoValue marks a formula whose result was never kept; the text is empty.
	FlagNoValue
	// FlagLiteral marks a text that was neutralised with an apostrophe when it was written (see Neutralise).
	FlagLiteral
)

// Cell is one cell. Text is as a person would type it: numbers without exponent, dates in ISO 8601.
type Cell struct {
	Text  string
	Flags CellFlags
}

// Row is one row that has at least one cell with a text. Cells may be shorter than the header's.
type Row struct {
	Number int // from 1, as the spreadsheet shows it; in a CSV file the number of the record
	Cells  []Cell
}

// Cell gives the cell of a column (from 0), an empty one beyond the end.
func (r Row) Cell(column int) Cell {
	if column < 0 || column >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[column]
}

// source reads rows of one kind of file.
type source interface {
	// next fills the row, reusing its cells; io.EOF at the end.
	next(*Row) error
	// progress is the share already read, 0 to 1.
	progress() float64
	Close() error
}

// Rows reads the rows of one sheet in order, empty ones left out. It belongs to one goroutine.
type Rows struct {
	ctx    context.Context
	source source
	name   string
	row    Row
	err    error
	count  int
}

// contextEvery is how many rows pass between two looks at the context.
const contextEvery = 64

// Next reads the next row; false at the end or on an error.
func (r *Rows) Next() bool {
	if r.err != nil {
		return false
	}
	if r.count++; r.count%contextEvery == 0 && r.ctx.Err() != nil {
		r.err = r.ctx.Err()
		return false
	}
	err := r.source.next(&r.row)
	if errors.Is(err, io.EOF) {
		r.err = io.EOF
		return false
	}
	if err != nil {
		r.err = inWords(err, r.name)
		return false
	}
	return true
}

// Row gives the row just read. Its Cells are overwritten by Next; the texts may be kept.
func (r *Rows) Row() Row { return r.row }

// Err gives what stopped the reading before the end, nil otherwise: a *storage.Problem, or the context's error.
func (r *Rows) Err() error {
	if errors.Is(r.err, io.EOF) {
		return nil
	}
	return r.err
}

// Progress is the share of the sheet already read, 0 to 1.
func (r *Rows) Progress() float64 { return r.source.progress() }

// Close ends the reading.
func (r *Rows) Close() error { return r.source.Close() }

// inWords turns an inner error into a Problem that names the file.
func inWords(err error, name string) error {
	var f *flaw
	var p *storage.Problem
	switch {
	case errors.As(err, &p), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &f):
		return f.problem(name)
	}
	return storage.NewProblem("file.unreadable", "name", name).Because(err)
}
