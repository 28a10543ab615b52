// Package oauth lets a person grant Diapason access to an account in their own browser, and keeps that access alive:
// authorisation of an installed program over a loopback address with PKCE (Flow), access tokens made from the refresh
// token that is kept (Source), and the end of it (Revoke). Every refusal comes in words for people.
//
// What is granted to, and what is done with it, is not here: an account's kind declares a Consent, the engine connects
// accounts, connectors get an authorised http.Client. Refresh tokens are kept by who is given here to keep them; access
// tokens stay in memory. Nothing here logs, and no error bears a token, a code or a secret.
//
// The facts are those of https://developers.google.com/identity/protocols/oauth2/native-app.
package oauth

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
)

// Client is the program as the service knows it. The secret of an installed program is none, but Google demands it.
type Client struct{ ID, Secret string }

// builtInID and builtInSecret are the program that this build was registered as; "" when it was not:
//
//	go build -ldflags "-X diapason/sync/oauth.builtInID=… -X diapason/sync/oauth.builtInSecret=…"
var builtInID, builtInSecret string

// BuiltIn gives the program that this build is registered as; false when people must register one of their own.
func BuiltIn() (Client, bool) {
	return Client{ID: builtInID, Secret: builtInSecret}, builtInID != "" && builtInSecret != ""
}

// Endpoint is where a service is asked.
type Endpoint struct{ Authorize, Token, Revoke string }

// Google gives Google's endpoint, or that of an emulator at the address base. Only this machine is talked to without
// encryption.
func Google(base string) (Endpoint, error) {
	if base == "" {
		return Endpoint{
			Authorize: "https://accounts.google.com/o/oauth2/v2/auth", Token: "https://oauth2.googleapis.com/token",
			Revoke: "https://oauth2.googleapis.com/revoke",
		}, nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return Endpoint{}, storage.NewProblem("oauth.address")
	}
	base = strings.TrimSuffix(base, "/")
	return Endpoint{Authorize: base + "/o/oauth2/v2/auth", Token: base + "/token", Revoke: base + "/revoke"}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Scopes that say who granted. They are no sensitive ones: an id_token with them names the account in the very answer
// that grants, so that no further call, interface or permission is needed to know it.
const (
	ScopeOpenID = "openid"
	ScopeEmail  = "https://www.googleapis.com/auth/userinfo.email"
)

// ScopeGoogleContacts lets contacts be read, changed and deleted.
const ScopeGoogleContacts = "https://www.googleapis.com/auth/contacts"

// Consent is what a kind of account needs a person's consent to.
type Consent struct {
	// Scopes are asked for together, beside those that say who granted.
	Scopes []string
	// Endpoint gives where, from the setting SettingBaseURL.
	Endpoint func(base string) (Endpoint, error)
}

// The settings and secrets of an account that a person grants access to.
const (
	SettingBaseURL  = "base-url"  // "" is the service itself
	SettingClientID = "client-id" // the person's own registration; "" is the built-in one
	// SettingSubject and SettingEmail say which account granted; the engine writes them.
	SettingSubject     = "subject"
	SettingEmail       = "email"
	SecretClientSecret = "client-secret"
	SecretRefreshToken = "refresh-token"
)

// Settings are those that people give of such an account, and the secret that the consent gives.
func Settings() []directory.Setting {
	return []directory.Setting{
		{Name: SettingClientID, Optional: true},
		{Name: SecretClientSecret, Secret: true, Optional: true},
		{Name: SettingBaseURL, Optional: true},
		{Name: SecretRefreshToken, Secret: true, Optional: true, Granted: true},
	}
}

// ClientOf gives the program that an account is granted to: the person's own registration, else the built-in one.
func ClientOf(settings, secrets map[string]string) (Client, error) {
	own := Client{ID: strings.TrimSpace(settings[SettingClientID]), Secret: strings.TrimSpace(secrets[SecretClientSecret])}
	builtIn, registered := BuiltIn()
	switch {
	case own.ID != "" && own.Secret != "":
		return own, nil
	case own.ID != "":
		return Client{}, storage.NewProblem("oauth.secretMissing")
	case registered:
		return builtIn, nil
	}
	return Client{}, storage.NewProblem("oauth.noClient")
}

// callWithin bounds one call of an endpoint.
const callWithin = 30 * time.Second

// caller makes calls of endpoints: a redirect is never followed, because it would carry a secret somewhere else.
func caller(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: transport, CheckRedirect: stay, Timeout: callWithin}
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
