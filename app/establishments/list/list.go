package list

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"diapason/app/say"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
)

// Store is what the list reads.
type Store interface {
	View(ctx context.Context, f func(storage.Reader) error) error
	OnChange(f func(storage.Changes)) (remove func())
}

// Engine is what the list asks for.
type Engine interface {
	Sync(ctx context.Context, r sync.Request) (runID string, err error)
	BulkEdit(ctx context.Context, ids []string, edit sync.BulkEdit, actor storage.Actor) (runID string, err error)
	Undo(ctx context.Context, runID string) (undoRunID string, err error)
	Create(ctx context.Context, e *storage.Establishment, actor storage.Actor) error
}

// Settings keeps the display between two starts.
type Settings interface {
	Get(key string) string
	Set(key, value string)
}

// Params are what a List needs; all are required except Settings and Log.
type Params struct {
	Store    Store
	Engine   Engine
	Kinds    directory.Kinds
	UI       func(func())     // runs a function on the interface's goroutine, in order, and returns at once
	Now      func() time.Time // in the user's zone
	Settings Settings
	Log      *slog.Logger
}

// State tells which of its faces the list shows.
type State int

// The states.
const (
	Loading  State = iota // before the first rows are there, or while others than these are wanted
	Failed                // the rows could not be read: see Err
	Empty                 // the workspace has no establishment
	NoResult              // the search or the filters leave nothing
	Ready
)

// Account is an enabled directory account as the list names it.
type Account struct {
	ID   string
	Name string
}

// List is the presenter. Its methods and fields belong to the interface's goroutine.
type List struct {
	// OnChange is called after anything shown has changed.
	OnChange func(Change)
	// OnReport is called when an action has succeeded or failed.
	OnReport func(Report)

	p      Params
	ctx    context.Context
	cancel context.CancelFunc
	feed   *feed
	remove func()

	loaded   bool
	opened   chan *opening // the first rows, once; nil in it: none
	part     bool          // only the first rows are there, or all of them and not yet filtered
	total    int           // before loaded: rows that are not archived
	waiting  []func()      // until Whole: what acts on all rows
	slow     bool
	patience *time.Timer
	err      error
	accounts []Account
	slots    *slots
	bySlot   []*item
	all      []*item // every row, in the order of sorted; never changed in place, because a pass may be reading it
	sorted   Sort
	wanted   atomic.Pointer[Sort] // order of the last pass; read by the feed, which sorts before the window runs

	query   Query
	display Display
	room    int     // columns of accounts that fit the width
	visible []int32 // slots of the rows that pass the query, in order
	facets  Facets

	acting  bool    // an action on several establishments is running
	passing bool    // a pass is running
	again   bool    // another one is wanted after it
	during  []*item // rows that changed while it runs
	gone    []int32 // slots of those deleted while it runs
	loads   uint64  // number of whole readings taken over
	latest  uint64  // number of the newest request for a pass
	shown   uint64  // number of the request that visible answers

	selection selection
}

// Change says what a view must draw again.
type Change struct {
	// Rows are the ids of the rows whose content changed, when nothing else did.
	Rows []string
	// All is set when rows moved, appeared or disappeared, or the state, the columns or the counts changed.
	All bool
	// Selection is set when only the selection changed.
	Selection bool
}

// Report is the outcome of an action, for a toast.
type Report struct {
	Text    string
	Err     error
	UndoRun string // a run that can be undone, "" otherwise
}

// New makes a List that has read nothing yet; call Start.
func New(p Params) *List {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &List{p: p, ctx: ctx, cancel: cancel, slots: newSlots(), display: loadDisplay(p.Settings), room: 100, opened: make(chan *opening, 1)}
	l.sorted = l.display.Sort
	first := l.sorted
	l.wanted.Store(&first)
	l.feed = newFeed(l)
	return l
}

// patience is how long the first reading may take before the list says that it is loading.
const patience = 300 * time.Millisecond

// Start reads the rows for the first time, the first ones before the others, and follows the store from then on.
// Starting again does nothing.
func (l *List) Start() {
	if l.remove != nil {
		return
	}
	l.feed.begin()
	l.remove = l.p.Store.OnChange(l.feed.note)
	go func() {
		l.opened <- l.open()
		l.p.UI(l.takeOpening)
	}()
	l.patience = time.AfterFunc(patience, func() {
		l.p.UI(func() {
			if l.State() == Loading && l.ctx.Err() == nil {
				l.slow = true
				l.changed(Change{All: true})
			}
		})
	})
}

// Slow reports whether the first reading takes long enough to say so.
func (l *List) Slow() bool { return l.slow }

// Stop ends the following; the List is not used afterwards.
func (l *List) Stop() {
	l.cancel()
	if l.remove != nil {
		l.remove()
	}
	if l.patience != nil {
		l.patience.Stop()
	}
	l.feed.stop()
}

// Reload reads everything again, as after an error.
func (l *List) Reload() { l.feed.all() }

// State tells which face to show.
func (l *List) State() State {
	switch {
	case l.err != nil && !l.loaded:
		return Failed
	case !l.loaded && !l.part:
		return Loading
	case len(l.all) == 0:
		return Empty
	case len(l.visible) == 0:
		return NoResult
	}
	return Ready
}

// Err is why the rows could not be read.
func (l *List) Err() error { return l.err }

// Accounts lists the enabled accounts in the order of their creation.
func (l *List) Accounts() []Account { return l.accounts }

// Len is the number of visible rows.
func (l *List) Len() int { return len(l.visible) }

// Total is the number of rows without any filter; archived ones count only while they are shown.
func (l *List) Total() int {
	if !l.loaded {
		return l.total
	}
	if l.query.Archived {
		return len(l.all)
	}
	return len(l.all) - l.facets.Archived
}

// ID gives the id of a visible row, "" outside.
func (l *List) ID(i int) string {
	if i < 0 || i >= len(l.visible) {
		return ""
	}
	return l.bySlot[l.visible[i]].row.ID
}

// Index gives the visible position of an establishment, -1 when it is not visible.
func (l *List) Index(id string) int {
	slot, ok := l.slots.find(id)
	if !ok {
		return -1
	}
	return l.position(slot)
}

func (l *List) position(slot int32) int {
	for i, s := range l.visible {
		if s == slot {
			return i
		}
	}
	return -1
}

// AutoSync reports whether a row of the list has auto-sync on.
func (l *List) AutoSync(id string) bool {
	it := l.find(id)
	return it != nil && it.row.AutoSync
}

func (l *List) find(id string) *item {
	slot, ok := l.slots.find(id)
	if !ok || int(slot) >= len(l.bySlot) {
		return nil
	}
	return l.bySlot[slot]
}

func (l *List) changed(c Change) {
	if l.OnChange != nil {
		l.OnChange(c)
	}
}

func (l *List) report(r Report) {
	if r.Err != nil {
		l.p.Log.Error("establishments list", "error", r.Err)
	}
	if l.OnReport != nil {
		l.OnReport(r)
	}
}

// enabled gives the accounts that the list shows.
func enabled(accounts []*storage.Account, kinds directory.Kinds) []Account {
	var out []Account
	for _, a := range accounts {
		if a.Enabled && a.IsDirectory() {
			out = append(out, Account{ID: a.ID, Name: say.Account(a, kinds)})
		}
	}
	return out
}
