package elsewhere

import (
	stdsync "sync"
	"time"

	"diapason/storage"
)

// FollowerParams are what a Follower needs; all are required.
type FollowerParams struct {
	// OnChange is the store's.
	OnChange func(f func(storage.Changes)) (remove func())
	// Concerns tells which changes matter; any goroutine.
	Concerns func(storage.Changes) bool
	// Read asks for a reading, on the interface's goroutine.
	Read  func()
	UI    func(func()) // runs a function on the interface's goroutine, in order
	Later func(time.Duration, func())
	// Least is the time between two readings, at least: a burst of commits is read as one.
	Least time.Duration
}

// Follower has something read again whenever what is kept changes, while somebody looks. Its methods may be called from any
// goroutine.
type Follower struct {
	p      FollowerParams
	remove func()

	mu        stdsync.Mutex
	following bool
	stale     bool // something changed, or may have, while nobody looked
	scheduled bool
	rest      time.Duration // what the last reading took, several times
}

// breathe is how many times what a reading took passes before the next one: following never takes more than a fifth of a
// processor.
const breathe = 4

// NewFollower makes one that rests.
func NewFollower(p FollowerParams) *Follower {
	f := &Follower{p: p, stale: true}
	f.remove = p.OnChange(f.changed)
	return f
}

// Follow has it read, unless it is up to date, and again whenever something changes. It is called on the interface's
// goroutine.
func (f *Follower) Follow() {
	f.mu.Lock()
	read := f.stale
	f.following, f.stale = true, false
	f.mu.Unlock()
	if read {
		f.p.Read()
	}
}

// Rest stops following until Follow.
func (f *Follower) Rest() {
	f.mu.Lock()
	f.following = false
	f.mu.Unlock()
}

// Close ends the following.
func (f *Follower) Close() {
	f.Rest()
	f.remove()
}

// Took notes how long a reading took.
func (f *Follower) Took(d time.Duration) {
	f.mu.Lock()
	f.rest = breathe * d
	f.mu.Unlock()
}

// changed is the store's listener; any goroutine.
func (f *Follower) changed(c storage.Changes) {
	if !f.p.Concerns(c) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stale = !f.following; f.stale || f.scheduled {
		return
	}
	f.scheduled = true
	f.p.Later(max(f.p.Least, f.rest), func() { f.p.UI(f.due) })
}

// due asks for the reading that was put off, or leaves it to the next Follow.
func (f *Follower) due() {
	f.mu.Lock()
	f.scheduled = false
	read := f.following
	f.stale = !read
	f.mu.Unlock()
	if read {
		f.p.Read()
	}
}
