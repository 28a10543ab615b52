package sync

import (
	"context"

	"diapason/storage"
)

// resume puts in order what a crash or a stop left: runs of operations go on, an undo goes on from what it finds done,
// and the other interrupted runs say that they were interrupted. Operations in flight are left to their lane, which
// probes them.
func (e *Engine) resume(ctx context.Context) error {
	running, err := e.running(ctx)
	if err != nil {
		return err
	}
	for _, run := range running {
		switch run.Kind {
		case storage.RunSync, storage.RunAutoSync, storage.RunCheck:
			if err := e.resumeOperations(ctx, run.ID); err != nil {
				return err
			}
			if run.Queueing > 0 {
				e.spawn(func() { e.queueRest(run.ID) })
			}
		case storage.RunUndo:
			e.spawn(func() {
				if err := e.undo(e.calls, run); err != nil {
					e.log.Error("undo not resumed", "run", run.ID, "error", err)
				}
			})
		default:
			if err := e.interrupted(ctx, run.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// running lists the runs that no end was written of.
func (e *Engine) running(ctx context.Context) ([]*storage.Run, error) {
	var running []*storage.Run
	for before := ""; ; {
		var page []*storage.Run
		err := e.store.View(ctx, func(tx storage.Reader) error {
			var err error
			page, err = tx.Runs(before, slice)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			before = r.ID
			if r.State == storage.RunRunning {
				running = append(running, r)
			}
		}
		if len(page) < slice {
			return running, nil
		}
	}
}

// resumeOperations decides, slice by slice, the lines of a run that no operation stands for any more; the others go on.
func (e *Engine) resumeOperations(ctx context.Context, runID string) error {
	for from, more := 0, true; more; from += slice {
		err := e.update(ctx, func(w *writer) (err error) {
			w.runs[runID] = ""
			more, err = w.resumeLines(runID, from)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) resumeLines(runID string, from int) (more bool, err error) {
	items, err := w.RunItems(runID, from, slice)
	if err != nil {
		return false, err
	}
	for _, i := range items {
		if i.Result != storage.ItemPending {
			continue
		}
		op, err := operation(w, i.AccountID, i.EstablishmentID)
		if err != nil {
			return false, err
		}
		if op != nil && op.RunID == runID {
			continue
		}
		why := storage.Problems{storage.NewProblem("run.interrupted")}
		if err := w.settle(runID, i.Seq, storage.ItemFailed, why); err != nil {
			return false, err
		}
	}
	return len(items) == slice, nil
}

func (e *Engine) interrupted(ctx context.Context, runID string) error {
	return e.update(ctx, func(w *writer) error {
		run, err := w.Run(runID)
		if err != nil {
			return err
		}
		run.State, run.EndedAt, run.Problem = storage.RunFailed, w.now, storage.NewProblem("run.interrupted")
		return w.PutRun(run)
	})
}
