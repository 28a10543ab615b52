package establishments

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/google/uuid"

	"diapason/storage"
	"diapason/sync"
)

// applyChunk is the number of rows written in one transaction.
const applyChunk = 1000

// sequence is the store's number sequence of the codes given to establishments that came without one.
const sequence = "establishment"

// Apply does what the plan says, as one run that can be undone as a whole, in transactions of a thousand rows. Every row
// is decided anew inside its transaction, because the store may have changed since the plan was made. When ctx ends, or
// the job is cancelled, the run says exactly what was done. A backup beforehand is the caller's business; it is wise
// above a hundred rows. The run comes back with an error too, as far as it went.
func (im *Importer) Apply(ctx context.Context, p *Plan) (*storage.Run, error) {
	counts, err := p.begin()
	if err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	a := &application{
		importer: im, plan: p,
		run: &storage.Run{
			ID: id.String(), Kind: storage.RunImport, State: storage.RunRunning, Actor: storage.ActorUser,
			StartedAt: im.clock.Now(), Subject: p.file,
			Totals: storage.Totals{
				Total: counts.Total, Unchanged: counts.Unchanged, Skipped: counts.Skipped + counts.Ignored,
			},
		},
	}
	if err := im.store.Update(ctx, func(tx storage.Writer) error { return tx.PutRun(a.run) }); err != nil {
		return nil, err
	}
	if im.jobs != nil {
		ctx, a.job = im.jobs.Begin(ctx, storage.RunImport, a.run.ID, p.file, counts.Total)
	}
	return a.finish(ctx, a.writeAll(ctx))
}

// begin closes the plan to changes; it can be applied once.
func (p *Plan) begin() (Counts, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.applied {
		return Counts{}, storage.NewProblem("import.applied")
	}
	p.applied = true
	return p.counts, nil
}

// next reads the rows to be written from a position on, up to limit of them, and gives the position after them.
func (p *Plan) next(from, limit int) (rows []*PlanRow, after int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ; from < len(p.marks) && len(rows) < limit; from++ {
		switch p.marks[from].outcome() {
		case OutcomeCreate, OutcomeUpdate, OutcomeRejected:
			r, err := p.row(from)
			if err != nil {
				return nil, from, err
			}
			rows = append(rows, r)
		}
	}
	return rows, from, nil
}

// application is one Apply.
type application struct {
	importer *Importer
	plan     *Plan
	run      *storage.Run
	job      *sync.Job
	items    int
}

// batch is some rows read from the plan.
type batch struct {
	rows []*PlanRow
	err  error
}

// writeAll writes batch after batch; the next one is read from the plan while one is written.
func (a *application) writeAll(ctx context.Context) error {
	batches := make(chan batch, 1)
	over := make(chan struct{})
	defer func() {
		close(over)
		for range batches { // until the reading goroutine has ended
			continue
		}
	}()
	go func() {
		defer close(batches)
		for from := 0; ; {
			rows, after, err := a.plan.next(from, applyChunk)
			if len(rows) == 0 && err == nil {
				return
			}
			select {
			case batches <- batch{rows, err}:
			case <-over:
				return
			}
			if err != nil {
				return
			}
			from = after
		}
	}()
	for b := range batches {
		if b.err != nil {
			return b.err
		}
		if err := a.write(ctx, b.rows); err != nil {
			return err
		}
	}
	return nil
}

// write writes some rows in one transaction. What is counted counts only once the transaction is on the disk.
func (a *application) write(ctx context.Context, rows []*PlanRow) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	run, items := *a.run, a.items
	err := a.importer.store.Update(ctx, func(tx storage.Writer) error {
		run, items = *a.run, a.items
		w := rowWriter{application: a, tx: tx, totals: &run.Totals, items: &items}
		for _, r := range rows {
			if err := w.row(r); err != nil {
				return fmt.Errorf("row %d: %w", r.Number, err)
			}
		}
		return tx.PutRun(&run)
	})
	if err != nil {
		return err
	}
	*a.run, a.items = run, items
	if a.job != nil {
		t := run.Totals
		last := rows[len(rows)-1]
		a.job.Advance(last.Index+1, t.Rejected, last.Values[storage.FieldName])
	}
	return nil
}

