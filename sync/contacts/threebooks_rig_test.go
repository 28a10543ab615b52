package contacts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/carddav"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/contacts/google"
	"diapason/sync/oauth"
	"diapason/sync/sandbox"
)

// who is a person as all four sides can say it.
type who struct {
	Given, Family, Nickname string
	Emails, Mobiles         []string
	Organization, Title     string
}

// the returns the person of a number.
func the(n int) who {
	return who{
		Given: "Zoé", Family: fmt.Sprintf("Morel%04d", n), Emails: []string{fmt.Sprintf("zoe%04d@lumen.test", n)},
		Mobiles: []string{fmt.Sprintf("+336%08d", 10_000_000+n)},
	}
}

func (w who) clone() who {
	w.Emails, w.Mobiles = slices.Sorted(slices.Values(w.Emails)), slices.Sorted(slices.Values(w.Mobiles))
	return w
}

// worldClock goes on with the bubble's time once there is one, and jumps when told to, as a machine that sleeps.
type worldClock struct {
	mu    stdsync.Mutex
	base  time.Time
	since time.Time // on the bubble's clock; zero before there is one
}

func (c *worldClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.since.IsZero() {
		return c.base
	}
	return c.base.Add(time.Since(c.since))
}

func (c *worldClock) skip(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = c.base.Add(d)
}

// wire is the way to a service: it counts what took effect there, and holds an answer back on demand.
type wire struct {
	over http.RoundTripper

	mu      stdsync.Mutex
	created map[string]int // by path: successful PUT of something that was not there
	writes  int
	until   string // the call that is held back, "" for none: a part of method and path
	left    int    // such calls to be let through before
	reached chan struct{}
	goOn    chan struct{}
}

// RoundTrip makes a call.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := w.over.RoundTrip(r)
	w.mu.Lock()
	if err == nil && res.StatusCode/100 == 2 && (r.Method == http.MethodPut || r.Method == http.MethodDelete) {
		w.writes++
		if r.Header.Get("If-None-Match") == "*" {
			w.created[r.URL.Path]++
		}
	}
	held := w.until != "" && strings.Contains(r.Method+" "+r.URL.Path, w.until)
	if held {
		if w.left--; w.left < 0 {
			w.until = ""
		} else {
			held = false
		}
	}
	w.mu.Unlock()
	if held {
		w.reached <- struct{}{}
		<-w.goOn
	}
	return res, err
}

func (w *wire) written() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.writes
}

// world is a workspace with three accounts: two at Google's emulator, one on a real Radicale.
type world struct {
	*testing.T
	dir, keys string
	clock     *worldClock
	google    *sandbox.Google
	url       string // of the emulator, for the browser
	server    *publicationtest.Collection
	toGoogle  *wire
	toServer  *wire
	store     *bolt.Store
	service   *contacts.Service
	engine    *sync.Engine
	log       *bytes.Buffer
	a, b, c   *storage.Account
	wanted    map[int]who // by number: what all four sides shall say
}

const (
	annesAccount, basilesAccount = "anne@example.com", "basile@example.com"
	projectSecret                = "GOCSPX-of-the-project"
)

// newWorld connects the accounts as a person does, in a browser and with a password. It is not in a bubble yet: browsers
// call over sockets.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		T: t, dir: t.TempDir(), keys: t.TempDir(), clock: &worldClock{base: time.Now().UTC()}, wanted: map[int]who{},
	}
	w.google = sandbox.NewGoogle(sandbox.GoogleParams{
		Now: w.clock.Now, Clients: []sandbox.GoogleClient{{ID: "own", Secret: projectSecret}},
		Accounts: []sandbox.GoogleAccount{{ID: "1001", Email: annesAccount}, {ID: "1002", Email: basilesAccount}},
		People: sandbox.PeopleParams{
			Limits: sandbox.ObservedPeopleLimits, Assumptions: sandbox.PeopleAssumptions{Lag: 3 * time.Minute},
		},
	})
	browsed := httptest.NewServer(w.google.Handler())
	t.Cleanup(browsed.Close)
	w.url = browsed.URL
	w.server = publicationtest.StartRadicale(t, publicationtest.InMemory).AddressBook("carnet", "Carnet")
	w.toGoogle = newWire(sandbox.Transport{Handler: w.google.Handler()})
	w.toServer = newWire(&http.Transport{DisableKeepAlives: true}) // an open connection would hold virtual time still
	w.start()
	w.a = w.consent("Anne", "1001", "Diapason")
	w.b = w.consent("Basile", "1002", "*")
	w.c = &storage.Account{Kind: carddav.ID, Name: "Nuage", Settings: map[string]string{
		carddav.SettingURL: w.server.URL, carddav.SettingUser: publicationtest.User, contacts.SettingLabel: "*",
	}}
	if err := w.engine.AddAccountWith(t.Context(), w.c, map[string]string{carddav.SecretPassword: publicationtest.Password}); err != nil {
		t.Fatal(err)
	}
	w.stop()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	return w
}

