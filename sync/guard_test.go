package sync_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

const site = "https://www.hotel.example/"

// network publishes n establishments with a website and gives their ids.
func (r *rig) network(n int, auto bool) []string {
	r.Helper()
	ests := make([]*storage.Establishment, n)
	for i := range ests {
		ests[i] = hotel(i)
		ests[i].Website = site
	}
	ids := r.create(ests...)
	run := r.sync(ids...)
	if run.Totals.Sent != n || run.Guard != nil {
		r.Fatalf("first publication %+v", run)
	}
	if auto {
		on := true
		r.wait(r.engine.BulkEdit(r.Context(), ids, sync.BulkEdit{AutoSync: &on}, storage.ActorUser))
	}
	return ids
}

// emptied counts the listings that show no website there.
func (r *rig) emptied() int {
	n := 0
	for _, rec := range r.trial.Records() {
		if rec.Values["website"] == "" {
			n++
		}
	}
	return n
}

func (r *rig) held() []*storage.Run {
	r.Helper()
	runs, err := r.engine.Held(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return runs
}

func (r *rig) agree(run *storage.Run) *storage.Run {
	r.Helper()
	if err := r.engine.Agree(r.Context(), run.ID, run.Guard.Hash); err != nil {
		r.Fatal(err)
	}
	return r.wait(run.ID, nil)
}

func wantProblem(t *testing.T, err error, want string) {
	t.Helper()
	var p *storage.Problem
	if !errors.As(err, &p) || p.Code != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestRunThatWouldEmptyAFieldOn200EstablishmentsStopsAndGoesOnOnlyAfterAgreement(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(220, false)
		for _, id := range ids[:200] {
			r.edit(id, storage.FieldWebsite, "")
		}
		calls := r.trial.Calls()
		run := r.sync(ids...)
		time.Sleep(time.Hour)
		if run.State != storage.RunHeld || r.trial.Calls() != calls || r.operations() != 0 {
			t.Fatalf("run %+v, %d calls, %d operations", run, r.trial.Calls()-calls, r.operations())
		}
		g := run.Guard
		if len(g.Reasons) != 2 || g.Reasons[0].Code != "guard.emptied" || g.Reasons[0].Args["n"] != "200" ||
			g.Reasons[0].Args["linked"] != "220" || g.Changes != 200 {
			t.Errorf("guard %+v, reasons %v", g, g.Reasons)
		}
		if want := (storage.Counts{Linked: 220, Modified: 200, Emptied: 200}); g.Accounts[r.account] != want {
			t.Errorf("counts %+v", g.Accounts)
		}
		shown := 0
		for from := 0; from >= 0; {
			page, err := r.engine.HeldPlan(t.Context(), run.ID, from, 1)
			if err != nil {
				t.Fatal(err)
			}
			shown, from = shown+len(page.Items), page.Next
		}
		if shown != 200 {
			t.Errorf("%d changes shown", shown)
		}
		done := r.agree(run)
		if done.State != storage.RunDone || done.Totals.Sent != 200 || done.Guard.ApprovedAt.IsZero() || r.emptied() != 200 {
			t.Errorf("run %+v, %d emptied there", done, r.emptied())
		}
		if len(r.held()) != 0 {
			t.Error("still held")
		}
		r.edit(ids[200], storage.FieldWebsite, "")
		if run := r.sync(ids[200]); run.Totals.Sent != 1 {
			t.Errorf("an ordinary edit after the agreement: %+v", run)
		}
	})
}

func TestSmallNetworkIsNeverHeld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(5, true)
		for i := range 60 {
			r.edit(ids[i%5], storage.FieldPhone, "01 42 60 00 "+string(rune('0'+i%10))+"0")
			r.edit(ids[i%5], storage.FieldWebsite, "")
			time.Sleep(10 * time.Minute)
			r.wantWord(ids[i%5], storage.WordUpToDate)
			r.edit(ids[i%5], storage.FieldWebsite, site)
			time.Sleep(10 * time.Minute)
		}
		if held := r.held(); len(held) != 0 {
			t.Errorf("held %+v", held[0])
		}
	})
}

