package shell

import (
	"bytes"
	"context"
	"log/slog"
	"runtime/debug"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/container"

	"diapason/app/demo"
	"diapason/app/establishments/list"
	"diapason/app/shortcuts"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/secrets"
	"diapason/sync"
	calendar "diapason/sync/agenda"
	"diapason/sync/agenda/publication"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// appID names the program to the system; it is FyneApp.toml's.
const appID = "org.diapason.Diapason"

// Params are what the window needs.
type Params struct {
	Store  storage.Store
	Engine *sync.Engine
	Agenda *calendar.Agenda // nil: there is no such screen
	// Contacts keeps the contacts; nil: there is no such screen.
	Contacts *contacts.Service
	// Secrets are where the accounts' passwords and accesses are kept; nil: nothing is said of that.
	Secrets secrets.Store
	// Publications publish the agenda's links on the Internet; nil: none are.
	Publications *publication.Office
	Clock        sync.Clock   // nil: the machine's
	Log          *slog.Logger // nil: silent
	Version      string
	// Name gives the workspace's, shown at the bottom left, in the window's language; nil or "": it has none.
	Name func() string
	// Language is the window's, "fr" or "en"; "": the one last chosen in its settings.
	Language string
	// StartFolder is where the first file dialog opens; "": where the last one ended.
	StartFolder string
	// Files are opened in the import assistant at the start, one after the other.
	Files []string
	// StartedAgain is signalled when the user starts the program on this workspace once more: the window comes to the
	// front; nil: never.
	StartedAgain <-chan struct{}
	// Backup makes a rotating backup of the workspace, before an import of some size; nil: none.
	Backup func(ctx context.Context) error
	// BackupNow makes a rotating backup because the user asks for one.
	BackupNow func(ctx context.Context) error
	// RestoreLater notes a backup that takes the workspace's place once the window is closed, which follows at once; nil:
	// not offered.
	RestoreLater func(backup string)
	// Demo fills an empty workspace with demonstration data; nil: not offered.
	Demo func(ctx context.Context) error
	// Simulation gives the demonstration's trial directory, which can be made to go wrong; nil, or giving nil: there is
	// none.
	Simulation func() *demo.Directory
	// Begin starts what writes words of the window's language into the workspace, once that language is known; nil: nothing.
	Begin func() error
	// Shown is called once the window opens, on the interface's goroutine: it returns at once. Nil: nothing.
	Shown func()
	// UI runs a function on the interface's goroutine, in order; nil: Fyne's own. Tests give a queue.
	UI func(func())
	// App is Fyne's; nil makes the program's own. Tests give theirs.
	App fyne.App
	// Places overrides the screens of the rail, for tests; nil: all there are.
	Places []Place
}

// Screen is one destination of the rail, or a page shown over it. Its methods are called on the interface's goroutine.
type Screen interface {
	Content() fyne.CanvasObject
	// Shown is called when it comes to the front, Hidden when something else takes its place.
	Shown()
	Hidden()
}

// doer is a Screen that answers shortcuts.
type doer interface {
	Do(shortcuts.Action) bool
}

// closer is a Screen that must end what it follows before it is built again.
type closer interface {
	Close()
}

// Place is one line of the rail. Its word is the translation key "shell.place." + ID.
type Place struct {
	ID    string
	Icon  look.Icon
	Tool  bool // below the line
	Build func(*Shell) Screen
}

// Shell is the window.
type Shell struct {
	p      Params
	app    fyne.App
	window fyne.Window
	prefs  preferences
	pick   picker
	ctx    context.Context
	cancel context.CancelFunc

	places  []Place
	rows    *list.List // of the first screen, until it is built for the first time
	screens map[string]Screen
	now     string // place on screen
	page    Screen // shown over the place, nil when none

	rail      *widgets.Rail
	status    *statusLine
	stage     *fyne.Container
	root      *fyne.Container
	notices   *notices
	feed      *jobFeed
	arrival   arrivals
	held      held
	alerts    alerts
	waiting   waiting
	workspace *workspace
	size      fyne.Size
	ended     bool // what is to be kept is kept
}

// New makes the window without showing it. Call it on the main goroutine.
func New(p Params) (*Shell, error) {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Clock == nil {
		p.Clock = sync.WallClock{}
	}
	if p.UI == nil {
		p.UI = fyne.Do
	}
	if p.App == nil {
		p.App = app.NewWithID(appID)
	}
	s := &Shell{p: p, app: p.App, prefs: preferences{p.App.Preferences()}, places: p.Places}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if p.StartFolder != "" {
		s.prefs.Set(prefFolder, p.StartFolder)
	}
	if p.Language == "" {
		p.Language = s.prefs.language()
	}
	if err := useLanguage(p.Language); err != nil {
		return nil, err
	}
	if p.Begin != nil {
		if err := p.Begin(); err != nil {
			return nil, err
		}
	}
	if err := s.prefs.applyScale(); err != nil {
		return nil, err
	}
	if s.places == nil {
		s.places = s.allPlaces()
		s.rows = s.newRows()
		s.rows.Start() // they are read while the system makes ready for a window
	}
	s.app.Settings().SetTheme(look.NewTheme(themeModes[s.prefs.theme()]))
	s.window = s.app.NewWindow(words.T("app.name"))
	s.window.SetPadded(false)
	s.window.SetMaster()
	s.size = s.prefs.size()
	s.window.Resize(s.size)
	s.pick = newPicker(s.window, s.prefs)
	s.workspace = newWorkspace(p.Name)
	s.build()
	s.workspace.follow(s.ctx, p.Store, p.UI, func() { s.workspace.show(s.rail, p.Engine.Jobs().List()) })
	s.followHeld()
	s.followAlerts()
	s.followWaiting()
	s.feed = newJobFeed(p.Engine.Jobs(), p.UI, s.jobsChanged)
	s.window.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { s.dropped(uris) })
	shortcuts.Bind(s.window.Canvas(), s.do)
	s.app.Lifecycle().SetOnStopped(s.stopped)
	if p.Shown != nil {
		s.app.Lifecycle().SetOnStarted(p.Shown)
	}
	return s, nil
}

