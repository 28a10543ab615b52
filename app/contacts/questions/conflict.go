package questions

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/merge"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Widths from which on the head and the foot of a panel are one line, and the answers of a foot, in units.
const (
	headBeside  float32 = 760
	footBeside  float32 = 720
	footStacked float32 = 500
)

// sidesShown are the sides in the order of the columns.
var sidesShown = []merge.Side{merge.SideHere, merge.SideThere}

// face is the panel of the question in front.
func (v *View) face() fyne.CanvasObject {
	var body, foot fyne.CanvasObject
	switch v.detail.Kind {
	case storage.QuestionConflict:
		body, foot = v.conflict()
	case storage.QuestionMatch:
		body, foot = v.doubt()
	default:
		body, foot = v.refusal()
	}
	return widgets.NewPanel(widgets.Insets{}, widgets.NewColumn(0, v.head(), widgets.NewRule(),
		widgets.NewPaddedColumn(12, widgets.Insets{Top: 8, Right: 16, Bottom: 12, Left: 16}, body, foot)))
}

// head names whom the question is about and where it stands among the others.
func (v *View) head() fyne.CanvasObject {
	d := v.detail
	chip := widgets.NewChip(widgets.Warning, look.StatusDrift, say.ContactQuestion(d.Kind))
	switch {
	case d.answered():
		chip.Set(widgets.Success, look.StatusOK, words.T("questions.decidedChip"), false)
	case d.Kind == storage.QuestionMatch:
		chip.Set(widgets.Warning, look.StatusUnknown, say.ContactQuestion(d.Kind), false)
	case d.Kind == storage.QuestionRefused:
		chip.Set(widgets.Error, look.StatusError, say.ContactQuestion(d.Kind), false)
	}
	step := func(label string, icon look.Icon, by int) widgets.LineCell {
		id := v.desk.beside(by)
		b := widgets.NewIconButton(widgets.Plain, label, icon, func() { v.show(id) })
		b.Height = look.HeightInline
		b.SetEnabled(id != "")
		return widgets.Own(b)
	}
	name, summary := widgets.NewWord(d.Name, look.SizeSubtitle, look.Text).Bold(), widgets.NewText(v.summary(), look.SizeBody, look.TextSecondary)
	steps := []widgets.LineCell{}
	if len(v.desk.items) > 1 {
		place := words.T("questions.place", "i", words.Number(v.desk.place+1), "n", words.Number(len(v.desk.items)))
		steps = append(steps, widgets.Own(widgets.NewWord(place, look.SizeBody, look.TextSecondary)),
			step(words.T("questions.previous"), look.IconChevronLeft, -1), step(words.T("questions.next"), look.IconChevronRight, 1))
	}
	wide := append([]widgets.LineCell{widgets.Shrinking(name), widgets.Own(chip), widgets.Share(summary)}, steps...)
	first := append([]widgets.LineCell{widgets.Share(name)}, steps...)
	return widgets.NewPaddedColumn(0, widgets.Insets{Left: 16, Right: 8}, widgets.NewReflow(headBeside, widgets.NewTallLine(48, 8, wide...),
		widgets.NewPaddedColumn(4, widgets.Insets{Top: 8, Bottom: 10}, widgets.NewTallLine(28, 8, first...),
			widgets.NewLine(8, widgets.Own(chip), widgets.Share(summary)))))
}

// summary is the sentence beside the name.
func (v *View) summary() string {
	d := v.detail
	book := ""
	if !v.p.Embedded {
		book = bookName(d.account)
	}
	if d.Kind != storage.QuestionConflict {
		return book
	}
	text := words.N("questions.differ", len(d.fields))
	if d.same > 0 {
		text = words.T("questions.fields", "differ", text, "same", words.N("questions.same", d.same))
	}
	if book == "" {
		return text
	}
	return words.T("questions.inBook", "book", book, "text", text)
}

