package sync_test

import (
	"testing"
	"testing/synctest"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

// large is more establishments than one transaction queues.
const large = 300

func TestLargeRequestIsQueuedWholeThoughTheEngineStopsMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(large)
		asked := append(ids[:large:large], ids[0]) // one twice
		r.engine.Stop()                            // what Check leaves to the background stays on the disk
		run, err := r.engine.Check(t.Context(), sync.Request{EstablishmentIDs: asked})
		if err != nil {
			t.Fatal(err)
		}
		r.restart()
		done := r.wait(run, nil)
		if done.Queueing != 0 || done.Totals.Total != large || done.Subject != "" {
			t.Fatalf("run %+v", done)
		}
		for i, line := range r.items(run) {
			if line.EstablishmentID != ids[i] {
				t.Fatalf("line %d is of another establishment than was asked for", i)
			}
		}
	})
}

func TestCancelledRequestQueuesNoMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		run, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: r.hotels(large)})
		if err != nil {
			t.Fatal(err)
		}
		r.engine.Jobs().Cancel(run)
		done := r.wait(run, nil)
		if done.State != storage.RunCancelled || done.Queueing != 0 || r.operations() != 0 {
			t.Errorf("run %+v, %d operations", done, r.operations())
		}
		r.view(func(tx storage.Reader) error {
			if kept, err := tx.Setting("sync.queue/" + run + "/1"); err != nil || kept != "" {
				t.Errorf("a slice is still kept: %v", err)
			}
			return nil
		})
	})
}
