package contacts_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/directory"
)

// office is a program that runs, on the bubble's clock, with two accounts over two shelves, which passes come back on.
type office struct {
	*testing.T
	store    *bolt.Store
	service  *contacts.Service
	engine   *sync.Engine
	shelves  map[string]*shelf // by account name
	accounts map[string]string // name → ID
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{T: t, shelves: map[string]*shelf{}, accounts: map[string]string{}}
	var err error
	if o.store, err = bolt.Open(t.Context(), bolt.Params{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	o.start()
	t.Cleanup(func() {
		o.engine.Stop()
		if faults, err := o.store.Verify(context.Background()); err != nil || len(faults) > 0 {
			t.Errorf("store: %v %v", faults, err)
		}
		if err := o.store.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, name := range []string{"Étagère", "Armoire"} {
		o.shelves[name] = newShelf(time.Now)
		a := &storage.Account{Kind: "contacts.shelf", Name: name}
		if err := o.engine.AddAccount(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		o.accounts[name] = a.ID
	}
	return o
}

// start starts the program, on what is kept.
func (o *office) start() {
	o.Helper()
	o.service = contacts.New(contacts.Params{Store: o.store, Clock: sync.WallClock{}, Kinds: []contacts.Kind{{
		ID: "contacts.shelf", Fields: fieldmap.VCard,
		Open: func(a *storage.Account, _ map[string]string) (book.Book, error) { return o.shelves[a.Name], nil },
	}}})
	o.engine = sync.New(sync.Params{
		Store: o.store, Kinds: directory.NewKinds(), Couriers: o.service.CourierKinds(), Contacts: o.service, Zone: "Europe/Paris",
	})
	o.service.ReportTo(o.engine.Jobs())
	if err := o.engine.Start(o.Context()); err != nil {
		o.Fatal(err)
	}
}

// save keeps new contacts.
func (o *office) save(from, to int) {
	o.Helper()
	for i := from; i < to; i++ {
		if _, err := o.service.Save(o.Context(), &storage.Contact{Card: person(i)}); err != nil {
			o.Fatal(err)
		}
	}
}

// there looks at a shelf, or changes it as somebody there does, between two calls.
func (o *office) there(name string, f func(*shelf)) {
	s := o.shelves[name]
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

// cards counts those on a shelf.
func (o *office) cards(name string) (n int) {
	o.there(name, func(s *shelf) { n = len(s.cards) })
	return n
}

func (o *office) schedule(name string) *storage.Schedule {
	o.Helper()
	all, err := o.engine.Schedules(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	for _, s := range all {
		if s.ID == "contacts:"+o.accounts[name] {
			return s
		}
	}
	o.Fatalf("no schedule of %s among %d", name, len(all))
	return nil
}

// switchOn has the passes of an account come back.
func (o *office) switchOn(name string) *storage.Schedule {
	o.Helper()
	s := o.schedule(name)
	s.Enabled = true
	if err := o.engine.PutSchedule(o.Context(), s); err != nil {
		o.Fatal(err)
	}
	return o.schedule(name)
}

// hours lets the program run for some hours.
func hours(n time.Duration) { pause(n * time.Hour) }

// pause lets the program run for a while, until it rests.
func pause(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (o *office) runs() (all []*storage.Run) {
	o.Helper()
	err := o.store.View(o.Context(), func(tx storage.Reader) (err error) {
		all, err = tx.Runs("", 0)
		return err
	})
	if err != nil {
		o.Fatal(err)
	}
	return all
}

// wantLast checks how the last slot of an account ended.
func (o *office) wantLast(name string, want storage.Outcome) *storage.Slot {
	o.Helper()
	slot := o.schedule(name).Last()
	if slot == nil || slot.State != storage.SlotDone || slot.Outcome != want {
		o.Fatalf("last slot of %s: %+v, want %s", name, slot, want)
	}
	return slot
}

func TestPassesComeBackOnceSomebodySwitchesThemOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.save(0, 3)
		s := o.schedule("Étagère")
		if s.Enabled || s.Kind != storage.ScheduleContacts || s.Rule != (storage.Rule{Kind: storage.RuleInterval, Every: time.Hour}) {
			t.Errorf("before anybody chose: %+v", s)
		}
		hours(30)
		if n := len(o.runs()); n != 0 || o.cards("Étagère") != 0 {
			t.Fatalf("%d runs that nobody asked for", n)
		}
		if s = o.switchOn("Étagère"); s.NextDue.IsZero() {
			t.Fatalf("nothing is planned: %+v", s)
		}
		pause(time.Until(s.NextDue) + time.Minute)
		slot := o.wantLast("Étagère", storage.OutcomeOK)
		if o.cards("Étagère") != 3 || o.cards("Armoire") != 0 {
			t.Errorf("%d and %d cards", o.cards("Étagère"), o.cards("Armoire"))
		}
		if run := o.runs()[0]; run.ID != slot.RunID || run.Actor != storage.ActorScheduler || run.Kind != storage.RunContacts {
			t.Errorf("run %+v of slot %+v", run, slot)
		}
		hours(2)
		o.wantLast("Étagère", storage.OutcomeNothing)
		if s = o.schedule("Étagère"); s.LastOK.IsZero() || s.Missed != 0 {
			t.Errorf("after the second pass: %+v", s)
		}
		if alerts, err := o.engine.Alerts(t.Context()); err != nil || len(alerts) != 0 {
			t.Errorf("alerts %+v, %v", alerts, err)
		}
	})
}

func TestASlotTellsWhatBecameOfItsPass(t *testing.T) {
	t.Parallel()
	refused := &directory.Error{Class: directory.Auth, Problem: storage.NewProblem("account.refused"), Err: errors.New("403")}
	tests := []struct {
		name    string
		prepare func(o *office, s *shelf)
		want    storage.Outcome
	}{
		{"a card that is refused", func(_ *office, s *shelf) {
			s.refuse = func(c storage.Card) bool { return c.FamilyName == person(1).FamilyName }
		}, storage.OutcomePartly},
		{"every card refused: the pass went through all the same", func(_ *office, s *shelf) {
			s.refuse = func(storage.Card) bool { return true }
		}, storage.OutcomePartly},
		{"an account that refuses us", func(_ *office, s *shelf) {
			s.before = func(string) error { return refused }
		}, storage.OutcomeFailed},
		{"somebody cancels", func(o *office, s *shelf) {
			s.before = func(string) error {
				if err := o.service.Cancel(context.Background(), o.runs()[0].ID); err != nil {
					t.Error(err)
				}
				return nil
			}
		}, storage.OutcomeCancelled},
		{"a pass without end", func(_ *office, s *shelf) {
			s.caps.CreateMax = 1
			s.before = func(string) error { time.Sleep(5 * time.Hour); return nil }
		}, storage.OutcomeTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t)
				o.save(0, 3)
				tt.prepare(o, o.shelves["Étagère"])
				if _, err := o.engine.RunNow(t.Context(), o.schedule("Étagère").ID); err != nil {
					t.Fatal(err)
				}
				hours(12)
				o.wantLast("Étagère", tt.want)
			})
		})
	}
}

func TestAHeldPassIsNeverGivenUpByTheScheduler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.save(0, 30)
		o.switchOn("Étagère")
		hours(2)
		o.there("Étagère", func(s *shelf) {
			for id := range s.cards {
				if len(s.cards) > 1 {
					s.remove(id)
				}
			}
		})
		hours(2)
		held := o.wantLast("Étagère", storage.OutcomeHeld).RunID
		hours(5)
		if slot := o.wantLast("Étagère", storage.OutcomeHeld); slot.RunID != held || slot.Started.IsZero() {
			t.Errorf("slot %+v, held is %s", slot, held)
		}
		id := o.schedule("Étagère").ID
		if run, err := o.engine.RunNow(t.Context(), id); err != nil || run != held {
			t.Errorf("launched by hand: %q, %v", run, err)
		}
		run := o.run(held)
		if run.State != storage.RunHeld {
			t.Fatalf("the held run is %s: %v", run.State, run.Problem)
		}
		if err := o.service.Agree(t.Context(), held, run.Guard.Hash); err != nil {
			t.Fatal(err)
		}
		hours(3)
		if run := o.run(held); run.State != storage.RunDone {
			t.Errorf("agreed to, the run is %s: %v", run.State, run.Problem)
		}
		o.wantLast("Étagère", storage.OutcomeNothing)
	})
}

