package sync_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/sandbox"
)

// TestBackupComesBeforeWhatTheGuardHeldGoesOn agrees to a run that empties a field everywhere.
func TestBackupComesBeforeWhatTheGuardHeldGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		full := errors.New("disk full")
		refuse := full
		r.engine.Stop()
		r.engine = sync.New(sync.Params{Store: r.store, Kinds: r.kinds, Backup: func(ctx context.Context) error {
			if refuse != nil {
				return refuse
			}
			_, err := r.store.RotateBackup(ctx, bolt.BackupAgreed)
			return err
		}})
		if err := r.engine.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		ids := r.hotels(30)
		r.sync(ids...)
		for _, id := range ids {
			r.edit(id, storage.FieldPhone, "")
			r.edit(id, storage.FieldEmail, "a@example.org")
		}
		effects := r.trial.Effects("H000")
		held := r.sync(ids...)
		if held.State != storage.RunHeld {
			t.Fatalf("run %+v", held)
		}
		if err := r.engine.Agree(t.Context(), held.ID, held.Guard.Hash); !errors.Is(err, full) {
			t.Errorf("agreed without a backup: %v", err)
		}
		time.Sleep(time.Minute)
		if r.trial.Effects("H000") != effects || r.run(held.ID).State != storage.RunHeld {
			t.Fatal("it went on without a backup")
		}
		refuse = nil
		if err := r.engine.Agree(t.Context(), held.ID, held.Guard.Hash); err != nil {
			t.Fatal(err)
		}
		r.wait(held.ID, nil)
		backups, err := bolt.Backups(r.dir)
		if err != nil || len(backups) != 1 || backups[0].Reason != bolt.BackupAgreed {
			t.Fatalf("backups %+v %v", backups, err)
		}
		if backups[0].At.After(r.run(held.ID).Guard.ApprovedAt) {
			t.Error("the backup came after the agreement")
		}
	})
}
