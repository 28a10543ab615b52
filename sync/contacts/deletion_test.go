package contacts_test

import (
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/contacts"
)

func (r *rig) trash(ids ...string) {
	r.Helper()
	if _, err := r.service.Trash(r.ctx, ids...); err != nil {
		r.Fatal(err)
	}
}

func TestAContactOfTheTrashIsDeletedThereAfterTheGrace(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.tuned(4)[2]
	r.trash(c.ID)
	r.clock.now = r.clock.now.Add(9 * time.Minute)
	r.sync()
	if r.shelf.deleted != 0 || len(r.shelf.cards) != 4 {
		t.Fatal("deleted within the grace")
	}
	if _, err := r.service.Restore(r.ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	r.syncOK()
	r.trash(c.ID)
	r.syncOK()
	if r.shelf.deleted != 1 || len(r.shelf.cards) != 3 || r.link(c.ID) != nil {
		t.Fatalf("%d deleted, %d cards", r.shelf.deleted, len(r.shelf.cards))
	}
	r.still()
}

func TestWithNeverDeleteTheCardStaysThereAndNobodyComesBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.tuned(3)[0]
	r.update(func(w storage.Writer) error {
		a, err := w.Account(r.account)
		if err != nil {
			return err
		}
		a.Settings = map[string]string{contacts.SettingNeverDelete: "true"}
		return w.PutAccount(a)
	})
	r.restart()
	r.trash(c.ID)
	r.syncOK()
	r.shelf.expired = true // everything is read again
	r.syncOK()
	if len(r.shelf.cards) != 3 || len(r.living()) != 2 || len(r.all()) != 3 {
		t.Fatalf("%d cards, %d contacts of %d", len(r.shelf.cards), len(r.living()), len(r.all()))
	}
	r.clock.now = r.clock.now.Add(storage.TrashKept)
	r.syncOK() // forgets it here
	r.syncOK()
	if len(r.all()) != 2 || len(r.shelf.cards) != 3 {
		t.Fatalf("what was forgotten came back: %d contacts", len(r.all()))
	}
}

func TestAnEditBeatsADeletionOnEitherSide(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(4)
	edited, trashed := all[0], all[1]
	r.edit(edited.ID, func(c *storage.Card) { c.Title = "Directrice" })
	r.shelf.remove(r.cardOf(edited.ID).ID)
	r.shelf.edit(r.cardOf(trashed.ID).ID, func(c *storage.Card) { c.Title = "Régisseuse" })
	r.trash(trashed.ID)
	r.syncOK()
	if got := r.cardOf(edited.ID).Card.Title; got != "Directrice" {
		t.Errorf("the edited contact is not there again: %q", got)
	}
	if c := r.contact(trashed.ID); !c.TrashedAt.IsZero() || c.Title != "Régisseuse" {
		t.Errorf("the card edited there was not kept: %+v", c)
	}
	r.still()
}

func TestDeletionsThereGoToTheTrashAndSmallPacketsAddUp(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(30)
	for _, c := range all[:3] {
		r.shelf.remove(r.cardOf(c.ID).ID)
	}
	r.syncOK()
	if n := len(r.living()); n != 27 {
		t.Fatalf("%d contacts", n)
	}
	for _, c := range all[3:6] {
		r.shelf.remove(r.cardOf(c.ID).ID)
	}
	run := r.held("contacts.guard.closed.here")
	if got := run.Guard.Reasons[0].Args["sent"]; got != "3" {
		t.Errorf("%v", run.Guard.Reasons[0])
	}
	page, err := r.service.HeldPlan(r.ctx, run.ID, 0, 2)
	if err != nil || len(page.Items) != 2 || page.Next != 2 {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestTheFirstPassAndAChangedPairDeleteNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(8)
	r.shelf.remove(r.cardOf(all[0].ID).ID)
	r.trash(all[1].ID)
	r.update(func(w storage.Writer) error {
		a, err := w.Account(r.account)
		if err != nil {
			return err
		}
		a.Settings = map[string]string{contacts.SettingLabel: "*"}
		return w.PutAccount(a)
	})
	r.restart()
	r.syncOK()
	if r.shelf.deleted != 0 || len(r.living()) != 7 {
		t.Fatalf("%d deleted there, %d contacts here", r.shelf.deleted, len(r.living()))
	}
}

func TestACardThatLeavesTheLabelIsNoDeletionAndIsNotCreatedAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.tuned(3)[0]
	id := r.cardOf(c.ID).ID
	r.shelf.edit(id, func(*storage.Card) {})
	r.shelf.cards[id].InScope = false
	r.syncOK()
	r.edit(c.ID, func(card *storage.Card) { card.Title = "Directrice" })
	r.syncOK()
	if len(r.living()) != 3 || r.shelf.created != 3 || r.shelf.updated != 0 || r.link(c.ID).LeftAt.IsZero() {
		t.Fatalf("%d contacts, %d created, %d updated, %+v", len(r.living()), r.shelf.created, r.shelf.updated, r.link(c.ID))
	}
	r.shelf.edit(id, func(*storage.Card) {}) // the label is back
	r.syncOK()
	if r.cardOf(c.ID).Card.Title != "Directrice" {
		t.Error("the card is not in tune again")
	}
	r.still()
}

func TestACreationThatDoesNotShowYetIsNoDeletion(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.save(person(1))
	r.sync()
	r.shelf.hidden[r.cardOf(c.ID).ID] = true
	for range 3 {
		r.shelf.expired = true
		r.clock.now = r.clock.now.Add(10 * time.Minute)
		r.shelf.total = 0
		r.sync()
	}
	if len(r.living()) != 1 || r.shelf.created != 1 {
		t.Fatalf("%d contacts, %d created", len(r.living()), r.shelf.created)
	}
}

// A book that deletes cards whatever their version is asked once more just before: what somebody writes there while the pass
// writes other cards is not deleted with the card.
func TestACardEditedThereWhileThePassWritesOthersIsNotDeleted(t *testing.T) {
	t.Parallel()
	for _, blind := range []bool{false, true} {
		r := newRig(t)
		r.shelf.caps.BlindDeletions = blind
		all := r.tuned(6)
		r.save(person(100))
		r.trash(all[0].ID, all[1].ID, all[2].ID)
		edited, gone := r.cardOf(all[0].ID).ID, r.cardOf(all[1].ID).ID
		r.shelf.before = func(call string) error {
			if call == "create" {
				r.shelf.before = nil
				r.shelf.edit(edited, func(c *storage.Card) { c.Note = "Nouvelle adresse" })
				r.shelf.remove(gone)
				r.clock.now = r.clock.now.Add(20 * time.Minute) // there were many to create
			}
			return nil
		}
		r.syncOK()
		if c := r.contact(all[0].ID); !c.TrashedAt.IsZero() || c.Note != "Nouvelle adresse" || r.shelf.cards[edited] == nil || r.shelf.deleted != 1 {
			t.Errorf("blind %v: %+v, %d deleted", blind, c, r.shelf.deleted)
		}
		r.syncOK()
		r.still()
	}
}
