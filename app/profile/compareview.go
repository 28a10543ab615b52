package profile

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Widths of the comparison, in units; the three values share the rest.
const (
	captionColumn  float32 = 100
	decisionColumn float32 = 184
	compareGap     float32 = 8
	// publishedCaption holds « Dernière publication » where the values stand below each other.
	publishedCaption float32 = 120
	// compareBeside leaves out the panel's own space.
	compareBeside = columnsBeside - 20
)

// comparison is the table of fields of one directory.
func (t *directoriesTab) comparison(s *state, d directoryRow) fyne.CanvasObject {
	c := compare(s.Est, d.Listing, d.Capabilities.Fields, s.Decisions)
	if len(c.Open)+len(c.Folded) == 0 {
		return widgets.NewText(words.T("profile.directories.neverSent"), look.SizeSmall, look.TextSecondary)
	}
	head := func(key string) fyne.CanvasObject {
		return widgets.NewPaddedColumn(0, widgets.Insets{Left: 8}, widgets.NewText(words.T("profile.compare."+key), look.SizeSmall, look.TextSecondary))
	}
	var rows []fyne.CanvasObject
	if len(c.Open) > 0 || t.unfolded[d.Account.ID] {
		// a title takes the gap after its column too: « Dernière publication » needs it
		rows = append(rows, widgets.NewReflow(compareBeside, widgets.NewTallLine(32, 0,
			widgets.Fixed(captionColumn+compareGap, widgets.NewText(words.T("profile.compare.field"), look.SizeSmall, look.TextSecondary)),
			widgets.Share(head("ours")), widgets.Share(head("published")), widgets.Share(head("theirs")), widgets.Fixed(decisionColumn, nil)),
			widgets.NewColumn(0)))
	}
	for _, line := range c.Open {
		rows = append(rows, widgets.NewRule(), t.compareRow(s, d, line))
	}
	if t.unfolded[d.Account.ID] {
		for _, line := range c.Folded {
			rows = append(rows, widgets.NewRule(), t.compareRow(s, d, line))
		}
	}
	if len(rows) > 0 {
		rows = append(rows, widgets.NewRule())
	}
	rows = append(rows, t.compareFoot(d, c))
	return widgets.NewPanel(widgets.Insets{Top: 0, Right: 8, Bottom: 0, Left: 12}, widgets.NewColumn(0, rows...))
}

func (t *directoriesTab) compareRow(s *state, d directoryRow, line compareLine) fyne.CanvasObject {
	name, caption := say.Field(line.Field), t.caption(line)
	if len(line.Days) == 1 {
		name = words.T("profile.compare.hoursOf", "day", say.WeekdayShort(line.Days[0]))
	}
	colour := look.TextSecondary
	if line.Verdict.asks() {
		colour = look.Warning
	}
	label := widgets.NewColumn(0, widgets.NewParagraph(name, look.SizeSmall, look.Text).Bold(), widgets.NewText(caption, look.SizeCaption, colour))
	local := line.Verdict == verdictLocal || line.Verdict == verdictBoth
	decision := t.decision(d, line)
	beside := []widgets.LineCell{widgets.Fixed(captionColumn, label)}
	below := []fyne.CanvasObject{widgets.NewTallLine(look.HeightTableRow, compareGap, widgets.Share(label), widgets.Own(decision))}
	value := func(key, text string, tone widgets.Tone, filled bool) {
		v := widgets.NewValue(t.valueText(s.Est, line, text), tone, filled)
		beside = append(beside, widgets.Share(v))
		below = append(below, widgets.NewLine(compareGap,
			widgets.Fixed(publishedCaption, widgets.NewText(words.T("profile.compare."+key), look.SizeSmall, look.TextSecondary)), widgets.Share(v)))
	}
	value("ours", line.Ours, widgets.Info, local)
	value("published", line.Published, widgets.Neutral, false)
	value("theirs", line.Theirs, widgets.Warning, line.Verdict.asks())
	beside = append(beside, widgets.Fixed(decisionColumn, decision))
	return widgets.NewReflow(compareBeside, widgets.NewTallLine(look.HeightTableRow, compareGap, beside...),
		widgets.NewPaddedColumn(0, widgets.Insets{Bottom: 8}, below...))
}

// valueText is what a cell says: the hours of the one day that differs, or the whole value.
func (t *directoriesTab) valueText(e *storage.Establishment, line compareLine, text string) string {
	if len(line.Days) == 1 {
		if w, err := storage.ParseWeek(text); err == nil {
			return say.UpperFirst(say.Periods(w.Days[line.Days[0]]))
		}
	}
	if text == "" {
		return words.T("profile.compare.empty")
	}
	if line.secure() {
		text = strings.TrimPrefix(text, https)
	}
	return say.Value(line.Field, text, e.Address.Country)
}

// https is left out of addresses where it tells nothing.
const https = "https://"

// secure reports whether all the values of a line that are not empty are addresses that begin alike.
func (line compareLine) secure() bool {
	return !slices.ContainsFunc([]string{line.Ours, line.Published, line.Theirs}, func(v string) bool {
		return v != "" && !strings.HasPrefix(v, https)
	})
}

