package sync_test

import (
	"net/http"
	"slices"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

// wall is a clock whose wall is set apart from the timers: they are the bubble's.
type wall struct {
	mu    stdsync.Mutex
	ahead time.Duration
}

func (w *wall) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead).Round(0).UTC()
}

func (w *wall) jump(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}

// planning is a rig with one published hotel, so that a re-reading always has something to read.
type planning struct {
	*rig
	wall  *wall
	paris *time.Location
	hotel string
}

// newPlanning begins at a moment of the wall.
func newPlanning(t *testing.T, begin string, kinds ...directory.Kind) *planning {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	p := &planning{wall: &wall{}, paris: paris}
	p.wall.jump(time.Until(p.at(t, begin)))
	p.rig = newRigOn(t, p.wall, "Europe/Paris", sandbox.TrialParams{}, kinds...)
	p.hotel = p.hotels(1)[0]
	p.sync(p.hotel)
	return p
}

// publish makes n more hotels and publishes them.
func (p *planning) publish(n int) (ids []string) {
	p.Helper()
	for i := range n {
		ids = append(ids, p.create(hotel(i+1))...)
	}
	p.sync(ids...)
	return ids
}

// at reads a moment: in Paris, or in UTC with a final Z.
func (p *planning) at(t *testing.T, text string) time.Time {
	t.Helper()
	if at, err := time.Parse("2006-01-02 15:04Z", text); err == nil {
		return at
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, p.paris)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func (p *planning) schedule(kind storage.ScheduleKind) *storage.Schedule {
	p.Helper()
	all, err := p.engine.Schedules(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	for _, s := range all {
		if s.ID == storage.ScheduleID(kind, p.account) {
			return s
		}
	}
	p.Fatalf("no schedule %s among %d", kind, len(all))
	return nil
}

// plan gives the re-reading a rule, and switches the publication off.
func (p *planning) plan(kind storage.ScheduleKind, rule storage.Rule) {
	p.Helper()
	s := p.schedule(kind)
	s.Rule, s.Enabled = rule, true
	if err := p.engine.PutSchedule(p.Context(), s); err != nil {
		p.Fatal(err)
	}
}

// ran lists the instants that runs of the scheduler stand for, oldest first, in Paris.
func (p *planning) ran(kind storage.ScheduleKind, state storage.SlotState) []string {
	p.Helper()
	var all []string
	for _, slot := range p.schedule(kind).Slots {
		if slot.State == state && !slot.ByHand {
			all = append(all, slot.Planned.In(p.paris).Format("2006-01-02 15:04"))
		}
	}
	slices.Reverse(all)
	return all
}

// scheduled counts the runs of a kind that the scheduler asked for.
func (p *planning) scheduled(kind storage.RunKind) int {
	p.Helper()
	n := 0
	for _, run := range p.runs() {
		if run.Actor == storage.ActorScheduler && run.Kind == kind {
			n++
		}
	}
	return n
}

func daily(hour, minute int) storage.Rule {
	return storage.Rule{Kind: storage.RuleDaily, At: hour*60 + minute}
}

func hourly(n int) storage.Rule {
	return storage.Rule{Kind: storage.RuleInterval, Every: time.Duration(n) * time.Hour}
}

// event is something that happens to a machine.
type event func(p *planning)

func awake(d time.Duration) event  { return func(*planning) { time.Sleep(d) } }
func asleep(d time.Duration) event { return func(p *planning) { p.wall.jump(d) } }
func setClock(d time.Duration) event {
	return func(p *planning) { p.wall.jump(d) }
}
func restart(p *planning) { p.restart() }

// off closes the program for a while.
func off(d time.Duration) event {
	return func(p *planning) {
		p.close()
		p.wall.jump(d)
		p.open()
		p.start()
	}
}

func TestEachSlotRunsOnceWhateverHappensToTheMachine(t *testing.T) {
	const minute, hour, day = time.Minute, time.Hour, 24 * time.Hour
	working := storage.Rule{Kind: storage.RuleWorkingDays, At: 9 * 60}
	tests := []struct {
		name   string
		begin  string
		rule   storage.Rule
		events []event
		want   []string // slots that ran
		missed []string
	}{
		{
			"three days awake", "2026-11-17 12:00", daily(9, 0),
			[]event{awake(3 * day)},
			[]string{"2026-11-18 09:00", "2026-11-19 09:00", "2026-11-20 09:00"},
			nil,
		},
		{
			"eight hours of sleep over a slot", "2026-11-18 22:00", daily(6, 0),
			[]event{awake(hour), asleep(8 * hour), awake(hour)},
			[]string{"2026-11-19 06:00"},
			nil,
		},
		{
			"eight hours of sleep over eight slots", "2026-11-18 22:30", hourly(1),
			[]event{asleep(8 * hour), awake(10 * minute)},
			[]string{"2026-11-19 06:00"},
			nil,
		},
		{
			"a restart in the middle of the sleep", "2026-11-18 22:00", daily(6, 0),
			[]event{asleep(4 * hour), off(4*hour + 30*minute), awake(hour), asleep(2 * hour), awake(hour)},
			[]string{"2026-11-19 06:00"},
			nil,
		},
		{
			"restarts right after the slot", "2026-11-19 08:50", daily(9, 0),
			[]event{awake(25 * minute), restart, awake(minute), restart, awake(20 * hour)},
			[]string{"2026-11-19 09:00"},
			nil,
		},
		{
			"the clock set back one hour after the slot", "2026-11-19 08:50", daily(9, 0),
			[]event{awake(40 * minute), setClock(-hour), awake(3 * hour)},
			[]string{"2026-11-19 09:00"},
			nil,
		},
		{
			"the clock set back and the program started again", "2026-11-19 08:50", daily(9, 0),
			[]event{awake(40 * minute), off(-hour), awake(3 * hour)},
			[]string{"2026-11-19 09:00"},
			nil,
		},
		{
			"the clock set forward one hour over the slot", "2026-11-19 08:30", daily(9, 0),
			[]event{setClock(hour), awake(hour)},
			[]string{"2026-11-19 09:00"},
			nil,
		},
		{
			"the clock set forward and back", "2026-11-19 08:30", daily(9, 0),
			[]event{setClock(hour), awake(10 * minute), setClock(-hour), awake(3 * hour)},
			[]string{"2026-11-19 09:00"},
			nil,
		},
		{
			"the clock set back three hours under an hourly rule", "2026-11-19 07:59", hourly(1),
			[]event{awake(3 * hour), setClock(-3 * hour), awake(4 * hour)},
			[]string{"2026-11-19 08:00", "2026-11-19 09:00", "2026-11-19 10:00", "2026-11-19 11:00"},
			nil,
		},
		{
			"the clock a year ahead for a while", "2026-11-19 08:50", daily(9, 0),
			[]event{setClock(365 * day), awake(hour), setClock(-365 * day), awake(day)},
			[]string{"2027-11-18 09:00", "2027-11-19 09:00", "2026-11-20 09:00"},
			nil,
		},
		{
			"the night that has no 02:30", "2026-03-28 12:00", daily(2, 30),
			[]event{awake(2 * day)},
			[]string{"2026-03-29 03:00", "2026-03-30 02:30"},
			nil,
		},
		{
			"the night that has two 02:30, with a restart between them", "2026-10-25 00:10", daily(2, 30),
			[]event{awake(2*hour + 40*minute), restart, awake(26 * hour)},
			[]string{"2026-10-25 02:30", "2026-10-26 02:30"},
			nil,
		},
		{
			"asleep over both 02:30", "2026-10-25 00:10", daily(2, 30),
			[]event{asleep(8 * hour), awake(hour)},
			[]string{"2026-10-25 02:30"},
			nil,
		},
		{
			"the night without 02:30 in 2027, asleep", "2027-03-28 00:10", daily(2, 30),
			[]event{asleep(5 * hour), awake(hour)},
			[]string{"2027-03-28 03:00"},
			nil,
		},
		{
			"off for three days: the last one stands for all", "2026-11-17 12:00", daily(9, 0),
			[]event{off(3 * day), awake(hour)},
			[]string{"2026-11-20 09:00"},
			nil,
		},
		{
			"off over a weekend: Friday's is too old", "2026-11-19 12:00", working,
			[]event{off(3 * day), awake(hour), awake(day)},
			[]string{"2026-11-23 09:00"},
			[]string{"2026-11-20 09:00"},
		},
		{
			"a weekly one is caught up on within three days", "2026-11-18 12:00", hourly(168),
			[]event{off(50 * hour), awake(hour)},
			[]string{"2026-11-19 01:00"},
			nil,
		},
		{
			"a weekly one is too old after three days", "2026-11-18 12:00", hourly(168),
			[]event{off(90 * hour), awake(hour)},
			nil,
			[]string{"2026-11-19 01:00"},
		},
		{
			"a holiday", "2026-11-10 12:00", working,
			[]event{awake(2 * day)},
			[]string{"2026-11-12 09:00"},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPlanning(t, tt.begin)
				p.plan(storage.ScheduleCheck, tt.rule)
				for _, happens := range tt.events {
					happens(p)
				}
				time.Sleep(time.Minute)
				if got := p.ran(storage.ScheduleCheck, storage.SlotDone); !slices.Equal(got, tt.want) {
					t.Errorf("ran at %v, want %v", got, tt.want)
				}
				if got := p.ran(storage.ScheduleCheck, storage.SlotMissed); !slices.Equal(got, tt.missed) {
					t.Errorf("missed %v, want %v", got, tt.missed)
				}
				if n := p.scheduled(storage.RunCheck); n != len(tt.want) {
					t.Errorf("%d runs, want %d", n, len(tt.want))
				}
			})
		})
	}
}

