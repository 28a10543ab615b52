package decisions

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync"
)

func drift(id string, fields ...storage.Field) sync.Waiting {
	w := sync.Waiting{Kind: sync.WaitingDrift, EstablishmentID: id, AccountID: "a", Name: id}
	for _, f := range fields {
		w.Fields = append(w.Fields, sync.DriftField{Field: f, Ours: "1", Published: "1", Theirs: "2"})
	}
	return w
}

func TestDangersCountTheSensitiveFieldsOfASelection(t *testing.T) {
	one, two := drift("1", storage.FieldName, storage.FieldPhone), drift("2", storage.FieldName, storage.FieldLat)
	of := []*sync.Waiting{&one, &two}
	found, all := dangers(of, nil)
	if diff := cmp.Diff([]danger{{storage.FieldName, 2}, {storage.FieldLat, 1}}, found); diff != "" || all != 4 {
		t.Errorf("%d in all, %s", all, diff)
	}
	if found, all := dangers(of, []storage.Field{storage.FieldPhone}); len(found) != 0 || all != 1 {
		t.Errorf("of the telephone alone: %v, %d", found, all)
	}
}

func TestSelectionForgetsWhatIsNoLongerToBeDecided(t *testing.T) {
	items := []sync.Waiting{drift("1", storage.FieldPhone), drift("2", storage.FieldPhone), drift("3")}
	s := selection{keyOf(&items[0]): true, keyOf(&items[2]): true, {"gone", "a"}: true}
	s.keep(items)
	chosen := s.chosen(items)
	if len(chosen) != 1 || chosen[0].EstablishmentID != "1" || len(s) != 1 {
		t.Errorf("chosen %v of %v", chosen, s)
	}
	want := []sync.Choice{{EstablishmentID: "1", AccountID: "a", Confirmed: true}}
	if diff := cmp.Diff(want, choices(chosen, nil, true)); diff != "" {
		t.Error(diff)
	}
}

func TestEveryRefusalHasItsRemedy(t *testing.T) {
	action := func(p *storage.Problem) sync.Waiting { return sync.Waiting{Kind: sync.WaitingAction, Reason: p} }
	for name, c := range map[string]struct {
		of   sync.Waiting
		want remedy
	}{
		"frozen":         {sync.Waiting{Kind: sync.WaitingAction, Frozen: []storage.Field{storage.FieldPhone}, Reason: storage.NewProblem("sync.frozen")}, remedyUnfreeze},
		"gone":           {sync.Waiting{Kind: sync.WaitingNotFound}, remedyPublish},
		"access refused": {action(storage.NewProblem("directory.auth")), remedyReconnect},
		"given up":       {action(storage.NewProblem("sync.gaveUp")), remedySync},
		"a wrong field":  {action(storage.NewProblem("blocker.tooLong").On(storage.FieldName)), remedyNone},
		"to be uploaded": {action(storage.NewProblem("directory.uploadFile")), remedyNone},
	} {
		if got := remedyOf(&c.of); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestListingsAreSentAgainAccountByAccount(t *testing.T) {
	one, two, three := drift("1"), drift("2"), drift("3")
	two.AccountID = "b"
	want := []sync.Request{
		{EstablishmentIDs: []string{"1", "3"}, AccountIDs: []string{"a"}, Actor: storage.ActorUser},
		{EstablishmentIDs: []string{"2"}, AccountIDs: []string{"b"}, Actor: storage.ActorUser},
	}
	if diff := cmp.Diff(want, requests([]*sync.Waiting{&one, &two, &three})); diff != "" {
		t.Error(diff)
	}
}
