package sync_test

import (
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/text/unicode/norm"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory/trial"
	"diapason/sync/merge"
	"diapason/sync/sandbox"
)

// suffering is an engine with two accounts: one whose directory misbehaves, and a sound one that must not feel it.
type suffering struct {
	*rig
	sound        *sandbox.Trial
	soundAccount string
	next         int // of the next hotel, and of the next phone number
	// expected counts the effects that each hotel should have had, by identifier, beyond those on the sound side: those
	// that somebody asked for because the words said so.
	expected map[string]int
}

func newSuffering(t *testing.T) *suffering {
	t.Helper()
	sound, err := sandbox.NewTrial(sandbox.TrialParams{})
	if err != nil {
		t.Fatal(err)
	}
	kind := trial.KindOver(sandbox.Transport{Handler: sound})
	kind.ID = "directory.sound"
	s := &suffering{rig: newRig(t, sandbox.TrialParams{}, kind), sound: sound, expected: map[string]int{}}
	a := &storage.Account{Kind: kind.ID, Name: "Sain", Settings: map[string]string{trial.SettingURL: "http://sain.test"}}
	if err := s.engine.AddAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	s.soundAccount = a.ID
	return s
}

// fresh creates a hotel, published nowhere yet.
func (s *suffering) fresh() string {
	s.Helper()
	s.next++
	return s.create(hotel(s.next))[0]
}

// change edits a hotel in a way that every directory carries.
func (s *suffering) change(id string) {
	s.Helper()
	s.next++
	s.edit(id, storage.FieldPhone, fmt.Sprintf("+3314260%04d", s.next))
	s.edit(id, storage.FieldDescriptionShort, fmt.Sprintf("Près de l’Opéra, à deux pas du métro, n° %d", s.next))
}

// endure lets faults strike one after the other, each while hotels are created, changed, published and read again, and
// then lets everything settle.
func (s *suffering) endure(kinds ...sandbox.FaultKind) {
	s.Helper()
	edited := []string{s.fresh(), s.fresh()}
	s.sync(edited...)
	ids := append([]string(nil), edited...)
	for i, kind := range kinds {
		s.trial.Misbehave(sandbox.Fault{Kind: kind, Times: 1 << 20})
		created := s.fresh()
		s.change(edited[i%2])
		ids = append(ids, created)
		for _, id := range ids[:len(ids)-1] {
			if l, err := s.maybeListing(id); err == nil && l.Flow == storage.FlowUser && l.Connect != storage.ConnectLost {
				s.expected[id]++ // refused by the moderation: the user asks for it again, as it is
			}
		}
		request := sync.Request{EstablishmentIDs: ids}
		if _, err := s.engine.Sync(s.Context(), request); err != nil {
			s.Fatal(err)
		}
		time.Sleep(4 * time.Minute)
		if _, err := s.engine.Check(s.Context(), request); err != nil {
			s.Fatal(err)
		}
		time.Sleep(time.Minute)
		for _, id := range ids {
			s.inWords(kind, id)
			s.wantSound(kind, id)
		}
		s.trial.Behave()
	}
	time.Sleep(20 * time.Minute)
	s.obeyWords(ids)
	s.inTune(ids)
}

// inWords checks that a hotel that is not up to date says why, and what happens next.
func (s *suffering) inWords(during sandbox.FaultKind, id string) {
	s.Helper()
	l, err := s.maybeListing(id)
	word := s.word(id)
	if word == storage.WordUpToDate || word == storage.WordDrift || err == nil && l.Flow == storage.FlowDirectory {
		return // in tune, to be decided, or with the directory's moderation: the word says so
	}
	if err == nil && time.Since(l.SentAt) < time.Minute {
		return // a pause has just ended: it was sent and is about to be read
	}
	if a := s.kept(); a.Pause != nil || err == nil && (l.Reason != nil || !l.RetryAt.IsZero()) {
		return
	}
	s.Errorf("during %s: %s says %q and no more (%+v)", during, id, word, l)
}

// wantSound checks that the sound directory has a hotel as it is here, sent once.
func (s *suffering) wantSound(during sandbox.FaultKind, id string) {
	s.Helper()
	var row storage.Row
	s.view(func(tx storage.Reader) error {
		var err error
		row, err = tx.Row(id)
		return err
	})
	if w := row.WordOn(s.soundAccount); w != storage.WordUpToDate {
		s.Errorf("during %s the other directory waits too: %s", during, w)
	}
}

