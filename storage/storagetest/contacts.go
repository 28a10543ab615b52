package storagetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"diapason/storage"
)

// contact makes a small valid contact.
func contact(id, given, family string) *storage.Contact {
	return &storage.Contact{ID: id, Card: storage.Card{GivenName: given, FamilyName: family}, CreatedAt: at(0)}
}

// full makes a contact that uses everything there is.
func full(id string) *storage.Contact {
	c := contact(id, "Zoé", "Martin")
	c.Card = storage.Card{
		FamilyName: "Martin", GivenName: "Zoé", MiddleName: "Ève", Prefix: "Dr", Suffix: "fils", Nickname: "Zo",
		Organization: "Atelier du Port", Title: "Luthière",
		Emails: []storage.CardValue{
			{Type: storage.TypeOther, Value: "zm@example.org"}, {Type: storage.TypePersonal, Value: "Zoe.Martin@Example.com"},
		},
		Phones: []storage.CardValue{
			{Type: storage.TypePersonal, Value: "04 91 00 00 01"}, {Type: storage.TypePersonalMobile, Value: "06 12 34 56 78"},
		},
		Addresses: []storage.CardAddress{{
			Type: storage.TypePersonal, Street: "12 quai du Port\nBâtiment B", Extended: "2e étage", POBox: "BP 3", PostalCode: "13002",
			City: "Marseille", Region: "Provence", Country: "France",
		}},
		Links:    []storage.CardValue{{Type: storage.TypeProfessional, Value: "https://example.com/zoe"}},
		Birthday: "--02-29", Note: "Rappeler\nle matin", Labels: []string{"Amis", "Clients"},
	}
	c.Changed = map[storage.Field]storage.CardChange{
		storage.FieldNote:       {At: at(5), By: storage.ActorUser},
		storage.FieldFamilyName: {At: at(3), By: storage.ActorProvider, AccountID: "g"},
	}
	return c
}

// book keeps an account that contacts are synchronised with.
func (s *Suite) book(ids ...string) {
	s.t.Helper()
	s.update(func(w storage.Writer) error {
		for _, id := range ids {
			a := account(id)
			a.Kind = storage.JobContacts + ".trial"
			if err := w.PutAccount(a); err != nil {
				return err
			}
		}
		return nil
	})
}

