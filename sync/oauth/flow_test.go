package oauth_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/oauth"
	"diapason/sync/sandbox"
)

func TestAuthorizeGivesWhatThePersonGranted(t *testing.T) {
	r := newRig(t)
	a := r.authorize(sandbox.GooglePerson{Account: "1002"}, "")
	if a.err != nil {
		t.Fatal(a.err)
	}
	g := a.grant
	if g.Subject != "1002" || g.Email != "ali@hotel.example" || g.RefreshToken == "" || len(g.Missing) != 0 || g.Problem() != nil ||
		!slices.Contains(g.Scopes, oauth.ScopeGoogleContacts) {
		t.Errorf("%+v", g)
	}
	if a.page != "<p>granted" {
		t.Errorf("the browser shows %q", a.page)
	}
	if c := r.Counts(); c.Consents != 1 || c.Exchanges != 1 || c.TokenCalls != 1 {
		t.Errorf("%+v", c)
	}
}

func TestAuthorizeNamesTheUntickedScopes(t *testing.T) {
	r := newRig(t)
	a := r.authorize(sandbox.GooglePerson{Account: "1001", Untick: []string{oauth.ScopeGoogleContacts}}, "")
	if a.err != nil || !slices.Equal(a.grant.Missing, []string{oauth.ScopeGoogleContacts}) || a.grant.Problem().Code != "oauth.contactsMissing" {
		t.Fatalf("%+v %v", a.grant, a.err)
	}
	several := oauth.Grant{Missing: []string{oauth.ScopeEmail, oauth.ScopeGoogleContacts}}
	if p := several.Problem(); p.Code != "oauth.scopeMissing" || p.Args["missing"] != oauth.ScopeEmail+", "+oauth.ScopeGoogleContacts {
		t.Errorf("%+v", p)
	}
}

func TestAuthorizePutsEveryRefusalIntoWordsThatTheBrowserShowsToo(t *testing.T) {
	answers := func(code string) func(*rig, *oauth.Flow) {
		return func(r *rig, _ *oauth.Flow) { r.Behave(func(b *sandbox.GoogleBehaviour) { b.Answer = code }) }
	}
	token := func(status int, code string) func(*rig, *oauth.Flow) {
		return func(r *rig, _ *oauth.Flow) {
			r.Behave(func(b *sandbox.GoogleBehaviour) { b.TokenStatus, b.TokenError = status, code })
		}
	}
	cases := map[string]struct {
		person sandbox.GooglePerson
		change func(*rig, *oauth.Flow)
		want   string
	}{
		"the person refused":           {sandbox.GooglePerson{Account: "1001", Deny: true}, nil, "oauth.refused"},
		"the administrator refused":    {sandbox.GooglePerson{Account: "1001"}, answers("admin_policy_enforced"), "oauth.adminPolicy"},
		"a project of an organisation": {sandbox.GooglePerson{Account: "1001"}, answers("org_internal"), "oauth.orgInternal"},
		"an embedded browser":          {sandbox.GooglePerson{Account: "1001"}, answers("disallowed_useragent"), "oauth.userAgent"},
		"a wrong scope":                {sandbox.GooglePerson{Account: "1001"}, answers("invalid_scope"), "oauth.scope"},
		"out of order":                 {sandbox.GooglePerson{Account: "1001"}, answers("server_error"), "oauth.unavailable"},
		"out of order for a while":     {sandbox.GooglePerson{Account: "1001"}, answers("temporarily_unavailable"), "oauth.unavailable"},
		"an error nobody knows":        {sandbox.GooglePerson{Account: "1001"}, answers("teapot"), "oauth.otherError"},
		"an error that is an attack":   {sandbox.GooglePerson{Account: "1001"}, answers("<script>"), "oauth.otherError"},
		"another state": {sandbox.GooglePerson{Account: "1001"}, func(r *rig, _ *oauth.Flow) {
			r.Behave(func(b *sandbox.GoogleBehaviour) { b.OtherState = true })
		}, "oauth.state"},
		"a wrong secret": {sandbox.GooglePerson{Account: "1001"}, func(_ *rig, f *oauth.Flow) { f.Client.Secret = "x" }, "oauth.client"},
		"no secret":      {sandbox.GooglePerson{Account: "1001"}, func(_ *rig, f *oauth.Flow) { f.Client.Secret = "" }, "oauth.secretMissing"},
		"a dead code":    {sandbox.GooglePerson{Account: "1001"}, token(400, "invalid_grant"), "oauth.expired"},
		"deleted client": {sandbox.GooglePerson{Account: "1001"}, token(401, "deleted_client"), "oauth.clientDeleted"},
		"wrong type":     {sandbox.GooglePerson{Account: "1001"}, token(400, "redirect_uri_mismatch"), "oauth.redirect"},
		"wrong request":  {sandbox.GooglePerson{Account: "1001"}, token(400, "invalid_request"), "oauth.request"},
		"no permission":  {sandbox.GooglePerson{Account: "1001"}, token(401, "unauthorized_client"), "oauth.client"},
		"slow down":      {sandbox.GooglePerson{Account: "1001"}, token(429, ""), "oauth.throttled"},
		"broken":         {sandbox.GooglePerson{Account: "1001"}, token(503, ""), "oauth.unavailable"},
		"captive portal": {sandbox.GooglePerson{Account: "1001"}, token(302, ""), "oauth.captive"},
		"unreachable": {sandbox.GooglePerson{Account: "1001"}, func(_ *rig, f *oauth.Flow) {
			f.Endpoint.Token = "http://127.0.0.1:1/token"
		}, "oauth.offline"},
		"a page instead of an answer": {sandbox.GooglePerson{Account: "1001"}, func(r *rig, f *oauth.Flow) {
			f.Transport = answering{200, "text/html", "<html>Wi-Fi"}
		}, "oauth.captive"},
		"no refresh token": {sandbox.GooglePerson{Account: "1001"}, func(_ *rig, f *oauth.Flow) {
			f.Transport = answering{200, "application/json", `{"access_token":"a","token_type":"Bearer","expires_in":3599}`}
		}, "oauth.noRefresh"},
		"nobody named": {sandbox.GooglePerson{Account: "1001"}, func(_ *rig, f *oauth.Flow) {
			f.Transport = answering{200, "application/json", `{"access_token":"a","refresh_token":"r"}`}
		}, "oauth.unreadable"},
		"for another program": {sandbox.GooglePerson{Account: "1001"}, func(_ *rig, f *oauth.Flow) {
			f.Transport = answering{200, "application/json", `{"access_token":"a","refresh_token":"r","id_token":"e30.eyJzdWIiOiIxIiwiYXVkIjoieCJ9.e30"}`}
		}, "oauth.unreadable"},
		"it could not be kept": {sandbox.GooglePerson{Account: "1001"}, func(_ *rig, f *oauth.Flow) {
			f.Keep = func(context.Context, *oauth.Grant) error { return errors.New("disk") }
		}, "oauth.failed"},
		"it was not wanted": {sandbox.GooglePerson{Account: "1001"}, func(_ *rig, f *oauth.Flow) {
			f.Keep = func(context.Context, *oauth.Grant) error { return storage.NewProblem("oauth.already") }
		}, "oauth.already"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			a := r.authorize(c.person, "", func(f *oauth.Flow) {
				if c.change != nil {
					c.change(r, f)
				}
			})
			var why *storage.Problem
			if !errors.As(a.err, &why) || why.Code != c.want || a.grant != nil {
				t.Fatalf("%v, want %s; kept %+v", a.err, c.want, a.grant)
			}
			if a.page != "<p>refused: "+c.want {
				t.Errorf("the browser shows %q", a.page)
			}
			discreet(t, fmt.Sprintf("%v %+v %v", a.err, why.Args, why.Cause))
			if strings.Contains(why.Args["code"], "<") {
				t.Errorf("%q is shown to people", why.Args["code"])
			}
		})
	}
}

