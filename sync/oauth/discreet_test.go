package oauth_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"diapason/sync/contacts/book/booktest"
	"diapason/sync/oauth"
	"diapason/sync/sandbox"
)

// TestNoErrorPassesOnWhatTheServiceQuotes has the exchange, the refreshing, the calls and the revocation answered by a service that
// quotes what it is asked, in every way there is: neither code, tokens nor secret are in an error, and the page says none.
func TestNoErrorPassesOnWhatTheServiceQuotes(t *testing.T) {
	r := newRig(t)
	r.connect()
	var gossip sandbox.Gossip
	server := httptest.NewServer(&gossip)
	t.Cleanup(server.Close)
	over := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(over.CloseIdleConnections)
	quoting := r.endpoint
	quoting.Token, quoting.Revoke = server.URL+"/token", server.URL+"/revoke"
	failed := 0
	for _, way := range sandbox.GossipWays() {
		gossip.Answer(way)
		said := func(what string, err error) {
			t.Helper()
			if err == nil {
				return
			}
			failed++
			discreet(t, what+" answered by "+way.Name+": "+booktest.Says(err), r.kept)
		}
		a := r.authorize(sandbox.GooglePerson{Account: "1001"}, "", func(f *oauth.Flow) { f.Endpoint, f.Transport = quoting, over })
		if a.err == nil || a.grant != nil {
			t.Errorf("%s: granted", way.Name)
		}
		said("the exchange", a.err)
		discreet(t, "the page after "+way.Name+": "+a.page, r.kept)
		source := r.source(func(p *oauth.SourceParams) { p.Endpoint, p.Transport = quoting, over })
		_, err := source.Token(t.Context())
		said("the refreshing", err)
		_, err = source.Doer().Get(server.URL + "/v1/people/me") //nolint:bodyclose // there is none
		said("a call", err)
		said("the revocation", oauth.Revoke(t.Context(), quoting, r.kept, over))
	}
	if least := len(sandbox.GossipWays()) * 3; failed < least {
		t.Errorf("%d calls failed, want %d: this tests too little", failed, least)
	}
}

// TestAnAddressThatHoldsASecretIsRefusedAndNotRepeated: addresses are kept and shown with the settings.
func TestAnAddressThatHoldsASecretIsRefusedAndNotRepeated(t *testing.T) {
	for _, address := range []string{
		"https://zoe:" + clientSecret + "@google.example", "https://google.example/?key=" + clientSecret, "https://google.example/#" + clientSecret,
		"http://google.example/" + clientSecret, "https://[" + clientSecret, clientSecret,
	} {
		_, err := oauth.Google(address)
		if err == nil {
			t.Errorf("%s is taken", address)
			continue
		}
		discreet(t, booktest.Says(err))
	}
}
