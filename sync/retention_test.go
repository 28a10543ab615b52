package sync_test

import (
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

const month = 31 * 24 * time.Hour

func (r *rig) journalSize() int {
	r.Helper()
	n := 0
	r.view(func(tx storage.Reader) error {
		js, err := tx.OldestJournal("", 0)
		n = len(js)
		return err
	})
	return n
}

func TestJournalAndReportsAreKeptAsLongAsAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		if n, err := r.engine.Retention(t.Context()); n != sync.RetentionDefault || err != nil {
			t.Errorf("%d months by default, %v", n, err)
		}
		for _, months := range []int{0, 2, 121, -1} {
			if problemCode(r.engine.SetRetention(t.Context(), months)) != "retention.months" {
				t.Errorf("%d months are taken", months)
			}
		}
		if err := r.engine.SetRetention(t.Context(), 6); err != nil {
			t.Fatal(err)
		}
		ids := r.hotels(600) // more than a slice, twice
		old := r.sync(ids...)
		r.later(5 * month)
		young := r.wait(r.engine.BulkEdit(t.Context(), ids, sync.BulkEdit{AddLabels: []string{"x"}}, storage.ActorUser))
		if n := r.journalSize(); n != 1800 {
			t.Fatalf("%d entries before", n)
		}
		r.later(2 * month)
		if n := r.journalSize(); n != 600 {
			t.Errorf("%d entries are left", n)
		}
		kept := map[string]bool{}
		for _, run := range r.runs() {
			kept[run.ID] = true
		}
		if kept[old.ID] || !kept[young.ID] {
			t.Errorf("the old report is kept: %v, the young one: %v", kept[old.ID], kept[young.ID])
		}
		if items := r.items(old.ID); len(items) != 0 {
			t.Errorf("%d lines of the removed report are left", len(items))
		}
	})
}

// later lets time pass while nobody has the workspace open, and opens it.
func (r *rig) later(d time.Duration) {
	r.Helper()
	r.close()
	time.Sleep(d)
	r.open()
	r.start()
	time.Sleep(time.Minute)
}

func TestRetentionKeepsWhatAnUndoableRunNeeds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		if err := r.engine.SetRetention(t.Context(), sync.RetentionLeast); err != nil {
			t.Fatal(err)
		}
		ids := r.hotels(3)
		before := r.contents()
		run := r.wait(r.engine.BulkEdit(t.Context(), ids, sync.BulkEdit{AddLabels: []string{"x"}}, storage.ActorUser))
		r.write(func(tx storage.Writer) error { // it took long
			run.EndedAt = run.StartedAt.Add(20 * 24 * time.Hour)
			return tx.PutRun(run)
		})
		r.later(100 * 24 * time.Hour)
		if n := r.journalSize(); n != 3 {
			t.Errorf("%d entries: those of the run stay, the creations go", n)
		}
		r.wait(r.engine.Undo(t.Context(), run.ID))
		for id, values := range r.contents() {
			if values[storage.FieldLabels] != before[id][storage.FieldLabels] {
				t.Errorf("labels %q", values[storage.FieldLabels])
			}
		}
	})
}

func TestReportThatAnOperationStillDecidesIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{Token: "right"})
		ids := r.hotels(2)
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Answer, Status: 401, Times: 1 << 20})
		run := r.sync(ids...)
		if r.operations() != 2 || run.Totals.Failed != 2 {
			t.Fatalf("%d operations, run %+v", r.operations(), run)
		}
		r.later(25 * month)
		if items := r.items(run.ID); len(items) != 2 {
			t.Fatalf("%d lines are left", len(items))
		}
		r.trial.Behave()
		if err := r.engine.TestAccount(t.Context(), r.account); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if run := r.run(run.ID); run.Totals.Sent != 2 {
			t.Errorf("run %+v", run)
		}
	})
}
