package contacts_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/merge"
)

// rewrite is what another program does to a shelf: it has every card show its title, whatever anybody wrote.
func rewrite(s *shelf, title string) {
	for _, id := range slices.Clone(s.order) {
		if s.cards[id].Card.Title != title {
			s.edit(id, func(c *storage.Card) { c.Title = title })
		}
	}
}

// frozen gives the question about a frozen field; nil when there is none.
func (r *rig) frozen() *storage.ContactQuestion {
	r.Helper()
	for _, q := range r.questions() {
		if q.Kind == storage.QuestionConflict && q.Reason != nil && q.Reason.Code == "contacts.frozen" {
			return q
		}
	}
	return nil
}

// actions counts the journal's entries about a contact.
func (r *rig) actions(id string) map[storage.JournalAction]int {
	r.Helper()
	counts := map[storage.JournalAction]int{}
	r.view(func(tx storage.Reader) error {
		entries, err := tx.Journal(storage.JournalQuery{})
		for _, j := range entries {
			if j.ContactID == id {
				counts[j.Action]++
			}
		}
		return err
	})
	return counts
}

// TestTwoProgramsThatRewriteEachOtherAreStopped has a program in each of two address books that gives every card its own
// title: without an end, each pass over one book would undo what the other one's did.
func TestTwoProgramsThatRewriteEachOtherAreStopped(t *testing.T) {
	t.Parallel()
	one := newRig(t)
	two := rigOn(t, one.ctx, one.store)
	c := one.save(person(1))
	round := func() (changes int) {
		for _, side := range []struct {
			*rig
			title string
		}{{one, "Directrice"}, {two, "Gérante"}} {
			side.clock.now = one.clock.now.Add(30 * time.Minute) // later than what the pass before wrote here
			rewrite(side.shelf, side.title)
			side.clock.now = side.clock.now.Add(30 * time.Minute)
			changes += side.sync().Totals.Total
			one.clock.now = side.clock.now
		}
		return changes
	}
	quiet, rounds := 0, 0
	for ; quiet < 5; rounds++ {
		if rounds > 40 {
			t.Fatal("they fight for ever")
		}
		if quiet++; round() > 0 {
			quiet = 0
		}
	}
	sides := []*rig{one, two}
	at := slices.IndexFunc(sides, func(r *rig) bool { return r.frozen() != nil })
	if at < 0 {
		t.Fatalf("nobody is asked after %d rounds: %+v, %+v", rounds, one.questions(), two.questions())
	}
	asked := sides[at]
	q := asked.frozen()
	if len(q.Conflicts) != 1 || q.Conflicts[0].Field != storage.FieldTitle || !q.Conflicts[0].Frozen || q.ContactIDs[0] != c.ID {
		t.Errorf("asked %+v", q)
	}
	if n := asked.actions(c.ID)[storage.JournalFreeze]; n != 1 {
		t.Errorf("%d entries of the freeze", n)
	}
	// The program of that book is stopped, and ours is kept.
	if err := asked.service.Decide(asked.ctx, q.ID, contacts.Answer{Sides: map[storage.Field]merge.Side{storage.FieldTitle: merge.SideHere}}); err != nil {
		t.Fatal(err)
	}
	other := sides[1-at]
	ours := one.contact(c.ID).Title
	asked.syncOK()
	if got := asked.cardOf(c.ID).Card.Title; got != ours || asked.frozen() != nil || len(asked.link(c.ID).Frozen) != 0 {
		t.Errorf("decided: %q there, want %q; frozen %v", got, ours, asked.link(c.ID).Frozen)
	}
	asked.still()
	other.still()
	if n := asked.actions(c.ID)[storage.JournalRelease]; n != 1 {
		t.Errorf("%d entries of the release", n)
	}
}

// TestAFieldThatIsRewrittenAfterEachSendingIsFrozenAndTheOthersTravelOn has somebody here correct, again and again, what a
// program there rewrites.
func TestAFieldThatIsRewrittenAfterEachSendingIsFrozenAndTheOthersTravelOn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.tuned(1)[0]
	fight := func(n int, pause time.Duration) {
		for i := range n {
			r.edit(c.ID, func(card *storage.Card) { card.Title = fmt.Sprintf("Directrice %d", i) })
			r.clock.now = r.clock.now.Add(pause)
			r.sync()
			rewrite(r.shelf, "DIRECTRICE")
			r.clock.now = r.clock.now.Add(pause)
			r.sync()
		}
	}
	fight(8, 13*time.Hour) // two turns a day
	if len(r.link(c.ID).Frozen) != 0 {
		t.Fatalf("frozen though it changes seldom: %+v", r.link(c.ID).Turns)
	}
	fight(4, time.Hour)
	if diff := cmp.Diff([]storage.Field{storage.FieldTitle}, r.link(c.ID).Frozen); diff != "" {
		t.Fatal(diff)
	}
	r.edit(c.ID, func(card *storage.Card) { card.Title, card.Nickname = "Directrice", "Zo" })
	updates := r.shelf.updated
	r.clock.now = r.clock.now.Add(time.Hour)
	r.sync()
	if card := r.cardOf(c.ID).Card; card.Title != "DIRECTRICE" || card.Nickname != "Zo" || r.shelf.updated != updates+1 {
		t.Errorf("there: %+v", card)
	}
	q := r.frozen()
	if q == nil || q.Conflicts[0].Here != "Directrice" || q.Conflicts[0].There != "DIRECTRICE" {
		t.Fatalf("asked %+v", r.questions())
	}
	r.still()
	r.shelf.expired = true // a complete reading asks nothing anew
	r.still()
	r.shelf.edit(r.cardOf(c.ID).ID, func(card *storage.Card) { card.Title = "DIRECTRICE !" })
	if run := r.syncOK(); run.Totals.Total != 0 || r.frozen().ID != q.ID || r.frozen().Conflicts[0].There != "DIRECTRICE !" {
		t.Errorf("what the program writes meanwhile is told as news: %+v, %+v", run.Totals, r.frozen())
	}
	if err := r.service.Decide(r.ctx, q.ID, contacts.Answer{Sides: map[storage.Field]merge.Side{storage.FieldTitle: merge.SideThere}}); err != nil {
		t.Fatal(err)
	}
	r.syncOK()
	if got := r.contact(c.ID).Title; got != "DIRECTRICE !" || len(r.link(c.ID).Frozen) != 0 || r.frozen() != nil {
		t.Errorf("decided: %q here, frozen %v", got, r.link(c.ID).Frozen)
	}
	r.still()
}