// conflict shows the fields that both sides changed, with a choice for each.
func (v *View) conflict() (body, foot fyne.CanvasObject) {
	d := v.detail
	p := widgets.ComparisonParams{
		Heading: words.T("questions.field"), Nothing: words.T("questions.nothing"), Whole: words.T("questions.whole"),
		KeepAll: words.T("questions.keepAll"),
		Columns: []widgets.ComparisonColumn{
			{Title: words.T("questions.here"), Remark: v.changedAt(d.hereAt)},
			{Title: say.Kind(d.account.Kind), Remark: v.changedAt(d.thereAt)},
		},
		OnChosen: func(row, column int) {
			v.desk.choose(&d.item, d.fields[row].theirs, sidesShown[column])
			v.ready()
		},
	}
	for _, f := range d.fields {
		p.Rows = append(p.Rows, widgets.ComparisonRow{
			Label: say.ContactField(f.name), Values: []string{say.ContactValues(f.name, f.here), say.ContactValues(f.name, f.there)},
			Chosen: slices.Index(sidesShown, v.desk.side(&d.item, f.theirs)),
		})
	}
	v.compare = widgets.NewComparison(p)
	v.remark = widgets.NewText("", look.SizeSmall, look.TextSecondary)
	later := widgets.NewButton(widgets.Plain, words.T("questions.later"), "", func() { v.show(v.desk.after()) })
	later.SetEnabled(v.desk.after() != "")
	v.apply = widgets.NewButton(widgets.Primary, "", "", v.applyConflict)
	v.past = widgets.NewIconImage(look.IconUndo, 14, look.TextSecondary)
	told := []widgets.LineCell{widgets.Own(v.past), widgets.Share(v.remark)}
	all := widgets.NewLink(words.T("questions.all"), v.askAll)
	all.Tight = true
	n, _ := v.desk.conflicts()
	widgets.SetShown(all, n > 1)
	v.ready()
	body = v.compare
	if d.Reason != nil { // more than an edit on both sides
		body = widgets.NewColumn(8, widgets.NewParagraph(say.Problem(d.Reason), look.SizeBody, look.Text), v.compare)
	}
	return body, widgets.NewReflow(footBeside, widgets.NewLine(12, widgets.Share(widgets.NewLine(6, told...)), widgets.Own(all),
		widgets.Own(widgets.NewLine(4, widgets.Own(later), widgets.Own(v.apply)))),
		widgets.NewColumn(8, widgets.NewLine(6, told...), widgets.NewReflow(footStacked,
			widgets.NewLine(8, widgets.Own(all), widgets.Space(), widgets.Own(later), widgets.Own(v.apply)),
			widgets.NewColumn(8, widgets.NewLine(8, widgets.Own(all), widgets.Space(), widgets.Own(later)),
				widgets.NewLine(0, widgets.Space(), widgets.Own(v.apply))))))
}

// ready tells what applying does, and lets it be done once every field has its side.
func (v *View) ready() {
	d := v.detail
	sides, ready := v.desk.answer(&d.item)
	text := words.T("questions.apply")
	switch {
	case d.answered():
		text = words.T("questions.change")
	case v.desk.after() != "":
		text = words.T("questions.applyNext")
	}
	v.apply.SetText(text)
	v.apply.SetEnabled(ready)
	widgets.SetShown(v.past, sides != nil && (ready || !d.answered()))
	switch {
	case d.answered() && !ready:
		v.remark.SetText(words.T("questions.pendingOne"))
	case sides == nil:
		v.remark.SetText(words.T("questions.chooseEach"))
	default:
		v.remark.SetText(words.T("questions.history"))
	}
}

// applyConflict keeps the answer to a conflict and goes to the next question.
func (v *View) applyConflict() {
	if sides, ready := v.desk.answer(&v.detail.item); ready {
		v.decide(contacts.Answer{Sides: sides}, v.apply, words.T("questions.decided"), true)
	}
}

// refusal shows why a book does not take a card.
func (v *View) refusal() (body, foot fyne.CanvasObject) {
	d := v.detail
	reason := words.T("questions.refusedAny")
	if d.Reason != nil {
		reason = say.Problem(d.Reason)
	}
	leave := widgets.NewButton(widgets.Plain, words.T("questions.ignore"), "", nil)
	leave.OnTapped = func() {
		v.decide(contacts.Answer{Ignore: true}, leave, words.T("questions.ignored", "name", d.Name), false)
	}
	acts := []widgets.LineCell{widgets.Space(), widgets.Own(leave)}
	if d.contact != nil {
		acts = append(acts, widgets.Own(widgets.NewButton(widgets.Primary, words.T("questions.open"), look.IconContacts,
			func() { v.p.OpenContact(d.contact.ID) })))
	}
	return widgets.NewColumn(8, widgets.NewParagraph(reason, look.SizeBody, look.Text),
			widgets.NewParagraph(words.T("questions.refusedHelp"), look.SizeSmall, look.TextSecondary)),
		widgets.NewLine(8, acts...)
}

// changedAt tells when a side was last changed; "" when that is not known.
func (v *View) changedAt(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return words.T("questions.changedAt", "when", say.MomentAt(t, v.p.Now()))
}
