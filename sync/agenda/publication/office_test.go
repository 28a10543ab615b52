package publication_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
	stdsync "sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	davserver "golang.org/x/net/webdav"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/agenda/feedserver"
	"diapason/sync/agenda/publication"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/agenda/publication/webdav"
	"diapason/sync/sandbox"
)

func TestMain(m *testing.M) {
	publicationtest.ServeSFTP()
	goleak.VerifyTestMain(m)
}

// space is a WebDAV server in memory that can be made to fail.
type space struct {
	dav  *davserver.Handler
	mu   stdsync.Mutex
	fail func(w http.ResponseWriter, r *http.Request) bool // true: it answered itself
	away bool
	puts int
	all  int
}

func newSpace() *space {
	return &space{dav: &davserver.Handler{FileSystem: davserver.NewMemFS(), LockSystem: davserver.NewMemLS()}}
}

// RoundTrip is the network: a server that is away refuses connections.
func (s *space) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	away := s.away
	s.mu.Unlock()
	if away {
		return nil, fmt.Errorf("dial: %w", syscall.ECONNREFUSED)
	}
	return sandbox.Transport{Handler: s}.RoundTrip(r)
}

func (s *space) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.all++
	if r.Method == http.MethodPut {
		s.puts++
	}
	fail := s.fail
	s.mu.Unlock()
	if _, password, _ := r.BasicAuth(); password != "lune" {
		w.Header().Set("WWW-Authenticate", "Basic")
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if fail != nil && fail(w, r) {
		return
	}
	s.dav.ServeHTTP(w, r)
}

func (s *space) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *space) counts() (puts, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.puts, s.all
}

