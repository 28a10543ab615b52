package sync_test

import (
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

func TestClocksThatDifferAreSaidAndDecideNothing(t *testing.T) {
	for name, c := range map[string]struct {
		kind sandbox.FaultKind
		want time.Duration
	}{
		"ahead":  {sandbox.ClockAhead, 10 * time.Minute},
		"behind": {sandbox.ClockBehind, -10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, sandbox.TrialParams{})
				ids := r.hotels(6)
				r.trial.Misbehave(sandbox.Fault{Kind: c.kind, Times: 1 << 20})
				r.sync(ids...)
				time.Sleep(2 * time.Minute)
				r.check(ids...)
				synctest.Wait()
				a := r.kept()
				if d := a.ClockOffset - c.want; d.Abs() > 2*time.Second {
					t.Errorf("offset %s, want %s", a.ClockOffset, c.want)
				}
				p := sync.ClockProblem(a)
				if p == nil || p.Code != "lane.clock" || p.Args["minutes"] != "10" || p.Args["account"] != "Essai" {
					t.Errorf("problem %v", p)
				}
				r.edit(ids[0], storage.FieldPhone, "+33142600000")
				r.trial.EditByOthers("H000", map[string]string{"phone": "+33155555555"})
				r.check(ids[0])
				if m := r.listing(ids[0]).Matches[storage.FieldPhone]; m != storage.MatchBothChanged {
					t.Errorf("changed on both sides: %s, whatever the clocks say", m)
				}
				r.trial.Behave()
				time.Sleep(2 * time.Minute)
				r.check(ids...)
				synctest.Wait()
				if p := sync.ClockProblem(r.kept()); p != nil {
					t.Errorf("still %v with the clock right again", p)
				}
			})
		})
	}
}
