package activity

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	stdsync "sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/elsewhere"
	"diapason/app/say"
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
	s := &Screen{
		p: p, slow: elsewhere.Worker{Background: p.Background, UI: p.UI, Failed: p.Host.Failure},
		filter: filter{Period: periodWeek, Outcome: outcomeAll}, limit: runsPage, accounts: map[string]string{},
		progress: map[string]sync.Progress{}, reports: map[string]*report{}, column: widgets.NewColumn(0),
	}
	s.filters = newFilterBar(s)
	s.scroll = widgets.NewScroll(s.column)
	header := widgets.NewPageHeader(words.T("activity.title"),
		widgets.NewButton(widgets.Outlined, words.T("activity.export"), look.IconExport, s.exportJournal))
	top := widgets.NewColumn(0, header, widgets.NewPaddedColumn(0, widgets.Insets{Right: look.Margin, Bottom: 16, Left: look.Margin}, s.filters.object),
		widgets.NewRule(), s.heads(), widgets.NewRule())
	s.content = widgets.NewFrame(top, nil, nil, nil, s.scroll)
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
}

// Close ends what the screen follows.
func (s *Screen) Close() {
	for _, stop := range s.unwatch {
		stop()
	}
}

// OpenRun shows the report of a run, whenever it was.
func (s *Screen) OpenRun(id string) {
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
	time.AfterFunc(readDelay, func() {
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

// reload reads the runs of the period, away from the interface's goroutine.
func (s *Screen) reload() {
	s.read++
	generation, since, limit := s.read, s.filter.Period.since(s.p.Now()), s.limit
	s.p.Background(func() {
		got, err := readRuns(context.Background(), s.p.Store, since, limit)
		s.p.UI(func() {
			switch {
			case generation != s.read:
			case err != nil:
				s.p.Host.Failure(err)
			default:
				same := s.built && got.more == s.more && got.ever == s.ever && reflect.DeepEqual(got.runs, s.runs)
				s.runs, s.more, s.ever = got.runs, got.more, got.ever
				names := map[string]string{}
				for _, a := range got.accounts {
					names[a.ID] = say.Account(a, s.p.Kinds)
				}
				same = same && maps.Equal(names, s.accounts)
				s.accounts = names
				s.refreshReports()
				if !same { // else the rows stay, so that a press on one of them is not lost
					s.rebuild()
				}
			}
		})
	})
}

// reading is what the screen shows of the store.
type reading struct {
	runs       []*storage.Run
	more, ever bool
	accounts   []*storage.Account
}

// readRuns gives up to limit runs that began since a moment, newest first.
func readRuns(ctx context.Context, store Store, since time.Time, limit int) (got reading, err error) {
	err = store.View(ctx, func(r storage.Reader) error {
		var err error
		if got.accounts, err = r.Accounts(); err != nil {
			return fmt.Errorf("read accounts: %w", err)
		}
		if got.runs, err = r.Runs("", limit+1); err != nil {
			return fmt.Errorf("read runs: %w", err)
		}
		return nil
	})
	got.ever = len(got.runs) > 0
	for i, run := range got.runs {
		if run.StartedAt.Before(since) && run.State != storage.RunRunning {
			got.runs = got.runs[:i]
			break
		}
	}
	if len(got.runs) > limit {
		got.runs, got.more = got.runs[:limit], true
	}
	return got, err
}

// refilter shows another part of the runs; another period reads again.
func (s *Screen) refilter(f filter) {
	reread := f.Period != s.filter.Period
	s.filter = f
	s.filters.show()
	if reread {
		s.limit = runsPage
		s.reload()
		return
	}
	s.rebuild()
}

func (s *Screen) rebuild() {
	s.built = true
	s.chips = map[string]*widgets.Chip{}
	var rows []fyne.CanvasObject
	for _, l := range lines(s.runs, s.filter, s.p.Now()) {
		if l.Run == nil {
			rows = append(rows, s.dayRow(l.Day), widgets.NewRule())
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
			widgets.Own(link(words.T("activity.more"), func() { s.limit += runsPage; s.reload() })), widgets.Space())))
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

func link(text string, tapped func()) *widgets.Button {
	b := widgets.NewButton(widgets.Link, text, "", tapped)
	b.Height, b.Small = look.HeightInline, true
	return b
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
