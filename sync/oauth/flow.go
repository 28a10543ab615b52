package oauth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"diapason/storage"
)

// DefaultPatience is how long a person may take to answer in the browser.
const DefaultPatience = 10 * time.Minute

// Browser is how a person is asked.
type Browser struct {
	// Open shows an address in the person's own browser; embedded views are refused by Google. It may block.
	Open func(address string) error
	// Page is what the browser shows at the end: the whole of a page without anything from outside. Nil: access was
	// granted and kept; otherwise why not. It is called on a goroutine of its own.
	Page func(why *storage.Problem) []byte
	// Patience is how long the person may take; 0: DefaultPatience.
	Patience time.Duration
}

// Flow is the authorisation of one account.
type Flow struct {
	Client   Client
	Endpoint Endpoint
	Scopes   []string // the scopes that say who granted are added
	Browser  Browser
	// Keep takes the grant while the person still looks at the browser: what it refuses is shown there.
	Keep func(ctx context.Context, g *Grant) error
	// Transport is nil but in tests.
	Transport http.RoundTripper
	// Listen opens the port that the browser comes back to; nil: net's own. Tests give one that fails.
	Listen func(ctx context.Context, network, address string) (net.Listener, error)
}

// Grant is what a person granted.
type Grant struct {
	RefreshToken string
	Scopes       []string
	Missing      []string // asked for, and unticked by the person
	Subject      string   // names the account for ever
	Email        string
}

// unticked are the scopes whose absence has a sentence of its own.
var unticked = map[string]string{ScopeGoogleContacts: "oauth.contactsMissing"}

// Problem says in words what is missing; nil when everything was granted.
func (g *Grant) Problem() *storage.Problem {
	if len(g.Missing) == 0 {
		return nil
	}
	if code := unticked[g.Missing[0]]; code != "" && len(g.Missing) == 1 {
		return storage.NewProblem(code)
	}
	return storage.NewProblem("oauth.scopeMissing", "missing", strings.Join(g.Missing, ", "))
}

// Authorize has a person grant access and keeps the grant. Hint is the e-mail address of the account that is expected, ""
// for any. Refusals are *storage.Problem; a cancelled ctx ends the waiting with its error. One answer is accepted, at an
// address that cannot be guessed, with the state that was given.
func (f *Flow) Authorize(ctx context.Context, hint string) error {
	listen := f.Listen
	if listen == nil {
		listen = (&net.ListenConfig{}).Listen
	}
	listener, err := listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return storage.NewProblem("oauth.port").Because(err)
	}
	c := &callback{
		path: "/" + rand.Text(), host: listener.Addr().String(), state: rand.Text(), page: f.Browser.Page,
		answers: make(chan url.Values, 1), outcome: make(chan *storage.Problem, 1), shown: make(chan struct{}),
	}
	server := &http.Server{Handler: c, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	err = f.converse(ctx, c, hint)
	closing := server.Close() // whoever is shown something has been shown it
	if end := <-stopped; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	return errors.Join(err, closing)
}

// converse sends the person to the service, waits for the answer and tells the browser what came of it.
func (f *Flow) converse(ctx context.Context, c *callback, hint string) error {
	config := f.config("http://" + c.host + c.path)
	verifier := oauth2.GenerateVerifier()
	answer, err := f.await(ctx, c, f.address(config, c.state, verifier, hint))
	if err != nil {
		return err
	}
	err = f.conclude(ctx, config, answer, c.state, verifier)
	var why *storage.Problem
	if err != nil && !errors.As(err, &why) {
		why = storage.NewProblem("oauth.failed").Because(err)
	}
	c.outcome <- why
	select {
	case <-c.shown:
	case <-ctx.Done(): // granted all the same: the person closed the browser, or gave up looking at it
	}
	if why != nil && ctx.Err() == nil {
		return why
	}
	return err
}

func (f *Flow) config(redirect string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: f.Client.ID, ClientSecret: f.Client.Secret, RedirectURL: redirect,
		Scopes:   append([]string{ScopeOpenID, ScopeEmail}, f.Scopes...),
		Endpoint: oauth2.Endpoint{AuthURL: f.Endpoint.Authorize, TokenURL: f.Endpoint.Token, AuthStyle: oauth2.AuthStyleInParams},
	}
}

