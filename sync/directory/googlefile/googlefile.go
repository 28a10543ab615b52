// Package googlefile is the directory "directory.google-file": it writes the CSV files that the user uploads on Google
// Business Profile's own "import" page. New establishments go into a file with all of Google's columns; changed ones
// into files that hold the changed columns alone, because an empty cell under a header erases what Google shows and
// an absent column leaves it.
//
// Nothing is sent and nothing can be read back: a file waits in the account's folder until the user says that it was
// uploaded. Google's page for the file: https://support.google.com/business/answer/3370250.
package googlefile

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/directory/folder"
)

// ID is the connector's id.
const ID = "directory.google-file"

// Google's limits, in characters.
const (
	maxStoreCode   = 60
	maxDescription = 750
)

// batchSize is the number of changes that one file takes at most. It is large, so that one press of the button is one
// file to upload.
const batchSize = 2000

// Kind describes the connector.
func Kind() directory.Kind { return kindAt(time.Now) }

func kindAt(now func() time.Time) directory.Kind {
	return directory.Kind{
		ID:           ID,
		Capabilities: capabilities(),
		Open: func(a *storage.Account) (directory.Directory, error) {
			f, err := folder.Of(a)
			if err != nil {
				return nil, err
			}
			return &files{folder: f, now: now}, nil
		},
	}
}

func capabilities() directory.Capabilities {
	return directory.Capabilities{
		Mode:   directory.File,
		Fields: carried(),
		Mandatory: []storage.Field{
			storage.FieldIdentifier, storage.FieldName, storage.FieldStreet, storage.FieldZip, storage.FieldCategories,
			storage.FieldPhone,
		},
		MaxLength: map[storage.Field]int{
			storage.FieldIdentifier: maxStoreCode, storage.FieldDescriptionLong: maxDescription,
		},
		BatchSize: batchSize,
		MinDelay:  10 * time.Minute, MaxDelay: 72 * time.Hour, // after the upload; longest when Google holds it for review
		NeedsConfirmation: true,
		Check:             check,
		Settings:          []directory.Setting{folder.Setting},
	}
}

// files is one account: the folder where its files wait.
type files struct {
	folder folder.Folder
	now    func() time.Time
}

// Capabilities gives those of the kind.
func (d *files) Capabilities() directory.Capabilities { return capabilities() }

// Test makes sure that the folder can be written into.
func (d *files) Test(context.Context) error { return d.folder.Check() }

// Push writes one file of new establishments and one per set of changed columns. Each receipt names its file.
func (d *files) Push(ctx context.Context, changes []directory.Change) ([]directory.Receipt, error) {
	receipts := make([]directory.Receipt, len(changes))
	batches := gather(changes, receipts)
	if len(batches) == 0 {
		return receipts, nil
	}
	if err := d.folder.Check(); err != nil {
		return nil, err
	}
	stem := "google-" + d.now().Format("2006-01-02-150405")
	for i, b := range batches {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		name := stem + "-new"
		if !b.creation {
			name = fmt.Sprintf("%s-update-%d", stem, i+1)
		}
		path, err := d.folder.CreateNew(name, ".csv", func(w io.Writer) error { return b.write(w, changes) })
		if err != nil {
			return nil, err
		}
		for _, n := range b.changes {
			receipts[n] = directory.Receipt{RemoteID: storeCode(changes[n]), ReadyFile: path}
		}
	}
	return receipts, nil
}

// batch is what goes into one file: the same columns for all its rows.
type batch struct {
	creation bool
	columns  []int // indexes of columns, the store code first
	changes  []int // indexes of changes
}

// gather sorts the changes into files and refuses those that no file can bring about.
func gather(changes []directory.Change, receipts []directory.Receipt) []*batch {
	var batches []*batch
	for n, c := range changes {
		creation := c.Previous == nil && c.RemoteID == ""
		if !creation && c.RemoteID != "" && c.RemoteID != storeCode(c) {
			// To Google another code is another shop: the upload would make a second one.
			receipts[n].Err = storage.NewProblem("google.storeCodeChanged", "old", c.RemoteID, "new", storeCode(c)).
				On(storage.FieldIdentifier)
			continue
		}
		columns := every()
		if !creation {
			columns = touched(c.Touched)
		}
		i := slices.IndexFunc(batches, func(b *batch) bool {
			return b.creation == creation && slices.Equal(b.columns, columns)
		})
		if i < 0 {
			batches, i = append(batches, &batch{creation: creation, columns: columns}), len(batches)
		}
		batches[i].changes = append(batches[i].changes, n)
	}
	return batches
}

