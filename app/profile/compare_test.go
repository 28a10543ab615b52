package profile

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/directory"
)

var noon = time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)

// drifted is an establishment whose listing shows each verdict once.
func drifted() (*storage.Establishment, *storage.Listing, []storage.Field) {
	e := &storage.Establishment{
		ID: "e", Status: storage.StatusActive, Name: "Hôtel", Phone: "+33465711230",
		Website: "https://hvp.example/fr", Email: "a@hvp.example", Fax: "+33465711231", Descriptor: "Vieux Port",
		Categories: []string{"Hôtel de charme"},
	}
	l := &storage.Listing{
		EstablishmentID: "e", AccountID: "a", CheckedAt: noon,
		Accepted: storage.Snapshot{
			storage.FieldName: "Hôtel", storage.FieldPhone: "+33465711230", storage.FieldWebsite: "https://hvp.example",
			storage.FieldEmail: "b@hvp.example", storage.FieldFax: "+33465711231", storage.FieldDescriptor: "Vieux Port",
			storage.FieldCategories: "Hôtel",
		},
		Observed: storage.Snapshot{
			storage.FieldName: "Hôtel", storage.FieldPhone: "+33465711203", storage.FieldWebsite: "https://hvp2.example",
			storage.FieldEmail: "b@hvp.example", storage.FieldFax: "+33465711299", storage.FieldCategories: "Hôtel de charme",
		},
		Matches: map[storage.Field]storage.FieldMatch{
			storage.FieldName: storage.MatchSame, storage.FieldPhone: storage.MatchRemoteChanged,
			storage.FieldWebsite: storage.MatchBothChanged, storage.FieldEmail: storage.MatchLocalChanged,
			storage.FieldFax: storage.MatchRemoteChanged, storage.FieldDescriptor: storage.MatchUnverifiable,
			storage.FieldCategories: storage.MatchSame,
		},
		Kept: []storage.Field{storage.FieldFax},
	}
	fields := []storage.Field{
		storage.FieldName, storage.FieldPhone, storage.FieldWebsite, storage.FieldEmail, storage.FieldFax,
		storage.FieldDescriptor, storage.FieldCategories,
	}
	return e, l, fields
}

