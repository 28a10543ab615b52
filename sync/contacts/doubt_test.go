package contacts_test

import (
	"errors"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
)

// TestWhatIsInDoubtIsNotLookedForInAnotherAccount has the account be another one when the program comes back: there the card
// of a deletion without an answer is not found either.
func TestWhatIsInDoubtIsNotLookedForInAnotherAccount(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(4)
	r.trash(all[0].ID)
	r.clock.now = r.clock.now.Add(time.Hour)
	r.shelf.before = func(string) error { panic(errCrash) }
	if _, err := r.service.Sync(r.ctx, r.account, storage.ActorUser); err != nil {
		t.Fatal(err)
	}
	if r.carry() {
		t.Fatal("it did not crash")
	}
	r.shelf.before = nil
	right, other := r.shelf, newShelf(r.clock.Now)
	other.id = "somebody.else@example.com"
	r.shelf = other
	r.restart()
	if run := r.sync(); run.State != storage.RunFailed || run.Problem == nil || run.Problem.Code != "guard.otherAccount" {
		t.Fatalf("%s %v", run.State, run.Problem)
	}
	if r.link(all[0].ID) == nil {
		t.Fatal("the deletion is believed")
	}
	r.shelf = right
	r.restart()
	r.syncOK()
	if len(r.shelf.cards) != 3 || r.shelf.deleted != 1 {
		t.Errorf("%d cards", len(r.shelf.cards))
	}
	r.syncOK()
	r.still()
}

// lostAnswer has the next writing applied and its answer lost, and something happen before it is looked for.
func (r *rig) lostAnswer(meanwhile func()) {
	r.shelf.after = func(string) error {
		r.shelf.after = nil
		meanwhile()
		return &directory.Error{Class: directory.Ambiguous, Problem: storage.NewProblem("test.broken"), Err: errors.New("500")}
	}
}

func TestWhatHappensHereWhileAnAnswerIsMissingIsKept(t *testing.T) {
	t.Parallel()
	title := func(text string) func(*storage.Card) { return func(c *storage.Card) { c.Title = text } }
	for name, test := range map[string]func(r *rig, fresh, old *storage.Contact) (want int, cards string){
		"a created contact is edited": func(r *rig, fresh, _ *storage.Contact) (int, string) {
			r.lostAnswer(func() { r.edit(fresh.ID, title("Présidente")) })
			return 4, "Présidente"
		},
		"a created contact goes to the trash": func(r *rig, fresh, _ *storage.Contact) (int, string) {
			r.lostAnswer(func() { r.trash(fresh.ID) })
			return 3, ""
		},
		"a created contact goes to the trash and comes back": func(r *rig, fresh, _ *storage.Contact) (int, string) {
			r.lostAnswer(func() {
				r.trash(fresh.ID)
				if _, err := r.service.Restore(r.ctx, fresh.ID); err != nil {
					r.Fatal(err)
				}
			})
			return 4, "Directrice"
		},
		"the card is edited there": func(r *rig, fresh, _ *storage.Contact) (int, string) {
			r.lostAnswer(func() {
				for id, e := range r.shelf.cards {
					if e.Key == fresh.ID {
						r.shelf.edit(id, title("Gérante"))
					}
				}
			})
			return 4, "Gérante"
		},
		"the card is deleted there": func(r *rig, fresh, _ *storage.Contact) (int, string) {
			r.lostAnswer(func() {
				for id, e := range r.shelf.cards {
					if e.Key == fresh.ID {
						r.shelf.remove(id)
					}
				}
			})
			return 4, "Directrice" // nobody knows that it was there: it is created again
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.shelf.caps.Delay = 10 * time.Minute
			old := r.tuned(3)[0]
			card := person(100)
			card.Title = "Directrice"
			fresh := r.save(card)
			want, text := test(r, fresh, old)
			for range 3 {
				r.syncOK()
			}
			if len(r.shelf.cards) != want || len(r.living()) != want {
				t.Fatalf("%d cards, %d contacts, want %d", len(r.shelf.cards), len(r.living()), want)
			}
			if text != "" && (r.contact(fresh.ID).Title != text || r.cardOf(fresh.ID).Card.Title != text) {
				t.Errorf("here %q, there %q, want %q", r.contact(fresh.ID).Title, r.cardOf(fresh.ID).Card.Title, text)
			}
			if q := r.questions(); len(q) > 0 {
				t.Errorf("%+v", q[0])
			}
			r.still()
		})
	}
}

// TestAContactOfTwoBooksKeepsWhatEachSideChanges edits one contact here and in both books while answers are lost.
func TestAContactOfTwoBooksKeepsWhatEachSideChanges(t *testing.T) {
	t.Parallel()
	one := newRig(t)
	two := rigOn(t, one.ctx, one.store)
	pass := func() {
		for range 3 {
			two.clock.now = one.clock.now
			one.syncOK()
			two.clock.now = one.clock.now
			two.syncOK()
			one.clock.now = two.clock.now
		}
	}
	c := one.save(person(1))
	others := []*storage.Contact{one.save(person(2)), one.save(person(3))}
	pass()
	one.edit(c.ID, func(c *storage.Card) { c.Title = "Directrice" })
	one.shelf.edit(one.cardOf(c.ID).ID, func(c *storage.Card) { c.Nickname = "Zo" })
	two.shelf.edit(two.cardOf(c.ID).ID, func(c *storage.Card) { c.Note = "Clef au bar" })
	one.lostAnswer(func() { one.edit(c.ID, func(c *storage.Card) { c.Organization = "Lumen" }) })
	two.lostAnswer(func() { one.shelf.edit(one.cardOf(c.ID).ID, func(c *storage.Card) { c.Prefix = "Dr" }) })
	pass()
	for i, card := range []storage.Card{one.contact(c.ID).Card, one.cardOf(c.ID).Card, two.cardOf(c.ID).Card} {
		if card.Title != "Directrice" || card.Nickname != "Zo" || card.Note != "Clef au bar" || card.Organization != "Lumen" || card.Prefix != "Dr" {
			t.Errorf("%d: %+v", i, card)
		}
	}
	// Deleted in one book and edited in the other: the edit wins.
	one.shelf.remove(one.cardOf(others[0].ID).ID)
	two.shelf.edit(two.cardOf(others[0].ID).ID, func(c *storage.Card) { c.Title = "Gérante" })
	two.clock.now = one.clock.now
	two.syncOK() // the edit first
	pass()
	if c := one.contact(others[0].ID); !c.TrashedAt.IsZero() || one.cardOf(c.ID).Card.Title != "Gérante" || two.cardOf(c.ID).Card.Title != "Gérante" {
		t.Errorf("%+v", c)
	}
	one.shelf.remove(one.cardOf(others[1].ID).ID)
	two.shelf.edit(two.cardOf(others[1].ID).ID, func(c *storage.Card) { c.Title = "Stagiaire" })
	pass() // the deletion first
	if c := one.contact(others[1].ID); !c.TrashedAt.IsZero() || c.Title != "Stagiaire" || one.cardOf(c.ID).Card.Title != "Stagiaire" {
		t.Errorf("%+v", c)
	}
	if len(one.shelf.cards) != 3 || len(two.shelf.cards) != 3 || len(one.questions())+len(two.questions()) > 0 {
		t.Errorf("%d and %d cards, %v", len(one.shelf.cards), len(two.shelf.cards), one.questions())
	}
	one.still()
	two.clock.now = one.clock.now
	two.still()
}
