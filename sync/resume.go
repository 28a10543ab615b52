package sync

import (
	"context"

	"diapason/storage"
)

// resume puts in order what a crash or a stop left: runs of operations go on, an undo goes on from what it finds done,
// and the other interrupted runs say that they were interrupted. Operations in flight are left to their lane, which
// probes them. What takes longer the larger a run is goes on in the background, so that the window opens at once.
func (e *Engine) resume(ctx context.Context) error {
	running, err := e.running(ctx)
	if err != nil {
		return err
	}
	for _, run := range running {
		switch run.Kind {
		case storage.RunSync, storage.RunAutoSync, storage.RunCheck:
			e.report(run.ID, "")
			e.spawn(func() { e.resumeOperations(run) })
		case storage.RunUndo:
			e.spawn(func() {
				if err := e.undo(e.calls, run); err != nil {
					e.log.Error("undo not resumed", "run", run.ID, "error", err)
				}
			})
		default:
			goesOn, err := e.goesOn(ctx, run)
			if err != nil {
				return err
			}
			if goesOn {
				continue
			}
			if err := e.interrupted(ctx, run.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// goesOn reports whether a run is a pass that its lane goes on with.
func (e *Engine) goesOn(ctx context.Context, run *storage.Run) (is bool, err error) {
	if run.Kind != storage.RunContacts || e.contacts == nil {
		return false, nil
	}
	err = e.store.View(ctx, func(tx storage.Reader) error {
		is, err = e.contacts.Resumes(tx, run.ID)
		return err
	})
	return is, err
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

// resumeOperations decides, slice by slice, the lines of a run that no operation stands for any more, and queues what
// the run still asks for. The lanes may work meanwhile: an operation and its line change in one transaction.
func (e *Engine) resumeOperations(run *storage.Run) {
	if isCancelled(run) {
		if err := e.cancelRun(run.ID); err != nil {
			e.log.Error("run not cancelled", "run", run.ID, "error", err)
		}
	}
	if run.Gathering != nil {
		e.letGo(run.ID, run.Gathering.Cause)
		return
	}
	for from, more := 0, true; more && !e.stopping(); from += slice {
		var err error
		if more, err = e.resumeLines(run.ID, from); err != nil {
			e.log.Error("run not resumed", "run", run.ID, "error", err)
			return // the next start tries again
		}
	}
	if run.Queueing > 0 {
		e.queueRest(run.ID)
	}
}

// resumeLines decides the orphans among a slice of a run's lines; it reports whether there are more lines. As a rule
// there are none, so that nothing is written.
func (e *Engine) resumeLines(runID string, from int) (more bool, err error) {
	var lost []*storage.RunItem
	err = e.store.View(e.calls, func(tx storage.Reader) (err error) {
		lost, more, err = orphans(tx, runID, from)
		return err
	})
	if err != nil || len(lost) == 0 {
		return more, err
	}
	return more, e.update(e.calls, func(w *writer) error {
		lost, _, err := orphans(w, runID, from) // again: a lane may have decided some
		if err != nil {
			return err
		}
		why := storage.Problems{storage.NewProblem("run.interrupted")}
		for _, i := range lost {
			if err := w.settle(runID, i.Seq, storage.ItemFailed, why); err != nil {
				return err
			}
		}
		return nil
	})
}

// orphans lists the undecided lines among a slice of a run's that no operation of the run stands for.
func orphans(tx storage.Reader, runID string, from int) (lost []*storage.RunItem, more bool, err error) {
	lines, err := tx.RunItems(runID, from, slice)
	if err != nil {
		return nil, false, err
	}
	for _, l := range lines {
		if l.Result != storage.ItemPending {
			continue
		}
		op, err := operation(tx, l.AccountID, l.EstablishmentID)
		if err != nil {
			return nil, false, err
		}
		if op == nil || op.RunID != runID {
			lost = append(lost, l)
		}
	}
	return lost, len(lines) == slice, nil
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
