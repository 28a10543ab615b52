package integrations

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/app/apptest"
	"diapason/app/command"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/sync/directory"
	"diapason/sync/oauth"
	"diapason/sync/sandbox"
	"diapason/widgets"
	"diapason/widgets/look"
)

// bookScreen is the screen of a program that knows Google Contacts, with Google's emulator and a person in a browser.
type bookScreen struct {
	*shownScreen
	google *sandbox.Google
	url    string
	kept   secrets.Store
	person sandbox.GooglePerson
	ended  chan string // the page that the browser ends on
	rules  []string    // the accounts whose rules were asked for
}

func newBookScreen(t *testing.T) *bookScreen {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	b := &bookScreen{
		person: sandbox.GooglePerson{Account: "1001"}, ended: make(chan string, 1),
		google: sandbox.NewGoogle(sandbox.GoogleParams{
			Now: time.Now, Clients: []sandbox.GoogleClient{{ID: "own", Secret: "GOCSPX-own"}},
			Accounts: []sandbox.GoogleAccount{{ID: "1001", Email: "zoe@hotel.example"}},
		}),
	}
	server := httptest.NewServer(b.google.Handler())
	t.Cleanup(func() {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		server.Close()
	})
	b.url = server.URL
	store := apptest.Store(t)
	var err error
	if b.kept, err = secrets.Open(secrets.Params{Workspace: t.TempDir(), KeyDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	people := contacts.New(contacts.Params{Store: store, Secrets: b.kept, Kinds: command.AddressBooks(b.kept, sync.WallClock{})})
	engine := sync.New(sync.Params{Store: store, Couriers: people.CourierKinds(), Secrets: b.kept, Contacts: people})
	t.Cleanup(engine.Stop)
	b.shownScreen = &shownScreen{host: &host{}}
	direct := func(f func()) { f() }
	b.Screen = New(Params{
		Store: store, Engine: engine, Kinds: directory.Kinds{}, Now: func() time.Time { return now }, UI: direct, Background: direct,
		Secrets: b.kept, Rules: func(id string) { b.rules = append(b.rules, id) },
		Host: browsing{b.host, func(address string) {
			page, err := b.person.Answer(context.WithoutCancel(t.Context()), address)
			if err != nil {
				page = err.Error()
			}
			b.ended <- page
		}},
	})
	t.Cleanup(b.Close)
	b.window = test.NewTempWindow(t, b.Content())
	b.window.SetPadded(false)
	b.window.Resize(fyne.NewSize(1072, 764))
	b.Shown()
	return b
}

// browsing is a host whose browser leads to a person.
type browsing struct {
	*host
	open func(address string)
}

func (b browsing) OpenURL(address string) { b.open(address) }

// add fills the form of Google Contacts in and sends it, and waits until the person has answered.
func (b *bookScreen) add(t *testing.T) {
	t.Helper()
	b.ask(b.books["contacts.google"], nil)
	b.form.draft.Settings[oauth.SettingBaseURL] = b.url
	for name, value := range map[string]string{oauth.SettingClientID: "own", oauth.SecretClientSecret: "GOCSPX-own"} {
		b.form.fields[name].OnChanged(value)
	}
	if b.form.fields[oauth.SecretRefreshToken] != nil {
		t.Error("the form asks for what the consent gives")
	}
	b.form.submit()
	if page := <-b.ended; !strings.Contains(page, "fermer cet onglet") {
		t.Errorf("the browser ends on %q", page)
	}
	b.Shown()
}

func TestAnAddressBookThatRefusesItsPasswordIsToBeReconnectedByTheForm(t *testing.T) {
	b := newBookScreen(t)
	for code, want := range map[string]string{"carddav.auth": "À reconnecter", "carddav.full": "Action requise"} {
		a := &storage.Account{Kind: "contacts.carddav", Name: "Nuage", Enabled: true, Pause: storage.NewProblem(code, "host", "nuage.example")}
		row := accountRows([]*storage.Account{a}, jobContacts, b.books, now)[0]
		if word := b.conditionWord(row); word != want {
			t.Errorf("%s: %q", code, word)
		}
		first := offered(b.actions(row)[0].Object)
		if asked := first == words.T("integrations.signIn"); asked != toSignIn(row) || toSignIn(row) != (code == "carddav.auth") {
			t.Errorf("%s: offered %q", code, first)
		}
		if b.describeAccount(row) != "Carnet d’adresses CardDAV, lu et écrit dans les deux sens" {
			t.Errorf("%q", b.describeAccount(row))
		}
	}
}

// offered gives the word of the button that stands in a line.
func offered(line fyne.CanvasObject) string {
	for _, o := range test.WidgetRenderer(line.(fyne.Widget)).Objects() {
		if b, ok := o.(*widgets.Button); ok {
			return b.Text
		}
	}
	return ""
}

func TestAGoogleAccountIsConnectedReconnectedAndRemovedInTheWindow(t *testing.T) {
	b := newBookScreen(t)
	b.add(t)
	if len(b.accounts) != 1 || len(b.host.failures) > 0 || !slices.ContainsFunc(b.host.toasts, func(s string) bool { return strings.Contains(s, "zoe@hotel.example") }) {
		t.Fatalf("%d accounts, toasts %q, failures %v", len(b.accounts), b.host.toasts, b.host.failures)
	}
	a := b.accounts[0]
	row := accountRows(b.accounts, jobContacts, b.books, now)[0]
	if len(accountRows(b.accounts, "", directory.Kinds{}, now)) != 0 || row.Condition != conditionNew || b.toReconnect(row) {
		t.Errorf("the account stands as %+v", row)
	}

	b.google.Withdraw("1001")
	paused := *a
	paused.Pause = storage.NewProblem("oauth.reconnect")
	row = accountRows([]*storage.Account{&paused}, jobContacts, b.books, now)[0]
	if word := b.conditionWord(row); word != "À reconnecter" || !b.toReconnect(row) {
		t.Errorf("the state is %q", word)
	}
	b.connect(row.Kind, &paused, &paused, nil, nil)
	<-b.ended
	if b.Shown(); len(b.accounts) != 1 || b.accounts[0].ID != a.ID || len(b.host.failures) > 0 || b.google.Live("1001") != 1 {
		t.Errorf("accounts %v, failures %v", b.accounts, b.host.failures)
	}
	if text := b.removal(a); !strings.Contains(text, "Gardés") || !strings.Contains(text, "Oubliés") {
		t.Errorf("the removal says %q", text)
	}
	if err := b.p.Engine.RemoveAccount(t.Context(), a.ID); err != nil || b.google.Live("1001") != 0 {
		t.Errorf("%v, %d live", err, b.google.Live("1001"))
	}
}

func TestWhatAPersonRefusedIsSaidInTheFormThatStaysOpen(t *testing.T) {
	b := newBookScreen(t)
	b.person.Deny = true
	b.add(t)
	if len(b.accounts) != 0 || !strings.Contains(b.form.wrong.Text(), "L’accès n’a pas été accordé") {
		t.Errorf("%d accounts, the form says %q", len(b.accounts), b.form.wrong.Text())
	}
}

func TestWaitingForABrowserIsGivenUpWithAButton(t *testing.T) {
	b := newBookScreen(t)
	screen := b.Screen
	b.p.Host = browsing{b.host, func(string) { screen.waiting.OnTapped() }}
	a := &storage.Account{Kind: "contacts.google", Name: "Contacts", Settings: map[string]string{
		oauth.SettingClientID: "own", oauth.SettingBaseURL: b.url,
	}}
	b.connect(b.books["contacts.google"], a, nil, map[string]string{oauth.SecretClientSecret: "GOCSPX-own"}, nil)
	if b.Shown(); len(b.accounts) != 0 || len(b.host.failures) > 0 {
		t.Errorf("%d accounts, failures %v", len(b.accounts), b.host.failures)
	}
}
