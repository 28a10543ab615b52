package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The pair of RFC 7636, appendix B.
const (
	testVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	testChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	testReturn    = "http://127.0.0.1:43210/callback"
)

// googleRig is the emulator with two accounts, one program, and a clock of its own.
type googleRig struct {
	*Google
	t     *testing.T
	clock time.Time
}

func newGoogleRig(t *testing.T) *googleRig {
	t.Helper()
	r := &googleRig{t: t, clock: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	r.Google = NewGoogle(GoogleParams{
		Now:     func() time.Time { return r.clock },
		Clients: []GoogleClient{{ID: "diapason", Secret: "not-secret"}},
		Accounts: []GoogleAccount{
			{ID: "1001", Email: "zoe@hotel.example", Name: "Zoé"}, {ID: "1002", Email: "ali@hotel.example", Name: "Ali"},
		},
	})
	return r
}

func (r *googleRig) get(q url.Values) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.Handler().ServeHTTP(w, httptest.NewRequestWithContext(r.t.Context(), "GET", "/o/oauth2/v2/auth?"+q.Encode(), nil))
	return w
}

func (r *googleRig) post(path string, form url.Values) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	q := httptest.NewRequestWithContext(r.t.Context(), "POST", path, strings.NewReader(form.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Handler().ServeHTTP(w, q)
	return w
}

// asked is a good request for consent.
func asked() url.Values {
	return url.Values{
		"client_id": {"diapason"}, "redirect_uri": {testReturn}, "response_type": {"code"}, "state": {"s1"},
		"scope": {"openid email " + GoogleScopeContacts + " " + GoogleScopeBusiness}, "code_challenge": {testChallenge}, "code_challenge_method": {"S256"},
		"prompt": {"consent select_account"},
	}
}

var ticketField = regexp.MustCompile(`name="ticket" value="([^"]+)"`)

// consents goes through the pages and gives where the browser is sent back to.
func (r *googleRig) consents(q url.Values, account, answer string, ticked ...string) url.Values {
	r.t.Helper()
	page := r.get(q)
	if page.Code != http.StatusOK {
		r.t.Fatalf("no choice of account: %d %s", page.Code, page.Body)
	}
	ticket := ticketField.FindStringSubmatch(page.Body.String())[1]
	if page = r.post("/o/oauth2/v2/choose", url.Values{"ticket": {ticket}, "account": {account}}); page.Code == http.StatusOK {
		page = r.post("/o/oauth2/v2/consent", url.Values{"ticket": {ticket}, "answer": {answer}, "scope": ticked})
	}
	to, err := url.Parse(page.Header().Get("Location"))
	if err != nil || page.Code != http.StatusFound || !strings.HasPrefix(to.String(), testReturn+"?") {
		r.t.Fatalf("not sent back: %d %q %s", page.Code, to, page.Body)
	}
	return to.Query()
}

// exchanging is a good exchange of a code.
func exchanging(code string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "client_id": {"diapason"}, "client_secret": {"not-secret"}, "code": {code},
		"redirect_uri": {testReturn}, "code_verifier": {testVerifier},
	}
}

func refreshing(token string) url.Values {
	return url.Values{
		"grant_type": {"refresh_token"}, "client_id": {"diapason"}, "client_secret": {"not-secret"}, "refresh_token": {token},
	}
}

// connects gives the tokens of a consent to everything.
func (r *googleRig) connects(account string) tokenAnswer {
	r.t.Helper()
	back := r.consents(asked(), account, "allow", GoogleScopeContacts, GoogleScopeBusiness)
	return r.tokens(r.post("/token", exchanging(back.Get("code"))))
}

func (r *googleRig) tokens(w *httptest.ResponseRecorder) tokenAnswer {
	r.t.Helper()
	var a tokenAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != http.StatusOK {
		r.t.Fatalf("no tokens: %d %s", w.Code, w.Body)
	}
	return a
}

// refusedAs fails unless an answer is this refusal.
func refusedAs(t *testing.T, w *httptest.ResponseRecorder, status int, code, description string) {
	t.Helper()
	var got tokenRefusal
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != status || got != (tokenRefusal{code, description}) {
		t.Errorf("%d %s, want %d %s %q", w.Code, strings.TrimSpace(w.Body.String()), status, code, description)
	}
}