func TestDryRunIsThePlanOfTheRunAndWritesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(20, false)
		for _, id := range ids[:15] {
			r.edit(id, storage.FieldWebsite, "")
		}
		time.Sleep(time.Minute)
		file := filepath.Join(r.dir, "diapason.db")
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		request := sync.Request{EstablishmentIDs: ids}
		plan, err := r.engine.Plan(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(file)
		if err != nil || string(before) != string(after) {
			t.Errorf("the dry run changed the workspace's file: %v", err)
		}
		run := r.wait(r.engine.Sync(t.Context(), request))
		if plan.Guard == nil || run.Guard == nil || plan.Hash != run.Guard.Hash || plan.Guard.Changes != 15 {
			t.Errorf("plan %+v, run %+v", plan.Guard, run.Guard)
		}
		r.edit(ids[0], storage.FieldPhone, "01 42 60 77 77")
		other, err := r.engine.Plan(t.Context(), request)
		if err != nil || other.Hash == plan.Hash {
			t.Errorf("another plan has the same hash: %v", err)
		}
	})
}

func TestAgreementToAPlanThatChangedSinceIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(20, false)
		for _, id := range ids[:15] {
			r.edit(id, storage.FieldWebsite, "")
		}
		run := r.sync(ids...)
		r.edit(ids[15], storage.FieldPhone, "01 42 60 77 77")
		calls := r.trial.Calls()
		wantProblem(t, r.engine.Agree(t.Context(), run.ID, run.Guard.Hash), "guard.planChanged")
		time.Sleep(time.Hour)
		if r.trial.Calls() != calls {
			t.Error("something left")
		}
		fresh := r.held()[0]
		if fresh.State != storage.RunHeld || fresh.Guard.Hash == run.Guard.Hash || fresh.Guard.Changes != 16 {
			t.Fatalf("held %+v", fresh.Guard)
		}
		if done := r.agree(fresh); done.Totals.Sent != 16 {
			t.Errorf("run %+v", done)
		}
		wantProblem(t, r.engine.Agree(t.Context(), run.ID, fresh.Guard.Hash), "guard.notHeld")
	})
}

func TestHeldRunStaysHeldOverARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(20, false)
		for _, id := range ids[:15] {
			r.edit(id, storage.FieldWebsite, "")
		}
		run := r.sync(ids...)
		calls := r.trial.Calls()
		r.restart()
		time.Sleep(time.Hour)
		held := r.held()
		if len(held) != 1 || held[0].ID != run.ID || r.trial.Calls() != calls {
			t.Fatalf("held %v, %d calls", held, r.trial.Calls()-calls)
		}
		if done := r.agree(held[0]); done.Totals.Sent != 15 {
			t.Errorf("run %+v", done)
		}
	})
}

func TestRefusedRunIsGivenUpWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(large, false)
		for _, id := range ids {
			r.edit(id, storage.FieldWebsite, "")
		}
		run := r.sync(ids...)
		calls := r.trial.Calls()
		r.engine.Jobs().Cancel(run.ID) // there is no job to cancel: it waits
		if err := r.engine.Refuse(t.Context(), run.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		done := r.wait(run.ID, nil)
		if done.State != storage.RunCancelled || r.trial.Calls() != calls || len(r.held()) != 0 {
			t.Errorf("run %+v", done)
		}
		r.view(func(tx storage.Reader) error {
			for _, key := range []string{"sync.queue/" + run.ID + "/1", "sync.queue/" + run.ID + "/2", "sync.guard.held"} {
				if kept, err := tx.Setting(key); err != nil || kept != "" {
					t.Errorf("%s is kept: %v", key, err)
				}
			}
			return nil
		})
		wantProblem(t, r.engine.Refuse(t.Context(), run.ID), "guard.notHeld")
		r.wantWord(ids[0], storage.WordToSync)
	})
}