// answering is a way to the service on which everything is answered alike.
type answering struct {
	status     int
	kind, body string
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: a.status, Status: http.StatusText(a.status), Request: r, Header: http.Header{"Content-Type": {a.kind}},
		Body: io.NopCloser(strings.NewReader(a.body)),
	}, nil
}

func TestAuthorizeEndsWhenTheBrowserDoesNotReturn(t *testing.T) {
	r := newRig(t)
	f := oauth.Flow{
		Client: oauth.Client{ID: "diapason", Secret: clientSecret}, Endpoint: r.endpoint,
		Browser: oauth.Browser{Page: pageOf, Patience: time.Millisecond, Open: func(string) error { return nil }},
	}
	var why *storage.Problem
	if err := f.Authorize(t.Context(), ""); !errors.As(err, &why) || why.Code != "oauth.timeout" {
		t.Errorf("ended with %v", err)
	}
}

func TestAuthorizeEndsWhenItIsCancelled(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	f := oauth.Flow{
		Client: oauth.Client{ID: "diapason", Secret: clientSecret}, Endpoint: r.endpoint,
		Browser: oauth.Browser{Page: pageOf, Open: func(string) error { cancel(); return nil }},
	}
	if err := f.Authorize(ctx, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestAuthorizeSaysThatTheBrowserDoesNotOpen(t *testing.T) {
	r := newRig(t)
	f := oauth.Flow{
		Client: oauth.Client{ID: "diapason", Secret: clientSecret}, Endpoint: r.endpoint,
		Browser: oauth.Browser{Page: pageOf, Open: func(string) error { return errors.New("no browser") }},
	}
	var why *storage.Problem
	if err := f.Authorize(t.Context(), ""); !errors.As(err, &why) || why.Code != "oauth.browser" {
		t.Errorf("ended with %v", err)
	}
}

func TestAuthorizeSaysThatNoPortIsFreeBeforeABrowserIsOpened(t *testing.T) {
	r := newRig(t)
	asked := ""
	f := oauth.Flow{
		Client: oauth.Client{ID: "diapason", Secret: clientSecret}, Endpoint: r.endpoint,
		Browser: oauth.Browser{Page: pageOf, Open: func(string) error {
			t.Error("the browser was opened")
			return nil
		}},
		Listen: func(_ context.Context, network, address string) (net.Listener, error) {
			asked = network + " " + address
			return nil, errors.New("permission denied")
		},
	}
	var why *storage.Problem
	if err := f.Authorize(t.Context(), ""); !errors.As(err, &why) || why.Code != "oauth.port" || asked != "tcp 127.0.0.1:0" {
		t.Errorf("ended with %v, asked for %q", err, asked)
	}
}

func TestAuthorizeAsksForTheExpectedAccount(t *testing.T) {
	r := newRig(t)
	for hint, want := range map[string]string{"": "consent select_account", "ali@hotel.example": "consent"} {
		var address string
		a := r.authorize(sandbox.GooglePerson{Account: "1001"}, hint, func(f *oauth.Flow) {
			open := f.Browser.Open
			f.Browser.Open = func(u string) error { address = u; return open(u) }
		})
		u, err := url.Parse(address)
		if err != nil || a.err != nil {
			t.Fatal(err, a.err)
		}
		q := u.Query()
		if q.Get("prompt") != want || q.Get("login_hint") != hint || q.Get("access_type") != "offline" || q.Get("code_challenge_method") != "S256" {
			t.Errorf("asked for %v", q)
		}
		if hint != "" && a.grant.Subject != "1002" {
			t.Errorf("the hint did not choose the account: %+v", a.grant)
		}
	}
}

// prying answers, while a code is being exchanged, a second time at the address of the first answer.
type prying struct {
	again func() error
}

func (p prying) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := p.again(); err != nil {
		return nil, err
	}
	return http.DefaultTransport.RoundTrip(r)
}

// fetch gives the status, the header and the body of an answer.
func fetch(t *testing.T, method, address, host string) (int, http.Header, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		req.Host = host
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, body
}

func TestAuthorizeAcceptsOneAnswerAtItsOwnAddressOnly(t *testing.T) {
	r := newRig(t)
	var redirect string
	a := r.authorize(sandbox.GooglePerson{Account: "1001"}, "", func(f *oauth.Flow) {
		open := f.Browser.Open
		f.Browser.Open = func(address string) error {
			u, err := url.Parse(address)
			if err != nil {
				return err
			}
			redirect = u.Query().Get("redirect_uri")
			to, err := url.Parse(redirect)
			if err != nil {
				return err
			}
			if to.Hostname() != "127.0.0.1" || len(to.Path) < 20 {
				t.Errorf("the answer is awaited at %s", redirect)
			}
			// None of these ends the waiting.
			for _, other := range []struct {
				method, address, host string
				want                  int
			}{
				{"GET", "http://" + to.Host + "/favicon.ico", "", 404},
				{"GET", "http://" + to.Host + "/?state=x&code=y", "", 404},
				{"GET", redirect + "?state=x&code=y", "rebound.example", 404},
				{"POST", redirect + "?state=x&code=y", "", 405},
			} {
				if status, _, _ := fetch(t, other.method, other.address, other.host); status != other.want {
					t.Errorf("%s %s: %d", other.method, other.address, status)
				}
			}
			return open(address)
		}
		f.Transport = prying{func() error {
			if status, _, page := fetch(t, "GET", redirect+"?state=x&code=y", ""); status != http.StatusGone || !bytes.Contains(page, []byte("oauth.again")) {
				t.Errorf("a second answer: %d %s", status, page)
			}
			return nil
		}}
	})
	if a.err != nil || a.page != "<p>granted" {
		t.Fatal(a.err, a.page)
	}
	if u, err := url.Parse(redirect); err != nil {
		t.Error(err)
	} else if conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", u.Host); err == nil {
		t.Error("the port stayed open", conn.Close())
	}
}

