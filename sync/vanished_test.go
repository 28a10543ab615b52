package sync_test

import (
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync/sandbox"
)

// loses takes the listings of the first n hotels away from the directory.
func (r *rig) loses(n int) {
	for i := range n {
		r.trial.Remove(hotel(i).Identifier)
	}
}

func TestListingsThatVanishTogetherKeepTheirWordUntilADayHasPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(30)
		r.sync(ids...)
		r.loses(30)
		r.check(ids...)
		count := func(w storage.Word) (n int) {
			for _, id := range ids {
				if r.word(id) == w {
					n++
				}
			}
			return n
		}
		if gone, kept := count(storage.WordNotFound), count(storage.WordUpToDate); gone > 9 || gone+kept != 30 {
			t.Fatalf("%d not found, %d keep their word", gone, kept)
		}
		doubted := 0
		for _, id := range ids {
			if l := r.listing(id); l.Sync != storage.SyncNotFound && l.Reason != nil && l.Reason.Code == "guard.vanished" {
				doubted++
			}
		}
		if doubted < 21 {
			t.Errorf("%d listings say why they keep their word", doubted)
		}
		time.Sleep(25 * time.Hour)
		r.check(ids...)
		if gone := count(storage.WordNotFound); gone != 30 {
			t.Errorf("a day later %d of 30 are not found", gone)
		}
	})
}

func TestSomeListingsThatVanishAreNotFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(8)
		r.sync(ids...)
		r.loses(3)
		r.check(ids...)
		for i, id := range ids {
			want := storage.WordUpToDate
			if i < 3 {
				want = storage.WordNotFound
			}
			r.wantWord(id, want)
		}
	})
}
