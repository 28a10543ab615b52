package demo_test

import (
	"errors"
	"testing"

	"diapason/app/command"
	"diapason/app/demo"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/contacts"
)

// withBooks opens a demonstration's workspace with its address books, as the program does, and waits until its passes have
// ended.
func withBooks(t *testing.T, dir string, use func(w demo.Workspace)) {
	t.Helper()
	store, err := bolt.Open(t.Context(), bolt.Params{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := secrets.Open(secrets.Params{Workspace: dir, KeyDir: dir + "-keys"})
	if err != nil {
		t.Fatal(err)
	}
	people := contacts.New(contacts.Params{Store: store, Secrets: kept, Kinds: command.AddressBooks(kept, sync.WallClock{})})
	engine := sync.New(sync.Params{Store: store, Secrets: kept, Contacts: people, Couriers: people.CourierKinds()})
	people.ReportTo(engine.Jobs())
	books, err := demo.StartBooks(dir)
	if err != nil {
		t.Fatal(err)
	}
	w := demo.Workspace{Store: store, Engine: engine, Contacts: people}
	if err := errors.Join(demo.Join(t.Context(), w, books), engine.Start(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := demo.Contacts(t.Context(), w, books); err != nil {
		t.Fatal(err)
	}
	use(w)
	engine.Stop()
	found, err := store.Verify(t.Context())
	if err := errors.Join(err, books.Stop(), store.Close()); err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}

// stands reads how the two address books stand.
func stands(t *testing.T, w demo.Workspace) (google, shared contacts.Standing) {
	t.Helper()
	all, err := w.Contacts.Standings(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%d address books, %v", len(all), err)
	}
	if all[0].Account.Kind == "contacts.google" {
		return all[0], all[1]
	}
	return all[1], all[0]
}

func TestTheDemonstrationsContactsLeaveSomethingToDecide(t *testing.T) {
	dir := t.TempDir()
	var first []*storage.ContactQuestion
	withBooks(t, dir, func(w demo.Workspace) {
		google, shared := stands(t, w)
		kinds := map[storage.ContactQuestionKind]int{}
		err := w.Store.View(t.Context(), func(tx storage.Reader) (err error) {
			first, err = tx.ContactQuestions("")
			return err
		})
		for _, q := range first {
			kinds[q.Kind]++
			if q.Kind == storage.QuestionConflict && (len(q.Conflicts) != 2 || q.Conflicts[0].HereAt.IsZero() || q.Conflicts[0].ThereAt.IsZero()) {
				t.Errorf("%s: %+v", q.Name, q.Conflicts)
			}
		}
		if err != nil || kinds[storage.QuestionConflict] != 4 || kinds[storage.QuestionMatch] != 3 || kinds[storage.QuestionRefused] != 0 {
			t.Errorf("asked: %v, %v", kinds, err)
		}
		twice, err := w.Contacts.Duplicates(t.Context())
		if err != nil || len(twice) != 12 {
			t.Errorf("%d duplicates, %v", len(twice), err)
		}
		reach, err := w.Contacts.Reach(t.Context())
		if err != nil || reach.Contacts != 338 || reach.WithoutEmail == 0 || reach.SharingEmail == 0 {
			t.Errorf("%+v, %v", reach, err)
		}
		if google.Cards == 0 || google.LastOK.IsZero() || google.Questions != 7 {
			t.Errorf("Google: %+v, run %+v", google, google.Run)
		}
		if shared.Account.Pause != nil || !shared.LastOK.IsZero() {
			t.Errorf("shared: %+v", shared)
		}
		id, err := w.Contacts.Sync(t.Context(), shared.Account.ID, storage.ActorUser)
		if err != nil {
			t.Fatal(err)
		}
		run, err := w.Engine.Wait(t.Context(), id)
		if err != nil || run.State != storage.RunFailed {
			t.Errorf("a pass over the shared address book: %+v, %v", run, err)
		}
	})
	withBooks(t, dir, func(w demo.Workspace) { // started again: nothing is invented twice, and the books know what they knew
		google, _ := stands(t, w)
		id, err := w.Contacts.Sync(t.Context(), google.Account.ID, storage.ActorUser)
		if err != nil {
			t.Fatal(err)
		}
		run, err := w.Engine.Wait(t.Context(), id)
		if err != nil || run.Totals.Sent+run.Totals.Created+run.Totals.Updated != 0 {
			t.Errorf("a pass after a start did something: %+v, %v", run, err)
		}
		reach, err := w.Contacts.Reach(t.Context())
		if err != nil || reach.Contacts != 338 {
			t.Errorf("%+v, %v", reach, err)
		}
	})
}
