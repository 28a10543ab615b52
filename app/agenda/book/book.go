package book

import (
	"context"
	stdsync "sync"
	"time"

	"diapason/app/elsewhere"
	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/recurrence"
)

// Service is what the book asks of the agenda.
type Service interface {
	Occurrences(ctx context.Context, q agenda.Query) (agenda.Page, error)
	Save(ctx context.Context, r *storage.Reservation) (agenda.Change, error)
	Edit(ctx context.Context, id string, at storage.LocalTime, scope recurrence.Scope, change func(*recurrence.Draft)) (agenda.Change, error)
	Delete(ctx context.Context, id string, at storage.LocalTime, scope recurrence.Scope) (agenda.Change, error)
	Undo(ctx context.Context, c agenda.Change) error
	Links(ctx context.Context) ([]agenda.Link, error)
}

// Store is what the book reads.
type Store interface {
	View(ctx context.Context, f func(storage.Reader) error) error
	OnChange(f func(storage.Changes)) (remove func())
}

// Params are what a book needs.
type Params struct {
	Store   Store
	Service Service
	// Now gives the moment in the person's zone, in which everything is shown.
	Now        func() time.Time
	UI         func(func())
	Background func(func()) // nil: a new goroutine each
	// Later runs a function once after a delay, on a goroutine of its own; nil: the machine's timer.
	Later func(time.Duration, func())
	// Shown is called when there is something new to show, Done when an edit is kept and can be taken back, Undone when it
	// was, Failed when something could not be read or kept.
	Shown  func()
	Done   func(text string)
	Undone func()
	Failed func(err error)
}

// Filter leaves entries out.
type Filter struct {
	// Hidden are the types that are switched off.
	Hidden          map[string]bool
	EstablishmentID string // "": every place
	PersonID        string // "": everybody
	Text            string
}

// readDelay lets a burst of commits be shown as one.
const readDelay = 100 * time.Millisecond

// Book is what the screen knows.
type Book struct {
	p      Params
	period Period
	filter Filter

	names   Names
	items   []agenda.Item // of the period, those of hidden types too
	entries []*Entry
	byID    map[string]*Entry
	counts  map[string]int // of the period, by type
	ever    bool           // there is a reservation, of this period or another
	links   Links
	read    int // generation of the latest reading
	settled int // generation of what is shown
	unwatch func()
	last    *agenda.Change // the latest edit that can be taken back

	mu        stdsync.Mutex // guards what other goroutines share
	following bool
	moved     bool // the places may be others than names says
	scheduled bool
}

// New makes a book open at today's week; it reads nothing before Follow.
func New(p Params) *Book {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	if p.Later == nil {
		p.Later = elsewhere.Later
	}
	b := &Book{p: p, period: Period{View: Week, Day: storage.DateOf(p.Now())}, filter: Filter{Hidden: map[string]bool{}}}
	b.unwatch = p.Store.OnChange(b.changed)
	return b
}

// Close ends what the book follows.
func (b *Book) Close() { b.unwatch() }

// Follow reads now, and again whenever the agenda changes, until Rest.
func (b *Book) Follow() {
	b.mu.Lock()
	b.following = true
	b.mu.Unlock()
	b.Reload()
}

// Rest stops following.
func (b *Book) Rest() {
	b.mu.Lock()
	b.following = false
	b.mu.Unlock()
}

// changed is the store's listener; any goroutine.
func (b *Book) changed(c storage.Changes) {
	places := c.All || len(c.Establishments) > 0
	if !places && !c.Agenda && len(c.Reservations) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.moved = b.moved || places
	if !b.following || b.scheduled {
		return
	}
	b.scheduled = true
	b.p.Later(readDelay, func() {
		b.mu.Lock()
		b.scheduled = false
		b.mu.Unlock()
		b.p.UI(b.Reload)
	})
}

// Period gives the days shown.
func (b *Book) Period() Period { return b.period }

// Filter gives what is left out; it is not changed by its reader.
func (b *Book) Filter() Filter { return b.filter }

// Entries gives what is shown, in order of time.
func (b *Book) Entries() []*Entry { return b.entries }

