package sync_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

// published gives hotels that are published and up to date.
func (r *rig) published(n int) []string {
	r.Helper()
	ids := r.hotels(n)
	r.sync(ids...)
	for _, id := range ids {
		r.wantWord(id, storage.WordUpToDate)
	}
	return ids
}

func (r *rig) run(id string) *storage.Run {
	r.Helper()
	var run *storage.Run
	r.view(func(tx storage.Reader) (err error) {
		run, err = tx.Run(id)
		return err
	})
	return run
}

func TestUndoneFirstPublicationLeavesItsListingsThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(3)
		first := r.sync(ids...)
		before, effects := r.contents(), r.trial.Effects("H000")
		plan, err := r.engine.UndoPlan(t.Context(), first.ID)
		if err != nil || plan != (sync.UndoPlan{Stays: 3}) {
			t.Fatalf("plan %+v %v", plan, err)
		}
		undo := r.wait(r.engine.Undo(t.Context(), first.ID))
		if undo.State != storage.RunDone || undo.Totals.Skipped != 3 || undo.Republish != "" {
			t.Errorf("undo %+v", undo)
		}
		for _, i := range r.items(undo.ID) {
			if code(i.Problems) != "undo.stays" || i.AccountID != r.account {
				t.Errorf("line %+v", i)
			}
		}
		if diff := cmp.Diff(before, r.contents()); diff != "" || r.trial.Effects("H000") != effects {
			t.Errorf("%d effects, %s", r.trial.Effects("H000"), diff)
		}
	})
}

func TestUndonePublicationBringsTheValuesBackOnBothSides(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.published(3)
		before := r.contents()
		for i, id := range ids {
			r.edit(id, storage.FieldPhone, fmt.Sprintf("01 42 60 99 0%d", i))
			r.edit(id, storage.FieldEmail, fmt.Sprintf("h%d@example.org", i))
		}
		sent := r.sync(ids...)
		plan, err := r.engine.UndoPlan(t.Context(), sent.ID)
		if err != nil || plan != (sync.UndoPlan{Restore: 3, Republish: 3}) {
			t.Fatalf("plan %+v %v", plan, err)
		}
		undo := r.wait(r.engine.Undo(t.Context(), sent.ID))
		again := r.wait(undo.Republish, nil)
		if undo.State != storage.RunDone || undo.Totals.Updated != 3 || again.Totals.Sent != 3 {
			t.Errorf("undo %+v, again %+v", undo.Totals, again.Totals)
		}
		if diff := cmp.Diff(before, r.contents()); diff != "" {
			t.Error(diff)
		}
		for i, id := range ids {
			r.wantWord(id, storage.WordUpToDate)
			there := r.trial.Record(fmt.Sprintf("H%03d", i)).Values
			if there["phone"] != "+33142601234" || there["email"] != "" {
				t.Errorf("there: phone %q, email %q", there["phone"], there["email"])
			}
		}
		if r.run(sent.ID).UndoneBy != undo.ID {
			t.Error("the publication does not tell who undid it")
		}
		if _, err := r.engine.Undo(t.Context(), sent.ID); err == nil {
			t.Error("undone twice")
		}
	})
}

func TestUndoOfAPublicationLeavesAndListsWhatChangedSince(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.published(2)
		for _, id := range ids {
			r.edit(id, storage.FieldPhone, "01 42 60 99 99")
			r.edit(id, storage.FieldEmail, "h@example.org")
		}
		sent := r.sync(ids...)
		r.edit(ids[0], storage.FieldPhone, "01 42 60 11 11")
		plan, err := r.engine.UndoPlan(t.Context(), sent.ID)
		if err != nil || plan != (sync.UndoPlan{Restore: 2, Conflicts: 1, Republish: 2}) {
			t.Fatalf("plan %+v %v", plan, err)
		}
		conflicts, err := r.engine.UndoConflicts(t.Context(), sent.ID, 10)
		want := []sync.UndoConflict{{
			EstablishmentID: ids[0], Name: "Hôtel 0", Field: storage.FieldPhone, Put: "+33142609999", Now: "+33142601111",
			Problem: storage.NewProblem("undo.changedSince").On(storage.FieldPhone),
		}}
		if diff := cmp.Diff(want, conflicts); diff != "" || err != nil {
			t.Fatal(err, diff)
		}
		undo := r.wait(r.engine.Undo(t.Context(), sent.ID))
		r.wait(undo.Republish, nil)
		got := r.contents()
		if got[ids[0]][storage.FieldPhone] != "+33142601111" || got[ids[0]][storage.FieldEmail] != "" {
			t.Errorf("edited since: %v", got[ids[0]])
		}
		if got[ids[1]][storage.FieldPhone] != "+33142601234" {
			t.Errorf("untouched since: %v", got[ids[1]])
		}
		if undo.Totals.Failed != 1 || r.items(undo.ID)[0].Result != storage.ItemConflict {
			t.Errorf("undo %+v", undo.Totals)
		}
	})
}

