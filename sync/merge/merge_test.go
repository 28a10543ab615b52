package merge_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/sync/merge"
)

var fields = []storage.Field{
	storage.FieldName, storage.FieldCity, storage.FieldPhone, storage.FieldWebsite, storage.FieldOpeningHours,
}

func TestCompareDecidesPerField(t *testing.T) {
	one := func(v string) storage.Snapshot { return storage.Snapshot{storage.FieldPhone: v} }
	cases := map[string]struct {
		accepted, desired, observed storage.Snapshot
		want                        storage.FieldMatch
		status                      storage.SyncStatus
		sent                        bool
	}{
		"all the same":                  {one("a"), one("a"), one("a"), storage.MatchSame, storage.SyncInSync, false},
		"changed here":                  {one("a"), one("b"), one("a"), storage.MatchLocalChanged, storage.SyncNoCheck, true},
		"changed there":                 {one("a"), one("a"), one("b"), storage.MatchRemoteChanged, storage.SyncNotInSync, false},
		"changed on both sides":         {one("a"), one("b"), one("c"), storage.MatchBothChanged, storage.SyncNotInSync, false},
		"both made the same change":     {one("a"), one("b"), one("b"), storage.MatchSame, storage.SyncInSync, false},
		"never read, accepted":          {one("a"), one("a"), nil, storage.MatchUnverifiable, storage.SyncNoCheck, false},
		"never read, changed here":      {one("a"), one("b"), nil, storage.MatchLocalChanged, storage.SyncNoCheck, true},
		"never accepted, equal there":   {nil, one("a"), one("a"), storage.MatchSame, storage.SyncInSync, false},
		"never accepted, empty there":   {nil, one("a"), one(""), storage.MatchLocalChanged, storage.SyncNoCheck, true},
		"never accepted, another there": {nil, one("a"), one("b"), storage.MatchBothChanged, storage.SyncNotInSync, false},
		"erased here":                   {one("a"), one(""), one("a"), storage.MatchLocalChanged, storage.SyncNoCheck, true},
		"erased there":                  {one("a"), one("a"), one(""), storage.MatchRemoteChanged, storage.SyncNotInSync, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := merge.Compare(c.accepted, c.desired, c.observed, fields)
			if m[storage.FieldPhone] != c.want {
				t.Errorf("match %q, want %q", m[storage.FieldPhone], c.want)
			}
			if s := merge.Status(m, nil); s != c.status {
				t.Errorf("status %q, want %q", s, c.status)
			}
			if sent := len(merge.ToSend(c.desired, m, nil, false)) > 0; sent != c.sent {
				t.Errorf("sent %v, want %v", sent, c.sent)
			}
		})
	}
}

func TestUnreadableFieldIsNeverADrift(t *testing.T) {
	m := merge.Compare(
		storage.Snapshot{storage.FieldPhone: "a"}, storage.Snapshot{storage.FieldPhone: "a"},
		storage.Snapshot{storage.FieldPhone: "b"}, []storage.Field{storage.FieldName})
	if m[storage.FieldPhone] != storage.MatchUnverifiable {
		t.Errorf("match %q", m[storage.FieldPhone])
	}
}

// world is one listing, here and there.
type world struct {
	base, ours, theirs storage.Snapshot
	readable           []storage.Field
}

func snapshot(values *rapid.Generator[string]) *rapid.Generator[storage.Snapshot] {
	return rapid.Custom(func(t *rapid.T) storage.Snapshot {
		s := storage.Snapshot{}
		for _, f := range fields {
			s[f] = values.Draw(t, string(f))
		}
		return s
	})
}

func perturb(t *rapid.T, s storage.Snapshot, label string) storage.Snapshot {
	out := storage.Snapshot{}
	for f, v := range s {
		out[f] = v
	}
	for _, f := range rapid.SliceOfDistinct(rapid.SampledFrom(fields), rapid.ID).Draw(t, label) {
		out[f] = rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, label+" value")
	}
	return out
}