// keep keeps contacts.
func (s *Suite) keep(cs ...*storage.Contact) {
	s.t.Helper()
	s.update(func(w storage.Writer) error {
		for _, c := range cs {
			if err := w.PutContact(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// tie links contacts to cards of an account, by the contacts' ids.
func (s *Suite) tie(accountID string, remotes map[string]string) {
	s.t.Helper()
	s.update(func(w storage.Writer) error {
		for id, remote := range remotes {
			if err := w.PutContactLink(tied(id, accountID, remote)); err != nil {
				return err
			}
		}
		return nil
	})
}

func tied(id, accountID, remote string) *storage.ContactLink {
	return &storage.ContactLink{ContactID: id, AccountID: accountID, RemoteID: remote, SyncedAt: at(1)}
}

// waiting names the contacts that an account's next pass must look at.
func (s *Suite) waiting(accountID string) []string {
	s.t.Helper()
	return get(s, func(r storage.Reader) ([]string, error) { return r.ContactsToSend(accountID, "", 0) })
}

func (s *Suite) byEmail(key string) []string {
	s.t.Helper()
	return get(s, func(r storage.Reader) ([]string, error) { return r.ContactIDsByEmail(key) })
}

func (s *Suite) byMobile(e164 string) []string {
	s.t.Helper()
	return get(s, func(r storage.Reader) ([]string, error) { return r.ContactIDsByMobile(e164) })
}

var contactTests = []test{
	{"a contact reads back whole, and so does its row", func(t *testing.T, s *Suite) {
		s.book("g")
		c := full("c")
		s.keep(c)
		s.tie("g", map[string]string{"c": "people/1"})
		same(t, "contact", get(s, func(r storage.Reader) (*storage.Contact, error) { return r.Contact("c") }), c)
		row := get(s, func(r storage.Reader) (storage.ContactRow, error) { return r.ContactRow("c") })
		same(t, "row", row, storage.ContactRow{
			ID: "c", Name: "Zoé Martin", Organization: "Atelier du Port", Email: "Zoe.Martin@Example.com", Phone: "06 12 34 56 78",
			Labels: []string{"Amis", "Clients"}, Accounts: []string{"g"}, ChangedAt: at(5), Sort: "martin\x00zoe",
			Search: "zoe martin eve zo atelier du port zm example org zoe martin example com " +
				"0491000001 33491000001 0612345678 33612345678",
		})
		if n := get(s, storage.Reader.CountContacts); n != 1 || c.Revision != 1 {
			t.Errorf("%d contacts, revision %d", n, c.Revision)
		}
	}},
	{"a new contact gets what it lacks, and gives it back when it is not kept", func(t *testing.T, s *Suite) {
		c := contact("", "Noé", "")
		c.CreatedAt = time.Time{}
		undone := errors.New("undone")
		err := s.Update(context.Background(), func(w storage.Writer) error { return errors.Join(w.PutContact(c), undone) })
		if !errors.Is(err, undone) || c.ID != "" || c.Revision != 0 || !c.CreatedAt.IsZero() {
			t.Fatalf("%v, %+v", err, c)
		}
		s.keep(c)
		if c.ID == "" || c.Revision != 1 || c.CreatedAt.IsZero() {
			t.Errorf("%+v", c)
		}
	}},
	{"a contact changed since it was read is not overwritten", func(t *testing.T, s *Suite) {
		c := contact("c", "Noé", "Petit")
		s.keep(c)
		old := c.Clone()
		s.keep(c)
		s.refused(storage.ErrConflict, func(w storage.Writer) error { return w.PutContact(old) })
		s.refused(storage.ErrConflict, func(w storage.Writer) error { return w.PutContact(contact("c", "Noé", "Petit")) })
	}},
	{"a contact that says nothing is refused", func(t *testing.T, s *Suite) {
		c := contact("c", "", "")
		c.Labels = []string{"Amis"}
		refusedAs(t, s, "contact.empty", func(w storage.Writer) error { return w.PutContact(c) })
		c.GivenName = "\xff"
		if err := s.Update(context.Background(), func(w storage.Writer) error { return w.PutContact(c) }); err == nil {
			t.Error("a text that is not UTF-8 was accepted")
		}
	}},
	{"contacts and rows are paged in the order of their ids", func(t *testing.T, s *Suite) {
		var want, contacts, rows []string
		for i := range 7 {
			want = append(want, fmt.Sprintf("c%d", i))
			s.keep(contact(want[i], "Noé", fmt.Sprint(9-i)))
		}
		for last := ""; len(contacts) < 7; last = contacts[len(contacts)-1] {
			for _, c := range get(s, func(r storage.Reader) ([]*storage.Contact, error) { return r.Contacts(last, 2) }) {
				contacts = append(contacts, c.ID)
			}
		}
		for last := ""; len(rows) < 7; last = rows[len(rows)-1] {
			for _, r := range get(s, func(r storage.Reader) ([]storage.ContactRow, error) { return r.ContactRows(last, 3) }) {
				rows = append(rows, r.ID)
			}
		}
		same(t, "contacts", contacts, want)
		same(t, "rows", rows, want)
	}},
	{"contacts are found by e-mail and by mobile, outside the trash", func(t *testing.T, s *Suite) {
		c, d := full("c"), contact("d", "Noé", "Petit")
		d.Emails = []storage.CardValue{{Value: " ZOE.martin@example.com "}, {Value: "zoe.martin@example.com"}}
		d.Phones = []storage.CardValue{{Value: "+33 6 12 34 56 78"}, {Value: "poste 12"}}
		s.keep(c, d)
		same(t, "e-mail", s.byEmail("zoe.martin@example.com"), []string{"c", "d"})
		same(t, "mobile", s.byMobile("+33612345678"), []string{"c", "d"})
		same(t, "landline", s.byMobile("+33491000001"), []string{})
		same(t, "half an e-mail", s.byEmail("zoe.martin@example"), []string{})
		c.TrashedAt = at(7)
		d.Emails = d.Emails[:0]
		s.keep(c, d)
		same(t, "e-mail afterwards", s.byEmail("zoe.martin@example.com"), []string{})
		same(t, "mobile afterwards", s.byMobile("+33612345678"), []string{"d"})
	}},
	{"the trash is read by the time things went there, and does not count", func(t *testing.T, s *Suite) {
		for i, id := range []string{"a", "b", "c"} {
			c := contact(id, "Noé", id)
			c.TrashedAt = at(9 - i)
			s.keep(c)
		}
		s.keep(contact("d", "Noé", "d"))
		trashed := func(minute, limit int) []string {
			return get(s, func(r storage.Reader) ([]string, error) { return r.ContactsTrashedBefore(at(minute), limit) })
		}
		same(t, "before the second", trashed(8, 0), []string{"c"})
		same(t, "all", trashed(100, 0), []string{"c", "b", "a"})
		same(t, "the first two", trashed(100, 2), []string{"c", "b"})
		if n := get(s, storage.Reader.CountContacts); n != 1 {
			t.Errorf("%d contacts", n)
		}
		a := get(s, func(r storage.Reader) (*storage.Contact, error) { return r.Contact("a") })
		a.TrashedAt = time.Time{}
		s.keep(a)
		same(t, "after one came back", trashed(100, 0), []string{"c", "b"})
		if n := get(s, storage.Reader.CountContacts); n != 2 {
			t.Errorf("%d contacts", n)
		}
	}},
	{"a change of contacts tells which ones", func(t *testing.T, s *Suite) {
		var heard []storage.Changes
		s.book("g")
		defer s.OnChange(func(c storage.Changes) { heard = append(heard, c) })()
		s.keep(contact("c", "Noé", "Petit"))
		s.tie("g", map[string]string{"c": "people/1"})
		s.tie("g", map[string]string{"c": "people/2"})
		s.update(func(w storage.Writer) error { return w.DeleteContact("c") })
		same(t, "changes", heard, []storage.Changes{
			{Contacts: []string{"c"}},
			{Contacts: []string{"c"}, ContactBooks: true},
			{ContactBooks: true},
			{Contacts: []string{"c"}, ContactBooks: true},
		})
	}},
	{"a deleted contact takes its links and marks along", func(t *testing.T, s *Suite) {
		s.book("g")
		s.keep(full("c"), contact("cc", "Noé", "Petit"))
		s.tie("g", map[string]string{"c": "1", "cc": "2"})
		s.update(func(w storage.Writer) error { return w.DeleteContact("c") })
		same(t, "e-mail", s.byEmail("zoe.martin@example.com"), []string{})
		same(t, "waiting", s.waiting("g"), []string{"cc"})
		if n := get(s, func(r storage.Reader) (int, error) { return r.CountContactLinks("g") }); n != 1 {
			t.Errorf("%d links", n)
		}
		for _, f := range []func(storage.Writer) error{
			func(w storage.Writer) error { _, err := w.Contact("c"); return err },
			func(w storage.Writer) error { _, err := w.ContactRow("c"); return err },
			func(w storage.Writer) error { _, err := w.ContactLinkByRemote("g", "1"); return err },
			func(w storage.Writer) error { return w.DeleteContact("c") },
		} {
			s.refused(storage.ErrNotFound, f)
		}
	}},
	{"the keys of contacts are read in pages, with who bears them", func(t *testing.T, s *Suite) {
		gone := full("gone")
		gone.TrashedAt = at(1)
		d := contact("d", "Noé", "Petit")
		d.Emails, d.Phones = full("").Emails, full("").Phones
		s.keep(full("c"), d, contact("e", "Ali", "Sans"), gone)
		read := func(keys func(storage.Reader, storage.ContactKey, int) ([]storage.ContactKey, error), limit int) (all []storage.ContactKey) {
			var last storage.ContactKey
			for {
				page := get(s, func(r storage.Reader) ([]storage.ContactKey, error) { return keys(r, last, limit) })
				if all = append(all, page...); limit == 0 || len(page) < limit {
					return all
				}
				last = page[len(page)-1]
			}
		}
		emails := []storage.ContactKey{
			{Key: "zm@example.org", ContactID: "c"},
			{Key: "zm@example.org", ContactID: "d"},
			{Key: "zoe.martin@example.com", ContactID: "c"},
			{Key: "zoe.martin@example.com", ContactID: "d"},
		}
		for limit := range 6 {
			same(t, "e-mails", read(storage.Reader.ContactEmailKeys, limit), emails)
			same(t, "mobiles", read(storage.Reader.ContactMobileKeys, limit), []storage.ContactKey{
				{Key: "+33612345678", ContactID: "c"}, {Key: "+33612345678", ContactID: "d"},
			})
		}
	}},
	{"marks tell contacts apart, and are neither writes nor sent", func(t *testing.T, s *Suite) {
		s.book("g")
		c, d := full("c"), full("d")
		s.keep(c, d)
		s.update(func(w storage.Writer) error {
			return errors.Join(w.MarkContactSent("c", "g", 1), w.MarkContactSent("d", "g", 1),
				w.PutContactApart("c", "1"), w.PutContactApart("d", "1"), w.PutContactApart("c", "2"))
		})
		apart := func() map[string][]string { return get(s, storage.Reader.ContactsApart) }
		same(t, "marks", apart(), map[string][]string{"c": {"1", "2"}, "d": {"1"}})
		same(t, "waiting", s.waiting("g"), []string{})
		d.Note = "Autre"
		s.keep(c, d)
		s.update(func(w storage.Writer) error {
			return errors.Join(w.DeleteContactApart("c", "2"), w.DeleteContactApart("c", "2"), w.DeleteContact("d"))
		})
		same(t, "marks after one went", apart(), map[string][]string{"c": {"1"}})
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.PutContactApart("d", "1") })
		for _, mark := range []string{"", "\x00"} {
			if err := s.Update(context.Background(), func(w storage.Writer) error { return w.PutContactApart("c", mark) }); err == nil {
				t.Errorf("a contact was marked with %q", mark)
			}
		}
	}},
	{"the journal is read by contact, with the contact as it was", func(t *testing.T, s *Suite) {
		c := full("c")
		s.keep(c)
		for _, id := range []string{"c", "o", "c"} {
			s.update(func(w storage.Writer) error {
				return w.AppendJournal(&storage.JournalEntry{At: at(1), Action: storage.JournalUpdate, ContactID: id, ContactBefore: c})
			})
		}
		q := storage.JournalQuery{ContactID: "c"}
		js := get(s, func(r storage.Reader) ([]*storage.JournalEntry, error) { return r.Journal(q) })
		n := 0
		err := storage.SearchJournal(context.Background(), s, q, nil, func(*storage.JournalEntry) bool { n++; return true })
		if err != nil || n != 2 || len(js) != 2 {
			t.Fatalf("%d entries searched, %d read, %v", n, len(js), err)
		}
		same(t, "the contact before", js[0].ContactBefore, c)
	}},
}
