package merge

import (
	"slices"
	"strings"
	"time"

	"diapason/storage"
)

// Cards are the four states of one contact and one address book, all in the book's types.
type Cards struct {
	// First is set when the two were never in tune: nothing was removed on either side then.
	First bool
	// Ours is what we wanted the book to show when they were last in tune, Theirs what it showed then.
	Ours, Theirs storage.Card
	Here, There  storage.Card // what we want it to show now, and what it shows
	// OneWay tells of a field that the book does not change here: ours is sent when it changed, whatever happened there,
	// and theirs is received beside it. nil: no field is.
	OneWay func(storage.Field) bool
	// HereAt gives when a field was last changed here, ThereAt when the card was last changed there, both by our clock;
	// zero when not known. Where they are less than Tolerance apart nobody was last.
	HereAt    func(storage.Field) time.Time
	ThereAt   time.Time
	Tolerance time.Duration
	// Frozen are fields that stay as they are on both sides until a person decides, whatever changed.
	Frozen []storage.Field
	// Decided holds what a person decided about fields in conflict.
	Decided map[storage.Field]Side
	Region  string // of phone numbers without prefix
}

// Side is one of two sides.
type Side string

// The sides; SideNone is neither.
const (
	SideNone  Side = ""
	SideHere  Side = "here"
	SideThere Side = "there"
)

// Delta is what changes in one field.
type Delta struct {
	Field   storage.Field
	Added   []string
	Removed []string
}

// Settlement is a field that both sides changed, and that was settled without asking: the loser is told.
type Settlement struct {
	Field  storage.Field
	Winner Side
	Lost   []string
}

// CardPlan is what has to be done so that both sides say the same.
type CardPlan struct {
	Send      storage.Card // what the book shall show
	Sent      []Delta      // how that differs from what it shows
	Received  []Delta      // what changes here, in the book's types
	Settled   []Settlement
	Conflicts []storage.ContactConflict // left as they are on both sides until a person decides
}

// Plan merges field by field. A field that one side changed goes to the other one; values of typed fields are sets, to
// which both sides may have added and from which both may have taken; an edit beats a removal; of two edits of the same
// text the last one wins when it is known which one that was.
func (c *Cards) Plan() CardPlan {
	p := CardPlan{Send: c.There.Clone()}
	for _, f := range storage.CardFields(&c.Ours, &c.Theirs, &c.Here, &c.There) {
		m := field{
			name: f, cards: c, ours: c.Ours.Values(f), theirs: c.Theirs.Values(f), here: c.Here.Values(f), there: c.There.Values(f),
		}
		if c.First {
			m.ours, m.theirs = nil, nil
		}
		switch {
		case m.same(m.here, m.ours) && m.same(m.there, m.theirs):
		case slices.Contains(c.Frozen, f) && !m.oneWay():
			m.rest(&p)
		case m.single():
			m.one(&p)
		default:
			m.several(&p)
		}
	}
	return p
}

// Bases gives what to keep as Ours and Theirs once a plan was carried out: here and there as both sides say now, except
// for the fields in conflict, which stay as they were, so that they are found in conflict again.
func (c *Cards) Bases(p CardPlan, here, there storage.Card) (ours, theirs storage.Card) {
	ours, theirs = here.Clone(), there.Clone()
	oldOurs, oldTheirs := c.Ours, c.Theirs
	if c.First {
		oldOurs, oldTheirs = storage.Card{}, storage.Card{}
	}
	for _, x := range p.Conflicts {
		ours.SetValues(x.Field, oldOurs.Values(x.Field))
		theirs.SetValues(x.Field, oldTheirs.Values(x.Field))
	}
	return ours, theirs
}

// field is one field of four cards.
type field struct {
	name                      storage.Field
	cards                     *Cards
	ours, theirs, here, there []string
}

// single reports whether the field holds one text at most on all sides, so that two texts mean a disagreement.
func (m *field) single() bool {
	if !m.name.Typed() && m.name != storage.FieldLabels {
		return true
	}
	return !m.cards.First && m.name != storage.FieldLabels &&
		len(m.ours) <= 1 && len(m.theirs) <= 1 && len(m.here) <= 1 && len(m.there) <= 1
}

func (m *field) key(s string) string { return m.name.ValueKey(s, m.cards.Region) }

func (m *field) has(list []string, s string) bool {
	k := m.key(s)
	return slices.ContainsFunc(list, func(other string) bool { return m.key(other) == k })
}

// without gives what of a list is not in another one.
func (m *field) without(list, other []string) []string {
	var rest []string
	for _, s := range list {
		if !m.has(other, s) && !m.has(rest, s) {
			rest = append(rest, s)
		}
	}
	return rest
}

func (m *field) same(a, b []string) bool {
	return len(m.without(a, b)) == 0 && len(m.without(b, a)) == 0
}

// oneWay reports whether the book does not change the field here.
func (m *field) oneWay() bool { return m.cards.OneWay != nil && m.cards.OneWay(m.name) }