func TestGoogleShowsWrongRequestsOnAPageAndSendsNothingBack(t *testing.T) {
	cases := map[string]struct {
		name, value string
		want        string
	}{
		"unknown client":              {"client_id", "other", "invalid_client"},
		"return to another machine":   {"redirect_uri", "http://192.0.2.1:80/", "redirect_uri_mismatch"},
		"return to a name":            {"redirect_uri", "http://hotel.example:80/", "redirect_uri_mismatch"},
		"return without port":         {"redirect_uri", "http://127.0.0.1/", "redirect_uri_mismatch"},
		"return over TLS":             {"redirect_uri", "https://127.0.0.1:1/", "redirect_uri_mismatch"},
		"implicit grant":              {"response_type", "token", "invalid_request"},
		"no scope":                    {"scope", "", "invalid_request"},
		"unknown scope":               {"scope", "https://www.googleapis.com/auth/contact", "invalid_request"},
		"no challenge":                {"code_challenge", "", "invalid_request"},
		"challenge that is no digest": {"code_challenge", "abc", "invalid_request"},
		"challenge in clear":          {"code_challenge_method", "plain", "invalid_request"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			q := asked()
			q.Set(c.name, c.value)
			w := newGoogleRig(t).get(q)
			if w.Code < 400 || w.Header().Get("Location") != "" || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d, to %q: %s", w.Code, w.Header().Get("Location"), w.Body)
			}
		})
	}
}

func TestGoogleRefusesOnDemandWhateverTheRequest(t *testing.T) {
	for code := range googleRefusals {
		r := newGoogleRig(t)
		r.Behave(func(b *GoogleBehaviour) { b.Refuse = code })
		if w := r.get(asked()); w.Code < 400 || !strings.Contains(w.Body.String(), code) {
			t.Errorf("%s: %d %s", code, w.Code, w.Body)
		}
	}
}

func TestGoogleGivesTheTickedScopesOfTheChosenAccount(t *testing.T) {
	r := newGoogleRig(t)
	back := r.consents(asked(), "1002", "allow", GoogleScopeContacts)
	a := r.tokens(r.post("/token", exchanging(back.Get("code"))))
	want := "openid " + GoogleScopeEmail + " " + GoogleScopeContacts
	if back.Get("state") != "s1" || back.Get("scope") != want || a.Scope != want || a.RefreshToken == "" || a.ExpiresIn != 3599 || a.TokenType != "Bearer" {
		t.Errorf("back with %v, tokens %+v", back, a)
	}
	var claims struct{ Sub, Email, Aud string }
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(a.IDToken, ".")[1])
	if err != nil || json.Unmarshal(raw, &claims) != nil || claims.Sub != "1002" || claims.Email != "ali@hotel.example" || claims.Aud != "diapason" {
		t.Errorf("identity %s %v", raw, err)
	}
}

func TestGoogleTellsTheProgramThatThePersonRefused(t *testing.T) {
	r := newGoogleRig(t)
	back := r.consents(asked(), "1001", "deny")
	if back.Get("error") != "access_denied" || back.Get("state") != "s1" || back.Has("code") || r.Counts().Refusals != 1 {
		t.Errorf("back with %v", back)
	}
}