// rowWriter writes rows inside one transaction.
type rowWriter struct {
	*application
	tx     storage.Writer
	totals *storage.Totals
	items  *int
}

func (w *rowWriter) row(r *PlanRow) error {
	if r.Outcome == OutcomeRejected {
		return w.reject(r, r.Problems)
	}
	before, after, err := w.plan.judge.decide(w.tx, r.again())
	if err != nil {
		return err
	}
	switch r.own {
	case OutcomeRejected:
		return w.reject(r, r.Problems)
	case OutcomeUnchanged:
		w.totals.Unchanged++
		return nil
	case OutcomeSkipped:
		w.totals.Skipped++
		return nil
	}
	if before == nil && after.Identifier == "" {
		if after.Identifier, err = w.nextIdentifier(); err != nil {
			return err
		}
	}
	err = w.importer.editor.WriteEstablishment(w.tx, before, after, sync.Cause{Actor: storage.ActorImport, RunID: w.run.ID})
	if ps := refusal(err); ps != nil {
		return w.reject(r, ps)
	}
	if err != nil {
		return err
	}
	if before == nil {
		w.totals.Created++
	} else {
		w.totals.Updated++
	}
	return nil
}

// again readies a row of the plan to be decided once more. A number that the plan could not read is not planned.
func (r *PlanRow) again() *PlanRow {
	r.planned = r.Values
	for _, p := range r.Warnings {
		r.planned = maps.Clone(r.planned)
		delete(r.planned, p.Field)
	}
	return r
}

// refusal gives what a store refuses about a single establishment before writing anything of it; nil for any other
// error, which ends the transaction.
func refusal(err error) storage.Problems {
	var list storage.Problems
	if errors.As(err, &list) {
		return list
	}
	var p *storage.Problem
	if errors.Is(err, storage.ErrDuplicate) && errors.As(err, &p) {
		return storage.Problems{p}
	}
	return nil
}

// nextIdentifier gives the next code that neither the store nor the file bears.
func (w *rowWriter) nextIdentifier() (string, error) {
	for {
		n, err := w.tx.NextNumber(sequence)
		if err != nil {
			return "", err
		}
		code := fmt.Sprintf("ETB-%05d", n)
		if w.plan.keys[keyIdentifier].count(code) > 0 {
			continue
		}
		_, err = w.tx.EstablishmentByIdentifier(code)
		if errors.Is(err, storage.ErrNotFound) {
			return code, nil
		}
		if err != nil {
			return "", err
		}
	}
}

func (w *rowWriter) reject(r *PlanRow, problems storage.Problems) error {
	w.totals.Rejected++
	item := &storage.RunItem{
		RunID: w.run.ID, Seq: *w.items, EstablishmentID: r.EstablishmentID, Name: r.Values[storage.FieldName],
		Row: r.Number, Result: storage.ItemRejected, Problems: problems, At: w.importer.clock.Now(),
	}
	*w.items++
	return w.tx.PutRunItem(item)
}

// finish writes the end of the run, also when ctx is over.
func (a *application) finish(ctx context.Context, cause error) (*storage.Run, error) {
	t := &a.run.Totals
	a.run.State, a.run.EndedAt = storage.RunDone, a.importer.clock.Now()
	if cause != nil {
		t.Skipped = t.Total - t.Created - t.Updated - t.Unchanged - t.Rejected
		a.run.State = storage.RunCancelled
		if !errors.Is(cause, context.Canceled) {
			a.run.State = storage.RunFailed
			var p *storage.Problem
			if !errors.As(cause, &p) {
				p = storage.NewProblem("import.stopped").Because(cause)
			}
			a.run.Problem = p
		}
	}
	err := a.importer.store.Update(context.WithoutCancel(ctx), func(tx storage.Writer) error { return tx.PutRun(a.run) })
	if a.job != nil {
		a.job.Finish(a.run.State)
	}
	if a.run.State == storage.RunCancelled {
		cause = nil
	}
	return a.run, errors.Join(cause, err)
}
