package integrations

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/directory"
)

var (
	now   = time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	kinds = directory.NewKinds(
		directory.Kind{ID: "directory.website", Capabilities: directory.Capabilities{Settings: []directory.Setting{
			{Name: "folder", Folder: true}, {Name: "base-url", Optional: true},
		}}},
		directory.Kind{ID: "directory.trial", Capabilities: directory.Capabilities{Trial: true}},
		directory.Kind{ID: "directory.geojson"},
	)
)

func TestConditionTellsWhatAnAccountWaitsFor(t *testing.T) {
	pause := storage.NewProblem("directory.throttled")
	for want, a := range map[condition]*storage.Account{
		conditionReady:    {Kind: "directory.trial", Enabled: true, LastOK: now},
		conditionNew:      {Kind: "directory.trial", Enabled: true},
		conditionPaused:   {Kind: "directory.trial", Enabled: true, Pause: pause, PausedUntil: now.Add(time.Minute)},
		conditionAction:   {Kind: "directory.trial", Enabled: true, Pause: pause},
		conditionDisabled: {Kind: "directory.trial", Pause: pause},
		conditionUnknown:  {Kind: "directory.old", Enabled: true},
	} {
		if got := conditionOf(a, kinds, now); got != want {
			t.Errorf("%+v: %s, want %s", a, got, want)
		}
	}
	over := &storage.Account{Kind: "directory.trial", Enabled: true, Pause: pause, PausedUntil: now, LastOK: now}
	if got := conditionOf(over, kinds, now); got != conditionReady {
		t.Errorf("a pause that is over: %s", got)
	}
}

func TestAccountsAreSortedWithoutRegardToAccents(t *testing.T) {
	rows := accountRows([]*storage.Account{{Name: "Zoo"}, {Name: "Été"}, {Name: "essai"}, {Name: "Nuage", Kind: "agenda.webdav"}}, "", kinds, now)
	var got []string
	for _, r := range rows {
		got = append(got, r.Account.Name)
	}
	if diff := cmp.Diff([]string{"essai", "Été", "Zoo"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTrialIsOfferedLast(t *testing.T) {
	var got []string
	for _, k := range kindRows(kinds) {
		got = append(got, k.ID)
	}
	if diff := cmp.Diff([]string{"directory.geojson", "directory.website", "directory.trial"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDraftProposesAFreeNameAndAsksForWhatIsMandatory(t *testing.T) {
	kind := kinds["directory.website"]
	first := newDraft(kind, nil)
	second := newDraft(kind, []*storage.Account{{Name: first.Name}})
	if first.Name == "" || second.Name == first.Name {
		t.Errorf("proposed %q, then %q", first.Name, second.Name)
	}
	if diff := cmp.Diff([]string{"folder"}, first.check(kind.Capabilities.Settings)); diff != "" {
		t.Error(diff)
	}
	first.Settings["folder"], first.Settings["base-url"] = " /tmp/site ", ""
	if missing := first.check(kind.Capabilities.Settings); missing != nil {
		t.Errorf("still missing: %v", missing)
	}
	a := first.account(kind.ID, nil)
	if diff := cmp.Diff(map[string]string{"folder": "/tmp/site"}, a.Settings); diff != "" || !a.Enabled {
		t.Error(diff)
	}
	if got := folderOf(a, kind.Capabilities.Settings); got != "/tmp/site" {
		t.Errorf("folder %q", got)
	}
}

func TestChangedAccountKeepsItsIdentity(t *testing.T) {
	old := &storage.Account{ID: "a", Kind: "directory.website", Name: "Site", LastOK: now, Settings: map[string]string{"folder": "/old"}}
	d := draftOfAccount(old)
	d.Settings["folder"] = "/new"
	got := d.account(old.Kind, old)
	if got.ID != "a" || got.LastOK != now || got.Settings["folder"] != "/new" || old.Settings["folder"] != "/old" {
		t.Errorf("got %+v, old %+v", got, old)
	}
}
