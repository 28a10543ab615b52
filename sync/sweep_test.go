package sync_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

// TestSweepOverAQueueGoesOnAfterACrash leaves a workspace as a kill in the middle of a sweep would: what the sweep is for is
// written down, and a part of the queue still is as before.
func TestSweepOverAQueueGoesOnAfterACrash(t *testing.T) {
	cases := map[string]struct {
		left  func(a *storage.Account, op *storage.Operation)
		check func(t *testing.T, r *rig, ids []string, run string)
	}{
		"switched off": {
			func(a *storage.Account, _ *storage.Operation) { a.Enabled = false },
			func(t *testing.T, r *rig, ids []string, run string) {
				if n := r.operations(); n != 0 {
					t.Errorf("%d operations of an account that is off", n)
				}
				for _, i := range r.items(run) {
					if i.Result != storage.ItemSkipped || code(i.Problems) != "sync.accountOff" {
						t.Errorf("line %+v", i)
					}
				}
			},
		},
		"being removed": {
			func(a *storage.Account, _ *storage.Operation) { a.Enabled, a.Leaving = false, true },
			func(t *testing.T, r *rig, ids []string, run string) {
				r.view(func(tx storage.Reader) error {
					if _, err := tx.Account(r.account); !errors.Is(err, storage.ErrNotFound) {
						t.Errorf("account still there: %v", err)
					}
					if _, err := tx.Listing(ids[0], r.account); !errors.Is(err, storage.ErrNotFound) {
						t.Errorf("listing still there: %v", err)
					}
					return nil
				})
				if n := len(r.items(run)); n != len(ids) {
					t.Errorf("%d lines left of the run", n)
				}
			},
		},
		"reconnected": {
			func(_ *storage.Account, op *storage.Operation) {
				op.State, op.Problem = storage.OpBlocked, storage.NewProblem("directory.auth")
			},
			func(t *testing.T, r *rig, ids []string, run string) {
				for _, id := range ids {
					r.wantWord(id, storage.WordUpToDate)
				}
			},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, sandbox.TrialParams{})
				ids := r.hotels(300) // more than a slice
				r.trial.Misbehave(sandbox.Fault{Kind: sandbox.TooManySeconds, Delay: 2 * time.Hour})
				run, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(10 * time.Second)
				r.close()
				r.open()
				r.write(func(w storage.Writer) error {
					a, err := w.Account(r.account)
					if err != nil {
						return err
					}
					ops, err := w.Operations(r.account, 0)
					if err != nil || len(ops) != len(ids) {
						return errors.Join(err, errors.New("not all of them wait"))
					}
					a.PausedUntil, a.Pause = time.Time{}, nil
					for _, op := range ops {
						c.left(a, op)
						if err := w.PutOperation(op); err != nil {
							return err
						}
					}
					return w.PutAccount(a)
				})
				r.start()
				time.Sleep(10 * time.Minute)
				r.wait(run, nil)
				c.check(t, r, ids, run)
			})
		})
	}
}

// narrow is the trial directory behind a rate of one call a second, one listing a call.
type narrow struct {
	directory.Directory
	directory.Reader
}

func (n narrow) Capabilities() directory.Capabilities {
	c := trial.Capabilities()
	c.RatePerSecond, c.BatchSize = 1, 1
	return c
}

// narrowKind is the trial directory's connector so narrowed.
func narrowKind(transport http.RoundTripper) directory.Kind {
	over := trial.KindOver(transport)
	kind := over
	kind.Open = func(a *storage.Account) (directory.Directory, error) {
		d, err := over.Open(a)
		if err != nil {
			return nil, err
		}
		return narrow{d, d.(directory.Reader)}, nil
	}
	return kind
}

func TestPeriodicReadingsLeaveTheUserAPartOfTheRateAndTheFirstPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		r.close()
		record := &tape{RoundTripper: sandbox.Transport{Handler: r.trial}}
		r.kinds = directory.NewKinds(narrowKind(record))
		r.open()
		r.start()
		ids := r.hotels(200)
		r.sync(ids...)
		before := record.length()
		request := sync.Request{EstablishmentIDs: ids, Actor: storage.ActorScheduler}
		if _, err := r.engine.Check(t.Context(), request); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Second)
		if n := record.length() - before; n < 60 || n > 72 {
			t.Errorf("%d periodic readings in 100 s at one call a second, want seven tenths", n)
		}
		r.edit(ids[199], storage.FieldPhone, "+33142600000")
		before = record.length()
		asked := time.Now()
		r.sync(ids[199])
		for _, c := range record.since(before) {
			if c.method != "GET" {
				if d := c.at.Sub(asked); d > 5*time.Second {
					t.Errorf("the user's change left after %s", d)
				}
				return
			}
		}
		t.Error("the user's change did not leave")
	})
}
