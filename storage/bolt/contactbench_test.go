package bolt_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
)

// somebody invents a contact with most fields filled.
func somebody(n int) *storage.Contact {
	c := &storage.Contact{Card: storage.Card{
		FamilyName: fmt.Sprintf("Exemple %d", n), GivenName: "Camille", Organization: "Atelier du Port", Title: "Luthière",
		Emails: []storage.CardValue{
			{Type: storage.TypePersonal, Value: fmt.Sprintf("camille.%d@example.com", n)},
			{Type: storage.TypeProfessional, Value: fmt.Sprintf("c.%d@atelier.example", n)},
		},
		Phones: []storage.CardValue{
			{Type: storage.TypePersonalMobile, Value: fmt.Sprintf("06 12 34 %02d %02d", n/100%100, n%100)},
			{Type: storage.TypeProfessional, Value: "04 91 00 00 01"},
		},
		Addresses: []storage.CardAddress{{Type: storage.TypePersonal, Street: "12 quai du Port", PostalCode: "13002", City: "Marseille"}},
		Labels:    []string{"Clients"},
	}}
	c.Changed = map[storage.Field]storage.CardChange{}
	for _, f := range storage.CardFields(&c.Card) {
		c.Changed[f] = storage.CardChange{At: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC), By: storage.ActorImport}
	}
	return c
}

// fillContacts keeps n contacts, a number of them per transaction, each linked to two address books.
func fillContacts(tb testing.TB, s storage.Store, n, slice int) {
	tb.Helper()
	update := func(f func(w storage.Writer) error) {
		if err := s.Update(context.Background(), f); err != nil {
			tb.Fatal(err)
		}
	}
	books := []string{"google", "nextcloud"}
	for _, id := range books {
		update(func(w storage.Writer) error { return w.PutAccount(&storage.Account{ID: id, Kind: "contacts.trial"}) })
	}
	for from := 0; from < n; from += slice {
		update(func(w storage.Writer) error {
			for i := from; i < min(n, from+slice); i++ {
				c := somebody(i)
				if err := w.PutContact(c); err != nil {
					return err
				}
				for _, id := range books {
					l := &storage.ContactLink{ContactID: c.ID, AccountID: id, RemoteID: "people/" + c.ID, Ours: c.Card, Theirs: c.Card}
					if err := w.PutContactLink(l); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
}

func BenchmarkPut10kContactsInOneTransaction(b *testing.B) {
	for b.Loop() {
		s, err := bolt.Open(context.Background(), bolt.Params{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		fillContacts(b, s, 10_000, 10_000)
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPageOf5kAmong100kContactRows(b *testing.B) {
	s, err := bolt.Open(context.Background(), bolt.Params{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	fillContacts(b, s, many, 10_000)
	b.ReportAllocs()
	b.ResetTimer()
	for last := ""; b.Loop(); {
		err := s.View(context.Background(), func(r storage.Reader) error {
			rows, err := r.ContactRows(last, 5000)
			if last = ""; len(rows) == 5000 {
				last = rows[4999].ID
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
