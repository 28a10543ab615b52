package contacts_test

import (
	"slices"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/contacts"
)

// doubtful makes two contacts with one e-mail, one of another, and a card there that may be either of the two.
func (r *rig) doubtful() (a, b *storage.Contact) {
	r.Helper()
	a, other := r.save(person(1)), r.save(person(9))
	twin := person(1)
	twin.GivenName = "Léa"
	b = r.save(twin)
	r.shelf.put("doubtful", there(1), "")
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	r.sync()
	if q := r.questions(); len(q) != 1 || q[0].Kind != storage.QuestionMatch || len(q[0].ContactIDs) != 2 {
		r.Fatalf("questions %+v", q)
	}
	if r.shelf.created != 1 || r.link(other.ID) == nil {
		r.Fatalf("%d cards were created, want that of the contact that nobody asks about", r.shelf.created)
	}
	return a, b
}

func TestContactsThatADoubtfulCardMayBeAboutWaitForTheAnswer(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer                 func(a *storage.Contact) contacts.Answer
		created, cards, living int
	}{
		"one of them":   {func(a *storage.Contact) contacts.Answer { return contacts.Answer{SameAs: a.ID} }, 2, 3, 3},
		"somebody else": {func(*storage.Contact) contacts.Answer { return contacts.Answer{Somebody: true} }, 3, 4, 4},
		"left alone":    {func(*storage.Contact) contacts.Answer { return contacts.Answer{Ignore: true} }, 3, 4, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			a, b := r.doubtful()
			r.still()
			r.restart()
			r.edit(b.ID, func(c *storage.Card) { c.Note = "an edit sends no card either" })
			r.still()
			if err := r.service.Decide(r.ctx, r.questions()[0].ID, tt.answer(a)); err != nil {
				t.Fatal(err)
			}
			r.syncOK()
			if r.shelf.created != tt.created || len(r.shelf.cards) != tt.cards || len(r.living()) != tt.living || len(r.questions()) != 0 {
				t.Errorf("%d created, %d cards, %d contacts, questions %+v", r.shelf.created, len(r.shelf.cards), len(r.living()), r.questions())
			}
			if r.link(a.ID) == nil || r.link(b.ID) == nil {
				t.Error("one of the two still has no card")
			}
			r.still()
		})
	}
}

func TestADoubtfulCardThatIsDeletedThereNeedsNoAnswerAnyMore(t *testing.T) {
	t.Parallel()
	for name, whole := range map[string]bool{"told so": false, "by a complete reading": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			a, b := r.doubtful()
			if whole { // a list that lacks the card proves nothing
				r.shelf.expired = true
				r.shelf.hidden["doubtful"], r.shelf.total = true, len(r.shelf.cards)-1
				r.syncOK()
				if len(r.questions()) != 1 || r.shelf.created != 1 {
					t.Fatalf("%d created, questions %+v", r.shelf.created, r.questions())
				}
				r.shelf.total = -2
			}
			r.shelf.remove("doubtful")
			r.syncOK()
			if len(r.questions()) != 0 || r.link(a.ID) == nil || r.link(b.ID) == nil || len(r.shelf.cards) != 3 {
				t.Errorf("%d cards, questions %+v", len(r.shelf.cards), r.questions())
			}
			r.shelf.expired = false
			r.syncOK()
			r.still()
		})
	}
}

func TestADoubtfulCardThatIsRenamedThereIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a, _ := r.doubtful()
	r.shelf.rename("doubtful", "renamed", true)
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	r.sync()
	if q := r.questions(); len(q) != 1 || !slices.Contains(q[0].RemoteIDs, "renamed") || r.shelf.created != 1 {
		t.Fatalf("%d created, questions %+v", r.shelf.created, q)
	}
	if err := r.service.Decide(r.ctx, r.questions()[0].ID, contacts.Answer{SameAs: a.ID}); err != nil {
		t.Fatal(err)
	}
	r.syncOK()
	if r.cardOf(a.ID).ID != "renamed" || r.shelf.created != 2 {
		t.Errorf("%d created", r.shelf.created)
	}
	r.still()
}
