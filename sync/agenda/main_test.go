package agenda_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	stdsync "sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/secrets"
	"diapason/storage/storagetest"
	"diapason/sync/agenda"
	"diapason/sync/agenda/recurrence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come before it gives up.
const patience = time.Minute

// clock is set by the test.
type clock struct {
	mu  stdsync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// rig is an agenda on a real workspace, on 2 March 2026 in Paris.
type rig struct {
	testing.TB
	*agenda.Agenda
	ctx   context.Context
	dir   string
	keys  string
	store *bolt.Store
	clock *clock
	owner *storage.Person
	room  *storage.Resource
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{
		TB: t, ctx: context.Background(), dir: t.TempDir(), keys: t.TempDir(),
		clock: &clock{now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)},
	}
	r.open()
	t.Cleanup(func() {
		r.Stop()
		storagetest.Verify(t, r.store)
		if err := r.store.Close(); err != nil {
			t.Error(err)
		}
	})
	r.must(r.Prepare(r.ctx))
	r.owner = &storage.Person{Name: "Camille Exemple", Email: "camille@example.com", Staff: true}
	r.must(r.SavePerson(r.ctx, r.owner))
	r.room = &storage.Resource{Name: "Salle Ravel"}
	r.must(r.SaveResource(r.ctx, r.room))
	return r
}

// open opens the workspace, as a start of the program does.
func (r *rig) open() {
	r.Helper()
	store, err := bolt.Open(r.ctx, bolt.Params{Dir: r.dir, Now: r.clock.Now})
	r.must(err)
	kept, err := secrets.Open(secrets.Params{Workspace: r.dir, KeyDir: r.keys})
	r.must(err)
	r.store = store
	r.Agenda = agenda.New(agenda.Params{
		Store: store, Secrets: kept, Clock: r.clock, Log: slog.New(slog.DiscardHandler), Zone: "Europe/Paris",
		Words:    func(language, key string, args ...string) string { return said(language, key, args) },
		Language: func() string { return "fr" },
	})
}

// restart ends the program and starts it again.
func (r *rig) restart() {
	r.Helper()
	r.Stop()
	r.must(r.store.Close())
	r.open()
	r.must(r.Start(r.ctx))
}

// said stands for the translations: the language, the key and the values.
func said(language, key string, args []string) string {
	text := language + ":" + key
	for i := 1; i < len(args); i += 2 {
		text += " " + args[i]
	}
	return text
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// reservation makes an hour of rehearsal that is not kept yet.
func (r *rig) reservation(title, start string) *storage.Reservation {
	res := &storage.Reservation{
		TypeID: "rehearsal", Details: storage.Details{Title: title}, Start: local(start), Zone: "Europe/Paris",
	}
	res.End = res.Start.Add(time.Hour)
	if res.Start.IsDay() {
		res.End = res.Start.AddDays(1)
	}
	return res
}

func (r *rig) save(res *storage.Reservation) *storage.Reservation {
	r.Helper()
	_, err := r.Save(r.ctx, res)
	r.must(err)
	return res
}

func (r *rig) edit(id, at string, scope recurrence.Scope, f func(*recurrence.Draft)) agenda.Change {
	r.Helper()
	c, err := r.Edit(r.ctx, id, local(at), scope, f)
	r.must(err)
	return c
}

// kept reads a reservation.
func (r *rig) kept(id string) (res *storage.Reservation) {
	r.Helper()
	r.must(r.store.View(r.ctx, func(tx storage.Reader) (err error) {
		res, err = tx.Reservation(id)
		return err
	}))
	return res
}

func (r *rig) journal(id string) (all []*storage.JournalEntry) {
	r.Helper()
	r.must(r.store.View(r.ctx, func(tx storage.Reader) (err error) {
		all, err = tx.Journal(storage.JournalQuery{ReservationID: id})
		return err
	}))
	return all
}

// link makes a link that tells all.
func (r *rig) link(label string) *storage.FeedLink {
	r.Helper()
	l := r.Draft(r.owner.ID)
	l.Label, l.Detail = label, storage.FeedFull
	r.must(r.AddLink(r.ctx, l))
	return l
}

// answer is what a client got.
type answer struct {
	status int
	header http.Header
	body   string
}

// get reads a link over its loopback address, as a client does.
func (r *rig) get(l *storage.FeedLink, header ...string) answer {
	r.Helper()
	u, err := r.URLs(r.ctx, l.ID)
	r.must(err)
	return r.fetch(u.Loopback, header...)
}

// fetch reads an address; an answer that has not been rendered yet is waited for, as a client comes again.
func (r *rig) fetch(address string, header ...string) answer {
	r.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for end := time.Now().Add(patience); ; {
		req, err := http.NewRequestWithContext(r.ctx, http.MethodGet, address, nil)
		r.must(err)
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		res, err := client.Do(req)
		if err != nil {
			if time.Now().After(end) {
				r.Fatal(err)
			}
			time.Sleep(time.Millisecond) // between two looks, until it is there
			continue
		}
		body, err := io.ReadAll(res.Body)
		r.must(err)
		r.must(res.Body.Close())
		return answer{res.StatusCode, res.Header, string(body)}
	}
}

// until reads a link until it answers as wanted.
func (r *rig) until(l *storage.FeedLink, wanted func(answer) bool) answer {
	r.Helper()
	for end := time.Now().Add(patience); ; {
		a := r.get(l)
		if wanted(a) {
			return a
		}
		if time.Now().After(end) {
			r.Fatalf("the feed never showed it:\n%d\n%s", a.status, a.body)
		}
		time.Sleep(time.Millisecond) // between two looks, until it is there
	}
}

func local(s string) storage.LocalTime {
	l, err := storage.ParseLocalTime(s)
	if err != nil {
		panic(err)
	}
	return l
}
