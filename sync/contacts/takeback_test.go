package contacts_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/directory"
)

// engine gives the engine that takes runs back.
func (r *rig) engine(store storage.Store) *sync.Engine {
	return sync.New(sync.Params{Store: store, Kinds: directory.NewKinds(), Contacts: r.service})
}

// undo takes a pass back and gives the run that did.
func (r *rig) undo(runID string) *storage.Run {
	r.Helper()
	id, err := r.engine(r.store).Undo(r.ctx, runID)
	if err != nil {
		r.Fatal(err)
	}
	return r.run(id)
}

// items gives the report of a run.
func (r *rig) items(runID string) (items []*storage.RunItem) {
	r.Helper()
	r.view(func(tx storage.Reader) (err error) {
		items, err = tx.RunItems(runID, 0, 10_000)
		return err
	})
	return items
}

func title(text string) func(*storage.Card) { return func(c *storage.Card) { c.Title = text } }

// byName gives the contact of a person of the tests, living or not.
func (r *rig) byName(n int) *storage.Contact {
	r.Helper()
	for _, c := range r.all() {
		if number(&c.Card) == n {
			return c
		}
	}
	r.Fatalf("nobody is Morel%04d", n)
	return nil
}

func TestAPassIsTakenBackHereAndTheNextOneCarriesThatThere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(6)
	changed, gone, sent := all[0], all[1], all[2]
	r.shelf.edit(r.cardOf(changed.ID).ID, title("de là-bas"))
	r.shelf.remove(r.cardOf(gone.ID).ID)
	r.shelf.put("theirs", there(50), "")
	r.edit(sent.ID, title("d’ici"))
	run := r.syncOK()
	if r.contact(changed.ID).Title != "de là-bas" || r.contact(gone.ID).TrashedAt.IsZero() || r.byName(50).ID == "" {
		t.Fatal("the pass did not bring what it was to bring")
	}
	c, u, d := r.shelf.created, r.shelf.updated, r.shelf.deleted
	plan, err := r.engine(r.store).UndoPlan(r.ctx, run.ID)
	if want := (sync.UndoPlan{Restore: 2, Delete: 1, Pass: true}); err != nil || plan != want {
		t.Fatalf("%+v, %v", plan, err)
	}
	undo := r.undo(run.ID)
	if undo.State != storage.RunDone || r.run(run.ID).State != storage.RunUndone || r.run(run.ID).UndoneBy != undo.ID {
		t.Fatalf("%+v", undo)
	}
	if r.contact(changed.ID).Title != "" || !r.contact(gone.ID).TrashedAt.IsZero() || r.byName(50).TrashedAt.IsZero() {
		t.Errorf("not as before: %+v", r.all())
	}
	if r.contact(sent.ID).Title != "d’ici" || r.shelf.created != c || r.shelf.updated != u || r.shelf.deleted != d {
		t.Error("what was written there, or made here, did not stay")
	}
	r.syncOK() // carries it there
	if r.cardOf(changed.ID).Card.Title != "" || r.cardOf(gone.ID).Card.FamilyName != "Morel0001" || r.shelf.created != c+1 {
		t.Errorf("what came back is not there: %+v", r.shelf.cards)
	}
	r.still()
}