// Window gives the window.
func (s *Shell) Window() fyne.Window { return s.window }

// firstPicture is how long the window waits for what its first picture shows.
const firstPicture = 200 * time.Millisecond

// Run shows the window until it is closed; it ends early when ctx does.
func (s *Shell) Run(ctx context.Context) {
	done := context.AfterFunc(ctx, func() { fyne.Do(s.app.Quit) })
	defer done()
	defer s.forgiveQuit()
	s.arrive(s.p.Files)
	go s.answerStarts(ctx)
	ending := takeEnding(s.app)
	if first, ok := s.front().(interface{ Await(limit time.Duration) }); ok {
		first.Await(firstPicture)
	}
	s.window.ShowAndRun()
	ending()
}

// forgiveQuit catches a panic of Fyne's own Quit (2.8.1, app/settings_desktop.go): when the system had refused it a watcher
// for its settings file, it closes a nil one, and the workspace would not be closed properly after it.
func (s *Shell) forgiveQuit() {
	cause := recover()
	switch {
	case cause == nil:
	case !bytes.Contains(debug.Stack(), []byte("stopWatching")):
		panic(cause)
	default:
		s.p.Log.Warn("quit", "panic", cause)
		s.stopped()
	}
}

// Run makes the window and shows it until it is closed.
func Run(ctx context.Context, p Params) error {
	s, err := New(p)
	if err != nil {
		return err
	}
	s.Run(ctx)
	return nil
}

// stopped keeps what is to be found again, however the program is ended.
func (s *Shell) stopped() {
	if s.ended {
		return
	}
	s.ended = true
	s.prefs.keepSize(s.size)
	s.feed.remove()
	s.held.remove()
	s.alerts.remove()
	s.waiting.remove()
	s.workspace.remove()
	s.closeScreens()
	s.cancel()
}

// build makes everything that bears words: at the start, and again when the language changes.
func (s *Shell) build() {
	s.screens = map[string]Screen{}
	items := make([]widgets.RailItem, len(s.places))
	for i, p := range s.places {
		items[i] = widgets.RailItem{
			ID: p.ID, Text: words.T("shell.place." + p.ID), Icon: p.Icon, Divided: p.Tool && (i == 0 || !s.places[i-1].Tool),
		}
	}
	s.rail = widgets.NewRail(words.T("app.name"), items, s.Go)
	var report func(string)
	if s.CanOpenRun() {
		report = func(runID string) { s.OpenRun(runID) }
	}
	s.status = newStatusLine(s.p.Engine.Jobs(), report)
	s.stage = container.NewStack()
	s.notices = newNotices(s.p.UI, func() { s.root.Refresh() })
	s.newHeldBanner()
	s.newAlerts()
	s.showWaiting()
	s.root = container.New(&windowLayout{s}, s.rail, s.held.banner, s.alerts.box, s.notices.failures, s.stage, s.status.bar, s.notices.toasts)
	s.window.SetContent(s.root)
	s.workspace.show(s.rail, s.p.Engine.Jobs().List())
	if len(s.places) > 0 {
		s.Go(s.places[0].ID)
	}
}

// CanOpenRun tells whether there is a screen for the report of a run.
func (s *Shell) CanOpenRun() bool { return s.has(placeActivity) }

// OpenRun shows the report of a run; it reports whether there is a screen for it.
func (s *Shell) OpenRun(runID string) bool {
	if !s.CanOpenRun() {
		return false
	}
	s.Go(placeActivity)
	if a, ok := s.screens[placeActivity].(interface{ OpenRun(id string) }); ok {
		a.OpenRun(runID)
	}
	return true
}

// has reports whether the rail has a place.
func (s *Shell) has(id string) bool {
	for _, p := range s.places {
		if p.ID == id {
			return true
		}
	}
	return false
}

// Go brings a place to the front; a page over it is left. The place already there goes back to its first face.
func (s *Shell) Go(id string) {
	if !s.has(id) {
		return
	}
	if page := s.page; page != nil {
		s.page = nil
		page.Hidden()
	} else if s.now == id {
		if home, ok := s.screens[id].(interface{ Home() }); ok {
			home.Home()
		}
	}
	if old := s.screens[s.now]; old != nil && s.now != id {
		old.Hidden()
	}
	s.now = id
	screen := s.screen(id)
	s.rail.SetActive(id)
	s.put(screen)
}

