package sandbox

import (
	"cmp"
	"crypto/rand"
	"maps"
	"net/http"
	"slices"
	"strings"
	stdsync "sync"
	"time"
)

// The scopes that the emulator knows. The identity ones are granted with the account and cannot be unticked.
const (
	GoogleScopeOpenID   = "openid"
	GoogleScopeEmail    = "https://www.googleapis.com/auth/userinfo.email" // asked for as "email" too
	GoogleScopeContacts = "https://www.googleapis.com/auth/contacts"
	GoogleScopeBusiness = "https://www.googleapis.com/auth/business.manage"
)

// How long things live at Google. The code's life is an assumption.
const (
	googleCodeLife    = 10 * time.Minute
	googleAccessLife  = time.Hour - time.Second // expires_in is 3599
	googleTestingLife = 7 * 24 * time.Hour      // refresh tokens of a project left in « Testing »
	googleMaxRefresh  = 100                     // live refresh tokens of one account and client: the oldest dies silently
)

// GoogleClient is a program registered with Google, of the sort « Desktop app ».
type GoogleClient struct {
	ID, Secret string
	// Testing is a project whose consent screen was never published: its refresh tokens live seven days.
	Testing bool
	// Deleted is a client that its owner removed.
	Deleted bool
}

// GoogleAccount is a person's account, as the account chooser shows it.
type GoogleAccount struct {
	ID    string // its "sub": digits, never changes
	Email string
	Name  string
}

// GoogleParams set up the emulator. Only its clock, Now, must be given.
type GoogleParams struct {
	Now      func() time.Time
	Clients  []GoogleClient
	Accounts []GoogleAccount
	// People sets the contacts up; its Now and Admit are the emulator's own.
	People PeopleParams
}

// Google emulates the endpoints of Google that Diapason talks to, under one address: OAuth for installed programs
// (/o/oauth2/v2/auth, /token, /revoke), with the pages that a person answers in a browser, and the People API (/v1/). It is
// safe from any goroutine.
//
// Facts: https://developers.google.com/identity/protocols/oauth2/native-app. What is stricter here than there: a code
// challenge is demanded, and must be S256.
type Google struct {
	now func() time.Time
	mux *http.ServeMux
	// People holds the contacts of the accounts, by their address.
	People *People

	mu       stdsync.Mutex
	clients  map[string]*GoogleClient
	accounts map[string]*googleAccount // by id
	tickets  map[string]*googleTicket  // requests that a person is looking at, by a secret of the page
	codes    map[string]*googleCode
	access   map[string]*googleAccess
	refresh  map[string]*googleGrant
	issued   int
	behave   GoogleBehaviour
	counts   GoogleCounts
	file     string // where it is kept; "" nowhere
	saved    googleState
}

// googleAccount is an account with what Google keeps for it.
type googleAccount struct {
	GoogleAccount
	consented map[string]bool // client id + " " + scope
}

// googleGrant is what one consent gave a program: it lives as long as its refresh token.
type googleGrant struct {
	account *googleAccount
	client  *GoogleClient
	scopes  []string
	given   time.Time
	order   int
	refresh string // the token valid now
}

// googleAccess is an access token.
type googleAccess struct {
	grant *googleGrant
	until time.Time
}

// GoogleBehaviour is what the emulator does on demand.
type GoogleBehaviour struct {
	// Rotate gives a new refresh token with each refreshing; the one before it dies at once.
	Rotate bool
	// Refuse is an error that authorisations end with instead of a page to answer: "admin_policy_enforced",
	// "org_internal", "disallowed_useragent", "invalid_request"… Google shows most of them on a page of its own.
	Refuse string
	// Answer is an error that comes back to the program through the browser whatever the person answers.
	Answer string
	// OtherState sends the answer back with a state that the program did not give.
	OtherState bool
	// RevokeFails has revocations answered 400: the token lives on.
	RevokeFails bool
	// TokenStatus is answered by the token endpoint instead of anything else, with TokenError as its error code when
	// there is one; 0: it works.
	TokenStatus int
	TokenError  string
}

// GoogleCounts are the effects of the calls so far.
type GoogleCounts struct {
	Consents, Refusals, Exchanges, Refreshes, Revocations int
	// TokenCalls counts calls of the token endpoint, refused ones included.
	TokenCalls int
}

// NewGoogle makes the emulator.
func NewGoogle(p GoogleParams) *Google {
	g := &Google{
		now: p.Now, mux: http.NewServeMux(),
		clients: map[string]*GoogleClient{}, accounts: map[string]*googleAccount{}, tickets: map[string]*googleTicket{},
		codes: map[string]*googleCode{}, access: map[string]*googleAccess{}, refresh: map[string]*googleGrant{},
	}
	for _, c := range p.Clients {
		g.clients[c.ID] = &c
	}
	for _, a := range p.Accounts {
		g.accounts[a.ID] = &googleAccount{GoogleAccount: a, consented: map[string]bool{}}
	}
	g.oauthRoutes()
	p.People.Now = g.now
	p.People.Admit = func(w http.ResponseWriter, r *http.Request) (string, bool) {
		account, ok := g.admit(w, r, GoogleScopeContacts)
		if !ok {
			return "", false
		}
		return account.Email, true
	}
	g.People = NewPeople(p.People)
	g.mux.Handle("/v1/", g.People)
	return g
}

