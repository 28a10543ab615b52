package sync_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

func TestProgramStoppedInTheMiddleOfASlotGoesOnWithItsRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlanning(t, "2026-11-19 08:00")
		ids := p.publish(29)
		for _, id := range ids {
			p.edit(id, storage.FieldPhone, "01 42 60 99 99")
		}
		p.plan(storage.SchedulePublish, daily(9, 0))
		p.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Delay: 8 * time.Second, Times: 1000})
		s := p.schedule(storage.SchedulePublish)
		time.Sleep(s.NextDue.Sub(p.wall.Now()) + time.Minute)
		if s = p.schedule(storage.SchedulePublish); s.Running() == nil {
			t.Fatalf("schedule %+v", s)
		}
		p.restart()
		if s = p.schedule(storage.SchedulePublish); s.Running() == nil || s.Running().RunID == "" {
			t.Fatalf("after the restart %+v", s)
		}
		p.trial.Behave()
		time.Sleep(10 * time.Minute)
		if s = p.schedule(storage.SchedulePublish); s.Running() != nil || s.Last().Outcome != storage.OutcomeOK {
			t.Fatalf("at last %+v", s.Last())
		}
		if n := p.scheduled(storage.RunSync); n != 1 {
			t.Errorf("%d runs", n)
		}
		for i := range ids {
			if n := p.trial.Effects(hotel(i + 1).Identifier); n != 2 {
				t.Errorf("hotel %d: %d effects, want the creation and one change", i+1, n)
			}
		}
	})
}

func TestPublishScheduleSendsWhatWaitsToBeSynchronised(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlanning(t, "2026-11-19 08:00")
		p.edit(p.hotel, storage.FieldPhone, "01 42 60 99 99")
		time.Sleep(2 * time.Hour)
		p.wantWord(p.hotel, storage.WordToSync) // switched off until somebody switches it on
		p.plan(storage.SchedulePublish, daily(11, 0))
		time.Sleep(2 * time.Hour)
		p.wantWord(p.hotel, storage.WordUpToDate)
		s := p.schedule(storage.SchedulePublish)
		if s.Last().Outcome != storage.OutcomeOK || s.LastOK.IsZero() {
			t.Errorf("slot %+v", s.Last())
		}
		time.Sleep(24 * time.Hour)
		s = p.schedule(storage.SchedulePublish)
		if s.Last().Outcome != storage.OutcomeNothing || s.Last().RunID != "" {
			t.Errorf("the day after: %+v", s.Last())
		}
		if n := p.trial.Effects("H000"); n != 2 {
			t.Errorf("%d effects", n)
		}
	})
}

func TestTenRequestsDuringARunAreOneMoreRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlanning(t, "2026-11-19 12:00")
		p.publish(29)
		before := len(p.runs())
		id := storage.ScheduleID(storage.ScheduleCheck, p.account)
		first, err := p.engine.RunNow(t.Context(), id)
		if err != nil || first == "" {
			t.Fatal(first, err)
		}
		for range 10 {
			again, err := p.engine.RunNow(t.Context(), id)
			if err != nil || again != first {
				t.Fatalf("run %q beside %q, %v", again, first, err)
			}
		}
		time.Sleep(10 * time.Minute)
		if n := len(p.runs()) - before; n != 2 {
			t.Errorf("%d runs", n)
		}
		if s := p.schedule(storage.ScheduleCheck); s.Again || s.Running() != nil {
			t.Errorf("schedule %+v", s)
		}
	})
}

func TestRunThatTakesTooLongIsCancelledBetweenTwoItems(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlanning(t, "2026-11-19 12:10")
		p.publish(8) // few enough to be read one by one
		s := p.schedule(storage.ScheduleCheck)
		s.MaxRuntime = time.Minute
		if err := p.engine.PutSchedule(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		p.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Delay: 14 * time.Second, Times: 10_000}) // two minutes in all
		run, err := p.engine.RunNow(t.Context(), s.ID)
		if err != nil {
			t.Fatal(err)
		}
		done := p.wait(run, nil)
		took := done.EndedAt.Sub(done.StartedAt)
		if done.State != storage.RunCancelled || done.Totals.Unchanged == 0 || done.Totals.Skipped == 0 || took > 2*time.Minute {
			t.Errorf("after %s: %+v", took, done)
		}
		time.Sleep(time.Minute)
		if slot := p.schedule(storage.ScheduleCheck).Last(); slot.State != storage.SlotDone || slot.Outcome != storage.OutcomeTooLong {
			t.Errorf("slot %+v", slot)
		}
	})
}

func TestScheduleOfAnAccountThatIsOffWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlanning(t, "2026-11-19 08:00")
		p.plan(storage.ScheduleCheck, daily(9, 0))
		if err := p.engine.SetAccountEnabled(t.Context(), p.account, false); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Hour)
		s := p.schedule(storage.ScheduleCheck)
		if !s.NextSlot.IsZero() || len(s.Slots) != 0 {
			t.Errorf("planned %s, %d slots", s.NextSlot, len(s.Slots))
		}
		if _, err := p.engine.RunNow(t.Context(), s.ID); problemCode(err) != "sync.accountOff" {
			t.Errorf("launched: %v", err)
		}
		if err := p.engine.SetAccountEnabled(t.Context(), p.account, true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		s = p.schedule(storage.ScheduleCheck)
		if want := p.at(t, "2026-11-20 09:00"); !s.NextSlot.Equal(want) || len(s.Slots) != 0 {
			t.Errorf("planned %s, %d slots: what passed while it was off is not caught up on", s.NextSlot, len(s.Slots))
		}
	})
}

func TestSchedulesThatMakeNoSenseAreNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlanning(t, "2026-11-19 08:00")
		s := p.schedule(storage.ScheduleCheck)
		s.Rule.Every = time.Minute
		var ps storage.Problems
		if err := p.engine.PutSchedule(t.Context(), s); !asProblems(err, &ps) || code(ps) != "schedule.every" {
			t.Errorf("kept: %v", err)
		}
		s.ID = "check:nobody"
		if err := p.engine.PutSchedule(t.Context(), s); problemCode(err) != "schedule.unknown" {
			t.Errorf("kept: %v", err)
		}
		if _, err := p.engine.RunNow(t.Context(), s.ID); problemCode(err) != "schedule.unknown" {
			t.Errorf("launched: %v", err)
		}
		if got := p.schedule(storage.ScheduleCheck); got.Edited || got.Rule != hourly(1) {
			t.Errorf("kept %+v", got)
		}
	})
}

func TestAccountWithoutSchedulesIsRemoved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlanning(t, "2026-11-19 08:00")
		p.plan(storage.SchedulePublish, daily(9, 0))
		if err := p.engine.RemoveAccount(t.Context(), p.account); err != nil {
			t.Fatal(err)
		}
		a := &storage.Account{Kind: trial.ID, Name: "Autre", Settings: map[string]string{trial.SettingURL: "http://essai.test"}}
		if err := p.engine.AddAccount(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		if err := p.engine.RemoveAccount(t.Context(), a.ID); err != nil { // before the scheduler saw it
			t.Fatal(err)
		}
		if all, err := p.engine.Schedules(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("%d schedules, %v", len(all), err)
		}
	})
}

func TestAlertsTellWhatIsBlockedOrSilentForTwoPeriods(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlanning(t, "2026-11-19 08:50")
		p.plan(storage.ScheduleCheck, hourly(1))
		codes := func() []string {
			alerts, err := p.engine.Alerts(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, a := range alerts {
				all = append(all, a.Problem.Code)
			}
			return all
		}
		want := func(when string, want ...string) {
			t.Helper()
			if got := codes(); !slices.Equal(got, want) {
				t.Errorf("%s: alerts %v, want %v", when, got, want)
			}
		}
		time.Sleep(time.Hour)
		want("after a success")
		p.trial.Misbehave(sandbox.Fault{Kind: sandbox.Unavailable, Times: 1_000_000})
		time.Sleep(time.Hour)
		want("after one failed period")
		time.Sleep(2*time.Hour + 10*time.Minute)
		want("after two failed periods", "alert.failing")
		p.trial.Behave()
		time.Sleep(2 * time.Hour)
		want("once it answers again")
		p.trial.SetToken("autre")
		if _, err := p.engine.RunNow(t.Context(), storage.ScheduleID(storage.ScheduleCheck, p.account)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		want("when it waits to be reconnected", "alert.blocked")
		p.trial.SetToken("")
		if err := p.engine.TestAccount(t.Context(), p.account); err != nil {
			t.Fatal(err)
		}
		want("once it was reconnected")
		time.Sleep(time.Minute) // what waited for it leaves
		p.close()
		p.wall.jump(7 * 24 * time.Hour)
		p.open()
		p.start()
		want("when the program was off for a week, before anything ran")
		time.Sleep(time.Minute)
		want("when the program was off for a week")
	})
}
