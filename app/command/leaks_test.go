package command

import (
	"archive/zip"
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"strings"
	stdsync "sync"
	"testing"

	"diapason/storage"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts"
	"diapason/sync/sandbox"
)

// gossip stands between the program and a service, and answers some calls with an error that quotes whatever the call
// bore: the card, the access, the password, the form with the code.
type gossip struct {
	http.Handler
	mu   stdsync.Mutex
	next map[string][]int // statuses to answer, by the beginning of method and path
}

func newGossip(t *testing.T, to string) (*gossip, string) {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: target.Scheme, Host: target.Host})
	proxy.Transport = &http.Transport{DisableKeepAlives: true}
	g := &gossip{Handler: proxy, next: map[string][]int{}}
	server := httptest.NewServer(g)
	t.Cleanup(func() {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		server.Close()
	})
	return g, server.URL + target.Path
}

func (g *gossip) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status := 0
	g.mu.Lock()
	for call, statuses := range g.next {
		if len(statuses) > 0 && strings.HasPrefix(r.Method+" "+r.URL.Path, call) {
			status, g.next[call] = statuses[0], statuses[1:]
			break
		}
	}
	g.mu.Unlock()
	if status == 0 {
		g.Handler.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		body = []byte(err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(status)
	quoted := fmt.Sprintf("%s %s %s %s", r.URL, r.Header.Get("Authorization"), r.Header.Get("If-Match"), body)
	fmt.Fprintf(w, `{"error":{"code":%d,"status":"FAILED_PRECONDITION","message":%q},"error_description":%q}`, status, quoted, quoted) //nolint:errcheck // the program went away
}

// misanswer has the next such call answered so.
func (g *gossip) misanswer(call string, statuses ...int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.next[call] = append(g.next[call], statuses...)
}

// unasked lists the calls that were to be answered so and were not made.
func (g *gossip) unasked() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var left []string
	for call, statuses := range g.next {
		if len(statuses) > 0 {
			left = append(left, fmt.Sprint(call, statuses))
		}
	}
	return strings.Join(left, ", ")
}

// These stand nowhere but on people's own screens, in the workspace and at the services.
var (
	tokens   = regexp.MustCompile(`ya29\.[A-Z2-7]{20,}|1//[A-Z2-7]{20,}|4(/|%2F)[A-Z2-7]{20,}`)
	secret   = []string{"GOCSPX-own", publicationtest.Password, "faux mot de passe", "Basic "}
	personal = []string{
		"Kirikipu", "Zébuline", "secret-lumen", "699887766", "6 99 88 77 66", "oursins", "Turlututu", "Babeth", // here
		"Farandole", "699112233", "Babouchka", "Tchoupi", "699445566", "Rigodon", // there
	}
)

// wantNothingOf looks for what must not be there.
func wantNothingOf(t *testing.T, where, text string, what ...string) {
	t.Helper()
	if found := tokens.FindString(text); found != "" {
		t.Errorf("%s bears the token %s", where, found)
	}
	for _, w := range what {
		if i := strings.Index(text, w); i >= 0 {
			t.Errorf("%s says %q: …%s…", where, w, text[max(0, i-200):min(len(text), i+100)])
		}
	}
}

