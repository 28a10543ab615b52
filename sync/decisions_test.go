package sync_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

const theirs, ours = "+33155555555", "+33142601234"

// allDrifted gives published hotels whose phone and name were changed there and re-read.
func allDrifted(t *testing.T, n int) (*rig, []sync.Choice) {
	t.Helper()
	r := newRig(t, sandbox.TrialParams{})
	ids := r.published(n)
	choices := make([]sync.Choice, n)
	for i, id := range ids {
		r.trial.EditByOthers(fmt.Sprintf("H%03d", i), map[string]string{"phone": theirs, "name": "Autre nom"})
		choices[i] = sync.Choice{EstablishmentID: id, AccountID: r.account}
	}
	r.check(ids...)
	return r, choices
}

func (r *rig) decide(d sync.Decision, choices []sync.Choice) *storage.Run {
	r.Helper()
	return r.wait(r.engine.DecideMany(r.Context(), choices, d))
}

func confirmed(choices []sync.Choice) []sync.Choice {
	all := make([]sync.Choice, len(choices))
	for i, c := range choices {
		c.Confirmed = true
		all[i] = c
	}
	return all
}

func TestAcceptForASelectionLeavesTheDangerousFieldsOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, choices := allDrifted(t, 3)
		run := r.decide(sync.AcceptTheirs, choices)
		if run.Kind != storage.RunDecide || run.State != storage.RunDone || run.Totals.Updated != 3 {
			t.Fatalf("run %+v", run)
		}
		for _, i := range r.items(run.ID) {
			if i.Result != storage.ItemDecided || code(i.Problems) != "sync.confirmField" || i.Problems[0].Field != storage.FieldName {
				t.Errorf("line %+v", i)
			}
		}
		for id, values := range r.contents() {
			if values[storage.FieldPhone] != theirs || values[storage.FieldName] == "Autre nom" {
				t.Errorf("phone %q, name %q", values[storage.FieldPhone], values[storage.FieldName])
			}
			r.wantWord(id, storage.WordDrift)
		}
		if run := r.decide(sync.AcceptTheirs, choices); run.Totals.Skipped != 3 {
			t.Errorf("nothing but the name is left: %+v", run.Totals)
		}
		r.decide(sync.AcceptTheirs, confirmed(choices))
		for id, values := range r.contents() {
			if values[storage.FieldName] != "Autre nom" {
				t.Errorf("name %q", values[storage.FieldName])
			}
			r.wantWord(id, storage.WordUpToDate)
		}
	})
}

func TestKeepForASelectionSendsOursWithTheNextPublication(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, choices := allDrifted(t, 3)
		if run := r.decide(sync.KeepOurs, choices); run.Totals.Updated != 3 {
			t.Fatalf("run %+v", run)
		}
		r.wait(r.engine.Sync(t.Context(), sync.Request{All: true}))
		for i := range choices {
			there := r.trial.Record(fmt.Sprintf("H%03d", i)).Values
			if there["phone"] != ours || there["name"] != fmt.Sprintf("Hôtel %d", i) {
				t.Errorf("there %v", there)
			}
		}
		if run := r.decide(sync.KeepOurs, choices); run.Totals.Unchanged != 3 {
			t.Errorf("decided already: %+v", run.Totals)
		}
	})
}

func TestDecisionsForASelectionAreUndoneAsARun(t *testing.T) {
	for _, d := range []sync.Decision{sync.KeepOurs, sync.AcceptTheirs} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, choices := allDrifted(t, 3)
				before := r.contents()
				run := r.decide(d, confirmed(choices))
				if plan, err := r.engine.UndoPlan(t.Context(), run.ID); err != nil || plan != (sync.UndoPlan{Restore: 3}) {
					t.Fatalf("plan %+v %v", plan, err)
				}
				r.wait(r.engine.Undo(t.Context(), run.ID))
				if diff := cmp.Diff(before, r.contents()); diff != "" {
					t.Error(diff)
				}
				calls := r.trial.Effects("H000")
				r.wait(r.engine.Sync(t.Context(), sync.Request{All: true}))
				for _, c := range choices {
					r.wantWord(c.EstablishmentID, storage.WordDrift)
				}
				if r.trial.Effects("H000") != calls {
					t.Error("an open drift was overwritten")
				}
			})
		})
	}
}

