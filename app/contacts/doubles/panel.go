package doubles

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Sizes of the panel, in units.
const (
	footBeside   float32 = 560 // from this width on its foot has room for a remark
	previewLabel float32 = 164
)

// face sets two contacts side by side and shows what becomes of them.
func (v *View) face() fyne.CanvasObject {
	v.compare = v.comparison()
	v.preview = widgets.NewColumn(4)
	v.showPreview()
	body := []fyne.CanvasObject{}
	if len(v.members) > 2 {
		body = append(body, v.pickers())
	}
	body = append(body, v.compare)
	sheet := widgets.NewGround(look.Sunken, widgets.NewPaddedColumn(8, widgets.Insets{Top: 12, Right: 16, Bottom: 12, Left: 16},
		widgets.NewText(words.T("doubles.preview"), look.SizeSmall, look.TextSecondary), v.preview))
	return widgets.NewPanel(widgets.Insets{}, widgets.NewColumn(0, v.head(), widgets.NewRule(),
		widgets.NewPaddedColumn(12, widgets.Insets{Top: 8, Right: 16, Bottom: 12, Left: 16}, body...), widgets.NewRule(), sheet))
}

// head names the group and its place among the others.
func (v *View) head() fyne.CanvasObject {
	g := &v.groups[v.place]
	cells := []widgets.LineCell{{Object: widgets.NewColumn(0, widgets.NewText(g.title(), look.SizeSubtitle, look.Text).Bold(),
		widgets.NewText(shared(g), look.SizeSmall, look.TextSecondary)), Width: -1}}
	if len(v.groups) > 1 {
		step := func(label string, icon look.Icon, by int) widgets.LineCell {
			to := v.place + by
			b := widgets.NewIconButton(widgets.Plain, label, icon, func() { v.show(to) })
			b.Height = look.HeightInline
			b.SetEnabled(to >= 0 && to < len(v.groups))
			return widgets.Own(b)
		}
		place := words.T("doubles.place", "i", words.Number(v.place+1), "n", words.Number(len(v.groups)))
		cells = append(cells, widgets.Own(widgets.NewWord(place, look.SizeBody, look.TextSecondary)),
			step(words.T("doubles.previous"), look.IconChevronLeft, -1), step(words.T("doubles.next"), look.IconChevronRight, 1))
	}
	return widgets.NewPaddedColumn(0, widgets.Insets{Left: 16, Right: 8}, widgets.NewTallLine(56, 8, cells...))
}

// pickers choose which two of a larger group are compared.
func (v *View) pickers() fyne.CanvasObject {
	cells := []widgets.LineCell{widgets.Own(widgets.NewWord(words.N("doubles.several", len(v.groups[v.place].IDs)), look.SizeSmall, look.TextSecondary))}
	for side := range v.draft.pair {
		var items []widgets.MenuItem
		for _, m := range v.members {
			items = append(items, widgets.MenuItem{
				ID: m.ID, Text: m.FullName(), Detail: m.Row(nil).Email, Current: m.ID == v.draft.pair[side].ID,
			})
		}
		cells = append(cells, widgets.Shrinking(widgets.NewDropdown("", v.draft.pair[side].FullName(), items, func(id string) { v.pick(side, id) })))
	}
	return widgets.NewLine(8, append(cells, widgets.Space())...)
}

// comparison shows what the two say, with a choice for each field.
func (v *View) comparison() *widgets.Comparison {
	d := v.draft
	p := widgets.ComparisonParams{
		Heading: words.T("doubles.field"), Nothing: words.T("doubles.nothing"), Whole: words.T("doubles.whole"),
		KeepAll:  words.T("doubles.keepAll"),
		OnChosen: func(row, column int) { d.choose(row, column); v.showPreview() },
		OnTicked: func(row, tick int, on bool) { d.tick(row, tick, on); v.showPreview() },
	}
	for _, c := range d.pair {
		p.Columns = append(p.Columns, widgets.ComparisonColumn{Title: c.FullName(), Remark: v.about(c)})
	}
	for _, ch := range d.choices {
		row := widgets.ComparisonRow{Label: say.ContactField(ch.field)}
		if ch.values == nil {
			row.Chosen = ch.chosen
			row.Values = []string{say.ContactValue(ch.field, ch.texts[0]), say.ContactValue(ch.field, ch.texts[1])}
		}
		for _, val := range ch.values {
			row.Ticks = append(row.Ticks, widgets.ComparisonTick{Text: say.ContactValue(ch.field, val.text), Remark: v.whose(val), On: val.on})
		}
		p.Rows = append(p.Rows, row)
	}
	return widgets.NewComparison(p)
}

