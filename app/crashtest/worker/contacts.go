package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/carddav"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/contacts/google"
	"diapason/sync/directory"
)

// The modes of a worker that keeps contacts in tune.
const (
	modeContacts       = "contacts"        // edits, makes contacts and passes, until it is killed
	modeContactsTrash  = "contacts-trash"  // puts most contacts into the trash and makes passes, until it is killed
	modeContactsSettle = "contacts-settle" // makes a pass over each account, and ends
)

// setHome, setUser and setPassword are settings of both kinds of accounts. The services are the test's: nothing is secret.
const (
	setHome     = "base-url"
	setUser     = "user"
	setPassword = "password"
)

// ahead is a clock that goes ahead of the wall's.
type ahead time.Duration

// Now gives its time.
func (a ahead) Now() time.Time { return sync.WallClock{}.Now().Add(time.Duration(a)) }

// bearer signs calls as the account of Google's emulator.
type bearer string

// RoundTrip makes one call.
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// books are the kinds of address books.
func books(clock sync.Clock) []contacts.Kind {
	settings := []directory.Setting{{Name: setHome}, {Name: setUser}, {Name: setPassword, Optional: true}}
	return []contacts.Kind{
		{ID: "contacts.google", Settings: settings, Fields: fieldmap.Google, Open: func(a *storage.Account, _ map[string]string) (book.Book, error) {
			return google.Open(google.Params{
				BaseURL: a.Settings[setHome], Client: &http.Client{Transport: bearer(a.Settings[setUser])},
				Label: contacts.LabelOf(a), Name: a.Settings[setUser], Now: clock.Now,
			})
		}},
		{ID: carddav.ID, Settings: settings, Fields: fieldmap.VCard, Open: func(a *storage.Account, _ map[string]string) (book.Book, error) {
			return carddav.Open(carddav.Params{
				BaseURL: a.Settings[setHome], User: a.Settings[setUser], Password: a.Settings[setPassword], Label: contacts.LabelOf(a),
			})
		}},
	}
}

// secretary keeps contacts in tune.
type secretary struct {
	store    *bolt.Store
	engine   *sync.Engine
	service  *contacts.Service
	accounts []string
	dice     *rand.Rand
	seed     uint64
	serial   int // of names and values
	edits    int
}

