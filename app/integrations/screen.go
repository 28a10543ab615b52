package integrations

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/elsewhere"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/oauth"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Engine is what the screen asks of the engine.
type Engine interface {
	// AddAccountWith keeps a new account, or changes one that has an ID, with the values of secret settings; those left
	// out stay as they are kept.
	AddAccountWith(ctx context.Context, a *storage.Account, secrets map[string]string) error
	// CourierKinds lists the kinds of accounts that are no directories, AccountSettings what one must know.
	CourierKinds() []string
	AccountSettings(kind string) ([]directory.Setting, bool)
	TestAccount(ctx context.Context, id string) error
	SetAccountEnabled(ctx context.Context, id string, on bool) error
	RemoveAccount(ctx context.Context, id string) error
	// AsksConsent reports whether the accounts of a kind are connected in a browser, and Connect does that: it waits for the
	// person.
	AsksConsent(kind string) bool
	Connect(ctx context.Context, a *storage.Account, secrets map[string]string, b oauth.Browser) error
	// AcceptIdentity takes the account that answers now for the right one.
	AcceptIdentity(ctx context.Context, id string) error
}

// Store is what the screen reads.
type Store interface {
	View(ctx context.Context, f func(storage.Reader) error) error
	OnChange(f func(storage.Changes)) (remove func())
}

// Host is what the screen asks of the window.
type Host interface {
	Toast(text, action string, do func())
	Failure(err error)
	OpenURL(address string)
	// ChooseFolder asks for a folder; done is called on the interface's goroutine, with "" when the user gives up.
	ChooseFolder(title string, done func(path string, err error))
}

// Params are what the screen needs.
type Params struct {
	Store      Store
	Engine     Engine
	Kinds      directory.Kinds
	Host       Host
	Now        func() time.Time // in the person's zone
	UI         func(func())
	Background func(func()) // nil: a new goroutine each
	// Secrets are where passwords and accesses are kept; nil: nothing is said of that.
	Secrets secrets.Store
	// Rules shows the rules of synchronisation of an account; nil: there are none to edit.
	Rules func(accountID string)
	// Simulation gives the demonstration's directory; nil, or giving nil: there is none.
	Simulation func() Simulation
}

// Screen is the screen Intégrations. Its methods are called on the interface's goroutine.
type Screen struct {
	p        Params
	slow     elsewhere.Worker
	accounts []*storage.Account
	followed map[string]int  // listings per account, of one for the agenda what is published there
	agendas  directory.Kinds // where the agenda can be published
	books    directory.Kinds // address books
	testing  map[string]bool
	read     int
	unwatch  func()
	content  *fyne.Container
	column   *widgets.Column
	scroll   *container.Scroll
	form     *form                                // the last one opened
	waiting  *widgets.Button                      // gives up the last wait for a browser
	ages     map[*widgets.Text]time.Time          // how long ago the accounts answered, as shown
	ageing   *time.Timer                          // brings them up to date while the screen is shown
	strips   map[*widgets.Banner]*storage.Account // what is simulated on them, as shown
}

// New makes the screen; it reads nothing before Shown.
func New(p Params) *Screen {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	s := &Screen{
		p: p, slow: elsewhere.Worker{Background: p.Background, UI: p.UI, Failed: p.Host.Failure}, testing: map[string]bool{},
		agendas: kindsOf(p.Engine, storage.JobAgenda), books: kindsOf(p.Engine, jobContacts),
		column: widgets.NewPaddedColumn(12, widgets.Insets{Top: 8, Right: look.Margin, Bottom: 32, Left: look.Margin}),
	}
	s.scroll = widgets.NewScroll(s.column)
	s.content = widgets.NewFrame(widgets.NewColumn(0, widgets.NewPageHeader(words.T("integrations.title")), widgets.NewRule()), nil, nil, nil, s.scroll)
	s.unwatch = p.Store.OnChange(func(c storage.Changes) {
		if c.All || c.Accounts {
			p.UI(s.reload)
		}
	})
	return s
}

// Content gives what the window shows.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Shown reads the accounts, and counts the minutes since they answered.
func (s *Screen) Shown() {
	s.reload()
	s.age()
}

