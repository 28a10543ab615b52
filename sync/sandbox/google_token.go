package sandbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// googleCode is an authorisation code: good once, for the program and the return address that it was asked with.
type googleCode struct {
	account   *googleAccount
	client    *GoogleClient
	scopes    []string
	redirect  string
	challenge string // S256
	until     time.Time
}

func (g *Google) oauthRoutes() {
	g.mux.HandleFunc("GET /o/oauth2/v2/auth", g.authorize)
	g.mux.HandleFunc("POST /o/oauth2/v2/choose", g.choose)
	g.mux.HandleFunc("POST /o/oauth2/v2/consent", g.consent)
	g.mux.HandleFunc("POST /token", g.token)
	g.mux.HandleFunc("POST /revoke", g.revoke)
}

// tokenRefusal is the body of a refusal of the token and revocation endpoints.
type tokenRefusal struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

// tokenAnswer is the body of an answer of the token endpoint.
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"`
	TokenType    string `json:"token_type"`
	IDToken      string `json:"id_token,omitempty"`
}

// token exchanges codes and refreshes.
func (g *Google) token(w http.ResponseWriter, r *http.Request) {
	form, ok := tokenForm(w, r)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts.TokenCalls++
	if !ok {
		return
	}
	if status := g.behave.TokenStatus; status != 0 {
		if g.behave.TokenError == "" {
			http.Error(w, http.StatusText(status), status) // as a proxy or a failing front end: no JSON
			return
		}
		writeGoogle(w, status, tokenRefusal{Error: g.behave.TokenError})
		return
	}
	client, status, refusal := g.clientOf(form)
	if client == nil {
		writeGoogle(w, status, refusal)
		return
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		g.exchange(w, r, form, client)
	case "refresh_token":
		g.renew(w, r, form, client)
	default:
		writeGoogle(w, http.StatusBadRequest, tokenRefusal{"unsupported_grant_type", "Invalid grant_type: " + form.Get("grant_type")})
	}
}

// tokenForm reads the form of a call; nothing of it may stand in the address, where logs would keep it.
func tokenForm(w http.ResponseWriter, r *http.Request) (url.Values, bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch err := r.ParseForm(); {
	case err != nil || media != "application/x-www-form-urlencoded":
		writeGoogle(w, http.StatusBadRequest, tokenRefusal{"invalid_request", "Could not parse the form."})
		return nil, false
	case r.URL.RawQuery != "":
		writeGoogle(w, http.StatusBadRequest, tokenRefusal{"invalid_request", "Parameters are not allowed in the query."})
		return nil, false
	}
	for name, values := range r.PostForm {
		if len(values) > 1 {
			writeGoogle(w, http.StatusBadRequest, tokenRefusal{"invalid_request", "OAuth 2 parameters can only have a single value: " + name})
			return nil, false
		}
	}
	return r.PostForm, true
}

// clientOf finds the program of a call; nil with the refusal when it is not one. A program of the sort « Desktop app »
// must send its secret, though it is none: https://github.com/googleapis/google-api-dotnet-client/issues/1827. Called with
// the lock held.
func (g *Google) clientOf(form url.Values) (*GoogleClient, int, tokenRefusal) {
	client := g.clients[form.Get("client_id")]
	switch {
	case form.Get("client_id") == "":
		return nil, http.StatusBadRequest, tokenRefusal{"invalid_request", "Could not determine client ID from request."}
	case client == nil:
		return nil, http.StatusUnauthorized, tokenRefusal{"invalid_client", "The OAuth client was not found."}
	case client.Deleted:
		return nil, http.StatusUnauthorized, tokenRefusal{"deleted_client", "The OAuth client was deleted."}
	case form.Get("client_secret") == "":
		return nil, http.StatusBadRequest, tokenRefusal{"invalid_request", "client_secret is missing."}
	case form.Get("client_secret") != client.Secret:
		return nil, http.StatusUnauthorized, tokenRefusal{"invalid_client", "Unauthorized"}
	}
	return client, 0, tokenRefusal{}
}

