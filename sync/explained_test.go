package sync_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

// TestJournalExplainsEveryOverwriteAndEveryDeletion plays random edits, imports, undos, decisions, publications and
// faults, and then derives from the journal alone what there is now, and why the rest is gone.
func TestJournalExplainsEveryOverwriteAndEveryDeletion(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				dice := rand.New(rand.NewPCG(seed, 7))
				r := newRig(t, sandbox.TrialParams{})
				ids := r.hotels(6)
				born := map[string]storage.Snapshot{}
				for id, values := range r.contents() {
					born[id] = values
				}
				for i := range 50 {
					r.mischief(dice, ids)
					switch dice.IntN(4) {
					case 0:
						r.imported(dice, i, ids, born)
					case 1:
						r.takesBack(dice)
					case 2:
						r.decidesAll(dice, ids)
					}
				}
				r.settleDown(ids)
				r.explained(born)
			})
		})
	}
}

// imported creates two establishments and edits two, as one run, and notes what was created.
func (r *rig) imported(dice *rand.Rand, n int, ids []string, born map[string]storage.Snapshot) {
	r.Helper()
	var fresh []*storage.Establishment
	r.imports(func(w storage.Writer, run string) error {
		for k := range 2 {
			e := hotel(1000 + 10*n + k)
			if err := r.engine.WriteEstablishment(w, nil, e, cause(run)); err != nil {
				return err
			}
			fresh = append(fresh, e)
			old, err := w.Establishment(ids[dice.IntN(len(ids))])
			if err != nil {
				return err
			}
			changed := old.Clone()
			changed.Name, changed.Phone = fmt.Sprintf("Importé %d", n), fmt.Sprintf("+3314261%04d", dice.IntN(10000))
			if err := r.engine.WriteEstablishment(w, old, changed, cause(run)); err != nil {
				return err
			}
		}
		return nil
	})
	for _, e := range fresh {
		born[e.ID] = e.Snapshot(storage.Fields)
	}
}

// takesBack undoes a run chosen by chance; those that cannot be undone refuse.
func (r *rig) takesBack(dice *rand.Rand) {
	r.Helper()
	runs := r.runs()
	run := runs[dice.IntN(len(runs))]
	if _, err := r.engine.Undo(r.Context(), run.ID); err != nil && problemCode(err) == "" {
		r.Fatal(err)
	}
}

func (r *rig) decidesAll(dice *rand.Rand, ids []string) {
	r.Helper()
	choices := make([]sync.Choice, len(ids))
	for i, id := range ids {
		choices[i] = sync.Choice{EstablishmentID: id, AccountID: r.account, Confirmed: dice.IntN(2) == 0}
	}
	d := []sync.Decision{sync.KeepOurs, sync.AcceptTheirs}[dice.IntN(2)]
	if _, err := r.engine.DecideMany(r.Context(), choices, d); err != nil {
		r.Fatal(err)
	}
}

// explained goes through the journal and derives every value and every absence from it.
func (r *rig) explained(born map[string]storage.Snapshot) {
	r.Helper()
	here := r.contents()
	kinds := map[string]storage.RunKind{}
	for _, run := range r.runs() {
		kinds[run.ID] = run.Kind
	}
	entries := map[string][]*storage.JournalEntry{}
	r.view(func(tx storage.Reader) error {
		all, err := tx.OldestJournal("", 0)
		for _, j := range all {
			entries[j.EstablishmentID] = append(entries[j.EstablishmentID], j)
		}
		return err
	})
	deleted := 0
	for id, values := range born {
		values = r.replayed(id, values, entries[id])
		last := entries[id][len(entries[id])-1]
		if here[id] == nil {
			deleted++
			if last.Action != storage.JournalDelete || kinds[last.RunID] != storage.RunUndo || last.Actor != storage.ActorUser {
				r.Errorf("%s is gone and the journal ends with %+v", id, last)
			}
			continue
		}
		for f, v := range here[id] {
			if values[f] != v {
				r.Errorf("%s of %s is %q, by the journal %q", f, id, v, values[f])
			}
		}
	}
	if deleted == 0 {
		r.Log("nothing was deleted by this seed")
	}
	for id := range here {
		if born[id] == nil {
			r.Errorf("%s came from nowhere", id)
		}
	}
}

// replayed applies the entries of an establishment in their order, and checks that each found what it says it found.
func (r *rig) replayed(id string, values storage.Snapshot, entries []*storage.JournalEntry) storage.Snapshot {
	r.Helper()
	if entries[0].Action != storage.JournalCreate {
		r.Errorf("%s begins with %+v", id, entries[0])
	}
	for _, j := range entries {
		if j.Action != storage.JournalUpdate {
			continue
		}
		if !slices.Contains([]storage.Actor{storage.ActorUser, storage.ActorImport, storage.ActorDirectory}, j.Actor) {
			r.Errorf("edited by %q", j.Actor)
		}
		for _, c := range j.Changes {
			if values[c.Field] != c.Before {
				r.Errorf("%s of %s was %q, the journal says %q", c.Field, id, values[c.Field], c.Before)
			}
			values[c.Field] = c.After
		}
	}
	return values
}
