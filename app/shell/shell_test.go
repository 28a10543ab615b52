package shell

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	fynestorage "fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"diapason/app/apptest"
	"diapason/app/shortcuts"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/widgets"
)

// bench is a window over a real workspace, with a queue in the place of Fyne's.
type bench struct {
	t     *testing.T
	app   fyne.App
	store *bolt.Store
	shell *Shell
	queue apptest.Queue
}

// page is a screen that notes what happens to it.
type page struct {
	name  string
	shown int
	done  []shortcuts.Action
}

func (p *page) Content() fyne.CanvasObject { return container.NewStack(widget.NewLabel(p.name)) }
func (p *page) Shown()                     { p.shown++ }
func (p *page) Hidden()                    { p.shown-- }
func (p *page) Do(a shortcuts.Action) bool { p.done = append(p.done, a); return a == shortcuts.Search }
func (p *page) OpenRun(id string)          { p.name = id }

// open makes the window; places nil: the real ones.
func open(t *testing.T, places []Place, change ...func(*Params)) *bench {
	t.Helper()
	store := apptest.Store(t)
	b := &bench{t: t, app: test.NewTempApp(t), store: store, queue: apptest.NewQueue()}
	engine := sync.New(sync.Params{Store: store, Kinds: directory.NewKinds()})
	if err := engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := Params{
		Store: store, Engine: engine, App: b.app, Places: places, Name: func() string { return "Groupe Lumen" },
		UI: b.queue.UI,
	}
	for _, f := range change {
		f(&p)
	}
	made, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	b.shell = made
	t.Cleanup(func() {
		b.shell.stopped()
		engine.Stop()
		if err := useLanguage("fr"); err != nil {
			t.Error(err)
		}
	})
	return b
}

// until runs what is queued for the interface until a condition holds.
func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	b.queue.Until(b.t, what, ok, nil)
}

func twoPages() (one, two *page, places []Place) {
	one, two = &page{name: "one"}, &page{name: "two"}
	return one, two, []Place{
		{ID: placeEstablishments, Build: func(*Shell) Screen { return one }},
		{ID: placeActivity, Tool: true, Build: func(*Shell) Screen { return two }},
	}
}

func TestOneScreenIsInFrontAtATime(t *testing.T) {
	one, two, places := twoPages()
	s := open(t, places).shell
	if one.shown != 1 || two.shown != 0 {
		t.Errorf("start: %d, %d", one.shown, two.shown)
	}
	s.Go(placeActivity)
	if one.shown != 0 || two.shown != 1 {
		t.Errorf("second place: %d, %d", one.shown, two.shown)
	}
	over := &page{name: "over"}
	s.Open(over)
	if two.shown != 0 || over.shown != 1 {
		t.Errorf("page over it: %d, %d", two.shown, over.shown)
	}
	s.Leave()
	s.Leave()
	if two.shown != 1 || over.shown != 0 {
		t.Errorf("after leaving: %d, %d", two.shown, over.shown)
	}
	s.Go("nowhere")
	if s.now != placeActivity {
		t.Errorf("unknown place: went to %q", s.now)
	}
}

func TestShortcutsGoToTheScreenInFront(t *testing.T) {
	one, two, places := twoPages()
	s := open(t, places).shell
	s.Go(placeActivity)
	if !s.do(shortcuts.Search) || s.do(shortcuts.Refresh) {
		t.Error("the screen's answer was not taken over")
	}
	if len(one.done) != 0 || len(two.done) != 2 {
		t.Errorf("asked %v and %v", one.done, two.done)
	}
}

func TestReportOfARunOpensInActivity(t *testing.T) {
	_, two, places := twoPages()
	s := open(t, places).shell
	if !s.OpenRun("run-1") || two.name != "run-1" || s.now != placeActivity {
		t.Errorf("%q at %q", two.name, s.now)
	}
	alone := open(t, places[:1]).shell
	if alone.CanOpenRun() || alone.OpenRun("run-1") {
		t.Error("a report without a screen for it")
	}
}

func TestLanguageChangesLiveAndIsKept(t *testing.T) {
	b := open(t, nil)
	if words.Lang() != "fr" || lang.L("Cancel") != "Annuler" {
		t.Errorf("start: %s, %q", words.Lang(), lang.L("Cancel"))
	}
	b.shell.Go(placeActivity)
	if err := b.shell.SetLanguage("en"); err != nil {
		t.Fatal(err)
	}
	if words.Lang() != "en" || lang.L("Cancel") != "Cancel" || b.shell.now != placeActivity {
		t.Errorf("English: %s, %q, at %q", words.Lang(), lang.L("Cancel"), b.shell.now)
	}
	if got := b.shell.prefs.language(); got != "en" {
		t.Errorf("kept %q", got)
	}
	if err := b.shell.SetLanguage("xx"); err == nil {
		t.Error("an unknown language was taken")
	}
}

