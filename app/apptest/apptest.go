// Package apptest holds what the tests of screens share and what needs no window: a workspace, and a queue in the place of
// the interface's goroutine.
package apptest

import (
	"context"
	"testing"
	"time"

	"diapason/storage/bolt"
)

// Store opens a workspace of its own for a test. At the test's end, after what was cleaned up since, it is verified and
// closed.
func Store(t testing.TB) *bolt.Store {
	t.Helper()
	store, err := bolt.Open(context.Background(), bolt.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if broken, err := store.Verify(context.Background()); err != nil || len(broken) > 0 {
			t.Errorf("the workspace is broken: %v, %v", broken, err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// Queue holds what waits for the interface's goroutine; the test runs it, on its own.
type Queue chan func()

// NewQueue makes an empty queue that takes more than any test puts there without running it.
func NewQueue() Queue { return make(Queue, 10_000) }

// UI adds a function; it is the screens' Params.UI.
func (q Queue) UI(f func()) { q <- f }

// patience is how long a condition may take on a busy machine.
const patience = time.Minute

// Until runs what is queued until a condition holds. When it does not come, why tells more; nil when what says all.
func (q Queue) Until(t testing.TB, what string, holds func() bool, why func() string) {
	t.Helper()
	late := time.After(patience)
	for !holds() {
		select {
		case f := <-q:
			f()
		case <-late:
			if why != nil {
				what += ": " + why()
			}
			t.Fatalf("%s: did not happen within %v", what, patience)
		}
	}
}