// TestNothingIsCaughtUpOnBeforeTheNetworkIsBack looks at the moment of the catch-up after a sleep.
func TestNothingIsCaughtUpOnBeforeTheNetworkIsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		idle := &counted{}
		p := newPlanning(t, "2026-11-18 22:00", directory.Kind{
			ID: "directory.idle", Capabilities: deafCapabilities,
			Open: func(*storage.Account) (directory.Directory, error) { return idle, nil },
		})
		if err := p.engine.AddAccount(t.Context(), &storage.Account{Kind: "directory.idle", Name: "Autre"}); err != nil {
			t.Fatal(err)
		}
		p.plan(storage.ScheduleCheck, daily(6, 0))
		time.Sleep(time.Minute)
		if idle.closed.Load() != 0 {
			t.Fatal("connections were closed though nobody slept")
		}
		p.wall.jump(8*time.Hour + 20*time.Minute)
		woken := p.wall.Now()
		time.Sleep(3 * time.Minute)
		slot := p.schedule(storage.ScheduleCheck).Last()
		if slot == nil || slot.State != storage.SlotDone {
			t.Fatalf("slot %+v", slot)
		}
		// The sleep is noticed at the next turn, 25 s later at most; then 30 to 60 s pass, then a turn.
		if d := slot.Started.Sub(woken); d < 30*time.Second || d > 115*time.Second {
			t.Errorf("caught up on after %s", d)
		}
		if n := idle.closed.Load(); n != 1 {
			t.Errorf("idle connections were closed %d times", n)
		}
	})
}

// counted counts how often its idle connections are closed.
type counted struct {
	deaf
	closed atomic.Int32
}

func (c *counted) CloseIdleConnections() { c.closed.Add(1) }

// TestTrialDirectoryDropsItsIdleConnections is what the engine asks for after a sleep.
func TestTrialDirectoryDropsItsIdleConnections(t *testing.T) {
	transport := &idling{}
	dir, err := trial.KindOver(transport).Open(&storage.Account{Settings: map[string]string{trial.SettingURL: "http://essai.test"}})
	if err != nil {
		t.Fatal(err)
	}
	dir.(directory.Sleeper).CloseIdleConnections()
	if !transport.closed {
		t.Error("the connections are still open")
	}
}

type idling struct {
	http.RoundTripper
	closed bool
}

func (i *idling) CloseIdleConnections() { i.closed = true }
