package contacts

import (
	"context"
	"errors"
	"slices"

	"diapason/storage"
	"diapason/sync"
)

// run writes the cards, a slice per transaction, under one run.
func (im *importing) run(ctx context.Context, name string) (ImportReport, error) {
	id, err := newID()
	if err != nil {
		return ImportReport{}, err
	}
	run := &storage.Run{
		ID: id, Kind: storage.RunImport, State: storage.RunRunning, Actor: storage.ActorUser, StartedAt: im.s.now(), Subject: name,
	}
	run.Totals.Total = len(im.cards) + len(im.report.Aside)
	im.report.Run = run
	if err := im.s.update(ctx, func(tx storage.Writer) error { return tx.PutRun(run) }); err != nil {
		return ImportReport{}, err
	}
	ctx, shown := im.s.show(ctx, run)
	done := len(im.report.Aside)
	for slice := range slices.Chunk(im.cards, importSlice) {
		if err = im.write(ctx, slice); err != nil {
			break
		}
		done += len(slice)
		shown.advance(done, name)
	}
	err = im.end(context.WithoutCancel(ctx), err)
	shown.finish(run.State)
	return im.finished(), err
}

// shown is a job in the list of those that run; nil where nothing shows progress.
type shown struct{ job *sync.Job }

// show enters a run into the list of running jobs. The context given back ends when the job is cancelled there.
func (s *Service) show(ctx context.Context, run *storage.Run) (context.Context, shown) {
	if s.jobs == nil {
		return ctx, shown{}
	}
	ctx, job := s.jobs.Begin(ctx, run.Kind, run.ID, run.Subject, run.Totals.Total)
	return ctx, shown{job}
}

func (s shown) advance(done int, current string) {
	if s.job != nil {
		s.job.Advance(done, 0, current)
	}
}

func (s shown) finish(state storage.RunState) {
	if s.job != nil {
		s.job.Finish(state)
	}
}

// write writes some contacts. What is counted counts only once the transaction is on the disk.
func (im *importing) write(ctx context.Context, cards []*imported) error {
	before := im.report
	err := im.s.update(ctx, func(tx storage.Writer) error {
		im.report = before
		im.report.Aside, im.report.Kept = slices.Clone(before.Aside), slices.Clone(before.Kept)
		return im.each(tx, cards, func(was, after *storage.Contact) error {
			return im.s.write(tx, was, after, cause{actor: storage.ActorImport, run: im.report.Run.ID})
		})
	})
	if err != nil {
		im.report = before
	}
	return err
}

// end writes the end of the run with a line for each card that was left aside, also when ctx is over.
func (im *importing) end(ctx context.Context, failure error) error {
	run, r := im.report.Run, im.finished()
	run.EndedAt = im.s.now()
	t := &run.Totals
	t.Created, t.Updated, t.Unchanged, t.Rejected = r.Created, r.Updated, r.Unchanged, len(r.Aside)
	t.Skipped = max(0, t.Total-t.Created-t.Updated-t.Unchanged-t.Rejected)
	run.State = storage.RunDone
	var why *storage.Problem
	switch {
	case errors.Is(failure, context.Canceled):
		run.State = storage.RunCancelled
	case errors.As(failure, &why):
		run.State, run.Problem = storage.RunFailed, why
	case failure != nil:
		run.State, run.Problem = storage.RunFailed, storage.NewProblem("run.stopped").Because(failure)
	}
	err := im.s.update(ctx, func(tx storage.Writer) error {
		for i, a := range r.Aside {
			item := &storage.RunItem{
				RunID: run.ID, Seq: i, Name: a.Name, Row: a.Line, Result: storage.ItemRejected,
				Problems: storage.Problems{a.Problem}, At: run.EndedAt,
			}
			if err := tx.PutRunItem(item); err != nil {
				return err
			}
		}
		return tx.PutRun(run)
	})
	return errors.Join(failure, err)
}

// finished gives the report, with what was left aside in the order of the file.
func (im *importing) finished() ImportReport {
	slices.SortStableFunc(im.report.Aside, func(x, y ImportAside) int { return x.Line - y.Line })
	return im.report
}
