package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"diapason/storage"
	"diapason/sync/merge"
)

// writer is a transaction that remembers which runs it touched, so that their jobs are brought up to date after the
// commit, never before.
type writer struct {
	storage.Writer
	now  time.Time
	runs map[string]string // run id → what was worked on last
	// windows are those that this transaction changed; agreed marks the operations queued now as agreed to by the user;
	// reweighed are the held runs that got more lines.
	windows   map[string]*merge.Window
	agreed    bool
	reweighed []string
	// settled is by how much the counts of the runs changed whose lines this transaction decided, by result: each run
	// is put once, at the end. cancelled tells of the runs that were asked for whether they are.
	settled   map[string]map[storage.ItemResult]int
	cancelled map[string]bool
}

func (e *Engine) writer(tx storage.Writer) *writer {
	return &writer{Writer: tx, now: e.clock.Now(), runs: map[string]string{}}
}

// update runs f in one transaction and then reports the runs it touched.
func (e *Engine) update(ctx context.Context, f func(*writer) error) error {
	var w *writer
	err := e.store.Update(ctx, func(tx storage.Writer) error {
		w = e.writer(tx)
		if err := f(w); err != nil {
			return err
		}
		return w.finish()
	})
	if err != nil {
		return err
	}
	for _, id := range w.reweighed {
		e.reweighSoon(id)
	}
	for id, current := range w.runs {
		e.report(id, current)
	}
	return nil
}

// finish writes what is gathered in the course of a transaction; it comes last.
func (w *writer) finish() error {
	for id, changes := range w.settled {
		run, err := w.Run(id)
		if err != nil {
			return fmt.Errorf("run %s: %w", id, err)
		}
		for result, n := range changes {
			count(&run.Totals, result, n)
		}
		if err := w.putRun(run); err != nil {
			return err
		}
	}
	return w.keepWindows()
}

// report brings the job of a run up to date with what is kept, beginning or finishing it as needed.
func (e *Engine) report(runID, current string) {
	var run *storage.Run
	err := e.store.View(e.calls, func(tx storage.Reader) error {
		var err error
		run, err = tx.Run(runID)
		return err
	})
	if err != nil {
		e.log.Warn("progress of a run is not shown", "run", runID, "error", err)
		return
	}
	job := e.jobs.find(runID)
	if run.State != storage.RunRunning {
		if job != nil {
			job.growing.Store(false)
			job.Advance(treated(run.Totals), run.Totals.Failed, current)
			job.Finish(run.State)
			signal(e.scheduler) // it may have been a schedule's
			if run.Kind == storage.RunSync || run.Kind == storage.RunAutoSync {
				e.spawn(func() { e.closing(runID) })
			}
		}
		return
	}
	if job == nil {
		job = e.begin(run)
	}
	job.total.Store(int64(run.Totals.Total))
	job.growing.Store(run.Queueing > 0)
	job.Advance(treated(run.Totals), run.Totals.Failed, current)
}

// begin enters a run of operations into the list of jobs; cancelling it takes its waiting operations back.
func (e *Engine) begin(run *storage.Run) *Job {
	ctx, job := e.jobs.Begin(e.calls, run.Kind, run.ID, run.Subject, run.Totals.Total)
	context.AfterFunc(ctx, func() {
		if job.finished() {
			return
		}
		e.spawn(func() {
			if err := e.cancelRun(run.ID); err != nil {
				e.log.Error("run not cancelled", "run", run.ID, "error", err)
			}
		})
	})
	return job
}

// spawn starts a goroutine that Stop waits for; after Stop it starts none.
func (e *Engine) spawn(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.stopped {
		e.wg.Go(f)
	}
}

func (w *writer) newRun(kind storage.RunKind, actor storage.Actor, subject string) (*storage.Run, error) {
	id, err := newID()
	if err != nil {
		return nil, err
	}
	return &storage.Run{
		ID: id, Kind: kind, State: storage.RunRunning, Actor: actor, StartedAt: w.now, Subject: subject,
	}, nil
}

