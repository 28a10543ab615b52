package profile

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/elsewhere"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/directory"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Host is what the pane asks of the window.
type Host interface {
	// Toast says what has just been done; action, when not empty, is offered beside it.
	Toast(text, action string, do func())
	// Failure says why something could not be done; it stays until it is closed.
	Failure(err error)
	// Integrations opens the screen of the accounts; it reports whether there is one.
	Integrations() bool
	// OpenURL opens a public address, or a folder as file://, outside the program.
	OpenURL(address string)
	// Copy puts a text on the clipboard and says so.
	Copy(text string)
}

// Params are what the pane needs.
type Params struct {
	Store  Store
	Engine Engine
	Kinds  directory.Kinds
	Host   Host
	// Now gives the moment in the person's zone.
	Now func() time.Time
	// UI runs a function on the interface's goroutine; Background away from it (nil: a new goroutine each).
	UI         func(func())
	Background func(func())
	// OnClose is called for the cross of the header; nil leaves the cross out.
	OnClose func()
}

// Pane shows and edits one establishment. Its methods are called on the interface's goroutine.
type Pane struct {
	p       Params
	session *session
	content *fyne.Container
	frame   *fyne.Container
	empty   *fyne.Container

	header      *header
	tabs        *widgets.Tabs
	profile     *profileTab
	hours       *hoursTab
	directories *directoriesTab
	history     *historyTab
	bodies      map[tab]fyne.CanvasObject
	state       *state
	unwatch     func()
}

// New makes a pane that shows nothing yet.
func New(p Params) *Pane {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	pane := &Pane{p: p}
	pane.session = &session{
		store: p.Store, engine: p.Engine, kinds: p.Kinds, ui: p.UI, background: p.Background, after: elsewhere.Later,
		shown: pane.show, gone: pane.gone, failed: pane.failed, saved: pane.saved,
	}
	pane.unwatch = p.Store.OnChange(pane.session.changed)
	pane.header = newHeader(pane)
	pane.profile = newProfileTab(pane)
	pane.hours = newHoursTab(pane)
	pane.directories = newDirectoriesTab(pane)
	pane.history = newHistoryTab(pane)
	pane.bodies = map[tab]fyne.CanvasObject{
		tabProfile: pane.profile.content(), tabHours: pane.hours.content(),
		tabDirectories: pane.directories.content(), tabHistory: pane.history.content(),
	}
	pane.build()
	return pane
}

func (p *Pane) build() {
	var choices []widgets.Choice
	body := container.NewStack()
	for _, t := range tabs {
		choices = append(choices, widgets.Choice{ID: string(t), Text: words.T("profile.tab." + string(t))})
		p.bodies[t].Hide()
		body.Add(p.bodies[t])
	}
	p.tabs = widgets.NewTabs(choices, func(id string) { p.choose(tab(id)) })
	p.bodies[tabProfile].Show()
	top := widgets.NewColumn(0, p.header.object,
		widgets.NewPaddedColumn(0, widgets.Insets{Left: look.Margin}, p.tabs), widgets.NewRule())
	p.frame = widgets.NewFrame(top, nil, nil, nil, body)
	p.empty = container.NewStack()
	p.content = container.NewStack(p.frame, p.empty)
	p.face(widgets.EmptyParams{Icon: look.IconStore, Title: words.T("profile.empty")})
}

// Content gives what the window shows.
func (p *Pane) Content() fyne.CanvasObject { return p.content }

// Show shows another establishment; "" shows none.
func (p *Pane) Show(id string) {
	if id == p.session.id && id != "" {
		p.session.refresh()
		return
	}
	p.commit()
	p.state = nil
	p.profile.clear()
	p.hours.clear()
	p.directories.clear()
	p.history.clear()
	p.session.open(id)
	if id == "" {
		p.face(widgets.EmptyParams{Icon: look.IconStore, Title: words.T("profile.empty")})
	}
}

