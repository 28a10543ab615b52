package profile

import (
	"encoding/json"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/say"
	"diapason/app/states"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// directoriesTab lists the directories with this establishment's state there; a row opens the comparison by field.
type directoriesTab struct {
	p        *Pane
	open     map[string]bool // by account
	unfolded map[string]bool // identical fields shown, by account
	shown    string          // what the rows were built from
	column   *widgets.Column
	scroll   *container.Scroll
}

// Widths of the columns, in units; the directory's name takes what is left. A chip begins 7 before its column's title.
const (
	chipColumn    float32 = 155
	checkedColumn float32 = 148
	delayColumn   float32 = 152
	linkColumn    float32 = 72
	foldColumn    float32 = 28
	chipOverhang  float32 = 7
	// columnsBeside is the width from which on a directory and its comparison stand in columns.
	columnsBeside float32 = 660
)

func newDirectoriesTab(p *Pane) *directoriesTab {
	t := &directoriesTab{p: p, open: map[string]bool{}, unfolded: map[string]bool{}, column: widgets.NewColumn(0)}
	t.scroll = widgets.NewScroll(t.column)
	return t
}

func (t *directoriesTab) content() fyne.CanvasObject { return t.scroll }

func (t *directoriesTab) clear() {
	t.open, t.unfolded, t.shown = map[string]bool{}, map[string]bool{}, ""
	t.scroll.ScrollToTop()
}

// show builds the rows again when something they show changed, so that the keyboard keeps its place otherwise.
func (t *directoriesTab) show(s *state) {
	raw, err := json.Marshal([]any{s.Est, s.Directories, s.Decisions, t.open, t.unfolded, t.p.p.Now().Format("15:04")})
	if err == nil && string(raw) == t.shown {
		return
	}
	t.shown = string(raw)
	if len(s.Directories) == 0 {
		t.column.SetObjects(t.none())
		t.scroll.Refresh()
		return
	}
	rows := []fyne.CanvasObject{t.heads(), widgets.NewRule()}
	for _, d := range s.Directories {
		rows = append(rows, t.row(d))
		if t.open[d.Account.ID] {
			rows = append(rows, t.detail(s, d))
		}
		rows = append(rows, widgets.NewRule())
	}
	t.column.SetObjects(rows...)
	t.scroll.Refresh()
}

func (t *directoriesTab) none() fyne.CanvasObject {
	return widgets.NewPaddedColumn(12, widgets.Insets{Top: 32, Right: look.Margin, Left: look.Margin},
		widgets.NewParagraph(words.T("profile.directories.none"), look.SizeBody, look.TextSecondary),
		widgets.NewLine(0, widgets.Own(widgets.NewButton(widgets.Outlined, words.T("profile.directories.integrations"), look.IconIntegrations,
			func() { t.p.p.Host.Integrations() })), widgets.Space()))
}

// margins puts a row inside the page's margins.
func margins(o fyne.CanvasObject) fyne.CanvasObject {
	return widgets.NewPaddedColumn(0, widgets.Insets{Left: look.Margin, Right: look.Margin}, o)
}

func (t *directoriesTab) heads() fyne.CanvasObject {
	head := func(key string) fyne.CanvasObject {
		return widgets.NewText(words.T("profile.directories.column."+key), look.SizeSmall, look.TextSecondary)
	}
	return widgets.NewGround(look.Sunken, margins(widgets.NewReflow(columnsBeside, widgets.NewTallLine(32, 0,
		widgets.Share(head("directory")), widgets.Fixed(chipOverhang, nil), widgets.Fixed(chipColumn-chipOverhang, head("status")),
		widgets.Fixed(checkedColumn, head("checked")), widgets.Fixed(delayColumn, head("delay")),
		widgets.Fixed(linkColumn, widgets.NewPaddedColumn(0, widgets.Insets{Left: 8}, head("listing"))), widgets.Fixed(foldColumn, nil)),
		widgets.NewColumn(0))))
}

func (t *directoriesTab) row(d directoryRow) fyne.CanvasObject {
	id, name := d.Account.ID, d.Name
	icon, label := look.IconChevronDown, "profile.directories.expand"
	ground := look.Surface
	if t.open[id] {
		icon, label, ground = look.IconChevronUp, "profile.directories.fold", look.Sunken
	}
	fold := widgets.NewIconButton(widgets.Plain, words.T(label, "directory", name), icon, func() {
		t.open[id] = !t.open[id]
		t.show(t.p.state)
	})
	fold.Height = look.HeightInline
	view := widgets.NewLink(words.T("profile.directories.view"), func() { t.p.p.Host.OpenURL(d.Listing.URL) })
	view.Icon, view.IconLast = look.IconExternal, true
	if d.Listing == nil || d.Listing.URL == "" {
		view.Hide()
	}
	title, chip := widgets.NewText(name, look.SizeBody, look.Text).Bold(), t.chip(d)
	checked := widgets.NewText(t.checked(d), look.SizeSmall, look.Text)
	delay := say.Delay(d.Capabilities.MinDelay, d.Capabilities.MaxDelay)
	wide := widgets.NewTallLine(40, 0, widgets.Share(title),
		widgets.Fixed(chipColumn, widgets.NewLine(0, widgets.Shrinking(chip), widgets.Space())), widgets.Fixed(checkedColumn, checked),
		widgets.Fixed(delayColumn, widgets.NewText(delay, look.SizeSmall, look.TextSecondary)),
		widgets.Fixed(linkColumn, widgets.NewLine(0, widgets.Own(view), widgets.Space())), widgets.Fixed(foldColumn, fold))
	below := widgets.NewParagraph(words.T("profile.directories.below", "checked", lowerFirst(t.checked(d)), "delay", lowerFirst(delay)),
		look.SizeSmall, look.TextSecondary)
	narrow := widgets.NewColumn(0, widgets.NewTallLine(40, 8, widgets.Share(title), widgets.Own(chip), widgets.Fixed(foldColumn, fold)),
		widgets.NewTallLine(28, 8, widgets.Share(below), widgets.Own(view)))
	return widgets.NewGround(ground, margins(widgets.NewReflow(columnsBeside, wide, narrow)))
}

func (t *directoriesTab) chip(d directoryRow) fyne.CanvasObject {
	look := states.Word(d.Word)
	text := say.Word(d.Word)
	if n := d.differing(); d.Word == storage.WordDrift && n > 0 {
		text = words.N("profile.directories.drift", n)
	}
	c := widgets.NewChip(look.Tone, look.Icon, text)
	c.Set(look.Tone, look.Icon, text, look.Calm)
	return c
}

func (t *directoriesTab) checked(d directoryRow) string {
	switch {
	case d.Capabilities.Readable == nil:
		return words.T("profile.directories.notReadable")
	case d.Listing == nil || d.Listing.CheckedAt.IsZero():
		return words.T("profile.directories.never")
	}
	return t.p.moment(d.Listing.CheckedAt)
}

// detail is what an open row shows: reason, blockers, comparison, actions.
func (t *directoriesTab) detail(s *state, d directoryRow) fyne.CanvasObject {
	parts := []fyne.CanvasObject{t.facts(d), t.blockers(d), t.comparison(s, d), t.actions(d)}
	return widgets.NewGround(look.Sunken, widgets.NewPaddedColumn(12,
		widgets.Insets{Right: look.Margin, Bottom: 16, Left: look.Margin}, parts...))
}

// facts tells why the word is what it is, when it was last sent and when it is tried again.
func (t *directoriesTab) facts(d directoryRow) fyne.CanvasObject {
	var texts []fyne.CanvasObject
	add := func(tone widgets.Tone, icon look.Icon, text string) {
		texts = append(texts, widgets.NewLine(8, widgets.Own(widgets.NewStatusIcon(tone, icon)),
			widgets.Share(widgets.NewParagraph(text, look.SizeSmall, look.Text))))
	}
	if l := d.Listing; l != nil {
		if l.Reason != nil {
			look := states.Word(d.Word)
			add(look.Tone, look.Icon, say.ProblemOnField(l.Reason))
		}
		if l.RetryAt.After(t.p.p.Now()) {
			add(widgets.Neutral, look.StatusWaiting, words.T("profile.directories.retryAt", "when", lowerFirst(t.p.moment(l.RetryAt))))
		}
		if !l.SentAt.IsZero() {
			add(widgets.Neutral, look.StatusSent, words.T("profile.directories.sentAt", "when", lowerFirst(t.p.moment(l.SentAt))))
		}
	}
	return widgets.NewColumn(4, texts...)
}

// blockers lists what must be corrected before sending, with a way to each field.
func (t *directoriesTab) blockers(d directoryRow) fyne.CanvasObject {
	if len(d.Blockers) == 0 {
		return widgets.NewColumn(0)
	}
	rows := []fyne.CanvasObject{widgets.NewText(words.T("profile.directories.blockers"), look.SizeBody, look.Text).Bold()}
	for _, b := range d.Blockers {
		rows = append(rows, widgets.NewLine(8, widgets.Own(widgets.NewStatusIcon(widgets.Warning, look.StatusAction)),
			widgets.Share(widgets.NewParagraph(say.ProblemOnField(b), look.SizeSmall, look.Text)),
			widgets.Own(widgets.NewLink(words.T("profile.directories.fix"), func() { t.p.ShowField(b.Field) }))))
	}
	return widgets.NewPanel(widgets.Insets{Top: 12, Right: 8, Bottom: 8, Left: 12}, widgets.NewColumn(2, rows...))
}

// actions are what can be done with this directory alone.
func (t *directoriesTab) actions(d directoryRow) fyne.CanvasObject {
	id, name := d.Account.ID, d.Name
	var cells []widgets.LineCell
	add := func(key string, icon look.Icon, do func()) {
		b := widgets.NewButton(widgets.Outlined, words.T("profile.directories."+key), icon, do)
		b.Height, b.Small = look.HeightInline, true
		cells = append(cells, widgets.Own(b))
	}
	if d.Capabilities.Readable != nil && d.Account.Enabled && d.Listing != nil {
		add("check", look.IconRetry, func() { t.p.session.check(id) })
	}
	if d.Account.Enabled && len(d.Blockers) == 0 && d.Word != storage.WordDisabled {
		add("sync", look.IconSync, func() { t.p.session.sync(id) })
	}
	if folder := folderOf(d); folder != "" {
		add("folder", look.IconFolder, func() { t.p.p.Host.OpenURL("file://" + folder) })
	}
	if d.uploadable() {
		add("uploaded", look.IconCheck, func() {
			t.p.session.confirmUpload(id, func() {
				t.p.p.Host.Toast(words.T("profile.directories.confirmed", "directory", name), "", nil)
			})
		})
	}
	if len(cells) == 0 {
		return widgets.NewColumn(0)
	}
	var below []fyne.CanvasObject
	for _, c := range cells {
		below = append(below, widgets.NewLine(0, c, widgets.Space()))
	}
	return widgets.NewReflow(columnsBeside, widgets.NewLine(8, append(cells, widgets.Space())...), widgets.NewColumn(8, below...))
}

// folderOf gives the folder that a directory's files are written into, "" when it has none.
func folderOf(d directoryRow) string {
	for _, s := range d.Capabilities.Settings {
		if s.Folder {
			return d.Account.Settings[s.Name]
		}
	}
	return ""
}
