package passes

import (
	"context"
	stdsync "sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/elsewhere"
	"diapason/app/shortcuts"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Service is what the tab asks of the contacts.
type Service interface {
	Standings(ctx context.Context) ([]contacts.Standing, error)
	Sync(ctx context.Context, accountID string, actor storage.Actor) (runID string, err error)
	SyncInTurn(ctx context.Context, accountIDs []string, actor storage.Actor) (runIDs []string, err error)
	Cancel(ctx context.Context, runID string) error
	Pause(ctx context.Context, runID string) error
	Resume(ctx context.Context, runID string) error
	Plan(ctx context.Context, accountID string) (contacts.Plan, error)
	Reach(ctx context.Context) (contacts.Reach, error)
}

// Jobs is the list of what is running.
type Jobs interface {
	OnChange(f func(sync.Progress)) (remove func())
}

// Store is what the tab follows.
type Store interface {
	OnChange(f func(storage.Changes)) (remove func())
}

// Host is what the tab asks of the window.
type Host interface {
	Toast(text, action string, do func())
	Failure(err error)
	// StatusChanged says that the status bar is to tell something else.
	StatusChanged()
	// Integrations shows the screen where accounts are connected; false when there is none.
	Integrations() bool
	// ShowHeld opens the dialog of a run that waits for the user's agreement.
	ShowHeld(runID string)
	// OpenRun shows the report of a run; false when there is no screen for it.
	OpenRun(runID string) bool
}

// Questions is the panel of what waits for a person about one account.
type Questions interface {
	Content() fyne.CanvasObject
	// SetAccount keeps to the questions of an account.
	SetAccount(id string)
	// Follow reads what waits, and again whenever that changes, until Rest.
	Follow()
	Rest()
	Close()
	// Primary reports whether it has the screen's one primary button.
	Primary() bool
}

// Params are what the tab needs.
type Params struct {
	Store   Store
	Service Service
	Host    Host
	Jobs    Jobs
	// Questions stands below the passes; nil: nothing does.
	Questions Questions
	// AsksConsent reports whether the accounts of a kind are connected in a browser.
	AsksConsent func(kind string) bool
	// Now gives the moment in the person's zone.
	Now        func() time.Time
	UI         func(func())
	Background func(func())
	// Later runs a function once after a delay, on a goroutine of its own.
	Later func(time.Duration, func())
	// ShowWithoutEmail shows the contacts that have no e-mail, ShowDoubles those that may be one; nil: there is no such place.
	ShowWithoutEmail, ShowDoubles func()
	// Changed is called on the interface's goroutine when Linked, Ready or Count may tell something else.
	Changed func()
}

// readDelay lets a burst of commits be shown as one.
const readDelay = 150 * time.Millisecond

// View is the tab « Synchronisation ». Its methods are called on the interface's goroutine.
type View struct {
	p         Params
	slow      elsewhere.Worker
	standings []contacts.Standing
	known     bool // the accounts were read once
	picked    string
	pace      map[string]*pace         // by account
	asking    bool                     // for passes
	read      int                      // generation of the last reading asked for
	ran       int                      // passes under way at the last reading
	told      string                   // to the status bar
	front     bool                     // the tab is
	jobs      map[string]sync.Progress // the passes that run, by run
	unwatch   []func()

	mu        stdsync.Mutex // guards what other goroutines share
	following bool
	scheduled bool

	content *fyne.Container
	empty   fyne.CanvasObject
	board   *fyne.Container
	cards   *widgets.Grid
	byID    map[string]*widgets.PickCard
	banner  *widgets.Banner
	panel   *panel
	sides   *widgets.Grid
	there   *side
	here    *side
	reach   *reach
	column  *widgets.Column
	scroll  *container.Scroll
}

// New makes the view; it reads nothing before Follow.
func New(p Params) *View {
	v := &View{
		p: p, slow: elsewhere.Worker{Background: p.Background, UI: p.UI, Failed: p.Host.Failure},
		pace: map[string]*pace{}, jobs: map[string]sync.Progress{}, byID: map[string]*widgets.PickCard{}, banner: widgets.NewBanner(),
	}
	v.build()
	v.unwatch = []func(){p.Store.OnChange(v.changed), p.Jobs.OnChange(v.advanced)}
	return v
}

// Content gives what the tab shows.
func (v *View) Content() fyne.CanvasObject { return v.content }

// Shown is called when the tab comes to the front.
func (v *View) Shown() {
	v.front = true
	v.show() // « aujourd’hui » may be another day
	v.Follow()
	v.reach.read()
	if v.p.Questions != nil {
		v.p.Questions.Follow()
	}
}

// Hidden is called when something else does.
func (v *View) Hidden() {
	v.front = false
	if v.p.Questions != nil {
		v.p.Questions.Rest()
	}
}

// Primary reports whether what stands on the tab has the screen's one primary button.
func (v *View) Primary() bool { return v.p.Questions != nil && v.p.Questions.Primary() }

// Relaid is called when the panel of the questions became higher or lower.
func (v *View) Relaid() {
	v.column.Refresh()
	v.scroll.Refresh()
}

// Follow reads where the books stand, and again whenever that changes: the header of the screen tells it on every tab.
func (v *View) Follow() {
	v.follow(true)
	v.reload()
}

// Rest stops following.
func (v *View) Rest() { v.follow(false) }

func (v *View) follow(on bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.following = on
}

// Close ends what the view follows.
func (v *View) Close() {
	for _, stop := range v.unwatch {
		stop()
	}
	v.Rest()
	if v.p.Questions != nil {
		v.p.Questions.Close()
	}
}

// Count is what the badge of the tab tells: nothing, for what waits for a decision stands on other tabs.
func (v *View) Count() int { return 0 }

// changed is the store's listener; any goroutine.
func (v *View) changed(c storage.Changes) {
	if !c.All && !c.ContactBooks && !c.Accounts && len(c.Runs) == 0 && len(c.Contacts) == 0 {
		return
	}
	v.soon(readDelay)
}

// advanced is the jobs' listener; any goroutine.
func (v *View) advanced(p sync.Progress) {
	if p.Kind != storage.RunContacts {
		return
	}
	v.p.UI(func() {
		v.jobs[p.RunID] = p
		if p.Finished {
			delete(v.jobs, p.RunID)
		}
		if st := v.standing(v.picked); v.front && st != nil && st.Run != nil && st.Run.ID == p.RunID {
			v.showPanel(st)
		}
	})
}

// soon reads again after a delay; any goroutine.
func (v *View) soon(delay time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.following || v.scheduled {
		return
	}
	v.scheduled = true
	v.p.Later(delay, func() {
		v.mu.Lock()
		v.scheduled = false
		v.mu.Unlock()
		v.p.UI(v.reload)
	})
}

// reload reads where the books stand, away from the interface's goroutine.
func (v *View) reload() {
	v.read++
	generation := v.read
	v.p.Background(func() {
		standings, err := v.p.Service.Standings(context.Background())
		v.p.UI(func() {
			switch {
			case generation != v.read:
			case err != nil:
				v.p.Host.Failure(err)
			default:
				v.take(standings)
			}
		})
	})
}

// take shows what was read.
func (v *View) take(standings []contacts.Standing) {
	v.standings, v.known = standings, true
	if v.standing(v.picked) == nil {
		v.picked = ""
	}
	if v.picked == "" && len(standings) > 0 {
		v.picked = v.first()
	}
	now := v.p.Now()
	for i := range standings {
		v.measure(&standings[i], now)
		if until := waitsUntil(&standings[i], now); !until.IsZero() {
			v.wake(until.Sub(now))
		}
	}
	v.show()
	v.p.Changed()
	v.tellStatus()
	if going := v.going(); going != v.ran {
		v.ran = going
		v.reach.read() // contacts came, or are about to
	}
}

// going counts the passes under way.
func (v *View) going() int {
	n := 0
	for i := range v.standings {
		if underWay(&v.standings[i]) {
			n++
		}
	}
	return n
}

// tellStatus has the status bar read Showing again when it tells something else.
func (v *View) tellStatus() {
	note := ""
	if st := v.standing(v.picked); st != nil {
		note = runID(st) + guardNote(st)
	}
	if note != v.told {
		v.told = note
		v.p.Host.StatusChanged()
	}
}

// wake reads again when a book has waited long enough: nothing is written then that would tell.
func (v *View) wake(after time.Duration) {
	v.p.Later(after, func() { v.soon(0) })
}

// urgent are the states that bring an account to the front, the most urgent first.
var urgent = []condition{
	conditionRunning, conditionPaused, conditionHeld, conditionAsks, conditionReconnect, conditionAction, conditionFailed, conditionPending,
}

// first is the account shown until another one is picked: the one with a pass under way, else the one that waits for
// somebody, else the first.
func (v *View) first() string {
	for _, wanted := range urgent {
		for i := range v.standings {
			if v.condition(&v.standings[i]) == wanted {
				return v.standings[i].Account.ID
			}
		}
	}
	return v.standings[0].Account.ID
}

// Picked gives the account that is shown; "" before there is one.
func (v *View) Picked() string { return v.picked }

// measure notes how far a pass is, for what it will still take.
func (v *View) measure(st *contacts.Standing, now time.Time) {
	p := v.pace[st.Account.ID]
	if p == nil {
		p = &pace{}
		v.pace[st.Account.ID] = p
	}
	if !underWay(st) || st.Run.Pass == nil || v.condition(st) != conditionRunning {
		p.rest()
		return
	}
	p.note(st.Run.ID, now, st.Run.Pass.Written)
}

func (v *View) condition(st *contacts.Standing) condition {
	return conditionOf(st, v.p.Now(), v.p.AsksConsent)
}

// standing gives that of an account; nil when there is none.
func (v *View) standing(id string) *contacts.Standing {
	for i := range v.standings {
		if v.standings[i].Account.ID == id {
			return &v.standings[i]
		}
	}
	return nil
}

// Do answers a shortcut and reports whether it meant something here.
func (v *View) Do(a shortcuts.Action) bool {
	if a != shortcuts.Refresh {
		return false
	}
	v.reload()
	return true
}

// build makes what is shown once there are accounts, and what stands there before.
func (v *View) build() {
	v.cards = widgets.NewGrid(cardWidth, 12, cardsBeside)
	v.banner.Hide()
	v.panel = newPanel(v)
	v.there, v.here = newSide(v, look.IconArrowRight), newSide(v, look.IconArrowLeft)
	v.reach = newReach(v)
	v.sides = widgets.NewGrid(sideWidth, 12, 2, v.there.object, v.here.object)
	parts := []fyne.CanvasObject{v.cards, v.banner, v.panel.object, v.sides}
	if v.p.Questions != nil {
		parts = append(parts, v.p.Questions.Content())
	}
	v.column = widgets.NewPaddedColumn(12, widgets.Insets{Top: 16, Right: look.Margin, Bottom: 24, Left: look.Margin},
		append(parts, v.reach.object)...)
	v.scroll = widgets.NewScroll(v.column)
	v.board, v.empty = container.NewStack(v.scroll), v.nothing()
	v.empty.Hide()
	v.board.Hide()
	v.content = container.NewStack(v.board, v.empty)
}
