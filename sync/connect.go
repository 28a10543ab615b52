package sync

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"time"

	"diapason/storage"
	"diapason/sync/oauth"
)

// revokeWithin bounds the wait for a service that is told that an account goes.
const revokeWithin = 15 * time.Second

// AsksConsent reports whether the accounts of a kind are connected in a browser, with Connect.
func (e *Engine) AsksConsent(kind string) bool { return e.couriers[kind].Consent != nil }

// Connect has a person grant access to an account in a browser, and keeps it as AddAccountWith does: a new one, or, with
// the ID of a kept one, the same account again, with everything that is linked to it. It waits for the person; ctx ends
// that. What is refused comes back as a problem, and nothing is kept.
func (e *Engine) Connect(ctx context.Context, a *storage.Account, secrets map[string]string, b oauth.Browser) error {
	kind, carries := e.couriers[a.Kind]
	if !carries || kind.Consent == nil {
		return storage.NewProblem("oauth.noConsent")
	}
	known, err := e.secretsOf(ctx, a, kind.Settings, secrets)
	if err != nil {
		return err
	}
	client, err := oauth.ClientOf(a.Settings, known)
	if err != nil {
		return err
	}
	endpoint, err := kind.Consent.Endpoint(a.Settings[oauth.SettingBaseURL])
	if err != nil {
		return err
	}
	flow := oauth.Flow{
		Client: client, Endpoint: endpoint, Scopes: kind.Consent.Scopes, Browser: b,
		Keep: func(ctx context.Context, g *oauth.Grant) error { return e.keepGrant(ctx, a, secrets, g) },
	}
	return flow.Authorize(ctx, a.Settings[oauth.SettingEmail])
}

// keepGrant keeps an account with what was granted to it.
func (e *Engine) keepGrant(ctx context.Context, a *storage.Account, secrets map[string]string, g *oauth.Grant) error {
	if missing := g.Problem(); missing != nil {
		return missing
	}
	if before := a.Settings[oauth.SettingSubject]; a.ID != "" && before != "" && before != g.Subject {
		return storage.NewProblem("oauth.otherAccount", "name", a.Name, "expected", a.Settings[oauth.SettingEmail], "found", g.Email)
	}
	same, err := e.granted(ctx, a, g.Subject, func(other *storage.Account) bool { return other.Kind == a.Kind })
	if err != nil {
		return err
	}
	if same != nil {
		return storage.NewProblem("oauth.already", "email", g.Email, "name", same.Name)
	}
	connected := *a
	if a.ID != "" { // with what happened to it while the person was in the browser
		kept, err := e.account(ctx, a.ID)
		if err != nil {
			return err
		}
		connected = *kept
		connected.Name = a.Name
	}
	connected.Settings = maps.Clone(a.Settings)
	if connected.Settings == nil {
		connected.Settings = map[string]string{}
	}
	connected.Settings[oauth.SettingSubject], connected.Settings[oauth.SettingEmail] = g.Subject, g.Email
	fresh := map[string]string{oauth.SecretRefreshToken: g.RefreshToken}
	maps.Copy(fresh, secrets)
	if err := e.AddAccountWith(ctx, &connected, fresh); err != nil {
		return err
	}
	*a = connected
	return nil
}

// granted finds another account that the same person's account was granted to; nil when there is none.
func (e *Engine) granted(
	ctx context.Context, a *storage.Account, subject string, counts func(*storage.Account) bool,
) (found *storage.Account, err error) {
	if subject == "" {
		return nil, nil
	}
	err = e.store.View(ctx, func(tx storage.Reader) error {
		all, err := tx.Accounts()
		for _, other := range all {
			if other.ID != a.ID && !other.Leaving && other.Settings[oauth.SettingSubject] == subject && counts(other) {
				found = other
			}
		}
		return err
	})
	return found, err
}

// revoke takes back what was granted to an account, unless another one lives on it: Google ends everything that the person
// granted to the program.
func (e *Engine) revoke(ctx context.Context, a *storage.Account) error {
	kind := e.couriers[a.Kind]
	if kind.Consent == nil || e.secrets == nil {
		return nil
	}
	same := func(other *storage.Account) bool {
		return other.Settings[oauth.SettingClientID] == a.Settings[oauth.SettingClientID]
	}
	if other, err := e.granted(ctx, a, a.Settings[oauth.SettingSubject], same); err != nil || other != nil {
		return err
	}
	token, err := e.secrets.Get(ctx, secretName(a.ID, oauth.SecretRefreshToken))
	if errors.Is(err, storage.ErrNotFound) || token == "" && err == nil {
		return nil
	}
	if err != nil {
		return err
	}
	endpoint, err := kind.Consent.Endpoint(a.Settings[oauth.SettingBaseURL])
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, revokeWithin)
	defer cancel()
	return oauth.Revoke(ctx, endpoint, token, nil)
}

// Authorised gives the client whose calls bear the access that a person granted to an account, for the connectors of
// kinds with a Consent. Secrets are the values that the connection was opened with.
func Authorised(
	a *storage.Account, secrets map[string]string, consent *oauth.Consent, kept Secrets, clock Clock,
) (*http.Client, error) {
	client, err := oauth.ClientOf(a.Settings, secrets)
	if err != nil {
		return nil, err
	}
	endpoint, err := consent.Endpoint(a.Settings[oauth.SettingBaseURL])
	if err != nil {
		return nil, err
	}
	name := secretName(a.ID, oauth.SecretRefreshToken)
	return oauth.NewSource(oauth.SourceParams{
		Client: client, Endpoint: endpoint, Now: clock.Now,
		Load: func(ctx context.Context) (string, error) { return kept.Get(ctx, name) },
		Save: func(ctx context.Context, token string) error { return kept.Set(ctx, name, token) },
	}).Doer(), nil
}
