package sync_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/merge"
	"diapason/sync/sandbox"
)

// TestWhateverHappensEverythingIsInTuneInTheEnd plays random edits on both sides, publications, faults, restarts and
// waits, each seed always the same, and then lets things settle.
func TestWhateverHappensEverythingIsInTuneInTheEnd(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				dice := rand.New(rand.NewPCG(seed, 1))
				r := newRig(t, sandbox.TrialParams{Moderation: time.Duration(dice.IntN(2)) * 5 * time.Minute})
				ids := r.hotels(6)
				for range 60 {
					r.mischief(dice, ids)
				}
				r.settleDown(ids)
			})
		})
	}
}

// faultKinds are all faults but the end of the access, which only the user can repair.
var faultKinds = append(slices.DeleteFunc(slices.Clone(sandbox.FaultKinds), func(k sandbox.FaultKind) bool {
	return k == sandbox.Unauthorized
}), sandbox.Answer)

// mischief does one random thing.
func (r *rig) mischief(dice *rand.Rand, ids []string) {
	r.Helper()
	id := ids[dice.IntN(len(ids))]
	phone := fmt.Sprintf("+3314260%04d", dice.IntN(10000))
	switch dice.IntN(10) {
	case 0, 1:
		r.edit(id, storage.FieldPhone, phone)
	case 2:
		r.edit(id, storage.FieldEmail, fmt.Sprintf("a%d@example.org", dice.IntN(100)))
	case 3:
		r.edit(id, storage.FieldAutoSync, []string{"TRUE", "FALSE"}[dice.IntN(2)])
	case 4:
		if _, err := r.engine.Sync(r.Context(), sync.Request{EstablishmentIDs: ids, Force: dice.IntN(8) == 0}); err != nil {
			r.Fatal(err)
		}
	case 5:
		if _, err := r.engine.Check(r.Context(), sync.Request{EstablishmentIDs: ids}); err != nil {
			r.Fatal(err)
		}
	case 6:
		r.trial.EditByOthers(fmt.Sprintf("H%03d", dice.IntN(len(ids))), map[string]string{"phone": phone})
	case 7:
		r.trial.Misbehave(sandbox.Fault{
			Kind: faultKinds[dice.IntN(len(faultKinds))], Times: 1 + dice.IntN(5), Delay: time.Minute,
			Status: []int{400, 409, 412, 429, 500, 503}[dice.IntN(6)],
		})
	case 8:
		if dice.IntN(4) == 0 {
			r.restart()
		}
	case 9:
		time.Sleep(time.Duration(dice.IntN(600)) * time.Second)
	}
}

// settleDown ends the faults, decides every drift for ours, and checks that both sides say the same.
func (r *rig) settleDown(ids []string) {
	r.Helper()
	r.trial.Behave()
	r.trial.SetModeration(0)
	time.Sleep(2 * time.Hour)
	for range 3 {
		r.check(ids...)
		for _, id := range ids {
			l, err := r.maybeListing(id)
			if err != nil {
				continue // never published so far
			}
			if drift := merge.Drift(l.Matches, l.Kept); len(drift) > 0 {
				if err := r.engine.Decide(r.Context(), id, r.account, drift, sync.KeepOurs); err != nil {
					r.Fatal(err)
				}
			}
		}
		r.sync(ids...)
		time.Sleep(10 * time.Minute)
	}
	ours := r.contents()
	for i, id := range ids {
		r.wantWord(id, storage.WordUpToDate)
		theirs := r.trial.Record(fmt.Sprintf("H%03d", i))
		for key, f := range map[string]storage.Field{"phone": storage.FieldPhone, "email": storage.FieldEmail} {
			if theirs.Values[key] != ours[id][f] {
				r.Errorf("hotel %d: %s %q there, %q here", i, key, theirs.Values[key], ours[id][f])
			}
		}
	}
	if n := r.operations(); n != 0 {
		r.Errorf("%d operations left", n)
	}
	for _, run := range r.runs() {
		if run.State == storage.RunRunning {
			r.Errorf("run left open: %+v", run)
		}
	}
	if jobs := r.engine.Jobs().List(); len(jobs) != 0 {
		r.Errorf("jobs left %+v", jobs)
	}
}

func (r *rig) maybeListing(id string) (*storage.Listing, error) {
	var l *storage.Listing
	err := r.store.View(r.Context(), func(tx storage.Reader) error {
		var err error
		l, err = tx.Listing(id, r.account)
		return err
	})
	return l, err
}
