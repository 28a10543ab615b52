package sync_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

// rig is an engine on a real workspace, with the trial directory on the other side, called in memory.
type rig struct {
	*testing.T
	dir     string
	store   *bolt.Store
	trial   *sandbox.Trial
	engine  *sync.Engine
	account string
	kinds   directory.Kinds
	clock   sync.Clock // nil: the bubble's
	zone    string
}

// newRig is called inside a synctest bubble, so that every delay is virtual.
func newRig(t *testing.T, p sandbox.TrialParams, kinds ...directory.Kind) *rig {
	t.Helper()
	return newRigOn(t, nil, "", p, kinds...)
}

// newRigOn is newRig with a clock of its own, whose schedules count in a zone.
func newRigOn(t *testing.T, clock sync.Clock, zone string, p sandbox.TrialParams, kinds ...directory.Kind) *rig {
	t.Helper()
	d, err := sandbox.NewTrial(p)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, dir: t.TempDir(), trial: d, clock: clock, zone: zone}
	r.kinds = directory.NewKinds(append(kinds, trial.KindOver(sandbox.Transport{Handler: d}))...)
	r.open()
	r.start()
	t.Cleanup(r.close)
	a := &storage.Account{
		Kind: trial.ID, Name: "Essai",
		Settings: map[string]string{trial.SettingURL: "http://essai.test", trial.SettingToken: p.Token},
	}
	if err := r.engine.AddAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	r.account = a.ID
	return r
}

func (r *rig) open() {
	r.Helper()
	store, err := bolt.Open(context.Background(), bolt.Params{Dir: r.dir})
	if err != nil {
		r.Fatal(err)
	}
	r.store = store
}

func (r *rig) start() {
	r.Helper()
	r.engine = sync.New(sync.Params{Store: r.store, Kinds: r.kinds, Clock: r.clock, Zone: r.zone})
	if err := r.engine.Start(context.Background()); err != nil {
		r.Fatal(err)
	}
}

// close ends everything and verifies the workspace.
func (r *rig) close() {
	r.Helper()
	r.engine.Stop()
	broken, err := r.store.Verify(context.Background())
	if err != nil || len(broken) > 0 {
		r.Errorf("workspace after the test: %v %v", broken, err)
	}
	if err := r.store.Close(); err != nil {
		r.Error(err)
	}
}

func (r *rig) restart() {
	r.Helper()
	r.close()
	r.open()
	r.start()
}

// hotel is a valid establishment.
func hotel(n int) *storage.Establishment {
	return &storage.Establishment{
		Identifier: fmt.Sprintf("H%03d", n), Status: storage.StatusActive, Name: fmt.Sprintf("Hôtel %d", n),
		Address: storage.Address{Street: fmt.Sprintf("%d rue de Rivoli", n), Zip: "75001", City: "Paris", Country: "FR"},
		Phone:   "+33142601234",
	}
}

func (r *rig) create(ests ...*storage.Establishment) []string {
	r.Helper()
	ids := make([]string, len(ests))
	for i, e := range ests {
		if err := r.engine.Create(r.Context(), e, storage.ActorUser); err != nil {
			r.Fatal(err)
		}
		ids[i] = e.ID
	}
	return ids
}

// hotels creates n establishments in one transaction, as an import does: a durable one for each would be most of many
// tests.
func (r *rig) hotels(n int) []string {
	r.Helper()
	ids := make([]string, n)
	r.write(func(tx storage.Writer) error {
		for i := range ids {
			e := hotel(i)
			if err := r.engine.WriteEstablishment(tx, nil, e, sync.Cause{Actor: storage.ActorUser}); err != nil {
				return err
			}
			ids[i] = e.ID
		}
		return nil
	})
	return ids
}

func (r *rig) edit(id string, f storage.Field, text string) {
	r.Helper()
	if _, err := r.engine.Edit(r.Context(), id, map[storage.Field]string{f: text}, storage.ActorUser); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) sync(ids ...string) *storage.Run {
	r.Helper()
	return r.wait(r.engine.Sync(r.Context(), sync.Request{EstablishmentIDs: ids}))
}

