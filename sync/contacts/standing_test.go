package contacts_test

import (
	"errors"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/directory"
)

// begin asks for a pass and gives its run.
func (r *rig) begin() string {
	r.Helper()
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	id, err := r.service.Sync(r.ctx, r.account, storage.ActorUser)
	if err != nil {
		r.Fatal(err)
	}
	return id
}

// standing gives where the rig's account stands.
func (r *rig) standing() contacts.Standing {
	r.Helper()
	all, err := r.service.Standings(r.ctx)
	if err != nil || len(all) != 1 || all[0].Account.ID != r.account {
		r.Fatalf("%+v, %v", all, err)
	}
	return all[0]
}

// pauseAtBatch has a person pause a pass while its n-th batch is on its way.
func (r *rig) pauseAtBatch(n int, runID string) {
	batch := 0
	r.shelf.before = func(string) error {
		if batch++; batch == n {
			return r.service.Pause(r.ctx, runID)
		}
		return nil
	}
}

func TestAPausedPassWaitsAfterItsBatchAndOverARestartAndWritesNothingTwice(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 180 {
		r.save(person(i))
	}
	for i := range 20 {
		r.shelf.put("theirs"+person(i+200).FamilyName, there(i+200), "")
	}
	id := r.begin()
	r.pauseAtBatch(2, id)
	r.carry()
	if s := r.standing(); !s.Paused || s.Run == nil || s.Run.ID != id || s.Run.State != storage.RunRunning || r.shelf.created != 100 {
		t.Fatalf("%+v, %d created", s, r.shelf.created)
	}
	pass := r.run(id).Pass
	if pass == nil || pass.Planned != 180 || pass.Written != 100 || len(pass.Batches) != 2 || pass.Batch != 50 || pass.Read != 20 {
		t.Fatalf("%+v", pass)
	}
	r.restart()
	calls := r.shelf.calls
	r.carry()
	if r.shelf.calls != calls || !r.standing().Paused {
		t.Fatal("the restart did not keep the pause")
	}
	if err := r.service.Resume(r.ctx, id); err != nil {
		t.Fatal(err)
	}
	r.carry()
	run := r.run(id)
	if run.State != storage.RunDone || r.shelf.created != 180 || len(r.living()) != 200 || len(r.shelf.cards) != 200 {
		t.Fatalf("%s: %d created there, %d contacts", run.State, r.shelf.created, len(r.living()))
	}
	if p := run.Pass; p.Planned != 180 || p.Written != 180 || p.There.Created != 180 || p.Here.Created != 20 || len(p.Batches) != 4 {
		t.Errorf("%+v", p)
	}
	r.still()
}

func TestAPassPausedWhileItAppliesGoesOnWithTheRest(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.save(person(0))
	for i := range 600 {
		r.shelf.put("theirs"+person(i+200).FamilyName, there(i+200), "")
	}
	id := r.begin()
	r.pauseAtBatch(1, id) // the only one: what came is still to be kept
	r.carry()
	if n := len(r.living()); n != 1 {
		t.Fatalf("%d contacts are kept", n)
	}
	if err := r.service.Resume(r.ctx, id); err != nil {
		t.Fatal(err)
	}
	r.carry()
	if run := r.run(id); run.State != storage.RunDone || len(r.living()) != 601 || run.Pass.Here.Created != 600 || r.shelf.created != 1 {
		t.Fatalf("%s, %d contacts, %+v", run.State, len(r.living()), run.Pass)
	}
	r.still()
}