// about tells when a contact was last changed, and which books it is in.
func (v *View) about(c *storage.Contact) string {
	for _, m := range v.members {
		if m.ID == c.ID && len(m.books) > 0 {
			return strings.Join(m.books, ", ")
		}
	}
	var last time.Time
	for _, change := range c.Changed {
		if change.At.After(last) {
			last = change.At
		}
	}
	if last.IsZero() {
		return ""
	}
	return words.T("doubles.changedAt", "when", say.MomentAt(last, v.p.Now()))
}

// whose tells which of the two has a value.
func (v *View) whose(val value) string {
	switch {
	case val.here[0] && val.here[1]:
		return words.T("doubles.both")
	case v.draft.pair[0].FullName() == v.draft.pair[1].FullName() && val.here[0]:
		return words.T("doubles.first")
	case v.draft.pair[0].FullName() == v.draft.pair[1].FullName():
		return words.T("doubles.second")
	case val.here[0]:
		return v.draft.pair[0].FullName()
	}
	return v.draft.pair[1].FullName()
}

// showPreview writes the merged contact.
func (v *View) showPreview() {
	card := v.draft.card()
	rows := []fyne.CanvasObject{widgets.NewParagraph(card.FullName(), look.SizeBody, look.Text).Bold()}
	for _, f := range fields(&card) {
		rows = append(rows, widgets.NewLine(12, widgets.LineCell{
			Object: widgets.NewParagraph(say.ContactField(f), look.SizeSmall, look.TextSecondary), Width: previewLabel, Top: true,
		}, widgets.LineCell{Object: widgets.NewParagraph(say.ContactValues(f, card.Values(f)), look.SizeSmall, look.Text), Width: -1, Top: true}))
	}
	v.preview.SetObjects(rows...)
	v.panel.Refresh()
	v.scroll.Refresh()
}

// answers are what can be said about the two, at the foot.
func (v *View) answers() fyne.CanvasObject {
	d := v.draft
	later := widgets.NewButton(widgets.Plain, words.T("doubles.later"), "", func() { v.show((v.place + 1) % len(v.groups)) })
	later.SetEnabled(len(v.groups) > 1)
	apart := widgets.NewButton(widgets.Outlined, words.T("doubles.apart"), "", nil)
	apart.OnTapped = func() {
		v.answer(apart, words.T("doubles.setApart", "a", d.pair[0].FullName(), "b", d.pair[1].FullName()),
			func(ctx context.Context) (contacts.Change, error) {
				return v.p.Service.SetApart(ctx, d.pair[0].ID, d.pair[1].ID)
			})
	}
	v.merge = widgets.NewButton(widgets.Primary, words.T("doubles.merge"), "", nil)
	v.merge.OnTapped = func() {
		card := d.card()
		v.answer(v.merge, words.T("doubles.merged", "name", card.FullName()), func(ctx context.Context) (contacts.Change, error) {
			return v.p.Service.Merge(ctx, d.pair[0].ID, d.pair[1].ID, card)
		})
	}
	note := widgets.NewText(words.T("doubles.trash"), look.SizeSmall, look.TextSecondary)
	return widgets.NewColumn(0, widgets.NewRule(), widgets.NewPaddedColumn(0, widgets.Insets{Left: look.Margin, Right: look.Margin},
		widgets.NewReflow(footBeside,
			widgets.NewTallLine(look.HeightBulkBar-1, 8, widgets.Share(note), widgets.Own(later), widgets.Own(apart), widgets.Own(v.merge)),
			widgets.NewTallLine(look.HeightBulkBar-1, 8, widgets.Space(), widgets.Own(apart), widgets.Own(v.merge)))))
}

// answer keeps an answer, away from the interface's goroutine, and tells of it.
func (v *View) answer(by *widgets.Button, told string, keep func(context.Context) (contacts.Change, error)) {
	by.SetBusy(true)
	v.p.Background(func() {
		change, err := keep(context.Background())
		v.p.UI(func() {
			by.SetBusy(false)
			if err != nil {
				v.p.Failed(err)
				return
			}
			v.wanted = [2]string{}
			v.p.Done(told, change)
			v.reload()
		})
	})
}