// age brings the times since the accounts answered up to date, and again every minute.
func (s *Screen) age() {
	for text, at := range s.ages {
		text.SetText(say.Ago(at, s.p.Now()))
	}
	s.countSimulated()
	s.rest()
	s.ageing = time.AfterFunc(time.Minute, func() {
		s.p.UI(func() {
			if s.ageing != nil {
				s.age()
			}
		})
	})
}

// rest stops the counting of minutes.
func (s *Screen) rest() {
	if s.ageing != nil {
		s.ageing.Stop()
		s.ageing = nil
	}
}

// Hidden stops counting.
func (s *Screen) Hidden() { s.rest() }

// Close ends what the screen follows.
func (s *Screen) Close() {
	s.rest()
	s.unwatch()
}

func (s *Screen) reload() {
	s.read++
	generation := s.read
	s.p.Background(func() {
		accounts, followed, err := readAccounts(context.Background(), s.p.Store)
		s.p.UI(func() {
			switch {
			case generation != s.read:
			case err != nil:
				s.p.Host.Failure(err)
			default:
				s.accounts, s.followed = accounts, followed
				s.rebuild()
			}
		})
	})
}

// readAccounts gives the accounts, and how many listings or feeds each follows.
func readAccounts(ctx context.Context, store Store) (accounts []*storage.Account, followed map[string]int, err error) {
	followed = map[string]int{}
	err = store.View(ctx, func(r storage.Reader) error {
		var err error
		if accounts, err = r.Accounts(); err != nil {
			return fmt.Errorf("read accounts: %w", err)
		}
		for _, a := range accounts {
			for _, w := range storage.Words {
				ids, err := r.EstablishmentIDsByWord(a.ID, w)
				if err != nil {
					return fmt.Errorf("count listings: %w", err)
				}
				followed[a.ID] += len(ids)
			}
			published, err := r.Publications(a.ID)
			if err != nil {
				return fmt.Errorf("count publications: %w", err)
			}
			followed[a.ID] += len(published)
		}
		return nil
	})
	return accounts, followed, err
}

func (s *Screen) rebuild() {
	s.ages, s.strips = map[*widgets.Text]time.Time{}, map[*widgets.Banner]*storage.Account{}
	rows := append(s.inFile(), section(words.T("integrations.accounts")))
	directories := accountRows(s.accounts, "", s.p.Kinds, s.p.Now())
	if len(directories) == 0 {
		rows = append(rows, widgets.NewParagraph(words.T("integrations.empty.text"), look.SizeBody, look.TextSecondary))
	}
	for _, a := range directories {
		rows = append(rows, s.accountPanel(a))
	}
	rows = append(rows, s.bookRows()...)
	rows = append(rows, s.agendaRows()...)
	rows = append(rows, widgets.NewRule(), section(words.T("integrations.kinds")))
	for _, k := range kindRows(s.p.Kinds) {
		rows = append(rows, s.kindPanel(k))
	}
	rows = append(rows, s.bookKindRows()...)
	rows = append(rows, s.agendaKindRows()...)
	s.column.SetObjects(rows...)
	s.scroll.Refresh()
}

// inFile says where passwords are when no keyring answered on this computer; nothing otherwise.
func (s *Screen) inFile() []fyne.CanvasObject {
	if s.p.Secrets == nil {
		return nil
	}
	place, inFile := secrets.InFile(s.p.Secrets)
	if !inFile {
		return nil
	}
	b := widgets.NewBanner()
	b.SetMessage(widgets.Info, words.T("integrations.inFile", "file", filepath.Base(place.File), "key", atHome(place.Key)), "", nil)
	return []fyne.CanvasObject{b}
}

func section(text string) fyne.CanvasObject {
	return widgets.NewTallLine(36, 0, widgets.Share(widgets.NewText(text, look.SizeSubtitle, look.Text).Bold()))
}

var cardPad = widgets.Insets{Top: 12, Right: 12, Bottom: 12, Left: 16}

var conditionChips = map[condition]struct {
	tone widgets.Tone
	icon look.Icon
	calm bool
}{
	conditionReady:    {widgets.Success, look.StatusOK, true},
	conditionNew:      {widgets.Info, look.StatusInfo, true},
	conditionPaused:   {widgets.Warning, look.StatusWaiting, false},
	conditionAction:   {widgets.Warning, look.StatusAction, false},
	conditionDisabled: {widgets.Neutral, look.StatusDisabled, true},
	conditionUnknown:  {widgets.Error, look.StatusUnknown, false},
}