// address is what the browser opens. The consent is asked for every time: without it no refresh token comes the second
// time, and a scope that was unticked would stay so.
func (f *Flow) address(config *oauth2.Config, state, verifier, hint string) string {
	prompt := "consent select_account"
	options := []oauth2.AuthCodeOption{oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier)}
	if hint != "" {
		prompt = "consent"
		options = append(options, oauth2.SetAuthURLParam("login_hint", hint))
	}
	return config.AuthCodeURL(state, append(options, oauth2.SetAuthURLParam("prompt", prompt))...)
}

// await opens the browser and waits for its answer.
func (f *Flow) await(ctx context.Context, c *callback, address string) (url.Values, error) {
	patience := f.Browser.Patience
	if patience == 0 {
		patience = DefaultPatience
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	opened := make(chan error, 1)
	go func() { opened <- f.Browser.Open(address) }()
	for {
		select {
		case answer := <-c.answers:
			return answer, nil
		case err := <-opened:
			if err != nil {
				return nil, storage.NewProblem("oauth.browser").Because(err)
			}
			opened = nil
		case <-late.C:
			return nil, storage.NewProblem("oauth.timeout", "minutes", strconv.Itoa(max(1, int(patience/time.Minute))))
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// conclude turns the browser's answer into a grant that is kept.
func (f *Flow) conclude(ctx context.Context, config *oauth2.Config, answer url.Values, state, verifier string) error {
	if subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(state)) != 1 || len(answer["state"]) != 1 {
		return storage.NewProblem("oauth.state")
	}
	if code := answer.Get("error"); code != "" {
		return refusal(code, "")
	}
	if len(answer["code"]) != 1 || answer.Get("code") == "" {
		return storage.NewProblem("oauth.unreadable")
	}
	calling := context.WithValue(ctx, oauth2.HTTPClient, caller(f.Transport))
	token, err := config.Exchange(calling, answer.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return failure(err, time.Time{}).Problem.Because(causeOf(err))
	}
	grant, err := f.grant(token, config.Scopes)
	if err != nil {
		return err
	}
	return f.Keep(ctx, grant)
}

// grant reads who granted what.
func (f *Flow) grant(token *oauth2.Token, wanted []string) (*Grant, error) {
	if token.RefreshToken == "" {
		return nil, storage.NewProblem("oauth.noRefresh")
	}
	g := &Grant{RefreshToken: token.RefreshToken, Scopes: wanted}
	if scope, told := token.Extra("scope").(string); told { // without it, all of them: RFC 6749, 5.1
		g.Scopes = strings.Fields(scope)
	}
	for _, s := range wanted {
		if !slices.Contains(g.Scopes, s) {
			g.Missing = append(g.Missing, s)
		}
	}
	raw, _ := token.Extra("id_token").(string)
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return nil, storage.NewProblem("oauth.unreadable")
	}
	// It came over the connection that was authenticated by TLS, straight from who signed it: OpenID Connect Core, 3.1.3.7.
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct{ Sub, Email, Aud string }
	if err == nil {
		err = json.Unmarshal(payload, &claims)
	}
	if err != nil || claims.Sub == "" || claims.Aud != f.Client.ID {
		return nil, storage.NewProblem("oauth.unreadable").Because(err)
	}
	g.Subject, g.Email = claims.Sub, claims.Email
	return g, nil
}

// callback is what the browser is sent back to.
type callback struct {
	path, host, state string
	page              func(*storage.Problem) []byte
	taken             atomic.Bool
	answers           chan url.Values
	outcome           chan *storage.Problem // one
	shown             chan struct{}         // closed when the browser was told
}

// ServeHTTP takes the first answer, and keeps the browser waiting until it is known what came of it. The page stays at the
// address with the code in it: that is used up by then, and bound to a verifier that never left the program.
func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != c.path || r.Host != c.host {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet {
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	if !c.taken.CompareAndSwap(false, true) {
		c.show(w, http.StatusGone, storage.NewProblem("oauth.again"))
		return
	}
	defer close(c.shown)
	c.answers <- r.URL.Query()
	select {
	case why := <-c.outcome:
		c.show(w, http.StatusOK, why)
	case <-r.Context().Done():
	}
}

// show writes a page to its end, so that the server may be closed at once.
func (c *callback) show(w http.ResponseWriter, status int, why *storage.Problem) {
	page := c.page(why)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Connection", "close")
	w.WriteHeader(status)
	if _, err := w.Write(page); err != nil {
		return // the browser went away
	}
	if err := http.NewResponseController(w).Flush(); err != nil {
		return // as above
	}
}
