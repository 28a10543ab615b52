package sync_test

import (
	"context"
	"errors"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

func TestCancelStopsSendingAndCountsExactly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(100) // five batches
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Method: "POST", Times: 100, Delay: time.Second})
		id, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2500 * time.Millisecond)
		r.engine.Jobs().Cancel(id)
		run := r.wait(id, nil)
		published := len(r.trial.Records())
		if run.State != storage.RunCancelled || run.Totals.Sent != published || run.Totals.Skipped != 100-published {
			t.Fatalf("run %+v, %d published", run, published)
		}
		if published < 40 || published > 80 {
			t.Errorf("%d published after two seconds and a half at one batch a second", published)
		}
		time.Sleep(time.Minute)
		if n := len(r.trial.Records()); n != published || r.operations() != 0 {
			t.Errorf("%d published after the cancellation, %d operations", n, r.operations())
		}
		r.wantWord(ids[99], storage.WordToSync)
		if jobs := r.engine.Jobs().List(); len(jobs) != 0 {
			t.Errorf("jobs %+v", jobs)
		}
	})
}

func TestJobsTellTenTimesASecondAtMostAndInTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(100)
		var mu stdsync.Mutex
		var heard []sync.Progress
		remove := r.engine.Jobs().OnChange(func(p sync.Progress) {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, p)
		})
		start := time.Now()
		r.sync(ids...)
		took := time.Since(start)
		synctest.Wait()
		remove()
		last := heard[len(heard)-1]
		if !last.Finished || last.Done != 100 || last.Total != 100 || last.State != storage.RunDone {
			t.Errorf("last notice %+v", last)
		}
		if limit := int(took/(100*time.Millisecond)) + 3; len(heard) > limit {
			t.Errorf("%d notices in %s", len(heard), took)
		}
	})
}

// TestRestartResumesWhatWasInFlight stops the engine as a crash would leave it: an operation in flight on the disk,
// applied there, its answer never kept.
func TestRestartResumesWhatWasInFlight(t *testing.T) {
	for _, applied := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, sandbox.TrialParams{})
			id := r.hotels(1)[0]
			kind := sandbox.ApplyThenHang
			if !applied {
				kind = sandbox.Slow
			}
			r.trial.Misbehave(sandbox.Fault{Kind: kind, Method: "POST", Delay: time.Hour})
			runID, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: []string{id}})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			before := time.Now()
			r.restart()
			if d := time.Since(before); d > 10*time.Second {
				t.Errorf("stopping took %s", d)
			}
			if run := r.wait(runID, nil); run.State != storage.RunDone || run.Totals.Sent != 1 {
				t.Fatalf("run %+v", run)
			}
			if n := r.trial.Effects("H000"); n != 1 {
				t.Errorf("applied %v: %d effects", applied, n)
			}
			r.wantWord(id, storage.WordUpToDate)
		})
	}
}

func TestNewerRunTakesWaitingOperationsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(10)
		first, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		second, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		one, two := r.wait(first, nil), r.wait(second, nil)
		if one.Totals.Sent+one.Totals.Skipped != 10 || two.Totals.Sent+two.Totals.Unchanged != 10 {
			t.Errorf("runs %+v %+v", one.Totals, two.Totals)
		}
		for i := range 10 {
			if n := r.trial.Effects(hotel(i).Identifier); n != 1 {
				t.Errorf("hotel %d: %d effects", i, n)
			}
		}
	})
}

// TestUndoneImportLeavesTheWorkspaceAsBefore writes as the importer does.
func TestUndoneImportLeavesTheWorkspaceAsBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(3)
		before := r.contents()
		runID := r.imports(func(w storage.Writer, run string) error {
			for _, id := range ids {
				old, err := w.Establishment(id)
				if err != nil {
					return err
				}
				changed := old.Clone()
				changed.Name, changed.Labels = "Autre "+old.Name, []string{"Import"}
				changed.Position = &storage.Point{Lat: 48.86, Lng: 2.34}
				if err := r.engine.WriteEstablishment(w, old, changed, cause(run)); err != nil {
					return err
				}
			}
			for i := range 1200 {
				if err := r.engine.WriteEstablishment(w, nil, hotel(1000+i), cause(run)); err != nil {
					return err
				}
			}
			return nil
		})
		plan, err := r.engine.UndoPlan(t.Context(), runID)
		if err != nil || plan != (sync.UndoPlan{Restore: 3, Delete: 1200}) {
			t.Fatalf("plan %+v %v", plan, err)
		}
		run := r.wait(r.engine.Undo(t.Context(), runID))
		if run.State != storage.RunDone || run.Totals.Updated != 1203 {
			t.Fatalf("run %+v", run)
		}
		if diff := cmp.Diff(before, r.contents()); diff != "" {
			t.Error(diff)
		}
		if _, err := r.engine.Undo(t.Context(), runID); err == nil {
			t.Error("undone twice")
		}
	})
}

