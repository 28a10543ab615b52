package website_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/directorytest"
	"diapason/sync/directory/geojson"
	"diapason/sync/directory/website"
)

// TestTheEngineProvesAFileByReadingItBackAndSeesAHandsEdit drives both kinds of files through the real engine.
func TestTheEngineProvesAFileByReadingItBackAndSeesAHandsEdit(t *testing.T) {
	for kind, file := range map[string]string{website.ID: "test-1", geojson.ID: geojson.FileName} {
		t.Run(kind, func(t *testing.T) {
			store, err := bolt.Open(t.Context(), bolt.Params{Dir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			})
			e := sync.New(sync.Params{Store: store, Kinds: directory.NewKinds(website.Kind(), geojson.Kind())})
			if err := e.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(e.Stop)
			folder := t.TempDir()
			a := &storage.Account{Kind: kind, Name: "Fichier", Enabled: true, Settings: map[string]string{"folder": folder}}
			if err := e.AddAccount(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			est := directorytest.Sample(1)
			if err := e.Create(t.Context(), est, storage.ActorUser); err != nil {
				t.Fatal(err)
			}
			r := sync.Request{EstablishmentIDs: []string{est.ID}, Actor: storage.ActorUser}
			wait(t, e, must(e.Sync(t.Context(), r)))
			if w := word(t, store, est.ID, a.ID); w != storage.WordUpToDate {
				t.Fatalf("published: %s", w)
			}
			edit(t, folder, file)
			wait(t, e, must(e.Check(t.Context(), r)))
			if w := word(t, store, est.ID, a.ID); w != storage.WordDrift {
				t.Errorf("edited by a hand: %s", w)
			}
			if err := e.Decide(t.Context(), est.ID, a.ID, []storage.Field{storage.FieldCity}, sync.KeepOurs); err != nil {
				t.Fatal(err)
			}
			wait(t, e, must(e.Sync(t.Context(), r)))
			if w := word(t, store, est.ID, a.ID); w != storage.WordUpToDate {
				t.Errorf("ours kept: %s", w)
			}
		})
	}
}

// edit moves the establishment to another town in the file that begins with the name.
func edit(t *testing.T, folder, name string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, name+"*"))
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	b, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(paths[0], bytes.ReplaceAll(b, []byte(`"Paris"`), []byte(`"Pantin"`)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func must(runID string, err error) string {
	if err != nil {
		panic(err)
	}
	return runID
}

func wait(t *testing.T, e *sync.Engine, runID string) {
	t.Helper()
	r, err := e.Wait(t.Context(), runID)
	if err != nil || r.State != storage.RunDone {
		t.Fatalf("%+v %v", r, err)
	}
}

func word(t *testing.T, store storage.Store, establishment, account string) (w storage.Word) {
	t.Helper()
	err := store.View(t.Context(), func(tx storage.Reader) error {
		l, err := tx.Listing(establishment, account)
		if err == nil {
			w = l.Word()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}