func TestGoogleAsksAgainOnlyWhenAskedTo(t *testing.T) {
	r := newGoogleRig(t)
	r.connects("1001")
	q := asked()
	q.Set("prompt", "select_account")
	if r.consents(q, "1001", "must not be asked"); r.Counts().Consents != 1 {
		t.Error("a consent given before was asked for again")
	}
	q.Set("prompt", "none")
	if w := r.get(q); !strings.Contains(w.Header().Get("Location"), "error=interaction_required") {
		t.Errorf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	q.Set("prompt", "consent")
	q.Set("login_hint", "Zoe@hotel.example")
	if w := r.get(q); !strings.Contains(w.Body.String(), `id="allow"`) || !strings.Contains(w.Body.String(), "zoe@hotel.example") {
		t.Errorf("the hint did not choose the account: %s", w.Body)
	}
}

func TestGoogleExchangesACodeOnceAndOnlyForWhoAskedForIt(t *testing.T) {
	cases := map[string]struct {
		change            func(r *googleRig, form url.Values)
		status            int
		code, description string
	}{
		"no secret":            {func(_ *googleRig, f url.Values) { f.Del("client_secret") }, 400, "invalid_request", "client_secret is missing."},
		"wrong secret":         {func(_ *googleRig, f url.Values) { f.Set("client_secret", "x") }, 401, "invalid_client", "Unauthorized"},
		"no client":            {func(_ *googleRig, f url.Values) { f.Del("client_id") }, 400, "invalid_request", "Could not determine client ID from request."},
		"unknown client":       {func(_ *googleRig, f url.Values) { f.Set("client_id", "x") }, 401, "invalid_client", "The OAuth client was not found."},
		"deleted client":       {func(r *googleRig, _ url.Values) { r.SetClient(GoogleClient{ID: "diapason", Deleted: true}) }, 401, "deleted_client", "The OAuth client was deleted."},
		"wrong code":           {func(_ *googleRig, f url.Values) { f.Set("code", "4/x") }, 400, "invalid_grant", "Malformed auth code."},
		"no verifier":          {func(_ *googleRig, f url.Values) { f.Del("code_verifier") }, 400, "invalid_grant", "Missing code verifier."},
		"wrong verifier":       {func(_ *googleRig, f url.Values) { f.Set("code_verifier", testChallenge) }, 400, "invalid_grant", "Invalid code verifier."},
		"other return address": {func(_ *googleRig, f url.Values) { f.Set("redirect_uri", "http://127.0.0.1:43211/callback") }, 400, "redirect_uri_mismatch", "Bad Request"},
		"an old code":          {func(r *googleRig, _ url.Values) { r.clock = r.clock.Add(googleCodeLife) }, 400, "invalid_grant", "Bad Request"},
		"a code used before":   {func(r *googleRig, f url.Values) { r.post("/token", f) }, 400, "invalid_grant", "Malformed auth code."},
		"other grant type":     {func(_ *googleRig, f url.Values) { f.Set("grant_type", "password") }, 400, "unsupported_grant_type", "Invalid grant_type: password"},
		"a value given twice":  {func(_ *googleRig, f url.Values) { f.Add("code", "4/x") }, 400, "invalid_request", "OAuth 2 parameters can only have a single value: code"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newGoogleRig(t)
			form := exchanging(r.consents(asked(), "1001", "allow", GoogleScopeContacts).Get("code"))
			c.change(r, form)
			refusedAs(t, r.post("/token", form), c.status, c.code, c.description)
		})
	}
}

func TestGoogleRefreshesUntilTheGrantDies(t *testing.T) {
	const dead = "Token has been expired or revoked."
	cases := map[string]struct {
		kill func(r *googleRig, a tokenAnswer)
		want bool
	}{
		"nothing":                       {func(*googleRig, tokenAnswer) {}, true},
		"half a year":                   {func(r *googleRig, _ tokenAnswer) { r.clock = r.clock.AddDate(0, 6, 0) }, true},
		"the person withdrew":           {func(r *googleRig, _ tokenAnswer) { r.Withdraw("1001") }, false},
		"another person withdrew":       {func(r *googleRig, _ tokenAnswer) { r.Withdraw("1002") }, true},
		"the refresh token was revoked": {func(r *googleRig, a tokenAnswer) { r.post("/revoke", url.Values{"token": {a.RefreshToken}}) }, false},
		"the access token was revoked":  {func(r *googleRig, a tokenAnswer) { r.post("/revoke", url.Values{"token": {a.AccessToken}}) }, false},
		"a hundred newer grants": {func(r *googleRig, _ tokenAnswer) {
			for range googleMaxRefresh {
				r.connects("1001")
			}
		}, false},
		"a week of a project in Testing": {func(r *googleRig, _ tokenAnswer) {
			r.SetClient(GoogleClient{ID: "diapason", Secret: "not-secret", Testing: true})
			r.clock = r.clock.AddDate(0, 0, 7)
		}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newGoogleRig(t)
			a := r.connects("1001")
			c.kill(r, a)
			w := r.post("/token", refreshing(a.RefreshToken))
			if !c.want {
				refusedAs(t, w, 400, "invalid_grant", dead)
				return
			}
			if again := r.tokens(w); again.AccessToken == a.AccessToken || again.RefreshToken != "" {
				t.Errorf("%+v", again)
			}
		})
	}
}

func TestGoogleRotatesRefreshTokensOnDemand(t *testing.T) {
	r := newGoogleRig(t)
	r.Behave(func(b *GoogleBehaviour) { b.Rotate = true })
	a := r.connects("1001")
	b := r.tokens(r.post("/token", refreshing(a.RefreshToken)))
	if b.RefreshToken == "" || b.RefreshToken == a.RefreshToken || r.Live("1001") != 1 {
		t.Errorf("%+v, %d live", b, r.Live("1001"))
	}
	refusedAs(t, r.post("/token", refreshing(a.RefreshToken)), 400, "invalid_grant", "Token has been expired or revoked.")
	r.tokens(r.post("/token", refreshing(b.RefreshToken)))
}

