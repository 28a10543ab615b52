package merge_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/sync/merge"
)

func TestGuardStopsWhatIsOutOfTheOrdinary(t *testing.T) {
	cases := map[string]struct {
		plan, sent storage.Counts
		want       []merge.GuardKind
	}{
		"nothing":                          {storage.Counts{Linked: 100}, storage.Counts{}, nil},
		"a first publication of 100,000":   {storage.Counts{Created: 100_000}, storage.Counts{}, nil},
		"three phones of five":             {storage.Counts{Linked: 5, Modified: 3}, storage.Counts{}, nil},
		"five phones of five":              {storage.Counts{Linked: 5, Modified: 5}, storage.Counts{}, nil},
		"a small network loses its fax":    {storage.Counts{Linked: 10, Modified: 10, Emptied: 10}, storage.Counts{}, nil},
		"eleven emptied of eleven":         {storage.Counts{Linked: 11, Modified: 11, Emptied: 11}, storage.Counts{}, []merge.GuardKind{merge.GuardEmptied}},
		"200 emptied of 1,000":             {storage.Counts{Linked: 1000, Modified: 200, Emptied: 200}, storage.Counts{}, []merge.GuardKind{merge.GuardEmptied}},
		"100 emptied of 1,000":             {storage.Counts{Linked: 1000, Modified: 100, Emptied: 100}, storage.Counts{}, nil},
		"101 emptied of 1,000":             {storage.Counts{Linked: 1000, Modified: 101, Emptied: 101}, storage.Counts{}, []merge.GuardKind{merge.GuardEmptied}},
		"half modified":                    {storage.Counts{Linked: 1000, Modified: 500}, storage.Counts{}, nil},
		"more than half modified":          {storage.Counts{Linked: 1000, Modified: 501}, storage.Counts{}, []merge.GuardKind{merge.GuardModified}},
		"fifty modified of sixty":          {storage.Counts{Linked: 60, Modified: 50}, storage.Counts{}, nil},
		"one hotel closes for good":        {storage.Counts{Linked: 1, Modified: 1, Closed: 1}, storage.Counts{}, nil},
		"two of two close":                 {storage.Counts{Linked: 2, Modified: 2, Closed: 2}, storage.Counts{}, nil},
		"all of three close":               {storage.Counts{Linked: 3, Modified: 3, Closed: 3}, storage.Counts{}, []merge.GuardKind{merge.GuardEverything}},
		"six of forty close":               {storage.Counts{Linked: 40, Modified: 6, Closed: 6}, storage.Counts{}, []merge.GuardKind{merge.GuardClosed}},
		"9,999 of 10,000 close":            {storage.Counts{Linked: 10_000, Modified: 9_999, Closed: 9_999}, storage.Counts{}, []merge.GuardKind{merge.GuardClosed, merge.GuardModified}},
		"the last one in small packets":    {storage.Counts{Linked: 4, Modified: 1, Closed: 1}, storage.Counts{Modified: 3, Closed: 3}, []merge.GuardKind{merge.GuardEverything}},
		"the eleventh emptied of the day":  {storage.Counts{Linked: 30, Modified: 1, Emptied: 1}, storage.Counts{Modified: 10, Emptied: 10}, []merge.GuardKind{merge.GuardEmptied}},
		"harmless after a day of emptying": {storage.Counts{Linked: 30, Modified: 1}, storage.Counts{Modified: 12, Emptied: 12}, nil},
		"nothing after too much of a day":  {storage.Counts{Linked: 30}, storage.Counts{Modified: 60, Emptied: 60, Closed: 30}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []merge.GuardKind
			for _, r := range merge.Guard(c.plan, c.sent, merge.Thresholds{}) {
				got = append(got, r.Kind)
				if r.Count <= r.Limit || r.Linked != c.plan.Linked {
					t.Errorf("%+v", r)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGuardObeysTheThresholdsOfTheDirectory(t *testing.T) {
	strict := merge.Thresholds{Emptied: merge.Threshold{Floor: 1, Percent: 1}}
	plan := storage.Counts{Linked: 10, Modified: 6, Emptied: 2}
	got := merge.Guard(plan, storage.Counts{}, strict)
	want := []merge.GuardReason{{Kind: merge.GuardEmptied, Count: 2, Linked: 10, Limit: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := strict.OrDefault().Lowest(); n != 1 {
		t.Errorf("lowest %d", n)
	}
}

// TestGuardNeverLetsMoreThanTheLimitPassInADay cuts any change into any packets.
func TestGuardNeverLetsMoreThanTheLimitPassInADay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		linked := rapid.IntRange(0, 400).Draw(t, "linked")
		var window merge.Window
		marks := make([]storage.Marks, linked)
		now := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
		begun := now
		emptied := map[int]bool{}
		for now.Sub(begun) < 23*time.Hour {
			now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "minutes")) * time.Minute)
			if linked == 0 {
				continue
			}
			first := rapid.IntRange(0, linked-1).Draw(t, "first")
			last := min(linked, first+rapid.IntRange(1, 60).Draw(t, "packet"))
			plan := storage.Counts{Linked: linked}
			one := storage.Counts{Modified: 1, Emptied: 1}
			for i := first; i < last; i++ {
				plan = plan.Plus(window.Fresh(now, marks[i], one))
			}
			if merge.Guard(plan, window.Sent(now), merge.Thresholds{}) != nil {
				continue
			}
			for i := first; i < last; i++ {
				marks[i] = window.Add(now, marks[i], one)
				emptied[i] = true
			}
		}
		if limit := merge.DefaultThresholds.Emptied.Limit(linked); len(emptied) > limit {
			t.Fatalf("%d of %d emptied within a day, limit %d", len(emptied), linked, limit)
		}
		if sent := window.Sent(now); sent.Emptied > len(emptied) {
			t.Fatalf("%d counted, %d sent", sent.Emptied, len(emptied))
		}
	})
}

func TestWindowCountsAListingOnceHoweverOftenItIsSent(t *testing.T) {
	var w merge.Window
	var m storage.Marks
	now := time.Date(2026, 3, 29, 8, 0, 0, 0, time.UTC)
	for range 30 {
		m = w.Add(now, m, storage.Counts{Modified: 1})
		now = now.Add(30 * time.Minute)
	}
	if got := w.Sent(now); got != (storage.Counts{Modified: 1}) {
		t.Errorf("sent %+v", got)
	}
	if got := w.Fresh(now, m, storage.Counts{Modified: 1, Emptied: 1}); got != (storage.Counts{Emptied: 1}) {
		t.Errorf("fresh %+v", got)
	}
}

func TestWindowForgetsAfterADayAndAfterAnAgreement(t *testing.T) {
	one := storage.Counts{Modified: 1, Closed: 1}
	now := time.Date(2026, 3, 29, 8, 20, 0, 0, time.UTC)
	var w merge.Window
	m := w.Add(now, storage.Marks{}, one)
	if got := w.Sent(now.Add(24 * time.Hour)); got != one {
		t.Errorf("after 24 hours %+v", got)
	}
	if got := w.Sent(now.Add(25 * time.Hour)); got != (storage.Counts{}) {
		t.Errorf("after 25 hours %+v", got)
	}
	w.Forget(now.Add(time.Minute))
	if got := w.Fresh(now.Add(2*time.Minute), m, one); w.Sent(now) != (storage.Counts{}) || got != one {
		t.Errorf("after the agreement %+v, fresh %+v", w, got)
	}
	m = w.Add(now.Add(2*time.Minute), m, one)
	w.Add(now.Add(26*time.Hour), m, one)
	if len(w.Hours) != 1 {
		t.Errorf("hours kept %v", w.Hours)
	}
}

func TestImpactOfAPublicationOnAListing(t *testing.T) {
	listing := &storage.Listing{
		Accepted: storage.Snapshot{"name": "A", "fax": "+331", "status": "active", "email": ""},
		Observed: storage.Snapshot{"name": "A", "website": "there"},
		Desired:  storage.Snapshot{"name": "A", "fax": "", storage.FieldStatus: string(storage.StatusClosed), "email": "", "website": ""},
	}
	cases := map[string]struct {
		fields   []storage.Field
		creation bool
		want     storage.Counts
	}{
		"sent again in the same words":      {[]storage.Field{"name", "email"}, false, storage.Counts{}},
		"emptied":                           {[]storage.Field{"fax"}, false, storage.Counts{Modified: 1, Emptied: 1}},
		"emptied though never accepted":     {[]storage.Field{"website"}, false, storage.Counts{Modified: 1, Emptied: 1}},
		"closed for good":                   {[]storage.Field{storage.FieldStatus}, false, storage.Counts{Modified: 1, Closed: 1}},
		"created":                           {[]storage.Field{"name", "fax"}, true, storage.Counts{Created: 1}},
		"nothing to send":                   {nil, false, storage.Counts{}},
		"several fields are one of a kind":  {[]storage.Field{"fax", "website", "name"}, false, storage.Counts{Modified: 1, Emptied: 1}},
		"closed and emptied at the same go": {[]storage.Field{storage.FieldStatus, "fax"}, false, storage.Counts{Modified: 1, Emptied: 1, Closed: 1}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := merge.Impact(listing, c.fields, c.creation); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}
