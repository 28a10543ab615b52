package sync_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

// steppedClock is a wall clock that people set forward and back.
type steppedClock struct{ by atomic.Int64 }

func (c *steppedClock) Now() time.Time       { return time.Now().Add(time.Duration(c.by.Load())).UTC() }
func (c *steppedClock) set(by time.Duration) { c.by.Add(int64(by)) }

func TestClockSetWhileThingsWaitFreezesNothing(t *testing.T) {
	const year = 365 * 24 * time.Hour
	waits := map[string]func(r *rig){
		"for the directory's Retry-After": func(r *rig) {
			r.trial.Misbehave(sandbox.Fault{Kind: sandbox.TooManySeconds, Delay: 2 * time.Hour, Times: 1 << 20})
		},
		"for a directory that does not answer": func(r *rig) { r.broken("") },
		"for the network": func(r *rig) {
			r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Refused, Times: 1 << 20})
		},
		"for a conflict to end": func(r *rig) {
			r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Conflict, Times: 1 << 20})
		},
		"for a moderation": func(r *rig) { r.trial.SetModeration(30 * time.Minute) },
	}
	for name, wait := range waits {
		for step, by := range map[string]time.Duration{
			"back a year": -year, "back an hour": -time.Hour, "forward two days": 48 * time.Hour, "forward a year": year,
		} {
			t.Run(name+", set "+step, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					clock := &steppedClock{}
					r := newRigOn(t, clock, "UTC", sandbox.TrialParams{})
					ids := r.hotels(2)
					wait(r)
					if _, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids}); err != nil {
						t.Fatal(err)
					}
					time.Sleep(25 * time.Minute)
					clock.set(by)
					time.Sleep(20 * time.Minute)
					r.trial.Behave()
					time.Sleep(3 * time.Hour)
					for i, id := range ids {
						r.wantWord(id, storage.WordUpToDate)
						if n := r.trial.Effects(hotel(i).Identifier); n != 1 {
							t.Errorf("hotel %d: %d effects", i, n)
						}
					}
				})
			})
		}
	}
}