// accountPanel is one account: name and kind, state, last success, why it waits, actions.
func (s *Screen) accountPanel(r accountRow) fyne.CanvasObject {
	a, shape := r.Account, conditionChips[r.Condition]
	chip := widgets.NewChip(shape.tone, shape.icon, "")
	chip.Set(shape.tone, shape.icon, s.conditionWord(r), shape.calm)
	last := widgets.NewText(words.T("integrations.never"), look.SizeSmall, look.Text)
	if !a.LastOK.IsZero() {
		last.SetText(say.Ago(a.LastOK, s.p.Now()))
		s.ages[last] = a.LastOK
	}
	who := widgets.NewColumn(2, widgets.NewText(say.Account(a, s.p.Kinds), look.SizeBody, look.Text).Bold(),
		widgets.NewText(s.describeAccount(r), look.SizeSmall, look.TextSecondary))
	when := widgets.NewColumn(2, last,
		widgets.NewText(words.T("integrations.column.lastOK"), look.SizeCaption, look.TextSecondary))
	cells := []widgets.LineCell{
		widgets.Own(widgets.NewIconTile(s.icon(a.Kind), shape.tone, 36)),
		{Object: who, Width: -1, Least: 160},
		{Object: widgets.NewLine(0, widgets.Shrinking(chip), widgets.Space()), Width: 150},
		{Object: when, Width: 140, Shrinks: true},
	}
	parts := []fyne.CanvasObject{widgets.NewLine(12, append(cells, s.actions(r)...)...)}
	if text := s.reason(r); text != "" {
		parts = append(parts, widgets.NewPaddedColumn(0, widgets.Insets{Left: 48}, widgets.NewParagraph(text, look.SizeSmall, look.Text)))
	}
	if strip := s.simulated(a); strip != nil {
		parts = append(parts, strip)
	}
	return widgets.NewPanel(cardPad, widgets.NewColumn(8, parts...))
}

// describe tells how a kind takes what is sent: « Fichier à téléverser, 34 champs ».
func (s *Screen) describe(k directory.Kind, id string) string {
	if k.ID == "" {
		return id
	}
	if s.otherJob(k.ID) {
		return words.T("integrations.about." + k.ID)
	}
	c := k.Capabilities
	mode := string(c.Mode)
	if folder := slices.ContainsFunc(c.Settings, func(s directory.Setting) bool { return s.Folder }); folder && !c.NeedsConfirmation {
		mode = "output"
	}
	return words.T("integrations.describe", "mode", words.T("integrations.mode."+mode), "fields", words.N("integrations.fields", len(c.Fields)))
}

// reason tells why an account waits.
func (s *Screen) reason(r accountRow) string {
	a, now := r.Account, s.p.Now()
	switch r.Condition {
	case conditionUnknown:
		return words.T("integrations.unknownKind")
	case conditionAction, conditionPaused:
		return say.Pause(a.Pause, now)
	}
	if p := sync.ClockProblem(a); p != nil && r.Condition != conditionDisabled {
		return say.Problem(p)
	}
	return folderOf(a, r.Kind.Capabilities.Settings)
}

// actionWidth is the least of the column of what can be done about an account, in units.
const actionWidth float32 = 132

func (s *Screen) actions(r accountRow) []widgets.LineCell {
	a, name := r.Account, say.Account(r.Account, s.p.Kinds)
	more := widgets.NewIconButton(widgets.Plain, words.T("integrations.more", "name", name), look.IconMore, nil)
	more.Height = look.HeightInline
	more.OnTapped = func() { s.menu(more, r) }
	button := func(key string, do func()) *widgets.Button {
		b := widgets.NewButton(widgets.Outlined, words.T("integrations."+key), "", do)
		b.Height = look.HeightInline
		return b
	}
	beside := func(b *widgets.Button) []widgets.LineCell { // at the right of a column that is alike for every account
		return []widgets.LineCell{
			widgets.Fixed(max(actionWidth, b.MinSize().Width), widgets.NewLine(0, widgets.Space(), widgets.Own(b))), widgets.Own(more),
		}
	}
	switch r.Condition {
	case conditionUnknown:
		return []widgets.LineCell{widgets.Own(button("remove", func() { s.askRemove(a) }))}
	case conditionDisabled:
		return beside(button("enable", func() { s.enable(a, true) }))
	}
	if _, asks := keyShown(a.Pause); asks {
		return beside(button("key", func() { s.askKey(a, a.Pause) }))
	}
	if s.toReconnect(r) {
		return beside(button("reconnect", func() { s.connect(r.Kind, a, a, nil, nil) }))
	}
	if toSignIn(r) {
		return beside(button("signIn", func() { s.ask(r.Kind, a) }))
	}
	if sync.IsOther(a) {
		return beside(button("accept", func() { s.askAccept(a) }))
	}
	test := button("test", func() { s.test(a) })
	test.SetBusy(s.testing[a.ID])
	return beside(test)
}

