package contacts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync/contacts"
)

// somebody makes a card of a name, an e-mail and a mobile number; "" leaves one out.
func somebody(given, family, email, mobile string) storage.Card {
	c := storage.Card{GivenName: given, FamilyName: family}
	if email != "" {
		c.Emails = []storage.CardValue{{Type: storage.TypeProfessional, Value: email}}
	}
	if mobile != "" {
		c.Phones = []storage.CardValue{{Type: storage.TypePersonalMobile, Value: mobile}}
	}
	return c
}

// twice says whom duplicates are about, by the contacts' names.
type twice struct {
	Who   []string
	By    contacts.SharedBy
	Value string
}

func (r *rig) duplicates() []twice {
	r.Helper()
	list, err := r.service.Duplicates(r.ctx)
	if err != nil {
		r.Fatal(err)
	}
	var got []twice
	for _, d := range list {
		said := twice{By: d.By, Value: d.Value}
		for _, id := range d.IDs {
			said.Who = append(said.Who, r.contact(id).FullName())
		}
		got = append(got, said)
	}
	return got
}

func (r *rig) wantDuplicates(when string, want ...twice) {
	r.Helper()
	if diff := cmp.Diff(want, r.duplicates()); diff != "" {
		r.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

func TestContactsThatMayBeOneAreDuplicates(t *testing.T) {
	t.Parallel()
	const mobile, e164 = "06 12 34 56 78", "+33612345678"
	email := func(who ...string) twice { return twice{who, contacts.SharedEmail, "info@lumen.test"} }
	number := func(who ...string) twice { return twice{who, contacts.SharedMobile, e164} }
	for name, c := range map[string]struct {
		cards []storage.Card
		want  []twice
	}{
		"nothing in common":              {[]storage.Card{person(1), person(2)}, nil},
		"the same name and nothing else": {[]storage.Card{somebody("Zoé", "Morel", "a@lumen.test", ""), somebody("Zoé", "Morel", "b@lumen.test", "")}, nil},
		"one e-mail, in other capitals": {
			[]storage.Card{somebody("Zoé", "Morel", "info@lumen.test", ""), somebody("Ali", "Ben Salah", " INFO@lumen.test", "")},
			[]twice{email("Zoé Morel", "Ali Ben Salah")},
		},
		"three with one e-mail": {
			[]storage.Card{somebody("Zoé", "", "info@lumen.test", ""), somebody("Ali", "", "info@lumen.test", ""), somebody("Max", "", "info@lumen.test", "")},
			[]twice{email("Zoé", "Ali", "Max")},
		},
		"one mobile, and names of one person": {
			[]storage.Card{somebody("Zoé", "Morel", "", mobile), somebody("Z.", "MOREL", "", "+33 6 12 34 56 78")},
			[]twice{number("Zoé Morel", "Z. MOREL")},
		},
		"a firm's mobile, and names of two": {[]storage.Card{somebody("Zoé", "Morel", "", mobile), somebody("Paul", "Durand", "", mobile)}, nil},
		"a name that may be either's": {
			[]storage.Card{somebody("", "Morel", "", mobile), somebody("Zoé", "Morel", "", mobile), somebody("Paul", "Morel", "", mobile)},
			[]twice{number("Morel", "Zoé Morel"), number("Morel", "Paul Morel")},
		},
		"three with one mobile, of one name": {
			[]storage.Card{somebody("Zoé", "Morel", "", mobile), somebody("Paul", "Durand", "", mobile), somebody("", "Morel", "", mobile), somebody("Z", "Morel", "", mobile)},
			[]twice{number("Zoé Morel", "Morel", "Z Morel")},
		},
		"a landline": {[]storage.Card{somebody("Zoé", "Morel", "", "01 42 88 89 85"), somebody("Zoé", "Morel", "", "01 42 88 89 85")}, nil},
		"an e-mail and a mobile": {
			[]storage.Card{somebody("Zoé", "Morel", "info@lumen.test", mobile), somebody("Zoé", "Morel", "info@lumen.test", mobile)},
			[]twice{email("Zoé Morel", "Zoé Morel")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			for _, card := range c.cards {
				r.save(card)
			}
			r.wantDuplicates("kept", c.want...)
		})
	}
}

func TestAMobileThatManyBearIsNobodysOwn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for range 31 {
		r.save(somebody("", "Morel", "", "06 12 34 56 78"))
	}
	r.wantDuplicates("a firm's number")
	if _, err := r.service.Trash(r.ctx, r.all()[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := r.duplicates(); len(got) != 1 || len(got[0].Who) != 30 {
		t.Errorf("%d duplicates", len(got))
	}
}

func TestAContactOfTheTrashIsNobodysDuplicate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.save(somebody("Zoé", "", "info@lumen.test", ""))
	gone := r.save(somebody("Ali", "", "info@lumen.test", ""))
	if _, err := r.service.Trash(r.ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	r.wantDuplicates("one is in the trash")
}

func TestContactsSetApartNeverShowAgainTogether(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const shared = "info@lumen.test"
	zoe, ali := r.save(somebody("Zoé", "", shared, "")), r.save(somebody("Ali", "", shared, ""))
	r.syncOK()
	before := r.all()
	change, err := r.service.SetApart(r.ctx, zoe.ID, ali.ID)
	if err != nil {
		t.Fatal(err)
	}
	r.wantDuplicates("set apart")
	if diff := cmp.Diff(before, r.all()); diff != "" {
		t.Errorf("setting contacts apart wrote them:\n%s", diff)
	}
	r.still()
	r.edit(zoe.ID, func(c *storage.Card) { c.Note = "Rappeler" })
	r.restart()
	r.wantDuplicates("after an edit and another start")

	max := r.save(somebody("Max", "", shared, ""))
	r.wantDuplicates("a third one came", twice{[]string{"Zoé", "Max"}, contacts.SharedEmail, shared}, twice{[]string{"Ali", "Max"}, contacts.SharedEmail, shared})
	if _, err := r.service.SetApart(r.ctx, max.ID, zoe.ID, ali.ID); err != nil {
		t.Fatal(err)
	}
	r.wantDuplicates("all three are apart")
	if err := r.service.Undo(r.ctx, change); err != nil {
		t.Fatal(err)
	}
	r.wantDuplicates("said twice of two of them, taken back once")

	var alone *storage.Problem
	if _, err := r.service.SetApart(r.ctx, zoe.ID, zoe.ID); !errors.As(err, &alone) || alone.Code != "contacts.apart.alone" {
		t.Errorf("one contact alone: %v", err)
	}
	if _, err := r.service.SetApart(r.ctx, zoe.ID, "nobody"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("somebody who is not there: %v", err)
	}
}

func TestSettingApartIsTakenBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	zoe, ali := r.save(somebody("Zoé", "", "info@lumen.test", "")), r.save(somebody("Ali", "", "info@lumen.test", ""))
	change, err := r.service.SetApart(r.ctx, zoe.ID, ali.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.service.Undo(r.ctx, change); err != nil {
		t.Fatal(err)
	}
	r.wantDuplicates("taken back", twice{[]string{"Zoé", "Ali"}, contacts.SharedEmail, "info@lumen.test"})
}

func TestTooManyToCompareShowTogetherUntilAllAreApart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var ids []string
	for i := range 101 {
		ids = append(ids, r.save(somebody("", fmt.Sprintf("N%03d", i), "info@lumen.test", "")).ID)
	}
	apart := func(ids ...string) {
		if _, err := r.service.SetApart(r.ctx, ids...); err != nil {
			t.Fatal(err)
		}
	}
	apart(ids[1:]...)
	if got := r.duplicates(); len(got) != 1 || len(got[0].Who) != 101 {
		t.Errorf("%d duplicates while one of them may be another", len(got))
	}
	apart(ids...)
	r.wantDuplicates("all are apart")
}

func TestAMergeTakenBackLeavesTwoContactsWithTheirCards(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	zoe := r.save(somebody("Zoé", "Morel", "zoe@lumen.test", ""))
	r.syncOK()
	// A second card with a second e-mail came from the book; a person sees that both are Zoé, and a third one is not.
	card := somebody("Z.", "Morel", "zm@lumen.test", "")
	card.Emails[0].Type = "home"
	r.shelf.put("z", card, "")
	r.syncOK()
	other := r.all()[1]
	third := r.save(somebody("Zo", "", "zm@lumen.test", ""))
	if _, err := r.service.SetApart(r.ctx, other.ID, third.ID); err != nil {
		t.Fatal(err)
	}
	links := [2]*storage.ContactLink{r.link(zoe.ID), r.link(other.ID)}
	if links[0] == nil || links[1] == nil {
		t.Fatal("a contact has no card")
	}
	both := r.contact(zoe.ID).Card
	both.Emails = append(both.Emails, storage.CardValue{Type: storage.TypeOther, Value: "zm@lumen.test"})
	change, err := r.service.Merge(r.ctx, zoe.ID, other.ID, both)
	if err != nil {
		t.Fatal(err)
	}
	r.wantDuplicates("who was apart from the one is apart from the other")
	if err := r.service.Undo(r.ctx, change); err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{zoe.ID, other.ID} {
		if diff := cmp.Diff(links[i], r.link(id)); diff != "" || !r.contact(id).TrashedAt.IsZero() {
			t.Errorf("%s: %s", r.contact(id).FullName(), diff)
		}
	}
	if _, err := r.service.Save(r.ctx, &storage.Contact{Card: somebody("", "Autre", "zoe@lumen.test", "")}); err != nil {
		t.Fatal(err)
	}
	r.edit(zoe.ID, func(c *storage.Card) { c.Emails[0].Value = "zm@lumen.test" })
	want := []twice{
		{[]string{"Zoé Morel", other.FullName()}, contacts.SharedEmail, "zm@lumen.test"},
		{[]string{"Zoé Morel", "Zo"}, contacts.SharedEmail, "zm@lumen.test"},
	}
	r.wantDuplicates("the mark that the merge gave went with it", want...)
}

func TestReachCountsWhoCannotBeRecognised(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.save(person(1))
	r.save(somebody("Zoé", "", "info@lumen.test", ""))
	two := somebody("Ali", "", " Info@lumen.test", "")
	two.Emails = append(two.Emails, storage.CardValue{Value: "ali@lumen.test"})
	r.save(two)
	r.save(somebody("Max", "", "", "06 12 34 56 78"))
	gone := r.save(somebody("Lou", "", "info@lumen.test", ""))
	if _, err := r.service.Trash(r.ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	got, err := r.service.Reach(r.ctx)
	if want := (contacts.Reach{Contacts: 4, WithoutEmail: 1, SharingEmail: 2}); err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
}

// manyContacts keeps 100,000 contacts: two e-mails and a mobile each, one in fifty shares an e-mail, and one in fifty a
// mobile, with the one before.
func manyContacts(b *testing.B) *contacts.Service {
	store, err := bolt.Open(context.Background(), bolt.Params{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	const many = 100_000
	for part := range slices.Chunk(make([]struct{}, many), 10_000) {
		var n int
		err := store.Update(context.Background(), func(w storage.Writer) error {
			n, err = w.CountContacts()
			for i := range part {
				n := n + i
				email, mobile := n, n
				if n%50 == 1 {
					email--
				}
				if n%50 == 3 {
					mobile--
				}
				c := somebody("Zoé", fmt.Sprint("Morel", n/2), fmt.Sprintf("zoe%d@lumen.test", email), fmt.Sprintf("06 %08d", mobile))
				c.Emails = append(c.Emails, storage.CardValue{Type: storage.TypePersonal, Value: fmt.Sprintf("perso%d@lumen.test", n)})
				err = errors.Join(err, w.PutContact(&storage.Contact{Card: c}))
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return contacts.New(contacts.Params{Store: store})
}

func BenchmarkDuplicatesAmong100kContacts(b *testing.B) {
	s := manyContacts(b)
	for b.Loop() {
		if list, err := s.Duplicates(context.Background()); err != nil || len(list) != 4000 {
			b.Fatal(len(list), err)
		}
	}
}

func BenchmarkReachAmong100kContacts(b *testing.B) {
	s := manyContacts(b)
	for b.Loop() {
		if reach, err := s.Reach(context.Background()); err != nil || reach.SharingEmail != 4000 {
			b.Fatal(reach, err)
		}
	}
}
