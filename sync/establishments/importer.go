package establishments

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/tabular"
)

// Editor keeps an establishment with everything that an edit entails; *sync.Engine is one.
type Editor interface {
	WriteEstablishment(tx storage.Writer, before, after *storage.Establishment, c sync.Cause) error
}

// ImporterParams are what an Importer needs.
type ImporterParams struct {
	Store  storage.Store
	Editor Editor
	Jobs   *sync.Jobs // nil: no progress is shown
	Clock  sync.Clock // nil: the machine's
	// TempDir is where plans are kept while they are looked at; "" is the system's.
	TempDir string
}

// Importer plans and applies imports.
type Importer struct {
	store   storage.Store
	editor  Editor
	jobs    *sync.Jobs
	clock   sync.Clock
	tempDir string
}

// NewImporter makes an importer.
func NewImporter(p ImporterParams) *Importer {
	if p.Clock == nil {
		p.Clock = sync.WallClock{}
	}
	return &Importer{store: p.Store, editor: p.Editor, jobs: p.Jobs, clock: p.Clock, tempDir: p.TempDir}
}

// planChunk is the number of rows decided in one read transaction: about ten milliseconds.
const planChunk = 512

// Plan reads the mapped sheet and decides what every row would do. Nothing is written to the store. progress, when it
// is not nil, is called with the share done, from 0 to 1, on the calling goroutine.
func (im *Importer) Plan(
	ctx context.Context, w *tabular.Workbook, m Mapping, o Options, progress func(float64),
) (*Plan, error) {
	if err := checkMapping(m); err != nil {
		return nil, err
	}
	if m.Sheet < 0 || m.Sheet >= len(w.Sheets()) {
		return nil, storage.NewProblem("file.noSheet", "name", w.Name())
	}
	rows, err := newSpill(im.tempDir)
	if err != nil {
		return nil, storage.NewProblem("import.noTempFile").Because(err)
	}
	p := &Plan{
		importer: im, judge: newJudge(m, o), file: w.Name(), sheet: w.Sheets()[m.Sheet].Name, rows: rows,
		headers: make([]string, len(m.Columns)),
		keys:    [keyKinds]*keyRows{newKeyRows(), newKeyRows(), newKeyRows()},
	}
	err = p.read(ctx, w, progress)
	if err == nil && p.Len() == 0 { // what rows there are say nothing in the mapped columns
		err = noRows(w)
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// checkMapping refuses a mapping by which no row could become anything.
func checkMapping(m Mapping) error {
	seen := map[storage.Field]bool{}
	for _, f := range m.Columns {
		if f == "" {
			continue
		}
		if !f.Known() {
			return storage.NewProblem("field.unknown", "value", string(f))
		}
		if seen[f] {
			return storage.NewProblem("import.fieldTwice").On(f)
		}
		seen[f] = true
	}
	if !seen[storage.FieldName] && !seen[storage.FieldIdentifier] {
		return storage.NewProblem("import.noName").On(storage.FieldName)
	}
	return nil
}

// chunk is what the reading goroutine hands over.
type chunk struct {
	rows  []*PlanRow
	share float64
	err   error
}

// read reads the file on a goroutine of its own while this one decides.
func (p *Plan) read(ctx context.Context, w *tabular.Workbook, progress func(float64)) error {
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan chunk, 4)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(chunks)
		p.produce(ctx, w, chunks)
	}()
	err := p.consume(ctx, chunks, progress)
	cancel()
	<-done // the workbook is free again
	if err != nil {
		return err
	}
	return p.settle(context.WithoutCancel(ctx))
}

func (p *Plan) consume(ctx context.Context, chunks <-chan chunk, progress func(float64)) error {
	for c := range chunks {
		if c.err != nil {
			return c.err
		}
		if err := p.decideAll(ctx, c.rows); err != nil {
			return err
		}
		if progress != nil {
			progress(c.share)
		}
	}
	return ctx.Err()
}

func (p *Plan) produce(ctx context.Context, w *tabular.Workbook, out chan<- chunk) {
	send := func(c chunk) bool {
		select {
		case out <- c:
			return true
		case <-ctx.Done():
			return false
		}
	}
	rows, err := w.Rows(ctx, p.judge.mapping.Sheet)
	if err != nil {
		send(chunk{err: err})
		return
	}
	var c chunk
	for rows.Next() {
		row := rows.Row()
		if row.Number <= p.judge.mapping.HeaderRow {
			if row.Number == p.judge.mapping.HeaderRow {
				p.setHeaders(row)
			}
			continue
		}
		r := &PlanRow{Number: row.Number, cells: slices.Clone(row.Cells[:min(len(row.Cells), len(p.judge.mapping.Columns))])}
		if p.judge.silent(r) {
			continue
		}
		if c.rows = append(c.rows, r); len(c.rows) == planChunk {
			c.share = rows.Progress()
			if !send(c) {
				break
			}
			c.rows = make([]*PlanRow, 0, planChunk)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		send(chunk{err: err})
		return
	}
	send(chunk{rows: c.rows, share: 1})
}

func (p *Plan) setHeaders(row tabular.Row) {
	for i := range p.headers {
		p.headers[i] = row.Cell(i).Text
	}
}

// silent reports whether a row says nothing in any mapped column: a total, a note, a separator.
func (j *judge) silent(r *PlanRow) bool {
	for i, c := range r.cells {
		if f := j.mapping.Columns[i]; f != "" && (c.Flags&tabular.FlagError != 0 || !isPlaceholder(f, c)) {
			return false
		}
	}
	return true
}

// decideAll decides a chunk in two read transactions side by side, then looks for resemblances outside of them.
func (p *Plan) decideAll(ctx context.Context, rows []*PlanRow) error {
	var g errgroup.Group
	for _, half := range [][]*PlanRow{rows[:len(rows)/2], rows[len(rows)/2:]} {
		g.Go(func() error {
			return p.importer.store.View(ctx, func(tx storage.Reader) error {
				for _, r := range half {
					if _, _, err := p.judge.decide(tx, r); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, r := range rows {
		if err := p.propose(ctx, r); err != nil {
			return err
		}
		if err := p.append(r); err != nil {
			return storage.NewProblem("import.noTempFile").Because(err)
		}
	}
	return nil
}
