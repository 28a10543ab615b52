package importwizard

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/importwizard/flow"
	"diapason/app/say"
	"diapason/storage"
	"diapason/sync/establishments"
	"diapason/widgets"
	"diapason/widgets/look"
)

// columnsFace is the second step: what each column of the file means, and what the import may do.
type columnsFace struct {
	v       *View
	columns []flow.Column
	narrow  bool
	list    *widgets.SelectList
	modes   *widgets.RadioGroup
	erase   *widgets.Check
	keep    *widgets.Check
	values  *widgets.Column
	side    *widgets.Column
	frame   *fyne.Container
}

// The ways an import may write.
const (
	modeBoth   = "both"
	modeCreate = "create"
	modeUpdate = "update"
)

func scrolled(o fyne.CanvasObject) fyne.CanvasObject { return container.NewVScroll(o) }

func newColumnsFace(v *View) *columnsFace {
	f := &columnsFace{v: v}
	f.list = widgets.NewSelectList(f.titles(), func() int { return len(f.columns) }, f.fill)
	f.list.RowHeight, f.list.Left, f.list.Framed = look.HeightTableRow, 16, true
	f.list.OnOpen = func(i int) { f.choose(i, f.list.Below(i)) }
	f.list.OnChip = func(i, _ int, at fyne.Position) { f.choose(i, at) }
	f.modes = widgets.NewRadioGroup([]widgets.Choice{
		{ID: modeBoth, Text: word("mode.both")},
		{ID: modeCreate, Text: word("mode.create")},
		{ID: modeUpdate, Text: word("mode.update")},
	}, func(string) { f.setOptions() })
	f.erase = widgets.NewCheck(word("erase"), func(bool) { f.setOptions() })
	f.keep = widgets.NewCheck(word("remember"), v.flow.SetRemember)
	f.values = widgets.NewColumn(8)
	title := func(key string) *widgets.Text {
		return widgets.NewText(word(key), look.SizeSubtitle, look.Text).Bold()
	}
	add := widgets.NewButton(widgets.Outlined, word("value.add"), look.IconPlus, f.addValue)
	add.Height = look.HeightInline
	f.side = widgets.NewPaddedColumn(
		12, widgets.Insets{Top: 16, Right: 16, Bottom: 16, Left: 16},
		title("mode.title"), f.modes, f.erase, widgets.NewRule(), title("value.title"),
		widgets.NewParagraph(word("value.text"), look.SizeSmall, look.TextSecondary), f.values, widgets.NewLine(0, widgets.Own(add)),
		widgets.NewRule(), f.keep,
	)
	panel := widgets.NewPanel(widgets.Insets{Top: 1, Right: 1, Bottom: 8, Left: 1}, f.list)
	side := widgets.NewPanel(widgets.Insets{Top: 1, Right: 1, Bottom: 1, Left: 1}, scrolled(f.side))
	f.frame = &fyne.Container{Layout: &sideBySide{f}, Objects: []fyne.CanvasObject{panel, side}}
	return f
}

// titles are the columns of the list; a narrow window leaves out the examples and the confidence.
func (f *columnsFace) titles() []widgets.ListColumn {
	header := widgets.ListColumn{Title: word("column.header"), Flex: 1}
	field := widgets.ListColumn{Title: word("column.field"), Width: 190}
	if f.narrow {
		field.Width = 150
		return []widgets.ListColumn{header, field}
	}
	return []widgets.ListColumn{
		header, {Title: word("column.samples"), Flex: 1}, field, {Title: word("column.evidence"), Width: 132},
	}
}

// narrowBelow is the width of the page under which two columns are left out, in units.
const narrowBelow float32 = 820

// sideWidth is the width of what the import may do, in units.
const sideWidth float32 = 312

// sideBySide gives the second object sideWidth and the first what is left.
type sideBySide struct{ f *columnsFace }

// MinSize lets the window decide.
func (*sideBySide) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 200) }

// Layout keeps the page's margins and 12 between the two.
func (l *sideBySide) Layout(o []fyne.CanvasObject, size fyne.Size) {
	if narrow := size.Width < narrowBelow; narrow != l.f.narrow {
		l.f.narrow = narrow
		l.f.list.SetColumns(l.f.titles())
	}
	side := min(sideWidth, size.Width*0.42)
	left := size.Width - 2*look.Margin - 12 - side
	o[0].Move(fyne.NewPos(look.Margin, 0))
	o[0].Resize(fyne.NewSize(left, size.Height))
	o[1].Move(fyne.NewPos(look.Margin+left+12, 0))
	o[1].Resize(fyne.NewSize(side, size.Height))
}

func (f *columnsFace) content() fyne.CanvasObject { return f.frame }

func (f *columnsFace) update() {
	f.columns = f.v.flow.Columns()
	f.list.Refresh()
	o := f.v.flow.Options()
	switch {
	case o.CreateOnly:
		f.modes.Select(modeCreate)
	case o.UpdateOnly:
		f.modes.Select(modeUpdate)
	default:
		f.modes.Select(modeBoth)
	}
	f.erase.SetState(widgets.CheckedIf(o.EmptyErases))
	f.keep.SetState(widgets.CheckedIf(f.v.flow.Remember()))
	f.showValues()
	f.side.Refresh()
}

func (f *columnsFace) setOptions() {
	mode := f.modes.Selected()
	f.v.flow.SetOptions(establishments.Options{
		CreateOnly: mode == modeCreate, UpdateOnly: mode == modeUpdate, EmptyErases: f.erase.Checked(),
	})
}