func TestBuiltInWordsAreCompleteInBothLanguages(t *testing.T) {
	for _, language := range words.Languages {
		if err := useLanguage(language); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"monday", "sunday.short", "file.name"} {
			if got := lang.X(key, "missing"); got == "missing" {
				t.Errorf("%s: %s is missing", language, key)
			}
		}
	}
	if err := useLanguage("fr"); err != nil {
		t.Fatal(err)
	}
	if got := lang.X("tuesday", ""); got != "mardi" {
		t.Errorf("tuesday is %q", got)
	}
}

func TestThemeIsChosenAndKept(t *testing.T) {
	s := open(t, nil).shell
	if s.prefs.theme() != "system" {
		t.Errorf("start: %s", s.prefs.theme())
	}
	s.SetTheme("dark")
	if s.prefs.theme() != "dark" {
		t.Errorf("kept %s", s.prefs.theme())
	}
	s.SetTheme("pink")
	if s.prefs.theme() != "system" {
		t.Errorf("an unknown theme gives %s", s.prefs.theme())
	}
}

func TestWindowSizeIsKeptWithinReason(t *testing.T) {
	test.NewTempApp(t)
	p := preferences{fyne.CurrentApp().Preferences()}
	if got := p.size(); got != fyne.NewSize(firstWidth, firstHeight) {
		t.Errorf("first time: %v", got)
	}
	p.keepSize(fyne.NewSize(1000, 700))
	p.keepSize(fyne.NewSize(0, 0)) // a window that was never shown
	if got := p.size(); got != fyne.NewSize(1000, 700) {
		t.Errorf("kept: %v", got)
	}
	p.keepSize(fyne.NewSize(400, 90000))
	if got := p.size(); got != fyne.NewSize(leastWidth, mostHeight) {
		t.Errorf("unreasonable: %v", got)
	}
}

