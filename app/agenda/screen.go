package agenda

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/agenda/book"
	"diapason/app/elsewhere"
	"diapason/app/say"
	"diapason/app/shortcuts"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Service is what the screen asks of the agenda.
type Service interface {
	book.Service
	Lists
	Importer
	OutsideCalendars
}

// Host is what the screen asks of the window.
type Host interface {
	Toast(text, action string, do func())
	Failure(err error)
	// StatusChanged says that Status, or Foot, tells something else.
	StatusChanged()
	// OpenRun shows the report of a run; it reports whether there is a screen for it.
	OpenRun(runID string) bool
	// OpenFile asks for a file to read; done is called on the interface's goroutine, with "" when the user gives up.
	OpenFile(title, name string, endings []string, done func(path string, err error))
}

// Panel stands at the right of the agenda in the place of a reservation's pane.
type Panel interface {
	Content() fyne.CanvasObject
	Shown()
	Hidden()
	Close()
}

// Params are what the screen needs.
type Params struct {
	Store   book.Store
	Service Service
	Host    Host
	// Now gives the moment in the person's zone, which has an IANA name.
	Now        func() time.Time
	UI         func(func())
	Background func(func()) // nil: a new goroutine each
	// Later runs a function once after a delay, on a goroutine of its own; nil: the machine's timer.
	Later func(time.Duration, func())
	// Sharing makes the panel « Lien d’abonnement »; leave is what its cross does. nil: there is none.
	Sharing func(leave func()) Panel
}

// Screen is the screen Agenda. Its methods are called on the interface's goroutine.
type Screen struct {
	p    Params
	slow elsewhere.Worker
	book *book.Book

	header  *header
	filters *filterRow
	week    *widgets.WeekGrid
	month   *widgets.MonthGrid
	list    *entryList
	empty   *fyne.Container
	stage   *fyne.Container
	detail  *detail
	lists   *lists       // nil while its dialog is closed
	outside *outsideList // nil while its dialog is closed
	sharing Panel        // made when it is first opened
	back    *widgets.Button
	frame   *fyne.Container
	layout  *frameLayout

	side side // what stands at the right
	tick int  // generation of the clock that moves the line of now
}

// side is what stands at the right of the agenda.
type side int

const (
	sideNone side = iota
	sideDetail
	sideSharing
)

// New makes the screen; it reads nothing before Shown.
func New(p Params) *Screen {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	if p.Later == nil {
		p.Later = elsewhere.Later
	}
	s := &Screen{p: p, slow: elsewhere.Worker{Background: p.Background, UI: p.UI, Failed: p.Host.Failure}}
	s.book = book.New(book.Params{
		Store: p.Store, Service: p.Service, Now: p.Now, UI: p.UI, Background: p.Background, Later: p.Later,
		Shown: s.show, Done: s.done, Undone: s.undone, Failed: p.Host.Failure,
	})
	s.back = widgets.NewButton(widgets.Plain, words.T("agenda.back"), look.IconChevronLeft, func() { s.leaveSide() })
	s.header, s.filters = newHeader(s), newFilterRow(s)
	s.newViews()
	s.detail = newDetail(s)
	s.empty = container.NewStack()
	s.stage = container.NewStack(s.week, s.month, s.list.content(), s.empty)
	s.layout = newFrameLayout(s)
	s.frame = container.New(s.layout)
	s.arrange()
	return s
}

// Content gives what the window shows.
func (s *Screen) Content() fyne.CanvasObject { return s.frame }

// Shown reads the agenda and follows it.
func (s *Screen) Shown() {
	s.header.show()
	s.book.Follow()
	s.tick++
	s.showNow(s.tick)
	if s.side == sideSharing {
		s.sharing.Shown()
	}
}

// Hidden stops following.
func (s *Screen) Hidden() {
	s.book.Rest()
	s.tick++
	if s.side == sideSharing {
		s.sharing.Hidden()
	}
}

// Close ends what the screen follows.
func (s *Screen) Close() {
	s.tick++
	s.book.Close()
	if s.sharing != nil {
		s.sharing.Close()
	}
}

// Home is called when the rail's line of this screen is pressed while it is in front.
func (s *Screen) Home() {
	s.leaveSide()
	s.book.Today()
}

// showNow places the line of now, and again each minute while the screen is in front. It is asked for at the minute
// itself: the machine may have slept.
func (s *Screen) showNow(tick int) {
	if tick != s.tick {
		return
	}
	now := s.p.Now()
	s.week.SetNow(now)
	s.month.SetNow(now)
	next := now.Truncate(time.Minute).Add(time.Minute).Sub(now)
	s.p.Later(next, func() { s.p.UI(func() { s.showNow(tick) }) })
}

// show draws what the book has read.
func (s *Screen) show() {
	s.header.show()
	s.filters.show()
	s.showViews()
	s.detail.refresh()
	s.p.Host.StatusChanged()
	if s.lists != nil {
		s.lists.show()
	}
	if s.outside != nil {
		s.outside.load()
	}
	s.frame.Refresh()
}

// done tells that an edit is kept, and offers to take it back.
func (s *Screen) done(text string) {
	s.p.Host.Toast(text, words.T("agenda.undo"), func() { s.book.Undo() })
}

func (s *Screen) undone() { s.p.Host.Toast(words.T("agenda.undone"), "", nil) }

