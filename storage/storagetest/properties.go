package storagetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"diapason/storage"
)

var propertyTests = []test{
	{"any sequence of edits leaves a store that verifies and agrees with a map", func(t *testing.T, s *Suite) {
		rapid.Check(t, func(rt *rapid.T) {
			m := &model{s: &Suite{Store: s.Store, t: t}, establishments: map[string]*storage.Establishment{}, accounts: map[string]bool{}, listings: map[[2]string]bool{}}
			m.empty(rt)
			rt.Repeat(map[string]func(*rapid.T){
				"put establishment":    m.putEstablishment,
				"delete establishment": m.deleteEstablishment,
				"put account":          m.putAccount,
				"delete account":       m.deleteAccount,
				"put listing":          m.putListing,
				"delete listing":       m.deleteListing,
				"put operation":        m.putOperation,
				"undo everything":      m.undone,
				"":                     m.check,
			})
			violations, err := s.Verify(context.Background())
			if err != nil || len(violations) > 0 {
				rt.Fatalf("%v, %v", violations, err)
			}
		})
	}},
}

// model is what the store should hold, in maps.
type model struct {
	s              *Suite
	establishments map[string]*storage.Establishment
	accounts       map[string]bool
	listings       map[[2]string]bool
}

var (
	someIDs      = []string{"e1", "e2", "e3", "e10"}
	someAccounts = []string{"a", "ab", "b"}
)

func (m *model) update(t *rapid.T, f func(w storage.Writer) error) error {
	err := m.s.Update(context.Background(), f)
	if err != nil && !errors.Is(err, storage.ErrNotFound) && !errors.Is(err, storage.ErrDuplicate) && !errors.Is(err, errUndo) {
		t.Fatal(err)
	}
	return err
}

