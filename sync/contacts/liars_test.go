package contacts_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/sandbox"
)

// These are accidents of services that say something wrong about one of their cards, or about how far a reading has come.

// liar is a shelf whose readings say what a test makes of them.
type liar struct {
	*shelf
	page func(c book.Cursor, told book.Page) (book.Page, error)
}

// Read gives a page.
func (l *liar) Read(ctx context.Context, c book.Cursor) (book.Page, error) {
	told, err := l.shelf.Read(ctx, c)
	if err != nil || l.page == nil {
		return told, err
	}
	return l.page(c, told)
}

// lying has the rig's shelf say what it is made to say.
func (r *rig) lying() *liar {
	l := &liar{shelf: r.shelf}
	r.open = func(*storage.Account) (book.Book, error) { return l, nil }
	r.restart()
	return l
}

func TestACardThatIsToldDeletedAndAliveInOneReadingIsAskedForByItself(t *testing.T) {
	t.Parallel()
	for name, order := range map[string]func(dead, alive book.Entry) []book.Entry{
		"first deleted, then alive": func(dead, alive book.Entry) []book.Entry { return []book.Entry{dead, alive} },
		"first alive, then deleted": func(dead, alive book.Entry) []book.Entry { return []book.Entry{alive, dead} },
	} {
		for _, stands := range []bool{true, false} {
			t.Run(fmt.Sprint(name, ", stands ", stands), func(t *testing.T) {
				r := newRig(t)
				all := r.tuned(3)
				l := r.lying()
				e := *r.cardOf(all[1].ID)
				if !stands {
					r.shelf.remove(e.ID)
				}
				l.page = func(_ book.Cursor, told book.Page) (book.Page, error) {
					told.Entries = order(book.Entry{ID: e.ID, Deleted: true}, e)
					return told, nil
				}
				r.syncOK()
				l.page = nil
				if trashed := !r.contact(all[1].ID).TrashedAt.IsZero(); trashed == stands {
					t.Errorf("the contact is in the trash: %t", trashed)
				}
				if n := len(r.shelf.cards); n != len(r.living()) || r.shelf.created != 3 {
					t.Errorf("%d cards, %d contacts, %d created", n, len(r.living()), r.shelf.created)
				}
				r.still()
			})
		}
	}
}

func TestAStateThatExpiresBetweenTwoPagesLeavesNothingOfTheFirst(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(8)
	r.shelf.page = 3
	l := r.lying()
	for _, c := range all {
		r.shelf.edit(r.cardOf(c.ID).ID, func(c *storage.Card) { c.Title = "Directrice" })
	}
	struck := false
	l.page = func(c book.Cursor, told book.Page) (book.Page, error) {
		switch {
		case c.Since == "" || struck:
		case c.Page == "": // and what the first page says is not so any more
			for i := range told.Entries {
				told.Entries[i] = book.Entry{ID: told.Entries[i].ID, Deleted: true}
			}
		default:
			struck = true
			return book.Page{}, book.ErrExpired
		}
		return told, nil
	}
	r.shelf.total = -2
	r.syncOK()
	if !struck || len(r.living()) != 8 || len(r.shelf.cards) != 8 || r.shelf.created != 8 {
		t.Fatalf("struck %t, %d contacts, %d cards, %d created", struck, len(r.living()), len(r.shelf.cards), r.shelf.created)
	}
	for _, c := range r.living() {
		if c.Title != "Directrice" {
			t.Errorf("%s was not read again", c.FullName())
		}
	}
	r.still()
}

func TestPagesThatComeTwiceOrNotAtAllAreNoDeletionAndTheReadingEnds(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"again and again": {Kind: sandbox.RepeatedPage, Times: 100_000},
		"left out":        {Kind: sandbox.MissingPage},
		"each card twice": {Kind: sandbox.DuplicatedAnswer, Times: 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, people, _ := atGoogle(t)
			label := people.AddLabel(anne, "Diapason")
			const n = 1_001 // two pages
			for i := range n {
				card := people.Add(anne, fmt.Sprintf(`{"names":[{"familyName":"Morel%04d"}],"emailAddresses":[{"type":"home","value":"m%d@lumen.test"}]}`, i, i))
				people.Label(anne, card, label, true)
			}
			r.clock.now = r.clock.now.Add(time.Hour)
			r.syncOK()
			if len(r.living()) != n {
				t.Fatalf("%d contacts", len(r.living()))
			}
			r.clock.now = r.clock.now.Add(8 * 24 * time.Hour) // the next reading is whole
			fault.Path = "/v1/people/me/connections"
			people.Misbehave(fault)
			writes := people.Writes(anne)
			r.sync()
			if len(r.living()) != n || len(r.all()) != n || people.Writes(anne) != writes {
				t.Errorf("%d contacts, %d with the trash, %d writes", len(r.living()), len(r.all()), people.Writes(anne)-writes)
			}
			people.Behave()
			for _, held := range r.heldRuns() {
				if err := r.service.Refuse(r.ctx, held.ID); err != nil {
					t.Fatal(err)
				}
			}
			r.still()
			if people.Writes(anne) != writes || len(r.all()) != n {
				t.Errorf("%d contacts, %d writes once all is told again", len(r.all()), people.Writes(anne)-writes)
			}
		})
	}
}

