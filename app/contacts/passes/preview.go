package passes

import (
	"slices"
	"strings"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
)

// row is a contact of a plan as people read it.
type row struct {
	name string
	// there and here say what happens on each side; "" for nothing.
	there, here string
	note        string   // why, or what a person must decide
	details     []string // every value that changes
}

// rowOf writes a line of a plan.
func rowOf(l *contacts.Line) row {
	r := row{name: l.Name}
	if l.There != "" {
		r.there = words.T("passes.plan.there." + l.There)
	}
	if l.Here != "" {
		r.here = words.T("passes.plan.here." + l.Here)
	}
	switch {
	case l.Reason != nil:
		r.note = say.Problem(l.Reason)
	case l.Ask:
		r.note = words.T("passes.plan.ask")
	case l.Conflicts > 0:
		r.note = words.N("passes.plan.conflicts", l.Conflicts)
	}
	for _, c := range l.Changes {
		r.details = append(r.details, words.T("passes.plan.change",
			"field", say.ContactField(c.Field), "before", shown(c.Before), "after", shown(c.After)))
	}
	return r
}

// rank orders the lines of a plan: what would go, then what a person must decide, then what would come, then what would change.
func rank(l *contacts.Line) int {
	switch {
	case l.There == "delete" || l.Here == "trash":
		return 0
	case l.Ask || l.Conflicts > 0:
		return 1
	case l.There == "create" || l.Here == "create":
		return 2
	}
	return 3
}

// ordered gives the lines of a plan as they are read: by rank, and within it as they come.
func ordered(p *contacts.Plan) []contacts.Line {
	return slices.SortedStableFunc(slices.Values(p.Lines), func(a, b contacts.Line) int { return rank(&a) - rank(&b) })
}

// shown writes a value on one line.
func shown(text string) string {
	if text == "" {
		return words.T("passes.plan.empty")
	}
	return strings.Join(strings.Fields(text), " ")
}

// sum says what a plan comes to: on each side how many contacts are created, changed and deleted, and what waits.
func sum(p *contacts.Plan) (there, here storage.SideTally, asked int) {
	count := map[string]func(*storage.SideTally){
		"create": func(t *storage.SideTally) { t.Created++ },
		"update": func(t *storage.SideTally) { t.Updated++ }, "restore": func(t *storage.SideTally) { t.Updated++ },
		"delete": func(t *storage.SideTally) { t.Deleted++ }, "trash": func(t *storage.SideTally) { t.Deleted++ },
	}
	for i := range p.Lines {
		l := &p.Lines[i]
		if add := count[l.There]; add != nil {
			add(&there)
		}
		if add := count[l.Here]; add != nil {
			add(&here)
		}
		if l.Ask || l.Conflicts > 0 {
			asked++
		}
	}
	return there, here, asked
}

// tallied writes the counts of a direction, those that are zero left out: « 42 créés, 118 mis à jour ».
func tallied(t storage.SideTally) string {
	var parts []string
	for _, c := range []struct {
		key string
		n   int
	}{{"created", t.Created}, {"updated", t.Updated}, {"deleted", t.Deleted}} {
		if c.n > 0 {
			parts = append(parts, words.N("passes.sum."+c.key, c.n))
		}
	}
	if len(parts) == 0 {
		return words.T("passes.sum.nothing")
	}
	return strings.Join(parts, ", ")
}

// all writes everything that is said of a contact, a line each.
func (r *row) all() string {
	lines := append([]string{r.name}, r.details...)
	if r.note != "" {
		lines = append(lines, r.note)
	}
	return strings.Join(lines, "\n")
}