func TestUndoLeavesWhatChangedSinceAndWhatWasPublished(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		old := r.hotels(2)
		var fresh []string
		runID := r.imports(func(w storage.Writer, run string) error {
			for i := range 3 {
				e := hotel(100 + i)
				if err := r.engine.WriteEstablishment(w, nil, e, cause(run)); err != nil {
					return err
				}
				fresh = append(fresh, e.ID)
			}
			for _, id := range old {
				e, err := w.Establishment(id)
				if err != nil {
					return err
				}
				changed := e.Clone()
				changed.Name, changed.Email = "Importé", "import@example.org"
				if err := r.engine.WriteEstablishment(w, e, changed, cause(run)); err != nil {
					return err
				}
			}
			return nil
		})
		r.sync(fresh[0])
		r.edit(fresh[1], storage.FieldPhone, "01 42 60 99 99")
		r.edit(old[0], storage.FieldName, "Corrigé à la main")
		plan, err := r.engine.UndoPlan(t.Context(), runID)
		if err != nil || plan != (sync.UndoPlan{Restore: 2, Delete: 1, Conflicts: 3}) {
			t.Fatalf("plan %+v %v", plan, err)
		}
		run := r.wait(r.engine.Undo(t.Context(), runID))
		if run.Totals.Failed != 3 || run.Totals.Updated != 2 {
			t.Fatalf("run %+v", run)
		}
		got := r.contents()
		if len(got) != 4 || got[fresh[2]] != nil {
			t.Errorf("%d establishments left", len(got))
		}
		if s := got[old[0]]; s[storage.FieldName] != "Corrigé à la main" || s[storage.FieldEmail] != "" {
			t.Errorf("edited since: %v", s)
		}
		if s := got[old[1]]; s[storage.FieldName] != "Hôtel 1" {
			t.Errorf("untouched since: %v", s)
		}
	})
}

func TestInterruptedUndoGoesOnAtTheNextStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		runID := r.imports(func(w storage.Writer, run string) error {
			for i := range 1500 {
				if err := r.engine.WriteEstablishment(w, nil, hotel(i), cause(run)); err != nil {
					return err
				}
			}
			return nil
		})
		stopped := r.stopAfterOneSlice()
		undone := make(chan error)
		go func() {
			_, err := r.engine.Undo(context.Background(), runID)
			undone <- err
		}()
		if err := <-undone; err == nil {
			t.Error("an undo that the engine's end interrupted says that it is over")
		}
		<-stopped
		if n := len(r.contents()); n == 0 || n == 1500 {
			t.Fatalf("%d establishments left by one slice of several", n)
		}
		r.restart()
		synctest.Wait()
		time.Sleep(time.Minute)
		if n := len(r.contents()); n != 0 {
			t.Errorf("%d establishments left", n)
		}
		for _, run := range r.runs() {
			if run.Kind == storage.RunUndo && (run.State != storage.RunDone || run.Totals.Updated != 1500) {
				t.Errorf("run %+v", run)
			}
		}
	})
}

// stopAfterOneSlice ends the engine once the next transaction that changes establishments is committed; whoever committed
// it goes on when the engine knows. The channel is closed when the engine has ended.
func (r *rig) stopAfterOneSlice() <-chan struct{} {
	stopped, stopping := make(chan struct{}), false
	r.store.OnChange(func(c storage.Changes) {
		if !c.All && len(c.Establishments) == 0 || stopping {
			return
		}
		stopping = true
		go func() {
			r.engine.Stop()
			close(stopped)
		}()
		synctest.Wait()
	})
	return stopped
}

func TestInterruptedImportSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		err := r.store.Update(t.Context(), func(w storage.Writer) error {
			return w.PutRun(&storage.Run{ID: "0198", Kind: storage.RunImport, State: storage.RunRunning, StartedAt: time.Now()})
		})
		if err != nil {
			t.Fatal(err)
		}
		r.restart()
		if run := r.wait("0198", nil); run.State != storage.RunFailed || run.Problem.Code != "run.interrupted" {
			t.Errorf("run %+v", run)
		}
	})
}

func TestBadValuesComeBackTogetherAndChangeNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(2)
		before := r.contents()
		_, err := r.engine.Edit(t.Context(), ids[0], map[storage.Field]string{
			storage.FieldPhone: "12", storage.FieldEmail: "x", storage.FieldCity: "Lyon",
		}, storage.ActorUser)
		var problems storage.Problems
		if !asProblems(err, &problems) || len(problems) != 2 {
			t.Fatalf("error %v", err)
		}
		_, err = r.engine.Edit(t.Context(), ids[0], map[storage.Field]string{storage.FieldIdentifier: "H001"}, storage.ActorUser)
		if !asProblems(err, &problems) || problems[0].Field != storage.FieldIdentifier {
			t.Fatalf("error %v", err)
		}
		if diff := cmp.Diff(before, r.contents()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRemovedAccountLeavesNothingWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(50) // three batches
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Method: "POST", Delay: time.Second, Times: 5})
		id, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(1500 * time.Millisecond)
		if err := r.engine.SetAccountEnabled(t.Context(), r.account, false); err != nil {
			t.Fatal(err)
		}
		run := r.wait(id, nil)
		if run.Totals.Skipped == 0 || run.Totals.Sent+run.Totals.Skipped != 50 {
			t.Errorf("run %+v", run.Totals)
		}
		if err := r.engine.RemoveAccount(t.Context(), r.account); err != nil {
			t.Fatal(err)
		}
	})
}

