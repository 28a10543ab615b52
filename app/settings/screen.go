package settings

import (
	"context"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/elsewhere"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Store is what the screen asks of the workspace.
type Store interface {
	Path() string
	Verify(ctx context.Context) ([]storage.Violation, error)
}

// Host is what the screen asks of the window.
type Host interface {
	Toast(text, action string, do func())
	Failure(err error)
	OpenURL(address string)
	// Copy puts a text on the clipboard and says so.
	Copy(text string)
	// SetLanguage and SetTheme take effect at once, and SetScale at the next start. All are kept.
	SetLanguage(language string) error
	SetTheme(theme string)
	SetScale(scale float32)
}

// Page is a page of the screen, beside the general one.
type Page interface {
	Content() fyne.CanvasObject
	Shown()
	Hidden()
	Close()
}

// The pages; their words are the translation keys "settings.tab." + the text.
const (
	pageGeneral  = "general"
	pagePlanning = "planning"
)

// Params are what the screen needs.
type Params struct {
	Store Store
	Host  Host
	// Backups lists the backups there are, BackupNow makes one. Both may take long.
	Backups   func(ctx context.Context) ([]Backup, error)
	BackupNow func(ctx context.Context) error
	// Restore puts a backup in the place of the workspace, which is closed and opened again; nil: not offered.
	Restore     func(backup Backup)
	Preferences Preferences
	// Retention is how long the past is kept; nil: not offered.
	Retention Retention
	// Support writes the support file; nil: not offered.
	Support *Support
	// Planning is the page beside the general one; nil: there is none.
	Planning   Page
	Version    string
	Now        func() time.Time // in the person's zone
	UI         func(func())
	Background func(func()) // nil: a new goroutine each
}

// Screen is the screen Paramètres. Its methods are called on the interface's goroutine.
type Screen struct {
	p         Params
	content   *fyne.Container
	tabs      *widgets.Tabs // nil with one page
	stage     *fyne.Container
	column    *widgets.Column
	scroll    *container.Scroll
	backups   *widgets.Column
	backupNow *widgets.Button
	verify    *widgets.Button
	verdict   *widgets.Column
	restart   *widgets.Text
	retention *widgets.SelectField // nil: not offered
	// support and supportDone are those of the support file; nil: not offered.
	support     *widgets.Button
	supportDone *widgets.Text
	ctx         context.Context // ends with the screen
	cancel      context.CancelFunc
	found       []storage.Violation
}

// mostShown is how many backups are listed.
const mostShown = 12

// pageWidth keeps lines of text readable in a wide window, in units.
const pageWidth float32 = 760

// New makes the screen; it reads nothing before Shown.
func New(p Params) *Screen {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	s := &Screen{
		p: p, backups: widgets.NewColumn(0), verdict: widgets.NewColumn(4),
		restart: widgets.NewText("", look.SizeSmall, look.TextSecondary),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.backupNow = widgets.NewButton(widgets.Outlined, words.T("settings.backups.now"), look.IconDatabase, s.makeBackup)
	s.verify = widgets.NewButton(widgets.Outlined, words.T("settings.verify.do"), look.IconShield, s.check)
	parts := []fyne.CanvasObject{s.workspace(), s.backupPanel(), s.verifyPanel()}
	if p.Retention != nil {
		parts = append(parts, s.retentionPanel())
	}
	if p.Support != nil {
		parts = append(parts, s.supportPanel())
	}
	s.column = widgets.NewPaddedColumn(20, widgets.Insets{Top: 16, Right: look.Margin, Bottom: 32, Left: look.Margin},
		append(parts, s.appearance(), s.about())...)
	s.scroll = widgets.NewScroll(widgets.NewLine(0, widgets.LineCell{Object: s.column, Width: pageWidth, Top: true}, widgets.Space()))
	s.stage = container.NewStack(s.scroll)
	top := []fyne.CanvasObject{widgets.NewPageHeader(words.T("settings.title"))}
	if p.Planning != nil {
		s.tabs = widgets.NewTabs([]widgets.Choice{
			{ID: pageGeneral, Text: words.T("settings.tab." + pageGeneral)}, {ID: pagePlanning, Text: words.T("settings.tab." + pagePlanning)},
		}, s.turn)
		top = append(top, widgets.NewPaddedColumn(0, widgets.Insets{Left: look.Margin}, s.tabs))
	}
	s.content = widgets.NewFrame(widgets.NewColumn(0, append(top, widgets.NewRule())...), nil, nil, nil, s.stage)
	return s
}

// turn shows one of the pages.
func (s *Screen) turn(page string) {
	if page == pagePlanning {
		s.stage.Objects = []fyne.CanvasObject{s.p.Planning.Content()}
		s.p.Planning.Shown()
	} else {
		s.p.Planning.Hidden()
		s.stage.Objects = []fyne.CanvasObject{s.scroll}
	}
	s.stage.Refresh()
}

// OpenPlanning shows the page Planification.
func (s *Screen) OpenPlanning() {
	if s.tabs != nil && !s.planning() {
		s.tabs.Select(pagePlanning)
		s.turn(pagePlanning)
	}
}

func (s *Screen) planning() bool { return s.tabs != nil && s.tabs.Selected() == pagePlanning }

// Content gives what the window shows.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Shown lists the backups, tells how long the past is kept, and lets the page in front follow what it shows.
func (s *Screen) Shown() {
	s.readBackups()
	s.readRetention()
	if s.planning() {
		s.p.Planning.Shown()
	}
}

// Hidden lets the page in front rest.
func (s *Screen) Hidden() {
	if s.p.Planning != nil {
		s.p.Planning.Hidden()
	}
}

// Close ends what the pages follow and what is being written.
func (s *Screen) Close() {
	s.cancel()
	if s.p.Planning != nil {
		s.p.Planning.Close()
	}
}

func (s *Screen) relayout() {
	s.column.Refresh()
	s.scroll.Refresh()
}

// panel is a titled card.
func panel(title string, parts ...fyne.CanvasObject) fyne.CanvasObject {
	return widgets.NewColumn(8, widgets.NewText(title, look.SizeSubtitle, look.Text).Bold(),
		widgets.NewPanel(widgets.Insets{Top: 16, Right: 16, Bottom: 16, Left: 16}, widgets.NewColumn(12, parts...)))
}

func explanation(key string) fyne.CanvasObject {
	return widgets.NewParagraph(words.T(key), look.SizeBody, look.TextSecondary)
}

func (s *Screen) workspace() fyne.CanvasObject {
	path := s.p.Store.Path()
	return panel(words.T("settings.workspace"), widgets.NewParagraph(path, look.SizeBody, look.Text).Bold(),
		explanation("settings.workspace.text"),
		widgets.NewLine(8,
			widgets.Own(widgets.NewButton(widgets.Outlined, words.T("settings.workspace.open"), look.IconFolder, func() { s.p.Host.OpenURL("file://" + path) })),
			widgets.Own(widgets.NewButton(widgets.Outlined, words.T("settings.workspace.copy"), look.IconCopy, func() { s.p.Host.Copy(path) })),
			widgets.Space()))
}

func (s *Screen) backupPanel() fyne.CanvasObject {
	return panel(words.T("settings.backups"), explanation("settings.backups.text"), widgets.NewLine(8, widgets.Own(s.backupNow), widgets.Space()), s.backups)
}

func (s *Screen) readBackups() {
	s.p.Background(func() {
		all, err := s.p.Backups(context.Background())
		s.p.UI(func() {
			if err != nil {
				s.p.Host.Failure(err)
				return
			}
			s.showBackups(newestFirst(all))
		})
	})
}

func (s *Screen) showBackups(all []Backup) {
	var rows []fyne.CanvasObject
	for i, b := range all[:min(len(all), mostShown)] {
		if i > 0 {
			rows = append(rows, widgets.NewRule())
		}
		cells := []widgets.LineCell{
			widgets.Own(widgets.NewStatusIcon(widgets.Success, look.StatusOK)),
			widgets.Share(widgets.NewText(say.Moment(b.At, s.p.Now()), look.SizeBody, look.Text)),
			widgets.Own(widgets.NewWord(say.Size(b.Size), look.SizeSmall, look.TextSecondary)),
		}
		if s.p.Restore != nil {
			restore := widgets.NewLink(words.T("settings.backups.restore"), func() { s.askRestore(b) })
			cells = append(cells, widgets.Own(restore))
		}
		rows = append(rows, widgets.NewTallLine(40, 12, cells...))
	}
	if len(rows) == 0 {
		rows = append(rows, widgets.NewText(words.T("settings.backups.none"), look.SizeBody, look.TextSecondary))
	}
	s.backups.SetObjects(rows...)
	s.relayout()
}

func (s *Screen) makeBackup() {
	s.backupNow.SetBusy(true)
	s.p.Background(func() {
		err := s.p.BackupNow(context.Background())
		s.p.UI(func() {
			s.backupNow.SetBusy(false)
			if err != nil {
				s.p.Host.Failure(err)
				return
			}
			s.p.Host.Toast(words.T("settings.backups.done"), "", nil)
			s.readBackups()
		})
	})
}

// askRestore names the backup and says what is lost before anything happens.
func (s *Screen) askRestore(b Backup) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s.content)
	if c == nil {
		return
	}
	var d *widgets.Dialog
	cancel := widgets.NewButton(widgets.Outlined, words.T("settings.cancel"), "", func() { d.Close() })
	do := widgets.NewButton(widgets.Danger, words.T("settings.restore.do"), "", func() {
		d.Close()
		s.p.Restore(b)
	})
	at := b.At.In(s.p.Now().Location())
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("settings.restore.title", "when", words.T("settings.restore.when", "day", say.Date(storage.DateOf(at)), "time", say.Time(at))),
		Body:  widgets.NewParagraph(words.T("settings.restore.text"), look.SizeBody, look.TextSecondary), Buttons: []*widgets.Button{cancel, do},
	})
}

