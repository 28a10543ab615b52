package sandbox

import (
	"crypto/rand"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// googleTicket is a request for consent that a person is looking at.
type googleTicket struct {
	client    *GoogleClient
	redirect  *url.URL
	scopes    []string
	state     string
	challenge string
	again     bool           // the consent is asked for even when it was given before
	account   *googleAccount // chosen; nil before that
}

// challengeForm is what a S256 code challenge looks like: 32 bytes in unpadded base64url.
var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

var googleScopeTexts = map[string]string{
	GoogleScopeContacts: "Consulter, modifier, télécharger et supprimer définitivement vos contacts",
	GoogleScopeBusiness: "Consulter, modifier, créer et supprimer vos fiches d’établissement Google",
}

// googleRefusals are the errors that Google shows on a page of its own, with what stands on it; nothing comes back to the
// program.
var googleRefusals = map[string]string{
	"admin_policy_enforced": "L’administrateur de votre organisation ne permet pas cet accès.",
	"org_internal":          "Cette application est réservée aux membres de son organisation.",
	"disallowed_useragent":  "Ce navigateur intégré n’est pas accepté.",
	"deleted_client":        "Le client OAuth a été supprimé.",
	"invalid_client":        "Le client OAuth est introuvable.",
	"redirect_uri_mismatch": "L’adresse de retour ne correspond pas au client.",
	"invalid_request":       "La demande est incomplète ou mal formée.",
}

// authorize is where the program sends the browser: a choice of account, then the consent.
func (g *Google) authorize(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	q := r.URL.Query()
	t, refusal := g.ticket(r, q)
	if refusal != "" {
		refusePage(w, refusal)
		return
	}
	prompt := strings.Fields(q.Get("prompt"))
	t.again = slices.Contains(prompt, "consent")
	if slices.Contains(prompt, "none") {
		g.back(w, r, t, url.Values{"error": {"interaction_required"}})
		return
	}
	key := rand.Text()
	g.tickets[key] = t
	if hinted := g.byEmail(q.Get("login_hint")); hinted != nil && !slices.Contains(prompt, "select_account") {
		t.account = hinted
		g.askConsent(w, r, key, t)
		return
	}
	page := googlePage{Title: "Choisissez un compte", Key: key}
	for _, a := range g.accounts {
		page.Accounts = append(page.Accounts, a.GoogleAccount)
	}
	slices.SortFunc(page.Accounts, func(a, b GoogleAccount) int { return strings.Compare(a.Email, b.Email) })
	renderGoogle(w, http.StatusOK, page)
}

// ticket checks a request; the code of the refusal when it is wrong. Called with the lock held.
func (g *Google) ticket(r *http.Request, q url.Values) (*googleTicket, string) {
	client := g.clients[q.Get("client_id")]
	redirect, badAddress := url.Parse(q.Get("redirect_uri"))
	scopes := strings.Fields(q.Get("scope"))
	for i, s := range scopes {
		if s == "email" { // the short name of the same thing; the answer gives the long one
			scopes[i] = GoogleScopeEmail
		}
	}
	switch {
	case g.behave.Refuse != "":
		return nil, g.behave.Refuse
	case strings.Contains(r.UserAgent(), "; wv)"): // Android's embedded view
		return nil, "disallowed_useragent"
	case client == nil:
		return nil, "invalid_client"
	case client.Deleted:
		return nil, "deleted_client"
	case badAddress != nil || !isLoopback(redirect):
		return nil, "redirect_uri_mismatch"
	case q.Get("response_type") != "code" || len(scopes) == 0 || slices.ContainsFunc(scopes, unknownScope),
		q.Get("code_challenge_method") != "S256" || !challengeForm.MatchString(q.Get("code_challenge")):
		return nil, "invalid_request"
	}
	return &googleTicket{
		client: client, redirect: redirect, scopes: scopes, state: q.Get("state"), challenge: q.Get("code_challenge"),
	}, ""
}

func unknownScope(scope string) bool { return googleScopeTexts[scope] == "" && !isIdentity(scope) }

// isIdentity reports whether a scope says only who the account is: it has no box to untick.
func isIdentity(scope string) bool { return scope == GoogleScopeOpenID || scope == GoogleScopeEmail }

// isLoopback reports whether an address may be returned to: any port and path of this machine, over plain HTTP.
func isLoopback(u *url.URL) bool {
	port, err := strconv.Atoi(u.Port())
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) && err == nil && port > 0 && u.Fragment == ""
}

func (g *Google) byEmail(email string) *googleAccount {
	for _, a := range g.accounts {
		if email != "" && strings.EqualFold(a.Email, email) {
			return a
		}
	}
	return nil
}

// choose notes the account that the person chose, and asks for the consent.
func (g *Google) choose(w http.ResponseWriter, r *http.Request) {
	g.answerPage(w, r, func(key string, t *googleTicket) {
		t.account = g.accounts[r.PostForm.Get("account")]
		g.askConsent(w, r, key, t)
	})
}

