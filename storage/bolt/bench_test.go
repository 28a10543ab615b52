package bolt_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
)

// many is the size of the workspace that must stay fluent.
const many = 100_000

// hotel invents an establishment with most fields filled, as an import gives it.
func hotel(n int) *storage.Establishment {
	e := &storage.Establishment{
		Identifier: fmt.Sprintf("H%06d", (n*7919)%1_000_003), Status: storage.StatusActive,
		Name:     fmt.Sprintf("Hôtel de l’Étoile %d", n),
		Address:  storage.Address{Street: fmt.Sprintf("%d rue du Général Leclerc", n%200), Zip: "75014", City: "Paris", Country: "FR"},
		Position: &storage.Point{Lat: 48.8 + float64(n%1000)/1e4, Lng: 2.3},
		Phone:    "+33142888985", Email: "bonjour@example.org", Website: "https://example.org/hotel",
		Categories: []string{"Hôtel", "Restaurant"}, Labels: []string{"Paris", "Trois étoiles"},
		DescriptionShort: "Au calme, à deux pas de la gare, avec un jardin et un petit déjeuner servi jusqu’à onze heures.",
		Origins:          map[storage.Field]storage.Origin{},
	}
	e.Hours, _ = storage.ParseWeek("Mo=08:00-12:00&14:00-18:00;Tu=08:00-12:00;We=08:00-12:00;Th=08:00-12:00;Fr=08:00-12:00;Sa;Su")
	o := storage.Origin{At: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC), Actor: storage.ActorImport, RunID: "run"}
	for _, f := range storage.Fields {
		e.Origins[f] = o
	}
	return e
}

// fill imports n establishments as an import does: 1,000 a transaction, each with its journal entry.
func fill(tb testing.TB, s storage.Store, n int) {
	tb.Helper()
	ctx := context.Background()
	for from := 0; from < n; from += 1000 {
		err := s.Update(ctx, func(w storage.Writer) error {
			for i := from; i < min(n, from+1000); i++ {
				e := hotel(i)
				if err := w.PutEstablishment(e); err != nil {
					return err
				}
				j := &storage.JournalEntry{
					At: e.UpdatedAt, Actor: storage.ActorImport, Action: storage.JournalCreate, RunID: "run",
					EstablishmentID: e.ID, Name: e.Name, Hash: "0123456789abcdef0123456789abcdef",
				}
				if err := w.AppendJournal(j); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
}

func BenchmarkPut100k(b *testing.B) {
	for b.Loop() {
		s, err := bolt.Open(context.Background(), bolt.Params{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		fill(b, s, many)
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScanRows100k(b *testing.B) {
	s, err := bolt.Open(context.Background(), bolt.Params{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	fill(b, s, many)
	b.ReportAllocs()
	for b.Loop() {
		n, last := 0, ""
		for {
			var rows []storage.Row
			err := s.View(context.Background(), func(r storage.Reader) (err error) {
				rows, err = r.Rows(last, 5000)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			if len(rows) == 0 {
				break
			}
			n, last = n+len(rows), rows[len(rows)-1].ID
		}
		if n != many {
			b.Fatalf("%d rows", n)
		}
	}
}

func BenchmarkFirstRows100k(b *testing.B) {
	s, err := bolt.Open(context.Background(), bolt.Params{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	fill(b, s, many)
	b.ReportAllocs()
	for b.Loop() {
		err := s.View(context.Background(), func(r storage.Reader) error {
			rows, err := r.FirstRows(200, storage.StatusArchived)
			if len(rows) != 200 {
				b.Fatalf("%d rows", len(rows))
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen100k(b *testing.B) {
	dir := b.TempDir()
	s, err := bolt.Open(context.Background(), bolt.Params{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	fill(b, s, many)
	if v, err := s.Verify(context.Background()); err != nil || len(v) > 0 {
		b.Fatal(v[:min(len(v), 3)], err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := bolt.Open(context.Background(), bolt.Params{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
