package subscription

import (
	"time"

	"diapason/storage"
)

// The pauses after failures.
const (
	leastPause   = 15 * time.Minute
	mostPause    = 6 * time.Hour
	longestPause = 24 * time.Hour // whatever a service asks for
)

// Confirming is how long a calendar that lost much must go on saying so before it is believed.
const Confirming = time.Hour

// Next gives when a calendar that was read is read next: the first of its slots that is still to come. Slots keep their
// time of the hour over restarts; those that passed meanwhile are not made up for.
func Next(planned, now time.Time, every time.Duration) time.Time {
	wait := planned.Sub(now)
	switch {
	case planned.IsZero(), wait > every: // never planned, or by a clock that was ahead
		return now.Add(every)
	case wait > 0:
		return planned
	}
	return planned.Add((-wait/every + 1) * every)
}

// Pause gives how long a calendar is left alone after its nth failure in a row, from 1. A computer without a connection
// is tried at the least pause: it is nobody's burden, and connections come back.
func Pause(f *Failure, n int) time.Duration {
	pause := leastPause
	if f.Kind != Offline {
		for range n - 1 {
			if pause *= 2; pause >= mostPause {
				pause = mostPause
				break
			}
		}
	}
	return max(pause, f.RetryAfter)
}

// Due reports whether a calendar is to be read now. One that would wait longer than anything makes it wait was planned by
// a clock that was ahead.
func Due(f *storage.OutsideFeed, now time.Time) bool {
	longest := f.Every
	if f.Failures > 0 {
		longest = longestPause
	}
	wait := f.NextRead.Sub(now)
	return f.Enabled && (wait <= 0 || wait > longest)
}