func (o *office) run(id string) (run *storage.Run) {
	o.Helper()
	err := o.store.View(o.Context(), func(tx storage.Reader) (err error) {
		run, err = tx.Run(id)
		return err
	})
	if err != nil {
		o.Fatal(err)
	}
	return run
}

func TestASlotThatFindsAPassUnderWayFollowsThatOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.save(0, 3)
		o.shelves["Étagère"].before = func(string) error { time.Sleep(20 * time.Minute); return nil }
		s := o.switchOn("Étagère")
		pause(time.Until(s.NextDue) - time.Minute)
		byHand, err := o.service.Sync(t.Context(), o.accounts["Étagère"], storage.ActorUser)
		if err != nil {
			t.Fatal(err)
		}
		pause(5 * time.Minute)
		if slot := o.wantLast("Étagère", storage.OutcomeWaiting); slot.RunID != byHand {
			t.Errorf("slot %+v, under way is %s", slot, byHand)
		}
		pause(20 * time.Minute)
		if n := len(o.runs()); n != 1 || o.run(byHand).State != storage.RunDone {
			t.Errorf("%d runs, %s", n, o.run(byHand).State)
		}
		if slot := o.wantLast("Étagère", storage.OutcomeOK); slot.RunID != byHand {
			t.Errorf("afterwards the slot is %+v", slot)
		}
	})
}

