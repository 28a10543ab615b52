package contacts_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
)

func TestTheTrashEndsAfterThirtyDaysWithoutAnyPass(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.save(0, 1)
		ids := map[string]time.Duration{"old": storage.TrashKept - time.Hour, "young": storage.TrashKept - 48*time.Hour}
		err := o.store.Update(t.Context(), func(w storage.Writer) error {
			for id, ago := range ids {
				c := &storage.Contact{ID: id, Card: person(len(id)), TrashedAt: time.Now().Add(-ago)}
				if err := w.PutContact(c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := func(when string, want int) {
			t.Helper()
			err := o.store.View(t.Context(), func(tx storage.Reader) error {
				all, err := tx.Contacts("", 0)
				if len(all) != want {
					t.Errorf("%s: %d contacts", when, len(all))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		pause(time.Minute)
		want("before the thirty days", 3)
		hours(26)
		want("a day later", 2)
	})
}

func TestTheTrashEndsBehindContactsThatABookStillShows(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const shown, others = 260, 270 // more than one transaction forgets, of each
	r.update(func(w storage.Writer) error {
		for i := range shown + others {
			c := &storage.Contact{ID: fmt.Sprintf("c%04d", i), Card: person(i), TrashedAt: r.clock.now.Add(time.Duration(i) * time.Second)}
			if err := w.PutContact(c); err != nil {
				return err
			}
			if i >= shown {
				continue
			}
			if err := w.PutContactLink(&storage.ContactLink{ContactID: c.ID, AccountID: r.account, RemoteID: c.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	r.clock.now = r.clock.now.Add(storage.TrashKept + time.Hour)
	for _, want := range []int{others, 0} {
		if n, err := r.service.Tidy(r.ctx); n != want || err != nil {
			t.Errorf("%d forgotten, want %d: %v", n, want, err)
		}
	}
	if n := len(r.all()); n != shown {
		t.Errorf("%d contacts are left, want %d", n, shown)
	}
}

// TestAContactThatOneOfTwoBooksStillShowsLeavesNothingBehind has a contact of the trash left alone in one book and still
// shown by another one.
func TestAContactThatOneOfTwoBooksStillShowsLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	one := newRig(t)
	two := rigOn(t, one.ctx, one.store)
	c := one.save(person(1))
	one.trash(c.ID)
	one.update(func(w storage.Writer) error {
		return errors.Join(
			w.PutContactLink(&storage.ContactLink{ContactID: c.ID, AccountID: one.account, RemoteID: "1", LeftAt: one.clock.now}),
			w.PutContactLink(&storage.ContactLink{ContactID: c.ID, AccountID: two.account, RemoteID: "2"}),
		)
	})
	ignored := func(account string) (names []string) {
		one.view(func(tx storage.Reader) error {
			b, err := tx.ContactBook(account)
			names = b.Ignored
			return err
		})
		return names
	}
	one.clock.now = one.clock.now.Add(storage.TrashKept + time.Hour)
	if n, err := one.service.Tidy(one.ctx); n != 0 || err != nil || len(ignored(one.account)) != 0 {
		t.Errorf("%d forgotten, %v; ignored %v", n, err, ignored(one.account))
	}
	one.update(func(w storage.Writer) error {
		return w.PutContactLink(&storage.ContactLink{ContactID: c.ID, AccountID: two.account, RemoteID: "2", LeftAt: one.clock.now})
	})
	if n, err := one.service.Tidy(one.ctx); n != 1 || err != nil {
		t.Errorf("%d forgotten, %v", n, err)
	}
	if !slices.Equal(ignored(one.account), []string{"1"}) || !slices.Equal(ignored(two.account), []string{"2"}) {
		t.Errorf("ignored %v, %v", ignored(one.account), ignored(two.account))
	}
}