func TestTheCardOfAContactThatAnUndoSentAwayStaysForEver(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.tuned(4)
	for n := 50; n < 53; n++ {
		r.shelf.put(fmt.Sprint("theirs", n), there(n), "")
	}
	undo := r.undo(r.syncOK().ID)
	items := r.items(undo.ID)
	if len(items) != 3 || items[0].Result != storage.ItemRestored || len(items[0].Problems) != 1 ||
		items[0].Problems[0].Code != "contacts.undo.stays" || items[0].ContactID == "" {
		t.Fatalf("the report does not say what becomes of the cards: %+v", items[0])
	}
	r.shelf.expired = true // everything is read again
	r.syncOK()
	r.syncOK()
	if len(r.shelf.cards) != 7 || r.shelf.deleted != 0 || len(r.living()) != 4 {
		t.Fatalf("%d cards, %d contacts", len(r.shelf.cards), len(r.living()))
	}
	back := r.byName(51)
	r.shelf.edit("theirs51", title("Régisseuse"))
	if _, err := r.service.Restore(r.ctx, back.ID); err != nil {
		t.Fatal(err)
	}
	r.syncOK()
	if r.contact(back.ID).Title != "Régisseuse" || len(r.shelf.cards) != 7 {
		t.Errorf("whoever comes back is not in tune: %+v", r.contact(back.ID).Card)
	}
	r.edit(back.ID, title("Directrice"))
	r.syncOK()
	if r.shelf.cards["theirs51"].Card.Title != "Directrice" {
		t.Error("an edit of whoever came back does not travel")
	}
	r.clock.now = r.clock.now.Add(storage.TrashKept)
	r.syncOK() // forgets the others here
	r.syncOK()
	if len(r.all()) != 5 || len(r.shelf.cards) != 7 || r.shelf.deleted != 0 {
		t.Errorf("%d contacts, %d cards, %d deleted", len(r.all()), len(r.shelf.cards), r.shelf.deleted)
	}
}

func TestAnUndoLeavesWhatAPersonChangedSinceAndSaysSo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(4)
	both := func(c *storage.Card) { c.Title, c.Nickname = "de là-bas", "Zo" }
	r.shelf.edit(r.cardOf(all[0].ID).ID, both)
	r.shelf.edit(r.cardOf(all[1].ID).ID, both)
	r.shelf.put("theirs", there(50), "")
	run := r.syncOK()
	r.edit(all[0].ID, title("d’ici"))
	r.edit(all[1].ID, func(c *storage.Card) { c.Note = "Clef au bar" })
	r.edit(r.byName(50).ID, title("d’ici"))
	conflicts, err := r.engine(r.store).UndoConflicts(r.ctx, run.ID, 10)
	if err != nil || len(conflicts) != 2 {
		t.Fatalf("%+v, %v", conflicts, err)
	}
	undo := r.undo(run.ID)
	if c := r.contact(all[0].ID); c.Title != "d’ici" || c.Nickname != "" {
		t.Errorf("%+v", c.Card)
	}
	if c := r.contact(all[1].ID); c.Title != "" || c.Nickname != "" || c.Note != "Clef au bar" {
		t.Errorf("%+v", c.Card)
	}
	if c := r.byName(50); !c.TrashedAt.IsZero() || c.Title != "d’ici" {
		t.Errorf("%+v", c)
	}
	told := map[string]storage.ItemResult{}
	for _, i := range r.items(undo.ID) {
		told[i.ContactID] = i.Result
		if i.ContactID == all[0].ID && (len(i.Problems) != 1 || i.Problems[0].Field != storage.FieldTitle) {
			t.Errorf("the report does not say which field stayed: %+v", i.Problems)
		}
	}
	if told[all[0].ID] != storage.ItemConflict || told[all[1].ID] != storage.ItemRestored || told[r.byName(50).ID] != storage.ItemConflict {
		t.Errorf("%+v", told)
	}
}

// mortal is a store whose process dies after some transactions.
type mortal struct {
	storage.Store
	left int
}

var errDead = errors.New("the process has died")

// Update keeps a transaction while the process lives.
func (m *mortal) Update(ctx context.Context, f func(storage.Writer) error) error {
	if m.left--; m.left < 0 {
		return errDead
	}
	return m.Store.Update(ctx, f)
}