// AskPerson asks for somebody new; made is told who it is once they are kept.
func (s *Screen) AskPerson(made func(id string)) { s.askPerson(nil, made) }

// canvas gives the window's canvas, nil while the screen is not shown.
func (s *Screen) canvas() fyne.Canvas { return fyne.CurrentApp().Driver().CanvasForObject(s.frame) }

// turn shows other days.
func (s *Screen) turn(p book.Period) {
	s.book.Turn(p)
	s.header.show()
	s.filters.show()
	s.showViews()
}

// open shows the pane of an entry.
func (s *Screen) open(id string) {
	e := s.book.Entry(id)
	if e == nil {
		return
	}
	s.detail.open(e)
	s.setSide(sideDetail)
}

// share opens the panel of the subscription links, or closes it.
func (s *Screen) share() {
	if s.p.Sharing == nil {
		return
	}
	if s.side == sideSharing {
		s.leaveSide()
		return
	}
	if s.sharing == nil {
		s.sharing = s.p.Sharing(s.leaveSide)
	}
	s.setSide(sideSharing)
	s.sharing.Shown()
}

func (s *Screen) leaveSide() { s.setSide(sideNone) }

// setSide shows what stands at the right. When it closes under the keyboard, the view has it.
func (s *Screen) setSide(side side) {
	c := s.canvas()
	typed := side == sideNone && s.side != sideNone && c != nil && c.Focused() != nil && c.Focused() != s.filters.search.Focusable()
	if s.side == sideSharing && side != sideSharing {
		s.sharing.Hidden()
	}
	if s.side == sideDetail && side != sideDetail {
		s.detail.leave()
	}
	s.side = side
	s.showOpen()
	s.header.yield(side == sideDetail)
	s.arrange()
	if typed {
		c.Focus(s.view())
	}
	s.p.Host.StatusChanged()
}

// view is what takes the keyboard among the views.
func (s *Screen) view() fyne.Focusable {
	switch s.book.Period().View {
	case book.List:
		return s.list.rows
	case book.Month:
		return s.month
	}
	return s.week
}

// Status is what the status bar says while the screen is in front and nothing runs: how the agenda is published, and which
// links are read while the program is closed; no text while it has no link.
func (s *Screen) Status() (tone widgets.Tone, text, detail, note string) {
	l := s.book.Links()
	tone = widgets.Success
	if l.Working == 0 {
		return tone, "", "", ""
	}
	switch {
	case l.Wrong:
		tone, text = widgets.Warning, words.T("agenda.status.wrong")
	case l.Waiting:
		tone, text = widgets.Info, words.T("agenda.status.waiting")
	case l.Public > 0:
		text = words.T("agenda.status.internet", "when", say.Moment(l.Published, s.p.Now()))
	case l.Changed.IsZero():
		text = words.T("agenda.status.ready")
	default:
		text = words.T("agenda.status.published", "when", say.Moment(l.Changed, s.p.Now()))
	}
	switch l.Public {
	case 0:
		note = words.N("agenda.status.open", l.Working)
	case l.Working:
		note = words.N("agenda.status.public", l.Working)
	default:
		note = words.N("agenda.status.some", l.Public)
	}
	return tone, text, words.N("agenda.status.links", l.Working), note
}

// Foot is the height of the foot of what stands at the right: toasts stand above it.
func (s *Screen) Foot() float32 {
	if s.side == sideNone {
		return 0
	}
	return look.HeightBulkBar
}

// Do answers a shortcut and reports whether it meant something here.
func (s *Screen) Do(a shortcuts.Action) bool {
	switch a {
	case shortcuts.New:
		s.create()
	case shortcuts.Sync:
		s.share()
	case shortcuts.Import:
		s.chooseFile()
	case shortcuts.Search:
		s.turn(book.Period{View: book.List, Day: s.book.Period().Day})
		if c := s.canvas(); c != nil {
			c.Focus(s.filters.search.Focusable()) // it was not drawn yet: the window does not know it by itself
		}
	case shortcuts.Undo:
		return s.book.Undo()
	case shortcuts.Refresh:
		s.book.Reload()
	case shortcuts.Before:
		s.turn(s.book.Period().Step(-1))
	case shortcuts.After:
		s.turn(s.book.Period().Step(1))
	case shortcuts.Today:
		s.today()
	case shortcuts.Escape:
		if s.side == sideNone {
			return false
		}
		s.leaveSide()
	default:
		return false
	}
	return true
}

func (s *Screen) today() {
	s.turn(book.Period{View: s.book.Period().View, Day: storage.DateOf(s.p.Now())})
}

// create opens the pane of a new reservation, at the next full hour of the day shown.
func (s *Screen) create() {
	start := storage.LocalOf(s.p.Now().Truncate(time.Hour).Add(time.Hour)).Wall()
	if day := s.book.Period().Day; !s.book.Period().Shows(storage.DateOf(start)) {
		start = day.Time().Add(9 * time.Hour)
	}
	s.openFresh(s.book.Fresh(start, start.Add(time.Hour), false))
}

// openFresh opens the pane of a new reservation, ready to be written in.
func (s *Screen) openFresh(r *storage.Reservation) {
	s.detail.fresh(r)
	s.setSide(sideDetail)
	s.detail.write()
}
