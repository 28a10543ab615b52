package subscription

// The losses that a calendar is not believed at once.
const (
	leastLoss  = 5 // reservations
	leastEmpty = 2 // reservations that a calendar had before it was empty: a single one is cancelled every day
)

// Doubtful reports whether a calendar has lost so much at once that its service may be at fault: it became empty, or lost
// more than half of what it had. Known is how many reservations to come it had, missing how many of them it has no more.
func Doubtful(known, missing int) bool {
	return missing == known && known >= leastEmpty || missing >= leastLoss && 2*missing > known
}
