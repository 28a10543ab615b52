package contacts_test

import (
	"slices"
	"testing"
	"time"

	"diapason/storage"
)

// tunedMany makes n contacts in tune, kept in one transaction.
func (r *rig) tunedMany(n int) {
	r.Helper()
	for from := 0; from < n; from += 500 {
		r.update(func(w storage.Writer) error {
			for i := from; i < min(from+500, n); i++ {
				if err := w.PutContact(&storage.Contact{Card: person(i)}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	r.syncOK()
}

// held makes a pass that must be held with a reason, and nothing of it done.
func (r *rig) held(reason string) *storage.Run {
	r.Helper()
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	here, before := len(r.living()), len(r.shelf.cards)
	run := r.sync()
	if run.State != storage.RunHeld || run.Guard == nil {
		r.Fatalf("the pass is %s: %v %+v", run.State, run.Problem, run.Totals)
	}
	if !slices.ContainsFunc(run.Guard.Reasons, func(p *storage.Problem) bool { return p.Code == reason }) {
		r.Fatalf("held for %v", run.Guard.Reasons)
	}
	if len(r.living()) != here || len(r.shelf.cards) != before || run.Totals.Total != 0 {
		r.Fatalf("a held pass did something: %+v", run.Totals)
	}
	return run
}

func TestOneCardLeftOfAThousandStopsThePassAndAsks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.shelf.page = 1000
	for i := range 1000 {
		r.shelf.put(person(i).FamilyName, there(i), "")
	}
	r.syncOK()
	r.shelf.expired, r.shelf.cut, r.shelf.total = true, 1, 1
	if run := r.held("contacts.guard.vanished.here"); len(r.living()) != 1000 || run.Guard.Accounts[r.account].Vanished != 999 {
		t.Errorf("%d contacts, %+v", len(r.living()), run.Guard)
	}
}

func TestAListThatLiesAndIsAgreedToDeletesNothingBecauseEachCardIsAskedFor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.tunedMany(300)
	r.shelf.expired, r.shelf.cut, r.shelf.total = true, 1, 1
	run := r.held("contacts.guard.vanished.here")
	if err := r.service.Agree(r.ctx, run.ID, run.Guard.Hash); err != nil {
		t.Fatal(err)
	}
	if !r.carry() || r.run(run.ID).State != storage.RunDone || len(r.living()) != 300 {
		t.Fatalf("agreed to: %+v, %d contacts", r.run(run.ID), len(r.living()))
	}
	r.syncOK() // each of the 299 was asked for, and answered
	if n := len(r.living()); n != 300 {
		t.Errorf("%d contacts are left", n)
	}
}

func TestCardsThatAreReallyGoneAreHeldOnceMoreBeforeAnyContactIsTrashed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.tunedMany(40)
	for _, id := range slices.Clone(r.shelf.order)[1:] {
		r.shelf.remove(id)
	}
	r.shelf.expired = true
	run := r.held("contacts.guard.vanished.here")
	if err := r.service.Agree(r.ctx, run.ID, run.Guard.Hash); err != nil {
		t.Fatal(err)
	}
	r.carry()
	run = r.held("contacts.guard.closed.here")
	if err := r.service.Agree(r.ctx, run.ID, "another plan"); err == nil {
		t.Error("another plan was agreed to")
	}
	if err := r.service.Agree(r.ctx, run.ID, run.Guard.Hash); err != nil {
		t.Fatal(err)
	}
	r.carry()
	if n := len(r.living()); n != 1 {
		t.Errorf("%d contacts are left, what was agreed to was not done: %+v", n, r.run(run.ID))
	}
	if _, err := r.service.Restore(r.ctx, r.all()[5].ID); err != nil {
		t.Error(err)
	}
}

func TestAnEmptyListAnsweredWellDeletesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.tunedMany(12)
	r.shelf.expired = true
	for _, id := range r.shelf.order {
		r.shelf.hidden[id] = true
	}
	r.shelf.total = 0
	run := r.held("contacts.guard.empty")
	if err := r.service.Refuse(r.ctx, run.ID); err != nil {
		t.Fatal(err)
	}
	clear(r.shelf.hidden)
	r.shelf.total, r.shelf.expired = -2, false
	r.still()
}

func TestACappedPageIsNoDeletionAndNoCreation(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.tunedMany(30)
	r.shelf.expired, r.shelf.cut = true, 15 // the list says 30 and gives 15
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	run := r.sync()
	if run.State != storage.RunFailed || run.Problem == nil || run.Problem.Code != "contacts.incomplete" || len(r.living()) != 30 {
		t.Fatalf("%s %v, %d contacts", run.State, run.Problem, len(r.living()))
	}
	r.shelf.cut, r.shelf.expired = 0, false
	r.still()
}

func TestRenamedCardsAreTheSameContacts(t *testing.T) {
	t.Parallel()
	for name, told := range map[string]bool{"told": true, "not told": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			for i := range 20 {
				r.shelf.put("old"+person(i).FamilyName, there(i), "")
			}
			r.syncOK()
			for i := range 20 {
				r.shelf.rename("old"+person(i).FamilyName, "new"+person(i).FamilyName, told)
			}
			run := r.syncOK()
			if len(r.living()) != 20 || len(r.all()) != 20 || len(r.shelf.cards) != 20 || run.Totals.Total != 0 {
				t.Fatalf("%d contacts, %d with the trash, %d cards, %+v", len(r.living()), len(r.all()), len(r.shelf.cards), run.Totals)
			}
			r.still()
		})
	}
}

