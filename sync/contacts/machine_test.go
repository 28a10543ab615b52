package contacts_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync/directory"
)

// TestTwoSidesMeetWhateverHappens draws edits, creations and deletions on both sides, passes between them, crashes before
// and after writing calls, and answers that are lost. In the end both sides say the same, nobody is there twice, nobody is
// gone whom nobody deleted, and what one side alone wrote last stands on both.
func TestTwoSidesMeetWhateverHappens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		store, err := bolt.Open(t.Context(), bolt.Params{Dir: fmt.Sprintf("%s/%d", dir, n)})
		if err != nil {
			rt.Fatal(err)
		}
		defer func() {
			if faults, err := store.Verify(t.Context()); err != nil || len(faults) > 0 {
				rt.Errorf("store: %v %v", faults, err)
			}
			if err := store.Close(); err != nil {
				rt.Error(err)
			}
		}()
		m := &machine{rig: rigOn(rt, t.Context(), store), rt: rt, wanted: map[int]*truth{}}
		m.shelf.caps.Delay = time.Minute
		m.shelf.page = 3
		rt.Repeat(map[string]func(*rapid.T){
			"new here":      m.newHere,
			"new there":     m.newThere,
			"edit here":     m.editHere,
			"edit there":    m.editThere,
			"trash here":    m.trashHere,
			"delete there":  m.deleteThere,
			"rename there":  m.renameThere,
			"forget cursor": func(*rapid.T) { m.shelf.expired = true },
			"sync":          m.pass,
			"":              func(*rapid.T) {},
		})
		m.end()
	})
}

// truth is what is known of one person of a machine: the fields that one side alone wrote since both were in tune.
type truth struct {
	titles map[string]bool // every title that was ever written
	last   string          // of the side that wrote last, while the other one did not since the pass before
	sides  map[string]bool // that wrote the title since the pass before
	gone   bool            // somebody deleted it since
}

type machine struct {
	*rig
	rt     *rapid.T
	serial int
	wanted map[int]*truth
}

func (m *machine) newTruth() int {
	m.serial++
	m.wanted[m.serial] = &truth{titles: map[string]bool{"": true}, sides: map[string]bool{}}
	return m.serial
}

// number tells which person a card is about.
func number(c *storage.Card) (n int) {
	fmt.Sscanf(c.FamilyName, "Morel%04d", &n) //nolint:errcheck // zero when it is nobody
	return n
}

func (m *machine) newHere(*rapid.T) { m.save(person(m.newTruth())) }

func (m *machine) newThere(*rapid.T) {
	n := m.newTruth()
	m.shelf.put(fmt.Sprintf("t%d", n), there(n), "")
}

// wrote notes that a side wrote a title.
func (m *machine) wrote(n int, side, title string) {
	w := m.wanted[n]
	w.titles[title], w.last = true, title
	w.sides[side] = true
}

func (m *machine) title(t *rapid.T) string {
	return fmt.Sprintf("titre %d", rapid.IntRange(1, 1_000_000).Draw(t, "title"))
}

func (m *machine) editHere(t *rapid.T) {
	living := m.living()
	if len(living) == 0 {
		t.Skip()
	}
	c := rapid.SampledFrom(living).Draw(t, "contact")
	title := m.title(t)
	m.edit(c.ID, func(card *storage.Card) { card.Title = title })
	m.wrote(number(&c.Card), "here", title)
	m.clock.now = m.clock.now.Add(10 * time.Second)
}

func (m *machine) card(t *rapid.T) string {
	if len(m.shelf.order) == 0 {
		t.Skip()
	}
	return rapid.SampledFrom(m.shelf.order).Draw(t, "card")
}

func (m *machine) editThere(t *rapid.T) {
	id, title := m.card(t), m.title(t)
	m.shelf.edit(id, func(card *storage.Card) { card.Title = title })
	m.wrote(number(&m.shelf.cards[id].Card), "there", title)
	m.clock.now = m.clock.now.Add(10 * time.Second)
}

func (m *machine) trashHere(t *rapid.T) {
	living := m.living()
	if len(living) == 0 {
		t.Skip()
	}
	c := rapid.SampledFrom(living).Draw(t, "contact")
	m.trash(c.ID)
	m.wanted[number(&c.Card)].gone = true
}