// drawWorld perturbs a common base twice.
func drawWorld(t *rapid.T) world {
	base := snapshot(rapid.SampledFrom([]string{"", "a", "b"})).Draw(t, "base")
	w := world{base: base, ours: perturb(t, base, "ours"), theirs: perturb(t, base, "theirs")}
	w.readable = rapid.SliceOfDistinct(rapid.SampledFrom(fields), rapid.ID).Draw(t, "readable")
	if rapid.Bool().Draw(t, "first") {
		w.base = nil
	}
	return w
}

// publish sends what may be sent, and gives the world after the directory took it.
func (w world) publish(kept []storage.Field) (world, []storage.Field) {
	m := merge.Compare(w.base, w.ours, w.theirs, w.readable)
	sent := merge.ToSend(w.ours, m, kept, false)
	next := w
	next.base = merge.Agree(merge.Accept(w.base, w.ours, sent), w.ours, m)
	next.theirs = storage.Snapshot{}
	for f, v := range w.theirs {
		next.theirs[f] = v
	}
	for _, f := range sent {
		next.theirs[f] = w.ours[f]
	}
	return next, sent
}

func TestOneSidedEditsSurvivePublishing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		next, _ := w.publish(nil)
		for _, f := range fields {
			if w.base == nil || !slices.Contains(w.readable, f) {
				continue
			}
			switch {
			case w.theirs[f] == w.base[f] && next.theirs[f] != w.ours[f]:
				t.Fatalf("%s: our edit %q did not arrive", f, w.ours[f])
			case w.ours[f] == w.base[f] && next.theirs[f] != w.theirs[f]:
				t.Fatalf("%s: their edit %q was overwritten", f, w.theirs[f])
			case w.ours[f] != w.base[f] && w.theirs[f] != w.base[f] && next.theirs[f] != w.theirs[f]:
				t.Fatalf("%s: a doubtful case was decided without the user", f)
			}
		}
	})
}

func TestSecondPublicationSendsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		next, _ := drawWorld(t).publish(nil)
		if _, sent := next.publish(nil); len(sent) > 0 {
			t.Fatalf("sent again %v", sent)
		}
	})
}

func TestDecidedDriftsConverge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.readable = fields
		drift := merge.Drift(merge.Compare(w.base, w.ours, w.theirs, fields), nil)
		next, _ := w.publish(drift) // everything kept
		m := merge.Compare(next.base, next.ours, next.theirs, fields)
		for f, match := range m {
			if match != storage.MatchSame {
				t.Fatalf("%s: %s after keeping ours everywhere", f, match)
			}
		}
		if s := merge.Status(m, nil); s != storage.SyncInSync {
			t.Fatalf("status %q", s)
		}
	})
}

func TestStatusAgreesWithDrift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		kept := rapid.SliceOfDistinct(rapid.SampledFrom(fields), rapid.ID).Draw(t, "kept")
		m := merge.Compare(w.base, w.ours, w.theirs, w.readable)
		if drift := merge.Drift(m, kept); (len(drift) > 0) != (merge.Status(m, kept) == storage.SyncNotInSync) {
			t.Fatalf("drift %v, status %q", drift, merge.Status(m, kept))
		}
		if both := merge.ToSend(w.ours, m, kept, false); slices.ContainsFunc(both, func(f storage.Field) bool {
			return slices.Contains(merge.Drift(m, kept), f)
		}) {
			t.Fatal("an undecided field is sent")
		}
		if all := merge.ToSend(w.ours, m, nil, true); len(all) != len(fields) {
			t.Fatalf("forced %v", all)
		}
	})
}

func TestDecidingChangesNoInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		base, ours, theirs := maps.Clone(w.base), maps.Clone(w.ours), maps.Clone(w.theirs)
		w.publish(fields)
		if !base.Equal(w.base) || !ours.Equal(w.ours) || !theirs.Equal(w.theirs) {
			t.Fatal("an input was changed")
		}
	})
}
