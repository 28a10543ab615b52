package sync_test

import (
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

func TestSyncPublishesExactlyTheChosenAndShowsThemUpToDate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(12)
		run := r.sync(ids[2], ids[5], ids[7])
		if run.State != storage.RunDone || run.Totals.Sent != 3 || run.Totals.Total != 3 {
			t.Fatalf("run %+v", run)
		}
		if n := len(r.trial.Records()); n != 3 {
			t.Fatalf("%d listings on the directory, want 3", n)
		}
		for i, id := range ids {
			want := storage.WordToSync
			if i == 2 || i == 5 || i == 7 {
				want = storage.WordUpToDate
			}
			if got := r.word(id); got != want {
				t.Errorf("hotel %d: %s, want %s", i, got, want)
			}
		}
		l := r.listing(ids[2])
		if l.URL != "http://essai.test/fiche/"+l.RemoteID || l.ETag == "" || l.CheckedAt.IsZero() {
			t.Errorf("listing %+v", l)
		}
	})
}

func TestSyncSkipsListingWhoseContentWasAccepted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.sync(id)
		calls := r.trial.Calls()
		if run := r.sync(id); run.Totals.Unchanged != 1 || run.State != storage.RunDone {
			t.Fatalf("run %+v", run)
		}
		if r.trial.Calls() != calls {
			t.Fatal("an unchanged listing made a call")
		}
		run := r.wait(r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: []string{id}, Force: true}))
		if run.Totals.Sent != 1 || r.trial.Effects("H000") != 2 {
			t.Fatalf("forced run %+v, effects %d", run, r.trial.Effects("H000"))
		}
	})
}

func TestSyncSendsTouchedFieldsOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.sync(id)
		r.trial.EditByOthers("H000", map[string]string{"email": "autre@example.org"})
		r.edit(id, storage.FieldPhone, "01 42 60 99 99")
		r.wantWord(id, storage.WordToSync)
		if run := r.sync(id); run.Totals.Sent != 1 {
			t.Fatalf("run %+v", run)
		}
		rec := r.trial.Record("H000")
		if rec.Values["phone"] != "+33142609999" || rec.Values["email"] != "autre@example.org" {
			t.Fatalf("values %v: others' edit must survive ours", rec.Values)
		}
		r.wantWord(id, storage.WordDrift) // their e-mail is shown, to be decided
	})
}

func TestPlanWritesNothingAndSaysWhatSyncDoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		draft, blocked, closed := hotel(1), hotel(2), hotel(3)
		draft.Status, blocked.Address.Street, closed.Status = storage.StatusDraft, "", storage.StatusClosed
		ids := r.create(hotel(0), draft, blocked, closed)
		r.sync(ids[0])
		fresh := r.create(hotel(4))
		request := sync.Request{EstablishmentIDs: append(ids, fresh...)}
		plan, err := r.engine.Plan(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		want := []sync.Intent{
			sync.IntentUnchanged, sync.IntentSkipped, sync.IntentBlocked, sync.IntentSkipped, sync.IntentCreate,
		}
		for i, item := range plan.Items {
			if item.Intent != want[i] {
				t.Errorf("item %d: %s, want %s", i, item.Intent, want[i])
			}
		}
		again, err := r.engine.Plan(t.Context(), request)
		if err != nil || again.Hash != plan.Hash {
			t.Errorf("same plan, other hash: %v", err)
		}
		run := r.wait(r.engine.Sync(t.Context(), request))
		if run.Totals.Sent != 1 || run.Totals.Skipped != 2 || run.Totals.Failed != 1 || run.Totals.Unchanged != 1 {
			t.Errorf("run %+v", run.Totals)
		}
		if l := r.listing(blocked.ID); code(l.Blockers) != "blocker.missing" || l.Blockers[0].Field != storage.FieldStreet {
			t.Errorf("blockers %v", l.Blockers)
		}
		r.wantWord(blocked.ID, storage.WordAction)
		r.edit(blocked.ID, storage.FieldStreet, "3 rue de Rivoli")
		r.wantWord(blocked.ID, storage.WordToSync)
	})
}

func TestClosedForGoodIsSaidToTheDirectoryWherePublished(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.sync(id)
		r.edit(id, storage.FieldStatus, string(storage.StatusClosed))
		r.sync(id)
		if got := r.trial.Record("H000").Values["status"]; got != sandbox.TrialClosed {
			t.Fatalf("status there %q", got)
		}
		r.wantWord(id, storage.WordUpToDate)
	})
}

