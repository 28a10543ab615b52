package sandbox

import (
	"net/http/httptest"
	"testing"
	"time"
)

func TestGoogleShowsEachAccountItsOwnContacts(t *testing.T) {
	g := NewGoogle(GoogleParams{
		Now:     time.Now,
		Clients: []GoogleClient{{ID: "c", Secret: "s"}},
		Accounts: []GoogleAccount{
			{ID: "1", Email: "anne@example.com"}, {ID: "2", Email: "bruno@example.com"},
		},
	})
	name := g.People.Add("anne@example.com", `{"names":[{"familyName":"Durand"}]}`)
	for account, want := range map[string]int{"1": 200, "2": 404, "": 401} {
		q := httptest.NewRequestWithContext(t.Context(), "GET", "/v1/"+name+"?personFields=names", nil)
		if account != "" {
			q.Header.Set("Authorization", "Bearer "+g.AccessToken(account, GoogleScopeContacts))
		}
		w := httptest.NewRecorder()
		if g.Handler().ServeHTTP(w, q); w.Code != want {
			t.Errorf("account %q: %d, want %d", account, w.Code, want)
		}
	}
}
