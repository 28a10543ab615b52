package storagetest

import (
	"context"
	"errors"
	"testing"

	"diapason/storage"
)

var listingTests = []test{
	{"every property reads back", func(t *testing.T, s *Suite) {
		s.put(place("e", "Hôtel"))
		want := &storage.Listing{
			EstablishmentID: "e", AccountID: "acc", Desired: storage.Snapshot{storage.FieldName: "a", storage.FieldFax: ""},
			Accepted: storage.Snapshot{storage.FieldName: "b"}, Observed: storage.Snapshot{storage.FieldName: "c"},
			RemoteID: "r1", ETag: "\"t\"", URL: "https://example.org/1", Sync: storage.SyncInSync, Flow: storage.FlowDirectory,
			Claim: storage.ClaimOurs, Connect: storage.ConnectOK,
			Matches: map[storage.Field]storage.FieldMatch{storage.FieldName: storage.MatchSame},
			Kept:    []storage.Field{storage.FieldName}, Reason: storage.NewProblem("reason", "a", "b").On(storage.FieldName),
			Blockers: storage.Problems{storage.NewProblem("blocked")},
			SentAt:   at(1), CheckedAt: at(2), NextCheck: at(3), RetryAt: at(4), Attempts: 5,
		}
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutAccount(account("acc")), w.PutListing(want))
		})
		got := get(s, func(r storage.Reader) (*storage.Listing, error) { return r.Listing("e", "acc") })
		same(t, "listing", got, want)
	}},
	{"it needs its establishment and its account", func(t *testing.T, s *Suite) {
		s.put(place("e", "Hôtel"))
		s.update(func(w storage.Writer) error { return w.PutAccount(account("acc")) })
		for _, l := range []storage.Listing{
			{EstablishmentID: "e", AccountID: "x"},
			{EstablishmentID: "x", AccountID: "acc"},
		} {
			s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.PutListing(&l) })
		}
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.DeleteListing("e", "acc") })
	}},
	{"listed per establishment, and per account by pages", func(t *testing.T, s *Suite) {
		es, ids := numbered(9)
		s.put(es...)
		s.update(func(w storage.Writer) error {
			err := errors.Join(w.PutAccount(account("a")), w.PutAccount(account("ab")))
			for _, id := range ids {
				err = errors.Join(err,
					w.PutListing(&storage.Listing{EstablishmentID: id, AccountID: "ab"}),
					w.PutListing(&storage.Listing{EstablishmentID: id, AccountID: "a"}))
			}
			return err
		})
		ls := get(s, func(r storage.Reader) ([]*storage.Listing, error) { return r.Listings("e03") })
		if len(ls) != 2 || ls[0].AccountID != "a" || ls[1].AccountID != "ab" {
			t.Errorf("the listings of one establishment are %v", ls)
		}
		var got []string
		for last := ""; ; {
			page := get(s, func(r storage.Reader) ([]*storage.Listing, error) { return r.ListingsByAccount("a", last, 4) })
			if len(page) == 0 {
				break
			}
			for _, l := range page {
				got = append(got, l.EstablishmentID)
			}
			last = got[len(got)-1]
		}
		same(t, "ids", got, ids)
	}},
	{"due ones come in the order of their time, up to now", func(t *testing.T, s *Suite) {
		es, _ := numbered(5)
		s.put(es...)
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutAccount(account("acc")),
				w.PutListing(&storage.Listing{EstablishmentID: "e00", AccountID: "acc", NextCheck: at(30)}),
				w.PutListing(&storage.Listing{EstablishmentID: "e01", AccountID: "acc", NextCheck: at(10)}),
				w.PutListing(&storage.Listing{EstablishmentID: "e02", AccountID: "acc"}),
				w.PutListing(&storage.Listing{EstablishmentID: "e03", AccountID: "acc", NextCheck: at(20)}),
				w.PutListing(&storage.Listing{EstablishmentID: "e04", AccountID: "acc", NextCheck: at(20).Add(1)}))
		})
		due := func(minute, limit int) (ids []string) {
			for _, l := range get(s, func(r storage.Reader) ([]*storage.Listing, error) {
				return r.ListingsDue("acc", at(minute), limit)
			}) {
				ids = append(ids, l.EstablishmentID)
			}
			return ids
		}
		same(t, "due at 20", due(20, 10), []string{"e01", "e03"})
		same(t, "due at 60", due(60, 0), []string{"e01", "e03", "e04", "e00"})
		same(t, "due at 60, one", due(60, 1), []string{"e01"})
		s.update(func(w storage.Writer) error {
			return w.PutListing(&storage.Listing{EstablishmentID: "e01", AccountID: "acc", NextCheck: at(40)})
		})
		same(t, "due at 20, later", due(20, 10), []string{"e03"})
	}},
	{"found by word, the default one included where nothing was sent yet", byWord},
	{"an empty snapshot is none", func(t *testing.T, s *Suite) {
		s.put(place("e", "Hôtel"))
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutAccount(account("acc")), w.PutListing(&storage.Listing{
				EstablishmentID: "e", AccountID: "acc", Sync: storage.SyncInSync, Accepted: storage.Snapshot{},
			}))
		})
		row := get(s, func(r storage.Reader) (storage.Row, error) { return r.Row("e") })
		if got := row.WordOn("acc"); got != storage.WordToSync {
			t.Errorf("nothing was accepted, and the row says %q", got)
		}
	}},
	{"deleting an account takes its listings and operations along", deleteAccount},
}