// answerPage finds what a page was about. Do is called with the lock held.
func (g *Google) answerPage(w http.ResponseWriter, r *http.Request, do func(key string, t *googleTicket)) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		refusePage(w, "invalid_request")
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	key := r.PostForm.Get("ticket")
	t := g.tickets[key]
	if t == nil {
		refusePage(w, "invalid_request")
		return
	}
	do(key, t)
}

// askConsent shows what is asked for; a consent that was given before and is not asked for again is passed over. Called
// with the lock held.
func (g *Google) askConsent(w http.ResponseWriter, r *http.Request, key string, t *googleTicket) {
	if t.account == nil {
		refusePage(w, "invalid_request")
		return
	}
	given := !slices.ContainsFunc(t.scopes, func(s string) bool { return !t.account.consented[t.client.ID+" "+s] })
	if given && !t.again {
		delete(g.tickets, key)
		g.allow(w, r, t, t.scopes)
		return
	}
	page := googlePage{Title: "Diapason souhaite accéder à votre compte", Key: key, Email: t.account.Email, Testing: t.client.Testing}
	for _, s := range t.scopes {
		if !isIdentity(s) {
			page.Scopes = append(page.Scopes, googleScope{s, googleScopeTexts[s]})
		}
	}
	renderGoogle(w, http.StatusOK, page)
}

// consent takes the person's answer.
func (g *Google) consent(w http.ResponseWriter, r *http.Request) {
	g.answerPage(w, r, func(key string, t *googleTicket) {
		if t.account == nil {
			refusePage(w, "invalid_request")
			return
		}
		delete(g.tickets, key)
		if r.PostForm.Get("answer") != "allow" {
			g.counts.Refusals++
			g.back(w, r, t, url.Values{"error": {"access_denied"}})
			return
		}
		ticked := slices.DeleteFunc(slices.Clone(t.scopes), func(s string) bool {
			return !isIdentity(s) && !slices.Contains(r.PostForm["scope"], s)
		})
		for _, s := range ticked {
			t.account.consented[t.client.ID+" "+s] = true
		}
		g.counts.Consents++
		g.allow(w, r, t, ticked)
	})
}

// allow sends the browser back with a code. Called with the lock held.
func (g *Google) allow(w http.ResponseWriter, r *http.Request, t *googleTicket, scopes []string) {
	code := "4/" + rand.Text()
	g.codes[code] = &googleCode{
		account: t.account, client: t.client, scopes: scopes, redirect: t.redirect.String(), challenge: t.challenge,
		until: g.now().Add(googleCodeLife),
	}
	g.back(w, r, t, url.Values{"code": {code}, "scope": {strings.Join(scopes, " ")}})
}

// back sends the browser to the program. Called with the lock held.
func (g *Google) back(w http.ResponseWriter, r *http.Request, t *googleTicket, answer url.Values) {
	if g.behave.Answer != "" {
		answer = url.Values{"error": {g.behave.Answer}}
	}
	if t.state != "" {
		answer.Set("state", t.state)
	}
	if g.behave.OtherState {
		answer.Set("state", rand.Text())
	}
	to := *t.redirect
	q := to.Query()
	for name, values := range answer {
		q[name] = values
	}
	to.RawQuery = q.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

type googleScope struct{ Name, Text string }

type googlePage struct {
	Title, Text, Key, Email string
	Accounts                []GoogleAccount
	Scopes                  []googleScope
	Testing                 bool
}

var googlePages = template.Must(template.New("google").Parse(`<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;color:#1d2433}button{font:inherit;padding:.5rem 1rem;margin:.3rem 0}
label{display:block;margin:.6rem 0}</style></head><body><h1>{{.Title}}</h1>
<p>Cette page imite celle de Google : rien ne quitte cet ordinateur.</p>
{{if .Accounts}}<form method="post" action="/o/oauth2/v2/choose"><input type="hidden" name="ticket" value="{{.Key}}">
{{range .Accounts}}<p><button name="account" value="{{.ID}}">{{.Name}}, {{.Email}}</button></p>{{end}}</form>
{{else if .Key}}{{if .Testing}}<p>Google n’a pas validé cette application.</p>{{end}}<p>{{.Email}}</p>
<form method="post" action="/o/oauth2/v2/consent"><input type="hidden" name="ticket" value="{{.Key}}">
{{range .Scopes}}<label><input type="checkbox" name="scope" value="{{.Name}}" checked> {{.Text}}</label>{{end}}
<button id="allow" name="answer" value="allow">Continuer</button> <button id="deny" name="answer" value="deny">Annuler</button></form>
{{else}}<p id="error">{{.Text}}</p>{{end}}</body></html>`))

// refusePage shows an error that does not come back to the program.
func refusePage(w http.ResponseWriter, code string) {
	status := http.StatusBadRequest
	if code == "invalid_client" || code == "deleted_client" {
		status = http.StatusUnauthorized
	}
	if code == "admin_policy_enforced" || code == "org_internal" || code == "disallowed_useragent" {
		status = http.StatusForbidden
	}
	renderGoogle(w, status, googlePage{Title: "Erreur " + strconv.Itoa(status) + " : " + code, Text: googleRefusals[code]})
}

func renderGoogle(w http.ResponseWriter, status int, p googlePage) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := googlePages.Execute(w, p); err != nil {
		return // the browser went away
	}
}
