package storagetest

import (
	"cmp"
	"errors"
	"slices"
	"testing"

	"diapason/storage"
)

var rowTests = []test{
	{"a row shows what the establishment and its listings say", func(t *testing.T, s *Suite) {
		e := everything(t)
		s.put(e)
		s.update(func(w storage.Writer) error { return w.PutAccount(account("acc")) })
		l := &storage.Listing{
			EstablishmentID: e.ID, AccountID: "acc", Sync: storage.SyncNotInSync,
			Desired:  storage.Snapshot{storage.FieldName: "a", storage.FieldPhone: "1", storage.FieldEmail: "x"},
			Accepted: storage.Snapshot{storage.FieldName: "b", storage.FieldPhone: "1", storage.FieldEmail: "x"},
			Kept:     []storage.Field{storage.FieldName, storage.FieldEmail},
			Matches: map[storage.Field]storage.FieldMatch{
				storage.FieldName: storage.MatchBothChanged, storage.FieldEmail: storage.MatchRemoteChanged,
				storage.FieldPhone: storage.MatchSame,
			},
			Blockers: storage.Problems{storage.NewProblem("blocked.first"), storage.NewProblem("blocked.second")},
			SentAt:   at(5), RetryAt: at(7),
		}
		s.update(func(w storage.Writer) error { return w.PutListing(l) })
		row := get(s, func(r storage.Reader) (storage.Row, error) { return r.Row(e.ID) })
		if row.SortKey == "" {
			t.Error("the row has no sort key")
		}
		_, percent := e.Completeness()
		same(t, "row", row, storage.Row{
			ID: e.ID, Identifier: e.Identifier, Name: e.Name, Line: e.Address.Line(), City: e.Address.City, Status: e.Status,
			AutoSync: true, Labels: e.Labels, Completeness: uint8(percent), SortKey: row.SortKey, UpdatedAt: e.UpdatedAt,
			SearchKey: storage.SearchKey(e.Name + " " + e.Identifier + " " + e.Address.Street + " " + e.Address.Extra + " " +
				e.Address.Zip + " " + e.Address.City),
			Listings: []storage.RowListing{{
				AccountID: "acc", Word: storage.WordAction, SentAt: at(5), RetryAt: at(7), ReasonCode: "blocked.first",
				Differing: 2, Changed: 2,
			}},
		})
		l.Reason, l.Blockers = storage.NewProblem("reason"), nil
		s.update(func(w storage.Writer) error { return w.PutListing(l) })
		e.Name = "Autre nom"
		s.put(e)
		row = get(s, func(r storage.Reader) (storage.Row, error) { return r.Row(e.ID) })
		if row.Name != "Autre nom" || len(row.Listings) != 1 || row.Listings[0].ReasonCode != "reason" ||
			row.Listings[0].Word != storage.WordDrift {
			t.Errorf("after the edits the row is %+v", row)
		}
		s.update(func(w storage.Writer) error { return w.DeleteListing(e.ID, "acc") })
		row = get(s, func(r storage.Reader) (storage.Row, error) { return r.Row(e.ID) })
		if len(row.Listings) != 0 {
			t.Errorf("after the deletion the row shows %+v", row.Listings)
		}
	}},
	{"rows come in the order of ids, by pages", func(t *testing.T, s *Suite) {
		es, ids := numbered(12)
		slices.Reverse(es)
		s.put(es...)
		var got []string
		for last := ""; ; {
			rows := get(s, func(r storage.Reader) ([]storage.Row, error) { return r.Rows(last, 5) })
			if len(rows) == 0 {
				break
			}
			for i := range rows {
				got = append(got, rows[i].ID)
			}
			last = got[len(got)-1]
		}
		same(t, "ids", got, ids)
		if rows := get(s, func(r storage.Reader) ([]storage.Row, error) { return r.Rows("", 0) }); len(rows) != 12 {
			t.Errorf("without limit, %d rows come", len(rows))
		}
	}},
	{"a row is found in whatever order rows are asked for", func(t *testing.T, s *Suite) {
		es, ids := numbered(12)
		s.put(es...)
		orders := map[string][]string{"upwards": ids, "every third": {ids[0], ids[3], ids[6], ids[9]}, "again": {ids[4], ids[4], ids[5]}}
		orders["downwards"] = slices.Clone(ids)
		slices.Reverse(orders["downwards"])
		orders["around what is not there"] = []string{ids[11], "\uffff", ids[0], "!", ids[1], ids[2]}
		for name, order := range orders {
			s.view(func(r storage.Reader) error {
				for _, id := range order {
					row, err := r.Row(id)
					if exists := slices.Contains(ids, id); row.ID != id && exists || exists == errors.Is(err, storage.ErrNotFound) {
						t.Errorf("%s: asked for %q, got %q and %v", name, id, row.ID, err)
					}
				}
				return nil
			})
		}
	}},
	{"what rows show of their listings is also read alone, by pages", func(t *testing.T, s *Suite) {
		es, ids := numbered(12)
		es[3].Labels = []string{"Paris", "Gare"}
		s.put(es...)
		s.update(func(w storage.Writer) error {
			for _, a := range []string{"a", "b"} {
				if err := w.PutAccount(account(a)); err != nil {
					return err
				}
			}
			for i, id := range ids[2:] {
				err := w.PutListing(&storage.Listing{
					EstablishmentID: id, AccountID: []string{"a", "b"}[i%2], SentAt: at(i), Reason: storage.NewProblem("reason"),
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		var want []storage.RowListing
		for _, row := range get(s, func(r storage.Reader) ([]storage.Row, error) { return r.Rows("", 0) }) {
			want = append(want, row.Listings...)
		}
		for _, limit := range []int{0, 1, 5, 6, 12, 13} {
			var got []storage.RowListing
			for after, more := "", true; more; more = after != "" {
				after = get(s, func(r storage.Reader) (string, error) {
					return r.RowListings(after, limit, func(l *storage.RowListing) { got = append(got, *l) })
				})
			}
			same(t, "listings", got, want)
		}
		if len(want) != 10 {
			t.Errorf("%d listings in the rows", len(want))
		}
	}},
	{"the first rows come in the order of names, then of ids, without those of a status", func(t *testing.T, s *Suite) {
		for i, name := range []string{"Zénith", "Abbaye", "Hôtel 10", "Hôtel 2", "côte", "Abbaye", "Abri", "Étoile", "Abbaye"} {
			e := place(string(rune('z'-i)), name)
			if name == "Abri" {
				e.Status = storage.StatusArchived
			}
			s.put(e)
		}
		want := []string{"r Abbaye", "u Abbaye", "y Abbaye", "v côte", "s Étoile", "w Hôtel 2", "x Hôtel 10", "z Zénith"}
		for limit := range len(want) + 2 {
			rows := get(s, func(r storage.Reader) ([]storage.Row, error) { return r.FirstRows(limit, storage.StatusArchived) })
			var got []string
			for i := range rows {
				got = append(got, rows[i].ID+" "+rows[i].Name)
			}
			same(t, "first rows", got, want[:min(limit, len(want))])
		}
	}},
	{"sort keys put names in the French order", func(t *testing.T, s *Suite) {
		names := []string{
			"Abbaye", "côte", "Côte", "Côté", "Étoile", "étoile du nord", "Hôtel 2", "Hôtel 10", "Zénith",
		}
		for i := len(names) - 1; i >= 0; i-- {
			s.put(place("", names[i]))
		}
		rows := get(s, func(r storage.Reader) ([]storage.Row, error) { return r.Rows("", 0) })
		slices.SortFunc(rows, func(a, b storage.Row) int { return cmp.Compare(a.SortKey, b.SortKey) })
		var got []string
		for i := range rows {
			got = append(got, rows[i].Name)
		}
		same(t, "names", got, names)
	}},
}
