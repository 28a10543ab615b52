package sync_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

func TestAutoSyncSwitchedOnSendsTheNextEditByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.sync(id)
		calls := r.trial.Calls()
		r.edit(id, storage.FieldAutoSync, "TRUE")
		time.Sleep(time.Minute)
		if r.trial.Calls() != calls {
			t.Fatal("switching auto-sync on sent something")
		}
		r.edit(id, storage.FieldPhone, "01 42 60 99 99")
		r.wantWord(id, storage.WordPending)
		time.Sleep(time.Minute)
		r.wantWord(id, storage.WordUpToDate)
		if got := r.trial.Record("H000").Values["phone"]; got != "+33142609999" {
			t.Errorf("phone there %q", got)
		}
		r.edit(id, storage.FieldLabels, "Paris;Nord")
		time.Sleep(time.Minute)
		if n := r.trial.Effects("H000"); n != 2 {
			t.Errorf("%d effects: a label is not for directories", n)
		}
	})
}

func TestAutoSyncOffSendsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.sync(id)
		calls := r.trial.Calls()
		r.edit(id, storage.FieldPhone, "01 42 60 99 99")
		time.Sleep(10 * time.Minute)
		if r.trial.Calls() != calls || r.operations() != 0 {
			t.Fatal("an edit left without auto-sync")
		}
		r.wantWord(id, storage.WordToSync)
	})
}

func TestTwentyKeystrokesAreOneCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		e := hotel(0)
		e.AutoSync = true
		id := r.create(e)[0]
		time.Sleep(time.Minute)
		r.wantWord(id, storage.WordUpToDate)
		for i := range 20 {
			r.edit(id, storage.FieldDescriptionShort, "Près du Louvre"[:10+i/5])
			r.edit(id, storage.FieldHoursNotes, fmt.Sprint("note ", i))
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		if n := r.trial.Effects("H000"); n != 2 {
			t.Errorf("%d effects, want the creation and one change", n)
		}
		r.wantWord(id, storage.WordUpToDate)
	})
}

func TestAutoSyncSwitchedOffTakesBackWhatHasNotLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.sync(id)
		r.edit(id, storage.FieldAutoSync, "TRUE")
		r.edit(id, storage.FieldPhone, "01 42 60 99 99")
		r.edit(id, storage.FieldAutoSync, "FALSE")
		time.Sleep(time.Minute)
		if n := r.trial.Effects("H000"); n != 1 {
			t.Errorf("%d effects", n)
		}
		r.wantWord(id, storage.WordToSync)
	})
}

func TestEditWhileItsPublicationIsOnItsWayLeavesAfterIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		e := hotel(0)
		e.AutoSync = true
		id := r.create(e)[0]
		time.Sleep(time.Minute)
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Method: "PATCH", Delay: 10 * time.Second})
		r.edit(id, storage.FieldPhone, "01 42 60 11 11")
		time.Sleep(5 * time.Second) // in flight
		r.edit(id, storage.FieldPhone, "01 42 60 22 22")
		time.Sleep(time.Minute)
		if got := r.trial.Record("H000").Values["phone"]; got != "+33142602222" {
			t.Errorf("phone there %q", got)
		}
		r.wantWord(id, storage.WordUpToDate)
		for _, run := range r.runs() {
			if run.State != storage.RunDone {
				t.Errorf("run left open: %+v", run)
			}
		}
	})
}

func TestBulkAutoSyncOnThenBulkEditGoesOutAsOneRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(5)
		on := true
		run := r.wait(r.engine.BulkEdit(t.Context(), ids, sync.BulkEdit{AutoSync: &on}, storage.ActorUser))
		if run.Totals.Updated != 5 {
			t.Fatalf("run %+v", run)
		}
		time.Sleep(time.Minute)
		if r.trial.Calls() != 0 {
			t.Fatal("switching auto-sync on sent something")
		}
		r.wait(r.engine.BulkEdit(t.Context(), ids, sync.BulkEdit{Status: storage.StatusTemporarilyClosed}, storage.ActorUser))
		time.Sleep(time.Minute)
		auto := 0
		for _, run := range r.runs() {
			if run.Kind == storage.RunAutoSync {
				auto++
				if run.Totals.Sent != 5 || run.State != storage.RunDone {
					t.Errorf("run %+v", run)
				}
			}
		}
		if auto != 1 {
			t.Errorf("%d automatic runs, want one for the bulk edit", auto)
		}
	})
}

func TestArchivedLeavesNothingBehindInTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		e := hotel(0)
		e.AutoSync = true
		id := r.create(e)[0]
		r.edit(id, storage.FieldStatus, string(storage.StatusArchived))
		time.Sleep(time.Minute)
		if r.trial.Calls() != 0 || r.operations() != 0 {
			t.Fatal("an archived establishment was sent")
		}
		r.wantWord(id, storage.WordDisabled)
	})
}