func storeCode(c directory.Change) string { return c.Desired[storage.FieldIdentifier] }

func (b *batch) write(w io.Writer, changes []directory.Change) error {
	out := newWriter(w, b.columns)
	for _, n := range b.changes {
		if err := out.row(changes[n].Desired); err != nil {
			return err
		}
	}
	return out.flush()
}

// WriteAll writes one file with all columns, as for new establishments, row after row: memory does not grow. An
// establishment without a code of its own gets our identifier as its store code.
func WriteAll(w io.Writer, establishments iter.Seq2[*storage.Establishment, error]) error {
	out := newWriter(w, every())
	fields := carried()
	for e, err := range establishments {
		if err != nil {
			return err
		}
		s := e.Snapshot(fields)
		if s[storage.FieldIdentifier] == "" {
			s[storage.FieldIdentifier] = e.ID
		}
		if ps := formulas(s); len(ps) > 0 {
			ps[0].Args["name"] = e.Name
			return ps[0]
		}
		if err := out.row(s); err != nil {
			return err
		}
	}
	return out.flush()
}

// writer is a CSV file with a choice of columns: UTF-8 without a byte order mark, which Google would read as part of
// the first header.
type writer struct {
	csv     *csv.Writer
	columns []int
	cells   []string
	headed  bool
}

func newWriter(w io.Writer, columns []int) *writer {
	return &writer{csv: csv.NewWriter(w), columns: columns, cells: make([]string, len(columns))}
}

func (w *writer) head() error {
	if w.headed {
		return nil
	}
	w.headed = true
	for i, c := range w.columns {
		w.cells[i] = columns[c].header
	}
	return w.csv.Write(w.cells)
}

func (w *writer) row(s storage.Snapshot) error {
	if err := w.head(); err != nil {
		return err
	}
	hours, err := cellsOfHours(s)
	if err != nil {
		return err
	}
	for i, c := range w.columns {
		w.cells[i] = columns[c].value(s, hours)
	}
	return w.csv.Write(w.cells)
}

func (w *writer) flush() error {
	if err := w.head(); err != nil {
		return err
	}
	w.csv.Flush()
	return w.csv.Error()
}

// check gives the problems that Google's page would answer with after the upload.
func check(s storage.Snapshot) storage.Problems {
	var ps storage.Problems
	code := s[storage.FieldIdentifier]
	lower := strings.ToLower(code)
	switch {
	case strings.TrimSpace(code) != code:
		ps = append(ps, storage.NewProblem("google.storeCodeSpace", "value", code).On(storage.FieldIdentifier))
	case strings.ContainsAny(code, "<>"):
		ps = append(ps, storage.NewProblem("google.storeCodeBrackets", "value", code).On(storage.FieldIdentifier))
	case strings.Contains(lower, "://"), strings.HasPrefix(lower, "www."):
		ps = append(ps, storage.NewProblem("google.storeCodeAddress", "value", code).On(storage.FieldIdentifier))
	}
	return append(ps, formulas(s)...)
}

// formulas gives the texts that a spreadsheet would run when the user looks into the file before the upload. The usual
// remedy, a quote before the text, would be shown by Google as part of it; so such texts are refused instead. Phones
// (+33…), coordinates (-1.5), hours and dates are written by us from checked values and need no remedy; a text that
// merely begins with + or - ("- 20 % le mardi") is no formula of harm and stays.
func formulas(s storage.Snapshot) storage.Problems {
	var ps storage.Problems
	for _, f := range freeTexts {
		for _, v := range texts(f, s[f]) {
			if v[0] == '=' || strings.ContainsRune("+-@", rune(v[0])) && strings.ContainsAny(v, "(|!") {
				ps = append(ps, storage.NewProblem("google.formula", "value", v).On(f))
				break
			}
		}
	}
	return ps
}

// texts gives the non-empty texts of a field that may stand first in a cell.
func texts(f storage.Field, v string) []string {
	parts := []string{v}
	if f.IsList() {
		parts = strings.Split(v, ";")
	}
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
}