func TestComparisonShowsWhatDiffersAndFoldsTheRest(t *testing.T) {
	e, l, fields := drifted()
	decisions := []*storage.JournalEntry{
		{
			ID: "j2", At: noon.Add(time.Minute), AccountID: "a", Action: storage.JournalAccept,
			Changes: []storage.FieldChange{{Field: storage.FieldCategories, Before: "Hôtel", After: "Hôtel de charme"}},
		},
		{
			ID: "j1", At: noon.Add(time.Second), AccountID: "a", Action: storage.JournalKeep,
			Changes: []storage.FieldChange{{Field: storage.FieldFax}},
		},
	}
	decisions = append(decisions, &storage.JournalEntry{
		ID: "j0", At: noon.Add(time.Minute), Actor: storage.ActorDirectory, Action: storage.JournalUpdate,
		Changes: []storage.FieldChange{{Field: storage.FieldCategories, Before: "Hôtel", After: "Hôtel de charme"}},
	})
	c := compare(e, l, fields, decisions)
	for _, line := range c.Open {
		if line.Verdict == verdictAccepted && line.EntryID != "j0" {
			t.Errorf("what is taken back is %q, not the edit", line.EntryID)
		}
	}
	got := map[storage.Field]verdict{}
	for _, line := range append(c.Open, c.Folded...) {
		got[line.Field] = line.Verdict
	}
	want := map[storage.Field]verdict{
		storage.FieldName: verdictSame, storage.FieldPhone: verdictRemote, storage.FieldWebsite: verdictBoth,
		storage.FieldEmail: verdictLocal, storage.FieldFax: verdictKept, storage.FieldDescriptor: verdictUnverifiable,
		storage.FieldCategories: verdictAccepted,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c.Same != 1 || len(c.Folded) != 2 {
		t.Errorf("%d identical of %d folded", c.Same, len(c.Folded))
	}
	if diff := cmp.Diff([]storage.Field{storage.FieldPhone, storage.FieldWebsite}, c.asking()); diff != "" {
		t.Error(diff)
	}
}

func TestDecisionOlderThanTheLastReadingIsHistory(t *testing.T) {
	e, l, fields := drifted()
	old := &storage.JournalEntry{
		ID: "j", At: noon.Add(-time.Hour), AccountID: "a", Action: storage.JournalAccept,
		Changes: []storage.FieldChange{{Field: storage.FieldCategories}},
	}
	for _, line := range compare(e, l, fields, []*storage.JournalEntry{old}).Folded {
		if line.Field == storage.FieldCategories && line.Verdict == verdictSame {
			return
		}
	}
	t.Error("the accepted field is not folded among the identical ones")
}

func TestListingNeverSentHasNothingToCompare(t *testing.T) {
	e, _, fields := drifted()
	for _, l := range []*storage.Listing{nil, {EstablishmentID: "e", AccountID: "a"}} {
		if c := compare(e, l, fields, nil); len(c.Open)+len(c.Folded) != 0 {
			t.Errorf("got %+v", c)
		}
	}
}

func TestOnlyTheDaysThatDifferAreShown(t *testing.T) {
	const usual = "Mo=08:00-20:00;Tu;We;Th;Fr;Sa;Su=08:00-20:00"
	if diff := cmp.Diff([]int{6}, differingDays(usual, usual, "Mo=08:00-20:00;Tu;We;Th;Fr;Sa;Su")); diff != "" {
		t.Error(diff)
	}
	if got := differingDays(usual, "", usual); got != nil {
		t.Errorf("unknown hours: got %v, want the whole week", got)
	}
}

func TestHistoryOffersToRestoreOnlyWhatStillStands(t *testing.T) {
	now := &storage.Establishment{Name: "Après", Email: "plus@tard.fr"}
	entry := func(action storage.JournalAction, changes ...storage.FieldChange) *storage.JournalEntry {
		return &storage.JournalEntry{Action: action, Changes: changes, AccountID: "gone"}
	}
	name := storage.FieldChange{Field: storage.FieldName, Before: "Avant", After: "Après"}
	mail := storage.FieldChange{Field: storage.FieldEmail, Before: "a@b.fr", After: "c@d.fr"}
	lines := historyLines([]*storage.JournalEntry{
		entry(storage.JournalUpdate, name), entry(storage.JournalUpdate, name, mail),
		entry(storage.JournalSend, name), entry(storage.JournalAccept, name), entry(storage.JournalCreate),
	}, now, nil)
	var got []bool
	for _, l := range lines {
		got = append(got, l.CanUndo)
	}
	if diff := cmp.Diff([]bool{true, false, false, false, false}, got); diff != "" {
		t.Error(diff)
	}
	if lines[0].Account != "" || lines[1].Account != "" {
		t.Errorf("a removed account is named %q", lines[0].Account)
	}
}

func TestNoticeTellsOfAPausedLaneBeforeBlockers(t *testing.T) {
	blocked := directoryRow{
		Name:     "Google",
		Account:  &storage.Account{ID: "b", Name: "Google", Enabled: true},
		Blockers: storage.Problems{storage.NewProblem("blocker.missing").On(storage.FieldPhone)},
	}
	other := blocked
	other.Name = "Essai"
	other.Account = &storage.Account{ID: "c", Name: "Essai", Enabled: true}
	paused := directoryRow{Name: "PagesJaunes", Account: &storage.Account{
		ID: "p", Name: "PagesJaunes", Enabled: true, PausedUntil: noon.Add(time.Hour),
		Pause: storage.NewProblem("directory.throttled"),
	}}
	s := &state{Directories: []directoryRow{blocked, other, paused}}
	if n := s.noticeAt(noon); n.Kind != noticePaused || n.Directory != "PagesJaunes" {
		t.Errorf("got %+v", n)
	}
	n := s.noticeAt(noon.Add(2 * time.Hour))
	want := notice{Kind: noticeBlocked, Directory: "Google", Field: storage.FieldPhone, Count: 2, Others: 1}
	if diff := cmp.Diff(want, n); diff != "" {
		t.Error(diff)
	}
	if n := (&state{}).noticeAt(noon); n.Kind != noticeNone {
		t.Errorf("got %+v", n)
	}
}

func TestWeekTooRichForADirectoryIsToldByDay(t *testing.T) {
	s := &state{Directories: []directoryRow{{
		Name:    "Google",
		Account: &storage.Account{Name: "Google", Enabled: true},
		Capabilities: directory.Capabilities{
			MaxPeriodsPerDay: 1, Fields: []storage.Field{storage.FieldOpeningHours},
		},
	}}}
	var w weekDraft
	w.Days[2] = dayDraft{{"8h", "12h"}, {"14h", "18h"}}
	if diff := cmp.Diff([]periodLimit{{Directory: "Google", Limit: 1, Days: []int{2}}}, s.periodLimits(w)); diff != "" {
		t.Error(diff)
	}
}

func TestCompletenessBarIsProportionalToItsLevels(t *testing.T) {
	bar, percent, missing := completeness(&storage.Establishment{Name: "Hôtel", Website: "https://a.fr", Email: "a@b.fr"})
	want := []segment{{25, false}, {45, false}, {20, false}, {10, true}}
	if diff := cmp.Diff(want, bar); diff != "" || percent != 10 {
		t.Errorf("%d %%, %s", percent, diff)
	}
	if missing[0] != storage.FieldIdentifier {
		t.Errorf("the first missing field is %s", missing[0])
	}
}