func TestASideThatRenamesOurCreationsAfterwardsDeletesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(3)
	for _, c := range all {
		r.shelf.rename(r.cardOf(c.ID).ID, "renamed-"+c.FamilyName, false)
	}
	r.syncOK()
	r.syncOK()
	if len(r.living()) != 3 || len(r.all()) != 3 || len(r.shelf.cards) != 3 {
		t.Fatalf("%d contacts, %d cards", len(r.living()), len(r.shelf.cards))
	}
	r.still()
}

func TestAnotherAccountStopsThePassBeforeAnyWriting(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.tuned(5)[0]
	r.edit(c.ID, func(card *storage.Card) { card.Title = "Directrice" })
	other := newShelf(r.clock.Now)
	other.id = "somebody.else@example.com"
	r.shelf = other
	r.restart()
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	run := r.sync()
	if run.State != storage.RunFailed || run.Problem == nil || run.Problem.Code != "guard.otherAccount" {
		t.Fatalf("%s %v", run.State, run.Problem)
	}
	if other.created+other.updated+other.deleted > 0 || len(r.living()) != 5 {
		t.Fatal("another account was written to")
	}
	// Once a person has accepted it, it is a first pass: nothing is deleted anywhere.
	r.update(func(w storage.Writer) error {
		a, err := w.Account(r.account)
		if err != nil {
			return err
		}
		a.Identity = other.id
		return w.PutAccount(a)
	})
	r.restart()
	r.syncOK()
	if len(r.living()) != 5 || len(other.cards) != 5 {
		t.Fatalf("%d contacts, %d cards", len(r.living()), len(other.cards))
	}
	r.still()
}

func TestTwoCardsMergedThereAreOneContactHereAndTheOtherIsInTheTrash(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(4)
	kept, gone := r.cardOf(all[0].ID), r.cardOf(all[1].ID)
	r.shelf.edit(kept.ID, func(c *storage.Card) { c.Emails = append(c.Emails, gone.Card.Emails...) })
	r.shelf.remove(gone.ID)
	r.syncOK()
	if n := len(r.living()); n != 3 || len(r.contact(all[0].ID).Emails) != 2 || r.contact(all[1].ID).TrashedAt.IsZero() {
		t.Fatalf("%d contacts; %+v", n, r.contact(all[0].ID).Card)
	}
	if len(r.shelf.cards) != 3 || r.shelf.created != 4 {
		t.Fatalf("%d cards, %d created", len(r.shelf.cards), r.shelf.created)
	}
	r.still()
}

func TestACopyOfACardThereIsAQuestionAndNobodyTwice(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.tuned(2)[0]
	e := r.cardOf(c.ID)
	r.shelf.put("copy", e.Card, e.Key)
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	r.sync()
	q := r.questions()
	if len(q) != 1 || q[0].Kind != storage.QuestionMatch || len(r.all()) != 2 || len(r.shelf.cards) != 3 {
		t.Fatalf("%+v, %d contacts", q, len(r.all()))
	}
	r.still()
}
