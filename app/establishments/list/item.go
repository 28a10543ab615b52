package list

import (
	"slices"
	stdsync "sync"
	"time"

	"diapason/storage"
)

// item is one row with what filtering and sorting need beside it. It never changes: a new version of the row is a new
// item with the same slot.
type item struct {
	slot  int32
	worst uint8 // rank of the most serious word over the enabled accounts, see rank
	never bool  // no listing was ever sent
	sent  time.Time
	row   storage.Row
}

// byRank lists the words from the most serious to the one that says least of a whole row: a directory that was opted out
// of does not hide that the others are up to date.
var byRank = append(slices.DeleteFunc(slices.Clone(storage.Words), func(w storage.Word) bool { return w == storage.WordDisabled }),
	storage.WordDisabled)

// ranks gives the position of a word in byRank.
var ranks = func() map[storage.Word]uint8 {
	m := make(map[storage.Word]uint8, len(byRank))
	for i, w := range byRank {
		m[w] = uint8(i) //nolint:gosec // ten words
	}
	return m
}()

func newItem(r storage.Row, accounts []string, slot int32) *item {
	it := &item{slot: slot, row: r, never: true, worst: ranks[storage.WordDisabled]}
	for i, id := range accounts {
		if k := ranks[r.WordOn(id)]; i == 0 || k < it.worst {
			it.worst = k
		}
	}
	for i := range r.Listings {
		if at := r.Listings[i].SentAt; at.After(it.sent) {
			it.sent, it.never = at, false
		}
	}
	return it
}

// slots numbers establishments in the order they were first seen. It is safe from any goroutine.
type slots struct {
	mu   stdsync.RWMutex
	byID map[string]int32
}

func newSlots() *slots { return &slots{byID: map[string]int32{}} }

// of gives the slot of an id, a new one the first time.
func (s *slots) of(id string) int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.byID[id]
	if !ok {
		n = int32(len(s.byID)) //nolint:gosec // a workspace holds far fewer than 2^31 establishments
		s.byID[id] = n
	}
	return n
}

func (s *slots) find(id string) (int32, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n, ok := s.byID[id]
	return n, ok
}

func (s *slots) len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.byID)
}

// merge gives the items of all, which is in the order of less, with the changed ones in place of their older versions
// and the gone ones left out. all itself is not changed.
func merge(all, changed []*item, gone []int32, by Sort) []*item {
	if len(changed) == 0 && len(gone) == 0 {
		return all
	}
	out := make(map[int32]bool, len(changed)+len(gone))
	fresh := make([]*item, 0, len(changed))
	for i := len(changed) - 1; i >= 0; i-- { // the last version wins
		if !out[changed[i].slot] {
			out[changed[i].slot] = true
			fresh = append(fresh, changed[i])
		}
	}
	for _, s := range gone {
		out[s] = true
	}
	less := by.compare()
	slices.SortFunc(fresh, less)
	merged := make([]*item, 0, len(all)+len(fresh))
	next := 0
	for _, it := range all {
		if out[it.slot] {
			continue
		}
		for next < len(fresh) && less(fresh[next], it) < 0 {
			merged = append(merged, fresh[next])
			next++
		}
		merged = append(merged, it)
	}
	return append(merged, fresh[next:]...)
}

func (it *item) archived() bool { return it.row.Status == storage.StatusArchived }