// files gives what stands in the space, by name.
func (s *space) files(t *testing.T) map[string]string {
	t.Helper()
	dir, err := s.dav.FileSystem.OpenFile(t.Context(), "/", os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	list, err := dir.Readdir(-1)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, i := range list {
		f, err := s.dav.FileSystem.OpenFile(t.Context(), path.Join("/", i.Name()), os.O_RDONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		all[i.Name()] = string(body)
	}
	return all
}

// answer makes the space answer some methods with a status.
func (s *space) answer(status int, header http.Header, methods ...string) {
	s.set(func() {
		s.fail = func(w http.ResponseWriter, r *http.Request) bool {
			for _, m := range methods {
				if r.Method == m {
					for k, v := range header {
						w.Header()[k] = v
					}
					w.WriteHeader(status)
					return true
				}
			}
			return false
		}
	})
}

func (s *space) heal() {
	s.set(func() { s.fail, s.away = nil, false })
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
}

// late is a clock that was set ahead of the machine's.
type late time.Duration

func (l late) Now() time.Time { return sync.WallClock{}.Now().Add(time.Duration(l)) }

// unrendered is the body of a link that the agenda has not come to since its start.
const unrendered = "unrendered"

// Body is the rig's part of the agenda.
func (r *rig) Body(_ context.Context, linkID string) (*feedserver.Body, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if body, there := r.bodies[linkID]; there {
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

func TestChangesThatFollowEachOtherAreOneUploadAndNoChangeIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		p := r.publish(link)
		r.wantState(r.after(time.Second, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v0"})
		for n := range 20 {
			r.write(link, fmt.Sprint("v", n+1))
			time.Sleep(300 * time.Millisecond)
		}
		r.wantState(r.after(time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v20"})
		if puts, _ := r.space.counts(); puts != 2 {
			t.Errorf("%d uploads, want 2", puts)
		}
		r.write(link, "v21")
		r.write(link, "v20")
		r.wantState(r.after(time.Minute, link), "", "")
		if puts, _ := r.space.counts(); puts != 2 {
			t.Errorf("%d uploads: what stands there already was sent again", puts)
		}
		if len(p.Name) < 32 || strings.Contains(p.Name, link) {
			t.Errorf("%q can be guessed", p.Name)
		}
	})
}

func TestSpaceThatIsAwayIsWaitedForAndSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		p := r.publish(link)
		r.after(time.Second, link)
		r.space.set(func() { r.space.away = true })
		r.write(link, "v1")
		r.wantState(r.after(10*time.Minute, link), storage.OpPending, "publication.offline")
		if why := r.pause(); why == nil || why.Code != "lane.offline" {
			t.Errorf("the account says %v", why)
		}
		r.write(link, "v2")
		r.space.heal()
		r.wantState(r.after(2*time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v2"})
		if why := r.pause(); why != nil {
			t.Errorf("the account still says %v", why)
		}
	})
}

func TestSpaceThatAsksToWaitIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		r.space.answer(http.StatusServiceUnavailable, http.Header{"Retry-After": {"600"}}, http.MethodPut)
		r.publish(link)
		r.wantState(r.after(time.Second, link), storage.OpPending, "publication.throttled")
		if why := r.pause(); why == nil || why.Code != "lane.throttled" {
			t.Errorf("the account says %v", why)
		}
		r.space.heal()
		_, before := r.space.counts()
		r.after(9*time.Minute, link)
		if _, all := r.space.counts(); all != before {
			t.Errorf("%d calls while it asked to wait", all-before)
		}
		r.wantState(r.after(3*time.Minute, link), "", "")
	})
}

func TestFullSpaceIsSaidAndTheOldFeedStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link, other := r.link("Équipe", "v0"), r.link("Salle", "s0")
		p, q := r.publish(link), r.publish(other)
		r.after(time.Minute, link)
		r.space.answer(http.StatusInsufficientStorage, nil, http.MethodPut)
		r.write(link, "v1")
		r.wantState(r.after(time.Minute, link), storage.OpRetry, "publication.full")
		r.wantFiles(map[string]string{p.Name: "v0", q.Name: "s0"})
		if why := r.pause(); why != nil {
			t.Errorf("the whole account waits: %v", why)
		}
		r.space.heal()
		r.wantState(r.after(10*time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v1", q.Name: "s0"})

		r.space.answer(http.StatusInsufficientStorage, nil, http.MethodPut)
		r.write(link, "v2")
		before, _ := r.space.counts()
		r.after(24*time.Hour, link)
		if puts, _ := r.space.counts(); puts-before > 20 {
			t.Errorf("%d tries in a day at a full disk", puts-before)
		}
		r.space.heal()
		r.write(link, "v3") // what changes is tried at once
		r.wantState(r.after(time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v3", q.Name: "s0"})
	})
}

func TestServerErrorsOpenTheCircuitBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		r.space.answer(http.StatusInternalServerError, nil, http.MethodPut, "PROPFIND")
		p := r.publish(link)
		r.wantState(r.after(5*time.Minute, link), storage.OpRetry, "publication.serverError")
		if why := r.pause(); why == nil || why.Code != "lane.open" {
			t.Errorf("the account says %v", why)
		}
		r.space.heal()
		r.wantState(r.after(time.Hour, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v0"})
	})
}

func TestWrongPasswordWaitsForTheUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		a := r.accountNow()
		if err := r.engine.AddAccountWith(t.Context(), a, map[string]string{publication.SecretPassword: "soleil"}); err != nil {
			t.Fatal(err)
		}
		link := r.link("Équipe", "v0")
		p := r.publish(link)
		r.wantState(r.after(time.Second, link), storage.OpPending, "publication.auth")
		if why := r.pause(); why == nil || why.Code != "publication.auth" {
			t.Errorf("the account says %v", why)
		}
		_, before := r.space.counts()
		r.after(24*time.Hour, link)
		if _, all := r.space.counts(); all != before {
			t.Errorf("%d calls with a password that was refused", all-before)
		}
		var problem *storage.Problem
		if err := r.engine.TestAccount(t.Context(), r.account); !errors.As(err, &problem) || problem.Code != "publication.auth" {
			t.Errorf("the test says %v", err)
		}
		if err := r.engine.AddAccountWith(t.Context(), r.accountNow(), map[string]string{publication.SecretPassword: "lune"}); err != nil {
			t.Fatal(err)
		}
		r.wantState(r.after(time.Second, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v0"})
	})
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

func TestUploadThatACrashInterruptedIsPutAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		p := r.publish(link)
		r.after(time.Second, link)
		r.space.set(func() {
			r.space.fail = func(_ http.ResponseWriter, req *http.Request) bool {
				if req.Method == "MOVE" {
					<-req.Context().Done() // never answers
				}
				return req.Method == "MOVE"
			}
		})
		r.write(link, "v1")
		under := r.after(time.Minute, link)
		r.wantState(under, storage.OpInflight, "")
		if under.Published != "" {
			t.Error("what stands there is taken to be known while it is not")
		}
		r.close() // gives the call ten seconds, then ends it
		r.space.heal()
		r.open()
		r.wantState(r.after(time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v1"})
	})
}

func TestInflightPublicationFoundAtTheStartIsPutAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		r.publish(link)
		p := r.after(time.Second, link)
		r.close()
		store, err := bolt.Open(t.Context(), bolt.Params{Dir: r.dir})
		if err != nil {
			t.Fatal(err)
		}
		p.State, p.Published = storage.OpInflight, ""
		if err := store.Update(t.Context(), func(w storage.Writer) error { return w.PutPublication(p) }); err != nil {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		before, _ := r.space.counts()
		r.open()
		r.wantState(r.after(time.Second, link), "", "")
		if puts, _ := r.space.counts(); puts != before+1 {
			t.Errorf("%d uploads after the crash, want 1", puts-before)
		}
	})
}

