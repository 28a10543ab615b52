package sync_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

func TestProgramThatCarriesAnotherFieldShowsItAsToBeSynchronised(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		newer := r.kinds
		r.close()
		r.kinds = directory.NewKinds(declaring(newer[trial.ID], func(c *directory.Capabilities) {
			without := func(f storage.Field) bool { return f == storage.FieldEmail }
			c.Fields = slices.DeleteFunc(slices.Clone(c.Fields), without)
			c.Readable = slices.DeleteFunc(slices.Clone(c.Readable), without)
		}))
		r.open()
		r.start()
		synctest.Wait() // the listings are compared in the background
		ids := r.hotels(2)
		r.edit(ids[0], storage.FieldEmail, "accueil@example.org")
		r.sync(ids...)
		r.wantWord(ids[0], storage.WordUpToDate)
		before := r.trial.Calls()

		r.close()
		r.kinds = newer
		r.open()
		r.start()
		synctest.Wait()
		r.wantWord(ids[0], storage.WordToSync)
		r.wantWord(ids[1], storage.WordUpToDate)
		if n := r.trial.Calls() - before; n != 0 {
			t.Fatalf("%d calls: nobody asked for any", n)
		}
		if run := r.sync(ids...); run.Totals.Sent != 1 || run.Totals.Unchanged != 1 {
			t.Fatalf("run %+v", run.Totals)
		}
		if got := r.trial.Record("H000").Values["email"]; got != "accueil@example.org" {
			t.Errorf("e-mail there %q", got)
		}
	})
}

func TestLargePublicationCountsWhatIsUnchangedAndListsTheRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(600)
		r.wait(r.engine.Sync(t.Context(), sync.Request{All: true}))
		changed := []string{ids[3], ids[333], ids[599]}
		for _, id := range changed {
			r.edit(id, storage.FieldEmail, "neuf@example.org")
		}
		run := r.wait(r.engine.Sync(t.Context(), sync.Request{All: true}))
		if run.Totals.Total != 600 || run.Totals.Sent != 3 || run.Totals.Unchanged != 597 {
			t.Fatalf("run %+v", run.Totals)
		}
		items := r.items(run.ID)
		if len(items) != run.Lines() {
			t.Fatalf("%d lines, the run says %d", len(items), run.Lines())
		}
		var listed []string
		for i, item := range items {
			if item.Seq != i {
				t.Fatalf("line %d stands at %d", item.Seq, i)
			}
			if item.Result == storage.ItemSent {
				listed = append(listed, item.EstablishmentID)
			}
		}
		slices.Sort(listed)
		slices.Sort(changed)
		if !slices.Equal(listed, changed) {
			t.Errorf("sent %v, changed %v", listed, changed)
		}
		before := r.trial.Calls()
		if run = r.wait(r.engine.Sync(t.Context(), sync.Request{All: true})); run.Totals.Unchanged != 600 || run.Lines() != 0 {
			t.Errorf("run %+v, %d lines", run.Totals, run.Lines())
		}
		if r.trial.Calls() != before {
			t.Error("something was asked of the directory though nothing changed")
		}
	})
}