func TestAnUndoThatACrashInterruptsIsFinishedByTheNextStart(t *testing.T) {
	t.Parallel()
	for _, lives := range []int{1, 2, 3} { // transactions: the run, then two slices of contacts, then its end
		t.Run(fmt.Sprint(lives), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			all := r.tuned(4)
			r.shelf.edit(r.cardOf(all[0].ID).ID, title("de là-bas"))
			for n := 50; n < 400; n++ {
				r.shelf.put(fmt.Sprint("theirs", n), there(n), "")
			}
			run := r.syncOK()
			id, err := r.engine(&mortal{r.store, lives}).Undo(r.ctx, run.ID)
			if !errors.Is(err, errDead) || r.run(run.ID).State == storage.RunUndone {
				t.Fatalf("it did not die: %v", err)
			}
			engine := r.engine(r.store)
			over := make(chan storage.RunState, 1)
			engine.Jobs().OnChange(func(p sync.Progress) {
				if p.RunID == id && p.Finished {
					over <- p.State
				}
			})
			if err := engine.Start(r.ctx); err != nil {
				t.Fatal(err)
			}
			if state := <-over; state != storage.RunDone {
				t.Fatal(state)
			}
			engine.Stop()
			undo := r.run(id)
			if len(r.living()) != 4 || r.contact(all[0].ID).Title != "" || undo.Totals.Failed != 0 || undo.Totals.Total != 351 {
				t.Fatalf("%d contacts, %+v", len(r.living()), undo.Totals)
			}
			for _, i := range r.items(id) {
				if i.Result != storage.ItemRestored {
					t.Fatalf("%+v", i)
				}
			}
			if r.run(run.ID).UndoneBy != id || len(r.shelf.cards) != 354 {
				t.Errorf("%+v, %d cards", r.run(run.ID), len(r.shelf.cards))
			}
		})
	}
}

// TestAPassAndItsUndoLeaveTheContactsAsBefore draws what both sides change before a pass, and crashes around its calls.
func TestAPassAndItsUndoLeaveTheContactsAsBefore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		store, err := bolt.Open(t.Context(), bolt.Params{Dir: fmt.Sprintf("%s/%d", dir, n)})
		if err != nil {
			rt.Fatal(err)
		}
		defer func() {
			if err := store.Close(); err != nil {
				rt.Error(err)
			}
		}()
		m := &machine{rig: rigOn(rt, t.Context(), store), rt: rt, wanted: map[int]*truth{}}
		m.shelf.caps.Delay = time.Minute
		for range 12 {
			m.newHere(rt)
		}
		m.syncOK()
		rt.Repeat(map[string]func(*rapid.T){
			"new here": m.newHere, "new there": m.newThere, "edit here": m.editHere, "edit there": m.editThere,
			"delete there": func(t *rapid.T) {
				if len(m.shelf.cards) > 9 { // fewer would be a question of the guard's
					m.deleteThere(t)
				}
			},
		})
		before := map[string]*storage.Contact{}
		for _, c := range m.all() {
			before[c.ID] = c
		}
		if rapid.Bool().Draw(rt, "crash") {
			m.shelf.after = func(string) error { panic(errCrash) }
		}
		m.clock.now = m.clock.now.Add(2 * time.Hour)
		run := m.sync()
		if run.State == storage.RunHeld {
			rt.Skip("the guard holds it")
		}
		cards, deleted := len(m.shelf.cards), m.shelf.deleted
		m.undo(run.ID)
		for _, c := range m.all() {
			switch was := before[c.ID]; {
			case was == nil && c.TrashedAt.IsZero():
				rt.Errorf("%s, whom the pass brought, is still here", c.FullName())
			case was != nil && (c.TrashedAt.IsZero() != was.TrashedAt.IsZero() || c.Title != was.Title || c.FullName() != was.FullName()):
				rt.Errorf("%s is not as before: %+v, %+v", was.FullName(), was.Card, c.Card)
			}
		}
		if len(m.shelf.cards) != cards {
			rt.Errorf("%d cards instead of %d", len(m.shelf.cards), cards)
		}
		m.clock.now = m.clock.now.Add(2 * time.Hour)
		if m.sync(); m.shelf.deleted != deleted {
			rt.Errorf("%d cards were deleted there by the next pass", m.shelf.deleted-deleted)
		}
	})
}
