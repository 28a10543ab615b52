package sharing

import (
	"bytes"
	"context"
	"log/slog"
	"net/netip"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"diapason/app/apptest"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/secrets"
	"diapason/sync/agenda"
)

var paris, _ = time.LoadLocation("Europe/Paris")

var now = time.Date(2026, 11, 19, 9, 45, 0, 0, paris)

type clock struct{}

func (clock) Now() time.Time { return now }

// host records what the panel asks of the window.
type host struct {
	toasts   []string
	failures []error
}

func (h *host) Toast(text, _ string, _ func()) { h.toasts = append(h.toasts, text) }
func (h *host) Failure(err error)              { h.failures = append(h.failures, err) }
func (h *host) OpenURL(string)                 {}
func (h *host) Copy(string)                    {}

// bench is a board over a real workspace whose agenda does not serve, with a queue in the place of the interface's
// goroutine.
type bench struct {
	*board
	t      *testing.T
	queue  apptest.Queue
	agenda *agenda.Agenda
	host   *host
}

func open(t *testing.T) *bench {
	t.Helper()
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
	store := apptest.Store(t)
	kept, err := secrets.Open(secrets.Params{Workspace: t.TempDir(), KeyDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, queue: apptest.NewQueue(), host: &host{}}
	b.agenda = agenda.New(agenda.Params{
		Store: store, Secrets: kept, Clock: clock{}, Log: slog.New(slog.DiscardHandler), Zone: "Europe/Paris", Words: words.In,
		Language: words.Lang,
	})
	if err := b.agenda.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.agenda.SavePerson(t.Context(), &storage.Person{ID: "camille", Name: "Camille Exemple"}); err != nil {
		t.Fatal(err)
	}
	for typeID, title := range map[string]string{"rehearsal": "Chorale", "meeting": "Visite", "stay": "Chambre 12"} {
		r := &storage.Reservation{TypeID: typeID, Zone: "Europe/Paris", Start: storage.LocalOf(now), End: storage.LocalOf(now.Add(time.Hour))}
		r.Title = title
		if _, err := b.agenda.Save(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	var going stdsync.WaitGroup // what reads and writes the workspace, which goes away with the test
	b.board = newBoard(Params{
		Store: store, Service: b.agenda, Host: b.host, Now: func() time.Time { return now }, UI: b.queue.UI,
		Background: going.Go, Later: func(_ time.Duration, f func()) { going.Go(f) },
		LAN:   func() ([]netip.Addr, error) { return []netip.Addr{netip.MustParseAddr("192.0.2.7")}, nil },
		shown: func() {},
	})
	t.Cleanup(func() { b.follow(false); b.unwatch(); going.Wait() })
	b.follow(true)
	b.until("the first reading", func() bool { return b.ready })
	return b
}

func (b *bench) until(what string, holds func() bool) {
	b.t.Helper()
	b.queue.Until(b.t, what, holds, func() string {
		if len(b.host.failures) > 0 {
			return b.host.failures[0].Error()
		}
		return ""
	})
}

// kept gives the link as it is kept.
func (b *bench) kept() *storage.FeedLink {
	b.t.Helper()
	all, err := b.agenda.Links(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	if len(all) == 0 {
		return nil
	}
	return all[0].FeedLink
}

func (b *bench) made() {
	b.t.Helper()
	done := false
	b.create(func(err error) {
		if err != nil {
			b.t.Error(err)
		}
		done = true
	})
	b.until("the link", func() bool { return done && b.draft.ID != "" && b.urls.Loopback != "" })
}

func TestNewLinkBelongsToTheOnlyPersonAndShowsEverything(t *testing.T) {
	b := open(t)
	if b.draft.ID != "" || b.draft.OwnerID != "camille" || len(b.persons) != 1 {
		t.Fatalf("begins with %+v, %d persons", b.draft, len(b.persons))
	}
	if b.preview.shown != 3 || b.preview.counts["stay"] != 1 || len(b.preview.next) != 3 {
		t.Errorf("preview %+v", b.preview)
	}
	b.made()
	if l := b.kept(); l == nil || l.OwnerID != "camille" || len(l.TypeIDs) > 0 {
		t.Errorf("kept %+v", l)
	}
	if !strings.HasPrefix(b.address(), "http://") || !strings.HasSuffix(b.address(), ".ics") {
		t.Errorf("the address is %q", b.address())
	}
}

func TestLinkShowsTheTickedTypesOnly(t *testing.T) {
	b := open(t)
	for _, typeID := range []string{"event", "teaching", "room", "stay"} {
		if !b.toggle(typeID, false) {
			t.Fatalf("%s cannot be left out", typeID)
		}
	}
	b.until("the preview", func() bool { return b.preview.shown == 2 })
	b.made()
	var feed bytes.Buffer
	if _, err := b.agenda.Render(t.Context(), b.draft.ID, &feed); err != nil {
		t.Fatal(err)
	}
	if text := feed.String(); !strings.Contains(text, "Chorale") || !strings.Contains(text, "Visite") || strings.Contains(text, "Chambre 12") {
		t.Errorf("the feed shows other types than those ticked:\n%s", text)
	}
	if b.toggle("rehearsal", false); !b.shows("meeting") || b.shows("rehearsal") {
		t.Errorf("types %v", b.draft.TypeIDs)
	}
	if b.toggle("meeting", false) {
		t.Error("a link without types")
	}
	b.until("what was changed is kept", func() bool { return len(b.kept().TypeIDs) == 1 })
	for _, kind := range b.types {
		b.toggle(kind.ID, true)
	}
	b.until("all types are said by none", func() bool { return len(b.kept().TypeIDs) == 0 })
}

func TestLocalNetworkIsAnsweredOnceItIsAskedFor(t *testing.T) {
	b := open(t)
	b.made()
	if b.urls.LAN != "" {
		t.Fatal("the local network is answered by itself")
	}
	b.setReach(Network)
	b.until("the network's address", func() bool { return strings.HasPrefix(b.address(), "http://192.0.2.7:") })
	b.leaveNetwork()
	b.until("the network is left", func() bool { return !b.lan && b.urls.LAN == "" && b.reach == Computer })
}

func TestNetworkThatIsNotThereIsToldInWords(t *testing.T) {
	b := open(t)
	b.made()
	b.p.LAN = func() ([]netip.Addr, error) { return nil, storage.NewProblem("sharing.noNetwork") }
	b.setReach(Network)
	b.until("the refusal", func() bool { return len(b.host.failures) == 1 && b.reach == Computer })
}

func TestRevokedLinkLeavesThePanelForTheNextOne(t *testing.T) {
	b := open(t)
	b.made()
	first := b.draft.ID
	b.begin("camille")
	b.until("a new draft", func() bool { return b.draft.ID == "" && b.adding })
	b.made()
	second := b.draft.ID
	if second == first {
		t.Fatal("no second link was made")
	}
	b.until("both links", func() bool { return len(b.working()) == 2 })
	other := b.address()
	b.open(first)
	b.until("the first again", func() bool { return b.draft.ID == first && b.address() != other && b.address() != "" })
	before := b.address()
	b.do(func(ctx context.Context) error { return b.agenda.RegenerateLink(ctx, first) }, nil)
	b.until("another address", func() bool { return b.doing == 0 && b.address() != before && b.address() != "" })
	b.do(func(ctx context.Context) error { return b.agenda.RevokeLink(ctx, first) }, nil)
	b.until("the other link", func() bool { return b.draft.ID == second && len(b.working()) == 1 })
}
