package profile

import (
	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// specialBox edits the exceptional days: those to come, the past ones folded, and the field that adds one.
type specialBox struct {
	t        *hoursTab
	object   *widgets.Column
	list     *widgets.Column
	date     *widgets.Field
	showPast bool
	rows     map[storage.Date]*specialRow // those in the list: what did not change keeps the keyboard
}

// specialRow is one exceptional day of the list.
type specialRow struct {
	object fyne.CanvasObject
	day    *dayEditor
}

func newSpecialBox(t *hoursTab) *specialBox {
	b := &specialBox{t: t, list: widgets.NewColumn(8), date: widgets.NewField("")}
	b.date.SetPlaceHolder(words.T("profile.date.hint"))
	add := widgets.NewButton(widgets.Outlined, words.T("profile.hours.specialAdd"), look.IconPlus, b.add)
	b.object = widgets.NewColumn(12, b.list, widgets.NewLine(8,
		widgets.LineCell{Object: b.date, Width: 152, Top: true}, widgets.LineCell{Object: add, Top: true}, widgets.Space()))
	return b
}

// add begins an exceptional day, closed until hours are given.
func (b *specialBox) add() {
	date, err := say.ReadDate(b.date.Value())
	if err == nil && date.IsZero() {
		err = storage.NewProblem("date.missing")
	}
	if err != nil {
		b.date.SetError(say.Error(err))
		b.t.relayout()
		return
	}
	b.date.SetError("")
	b.date.SetValue("")
	if _, there := specialOn(b.t.special, date); !there {
		b.set(specialDraft{Date: date})
	}
}

// set keeps one day and shows all again.
func (b *specialBox) set(day specialDraft) {
	b.t.special = withSpecial(b.t.special, day)
	b.rebuild()
	b.t.specialChanged()
}

func (b *specialBox) remove(date storage.Date) {
	b.t.special = withoutSpecial(b.t.special, date)
	b.rebuild()
	b.t.specialChanged()
}

func (b *specialBox) rebuild() {
	today := storage.DateOf(b.t.p.p.Now())
	var rows []fyne.CanvasObject
	past, before := 0, b.rows
	b.rows = map[storage.Date]*specialRow{}
	for _, day := range b.t.special {
		if day.Date.Before(today) {
			past++
			if !b.showPast {
				continue
			}
		}
		row := before[day.Date]
		if row == nil || !row.day.day.same(day.Day) {
			row = b.row(day)
		}
		b.rows[day.Date] = row
		rows = append(rows, row.object)
	}
	if len(rows) == 0 {
		rows = append(rows, widgets.NewText(words.T("profile.hours.specialNone"), look.SizeBody, look.TextSecondary))
	}
	if past > 0 {
		rows = append(rows, b.pastRow(past))
	}
	b.list.SetObjects(rows...)
	b.t.relayout()
}

func (b *specialBox) pastRow(n int) fyne.CanvasObject {
	key := "profile.hours.show"
	if b.showPast {
		key = "profile.hours.hide"
	}
	return widgets.NewLine(8, widgets.Own(widgets.NewWord(words.N("profile.hours.past", n), look.SizeBody, look.TextSecondary)),
		widgets.Own(widgets.NewLink(words.T(key), func() { b.showPast = !b.showPast; b.rebuild() })), widgets.Space())
}

// typing reports whether a time of a day is being typed that was not told yet.
func (b *specialBox) typing(date storage.Date) bool {
	row := b.rows[date]
	return row != nil && row.day.typing()
}

func (b *specialBox) row(day specialDraft) *specialRow {
	remove := widgets.NewIconButton(widgets.Plain, words.T("profile.hours.specialRemove"), look.IconTrash, func() { b.remove(day.Date) })
	remove.Height = look.HeightInline
	name := widgets.NewText(say.Date(day.Date), look.SizeBody, look.Text)
	e := newDayEditor(name, remove, func(d dayDraft) {
		b.t.special = withSpecial(b.t.special, specialDraft{Date: day.Date, Day: d})
		b.t.specialChanged()
	}, b.t.relayout)
	e.usual = usualOn(b.t.week, day.Date)
	e.set(day.Day)
	return &specialRow{e.object, e}
}

// showHolidays lists the coming public holidays with what is settled for each.
func (t *hoursTab) showHolidays() {
	if t.p.state == nil {
		return
	}
	var rows []fyne.CanvasObject
	for _, h := range comingHolidays(t.p.state.Est.Address.Country, storage.DateOf(t.p.p.Now())) {
		rows = append(rows, t.holidayRow(h))
	}
	if len(rows) == 0 {
		rows = append(rows, widgets.NewText(words.T("profile.hours.holidaysNone"), look.SizeBody, look.TextSecondary))
	}
	t.holidays.SetObjects(rows...)
}

func (t *hoursTab) holidayRow(h holiday) fyne.CanvasObject {
	name := widgets.NewText(words.T("profile.holiday."+h.Key), look.SizeBody, look.Text)
	day := widgets.NewText(say.UpperFirst(say.WeekdayDate(h.Date)), look.SizeBody, look.TextSecondary)
	cells := []widgets.LineCell{{Object: day, Width: 188, Shrinks: true}, {Object: name, Width: -1, Least: 116}}
	settle := func(d dayDraft) func() {
		return func() { t.specials.set(specialDraft{Date: h.Date, Day: d}) }
	}
	if s, on := specialOn(t.special, h.Date); on {
		text := words.T("profile.hours.closed")
		if ps, err := s.Day.periods(); err == nil && len(ps) > 0 {
			text = say.Periods(ps)
		}
		undo := widgets.NewIconButton(widgets.Plain, words.T("profile.hours.specialRemove"), look.IconClose, func() { t.specials.remove(h.Date) })
		undo.Height = look.HeightInline
		cells = append(cells, widgets.Own(widgets.NewStatusIcon(widgets.Success, look.StatusOK)),
			widgets.Own(widgets.NewWord(text, look.SizeBody, look.Text)), widgets.Own(undo))
		return holidayLine(8, cells)
	}
	cells = append(cells, widgets.Own(widgets.NewLink(words.T("profile.hours.holidayClosed"), settle(nil))))
	usual := usualOn(t.week, h.Date)
	if t.week.Known && len(usual) > 0 && !usual.incomplete() {
		cells = append(cells, widgets.Own(widgets.NewLink(words.T("profile.hours.holidayUsual"), settle(usual))))
	}
	cells = append(cells, widgets.Own(widgets.NewLink(words.T("profile.hours.holidayOwn"), settle(dayDraft(nil).withRange()))))
	return holidayLine(0, cells) // the links have their own space around
}

// holidayLine puts date and name, the first two cells, beside what is settled, or above it.
func holidayLine(gap float32, cells []widgets.LineCell) fyne.CanvasObject {
	below := append([]widgets.LineCell{widgets.Space()}, cells[2:]...)
	return widgets.NewReflow(openingsBeside, widgets.NewTallLine(look.HeightCompact, gap, cells...),
		widgets.NewColumn(0, widgets.NewTallLine(look.HeightInline, gap, cells[:2]...), widgets.NewTallLine(look.HeightCompact, gap, below...)))
}