func newWire(over http.RoundTripper) *wire {
	return &wire{over: over, created: map[string]int{}}
}

// consent connects an account at Google.
func (w *world) consent(name, id, label string) *storage.Account {
	w.Helper()
	a := &storage.Account{Kind: "contacts.google", Name: name, Settings: map[string]string{
		oauth.SettingClientID: "own", oauth.SettingBaseURL: w.url, contacts.SettingLabel: label,
	}}
	answered := make(chan error, 1)
	err := w.engine.Connect(w.Context(), a, map[string]string{oauth.SecretClientSecret: projectSecret}, oauth.Browser{
		Open: func(address string) error {
			_, err := sandbox.GooglePerson{Account: id}.Answer(context.WithoutCancel(w.Context()), address)
			answered <- err
			return err
		},
		Page: func(*storage.Problem) []byte { return []byte("done") },
	})
	if err := errors.Join(err, <-answered); err != nil {
		w.Fatal(err)
	}
	return a
}

// start composes store, secrets, contacts and engine on the folder, as the program does.
func (w *world) start() {
	w.Helper()
	var err error
	if w.store, err = bolt.Open(context.Background(), bolt.Params{Dir: w.dir}); err != nil {
		w.Fatal(err)
	}
	kept, err := secrets.Open(secrets.Params{Workspace: w.dir, KeyDir: w.keys})
	if err != nil {
		w.Fatal(err)
	}
	w.log = &bytes.Buffer{}
	log := slog.New(slog.NewTextHandler(w.log, nil))
	w.service = contacts.New(contacts.Params{Store: w.store, Secrets: kept, Clock: w.clock, Log: log, Kinds: w.kinds(kept)})
	w.engine = sync.New(sync.Params{
		Store: w.store, Couriers: w.service.CourierKinds(), Contacts: w.service, Secrets: kept, Clock: w.clock, Log: log,
	})
	w.service.ReportTo(w.engine.Jobs())
	if err := w.engine.Start(context.Background()); err != nil {
		w.Fatal(err)
	}
}

// kinds are the program's, over the wires.
func (w *world) kinds(kept secrets.Store) []contacts.Kind {
	consent := &oauth.Consent{Scopes: []string{oauth.ScopeGoogleContacts}, Endpoint: oauth.Google}
	return []contacts.Kind{
		{
			ID: "contacts.google", Settings: oauth.Settings(), Fields: fieldmap.Google, Consent: consent,
			RatePerSecond: google.RatePerSecond(google.UnitsPerMinute),
			Open: func(a *storage.Account, values map[string]string) (book.Book, error) {
				client, err := oauth.ClientOf(a.Settings, values)
				if err != nil {
					return nil, err
				}
				endpoint, err := consent.Endpoint(a.Settings[oauth.SettingBaseURL])
				if err != nil {
					return nil, err
				}
				name := "account/" + a.ID + "/" + oauth.SecretRefreshToken
				return google.Open(google.Params{
					BaseURL: a.Settings[oauth.SettingBaseURL], Label: contacts.LabelOf(a), Name: a.Settings[oauth.SettingEmail],
					Now: w.clock.Now, UnitsPerMinute: google.UnitsPerMinute, Client: oauth.NewSource(oauth.SourceParams{
						Client: client, Endpoint: endpoint, Now: w.clock.Now, Transport: w.toGoogle,
						Load: func(ctx context.Context) (string, error) { return kept.Get(ctx, name) },
						Save: func(ctx context.Context, token string) error { return kept.Set(ctx, name, token) },
					}).Doer(),
				})
			},
		},
		carddav.KindOver(w.toServer),
	}
}

// stop ends the program in order, and verifies the workspace.
func (w *world) stop() {
	w.Helper()
	w.engine.Stop()
	if faults, err := w.store.Verify(context.Background()); err != nil || len(faults) > 0 {
		w.Errorf("workspace: %v %v", faults, err)
	}
	if err := w.store.Close(); err != nil {
		w.Error(err)
	}
}

