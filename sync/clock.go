package sync

import "time"

// Clock is the only source of time below the screens; tests inject theirs.
type Clock interface {
	Now() time.Time // wall clock
}

// WallClock is the machine's.
type WallClock struct{}

// Now gives the wall clock in UTC, without the monotonic reading, so that a sleep of the machine shows.
func (WallClock) Now() time.Time { return time.Now().Round(0).UTC() }
