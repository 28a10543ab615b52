package sync_test

import (
	"testing"
	"testing/synctest"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

// TestLargeRunGoesOnInTheBackgroundAfterACrash loses the operation of one line, which no crash should do: the line says
// so and holds nobody up.
func TestLargeRunGoesOnInTheBackgroundAfterACrash(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(large)
		r.engine.Stop()
		run, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		const lost = 7
		r.write(func(w storage.Writer) error { return w.DeleteOperation(r.account, ids[lost]) })
		r.restart()
		if jobs := r.engine.Jobs().List(); len(jobs) != 1 || jobs[0].RunID != run {
			t.Errorf("jobs as soon as started: %+v", jobs)
		}
		done := r.wait(run, nil)
		if done.Totals.Failed != 1 || done.Totals.Sent != large-1 {
			t.Fatalf("run %+v", done)
		}
		if line := r.items(run)[lost]; code(line.Problems) != "run.interrupted" {
			t.Errorf("line %+v", line)
		}
	})
}

// TestCancelledRunSendsNothingThoughItsOperationsAreStillThere leaves what a crash leaves between the word that a run
// is cancelled and the end of taking its operations back.
func TestCancelledRunSendsNothingThoughItsOperationsAreStillThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(10)
		r.engine.Stop()
		run, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		r.write(func(w storage.Writer) error {
			kept, err := w.Run(run)
			if err != nil {
				return err
			}
			kept.Problem = storage.NewProblem("sync.cancelled")
			return w.PutRun(kept)
		})
		r.restart()
		done := r.wait(run, nil)
		if done.State != storage.RunCancelled || done.Totals.Skipped != 10 || r.operations() != 0 {
			t.Errorf("run %+v, %d operations", done, r.operations())
		}
		for i := range ids {
			if n := r.trial.Effects(hotel(i).Identifier); n != 0 {
				t.Errorf("hotel %d was sent", i)
			}
		}
		r.wantWord(ids[0], storage.WordToSync)
	})
}
