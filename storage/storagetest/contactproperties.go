package storagetest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"diapason/storage"
)

var contactPropertyTests = []test{
	{"any sequence of edits of contacts leaves a store that verifies and agrees with maps", func(t *testing.T, s *Suite) {
		rapid.Check(t, func(rt *rapid.T) {
			m := &contactModel{s: s, contacts: map[string]*storage.Contact{}, remotes: map[[2]string]string{}, accounts: map[string]bool{}}
			m.empty(rt)
			rt.Repeat(map[string]func(*rapid.T){
				"put account":    m.putAccount,
				"delete account": m.deleteAccount,
				"put contact":    m.putContact,
				"delete contact": m.deleteContact,
				"put link":       m.putLink,
				"delete link":    m.deleteLink,
				"":               m.check,
			})
			violations, err := s.Verify(context.Background())
			if err != nil || len(violations) > 0 {
				rt.Fatalf("%v, %v", violations, err)
			}
		})
	}},
}

// contactModel is what the store should hold, in maps.
type contactModel struct {
	s        *Suite
	contacts map[string]*storage.Contact
	remotes  map[[2]string]string // contact and account -> name there
	accounts map[string]bool
}

var (
	anyContact = rapid.SampledFrom([]string{"a", "ab", "b", "c"})
	anyBook    = rapid.SampledFrom([]string{"g", "gg", "n"})
	anyEmail   = rapid.SampledFrom([]string{"a@example.com", "A@Example.com", "b@example.com", "ab@example.com", "\x00", "?"})
	anyNumber  = rapid.SampledFrom([]string{"0612345678", "+33612345678", "06 12 34 99 99", "0491000001", "poste 3"})
)

func (m *contactModel) update(f func(w storage.Writer) error) error {
	return m.s.Update(context.Background(), f)
}