// Handler answers every endpoint and page.
func (g *Google) Handler() http.Handler { return g.mux }

// Behave changes what the emulator does from now on.
func (g *Google) Behave(change func(*GoogleBehaviour)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(&g.behave)
}

// Counts gives the effects of the calls so far.
func (g *Google) Counts() GoogleCounts {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.counts
}

// SetClient registers a program, or changes it: its secret, that it was deleted or published.
func (g *Google) SetClient(c GoogleClient) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if kept := g.clients[c.ID]; kept != nil {
		*kept = c
		return
	}
	g.clients[c.ID] = &c
}

// AccessToken gives a token for an account as a consent to these scopes would, for tests of what it opens. The account
// and at least one client must be known.
func (g *Google) AccessToken(accountID string, scopes ...string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	client := g.clients[slices.Min(slices.Collect(maps.Keys(g.clients)))]
	grant := g.grant(g.accounts[accountID], client, scopes)
	return g.issue(grant)
}

// Withdraw takes back what an account granted, as a person does on the page « Applications tierces »: every token of it
// dies.
func (g *Google) Withdraw(accountID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, grant := range g.refresh {
		if grant.account.ID == accountID {
			g.kill(grant)
		}
	}
	clear(g.accounts[accountID].consented)
}

// ExpireAccess ends the life of every access token: the next call of a program is answered 401.
func (g *Google) ExpireAccess() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.access)
}

// Live counts the refresh tokens of an account that would still work.
func (g *Google) Live(accountID string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for _, grant := range g.refresh {
		if grant.account.ID == accountID && g.alive(grant) {
			n++
		}
	}
	return n
}

// account gives whose access token a call carries; false when it carries none that is valid.
func (g *Google) account(r *http.Request) (*googleAccount, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if a := g.bearer(r); a != nil {
		return a.grant.account, true
	}
	return nil, false
}

// bearer gives the valid access token of a call; nil when it carries none. Called with the lock held.
func (g *Google) bearer(r *http.Request) *googleAccess {
	token, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a := g.access[token]
	if !is || a == nil || !g.now().Before(a.until) || !g.alive(a.grant) {
		return nil
	}
	return a
}

// admit lets a call of an API through when its token is valid and grants the scope; otherwise it is answered as Google
// does, 401 or 403.
func (g *Google) admit(w http.ResponseWriter, r *http.Request, scope string) (*googleAccount, bool) {
	account, known := g.account(r)
	if !known {
		w.Header().Set("WWW-Authenticate", `Bearer realm="https://accounts.google.com/", error="invalid_token"`)
		writeGoogle(w, http.StatusUnauthorized, googleRefused(http.StatusUnauthorized, "UNAUTHENTICATED",
			"Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "+
				"authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.", ""))
		return nil, false
	}
	g.mu.Lock()
	a := g.bearer(r)
	granted := a != nil && slices.Contains(a.grant.scopes, scope)
	g.mu.Unlock()
	if !granted {
		writeGoogle(w, http.StatusForbidden, googleRefused(http.StatusForbidden, "PERMISSION_DENIED",
			"Request had insufficient authentication scopes.", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"))
		return nil, false
	}
	return account, true
}

// googleRefused is the body of a refusal of the APIs; reason "" leaves the details out.
func googleRefused(status int, word, message, reason string) map[string]any {
	e := map[string]any{"code": status, "message": message, "status": word}
	if reason != "" {
		e["details"] = []any{map[string]any{
			"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com",
		}}
	}
	return map[string]any{"error": e}
}

// grant keeps a consent, with a refresh token. Called with the lock held.
func (g *Google) grant(a *googleAccount, c *GoogleClient, scopes []string) *googleGrant {
	g.issued++
	grant := &googleGrant{account: a, client: c, scopes: scopes, given: g.now(), order: g.issued, refresh: "1//" + rand.Text()}
	g.refresh[grant.refresh] = grant
	var same []*googleGrant
	for _, other := range g.refresh {
		if other.account == a && other.client == c && g.alive(other) {
			same = append(same, other)
		}
	}
	slices.SortFunc(same, func(x, y *googleGrant) int { return cmp.Compare(x.order, y.order) })
	for len(same) > googleMaxRefresh {
		g.kill(same[0])
		same = same[1:]
	}
	return grant
}

// alive reports whether a grant still gives access tokens. Called with the lock held.
func (g *Google) alive(grant *googleGrant) bool {
	return g.refresh[grant.refresh] == grant && (!grant.client.Testing || g.now().Sub(grant.given) < googleTestingLife)
}

// issue gives an access token. Called with the lock held.
func (g *Google) issue(grant *googleGrant) string {
	token := "ya29." + rand.Text()
	g.access[token] = &googleAccess{grant: grant, until: g.now().Add(googleAccessLife)}
	return token
}

// kill ends a grant: its refresh token and every access token of it. Called with the lock held.
func (g *Google) kill(grant *googleGrant) {
	delete(g.refresh, grant.refresh)
	maps.DeleteFunc(g.access, func(_ string, a *googleAccess) bool { return a.grant == grant })
}
