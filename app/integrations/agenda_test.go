package integrations

import (
	"os"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/app/apptest"
	"diapason/storage"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/agenda/publication"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/agenda/publication/sftp"
	"diapason/sync/agenda/publication/webdav"
	"diapason/sync/directory"
	"diapason/widgets/look"
)

func TestMain(m *testing.M) {
	publicationtest.ServeSFTP()
	os.Exit(m.Run())
}

// newAgendaScreen is a screen of a program that publishes the agenda over WebDAV and SFTP.
func newAgendaScreen(t *testing.T) (*shownScreen, secrets.Store) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	store := apptest.Store(t)
	kept, err := secrets.Open(secrets.Params{Workspace: t.TempDir(), KeyDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	office := publication.NewOffice(publication.OfficeParams{Store: store, Clock: sync.WallClock{}})
	var couriers []sync.CourierKind
	for _, k := range []publication.Kind{webdav.Kind(), sftp.Kind()} {
		couriers = append(couriers, sync.CourierKind{
			ID: k.ID, Settings: k.Settings, Open: func(a *storage.Account, secrets map[string]string) (sync.Courier, error) {
				return office.Open(k, a, secrets)
			},
		})
	}
	engine := sync.New(sync.Params{Store: store, Couriers: couriers, Secrets: kept})
	t.Cleanup(engine.Stop)
	s := &shownScreen{host: &host{}}
	direct := func(f func()) { f() }
	s.Screen = New(Params{
		Store: store, Engine: engine, Kinds: directory.Kinds{}, Host: s.host, Now: func() time.Time { return now }, UI: direct, Background: direct,
	})
	t.Cleanup(s.Close)
	s.window = test.NewTempWindow(t, s.Content())
	s.window.SetPadded(false)
	s.window.Resize(fyne.NewSize(1072, 764))
	s.Shown()
	return s, kept
}

// fill opens the form of a kind and writes into it as a person would.
func (s *shownScreen) fill(kind string, old *storage.Account, values map[string]string) *form {
	s.ask(s.agendas[kind], old)
	for name, value := range values {
		s.form.fields[name].OnChanged(value)
	}
	return s.form
}

func TestWebSpaceIsAddedWithItsPasswordKeptApart(t *testing.T) {
	dav := publicationtest.StartDAV(t, publicationtest.DAVParams{})
	s, kept := newAgendaScreen(t)
	s.fill("agenda.webdav", nil, map[string]string{
		publication.SettingURL: dav.URL, publication.SettingUser: publicationtest.User, publication.SecretPassword: publicationtest.Password,
	}).submit()
	if len(s.accounts) != 1 || len(s.host.failures) > 0 || len(s.host.toasts) != 2 {
		t.Fatalf("%d accounts, toasts %q, failures %v", len(s.accounts), s.host.toasts, s.host.failures)
	}
	a := s.accounts[0]
	if _, there := a.Settings[publication.SecretPassword]; there {
		t.Error("the password stands in the account")
	}
	again := s.fill("agenda.webdav", a, map[string]string{publication.SettingFolder: "agendas"})
	if got := again.fields[publication.SecretPassword].Value(); got != "" {
		t.Errorf("the form shows %q for the password", got)
	}
	again.submit()
	if got, err := kept.Get(t.Context(), "account/"+a.ID+"/"+publication.SecretPassword); err != nil || got != publicationtest.Password {
		t.Errorf("after a change of the folder the password is %q, %v", got, err)
	}
	if got := s.accounts[0].Settings[publication.SettingFolder]; got != "agendas" {
		t.Errorf("folder %q", got)
	}
}

func TestServerKeyIsConfirmedByItsFingerprint(t *testing.T) {
	server := publicationtest.StartSFTP(t, "")
	s, _ := newAgendaScreen(t)
	f := s.fill("agenda.sftp", nil, map[string]string{
		publication.SettingURL: server.URL, publication.SettingUser: server.User, publication.SecretKey: server.Key,
	})
	f.submit()
	if len(s.accounts) != 1 || len(s.host.failures) > 0 {
		t.Fatalf("%d accounts, failures %v, form %q", len(s.accounts), s.host.failures, f.wrong.Text())
	}
	if s.window.Canvas().Overlays().Top() == nil {
		t.Fatal("nobody is asked to compare the fingerprint")
	}
	if s.accounts[0].Settings[publication.SettingHostKey] != "" {
		t.Error("a key is accepted before anybody compared it")
	}
	err := s.p.Engine.TestAccount(t.Context(), s.accounts[0].ID)
	p, ok := err.(*storage.Problem)
	fingerprint, asks := keyShown(p)
	if !ok || !asks || !strings.Contains(fingerprint, "SHA256:") {
		t.Fatalf("the server's key is said by %v", err)
	}
	s.host.toasts = nil
	s.acceptKey(s.accounts[0], fingerprint)
	if len(s.host.failures) > 0 || len(s.host.toasts) != 1 {
		t.Errorf("after the confirmation: toasts %q, failures %v", s.host.toasts, s.host.failures)
	}
	server.Stop()
	server.NewHostKey()
	server.Start()
	s.acceptKey(s.accounts[0], fingerprint)
	if len(s.host.toasts) != 1 || len(s.host.failures) > 0 {
		t.Errorf("another key than the one compared is taken: toasts %q, failures %v", s.host.toasts, s.host.failures)
	}
}

func TestRemovalOfAWebSpaceSaysThatWhatIsPublishedStays(t *testing.T) {
	s, _ := newAgendaScreen(t)
	s.fill("agenda.webdav", nil, map[string]string{publication.SettingURL: "http://127.0.0.1:1/"}).submit()
	a := s.accounts[0]
	s.followed[a.ID] = 2
	if got := s.removal(a); !strings.Contains(got, "2 agendas") {
		t.Errorf("said: %q", got)
	}
}

func TestLongestFormFitsIntoTheWindow(t *testing.T) {
	s, _ := newAgendaScreen(t)
	f := s.fill("agenda.sftp", nil, nil)
	bottom := fyne.CurrentApp().Driver().AbsolutePositionForObject(f.do).Y + f.do.Size().Height
	if height := s.window.Canvas().Size().Height; bottom <= 0 || bottom > height-look.Margin {
		t.Errorf("its buttons end at %v of %v", bottom, height)
	}
	if len(f.fields) != len(f.kind.Capabilities.Settings) {
		t.Errorf("%d fields for %d settings", len(f.fields), len(f.kind.Capabilities.Settings))
	}
}
