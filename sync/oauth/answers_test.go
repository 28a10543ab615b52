package oauth_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"diapason/sync/directory"
	"diapason/sync/oauth"
)

// TestAnAnswerOfTheTokenEndpointIsATokenOrAnErrorInWords gives answers that no service should: whatever comes, what is given out is a
// token, it is not asked for again before it must be, and the kept one is not replaced by nothing.
func TestAnAnswerOfTheTokenEndpointIsATokenOrAnErrorInWords(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		status int
		code   string // of the error; "": a token
	}{
		"as documented":       {`{"access_token":"a","expires_in":3599,"token_type":"Bearer"}`, 200, ""},
		"without a lifetime":  {`{"access_token":"a","token_type":"Bearer"}`, 200, ""},
		"a lifetime of none":  {`{"access_token":"a","expires_in":0}`, 200, ""},
		"a lifetime as text":  {`{"access_token":"a","expires_in":"3599"}`, 200, ""},
		"a negative lifetime": {`{"access_token":"a","expires_in":-5}`, 200, ""},
		"a lifetime of ages":  {`{"access_token":"a","expires_in":999999999999999999}`, 200, ""},
		"an empty rotation":   {`{"access_token":"a","expires_in":3599,"refresh_token":""}`, 200, ""},
		"no token":            {`{"expires_in":3599}`, 200, "oauth.unavailable"},
		"an empty token":      {`{"access_token":"","expires_in":3599}`, 200, "oauth.unavailable"},
		"a number":            {`{"access_token":12345,"expires_in":3599}`, 200, "oauth.captive"},
		"a list":              {`[]`, 200, "oauth.captive"},
		"nothing":             {``, 200, "oauth.captive"},
		"a web page":          {`<html>Bienvenue</html>`, 200, "oauth.captive"},
		"a page and a 403":    {`<html>Bienvenue</html>`, 403, "oauth.captive"},
		"an unknown refusal":  {`{"error":"something_new"}`, 400, "oauth.otherError"},
		"a refusal in words":  {`{"error":"<b>Zoé</b>"}`, 400, "oauth.otherError"},
		"a nested refusal":    {`{"error":{"code":400}}`, 400, "oauth.captive"},
		"endless":             {`{"access_token":"` + strings.Repeat("a", 3<<20) + `"}`, 200, "oauth.captive"},
	} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.answer) //nolint:errcheck // the client has read enough
			}))
			defer server.Close()
			defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
			r := newRig(t)
			r.kept = "kept"
			source := r.source(func(p *oauth.SourceParams) { p.Endpoint.Token = server.URL })
			for range 3 {
				token, err := source.Token(t.Context())
				switch {
				case c.code == "" && (err != nil || token != "a"):
					t.Fatalf("%q, %v", token, err)
				case c.code != "" && (err == nil || token != ""):
					t.Fatalf("%d bytes are given out as a token", len(token))
				case c.code != "" && directory.Classify(err).Problem.Code != c.code:
					t.Errorf("%v", err)
				}
			}
			if n := calls.Load(); c.code == "" && n != 1 || r.kept != "kept" {
				t.Errorf("%d calls, %q is kept", n, r.kept)
			}
		})
	}
}
