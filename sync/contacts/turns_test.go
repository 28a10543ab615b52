package contacts_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync/contacts"
)

// slow has every writing on a shelf take twenty minutes; it is called before the shelf is in use.
func (o *office) slow(name string) {
	o.shelves[name].before = func(string) error { time.Sleep(20 * time.Minute); return nil }
}

// inTurn asks for passes over accounts, one after another.
func (o *office) inTurn(names ...string) []string {
	o.Helper()
	ids := make([]string, len(names))
	for i, name := range names {
		ids[i] = o.accounts[name]
	}
	runs, err := o.service.SyncInTurn(o.Context(), ids, storage.ActorUser)
	if err != nil {
		o.Fatal(err)
	}
	return runs
}

// behind tells whose pass comes before that of an account; "" when none does.
func (o *office) behind(name string) string {
	o.Helper()
	all, err := o.service.Standings(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	i := slices.IndexFunc(all, func(st contacts.Standing) bool { return st.Account.Name == name })
	if all[i].Behind == nil {
		return ""
	}
	return all[i].Behind.Name
}

// calls counts those to a shelf.
func (o *office) calls(name string) (n int) {
	o.there(name, func(s *shelf) { n = s.calls })
	return n
}

// wantRun checks the state of a run.
func (o *office) wantRun(id string, want storage.RunState) {
	o.Helper()
	if r := o.run(id); r.State != want {
		o.Errorf("the pass over %s is %s, want %s: %v", r.Subject, r.State, want, r.Problem)
	}
}

func TestPassesOfSeveralAccountsComeOneAfterAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.save(0, 3)
		o.there("Étagère", func(s *shelf) { s.put("there", there(9), "") })
		o.slow("Étagère")
		runs := o.inTurn("Étagère", "Armoire")
		pause(5 * time.Minute)
		if o.behind("Armoire") != "Étagère" || o.behind("Étagère") != "" || o.calls("Armoire") != 0 {
			t.Errorf("the other one waits for %q and was asked %d times", o.behind("Armoire"), o.calls("Armoire"))
		}
		if again := o.inTurn("Étagère", "Armoire"); !slices.Equal(again, runs) {
			t.Errorf("asked for again, they are other passes: %v, %v", again, runs)
		}
		hours(1)
		o.wantRun(runs[0], storage.RunDone)
		o.wantRun(runs[1], storage.RunDone)
		if n := o.cards("Armoire"); n != 4 || o.behind("Armoire") != "" {
			t.Errorf("%d cards: what came from the first book did not go on to the second", n)
		}
	})
}

func TestPassesThatWaitForTheirTurnGoOnAtTheNextStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.save(0, 60) // two batches
		o.slow("Étagère")
		runs := o.inTurn("Étagère", "Armoire")
		pause(5 * time.Minute)
		o.engine.Stop()
		calls := o.calls("Armoire")
		o.start()
		pause(time.Minute)
		o.wantRun(runs[1], storage.RunRunning)
		if calls != 0 || o.calls("Armoire") != 0 {
			t.Errorf("the other one was asked %d times before its turn", o.calls("Armoire"))
		}
		hours(2)
		o.wantRun(runs[0], storage.RunDone)
		o.wantRun(runs[1], storage.RunDone)
		if n := len(o.runs()); n != 2 || o.cards("Étagère") != 60 || o.cards("Armoire") != 60 {
			t.Errorf("%d runs, %d and %d cards", n, o.cards("Étagère"), o.cards("Armoire"))
		}
	})
}

// What waits for somebody holds nobody up, and whoever wants one pass alone has it now.
func TestAPassWhoseTurnIsFreedDoesNotWait(t *testing.T) {
	for name, free := range map[string]func(o *office, runs []string) error{
		"the first is paused":    func(o *office, runs []string) error { return o.service.Pause(o.Context(), runs[0]) },
		"the first is cancelled": func(o *office, runs []string) error { return o.service.Cancel(o.Context(), runs[0]) },
		"its account is off": func(o *office, _ []string) error {
			return o.engine.SetAccountEnabled(o.Context(), o.accounts["Étagère"], false)
		},
		"its account is gone": func(o *office, _ []string) error { return o.engine.RemoveAccount(o.Context(), o.accounts["Étagère"]) },
		"the second is wanted now": func(o *office, runs []string) error {
			run, err := o.service.Sync(o.Context(), o.accounts["Armoire"], storage.ActorUser)
			if run != runs[1] {
				o.Errorf("it is another pass: %s", run)
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t)
				o.save(0, 60) // two batches
				o.slow("Étagère")
				runs := o.inTurn("Étagère", "Armoire")
				pause(5 * time.Minute)
				o.wantRun(runs[1], storage.RunRunning)
				if err := free(o, runs); err != nil {
					t.Fatal(err)
				}
				pause(22 * time.Minute) // the batch under way ends first
				o.wantRun(runs[1], storage.RunDone)
				if n := o.cards("Armoire"); n != 60 {
					t.Errorf("%d cards", n)
				}
			})
		})
	}
}

func TestAPassIsCancelledWhileItWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.save(0, 3)
		o.slow("Étagère")
		runs := o.inTurn("Étagère", "Armoire")
		pause(5 * time.Minute)
		if err := o.service.Cancel(t.Context(), runs[1]); err != nil {
			t.Fatal(err)
		}
		pause(time.Minute)
		o.wantRun(runs[0], storage.RunRunning)
		o.wantRun(runs[1], storage.RunCancelled)
		if n := o.calls("Armoire"); n != 0 {
			t.Errorf("asked %d times", n)
		}
		hours(1)
		o.wantRun(runs[0], storage.RunDone)
	})
}

func TestNoPassIsAskedForWhenOneOfThemCannotBeMade(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		if err := o.engine.SetAccountEnabled(t.Context(), o.accounts["Armoire"], false); err != nil {
			t.Fatal(err)
		}
		_, err := o.service.SyncInTurn(t.Context(), []string{o.accounts["Étagère"], o.accounts["Armoire"]}, storage.ActorUser)
		var why *storage.Problem
		if !errors.As(err, &why) || why.Code != "contacts.notSyncable" || len(o.runs()) != 0 {
			t.Errorf("%v, %d runs", err, len(o.runs()))
		}
	})
}
