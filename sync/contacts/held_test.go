package contacts_test

import (
	"testing"
	"time"

	"diapason/storage"
)

func TestAHeldPlanShowsDeletionsFirstAndSaysHowMuchItLeavesOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(620)
	for i, c := range all[:580] {
		r.edit(c.ID, title(person(i).FamilyName))
	}
	for _, c := range all[580:] {
		r.trash(c.ID)
	}
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	run := r.sync()
	if run.State != storage.RunHeld {
		t.Fatalf("%s", run.State)
	}
	if g := run.Guard; g.There.Closed != 40 || g.There.Modified != 580 || g.Here.Modified != 0 || g.Changes != 620 {
		t.Errorf("%+v, %+v", g.There, g.Here)
	}
	shown, deletions := 0, 0
	for from := 0; from >= 0; {
		page, err := r.service.HeldPlan(r.ctx, run.ID, from, 200)
		if err != nil || page.More != 120 {
			t.Fatalf("%d more, %v", page.More, err)
		}
		for _, item := range page.Items {
			if item.There == "delete" {
				if deletions != shown {
					t.Fatal("a deletion comes after something else")
				}
				deletions++
			}
			if item.ContactID == "" || item.Name == "" {
				t.Fatalf("%+v", item)
			}
			shown++
		}
		from = page.Next
	}
	if shown != 500 || deletions != 40 {
		t.Errorf("%d shown, %d deletions", shown, deletions)
	}
}

func TestAPassHeldForCardsThatItDoesNotFindNamesThem(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.tuned(60)
	r.shelf.expired, r.shelf.cut, r.shelf.total = true, 20, 20 // the book is truncated, and says that it is whole
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	run := r.sync()
	if run.State != storage.RunHeld {
		t.Fatalf("%s", run.State)
	}
	page, err := r.service.HeldPlan(r.ctx, run.ID, 0, 100)
	if err != nil || len(page.Items) != 40 || page.More != 0 {
		t.Fatalf("%d lines, %d more, %v", len(page.Items), page.More, err)
	}
	if item := page.Items[0]; item.Name == "" || item.ContactID == "" || item.There != "" || item.Here != "" {
		t.Errorf("%+v", item)
	}
}
