package sync_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/oauth"
	"diapason/sync/sandbox"
)

const (
	grantedKind = "contacts.google"
	ownSecret   = "GOCSPX-of-the-test"
)

// connectRig is an engine whose accounts are connected in a browser, with Google's emulator on the other side.
type connectRig struct {
	*testing.T
	dir     string
	google  *sandbox.Google
	url     string
	store   *bolt.Store
	secrets secrets.Store
	engine  *sync.Engine
	log     *lockedBuffer
	seen    []*storage.Problem // what browsers showed at the end
	mu      stdsync.Mutex
}

// lockedBuffer is a log that may be read while it is written.
type lockedBuffer struct {
	mu   stdsync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func newConnectRig(t *testing.T) *connectRig {
	t.Helper()
	r := &connectRig{T: t, dir: t.TempDir(), log: &lockedBuffer{}}
	r.google = sandbox.NewGoogle(sandbox.GoogleParams{
		Now: time.Now, Clients: []sandbox.GoogleClient{{ID: "own", Secret: ownSecret}},
		Accounts: []sandbox.GoogleAccount{{ID: "1001", Email: "zoe@hotel.example"}, {ID: "1002", Email: "ali@hotel.example"}},
	})
	server := httptest.NewServer(r.google.Handler())
	r.url = server.URL
	var err error
	if r.store, err = bolt.Open(context.Background(), bolt.Params{Dir: r.dir}); err != nil {
		t.Fatal(err)
	}
	if r.secrets, err = secrets.Open(secrets.Params{Workspace: r.dir, KeyDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	r.engine = sync.New(sync.Params{
		Store: r.store, Secrets: r.secrets, Log: slog.New(slog.NewTextHandler(r.log, nil)),
		Couriers: []sync.CourierKind{r.kind(grantedKind), r.kind("contacts.other")},
	})
	if err := r.engine.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.engine.Stop()
		if err := r.store.Close(); err != nil {
			t.Error(err)
		}
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		server.Close()
	})
	return r
}

// kind is a sort of account whose errands and tests each make one call with the access that was granted.
func (r *connectRig) kind(id string) sync.CourierKind {
	consent := &oauth.Consent{Scopes: []string{oauth.ScopeGoogleContacts}, Endpoint: oauth.Google}
	return sync.CourierKind{
		ID: id, Settings: oauth.Settings(), Consent: consent,
		Open: func(a *storage.Account, values map[string]string) (sync.Courier, error) {
			client, err := sync.Authorised(a, values, consent, r.secrets, sync.WallClock{})
			return &visitor{client: client, address: a.Settings[oauth.SettingBaseURL] + "/anything"}, err
		},
	}
}

// visitor has one errand: to call an address.
type visitor struct {
	client  *http.Client
	address string
	done    bool
}

func (v *visitor) Next(storage.Reader, time.Time) (string, time.Duration, error) {
	if v.done {
		return "", time.Hour, nil
	}
	return "visit", 0, nil
}

func (v *visitor) Carry(ctx context.Context, _ string, _ func(int) time.Duration) (*directory.Error, error) {
	if err := v.Test(ctx); err != nil {
		return directory.Classify(err), nil
	}
	v.done = true
	return nil, nil
}

func (v *visitor) Test(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.address, nil)
	if err != nil {
		return err
	}
	res, err := v.client.Do(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

func (v *visitor) Hurry(context.Context) error { return nil }

// own is an account of a kind, with the person's own registration.
func (r *connectRig) own(kind string) *storage.Account {
	return &storage.Account{Kind: kind, Name: "Contacts", Settings: map[string]string{oauth.SettingClientID: "own", oauth.SettingBaseURL: r.url}}
}

// connect has a person answer.
func (r *connectRig) connect(a *storage.Account, p sandbox.GooglePerson) error {
	r.Helper()
	answered := make(chan struct{})
	defer func() { <-answered }()
	return r.engine.Connect(r.Context(), a, map[string]string{oauth.SecretClientSecret: ownSecret}, oauth.Browser{
		Open: func(address string) error {
			defer close(answered)
			_, err := p.Answer(context.WithoutCancel(r.Context()), address)
			return err
		},
		Page: func(why *storage.Problem) []byte {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.seen = append(r.seen, why)
			return []byte("page")
		},
	})
}

// connected gives an account that a person connected.
func (r *connectRig) connected(kind string, p sandbox.GooglePerson) *storage.Account {
	r.Helper()
	a := r.own(kind)
	if err := r.connect(a, p); err != nil {
		r.Fatal(err)
	}
	return a
}

func (r *connectRig) accounts() (all []*storage.Account) {
	r.Helper()
	err := r.store.View(context.Background(), func(tx storage.Reader) error {
		var err error
		all, err = tx.Accounts()
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return all
}

// token gives the refresh token that is kept of an account, "" without one.
func (r *connectRig) token(a *storage.Account) string {
	r.Helper()
	token, err := r.secrets.Get(context.Background(), "account/"+a.ID+"/"+oauth.SecretRefreshToken)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		r.Fatal(err)
	}
	return token
}

// await waits until an account is as it should be.
func (r *connectRig) await(id string, is func(*storage.Account) bool) *storage.Account {
	r.Helper()
	changed := make(chan struct{}, 1)
	defer r.store.OnChange(func(storage.Changes) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	for {
		for _, a := range r.accounts() {
			if a.ID == id && is(a) {
				return a
			}
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			r.Fatal("the account never became so")
		}
	}
}

func refusedFor(t *testing.T, err error, code string) {
	t.Helper()
	var why *storage.Problem
	if !errors.As(err, &why) || why.Code != code {
		t.Errorf("%v, want %s", err, code)
	}
}

func TestConnectKeepsTheAccountThatThePersonChose(t *testing.T) {
	r := newConnectRig(t)
	a := r.connected(grantedKind, sandbox.GooglePerson{Account: "1002"})
	b := r.connected(grantedKind, sandbox.GooglePerson{Account: "1001"})
	for account, want := range map[*storage.Account]string{a: "ali@hotel.example", b: "zoe@hotel.example"} {
		kept := r.await(account.ID, func(a *storage.Account) bool { return !a.LastOK.IsZero() })
		if !kept.Enabled || kept.Settings[oauth.SettingEmail] != want || r.token(kept) == "" {
			t.Errorf("%+v", kept)
		}
	}
	if r.token(a) == r.token(b) || len(r.accounts()) != 2 {
		t.Error("two accounts share what was granted")
	}
}

func TestConnectRefusesAnAccountThatIsConnectedAlready(t *testing.T) {
	r := newConnectRig(t)
	a := r.connected(grantedKind, sandbox.GooglePerson{Account: "1001"})
	before := r.token(a)
	refusedFor(t, r.connect(r.own(grantedKind), sandbox.GooglePerson{Account: "1001"}), "oauth.already")
	if len(r.accounts()) != 1 || r.token(a) != before {
		t.Error("something was kept")
	}
}

func TestConnectKeepsNothingOfWhatIsRefused(t *testing.T) {
	cases := map[string]struct {
		person sandbox.GooglePerson
		want   string
	}{
		"refused":  {sandbox.GooglePerson{Account: "1001", Deny: true}, "oauth.refused"},
		"unticked": {sandbox.GooglePerson{Account: "1001", Untick: []string{oauth.ScopeGoogleContacts}}, "oauth.contactsMissing"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newConnectRig(t)
			a := r.own(grantedKind)
			refusedFor(t, r.connect(a, c.person), c.want)
			if a.ID != "" || len(r.accounts()) != 0 {
				t.Errorf("kept %+v", r.accounts())
			}
			if len(r.seen) != 1 || r.seen[0] == nil || r.seen[0].Code != c.want {
				t.Errorf("the browser showed %v", r.seen)
			}
		})
	}
}

func TestConnectSaysWhatIsMissingBeforeABrowserOpens(t *testing.T) {
	r := newConnectRig(t)
	a := r.own(grantedKind)
	never := oauth.Browser{Open: func(string) error { t.Error("a browser was opened"); return nil }}
	refusedFor(t, r.engine.Connect(t.Context(), a, nil, never), "oauth.secretMissing")
	delete(a.Settings, oauth.SettingClientID)
	refusedFor(t, r.engine.Connect(t.Context(), a, nil, never), "oauth.noClient")
	a = r.own(grantedKind)
	a.Settings[oauth.SettingBaseURL] = "http://oauth.example"
	refusedFor(t, r.engine.Connect(t.Context(), a, map[string]string{oauth.SecretClientSecret: "s"}, never), "oauth.address")
	refusedFor(t, r.engine.Connect(t.Context(), &storage.Account{Kind: "agenda.webdav"}, nil, never), "oauth.noConsent")
}

func TestALostGrantPausesTheAccountUntilThePersonReconnectsIt(t *testing.T) {
	r := newConnectRig(t)
	a := r.connected(grantedKind, sandbox.GooglePerson{Account: "1001"})
	r.await(a.ID, func(a *storage.Account) bool { return !a.LastOK.IsZero() })
	r.google.Withdraw("1001")
	lost := r.token(a)
	if err := r.engine.SetAccountEnabled(t.Context(), a.ID, false); err != nil { // its lane forgets its access token
		t.Fatal(err)
	}
	if err := r.engine.SetAccountEnabled(t.Context(), a.ID, true); err != nil {
		t.Fatal(err)
	}
	paused := r.await(a.ID, func(a *storage.Account) bool { return a.Pause != nil })
	if paused.Pause.Code != "oauth.reconnect" || !paused.PausedUntil.IsZero() {
		t.Fatalf("paused by %+v until %s", paused.Pause, paused.PausedUntil)
	}
	refusedFor(t, r.engine.TestAccount(t.Context(), a.ID), "oauth.reconnect")

	again := r.await(a.ID, func(*storage.Account) bool { return true })
	again.Settings[oauth.SettingEmail] = "" // so that no hint chooses
	refusedFor(t, r.connect(again, sandbox.GooglePerson{Account: "1002"}), "oauth.otherAccount")
	if r.token(a) != lost {
		t.Error("another account's access took the place of this one's")
	}
	if err := r.connect(paused, sandbox.GooglePerson{}); err != nil { // the hint chooses the account
		t.Fatal(err)
	}
	if err := r.engine.TestAccount(t.Context(), a.ID); err != nil {
		t.Error(err)
	}
	back := r.await(a.ID, func(a *storage.Account) bool { return a.Pause == nil })
	if !back.CreatedAt.Equal(a.CreatedAt) || len(r.accounts()) != 1 || r.token(a) == lost {
		t.Errorf("not the same account: %+v", back)
	}
}

func TestRemovingAnAccountTakesItsAccessBackAndForgetsIt(t *testing.T) {
	r := newConnectRig(t)
	a := r.connected(grantedKind, sandbox.GooglePerson{Account: "1001"})
	if err := r.engine.RemoveAccount(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	if r.google.Counts().Revocations != 1 || r.google.Live("1001") != 0 || r.token(a) != "" || len(r.accounts()) != 0 {
		t.Errorf("%+v, %d live, accounts %v", r.google.Counts(), r.google.Live("1001"), r.accounts())
	}
}

func TestRemovingAnAccountForgetsItThoughItsAccessCouldNotBeTakenBack(t *testing.T) {
	r := newConnectRig(t)
	r.google.Behave(func(b *sandbox.GoogleBehaviour) { b.RevokeFails = true })
	a := r.connected(grantedKind, sandbox.GooglePerson{Account: "1001"})
	token := r.token(a)
	if err := r.engine.RemoveAccount(t.Context(), a.ID); !sync.NotRevoked(err) {
		t.Errorf("told: %v", err)
	}
	if r.token(a) != "" || len(r.accounts()) != 0 {
		t.Error("the account is still known")
	}
	if log := r.log.String(); !strings.Contains(log, "not taken back") || strings.Contains(log, token) {
		t.Errorf("log: %s", log)
	}
}

func TestRemovingAnAccountLeavesTheAccessThatAnotherOneLivesOn(t *testing.T) {
	r := newConnectRig(t)
	a := r.connected(grantedKind, sandbox.GooglePerson{Account: "1001"})
	b := r.connected("contacts.other", sandbox.GooglePerson{Account: "1001"})
	if err := r.engine.RemoveAccount(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	if r.google.Counts().Revocations != 0 || r.engine.TestAccount(t.Context(), b.ID) != nil {
		t.Error("the other account was cut off")
	}
	if err := r.engine.RemoveAccount(t.Context(), b.ID); err != nil || r.google.Counts().Revocations != 1 {
		t.Errorf("%v, %d revocations", err, r.google.Counts().Revocations)
	}
}

func TestNothingGrantedStandsInClearInTheWorkspaceOrTheLog(t *testing.T) {
	r := newConnectRig(t)
	r.google.Behave(func(b *sandbox.GoogleBehaviour) { b.Rotate = true })
	a := r.connected(grantedKind, sandbox.GooglePerson{Account: "1001"})
	r.await(a.ID, func(a *storage.Account) bool { return !a.LastOK.IsZero() })
	hidden := []string{r.token(a), ownSecret, "ya29.", "1//"}
	look := func(name string, raw []byte) {
		for _, h := range hidden {
			if h == "" || bytes.Contains(raw, []byte(h)) {
				t.Errorf("%s holds %q", name, h)
			}
		}
	}
	var files []string
	err := filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		files = append(files, filepath.Base(path))
		look(path, raw)
		return err
	})
	if err != nil || !slices.Contains(files, secrets.FileName) {
		t.Errorf("looked into %v: %v", files, err)
	}
	look("the log", []byte(r.log.String()))
}
