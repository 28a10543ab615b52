package oauth

import (
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"diapason/storage"
	"diapason/sync/directory"
)

// early is how long before its end an access token is taken for expired, so that it does not expire on its way.
const early = time.Minute

// usual is how long an access token lives of which that is not said.
const usual = time.Hour

// SourceParams are what access tokens are made from.
type SourceParams struct {
	Client   Client
	Endpoint Endpoint
	// Load gives the refresh token that is kept; "" when there is none. Save keeps the one that took its place.
	Load func(ctx context.Context) (string, error)
	Save func(ctx context.Context, refreshToken string) error
	Now  func() time.Time
	// Transport is nil but in tests.
	Transport http.RoundTripper
}

// Source gives access tokens of one account. It is safe from any goroutine, and several of one account may live side by
// side: when a token was replaced meanwhile, the one that is kept is used.
type Source struct {
	p     SourceParams
	turn  chan struct{} // held by who refreshes, and for what follows
	token string
	until time.Time
	// unsaved is a refresh token that took the place of the kept one and could not be kept yet.
	unsaved string
}

// NewSource makes a source; it asks nothing before the first token is wanted.
func NewSource(p SourceParams) *Source { return &Source{p: p, turn: make(chan struct{}, 1)} }

// Token gives an access token with at least a minute to live. Its errors are *directory.Error: Auth pauses the lane until
// the person reconnects the account, with every other class nothing has left this machine and it passes by itself.
func (s *Source) Token(ctx context.Context) (string, error) {
	if err := s.take(ctx); err != nil {
		return "", err
	}
	defer s.give()
	if s.token != "" && s.p.Now().Add(early).Before(s.until) {
		return s.token, nil
	}
	return s.renew(ctx)
}

func (s *Source) take(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Source) give() { <-s.turn }

// reject forgets an access token that the service did not take.
func (s *Source) reject(ctx context.Context, token string) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.give()
	if s.token == token {
		s.token = ""
	}
	return nil
}

// renew asks for an access token. Called with the turn held.
func (s *Source) renew(ctx context.Context) (string, error) {
	tried := ""
	for {
		kept, err := s.kept(ctx)
		if err != nil {
			return "", err
		}
		if kept == "" || kept == tried {
			return "", reconnect()
		}
		tried = kept
		token, err := s.refresh(ctx, kept)
		var dead *oauth2.RetrieveError
		if errors.As(err, &dead) && dead.ErrorCode == "invalid_grant" {
			continue // unless another one is kept by now
		}
		if err != nil {
			if ctx.Err() != nil {
				return "", ctx.Err()
			}
			return "", failure(err, s.p.Now())
		}
		lives := time.Duration(token.ExpiresIn) * time.Second
		if lives <= 0 { // not told (RFC 6749, 5.1): a call that is refused tells
			lives = usual
		}
		s.token, s.until = token.AccessToken, s.p.Now().Add(lives)
		if token.RefreshToken != kept {
			s.unsaved = token.RefreshToken
			if err := s.save(ctx); err != nil {
				return "", err
			}
		}
		return s.token, nil
	}
}

// kept gives the refresh token to use.
func (s *Source) kept(ctx context.Context) (string, error) {
	if s.unsaved != "" {
		if err := s.save(ctx); err != nil {
			return "", err
		}
	}
	kept, err := s.p.Load(ctx)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil
	}
	return kept, err
}

// save keeps the refresh token that took the place of the one before. Until that succeeds no access token is given out:
// whoever got one would work on while the account is lost at the next start.
func (s *Source) save(ctx context.Context) error {
	if err := s.p.Save(ctx, s.unsaved); err != nil {
		s.token = ""
		return err
	}
	s.unsaved = ""
	return nil
}

func (s *Source) refresh(ctx context.Context, refreshToken string) (*oauth2.Token, error) {
	config := oauth2.Config{
		ClientID: s.p.Client.ID, ClientSecret: s.p.Client.Secret,
		Endpoint: oauth2.Endpoint{TokenURL: s.p.Endpoint.Token, AuthStyle: oauth2.AuthStyleInParams},
	}
	calling := context.WithValue(ctx, oauth2.HTTPClient, caller(s.p.Transport))
	return config.TokenSource(calling, &oauth2.Token{RefreshToken: refreshToken}).Token()
}

// reconnect is what a dead grant comes to: only the person can give another one.
func reconnect() *directory.Error {
	return &directory.Error{
		Class: directory.Auth, Problem: storage.NewProblem("oauth.reconnect"), Err: errors.New("no living refresh token"),
	}
}

// Doer gives a client whose calls bear an access token. A call that is answered 401 is made once more with a new one. It
// follows no redirect: the token is for the service only.
func (s *Source) Doer() *http.Client {
	base := s.p.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	return &http.Client{Transport: &signer{source: s, base: base}, CheckRedirect: stay}
}

type signer struct {
	source *Source
	base   http.RoundTripper
}

// RoundTrip makes one call with a token.
func (t *signer) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := t.source.Token(r.Context())
	if err != nil {
		return nil, errors.Join(err, shut(r))
	}
	res, err := t.base.RoundTrip(signed(r, token))
	if err != nil || res.StatusCode != http.StatusUnauthorized {
		return res, err
	}
	again, can := replay(r)
	if !can {
		return res, nil
	}
	if err := errors.Join(t.source.reject(r.Context(), token), res.Body.Close()); err != nil {
		return nil, err
	}
	if token, err = t.source.Token(r.Context()); err != nil {
		return nil, errors.Join(err, shut(again))
	}
	return t.base.RoundTrip(signed(again, token))
}

// signed gives a copy of a call with a token: a RoundTripper must not change the one that it was given.
func signed(r *http.Request, token string) *http.Request {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

// replay gives a call once more; false when its body cannot be had again.
func replay(r *http.Request) (*http.Request, bool) {
	again := r.Clone(r.Context())
	if r.Body == nil || r.Body == http.NoBody {
		return again, true
	}
	if r.GetBody == nil {
		return nil, false
	}
	body, err := r.GetBody()
	again.Body = body
	return again, err == nil
}

// shut closes the body of a call that is not made.
func shut(r *http.Request) error {
	if r.Body == nil {
		return nil
	}
	return r.Body.Close()
}
