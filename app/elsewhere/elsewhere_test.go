package elsewhere

import (
	"context"
	"errors"
	"testing"
)

// TestOutcomeComesBackOnTheInterfacesGoroutine runs the work elsewhere and what follows from a queue, as the interface
// would.
func TestOutcomeComesBackOnTheInterfacesGoroutine(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name         string
		err          error
		done, failed int
	}{
		{"done", nil, 1, 0},
		{"failed", broken, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			queue := make(chan func())
			done, failed := 0, 0
			w := Worker{Background: Goroutine, UI: func(f func()) { queue <- f }, Failed: func(err error) {
				if errors.Is(err, broken) {
					failed++
				}
			}}
			work := func(context.Context) error { return tt.err }
			w.Do(work, func() { done++ })
			(<-queue)()
			w.Do(work, nil)
			(<-queue)()
			if done != tt.done || failed != 2*tt.failed {
				t.Errorf("done %d times, failed %d times", done, failed)
			}
		})
	}
}
