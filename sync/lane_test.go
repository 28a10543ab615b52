package sync_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

// cable is a network that can be unplugged.
type cable struct {
	http.RoundTripper
	unplugged atomic.Bool
	tries     atomic.Int64
}

func (c *cable) RoundTrip(r *http.Request) (*http.Response, error) {
	if c.unplugged.Load() {
		c.tries.Add(1)
		return nil, syscall.ECONNREFUSED
	}
	return c.RoundTripper.RoundTrip(r)
}

func TestWithoutNetworkNothingIsLostAndEverythingLeavesLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		c := &cable{RoundTripper: sandbox.Transport{Handler: r.trial}}
		c.unplugged.Store(true)
		r.close()
		r.kinds = directory.NewKinds(trial.KindOver(c))
		r.open()
		r.start()
		ids := r.hotels(3)
		run := r.sync(ids...)
		if run.Totals.Failed != 3 || code(r.items(run.ID)[0].Problems) != "directory.offline" {
			t.Fatalf("run %+v", run)
		}
		r.wantWord(ids[0], storage.WordPending)
		time.Sleep(5 * time.Hour)
		if n := c.tries.Load(); n > 600 {
			t.Errorf("%d tries in five hours: no back-off", n)
		}
		r.view(func(tx storage.Reader) error {
			a, err := tx.Account(r.account)
			if a.Pause == nil || a.Pause.Code != "lane.offline" || time.Until(a.PausedUntil) > time.Minute {
				t.Errorf("without network: pause %v until %s", a.Pause, a.PausedUntil)
			}
			return err
		})
		c.unplugged.Store(false)
		time.Sleep(time.Minute)
		if run = r.wait(run.ID, nil); run.Totals.Sent != 3 || run.State != storage.RunDone {
			t.Fatalf("run in the end %+v", run)
		}
		r.view(func(tx storage.Reader) error {
			a, err := tx.Account(r.account)
			if a.Pause != nil || !a.PausedUntil.IsZero() || a.LastOK.IsZero() {
				t.Errorf("account %+v", a)
			}
			return err
		})
	})
}

func TestUsersPublicationLeavesBeforePeriodicReadings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(60)
		r.sync(ids...)
		fresh := r.create(hotel(99))
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Method: "GET", Times: 1000, Delay: time.Second})
		if _, err := r.engine.Check(t.Context(), sync.Request{EstablishmentIDs: ids, Actor: storage.ActorScheduler}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		start := time.Now()
		r.sync(fresh[0])
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("the user waited %s behind sixty seconds of readings", d)
		}
	})
}

func TestOneLaneDoesNotHoldAnotherBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var pushed pushes
		r := newRig(t, sandbox.TrialParams{}, uploadKind(&pushed))
		other := &storage.Account{Kind: "directory.upload", Name: "Fichier"}
		if err := r.engine.AddAccount(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		ids := r.hotels(3)
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Method: "POST", Times: 3, Delay: 10 * time.Second})
		run, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if n := len(pushed.since(0)); n != 3 {
			t.Errorf("%d written while the other directory is slow", n)
		}
		if done := r.wait(run, nil); done.Totals.Sent != 6 {
			t.Errorf("run %+v", done)
		}
	})
}

func TestRefusedStaysWithTheUserThroughAnEditThatDirectoriesDoNotSee(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		e := hotel(0)
		e.Name = "Hôtel PROMO"
		id := r.create(e)[0]
		r.sync(id)
		r.edit(id, storage.FieldLabels, "Paris")
		r.wantWord(id, storage.WordAction)
		r.edit(id, storage.FieldStatus, string(storage.StatusArchived))
		r.wantWord(id, storage.WordDisabled)
		r.edit(id, storage.FieldStatus, string(storage.StatusActive))
		r.wantWord(id, storage.WordToSync)
	})
}