func TestAPausedPassIsCancelledAndAnEndedOneCannotBePaused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 120 {
		r.save(person(i))
	}
	id := r.begin()
	r.pauseAtBatch(1, id)
	r.carry()
	if err := r.service.Cancel(r.ctx, id); err != nil {
		t.Fatal(err)
	}
	r.carry()
	if run := r.run(id); run.State != storage.RunCancelled || r.shelf.created != 50 || r.standing().Paused {
		t.Fatalf("%s, %d created", run.State, r.shelf.created)
	}
	for name, f := range map[string]func() error{
		"pause": func() error { return r.service.Pause(r.ctx, id) }, "resume": func() error { return r.service.Resume(r.ctx, id) },
	} {
		var p *storage.Problem
		if err := f(); !errors.As(err, &p) || p.Code != "contacts.pass.over" {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.syncOK()
	if r.shelf.created != 120 {
		t.Errorf("%d created", r.shelf.created)
	}
}

func TestAskingForAPassHasAPausedOneGoOnAndTheScheduleDoesNot(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 120 {
		r.save(person(i))
	}
	id := r.begin()
	r.pauseAtBatch(1, id)
	r.carry()
	if got, err := r.service.Sync(r.ctx, r.account, storage.ActorScheduler); err != nil || got != id || !r.standing().Paused {
		t.Fatalf("%s, %v", got, err)
	}
	if got, err := r.service.Sync(r.ctx, r.account, storage.ActorUser); err != nil || got != id || r.standing().Paused {
		t.Fatalf("%s, %v", got, err)
	}
	r.carry()
	if r.run(id).State != storage.RunDone || r.shelf.created != 120 {
		t.Fatalf("%s, %d created", r.run(id).State, r.shelf.created)
	}
}

func TestABatchOfUnknownOutcomeIsLookedForThoughThePassIsPaused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 60 {
		r.save(person(i))
	}
	id := r.begin()
	r.shelf.after = func(string) error {
		r.shelf.after = nil
		if err := r.service.Pause(r.ctx, id); err != nil {
			return err
		}
		panic(errCrash)
	}
	if r.carry() {
		t.Fatal("it did not crash")
	}
	r.restart()
	r.carry()
	if pass := r.run(id).Pass; !r.standing().Paused || pass.There.Created != 50 || pass.Written != 50 || r.shelf.created != 50 {
		t.Fatalf("%+v, %d created", pass, r.shelf.created)
	}
	if err := r.service.Resume(r.ctx, id); err != nil {
		t.Fatal(err)
	}
	r.carry()
	if p := r.run(id).Pass; r.run(id).State != storage.RunDone || p.Planned != 60 || p.Written != 60 || r.shelf.created != 60 {
		t.Fatalf("%+v, %d created", p, r.shelf.created)
	}
}

func TestStandingsTellWhatAnAccountWaitsFor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if s := r.standing(); s.Run != nil || s.Pending != 0 || !s.LastOK.IsZero() {
		t.Fatalf("before the first pass: %+v", s)
	}
	all := r.tuned(6)
	r.edit(all[0].ID, func(c *storage.Card) { c.Title = "Directrice" })
	r.edit(all[1].ID, func(c *storage.Card) { c.Title = "Concierge" })
	if s := r.standing(); s.Pending != 2 || s.LastOK.IsZero() || s.Run == nil || s.Run.State != storage.RunDone || s.Questions != 0 {
		t.Fatalf("%+v", s)
	}
	r.begin()
	r.shelf.before = func(string) error {
		r.shelf.before = nil
		return &directory.Error{Class: directory.Offline, Problem: storage.NewProblem("directory.unreachable"), Err: errors.New("no network")}
	}
	var errand string
	for {
		r.view(func(tx storage.Reader) (err error) {
			errand, _, err = r.courier.Next(tx, r.clock.now)
			return err
		})
		if errand == "" {
			break
		}
		if _, err := r.courier.Carry(r.ctx, errand, func(int) time.Duration { return time.Minute }); err != nil {
			t.Fatal(err)
		}
	}
	if s := r.standing(); !s.NotBefore.Equal(r.clock.now.Add(time.Minute)) {
		t.Fatalf("%+v at %s", s, r.clock.now)
	}
	r.carry()
	if s := r.standing(); !s.NotBefore.IsZero() || s.Run.State != storage.RunDone || s.Pending != 0 || s.Cards != 6 {
		t.Errorf("%+v", s)
	}
}

func TestCancellingThePassOfAnAccountThatIsSwitchedOffEndsItAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 120 {
		r.save(person(i))
	}
	id := r.begin()
	r.pauseAtBatch(1, id)
	r.carry()
	r.update(func(w storage.Writer) error {
		a, err := w.Account(r.account)
		if err != nil {
			return err
		}
		a.Enabled = false
		return w.PutAccount(a)
	})
	if err := r.service.Cancel(r.ctx, id); err != nil {
		t.Fatal(err)
	}
	if s := r.standing(); s.Run == nil || s.Run.ID != id || s.Run.State != storage.RunCancelled || s.Paused {
		t.Fatalf("%+v", s)
	}
}
