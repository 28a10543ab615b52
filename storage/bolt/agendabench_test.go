package bolt_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
)

// agenda is the number of reservations of the agenda that must stay fluent, over the 14 months of a feed's window.
const agenda = 10_000

// stay invents a reservation with most fields filled: every twentieth is a series.
func stay(n int) *storage.Reservation {
	start := storage.LocalOf(time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * 61 * time.Minute))
	r := &storage.Reservation{
		TypeID: "t", Zone: "Europe/Paris", Start: start, End: start.Add(90 * time.Minute),
		Details: storage.Details{
			Title: fmt.Sprintf("Répétition de l’orchestre %d", n), EstablishmentID: "e", ResourceID: "room",
			Status: storage.ReservationConfirmed, InCharge: []string{"alix"},
			Participants: []storage.Participant{{PersonID: "alix", Answer: storage.AttendanceAccepted}},
			PublicNotes:  "Apporter son pupitre et ses partitions ; entrée par la cour.",
			PrivateNotes: "Clé chez le gardien.", Address: "12 quai du Port, 13002 Marseille", Link: "https://example.org/orchestre",
		},
	}
	if n%20 == 0 {
		r.Recurrence = &storage.Recurrence{Rule: "FREQ=WEEKLY;COUNT=10", Except: []storage.LocalTime{start.AddDays(7)}}
	}
	return r
}

// fillAgenda keeps what stays refer to and n of them, 1,000 a transaction.
func fillAgenda(tb testing.TB, s storage.Store, n int) {
	tb.Helper()
	update := func(f func(w storage.Writer) error) {
		if err := s.Update(context.Background(), f); err != nil {
			tb.Fatal(err)
		}
	}
	update(func(w storage.Writer) error {
		e := hotel(agenda)
		e.ID = "e"
		for _, err := range []error{
			w.PutEstablishment(e), w.PutReservationType(&storage.ReservationType{ID: "t", Name: "Répétition", Color: "#1A73E8"}),
			w.PutPerson(&storage.Person{ID: "alix", Name: "Alix Martin"}),
			w.PutResource(&storage.Resource{ID: "room", Name: "Salle bleue", EstablishmentID: "e"}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	for from := 0; from < n; from += 1000 {
		update(func(w storage.Writer) error {
			for i := from; i < min(n, from+1000); i++ {
				if err := w.PutReservation(stay(i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func openAgenda(b *testing.B) *bolt.Store {
	b.Helper()
	s, err := bolt.Open(context.Background(), bolt.Params{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	fillAgenda(b, s, agenda)
	return s
}

func benchmarkBetween(b *testing.B, from, to time.Time) {
	s := openAgenda(b)
	defer s.Close()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		err := s.View(context.Background(), func(r storage.Reader) error {
			rs, err := r.ReservationsBetween(from, to)
			n = len(rs)
			return err
		})
		if err != nil || n == 0 {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(n), "reservations")
}

func BenchmarkMonthOf10kReservations(b *testing.B) {
	benchmarkBetween(b, time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC))
}

func BenchmarkDayOf10kReservations(b *testing.B) {
	benchmarkBetween(b, time.Date(2027, 3, 10, 0, 0, 0, 0, time.UTC), time.Date(2027, 3, 11, 0, 0, 0, 0, time.UTC))
}

func BenchmarkAll10kReservations(b *testing.B) {
	benchmarkBetween(b, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC))
}

func BenchmarkPut10kReservations(b *testing.B) {
	for b.Loop() {
		if err := openAgenda(b).Close(); err != nil {
			b.Fatal(err)
		}
	}
}
