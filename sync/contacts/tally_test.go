package contacts_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
)

func TestARunCountsWhatItsPassDoesInEachDirectionAndPerBatch(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(60)
	for i := range 4 {
		r.edit(all[i].ID, title("d’ici"))
	}
	r.shelf.refuse = func(c storage.Card) bool { return c.FamilyName == "Morel0000" }
	r.shelf.leaves = func(c storage.Card) *storage.Problem {
		if c.FamilyName != "Morel0001" {
			return nil
		}
		return storage.NewProblem("test.tooMany")
	}
	r.clock.now = r.clock.now.Add(time.Second)
	r.shelf.edit(r.cardOf(all[4].ID).ID, title("de là-bas"))
	r.shelf.edit(r.cardOf(all[5].ID).ID, title("de là-bas"))
	r.edit(all[5].ID, title("au même moment")) // both sides at once: a person must say
	r.shelf.remove(r.cardOf(all[6].ID).ID)
	r.trash(all[7].ID)
	for i := range 55 {
		r.save(person(100 + i))
	}
	r.shelf.put("theirs", there(300), "")
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	run := r.sync()
	want := &storage.PassTally{
		There: storage.SideTally{Created: 55, Updated: 3, Deleted: 1, Conflicts: 1, Skipped: 2},
		Here:  storage.SideTally{Created: 1, Updated: 1, Deleted: 1},
		Read:  run.Pass.Read, Planned: 60, Written: 60, Batch: 50,
		Batches: []storage.BatchTally{{Cards: 50}, {Cards: 5}, {Cards: 4, Refused: 1}, {Cards: 1}},
	}
	if d := cmp.Diff(want, run.Pass); d != "" || run.Pass.Read < 4 {
		t.Errorf("%d cards read, %s", run.Pass.Read, d)
	}
	items := r.items(run.ID)
	left := slices.IndexFunc(items, func(i *storage.RunItem) bool { return i.Result == storage.ItemSkipped })
	if left < 0 || items[left].ContactID != all[1].ID || items[left].Problems[0].Code != "test.tooMany" {
		t.Errorf("what the book did not take is not told: %+v", items[left])
	}
}

func TestTheCountsOfAPassOutliveACrash(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before", "after"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			for i := range 170 {
				r.save(person(i))
			}
			calls := 0
			crash := func(string) error {
				if calls++; calls == 2 {
					panic(errCrash)
				}
				return nil
			}
			if when == "before" {
				r.shelf.before = crash
			} else {
				r.shelf.after = crash
			}
			run := r.syncOK()
			if p := run.Pass; p.Planned != 170 || p.Written != 170 || p.There.Created != 170 || total(p.Batches) != 170 {
				t.Errorf("%+v", p)
			}
		})
	}
}

func total(batches []storage.BatchTally) (n int) {
	for _, b := range batches {
		n += b.Cards
	}
	return n
}

func TestAHeldPassTellsHowMuchItWouldWrite(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(80)
	for i := range 40 {
		r.trash(all[i].ID)
	}
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	run := r.sync()
	if run.State != storage.RunHeld || run.Pass == nil || run.Pass.Planned != 40 || run.Pass.Written != 0 {
		t.Fatalf("%s, %+v", run.State, run.Pass)
	}
	if err := r.service.Agree(r.ctx, run.ID, run.Guard.Hash); err != nil {
		t.Fatal(err)
	}
	r.carry()
	if run = r.run(run.ID); run.State != storage.RunDone || run.Pass.Written != 40 || run.Pass.There.Deleted != 40 {
		t.Fatal(fmt.Sprint(run.State, run.Pass))
	}
}
