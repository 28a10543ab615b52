package importwizard

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"diapason/widgets"
	"diapason/widgets/look"
)

// fileFace is the first step: which sheet, where the titles are; or, for a file that cannot be read, what else to do.
type fileFace struct {
	v      *View
	sheet  *widgets.SelectField
	row    *widgets.Field
	choice *widgets.Panel
	box    *widgets.Column
}

func newFileFace(v *View) *fileFace {
	f := &fileFace{v: v}
	f.sheet = widgets.NewSelectField(word("sheetLabel"), nil, func(id string) {
		if i, err := strconv.Atoi(id); err == nil {
			v.flow.SetSheet(i)
		}
	})
	f.row = widgets.NewField(word("headerRow"))
	f.row.SetHint(word("headerRowHint"))
	f.row.OnCommit = func(text string) {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 {
			f.row.SetError(word("headerRowError"))
			return
		}
		v.flow.SetHeaderRow(n)
	}
	pad := widgets.Insets{Top: 20, Right: 20, Bottom: 20, Left: 20}
	f.choice = widgets.NewPanel(pad, widgets.NewColumn(
		16, widgets.NewText(word("sheetTitle"), look.SizeSubtitle, look.Text).Bold(), f.sheet, f.row,
	))
	other := widgets.NewButton(widgets.Outlined, word("otherFile"), look.IconImport, func() {
		v.leave()
		v.p.Host.Import()
	})
	template := widgets.NewPanel(pad, widgets.NewColumn(
		12, widgets.NewText(word("template.title"), look.SizeSubtitle, look.Text).Bold(),
		widgets.NewParagraph(word("template.text"), look.SizeBody, look.TextSecondary),
		widgets.NewLine(8, widgets.Own(widgets.NewButton(widgets.Outlined, word("template.button"), look.IconTable, v.saveTemplate)), widgets.Own(other)),
	))
	f.box = widgets.NewPaddedColumn(12, widgets.Insets{Left: look.Margin, Right: look.Margin}, f.choice, template)
	return f
}

func (f *fileFace) content() fyne.CanvasObject { return scrolled(f.box) }

func (f *fileFace) update() {
	sheets := f.v.flow.Sheets()
	f.choice.Hidden = len(sheets) == 0
	items := make([]widgets.MenuItem, len(sheets))
	for i, s := range sheets {
		text := s.Name
		if s.Hidden {
			text = word("sheetHidden", "sheet", s.Name)
		}
		items[i] = widgets.MenuItem{ID: strconv.Itoa(s.Index), Text: text}
	}
	f.sheet.SetItems(items)
	m := f.v.flow.Mapping()
	f.sheet.SetValue(strconv.Itoa(m.Sheet))
	f.row.SetError("")
	f.row.SetValue(strconv.Itoa(m.HeaderRow))
	f.box.Refresh()
}