// TestNoTokenNoSecretAndNoContactLeaves has the program connect accounts, keep contacts in tune and fail in every way, with
// services whose errors quote what they were sent, and then searches everything that leaves the workspace without having
// been asked for by name: the log, down to its finest level, the support file and the journal as other programs read it.
// What commands print may name contacts, for that is what they are for; secrets it may not bear either.
func TestNoTokenNoSecretAndNoContactLeaves(t *testing.T) {
	g := newGoogleShell(t)
	logged, err := os.Create(g.dir + "/diapason.log")
	if err != nil {
		t.Fatal(err)
	}
	g.unpaced = true
	g.log = slog.NewTextHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug})
	book := publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet")
	atGoogle, googleURL := newGossip(t, g.url)
	atServer, serverURL := newGossip(t, book.URL)
	g.url = googleURL
	run := func(args ...string) outcome {
		o := g.run(args...)
		wantNothingOf(t, "diapason "+strings.Join(args[:2], " "), o.stdout+o.stderr, secret...)
		return o
	}

	g.ok("contacts", "import", g.file("carnet.vcf", "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u1\r\nN:Kirikipu;Zébuline;;;\r\nFN:Zébuline Kirikipu\r\n"+
		"EMAIL;TYPE=HOME:zk@secret-lumen.test\r\nTEL;TYPE=CELL:+33699887766\r\nNOTE:Allergie aux oursins\r\nitem1.TEL:+33123456789\r\n"+
		"item1.X-ABLABEL:Standard de Babeth\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nN:Kirikipu;Babeth;;;\r\nEND:VCARD\r\n"+
		"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Turlututu;Babeth;;;\r\nEND:VCARD\r\n"))
	run("contacts", "import", g.file("autre.vcf", "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Turlututu;Zébuline;;;\r\nFN:Turlututu\r\n"+
		"EMAIL:zk@secret-lumen.test\r\nEND:VCARD\r\nBEGIN:VCARD\r\nN:Turlututu"))

	adding := append(g.adding("Contacts"), "--set", "units-per-minute=60000") // at no pace
	// Accounts: refused, not exchanged, granted; a wrong password, the right one.
	g.as(sandbox.GooglePerson{Account: "1001", Deny: true}, adding...)
	atGoogle.misanswer("POST /token", http.StatusInternalServerError, http.StatusBadRequest)
	for range 2 {
		o := g.as(sandbox.GooglePerson{Account: "1001"}, adding...)
		wantNothingOf(t, "an exchange that failed", o.stdout+o.stderr, secret...)
		if o.code == ExitDone {
			t.Fatal("an account was connected by a failed exchange")
		}
	}
	if o := g.as(sandbox.GooglePerson{Account: "1001"}, adding...); o.code != ExitDone {
		t.Fatal(o.stderr)
	}
	for _, password := range []string{"faux mot de passe", publicationtest.Password} {
		run("account", "add", "contacts.carddav", "--name", "Nuage "+password[:4], "--set", "base-url="+serverURL, "--set",
			"user="+publicationtest.User, "--set", "label=*", "--secret", "password=@"+g.file("mot", password+"\n"))
	}
	bad, good := "Nuage faux", "Nuage "+publicationtest.Password[:4]
	run("account", "test", bad)
	run("contacts", "sync", bad)

	// Passes: everything goes wrong once.
	label := g.google.People.AddLabel("zoe@hotel.example", "Diapason")
	name := g.google.People.Add("zoe@hotel.example", `{"names":[{"familyName":"Farandole","givenName":"Ida"}],"emailAddresses":[{"type":"home","value":"ida@secret-lumen.test"}],
		"phoneNumbers":[{"type":"mobile","value":"+33699112233"}],"biographies":[{"value":"Aime les oursins"}]}`)
	g.google.People.Label("zoe@hotel.example", name, label, true)
	put := func(file, card string) {
		if status, answer := book.Call(http.MethodPut, file, card, http.Header{"Content-Type": {"text/vcard"}}); status/100 != 2 {
			t.Fatal(status, answer)
		}
	}
	tchoupi := "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:tchoupi\r\nN:Tchoupi;Babouchka;;;\r\nFN:Babouchka Tchoupi\r\nTEL;TYPE=CELL:+33699445566\r\nNICKNAME:%s\r\nEND:VCARD\r\n"
	put("Babouchka-Tchoupi.vcf", fmt.Sprintf(tchoupi, "Rigodon"))
	g.google.ExpireAccess()
	atGoogle.misanswer("POST /token", http.StatusServiceUnavailable)
	atGoogle.misanswer("GET /v1/people", http.StatusTooManyRequests, http.StatusUnauthorized)
	atGoogle.misanswer("POST /v1/people:batchCreateContacts", http.StatusBadRequest)
	atGoogle.misanswer("POST /v1/people:createContact", http.StatusInternalServerError, http.StatusConflict, http.StatusBadRequest)
	run("contacts", "sync", "Contacts")
	atServer.misanswer("REPORT ", http.StatusInternalServerError)
	atServer.misanswer("PUT ", http.StatusInternalServerError, http.StatusForbidden, http.StatusBadRequest)
	run("contacts", "sync", good)
	run("contacts", "sync", good)

	// Edits on both sides that a person is asked about, and changes that the other side refuses.
	g.edits(func(w *Workspace) {
		g.google.People.Edit("zoe@hotel.example", name, `{"nicknames":[{"value":"Turlututu"}]}`)
		put("Babouchka-Tchoupi.vcf", fmt.Sprintf(tchoupi, "Turlututu"))
		for _, c := range g.all(w) {
			before := c.Clone()
			c.Nickname = "Rigodon de Kirikipu"
			change, err := w.Contacts.Save(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			again := change.Contact.Clone()
			again.Title = "Dompteuse de Babouchka"
			if _, err := w.Contacts.Save(t.Context(), again); err != nil {
				t.Fatal(err)
			}
			for _, err := range []error{
				w.Contacts.Undo(t.Context(), change), w.Contacts.Delete(t.Context(), before.ID),
				w.Contacts.Decide(t.Context(), "nothing", contacts.Answer{SameAs: before.ID}),
			} {
				if err == nil {
					t.Error("what cannot be done was done")
				}
				w.Log.Error("shown to the user", "error", err)
			}
		}
	})
	atGoogle.misanswer("POST /v1/people:batchUpdateContacts", http.StatusInternalServerError)
	atServer.misanswer("PUT ", http.StatusPreconditionFailed, http.StatusInternalServerError, http.StatusConflict)
	run("contacts", "sync", "Contacts")
	run("contacts", "sync", good)
	g.edits(func(w *Workspace) {
		for _, c := range g.all(w) {
			c.Title = "Éleveuse, oursins"
			if _, err := w.Contacts.Save(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
	})
	atGoogle.misanswer("POST /v1/people:batchUpdateContacts", http.StatusBadRequest, http.StatusBadRequest)
	atGoogle.misanswer("PATCH /v1/people/", http.StatusInternalServerError, http.StatusConflict, http.StatusBadRequest)
	run("contacts", "sync", "Contacts")
	run("contacts", "sync", good, "--dry-run")
	g.google.Withdraw("1001")
	run("contacts", "sync", "Contacts")
	atGoogle.misanswer("POST /revoke", http.StatusBadRequest)
	run("account", "remove", "Contacts")
	for _, g := range []*gossip{atGoogle, atServer} {
		if left := g.unasked(); left != "" {
			t.Errorf("never answered so, this test tests too little: %s", left)
		}
	}

	everything := append(append([]string{}, secret...), personal...)
	journal := run("journal", "--limit", "10000", "--json").stdout
	if !strings.Contains(journal, `"contact"`) || !strings.Contains(journal, "•••") || !strings.Contains(journal, "phone.personalMobile") {
		t.Errorf("the journal tells nothing of contacts: %s", journal)
	}
	wantNothingOf(t, "the journal for programs", journal, everything...)
	if list := run("journal", "--limit", "10000").stdout; !strings.Contains(list, "Kirikipu") {
		t.Errorf("the journal for people names nobody: %s", list)
	}
	support := g.dir + "/support.zip"
	g.ok("journal", "--support", support)
	for name, text := range unzipped(t, support) {
		wantNothingOf(t, "support file, "+name, text, everything...)
	}
	raw, err := os.ReadFile(logged.Name())
	if err = cmp.Or(err, logged.Close()); err != nil || !strings.Contains(string(raw), "shown to the user") {
		t.Fatalf("%v, %s", err, raw)
	}
	wantNothingOf(t, "the log", string(raw), everything...)
}

// edits opens the workspace, as the window does, for some changes.
func (g *googleShell) edits(f func(*Workspace)) {
	g.t.Helper()
	w, err := g.open(g.t.Context(), g.env["DIAPASON_WORKSPACE"])
	if err != nil {
		g.t.Fatal(err)
	}
	f(w)
	if err := w.Close(); err != nil {
		g.t.Fatal(err)
	}
}

// all gives the contacts.
func (g *googleShell) all(w *Workspace) (all []*storage.Contact) {
	g.t.Helper()
	err := w.Store.View(g.t.Context(), func(tx storage.Reader) (err error) {
		all, err = tx.Contacts("", 0)
		return err
	})
	if err != nil || len(all) < 3 {
		g.t.Fatal(len(all), err)
	}
	return all
}

// unzipped gives the files of an archive.
func unzipped(t *testing.T, path string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close() //nolint:errcheck // only read from
	all := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err := cmp.Or(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(raw)
	}
	return all
}
