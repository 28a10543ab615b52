package shell

import (
	"context"
	"errors"
	stdsync "sync"
	"time"

	"diapason/assets/words"
	"diapason/storage"
)

// waitingDelay lets a burst of commits be counted as one.
const waitingDelay = 300 * time.Millisecond

// waiting is how much waits for a decision or an action: the badge of Activité in the rail.
type waiting struct {
	n      int
	remove func()

	mu        stdsync.Mutex // guards what other goroutines share
	scheduled bool
	counted   int
}

// followWaiting counts from now on what waits.
func (s *Shell) followWaiting() {
	w := &s.waiting
	w.remove = s.p.Store.OnChange(func(storage.Changes) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.scheduled {
			return
		}
		w.scheduled = true
		time.AfterFunc(waitingDelay, func() {
			w.mu.Lock()
			w.scheduled = false
			w.mu.Unlock()
			s.countWaiting()
		})
	})
	go s.countWaiting()
}

// countWaiting asks the engine; any goroutine but the interface's.
func (s *Shell) countWaiting() {
	counts, err := s.p.Engine.CountWaiting(s.ctx)
	if err != nil {
		if !errors.Is(err, context.Canceled) && !errors.Is(err, storage.ErrClosed) {
			s.p.Log.Error("count what waits", "error", err)
		}
		return
	}
	n := 0
	for _, c := range counts {
		n += c
	}
	s.waiting.mu.Lock()
	same := n == s.waiting.counted
	s.waiting.counted = n
	s.waiting.mu.Unlock()
	if same {
		return
	}
	s.p.UI(func() {
		s.waiting.n = n
		s.showWaiting()
	})
}

// showWaiting writes the number where people see it.
func (s *Shell) showWaiting() {
	text := ""
	if s.waiting.n > 0 {
		text = words.Number(s.waiting.n)
	}
	s.rail.SetBadge(placeActivity, text)
	if a, ok := s.screens[placeActivity].(interface{ SetWaiting(n int) }); ok {
		a.SetWaiting(s.waiting.n)
	}
}
