package oauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/oauth"
	"diapason/sync/sandbox"
)

func TestASourceRefreshesOnlyWhenItsTokenIsAboutToExpire(t *testing.T) {
	r := newRig(t)
	r.connect()
	s := r.source()
	first, err := s.Token(t.Context())
	if err != nil || first == "" {
		t.Fatal(err)
	}
	r.later(3598*time.Second - time.Minute)
	if again, err := s.Token(t.Context()); err != nil || again != first || r.Counts().Refreshes != 1 {
		t.Errorf("another token before its time: %v, %d refreshes", err, r.Counts().Refreshes)
	}
	r.later(time.Second)
	if again, err := s.Token(t.Context()); err != nil || again == first || r.Counts().Refreshes != 2 {
		t.Errorf("the same token a minute before its end: %v, %d refreshes", err, r.Counts().Refreshes)
	}
	if r.saves != 0 {
		t.Error("a refresh token that stayed the same was kept again")
	}
}

func TestASourceRefreshesOnceForManyWhoAsk(t *testing.T) {
	r := newRig(t)
	r.connect()
	s := r.source()
	var all stdsync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := s.Token(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := r.Counts().Refreshes; n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

func TestASourceKeepsTheRefreshTokenThatTookThePlaceOfTheKeptOne(t *testing.T) {
	r := newRig(t)
	r.connect()
	r.Behave(func(b *sandbox.GoogleBehaviour) { b.Rotate = true })
	before, refuse := r.kept, true
	s := r.source(func(p *oauth.SourceParams) {
		save := p.Save
		p.Save = func(ctx context.Context, token string) error {
			if refuse {
				return storage.NewProblem("secrets.locked")
			}
			return save(ctx, token)
		}
	})
	var locked *storage.Problem
	if _, err := s.Token(t.Context()); !errors.As(err, &locked) {
		t.Fatalf("a token was given out though the account is lost at the next start: %v", err)
	}
	refuse = false
	if _, err := s.Token(t.Context()); err != nil || r.kept == before || r.saves != 2 {
		t.Fatalf("%v, %d saves", err, r.saves) // the one that could not be kept, and the one after it
	}
	if _, err := r.source().Token(t.Context()); err != nil {
		t.Errorf("at the next start: %v", err)
	}
}

func TestASourceUsesTheTokenThatAnotherSourceKeptMeanwhile(t *testing.T) {
	r := newRig(t)
	r.connect()
	r.Behave(func(b *sandbox.GoogleBehaviour) { b.Rotate = true })
	stale := r.kept
	loads := 0
	s := r.source(func(p *oauth.SourceParams) {
		p.Load = func(context.Context) (string, error) {
			if loads++; loads == 1 { // read just before the other one refreshed
				return stale, nil
			}
			return r.kept, nil
		}
	})
	if _, err := r.source().Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(t.Context()); err != nil {
		t.Errorf("%v", err)
	}
}

func TestADeadGrantWaitsForThePerson(t *testing.T) {
	cases := map[string]func(r *rig){
		"withdrawn by the person": func(r *rig) { r.Withdraw("1001") },
		"a week of a project in Testing": func(r *rig) {
			r.SetClient(sandbox.GoogleClient{ID: "diapason", Secret: clientSecret, Testing: true})
			r.later(7 * 24 * time.Hour)
		},
		"never kept": func(r *rig) { r.kept = "" },
	}
	for name, kill := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.connect()
			kept := r.kept
			kill(r)
			_, err := r.source().Token(t.Context())
			var e *directory.Error
			if !errors.As(err, &e) || e.Class != directory.Auth || e.Problem.Code != "oauth.reconnect" {
				t.Fatalf("%v", err)
			}
			discreet(t, fmt.Sprintf("%v %+v", err, *e), kept)
		})
	}
}

