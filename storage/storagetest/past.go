package storagetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"diapason/storage"
)

// pastTests are about what stays of runs and of the journal, and how it is found and removed.
var pastTests = []test{
	{"the journal is searched in every text of an entry", searchJournal},
	{"a search ends when nobody waits for it", func(t *testing.T, s *Suite) {
		s.update(func(w storage.Writer) error { return w.AppendJournal(&storage.JournalEntry{At: at(0), Name: "x"}) })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := storage.SearchJournal(ctx, s.Store, storage.JournalQuery{}, nil, func(*storage.JournalEntry) bool { return true })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	}},
	{"an entry of the journal is found and removed with its indexes", removeJournal},
	{"a run is removed with its items", removeRun},
}

func searchJournal(t *testing.T, s *Suite) {
	s.update(func(w storage.Writer) error {
		return errors.Join(
			w.PutAccount(&storage.Account{ID: "acc", Kind: "k", Name: "Pages Jaunes"}),
			w.AppendJournal(&storage.JournalEntry{At: at(0), Action: storage.JournalCreate, Name: "Hôtel des Écluses"}),
			w.AppendJournal(&storage.JournalEntry{At: at(1), Action: storage.JournalSend, Name: "B", AccountID: "acc", RequestID: "req-77"}),
			w.AppendJournal(&storage.JournalEntry{
				At: at(2), Action: storage.JournalUpdate, Name: "C",
				Changes: []storage.FieldChange{{Field: storage.FieldPhone, Before: "+33142601234", After: "+33142609999"}},
			}),
			w.AppendJournal(&storage.JournalEntry{
				At: at(3), Action: storage.JournalRefuse, Name: "D", AccountID: "other",
				Answer: &storage.Answer{Status: 422, Text: "unknown street"}, Reason: storage.NewProblem("directory.refused", "value", "Rue"),
			}),
		)
	})
	words := func(p *storage.Problem) string { return "L’annuaire refuse : " + p.Args["value"] }
	for name, tt := range map[string]struct {
		q    storage.JournalQuery
		want []string
	}{
		"a name, without accents":  {storage.JournalQuery{Text: "hotel des ecluses"}, []string{"Hôtel des Écluses"}},
		"an account":               {storage.JournalQuery{Text: "jaunes"}, []string{"B"}},
		"a reference":              {storage.JournalQuery{Text: "REQ-77"}, []string{"B"}},
		"a value before":           {storage.JournalQuery{Text: "2601234"}, []string{"C"}},
		"a value after":            {storage.JournalQuery{Text: "+33142609999"}, []string{"C"}},
		"an answer":                {storage.JournalQuery{Text: "unknown"}, []string{"D"}},
		"a reason as people read":  {storage.JournalQuery{Text: "l’annuaire refuse"}, []string{"D"}},
		"a reason, another time":   {storage.JournalQuery{Text: "l’annuaire refuse", Until: at(3)}, nil},
		"a reason, another action": {storage.JournalQuery{Text: "l’annuaire refuse", Actions: []storage.JournalAction{storage.JournalSend}}, nil},
		"nothing but signs":        {storage.JournalQuery{Text: "???"}, nil},
		"an account's":             {storage.JournalQuery{AccountID: "acc"}, []string{"B"}},
		"actions":                  {storage.JournalQuery{Actions: []storage.JournalAction{storage.JournalSend, storage.JournalUpdate}}, []string{"C", "B"}},
		"until":                    {storage.JournalQuery{Until: at(1)}, []string{"Hôtel des Écluses"}},
		"between":                  {storage.JournalQuery{Since: at(1), Until: at(3)}, []string{"C", "B"}},
		"everything":               {storage.JournalQuery{}, []string{"D", "C", "B", "Hôtel des Écluses"}},
	} {
		var got []string
		err := storage.SearchJournal(t.Context(), s.Store, tt.q, words, func(j *storage.JournalEntry) bool {
			got = append(got, j.Name)
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, name, got, tt.want)
		if tt.q.Text == "l’annuaire refuse" {
			continue // the store knows no sentences
		}
		var direct []string
		for _, j := range get(s, func(r storage.Reader) ([]*storage.JournalEntry, error) { return r.Journal(tt.q) }) {
			direct = append(direct, j.Name)
		}
		same(t, name+", read at once", direct, tt.want)
	}
}

func removeJournal(t *testing.T, s *Suite) {
	var ids []string
	s.update(func(w storage.Writer) error {
		for i := range 5 {
			j := &storage.JournalEntry{At: at(i), Action: storage.JournalUpdate, EstablishmentID: "e", RunID: "r", Name: fmt.Sprint(i)}
			if err := w.AppendJournal(j); err != nil {
				return err
			}
			ids = append(ids, j.ID)
		}
		return nil
	})
	oldest := get(s, func(r storage.Reader) ([]*storage.JournalEntry, error) { return r.OldestJournal(ids[0], 2) })
	if len(oldest) != 2 || oldest[0].ID != ids[1] || oldest[1].ID != ids[2] {
		t.Errorf("oldest first, after the first: %+v", oldest)
	}
	s.update(func(w storage.Writer) error { return w.DeleteJournal(ids[1]) })
	s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.DeleteJournal(ids[1]) })
	s.view(func(r storage.Reader) error {
		if j, err := r.JournalEntry(ids[2]); err != nil || j.Name != "2" {
			t.Errorf("entry %+v %v", j, err)
		}
		if _, err := r.JournalEntry(ids[1]); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("removed entry: %v", err)
		}
		return nil
	})
	for _, q := range []storage.JournalQuery{{}, {RunID: "r"}, {EstablishmentID: "e"}} {
		if left := get(s, func(r storage.Reader) ([]*storage.JournalEntry, error) { return r.Journal(q) }); len(left) != 4 {
			t.Errorf("%+v: %d entries are left", q, len(left))
		}
	}
}

func removeRun(t *testing.T, s *Suite) {
	s.update(func(w storage.Writer) error {
		for i, id := range []string{"a", "b", "c"} {
			if err := w.PutRun(&storage.Run{ID: id, StartedAt: at(i).Add(time.Second)}); err != nil {
				return err
			}
			for n := range 5 {
				if err := w.PutRunItem(&storage.RunItem{RunID: id, Seq: n}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	names := func(after string) (ids []string) {
		for _, r := range get(s, func(r storage.Reader) ([]*storage.Run, error) { return r.OldestRuns(after, 2) }) {
			ids = append(ids, r.ID)
		}
		return ids
	}
	same(t, "oldest first", names(""), []string{"a", "b"})
	same(t, "oldest first, the second page", names("b"), []string{"c"})
	s.update(func(w storage.Writer) error {
		n, err := w.DeleteRunItems("b", 3)
		if n != 3 {
			t.Errorf("%d items removed", n)
		}
		return err
	})
	s.update(func(w storage.Writer) error { return w.DeleteRun("b") })
	s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.DeleteRun("b") })
	same(t, "what is left", names(""), []string{"a", "c"})
	for id, want := range map[string]int{"a": 5, "b": 0, "c": 5} {
		if items := get(s, func(r storage.Reader) ([]*storage.RunItem, error) { return r.RunItems(id, 0, 0) }); len(items) != want {
			t.Errorf("run %s: %d items", id, len(items))
		}
	}
}
