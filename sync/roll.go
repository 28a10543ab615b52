package sync

import (
	"strconv"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
)

// believable is the share of the expected listings that a list must hold.
const believable = 0.7

// roll is the reading of an account's list under way, page by page. It is only in memory: the operations that wait for
// it stay in the queue until what it found is kept, so that after a stop or a crash it simply begins again.
//
// What the pages hold is believed only once the whole list is found plausible.
type roll struct {
	begun, last time.Time // the latter: when its last page came
	cursor      string    // of the next page
	asked       map[string]bool
	seen        map[string]bool // ids there
	pages       int
	perPage     int
	total       int                           // as the last page said; -1 when it did not
	waiting     map[string]*storage.Operation // by establishment
	byID        map[string]string             // establishments by their listing's id there
	byCode      map[string]string             // establishments whose listing's id is not known, by natural key
	found       []reading
}

func newRoll(now time.Time) *roll {
	return &roll{
		begun: now, last: now, asked: map[string]bool{}, seen: map[string]bool{},
		waiting: map[string]*storage.Operation{}, byID: map[string]string{}, byCode: map[string]string{},
	}
}

// add takes a page in. It gives why the list is not to be believed, nil while nothing speaks against it.
func (r *roll) add(p directory.Page, now time.Time) *storage.Problem {
	fresh := 0
	for _, x := range p.Listings {
		if r.seen[x.RemoteID] {
			continue // moved to this page by a creation meanwhile, or said twice
		}
		r.seen[x.RemoteID] = true
		fresh++
		id, expected := r.byID[x.RemoteID]
		if !expected {
			id, expected = r.byCode[x.Identifier]
		}
		if expected {
			r.found = append(r.found, reading{op: r.waiting[id], obs: x.Observation})
		}
	}
	r.pages, r.perPage, r.total, r.last = r.pages+1, max(r.perPage, len(p.Listings)), p.Total, now
	r.asked[r.cursor] = true
	r.cursor = p.Next
	if p.Next != "" && (r.asked[p.Next] || fresh == 0) {
		return storage.NewProblem("list.repeated")
	}
	return nil
}

// waitsFor reports whether an operation waits for this list.
func (r *roll) waitsFor(op *storage.Operation) bool {
	waiting := r.waiting[op.EstablishmentID]
	return waiting != nil && sameReading(waiting) == sameReading(op)
}

// whole reports whether the last page has been read.
func (r *roll) whole() bool { return r.pages > 0 && r.cursor == "" }

// length is the number of pages that the list has, as far as is known.
func (r *roll) length() int {
	if r.total < 0 || r.perPage == 0 {
		return r.pages
	}
	return (r.total + r.perPage - 1) / r.perPage
}

// doubt says why a list read to its end is not to be believed; nil when it is.
func (r *roll) doubt() *storage.Problem {
	expected, found := len(r.byID), 0
	for id := range r.byID {
		if r.seen[id] {
			found++
		}
	}
	switch {
	case len(r.seen) == 0:
		return storage.NewProblem("list.empty", "expected", strconv.Itoa(expected))
	case r.total >= 0 && len(r.seen) < r.total:
		return storage.NewProblem("list.incomplete", "found", strconv.Itoa(len(r.seen)), "total", strconv.Itoa(r.total))
	case float64(found) < believable*float64(expected):
		return storage.NewProblem("list.shrunk", "found", strconv.Itoa(found), "expected", strconv.Itoa(expected))
	}
	return nil
}
