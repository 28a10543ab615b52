package sharing

import (
	"net/netip"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/elsewhere"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda/publication"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Host is what the panel asks of the window.
type Host interface {
	Toast(text, action string, do func())
	Failure(err error)
	OpenURL(address string)
	// Copy puts a text on the clipboard and says so.
	Copy(text string)
}

// Params are what the panel needs.
type Params struct {
	Store   Store
	Service Service
	Host    Host
	// NewPerson asks for somebody new, and tells who it is once they are kept.
	NewPerson func(made func(id string))
	// Publications and Accounts publish a link on the Internet; nil: the panel offers none of it.
	Publications Publications
	Accounts     Accounts
	// AddSpace goes where an account to publish on is added or repaired.
	AddSpace func()
	// Leave is what the cross does.
	Leave func()
	// Now gives the moment in the person's zone.
	Now        func() time.Time
	UI         func(func())
	Background func(func()) // nil: a new goroutine each
	// Later runs a function once after a delay, on a goroutine of its own; nil: the machine's timer.
	Later func(time.Duration, func())
	// LAN gives the addresses of the local network to answer; nil: the likeliest one of this machine.
	LAN func() ([]netip.Addr, error)

	shown func()
}

// Panel is the panel « Lien d’abonnement ». Its methods are called on the interface's goroutine.
type Panel struct {
	board  *board
	object fyne.CanvasObject
	column *widgets.Column
	scroll *container.Scroll
	foot   *fyne.Container

	built string // what the present objects were built for
	// fields are those that stand there, before those that stood there: one with a text that is not kept yet stays.
	fields, before map[string]*widgets.Field
	parts          *parts
	fold           bool // the rarer settings are shown
}

// New makes the panel; it reads nothing before Shown.
func New(p Params) *Panel {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	if p.Later == nil {
		p.Later = elsewhere.Later
	}
	if p.LAN == nil {
		p.LAN = firstLAN
	}
	v := &Panel{}
	p.shown = v.show
	v.board = newBoard(p)
	v.column = widgets.NewPaddedColumn(16, widgets.Insets{Top: 8, Right: 20, Bottom: 16, Left: 20})
	v.scroll = widgets.NewScroll(v.column)
	leave := widgets.NewIconButton(widgets.Plain, words.T("sharing.close"), look.IconClose, p.Leave)
	head := widgets.NewPaddedColumn(0, widgets.Insets{Top: 10, Right: 12, Bottom: 4, Left: 20},
		widgets.NewLine(8, widgets.Own(widgets.NewIconImage(look.IconSignal, 18, look.AccentText)),
			widgets.Share(widgets.NewText(words.T("sharing.title"), look.SizeSubtitle, look.Text).Bold()), widgets.Own(leave)))
	v.foot = container.NewStack()
	v.object = widgets.NewGround(look.Surface, widgets.NewFrame(head, v.foot, nil, nil, v.scroll))
	return v
}

// Content gives what the window shows.
func (v *Panel) Content() fyne.CanvasObject { return v.object }

// Shown reads the links and follows them.
func (v *Panel) Shown() { v.board.follow(true) }

// Hidden stops following.
func (v *Panel) Hidden() { v.board.follow(false) }

// Close ends what the panel follows.
func (v *Panel) Close() {
	v.board.follow(false)
	v.board.unwatch()
}

// show draws what the board knows: anew when it is about another link or other things to choose from, in place otherwise,
// so that the keyboard stays where it is.
func (v *Panel) show() {
	if signature := v.signature(); v.built != signature {
		v.built = signature
		v.build()
	}
	v.parts.update(v.board)
	v.showStanding()
	v.column.Refresh()
	v.scroll.Refresh()
	v.object.Refresh()
}

// signature tells panels apart that hold other objects.
func (v *Panel) signature() string {
	b := v.board
	s := b.draft.ID + "|" + string(b.reach) + "|" + b.address()
	for _, t := range b.types {
		s += "|" + t.ID + t.Name + t.Color
	}
	for _, p := range b.persons {
		s += "|" + p.ID + p.Name
	}
	for _, r := range b.resources {
		s += "|" + r.ID + r.Name
	}
	for _, l := range b.working() {
		s += "|" + l.ID + l.Label
	}
	if b.lan {
		s += "|lan"
	}
	if b.urls.Public != "" {
		s += "|public"
	}
	if b.reach == Internet {
		s += "|" + b.spaceID
		for _, a := range b.spaces {
			s += "|" + a.ID + a.Name + a.Settings[publication.SettingPublicURL]
		}
	}
	if v.fold {
		s += "|fold"
	}
	if b.draft.Mine {
		s += "|mine"
	}
	return s
}

func (v *Panel) build() {
	b := v.board
	v.parts = &parts{checks: map[string]*widgets.Check{}, counts: map[string]*widgets.Text{}}
	v.before, v.fields = v.fields, map[string]*widgets.Field{}
	var objects []fyne.CanvasObject
	if b.draft.ID == "" {
		objects = append(objects, v.introduction(), v.identity(), v.types(), v.settings(), v.preview())
		v.foot.Objects = []fyne.CanvasObject{v.creating()}
	} else {
		if len(b.working()) > 1 {
			objects = append(objects, v.which())
		}
		objects = append(objects, v.reaches(), v.types(), v.link(), v.reading(), v.targets(), v.settings(), v.preview(), v.testing())
		v.foot.Objects = []fyne.CanvasObject{v.ending()}
	}
	v.column.SetObjects(objects...)
	v.foot.Refresh()
}

// field makes a field, or gives the one in which something is written that is not kept yet.
func (v *Panel) field(key, label, value string) *widgets.Field {
	f := v.before[key]
	if f == nil || !f.Typing() && !f.Changed() {
		f = widgets.NewField(label)
	}
	v.fields[key] = f
	if !f.Changed() {
		f.SetValue(value)
	}
	return f
}

func section(title string, objects ...fyne.CanvasObject) fyne.CanvasObject {
	return widgets.NewColumn(8, append([]fyne.CanvasObject{widgets.NewText(title, look.SizeBody, look.Text).Bold()}, objects...)...)
}

func (v *Panel) introduction() fyne.CanvasObject {
	return widgets.NewParagraph(words.T("sharing.text"), look.SizeBody, look.TextSecondary)
}

// which chooses among the links that work.
func (v *Panel) which() fyne.CanvasObject {
	var items []widgets.MenuItem
	for _, l := range v.board.working() {
		items = append(items, widgets.MenuItem{ID: l.ID, Text: l.Label})
	}
	f := widgets.NewSelectField(words.T("sharing.which"), items, v.board.open)
	f.SetValue(v.board.draft.ID)
	return f
}

// identity is who the link belongs to, and its name.
func (v *Panel) identity() fyne.CanvasObject {
	b := v.board
	name := v.field("label "+b.draft.ID, words.T("sharing.field.label"), b.draft.Label)
	name.SetPlaceHolder(words.T("sharing.field.label.hint"))
	name.OnChanged = func(text string) { b.draft.Label = text }
	if b.draft.ID != "" {
		name.OnChanged = nil
		name.OnCommit = func(text string) { b.change(func(l *storage.FeedLink) { l.Label = text }) }
	}
	return widgets.NewColumn(12, v.owner(), name)
}

// newPerson is the item that asks for somebody new.
const newPerson = "new"

func (v *Panel) owner() fyne.CanvasObject {
	b := v.board
	var items []widgets.MenuItem
	for _, p := range b.persons {
		items = append(items, widgets.MenuItem{ID: p.ID, Text: p.Name, Detail: p.Email})
	}
	items = append(items, widgets.MenuItem{ID: newPerson, Text: words.T("sharing.person.new"), Icon: look.IconPlus, Divided: len(items) > 0})
	f := widgets.NewSelectField(words.T("sharing.field.owner"), items, nil)
	f.SetSearchHint(words.T("sharing.search"))
	f.SetValue(b.draft.OwnerID)
	f.SetPlaceHolder(words.T("sharing.field.owner.choose"))
	f.SetHint(words.T("sharing.field.owner.hint"))
	f.OnChosen = func(id string) {
		if id == newPerson {
			f.SetValue(b.draft.OwnerID)
			b.p.NewPerson(func(id string) { b.change(func(l *storage.FeedLink) { l.OwnerID = id }) })
			return
		}
		b.change(func(l *storage.FeedLink) { l.OwnerID = id })
	}
	v.parts.owner = f
	return f
}

// longestBeside is the widest name of a type that two columns have room for, in units.
const longestBeside float32 = 84

// types are the boxes of the types, in two columns where their names allow it, with how much of each there is.
func (v *Panel) types() fyne.CanvasObject {
	b := v.board
	var rows []fyne.CanvasObject
	var cells []widgets.LineCell
	perLine := 2
	for _, t := range b.types {
		if fyne.MeasureText(t.Name, look.SizeBody, fyne.TextStyle{}).Width > longestBeside {
			perLine = 1
		}
	}
	for i, t := range b.types {
		check := widgets.NewCheck("", nil)
		check.Label = t.Name
		check.OnChanged = func(on bool) {
			if !b.toggle(t.ID, on) {
				check.SetState(widgets.On)
				b.p.Host.Toast(words.T("sharing.oneType"), "", nil)
			}
		}
		count := widgets.NewWord("", look.SizeSmall, look.TextSecondary)
		v.parts.checks[t.ID], v.parts.counts[t.ID] = check, count
		swatch := newSwatch(t.Color)
		cells = append(cells, widgets.LineCell{Object: widgets.NewLine(8, widgets.Own(swatch), widgets.Shrinking(check), widgets.Own(count), widgets.Space()), Width: -1})
		if len(cells) == perLine || i == len(b.types)-1 {
			for len(cells) < perLine {
				cells = append(cells, widgets.Space())
			}
			rows = append(rows, widgets.NewLine(8, cells...))
			cells = nil
		}
	}
	return section(words.T("sharing.types"), rows...)
}

// creating is the foot of a new link.
func (v *Panel) creating() fyne.CanvasObject {
	b := v.board
	do := widgets.NewButton(widgets.Outlined, words.T("sharing.create"), look.IconSignal, nil)
	do.OnTapped = func() {
		if b.draft.OwnerID == "" {
			v.parts.owner.SetError(words.T("sharing.noOwner"))
			v.column.Refresh()
			v.scroll.ScrollToTop()
			widgets.Focus(v.parts.owner.Focusable())
			return
		}
		do.SetBusy(true)
		b.create(func(err error) {
			do.SetBusy(false)
			if err != nil {
				b.p.Host.Failure(err)
				return
			}
			b.p.Host.Toast(words.T("sharing.created"), "", nil)
		})
	}
	cells := []widgets.LineCell{widgets.Space(), widgets.Own(do)}
	if len(b.working()) > 0 {
		back := widgets.NewButton(widgets.Plain, words.T("sharing.cancel"), "", func() {
			b.adding, b.draft = false, nil
			b.reload()
		})
		cells = append([]widgets.LineCell{widgets.Own(back)}, cells...)
	}
	return foot(cells...)
}

func foot(cells ...widgets.LineCell) fyne.CanvasObject {
	return widgets.NewColumn(0, widgets.NewRule(), widgets.NewPaddedColumn(0, widgets.Insets{Top: 12, Right: 20, Bottom: 12, Left: 12}, widgets.NewLine(8, cells...)))
}