// screen gives a place's screen, built the first time it is needed.
func (s *Shell) screen(id string) Screen {
	if made := s.screens[id]; made != nil {
		return made
	}
	for _, p := range s.places {
		if p.ID == id {
			s.screens[id] = p.Build(s)
		}
	}
	return s.screens[id]
}

func (s *Shell) put(screen Screen) {
	s.stage.Objects = []fyne.CanvasObject{screen.Content()}
	s.stage.Refresh()
	screen.Shown()
	s.StatusChanged()
}

// StatusChanged shows in the status bar what the screen in front has to say, and toasts above its foot.
func (s *Shell) StatusChanged() {
	s.root.Layout.Layout(s.root.Objects, s.root.Size())
	var status func() (tone widgets.Tone, text, detail, note string)
	if told, ok := s.front().(interface {
		Status() (tone widgets.Tone, text, detail, note string)
	}); ok {
		status = told.Status
	}
	var showing func(runID string) (note string, shown bool)
	if told, ok := s.front().(interface {
		Showing(runID string) (note string, shown bool)
	}); ok {
		showing = told.Showing
	}
	s.status.follow(status, showing)
}

// Open shows a page over the present place, until Leave.
func (s *Shell) Open(page Screen) {
	if before := s.page; before != nil {
		s.page = nil
		before.Hidden()
	} else if under := s.screens[s.now]; under != nil {
		under.Hidden()
	}
	s.page = page
	s.put(page)
}

// Leave goes back to the place under the page.
func (s *Shell) Leave() {
	page := s.page
	if page == nil {
		return
	}
	s.page = nil // first: a page that is told so may leave by itself
	page.Hidden()
	s.put(s.screen(s.now))
}

// front is what a shortcut is for.
func (s *Shell) front() Screen {
	if s.page != nil {
		return s.page
	}
	return s.screens[s.now]
}

// foot is the height of a bar at the bottom of the screen in front, which toasts leave free.
func (s *Shell) foot() float32 {
	if f, ok := s.front().(interface{ Foot() float32 }); ok {
		return f.Foot()
	}
	return 0
}

// do answers a shortcut: the screen in front first, then the window.
func (s *Shell) do(a shortcuts.Action) bool {
	if d, ok := s.front().(doer); ok && d.Do(a) {
		return true
	}
	if a == shortcuts.Import {
		s.Import()
		return true
	}
	return false
}

// Languages lists the interface's languages.
func (s *Shell) Languages() []string { return words.Languages }

// SetLanguage changes the language of everything, at once.
func (s *Shell) SetLanguage(language string) error {
	if err := useLanguage(language); err != nil {
		return err
	}
	s.prefs.Set(prefLanguage, language)
	now := s.now
	s.closeScreens()
	s.page, s.now = nil, ""
	s.build()
	s.Go(now)
	return nil
}

// SetTheme changes the variant: "system", "light" or "dark".
func (s *Shell) SetTheme(name string) {
	s.prefs.Set(prefTheme, name)
	s.app.Settings().SetTheme(look.NewTheme(themeModes[s.prefs.theme()]))
	s.root.Refresh()
}

func (s *Shell) closeScreens() {
	for _, screen := range s.screens {
		if c, ok := screen.(closer); ok {
			c.Close()
		}
	}
	s.screens = map[string]Screen{}
}

// jobsChanged shows the jobs' news.
func (s *Shell) jobsChanged(running, ended []sync.Progress) {
	s.status.show(running, ended)
	s.offerHeld(ended)
	s.workspace.show(s.rail, running)
}

// today is the clock of the screens: the machine's, in its own zone.
func (s *Shell) today() time.Time { return s.p.Clock.Now().In(time.Local) }

// windowLayout puts the rail at the left, the status bar at the bottom, what waits for the user and failures at the top,
// the stage in what is left, and toasts over it.
type windowLayout struct{ s *Shell }

// MinSize keeps the rail and a narrow list.
func (l *windowLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastWidth, leastHeight)
}

// Layout also notes the window's size, for the next start.
func (l *windowLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	s := l.s
	s.size = size
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	rail, bar := look.WidthRail, look.HeightStatusBar
	put(s.rail, 0, 0, rail, size.Height)
	top := s.heldHeight(size.Width - rail)
	put(s.held.banner, rail+look.Margin, 8, size.Width-rail-2*look.Margin, max(top-8, 0))
	alerts := bannersHeight(s.alerts.box, size.Width-rail)
	put(s.alerts.box, rail, top, size.Width-rail, alerts)
	top += alerts
	failures := s.notices.height(size.Width - rail)
	put(s.notices.failures, rail, top, size.Width-rail, failures)
	top += failures
	put(s.stage, rail, top, size.Width-rail, size.Height-bar-top)
	put(s.status.bar, rail, size.Height-bar, size.Width-rail, bar)
	put(s.notices.toasts, 0, 0, size.Width, size.Height-s.foot())
}
