// Package storagetest is the conformance suite that every Store passes: each sentence of the contract in package
// storage has its test here, on a fresh store, and the store must verify clean at the end of each.
//
// It knows nothing of how a Store keeps things; what only one implementation promises is tested beside it.
package storagetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
)

// Run runs the suite. open gives an empty store; the suite closes it.
func Run(t *testing.T, open func(t *testing.T) storage.Store) {
	t.Helper()
	groups := []struct {
		name  string
		tests []test
	}{
		{"Establishments", establishmentTests},
		{"Rows", rowTests},
		{"Listings", listingTests},
		{"Operations", operationTests},
		{"Activity", activityTests},
		{"Past", pastTests},
		{"Settings", settingTests},
		{"Transactions", transactionTests},
		{"Agenda", agendaTests},
		{"Feeds", feedTests},
		{"Properties", propertyTests},
		{"Agenda properties", agendaPropertyTests},
		{"Contacts", contactTests},
		{"Address books", contactBookTests},
		{"Contact properties", contactPropertyTests},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, tt := range g.tests {
				t.Run(tt.name, func(t *testing.T) { tt.run(t, Fresh(t, open)) })
			}
		})
	}
}

// test is one behaviour.
type test struct {
	name string
	run  func(t *testing.T, s *Suite)
}

// Suite is a store under test with short forms of its calls that fail the test.
type Suite struct {
	storage.Store
	t testing.TB
}

// Fresh opens a store that is verified and closed at the end of the test.
func Fresh(t *testing.T, open func(t *testing.T) storage.Store) *Suite {
	t.Helper()
	s := &Suite{Store: open(t), t: t}
	t.Cleanup(func() {
		Verify(t, s.Store)
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// Verify fails the test when an invariant of the store is broken. A store that the test closed is left alone.
func Verify(t testing.TB, s storage.Store) {
	t.Helper()
	violations, err := s.Verify(context.Background())
	if err != nil && !errors.Is(err, storage.ErrClosed) {
		t.Errorf("verify: %v", err)
	}
	for _, v := range violations {
		t.Errorf("broken invariant: %s %q: %s", v.Bucket, v.Key, v.Text)
	}
}

// update runs f in a transaction that must succeed.
func (s *Suite) update(f func(w storage.Writer) error) {
	s.t.Helper()
	if err := s.Update(context.Background(), f); err != nil {
		s.t.Fatalf("update: %v", err)
	}
}

// refused runs f in a transaction that must fail with want, and gives the error.
func (s *Suite) refused(want error, f func(w storage.Writer) error) error {
	s.t.Helper()
	err := s.Update(context.Background(), f)
	if !errors.Is(err, want) {
		s.t.Fatalf("update gives %v, want %v", err, want)
	}
	return err
}

// view runs f in a read that must succeed.
func (s *Suite) view(f func(r storage.Reader) error) {
	s.t.Helper()
	if err := s.View(context.Background(), f); err != nil {
		s.t.Fatalf("view: %v", err)
	}
}

// put keeps establishments.
func (s *Suite) put(es ...*storage.Establishment) {
	s.t.Helper()
	s.update(func(w storage.Writer) error {
		for _, e := range es {
			if err := w.PutEstablishment(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// get reads something that must be there.
func get[T any](s *Suite, f func(r storage.Reader) (T, error)) T {
	s.t.Helper()
	var v T
	s.view(func(r storage.Reader) (err error) {
		v, err = f(r)
		return err
	})
	return v
}

// same fails the test when got is not want. Empty and absent lists are the same.
func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b []string) bool {
		if len(a) != len(b) {
			return false
		}
		for i := range a {
			if a[i] != b[i] {
				return false
			}
		}
		return true
	})); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// at gives an instant of the suite's day.
func at(minutes int) time.Time {
	return time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

// place makes a small valid establishment.
func place(id, name string) *storage.Establishment {
	return &storage.Establishment{
		ID: id, Name: name, Status: storage.StatusActive, CreatedAt: at(0), UpdatedAt: at(0),
	}
}

// account makes an enabled account.
func account(id string) *storage.Account {
	return &storage.Account{ID: id, Kind: "directory.trial", Name: id, Enabled: true, CreatedAt: at(0)}
}

// numbered gives n establishments with ids in order: e00, e01…
func numbered(n int) (es []*storage.Establishment, ids []string) {
	for i := range n {
		id := fmt.Sprintf("e%02d", i)
		es, ids = append(es, place(id, "Hôtel "+id)), append(ids, id)
	}
	return es, ids
}
