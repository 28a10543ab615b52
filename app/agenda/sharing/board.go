package sharing

import (
	"context"
	"net/netip"
	"slices"
	stdsync "sync"
	"time"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/feedserver"
)

// Service is what the panel asks of the agenda.
type Service interface {
	Draft(ownerID string) *storage.FeedLink
	Links(ctx context.Context) ([]agenda.Link, error)
	AddLink(ctx context.Context, l *storage.FeedLink) error
	ChangeLink(ctx context.Context, l *storage.FeedLink) error
	RegenerateLink(ctx context.Context, id string) error
	RevokeLink(ctx context.Context, id string) error
	URLs(ctx context.Context, id string) (agenda.URLs, error)
	Occurrences(ctx context.Context, q agenda.Query) (agenda.Page, error)
	Test(ctx context.Context, id string) (agenda.Diagnosis, error)
	Serving() agenda.Serving
	Configuration(ctx context.Context) (agenda.Configuration, error)
	Configure(ctx context.Context, c agenda.Configuration) error
}

// Store is what the panel reads.
type Store interface {
	View(ctx context.Context, f func(storage.Reader) error) error
	OnChange(f func(storage.Changes)) (remove func())
}

// Reach is from where a link can be read. Its words are the translation keys "sharing.reach." + Reach.
type Reach string

// The reaches.
const (
	Computer Reach = "computer"
	Network  Reach = "network"
	Internet Reach = "internet"
)

// known is what one reading brings.
type known struct {
	types     []*storage.ReservationType
	persons   []*storage.Person
	resources []*storage.Resource
	places    []storage.Row // that reservations can be at, as many as are offered
	links     []agenda.Link
	serving   agenda.Serving
	spaces    []*storage.Account // where the agenda can be published
	lan       bool               // « Réseau local » is on
	urls      agenda.URLs
	lost      error // why the address of the link shown is not known
	preview   preview
}

// board is what the panel knows.
type board struct {
	p Params

	known
	// draft is the link on the panel: a copy of the one chosen, or a new one without ID.
	draft   *storage.FeedLink
	adding  bool // a new link is being made although there are others
	reach   Reach
	chosen  bool   // the reach is the one that was pressed, for the link on the panel
	spaceID string // the account chosen for the Internet; "": none was
	// unwritten is the link as it was changed while writing, nil mostly.
	unwritten *storage.FeedLink
	writing   bool

	read    int // generation of the latest reading
	doing   int // what was asked of the agenda and is not done
	ready   bool
	unwatch func()

	mu        stdsync.Mutex // guards what other goroutines share
	following bool
	scheduled bool
}

// readDelay lets a burst of commits be shown as one.
const readDelay = 150 * time.Millisecond

// mostPlaces is how many establishments are offered.
const mostPlaces = 500

func newBoard(p Params) *board {
	b := &board{p: p, reach: Computer}
	b.unwatch = p.Store.OnChange(b.changed)
	return b
}

// changed is the store's listener; any goroutine.
func (b *board) changed(c storage.Changes) {
	if !c.All && !c.Agenda && !c.Settings && !c.Accounts && len(c.Reservations) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.following || b.scheduled {
		return
	}
	b.scheduled = true
	b.p.Later(readDelay, func() {
		b.mu.Lock()
		b.scheduled = false
		b.mu.Unlock()
		b.p.UI(b.reload)
	})
}

func (b *board) follow(on bool) {
	b.mu.Lock()
	b.following = on
	b.mu.Unlock()
	if on {
		b.reload()
	}
}

// reload reads everything that the panel shows.
func (b *board) reload() {
	b.read++
	generation := b.read
	var draft *storage.FeedLink
	if b.draft != nil {
		draft = b.draft.Clone()
	}
	adding := b.adding
	b.p.Background(func() {
		k, shown, err := b.gather(draft, adding)
		b.p.UI(func() {
			if generation != b.read {
				return
			}
			if err != nil {
				b.p.Host.Failure(err)
				return
			}
			if b.draft != nil && b.draft.ID == shown.ID && (shown.ID == "" || b.writing) {
				shown = b.draft // changed meanwhile
			}
			b.known, b.draft, b.ready = k, shown, true
			if !b.chosen && shown.ID != "" {
				b.reach, b.chosen = b.furthest(), true
			}
			if b.doing > 0 {
				b.p.shown()
				return // the reach that was chosen may be on its way
			}
			if b.reach == Network && !k.lan || b.reach == Internet && k.urls.Public == "" && !b.publishes() {
				b.reach = Computer
			}
			b.p.shown()
		})
	})
}