// empty removes what an earlier sequence left.
func (m *model) empty(t *rapid.T) {
	err := m.update(t, func(w storage.Writer) error {
		es, err := w.Establishments("", 0)
		for _, e := range es {
			err = errors.Join(err, w.DeleteEstablishment(e.ID))
		}
		as, listErr := w.Accounts()
		for _, a := range as {
			err = errors.Join(err, w.DeleteAccount(a.ID))
		}
		return errors.Join(err, listErr)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (m *model) drawEstablishment(t *rapid.T) *storage.Establishment {
	id := rapid.SampledFrom(someIDs).Draw(t, "id")
	e := place(id, rapid.SampledFrom([]string{"Hôtel", "Hôtel du Port", "Été"}).Draw(t, "name"))
	if old := m.establishments[id]; old != nil {
		e.Revision = old.Revision
	}
	e.Identifier = rapid.SampledFrom([]string{"", "H1", "H2"}).Draw(t, "identifier")
	e.Status = rapid.SampledFrom(storage.Statuses).Draw(t, "status")
	e.Labels = rapid.SliceOfN(rapid.SampledFrom([]string{"Paris", "paris", "Lyon", "★"}), 0, 3).Draw(t, "labels")
	if rapid.Bool().Draw(t, "address") {
		e.Address = storage.Address{Street: "1 rue", Zip: "75001", City: "Paris"}
	}
	return e
}

func (m *model) putEstablishment(t *rapid.T) {
	e := m.drawEstablishment(t)
	taken := false
	for id, o := range m.establishments {
		taken = taken || id != e.ID && e.Identifier != "" && o.Identifier == e.Identifier
	}
	err := m.update(t, func(w storage.Writer) error { return w.PutEstablishment(e) })
	if taken != errors.Is(err, storage.ErrDuplicate) {
		t.Fatalf("the code is taken: %v, error: %v", taken, err)
	}
	if err == nil {
		m.establishments[e.ID] = e
	}
}

func (m *model) undone(t *rapid.T) {
	e := m.drawEstablishment(t)
	m.update(t, func(w storage.Writer) error {
		return errors.Join(w.PutEstablishment(e), w.DeleteEstablishment(e.ID), w.PutAccount(account("zz")), errUndo)
	})
}

func (m *model) deleteEstablishment(t *rapid.T) {
	id := rapid.SampledFrom(someIDs).Draw(t, "id")
	err := m.update(t, func(w storage.Writer) error { return w.DeleteEstablishment(id) })
	if exists := m.establishments[id] != nil; exists != (err == nil) {
		t.Fatalf("exists: %v, error: %v", exists, err)
	}
	delete(m.establishments, id)
	for k := range m.listings {
		if k[0] == id {
			delete(m.listings, k)
		}
	}
}

func (m *model) putAccount(t *rapid.T) {
	a := account(rapid.SampledFrom(someAccounts).Draw(t, "account"))
	a.Enabled = rapid.Bool().Draw(t, "enabled")
	if m.update(t, func(w storage.Writer) error { return w.PutAccount(a) }) == nil {
		m.accounts[a.ID] = true
	}
}

func (m *model) deleteAccount(t *rapid.T) {
	id := rapid.SampledFrom(someAccounts).Draw(t, "account")
	m.update(t, func(w storage.Writer) error { return w.DeleteAccount(id) })
	delete(m.accounts, id)
	for k := range m.listings {
		if k[1] == id {
			delete(m.listings, k)
		}
	}
}

func (m *model) drawPair(t *rapid.T) [2]string {
	return [2]string{rapid.SampledFrom(someIDs).Draw(t, "id"), rapid.SampledFrom(someAccounts).Draw(t, "account")}
}

func (m *model) putListing(t *rapid.T) {
	k := m.drawPair(t)
	l := &storage.Listing{
		EstablishmentID: k[0], AccountID: k[1],
		Sync: rapid.SampledFrom([]storage.SyncStatus{"", storage.SyncInSync, storage.SyncTechnical}).Draw(t, "sync"),
		Flow: rapid.SampledFrom([]storage.FlowStatus{"", storage.FlowNeeded, storage.FlowUser}).Draw(t, "flow"),
	}
	if rapid.Bool().Draw(t, "accepted") {
		l.Accepted = storage.Snapshot{storage.FieldName: "Hôtel"}
	}
	if n := rapid.IntRange(0, 3).Draw(t, "due"); n > 0 {
		l.NextCheck = at(n)
	}
	err := m.update(t, func(w storage.Writer) error { return w.PutListing(l) })
	if possible := m.establishments[k[0]] != nil && m.accounts[k[1]]; possible != (err == nil) {
		t.Fatalf("possible: %v, error: %v", possible, err)
	}
	if err == nil {
		m.listings[k] = true
	}
}

func (m *model) deleteListing(t *rapid.T) {
	k := m.drawPair(t)
	err := m.update(t, func(w storage.Writer) error { return w.DeleteListing(k[0], k[1]) })
	if m.listings[k] != (err == nil) {
		t.Fatalf("exists: %v, error: %v", m.listings[k], err)
	}
	delete(m.listings, k)
}

func (m *model) putOperation(t *rapid.T) {
	k := m.drawPair(t)
	o := &storage.Operation{
		EstablishmentID: k[0], AccountID: k[1], CreatedAt: at(rapid.IntRange(0, 3).Draw(t, "at")),
		Actor: rapid.SampledFrom([]storage.Actor{storage.ActorUser, storage.ActorScheduler}).Draw(t, "actor"),
		State: rapid.SampledFrom([]storage.OpState{storage.OpPending, storage.OpInflight, storage.OpDead}).Draw(t, "state"),
	}
	m.update(t, func(w storage.Writer) error { return w.PutOperation(o) })
}

// check compares what can be listed with the model.
func (m *model) check(t *rapid.T) {
	var ids, want, listed []string
	labels := map[string][]string{}
	err := m.s.View(context.Background(), func(r storage.Reader) error {
		rows, err := r.Rows("", 0)
		for i := range rows {
			ids = append(ids, rows[i].ID)
			for _, l := range rows[i].Listings {
				listed = append(listed, rows[i].ID+" "+l.AccountID)
			}
		}
		for _, l := range []string{"paris", "lyon", "★"} {
			found, labelErr := r.EstablishmentIDsByLabel(l)
			labels[l], err = found, errors.Join(err, labelErr)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for id := range m.establishments {
		want = append(want, id)
	}
	slices.Sort(want)
	if !slices.Equal(ids, want) {
		t.Fatalf("rows of %v, want %v", ids, want)
	}
	var wantListed []string
	for k := range m.listings {
		wantListed = append(wantListed, k[0]+" "+k[1])
	}
	slices.Sort(wantListed)
	slices.Sort(listed)
	if !slices.Equal(listed, wantListed) {
		t.Fatalf("listings %v, want %v", listed, wantListed)
	}
	for l, got := range labels {
		var bear []string
		for _, id := range want {
			if slices.ContainsFunc(m.establishments[id].Labels, func(x string) bool {
				return x == l || storage.SearchKey(x) == storage.SearchKey(l) && storage.SearchKey(l) != ""
			}) {
				bear = append(bear, id)
			}
		}
		if !slices.Equal(got, bear) {
			t.Fatalf("label %s is borne by %v, want %v", l, got, bear)
		}
	}
}