func TestThePageThatEndsIsWholeAndForNobodyElse(t *testing.T) {
	r := newRig(t)
	type shown struct {
		status int
		header http.Header
		page   []byte
	}
	seen := make(chan shown, 1)
	f := oauth.Flow{
		Client: oauth.Client{ID: "diapason", Secret: clientSecret}, Endpoint: r.endpoint, Scopes: []string{oauth.ScopeGoogleContacts},
		Browser: oauth.Browser{Page: pageOf, Open: func(address string) error {
			u, err := url.Parse(address)
			if err != nil {
				return err
			}
			status, header, page := fetch(t, "GET", u.Query().Get("redirect_uri")+"?error=access_denied&state="+u.Query().Get("state"), "")
			seen <- shown{status, header, page}
			return nil
		}},
	}
	var why *storage.Problem
	if err := f.Authorize(t.Context(), ""); !errors.As(err, &why) {
		t.Fatal(err)
	}
	got := <-seen
	if header := got.header; got.status != 200 || string(got.page) != "<p>refused: oauth.refused" || header.Get("Cache-Control") != "no-store" ||
		header.Get("Referrer-Policy") != "no-referrer" || !strings.HasPrefix(header.Get("Content-Security-Policy"), "default-src 'none'") ||
		header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %v %s", got.status, got.header, got.page)
	}
}