// gather reads, and decides which link is shown: the one that was, else the newest that works, else a new one.
func (b *board) gather(draft *storage.FeedLink, adding bool) (known, *storage.FeedLink, error) {
	ctx := context.Background()
	var k known
	var err error
	if k.links, err = b.p.Service.Links(ctx); err != nil {
		return k, nil, err
	}
	if err = b.p.Store.View(ctx, k.names); err != nil {
		return k, nil, err
	}
	shown := b.choose(&k, draft, adding)
	k.serving = b.p.Service.Serving()
	c, err := b.p.Service.Configuration(ctx)
	if err != nil {
		return k, nil, err
	}
	k.lan = len(c.LAN) > 0
	if shown.ID != "" {
		k.urls, k.lost = b.p.Service.URLs(ctx, shown.ID)
	}
	for _, l := range k.links {
		if l.ID == shown.ID {
			k.preview.Rendered = l.Rendered
		}
	}
	return k, shown, k.preview.read(ctx, b.p.Service, shown, b.p.Now())
}

func (k *known) names(tx storage.Reader) (err error) {
	if k.types, err = tx.ReservationTypes(); err != nil {
		return err
	}
	if k.persons, err = tx.Persons(); err != nil {
		return err
	}
	k.persons = slices.DeleteFunc(k.persons, func(p *storage.Person) bool { return p.Administrator })
	if k.resources, err = tx.Resources(); err != nil {
		return err
	}
	if k.spaces, err = spacesOf(tx); err != nil {
		return err
	}
	k.places, err = tx.Rows("", mostPlaces)
	return err
}

func (b *board) choose(k *known, draft *storage.FeedLink, adding bool) *storage.FeedLink {
	var newest *storage.FeedLink
	for _, l := range k.links {
		if l.RevokedAt.IsZero() {
			if draft != nil && l.ID == draft.ID {
				return l.FeedLink.Clone()
			}
			if newest == nil {
				newest = l.FeedLink.Clone()
			}
		}
	}
	switch {
	case draft != nil && draft.ID == "" && (adding || newest == nil):
		return draft
	case newest != nil && !adding:
		return newest
	}
	owner := ""
	if len(k.persons) == 1 {
		owner = k.persons[0].ID
	}
	return b.p.Service.Draft(owner)
}

// working lists the links that work.
func (b *board) working() []agenda.Link {
	var all []agenda.Link
	for _, l := range b.links {
		if l.RevokedAt.IsZero() {
			all = append(all, l)
		}
	}
	return all
}

// current is the link on the panel as it is kept, nil for a new one.
func (b *board) current() *agenda.Link {
	for i := range b.links {
		if b.draft != nil && b.links[i].ID == b.draft.ID {
			return &b.links[i]
		}
	}
	return nil
}

// open shows another link.
func (b *board) open(id string) {
	for _, l := range b.links {
		if l.ID == id {
			b.draft, b.adding, b.chosen = l.FeedLink.Clone(), false, false
			b.reload()
			return
		}
	}
}

// begin starts another link.
func (b *board) begin(owner string) {
	b.draft, b.adding = b.p.Service.Draft(owner), true
	b.reload()
}

// shows reports whether the link shows a type.
func (b *board) shows(typeID string) bool {
	return len(b.draft.TypeIDs) == 0 || slices.Contains(b.draft.TypeIDs, typeID)
}