// TestNextRunReReadsWhatAKilledRunOnlySent ends the engine between the acceptance and the re-reading.
func TestNextRunReReadsWhatAKilledRunOnlySent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Method: "GET", Path: "/v1/listings", Delay: time.Hour})
		killed, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: []string{id}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Method: "GET", Path: "/v1/listings", Times: 100, Delay: time.Second})
		r.restart()
		r.wantWord(id, storage.WordPending)
		run := r.sync(id)
		r.wantWord(id, storage.WordUpToDate)
		if run.State != storage.RunDone || run.Totals.Unchanged != 1 {
			t.Errorf("run %+v: what an earlier run sent is not sent by this one", run)
		}
		if run = r.wait(killed, nil); run.State != storage.RunDone || run.Totals.Sent != 1 {
			t.Errorf("killed run %+v", run)
		}
		if n := r.trial.Effects("H000"); n != 1 {
			t.Errorf("%d effects", n)
		}
	})
}

func TestReadingGivenUpIsTakenUpAgainWhenAskedOrOnceTheDirectoryAnswers(t *testing.T) {
	for name, again := range map[string]func(*rig, string) *storage.Run{
		"sync":  func(r *rig, id string) *storage.Run { return r.sync(id) },
		"check": func(r *rig, id string) *storage.Run { return r.check(id) },
		"scheduler": func(r *rig, _ string) *storage.Run {
			time.Sleep(2 * time.Hour)
			return r.runs()[0]
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, sandbox.TrialParams{})
				id := r.hotels(1)[0]
				r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Answer, Method: "GET", Skip: 1, Status: 500, Times: 1 << 20})
				r.sync(id)
				time.Sleep(25 * time.Hour)
				for range 5 { // re-readings come and go: none of them is made while the directory does not answer
					r.wantWord(id, storage.WordAction)
					time.Sleep(30 * time.Minute)
				}
				r.trial.Behave()
				if run := again(r, id); run.State != storage.RunDone || run.Totals.Unchanged != 1 {
					t.Errorf("run %+v", run)
				}
				r.wantWord(id, storage.WordUpToDate)
			})
		})
	}
}

func TestReadingTakenUpAgainInVainSaysThatItWaitsUntilItIsGivenUpAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Answer, Method: "GET", Skip: 1, Status: 500, Times: 1 << 20})
		r.sync(id)
		time.Sleep(25 * time.Hour)
		r.wantWord(id, storage.WordAction)
		if run := r.check(id); run.State != storage.RunFailed {
			t.Errorf("run %+v", run)
		}
		if l := r.listing(id); l.Word() != storage.WordPending || l.Reason == nil || l.Reason.Code == "sync.gaveUp" {
			t.Errorf("asked again: %s, %v", l.Word(), l.Reason)
		}
		time.Sleep(25 * time.Hour)
		r.wantWord(id, storage.WordAction)
	})
}

func TestUserWhoAsksTakesTheSchedulersReadingOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.sync(id)
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Answer, Method: "GET", Status: 500, Times: 1 << 20})
		time.Sleep(2 * time.Hour)
		if n := r.operations(); n != 1 {
			t.Fatalf("%d readings wait, want the scheduler's", n)
		}
		r.trial.Behave()
		run := r.check(id)
		if run.State != storage.RunDone || run.Totals.Unchanged != 1 {
			t.Errorf("run %+v, items %+v", run, r.items(run.ID)[0])
		}
		r.wantWord(id, storage.WordUpToDate)
		for _, other := range r.runs() {
			if other.State == storage.RunRunning {
				t.Errorf("run left open: %+v", other)
			}
		}
	})
}

func TestUndoneImportKeepsWhatTheAgendaUses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		var ids []string
		runID := r.imports(func(w storage.Writer, run string) error {
			for i := range 2 {
				e := hotel(i)
				if err := r.engine.WriteEstablishment(w, nil, e, cause(run)); err != nil {
					return err
				}
				ids = append(ids, e.ID)
			}
			return w.PutResource(&storage.Resource{Name: "Salle bleue", EstablishmentID: ids[0]})
		})
		run := r.wait(r.engine.Undo(t.Context(), runID))
		if items := r.items(run.ID); len(items) != 2 || items[0].Result != storage.ItemConflict ||
			items[0].Problems[0].Code != "undo.inAgenda" || items[1].Result != storage.ItemRestored {
			t.Errorf("run %+v, items %+v", run, items)
		}
		r.view(func(tx storage.Reader) error {
			_, err := tx.Establishment(ids[0])
			if _, gone := tx.Establishment(ids[1]); !errors.Is(gone, storage.ErrNotFound) {
				t.Errorf("the other one: %v", gone)
			}
			return err
		})
	})
}