func TestDroppedTablesOpenTheAssistantOneAfterTheOther(t *testing.T) {
	_, _, places := twoPages()
	b := open(t, places)
	var uris []fyne.URI
	for _, name := range []string{"a.csv", "b.csv"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("Nom;Ville\nAbri;Lyon\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		uris = append(uris, fynestorage.NewFileURI(path))
	}
	b.shell.dropped(uris)
	b.until("the first file", func() bool { return b.shell.page != nil })
	if got := b.shell.notices.toasts.Shown(); got != "1 fichier en attente" {
		t.Errorf("toast %q", got)
	}
	first := b.shell.page
	b.shell.Leave()
	b.until("the second file", func() bool { return b.shell.page != nil && b.shell.page != first })
	b.shell.Leave()
	if b.shell.page != nil || b.shell.arrival.busy {
		t.Error("the queue did not end")
	}
}

func TestFailuresStayUntilClosedAndAreNotRepeated(t *testing.T) {
	changes := 0
	test.NewTempApp(t)
	n := newNotices(func(f func()) { f() }, func() { changes++ })
	for _, text := range []string{"un", "deux", "un", "trois", "quatre"} {
		n.failure(text, "", nil)
	}
	if got := len(n.failures.Objects); got != mostFailures || changes != 4 {
		t.Fatalf("%d failures after %d changes", got, changes)
	}
	first := n.failures.Objects[0].(*widgets.Banner)
	if first.Text() != "deux" {
		t.Errorf("the oldest kept is %q", first.Text())
	}
	n.close(first)
	if len(n.failures.Objects) != 2 || n.height(600) <= 0 {
		t.Errorf("%d left", len(n.failures.Objects))
	}
}

func TestWithoutADirectoryTheRefusalLeadsToIntegrations(t *testing.T) {
	one, two, places := twoPages()
	places[1].ID = placeIntegrations
	s := open(t, places).shell
	s.Failure(storage.NewProblem("list.noAccount"))
	s.window.Resize(fyne.NewSize(1000, 700))
	for _, o := range test.LaidOutObjects(s.notices.failures) {
		if b, ok := o.(*widgets.Button); ok && b.Text == words.T("shell.integrations.open") {
			b.OnTapped()
		}
	}
	if one.shown != 0 || two.shown != 1 {
		t.Errorf("in front: %d, %d", one.shown, two.shown)
	}
	if n := len(s.notices.failures.Objects); n != 0 {
		t.Errorf("%d banners left", n)
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"Groupe Lumen": "GL", "Espace de travail": "ET", "école": "É", "": "", "a-b c": "AB"} {
		if got := initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// watcher fails as Fyne's does when it was never made.
type watcher struct{ name *string }

func (w *watcher) stopWatching() string { return *w.name }

func TestFailingQuitOfFyneStillEndsProperly(t *testing.T) {
	_, _, places := twoPages()
	s := open(t, places).shell
	func() {
		defer s.forgiveQuit()
		(&watcher{}).stopWatching()
	}()
	if !s.ended {
		t.Error("nothing was kept")
	}
	defer func() {
		if recover() == nil {
			t.Error("another panic was swallowed")
		}
	}()
	defer s.forgiveQuit()
	panic("another")
}

func TestExportWritesAFileWholeOrNotAtAll(t *testing.T) {
	_, _, places := twoPages()
	b := open(t, places)
	e := &storage.Establishment{Name: "Abri", Status: storage.StatusActive}
	if err := b.store.Update(t.Context(), func(w storage.Writer) error { return w.PutEstablishment(e) }); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "liste")
	b.shell.exportTo(path, []string{e.ID})
	b.until("the toast", func() bool { return b.shell.notices.toasts.Shown() != "" })
	if got := b.shell.notices.toasts.Shown(); got != "1 établissement exporté dans liste.xlsx" {
		t.Errorf("toast %q", got)
	}
	if st, err := os.Stat(path + ".xlsx"); err != nil || st.Size() == 0 {
		t.Errorf("file: %v", err)
	}
	var p *storage.Problem
	if _, err := b.shell.writeExport(filepath.Join(dir, "x.pdf"), "fr", nil); !errors.As(err, &p) || p.Code != "export.format" {
		t.Errorf("unknown format: %v", err)
	}
	if _, err := b.shell.writeExport(filepath.Join(dir, "none", "x.csv"), "fr", nil); !errors.As(err, &p) {
		t.Errorf("missing folder: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestStatusBarShowsTheRunningJobAndItsEnd(t *testing.T) {
	_, _, places := twoPages()
	b := open(t, places)
	jobs := b.shell.p.Engine.Jobs()
	ctx, job := jobs.Begin(t.Context(), storage.RunSync, "r1", "", 38)
	b.until("the job", func() bool { return b.shell.status.now.RunID == "r1" })
	for i := range 2000 {
		job.Advance(i%38, 0, "Hôtel du Vieux Port")
	}
	if waiting := len(b.queue); waiting > 10 { // of 2,000; what else happens in the window waits there too
		t.Errorf("%d updates wait for the interface", waiting)
	}
	jobs.Cancel(b.shell.status.now.RunID)
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Error("the job was not cancelled")
	}
	b.until("word of it", func() bool { return b.shell.status.now.Cancelling })
	job.Finish(storage.RunCancelled)
	b.until("its end", func() bool { return b.shell.status.last != nil })
	if b.shell.status.now.RunID != "" || b.shell.status.last.State != storage.RunCancelled {
		t.Errorf("shows %+v, last %+v", b.shell.status.now, b.shell.status.last)
	}
}

func TestWorkspaceBlockCountsTheAccounts(t *testing.T) {
	_, _, places := twoPages()
	b := open(t, places)
	if err := b.store.Update(t.Context(), func(w storage.Writer) error {
		return w.PutAccount(&storage.Account{ID: "a", Kind: "directory.website", Enabled: true, CreatedAt: time.Now()})
	}); err != nil {
		t.Fatal(err)
	}
	b.until("the account", func() bool { return b.shell.workspace.accounts == 1 })
}

func TestWhatWritesWordsBeginsInTheWindowsLanguage(t *testing.T) {
	var begun []string
	for _, kept := range []string{"fr", "en"} {
		open(t, nil, func(p *Params) {
			p.App.Preferences().SetString(prefLanguage, kept)
			p.Begin = func() error {
				begun = append(begun, words.Lang())
				return nil
			}
		})
	}
	if strings.Join(begun, " ") != "fr en" {
		t.Errorf("begun in %v", begun)
	}
}

func TestLanguageAskedForIsTheWindowsAndNotKept(t *testing.T) {
	b := open(t, nil, func(p *Params) { p.Language = "en" })
	if words.Lang() != "en" || b.shell.prefs.language() != "fr" {
		t.Errorf("window in %s, kept %s", words.Lang(), b.shell.prefs.language())
	}
}