// one merges a field of one text.
func (m *field) one(p *CardPlan) {
	changedHere, changedThere := !m.same(m.here, m.ours), !m.same(m.there, m.theirs)
	switch {
	case m.same(m.here, m.there):
	case m.oneWay():
		if changedThere {
			m.receive(p)
		}
		if changedHere {
			m.send(p, m.here)
		}
	case !changedThere:
		m.send(p, m.here)
	case !changedHere:
		m.receive(p)
	case len(m.here) == 0: // an edit beats a removal
		m.settle(p, SideThere)
	case len(m.there) == 0:
		m.settle(p, SideHere)
	case m.name == storage.FieldNote && m.joined(p):
	case m.cards.First && storage.SearchKey(m.here[0]) == storage.SearchKey(m.there[0]): // each keeps its writing
	default:
		m.dispute(p)
	}
}

// rest leaves a frozen field to a person, unless both sides agree.
func (m *field) rest(p *CardPlan) {
	if m.same(m.here, m.there) {
		return
	}
	if side := m.cards.Decided[m.name]; side != SideNone {
		m.settle(p, side)
		return
	}
	x := m.conflict(time.Time{})
	x.Frozen = true
	p.Conflicts = append(p.Conflicts, x)
}

// conflict is the field as a person decides about it.
func (m *field) conflict(hereAt time.Time) storage.ContactConflict {
	text := func(list []string) string { return strings.Join(list, "\n") }
	return storage.ContactConflict{
		Field: m.name, Base: text(m.theirs), Here: text(m.here), There: text(m.there), HereAt: hereAt, ThereAt: m.cards.ThereAt,
	}
}

// dispute settles two edits of the same text, or leaves them to a person.
func (m *field) dispute(p *CardPlan) {
	if side := m.cards.Decided[m.name]; side != SideNone {
		m.settle(p, side)
		return
	}
	var hereAt time.Time
	if m.cards.HereAt != nil {
		hereAt = m.cards.HereAt(m.name)
	}
	gap := hereAt.Sub(m.cards.ThereAt)
	known := !hereAt.IsZero() && !m.cards.ThereAt.IsZero() && !m.cards.First
	switch {
	case known && gap > 0 && gap >= m.cards.Tolerance:
		m.settle(p, SideHere)
	case known && gap < 0 && -gap >= m.cards.Tolerance:
		m.settle(p, SideThere)
	default:
		p.Conflicts = append(p.Conflicts, m.conflict(hereAt))
	}
}

// settle lets one side win.
func (m *field) settle(p *CardPlan, winner Side) {
	s := Settlement{Field: m.name, Winner: winner, Lost: m.there}
	if winner == SideThere {
		s.Lost = m.here
		m.receive(p)
	} else {
		m.send(p, m.here)
	}
	if len(s.Lost) > 0 {
		p.Settled = append(p.Settled, s)
	}
}

// joined merges two notes that were both only added to; false when they were not.
func (m *field) joined(p *CardPlan) bool {
	base := ""
	if len(m.theirs) > 0 && len(m.ours) > 0 {
		base = m.key(m.theirs[0])
	}
	here, there := m.key(m.here[0]), m.key(m.there[0])
	switch {
	case !strings.HasPrefix(here, base) || !strings.HasPrefix(there, base):
		return false
	case strings.Contains(here, there):
		m.send(p, m.here)
		return true
	case strings.Contains(there, here):
		m.receive(p)
		return true
	}
	text := here + "\n" + strings.TrimLeft(strings.TrimPrefix(there, base), "\n")
	m.send(p, []string{text})
	p.Received = append(p.Received, Delta{Field: m.name, Added: []string{text}, Removed: m.here})
	return true
}

// several merges a field of any number of values.
func (m *field) several(p *CardPlan) {
	addedThere, takenThere := m.without(m.there, m.theirs), m.without(m.theirs, m.there)
	addedHere, takenHere := m.without(m.here, m.ours), m.without(m.ours, m.here)
	// A value that one side takes away and the other one puts in anew stays.
	takenHere, takenThere = m.without(takenHere, addedThere), m.without(takenThere, addedHere)

	shown := m.without(m.there, takenHere)
	m.send(p, append(shown, m.without(addedHere, shown)...))
	if added, removed := m.without(addedThere, m.here), m.intersect(m.here, takenThere); len(added)+len(removed) > 0 {
		p.Received = append(p.Received, Delta{Field: m.name, Added: added, Removed: removed})
	}
}

func (m *field) intersect(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !m.has(other, s) })
}

// send has the book show texts.
func (m *field) send(p *CardPlan, texts []string) {
	added, removed := m.without(texts, m.there), m.without(m.there, texts)
	if len(added)+len(removed) == 0 {
		return
	}
	p.Send.SetValues(m.name, texts)
	p.Sent = append(p.Sent, Delta{Field: m.name, Added: added, Removed: removed})
}

// receive has us say what the book shows.
func (m *field) receive(p *CardPlan) {
	p.Received = append(p.Received, Delta{Field: m.name, Added: m.without(m.there, m.here), Removed: m.without(m.here, m.there)})
}