// ask asks for a pass.
func (w *world) ask(a *storage.Account) (runID string) {
	w.Helper()
	id, err := w.service.Sync(w.Context(), a.ID, storage.ActorUser)
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// end waits for a pass, which must go through; what a person is asked is all that may be left.
func (w *world) end(runID string) {
	w.Helper()
	run, err := w.engine.Wait(w.Context(), runID)
	if err != nil || run.Problem != nil || run.State != storage.RunDone && run.State != storage.RunFailed {
		w.Fatalf("the pass is %+v, %v\n%s", run, err, w.log)
	}
	err = w.store.View(w.Context(), func(tx storage.Reader) error {
		items, err := tx.RunItems(runID, 0, 0)
		for _, i := range items {
			if i.Result == storage.ItemFailed {
				w.Errorf("%s: %v", i.Name, i.Problems)
			}
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
}

// round makes a pass over each account, hours later.
func (w *world) round() {
	w.Helper()
	w.clock.skip(2 * time.Hour)
	for _, a := range []*storage.Account{w.a, w.b, w.c} {
		w.end(w.ask(a))
		w.clock.skip(10 * time.Minute)
	}
}

// dieIn ends the process in the middle of a pass: a call took effect, and nothing of its answer reaches the disk. The next
// process goes on with the pass.
func (w *world) dieIn(a *storage.Account, over *wire, call string, after int) {
	w.Helper()
	over.mu.Lock()
	over.until, over.left = call, after
	over.reached, over.goOn = make(chan struct{}), make(chan struct{}) // of the bubble
	over.mu.Unlock()
	id := w.ask(a)
	select {
	case <-over.reached:
	case <-time.After(24 * time.Hour): // of the bubble
		w.Fatalf("call %d of %q was never made", after, call)
	}
	if err := w.store.Close(); err != nil {
		w.Fatal(err)
	}
	over.goOn <- struct{}{}
	w.engine.Stop()
	w.start()
	w.end(id)
}

// asGoogle writes a person in Google's form; others are fields that no program of ours knows.
func asGoogle(w who, others map[string]any) string {
	typed := func(kind string, texts []string) []any {
		list := []any{}
		for _, s := range texts {
			list = append(list, map[string]any{"type": kind, "value": s})
		}
		return list
	}
	fields := map[string]any{
		"names":          []any{map[string]any{"familyName": w.Family, "givenName": w.Given}},
		"emailAddresses": typed("home", w.Emails), "phoneNumbers": typed("mobile", w.Mobiles),
	}
	if w.Nickname != "" {
		fields["nicknames"] = []any{map[string]any{"value": w.Nickname}}
	}
	maps.Copy(fields, others)
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err) // texts
	}
	return string(raw)
}

// ofGoogle reads a contact of Google's.
func ofGoogle(c sandbox.PeopleContact) who {
	return who{
		Given: c.First("names", "givenName"), Family: c.First("names", "familyName"), Nickname: c.First("nicknames", "value"),
		Emails: c.All("emailAddresses", "value"), Mobiles: c.All("phoneNumbers", "value"),
		Organization: c.First("organizations", "name"), Title: c.First("organizations", "title"),
	}.clone()
}

// asCard writes a person as another program does; others are lines that no program of ours knows.
func asCard(w who, uid string, others ...string) string {
	lines := []string{"BEGIN:VCARD", "VERSION:3.0", "UID:" + uid, "N:" + w.Family + ";" + w.Given + ";;;", "FN:" + w.Given + " " + w.Family}
	for _, s := range w.Emails {
		lines = append(lines, "EMAIL;TYPE=HOME:"+s)
	}
	for _, s := range w.Mobiles {
		lines = append(lines, "TEL;TYPE=CELL:"+s)
	}
	if w.Nickname != "" {
		lines = append(lines, "NICKNAME:"+w.Nickname)
	}
	return strings.Join(append(append(lines, others...), "END:VCARD", ""), "\r\n")
}

// ofCard reads a card's text by itself: its lines are short and hold no marks.
func ofCard(text string) who {
	var w who
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n ", ""), "\r\n") {
		head, value, _ := strings.Cut(line, ":")
		name, _, _ := strings.Cut(head, ";")
		switch _, name, _ = strings.Cut("."+name, "."); name {
		case "N":
			parts := strings.Split(value, ";")
			w.Family, w.Given = parts[0], parts[1]
		case "NICKNAME":
			w.Nickname = value
		case "EMAIL":
			w.Emails = append(w.Emails, value)
		case "TEL":
			w.Mobiles = append(w.Mobiles, value)
		case "ORG":
			w.Organization = strings.TrimRight(value, ";")
		case "TITLE":
			w.Title = value
		}
	}
	return w.clone()
}

// ofContact reads a contact of ours.
func ofContact(c *storage.Contact) who {
	return who{
		Given: c.GivenName, Family: c.FamilyName, Nickname: c.Nickname, Emails: c.Values("email.personal"),
		Mobiles: c.Values("phone.personalMobile"), Organization: c.Organization, Title: c.Title,
	}.clone()
}
