package agenda

import (
	"context"
	"log/slog"
	stdsync "sync"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/feedserver"
)

// Secrets keeps the tokens of links, outside of the workspace's folder; storage/secrets has it.
type Secrets interface {
	Get(ctx context.Context, name string) (string, error)
	Set(ctx context.Context, name, value string) error
	Delete(ctx context.Context, name string) error
}

// Clock tells the time.
type Clock interface{ Now() time.Time }

// Params are what an agenda is made of.
type Params struct {
	Store   storage.Store
	Secrets Secrets
	Clock   Clock
	Log     *slog.Logger
	// Zone is the IANA name of the zone of new reservations, and of the day that feeds are rendered for.
	Zone string
	// Words gives the sentence of a key in a language ("fr", "en"), its placeholders filled from names and values.
	Words func(language, key string, args ...string) string
	// Language gives the one in which the starting set of types is named and new links speak.
	Language func() string
}

// Publisher puts feeds on the Internet (sync/agenda/publication): it is told what links show, and when an address must
// no longer be known.
type Publisher interface {
	// Changed tells the SHA-256, in hexadecimal, of what a link shows now: Body gives it already. It may be told again.
	Changed(ctx context.Context, linkID, hash string) error
	// Renew gives what is published of a link another address.
	Renew(ctx context.Context, linkID string) error
}

// Agenda is one workspace's.
type Agenda struct {
	p         Params
	zone      *time.Location
	publisher Publisher // nil: nothing is published

	shelf  *feedserver.Shelf
	server *feedserver.Server
	stale  chan struct{} // signalled when feeds may show something old

	outside *outside

	lifecycle stdsync.Mutex // held by Start, Stop and Configure
	cancel    context.CancelFunc
	working   stdsync.WaitGroup

	mu       stdsync.Mutex
	touched  touched
	refused  error                  // why the server does not answer
	rendered map[string]Rendered    // by link
	places   map[string]storage.Row // establishments that the feeds may name
}

// New makes the agenda of a workspace. Edits and questions need no Start.
func New(p Params) *Agenda {
	zone, err := storage.Zone(p.Zone)
	if err != nil {
		p.Zone, zone = "UTC", time.UTC
	}
	a := &Agenda{
		p: p, zone: zone, shelf: feedserver.NewShelf(), stale: make(chan struct{}, 1), rendered: map[string]Rendered{},
		outside: newOutside(),
	}
	a.server = feedserver.New(feedserver.Params{Source: a.shelf, Clock: p.Clock, Log: p.Log})
	return a
}

// PublishTo has feeds published from the next Start on. It is called once, by composition.
func (a *Agenda) PublishTo(p Publisher) { a.publisher = p }

// Zone gives the zone of new reservations.
func (a *Agenda) Zone() *time.Location { return a.zone }

// now is the present moment, to the second: files tell no less.
func (a *Agenda) now() time.Time { return a.p.Clock.Now().UTC().Truncate(time.Second) }