// empty removes what an earlier sequence left.
func (m *contactModel) empty(t *rapid.T) {
	err := m.update(func(w storage.Writer) error {
		all, err := w.Contacts("", 0)
		for _, c := range all {
			err = errors.Join(err, w.DeleteContact(c.ID))
		}
		accounts, listErr := w.Accounts()
		for _, a := range accounts {
			err = errors.Join(err, w.DeleteAccount(a.ID))
		}
		return errors.Join(err, listErr)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// expect fails when the error is not ErrNotFound exactly where something is missing.
func expect(t *rapid.T, what string, possible bool, err error) {
	if possible != (err == nil) || err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("%s: possible: %v, error: %v", what, possible, err)
	}
}

func (m *contactModel) putAccount(t *rapid.T) {
	a := account(anyBook.Draw(t, "account"))
	a.Kind = storage.JobContacts + ".trial"
	expect(t, "put account", true, m.update(func(w storage.Writer) error { return w.PutAccount(a) }))
	m.accounts[a.ID] = true
}

func (m *contactModel) deleteAccount(t *rapid.T) {
	id := anyBook.Draw(t, "account")
	expect(t, "delete account", m.accounts[id], m.update(func(w storage.Writer) error { return w.DeleteAccount(id) }))
	delete(m.accounts, id)
	maps.DeleteFunc(m.remotes, func(k [2]string, _ string) bool { return k[1] == id })
}

func (m *contactModel) putContact(t *rapid.T) {
	c := contact(anyContact.Draw(t, "contact"), "Noé", rapid.String().Draw(t, "name"))
	for range rapid.IntRange(0, 3).Draw(t, "e-mails") {
		c.Emails = append(c.Emails, storage.CardValue{Value: anyEmail.Draw(t, "e-mail")})
	}
	for range rapid.IntRange(0, 3).Draw(t, "numbers") {
		c.Phones = append(c.Phones, storage.CardValue{Value: anyNumber.Draw(t, "number")})
	}
	if minute := rapid.IntRange(-5, 5).Draw(t, "trashed"); minute > 0 {
		c.TrashedAt = at(minute)
	}
	if old := m.contacts[c.ID]; old != nil {
		c.Revision = old.Revision
	}
	expect(t, "put contact", true, m.update(func(w storage.Writer) error { return w.PutContact(c) }))
	m.contacts[c.ID] = c
}

func (m *contactModel) deleteContact(t *rapid.T) {
	id := anyContact.Draw(t, "contact")
	expect(t, "delete contact", m.contacts[id] != nil, m.update(func(w storage.Writer) error { return w.DeleteContact(id) }))
	delete(m.contacts, id)
	maps.DeleteFunc(m.remotes, func(k [2]string, _ string) bool { return k[0] == id })
}

func (m *contactModel) putLink(t *rapid.T) {
	id, accountID := anyContact.Draw(t, "contact"), anyBook.Draw(t, "account")
	remote := rapid.SampledFrom([]string{"1", "2", "1/2"}).Draw(t, "name there")
	taken := false
	for k, r := range m.remotes {
		taken = taken || k[1] == accountID && r == remote && k[0] != id
	}
	err := m.update(func(w storage.Writer) error { return w.PutContactLink(tied(id, accountID, remote)) })
	possible := m.contacts[id] != nil && m.accounts[accountID]
	if possible && taken {
		if !errors.Is(err, storage.ErrDuplicate) {
			t.Fatalf("a name that is taken: %v", err)
		}
		return
	}
	expect(t, "put link", possible, err)
	if possible {
		m.remotes[[2]string{id, accountID}] = remote
	}
}

func (m *contactModel) deleteLink(t *rapid.T) {
	k := [2]string{anyContact.Draw(t, "contact"), anyBook.Draw(t, "account")}
	err := m.update(func(w storage.Writer) error { return w.DeleteContactLink(k[0], k[1]) })
	_, exists := m.remotes[k]
	expect(t, "delete link", exists, err)
	delete(m.remotes, k)
}

// with names the contacts of which something is so, in order.
func (m *contactModel) with(f func(*storage.Contact) bool) []string {
	var ids []string
	for id, c := range m.contacts {
		if f(c) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// check reads everything that is found by something else than its id.
func (m *contactModel) check(t *rapid.T) {
	inUse := func(c *storage.Contact) bool { return c.TrashedAt.IsZero() }
	err := m.s.View(context.Background(), func(r storage.Reader) error {
		email, emailErr := r.ContactIDsByEmail("a@example.com")
		mobile, mobileErr := r.ContactIDsByMobile("+33612345678")
		n, countErr := r.CountContacts()
		trash, trashErr := r.ContactsTrashedBefore(at(100), 0)
		slices.Sort(trash)
		has := func(keys func(*storage.Contact) []string, key string) []string {
			return m.with(func(c *storage.Contact) bool { return inUse(c) && slices.Contains(keys(c), key) })
		}
		mobiles := func(c *storage.Contact) []string { return c.MobileKeys(storage.PhoneRegion) }
		emails := func(c *storage.Contact) []string { return c.EmailKeys() }
		if !slices.Equal(email, has(emails, "a@example.com")) || !slices.Equal(mobile, has(mobiles, "+33612345678")) ||
			n != len(m.with(inUse)) || !slices.Equal(trash, m.with(func(c *storage.Contact) bool { return !inUse(c) })) {
			t.Errorf("by e-mail %v, by mobile %v, %d contacts, trash %v", email, mobile, n, trash)
		}
		links := 0
		var linkErr error
		for id := range m.accounts {
			of, err := r.CountContactLinks(id)
			links, linkErr = links+of, errors.Join(linkErr, err)
		}
		if links != len(m.remotes) {
			t.Errorf("%d links of %d", links, len(m.remotes))
		}
		return errors.Join(emailErr, mobileErr, countErr, trashErr, linkErr)
	})
	if err != nil {
		t.Fatal(err)
	}
}