func (m *machine) deleteThere(t *rapid.T) {
	id := m.card(t)
	m.wanted[number(&m.shelf.cards[id].Card)].gone = true
	m.shelf.remove(id)
}

func (m *machine) renameThere(t *rapid.T) {
	id := m.card(t)
	m.serial++
	m.shelf.rename(id, fmt.Sprintf("n%d", m.serial), rapid.Bool().Draw(t, "told"))
}

// pass makes a pass that may crash or lose an answer.
func (m *machine) pass(t *rapid.T) {
	m.clock.now = m.clock.now.Add(2 * time.Hour)
	fault := rapid.SampledFrom([]string{"none", "none", "crash", "lost"}).Draw(t, "fault")
	after := rapid.Bool().Draw(t, "after the effect")
	countdown := rapid.IntRange(1, 3).Draw(t, "call")
	fail := func(string) error {
		if countdown--; countdown != 0 {
			return nil
		}
		if fault == "crash" {
			panic(errCrash)
		}
		return &directory.Error{Class: directory.Ambiguous, Problem: storage.NewProblem("directory.unreachable"), Err: errors.New("cut")}
	}
	if fault != "none" && after {
		m.shelf.after = fail
	} else if fault != "none" {
		m.shelf.before = fail
	}
	m.through()
	m.shelf.before, m.shelf.after, m.shelf.expired = nil, nil, false
	m.met()
}

// met notes that both sides may be in tune: where both wrote, the later one won, or a person was asked.
func (m *machine) met() {
	for _, w := range m.wanted {
		if len(w.sides) > 1 {
			w.last = ""
		}
		w.sides = map[string]bool{}
	}
}

// through makes a pass, agreeing to what the guard holds.
func (m *machine) through() *storage.Run {
	deleted, living := m.shelf.deleted, len(m.living())
	run := m.sync()
	for run.State == storage.RunHeld {
		if m.shelf.deleted != deleted || len(m.living()) < living {
			m.Fatal("a held pass deleted something")
		}
		if err := m.service.Agree(m.ctx, run.ID, run.Guard.Hash); err != nil {
			m.Fatal(err)
		}
		for !m.carry() {
			m.shelf.before, m.shelf.after = nil, nil
			m.restart()
		}
		run = m.run(run.ID)
	}
	if run.Problem != nil {
		m.Fatalf("the pass failed: %v", run.Problem)
	}
	return run
}

// end brings both sides together and looks at them.
func (m *machine) end() {
	m.met()
	for range 4 {
		m.clock.now = m.clock.now.Add(2 * time.Hour)
		m.through()
	}
	before := m.shelf.created + m.shelf.updated + m.shelf.deleted
	m.clock.now = m.clock.now.Add(2 * time.Hour)
	if run := m.through(); run.Totals.Total > 0 || m.shelf.created+m.shelf.updated+m.shelf.deleted != before {
		m.Fatalf("it does not come to rest: %+v", run.Totals)
	}
	asked := map[string]bool{}
	for _, q := range m.questions() {
		for _, id := range q.ContactIDs {
			asked[id] = true
		}
	}
	here, cards := map[int]*storage.Contact{}, map[int]*storage.Card{}
	for _, c := range m.living() {
		n := number(&c.Card)
		if here[n] != nil {
			m.Fatalf("%s is here twice", c.FullName())
		}
		here[n] = c
	}
	for _, id := range m.shelf.order {
		card := &m.shelf.cards[id].Card
		n := number(card)
		if cards[n] != nil {
			m.Fatalf("%s is there twice", card.FullName())
		}
		cards[n] = card
	}
	for n, w := range m.wanted {
		c, card := here[n], cards[n]
		switch {
		case (c == nil) != (card == nil):
			m.Fatalf("%d: here %v, there %v", n, c != nil, card != nil)
		case c == nil && !w.gone:
			m.Fatalf("%d is gone and nobody deleted it", n)
		case c == nil || asked[c.ID]:
		case c.Title != card.Title:
			m.Fatalf("%d: %q here, %q there", n, c.Title, card.Title)
		case !w.titles[c.Title]:
			m.Fatalf("%d: nobody ever wrote %q", n, c.Title)
		case w.last != "" && c.Title != w.last && !w.gone:
			m.Fatalf("%d: %q was written last, by one side alone; it says %q", n, w.last, c.Title)
		}
	}
}