func TestASourceClassesWhatKeepsItFromRefreshing(t *testing.T) {
	cases := map[string]struct {
		status int
		code   string
		class  directory.Class
		want   string
	}{
		"deleted client":  {401, "deleted_client", directory.Auth, "oauth.clientDeleted"},
		"wrong secret":    {401, "invalid_client", directory.Auth, "oauth.client"},
		"administrator":   {400, "admin_policy_enforced", directory.Auth, "oauth.adminPolicy"},
		"slow down":       {429, "", directory.Throttled, "oauth.throttled"},
		"broken":          {500, "", directory.Offline, "oauth.unavailable"},
		"broken, said so": {400, "server_error", directory.Offline, "oauth.unavailable"},
		"captive portal":  {511, "", directory.Offline, "oauth.captive"},
		"another page":    {404, "", directory.Offline, "oauth.captive"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.connect()
			r.Behave(func(b *sandbox.GoogleBehaviour) { b.TokenStatus, b.TokenError = c.status, c.code })
			_, err := r.source().Token(t.Context())
			var e *directory.Error
			if !errors.As(err, &e) || e.Class != c.class || e.Problem.Code != c.want || e.Sent {
				t.Fatalf("%v", err)
			}
			discreet(t, fmt.Sprintf("%v %+v", err, *e), r.kept)
			r.Behave(func(b *sandbox.GoogleBehaviour) { b.TokenStatus = 0 })
			if _, err := r.source().Token(t.Context()); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
	r := newRig(t)
	r.connect()
	_, err := r.source(func(p *oauth.SourceParams) { p.Endpoint.Token = "http://127.0.0.1:1/token" }).Token(t.Context())
	if e := directory.Classify(err); e.Class != directory.Offline || e.Problem.Code != "oauth.offline" {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.source().Token(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// api is a service that only takes valid tokens, and says what else was sent.
func api(t *testing.T, valid func(token string) bool) (url string, calls *[]string) {
	t.Helper()
	var mu stdsync.Mutex
	calls = &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		*calls = append(*calls, string(body))
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case r.URL.Path == "/moved":
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		case !valid(token):
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, calls
}

func TestACallRefusedForItsTokenIsMadeOnceMoreWithANewOne(t *testing.T) {
	r := newRig(t)
	r.connect()
	refused := ""
	url, calls := api(t, func(token string) bool {
		if refused == "" {
			refused = token
		}
		return token != refused
	})
	s := r.source()
	for _, want := range []int{2, 1} {
		*calls = nil
		res, err := post(t, s.Doer(), url, strings.NewReader("the body"))
		if err != nil || res != http.StatusOK || len(*calls) != want || (*calls)[want-1] != "the body" {
			t.Errorf("%v %d %q", err, res, *calls)
		}
	}
	if n := r.Counts().Refreshes; n != 2 {
		t.Errorf("%d refreshes", n)
	}
}

func TestACallThatIsAlwaysRefusedIsTriedTwiceAndOneThatCannotBeRepeatedOnce(t *testing.T) {
	r := newRig(t)
	r.connect()
	url, calls := api(t, func(string) bool { return false })
	for _, c := range []struct {
		body io.Reader
		want int
	}{{strings.NewReader("x"), 2}, {nil, 2}, {io.MultiReader(strings.NewReader("x")), 1}} {
		*calls = nil
		res, err := post(t, r.source().Doer(), url, c.body)
		if err != nil || res != http.StatusUnauthorized || len(*calls) != c.want {
			t.Errorf("%v %d %q", err, res, *calls)
		}
	}
}

func TestATokenIsNotCarriedToWhereACallIsSentOn(t *testing.T) {
	r := newRig(t)
	r.connect()
	url, calls := api(t, func(string) bool { return true })
	res, err := post(t, r.source().Doer(), url+"/moved", nil)
	if err != nil || res != http.StatusTemporaryRedirect || len(*calls) != 1 {
		t.Errorf("%v %d %q", err, res, *calls)
	}
}

func TestACallWithoutTokenDoesNotLeave(t *testing.T) {
	r := newRig(t)
	url, calls := api(t, func(string) bool { return true })
	_, err := post(t, r.source().Doer(), url, strings.NewReader("x"))
	if e := directory.Classify(err); e.Class != directory.Auth || e.Problem.Code != "oauth.reconnect" || len(*calls) != 0 {
		t.Errorf("%v %q", err, *calls)
	}
}

func post(t *testing.T, c *http.Client, url string, body io.Reader) (status int, err error) {
	t.Helper()
	defer c.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

func TestRevokingEndsAGrantAndOneThatIsDeadIsNoError(t *testing.T) {
	r := newRig(t)
	r.connect()
	for range 2 {
		if err := oauth.Revoke(t.Context(), r.endpoint, r.kept, nil); err != nil || r.Live("1001") != 0 {
			t.Errorf("%v, %d live", err, r.Live("1001"))
		}
	}
	if n := r.Counts().Revocations; n != 1 {
		t.Errorf("%d revocations", n)
	}
}

func TestARevocationThatWasNotConfirmedIsSaid(t *testing.T) {
	r := newRig(t)
	r.connect()
	r.Behave(func(b *sandbox.GoogleBehaviour) { b.RevokeFails = true })
	nowhere := r.endpoint
	nowhere.Revoke = "http://127.0.0.1:1/revoke"
	for _, endpoint := range []oauth.Endpoint{r.endpoint, nowhere} {
		var why *storage.Problem
		err := oauth.Revoke(t.Context(), endpoint, r.kept, nil)
		if !errors.As(err, &why) || why.Code != "oauth.notRevoked" {
			t.Errorf("%v", err)
		}
		discreet(t, fmt.Sprint(err, why), r.kept)
	}
}