// Entry gives a shown one by its ID, nil without it.
func (b *Book) Entry(id string) *Entry { return b.byID[id] }

// Names gives types, persons, resources and places.
func (b *Book) Names() *Names { return &b.names }

// Count gives how many occurrences of a type the period has, whether the type is switched on or not.
func (b *Book) Count(typeID string) int { return b.counts[typeID] }

// Ever reports whether there is any reservation at all.
func (b *Book) Ever() bool { return b.ever }

// Settled reports whether what is shown is the answer to the latest question.
func (b *Book) Settled() bool { return b.settled == b.read }

// Zone is the zone in which everything is shown.
func (b *Book) Zone() *time.Location { return b.p.Now().Location() }

// Turn shows other days, or the same ones in another view.
func (b *Book) Turn(p Period) {
	if p == b.period {
		return
	}
	b.period = p
	b.Reload()
}

// Today goes to the day of now.
func (b *Book) Today() { b.Turn(Period{b.period.View, storage.DateOf(b.p.Now())}) }

// SetFilter changes what is left out.
func (b *Book) SetFilter(f Filter) {
	b.filter = f
	b.Reload()
}

// Toggle switches a type off or on.
func (b *Book) Toggle(typeID string) {
	hidden := map[string]bool{}
	for id, off := range b.filter.Hidden {
		hidden[id] = off
	}
	hidden[typeID] = !hidden[typeID]
	f := b.filter
	f.Hidden = hidden
	b.SetFilter(f)
}

// reading is what one reading brings.
type reading struct {
	names   Names
	items   []agenda.Item // of hidden types too
	entries []*Entry
	counts  map[string]int
	ever    bool
	links   Links
}

// Links tells of the subscription links.
func (b *Book) Links() Links { return b.links }

// Reload reads what is shown again.
func (b *Book) Reload() {
	b.read++
	generation, period, filter, zone := b.read, b.period, b.filter, b.Zone()
	places := b.names.Places
	b.mu.Lock()
	if b.moved {
		places, b.moved = nil, false
	}
	b.mu.Unlock()
	b.p.Background(func() {
		got, err := b.gather(period, filter, zone, places)
		b.p.UI(func() {
			if generation != b.read {
				return
			}
			b.settled = generation
			if err != nil {
				b.p.Failed(err)
				return
			}
			b.names, b.items, b.entries = got.names, got.items, got.entries
			b.counts, b.ever, b.links = got.counts, got.ever, got.links
			b.byID = make(map[string]*Entry, len(b.entries))
			for _, e := range b.entries {
				b.byID[e.ID] = e
			}
			b.p.Shown()
		})
	})
}

func (b *Book) gather(period Period, filter Filter, zone *time.Location, places []Place) (reading, error) {
	var got reading
	ctx := context.Background()
	if err := got.names.read(ctx, b.p.Store, places); err != nil {
		return got, err
	}
	from, to := period.Span()
	q := agenda.Query{From: storage.LocalDay(from).In(zone), To: storage.LocalDay(to).In(zone), Text: filter.Text}
	if filter.EstablishmentID != "" {
		q.EstablishmentIDs = []string{filter.EstablishmentID}
	}
	if filter.PersonID != "" {
		q.PersonIDs = []string{filter.PersonID}
	}
	page, err := b.p.Service.Occurrences(ctx, q)
	if err != nil {
		return got, err
	}
	links, err := b.p.Service.Links(ctx)
	if err != nil {
		return got, err
	}
	got.links = linksOf(links)
	got.items, got.counts = page.Items, page.Counts
	got.ever = len(page.Items) > 0
	for i := range page.Items {
		it := &page.Items[i]
		if filter.Hidden[it.Reservation.TypeID] {
			continue
		}
		got.entries = append(got.entries, entryOf(it, &got.names, zone))
	}
	if !got.ever {
		err = b.p.Store.View(ctx, func(tx storage.Reader) error {
			n, err := tx.CountReservations()
			got.ever = n > 0
			return err
		})
	}
	return got, err
}