func TestImportedRowWithAutoSyncLeavesByItselfAndCanBeUndoneBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		rows := func(from int) func(w storage.Writer, run string) error {
			return func(w storage.Writer, run string) error {
				for i := range 5 {
					e := hotel(from + i)
					e.AutoSync = i%2 == 0
					if err := r.engine.WriteEstablishment(w, nil, e, cause(run)); err != nil {
						return err
					}
				}
				return nil
			}
		}
		first := r.imports(rows(0))
		if _, err := r.engine.Undo(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if r.trial.Calls() != 0 || len(r.contents()) != 0 {
			t.Fatalf("%d calls, %d establishments after the undo", r.trial.Calls(), len(r.contents()))
		}
		r.imports(rows(10))
		time.Sleep(time.Minute)
		if n := len(r.trial.Records()); n != 3 {
			t.Errorf("%d published, want the three rows with auto-sync", n)
		}
		for _, run := range r.runs() {
			if run.State == storage.RunRunning {
				t.Errorf("run left open %+v", run)
			}
		}
		if jobs := r.engine.Jobs().List(); len(jobs) != 0 {
			t.Errorf("jobs %+v", jobs)
		}
	})
}

func TestRequestsThatCannotBeSayWhy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		cases := map[string]sync.Request{
			"sync.nothingChosen": {},
			"sync.noAccount":     {EstablishmentIDs: r.hotels(1), AccountIDs: []string{"nobody"}},
		}
		for want, request := range cases {
			_, err := r.engine.Sync(t.Context(), request)
			var p *storage.Problem
			if !errors.As(err, &p) || p.Code != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
		if n := len(r.runs()); n != 0 {
			t.Errorf("%d runs were kept", n)
		}
	})
}

// deaf is a directory that takes changes and cannot be read back; its first answers are lost.
type deaf struct {
	upload
	lost *int
}

func (d deaf) Capabilities() directory.Capabilities { return deafCapabilities }

func (d deaf) Push(ctx context.Context, changes []directory.Change) ([]directory.Receipt, error) {
	rs, err := d.upload.Push(ctx, changes)
	if *d.lost > 0 {
		*d.lost--
		return nil, errors.New("connection reset")
	}
	return rs, err
}

var deafCapabilities = directory.Capabilities{
	Mode: directory.Direct, Fields: []storage.Field{storage.FieldName, storage.FieldPhone}, BatchSize: 1,
}

func TestIdempotencyKeyIsKeptOverRetriesAndRenewedByAnEdit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var pushed pushes
		lost := 2
		r := newRig(t, sandbox.TrialParams{}, directory.Kind{
			ID: "directory.deaf", Capabilities: deafCapabilities,
			Open: func(*storage.Account) (directory.Directory, error) { return deaf{upload{&pushed}, &lost}, nil },
		})
		a := &storage.Account{Kind: "directory.deaf", Name: "Sourd"}
		if err := r.engine.AddAccount(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		r.account = a.ID
		id := r.hotels(1)[0]
		request := sync.Request{EstablishmentIDs: []string{id}, AccountIDs: []string{a.ID}}
		if run := r.wait(r.engine.Sync(t.Context(), request)); run.Totals.Sent != 1 {
			t.Fatalf("run %+v", run)
		}
		r.wantWord(id, storage.WordSent)
		r.edit(id, storage.FieldPhone, "01 42 60 99 99")
		r.wait(r.engine.Sync(t.Context(), request))
		all := pushed.since(0)
		if len(all) != 4 {
			t.Fatalf("%d pushes, want three attempts and an edit", len(all))
		}
		first := all[0].IdempotencyKey
		if first == "" || all[1].IdempotencyKey != first || all[2].IdempotencyKey != first {
			t.Error("the key changed over retries")
		}
		if all[3].IdempotencyKey == first {
			t.Error("the key is the same for another content")
		}
	})
}

func TestSyncDuringALongPauseIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(2)
		r.trial.Misbehave(sandbox.Fault{
			Kind: sandbox.Answer, Method: "POST", Status: 429, Header: map[string]string{"Retry-After": "7200"},
		})
		r.sync(ids[0])
		start := time.Now()
		run := r.sync(ids[1])
		if run.State != storage.RunFailed || code(r.items(run.ID)[0].Problems) != "directory.throttled" {
			t.Fatalf("run %+v", run)
		}
		if d := time.Since(start); d > time.Minute {
			t.Errorf("answered after %s", d)
		}
		time.Sleep(3 * time.Hour)
		r.wantWord(ids[1], storage.WordUpToDate)
	})
}
