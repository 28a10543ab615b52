package integrations

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/app/apptest"
	"diapason/app/say"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/geojson"
	"diapason/sync/directory/website"
	"diapason/widgets/look"
)

// host records what the screen asks of the window; folder is what is chosen.
type host struct {
	toasts   []string
	failures []error
	folder   string
}

func (h *host) Toast(text, _ string, _ func()) { h.toasts = append(h.toasts, text) }

func (h *host) Failure(err error)                               { h.failures = append(h.failures, err) }
func (h *host) OpenURL(string)                                  {}
func (h *host) ChooseFolder(_ string, done func(string, error)) { done(h.folder, nil) }

type shownScreen struct {
	*Screen
	host   *host
	window fyne.Window
}

func newShownScreen(t *testing.T) *shownScreen {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	store := apptest.Store(t)
	real := directory.NewKinds(website.Kind(), geojson.Kind())
	engine := sync.New(sync.Params{Store: store, Kinds: real})
	t.Cleanup(engine.Stop)
	s := &shownScreen{host: &host{folder: t.TempDir()}}
	direct := func(f func()) { f() }
	s.Screen = New(Params{
		Store: store, Engine: engine, Kinds: real, Host: s.host, Now: func() time.Time { return now }, UI: direct, Background: direct,
	})
	t.Cleanup(s.Close)
	s.window = test.NewTempWindow(t, s.Content())
	s.window.SetPadded(false)
	s.window.Resize(fyne.NewSize(1072, 764))
	s.Shown()
	return s
}

// add fills the form of a kind as a person would, and gives the account kept.
func (s *shownScreen) add(t *testing.T, kind string) *storage.Account {
	t.Helper()
	f := s.openForm(kind)
	f.draft.Settings["folder"] = s.host.folder
	f.submit()
	if len(s.accounts) == 0 {
		t.Fatalf("nothing kept; %v, %q", s.host.failures, f.wrong.Text())
	}
	return s.accounts[0]
}

func (s *shownScreen) openForm(kind string) *form {
	s.ask(s.p.Kinds[kind], nil)
	return s.form
}

func TestAccountIsAddedSwitchedOffAndRemoved(t *testing.T) {
	s := newShownScreen(t)
	a := s.add(t, "directory.website")
	if !a.Enabled || a.Settings["folder"] != s.host.folder {
		t.Errorf("kept %+v", a)
	}
	if s.window.Canvas().Overlays().Top() != nil {
		t.Error("the form is still open")
	}
	s.enable(a, false)
	if s.accounts[0].Enabled {
		t.Error("the account is still on")
	}
	s.askRemove(a)
	if len(s.accounts) != 1 {
		t.Error("removed without confirmation")
	}
}

func TestFormAsksForWhatIsMandatoryBeforeAnythingIsKept(t *testing.T) {
	s := newShownScreen(t)
	f := s.openForm("directory.geojson")
	f.submit()
	if f.fields["folder"].Error() == "" || len(s.accounts) != 0 {
		t.Errorf("error %q, %d accounts", f.fields["folder"].Error(), len(s.accounts))
	}
}

func TestTimeSinceAnAccountAnsweredGoesOn(t *testing.T) {
	s := newShownScreen(t)
	a := s.add(t, "directory.website")
	if err := s.p.Engine.TestAccount(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	s.p.Now = func() time.Time { return s.accounts[0].LastOK.Add(3 * time.Hour) }
	s.age()
	for text := range s.ages {
		if got := text.Text(); got != say.Ago(time.Time{}, time.Time{}.Add(3*time.Hour)) {
			t.Errorf("shown: %q", got)
		}
	}
	s.Hidden()
	if len(s.ages) != 1 || s.ageing != nil {
		t.Errorf("%d times, still counting: %t", len(s.ages), s.ageing != nil)
	}
}
