package browser_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"diapason/app/browser"
	"diapason/storage"
	"diapason/sync/oauth"
	"diapason/sync/sandbox"
)

// TestAPersonConsentsInARealBrowser goes the whole way of a consent in Chromium, from the address that Diapason opens over
// the pages of Google's emulator to the page that it ends on.
func TestAPersonConsentsInARealBrowser(t *testing.T) {
	google := sandbox.NewGoogle(sandbox.GoogleParams{
		Now: time.Now, Clients: []sandbox.GoogleClient{{ID: "own", Secret: "GOCSPX-own"}},
		Accounts: []sandbox.GoogleAccount{{ID: "1001", Email: "zoe@hotel.example", Name: "Zoé"}, {ID: "1002", Email: "ali@hotel.example", Name: "Ali"}},
	})
	server := httptest.NewServer(google.Handler())
	t.Cleanup(server.Close)
	endpoint, err := oauth.Google(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := newChromium(t)
	cases := []struct {
		name    string
		clicks  []string // the person's, after the choice of the account
		behave  sandbox.GoogleBehaviour
		refused string // code of the problem
		shown   string // on the page at the end
	}{
		{"accepted", []string{"#allow"}, sandbox.GoogleBehaviour{}, "", "Compte connecté"},
		{"refused", []string{"#deny"}, sandbox.GoogleBehaviour{}, "oauth.refused", "L’accès n’a pas été accordé"},
		{"one scope unticked", []string{`input[value$="/contacts"]`, "#allow"}, sandbox.GoogleBehaviour{}, "oauth.contactsMissing", "laissé décoché"},
		{"wrong state", []string{"#allow"}, sandbox.GoogleBehaviour{OtherState: true}, "oauth.state", "ne correspond pas"},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			google.Behave(func(b *sandbox.GoogleBehaviour) { *b = k.behave })
			ended := make(chan string, 1)
			var kept *oauth.Grant
			err := flow(endpoint, func(g *oauth.Grant) { kept = g }, oauth.Browser{
				Page: browser.Page,
				Open: func(address string) error {
					page, err := c.answer(address, append([]string{`button[value="1002"]`}, k.clicks...))
					ended <- page
					return err
				},
			}).Authorize(t.Context(), "")
			var why *storage.Problem
			if k.refused != "" && (!errors.As(err, &why) || why.Code != k.refused || kept != nil) || k.refused == "" && (err != nil || kept == nil || kept.Email != "ali@hotel.example") {
				t.Errorf("%v, kept %+v", err, kept)
			}
			if page := <-ended; !strings.Contains(page, k.shown) || !strings.Contains(page, "fermer cet onglet") || strings.Contains(page, "4/") {
				t.Errorf("the browser ends on %q", page)
			}
		})
	}
	t.Run("the browser never returns", func(t *testing.T) {
		opened := make(chan error, 1)
		err := flow(endpoint, func(*oauth.Grant) { t.Error("kept") }, oauth.Browser{
			Page: browser.Page, Patience: time.Millisecond,
			Open: func(address string) error { // the person looks at the page, and answers nothing
				err := c.open(address)
				opened <- err
				return err
			},
		}).Authorize(t.Context(), "")
		var why *storage.Problem
		if !errors.As(err, &why) || why.Code != "oauth.timeout" {
			t.Errorf("%v", err)
		}
		if err := <-opened; err != nil {
			t.Error(err)
		}
		if _, err := c.until(`return document.querySelector('button[value="1001"]') ? "asked" : ""`); err != nil {
			t.Error(err)
		}
	})
	if n := google.Counts().Exchanges; n != 2 { // accepted, and one scope unticked
		t.Errorf("%d codes were exchanged", n)
	}
}

// flow asks for access to contacts and keeps what was granted whole.
func flow(endpoint oauth.Endpoint, keep func(*oauth.Grant), b oauth.Browser) *oauth.Flow {
	return &oauth.Flow{
		Client: oauth.Client{ID: "own", Secret: "GOCSPX-own"}, Endpoint: endpoint, Scopes: []string{oauth.ScopeGoogleContacts}, Browser: b,
		Keep: func(_ context.Context, g *oauth.Grant) error {
			if missing := g.Problem(); missing != nil {
				return missing
			}
			keep(g)
			return nil
		},
	}
}

// answer opens an address, clicks through its pages, and gives the text of the program's page at the end.
func (c *chromium) answer(address string, clicks []string) (string, error) {
	if err := c.open(address); err != nil {
		return "", err
	}
	for _, selector := range clicks {
		if err := c.click(selector); err != nil {
			return "", err
		}
	}
	return c.until(`return document.querySelector("#title") && document.readyState == "complete" ? document.body.innerText : ""`)
}
