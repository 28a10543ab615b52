package sync_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

// checks re-reads the listings and gives the run and the number of calls.
func (r *rig) checks(ids ...string) (run *storage.Run, calls int) {
	r.Helper()
	before := r.trial.Calls()
	run = r.check(ids...)
	return run, r.trial.Calls() - before
}

// doubts gives the codes of what the journal says of lists, newest first.
func (r *rig) doubts() []string {
	r.Helper()
	var codes []string
	r.view(func(tx storage.Reader) error {
		entries, err := tx.Journal(storage.JournalQuery{AccountID: r.account})
		for _, e := range entries {
			if e.EstablishmentID == "" && e.Reason != nil {
				codes = append(codes, e.Reason.Code)
			}
		}
		return err
	})
	return codes
}

func TestManyListingsAreReadByTheListAndDecideTheirLines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{PageSize: 20})
		ids := r.published(50)
		r.trial.EditByOthers("H007", map[string]string{"phone": "+33142609999"})
		run, calls := r.checks(ids...)
		if calls != 3 || run.Totals.Total != 50 || run.Totals.Failed != 0 || run.State != storage.RunDone {
			t.Errorf("%d calls, run %s %+v", calls, run.State, run.Totals)
		}
		for i, item := range r.items(run.ID) {
			drift := code(item.Problems) == "sync.drift"
			if item.Result != storage.ItemChecked || drift != (item.EstablishmentID == ids[7]) {
				t.Errorf("line %d: %+v", i, item)
			}
		}
		r.wantWord(ids[7], storage.WordDrift)
		r.wantWord(ids[8], storage.WordUpToDate)
		if got := r.listing(ids[7]).Observed[storage.FieldPhone]; got != "+33142609999" {
			t.Errorf("observed %q", got)
		}
	})
}

func TestFewListingsOrALongListAreReadOneByOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{PageSize: 2})
		ids := r.published(40)
		if _, calls := r.checks(ids[:9]...); calls != 9 {
			t.Errorf("%d calls for nine listings", calls)
		}
		if run, calls := r.checks(ids[:12]...); calls > 13 || run.Totals.Failed != 0 {
			t.Errorf("%d calls for twelve listings of forty, two on a page, run %+v", calls, run.Totals)
		}
		if run, calls := r.checks(ids...); calls != 20 || run.Totals.Failed != 0 {
			t.Errorf("%d calls for all, run %+v", calls, run.Totals)
		}
	})
}

func TestListingThatIsOnNoPageIsReadAloneBeforeItIsNotFound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{PageSize: 10})
		ids := r.published(30)
		r.trial.Remove("H003")
		run, calls := r.checks(ids...)
		if calls != 5 { // three pages, one reading, and the question which account answers
			t.Errorf("%d calls", calls)
		}
		for i, id := range ids {
			want := storage.WordUpToDate
			if i == 3 {
				want = storage.WordNotFound
			}
			r.wantWord(id, want)
		}
		if doubts := r.doubts(); doubts != nil || run.State != storage.RunDone {
			t.Errorf("doubts %v, run %s", doubts, run.State)
		}
	})
}

