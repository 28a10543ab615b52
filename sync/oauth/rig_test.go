package oauth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"diapason/storage"
	"diapason/sync/oauth"
	"diapason/sync/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const clientSecret = "GOCSPX-of-the-test"

// rig is the emulator of Google over HTTP, with two accounts and one program.
type rig struct {
	*sandbox.Google
	t        *testing.T
	url      string
	endpoint oauth.Endpoint
	mu       stdsync.Mutex
	clock    time.Time
	kept     string // the refresh token kept
	saves    int
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, clock: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	r.Google = sandbox.NewGoogle(sandbox.GoogleParams{
		Now: r.now, Clients: []sandbox.GoogleClient{{ID: "diapason", Secret: clientSecret}},
		Accounts: []sandbox.GoogleAccount{
			{ID: "1001", Email: "zoe@hotel.example", Name: "Zoé"}, {ID: "1002", Email: "ali@hotel.example", Name: "Ali"},
		},
	})
	server := httptest.NewServer(r.Handler())
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		server.Close()
	})
	r.url = server.URL
	var err error
	if r.endpoint, err = oauth.Google(server.URL); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock
}

func (r *rig) later(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock = r.clock.Add(d)
}

// pageOf is a page that says which problem it is about.
func pageOf(why *storage.Problem) []byte {
	if why == nil {
		return []byte("<p>granted")
	}
	return []byte("<p>refused: " + why.Code)
}

// answered is what came of an authorisation.
type answered struct {
	grant *oauth.Grant // kept; nil when none was
	err   error
	page  string // that the browser showed last
}

// authorize has a person answer in a browser that is none.
func (r *rig) authorize(p sandbox.GooglePerson, hint string, change ...func(*oauth.Flow)) answered {
	r.t.Helper()
	pages := make(chan string, 1)
	var a answered
	f := oauth.Flow{
		Client: oauth.Client{ID: "diapason", Secret: clientSecret}, Endpoint: r.endpoint, Scopes: []string{oauth.ScopeGoogleContacts},
		Browser: oauth.Browser{Page: pageOf, Open: func(address string) error {
			page, err := p.Answer(r.t.Context(), address)
			pages <- page
			return err
		}},
		Keep: func(_ context.Context, g *oauth.Grant) error { a.grant = g; return nil },
	}
	for _, c := range change {
		c(&f)
	}
	a.err = f.Authorize(r.t.Context(), hint)
	select {
	case a.page = <-pages:
	case <-r.t.Context().Done():
	}
	return a
}

// source gives access tokens from the refresh token that the rig keeps.
func (r *rig) source(change ...func(*oauth.SourceParams)) *oauth.Source {
	p := oauth.SourceParams{
		Client: oauth.Client{ID: "diapason", Secret: clientSecret}, Endpoint: r.endpoint, Now: r.now,
		Load: func(context.Context) (string, error) { return r.kept, nil },
		Save: func(_ context.Context, token string) error { r.kept, r.saves = token, r.saves+1; return nil },
	}
	for _, c := range change {
		c(&p)
	}
	return oauth.NewSource(p)
}

// connect keeps the refresh token of a consent.
func (r *rig) connect() {
	r.t.Helper()
	a := r.authorize(sandbox.GooglePerson{Account: "1001"}, "")
	if a.err != nil {
		r.t.Fatal(a.err)
	}
	r.kept = a.grant.RefreshToken
}

// discreet fails when a text holds something secret.
func discreet(t *testing.T, text string, secrets ...string) {
	t.Helper()
	for _, s := range append(secrets, clientSecret, "ya29.", "1//", "4/") {
		if s != "" && strings.Contains(text, s) {
			t.Errorf("%q holds %q", text, s)
		}
	}
}