// exchange gives tokens for a code. Called with the lock held.
func (g *Google) exchange(w http.ResponseWriter, r *http.Request, form url.Values, client *GoogleClient) {
	code := g.codes[form.Get("code")]
	verifier := form.Get("code_verifier")
	digest := sha256.Sum256([]byte(verifier))
	var refusal tokenRefusal
	switch {
	case code == nil || code.client != client:
		refusal = tokenRefusal{"invalid_grant", "Malformed auth code."}
	case !g.now().Before(code.until):
		refusal = tokenRefusal{"invalid_grant", "Bad Request"}
	case code.redirect != form.Get("redirect_uri"):
		refusal = tokenRefusal{"redirect_uri_mismatch", "Bad Request"}
	case verifier == "":
		refusal = tokenRefusal{"invalid_grant", "Missing code verifier."}
	case code.challenge != base64.RawURLEncoding.EncodeToString(digest[:]):
		refusal = tokenRefusal{"invalid_grant", "Invalid code verifier."}
	}
	if refusal.Error != "" {
		writeGoogle(w, http.StatusBadRequest, refusal)
		return
	}
	delete(g.codes, form.Get("code"))
	g.counts.Exchanges++
	grant := g.grant(code.account, client, code.scopes)
	a := g.answer(r, grant)
	a.RefreshToken = grant.refresh // an installed program always gets one
	writeGoogle(w, http.StatusOK, a)
}

// renew gives an access token for a refresh token. Called with the lock held.
func (g *Google) renew(w http.ResponseWriter, r *http.Request, form url.Values, client *GoogleClient) {
	if form.Get("refresh_token") == "" {
		writeGoogle(w, http.StatusBadRequest, tokenRefusal{"invalid_request", "Missing required parameter: refresh_token"})
		return
	}
	grant := g.refresh[form.Get("refresh_token")]
	if grant == nil || grant.client != client || !g.alive(grant) {
		writeGoogle(w, http.StatusBadRequest, tokenRefusal{"invalid_grant", "Token has been expired or revoked."})
		return
	}
	g.counts.Refreshes++
	if !g.behave.Rotate {
		writeGoogle(w, http.StatusOK, g.answer(r, grant))
		return
	}
	delete(g.refresh, grant.refresh)
	grant.refresh = "1//" + rand.Text()
	g.refresh[grant.refresh] = grant
	a := g.answer(r, grant)
	a.RefreshToken = grant.refresh
	writeGoogle(w, http.StatusOK, a)
}

// answer gives an access token of a grant, in the form of the endpoint. Called with the lock held.
func (g *Google) answer(r *http.Request, grant *googleGrant) tokenAnswer {
	a := tokenAnswer{
		AccessToken: g.issue(grant), ExpiresIn: int(googleAccessLife / time.Second), Scope: strings.Join(grant.scopes, " "),
		TokenType: "Bearer",
	}
	if slices.Contains(grant.scopes, GoogleScopeOpenID) {
		a.IDToken = g.idToken(r, grant)
	}
	return a
}

// idToken tells who the account is. Its signature is not a real one: a token that comes straight from the token endpoint
// over TLS need not be checked by it (OpenID Connect Core, 3.1.3.7). Called with the lock held.
func (g *Google) idToken(r *http.Request, grant *googleGrant) string {
	claims := map[string]any{
		"iss": "http://" + r.Host, "azp": grant.client.ID, "aud": grant.client.ID, "sub": grant.account.ID,
		"iat": g.now().Unix(), "exp": g.now().Add(googleAccessLife).Unix(),
	}
	if slices.Contains(grant.scopes, GoogleScopeEmail) {
		claims["email"], claims["email_verified"] = grant.account.Email, true
	}
	part := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			panic(err) // texts and numbers
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	return part(map[string]string{"alg": "RS256", "typ": "JWT"}) + "." + part(claims) + "." +
		base64.RawURLEncoding.EncodeToString([]byte("signature"))
}

// revoke ends a grant by either of its tokens.
func (g *Google) revoke(w http.ResponseWriter, r *http.Request) {
	form, ok := tokenForm(w, r)
	if !ok {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	token := form.Get("token")
	grant := g.refresh[token]
	if a := g.access[token]; a != nil {
		grant = a.grant
	}
	switch {
	case token == "":
		writeGoogle(w, http.StatusBadRequest, tokenRefusal{"invalid_request", "Missing required parameter: token"})
		return
	case grant == nil:
		writeGoogle(w, http.StatusBadRequest, tokenRefusal{"invalid_token", "Token expired or revoked"})
		return
	}
	if g.behave.RevokeFails {
		writeGoogle(w, http.StatusBadRequest, tokenRefusal{"invalid_request", "Bad Request"})
		return
	}
	g.kill(grant)
	g.counts.Revocations++
	writeGoogle(w, http.StatusOK, struct{}{})
}

// writeGoogle answers with JSON.
func writeGoogle(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		return // the program went away
	}
}
