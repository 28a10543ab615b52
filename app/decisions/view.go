package decisions

import (
	"context"
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

// Engine is what the view asks of the engine.
type Engine interface {
	Waiting(ctx context.Context, after string, limit int) (sync.WaitingPage, error)
	DecideMany(ctx context.Context, choices []sync.Choice, d sync.Decision) (runID string, err error)
	Unfreeze(ctx context.Context, establishmentID, accountID string) error
	Sync(ctx context.Context, r sync.Request) (runID string, err error)
	Undo(ctx context.Context, runID string) (undoRunID string, err error)
}

// Store is what the view reads.
type Store interface {
	View(ctx context.Context, f func(storage.Reader) error) error
	OnChange(f func(storage.Changes)) (remove func())
}

// Host is what the view asks of the window.
type Host interface {
	Toast(text, action string, do func())
	Failure(err error)
	OpenEstablishment(id string)
	// ShowHeld opens the dialog of a run that waits for the user's agreement.
	ShowHeld(runID string)
	// OpenRun shows the report of a run.
	OpenRun(runID string) bool
	Integrations() bool
}

// Params are what the view needs.
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
	// pageOfItems is how many are shown at first, and added by « Afficher les suivants ».
	pageOfItems = 40
	// readDelay lets a burst of commits be shown as one.
	readDelay = 150 * time.Millisecond
)

// View is the tab « À décider ». Its methods are called on the interface's goroutine.
type View struct {
	p        Params
	slow     elsewhere.Worker
	items    []sync.Waiting
	more     bool
	limit    int
	accounts map[string]string // names by id
	ticked   selection
	read     int // generation of the last reading asked for
	built    bool
	unwatch  func()

	mu        stdsync.Mutex // guards what other goroutines share
	visible   bool
	scheduled bool

	content *fyne.Container
	column  *widgets.Column
	scroll  *container.Scroll
	bar     *selectionBar
}

// New makes the view; it reads nothing before Shown.
func New(p Params) *View {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	v := &View{
		p: p, slow: elsewhere.Worker{Background: p.Background, UI: p.UI, Failed: p.Host.Failure},
		limit: pageOfItems, accounts: map[string]string{}, ticked: selection{}, column: widgets.NewColumn(0),
	}
	v.scroll = widgets.NewScroll(v.column)
	v.bar = newSelectionBar(v)
	v.content = widgets.NewFrame(nil, v.bar.object, nil, nil, v.scroll)
	v.unwatch = p.Store.OnChange(v.changed)
	return v
}

// Content gives what the tab shows.
func (v *View) Content() fyne.CanvasObject { return v.content }

// Shown reads what waits.
func (v *View) Shown() {
	v.setVisible(true)
	v.built = false // « aujourd’hui » may be another day
	v.reload()
}

// Hidden stops following what happens.
func (v *View) Hidden() { v.setVisible(false) }

// Close ends what the view follows.
func (v *View) Close() { v.unwatch() }

func (v *View) setVisible(on bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.visible = on
}

// changed is the store's listener; any goroutine.
func (v *View) changed(storage.Changes) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.visible || v.scheduled {
		return
	}
	v.scheduled = true
	time.AfterFunc(readDelay, func() {
		v.mu.Lock()
		v.scheduled = false
		v.mu.Unlock()
		v.p.UI(v.reload)
	})
}

// reload reads what waits, away from the interface's goroutine.
func (v *View) reload() {
	v.read++
	generation, limit := v.read, v.limit
	v.p.Background(func() {
		page, err := v.p.Engine.Waiting(context.Background(), "", limit)
		names := map[string]string{}
		if err == nil {
			err = v.p.Store.View(context.Background(), func(tx storage.Reader) error {
				accounts, err := tx.Accounts()
				for _, a := range accounts {
					names[a.ID] = say.Account(a, v.p.Kinds)
				}
				return err
			})
		}
		v.p.UI(func() {
			switch {
			case generation != v.read:
			case err != nil:
				v.p.Host.Failure(err)
			case v.built && v.more == (page.Next != "") && reflect.DeepEqual(v.items, page.Items) && reflect.DeepEqual(v.accounts, names):
				// the rows stay, so that a press on one of them is not lost
			default:
				v.items, v.more, v.accounts = page.Items, page.Next != "", names
				v.ticked.keep(v.items)
				v.rebuild()
			}
		})
	})
}

func (v *View) rebuild() {
	v.built = true
	var rows []fyne.CanvasObject
	of := sections(v.items)
	for _, kind := range kinds {
		if len(of[kind]) > 0 {
			rows = append(rows, v.section(kind, of[kind])...)
		}
	}
	switch {
	case len(rows) == 0:
		rows = append(rows, nothing())
	case v.more:
		rows = append(rows, margins(widgets.NewTallLine(look.HeightTableRow, 0,
			widgets.Own(widgets.NewLink(words.T("decisions.more"), func() { v.limit += pageOfItems; v.reload() })), widgets.Space())))
	}
	v.column.SetObjects(rows...)
	v.scroll.Refresh()
	v.bar.show()
}

// nothing says that nobody has to do anything.
func nothing() fyne.CanvasObject {
	return widgets.NewPaddedColumn(0, widgets.Insets{Top: 48, Bottom: 48}, widgets.NewEmptyState(widgets.EmptyParams{
		Icon: look.IconCheck, Title: words.T("decisions.empty.title"), Sentence: words.T("decisions.empty.text"),
	}))
}

// tick ticks listings or unticks them.
func (v *View) tick(of []*sync.Waiting, on bool) {
	for _, w := range of {
		if on {
			v.ticked[keyOf(w)] = true
		} else {
			delete(v.ticked, keyOf(w))
		}
	}
	v.rebuild()
}

// Do answers a shortcut and reports whether it meant something here.
func (v *View) Do(a shortcuts.Action) bool {
	switch a {
	case shortcuts.SelectAll:
		v.tick(sections(v.items)[sync.WaitingDrift], true)
	case shortcuts.Escape:
		if len(v.ticked) == 0 {
			return false
		}
		v.ticked = selection{}
		v.rebuild()
	case shortcuts.Refresh:
		v.reload()
	default:
		return false
	}
	return true
}

// Foot is the height of the bar at the bottom, which toasts leave free.
func (v *View) Foot() float32 {
	if len(v.ticked) == 0 {
		return 0
	}
	return look.HeightBulkBar
}