func (s *Screen) verifyPanel() fyne.CanvasObject {
	return panel(words.T("settings.verify"), explanation("settings.verify.text"), widgets.NewLine(8, widgets.Own(s.verify), widgets.Space()), s.verdict)
}

func (s *Screen) check() {
	s.verify.SetBusy(true)
	s.verdict.SetObjects(widgets.NewText(words.T("settings.verify.running"), look.SizeBody, look.TextSecondary))
	s.relayout()
	s.p.Background(func() {
		found, err := s.p.Store.Verify(context.Background())
		s.p.UI(func() {
			s.verify.SetBusy(false)
			if err != nil {
				s.verdict.SetObjects()
				s.p.Host.Failure(err)
			} else {
				s.found = found
				s.showVerdict()
			}
			s.relayout()
		})
	})
}

// mostViolations is how many anomalies are written out; all of them are copied.
const mostViolations = 5

func (s *Screen) showVerdict() {
	tone, icon := widgets.Success, look.StatusOK
	text := words.T("settings.verify.ok", "when", say.MomentWithin(s.p.Now(), s.p.Now()))
	if len(s.found) > 0 {
		tone, icon, text = widgets.Error, look.StatusError, words.N("settings.verify.bad", len(s.found))
	}
	rows := []fyne.CanvasObject{widgets.NewLine(8, widgets.Own(widgets.NewStatusIcon(tone, icon)),
		widgets.Share(widgets.NewParagraph(text, look.SizeBody, look.Text)))}
	for _, v := range s.found[:min(len(s.found), mostViolations)] {
		rows = append(rows, widgets.NewParagraph(violationText(v), look.SizeSmall, look.TextSecondary))
	}
	if rest := len(s.found) - mostViolations; rest > 0 {
		rows = append(rows, widgets.NewText(words.N("settings.verify.more", rest), look.SizeSmall, look.TextSecondary))
	}
	if len(s.found) > 0 {
		rows = append(rows, widgets.NewLine(0, widgets.Own(widgets.NewButton(widgets.Outlined, words.T("settings.verify.copy"), look.IconCopy, s.copyFound)), widgets.Space()))
	}
	s.verdict.SetObjects(rows...)
}

