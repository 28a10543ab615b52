package establishments_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/website"
	"diapason/sync/establishments"
)

// TestAutoSyncColumnLetsLaterEditsGoOut imports column AK and edits afterwards, with a directory that writes real files.
func TestAutoSyncColumnLetsLaterEditsGoOut(t *testing.T) {
	w := newWorkshop(t)
	engine := sync.New(sync.Params{Store: w.store, Kinds: directory.NewKinds(website.Kind()), AutoSyncDelay: time.Millisecond})
	if err := engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer engine.Stop()
	account := &storage.Account{Kind: website.ID, Name: "Site", Enabled: true, Settings: map[string]string{"folder": t.TempDir()}}
	if err := engine.AddAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	w.Importer = establishments.NewImporter(establishments.ImporterParams{
		Store: w.store, Editor: engine, Jobs: engine.Jobs(), TempDir: t.TempDir(),
	})
	w.importFile(csv(t, "Identifiant;Nom;Rue et numéro;Code postal;Ville;Pays;Téléphone;Auto-sync",
		"A1;Un;1 rue du Port;13001;Marseille;FR;04 65 71 00 01;VRAI",
		"A2;Deux;2 rue du Port;13001;Marseille;FR;04 65 71 00 02;FAUX"))

	const edited = "+33465710099"
	yes, no := w.byIdentifier("A1").ID, w.byIdentifier("A2").ID
	for _, id := range []string{no, yes} {
		_, err := engine.Edit(t.Context(), id, map[storage.Field]string{storage.FieldPhone: edited}, storage.ActorUser)
		if err != nil {
			t.Fatal(err)
		}
	}
	w.until("the edit of A1 is read back on the site", func(tx storage.Reader) bool {
		l, err := tx.Listing(yes, account.ID)
		return err == nil && l.Word() == storage.WordUpToDate && l.Observed[storage.FieldPhone] == edited
	})
	err := w.store.View(t.Context(), func(tx storage.Reader) error {
		if _, err := tx.Listing(no, account.ID); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("A2, whose column says no, has a listing (%v)", err)
		}
		if n, err := tx.CountOperations(); err != nil || len(n) > 0 {
			t.Errorf("operations left: %v, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// until reads again after every commit until a condition holds.
func (w *workshop) until(what string, ok func(storage.Reader) bool) {
	w.t.Helper()
	changed := make(chan struct{}, 1)
	remove := w.store.OnChange(func(storage.Changes) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer remove()
	late := time.After(time.Minute)
	for {
		holds := false
		err := w.store.View(context.Background(), func(tx storage.Reader) error { holds = ok(tx); return nil })
		if err != nil {
			w.t.Fatal(err)
		}
		if holds {
			return
		}
		select {
		case <-changed:
		case <-late:
			w.t.Fatalf("%s: not within a minute", what)
		}
	}
}
