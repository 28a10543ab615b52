package sync_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

// fullDisk is a workspace whose disk is full for a while: some transactions find no room, and change nothing.
type fullDisk struct {
	storage.Store
	updates     atomic.Int64
	from, until atomic.Int64 // of the transactions that find no room, counted from 1
	refused     atomic.Int64
}

// Update refuses the transaction as a full disk does: its function has run, nothing of it is kept.
func (d *fullDisk) Update(ctx context.Context, f func(storage.Writer) error) error {
	n := d.updates.Add(1)
	if n < d.from.Load() || n >= d.until.Load() {
		return d.Store.Update(ctx, f)
	}
	d.refused.Add(1)
	return d.Store.Update(ctx, func(tx storage.Writer) error {
		if err := f(tx); err != nil {
			return err
		}
		return storage.NewProblem("workspace.diskFull").Because(storage.ErrDiskFull)
	})
}

// TestDiskFullAtAnyTransactionLosesNothingAndDoublesNothing publishes, and publishes an edit, while one transaction after
// the other (and then three in a row) finds no room.
func TestDiskFullAtAnyTransactionLosesNothingAndDoublesNothing(t *testing.T) {
	var all int64
	synctest.Test(t, func(t *testing.T) { all = publishOnAFullDisk(t, 0, 0) })
	if all < 6 {
		t.Fatalf("%d transactions only: the work is not what it was", all)
	}
	for _, long := range []int64{1, 3} {
		for at := range all {
			t.Run(fmt.Sprintf("%d from transaction %d", long, at+1), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { publishOnAFullDisk(t, at, long) })
			})
		}
	}
}

// publishOnAFullDisk gives the number of transactions that it took.
func publishOnAFullDisk(t *testing.T, at, long int64) int64 {
	disk := new(fullDisk)
	r := newRig(t, sandbox.TrialParams{})
	ids := r.hotels(sandbox.MaxBatch + 3) // two batches
	r.engine.Stop()
	disk.Store = r.store
	r.engine = sync.New(sync.Params{Store: disk, Kinds: r.kinds})
	if err := r.engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := disk.updates.Load() + 1
	disk.from.Store(before + at)
	disk.until.Store(before + at + long)
	request := sync.Request{EstablishmentIDs: ids}
	asked := ask(t, func() error {
		_, err := r.engine.Sync(t.Context(), request)
		return err
	})
	asked = ask(t, func() error {
		_, err := r.engine.Edit(t.Context(), ids[0], map[storage.Field]string{storage.FieldEmail: "neuf@example.org"}, storage.ActorUser)
		return err
	}) + asked
	time.Sleep(10 * time.Minute) // there is room again; what waited goes on by itself
	if long > 0 && disk.refused.Load() == 0 {
		t.Fatal("the disk was never full")
	}
	taken := disk.updates.Load() - before
	r.sync(ids...)
	for i, id := range ids {
		r.wantWord(id, storage.WordUpToDate)
		want := 1
		if i == 0 {
			want = 2 // the creation and the edit, unless the edit came first
		}
		if got := r.trial.Effects(hotel(i).Identifier); got != want && !(i == 0 && got == 1) {
			t.Errorf("hotel %d: %d effects, want %d (asked %d times)", i, got, want, asked)
		}
	}
	if got := r.trial.Record("H000").Values["email"]; got != "neuf@example.org" {
		t.Errorf("e-mail there %q", got)
	}
	if n := r.operations(); n != 0 {
		t.Errorf("%d operations are left", n)
	}
	return taken
}

// ask does what a person does: asks again when told that there was no room. It gives how many times it took.
func ask(t *testing.T, f func() error) int {
	t.Helper()
	for n := 1; ; n++ {
		if err := f(); err == nil {
			return n
		} else if n == 10 {
			t.Fatal(err)
		}
	}
}
