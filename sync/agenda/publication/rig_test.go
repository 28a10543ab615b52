package publication_test

import (
	"context"
	"errors"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/agenda/feedserver"
	"diapason/sync/agenda/publication"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/agenda/publication/webdav"
)

func TestMain(m *testing.M) {
	publicationtest.ServeSFTP()
	goleak.VerifyTestMain(m)
}

// rig is an engine that carries publications to a space, with feeds that the test writes.
type rig struct {
	*testing.T
	dir, keys string
	store     *bolt.Store
	secrets   secrets.Store
	space     *space
	kind      publication.Kind
	office    *publication.Office
	engine    *sync.Engine
	account   string
	feeds     publication.Feeds
	ahead     time.Duration // of the clock, from the next compose on
	mu        stdsync.Mutex
	bodies    map[string]string
	taken     func() // called once, when a body was taken to be sent
}

// late is a clock that was set ahead of the machine's.
type late time.Duration

func (l late) Now() time.Time { return sync.WallClock{}.Now().Add(time.Duration(l)) }

// unrendered is the body of a link that the agenda has not come to since its start.
const unrendered = "unrendered"

// Body is the rig's part of the agenda.
func (r *rig) Body(_ context.Context, linkID string) (*feedserver.Body, error) {
	r.mu.Lock()
	body, there := r.bodies[linkID]
	taken := r.taken
	r.taken = nil
	r.mu.Unlock()
	if taken != nil {
		taken()
	}
	if there {
		if body == unrendered {
			return nil, nil
		}
		return &feedserver.Body{Plain: []byte(body)}, nil
	}
	return nil, errors.New("no such feed")
}

// newRig is called inside a synctest bubble.
func newRig(t *testing.T) *rig {
	t.Helper()
	r := newRigOf(t, publication.Kind{})
	a := &storage.Account{Kind: webdav.ID, Name: "Nuage", Settings: map[string]string{publication.SettingURL: "http://nuage", publication.SettingUser: "moi"}}
	if err := r.engine.AddAccountWith(t.Context(), a, map[string]string{publication.SecretPassword: "lune"}); err != nil {
		t.Fatal(err)
	}
	r.account = a.ID
	return r
}

// newRigOf is an engine without any account that knows one kind of target; without one, the space.
func newRigOf(t *testing.T, kind publication.Kind) *rig {
	t.Helper()
	r := &rig{T: t, dir: t.TempDir(), keys: t.TempDir(), space: newSpace(), bodies: map[string]string{}, kind: kind}
	if kind.ID == "" {
		r.kind = webdav.KindOver(r.space)
	}
	r.open()
	t.Cleanup(r.close)
	return r
}

func (r *rig) open() {
	r.Helper()
	var err error
	if r.store, err = bolt.Open(context.Background(), bolt.Params{Dir: r.dir}); err != nil {
		r.Fatal(err)
	}
	if r.secrets, err = secrets.Open(secrets.Params{Workspace: r.dir, KeyDir: r.keys}); err != nil {
		r.Fatal(err)
	}
	r.compose(0)
}

// compose starts an engine that carries what the rig's feeds show, by default those that the test writes.
func (r *rig) compose(delay time.Duration) {
	r.Helper()
	if r.feeds == nil {
		r.feeds = r
	}
	r.office = publication.NewOffice(publication.OfficeParams{Store: r.store, Feeds: r.feeds, Clock: late(r.ahead), Delay: delay})
	kind := r.kind
	r.engine = sync.New(sync.Params{
		Store: r.store, Secrets: r.secrets, Clock: late(r.ahead),
		Couriers: []sync.CourierKind{{
			ID: kind.ID, Settings: kind.Settings,
			Open: func(a *storage.Account, values map[string]string) (sync.Courier, error) {
				return r.office.Open(kind, a, values)
			},
		}},
	})
	if err := r.engine.Start(context.Background()); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) close() {
	r.Helper()
	r.engine.Stop()
	broken, err := r.store.Verify(context.Background())
	if err != nil || len(broken) > 0 {
		r.Errorf("workspace after the test: %v %v", broken, err)
	}
	if err := r.store.Close(); err != nil {
		r.Error(err)
	}
}

// link makes a feed link with a body.
func (r *rig) link(label, body string) string {
	r.Helper()
	l := &storage.FeedLink{
		Label: label, Detail: storage.FeedTitle, Language: "fr", MonthsBack: 1, MonthsAhead: 12,
		TokenHash: publication.Hash([]byte(label)), CreatedAt: time.Now(),
	}
	err := r.store.Update(r.Context(), func(w storage.Writer) error {
		p := &storage.Person{Name: "Camille " + label}
		if err := w.PutPerson(p); err != nil {
			return err
		}
		l.OwnerID = p.ID
		return w.PutFeedLink(l)
	})
	if err != nil {
		r.Fatal(err)
	}
	r.bodies[l.ID] = body
	return l.ID
}

// write gives a link a new body, as an edit of the agenda does.
func (r *rig) write(link, body string) {
	r.Helper()
	r.mu.Lock()
	r.bodies[link] = body
	r.mu.Unlock()
	if err := r.office.Changed(r.Context(), link, publication.Hash([]byte(body))); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) publish(link string) *storage.Publication {
	r.Helper()
	p, err := r.office.Publish(r.Context(), link, r.account)
	if err != nil {
		r.Fatal(err)
	}
	return p
}

// after lets virtual time pass and gives the publication as it is then; nil when it is gone.
func (r *rig) after(d time.Duration, link string) *storage.Publication {
	r.Helper()
	time.Sleep(d)
	synctest.Wait()
	var p *storage.Publication
	err := r.store.View(r.Context(), func(tx storage.Reader) (err error) {
		p, err = tx.Publication(link, r.account)
		return err
	})
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		r.Fatal(err)
	}
	return p
}

func (r *rig) pause() *storage.Problem {
	r.Helper()
	var a *storage.Account
	err := r.store.View(r.Context(), func(tx storage.Reader) (err error) {
		a, err = tx.Account(r.account)
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return a.Pause
}

// wantState checks a publication: its state, and the code of its problem.
func (r *rig) wantState(p *storage.Publication, state storage.OpState, problem string) {
	r.Helper()
	got := ""
	if p.Problem != nil {
		got = p.Problem.Code
	}
	if p.State != state || got != problem {
		r.Errorf("publication is %q with %q, want %q with %q", p.State, got, state, problem)
	}
}

func (r *rig) wantFiles(want map[string]string) {
	r.Helper()
	if d := cmp.Diff(want, r.space.files(r.T)); d != "" {
		r.Errorf("in the space: %s", d)
	}
}

func (r *rig) accountNow() *storage.Account {
	r.Helper()
	var a *storage.Account
	err := r.store.View(r.Context(), func(tx storage.Reader) (err error) {
		a, err = tx.Account(r.account)
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return a
}
