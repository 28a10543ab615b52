package storagetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	stdsync "sync"
	"testing"

	"diapason/storage"
)

var errUndo = errors.New("undo")

var transactionTests = []test{
	{"an error undoes everything, in the store and in the caller's entity", func(t *testing.T, s *Suite) {
		e := place("", "Hôtel")
		s.refused(errUndo, func(w storage.Writer) error {
			err := errors.Join(w.PutEstablishment(e), w.PutAccount(account("a")), w.PutSetting("k", "v"),
				w.AppendJournal(&storage.JournalEntry{EstablishmentID: e.ID, At: at(0)}))
			if n, countErr := w.CountEstablishments(); n != 1 || countErr != nil {
				t.Errorf("inside, %d establishments, %v", n, countErr)
			}
			return errors.Join(err, errUndo)
		})
		if e.Revision != 0 {
			t.Errorf("the entity stays at revision %d: writing it again would be a conflict", e.Revision)
		}
		s.view(func(r storage.Reader) error {
			n, err := r.CountEstablishments()
			accounts, err2 := r.Accounts()
			journal, err3 := r.Journal(storage.JournalQuery{})
			v, err4 := r.Setting("k")
			if n+len(accounts)+len(journal)+len(v) != 0 {
				t.Errorf("%d establishments, %d accounts, %d entries, setting %q are left", n, len(accounts), len(journal), v)
			}
			return errors.Join(err, err2, err3, err4)
		})
		s.put(e)
	}},
	{"a cancelled context keeps nothing", func(t *testing.T, s *Suite) {
		ctx, cancel := context.WithCancel(context.Background())
		err := s.Update(ctx, func(w storage.Writer) error {
			err := w.PutEstablishment(place("e", "Hôtel"))
			cancel()
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("update gives %v", err)
		}
		if n := get(s, storage.Reader.CountEstablishments); n != 0 {
			t.Errorf("%d establishments were kept", n)
		}
		for name, call := range map[string]func() error{
			"View":   func() error { return s.View(ctx, func(storage.Reader) error { return nil }) },
			"Update": func() error { return s.Update(ctx, func(storage.Writer) error { return nil }) },
		} {
			if err := call(); !errors.Is(err, context.Canceled) {
				t.Errorf("%s gives %v", name, err)
			}
		}
	}},
	{"a panic undoes the transaction and leaves the store usable", func(t *testing.T, s *Suite) {
		panics := func(call func()) {
			defer func() {
				if recover() == nil {
					t.Error("the panic did not come through")
				}
			}()
			call()
		}
		panics(func() {
			_ = s.Update(context.Background(), func(w storage.Writer) error {
				if err := w.PutEstablishment(place("e", "Hôtel")); err != nil {
					return err
				}
				panic("a mistake of the caller")
			})
		})
		panics(func() {
			_ = s.View(context.Background(), func(storage.Reader) error { panic("a mistake of the caller") })
		})
		s.put(place("e", "Hôtel"))
	}},
	{"listeners hear what each commit touched, in order", hearChanges},
	{"a change list too long to name says All", func(t *testing.T, s *Suite) {
		var heard []storage.Changes
		defer s.OnChange(func(c storage.Changes) { heard = append(heard, c) })()
		s.update(func(w storage.Writer) error {
			for i := range 6000 {
				if err := w.PutEstablishment(place(fmt.Sprintf("e%05d", i), "Hôtel")); err != nil {
					return err
				}
			}
			return nil
		})
		if len(heard) != 1 || !heard[0].All || len(heard[0].Establishments) != 0 {
			t.Errorf("%d changes were heard", len(heard))
		}
	}},
	{"a view keeps seeing the state it began with", func(t *testing.T, s *Suite) {
		s.put(place("a", "Hôtel A"))
		s.view(func(r storage.Reader) error {
			done := make(chan error)
			go func() {
				done <- s.Update(context.Background(), func(w storage.Writer) error {
					return w.PutEstablishment(place("b", "Hôtel B"))
				})
			}()
			if err := <-done; err != nil {
				return err
			}
			es, err := r.Establishments("", 0)
			if len(es) != 1 {
				t.Errorf("the view sees %d establishments", len(es))
			}
			return err
		})
		if n := get(s, storage.Reader.CountEstablishments); n != 2 {
			t.Errorf("afterwards %d establishments are there", n)
		}
	}},
	{"goroutines write and read at the same time", func(t *testing.T, s *Suite) {
		const writers, writes = 4, 25
		var wait stdsync.WaitGroup
		for range writers {
			wait.Go(func() {
				for range writes {
					err := s.Update(context.Background(), func(w storage.Writer) error {
						return w.PutEstablishment(place("", "Hôtel"))
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
			wait.Go(func() {
				for range writes {
					err := s.View(context.Background(), func(r storage.Reader) error {
						n, err := r.CountEstablishments()
						rows, err2 := r.Rows("", 0)
						if n != len(rows) {
							t.Errorf("%d establishments have %d rows", n, len(rows))
						}
						return errors.Join(err, err2)
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		if n := get(s, storage.Reader.CountEstablishments); n != writers*writes {
			t.Errorf("%d establishments were kept", n)
		}
	}},
	{"a backup is never written over a file", func(t *testing.T, s *Suite) {
		s.put(place("e", "Hôtel"))
		path := filepath.Join(t.TempDir(), "copie.db")
		if err := s.Backup(context.Background(), path); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(path)
		if err != nil || len(before) == 0 {
			t.Fatalf("the backup has %d bytes, %v", len(before), err)
		}
		s.put(place("f", "Hôtel"))
		if err := s.Backup(context.Background(), path); !errors.Is(err, os.ErrExist) {
			t.Errorf("the second backup gives %v", err)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
			t.Errorf("the first backup changed (%v)", err)
		}
	}},
	{"everything is ErrClosed after Close, but Close", func(t *testing.T, s *Suite) {
		if s.Path() == "" {
			t.Error("the store has no folder")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("closing again gives %v", err)
		}
		_, verify := s.Verify(context.Background())
		for name, err := range map[string]error{
			"View":   s.View(context.Background(), func(storage.Reader) error { return nil }),
			"Update": s.Update(context.Background(), func(storage.Writer) error { return nil }),
			"Backup": s.Backup(context.Background(), filepath.Join(t.TempDir(), "b.db")),
			"Verify": verify,
		} {
			if !errors.Is(err, storage.ErrClosed) {
				t.Errorf("%s gives %v", name, err)
			}
		}
	}},
}

func hearChanges(t *testing.T, s *Suite) {
	s.put(place("e", "Hôtel"))
	s.update(func(w storage.Writer) error { return w.PutAccount(account("acc")) })
	s.update(func(w storage.Writer) error { return w.PutRun(&storage.Run{ID: "r", StartedAt: at(0)}) })
	var heard []storage.Changes
	remove := s.OnChange(func(c storage.Changes) { heard = append(heard, c) })
	establishments := func(ids ...string) storage.Changes { return storage.Changes{Establishments: ids} }
	steps := []struct {
		name string
		f    func(w storage.Writer) error
		want storage.Changes
	}{
		{"created", func(w storage.Writer) error {
			return errors.Join(w.PutEstablishment(place("b", "B")), w.PutEstablishment(place("a", "A")))
		}, establishments("b", "a")},
		{"listing", func(w storage.Writer) error {
			return w.PutListing(&storage.Listing{EstablishmentID: "e", AccountID: "acc"})
		}, establishments("e")},
		{"operation", func(w storage.Writer) error {
			return w.PutOperation(&storage.Operation{EstablishmentID: "e", AccountID: "acc", State: storage.OpPending, CreatedAt: at(0)})
		}, storage.Changes{Operations: true}},
		{"deleted", func(w storage.Writer) error { return w.DeleteEstablishment("a") }, establishments("a")},
		{
			"deleted with its work", func(w storage.Writer) error { return w.DeleteEstablishment("e") },
			storage.Changes{Establishments: []string{"e"}, Operations: true},
		},
		{"run", func(w storage.Writer) error {
			return errors.Join(w.PutRun(&storage.Run{ID: "r", StartedAt: at(0)}), w.PutRunItem(&storage.RunItem{RunID: "r", At: at(0)}))
		}, storage.Changes{Runs: []string{"r"}}},
		{"account", func(w storage.Writer) error { return w.PutAccount(account("acc")) }, storage.Changes{Accounts: true}},
		{
			"journal", func(w storage.Writer) error { return w.AppendJournal(&storage.JournalEntry{At: at(0)}) },
			storage.Changes{Journal: true},
		},
		{"setting", func(w storage.Writer) error { return w.PutSetting("k", "v") }, storage.Changes{Settings: true}},
		{
			"profile", func(w storage.Writer) error { return w.PutProfile(&storage.ImportProfile{}) },
			storage.Changes{Profiles: true},
		},
	}
	var want []storage.Changes
	for _, step := range steps {
		s.update(step.f)
		want = append(want, step.want)
	}
	s.refused(errUndo, func(w storage.Writer) error { return errors.Join(w.PutSetting("k", "w"), errUndo) })
	s.update(func(storage.Writer) error { return nil })
	same(t, "changes", heard, want)
	remove()
	remove()
	s.update(func(w storage.Writer) error { return w.PutSetting("k", "x") })
	if len(heard) != len(want) {
		t.Error("a removed listener still hears")
	}
}
