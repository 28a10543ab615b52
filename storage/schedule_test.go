package storage_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
)

func TestSchedulesOfEarlierBuildsAreRead(t *testing.T) {
	var got storage.Schedule
	err := json.Unmarshal([]byte(`{"id": "check:a", "kind": "check", "account": "a", "every": 3600000000000,
		"nextDue": "2026-11-19T09:04:00Z", "lastRun": "2026-11-19T08:05:00Z", "lastSlot": "2026-11-19T08:04:00Z"}`), &got)
	if err != nil {
		t.Fatal(err)
	}
	ran := time.Date(2026, 11, 19, 8, 5, 0, 0, time.UTC)
	want := storage.Schedule{
		ID: "check:a", Kind: storage.ScheduleCheck, Account: "a", Enabled: true, Since: ran,
		Rule:  storage.Rule{Kind: storage.RuleInterval, Every: time.Hour},
		Slots: []storage.Slot{{Planned: ran.Add(-time.Minute), State: storage.SlotDone, Started: ran, Ended: ran}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestSlotOnceTakenStaysTaken(t *testing.T) {
	at := func(hour int) time.Time {
		return time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC).Add(time.Duration(hour) * time.Hour)
	}
	var s storage.Schedule
	for h := range storage.KeptSlots + 5 {
		s.Take(storage.Slot{Planned: at(h), State: storage.SlotDone, ByHand: h == 44})
	}
	if len(s.Slots) != storage.KeptSlots || !s.Last().Planned.Equal(at(storage.KeptSlots+4)) {
		t.Fatalf("%d slots, the last %v", len(s.Slots), s.Last().Planned)
	}
	paris := time.FixedZone("CET", 3600)
	for hour, want := range map[int]bool{43: true, 5: true, 44: false, 50: false} {
		if got := s.Taken(at(hour).In(paris)); got != want {
			t.Errorf("slot of hour %d taken: %t", hour, got)
		}
	}
}

func TestRulesThatMakeNoSenseAreRefused(t *testing.T) {
	interval := func(d time.Duration) storage.Rule { return storage.Rule{Kind: storage.RuleInterval, Every: d} }
	daily := func(at int) storage.Rule { return storage.Rule{Kind: storage.RuleDaily, At: at} }
	tests := []struct {
		rule storage.Rule
		zone string
		code string
	}{
		{interval(time.Hour), "", ""},
		{interval(168 * time.Hour), "Europe/Paris", ""},
		{interval(59 * time.Minute), "", "schedule.every"},
		{interval(169 * time.Hour), "", "schedule.every"},
		{daily(0), "Europe/Paris", ""},
		{daily(1439), "Pacific/Noumea", ""},
		{daily(1440), "Europe/Paris", "schedule.at"},
		{daily(-1), "Europe/Paris", "schedule.at"},
		{daily(540), "Europe/Lutece", "schedule.zone"},
		{daily(540), "Local", "schedule.zone"},
		{storage.Rule{Kind: "monthly"}, "", "schedule.rule"},
	}
	for _, tt := range tests {
		err := (&storage.Schedule{Rule: tt.rule, Zone: tt.zone}).Validate()
		var ps storage.Problems
		if errors.As(err, &ps) != (tt.code != "") || len(ps) > 0 && ps[0].Code != tt.code {
			t.Errorf("%+v in %q: %v, want %q", tt.rule, tt.zone, err, tt.code)
		}
	}
}
