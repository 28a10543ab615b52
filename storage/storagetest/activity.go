package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"diapason/storage"
)

var activityTests = []test{
	{"runs come newest first, by pages", func(t *testing.T, s *Suite) {
		starts := map[string]int{"r1": 10, "r2": 30, "r3": 20, "r4": 20}
		s.update(func(w storage.Writer) (err error) {
			for _, id := range []string{"r1", "r2", "r3", "r4"} {
				err = errors.Join(err, w.PutRun(&storage.Run{ID: id, StartedAt: at(starts[id]), State: storage.RunRunning}))
			}
			return err
		})
		runs := func(before string, limit int) (ids []string) {
			for _, r := range get(s, func(r storage.Reader) ([]*storage.Run, error) { return r.Runs(before, limit) }) {
				ids = append(ids, r.ID)
			}
			return ids
		}
		same(t, "all", runs("", 0), []string{"r2", "r4", "r3", "r1"})
		same(t, "first page", runs("", 2), []string{"r2", "r4"})
		same(t, "second page", runs("r4", 2), []string{"r3", "r1"})
		same(t, "third page", runs("r1", 2), []string(nil))
		s.update(func(w storage.Writer) error { return w.PutRun(&storage.Run{ID: "r1", StartedAt: at(40)}) })
		same(t, "after a change", runs("", 0), []string{"r1", "r2", "r4", "r3"})
	}},
	{"a run reads back, and gets an identifier", func(t *testing.T, s *Suite) {
		want := &storage.Run{
			Kind: storage.RunImport, State: storage.RunFailed, Actor: storage.ActorUser, StartedAt: at(1), EndedAt: at(2),
			Subject: "hôtels.xlsx", Totals: storage.Totals{Total: 3, Created: 1, Rejected: 2}, Undoes: "u", UndoneBy: "v",
			Problem: storage.NewProblem("stopped", "why", "disk"),
		}
		s.update(func(w storage.Writer) error { return w.PutRun(want) })
		if want.ID == "" {
			t.Fatal("the run has no identifier")
		}
		got := get(s, func(r storage.Reader) (*storage.Run, error) { return r.Run(want.ID) })
		same(t, "run", got, want)
	}},
	{"items come in their order, from a position on", func(t *testing.T, s *Suite) {
		s.update(func(w storage.Writer) error {
			err := errors.Join(w.PutRun(&storage.Run{ID: "r", StartedAt: at(0)}), w.PutRun(&storage.Run{ID: "r2", StartedAt: at(0)}))
			for _, seq := range []int{300, 2, 1, 0, 256} {
				err = errors.Join(err, w.PutRunItem(&storage.RunItem{RunID: "r", Seq: seq, Result: storage.ItemSent, At: at(0)}))
			}
			return errors.Join(err, w.PutRunItem(&storage.RunItem{RunID: "r2", Seq: 1, At: at(0)}))
		})
		items := func(from, limit int) (seqs []int) {
			for _, i := range get(s, func(r storage.Reader) ([]*storage.RunItem, error) { return r.RunItems("r", from, limit) }) {
				seqs = append(seqs, i.Seq)
			}
			return seqs
		}
		same(t, "all", items(0, 0), []int{0, 1, 2, 256, 300})
		same(t, "from 2, two", items(2, 2), []int{2, 256})
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.PutRunItem(&storage.RunItem{RunID: "x"}) })
	}},
	{"an item reads back, and is replaced at its position", func(t *testing.T, s *Suite) {
		want := &storage.RunItem{
			RunID: "r", Seq: 4, EstablishmentID: "e", AccountID: "a", Name: "Hôtel", Row: 12, Result: storage.ItemRejected,
			Problems: storage.Problems{storage.NewProblem("a", "b", "c").On(storage.FieldZip)}, At: at(1),
		}
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutRun(&storage.Run{ID: "r", StartedAt: at(0)}),
				w.PutRunItem(&storage.RunItem{RunID: "r", Seq: 4, Result: storage.ItemPending, At: at(0)}), w.PutRunItem(want))
		})
		got := get(s, func(r storage.Reader) ([]*storage.RunItem, error) { return r.RunItems("r", 0, 10) })
		same(t, "items", got, []*storage.RunItem{want})
	}},
	{"journal entries are only ever appended", func(t *testing.T, s *Suite) {
		want := &storage.JournalEntry{
			At: at(1), Actor: storage.ActorDirectory, Action: storage.JournalAccept, RunID: "r", EstablishmentID: "e",
			AccountID: "a", Name: "Hôtel", Changes: []storage.FieldChange{{Field: storage.FieldName, Before: "a", After: "b"}},
			Hash: "h", RequestID: "q", Reason: storage.NewProblem("why"),
		}
		s.update(func(w storage.Writer) error { return w.AppendJournal(want) })
		if want.ID == "" {
			t.Fatal("the entry has no identifier")
		}
		again := *want
		again.Name = "Autre"
		s.refused(storage.ErrDuplicate, func(w storage.Writer) error { return w.AppendJournal(&again) })
		got := get(s, func(r storage.Reader) ([]*storage.JournalEntry, error) { return r.Journal(storage.JournalQuery{}) })
		same(t, "journal", got, []*storage.JournalEntry{want})
	}},
	{"the journal is read newest first, by what is asked", readJournal},
	{"a run's journal is read oldest first, by pages", func(t *testing.T, s *Suite) {
		var want []string
		s.update(func(w storage.Writer) error {
			for i := range 7 {
				j := &storage.JournalEntry{RunID: "r", At: at(i), Action: storage.JournalUpdate}
				if err := w.AppendJournal(j); err != nil {
					return err
				}
				want = append(want, j.ID)
			}
			return w.AppendJournal(&storage.JournalEntry{RunID: "r2", At: at(0)})
		})
		var got []string
		for last := ""; ; {
			page := get(s, func(r storage.Reader) ([]*storage.JournalEntry, error) { return r.RunJournal("r", last, 3) })
			if len(page) == 0 {
				break
			}
			for _, j := range page {
				got = append(got, j.ID)
			}
			last = got[len(got)-1]
		}
		same(t, "entries", got, want)
	}},
}

