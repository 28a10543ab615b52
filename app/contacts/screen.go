package contacts

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/contacts/doubles"
	"diapason/app/contacts/files"
	"diapason/app/contacts/passes"
	"diapason/app/contacts/questions"
	"diapason/app/contacts/roster"
	"diapason/app/elsewhere"
	"diapason/app/shortcuts"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Service is what the screen asks of the contacts.
type Service interface {
	files.Service
	Save(ctx context.Context, c *storage.Contact) (contacts.Change, error)
	Trash(ctx context.Context, ids ...string) (contacts.Change, error)
	Restore(ctx context.Context, ids ...string) (contacts.Change, error)
	Undo(ctx context.Context, c contacts.Change) error
	passes.Service
	questions.Service
	doubles.Service
}

// Host is what the screen and its tabs ask of the window.
type Host interface {
	files.Host
	passes.Host
}

// Params are what the screen needs.
type Params struct {
	Store   roster.Store
	Service Service
	Host    Host
	// Canvas gives the window's: a file may be dropped before the screen was drawn there for the first time. nil: that which
	// the screen was drawn on.
	Canvas func() fyne.Canvas
	// UndoRun takes an import back as a whole, and gives the run that did.
	UndoRun func(ctx context.Context, runID string) (string, error)
	// Jobs is the list of what is running.
	Jobs passes.Jobs
	// Rules shows the rules of synchronisation of an account, of the first one for ""; nil: there are none to edit.
	Rules func(accountID string)
	// AsksConsent reports whether the accounts of a kind are connected in a browser.
	AsksConsent func(kind string) bool
	// Now gives the moment in the person's zone.
	Now        func() time.Time
	UI         func(func())
	Background func(func()) // nil: a new goroutine each
	// Later runs a function once after a delay, on a goroutine of its own; nil: the machine's timer.
	Later func(time.Duration, func())
}

// Screen is the screen Contacts. Its methods are called on the interface's goroutine.
type Screen struct {
	p      Params
	slow   elsewhere.Worker
	roster *roster.Roster
	files  *files.Files

	header    *header
	tabs      *tabs
	passes    *passes.View
	questions *questions.View
	doubles   *doubles.View

	filter *filterRow
	list   *contactList
	faces  *fyne.Container // in the place of the list when it has nothing to show
	face   face
	stage  *fyne.Container
	pane   *pane
	back   *widgets.Button
	layout *frameLayout
	frame  *fyne.Container

	last *contacts.Change // the last edit, for Ctrl+Z
}

// New makes the screen; it reads nothing before Shown.
func New(p Params) *Screen {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	if p.Later == nil {
		p.Later = elsewhere.Later
	}
	s := &Screen{p: p, slow: elsewhere.Worker{Background: p.Background, UI: p.UI, Failed: p.Host.Failure}}
	s.roster = roster.New(roster.Params{
		Store: p.Store, UI: p.UI, Background: p.Background, Later: p.Later, Shown: s.show, Failed: p.Host.Failure,
	})
	s.files = files.New(files.Params{
		Service: p.Service, Undo: p.UndoRun, Host: p.Host, Canvas: s.canvas, UI: p.UI, Background: p.Background,
	})
	s.header = newHeader(s)
	s.filter, s.list, s.pane = newFilterRow(s), newContactList(s), newPane(s)
	s.tabs = newTabs(s, s.rooms()...)
	s.faces = container.NewStack()
	s.stage = container.NewStack(s.list.rows, s.faces)
	s.back = widgets.NewButton(widgets.Plain, words.T("contacts.back"), look.IconChevronLeft, s.leave)
	s.layout = newFrameLayout(s)
	s.frame = container.New(s.layout)
	s.arrange()
	return s
}

// Content gives what the window shows.
func (s *Screen) Content() fyne.CanvasObject { return s.frame }

// Shown reads the contacts and follows them.
func (s *Screen) Shown() {
	s.roster.Follow()
	s.passes.Follow()
	s.questions.Follow()
	s.doubles.Follow()
	if room := s.tabs.room(); room != nil {
		room.Shown()
	}
}

// Hidden stops following.
func (s *Screen) Hidden() {
	s.roster.Rest()
	s.passes.Rest()
	s.questions.Rest()
	s.doubles.Rest()
	if room := s.tabs.room(); room != nil {
		room.Hidden()
	}
}

// Close ends what the screen and its tabs follow.
func (s *Screen) Close() {
	s.roster.Close()
	s.tabs.each(Room.Close)
}