func byWord(t *testing.T, s *Suite) {
	es, _ := numbered(4)
	es[3].Status = storage.StatusDraft
	s.put(es...)
	a, accepted := account("acc"), storage.Snapshot{storage.FieldName: "Hôtel"}
	s.update(func(w storage.Writer) error {
		return errors.Join(w.PutAccount(a),
			w.PutListing(&storage.Listing{EstablishmentID: "e00", AccountID: "acc", Accepted: accepted, Sync: storage.SyncInSync}),
			w.PutListing(&storage.Listing{EstablishmentID: "e01", AccountID: "acc", Flow: storage.FlowNeeded}))
	})
	check := func(w storage.Word, want ...string) {
		t.Helper()
		got := get(s, func(r storage.Reader) ([]string, error) { return r.EstablishmentIDsByWord("acc", w) })
		same(t, string(w), got, want)
	}
	check(storage.WordUpToDate, "e00")
	check(storage.WordToSync, "e01", "e02")
	check(storage.WordDisabled, "e03")
	s.update(func(w storage.Writer) error {
		return w.PutListing(&storage.Listing{EstablishmentID: "e00", AccountID: "acc", Accepted: accepted, Sync: storage.SyncNotInSync})
	})
	check(storage.WordUpToDate)
	check(storage.WordDrift, "e00")
	a.Enabled = false
	s.update(func(w storage.Writer) error { return w.PutAccount(a) })
	check(storage.WordToSync, "e01")
	check(storage.WordDisabled)
}

func deleteAccount(t *testing.T, s *Suite) {
	es, ids := numbered(3)
	s.put(es...)
	s.update(func(w storage.Writer) error {
		err := errors.Join(w.PutAccount(account("a")), w.PutAccount(account("b")))
		for _, id := range ids {
			for _, acc := range []string{"a", "b"} {
				err = errors.Join(err,
					w.PutListing(&storage.Listing{EstablishmentID: id, AccountID: acc, NextCheck: at(0)}),
					w.PutOperation(&storage.Operation{EstablishmentID: id, AccountID: acc, State: storage.OpRetry, CreatedAt: at(0)}))
			}
		}
		return err
	})
	s.update(func(w storage.Writer) error { return w.DeleteAccount("a") })
	s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.DeleteAccount("a") })
	if err := s.View(context.Background(), func(r storage.Reader) error {
		_, err := r.Account("a")
		return err
	}); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("the deleted account gives %v", err)
	}
	s.view(func(r storage.Reader) error {
		for _, id := range ids {
			row, err := r.Row(id)
			if err != nil {
				return err
			}
			if len(row.Listings) != 1 || row.Listings[0].AccountID != "b" {
				t.Errorf("the row of %s shows %+v", id, row.Listings)
			}
		}
		counts, err := r.CountOperations()
		same(t, "operations", counts, map[storage.OpState]int{storage.OpRetry: 3})
		return err
	})
}