func TestTheSameRequestHeldTwiceWaitsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(20, false)
		for _, id := range ids[:15] {
			r.edit(id, storage.FieldWebsite, "")
		}
		first, second := r.sync(ids...), r.sync(ids...)
		held := r.held()
		if len(held) != 1 || held[0].ID != second.ID || r.wait(first.ID, nil).State != storage.RunCancelled {
			t.Errorf("held %v, first %+v", held, r.wait(first.ID, nil))
		}
	})
}

func TestBleedingInSmallPacketsIsHeldWithinTheDay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(20, true)
		for _, id := range ids {
			r.edit(id, storage.FieldWebsite, "")
			time.Sleep(20 * time.Minute)
		}
		if n := r.emptied(); n != 10 {
			t.Fatalf("%d emptied there, the guard lets ten through", n)
		}
		held := r.held()
		if len(held) != 1 || held[0].Guard.Changes != 10 || held[0].Guard.Reasons[0].Code != "guard.emptiedToday" {
			t.Fatalf("held %+v", held)
		}
		r.restart()
		time.Sleep(time.Hour)
		r.wantWord(ids[19], storage.WordToSync)
		done := r.agree(r.held()[0])
		if done.Totals.Sent != 10 || r.emptied() != 20 {
			t.Errorf("run %+v, %d emptied", done, r.emptied())
		}
	})
}

func TestBleedingByHandIsHeldToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(20, false)
		held := 0
		for _, id := range ids {
			r.edit(id, storage.FieldWebsite, "")
			if run := r.sync(id); run.State == storage.RunHeld {
				held++
			}
		}
		if r.emptied() != 10 || held != 10 {
			t.Errorf("%d emptied there, %d runs held", r.emptied(), held)
		}
		time.Sleep(26 * time.Hour)
		if run := r.sync(ids[10]); run.Totals.Sent != 1 {
			t.Errorf("a day later: %+v", run)
		}
	})
}

// TestContentThatChangedAfterItWasJudgedIsJudgedAgain queues an ordinary publication and empties fields before it leaves.
func TestContentThatChangedAfterItWasJudgedIsJudgedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(30, false)
		for _, id := range ids {
			r.edit(id, storage.FieldPhone, "01 42 60 77 77")
		}
		r.engine.Stop()
		run, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids[:5]})
		if err != nil {
			t.Fatal(err)
		}
		second, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids[5:]})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			r.edit(id, storage.FieldWebsite, "")
		}
		r.restart()
		r.wait(run, nil)
		r.wait(second, nil)
		time.Sleep(time.Hour)
		if n := r.emptied(); n > 10 {
			t.Errorf("%d emptied there", n)
		}
		if len(r.held()) == 0 {
			t.Error("nothing waits for the user")
		}
	})
}

func TestClosingAWholeAccountForGoodIsHeld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(4, false)
		for _, id := range ids {
			r.edit(id, storage.FieldStatus, string(storage.StatusClosed))
		}
		run := r.wait(r.engine.Sync(t.Context(), sync.Request{All: true}))
		if run.State != storage.RunHeld || run.Guard.Reasons[0].Code != "guard.everything" {
			t.Errorf("run %+v", run)
		}
	})
}

func TestEmptiedWorkspaceWithdrawsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.network(12, true)
		r.wait(r.engine.BulkEdit(t.Context(), ids, sync.BulkEdit{Status: storage.StatusArchived}, storage.ActorUser))
		calls := r.trial.Calls()
		_, err := r.engine.Sync(t.Context(), sync.Request{All: true})
		wantProblem(t, err, "sync.nothingChosen")
		time.Sleep(10 * time.Minute)
		if r.trial.Calls() != calls || len(r.trial.Records()) != 12 {
			t.Errorf("%d calls, %d listings left", r.trial.Calls()-calls, len(r.trial.Records()))
		}
	})
}
