package contacts_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/directory"
)

func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given { // each draw of the machine is a workspace on the disk with some tens of passes
		if err := flag.Set("rapid.checks", "6"); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m)
}

// tester is what a rig needs of a test, or of one draw of a property.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// hand is a clock that goes on when told to.
type hand struct{ now time.Time }

func (h *hand) Now() time.Time { return h.now }

// rig is a workspace with contacts and one account, over a shelf.
type rig struct {
	tester
	ctx     context.Context
	store   *bolt.Store
	clock   *hand
	shelf   *shelf
	service *contacts.Service
	account string
	courier sync.Courier
	// open and fields are those of the kind: a shelf's, unless a test has another book.
	open   func(*storage.Account) (book.Book, error)
	fields func() fieldmap.Map
}

func newRig(t *testing.T) *rig {
	t.Helper()
	store, err := bolt.Open(t.Context(), bolt.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if faults, err := store.Verify(context.Background()); err != nil || len(faults) > 0 {
			t.Errorf("store: %v %v", faults, err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return rigOn(t, t.Context(), store)
}

// rigOn adds an account over a new shelf to a workspace.
func rigOn(t tester, ctx context.Context, store *bolt.Store) *rig {
	t.Helper()
	r := &rig{tester: t, ctx: ctx, store: store, clock: &hand{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
	r.shelf = newShelf(r.clock.Now)
	r.open, r.fields = func(*storage.Account) (book.Book, error) { return r.shelf, nil }, fieldmap.VCard
	a := &storage.Account{Kind: "contacts.shelf", Name: "Étagère", Enabled: true}
	r.update(func(w storage.Writer) error { return w.PutAccount(a) })
	r.account = a.ID
	r.restart()
	return r
}

// restart forgets what is in memory, as a crash does.
func (r *rig) restart() {
	kind := contacts.Kind{
		ID: "contacts.shelf", Fields: r.fields,
		Open: func(a *storage.Account, _ map[string]string) (book.Book, error) { return r.open(a) },
	}
	r.service = contacts.New(contacts.Params{Store: r.store, Clock: r.clock, Kinds: []contacts.Kind{kind}})
	var account *storage.Account
	r.view(func(tx storage.Reader) (err error) {
		account, err = tx.Account(r.account)
		return err
	})
	courier, err := r.service.CourierKinds()[0].Open(account, nil)
	if err != nil {
		r.Fatal(err)
	}
	r.courier = courier
}

func (r *rig) view(f func(storage.Reader) error) {
	r.Helper()
	if err := r.store.View(r.ctx, f); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) update(f func(storage.Writer) error) {
	r.Helper()
	if err := r.store.Update(r.ctx, f); err != nil {
		r.Fatal(err)
	}
}

// errCrash ends the process in the middle of a call.
var errCrash = errors.New("crash")

// carry does the errands of the pass under way until there is none, waiting on the rig's clock; a crash gives false.
func (r *rig) carry() (went bool) {
	r.Helper()
	defer func() {
		if p := recover(); p != nil {
			if p != errCrash { //nolint:errorlint // thrown as it is
				panic(p)
			}
			went = false
		}
	}()
	for range 10_000 {
		var errand string
		var wait time.Duration
		r.view(func(tx storage.Reader) (err error) {
			errand, wait, err = r.courier.Next(tx, r.clock.now)
			return err
		})
		switch {
		case errand != "":
			failure, err := r.courier.Carry(r.ctx, errand, func(int) time.Duration { return time.Second })
			if err != nil {
				r.Fatal(err)
			}
			r.clock.now = r.clock.now.Add(100 * time.Millisecond)
			if failure != nil && failure.Class == directory.Throttled { // the lane pauses
				r.clock.now = r.clock.now.Add(max(failure.RetryAfter, 30*time.Second))
			}
		case wait < time.Hour:
			r.clock.now = r.clock.now.Add(wait)
		default:
			return true
		}
	}
	r.Fatal("the pass does not end")
	return false
}

// sync makes a pass and gives its run.
func (r *rig) sync() *storage.Run {
	r.Helper()
	id, err := r.service.Sync(r.ctx, r.account, storage.ActorUser)
	if err != nil {
		r.Fatal(err)
	}
	for !r.carry() {
		r.shelf.before, r.shelf.after = nil, nil
		r.restart()
	}
	return r.run(id)
}

func (r *rig) run(id string) (run *storage.Run) {
	r.Helper()
	r.view(func(tx storage.Reader) (err error) {
		run, err = tx.Run(id)
		return err
	})
	return run
}

// syncOK is sync of a pass that must go through, some hours later.
func (r *rig) syncOK() *storage.Run {
	r.Helper()
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	run := r.sync()
	if run.State != storage.RunDone {
		r.Fatalf("the pass is %s: %v, %+v, guard %+v", run.State, run.Problem, run.Totals, run.Guard)
	}
	return run
}

// still makes a pass that must find nothing to do on either side.
func (r *rig) still() {
	r.Helper()
	c, u, d := r.shelf.created, r.shelf.updated, r.shelf.deleted
	before := r.all()
	run := r.syncOK()
	if run.Totals.Total != 0 || r.shelf.created != c || r.shelf.updated != u || r.shelf.deleted != d {
		r.Fatalf("a second pass did something: %+v", run.Totals)
	}
	for i, c := range r.all() {
		if c.Revision != before[i].Revision {
			r.Fatalf("a second pass wrote %s", c.FullName())
		}
	}
}

// person is a card with a name and an e-mail of its own.
func person(n int) storage.Card {
	return storage.Card{
		GivenName: "Zoé", FamilyName: fmt.Sprintf("Morel%04d", n),
		Emails: []storage.CardValue{{Type: storage.TypePersonal, Value: fmt.Sprintf("zoe%04d@lumen.test", n)}},
	}
}

// there is the same card in the book's types.
func there(n int) storage.Card {
	c := person(n)
	c.Emails[0].Type = "home"
	return c
}

func (r *rig) save(c storage.Card) *storage.Contact {
	r.Helper()
	change, err := r.service.Save(r.ctx, &storage.Contact{Card: c})
	if err != nil {
		r.Fatal(err)
	}
	return change.Contact
}

func (r *rig) edit(id string, f func(*storage.Card)) {
	r.Helper()
	c := r.contact(id)
	f(&c.Card)
	if _, err := r.service.Save(r.ctx, c); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) contact(id string) (c *storage.Contact) {
	r.Helper()
	r.view(func(tx storage.Reader) (err error) {
		c, err = tx.Contact(id)
		return err
	})
	return c
}

// all gives every contact, those of the trash included.
func (r *rig) all() (all []*storage.Contact) {
	r.Helper()
	r.view(func(tx storage.Reader) (err error) {
		all, err = tx.Contacts("", 0)
		return err
	})
	return all
}

// living gives the contacts outside the trash.
func (r *rig) living() []*storage.Contact {
	return slices.DeleteFunc(r.all(), func(c *storage.Contact) bool { return !c.TrashedAt.IsZero() })
}

func (r *rig) link(id string) (l *storage.ContactLink) {
	r.Helper()
	r.view(func(tx storage.Reader) error {
		got, err := tx.ContactLink(id, r.account)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		l = got
		return err
	})
	return l
}

func (r *rig) questions() (all []*storage.ContactQuestion) {
	r.Helper()
	r.view(func(tx storage.Reader) (err error) {
		all, err = tx.ContactQuestions(r.account)
		return err
	})
	return all
}

// tuned makes n contacts that are in tune on both sides.
func (r *rig) tuned(n int) []*storage.Contact {
	r.Helper()
	for i := range n {
		r.save(person(i))
	}
	r.syncOK()
	if len(r.shelf.cards) != n {
		r.Fatalf("%d of %d cards are there", len(r.shelf.cards), n)
	}
	return r.all()
}

// cardOf gives the card that a contact is linked to.
func (r *rig) cardOf(id string) *book.Entry {
	r.Helper()
	l := r.link(id)
	if l == nil || r.shelf.cards[l.RemoteID] == nil {
		r.Fatalf("contact %s has no card", id)
	}
	return r.shelf.cards[l.RemoteID]
}