func (s *Screen) menu(at *widgets.Button, r accountRow) {
	a := r.Account
	folder := folderOf(a, r.Kind.Capabilities.Settings)
	var items []widgets.MenuItem
	if len(r.Kind.Capabilities.Settings) > 0 {
		items = append(items, widgets.MenuItem{ID: "change", Text: words.T("integrations.change"), Icon: look.IconPencil})
	}
	if folder != "" {
		items = append(items, widgets.MenuItem{ID: "folder", Text: words.T("integrations.openFolder"), Icon: look.IconFolder})
	}
	if s.simulation(a) != nil {
		items = append(items, widgets.MenuItem{ID: "simulate", Text: words.T("integrations.simulate"), Icon: look.StatusAction})
	}
	if a.Enabled {
		items = append(items, widgets.MenuItem{ID: "disable", Text: words.T("integrations.disable"), Icon: look.StatusDisabled})
	}
	items = append(items, widgets.MenuItem{ID: "remove", Text: words.T("integrations.remove"), Icon: look.IconTrash, Danger: true, Divided: true})
	widgets.ShowMenuBelow(at, widgets.MenuParams{Items: items, MinWidth: 200, OnChosen: func(id string) {
		switch id {
		case "change":
			s.ask(r.Kind, a)
		case "folder":
			s.p.Host.OpenURL("file://" + folder)
		case "simulate":
			s.askSimulation(a)
		case "disable":
			s.enable(a, false)
		case "remove":
			s.askRemove(a)
		}
	}})
}

// kindPanel is one kind that an account can be added of.
func (s *Screen) kindPanel(k directory.Kind) fyne.CanvasObject {
	text := s.describe(k, k.ID)
	if k.Capabilities.Trial {
		text = words.T("integrations.trial")
	}
	delay := ""
	if !s.otherJob(k.ID) {
		delay = say.Delay(k.Capabilities.MinDelay, k.Capabilities.MaxDelay)
	}
	add := widgets.NewButton(widgets.Outlined, words.T(s.addKey(k)), look.IconPlus, func() { s.ask(k, nil) })
	add.Height = look.HeightInline
	return widgets.NewPanel(cardPad, widgets.NewLine(12, widgets.Own(widgets.NewIconTile(s.icon(k.ID), widgets.Neutral, 36)),
		widgets.Share(widgets.NewColumn(2, widgets.NewText(say.Kind(k.ID), look.SizeBody, look.Text).Bold(),
			widgets.NewText(text, look.SizeSmall, look.TextSecondary))),
		widgets.Fixed(200, widgets.NewText(delay, look.SizeSmall, look.TextSecondary)),
		widgets.Own(add)))
}

func (s *Screen) test(a *storage.Account) {
	s.testing[a.ID] = true
	s.rebuild()
	s.p.Background(func() {
		err := s.p.Engine.TestAccount(context.Background(), a.ID)
		s.p.UI(func() {
			delete(s.testing, a.ID)
			s.rebuild()
			var p *storage.Problem
			if errors.As(err, &p) {
				if _, asks := keyShown(p); asks {
					s.askKey(a, p)
					return
				}
			}
			if err != nil {
				s.p.Host.Failure(err)
				return
			}
			s.p.Host.Toast(words.T("integrations.tested", "name", say.Account(a, s.p.Kinds)), "", nil)
		})
	})
}

func (s *Screen) enable(a *storage.Account, on bool) {
	s.slow.Do(func(ctx context.Context) error { return s.p.Engine.SetAccountEnabled(ctx, a.ID, on) }, func() {
		key := "integrations.enabled"
		if !on {
			key = "integrations.disabled"
		}
		s.p.Host.Toast(words.T(key, "name", say.Account(a, s.p.Kinds)), words.T("integrations.undo"), func() { s.enable(a, !on) })
	})
}
