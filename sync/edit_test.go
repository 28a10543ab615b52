package sync_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

func problemCode(err error) string {
	var ps storage.Problems
	var p *storage.Problem
	switch {
	case errors.As(err, &ps):
		return ps[0].Code
	case errors.As(err, &p):
		return p.Code
	}
	return ""
}

func TestEditRemembersWhoChangedWhatAndJournalsBeforeAndAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		time.Sleep(time.Hour)
		r.edit(id, storage.FieldPhone, "01 42 60 99 99")
		r.edit(id, storage.FieldPhone, "01 42 60 99 99") // no difference, nothing to tell
		entries := r.journal(id)
		if len(entries) != 2 || entries[0].Action != storage.JournalUpdate {
			t.Fatalf("journal %+v", entries)
		}
		want := []storage.FieldChange{{Field: storage.FieldPhone, Before: "+33142601234", After: "+33142609999"}}
		if diff := cmp.Diff(want, entries[0].Changes); diff != "" {
			t.Error(diff)
		}
		r.view(func(tx storage.Reader) error {
			e, err := tx.Establishment(id)
			if o := e.Origins[storage.FieldPhone]; len(e.Origins) != 1 || o.Actor != storage.ActorUser || !o.At.Equal(e.UpdatedAt) {
				t.Errorf("origins %+v", e.Origins)
			}
			return err
		})
	})
}

func TestUndoEntryIsGuardedByWhatCameSince(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.edit(id, storage.FieldName, "Premier nom")
		first := r.journal(id)[0]
		r.edit(id, storage.FieldName, "Second nom")
		if code := problemCode(r.engine.UndoEntry(t.Context(), first.ID)); code != "undo.changedSince" {
			t.Errorf("%q", code)
		}
		if err := r.engine.UndoEntry(t.Context(), r.journal(id)[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := r.engine.UndoEntry(t.Context(), first.ID); err != nil {
			t.Fatal(err)
		}
		if got := r.contents()[id][storage.FieldName]; got != "Hôtel 0" {
			t.Errorf("name %q", got)
		}
		if code := problemCode(r.engine.UndoEntry(t.Context(), first.ID)); code != "undo.already" {
			t.Errorf("%q", code)
		}
		entries := r.journal(id)
		if code := problemCode(r.engine.UndoEntry(t.Context(), entries[len(entries)-1].ID)); code != "undo.notUndoable" {
			t.Errorf("%q: a creation is not undone from the history", code)
		}
	})
}

func TestBulkLabelsAreAddedRemovedAndUndone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(3)
		r.edit(ids[0], storage.FieldLabels, "Paris;À vendre")
		before := r.contents()
		run := r.wait(r.engine.BulkEdit(t.Context(), ids, sync.BulkEdit{
			AddLabels: []string{"Paris", "Nord"}, RemoveLabels: []string{"a vendre"},
		}, storage.ActorUser))
		for _, id := range ids {
			if got := r.contents()[id][storage.FieldLabels]; got != "Paris;Nord" {
				t.Errorf("labels %q", got)
			}
		}
		if _, err := r.engine.Undo(t.Context(), run.ID); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, r.contents()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestUndoOfAnIdentifierTakenSinceIsAConflict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		runID := r.imports(func(w storage.Writer, run string) error {
			e, err := w.Establishment(id)
			if err != nil {
				return err
			}
			changed := e.Clone()
			changed.Identifier = "NEW"
			return r.engine.WriteEstablishment(w, e, changed, cause(run))
		})
		r.create(hotel(0)) // takes H000
		run := r.wait(r.engine.Undo(t.Context(), runID))
		if items := r.items(run.ID); run.Totals.Failed != 1 || code(items[0].Problems) != "undo.changedSince" {
			t.Errorf("run %+v", run)
		}
	})
}

func TestChecksAreNotUndone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		run := r.check(r.hotels(1)...)
		if _, err := r.engine.Undo(t.Context(), run.ID); problemCode(err) != "undo.notUndoable" {
			t.Errorf("%v", err)
		}
		if _, err := r.engine.Retry(t.Context(), run.ID); problemCode(err) != "sync.nothingToRetry" {
			t.Errorf("%v", err)
		}
	})
}

func TestCheckSaysWhyItReadsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		draft := hotel(1)
		draft.Status = storage.StatusDraft
		ids := r.create(hotel(0), draft)
		run := r.check(ids...)
		if run.Totals.Skipped != 1 || run.Totals.Unchanged != 1 {
			t.Fatalf("run %+v", run.Totals)
		}
		items := r.items(run.ID)
		if items[0].Result != storage.ItemChecked || code(items[1].Problems) != "sync.draft" {
			t.Errorf("items %+v %+v", items[0], items[1])
		}
		r.wantWord(ids[0], storage.WordToSync) // never published there, and nothing of it there
	})
}

func TestWhatBecomesBlockedWhileItWaitsIsNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(sandbox.MaxBatch + 1)
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Method: "POST", Delay: 10 * time.Second})
		run, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		waiting := ids[sandbox.MaxBatch] // in the second batch
		r.edit(waiting, storage.FieldStreet, "")
		done := r.wait(run, nil)
		items := r.items(run)
		blocked := slices.ContainsFunc(items, func(i *storage.RunItem) bool {
			return i.EstablishmentID == waiting && code(i.Problems) == "blocker.missing"
		})
		if done.Totals.Sent != sandbox.MaxBatch || done.Totals.Failed != 1 || !blocked {
			t.Errorf("run %+v", done.Totals)
		}
		r.wantWord(waiting, storage.WordAction)
	})
}

func TestDisabledAccountKeepsItsListingsAndReceivesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(2)
		r.sync(ids...)
		if err := r.engine.SetAccountEnabled(t.Context(), r.account, false); err != nil {
			t.Fatal(err)
		}
		r.edit(ids[0], storage.FieldAutoSync, "TRUE")
		r.edit(ids[0], storage.FieldPhone, "01 42 60 99 99")
		time.Sleep(24 * time.Hour)
		if n := r.trial.Effects("H000"); n != 1 {
			t.Errorf("%d effects: a disabled account was sent to", n)
		}
		if err := r.engine.SetAccountEnabled(t.Context(), r.account, true); err != nil {
			t.Fatal(err)
		}
		r.wantWord(ids[0], storage.WordToSync)
		r.sync(ids[0])
		r.wantWord(ids[0], storage.WordUpToDate)
	})
}
