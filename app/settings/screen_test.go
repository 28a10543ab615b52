package settings

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"diapason/storage"
	"diapason/widgets/look"
)

var now = time.Date(2026, 11, 19, 9, 45, 0, 0, time.UTC)

// host records what the screen asks of the window.
type host struct {
	copied, language, theme string
	scale                   float32
	failures                []error
	toasts                  []string
}

func (h *host) Toast(text, _ string, _ func())    { h.toasts = append(h.toasts, text) }
func (h *host) Failure(err error)                 { h.failures = append(h.failures, err) }
func (h *host) OpenURL(string)                    {}
func (h *host) Copy(text string)                  { h.copied = text }
func (h *host) SetLanguage(language string) error { h.language = language; return nil }
func (h *host) SetTheme(theme string)             { h.theme = theme }
func (h *host) SetScale(scale float32)            { h.scale = scale }

// workspace is a Store with given anomalies.
type workspace struct {
	found []storage.Violation
	err   error
}

func (workspace) Path() string                                          { return "/home/anne/Diapason" }
func (w workspace) Verify(context.Context) ([]storage.Violation, error) { return w.found, w.err }

type shownScreen struct {
	*Screen
	host     *host
	window   fyne.Window
	backups  []Backup
	restored []Backup
}

func newShownScreen(t *testing.T, w workspace) *shownScreen {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	s := &shownScreen{host: &host{}, backups: []Backup{{Path: "a", At: now.Add(-26 * time.Hour), Size: 12_345_678}}}
	direct := func(f func()) { f() }
	s.Screen = New(Params{
		Store: w, Host: s.host, Now: func() time.Time { return now }, UI: direct, Background: direct, Version: "0.1",
		Preferences: Preferences{Language: "fr", Theme: "system"},
		Backups:     func(context.Context) ([]Backup, error) { return s.backups, nil },
		BackupNow: func(context.Context) error {
			s.backups = append(s.backups, Backup{Path: "b", At: now, Size: 12_400_000})
			return nil
		},
		Restore: func(b Backup) { s.restored = append(s.restored, b) },
	})
	s.window = test.NewTempWindow(t, s.Content())
	s.window.SetPadded(false)
	s.window.Resize(fyne.NewSize(1072, 1000))
	s.Shown()
	return s
}

func TestBackupIsMadeAndListed(t *testing.T) {
	s := newShownScreen(t, workspace{})
	test.Tap(s.backupNow)
	if len(s.backups) != 2 || len(s.host.toasts) != 1 || s.backupNow.Busy() {
		t.Errorf("%d backups, toasts %v", len(s.backups), s.host.toasts)
	}
}

func TestRestoringAsksFirst(t *testing.T) {
	s := newShownScreen(t, workspace{})
	s.askRestore(s.backups[0])
	if s.window.Canvas().Overlays().Top() == nil || s.restored != nil {
		t.Error("restored without a question")
	}
}

func TestAnomaliesAreShownAndCopied(t *testing.T) {
	s := newShownScreen(t, workspace{found: []storage.Violation{{Bucket: "rows", Key: "1", Text: "missing"}}})
	test.Tap(s.verify)
	s.copyFound()
	if s.host.copied != "rows 1: missing" {
		t.Errorf("copied %q", s.host.copied)
	}
}

func TestVerificationThatCannotBeDoneIsAFailure(t *testing.T) {
	s := newShownScreen(t, workspace{err: errors.New("disk")})
	test.Tap(s.verify)
	if len(s.host.failures) != 1 || s.verify.Busy() {
		t.Errorf("failures %v", s.host.failures)
	}
}

// pageStub counts how often it is in front.
type pageStub struct {
	fyne.CanvasObject
	shown, closed int
}

func (p *pageStub) Content() fyne.CanvasObject { return p.CanvasObject }
func (p *pageStub) Shown()                     { p.shown++ }
func (p *pageStub) Hidden()                    { p.shown = 0 }
func (p *pageStub) Close()                     { p.closed++ }

func TestPlanningIsAPageOfItsOwn(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	planning := &pageStub{CanvasObject: canvas.NewRectangle(look.Color(look.Text))}
	direct := func(f func()) { f() }
	s := New(Params{
		Store: workspace{}, Host: &host{}, Now: func() time.Time { return now }, UI: direct, Background: direct,
		Preferences: Preferences{Language: "fr", Theme: "system"}, Planning: planning,
		Backups: func(context.Context) ([]Backup, error) { return nil, nil },
	})
	s.Shown()
	if planning.shown != 0 || s.stage.Objects[0] != fyne.CanvasObject(s.scroll) {
		t.Fatal("the general page is not the first")
	}
	s.OpenPlanning()
	s.OpenPlanning()
	if planning.shown != 1 || s.stage.Objects[0] != planning.Content() || s.tabs.Selected() != pagePlanning {
		t.Errorf("shown %d times, tab %s", planning.shown, s.tabs.Selected())
	}
	s.Hidden()
	s.Shown()
	if planning.shown != 1 {
		t.Error("it does not follow again when the screen comes back")
	}
	s.tabs.Select(pageGeneral)
	s.turn(pageGeneral)
	if planning.shown != 0 || s.stage.Objects[0] != fyne.CanvasObject(s.scroll) {
		t.Error("it still follows behind the general page")
	}
	s.Close()
	if planning.closed != 1 {
		t.Errorf("closed %d times", planning.closed)
	}
}
