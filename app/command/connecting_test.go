package command

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"diapason/sync/sandbox"
)

// googleShell is a shell beside Google's emulator.
type googleShell struct {
	*shell
	google *sandbox.Google
	url    string
	secret string // file
}

func newGoogleShell(t *testing.T) *googleShell {
	t.Helper()
	g := &googleShell{shell: newShell(t), google: sandbox.NewGoogle(sandbox.GoogleParams{
		Now: time.Now, Clients: []sandbox.GoogleClient{{ID: "own", Secret: "GOCSPX-own"}},
		Accounts: []sandbox.GoogleAccount{{ID: "1001", Email: "zoe@hotel.example"}, {ID: "1002", Email: "ali@hotel.example"}},
	})}
	server := httptest.NewServer(g.google.Handler())
	t.Cleanup(func() {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		server.Close()
	})
	g.url, g.secret = server.URL, g.file("secret", "GOCSPX-own\n")
	return g
}

// as has a person answer in the browser that a command opens.
func (g *googleShell) as(p sandbox.GooglePerson, args ...string) outcome {
	g.t.Helper()
	answered := make(chan string, 1)
	g.browse = func(address string) error {
		page, err := p.Answer(context.WithoutCancel(g.t.Context()), address)
		answered <- page
		return err
	}
	o := g.run(args...)
	if page := <-answered; !strings.Contains(page, "<html") {
		g.t.Errorf("the browser ended on %q", page)
	}
	return o
}

func (g *googleShell) adding(name string) []string {
	return []string{
		"account", "add", "contacts.google", "--name", name, "--set", "client-id=own", "--set", "base-url=" + g.url,
		"--secret", "client-secret=@" + g.secret, "--json",
	}
}

func TestAnAccountIsConnectedInTheBrowserTestedAndRemovedWithItsAccess(t *testing.T) {
	g := newGoogleShell(t)
	o := g.as(sandbox.GooglePerson{Account: "1002"}, g.adding("Contacts")...)
	var added struct{ ID, Kind, Name string }
	if err := json.Unmarshal([]byte(o.stdout), &added); err != nil || o.code != ExitDone || added.ID == "" || added.Kind != "contacts.google" {
		t.Fatalf("%d %s %s", o.code, o.stdout, o.stderr)
	}
	if !strings.Contains(o.stderr, g.url+"/o/oauth2/v2/auth?") || !strings.Contains(o.stderr, "ali@hotel.example") {
		t.Errorf("neither the address nor who was connected: %s", o.stderr)
	}
	for _, hidden := range []string{"GOCSPX-own", "ya29.", "1//"} {
		if strings.Contains(o.stdout+o.stderr, hidden) {
			t.Errorf("%q was printed", hidden)
		}
	}
	if !strings.Contains(o.stderr, "fichier chiffré") {
		t.Errorf("it is not said where the access is kept without a keyring: %s", o.stderr)
	}
	if o := g.run("account", "test", "Contacts"); o.code != ExitDone {
		t.Errorf("test: %d %s", o.code, o.stderr)
	}
	if o := g.run("account", "remove", "Contacts"); o.code != ExitDone || g.google.Counts().Revocations != 1 || g.google.Live("1002") != 0 {
		t.Errorf("remove: %d %s, %+v", o.code, o.stderr, g.google.Counts())
	}
}

func TestAnAccessThatCouldNotBeTakenBackIsSaid(t *testing.T) {
	g := newGoogleShell(t)
	if o := g.as(sandbox.GooglePerson{Account: "1001"}, g.adding("Contacts")...); o.code != ExitDone {
		t.Fatal(o.stderr)
	}
	g.google.Behave(func(b *sandbox.GoogleBehaviour) { b.RevokeFails = true })
	o := g.run("account", "remove", "Contacts", "--json")
	if o.code != ExitFailures || !strings.Contains(o.stderr, "n’a pas confirmé") || o.document(t)["revoked"] != false {
		t.Errorf("%d %s %s", o.code, o.stdout, o.stderr)
	}
	if left := g.run("account", "list", "--json"); strings.Contains(left.stdout, "Contacts") {
		t.Errorf("still there: %s", left.stdout)
	}
}

func TestAnAccountIsReconnectedWithoutBecomingAnother(t *testing.T) {
	g := newGoogleShell(t)
	if o := g.as(sandbox.GooglePerson{Account: "1001"}, g.adding("Contacts")...); o.code != ExitDone {
		t.Fatal(o.stderr)
	}
	before := g.run("account", "list").stdout
	g.google.Withdraw("1001")
	if o := g.run("account", "test", "Contacts"); o.code != ExitFailures || !strings.Contains(o.stderr, "Se reconnecter") {
		t.Fatalf("test: %d %s", o.code, o.stderr)
	}
	if o := g.as(sandbox.GooglePerson{}, "account", "reconnect", "Contacts"); o.code != ExitDone { // Google is told which account
		t.Fatalf("reconnect: %d %s", o.code, o.stderr)
	}
	if o := g.run("account", "test", "Contacts"); o.code != ExitDone {
		t.Errorf("test: %d %s", o.code, o.stderr)
	}
	if after := g.run("account", "list").stdout; after != before {
		t.Errorf("accounts before %q, after %q", before, after)
	}
}

func TestWhatThePersonRefusesIsSaidAndNothingIsKept(t *testing.T) {
	g := newGoogleShell(t)
	o := g.as(sandbox.GooglePerson{Account: "1001", Deny: true}, g.adding("Contacts")...)
	if o.code != ExitUsage || !strings.Contains(o.stderr, "L’accès n’a pas été accordé") {
		t.Errorf("%d %s", o.code, o.stderr)
	}
	if o := g.run("account", "list"); strings.Contains(o.stdout, "Contacts") {
		t.Errorf("kept: %s", o.stdout)
	}
}

func TestWhatGoogleNeedsIsSaidBeforeTheBrowserOpens(t *testing.T) {
	g := newGoogleShell(t)
	g.browse = func(string) error { t.Error("the browser was opened"); return nil }
	for want, args := range map[string][]string{
		"secret du client": {"--set", "client-id=own", "--set", "base-url=" + g.url},
		"projet Google":    nil,
		"client-secret":    {"--secret", "refresh-token=@" + g.secret}, // nobody gives that one
	} {
		o := g.run(append([]string{"account", "add", "contacts.google", "--name", "X"}, args...)...)
		if o.code != ExitUsage || !strings.Contains(o.stderr, want) {
			t.Errorf("%v: %d %s", args, o.code, o.stderr)
		}
	}
}
