package merge

import (
	"maps"
	"slices"
	"time"

	"diapason/storage"
)

// A field that changes hands more often than that within that time is a loop: another tool writes to the same place, and
// neither will ever win.
const (
	turnsWithin  = 24 * time.Hour
	turnsAllowed = 5
)

// Turn notes that a field was written by others (theirs) or by us, and reports whether it changes hands for ever. Only
// fields that others wrote at least once are followed. The map given stays as it is.
func Turn(
	turns map[storage.Field]storage.Turns, f storage.Field, theirs bool, now time.Time,
) (after map[storage.Field]storage.Turns, endless bool) {
	t, followed := turns[f]
	if !followed && !theirs || followed && t.Theirs == theirs {
		return turns, false
	}
	t.Theirs = theirs
	t.At = slices.DeleteFunc(append(slices.Clone(t.At), now), func(at time.Time) bool { return now.Sub(at) > turnsWithin })
	if after = maps.Clone(turns); after == nil {
		after = map[storage.Field]storage.Turns{}
	}
	after[f] = t
	return after, len(t.At) > turnsAllowed
}
