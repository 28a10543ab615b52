package passes

import (
	"slices"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/contacts"
)

func TestSynchroniseIsAboutThePickedAccountOnTheTabAndAboutAllElsewhere(t *testing.T) {
	named := func(id string, f func(*contacts.Standing)) contacts.Standing {
		st := standing(f)
		st.Account.ID = id
		return *st
	}
	running := func(st *contacts.Standing) { st.Run.State, st.Run.EndedAt = storage.RunRunning, time.Time{} }
	queued := func(st *contacts.Standing) {
		running(st)
		st.Behind = &storage.Account{ID: "a", Name: "Carnet"}
	}
	refused := func(st *contacts.Standing) { st.Account.Pause = storage.NewProblem("oauth.reconnect") }
	off := func(st *contacts.Standing) { st.Account.Enabled = false }
	held := func(st *contacts.Standing) { st.Run.State = storage.RunHeld }
	for _, c := range []struct {
		name      string
		standings []contacts.Standing
		front     bool
		asking    bool // for passes already
		want      []string
	}{
		{"no account", nil, false, false, nil},
		{"all that work", []contacts.Standing{named("a", nil), named("b", refused), named("c", off), named("d", held)}, false, false, []string{"a", "d"}},
		{"the picked one", []contacts.Standing{named("a", nil), named("b", nil)}, true, false, []string{"b"}},
		{"the picked one needs its owner", []contacts.Standing{named("a", nil), named("b", refused)}, true, false, nil},
		{"a pass runs", []contacts.Standing{named("a", nil), named("b", running)}, false, false, nil},
		{"a pass of another account runs", []contacts.Standing{named("a", running), named("b", nil)}, true, false, []string{"b"}},
		{"one waits for its turn", []contacts.Standing{named("a", nil), named("b", queued)}, false, false, nil},
		{"passes were asked for", []contacts.Standing{named("a", nil), named("b", nil)}, false, true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := &View{
				p: Params{Now: func() time.Time { return now }, AsksConsent: consents}, standings: c.standings,
				front: c.front, picked: "b", asking: c.asking,
			}
			if got := v.turns(); !slices.Equal(got, c.want) || v.Ready() != (len(c.want) > 0) || v.Linked() != (len(c.standings) > 0) {
				t.Errorf("turns %v, want %v; ready %v, linked %v", got, c.want, v.Ready(), v.Linked())
			}
		})
	}
}

func TestTheGuardsNoteBearsItsTrueThreshold(t *testing.T) {
	french(t)
	st := standing(func(st *contacts.Standing) {
		st.Run.Pass = &storage.PassTally{There: storage.SideTally{Deleted: 3}, Here: storage.SideTally{Deleted: 1}}
	})
	if got := guardNote(st); got != "Garde-fou\u00a0: 3 suppressions, arrêt au-delà de 128" {
		t.Errorf("%q", got)
	}
	st.Cards = 12
	if got := guardNote(st); got != "Garde-fou\u00a0: 3 suppressions, arrêt au-delà de 5" {
		t.Errorf("%q", got)
	}
	if st.Cards = 0; guardNote(st) != "" {
		t.Error("a threshold is told of a book that nothing is known of")
	}
}

func TestTheAccountThatNeedsAPersonIsShownFirst(t *testing.T) {
	never := func(st *contacts.Standing) { st.Run, st.LastOK = nil, time.Time{} }
	asks := func(st *contacts.Standing) { st.Questions = 7 }
	refused := func(st *contacts.Standing) { st.Account.Pause = storage.NewProblem("carddav.auth") }
	held := func(st *contacts.Standing) { st.Run.State = storage.RunHeld }
	running := func(st *contacts.Standing) { st.Run.State, st.Run.EndedAt = storage.RunRunning, time.Time{} }
	for _, c := range []struct {
		name   string
		states []func(*contacts.Standing)
		want   int
	}{
		{"all alike", []func(*contacts.Standing){nil, nil}, 0},
		{"one asks", []func(*contacts.Standing){never, asks}, 1},
		{"one asks, one is refused", []func(*contacts.Standing){refused, asks}, 1},
		{"one is refused", []func(*contacts.Standing){never, nil, refused}, 2},
		{"one asks, one is held", []func(*contacts.Standing){asks, held}, 1},
		{"one is held, one runs", []func(*contacts.Standing){held, running}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := &View{p: Params{Now: func() time.Time { return now }, AsksConsent: consents}}
			for i, f := range c.states {
				st := standing(f)
				st.Account.ID = string(rune('a' + i))
				v.standings = append(v.standings, *st)
			}
			if got := v.first(); got != string(rune('a'+c.want)) {
				t.Errorf("%s is shown", got)
			}
		})
	}
}
