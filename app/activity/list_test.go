package activity

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
)

var now = time.Date(2026, 11, 19, 9, 45, 0, 0, time.UTC)

func run(id string, kind storage.RunKind, state storage.RunState, ago time.Duration, subject string) *storage.Run {
	return &storage.Run{
		ID: id, Kind: kind, State: state, Actor: storage.ActorUser, StartedAt: now.Add(-ago), Subject: subject,
	}
}

var sample = []*storage.Run{
	run("r1", storage.RunSync, storage.RunRunning, 7*time.Minute, ""),
	run("r2", storage.RunEdit, storage.RunFailed, 33*time.Minute, "Catégorie"),
	run("r3", storage.RunImport, storage.RunDone, 16*time.Hour, "réseau-lumen.xlsx"),
	run("r4", storage.RunCheck, storage.RunUndone, 40*24*time.Hour, ""),
}

func shown(ls []line) []string {
	var out []string
	for _, l := range ls {
		if l.Entry != nil {
			out = append(out, "entry "+l.Entry.ID)
		} else if l.Run == nil {
			out = append(out, l.Day.Format("-- 2 Jan"))
		} else {
			out = append(out, l.Run.ID)
		}
	}
	return out
}

func TestRunsAreGroupedUnderTheirDay(t *testing.T) {
	want := []string{"-- 19 Nov", "r1", "r2", "-- 18 Nov", "r3", "-- 10 Oct", "r4"}
	if diff := cmp.Diff(want, shown(lines(sample, findings{}, filter{Period: periodAll}, now))); diff != "" {
		t.Error(diff)
	}
}

func TestFilterNarrowsByEachCriterion(t *testing.T) {
	for name, c := range map[string]struct {
		filter filter
		want   []string
	}{
		"week":                {filter{Period: periodWeek}, []string{"-- 19 Nov", "r1", "r2", "-- 18 Nov", "r3"}},
		"today":               {filter{Period: periodToday}, []string{"-- 19 Nov", "r1", "r2"}},
		"kind":                {filter{Kind: storage.RunImport}, []string{"-- 18 Nov", "r3"}},
		"failures":            {filter{Outcome: outcomeFailed}, []string{"-- 19 Nov", "r2"}},
		"text without accent": {filter{Text: "RESEAU import"}, []string{"-- 18 Nov", "r3"}},
		"nothing":             {filter{Text: "inconnu"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, shown(lines(sample, findings{}, c.filter, now))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDayOfARunIsTheOneOfThePersonsZone(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	late := run("r", storage.RunSync, storage.RunDone, 0, "")
	late.StartedAt = time.Date(2026, 11, 18, 23, 30, 0, 0, time.UTC)
	got := shown(lines([]*storage.Run{late}, findings{}, filter{Period: periodToday}, now.In(paris)))
	if diff := cmp.Diff([]string{"-- 19 Nov", "r"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRunWithFailuresIsAFailureWhateverItsState(t *testing.T) {
	r := run("r", storage.RunImport, storage.RunDone, 0, "")
	r.Totals = storage.Totals{Total: 10, Rejected: 2, Skipped: 1}
	if outcomeOf(r) != outcomeFailed || successes(r.Totals) != 7 {
		t.Errorf("%s, %d successes", outcomeOf(r), successes(r.Totals))
	}
}

func TestOnlyFinishedPublicationsWithFailuresAreRetried(t *testing.T) {
	for _, c := range []struct {
		kind   storage.RunKind
		state  storage.RunState
		failed int
		want   bool
	}{
		{storage.RunSync, storage.RunFailed, 3, true},
		{storage.RunSync, storage.RunRunning, 3, false},
		{storage.RunSync, storage.RunDone, 0, false},
		{storage.RunImport, storage.RunFailed, 3, false},
	} {
		r := run("r", c.kind, c.state, 0, "")
		r.Totals.Failed = c.failed
		if retryable(r) != c.want {
			t.Errorf("%+v: got %v", c, !c.want)
		}
	}
}

// itemStore is a Store that holds one run's report.
type itemStore []*storage.RunItem

func (r itemStore) View(_ context.Context, f func(storage.Reader) error) error {
	return f(itemReader{r: r})
}

func (itemStore) OnChange(func(storage.Changes)) func() { return func() {} }

type itemReader struct {
	storage.Reader
	r itemStore
}

func (r itemReader) RunItems(_ string, from, limit int) ([]*storage.RunItem, error) {
	end := min(from+limit, len(r.r))
	return r.r[min(from, end):end], nil
}

func TestReportShowsFailuresFirstAndPages(t *testing.T) {
	var r itemStore
	for i := range scanPage + 20 {
		item := &storage.RunItem{Seq: i, Name: strconv.Itoa(i), Result: storage.ItemSent}
		switch i {
		case 3:
			item.Result = storage.ItemSkipped
		case 5, scanPage + 10:
			item.Result = storage.ItemFailed
		}
		r = append(r, item)
	}
	names := func(s share, n int) (out []string, more bool) {
		got, more, err := items(t.Context(), r, run("run", storage.RunSync, storage.RunDone, 0, ""), wanted{share: s}, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range got {
			out = append(out, i.Name)
		}
		return out, more
	}
	got, more := names(shareAll, 5)
	if diff := cmp.Diff([]string{"5", strconv.Itoa(scanPage + 10), "0", "1", "2"}, got); diff != "" || !more {
		t.Errorf("more %v\n%s", more, diff)
	}
	got, more = names(shareFailures, 5)
	if diff := cmp.Diff([]string{"5", strconv.Itoa(scanPage + 10)}, got); diff != "" || more {
		t.Errorf("more %v\n%s", more, diff)
	}
	if got, more = names(shareDone, scanPage+17); len(got) != scanPage+17 || more {
		t.Errorf("%d went through, more %v", len(got), more)
	}
	if got, more = names(shareAll, len(r)); len(got) != len(r) || more {
		t.Errorf("%d in all, more %v", len(got), more)
	}
}
