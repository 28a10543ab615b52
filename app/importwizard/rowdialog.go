package importwizard

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/establishments"
	"diapason/widgets"
	"diapason/widgets/look"
)

// correct asks for other values for the fields that make a row be rejected.
func (f *previewFace) correct(row *establishments.PlanRow) {
	var fields []*widgets.Field
	var body []fyne.CanvasObject
	var names []storage.Field
	seen := map[storage.Field]bool{}
	for _, p := range row.Problems {
		field := p.Field
		if field == "" {
			field = storage.FieldIdentifier // what tells rows apart
		}
		if seen[field] {
			continue
		}
		seen[field] = true
		entry := widgets.NewField(say.Field(field))
		entry.SetValue(row.Values[field])
		entry.SetError(say.Problem(p))
		fields, names, body = append(fields, entry), append(names, field), append(body, entry)
	}
	if len(fields) == 0 {
		return
	}
	var d *widgets.Dialog
	save := widgets.NewButton(widgets.Primary, word("correct.save"), "", func() {
		d.Close()
		for i, entry := range fields {
			if entry.Changed() {
				f.v.flow.Correct(row.Index, names[i], entry.Value())
			}
		}
	})
	cancel := widgets.NewButton(widgets.Outlined, word("cancel"), "", func() { d.Close() })
	ignore := widgets.NewButton(widgets.Plain, word("note.ignore"), "", func() {
		d.Close()
		f.v.flow.Ignore(row.Index, true)
	})
	d = f.v.dialog(widgets.DialogParams{
		Title: word("correct.title", "line", strconv.Itoa(row.Number)), Body: widgets.NewColumn(16, body...),
		Buttons: []*widgets.Button{ignore, cancel, save}, Default: save, First: fields[0].Focusable(),
	})
}

// open shows all that the import would write for a row, or change. On a remark it does the first of its actions, so that
// Enter reaches them.
func (f *previewFace) open(i int) {
	row, remark := f.v.flow.Line(i)
	if row == nil {
		return
	}
	if remark {
		f.noteAction(i, 0)
		return
	}
	var lines []fyne.CanvasObject
	country := row.Values[storage.FieldCountry]
	add := func(field storage.Field, value, before string, changed bool) {
		label := widgets.NewText(say.Field(field), look.SizeSmall, look.TextSecondary)
		text := widgets.NewColumn(0, widgets.NewParagraph(value, look.SizeBody, look.Text))
		if changed {
			old := widgets.NewText(before, look.SizeSmall, look.TextSecondary)
			old.SetStruck(before != word("empty"))
			text = widgets.NewColumn(0, widgets.NewParagraph(value, look.SizeBody, look.InfoText).Bold(), old)
		}
		lines = append(lines, widgets.NewLine(12, widgets.LineCell{Object: label, Width: 150, Top: true}, widgets.Share(text)))
	}
	for _, p := range append(append(storage.Problems{}, row.Problems...), row.Warnings...) {
		lines = append(lines, widgets.NewParagraph(say.ProblemOnField(p), look.SizeBody, look.Error))
	}
	if row.Outcome == establishments.OutcomeUpdate {
		for _, c := range row.Changes {
			add(c.Field, orEmpty(say.Value(c.Field, c.After, country)), orEmpty(say.Value(c.Field, c.Before, country)), true)
		}
	} else {
		for _, field := range storage.Fields {
			if text := row.Values[field]; text != "" {
				add(field, say.Value(field, text, country), "", false)
			}
		}
	}
	content := widgets.NewPaddedColumn(10, widgets.Insets{Right: 12}, lines...)
	var d *widgets.Dialog
	closing := widgets.NewButton(widgets.Outlined, word("close"), "", func() { d.Close() })
	d = f.v.dialog(widgets.DialogParams{
		Title: words.T("importwizard.row.title", "line", strconv.Itoa(row.Number), "outcome", word("outcome."+string(row.Outcome))),
		Body:  &tall{Scroll: container.NewVScroll(content), height: min(content.HeightFor(520), 400)}, Width: 580,
		Buttons: []*widgets.Button{closing}, Default: closing,
	})
}

func orEmpty(text string) string {
	if text == "" {
		return word("empty")
	}
	return text
}

// tall is a scrolling body that asks for a height of its own.
type tall struct {
	*container.Scroll
	height float32
}

// HeightFor gives that height at any width.
func (t *tall) HeightFor(float32) float32 { return t.height }
