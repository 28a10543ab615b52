package activity

import (
	"context"
	"path/filepath"
	stdsync "sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/elsewhere"
	"diapason/app/shortcuts"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Engine is what the screen asks of the engine.
type Engine interface {
	Retry(ctx context.Context, runID string) (newRunID string, err error)
	Undo(ctx context.Context, runID string) (undoRunID string, err error)
	UndoPlan(ctx context.Context, runID string) (sync.UndoPlan, error)
	UndoConflicts(ctx context.Context, runID string, limit int) ([]sync.UndoConflict, error)
	Jobs() *sync.Jobs
}

// Host is what the screen asks of the window.
type Host interface {
	Toast(text, action string, do func())
	Failure(err error)
	// SaveFile asks where to save; done is called on the interface's goroutine, with "" when the user gives up.
	SaveFile(title, name string, endings []string, done func(path string, err error))
	OpenURL(address string)
	OpenEstablishment(id string)
	// ShowHeld opens the dialog of a run that waits for the user's agreement.
	ShowHeld(runID string)
}

// Params are what the screen needs.
type Params struct {
	Store  Store
	Engine Engine
	Kinds  directory.Kinds
	Host   Host
	// Now gives the moment in the person's zone.
	Now        func() time.Time
	UI         func(func())
	Background func(func()) // nil: a new goroutine each
	// Later runs a function once after a delay, on a goroutine of its own; nil: the machine's timer.
	Later func(time.Duration, func())
	// Decisions is what the tab « À décider » shows; nil: there is no such tab.
	Decisions Decisions
}

const (
	// runsPage is how many runs are read at a time.
	runsPage = 60
	// readDelay lets a burst of commits be shown as one.
	readDelay = 150 * time.Millisecond
)

// Screen is the screen Activité. Its methods are called on the interface's goroutine.
type Screen struct {
	p        Params
	slow     elsewhere.Worker
	filter   filter
	runs     []*storage.Run
	more     bool
	ever     bool // there is a run, of this period or before
	limit    int
	found    findings // what the journal holds of what is sought
	names    []named  // establishments that the filter offers
	stop     context.CancelFunc
	accounts map[string]string // names by id
	progress map[string]sync.Progress
	reports  map[string]*report // of the open runs
	read     int                // generation of the last reading asked for
	built    bool               // the rows were built once
	unwatch  []func()

	mu        stdsync.Mutex // guards what other goroutines share
	visible   bool
	scheduled bool

	content *fyne.Container
	face    *fyne.Container // the runs, and over them what is to be decided
	tabs    *widgets.Segmented
	filters *filterBar
	column  *widgets.Column
	scroll  *container.Scroll
	chips   map[string]*widgets.Chip // of the running jobs, updated in place
}

// New makes the screen; it reads nothing before Shown.
func New(p Params) *Screen {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	if p.Later == nil {
		p.Later = elsewhere.Later
	}
	s := &Screen{
		p: p, slow: elsewhere.Worker{Background: p.Background, UI: p.UI, Failed: p.Host.Failure},
		filter: filter{Period: periodWeek, Outcome: outcomeAll}, limit: runsPage, stop: func() {}, accounts: map[string]string{},
		progress: map[string]sync.Progress{}, reports: map[string]*report{}, column: widgets.NewColumn(0),
	}
	s.filters = newFilterBar(s)
	s.scroll = widgets.NewScroll(s.column)
	top := widgets.NewColumn(0, widgets.NewPaddedColumn(0, widgets.Insets{Right: look.Margin, Bottom: 16, Left: look.Margin}, s.filters.object),
		widgets.NewRule(), s.heads(), widgets.NewRule())
	s.face = container.NewStack(widgets.NewFrame(top, nil, nil, nil, s.scroll))
	s.content = widgets.NewFrame(s.header(), nil, nil, nil, s.face)
	s.unwatch = []func(){p.Store.OnChange(s.changed), p.Engine.Jobs().OnChange(s.advanced)}
	return s
}

// Content gives what the window shows.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Shown reads the runs.
func (s *Screen) Shown() {
	s.mu.Lock()
	s.visible = true
	s.mu.Unlock()
	if s.deciding() {
		s.p.Decisions.Shown()
	}
	for _, p := range s.p.Engine.Jobs().List() {
		s.progress[p.RunID] = p
	}
	s.built = false // « Aujourd’hui » may be another day
	s.reload()
}

// Hidden stops following what happens.
func (s *Screen) Hidden() {
	s.mu.Lock()
	s.visible = false
	s.mu.Unlock()
	if s.deciding() {
		s.p.Decisions.Hidden()
	}
}

// Close ends what the screen follows.
func (s *Screen) Close() {
	for _, stop := range s.unwatch {
		stop()
	}
	s.stop()
	if s.p.Decisions != nil {
		s.p.Decisions.Close()
	}
}

// OpenRun shows the report of a run, whenever it was.
func (s *Screen) OpenRun(id string) {
	s.show(tabRuns)
	s.filters.search.SetText("")
	s.filter = filter{Period: periodAll, Outcome: outcomeAll}
	s.filters.show()
	if s.reports[id] == nil {
		s.reports[id] = &report{share: shareAll, limit: firstPage}
	}
	s.reload()
}

// changed is the store's listener; any goroutine.
func (s *Screen) changed(c storage.Changes) {
	if !c.All && len(c.Runs) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.visible || s.scheduled {
		return
	}
	s.scheduled = true
	s.p.Later(readDelay, func() {
		s.mu.Lock()
		s.scheduled = false
		s.mu.Unlock()
		s.p.UI(s.reload)
	})
}

// advanced is the jobs' listener; any goroutine.
func (s *Screen) advanced(p sync.Progress) {
	s.p.UI(func() {
		s.progress[p.RunID] = p
		if chip, ok := s.chips[p.RunID]; ok && !p.Finished {
			showProgress(chip, p)
		}
	})
}

func (s *Screen) rebuild() {
	s.built = true
	s.chips = map[string]*widgets.Chip{}
	var rows []fyne.CanvasObject
	for _, l := range lines(s.runs, s.found, s.filter, s.p.Now()) {
		if !l.Day.IsZero() {
			rows = append(rows, s.dayRow(l.Day), widgets.NewRule())
			continue
		}
		if l.Entry != nil {
			rows = append(rows, s.entryRow(l.Entry), widgets.NewRule())
			continue
		}
		rows = append(rows, s.runRow(l.Run))
		if r, open := s.reports[l.Run.ID]; open {
			rows = append(rows, s.reportPanel(l.Run, r))
		}
		rows = append(rows, widgets.NewRule())
	}
	switch {
	case len(rows) > 0 && s.more:
		rows = append(rows, margins(widgets.NewTallLine(look.HeightTableRow, 0,
			widgets.Own(widgets.NewLink(words.T("activity.more"), func() { s.limit += runsPage; s.reload() })), widgets.Space())))
	case len(rows) == 0:
		rows = append(rows, s.empty())
	}
	s.column.SetObjects(rows...)
	s.scroll.Refresh()
}

// empty tells what will appear here, or how to see more.
func (s *Screen) empty() fyne.CanvasObject {
	p := widgets.EmptyParams{Icon: look.IconActivity, Title: words.T("activity.empty.title"), Sentence: words.T("activity.empty.text")}
	if s.ever {
		p = widgets.EmptyParams{
			Icon: look.IconSearch, Title: words.T("activity.none.title"), Sentence: words.T("activity.none.text"),
			Secondary: widgets.NewButton(widgets.Outlined, words.T("activity.filter.clear"), look.IconClose, func() {
				s.filters.search.SetText("")
				s.refilter(filter{Period: periodAll, Outcome: outcomeAll})
			}),
		}
	}
	return widgets.NewPaddedColumn(0, widgets.Insets{Top: 48, Bottom: 48}, widgets.NewEmptyState(p))
}

func margins(o fyne.CanvasObject) fyne.CanvasObject {
	return widgets.NewPaddedColumn(0, widgets.Insets{Left: look.Margin, Right: look.Margin}, o)
}

// exportJournal saves the journal of the period shown.
func (s *Screen) exportJournal() {
	now := s.p.Now()
	name := words.T("activity.file.journal", "date", now.Format("2006-01-02")) + Endings[0]
	since, accounts := s.filter.Period.since(now), s.accounts
	s.save(words.T("activity.export"), name, func(path string) {
		s.slow.Do(func(ctx context.Context) error {
			return saveJournal(ctx, s.p.Store, since, accounts, path, now.Location())
		}, func() { s.saved("activity.exported", path) })
	})
}

func (s *Screen) saved(key, path string) {
	s.p.Host.Toast(words.T(key), words.T("activity.open"), func() { s.p.Host.OpenURL("file://" + path) })
}

// save asks where to save, and completes a name that has no ending.
func (s *Screen) save(title, name string, write func(path string)) {
	s.p.Host.SaveFile(title, name, Endings, func(path string, err error) {
		switch {
		case err != nil:
			s.p.Host.Failure(err)
		case path != "":
			if filepath.Ext(path) == "" {
				path += Endings[0]
			}
			write(path)
		}
	})
}

// Do answers a shortcut and reports whether it meant something here.
func (s *Screen) Do(a shortcuts.Action) bool {
	if s.deciding() {
		return s.p.Decisions.Do(a)
	}
	switch a {
	case shortcuts.Search:
		widgets.Focus(s.filters.search.Focusable())
	case shortcuts.Refresh:
		s.reload()
	default:
		return false
	}
	return true
}