// heldRuns are those that wait for an agreement.
func (r *rig) heldRuns() (held []*storage.Run) {
	r.Helper()
	r.view(func(tx storage.Reader) error {
		runs, err := tx.Runs("", 0)
		held = slices.DeleteFunc(runs, func(run *storage.Run) bool { return run.State != storage.RunHeld })
		return err
	})
	return held
}

func TestTheGuardIsQuietWhereNobodyIsOnEitherSide(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for range 3 {
		r.shelf.expired = true
		r.still()
	}
	all := r.tuned(2)
	r.trash(all[0].ID, all[1].ID)
	r.syncOK()
	if len(r.shelf.cards) != 0 || len(r.living()) != 0 {
		t.Fatalf("%d cards, %d contacts", len(r.shelf.cards), len(r.living()))
	}
	r.still()
}

func TestAWorkspaceThatLostItsContactsDeletesNoneThereByItself(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(40)
	for _, c := range all {
		r.trash(c.ID)
	}
	run := r.held("contacts.guard.everything.there")
	if run.Guard.There.Closed != 40 {
		t.Errorf("%+v", run.Guard.There)
	}
	if err := r.service.Refuse(r.ctx, run.ID); err != nil {
		t.Fatal(err)
	}
	if r.shelf.deleted != 0 {
		t.Errorf("%d cards deleted", r.shelf.deleted)
	}
}

func TestManyCardsThatChangeOrEmptyAtOnceStopThePass(t *testing.T) {
	t.Parallel()
	for reason, change := range map[string]func(*storage.Card){
		"contacts.guard.modified.here": func(c *storage.Card) { c.Title = "Directrice" },
		"contacts.guard.emptied.here":  func(c *storage.Card) { c.Emails = nil },
	} {
		r := newRig(t)
		all := r.tuned(80)
		for _, c := range all[:60] {
			r.shelf.edit(r.cardOf(c.ID).ID, change)
		}
		r.held(reason)
	}
	for reason, change := range map[string]func(*storage.Card){
		"contacts.guard.modified.there": func(c *storage.Card) { c.Title = "Directrice" },
		"contacts.guard.emptied.there":  func(c *storage.Card) { c.Emails = nil },
	} {
		r := newRig(t)
		all := r.tuned(80)
		for _, c := range all[:60] {
			r.edit(c.ID, change)
		}
		r.held(reason)
		if r.shelf.updated > 0 {
			t.Errorf("%d cards were written", r.shelf.updated)
		}
	}
}

func TestAClockThatIsWrongByTenMinutesDecidesNothing(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
		r := newRig(t)
		r.shelf.clock = func() time.Time { return r.clock.now.Add(off) }
		c := r.tuned(1)[0]
		r.edit(c.ID, func(c *storage.Card) { c.Title = "Ici" })
		r.clock.now = r.clock.now.Add(time.Hour)
		r.shelf.edit(r.cardOf(c.ID).ID, func(c *storage.Card) { c.Title = "Là-bas" })
		r.syncOK()
		if q := r.questions(); len(q) != 1 || q[0].Kind != storage.QuestionConflict {
			t.Errorf("off by %v: %+v", off, q)
		}
		if here, there := r.contact(c.ID).Title, r.cardOf(c.ID).Card.Title; here != "Ici" || there != "Là-bas" {
			t.Errorf("off by %v: %q here, %q there", off, here, there)
		}
	}
}

func TestTheJournalTellsOfEachDeletionWhyItCameAbout(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(6)
	r.shelf.remove(r.cardOf(all[0].ID).ID)
	r.trash(all[1].ID)
	r.syncOK()
	why := map[string]string{}
	r.view(func(tx storage.Reader) error {
		entries, err := tx.Journal(storage.JournalQuery{})
		for _, j := range entries {
			if j.Reason != nil && j.RunID != "" && j.AccountID == r.account {
				why[j.ContactID] = j.Reason.Code
			}
		}
		return err
	})
	if why[all[0].ID] != "contacts.deletedThere" || why[all[1].ID] != "contacts.deletedHere" {
		t.Errorf("%v", why)
	}
}