// obeyWords does what a user is asked to do: reconnect, decide, correct, synchronise.
func (s *suffering) obeyWords(ids []string) {
	s.Helper()
	if a := s.kept(); a.Pause != nil && a.PausedUntil.IsZero() {
		if err := s.engine.TestAccount(s.Context(), s.account); err != nil {
			s.Fatal(err)
		}
		time.Sleep(time.Minute)
	}
	var again []string
	for _, id := range ids {
		switch s.word(id) {
		case storage.WordUpToDate:
			continue
		case storage.WordDrift:
			l := s.listing(id)
			drift := merge.Drift(l.Matches, l.Kept)
			if err := s.engine.Decide(s.Context(), id, s.account, drift, sync.KeepOurs); err != nil {
				s.Fatal(err)
			}
		case storage.WordAction: // the moderation refused it
			s.edit(id, storage.FieldDescriptionShort, "Près de l’Opéra, tout simplement")
			s.expected[id+"/sound"]++
		case storage.WordToSync, storage.WordNotFound:
		default:
			l := s.listing(id)
			s.Errorf("%s after everything: %s, flow %q, reason %v, account %+v", id, s.word(id), l.Flow, l.Reason, s.kept())
			continue
		}
		s.expected[id]++
		again = append(again, id)
	}
	if len(again) > 0 {
		s.sync(again...)
		time.Sleep(time.Minute)
	}
}

// inTune checks that both directories show every hotel as it is here, that every change took effect once, and that
// nothing is left to do.
func (s *suffering) inTune(ids []string) {
	s.Helper()
	ours := s.contents()
	for _, id := range ids {
		s.wantWord(id, storage.WordUpToDate)
		identifier := s.identifier(id)
		theirs := s.trial.Record(identifier)
		for key, f := range map[string]storage.Field{
			"name": storage.FieldName, "phone": storage.FieldPhone, "shortDescription": storage.FieldDescriptionShort,
		} {
			if norm.NFC.String(theirs.Values[key]) != ours[id][f] { // decomposed accents are the same text
				s.Errorf("%s: %s %q there, %q here", identifier, key, theirs.Values[key], ours[id][f])
			}
		}
		want := s.sound.Effects(identifier) + s.expected[id] - s.expected[id+"/sound"]
		if n := s.trial.Effects(identifier); n != want {
			s.Errorf("%s: %d effects, want %d", identifier, n, want)
		}
	}
	if n := s.operations(); n != 0 {
		s.Errorf("%d operations left", n)
	}
	for _, run := range s.runs() {
		if run.State == storage.RunRunning || run.State == storage.RunHeld {
			s.Errorf("run left open: %+v", run)
		}
	}
	if a := s.kept(); a.Pause != nil {
		s.Errorf("still paused: %v", a.Pause)
	}
}

func (s *suffering) identifier(id string) string {
	s.Helper()
	var e *storage.Establishment
	s.view(func(tx storage.Reader) error {
		var err error
		e, err = tx.Establishment(id)
		return err
	})
	return e.Identifier
}

// TestEveryFaultIsSaidAndStopsNothingElse plays every fault of the trial directory: while it lasts, what waits says why
// and the other directory goes on; when it is gone, everything ends right by itself, or after what the words ask for.
func TestEveryFaultIsSaidAndStopsNothingElse(t *testing.T) {
	for _, kind := range sandbox.FaultKinds {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newSuffering(t).endure(kind) })
		})
	}
}

// TestEveryOrderOfTwoFaults plays two faults, one after the other, over what the first one left. By default
// each fault once as the first and once as the second; all pairs with DIAPASON_FAULTS=all.
func TestEveryOrderOfTwoFaults(t *testing.T) {
	all := os.Getenv("DIAPASON_FAULTS") == "all"
	n := len(sandbox.FaultKinds)
	for i, first := range sandbox.FaultKinds {
		for j, second := range sandbox.FaultKinds {
			if !all && (j-i+n)%n != 5 {
				continue
			}
			t.Run(string(first+" then "+second), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { newSuffering(t).endure(first, second) })
			})
		}
	}
}
