package activity

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"diapason/storage"
	"diapason/storage/bolt"
)

func TestReportOfAnImportListsTheRowsThatWentInAfterThoseThatDidNot(t *testing.T) {
	store, err := bolt.Open(t.Context(), bolt.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	r := run("r1", storage.RunImport, storage.RunDone, 0, "reseau.xlsx")
	err = store.Update(t.Context(), func(tx storage.Writer) error {
		if err := tx.PutRun(r); err != nil {
			return err
		}
		for name, action := range map[string]storage.JournalAction{"Créé": storage.JournalCreate, "Changé": storage.JournalUpdate} {
			e := &storage.Establishment{Name: name, Status: storage.StatusActive}
			if err := tx.PutEstablishment(e); err != nil {
				return err
			}
			if err := tx.AppendJournal(&storage.JournalEntry{
				ID: uuid.Must(uuid.NewV7()).String(), At: now, Actor: storage.ActorImport, Action: action, RunID: r.ID, EstablishmentID: e.ID, Name: name,
			}); err != nil {
				return err
			}
		}
		return tx.PutRunItem(&storage.RunItem{RunID: r.ID, Row: 7, Name: "Sans code postal", Result: storage.ItemRejected, At: now})
	})
	if err != nil {
		t.Fatal(err)
	}
	got, more, err := items(t.Context(), store, r, wanted{share: shareAll}, 10)
	if err != nil || more || len(got) != 3 || got[0].Result != storage.ItemRejected {
		t.Fatalf("%d items, more %v, error %v", len(got), more, err)
	}
	results := map[string]storage.ItemResult{got[1].Name: got[1].Result, got[2].Name: got[2].Result}
	want := map[string]storage.ItemResult{"Créé": storage.ItemCreated, "Changé": storage.ItemUpdated}
	if diff := cmp.Diff(want, results); diff != "" {
		t.Error(diff)
	}
}