func readJournal(t *testing.T, s *Suite) {
	// Twelve entries, one a minute, by turns on three establishments and in two runs.
	s.update(func(w storage.Writer) error {
		for i := range 12 {
			err := w.AppendJournal(&storage.JournalEntry{
				At: at(i), Action: storage.JournalUpdate, EstablishmentID: fmt.Sprintf("e%d", i%3), RunID: fmt.Sprintf("r%d", i%2),
				Name: fmt.Sprint(i),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	read := func(q storage.JournalQuery) (names []string, last string) {
		for _, j := range get(s, func(r storage.Reader) ([]*storage.JournalEntry, error) { return r.Journal(q) }) {
			names, last = append(names, j.Name), j.ID
		}
		return names, last
	}
	tests := []struct {
		name string
		q    storage.JournalQuery
		want []string
	}{
		{"everything", storage.JournalQuery{}, []string{"11", "10", "9", "8", "7", "6", "5", "4", "3", "2", "1", "0"}},
		{"as far as asked", storage.JournalQuery{Limit: 2}, []string{"11", "10"}},
		{"since", storage.JournalQuery{Since: at(9)}, []string{"11", "10", "9"}},
		{"of an establishment", storage.JournalQuery{EstablishmentID: "e1"}, []string{"10", "7", "4", "1"}},
		{"of a run", storage.JournalQuery{RunID: "r1", Limit: 3}, []string{"11", "9", "7"}},
		{"of both", storage.JournalQuery{RunID: "r0", EstablishmentID: "e1"}, []string{"10", "4"}},
		{"of both, since", storage.JournalQuery{RunID: "r0", EstablishmentID: "e1", Since: at(5)}, []string{"10"}},
		{"of nothing known", storage.JournalQuery{EstablishmentID: "x"}, nil},
	}
	for _, tt := range tests {
		got, _ := read(tt.q)
		same(t, tt.name, got, tt.want)
	}
	for _, q := range []storage.JournalQuery{{Limit: 5}, {Limit: 2, EstablishmentID: "e1"}, {Limit: 4, RunID: "r0"}} {
		whole := q
		whole.Limit = 0
		want, _ := read(whole)
		var got []string
		for {
			page, last := read(q)
			if len(page) == 0 {
				break
			}
			got, q.Before = slices.Concat(got, page), last
		}
		same(t, "page by page", got, want)
	}
}