func TestRevokedLinkIsTakenAwayAlsoWhenTheSpaceIsAwayAtFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link, kept := r.link("Équipe", "v0"), r.link("Salle", "s0")
		r.publish(link)
		q := r.publish(kept)
		r.after(time.Minute, link)
		r.space.set(func() { r.space.away = true })
		err := r.store.Update(t.Context(), func(w storage.Writer) error {
			l, err := w.FeedLink(link)
			if err != nil {
				return err
			}
			l.RevokedAt = time.Now()
			return w.PutFeedLink(l)
		})
		if err != nil {
			t.Fatal(err)
		}
		if p := r.after(5*time.Minute, link); p == nil || !p.Leaving {
			t.Fatalf("%+v: the removal is forgotten", p)
		}
		r.space.heal()
		if p := r.after(5*time.Minute, link); p != nil {
			t.Errorf("%+v is left", p)
		}
		r.wantFiles(map[string]string{q.Name: "s0"})
		var problem *storage.Problem
		if _, err := r.office.Publish(t.Context(), link, r.account); !errors.As(err, &problem) || problem.Code != "publication.revoked" {
			t.Errorf("a revoked link is published: %v", err)
		}
	})
}

func TestWithdrawnFeedLeavesAndNewNamesReplaceOldOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		first := r.publish(link)
		r.after(time.Second, link)
		if err := r.office.Renew(t.Context(), link); err != nil {
			t.Fatal(err)
		}
		second := r.after(time.Minute, link)
		if second.Name == first.Name || len(second.Former) != 0 {
			t.Errorf("%+v", second)
		}
		r.wantFiles(map[string]string{second.Name: "v0"})
		if err := r.office.Withdraw(t.Context(), link, r.account); err != nil {
			t.Fatal(err)
		}
		if p := r.after(time.Minute, link); p != nil {
			t.Errorf("%+v is left", p)
		}
		r.wantFiles(map[string]string{})
	})
}

func TestFeedThatIsNotRenderedYetIsWaitedForWithoutAWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", unrendered)
		p := r.publish(link)
		r.wantState(r.after(time.Minute, link), storage.OpPending, "")
		r.write(link, "v0")
		r.wantState(r.after(time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v0"})
	})
}

func TestFeedThatCannotBeMadeHoldsNoOtherBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		broken, link := r.link("Équipe", ""), r.link("Salle", "s0")
		delete(r.bodies, broken)
		r.publish(broken)
		p := r.publish(link)
		r.wantState(r.after(time.Minute, broken), storage.OpRetry, "publication.noFeed")
		r.wantFiles(map[string]string{p.Name: "s0"})
	})
}

func TestAccountOfTheAgendaIsNoDirectory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		e := &storage.Establishment{Identifier: "H001", Status: storage.StatusActive, Name: "Hôtel", AutoSync: true}
		if err := r.engine.Create(t.Context(), e, storage.ActorUser); err != nil {
			t.Fatal(err)
		}
		var problem *storage.Problem
		if _, err := r.engine.Sync(t.Context(), sync.Request{All: true}); !errors.As(err, &problem) || problem.Code != "sync.noAccount" {
			t.Errorf("establishments are sent there: %v", err)
		}
		schedules, err := r.engine.Schedules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range schedules {
			if s.Account == r.account {
				t.Errorf("%+v: a schedule of directories", s)
			}
		}
		err = r.store.View(t.Context(), func(tx storage.Reader) error {
			listings, err := tx.Listings(e.ID)
			if len(listings) != 0 {
				t.Errorf("%d listings there", len(listings))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestRemovedAccountForgetsItsSecretsAndPublications(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		r.publish(link)
		r.after(time.Second, link)
		name := "account/" + r.account + "/" + publication.SecretPassword
		if v, err := r.secrets.Get(t.Context(), name); err != nil || v != "lune" {
			t.Fatalf("%q, %v", v, err)
		}
		if err := r.engine.RemoveAccount(t.Context(), r.account); err != nil {
			t.Fatal(err)
		}
		if p := r.after(time.Second, link); p != nil {
			t.Errorf("%+v", p)
		}
		if _, err := r.secrets.Get(t.Context(), name); !errors.Is(err, secrets.ErrNotFound) {
			t.Errorf("the secret is left: %v", err)
		}
	})
}

func TestJournalSaysWhatWasPublishedAndNeverUnderWhichName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		p := r.publish(link)
		r.after(time.Second, link)
		r.space.answer(http.StatusInsufficientStorage, nil, http.MethodPut)
		r.write(link, "v1")
		r.after(2*time.Hour, link)
		r.space.heal()
		r.after(12*time.Hour, link)
		if err := r.office.Withdraw(t.Context(), link, r.account); err != nil {
			t.Fatal(err)
		}
		r.after(time.Minute, link)
		var got []string
		err := r.store.View(t.Context(), func(tx storage.Reader) error {
			entries, err := tx.Journal(storage.JournalQuery{AccountID: r.account})
			for _, j := range entries {
				got = append(got, string(j.Action)+" "+j.Name)
				if strings.Contains(fmt.Sprintf("%+v %v", j, j.Reason), strings.TrimSuffix(p.Name, ".ics")) {
					t.Errorf("%+v bears the name of the file", j)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"unpublish Équipe", "publish Équipe", "publishFailed Équipe", "publish Équipe"}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}