func violationText(v storage.Violation) string { return v.Bucket + " " + v.Key + ": " + v.Text }

func (s *Screen) copyFound() {
	lines := make([]string, len(s.found))
	for i, v := range s.found {
		lines[i] = violationText(v)
	}
	s.p.Host.Copy(strings.Join(lines, "\n"))
}

func (s *Screen) appearance() fyne.CanvasObject {
	choose := func(label string, ids []string, text func(string) string, now string, chosen func(string)) widgets.LineCell {
		items := make([]widgets.MenuItem, len(ids))
		for i, id := range ids {
			items[i] = widgets.MenuItem{ID: id, Text: text(id)}
		}
		f := widgets.NewSelectField(label, items, chosen)
		f.SetValue(now)
		return widgets.Share(f)
	}
	language := choose(words.T("settings.language"), words.Languages, func(id string) string { return words.T("settings.language." + id) },
		s.p.Preferences.Language, func(id string) {
			if err := s.p.Host.SetLanguage(id); err != nil {
				s.p.Host.Failure(err)
			}
		})
	theme := choose(words.T("settings.theme"), Themes, func(id string) string { return words.T("settings.theme." + id) },
		s.p.Preferences.Theme, s.p.Host.SetTheme)
	var scales []string
	for i := range Scales {
		scales = append(scales, strconv.Itoa(i))
	}
	scale := choose(words.T("settings.scale"), scales, func(id string) string { return scaleText(Scales[index(id)]) },
		strconv.Itoa(nearestScale(s.p.Preferences.Scale)), func(id string) {
			s.p.Host.SetScale(Scales[index(id)])
			s.restart.SetText(words.T("settings.restart"))
			s.relayout()
		})
	return panel(words.T("settings.appearance"), widgets.NewLine(16, language, theme, scale), s.restart)
}

// index reads back the identifier of a scale.
func index(id string) int {
	for i := range Scales {
		if strconv.Itoa(i) == id {
			return i
		}
	}
	return 0
}

func scaleText(scale float32) string {
	return words.T("settings.scale.value", "n", strconv.Itoa(int(scale*100+0.5)))
}

func (s *Screen) about() fyne.CanvasObject {
	return panel(words.T("settings.about"), widgets.NewText(words.T("settings.about.version", "version", s.p.Version), look.SizeBody, look.Text).Bold(),
		explanation("settings.about.licence"))
}
