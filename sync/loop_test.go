package sync_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

// fight lets another tool and us overwrite each other's phone, n times each.
func (r *rig) fight(id string, n int, pause time.Duration) {
	r.Helper()
	for i := range n {
		r.trial.EditByOthers("H000", map[string]string{"phone": fmt.Sprintf("+3315555555%d", i%10)})
		r.check(id)
		if err := r.engine.Decide(r.Context(), id, r.account, phone, sync.KeepOurs); err != nil {
			r.Fatal(err)
		}
		r.sync(id)
		time.Sleep(pause)
	}
}

func TestFieldThatChangesForEverIsFrozenUntilTheUserLetsItGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.published(1)[0]
		r.fight(id, 2, time.Minute)
		r.wantWord(id, storage.WordUpToDate)
		r.fight(id, 1, time.Minute)
		r.wantWord(id, storage.WordAction)
		l := r.listing(id)
		if len(l.Frozen) != 1 || l.Frozen[0] != storage.FieldPhone || l.Reason == nil || l.Reason.Code != "sync.frozen" || l.Reason.Field != storage.FieldPhone {
			t.Fatalf("frozen %v, reason %v", l.Frozen, l.Reason)
		}

		r.trial.EditByOthers("H000", map[string]string{"phone": theirs})
		r.check(id)
		if err := r.engine.Decide(t.Context(), id, r.account, phone, sync.AcceptTheirs); problemCode(err) != "sync.frozen" {
			t.Errorf("accepted: %v", err)
		}
		r.edit(id, storage.FieldPhone, "01 42 60 88 88")
		r.edit(id, storage.FieldEmail, "a@example.org")
		r.sync(id)
		there := r.trial.Record("H000").Values
		if there["phone"] != theirs || there["email"] != "a@example.org" {
			t.Errorf("phone %q is frozen, e-mail %q is not", there["phone"], there["email"])
		}

		if err := r.engine.Unfreeze(t.Context(), id, r.account); err != nil {
			t.Fatal(err)
		}
		if err := r.engine.Unfreeze(t.Context(), id, r.account); problemCode(err) != "sync.notFrozen" {
			t.Errorf("unfrozen twice: %v", err)
		}
		r.sync(id)
		r.wantWord(id, storage.WordUpToDate)
		if got := r.trial.Record("H000").Values["phone"]; got != "+33142608888" {
			t.Errorf("phone there %q after the field was let go", got)
		}
		actions := map[storage.JournalAction]int{}
		for _, j := range r.journal(id) {
			actions[j.Action]++
		}
		if actions[storage.JournalFreeze] != 1 || actions[storage.JournalRelease] != 1 {
			t.Errorf("journal %v", actions)
		}
	})
}

func TestFieldsThatChangeSeldomAreNotFrozen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.published(1)[0]
		r.fight(id, 8, 13*time.Hour) // four turns a day
		r.wantWord(id, storage.WordUpToDate)
	})
}

func TestOurOwnEditsAreNoLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.published(1)[0]
		for i := range 10 {
			r.edit(id, storage.FieldPhone, fmt.Sprintf("01 42 60 77 7%d", i%2))
			r.sync(id)
		}
		r.wantWord(id, storage.WordUpToDate)
	})
}