func (t *directoriesTab) caption(line compareLine) string {
	if line.DecidedAt.IsZero() {
		return words.T("profile.verdict." + string(line.Verdict))
	}
	now := t.p.p.Now()
	at := line.DecidedAt.In(now.Location())
	if now.Sub(at) < 12*time.Hour && at.Day() == now.Day() {
		return words.T("profile.compare.decided", "time", say.Time(at))
	}
	return words.T("profile.compare.decidedOn", "when", say.MomentWithin(at, now))
}

// decision is the last cell of a line: the two answers, or what was answered.
func (t *directoriesTab) decision(d directoryRow, line compareLine) fyne.CanvasObject {
	small := func(key string, do func()) widgets.LineCell {
		b := widgets.NewButton(widgets.Outlined, words.T("profile.compare."+key), "", do)
		b.Height, b.Small = look.HeightInline, true
		return widgets.Own(b)
	}
	said := func(tone widgets.Tone, icon look.Icon, key string) []widgets.LineCell {
		return []widgets.LineCell{
			widgets.Space(), widgets.Own(widgets.NewStatusIcon(tone, icon)),
			widgets.Own(widgets.NewWord(words.T("profile.compare."+key), look.SizeSmall, look.Text)),
		}
	}
	fields := []storage.Field{line.Field}
	accept := func() { t.decide(d, fields, sync.AcceptTheirs) }
	switch line.Verdict {
	case verdictRemote, verdictBoth:
		return widgets.NewLine(4, widgets.Space(), small("keep", func() { t.decide(d, fields, sync.KeepOurs) }), small("accept", accept))
	case verdictAccepted:
		cells := said(widgets.Success, look.StatusOK, "accepted")
		if line.EntryID != "" {
			cells = append(cells, widgets.Own(widgets.NewLink(words.T("profile.compare.undo"), func() { t.p.session.undoEntry(line.EntryID, nil) })))
		}
		return widgets.NewLine(6, cells...)
	case verdictKept:
		return widgets.NewLine(6, said(widgets.Info, look.StatusUp, "kept")...)
	case verdictLocal:
		return widgets.NewLine(6, said(widgets.Info, look.StatusUp, "toSend")...)
	}
	return widgets.NewColumn(0)
}

// decide answers a drift and offers, for an acceptance, to take it back.
func (t *directoriesTab) decide(d directoryRow, fields []storage.Field, answer sync.Decision) {
	name := d.Name
	one, all := "keptToast", "keptAllToast"
	if answer == sync.AcceptTheirs {
		one, all = "acceptedToast", "acceptedAllToast"
	}
	text := words.N("profile.compare."+all, len(fields), "directory", name)
	if len(fields) == 1 {
		text = words.T("profile.compare."+one, "field", say.Field(fields[0]), "directory", name)
	}
	old := t.p.state.Est.Snapshot(fields)
	t.p.session.decide(d.Account.ID, fields, answer, func() {
		if answer != sync.AcceptTheirs {
			t.p.p.Host.Toast(text, "", nil)
			return
		}
		t.p.p.Host.Toast(text, words.T("profile.undo"), func() { t.p.session.save(old, false, nil) })
	})
}

// compareFoot tells how many fields are identical and offers to decide everything at once.
func (t *directoriesTab) compareFoot(d directoryRow, c comparison) fyne.CanvasObject {
	id := d.Account.ID
	key := "profile.compare.show"
	if t.unfolded[id] {
		key = "profile.compare.hide"
	}
	var cells []widgets.LineCell
	if len(c.Folded) > 0 {
		tone, icon, text := widgets.Success, look.StatusOK, words.N("profile.compare.same", c.Same)
		if c.Same == 0 {
			tone, icon, text = widgets.Neutral, look.StatusSent, words.N("profile.compare.unseen", len(c.Folded))
		}
		cells = append(cells, widgets.Own(widgets.NewStatusIcon(tone, icon)),
			widgets.Own(widgets.NewWord(text, look.SizeSmall, look.TextSecondary)),
			widgets.Own(widgets.NewLink(words.T(key), func() { t.unfolded[id] = !t.unfolded[id]; t.show(t.p.state) })))
	}
	same := append(cells, widgets.Space())
	var all []widgets.LineCell
	if asking := c.asking(); len(asking) > 1 {
		all = append(all, widgets.Own(widgets.NewLink(words.T("profile.compare.keepAll"), func() { t.decide(d, asking, sync.KeepOurs) })),
			widgets.Own(widgets.NewLink(words.T("profile.compare.acceptAll"), func() { t.decide(d, asking, sync.AcceptTheirs) })))
	}
	beside := widgets.NewTallLine(look.HeightTableRow, 8, append(slices.Clone(same), all...)...)
	if len(all) == 0 {
		return beside
	}
	return widgets.NewReflow(compareBeside, beside, widgets.NewColumn(0, widgets.NewTallLine(look.HeightInline, 8, same...),
		widgets.NewTallLine(look.HeightTableRow, 8, append([]widgets.LineCell{widgets.Space()}, all...)...)))
}
