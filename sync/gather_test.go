package sync_test

import (
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync/sandbox"
)

func TestImportThatWouldEmptyTooMuchIsHeldBeforeTheFirstOneLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(30, true)
		calls := r.trial.Calls()
		r.importSite(ids, "")
		time.Sleep(time.Hour)
		held := r.held()
		if len(held) != 1 || held[0].Kind != storage.RunAutoSync || held[0].Guard.Changes != 30 || r.trial.Calls() != calls {
			t.Fatalf("held %+v, %d calls", held, r.trial.Calls()-calls)
		}
		r.wantWord(ids[0], storage.WordToSync)
		if done := r.agree(held[0]); done.Totals.Sent != 30 || r.emptied() != 30 {
			t.Errorf("run %+v", done)
		}
	})
}

func TestRefusedPublicationsOfAnImportStayToBeSynchronised(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(30, true)
		r.importSite(ids, "")
		time.Sleep(time.Minute)
		run := r.held()[0]
		if err := r.engine.Refuse(t.Context(), run.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		done := r.wait(run.ID, nil)
		if done.State != storage.RunCancelled || done.Totals.Skipped != 30 || r.emptied() != 0 {
			t.Errorf("run %+v, %d emptied", done, r.emptied())
		}
		r.wantWord(ids[0], storage.WordToSync)
	})
}

func TestOrdinaryImportLeavesAsOneRunWhenItIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(30, true)
		r.importSite(ids[:8], "")
		time.Sleep(time.Minute)
		if r.emptied() != 8 || len(r.held()) != 0 {
			t.Errorf("%d emptied", r.emptied())
		}
		r.wantWord(ids[0], storage.WordUpToDate)
	})
}

// TestGatheredPublicationsOutliveACrash stops the engine before the import is over: what it caused is judged, as a
// whole, at the next start.
func TestGatheredPublicationsOutliveACrash(t *testing.T) {
	for name, n := range map[string]int{"ordinary": 8, "out of the ordinary": 30} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, sandbox.TrialParams{})
				ids := r.network(30, true)
				r.engine.Stop()
				r.importSite(ids[:n], "")
				r.restart()
				time.Sleep(time.Hour)
				want, held := n, 0
				if n == 30 {
					want, held = 0, 1
				}
				if r.emptied() != want || len(r.held()) != held {
					t.Errorf("%d emptied, held %v", r.emptied(), r.held())
				}
			})
		})
	}
}

func TestUndoOfAnImportIsGuardedToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.create(func() []*storage.Establishment {
			ests := make([]*storage.Establishment, 30)
			for i := range ests {
				ests[i] = hotel(i)
				ests[i].AutoSync = true
			}
			return ests
		}()...)
		time.Sleep(time.Minute)
		imported := r.importSite(ids, site)
		time.Sleep(time.Minute)
		if r.emptied() != 0 {
			t.Fatalf("%d without a website", r.emptied())
		}
		r.wait(r.engine.Undo(t.Context(), imported))
		time.Sleep(time.Hour)
		if len(r.held()) != 1 || r.emptied() != 0 {
			t.Errorf("held %v, %d emptied", r.held(), r.emptied())
		}
	})
}

// importSite sets the website of establishments as an import does.
func (r *rig) importSite(ids []string, number string) string {
	r.Helper()
	return r.imports(func(w storage.Writer, run string) error {
		for _, id := range ids {
			before, err := w.Establishment(id)
			if err != nil {
				return err
			}
			after := before.Clone()
			after.Website = number
			if err := r.engine.WriteEstablishment(w, before, after, cause(run)); err != nil {
				return err
			}
		}
		return nil
	})
}
