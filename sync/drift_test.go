package sync_test

import (
	"context"
	"slices"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

var phone = []storage.Field{storage.FieldPhone}

// drifted gives a published hotel whose phone was changed there and re-read.
func drifted(t *testing.T) (*rig, string) {
	t.Helper()
	r := newRig(t, sandbox.TrialParams{})
	id := r.hotels(1)[0]
	r.sync(id)
	r.trial.EditByOthers("H000", map[string]string{"phone": "+33155555555"})
	r.check(id)
	r.wantWord(id, storage.WordDrift)
	return r, id
}

func TestEditByOthersIsADriftOnItsField(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, id := drifted(t)
		for f, m := range r.listing(id).Matches {
			want := storage.MatchSame
			if f == storage.FieldPhone {
				want = storage.MatchRemoteChanged
			}
			if m != want {
				t.Errorf("%s: %s, want %s", f, m, want)
			}
		}
		if run := r.sync(id); run.Totals.Unchanged != 1 || code(r.items(run.ID)[0].Problems) != "sync.driftUndecided" {
			t.Errorf("run %+v: a drift is not overwritten before it is decided", run)
		}
	})
}

func TestKeepOursIsSentWithTheNextPublication(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, id := drifted(t)
		if err := r.engine.Decide(t.Context(), id, r.account, phone, sync.KeepOurs); err != nil {
			t.Fatal(err)
		}
		r.wantWord(id, storage.WordToSync)
		r.sync(id)
		r.wantWord(id, storage.WordUpToDate)
		if got := r.trial.Record("H000").Values["phone"]; got != "+33142601234" {
			t.Errorf("phone there %q", got)
		}
	})
}

func TestKeepOursLeavesByItselfWithAutoSync(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, id := drifted(t)
		r.edit(id, storage.FieldAutoSync, "TRUE")
		if err := r.engine.Decide(t.Context(), id, r.account, phone, sync.KeepOurs); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		r.wantWord(id, storage.WordUpToDate)
	})
}

func TestAcceptTheirsIsAnEditThatCanBeUndone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, id := drifted(t)
		if err := r.engine.Decide(t.Context(), id, r.account, phone, sync.AcceptTheirs); err != nil {
			t.Fatal(err)
		}
		r.wantWord(id, storage.WordUpToDate)
		if got := r.contents()[id][storage.FieldPhone]; got != "+33155555555" {
			t.Fatalf("phone here %q", got)
		}
		var update *storage.JournalEntry
		for _, j := range r.journal(id) {
			if j.Action == storage.JournalUpdate {
				update = j
			}
		}
		if update == nil || update.Actor != storage.ActorDirectory {
			t.Fatalf("journal %+v", update)
		}
		if err := r.engine.UndoEntry(t.Context(), update.ID); err != nil {
			t.Fatal(err)
		}
		if got := r.contents()[id][storage.FieldPhone]; got != "+33142601234" {
			t.Errorf("phone here after the undo %q", got)
		}
		r.wantWord(id, storage.WordToSync)
	})
}

func TestEditOfADriftedFieldDecidesIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, id := drifted(t)
		r.edit(id, storage.FieldPhone, "01 42 60 77 77")
		r.wantWord(id, storage.WordToSync)
		r.sync(id)
		r.wantWord(id, storage.WordUpToDate)
		if got := r.trial.Record("H000").Values["phone"]; got != "+33142607777" {
			t.Errorf("phone there %q: the last change wins", got)
		}
	})
}

func TestOurOwnValueComeBackAfterALostAnswerIsNoDrift(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		id := r.hotels(1)[0]
		r.sync(id)
		r.edit(id, storage.FieldPhone, "01 42 60 77 77")
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.ApplyThenCut, Method: "PATCH"})
		run, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: []string{id}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(500 * time.Millisecond) // the answer was lost; the probe leaves after a second at the soonest
		if got := r.trial.Record("H000").Values["phone"]; got != "+33142607777" {
			t.Fatalf("phone there %q", got)
		}
		r.edit(id, storage.FieldPhone, "01 42 60 88 88")
		if run := r.wait(run, nil); run.State != storage.RunDone || run.Totals.Sent != 1 {
			t.Fatalf("run %+v", run)
		}
		r.wantWord(id, storage.WordUpToDate)
		if got := r.trial.Record("H000").Values["phone"]; got != "+33142608888" {
			t.Errorf("phone there %q", got)
		}
	})
}