func TestDecisionThatWasSentSinceIsAConflictOfItsUndo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, choices := allDrifted(t, 1)
		run := r.decide(sync.KeepOurs, choices)
		r.sync(choices[0].EstablishmentID)
		undo := r.wait(r.engine.Undo(t.Context(), run.ID))
		if items := r.items(undo.ID); items[0].Result != storage.ItemConflict || code(items[0].Problems) != "undo.decisionSent" {
			t.Errorf("line %+v", items[0])
		}
	})
}

func TestJournalKeepsBothValuesOfADecision(t *testing.T) {
	for d, want := range map[sync.Decision]storage.FieldChange{
		sync.KeepOurs:     {Field: storage.FieldPhone, Before: theirs, After: ours},
		sync.AcceptTheirs: {Field: storage.FieldPhone, Before: ours, After: theirs},
	} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, choices := allDrifted(t, 1)
				choices[0].Fields = phone
				run := r.decide(d, choices)
				r.sync(choices[0].EstablishmentID)
				found := false
				for _, j := range r.journal(choices[0].EstablishmentID) {
					if j.RunID == run.ID && (j.Action == storage.JournalKeep || j.Action == storage.JournalAccept) {
						found = len(j.Changes) == 1 && j.Changes[0] == want && j.Actor == storage.ActorUser
					}
				}
				if !found {
					t.Error("the value that lost is not in the journal")
				}
			})
		})
	}
}

func TestSelectionLargerThanASliceIsDecidedWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const n = 260
		r, choices := allDrifted(t, n)
		choices = append(choices, sync.Choice{EstablishmentID: "gone", AccountID: r.account})
		run := r.decide(sync.AcceptTheirs, confirmed(choices))
		if run.Totals.Updated != n || run.Totals.Skipped != 1 || run.Totals.Total != n+1 {
			t.Errorf("run %+v", run.Totals)
		}
	})
}

// TestNothingTakesADangerousFieldOverByItself lets others change every field there, and then does everything that the
// engine does without a decision.
func TestNothingTakesADangerousFieldOverByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{Moderation: time.Minute})
		ids := r.hotels(3)
		r.sync(ids...)
		time.Sleep(time.Hour)
		r.edit(ids[1], storage.FieldAutoSync, "TRUE")
		before := r.contents()
		for i := range ids {
			r.trial.EditByOthers(fmt.Sprintf("H%03d", i), map[string]string{
				"name": "Volé", "phone": theirs, "streetAndNumber": "1 rue Volée", "city": "Lyon", "status": "closed",
			})
		}
		steps := []struct {
			name string
			do   func()
		}{
			{"check", func() { r.check(ids...) }},
			{"sync", func() { r.sync(ids...) }},
			{"periodic check", func() { time.Sleep(3 * time.Hour) }},
			{"restart", func() { r.restart(); time.Sleep(time.Minute) }},
			{"lost answer", func() {
				r.trial.Misbehave(sandbox.Fault{Kind: sandbox.ApplyThenCut, Times: 1})
				r.edit(ids[1], storage.FieldEmail, "a@example.org")
				time.Sleep(time.Hour)
			}},
			{"undo of a publication", func() {
				run := r.sync(ids...)
				if run.Totals.Sent > 0 {
					r.wait(r.engine.Undo(t.Context(), run.ID))
				}
			}},
			{"force", func() { r.wait(r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids, Force: true})) }},
		}
		for _, step := range steps {
			step.do()
			for id, values := range r.contents() {
				for f, v := range values {
					if f.Dangerous() && v != before[id][f] {
						t.Errorf("%s: %s of %s became %q", step.name, f, id, v)
					}
				}
			}
		}
		for _, id := range ids {
			for _, j := range r.journal(id) {
				if j.Action == storage.JournalUpdate && j.Actor == storage.ActorDirectory {
					t.Errorf("an edit by a directory: %+v", j)
				}
			}
		}
	})
}

// TestOnlyADecisionWritesAsADirectory reads the engine's source: no other function writes an establishment in the name
// of a directory.
func TestOnlyADecisionWritesAsADirectory(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var writers []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				if !ok {
					return true
				}
				if name, ok := lit.Type.(*ast.Ident); ok && name.Name == "Cause" && mentions(lit, "ActorDirectory") {
					writers = append(writers, f.Name.Name)
				}
				return true
			})
		}
	}
	if len(writers) != 1 || writers[0] != "acceptTheirs" {
		t.Errorf("written in the name of a directory by %v", writers)
	}
}

func mentions(n ast.Node, name string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			found = true
		}
		return !found
	})
	return found
}
