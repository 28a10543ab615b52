package sync_test

import (
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

// TestRunThatEndsWithOtherCountsReadsEverythingAgain loses what is known of one listing while a run goes on.
func TestRunThatEndsWithOtherCountsReadsEverythingAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.hotels(3)
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Delay: 2 * time.Second, Times: 100})
		id, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		for r.run(id).Totals.Sent == 0 {
			time.Sleep(time.Second)
		}
		lost := r.items(id)[0].EstablishmentID
		r.write(func(tx storage.Writer) error {
			l, err := tx.Listing(lost, r.account)
			if err != nil {
				return err
			}
			l.RemoteID, l.Accepted = "", nil
			return tx.PutListing(l)
		})
		r.wait(id, nil)
		r.trial.Behave()
		time.Sleep(time.Minute)

		last := r.runs()[0]
		if last.Kind != storage.RunCheck || last.Actor != storage.ActorScheduler || last.Totals.Total != 3 || last.State != storage.RunDone {
			t.Fatalf("run %+v", last)
		}
		for _, id := range ids {
			if l := r.listing(id); l.RemoteID == "" || l.Accepted == nil {
				t.Errorf("listing %+v", l)
			}
			r.wantWord(id, storage.WordUpToDate)
		}
		said := false
		r.view(func(tx storage.Reader) error {
			js, err := tx.Journal(storage.JournalQuery{RunID: id, Actions: []storage.JournalAction{storage.JournalObserve}})
			for _, j := range js {
				said = said || j.Reason != nil && j.Reason.Code == "sync.countsDiffer" && j.Reason.Args["linked"] == "2"
			}
			return err
		})
		if !said {
			t.Error("the journal does not say why everything was read again")
		}
	})
}

func TestRunThatEndsAsItShouldReadsNothingAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		r.published(3)
		time.Sleep(time.Minute)
		if runs := r.runs(); len(runs) != 1 {
			t.Errorf("%d runs, the last %+v", len(runs), runs[0])
		}
	})
}

// TestStopInTheMiddleOfARunLeavesNothingHalfDone stops while the directory is slow, and while it does not answer at all.
func TestStopInTheMiddleOfARunLeavesNothingHalfDone(t *testing.T) {
	for _, delay := range []time.Duration{time.Second, time.Hour} {
		t.Run(delay.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, sandbox.TrialParams{})
				ids := r.hotels(60)
				r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Method: "POST", Delay: delay, Times: 1000})
				id, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(2500 * time.Millisecond)
				before := time.Now()
				r.engine.Stop()
				if d := time.Since(before); d > 10*time.Second {
					t.Errorf("stopping took %s", d)
				}
				r.coherent(id, ids)
				r.trial.Behave()
				r.restart()
				if run := r.wait(id, nil); run.State != storage.RunDone || run.Totals.Sent != len(ids) {
					t.Errorf("run %+v", run)
				}
				for i := range ids {
					if n := r.trial.Effects(hotel(i).Identifier); n != 1 {
						t.Errorf("hotel %d: %d effects", i, n)
					}
				}
			})
		})
	}
}

// coherent checks that a stopped run's lines, operations and listings say the same.
func (r *rig) coherent(runID string, ids []string) {
	r.Helper()
	waiting := 0
	for _, i := range r.items(runID) {
		if i.Result == storage.ItemPending {
			waiting++
		}
	}
	if n := r.operations(); n != waiting || n == 0 || n > len(ids) {
		r.Errorf("%d operations for %d lines that wait", n, waiting)
	}
	r.view(func(tx storage.Reader) error {
		ops, err := tx.Operations(r.account, 0)
		for _, op := range ops {
			l, err := tx.Listing(op.EstablishmentID, r.account)
			if err != nil {
				return err
			}
			sent := l.Accepted != nil
			switch {
			case op.RunID != runID:
				r.Errorf("operation of another run: %+v", op)
			case op.Kind == storage.OpCheck && !sent, op.Kind == storage.OpPublish && sent:
				r.Errorf("operation %+v of a listing that was sent: %v", op, sent)
			case op.State != storage.OpPending && op.State != storage.OpInflight && op.State != storage.OpRetry:
				r.Errorf("operation %+v", op)
			case l.Flow != storage.FlowQueued:
				r.Errorf("flow %q while an operation waits", l.Flow)
			}
		}
		return err
	})
}