// TestLostAnswerTakesEffectOnce is the oracle of "exactly once": whatever is lost, the directory applied each content
// once.
func TestLostAnswerTakesEffectOnce(t *testing.T) {
	for _, kind := range []sandbox.FaultKind{
		sandbox.ApplyThen500, sandbox.ApplyThenCut, sandbox.ApplyThenHang, sandbox.Cut,
	} {
		for _, method := range []string{"POST", "PATCH"} {
			t.Run(string(kind)+" "+method, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					r := newRig(t, sandbox.TrialParams{})
					id := r.hotels(1)[0]
					want := 1
					if method == "PATCH" {
						r.sync(id)
						r.edit(id, storage.FieldPhone, "01 42 60 99 99")
						want = 2
					}
					r.trial.Misbehave(sandbox.Fault{Kind: kind, Method: method, Delay: time.Minute})
					if run := r.sync(id); run.State != storage.RunDone || run.Totals.Sent != 1 {
						t.Fatalf("run %+v %v", run, r.items(run.ID)[0].Problems)
					}
					if got := r.trial.Effects("H000"); got != want {
						t.Errorf("%d effects, want %d", got, want)
					}
					r.wantWord(id, storage.WordUpToDate)
				})
			})
		}
	}
}

func TestThrottledLaneWaitsAsLongAsAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(3)
		r.trial.Misbehave(sandbox.Fault{
			Kind: sandbox.Answer, Method: "POST", Status: 429, Header: map[string]string{"Retry-After": "40"},
		})
		start := time.Now()
		run := r.sync(ids...)
		if run.Totals.Sent != 3 || time.Since(start) < 40*time.Second || time.Since(start) > 50*time.Second {
			t.Fatalf("run %+v after %s", run.Totals, time.Since(start))
		}
		if n := r.trial.Effects("H000"); n != 1 {
			t.Errorf("effects %d", n)
		}
	})
}

func TestThrottledForLongTellsTheUserAndResumesAfterRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.trial.Misbehave(sandbox.Fault{
			Kind: sandbox.Answer, Method: "POST", Status: 429, Header: map[string]string{"Retry-After": "3600"},
		})
		run := r.sync(id)
		if run.State != storage.RunFailed || code(r.items(run.ID)[0].Problems) != "directory.throttled" {
			t.Fatalf("run %+v", run)
		}
		r.restart()
		time.Sleep(30 * time.Minute)
		if r.trial.Effects("H000") != 0 {
			t.Fatal("the pause did not survive the restart")
		}
		time.Sleep(40 * time.Minute)
		r.wantWord(id, storage.WordUpToDate)
		if run = r.wait(run.ID, nil); run.State != storage.RunDone || run.Totals.Failed != 0 || run.Totals.Sent != 1 {
			t.Fatalf("run in the end %+v", run)
		}
	})
}

func TestWithdrawnAccessPausesTheLaneUntilReconnected(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{Token: "a"})
		ids := r.hotels(large)
		r.trial.SetToken("b")
		run := r.sync(ids...)
		if run.State != storage.RunFailed || run.Totals.Failed != large {
			t.Fatalf("run %+v", run)
		}
		r.wantWord(ids[0], storage.WordAction)
		if err := r.engine.TestAccount(t.Context(), r.account); err == nil {
			t.Fatal("the test of a refused account succeeded")
		}
		calls := r.trial.Calls()
		time.Sleep(time.Hour)
		if r.trial.Calls() != calls {
			t.Fatal("a paused lane called")
		}
		r.trial.SetToken("a")
		if err := r.engine.TestAccount(t.Context(), r.account); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if run = r.wait(run.ID, nil); run.State != storage.RunDone || run.Totals.Sent != large {
			t.Fatalf("run in the end %+v", run)
		}
	})
}

func TestRefusedContentIsNotSentAgainBeforeItChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		e := hotel(0)
		e.Name = "Hôtel PROMO"
		id := r.create(e)[0]
		run := r.sync(id)
		if run.State != storage.RunFailed || code(r.items(run.ID)[0].Problems) != "trial.refused" {
			t.Fatalf("run %+v", run)
		}
		r.wantWord(id, storage.WordAction)
		calls := r.trial.Calls()
		time.Sleep(3 * time.Hour)
		if r.trial.Calls() != calls {
			t.Fatal("refused content was sent again by itself")
		}
		r.edit(id, storage.FieldName, "Hôtel du Louvre")
		again := r.wait(r.engine.Retry(t.Context(), run.ID))
		if again.Totals.Sent != 1 {
			t.Fatalf("retry %+v", again)
		}
		r.wantWord(id, storage.WordUpToDate)
	})
}