// addItem appends a line to a run and counts it; the caller puts the run.
func (w *writer) addItem(run *storage.Run, item *storage.RunItem) error {
	item.RunID, item.Seq, item.At = run.ID, run.Lines(), w.now
	run.Totals.Total++
	count(&run.Totals, item.Result, 1)
	return w.PutRunItem(item)
}

// countOnly counts an item without a line of its own.
func countOnly(run *storage.Run, result storage.ItemResult) {
	run.Totals.Total++
	run.Tallied++
	count(&run.Totals, result, 1)
}

// settle decides one line of a run's report, or decides it again; the run is counted, and ended with its last line, when
// the transaction ends. An operation without a run has no line.
func (w *writer) settle(runID string, seq int, result storage.ItemResult, problems storage.Problems) error {
	if runID == "" {
		return nil
	}
	items, err := w.RunItems(runID, seq, 1)
	if err != nil {
		return err
	}
	if len(items) == 0 || items[0].Seq != seq {
		return fmt.Errorf("run %s has no line %d", runID, seq)
	}
	item := items[0]
	if w.settled == nil {
		w.settled = map[string]map[storage.ItemResult]int{}
	}
	if w.settled[runID] == nil {
		w.settled[runID] = map[storage.ItemResult]int{}
	}
	w.settled[runID][item.Result]--
	w.settled[runID][result]++
	item.Result, item.Problems, item.At = result, problems, w.now
	if err := w.PutRunItem(item); err != nil {
		return err
	}
	w.runs[runID] = item.Name
	return nil
}

// putRun keeps a run, ended when each of its lines is decided.
func (w *writer) putRun(run *storage.Run) error {
	if run.State == storage.RunHeld {
		return w.keepRun(run)
	}
	if run.Queueing == 0 && !run.Unjudged && (run.Gathering == nil || isCancelled(run)) && decided(run.Totals) >= run.Totals.Total {
		if run.State == storage.RunRunning {
			run.EndedAt = w.now
		}
		switch {
		case run.State == storage.RunUndone:
		case isCancelled(run):
			run.State = storage.RunCancelled
		case run.Totals.Failed > 0:
			run.State = storage.RunFailed
		default:
			run.State = storage.RunDone
		}
	} else if run.State == storage.RunDone || run.State == storage.RunFailed {
		run.State, run.EndedAt = storage.RunRunning, time.Time{} // a line was added
	}
	return w.keepRun(run)
}

// keepRun puts a run and has its job brought up to date.
func (w *writer) keepRun(run *storage.Run) error {
	if _, known := w.runs[run.ID]; !known {
		w.runs[run.ID] = run.Subject
	}
	return w.PutRun(run)
}

// isCancelled reports whether the user cancelled a run.
func isCancelled(run *storage.Run) bool {
	return run.Problem != nil && run.Problem.Code == codeCancelled
}

// count adds n to the total that a result belongs to; a pending line is in none.
func count(t *storage.Totals, r storage.ItemResult, n int) {
	switch r {
	case storage.ItemSent:
		t.Sent += n
	case storage.ItemChecked, storage.ItemUnchanged:
		t.Unchanged += n
	case storage.ItemRestored, storage.ItemDecided:
		t.Updated += n
	case storage.ItemFailed, storage.ItemConflict:
		t.Failed += n
	case storage.ItemRejected:
		t.Rejected += n
	case storage.ItemSkipped:
		t.Skipped += n
	case storage.ItemPending:
	}
}

func decided(t storage.Totals) int {
	return t.Created + t.Updated + t.Unchanged + t.Rejected + t.Sent + t.Failed + t.Skipped
}

// treated is what of a run was done, well or not: all that is decided but what its cancelling left undone.
func treated(t storage.Totals) int { return decided(t) - t.Skipped }

// Wait returns the run when it is over, ctx ends or the engine stops; then the error says so and the run is as it is
// at that moment.
func (e *Engine) Wait(ctx context.Context, runID string) (*storage.Run, error) {
	woken := make(chan struct{}, 1)
	e.mu.Lock()
	e.waiters[woken] = struct{}{}
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		delete(e.waiters, woken)
		e.mu.Unlock()
	}()
	for {
		var run *storage.Run
		err := e.store.View(ctx, func(tx storage.Reader) error {
			var err error
			run, err = tx.Run(runID)
			return err
		})
		if err != nil || run.State != storage.RunRunning {
			return run, err
		}
		select {
		case <-woken:
		case <-ctx.Done():
			return run, ctx.Err()
		case <-e.quit:
			return run, errStopped
		}
	}
}

