package profile

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// historyTab is the establishment's journal, newest first, a page at a time. It is read when the tab is opened and again
// when the establishment changes while it is open.
type historyTab struct {
	p       *Pane
	entries []*storage.JournalEntry
	more    bool
	opened  bool
	// unfolded are the entries whose many changes are all shown.
	unfolded map[string]bool
	column   *widgets.Column
	scroll   *container.Scroll
}

// journalBeside is the width from which on an entry's author and moment stand beside what happened, in units.
const journalBeside float32 = 480

// mostChanges is how many changes of an entry are shown before it is unfolded.
const mostChanges = 5

func newHistoryTab(p *Pane) *historyTab {
	t := &historyTab{p: p, column: widgets.NewColumn(0), unfolded: map[string]bool{}}
	t.scroll = widgets.NewScroll(t.column)
	return t
}

func (t *historyTab) content() fyne.CanvasObject { return t.scroll }

func (t *historyTab) clear() {
	t.entries, t.more, t.opened, t.unfolded = nil, false, false, map[string]bool{}
	t.column.SetObjects()
	t.scroll.ScrollToTop()
}

func (t *historyTab) open() {
	t.opened = true
	if t.p.state != nil {
		t.read("")
	}
}

func (t *historyTab) show(*state) {
	if t.opened && t.scroll.Visible() {
		t.read("")
	}
}

// read gets the first page, or the one after an entry.
func (t *historyTab) read(before string) {
	t.p.session.history(before, func(entries []*storage.JournalEntry, more bool) {
		if before != "" {
			entries = append(t.entries, entries...)
		}
		t.entries, t.more = entries, more
		t.rebuild()
	})
}

func (t *historyTab) rebuild() {
	if t.p.state == nil {
		return
	}
	names := map[string]string{}
	for _, d := range t.p.state.Directories {
		names[d.Account.ID] = d.Name
	}
	var rows []fyne.CanvasObject
	for i, line := range historyLines(t.entries, t.p.state.Est, names) {
		if i > 0 {
			rows = append(rows, widgets.NewRule())
		}
		rows = append(rows, t.row(line))
	}
	if len(rows) == 0 {
		rows = append(rows, widgets.NewPaddedColumn(0, widgets.Insets{Top: 24, Left: look.Margin, Right: look.Margin},
			widgets.NewText(words.T("profile.history.empty"), look.SizeBody, look.TextSecondary)))
	}
	if t.more {
		last := t.entries[len(t.entries)-1].ID
		rows = append(rows, widgets.NewRule(), margins(widgets.NewTallLine(look.HeightTableRow, 0,
			widgets.Own(widgets.NewLink(words.T("profile.history.more"), func() { t.read(last) })), widgets.Space())))
	}
	t.column.SetObjects(rows...)
	t.scroll.Refresh()
}

var actionIcons = map[storage.JournalAction]struct {
	tone widgets.Tone
	icon look.Icon
}{
	storage.JournalCreate:  {widgets.Info, look.StatusCreate},
	storage.JournalUpdate:  {widgets.Info, look.StatusEdit},
	storage.JournalDelete:  {widgets.Neutral, look.StatusDisabled},
	storage.JournalSend:    {widgets.Info, look.StatusSent},
	storage.JournalAccept:  {widgets.Success, look.StatusOK},
	storage.JournalKeep:    {widgets.Success, look.StatusOK},
	storage.JournalObserve: {widgets.Success, look.StatusOK},
	storage.JournalRefuse:  {widgets.Error, look.StatusError},
	storage.JournalConfirm: {widgets.Success, look.StatusSent},
	storage.JournalReopen:  {widgets.Warning, look.StatusDrift},
	storage.JournalFreeze:  {widgets.Warning, look.StatusDisabled},
	storage.JournalRelease: {widgets.Neutral, look.StatusManual},
}

func (t *historyTab) row(line historyLine) fyne.CanvasObject {
	j := line.Entry
	what := say.JournalAction(j.Action)
	if line.Account != "" {
		what = words.T("profile.history.onDirectory", "action", what, "directory", line.Account)
	}
	shape := actionIcons[j.Action]
	cells := []widgets.LineCell{
		widgets.Own(widgets.NewStatusIcon(shape.tone, shape.icon)),
		widgets.Share(widgets.NewText(what, look.SizeBody, look.Text).Bold()),
		widgets.Own(widgets.NewWord(say.Actor(j.Actor), look.SizeSmall, look.TextSecondary)),
		widgets.Own(widgets.NewWord(t.p.moment(j.At), look.SizeSmall, look.TextSecondary)),
	}
	if line.CanUndo {
		cells = append(cells, widgets.Own(widgets.NewLink(words.T("profile.history.undo"), func() {
			t.p.session.undoEntry(j.ID, func() { t.p.p.Host.Toast(words.T("profile.history.undone"), "", nil) })
		})))
	}
	below := append([]widgets.LineCell{widgets.Fixed(14, nil)}, cells[2:]...) // under the words, not under the icon
	parts := []fyne.CanvasObject{widgets.NewReflow(journalBeside, widgets.NewTallLine(look.HeightInline, 12, cells...),
		widgets.NewColumn(0, widgets.NewTallLine(look.HeightInline, 12, cells[:2]...), widgets.NewTallLine(look.HeightInline, 12, below...)))}
	changes := j.Changes
	if len(changes) > mostChanges && !t.unfolded[j.ID] {
		changes = changes[:mostChanges-1]
	}
	for _, c := range changes {
		parts = append(parts, t.change(c))
	}
	if rest := len(j.Changes) - len(changes); rest > 0 {
		parts = append(parts, widgets.NewPaddedColumn(0, widgets.Insets{Left: 18}, widgets.NewLine(0,
			widgets.Own(widgets.NewLink(words.N("profile.history.rest", rest), func() {
				t.unfolded[j.ID] = true
				t.rebuild()
			})), widgets.Space())))
	}
	if j.Reason != nil {
		parts = append(parts, indented(widgets.NewParagraph(say.ProblemOnField(j.Reason), look.SizeSmall, look.Text)))
	}
	if j.RequestID != "" {
		parts = append(parts, indented(widgets.NewText(words.T("profile.history.request", "id", j.RequestID), look.SizeCaption, look.TextSecondary)))
	}
	return widgets.NewPaddedColumn(4, widgets.Insets{Top: 8, Right: look.Margin, Bottom: 10, Left: look.Margin}, parts...)
}

func indented(o fyne.CanvasObject) fyne.CanvasObject {
	return widgets.NewPaddedColumn(0, widgets.Insets{Left: 26}, o)
}

// change is one field, its value before, an arrow and its value after.
func (t *historyTab) change(c storage.FieldChange) fyne.CanvasObject {
	country := t.p.state.Est.Address.Country
	value := func(text string, colour fyne.ThemeColorName) widgets.LineCell {
		if text == "" {
			text = words.T("profile.compare.empty")
		} else {
			text = say.Value(c.Field, text, country)
		}
		return widgets.LineCell{Object: widgets.NewParagraph(text, look.SizeSmall, colour), Width: -1, Top: true}
	}
	return indented(widgets.NewLine(8,
		widgets.LineCell{Object: widgets.NewText(say.Field(c.Field), look.SizeSmall, look.TextSecondary), Width: 140, Top: true},
		value(c.Before, look.TextSecondary),
		widgets.LineCell{Object: widgets.NewIconImage(look.IconArrowRight, 14, look.TextSecondary), Top: true},
		value(c.After, look.Text)))
}
