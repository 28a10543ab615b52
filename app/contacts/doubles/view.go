package doubles

import (
	"context"
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/elsewhere"
	"diapason/app/shortcuts"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Service is what the tab asks of the contacts.
type Service interface {
	Duplicates(ctx context.Context) ([]contacts.Duplicate, error)
	Merge(ctx context.Context, keptID, otherID string, card storage.Card) (contacts.Change, error)
	SetApart(ctx context.Context, ids ...string) (contacts.Change, error)
}

// Store is what the tab reads.
type Store interface {
	View(ctx context.Context, f func(storage.Reader) error) error
	OnChange(f func(storage.Changes)) (remove func())
}

// Params are what the tab needs.
type Params struct {
	Store   Store
	Service Service
	// Done tells of an edit that was kept, and offers to take it back; Failed tells what could not be done.
	Done   func(text string, change contacts.Change)
	Failed func(error)
	// Changed is called on the interface's goroutine when Count or Primary may tell something else.
	Changed func()
	// Now gives the moment in the person's zone.
	Now        func() time.Time
	UI         func(func())
	Background func(func())
	// Later runs a function once after a delay, on a goroutine of its own.
	Later func(time.Duration, func())
}

// readDelay lets a burst of commits be shown as one; finding duplicates among 100,000 contacts takes a part of a second.
const readDelay = 300 * time.Millisecond

// View is the tab « Doublons ». Its methods are called on the interface's goroutine.
type View struct {
	p       Params
	store   *elsewhere.Follower
	groups  []group
	known   bool // they were read once
	current string
	shown   headed // what the panel is about
	place   int    // of the group in front, for when it is gone
	members []member
	wanted  [2]string // the two that a person wants to compare
	draft   *draft    // nil: nothing is compared
	read    int       // generation of the last reading of groups asked for
	looked  int       // idem, of members

	content *fyne.Container
	frame   *frame
	list    *widgets.SelectList
	panel   *widgets.Column
	scroll  *container.Scroll
	empty   *fyne.Container
	foot    *fyne.Container // the answers
	preview *widgets.Column
	compare *widgets.Comparison
	merge   *widgets.Button
}

// New makes the tab; it reads nothing before Follow.
func New(p Params) *View {
	v := &View{p: p, panel: widgets.NewColumn(0)}
	v.build()
	v.store = elsewhere.NewFollower(elsewhere.FollowerParams{
		OnChange: p.Store.OnChange, Read: v.reload, UI: p.UI, Later: p.Later, Least: readDelay,
		Concerns: func(c storage.Changes) bool { return c.All || len(c.Contacts) > 0 || c.ContactBooks },
	})
	return v
}

// Content gives what the tab shows.
func (v *View) Content() fyne.CanvasObject { return v.content }

// Follow finds the duplicates, and again whenever contacts change: Count is told on every tab.
func (v *View) Follow() { v.store.Follow() }

// Rest stops following until Follow.
func (v *View) Rest() { v.store.Rest() }

// Shown is told when the tab comes to the front.
func (v *View) Shown() {
	v.Follow()
	v.look() // « aujourd’hui » may be another day
}

// Hidden is told when another tab comes to the front; the count is followed all the same.
func (v *View) Hidden() {}

// Close ends what the tab follows.
func (v *View) Close() { v.store.Close() }

// Count is how many groups of contacts may be one.
func (v *View) Count() int { return len(v.groups) }

// Primary reports whether the panel has the screen's one primary button.
func (v *View) Primary() bool { return v.merge != nil }

// Foot is the height of the answers at the bottom, which toasts leave free.
func (v *View) Foot() float32 {
	if v.draft == nil {
		return 0
	}
	return look.HeightBulkBar
}

// Do answers a shortcut and reports whether it meant something here.
func (v *View) Do(a shortcuts.Action) bool {
	if a != shortcuts.Refresh {
		return false
	}
	v.reload()
	return true
}

// reload finds the duplicates, away from the interface's goroutine.
func (v *View) reload() {
	v.read++
	generation := v.read
	v.p.Background(func() {
		began := time.Now()
		groups, err := find(context.Background(), v.p.Store, v.p.Service)
		v.store.Took(time.Since(began))
		v.p.UI(func() {
			switch {
			case generation != v.read:
			case err != nil:
				v.p.Failed(err)
			default:
				v.take(groups)
			}
		})
	})
}

// take shows the groups that were found; the one in front stays while it is there.
func (v *View) take(groups []group) {
	v.groups, v.known = groups, true
	v.place = v.find(v.current)
	v.current = ""
	if v.place >= 0 {
		v.current = groups[v.place].key()
	}
	v.list.Refresh()
	v.content.Refresh()
	v.look()
	v.p.Changed()
}

// find gives the place of a group, or that of the one that took its place; -1 when there is none.
func (v *View) find(key string) int {
	if i := slices.IndexFunc(v.groups, func(g group) bool { return g.key() == key }); i >= 0 {
		return i
	}
	return min(max(v.place, 0), len(v.groups)-1)
}

// show brings a group to the front.
func (v *View) show(i int) {
	if i < 0 || i >= len(v.groups) || v.groups[i].key() == v.current {
		return
	}
	v.place, v.current = i, v.groups[i].key()
	v.list.Refresh()
	v.look()
}

// look reads the contacts of the group in front.
func (v *View) look() {
	v.looked++
	generation := v.looked
	if v.current == "" {
		v.members, v.draft = nil, nil
		v.rebuild()
		return
	}
	g := v.groups[v.place]
	v.p.Background(func() {
		var all []member
		err := v.p.Store.View(context.Background(), func(tx storage.Reader) (err error) {
			all, err = members(tx, &g)
			return err
		})
		v.p.UI(func() {
			switch {
			case generation != v.looked:
			case err != nil:
				v.p.Failed(err)
			default:
				v.setMembers(all)
			}
		})
	})
}

// headed is what the head of the panel tells: a group, and its place among the others.
type headed struct {
	group     string
	place, of int
}

// setMembers shows the contacts of the group in front. What is the same stays, choices included.
func (v *View) setMembers(all []member) {
	a, b, ok := pairOf(all, v.wanted)
	kept := ok && v.draft != nil && v.draft.holds(a.Contact, b.Contact)
	now := headed{v.current, v.place, len(v.groups)}
	same := kept && v.shown == now && reflect.DeepEqual(v.members, all)
	v.members, v.shown = all, now
	switch {
	case same:
		return
	case !ok:
		v.draft = nil
	case !kept:
		v.draft = newDraft(a.Contact, b.Contact)
	}
	v.rebuild()
	v.p.Changed()
}

// pick compares other contacts of the group in front.
func (v *View) pick(side int, id string) {
	v.wanted = [2]string{v.draft.pair[0].ID, v.draft.pair[1].ID}
	if v.wanted[1-side] == id {
		v.wanted[1-side] = v.wanted[side]
	}
	v.wanted[side] = id
	v.setMembers(v.members)
}
