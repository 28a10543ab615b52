package sync

import (
	"slices"
	"strconv"
	"time"

	"diapason/storage"
)

// Limits of the comparison of clocks.
const (
	// offsetSamples is how many of the last answers count; offsetWithin is how long an answer may have taken to say
	// something about the time.
	offsetSamples = 5
	offsetWithin  = 10 * time.Second
	// clocksDiffer is the difference from which times of the two sides are no longer compared, and people are told.
	clocksDiffer = 5 * time.Minute
)

// offsets are the last differences between the directory's clock and ours.
type offsets struct{ last []time.Duration }

// add takes the time that an answer bears, between the sending of the call and the arrival of the answer on our clock.
func (o *offsets) add(server, sent, received time.Time) {
	took := received.Sub(sent)
	if server.IsZero() || took < 0 || took > offsetWithin {
		return
	}
	o.last = append(o.last, server.Sub(sent.Add(took/2)))
	if len(o.last) > offsetSamples {
		o.last = o.last[1:]
	}
}

// median gives how far the directory's clock is ahead of ours; false while too few answers said the time.
func (o *offsets) median() (time.Duration, bool) {
	if len(o.last) < offsetSamples {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(o.last))
	return sorted[len(sorted)/2].Round(time.Second), true
}

// ClockProblem says that the clock of an account's directory and ours differ too much for their times to be compared;
// nil when they do not.
func ClockProblem(a *storage.Account) *storage.Problem {
	d := a.ClockOffset.Abs()
	if d <= clocksDiffer {
		return nil
	}
	return storage.NewProblem("lane.clock", "account", a.Name, "minutes", strconv.Itoa(int(d.Round(time.Minute)/time.Minute)))
}