func TestPeriodicCheckFindsDriftsAndCatchesUpOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(3)
		r.sync(ids[0], ids[1])
		r.trial.EditByOthers("H001", map[string]string{"phone": "+33155555555"})
		time.Sleep(2 * time.Hour)
		r.wantWord(ids[0], storage.WordUpToDate)
		r.wantWord(ids[1], storage.WordDrift)

		r.close()
		time.Sleep(72 * time.Hour)
		before := r.trial.Calls()
		r.open()
		r.start()
		time.Sleep(time.Minute)
		if n := r.trial.Calls() - before; n != 2 {
			t.Errorf("%d calls after three days asleep, want one reading of each of the two", n)
		}
	})
}

// pushes notes what the lane of a directory hands over, for the test that reads it meanwhile.
type pushes struct {
	mu      stdsync.Mutex
	changes []directory.Change
}

func (p *pushes) add(changes ...directory.Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes = append(p.changes, changes...)
}

// since tells what was handed over after the first n changes.
func (p *pushes) since(n int) []directory.Change {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.changes[n:])
}

// upload is a directory of files: it notes what it was given.
type upload struct{ pushed *pushes }

func uploadKind(pushed *pushes) directory.Kind {
	return directory.Kind{
		ID: "directory.upload", Capabilities: uploadCapabilities,
		Open: func(*storage.Account) (directory.Directory, error) { return upload{pushed}, nil },
	}
}

func (u upload) Capabilities() directory.Capabilities { return uploadCapabilities }

func (u upload) Push(_ context.Context, changes []directory.Change) ([]directory.Receipt, error) {
	u.pushed.add(changes...)
	rs := make([]directory.Receipt, len(changes))
	for i := range rs {
		rs[i].ReadyFile = "fiches.csv"
	}
	return rs, nil
}

var uploadCapabilities = directory.Capabilities{
	Mode: directory.File, Fields: []storage.Field{storage.FieldName, storage.FieldPhone}, BatchSize: 500,
	NeedsConfirmation: true,
}

func TestFileDirectoryWaitsForTheUploadAndThenHoldsWhatWasInTheFile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var pushed pushes
		r := newRig(t, sandbox.TrialParams{}, uploadKind(&pushed))
		a := &storage.Account{Kind: "directory.upload", Name: "Fichier"}
		if err := r.engine.AddAccount(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		r.account = a.ID
		ids := r.hotels(3)
		run := r.wait(r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids, AccountIDs: []string{a.ID}}))
		if run.Totals.Sent != 3 || len(pushed.since(0)) != 3 {
			t.Fatalf("run %+v", run)
		}
		r.wantWord(ids[0], storage.WordAction)
		if l := r.listing(ids[0]); l.Reason.Code != "directory.uploadFile" || l.Reason.Args["file"] != "fiches.csv" {
			t.Errorf("reason %v", l.Reason)
		}
		r.edit(ids[0], storage.FieldPhone, "01 42 60 99 99") // after the file was written
		if err := r.engine.ConfirmUpload(t.Context(), a.ID, ids); err != nil {
			t.Fatal(err)
		}
		r.wantWord(ids[0], storage.WordToSync)
		r.wantWord(ids[1], storage.WordSent)
		r.wait(r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids, AccountIDs: []string{a.ID}}))
		if again := pushed.since(3); len(again) != 1 || len(again[0].Touched) != 1 || again[0].Touched[0] != storage.FieldPhone {
			t.Errorf("pushed %+v, want the phone of the first alone", again)
		}
	})
}

func TestRefusalOfWhatIsShownAlreadyLeavesNothingToCorrect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.published(1)
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.RejectedLater, Delay: time.Minute})
		r.wait(r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids, Force: true}))
		time.Sleep(time.Hour)
		r.wantWord(ids[0], storage.WordUpToDate)
		r.edit(ids[0], storage.FieldPhone, "+33142608888")
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.RejectedLater, Delay: time.Minute})
		r.sync(ids...)
		time.Sleep(time.Hour)
		r.wantWord(ids[0], storage.WordAction)
	})
}