// evidenceLooks says how sure the assistant is of a column.
var evidenceLooks = map[establishments.Evidence]struct {
	tone widgets.Tone
	icon look.Icon
	key  string
}{
	establishments.EvidenceProfile: {widgets.Success, look.StatusOK, "evidence.profile"},
	establishments.EvidenceExact:   {widgets.Success, look.StatusOK, "evidence.exact"},
	establishments.EvidenceNear:    {widgets.Warning, look.StatusUnknown, "evidence.near"},
	establishments.EvidenceNone:    {widgets.Neutral, look.StatusManual, "evidence.chosen"},
}

func (f *columnsFace) fill(i int, row *widgets.ListRow) {
	c := f.columns[i]
	header := widgets.ListCell{Text: c.Header, Bold: true}
	if c.Header == "" {
		header = widgets.ListCell{Text: word("column.untitled"), Faint: true}
	}
	field := widgets.ListCell{Text: word("column.ignored"), Icon: look.IconChevronDown, Press: true, Faint: true}
	evidence := widgets.ListCell{}
	if c.Field != "" {
		field.Text, field.Faint = say.Field(c.Field), false
		e := evidenceLooks[c.Evidence]
		evidence = widgets.ListCell{Chip: true, Tone: e.tone, Icon: e.icon, Text: word(e.key), Calm: e.tone != widgets.Warning}
	}
	if f.narrow {
		row.Cells = append(row.Cells, header, field)
		return
	}
	row.Cells = append(row.Cells, header, widgets.ListCell{Text: strings.Join(c.Samples, " · "), Faint: true}, field, evidence)
}

// choose opens the fields for a column.
func (f *columnsFace) choose(i int, at fyne.Position) {
	c := f.columns[i]
	items := []widgets.MenuItem{{ID: "", Text: word("column.ignore"), Current: c.Field == "", Icon: look.StatusDisabled}}
	for n, field := range storage.Fields {
		items = append(items, widgets.MenuItem{
			ID: string(field), Text: say.Field(field), Current: c.Field == field, Divided: n == 0, Detail: f.usedBy(field, i),
		})
	}
	widgets.ShowMenuAt(f.list, at, widgets.MenuParams{
		Items: items, MinWidth: 280, SearchHint: word("column.search"),
		OnChosen: func(id string) { f.v.flow.SetColumn(i, storage.Field(id)) },
	})
}

// usedBy names the other column that a field comes from.
func (f *columnsFace) usedBy(field storage.Field, but int) string {
	for i, c := range f.columns {
		if c.Field == field && i != but {
			return widgets.Truncated(c.Header, look.SizeBody, false, 120)
		}
	}
	return ""
}

// showValues lists the values that do not come from the file.
func (f *columnsFace) showValues() {
	var lines []fyne.CanvasObject
	for _, value := range f.v.flow.Values() {
		label := say.Field(value.Field)
		if value.Default {
			label = word("value.default", "field", label)
		}
		set := f.v.flow.SetConstant
		if value.Default {
			set = f.v.flow.SetDefault
		}
		entry := valueEntry(label, value, set)
		remove := widgets.NewIconButton(widgets.Plain, word("value.remove"), look.IconClose, func() { f.v.flow.RemoveValue(value.Field) })
		lines = append(lines, widgets.NewLine(4, widgets.Share(entry), widgets.Own(remove)))
	}
	f.values.SetObjects(lines...)
}

// valueEntry is a field for a value: a choice for a status, words otherwise, said beneath when they are a code.
func valueEntry(label string, value flow.Value, set func(storage.Field, string)) fyne.CanvasObject {
	if value.Field == storage.FieldStatus {
		var items []widgets.MenuItem
		for _, s := range []storage.Status{storage.StatusActive, storage.StatusDraft, storage.StatusTemporarilyClosed, storage.StatusClosed} {
			items = append(items, widgets.MenuItem{ID: string(s), Text: say.Status(s)})
		}
		choice := widgets.NewSelectField(label, items, func(id string) { set(value.Field, id) })
		choice.SetValue(value.Text)
		return choice
	}
	entry := widgets.NewField(label)
	entry.SetValue(value.Text)
	if said := say.Value(value.Field, value.Text, ""); said != value.Text {
		entry.SetHint(said)
	}
	entry.OnCommit = func(text string) { set(value.Field, strings.TrimSpace(text)) }
	return entry
}

// addValue asks for a field and its value in every row.
func (f *columnsFace) addValue() {
	var items []widgets.MenuItem
	for _, field := range f.v.flow.FreeFields() {
		items = append(items, widgets.MenuItem{ID: string(field), Text: say.Field(field)})
	}
	field := widgets.NewSelectField(word("value.field"), items, nil)
	field.SetSearchHint(word("column.search"))
	text := widgets.NewField(word("value.value"))
	var d *widgets.Dialog
	add := widgets.NewButton(widgets.Primary, word("value.addButton"), "", func() {
		if field.Value() == "" {
			field.SetError(word("value.fieldMissing"))
			d.Refresh()
			return
		}
		d.Close()
		f.v.flow.SetConstant(storage.Field(field.Value()), strings.TrimSpace(text.Value()))
	})
	cancel := widgets.NewButton(widgets.Outlined, word("cancel"), "", func() { d.Close() })
	d = f.v.dialog(widgets.DialogParams{
		Title: word("value.dialog"), Body: widgets.NewColumn(12, field, text), Buttons: []*widgets.Button{cancel, add}, Default: add,
		First: field.Focusable(),
	})
}
