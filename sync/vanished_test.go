package sync_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

// loses takes the listings of the first n hotels away from the directory.
func (r *rig) loses(n int) {
	for i := range n {
		r.trial.Remove(hotel(i).Identifier)
	}
}

func TestListingsThatVanishTogetherKeepTheirWordUntilADayHasPassed(t *testing.T) {
	for name, kind := range map[string]func(http.RoundTripper) directory.Kind{
		"by the list": trial.KindOver, "one by one": narrowKind,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, sandbox.TrialParams{})
				r.close()
				r.kinds = directory.NewKinds(kind(sandbox.Transport{Handler: r.trial}))
				r.open()
				r.start()
				ids := r.hotels(100)
				r.sync(ids...)
				r.loses(100)
				if run := r.check(ids...); run.Totals.Total != 100 {
					t.Errorf("run %+v", run)
				}
				count := func(w storage.Word) (n int) {
					for _, id := range ids {
						if r.word(id) == w {
							n++
						}
					}
					return n
				}
				for range 10 { // re-readings come and go
					if kept := count(storage.WordUpToDate); kept != 100 {
						t.Fatalf("%d of 100 keep their word, %d are not found", kept, count(storage.WordNotFound))
					}
					time.Sleep(2 * time.Hour)
				}
				for _, id := range ids {
					if l := r.listing(id); l.Reason == nil || l.Reason.Code != "guard.vanished" {
						t.Fatalf("%s does not say why it keeps its word: %v", id, l.Reason)
					}
				}
				time.Sleep(6 * time.Hour)
				if gone := count(storage.WordNotFound); gone != 100 {
					t.Errorf("a day later %d of 100 are not found", gone)
				}
			})
		})
	}
}

func TestSomeListingsThatVanishAreNotFound(t *testing.T) {
	t.Parallel()
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
