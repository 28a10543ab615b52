package bolt_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
)

// BenchmarkJournalSearch looks through 100,000 entries for a word that none holds, as the slowest search does; it also
// prints the longest that one of its transactions kept the others waiting.
func BenchmarkJournalSearch(b *testing.B) {
	var longest time.Duration
	s, err := bolt.Open(context.Background(), bolt.Params{Dir: b.TempDir(), SlowView: func(d time.Duration) { longest = max(longest, d) }})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	}()
	for from := 0; from < many; from += 5000 {
		err := s.Update(context.Background(), func(w storage.Writer) error {
			for i := from; i < from+5000; i++ {
				err := w.AppendJournal(&storage.JournalEntry{
					Action: storage.JournalUpdate, EstablishmentID: fmt.Sprint(i % 1000), Name: fmt.Sprintf("Hôtel de l’Étoile %d", i),
					Changes: []storage.FieldChange{{Field: storage.FieldPhone, Before: "+33142601234", After: "+33142609999"}},
					Reason:  storage.NewProblem("directory.refused", "value", "12 rue du Général Leclerc"),
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		err := storage.SearchJournal(b.Context(), s, storage.JournalQuery{Text: "introuvable"},
			func(p *storage.Problem) string { return "L’annuaire refuse " + p.Args["value"] },
			func(*storage.JournalEntry) bool { return true })
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(longest.Milliseconds()), "slow-view-ms")
}