// errStopped is returned to who waits for a run when the engine stops before its end.
var errStopped = errors.New("engine stopped")

// codeCancelled marks a run that the user cancelled; it ends when the item in flight is decided.
const codeCancelled = "sync.cancelled"

// cancelled reports whether the user cancelled a run; no run ("") is not.
func cancelled(tx storage.Reader, runID string) (bool, error) {
	if runID == "" {
		return false, nil
	}
	run, err := tx.Run(runID)
	if err != nil {
		return false, fmt.Errorf("run %s: %w", runID, err)
	}
	return isCancelled(run), nil
}

// stopped is cancelled for a transaction, which asks it for each of a run's lines.
func (w *writer) stopped(runID string) (bool, error) {
	if known, asked := w.cancelled[runID]; asked {
		return known, nil
	}
	is, err := cancelled(w, runID)
	if err != nil {
		return false, err
	}
	if w.cancelled == nil {
		w.cancelled = map[string]bool{}
	}
	w.cancelled[runID] = is
	return is, nil
}

// cancelRun takes back the operations of a run that have not left, in slices; those in flight end by themselves.
func (e *Engine) cancelRun(runID string) error {
	err := e.update(e.calls, func(w *writer) error {
		run, err := w.Run(runID)
		if err != nil {
			return err
		}
		run.Problem = storage.NewProblem(codeCancelled)
		if err := w.forget(run); err != nil {
			return err
		}
		return w.putRun(run)
	})
	for from, more := 0, true; err == nil && more; from += slice {
		err = e.update(e.calls, func(w *writer) (err error) {
			more, err = w.cancelLines(runID, from)
			return err
		})
	}
	return err
}

// cancelLines takes back what stands for a slice of a run's lines; it reports whether there are more.
func (w *writer) cancelLines(runID string, from int) (more bool, err error) {
	run, err := w.Run(runID)
	if err != nil {
		return false, err
	}
	lines, err := w.RunItems(runID, from, slice)
	if err != nil {
		return false, err
	}
	for _, line := range lines {
		o, err := operation(w, line.AccountID, line.EstablishmentID)
		if err != nil {
			return false, err
		}
		if run.Gathering != nil && line.Seq >= run.Gathering.From && line.Result == storage.ItemPending {
			why := storage.Problems{storage.NewProblem(codeCancelled)} // it has no operation yet
			if err := w.settle(runID, line.Seq, storage.ItemSkipped, why); err != nil {
				return false, err
			}
			continue
		}
		ours := o != nil && o.RunID == runID && (o.Kind == storage.OpPublish || run.Kind == storage.RunCheck)
		if !ours || o.State == storage.OpInflight {
			continue
		}
		if err := w.giveUp(o, storage.NewProblem(codeCancelled)); err != nil {
			return false, err
		}
	}
	return len(lines) == slice, nil
}

// giveUp removes an operation that has not left and decides its line.
func (w *writer) giveUp(o *storage.Operation, why *storage.Problem) error {
	if err := w.drop(o); err != nil {
		return err
	}
	return w.abandon(o, why)
}

// abandon decides the line of an operation that is not done: skipped, or sent when only the re-reading was missing.
func (w *writer) abandon(o *storage.Operation, why *storage.Problem) error {
	if confirms(o) {
		return w.settle(o.RunID, o.Item, storage.ItemSent, nil)
	}
	return w.settle(o.RunID, o.Item, storage.ItemSkipped, storage.Problems{why})
}

// drop removes an operation and puts its listing back where it stands without it.
func (w *writer) drop(o *storage.Operation) error {
	if err := w.DeleteOperation(o.AccountID, o.EstablishmentID); err != nil {
		return err
	}
	l, err := w.Listing(o.EstablishmentID, o.AccountID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	est, err := w.Establishment(o.EstablishmentID)
	if err != nil {
		return err
	}
	rest(l, est.Status)
	return w.PutListing(l)
}