func TestImplausibleListConcludesNothingAndSaysSo(t *testing.T) {
	cases := map[string]struct {
		faults []sandbox.Fault
		want   string // what is said of the list; "" when it is believed
	}{
		"empty":                {[]sandbox.Fault{{Kind: sandbox.EmptyList}}, "list.empty"},
		"truncated":            {[]sandbox.Fault{{Kind: sandbox.TruncatedList}}, "list.shrunk"},
		"truncated at the end": {[]sandbox.Fault{{Kind: sandbox.TruncatedList, Skip: 2}}, ""},
		"a page repeated":      {[]sandbox.Fault{{Kind: sandbox.RepeatedPage}}, "list.repeated"},
		"a page for ever":      {[]sandbox.Fault{{Kind: sandbox.RepeatedPage, Times: 999}}, "list.repeated"},
		"a page missing":       {[]sandbox.Fault{{Kind: sandbox.MissingPage}}, "list.incomplete"},
		"listings twice":       {[]sandbox.Fault{{Kind: sandbox.DuplicatedAnswer, Times: 3}}, ""},
		"a page cut once":      {[]sandbox.Fault{{Kind: sandbox.CutBody, Skip: 1}}, ""},
		"no lists here":        {[]sandbox.Fault{{Kind: sandbox.Answer, Status: 404}}, "list.unreadable"},
		"never in one piece":   {[]sandbox.Fault{{Kind: sandbox.CutBody, Times: 3}}, "list.unreadable"},
		"empty and throttled":  {[]sandbox.Fault{{Kind: sandbox.TooManySeconds, Skip: 1}, {Kind: sandbox.TruncatedList, Skip: 1}}, "list.shrunk"},
		"offline for a while":  {[]sandbox.Fault{{Kind: sandbox.Refused, Skip: 1, Times: 4}}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, sandbox.TrialParams{PageSize: 10})
				ids := r.published(30)
				r.trial.Remove("H029")
				r.trial.EditByOthers("H000", map[string]string{"name": "Autre"})
				for _, f := range c.faults {
					f.Path = "/v1/listings"
					r.trial.Misbehave(f)
				}
				run := r.check(ids...)
				time.Sleep(10 * time.Minute)
				if run = r.wait(run.ID, nil); run.Totals.Total != 30 {
					t.Errorf("run %+v", run.Totals)
				}
				for i, id := range ids {
					want := storage.WordUpToDate
					switch i {
					case 0:
						want = storage.WordDrift
					case 29:
						want = storage.WordNotFound
					}
					r.wantWord(id, want)
				}
				var want []string
				if c.want != "" {
					want = []string{c.want}
				}
				if got := r.doubts(); !slices.Equal(got, want) {
					t.Errorf("the journal says %v, want %v", got, want)
				}
				if n := r.operations(); n != 0 {
					t.Errorf("%d operations left", n)
				}
			})
		})
	}
}

func TestPublicationGoesBetweenTwoPagesAndOlderPagesDoNotUndoIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{PageSize: 10})
		ids := r.published(60)
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.ApplyThenHang, Method: "GET", Delay: time.Second, Times: 1000})
		checking, err := r.engine.Check(t.Context(), sync.Request{EstablishmentIDs: ids, Actor: storage.ActorScheduler})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(1500 * time.Millisecond) // the page with the first one was read
		r.edit(ids[0], storage.FieldPhone, "+33142608888")
		begun := time.Now()
		if run := r.sync(ids[0]); run.Totals.Sent != 1 {
			t.Fatalf("run %+v", run.Totals)
		}
		if waited := time.Since(begun); waited > 5*time.Second {
			t.Errorf("the user waited %s behind a list", waited)
		}
		if run := r.wait(checking, nil); run.Totals.Failed != 0 {
			t.Errorf("run %+v", run.Totals)
		}
		for _, id := range ids {
			r.wantWord(id, storage.WordUpToDate)
		}
		if n := r.trial.Effects("H000"); n != 2 {
			t.Errorf("%d effects", n)
		}
	})
}

func TestListBeginsAgainAfterAStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{PageSize: 10})
		ids := r.published(60)
		r.trial.EditByOthers("H055", map[string]string{"name": "Autre"})
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Method: "GET", Delay: time.Second, Times: 1000})
		checking, err := r.engine.Check(t.Context(), sync.Request{EstablishmentIDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(3500 * time.Millisecond)
		begun := time.Now()
		r.engine.Stop()
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("the stop took %s", took)
		}
		if n := r.operations(); n != 60 {
			t.Errorf("%d operations wait, want all: nothing was kept", n)
		}
		r.start()
		run := r.wait(checking, nil)
		if run.State != storage.RunDone || run.Totals.Total != 60 || run.Totals.Failed != 0 {
			t.Errorf("run %s %+v", run.State, run.Totals)
		}
		r.wantWord(ids[55], storage.WordDrift)
	})
}

func TestHonestLossOfManyListingsIsFoundOneByOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.published(20)
		for i := range 12 {
			r.trial.Remove(fmt.Sprintf("H%03d", i))
		}
		run, calls := r.checks(ids...)
		if calls != 22 || run.State != storage.RunDone {
			t.Errorf("%d calls, run %+v", calls, run)
		}
	})
}
