package sync_test

import (
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync/sandbox"
)

func (r *rig) theAccount() *storage.Account {
	r.Helper()
	var a *storage.Account
	r.view(func(tx storage.Reader) (err error) {
		a, err = tx.Account(r.account)
		return err
	})
	return a
}

func TestAccountThatSilentlyBecameAnotherOneGetsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{Account: "compte-1"})
		ids := r.hotels(3)
		r.sync(ids...)
		if got := r.theAccount().Identity; got != "compte-1" {
			t.Fatalf("identity %q", got)
		}
		r.trial.SetAccount("compte-2")
		r.restart()
		r.edit(ids[0], storage.FieldPhone, "01 42 60 77 77")
		before := r.trial.Record("H000").Values["phone"]
		r.sync(ids[0])
		time.Sleep(time.Hour)
		a := r.theAccount()
		if a.Pause == nil || a.Pause.Code != "guard.otherAccount" || !a.PausedUntil.IsZero() {
			t.Fatalf("account %+v", a)
		}
		if got := r.trial.Record("H000").Values["phone"]; got != before {
			t.Errorf("phone there %q", got)
		}
		r.trial.SetAccount("compte-1") // the right one is connected again
		if err := r.engine.TestAccount(t.Context(), r.account); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if got := r.trial.Record("H000").Values["phone"]; got != "+33142607777" {
			t.Errorf("phone there %q", got)
		}
		r.wantWord(ids[0], storage.WordUpToDate)
	})
}

func TestAcceptingAnotherAccountIsAFirstPublicationThatDeletesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{Account: "compte-1"})
		ids := r.hotels(3)
		r.sync(ids...)
		r.trial.SetAccount("compte-2")
		r.restart()
		r.edit(ids[0], storage.FieldPhone, "01 42 60 77 77")
		r.sync(ids[0])
		if err := r.engine.AcceptIdentity(t.Context(), r.account); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if a := r.theAccount(); a.Identity != "compte-2" || a.Pause != nil {
			t.Errorf("account %+v", a)
		}
		if l := r.listing(ids[1]); l.Accepted != nil || l.RemoteID != "" || l.Desired == nil {
			t.Errorf("what the other account accepted is still the base: %+v", l)
		}
		r.wantWord(ids[1], storage.WordToSync)
		r.sync(ids...)
		r.wantWord(ids[0], storage.WordDrift) // what differs there is shown, not overwritten
		r.wantWord(ids[1], storage.WordUpToDate)
		for i := range ids {
			if r.trial.Record(hotel(i).Identifier) == nil {
				t.Errorf("listing %d is gone", i)
			}
		}
		if len(r.trial.Records()) != 3 {
			t.Errorf("%d listings", len(r.trial.Records()))
		}
	})
}
