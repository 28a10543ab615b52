package contacts

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"diapason/storage"
	"diapason/sync/merge"
)

// Line is a line of a plan, for people.
type Line struct {
	ContactID string                `json:"contact,omitempty"`
	RemoteID  string                `json:"remote,omitempty"`
	Name      string                `json:"name"`
	There     string                `json:"there,omitempty"` // "create", "update", "delete"
	Here      string                `json:"here,omitempty"`  // "create", "update", "trash", "restore"
	Changes   []storage.FieldChange `json:"changes,omitempty"`
	Conflicts int                   `json:"conflicts,omitempty"`
	Ask       bool                  `json:"ask,omitempty"` // a person must say whom the card is about
	Reason    *storage.Problem      `json:"reason,omitempty"`
}

// Plan is what a pass would do.
type Plan struct {
	Lines []Line
	Hash  string // identifies exactly these changes
	First bool   // nothing is deleted by it
	Guard *storage.Guard
}

// previewed is how many lines of a held plan are kept for people.
const previewed = 500

// preview gives the lines of a held plan that are kept for people, what matters most first, and how many there are in all:
// deletions, cards that a complete reading did not find, lost values, then other changes and creations.
func (p *pass) preview() (kept []Line, all int) {
	matters := func(l *line) int {
		switch {
		case l.there == deleteThere, l.here == trashHere:
			return 0
		case l.vanished:
			return 1
		case l.emptied[0], l.emptied[1]:
			return 2
		case l.there == createThere, l.here == createHere:
			return 4
		}
		return 3
	}
	var lines []*line
	for _, l := range p.lines {
		if l.there != "" || l.here != "" || l.vanished {
			lines = append(lines, l)
		}
	}
	slices.SortStableFunc(lines, func(a, b *line) int { return cmp.Compare(matters(a), matters(b)) })
	for _, l := range lines[:min(len(lines), previewed)] {
		kept = append(kept, l.shown())
	}
	return kept, len(lines)
}

// shown puts a line into the form for people.
func (l *line) shown() Line {
	return Line{
		ContactID: l.contactID, RemoteID: l.remoteID, Name: l.name, There: string(l.there), Here: string(l.here),
		Changes: l.changes, Conflicts: len(l.verdict.plan.Conflicts), Ask: len(l.candidates) > 0, Reason: l.reason,
	}
}

// plan gives what the pass means to do.
func (p *pass) plan(now time.Time) (Plan, error) {
	plan := Plan{Hash: p.hash(), First: p.rules.first}
	for _, l := range p.lines {
		if l.there == "" && l.here == "" && len(l.candidates) == 0 && len(l.verdict.plan.Conflicts) == 0 {
			continue
		}
		plan.Lines = append(plan.Lines, l.shown())
	}
	guard, err := p.guard(now)
	if err != nil {
		return Plan{}, err
	}
	if guard.Hash = plan.Hash; len(guard.Reasons) > 0 {
		plan.Guard = guard
	}
	return plan, nil
}

// impact is what a line does there and here.
func (l *line) impact() (there, here storage.Counts) {
	one := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	there.Created, here.Created = one(l.there == createThere), one(l.here == createHere)
	there.Modified, here.Modified = one(l.there == updateThere), one(l.here == updateHere || l.here == restoreHere)
	there.Emptied, here.Emptied = one(l.emptied[0]), one(l.emptied[1])
	there.Closed, here.Closed = one(l.there == deleteThere), one(l.here == trashHere)
	return there, here
}

// guard judges the whole plan, before anything of it is written on either side.
func (p *pass) guard(now time.Time) (*storage.Guard, error) {
	sent, err := readWindows(p.opening)
	if err != nil {
		return nil, err
	}
	var there, here storage.Counts
	changes := 0
	for _, l := range p.lines {
		a, b := l.impact()
		there, here = there.Plus(a), here.Plus(b)
		if l.there != "" || l.here != "" {
			changes++
		}
	}
	linked := p.linked
	shownThere, shownHere := there, here
	if p.rules.first { // nothing was in tune: what is modified is only added to
		there.Modified, here.Modified = 0, 0
	}
	here.Vanished = p.missing
	there.Linked, here.Linked = linked, linked
	g := &storage.Guard{Changes: changes, Accounts: map[string]storage.Counts{}, There: &shownThere, Here: &shownHere}
	for _, side := range []struct {
		name       string
		plan, sent storage.Counts
	}{{"there", there, sent.There.Sent(now)}, {"here", here, sent.Here.Sent(now)}} {
		for _, r := range merge.Guard(side.plan, side.sent, merge.DefaultThresholds) {
			g.Reasons = append(g.Reasons, storage.NewProblem("contacts.guard."+string(r.Kind)+"."+side.name,
				"account", p.account.Name, "n", strconv.Itoa(r.Count), "sent", strconv.Itoa(r.Sent),
				"linked", strconv.Itoa(r.Linked), "limit", strconv.Itoa(r.Limit)))
		}
	}
	if p.whole && !p.rules.first && linked > 0 && p.present() == 0 {
		g.Reasons = append(g.Reasons, storage.NewProblem("contacts.guard.empty", "account", p.account.Name, "linked", strconv.Itoa(linked)))
	}
	sum := there.Plus(here)
	sum.Linked = linked
	g.Accounts[p.account.ID] = sum
	return g, nil
}

// count counts what a line has done for the guard of the next 24 hours.
func (w *windows) count(l *line, there bool, now time.Time) {
	a, b := l.impact()
	if there {
		w.There.Add(now, storage.Marks{}, a)
		return
	}
	w.Here.Add(now, storage.Marks{}, b)
}