func TestUnreachableDirectoryIsRetriedAndSaidSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Answer, Status: 500, Times: 20})
		run := r.sync(id)
		if run.State != storage.RunFailed {
			t.Fatalf("run %+v", run)
		}
		r.wantWord(id, storage.WordError)
		if l := r.listing(id); l.RetryAt.IsZero() || l.Attempts < 3 {
			t.Errorf("listing %+v", l)
		}
		time.Sleep(8 * time.Hour)
		r.wantWord(id, storage.WordUpToDate)
		if r.trial.Effects("H000") != 1 {
			t.Errorf("effects %d", r.trial.Effects("H000"))
		}
	})
}

func TestDirectoryUnreachableForADayAsksTheUser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Answer, Status: 500, Times: 1 << 20})
		r.sync(id)
		time.Sleep(25 * time.Hour)
		attempts := r.listing(id).Attempts
		time.Sleep(25 * time.Hour)
		r.wantWord(id, storage.WordAction)
		if n := r.listing(id).Attempts; n != attempts {
			t.Errorf("%d attempts after a day, %d after two", attempts, n)
		}
		r.trial.Behave()
		if run := r.sync(id); run.Totals.Sent != 1 {
			t.Fatalf("run %+v", run)
		}
		r.wantWord(id, storage.WordUpToDate)
	})
}

func TestModerationIsAwaitedAndARejectionIsNeverShownAsPublished(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{Moderation: 10 * time.Minute})
		bad := hotel(1)
		bad.Name = "Hôtel PROMO"
		ids := r.create(hotel(0), bad)
		run := r.sync(ids...)
		if run.Totals.Sent != 2 {
			t.Fatalf("run %+v", run)
		}
		for _, id := range ids {
			r.wantWord(id, storage.WordPending)
		}
		time.Sleep(30 * time.Minute)
		r.wantWord(ids[0], storage.WordUpToDate)
		r.wantWord(ids[1], storage.WordAction)
		if l := r.listing(ids[1]); l.Reason.Code != "trial.rejected" || l.Accepted != nil {
			t.Errorf("rejected listing %+v", l)
		}
		r.edit(ids[1], storage.FieldName, "Hôtel Régina")
		r.wantWord(ids[1], storage.WordToSync)
		r.sync(ids[1])
		time.Sleep(30 * time.Minute)
		r.wantWord(ids[1], storage.WordUpToDate)
		if got := r.trial.Record("H001").Values; got["name"] != "Hôtel Régina" || got["city"] != "Paris" {
			t.Errorf("values %v: everything refused must be sent again", got)
		}
	})
}

func TestEditDuringModerationIsToSyncAndOneAfterItIsSentWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{Moderation: 10 * time.Minute})
		id := r.hotels(1)[0]
		r.sync(id)
		r.edit(id, storage.FieldEmail, "a@example.org")
		r.wantWord(id, storage.WordToSync)
		r.sync(id)
		r.wantWord(id, storage.WordPending)
		time.Sleep(time.Hour)
		r.wantWord(id, storage.WordUpToDate)
		if got := r.trial.Record("H000").Values["email"]; got != "a@example.org" {
			t.Errorf("email %q", got)
		}
	})
}

func TestListingGoneThereIsNotFoundAndCreatedAgainOnDemand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.sync(id)
		r.trial.Remove("H000")
		r.check(id)
		r.wantWord(id, storage.WordNotFound)
		r.sync(id)
		r.wantWord(id, storage.WordUpToDate)

		r.trial.Remove("H000")
		r.edit(id, storage.FieldEmail, "a@example.org")
		if run := r.sync(id); run.Totals.Failed != 1 {
			t.Fatalf("run %+v", run)
		}
		r.wantWord(id, storage.WordNotFound)
		if r.trial.Record("H000") != nil {
			t.Error("created again without being asked")
		}
	})
}

func TestListingThatWasThereBeforeIsAdoptedNotOverwritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		first := r.hotels(1)[0]
		r.sync(first)
		r.trial.EditByOthers("H000", map[string]string{"phone": "+33155555555"})
		// The same workspace, started again without knowing the listing.
		if err := r.engine.RemoveAccount(t.Context(), r.account); err != nil {
			t.Fatal(err)
		}
		again := &storage.Account{Kind: "directory.trial", Name: "Essai", Settings: map[string]string{"base-url": "http://essai.test"}}
		if err := r.engine.AddAccount(t.Context(), again); err != nil {
			t.Fatal(err)
		}
		r.account = again.ID
		r.sync(first)
		if got := r.trial.Record("H000").Values["phone"]; got != "+33155555555" {
			t.Fatalf("phone %q: overwritten without a decision", got)
		}
		r.wantWord(first, storage.WordDrift)
		if n := len(r.trial.Records()); n != 1 {
			t.Errorf("%d listings", n)
		}
	})
}
