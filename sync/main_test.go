package sync_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"go.uber.org/goleak"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestOverARealConnection is the main job over a socket, on the machine's clock.
func TestOverARealConnection(t *testing.T) {
	d, err := sandbox.NewTrial(sandbox.TrialParams{Token: "jeton"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	client := server.Client()
	t.Cleanup(client.CloseIdleConnections)
	store, err := bolt.Open(context.Background(), bolt.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, store: store, trial: d, kinds: directory.NewKinds(trial.KindOver(client.Transport))}
	r.start()
	t.Cleanup(r.close)
	a := &storage.Account{Kind: trial.ID, Name: "Essai", Settings: map[string]string{
		trial.SettingURL: server.URL, trial.SettingToken: "jeton",
	}}
	if err := r.engine.AddAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	r.account = a.ID
	ids := r.hotels(10)
	d.Misbehave(sandbox.Fault{Kind: sandbox.ApplyThenCut, Method: "POST", Skip: 1})
	run := r.wait(r.engine.Sync(t.Context(), sync.Request{All: true}))
	if run.Totals.Sent != 10 || len(d.Records()) != 10 {
		t.Fatalf("run %+v, %d listings", run, len(d.Records()))
	}
	for i, id := range ids {
		r.wantWord(id, storage.WordUpToDate)
		if n := d.Effects(hotel(i).Identifier); n != 1 {
			t.Errorf("hotel %d: %d effects", i, n)
		}
	}
}
