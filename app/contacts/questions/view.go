package questions

import (
	"context"
	"reflect"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/elsewhere"
	"diapason/app/shortcuts"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/merge"
	"diapason/widgets"
)

// Service is what the view asks of the contacts.
type Service interface {
	FieldHere(a *storage.Account, theirs storage.Field) storage.Field
	Decide(ctx context.Context, questionID string, answer contacts.Answer) error
	AskAgain(ctx context.Context, q *storage.ContactQuestion) error
	DecideAll(ctx context.Context, accountID string, side merge.Side) (int, error)
	SyncInTurn(ctx context.Context, accountIDs []string, actor storage.Actor) (runIDs []string, err error)
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
}

// Params are what the view needs.
type Params struct {
	Store   Store
	Service Service
	Host    Host
	// Account keeps to the questions of one account; "": all.
	Account string
	// Embedded leaves out the list and the picture of an empty desk: the panel alone, as high as it is, for a page that
	// scrolls by itself. It hides while nothing waits.
	Embedded bool
	// OpenContact shows the pane of a contact.
	OpenContact func(id string)
	// Changed is called on the interface's goroutine when Count or Primary may tell something else; nil: nobody asks.
	Changed func()
	// Now gives the moment in the person's zone.
	Now        func() time.Time
	UI         func(func())
	Background func(func()) // nil: a new goroutine each
	// Later runs a function once after a delay, on a goroutine of its own; nil: the machine's timer.
	Later func(time.Duration, func())
}

// readDelay lets a burst of commits be shown as one.
const readDelay = 200 * time.Millisecond

// View is the tab. Its methods are called on the interface's goroutine.
type View struct {
	p      Params
	slow   elsewhere.Worker
	desk   *desk
	detail *detail
	wanted string // the question that the last reading asked for is to put in front
	read   int    // generation of that reading
	known  bool   // something was read
	built  bool   // what is shown is of today
	count  int    // as it was told last
	store  *elsewhere.Follower

	content fyne.CanvasObject
	frame   *frame
	list    *widgets.SelectList
	banner  *widgets.Banner
	panel   *widgets.Column // holds the question in front
	scroll  *container.Scroll
	empty   *fyne.Container
	apply   *widgets.Button
	remark  *widgets.Text      // at the foot of a conflict
	past    *widgets.IconImage // beside it, when it speaks of the history
	compare *widgets.Comparison
}

// New makes the view; it reads nothing before Follow.
func New(p Params) *View {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	if p.Later == nil {
		p.Later = elsewhere.Later
	}
	if p.Changed == nil {
		p.Changed = func() {}
	}
	v := &View{p: p, slow: elsewhere.Worker{Background: p.Background, UI: p.UI, Failed: p.Host.Failure}, desk: newDesk()}
	v.panel = widgets.NewColumn(0)
	v.build()
	v.store = elsewhere.NewFollower(elsewhere.FollowerParams{
		OnChange: p.Store.OnChange, Read: func() { v.reload(v.wanted) }, UI: p.UI, Later: p.Later, Least: readDelay,
		Concerns: func(c storage.Changes) bool { return c.All || c.ContactBooks || c.Accounts || len(c.Contacts) > 0 },
	})
	return v
}

// Content gives what the tab shows.
func (v *View) Content() fyne.CanvasObject { return v.content }

// Follow reads what waits, and again whenever that changes: Count is told on every tab.
func (v *View) Follow() { v.store.Follow() }

// Rest stops following until Follow.
func (v *View) Rest() { v.store.Rest() }

// Shown reads what waits.
func (v *View) Shown() {
	v.built = false // « aujourd’hui » may be another day
	v.Follow()
	v.reload(v.wanted)
}

// Hidden is told when another tab comes to the front; the count is followed all the same.
func (v *View) Hidden() {}

// Close ends what the view follows.
func (v *View) Close() { v.store.Close() }

// Count is how many questions wait for a person.
func (v *View) Count() int { return v.desk.waiting() }

// SetAccount keeps to the questions of another account; "": all.
func (v *View) SetAccount(id string) {
	if v.p.Account == id {
		return
	}
	v.p.Account = id
	v.built = false
	v.reload("")
}

// Primary reports whether the panel has the screen's one primary button.
func (v *View) Primary() bool { return v.apply != nil }

// Do answers a shortcut and reports whether it meant something here.
func (v *View) Do(a shortcuts.Action) bool {
	if a != shortcuts.Refresh {
		return false
	}
	v.reload(v.wanted)
	return true
}

// reload reads what waits, away from the interface's goroutine, and what is shown of the question wanted.
func (v *View) reload(wanted string) {
	v.read++
	v.wanted = wanted
	generation, account, place := v.read, v.p.Account, v.desk.place
	v.p.Background(func() {
		began := time.Now()
		var items []item
		var now *detail
		front := -1
		err := v.p.Store.View(context.Background(), func(tx storage.Reader) (err error) {
			if items, err = list(tx, account); err != nil || len(items) == 0 {
				return err
			}
			front = pick(items, wanted, place)
			now, err = examine(tx, items[front], v.p.Service.FieldHere)
			return err
		})
		v.store.Took(time.Since(began))
		v.p.UI(func() {
			switch {
			case generation != v.read:
			case err != nil:
				v.p.Host.Failure(err)
			default:
				v.take(items, front, now)
			}
		})
	})
}

// take shows what was read. What has not changed stays, so that a press on it is not lost.
func (v *View) take(items []item, front int, now *detail) {
	same := v.built && v.known && reflect.DeepEqual(v.desk.items, items) && reflect.DeepEqual(v.detail, now)
	v.desk.take(items, front)
	v.wanted = v.desk.current
	v.detail, v.known = now, true
	if !same {
		v.built = true
		v.rebuild()
	}
	if n := v.desk.waiting(); n != v.count || !same {
		v.count = n
		v.p.Changed()
	}
}

// show brings a question to the front.
func (v *View) show(id string) {
	if id != "" {
		v.reload(id)
	}
}
