package decisions

import (
	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/app/states"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Widths of the columns, in units; the three values share the rest.
const (
	tickColumn     float32 = 28
	fieldColumn    float32 = 136
	decisionColumn float32 = 196
	columnGap      float32 = 8
	// columnsBeside is the width from which on the three values stand beside each other.
	columnsBeside float32 = 760
)

func margins(o fyne.CanvasObject) fyne.CanvasObject {
	return widgets.NewPaddedColumn(0, widgets.Insets{Left: look.Margin, Right: look.Margin}, o)
}

func small(text string, tapped func()) *widgets.Button {
	b := widgets.NewButton(widgets.Outlined, text, "", tapped)
	b.Height, b.Small = look.HeightInline, true
	return b
}

// section is the heading of a kind and its items.
func (v *View) section(kind sync.WaitingKind, of []*sync.Waiting) []fyne.CanvasObject {
	title := widgets.NewText(words.T("decisions.section."+string(kind), "n", words.Number(len(of))), look.SizeSmall, look.Text).Bold()
	if kind != sync.WaitingDrift {
		heads := []widgets.LineCell{widgets.Share(title)}
		if again := withRemedy(of, remedySync); len(again) > 1 {
			heads = append(heads, widgets.Own(widgets.NewLink(words.N("decisions.syncAll", len(again)), func() { v.sync(again) })))
		}
		rows := []fyne.CanvasObject{
			widgets.NewGround(look.Sunken, margins(widgets.NewTallLine(look.HeightColumns, 0, heads...))), widgets.NewRule(),
		}
		for _, w := range of {
			rows = append(rows, v.simpleRow(w), widgets.NewRule())
		}
		return rows
	}
	head := func(key string) fyne.CanvasObject {
		return widgets.NewPaddedColumn(0, widgets.Insets{Left: 8}, widgets.NewText(words.T("decisions.column."+key), look.SizeSmall, look.TextSecondary))
	}
	every := widgets.NewCheck("", func(on bool) { v.tick(of, on) })
	every.SetState(v.tickedOf(of))
	heads := widgets.NewReflow(columnsBeside, widgets.NewTallLine(look.HeightColumns, columnGap,
		widgets.Fixed(tickColumn-columnGap, every), widgets.Fixed(fieldColumn, title), widgets.Share(head("ours")),
		widgets.Share(head("published")), widgets.Share(head("theirs")), widgets.Fixed(decisionColumn-columnGap, nil)),
		widgets.NewTallLine(look.HeightColumns, columnGap, widgets.Fixed(tickColumn-columnGap, every), widgets.Share(title)))
	rows := []fyne.CanvasObject{widgets.NewGround(look.Sunken, margins(heads)), widgets.NewRule()}
	for _, w := range of {
		rows = append(rows, v.driftRows(w)...)
		rows = append(rows, widgets.NewRule())
	}
	return rows
}

// tickedOf tells whether all, some or none of them are ticked.
func (v *View) tickedOf(of []*sync.Waiting) widgets.CheckState {
	n := 0
	for _, w := range of {
		if v.ticked[keyOf(w)] {
			n++
		}
	}
	switch n {
	case 0:
		return widgets.Off
	case len(of):
		return widgets.On
	}
	return widgets.Mixed
}

// driftRows are one listing that differs: whose, then a line for each field, with the three values and both answers.
func (v *View) driftRows(w *sync.Waiting) []fyne.CanvasObject {
	one := []*sync.Waiting{w}
	tick := widgets.NewCheck("", func(on bool) { v.tick(one, on) })
	tick.SetState(widgets.CheckedIf(v.ticked[keyOf(w)]))
	ground := look.Surface
	if v.ticked[keyOf(w)] {
		ground = look.AccentPale
	}
	cells := []widgets.LineCell{widgets.Fixed(tickColumn-columnGap, tick)}
	cells = append(cells, v.who(w)...)
	if len(w.Fields) > 1 {
		cells = append(cells,
			widgets.Own(widgets.NewLink(words.T("decisions.keepAll"), func() { v.decide(one, nil, sync.KeepOurs) })),
			widgets.Own(widgets.NewLink(words.T("decisions.acceptAll"), func() { v.decide(one, nil, sync.AcceptTheirs) })))
	}
	cells = append(cells, widgets.Own(widgets.NewLink(words.T("decisions.open"), func() { v.p.Host.OpenEstablishment(w.EstablishmentID) })))
	rows := []fyne.CanvasObject{widgets.NewTallLine(40, columnGap, cells...)}
	for _, f := range w.Fields {
		rows = append(rows, v.fieldRow(one, f))
	}
	return []fyne.CanvasObject{widgets.NewGround(ground, widgets.NewPaddedColumn(2,
		widgets.Insets{Right: look.Margin, Bottom: 6, Left: look.Margin}, rows...))}
}

// who names an item: establishment, directory, since when.
func (v *View) who(w *sync.Waiting) []widgets.LineCell {
	text := v.accounts[w.AccountID]
	if !w.Since.IsZero() {
		text = words.T("decisions.since", "directory", text, "when", say.Moment(w.Since, v.p.Now()))
	}
	return []widgets.LineCell{
		widgets.Shrinking(widgets.NewWord(w.Name, look.SizeBody, look.Text).Bold()),
		{Object: widgets.NewText(text, look.SizeSmall, look.TextSecondary), Width: -1, Least: 60},
	}
}

// fieldRow is one field of a drift.
func (v *View) fieldRow(one []*sync.Waiting, f sync.DriftField) fyne.CanvasObject {
	label := []fyne.CanvasObject{widgets.NewParagraph(say.Field(f.Field), look.SizeSmall, look.Text)}
	if f.Field.Dangerous() {
		label = append(label, widgets.NewText(words.T("decisions.dangerous"), look.SizeCaption, look.Warning))
	}
	fields := []storage.Field{f.Field}
	answers := widgets.NewLine(4, widgets.Space(),
		widgets.Own(small(words.T("decisions.keep"), func() { v.decide(one, fields, sync.KeepOurs) })),
		widgets.Own(small(words.T("decisions.accept"), func() { v.decide(one, fields, sync.AcceptTheirs) })))
	name := widgets.NewColumn(0, label...)
	beside := []widgets.LineCell{widgets.Fixed(tickColumn-columnGap, nil), widgets.Fixed(fieldColumn, name)}
	below := []fyne.CanvasObject{widgets.NewTallLine(look.HeightTableRow, columnGap, widgets.Share(name), widgets.Fixed(decisionColumn, answers))}
	value := func(key, text string, tone widgets.Tone, filled bool) {
		cell := widgets.NewValue(valueText(f.Field, text), tone, filled)
		beside = append(beside, widgets.Share(cell))
		below = append(below, widgets.NewLine(columnGap,
			widgets.Fixed(fieldColumn, widgets.NewText(words.T("decisions.column."+key), look.SizeSmall, look.TextSecondary)), widgets.Share(cell)))
	}
	value("ours", f.Ours, widgets.Info, f.Ours != f.Published)
	value("published", f.Published, widgets.Neutral, false)
	value("theirs", f.Theirs, widgets.Warning, true)
	beside = append(beside, widgets.Fixed(decisionColumn-columnGap, answers))
	return widgets.NewReflow(columnsBeside, widgets.NewTallLine(look.HeightTableRow, columnGap, beside...),
		widgets.NewPaddedColumn(0, widgets.Insets{Bottom: 4, Left: tickColumn}, below...))
}

func valueText(f storage.Field, text string) string {
	if text == "" {
		return words.T("decisions.none")
	}
	return say.Value(f, text, "")
}

// simpleRow is what waits for anything but a choice between values.
func (v *View) simpleRow(w *sync.Waiting) fyne.CanvasObject {
	state := map[sync.WaitingKind]states.State{
		sync.WaitingHeld: states.Run(storage.RunHeld), sync.WaitingAction: states.Word(storage.WordAction),
		sync.WaitingNotFound: states.Word(storage.WordNotFound), sync.WaitingDrift: states.Word(storage.WordDrift),
	}[w.Kind]
	cells := []widgets.LineCell{widgets.Fixed(tickColumn-columnGap, widgets.NewLine(0,
		widgets.Own(widgets.NewStatusIcon(state.Tone, state.Icon)), widgets.Space()))}
	if w.Kind == sync.WaitingHeld {
		cells = append(cells, widgets.Own(widgets.NewWord(say.RunKind(w.Run.Kind), look.SizeBody, look.Text).Bold()),
			widgets.Share(widgets.NewText(words.T("decisions.heldSince", "when", say.Moment(w.Since, v.p.Now())), look.SizeSmall, look.TextSecondary)),
			widgets.Own(small(words.T("decisions.remedy.held"), func() { v.p.Host.ShowHeld(w.Run.ID) })))
	} else {
		cells = append(cells, v.who(w)...)
		cells = append(cells, v.remedies(w)...)
	}
	rows := []fyne.CanvasObject{widgets.NewTallLine(40, columnGap, cells...)}
	if w.Reason != nil {
		rows = append(rows, widgets.NewPaddedColumn(0, widgets.Insets{Left: tickColumn},
			widgets.NewParagraph(say.ProblemOnField(w.Reason), look.SizeSmall, look.Text)))
	}
	return widgets.NewPaddedColumn(0, widgets.Insets{Right: look.Margin, Bottom: 10, Left: look.Margin}, rows...)
}

// remedies are the buttons of what no choice between values ends.
func (v *View) remedies(w *sync.Waiting) []widgets.LineCell {
	cells := []widgets.LineCell{widgets.Own(widgets.NewLink(words.T("decisions.open"), func() { v.p.Host.OpenEstablishment(w.EstablishmentID) }))}
	r := remedyOf(w)
	if r == remedyNone {
		return cells
	}
	return append(cells, widgets.Own(small(words.T("decisions.remedy."+string(r)), func() { v.remedy(w, r) })))
}

// remedy does what a button of simpleRow says.
func (v *View) remedy(w *sync.Waiting, r remedy) {
	switch r {
	case remedyReconnect:
		v.p.Host.Integrations()
	case remedyUnfreeze:
		v.unfreeze(w)
	default:
		v.sync([]*sync.Waiting{w})
	}
}
