package storagetest

import (
	"context"
	"errors"
	"testing"

	"diapason/storage"
)

var operationTests = []test{
	{"every property reads back", func(t *testing.T, s *Suite) {
		s.put(place("e", "Hôtel"))
		want := &storage.Operation{
			AccountID: "acc", EstablishmentID: "e", Kind: storage.OpPublish, State: storage.OpInflight,
			Actor: storage.ActorAutoSync, RunID: "run", IdempotencyKey: "key", Hash: "h", Attempt: 2, CreatedAt: at(1),
			StartedAt: at(2), NotBefore: at(3), Problem: storage.NewProblem("p", "a", "b"),
		}
		s.update(func(w storage.Writer) error { return errors.Join(w.PutAccount(account("acc")), w.PutOperation(want)) })
		got := get(s, func(r storage.Reader) (*storage.Operation, error) { return r.Operation("acc", "e") })
		same(t, "operation", got, want)
	}},
	{"users' leave before scheduled ones, older first", func(t *testing.T, s *Suite) {
		es, _ := numbered(6)
		s.put(es...)
		queue := []struct {
			id    string
			actor storage.Actor
			age   int
		}{
			{"e00", storage.ActorScheduler, 1},
			{"e01", storage.ActorUser, 9},
			{"e02", storage.ActorAutoSync, 4},
			{"e03", storage.ActorScheduler, 0},
			{"e04", storage.ActorUser, 8},
			{"e05", storage.ActorUser, 8},
		}
		s.update(func(w storage.Writer) error {
			err := w.PutAccount(account("acc"))
			for _, q := range queue {
				err = errors.Join(err, w.PutOperation(&storage.Operation{
					AccountID: "acc", EstablishmentID: q.id, Actor: q.actor, State: storage.OpPending, CreatedAt: at(q.age),
				}))
			}
			return err
		})
		order := func(limit int) (ids []string) {
			for _, o := range get(s, func(r storage.Reader) ([]*storage.Operation, error) { return r.Operations("acc", limit) }) {
				ids = append(ids, o.EstablishmentID)
			}
			return ids
		}
		same(t, "order", order(0), []string{"e04", "e05", "e01", "e02", "e03", "e00"})
		same(t, "first two", order(2), []string{"e04", "e05"})
	}},
	{"a listing has one operation, and counts follow its state", func(t *testing.T, s *Suite) {
		s.put(place("e", "Hôtel"), place("f", "Auberge"))
		s.update(func(w storage.Writer) error { return w.PutAccount(account("acc")) })
		put := func(id string, st storage.OpState, actor storage.Actor) {
			t.Helper()
			s.update(func(w storage.Writer) error {
				err := w.PutOperation(&storage.Operation{
					AccountID: "acc", EstablishmentID: id, State: st, Actor: actor, CreatedAt: at(0),
				})
				if err != nil {
					return err
				}
				o, err := w.Operation("acc", id) // a transaction sees its own writes
				if err == nil && o.State != st {
					t.Errorf("the state just written reads %q", o.State)
				}
				return err
			})
		}
		counts := func() map[storage.OpState]int {
			return get(s, storage.Reader.CountOperations)
		}
		same(t, "nothing", counts(), map[storage.OpState]int{})
		put("e", storage.OpPending, storage.ActorUser)
		put("e", storage.OpInflight, storage.ActorScheduler)
		put("f", storage.OpPending, storage.ActorUser)
		same(t, "two", counts(), map[storage.OpState]int{storage.OpInflight: 1, storage.OpPending: 1})
		if os := get(s, func(r storage.Reader) ([]*storage.Operation, error) { return r.Operations("acc", 0) }); len(os) != 2 {
			t.Errorf("%d operations are queued", len(os))
		}
		s.update(func(w storage.Writer) error { return w.DeleteOperation("acc", "e") })
		same(t, "one", counts(), map[storage.OpState]int{storage.OpPending: 1})
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.DeleteOperation("acc", "e") })
	}},
	{"it needs its establishment, its account and a known state", func(t *testing.T, s *Suite) {
		s.put(place("e", "Hôtel"))
		s.update(func(w storage.Writer) error { return w.PutAccount(account("acc")) })
		for _, o := range []storage.Operation{
			{EstablishmentID: "e", AccountID: "x", State: storage.OpPending},
			{EstablishmentID: "x", AccountID: "acc", State: storage.OpPending},
		} {
			s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.PutOperation(&o) })
		}
		err := s.Update(context.Background(), func(w storage.Writer) error {
			return w.PutOperation(&storage.Operation{EstablishmentID: "e", AccountID: "acc", State: "done"})
		})
		if err == nil {
			t.Error("an operation in an unknown state was kept")
		}
	}},
}