// Close ends what the pane follows; it shows nothing new afterwards. What was typed last is kept when it comes back: the
// program may be ending, and the workspace closing.
func (p *Pane) Close() {
	for _, v := range p.profile.views {
		if v.field != nil { // the window may be gone, which the keyboard would be taken away in
			v.field.Commit()
		}
	}
	p.hours.commit()
	p.session.finish()
	p.unwatch()
}

// Undo takes back the last edit saved from this pane; it reports whether there was one.
func (p *Pane) Undo() bool {
	p.commit()
	return p.session.undoLast()
}

// Sync sends the shown establishment; it reports whether there is one.
func (p *Pane) Sync() bool {
	if p.state == nil {
		return false
	}
	p.commit()
	p.session.sync()
	return true
}

// ShowDirectories goes to the comparison with the directories.
func (p *Pane) ShowDirectories() { p.choose(tabDirectories) }

// ShowField goes to the field of a kind and gives it the keyboard.
func (p *Pane) ShowField(f storage.Field) {
	p.choose(tabOf(f))
	if tabOf(f) == tabProfile {
		p.profile.goTo(f)
	}
}

// commit saves a field being typed in, by taking the keyboard away from it.
func (p *Pane) commit() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(p.content); c != nil {
		c.Unfocus()
	}
}

// face shows something in the place of an establishment.
func (p *Pane) face(e widgets.EmptyParams) {
	p.frame.Hide()
	p.empty.Objects = []fyne.CanvasObject{widgets.NewEmptyState(e)}
	p.empty.Show()
	p.content.Refresh()
}

func (p *Pane) choose(t tab) {
	p.tabs.Select(string(t))
	for name, body := range p.bodies {
		body.Hide()
		if name == t {
			body.Show()
		}
	}
	if t == tabHistory {
		p.history.open()
	}
	p.content.Refresh()
}

// show is the session's: the establishment was read again.
func (p *Pane) show(s *state) {
	first := p.state == nil
	p.state = s
	p.empty.Hide()
	p.frame.Show()
	p.header.show(s)
	p.profile.show(s)
	p.hours.show(s)
	p.directories.show(s)
	p.history.show(s)
	p.tabs.SetBadge(string(tabDirectories), widgets.Count(len(s.Directories)))
	if first {
		p.choose(tab(p.tabs.Selected()))
	}
	p.content.Refresh()
}

// gone is the session's: the undo of an import may take away the establishment that is shown.
func (p *Pane) gone() {
	p.state = nil
	p.face(widgets.EmptyParams{Icon: look.IconStore, Title: words.T("profile.gone")})
}

func (p *Pane) failed(err error) {
	if p.state == nil {
		p.face(widgets.EmptyParams{Icon: look.IconStore, Title: say.Error(err)})
		return
	}
	p.p.Host.Failure(err)
}

// saved is the session's: an edit was kept.
func (p *Pane) saved(fields []storage.Field, undoable bool) {
	key := "profile.saved"
	if !undoable {
		key = "profile.undone"
	}
	text := words.T(key+".many", "n", words.Number(len(fields)))
	if len(fields) == 1 {
		text = p.savedOne(fields[0], key)
	}
	if !undoable {
		p.p.Host.Toast(text, "", nil)
		return
	}
	p.p.Host.Toast(text, words.T("profile.undo"), func() { p.session.undoLast() })
}

func (p *Pane) savedOne(f storage.Field, key string) string {
	switch f {
	case storage.FieldStatus:
		return words.T("profile.saved.status", "status", say.Status(p.state.Est.Status))
	case storage.FieldAutoSync:
		if p.state.Est.AutoSync {
			return words.T("profile.saved.autosyncOn")
		}
		return words.T("profile.saved.autosyncOff")
	}
	return words.T(key+".one", "field", say.Field(f))
}

// moment says when something happened.
func (p *Pane) moment(t time.Time) string { return say.Moment(t, p.p.Now()) }

// canvas is where dialogs open; nil before the pane is shown.
func (p *Pane) canvas() fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(p.content)
}