func TestAPassThatSomebodyPausesWaitsAsLongAsTheyLike(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.save(0, 60)
		o.shelves["Étagère"].before = func(string) error { time.Sleep(20 * time.Minute); return nil } // two batches
		s := o.switchOn("Étagère")
		pause(time.Until(s.NextDue) + 5*time.Minute)
		run := o.schedule("Étagère").Last().RunID
		if err := o.service.Pause(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		hours(30)
		if slot := o.wantLast("Étagère", storage.OutcomeWaiting); slot.RunID != run || o.cards("Étagère") != 50 || len(o.runs()) != 1 {
			t.Errorf("slot %+v, %d cards, %d runs", slot, o.cards("Étagère"), len(o.runs()))
		}
		if err := o.service.Resume(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		hours(1)
		if r := o.run(run); r.State != storage.RunDone || o.cards("Étagère") != 60 {
			t.Errorf("the pass is %s: %v, %d cards", r.State, r.Problem, o.cards("Étagère"))
		}
	})
}

func TestAddressBooksArePutInTuneOneAfterTheOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		for _, s := range o.shelves {
			s.before = func(string) error { time.Sleep(80 * time.Minute); return nil } // longer than the hour of the rule
		}
		for name := range o.shelves {
			o.switchOn(name)
		}
		for i := range 8 {
			o.save(i, i+1)
			hours(2)
		}
		runs := o.runs()
		ran := map[string]int{}
		for i, run := range runs { // the newest first
			ran[run.Subject]++
			if i > 0 && run.EndedAt.After(runs[i-1].StartedAt) {
				t.Errorf("the pass of %s, %s to %s, ran into that of %s at %s",
					run.Subject, run.StartedAt, run.EndedAt, runs[i-1].Subject, runs[i-1].StartedAt)
			}
		}
		if ran["Étagère"] < 4 || ran["Armoire"] < 4 {
			t.Errorf("one account starves: %v", ran)
		}
		if o.cards("Étagère") < 6 || o.cards("Armoire") < 6 {
			t.Errorf("%d and %d cards of 8", o.cards("Étagère"), o.cards("Armoire"))
		}
	})
}

func TestAnAccountThatMustWaitHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.save(0, 3)
		o.shelves["Étagère"].before = func(string) error {
			return &directory.Error{
				Class: directory.Throttled, Problem: storage.NewProblem("directory.throttled"), RetryAfter: 5 * time.Hour, Err: errors.New("429"),
			}
		}
		for name := range o.shelves {
			o.switchOn(name)
		}
		hours(3)
		if s := o.schedule("Étagère"); s.Running() == nil {
			t.Errorf("the throttled pass is %+v", s.Last())
		}
		if o.cards("Armoire") != 3 {
			t.Errorf("%d cards on the other account", o.cards("Armoire"))
		}
	})
}

func TestAnAccountThatIsSwitchedOffHasNoPasses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.save(0, 3)
		o.switchOn("Étagère")
		if err := o.engine.SetAccountEnabled(t.Context(), o.accounts["Étagère"], false); err != nil {
			t.Fatal(err)
		}
		hours(5)
		s := o.schedule("Étagère")
		if len(s.Slots) != 0 || !s.NextSlot.IsZero() || len(o.runs()) != 0 {
			t.Errorf("%+v, %d runs", s, len(o.runs()))
		}
		var why *storage.Problem
		if _, err := o.engine.RunNow(t.Context(), s.ID); !errors.As(err, &why) || why.Code != "sync.accountOff" {
			t.Errorf("launched: %v", err)
		}
	})
}

// A service may ask for a whole day's pause: whoever cancels then does not wait for its end.
func TestAPassIsCancelledAtOnceWhileItsLaneWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.save(0, 3)
		o.there("Étagère", func(s *shelf) {
			s.choke = func([]storage.Card) error {
				return &directory.Error{
					Class: directory.Throttled, Problem: storage.NewProblem("test.throttled"), RetryAfter: 20 * time.Hour, Err: errors.New("429"),
				}
			}
		})
		id, err := o.service.Sync(t.Context(), o.accounts["Étagère"], storage.ActorUser)
		if err != nil {
			t.Fatal(err)
		}
		pause(time.Minute)
		if run, jobs := o.run(id), o.engine.Jobs().List(); run.State != storage.RunRunning || len(jobs) != 1 {
			t.Fatalf("%s, %d jobs", run.State, len(jobs))
		}
		o.engine.Jobs().Cancel(id)
		pause(time.Second)
		if run, jobs := o.run(id), o.engine.Jobs().List(); run.State != storage.RunCancelled || len(jobs) != 0 || o.cards("Étagère") != 0 {
			t.Fatalf("%s, %d jobs, %d cards", run.State, len(jobs), o.cards("Étagère"))
		}
		o.there("Étagère", func(s *shelf) { s.choke = nil })
		again, err := o.service.Sync(t.Context(), o.accounts["Étagère"], storage.ActorUser)
		if err != nil {
			t.Fatal(err)
		}
		hours(24)
		if run, jobs := o.run(again), o.engine.Jobs().List(); run.State != storage.RunDone || len(jobs) != 0 || o.cards("Étagère") != 3 {
			t.Fatalf("%s %v, %d jobs, %d cards", run.State, run.Problem, len(jobs), o.cards("Étagère"))
		}
	})
}
