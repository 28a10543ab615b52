package questions

import (
	"strings"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Sizes of the sheet in which a doubtful card stands beside a contact, in units.
const (
	sheetLabel  float32 = 136
	sheetBeside float32 = 520 // from this width on the names of fields stand at the left
	sheetPad    float32 = 8   // of a value, see widgets.NewValue
	doubtBeside float32 = 600 // from this width on all answers stand beside each other
)

// doubt shows a card that may be about somebody here, beside the contact that it may be about.
func (v *View) doubt() (body, foot fyne.CanvasObject) {
	d := v.detail
	parts := []fyne.CanvasObject{}
	if d.Reason != nil {
		parts = append(parts, widgets.NewParagraph(say.Problem(d.Reason), look.SizeBody, look.Text))
	}
	picked := v.picked()
	if choices := v.candidates(); len(choices) > 1 {
		group := widgets.NewCardGroup(choices, func(id string) {
			v.desk.picks[d.ID] = id
			v.rebuild()
		})
		group.Select(picked.ID)
		parts = append(parts, group)
	}
	parts = append(parts, v.sheet(picked))
	for i := range d.candidates {
		if c := &d.candidates[i]; c.linked {
			parts = append(parts, widgets.NewParagraph(words.T("questions.linked", "name", c.FullName()), look.SizeSmall, look.TextSecondary))
		}
	}
	if picked == nil && len(d.candidates) > 0 {
		parts = append(parts, widgets.NewParagraph(words.T("questions.allLinked"), look.SizeSmall, look.TextSecondary))
	}
	return widgets.NewColumn(12, parts...), v.doubtFoot(picked)
}

// picked gives the candidate that the card is set beside; nil when nobody can be the answer.
func (v *View) picked() *candidate {
	if c := v.detail.candidate(v.desk.picks[v.detail.ID]); c != nil {
		return c
	}
	for i := range v.detail.candidates {
		if c := &v.detail.candidates[i]; !c.linked {
			return c
		}
	}
	return nil
}

// candidates are the contacts to choose from, each with what tells who it is.
func (v *View) candidates() []widgets.Choice {
	var choices []widgets.Choice
	for i := range v.detail.candidates {
		c := &v.detail.candidates[i]
		if c.linked {
			continue
		}
		row := c.Row(nil)
		var about []string
		for _, text := range []string{row.Email, say.ContactValue(storage.FieldPhone, row.Phone), row.Organization} {
			if text != "" && text != row.Name {
				about = append(about, text)
			}
		}
		choices = append(choices, widgets.Choice{ID: c.ID, Text: c.FullName(), Detail: strings.Join(about, " · ")})
	}
	return choices
}

// sheet sets the card beside a contact; nil: the card alone.
func (v *View) sheet(c *candidate) fyne.CanvasObject {
	d := v.detail
	var contact storage.Card
	heads := []widgets.LineCell{sheetHead(words.T("questions.cardOf", "book", say.Kind(d.account.Kind)))}
	if c != nil {
		contact = c.Card
		heads = append(heads, sheetHead(words.T("questions.contactHere")))
	}
	rows := []fyne.CanvasObject{sheetRow(look.HeightField, "", heads)}
	for _, f := range d.beside(&contact) {
		cells := []widgets.LineCell{value(f.name, f.there, f.same)}
		if c != nil {
			cells = append(cells, value(f.name, f.here, f.same))
		}
		rows = append(rows, sheetRow(0, say.ContactField(f.name), cells))
	}
	if c != nil {
		rows = append(rows, widgets.NewPaddedColumn(0, widgets.Insets{Top: 8},
			widgets.NewParagraph(words.T("questions.legend"), look.SizeSmall, look.TextSecondary)))
	}
	return widgets.NewColumn(2, rows...)
}

// sheetHead names a column of a sheet, where its values begin.
func sheetHead(text string) widgets.LineCell {
	return widgets.Share(widgets.NewPaddedColumn(0, widgets.Insets{Left: sheetPad}, widgets.NewText(text, look.SizeSmall, look.Text).Bold()))
}

// sheetRow is a line of a sheet: its name at the left, or above where there is no room.
func sheetRow(height float32, label string, cells []widgets.LineCell) fyne.CanvasObject {
	name := widgets.NewParagraph(label, look.SizeSmall, look.TextSecondary)
	values := widgets.NewTallLine(height, 12, cells...)
	return widgets.NewReflow(sheetBeside, widgets.NewLine(12, widgets.LineCell{Object: name, Width: sheetLabel}, widgets.Share(values)),
		widgets.NewColumn(0, name, values))
}

// value is what one side says in a field, filled where the other one says it too.
func value(f storage.Field, texts []string, same bool) widgets.LineCell {
	return widgets.Share(widgets.NewValue(say.ContactValues(f, texts), widgets.Info, same))
}

// doubtFoot are the answers to a doubtful card.
func (v *View) doubtFoot(picked *candidate) fyne.CanvasObject {
	later := widgets.NewButton(widgets.Plain, words.T("questions.later"), "", func() { v.show(v.desk.after()) })
	later.SetEnabled(v.desk.after() != "")
	ignore := widgets.NewButton(widgets.Plain, words.T("questions.ignoreCard"), "", v.askIgnore)
	d := v.detail
	other := widgets.NewButton(widgets.Outlined, words.T("questions.somebody"), "", nil)
	other.OnTapped = func() {
		v.decide(contacts.Answer{Somebody: true}, other, words.T("questions.created", "name", d.Name), true)
	}
	acts := []widgets.LineCell{widgets.Own(other)}
	if picked != nil {
		v.apply = widgets.NewButton(widgets.Primary, words.T("questions.samePerson"), "", func() {
			v.decide(contacts.Answer{SameAs: picked.ID}, v.apply, words.T("questions.tied", "name", picked.FullName()), true)
		})
		acts = append(acts, widgets.Own(v.apply))
	}
	aside := []widgets.LineCell{widgets.Own(ignore), widgets.Space(), widgets.Own(later)}
	return widgets.NewReflow(doubtBeside, widgets.NewLine(8, append(aside, acts...)...),
		widgets.NewColumn(8, widgets.NewLine(8, append([]widgets.LineCell{widgets.Space()}, acts...)...), widgets.NewLine(8, aside...)))
}