func (r *rig) check(ids ...string) *storage.Run {
	r.Helper()
	return r.wait(r.engine.Check(r.Context(), sync.Request{EstablishmentIDs: ids}))
}

func (r *rig) wait(id string, err error) *storage.Run {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 26*time.Hour)
	defer cancel()
	run, err := r.engine.Wait(ctx, id)
	if err != nil {
		r.Fatalf("run %+v: %v", run, err)
	}
	return run
}

func (r *rig) view(f func(storage.Reader) error) {
	r.Helper()
	if err := r.store.View(context.Background(), f); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) write(f func(storage.Writer) error) {
	r.Helper()
	if err := r.store.Update(context.Background(), f); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) listing(id string) *storage.Listing {
	r.Helper()
	var l *storage.Listing
	r.view(func(tx storage.Reader) error {
		var err error
		l, err = tx.Listing(id, r.account)
		return err
	})
	return l
}

func (r *rig) word(id string) storage.Word {
	r.Helper()
	var row storage.Row
	r.view(func(tx storage.Reader) error {
		var err error
		row, err = tx.Row(id)
		return err
	})
	return row.WordOn(r.account)
}

func (r *rig) wantWord(id string, want storage.Word) {
	r.Helper()
	if got := r.word(id); got != want {
		l := r.listing(id)
		r.Fatalf("word %s, want %s (sync %q flow %q reason %v matches %v)", got, want, l.Sync, l.Flow, l.Reason, l.Matches)
	}
}

func (r *rig) items(runID string) []*storage.RunItem {
	r.Helper()
	var items []*storage.RunItem
	r.view(func(tx storage.Reader) error {
		var err error
		items, err = tx.RunItems(runID, 0, 0)
		return err
	})
	return items
}

func (r *rig) operations() int {
	r.Helper()
	n := 0
	r.view(func(tx storage.Reader) error {
		ops, err := tx.Operations(r.account, 0)
		n = len(ops)
		return err
	})
	return n
}

// contents gives every value of every establishment.
func (r *rig) contents() map[string]storage.Snapshot {
	r.Helper()
	all := map[string]storage.Snapshot{}
	r.view(func(tx storage.Reader) error {
		es, err := tx.Establishments("", 0)
		for _, e := range es {
			all[e.ID] = e.Snapshot(storage.Fields)
		}
		return err
	})
	return all
}

func code(ps storage.Problems) string {
	if len(ps) == 0 {
		return ""
	}
	return ps[0].Code
}

var _ http.Handler = (*sandbox.Trial)(nil)

func (r *rig) runs() []*storage.Run {
	r.Helper()
	var runs []*storage.Run
	r.view(func(tx storage.Reader) error {
		var err error
		runs, err = tx.Runs("", 0)
		return err
	})
	return runs
}

func (r *rig) journal(id string) []*storage.JournalEntry {
	r.Helper()
	var entries []*storage.JournalEntry
	r.view(func(tx storage.Reader) error {
		var err error
		entries, err = tx.Journal(storage.JournalQuery{EstablishmentID: id})
		return err
	})
	return entries
}

// imports writes inside one transaction as the importer does, and gives the run's id.
func (r *rig) imports(f func(w storage.Writer, run string) error) string {
	r.Helper()
	run := &storage.Run{ID: uuid.Must(uuid.NewV7()).String(), Kind: storage.RunImport, State: storage.RunRunning, Subject: "hotels.xlsx"}
	err := r.store.Update(r.Context(), func(w storage.Writer) error {
		run.StartedAt = time.Now()
		if err := w.PutRun(run); err != nil {
			return err
		}
		if err := f(w, run.ID); err != nil {
			return err
		}
		run.State = storage.RunDone
		return w.PutRun(run)
	})
	if err != nil {
		r.Fatal(err)
	}
	return run.ID
}

func cause(run string) sync.Cause { return sync.Cause{Actor: storage.ActorImport, RunID: run} }

func asProblems(err error, ps *storage.Problems) bool { return errors.As(err, ps) }