func TestUndoOfAPublicationOverwritesNothingThatOthersChangedThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.published(1)[0]
		r.edit(id, storage.FieldPhone, "01 42 60 99 99")
		sent := r.sync(id)
		r.trial.EditByOthers("H000", map[string]string{"phone": "+33155555555"})
		r.check(id)
		undo := r.wait(r.engine.Undo(t.Context(), sent.ID))
		r.wait(undo.Republish, nil)
		if got := r.trial.Record("H000").Values["phone"]; got != "+33155555555" {
			t.Errorf("phone there %q", got)
		}
	})
}

func TestUndoOfAnAutomaticPublicationLeavesByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.published(1)[0]
		r.edit(id, storage.FieldAutoSync, "TRUE")
		r.edit(id, storage.FieldPhone, "01 42 60 99 99")
		time.Sleep(time.Minute)
		auto := r.runs()[0]
		if auto.Kind != storage.RunAutoSync || auto.Totals.Sent != 1 {
			t.Fatalf("run %+v", auto)
		}
		r.wait(r.engine.Undo(t.Context(), auto.ID))
		time.Sleep(time.Minute)
		r.wantWord(id, storage.WordUpToDate)
		if got := r.trial.Record("H000").Values["phone"]; got != "+33142601234" {
			t.Errorf("phone there %q", got)
		}
	})
}

// TestUndoOfALargeImportAfterSomeEdits stands for the workbook of the demonstration: 1,201 rows.
func TestUndoOfALargeImportAfterSomeEdits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const rows = 1201
		r := newRig(t, sandbox.TrialParams{})
		var ids []string
		r.imports(func(w storage.Writer, run string) error {
			for i := range rows {
				e := hotel(i)
				if err := r.engine.WriteEstablishment(w, nil, e, cause(run)); err != nil {
					return err
				}
				ids = append(ids, e.ID)
			}
			return nil
		})
		before := r.contents()
		second := r.imports(func(w storage.Writer, run string) error {
			for i, id := range ids {
				old, err := w.Establishment(id)
				if err != nil {
					return err
				}
				changed := old.Clone()
				changed.Name, changed.Email = fmt.Sprintf("Importé %d", i), fmt.Sprintf("import%d@example.org", i)
				changed.Labels = []string{"Classeur"}
				if err := r.engine.WriteEstablishment(w, old, changed, cause(run)); err != nil {
					return err
				}
			}
			return nil
		})
		want := before
		for i := 0; i < rows; i += 100 {
			r.edit(ids[i], storage.FieldName, fmt.Sprintf("Corrigé %d", i))
			r.edit(ids[i], storage.FieldPhone, "01 42 60 99 99")
			want[ids[i]][storage.FieldName], want[ids[i]][storage.FieldPhone] = fmt.Sprintf("Corrigé %d", i), "+33142609999"
		}
		const edited = 13
		plan, err := r.engine.UndoPlan(t.Context(), second)
		if err != nil || plan != (sync.UndoPlan{Restore: rows, Conflicts: edited}) {
			t.Fatalf("plan %+v %v", plan, err)
		}
		conflicts, err := r.engine.UndoConflicts(t.Context(), second, rows)
		if err != nil || len(conflicts) != edited {
			t.Fatalf("%d conflicts, %v", len(conflicts), err)
		}
		for _, c := range conflicts {
			if c.Field != storage.FieldName || c.Put == c.Now {
				t.Errorf("conflict %+v", c)
			}
		}
		undo := r.wait(r.engine.Undo(t.Context(), second))
		if undo.Totals.Updated != rows-edited || undo.Totals.Failed != edited {
			t.Errorf("undo %+v", undo.Totals)
		}
		if diff := cmp.Diff(want, r.contents()); diff != "" {
			t.Error(diff)
		}
	})
}