// Home is called when the rail's line of this screen is pressed while it is in front.
func (s *Screen) Home() {
	s.tabs.show(tabList)
	s.leave()
	s.filter.search.SetText("")
	s.roster.SetFilter(roster.Filter{})
	s.list.rows.ScrollToTop()
}

// Open shows the pane of a contact.
func (s *Screen) Open(id string) {
	var c *storage.Contact
	var books []string
	s.slow.Do(func(ctx context.Context) error {
		return s.p.Store.View(ctx, func(tx storage.Reader) (err error) {
			if c, err = tx.Contact(id); err != nil {
				return err
			}
			books, err = booksOf(tx, id)
			return err
		})
	}, func() {
		s.pane.open(c, books)
		s.list.rows.Refresh()
	})
}

// booksOf names the accounts that a contact is kept in tune with.
func booksOf(tx storage.Reader, id string) ([]string, error) {
	links, err := tx.ContactLinksOf(id)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, l := range links {
		a, err := tx.Account(l.AccountID)
		if err != nil {
			return nil, err
		}
		names = append(names, a.Name)
	}
	return names, nil
}

// create opens the pane of a new contact.
func (s *Screen) create() { s.pane.open(&storage.Contact{}, nil) }

// synchronise asks for passes over the address books.
func (s *Screen) synchronise() { s.passes.Sync() }

// leave closes the pane; what was written can be taken up again.
func (s *Screen) leave() {
	s.pane.leave()
	s.list.rows.Refresh()
}

// show draws what the roster has read.
func (s *Screen) show() {
	s.header.page.SetBadge(words.Number(s.roster.Total()))
	s.filter.show()
	s.showFace()
	s.list.rows.Refresh()
	s.pane.follow()
}

// done tells of an edit that was kept, and offers to take it back.
func (s *Screen) done(text string, change contacts.Change) {
	s.last = &change
	s.p.Host.Toast(text, words.T("contacts.undo"), s.undo)
}

// undo takes the last edit back.
func (s *Screen) undo() {
	if s.last == nil {
		return
	}
	change := *s.last
	s.last = nil
	s.slow.Do(func(ctx context.Context) error { return s.p.Service.Undo(ctx, change) },
		func() { s.p.Host.Toast(words.T("contacts.undone"), "", nil) })
}

// trash puts a contact in the trash, or takes it out.
func (s *Screen) trash(c *storage.Contact) {
	var change contacts.Change
	name, trashed := c.FullName(), !c.TrashedAt.IsZero()
	s.slow.Do(func(ctx context.Context) (err error) {
		if trashed {
			change, err = s.p.Service.Restore(ctx, c.ID)
			return err
		}
		change, err = s.p.Service.Trash(ctx, c.ID)
		return err
	}, func() {
		if s.pane.shown() && s.pane.contact.ID == c.ID {
			s.pane.close()
		}
		key := "contacts.trashed"
		if trashed {
			key = "contacts.restored"
		}
		s.done(words.T(key, "name", name), change)
	})
}

// canvas gives the window's canvas, nil while the screen is not shown.
func (s *Screen) canvas() fyne.Canvas {
	if s.p.Canvas != nil {
		return s.p.Canvas()
	}
	return fyne.CurrentApp().Driver().CanvasForObject(s.frame)
}

// Foot is the height of a bar at the bottom, that of the pane or of a tab: toasts stand above it.
func (s *Screen) Foot() float32 {
	if f, ok := s.tabs.room().(interface{ Foot() float32 }); ok {
		return f.Foot()
	}
	if !s.pane.shown() {
		return 0
	}
	return look.HeightBulkBar
}

// Showing tells whether the tab in front shows a running job, and what the status bar remarks beside it.
func (s *Screen) Showing(runID string) (note string, shown bool) {
	if room, ok := s.tabs.room().(interface {
		Showing(runID string) (note string, shown bool)
	}); ok {
		return room.Showing(runID)
	}
	return "", false
}

// Do answers a shortcut and reports whether it meant something here.
func (s *Screen) Do(a shortcuts.Action) bool {
	if s.tabs.do(a) {
		return true
	}
	switch a {
	case shortcuts.New:
		s.create()
	case shortcuts.Search:
		if c := s.canvas(); c != nil {
			c.Focus(s.filter.search.Focusable())
		}
	case shortcuts.Import:
		s.files.Choose()
	case shortcuts.Sync:
		s.synchronise()
	case shortcuts.Undo:
		s.undo()
	case shortcuts.Refresh:
		s.roster.Reload()
	case shortcuts.Escape:
		if !s.pane.shown() {
			return false
		}
		s.leave()
	default:
		return false
	}
	return true
}
