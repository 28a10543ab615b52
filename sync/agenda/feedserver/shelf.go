package feedserver

import (
	"cmp"
	"slices"
	stdsync "sync"
	"time"

	"diapason/storage"
)

// Shelf is the Source of bodies that lie in memory. Whoever renders puts them there; the ones before stay until then,
// whatever the store is doing. Its methods may be called from any goroutine, and never wait.
type Shelf struct {
	mu stdsync.RWMutex
	by map[string]place // by the hash of the token

	noticed  chan struct{}
	readings map[readingKey]Reading
}

// place is what stands under a token.
type place struct {
	state State
	body  *Body
}

// Reading is that a client read a feed.
type Reading struct {
	TokenHash string
	storage.FeedReading
}

type readingKey struct{ hash, client string }

// NewShelf makes an empty one: every token is unknown.
func NewShelf() *Shelf {
	return &Shelf{by: map[string]place{}, readings: map[readingKey]Reading{}, noticed: make(chan struct{}, 1)}
}

// Put puts a rendered feed under a token. A nil body says that the token is good and its feed comes soon.
func (s *Shelf) Put(tokenHash string, b *Body) { s.set(tokenHash, place{Served, b}) }

// Revoke says that a token was good once.
func (s *Shelf) Revoke(tokenHash string) { s.set(tokenHash, place{state: Revoked}) }

// Forget makes a token as unknown as any other.
func (s *Shelf) Forget(tokenHash string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.by, tokenHash)
}

func (s *Shelf) set(tokenHash string, p place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.by[tokenHash] = p
}

// Body finds what stands under a token.
func (s *Shelf) Body(tokenHash string) (*Body, State) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p := s.by[tokenHash]
	return p.body, p.state
}

// Read takes note of a reading. Of those of one feed by one program the last is kept until Readings takes them.
func (s *Shelf) Read(tokenHash, client, from string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readings[readingKey{tokenHash, client}] = Reading{tokenHash, storage.FeedReading{Client: client, From: from, At: at}}
	select {
	case s.noticed <- struct{}{}:
	default: // they are waited for already
	}
}

// Noticed is signalled when there are readings to take.
func (s *Shelf) Noticed() <-chan struct{} { return s.noticed }

// Readings takes the readings since the last time, the oldest first.
func (s *Shelf) Readings() []Reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Reading
	for _, r := range s.readings {
		all = append(all, r)
	}
	clear(s.readings)
	slices.SortFunc(all, func(a, b Reading) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.TokenHash, b.TokenHash), cmp.Compare(a.Client, b.Client))
	})
	return all
}