// toggle adds or removes a type; the last one cannot be removed, which it reports. All of them are said by none, so that
// a type that is made later is shown too.
func (b *board) toggle(typeID string, on bool) bool {
	var now []string
	for _, t := range b.types {
		if t.ID == typeID && on || t.ID != typeID && b.shows(t.ID) {
			now = append(now, t.ID)
		}
	}
	if len(now) == 0 {
		return false
	}
	if len(now) == len(b.types) {
		now = nil
	}
	b.change(func(l *storage.FeedLink) { l.TypeIDs = now })
	return true
}

// change changes the link on the panel: one that exists at once, a new one when it is created.
func (b *board) change(f func(*storage.FeedLink)) {
	now := b.draft.Clone()
	f(now)
	b.draft = now
	if now.ID == "" {
		b.reload()
		return
	}
	b.unwritten = now
	if !b.writing {
		b.write()
	}
}

// write keeps the link as it was last changed: one writing after the other, so that the last one stays.
func (b *board) write() {
	kept := b.unwritten.Clone()
	b.unwritten, b.writing = nil, true
	b.p.Background(func() {
		err := b.p.Service.ChangeLink(context.Background(), kept)
		b.p.UI(func() {
			b.writing = false
			switch {
			case err != nil:
				b.unwritten = nil
				b.p.Host.Failure(err)
			case b.unwritten != nil:
				b.write()
				return
			}
			b.reload()
		})
	})
}

// person gives somebody's name.
func (b *board) person(id string) string {
	for _, p := range b.persons {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}

// create keeps the new link, under its owner's name when it has none of its own. after is told how it ended.
func (b *board) create(after func(error)) {
	fresh := b.draft.Clone()
	if fresh.Label == "" {
		fresh.Label = words.T("sharing.of", "name", b.person(fresh.OwnerID))
	}
	b.p.Background(func() {
		err := b.p.Service.AddLink(context.Background(), fresh)
		b.p.UI(func() {
			if err == nil {
				b.draft, b.adding = fresh, false
				b.reload()
			}
			after(err)
		})
	})
}

// do asks something of the agenda and reads again; done, which may be nil, is called when it went well.
func (b *board) do(work func(ctx context.Context) error, done func()) {
	b.read++ // what is being read is of before
	b.doing++
	b.p.Background(func() {
		err := work(context.Background())
		b.p.UI(func() {
			b.doing--
			if err != nil {
				b.p.Host.Failure(err)
			} else if done != nil {
				done()
			}
			b.reload()
		})
	})
}

// setReach chooses from where the link is read. The local network is answered from then on, when it was not.
func (b *board) setReach(r Reach) {
	b.reach, b.chosen = r, true
	if r != Network || b.lan {
		b.p.shown()
		return
	}
	b.do(func(ctx context.Context) error { return b.answer(ctx, b.p.LAN) }, nil)
}

// furthest is the widest reach that the link on the panel has already: what is said of it first.
func (b *board) furthest() Reach {
	if link := b.current(); link != nil && b.publishes() {
		for _, p := range link.Publications {
			if !p.Leaving {
				return Internet
			}
		}
	}
	if b.lan {
		return Network
	}
	return Computer
}

// leaveNetwork stops answering the local network.
func (b *board) leaveNetwork() {
	b.do(func(ctx context.Context) error {
		return b.answer(ctx, func() ([]netip.Addr, error) { return nil, nil })
	}, nil)
}

func (b *board) answer(ctx context.Context, addresses func() ([]netip.Addr, error)) error {
	c, err := b.p.Service.Configuration(ctx)
	if err != nil {
		return err
	}
	if c.LAN, err = addresses(); err != nil {
		return err
	}
	return b.p.Service.Configure(ctx, c)
}

// firstLAN gives the likeliest address of the local network; none is a problem in words.
func firstLAN() ([]netip.Addr, error) {
	all, err := feedserver.LANAddresses()
	if err != nil || len(all) == 0 {
		return nil, storage.NewProblem("sharing.noNetwork").Because(err)
	}
	return []netip.Addr{all[0].Addr}, nil
}

// address is the link for the reach that is chosen, "" when it has none.
func (b *board) address() string {
	switch b.reach {
	case Network:
		return b.urls.LAN
	case Internet:
		return b.publicAddress()
	}
	return b.urls.Loopback
}