// runContacts opens the workspace with a clock that is some hours ahead, and does what the mode says.
func runContacts(ctx context.Context, store *bolt.Store, hours int, seed uint64, mode string) error {
	clock := ahead(time.Duration(hours) * time.Hour)
	service := contacts.New(contacts.Params{Store: store, Clock: clock, Kinds: books(clock)})
	s := &secretary{
		store: store, service: service, dice: rand.New(rand.NewPCG(seed, 0)), seed: seed,
		engine: sync.New(sync.Params{
			Store: store, Clock: clock, Kinds: directory.NewKinds(), Couriers: service.CourierKinds(), Contacts: service,
		}),
	}
	service.ReportTo(s.engine.Jobs())
	if err := s.engine.Start(ctx); err != nil {
		return err
	}
	err := store.View(ctx, func(tx storage.Reader) error {
		accounts, err := tx.Accounts()
		for _, a := range accounts {
			s.accounts = append(s.accounts, a.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	switch mode {
	case modeContactsSettle:
		err = s.passes(ctx, nil)
		s.engine.Stop()
		return errors.Join(err, store.Close())
	case modeContactsTrash:
		return s.trash(ctx)
	}
	return s.work(ctx)
}

// passes makes a pass over each account and does something meanwhile.
func (s *secretary) passes(ctx context.Context, meanwhile func() error) error {
	var runs []string
	for _, a := range s.accounts {
		id, err := s.service.Sync(ctx, a, storage.ActorUser)
		if err != nil {
			return err
		}
		runs = append(runs, id)
	}
	if meanwhile != nil {
		if err := meanwhile(); err != nil {
			return err
		}
	}
	for _, id := range runs {
		run, err := s.engine.Wait(ctx, id)
		if err != nil {
			return err
		}
		if run.State != storage.RunDone {
			return s.explain(ctx, run)
		}
	}
	return nil
}

// explain gives the error of a pass that did not go through.
func (s *secretary) explain(ctx context.Context, run *storage.Run) error {
	why := fmt.Errorf("the pass is %s: %v, %+v, %+v", run.State, run.Problem, run.Totals, run.Guard)
	err := s.store.View(ctx, func(tx storage.Reader) error {
		items, err := tx.RunItems(run.ID, 0, 0)
		for _, i := range items {
			if i.Result == storage.ItemFailed || i.Result == storage.ItemConflict {
				why = fmt.Errorf("%w; %s: %w", why, i.Name, i.Problems)
			}
		}
		return err
	})
	return errors.Join(why, err)
}

// editsAtMost is how much a worker edits: more would be out of the ordinary, and held by the guard, before it is killed.
const editsAtMost = 20

// work edits a little and makes passes until it is killed. Whoever lives long only makes new contacts in the end.
func (s *secretary) work(ctx context.Context) error {
	for {
		lived := s.edits >= editsAtMost
		for range s.dice.IntN(4) {
			if err := s.edit(ctx); err != nil {
				return err
			}
		}
		for range 2 {
			if !lived && s.dice.IntN(10) > 0 {
				continue
			}
			if err := s.create(ctx); err != nil {
				return err
			}
		}
		if err := s.passes(ctx, func() error { return s.edit(ctx) }); err != nil {
			return err
		}
	}
}

// create makes a contact that was never there before.
func (s *secretary) create(ctx context.Context) error {
	s.serial++
	name := fmt.Sprintf("H%d-%d", s.seed, s.serial)
	fmt.Println("try", name, "Zoe")
	_, err := s.service.Save(ctx, &storage.Contact{Card: storage.Card{
		FamilyName: name, GivenName: "Zoe",
		Emails: []storage.CardValue{{Type: storage.TypePersonal, Value: strings.ToLower(name) + "@example.com"}},
	}})
	if err == nil {
		fmt.Println("ack", name, "Zoe")
	}
	return err
}

// edit gives somebody a given name that was never used before. Those whose name begins with D are about to be deleted.
func (s *secretary) edit(ctx context.Context) error {
	all, err := s.living(ctx)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c *storage.Contact) bool { return strings.HasPrefix(c.FamilyName, "D") })
	if len(all) == 0 || s.edits >= editsAtMost {
		return nil
	}
	s.edits++
	s.serial++
	c, given := all[s.dice.IntN(len(all))], fmt.Sprintf("ici-%d-%d", s.seed, s.serial)
	fmt.Println("try", c.FamilyName, given)
	c.GivenName = given
	_, err = s.service.Save(ctx, c)
	if errors.Is(err, storage.ErrConflict) {
		return nil // a pass was faster
	}
	if err == nil {
		fmt.Println("ack", c.FamilyName, given)
	}
	return err
}

// spared are the contacts that are left out of the trash.
const spared = 6

// trash puts most contacts into the trash, in one edit, and makes passes, which are held, until it is killed.
func (s *secretary) trash(ctx context.Context) error {
	all, err := s.living(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, c := range all[min(len(all), spared):] {
		ids = append(ids, c.ID)
	}
	if _, err := s.service.Trash(ctx, ids...); err != nil {
		return err
	}
	for {
		for _, a := range s.accounts {
			id, err := s.service.Sync(ctx, a, storage.ActorUser)
			if err != nil {
				return err
			}
			if _, err := s.engine.Wait(ctx, id); err != nil {
				return err
			}
		}
	}
}

// living gives the contacts outside the trash.
func (s *secretary) living(ctx context.Context) (all []*storage.Contact, err error) {
	err = s.store.View(ctx, func(tx storage.Reader) (err error) {
		all, err = tx.Contacts("", 0)
		return err
	})
	return slices.DeleteFunc(all, func(c *storage.Contact) bool { return !c.TrashedAt.IsZero() }), err
}
