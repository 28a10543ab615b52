package sync_test

import (
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

func TestBatchInFlightWhenTheProgramDiesIsAskedAboutBeforeAnythingIsSentAgain(t *testing.T) {
	for _, kind := range []sandbox.FaultKind{sandbox.ApplyThenHang, sandbox.HalfApplied, sandbox.ApplyThenCut, sandbox.Cut} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, record := taped(t, sandbox.TrialParams{})
				ids := r.hotels(10)
				r.trial.Misbehave(sandbox.Fault{Kind: kind, Path: "/v1/batch"})
				if _, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(100 * time.Millisecond) // the batch has left, or its answer was lost
				before := record.length()
				r.restart()
				time.Sleep(10 * time.Minute)
				applied := kind == sandbox.ApplyThenHang || kind == sandbox.ApplyThenCut
				for _, c := range record.since(before) {
					if applied && c.method != "GET" {
						t.Errorf("%s %s of what had been applied", c.method, c.path)
					}
				}
				for i, id := range ids {
					r.wantWord(id, storage.WordUpToDate)
					if n := r.trial.Effects(hotel(i).Identifier); n != 1 {
						t.Errorf("hotel %d: %d effects", i, n)
					}
				}
			})
		})
	}
}

func TestOneRefusedItemOfABatchDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(9)
		bad := hotel(9)
		bad.Name = "Hôtel PROMO"
		ids = append(ids, r.create(bad)...)
		run := r.sync(ids...)
		if run.Totals.Sent != 9 || run.Totals.Failed != 1 {
			t.Errorf("run %+v", run)
		}
		for _, id := range ids[:9] {
			r.wantWord(id, storage.WordUpToDate)
		}
		r.wantWord(ids[9], storage.WordAction)
	})
}
