package demo

import (
	"strings"
	"testing"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/trial"
	"diapason/sync/establishments"
	"diapason/sync/sandbox"
)

// servedWorkspace is a workspace with the directory that answers it.
type servedWorkspace struct {
	Workspace
	served *Directory
}

// onWorkspace opens the workspace and serves the trial directory, as the command does.
func onWorkspace(t *testing.T, dir string, use func(servedWorkspace)) {
	t.Helper()
	store, err := bolt.Open(t.Context(), bolt.Params{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	engine := sync.New(sync.Params{Store: store, Kinds: directory.NewKinds(trial.Kind())})
	importer := establishments.NewImporter(establishments.ImporterParams{
		Store: store, Editor: engine, Jobs: engine.Jobs(), TempDir: t.TempDir(),
	})
	served, err := Start(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	use(servedWorkspace{Workspace{Store: store, Engine: engine, Importer: importer, TrialURL: served.URL}, served})
	engine.Stop()
	if err := served.Stop(); err != nil {
		t.Error(err)
	}
	found, err := store.Verify(t.Context())
	if err != nil || len(found) > 0 {
		t.Errorf("verify: %v, %v", found, err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

// TestDemonstrationDoesWhatItSays is the whole job: import, three published and read back, one edit gone out by itself.
func TestDemonstrationDoesWhatItSays(t *testing.T) {
	dir := t.TempDir()
	var said []string
	onWorkspace(t, dir, func(w servedWorkspace) {
		r, err := Show(t.Context(), w.Workspace, func(text string) { said = append(said, text) })
		if err != nil {
			t.Fatalf("%v\n%s", err, strings.Join(said, "\n"))
		}
		if r.Imported != 1201 || r.Rejected != 0 || r.Published != 3 {
			t.Errorf("imported %d, rejected %d, published %d", r.Imported, r.Rejected, r.Published)
		}
		if r.Listings["upToDate"] != 3 || r.Listings["toSync"] < 1198 {
			t.Errorf("listings: %v", r.Listings)
		}
		if r.AutoSynced != "+33199004242" {
			t.Errorf("the directory shows %q", r.AutoSynced)
		}
	})
	if len(said) < 10 || strings.Contains(strings.Join(said, "\n"), "demo.") {
		t.Errorf("said:\n%s", strings.Join(said, "\n"))
	}
	onWorkspace(t, dir, func(w servedWorkspace) { // shown again on the same workspace: nothing is imported twice
		r, err := Show(t.Context(), w.Workspace, func(string) {})
		if err != nil || r.Imported != 0 || r.Unchanged+1 < 1201 || r.Published != 3 {
			t.Errorf("second time: %+v, %v", r, err)
		}
	})
}

// TestSimulatedFaultLastsUntilItIsRestored asks the directory itself, as an account's test does.
func TestSimulatedFaultLastsUntilItIsRestored(t *testing.T) {
	onWorkspace(t, t.TempDir(), func(w servedWorkspace) {
		id, err := Connect(t.Context(), w.Workspace)
		if err != nil {
			t.Fatal(err)
		}
		d := w.served
		d.Simulate(sandbox.Refused, UntilRestored)
		d.Simulate(sandbox.Unavailable, UntilRestored) // in its place
		if kind, calls := d.Simulated(); kind != sandbox.Unavailable || calls != UntilRestored {
			t.Errorf("simulated: %s, %d calls", kind, calls)
		}
		if err := w.Engine.TestAccount(t.Context(), id); err == nil {
			t.Error("it answers all the same")
		}
		d.Restore()
		if err := w.Engine.TestAccount(t.Context(), id); err != nil {
			t.Errorf("restored, it does not answer: %v", err)
		}
		if kind, _ := d.Simulated(); kind != "" {
			t.Errorf("still simulated: %s", kind)
		}
		if d.Serves(&storage.Account{Kind: trial.ID, Settings: map[string]string{trial.SettingURL: "http://127.0.0.1:1"}}) {
			t.Error("it serves an account of elsewhere")
		}
	})
}