func TestGoogleRevokesOnceAndRefusesWhatItDoesNotKnow(t *testing.T) {
	r := newGoogleRig(t)
	a := r.connects("1001")
	if w := r.post("/revoke", url.Values{"token": {a.RefreshToken}}); w.Code != http.StatusOK || r.Counts().Revocations != 1 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	refusedAs(t, r.post("/revoke", url.Values{"token": {a.RefreshToken}}), 400, "invalid_token", "Token expired or revoked")
	refusedAs(t, r.post("/revoke", nil), 400, "invalid_request", "Missing required parameter: token")
	b := r.connects("1001")
	r.Behave(func(x *GoogleBehaviour) { x.RevokeFails = true })
	refusedAs(t, r.post("/revoke", url.Values{"token": {b.RefreshToken}}), 400, "invalid_request", "Bad Request")
	r.tokens(r.post("/token", refreshing(b.RefreshToken)))
}

func TestGoogleAnswersOutOfOrderOnDemand(t *testing.T) {
	r := newGoogleRig(t)
	r.Behave(func(b *GoogleBehaviour) { b.OtherState = true })
	if back := r.consents(asked(), "1001", "allow"); back.Get("state") == "s1" || !back.Has("code") {
		t.Errorf("back with %v", back)
	}
	r.Behave(func(b *GoogleBehaviour) { *b = GoogleBehaviour{Answer: "server_error"} })
	if back := r.consents(asked(), "1001", "allow"); back.Get("error") != "server_error" {
		t.Errorf("back with %v", back)
	}
	r.Behave(func(b *GoogleBehaviour) { *b = GoogleBehaviour{TokenStatus: 503} })
	if w := r.post("/token", refreshing("1//x")); w.Code != 503 || json.Valid(w.Body.Bytes()) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	r.Behave(func(b *GoogleBehaviour) { *b = GoogleBehaviour{TokenStatus: 400, TokenError: "admin_policy_enforced"} })
	refusedAs(t, r.post("/token", refreshing("1//x")), 400, "admin_policy_enforced", "")
}

func TestGoogleOpensItsInterfacesToValidTokensOfTheRightScope(t *testing.T) {
	cases := map[string]struct {
		token func(r *googleRig) string
		want  int
	}{
		"a token of the scope":   {func(r *googleRig) string { return r.AccessToken("1001", GoogleScopeContacts) }, 200},
		"a token of a consent":   {func(r *googleRig) string { return r.connects("1001").AccessToken }, 200},
		"a token of another one": {func(r *googleRig) string { return r.AccessToken("1001", GoogleScopeBusiness) }, 403},
		"no token":               {func(*googleRig) string { return "" }, 401},
		"a refresh token":        {func(r *googleRig) string { return r.connects("1001").RefreshToken }, 401},
		"an hour later": {func(r *googleRig) string {
			token := r.AccessToken("1001", GoogleScopeContacts)
			r.clock = r.clock.Add(googleAccessLife)
			return token
		}, 401},
		"expired on demand": {func(r *googleRig) string {
			defer r.ExpireAccess()
			return r.AccessToken("1001", GoogleScopeContacts)
		}, 401},
		"after the withdrawal": {func(r *googleRig) string {
			defer r.Withdraw("1001")
			return r.AccessToken("1001", GoogleScopeContacts)
		}, 401},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newGoogleRig(t)
			q := httptest.NewRequestWithContext(t.Context(), "GET", "/v1/people/me", nil)
			q.Header.Set("Authorization", "Bearer "+c.token(r))
			w := httptest.NewRecorder()
			account, ok := r.admit(w, q, GoogleScopeContacts)
			if ok != (c.want == 200) || w.Code != c.want || ok && account.ID != "1001" {
				t.Errorf("%v %d %s", ok, w.Code, w.Body)
			}
		})
	}
}

func TestGoogleKeepsTokensOutOfAddresses(t *testing.T) {
	r := newGoogleRig(t)
	w := r.post("/token?"+refreshing("1//x").Encode(), nil)
	refusedAs(t, w, 400, "invalid_request", "Parameters are not allowed in the query.")
}
