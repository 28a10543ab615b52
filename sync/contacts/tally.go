package contacts

import (
	"slices"

	"diapason/storage"
)

// tally gives the counts of the run; some that nobody reads when there is no run.
func (r *report) tally() *storage.PassTally {
	if r.run == nil {
		return &storage.PassTally{}
	}
	if r.run.Pass == nil {
		r.run.Pass = &storage.PassTally{}
	}
	return r.run.Pass
}

// advance brings the counts up to what the plan that was judged leaves to be done.
func (r *report) advance() {
	t := r.tally()
	t.Read, t.Batch, t.Planned = r.p.present(), r.p.perBatch(), r.p.planned
	t.Written = max(t.Planned-r.p.toSend()+r.decided, 0)
}

// judged notes what a plan is about to do, and counts from what the run had done before an interruption.
func (p *pass) judged(before *storage.PassTally) (due int) {
	for _, l := range p.lines {
		l.due, l.toSend = l.there != "" || l.here != "", l.there != ""
		if l.due {
			due++
		}
	}
	p.planned = p.toSend()
	if before != nil {
		p.planned += before.Written
	}
	return due
}

// toSend counts the cards that are still to be written there.
func (p *pass) toSend() int {
	n := 0
	for _, l := range p.lines {
		if l.toSend && !l.done && (l.there != "" || l.fetch) {
			n++
		}
	}
	return n
}

// perBatch is how many cards the next call writes at most.
func (p *pass) perBatch() int {
	for _, op := range order {
		if slices.ContainsFunc(p.lines, func(l *line) bool { return l.toSend && !l.done && l.there == op }) {
			return p.most(op)
		}
	}
	return p.most(updateThere)
}

// batch counts a batch whose cards are decided.
func (r *report) batch(cards, refused int) {
	if r.decided += cards; cards == 0 {
		return
	}
	t := r.tally()
	t.Batches = append(t.Batches, storage.BatchTally{Cards: cards, Refused: refused})
	if r.p.phase != sendingOff { // found after an interruption, before there is a plan again
		t.Written += cards
		t.Planned = max(t.Planned, t.Written)
	}
}

// wrote counts a card that was written there.
func (r *report) wrote(op there) {
	switch t := &r.tally().There; op {
	case createThere:
		t.Created++
	case updateThere:
		t.Updated++
	case deleteThere:
		t.Deleted++
	}
}

// received counts a contact that was changed here.
func (r *report) received(what here) {
	switch t := &r.tally().Here; what {
	case createHere:
		t.Created++
	case updateHere, restoreHere:
		t.Updated++
	case trashHere:
		t.Deleted++
	}
}

// skipped tells what was not done, or not wholly, and why.
func (r *report) skipped(there bool, contactID, name string, why *storage.Problem) error {
	r.side(there).Skipped++
	return r.line(contactID, name, storage.ItemSkipped, why)
}

// side gives the counts of a direction.
func (r *report) side(there bool) *storage.SideTally {
	if there {
		return &r.tally().There
	}
	return &r.tally().Here
}

// wantedThere reports whether the last change of a conflict was made here, and would have gone there. Without times it
// counts as one of here: that is the direction that a pass serves first.
func wantedThere(conflicts []storage.ContactConflict) bool {
	return len(conflicts) == 0 || !conflicts[0].ThereAt.After(conflicts[0].HereAt)
}
