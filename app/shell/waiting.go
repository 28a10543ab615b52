package shell

import (
	"context"
	"errors"
	stdsync "sync"
	"time"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
)

// waitingDelay lets a burst of commits be counted as one.
const waitingDelay = 300 * time.Millisecond

// waiting is how much waits for a decision or an action: the badges of Activité and of Contacts in the rail.
type waiting struct {
	waits
	remove func()

	mu        stdsync.Mutex // guards what other goroutines share
	scheduled bool
	counted   waits
}

// waits are the numbers.
type waits struct {
	n         int // in Activité
	questions int // about contacts, that nobody answered
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
	var now waits
	for _, c := range counts {
		now.n += c
	}
	if now.questions, err = s.countQuestions(); err != nil {
		s.p.Log.Error("count questions", "error", err)
		return
	}
	s.waiting.mu.Lock()
	same := now == s.waiting.counted
	s.waiting.counted = now
	s.waiting.mu.Unlock()
	if same {
		return
	}
	s.p.UI(func() {
		s.waiting.waits = now
		s.showWaiting()
	})
}

// countQuestions counts the questions about contacts that wait for an answer.
func (s *Shell) countQuestions() (n int, err error) {
	err = s.p.Store.View(s.ctx, func(tx storage.Reader) error {
		n = 0
		questions, err := tx.ContactQuestions("")
		for _, q := range questions {
			if q.Kind != storage.QuestionConflict || len(contacts.OpenFields(q)) > 0 {
				n++
			}
		}
		return err
	})
	if errors.Is(err, context.Canceled) || errors.Is(err, storage.ErrClosed) {
		err = nil
	}
	return n, err
}

// showWaiting writes the number where people see it.
func (s *Shell) showWaiting() {
	for place, n := range map[string]int{placeActivity: s.waiting.n, placeContacts: s.waiting.questions} {
		text := ""
		if n > 0 {
			text = words.Number(n)
		}
		s.rail.SetBadge(place, text)
	}
	if a, ok := s.screens[placeActivity].(interface{ SetWaiting(n int) }); ok {
		a.SetWaiting(s.waiting.n)
	}
}
