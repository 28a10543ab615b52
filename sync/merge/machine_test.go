package merge_test

import (
	"flag"
	"maps"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/sync/merge"
)

// TestMain draws 20,000 cases of each property, or as many as DIAPASON_CASES says (make test-long: a million).
func TestMain(m *testing.M) {
	cases := os.Getenv("DIAPASON_CASES")
	if cases == "" {
		cases = "20000"
	}
	if err := flag.Set("rapid.checks", cases); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// machine is one listing published by an engine that may die at any moment, edited on both sides. The directory refuses
// a write that was made without knowing its present version, as an If-Match does.
type machine struct {
	ours, theirs   storage.Snapshot
	base, observed storage.Snapshot
	kept           []storage.Field
	sent           storage.Snapshot // on its way, without an answer; nil when nothing is
	prior          storage.Snapshot // what was there when it left
	version, known int
	// agreed is the ledger that the base must live up to: the values that both sides had together last, "" at first.
	// foreign are the values that others put there since and that nobody decided about; touched the fields that they
	// ever changed; refused the values there that the user refused.
	agreed  storage.Snapshot
	refused storage.Snapshot
	foreign map[storage.Field]string
	touched map[storage.Field]bool
}

var machineValues = rapid.SampledFrom([]string{"", "a", "b", "c", "d"})

func newMachine(t *rapid.T) *machine {
	return &machine{
		ours: snapshot(machineValues).Draw(t, "ours"), theirs: storage.Snapshot{},
		agreed: storage.Snapshot{}, refused: storage.Snapshot{}, foreign: map[storage.Field]string{}, touched: map[storage.Field]bool{},
	}
}

func (m *machine) matches() map[storage.Field]storage.FieldMatch {
	return merge.Compare(m.base, m.ours, m.observed, fields)
}

func (m *machine) drift() []storage.Field { return merge.Drift(m.matches(), m.kept) }

// editHere is the user's edit; of a drift that was shown to them, it decides.
func (m *machine) editHere(t *rapid.T) {
	f := rapid.SampledFrom(fields).Draw(t, "field here")
	if slices.Contains(m.drift(), f) {
		m.keep(f)
	}
	m.ours[f] = machineValues.Draw(t, "value here")
}

func (m *machine) editThere(t *rapid.T) {
	f := rapid.SampledFrom(fields).Draw(t, "field there")
	v := machineValues.Draw(t, "value there")
	if m.theirs[f] == v {
		return
	}
	m.theirs[f], m.foreign[f], m.touched[f] = v, v, true
	m.version++
	no, refused := m.refused[f]
	if v == m.agreed[f] || refused && v == no || m.sent != nil && v == m.prior[f] {
		delete(m.foreign, f) // changed back; or as if what is doubtful had not arrived, which nobody can tell apart
	}
}

// read is a re-reading, and the probe of what was on its way.
func (m *machine) read() {
	before := m.observed
	m.observed, m.known = maps.Clone(m.theirs), m.version
	for _, f := range fields {
		if _, shown := m.observed[f]; !shown {
			m.observed[f] = ""
		}
	}
	if m.sent != nil {
		m.base = merge.Adopt(m.base, m.sent, m.observed)
		for f, v := range m.sent {
			if m.theirs[f] == v {
				m.agree(f)
			}
		}
		m.sent = nil
	}
	for _, f := range slices.Clone(m.kept) {
		if before[f] != m.observed[f] {
			m.settled(f)
		}
	}
	m.base = merge.Agree(m.base, m.ours, m.matches())
	for _, f := range fields {
		if m.theirs[f] == m.ours[f] {
			m.agree(f)
		}
	}
}

func (m *machine) agree(f storage.Field) {
	m.agreed[f] = m.theirs[f]
	delete(m.foreign, f)
}

// publish sends what may be sent; the engine may die before the directory takes it, or before the answer is kept.
func (m *machine) publish(t *rapid.T, dies string) {
	if m.sent != nil || m.known != m.version {
		m.read()
	}
	matches := m.matches()
	sent := merge.ToSend(m.ours, matches, m.kept, false)
	if again := merge.ToSend(m.ours, m.matches(), m.kept, false); !slices.Equal(sent, again) {
		t.Fatalf("the same state gives two plans: %v and %v", sent, again)
	}
	if len(sent) == 0 {
		return
	}
	m.sent, m.prior = storage.Snapshot{}, maps.Clone(m.theirs)
	for _, f := range sent {
		m.sent[f] = m.ours[f]
	}
	if dies == "before" {
		return
	}
	for _, f := range sent {
		if v, theirs := m.foreign[f]; theirs && m.theirs[f] == v && v != m.ours[f] {
			t.Fatalf("%s: %q, set there by others, is overwritten with %q and nobody decided", f, v, m.ours[f])
		}
		if m.ours[f] == "" && m.theirs[f] != "" && m.base[f] == "" && !slices.Contains(m.kept, f) {
			t.Fatalf("%s: %q is erased there, and we never had a value", f, m.theirs[f])
		}
		m.theirs[f] = m.ours[f]
		delete(m.foreign, f)
	}
	m.version++
	if dies == "after" {
		return
	}
	m.base, m.sent = merge.Accept(m.base, m.ours, sent), nil
	for _, f := range sent {
		m.agree(f)
		m.settled(f)
		delete(m.observed, f)
	}
	m.known = m.version
}

func (m *machine) keep(f storage.Field) {
	m.kept = append(m.kept, f)
	m.refused[f] = m.observed[f]
	if m.theirs[f] == m.observed[f] {
		delete(m.foreign, f)
	}
}

// settled ends a refusal.
func (m *machine) settled(f storage.Field) {
	m.kept = slices.DeleteFunc(m.kept, func(k storage.Field) bool { return k == f })
	delete(m.refused, f)
}

func (m *machine) accept(f storage.Field) {
	m.ours[f] = m.observed[f]
	m.base = merge.Accept(m.base, m.ours, []storage.Field{f})
	m.agreed[f] = m.ours[f]
	if m.theirs[f] == m.ours[f] {
		delete(m.foreign, f)
	}
}

func (m *machine) decide(t *rapid.T) {
	drift := m.drift()
	if len(drift) == 0 {
		return
	}
	f := rapid.SampledFrom(drift).Draw(t, "drift")
	if rapid.Bool().Draw(t, "keep ours") {
		m.keep(f)
	} else {
		m.accept(f)
	}
}

// noFalseConflict fails when our own values, come back, are shown as somebody else's change.
func (m *machine) noFalseConflict(t *rapid.T) {
	for _, f := range m.drift() {
		if !m.touched[f] {
			t.Fatalf("%s: a drift nobody else caused: base %q, ours %q, theirs %q", f, m.base[f], m.ours[f], m.observed[f])
		}
	}
}

// TestAnEngineThatMayDieConverges plays edits on both sides, readings, publications cut at their worst moments and
// decisions, then lets things settle.
func TestAnEngineThatMayDieConverges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		deaths := rapid.SampledFrom([]string{"", "", "before", "after"})
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				m.editHere(t)
			case 1:
				m.editThere(t)
			case 2:
				m.read()
			case 3:
				m.publish(t, deaths.Draw(t, "dies"))
			case 4:
				m.decide(t)
			}
			m.noFalseConflict(t)
		}
		m.settle(t)
	})
}

// settle decides everything and publishes; two rounds must do.
func (m *machine) settle(t *rapid.T) {
	for range 2 {
		m.read()
		for len(m.drift()) > 0 {
			m.decide(t)
		}
		m.publish(t, "")
	}
	m.read()
	for f, match := range m.matches() {
		if match != storage.MatchSame || m.theirs[f] != m.ours[f] || m.base[f] != m.ours[f] {
			t.Fatalf("%s: %s, ours %q, theirs %q, base %q", f, match, m.ours[f], m.theirs[f], m.base[f])
		}
	}
	if sent := merge.ToSend(m.ours, m.matches(), m.kept, false); len(sent) > 0 {
		t.Fatalf("a second pass would send %v", sent)
	}
}
