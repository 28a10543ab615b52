package profile

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// hoursTab edits the regular week, the exceptional days, the public holidays and the notes.
type hoursTab struct {
	p       *Pane
	week    weekDraft
	special []specialDraft
	// kept and keptSpecial are what the store held when it was last shown.
	kept        weekDraft
	keptWeek    string
	keptSpecial []specialDraft
	filled      bool // something was shown of this establishment

	days     [7]*dayEditor
	weekBox  *widgets.Column
	unknown  fyne.CanvasObject
	erase    *widgets.Button
	warnings *widgets.Column
	specials *specialBox
	holidays *widgets.Column
	notes    *fieldView
	column   *widgets.Column
	scroll   *container.Scroll
}

func newHoursTab(p *Pane) *hoursTab {
	t := &hoursTab{p: p, warnings: widgets.NewColumn(4), holidays: widgets.NewColumn(0)}
	var rows []fyne.CanvasObject
	for i := range t.days {
		title := widgets.NewText(say.UpperFirst(say.Weekday(i)), look.SizeBody, look.Text)
		more := widgets.NewIconButton(widgets.Plain, words.T("profile.hours.copy"), look.IconCopy, func() { t.askCopy(i) })
		more.Height = look.HeightInline
		t.days[i] = newDayEditor(title, more, func(d dayDraft) { t.week.Days[i] = d; t.weekChanged() }, t.relayout)
		rows = append(rows, t.days[i].object)
	}
	t.weekBox = widgets.NewColumn(8, rows...)
	t.unknown = widgets.NewLine(12,
		widgets.Own(widgets.NewWord(words.T("profile.hours.unknown"), look.SizeBody, look.TextSecondary)),
		widgets.Own(widgets.NewButton(widgets.Outlined, words.T("profile.hours.fill"), look.IconClock, t.fill)), widgets.Space())
	t.erase = widgets.NewLink(words.T("profile.hours.erase"), func() {
		t.p.session.set(map[storage.Field]string{storage.FieldOpeningHours: ""}, nil)
	})
	t.specials = newSpecialBox(t)
	t.notes = newFieldView(p, fieldSpec{Field: storage.FieldHoursNotes, Editor: editLong, Wide: true, Limit: storage.MaxHoursNotes})
	t.notes.field.SetPlaceHolder(words.T("profile.hours.notesHint"))
	t.column = widgets.NewPaddedColumn(16, widgets.Insets{Top: 20, Right: look.Margin, Bottom: 32, Left: look.Margin},
		widgets.NewLine(8, widgets.Own(title(words.T("profile.hours.week"))), widgets.Space(), widgets.Own(t.erase)),
		t.warnings, t.unknown, t.weekBox, widgets.NewRule(),
		title(words.T("profile.hours.special")), t.specials.object, widgets.NewRule(),
		title(words.T("profile.hours.holidays")), t.holidays, widgets.NewRule(), t.notes.object,
	)
	t.scroll = widgets.NewScroll(t.column)
	return t
}

func title(text string) *widgets.Text {
	return widgets.NewWord(text, look.SizeSubtitle, look.Text).Bold()
}

func (t *hoursTab) content() fyne.CanvasObject { return t.scroll }

func (t *hoursTab) clear() {
	t.filled = false
	t.notes.clear()
	t.scroll.ScrollToTop()
}

// show takes over the days that changed in the store and that nobody changes here; the others, which may hold something
// unfinished or on its way to the store, stay as they were typed.
func (t *hoursTab) show(s *state) {
	if !t.filled {
		t.kept, t.week = weekDraft{}, weekDraft{}
		t.keptSpecial, t.special = nil, nil
	}
	t.followWeek(draftOfWeek(s.Est.Hours))
	t.keptWeek = s.Est.Value(storage.FieldOpeningHours)
	t.followSpecial(draftOfSpecial(s.Est.SpecialHours))
	t.filled = true
	t.notes.show(s)
	t.showKnown()
	t.warn(s)
	t.showHolidays()
	t.relayout()
}

// commit counts what is typed.
func (t *hoursTab) commit() {
	t.notes.field.Commit()
	days := slices.Clone(t.days[:])
	for _, row := range t.specials.rows {
		days = append(days, row.day)
	}
	for _, d := range days {
		for _, times := range d.fields {
			times[0].Commit()
			times[1].Commit()
		}
	}
}

func (t *hoursTab) followWeek(now weekDraft) {
	if !t.filled || now.Known != t.kept.Known {
		t.week.Known = now.Known
	}
	for i, d := range t.days {
		untouched := t.week.Days[i].same(t.kept.Days[i]) && !d.typing()
		if !t.filled || untouched && !now.Days[i].same(t.kept.Days[i]) {
			t.week.Days[i] = now.Days[i]
			d.set(now.Days[i])
		}
	}
	t.kept = now
}

func (t *hoursTab) followSpecial(now []specialDraft) {
	changed := !t.filled
	for _, day := range slices.Concat(t.keptSpecial, now) {
		before, were := specialOn(t.keptSpecial, day.Date)
		mine, are := specialOn(t.special, day.Date)
		wanted, shall := specialOn(now, day.Date)
		touched := are != were || !mine.Day.same(before.Day) || t.specials.typing(day.Date)
		if touched || shall == were && wanted.Day.same(before.Day) {
			continue
		}
		changed = true
		t.special = withoutSpecial(t.special, day.Date)
		if shall {
			t.special = withSpecial(t.special, wanted)
		}
	}
	t.keptSpecial = now
	if changed {
		t.specials.rebuild()
	}
}

func (t *hoursTab) showKnown() {
	if t.week.Known {
		t.weekBox.Show()
		t.unknown.Hide()
	} else {
		t.weekBox.Hide()
		t.unknown.Show()
	}
	t.erase.Hidden = !t.week.Known
}

// fill starts from a usual week, which the user then corrects.
func (t *hoursTab) fill() {
	t.week.Known = true
	for i, d := range t.days {
		t.week.Days[i] = nil
		if i < 5 {
			t.week.Days[i] = dayDraft(nil).withRange()
		}
		d.set(t.week.Days[i])
	}
	t.showKnown()
	t.weekChanged()
}

// weekChanged saves the week when all of it can be read.
func (t *hoursTab) weekChanged() {
	if t.p.state != nil {
		t.warn(t.p.state)
	}
	week, _, complete := t.week.week()
	if !complete || week.String() == t.keptWeek {
		return
	}
	t.p.session.set(map[storage.Field]string{storage.FieldOpeningHours: week.String()}, nil)
}

// specialChanged saves the exceptional days when all of them can be read.
func (t *hoursTab) specialChanged() {
	t.showHolidays()
	days, _, complete := readSpecial(t.special)
	kept, _, _ := readSpecial(t.keptSpecial)
	if !complete || storage.SpecialText(days) == storage.SpecialText(kept) {
		return
	}
	t.p.session.set(map[storage.Field]string{storage.FieldSpecialHours: storage.SpecialText(days)}, nil)
}

// warn tells which directories accept fewer ranges a day.
func (t *hoursTab) warn(s *state) {
	var rows []fyne.CanvasObject
	for _, l := range s.periodLimits(t.week) {
		var days []string
		for _, d := range l.Days {
			days = append(days, say.Weekday(d))
		}
		rows = append(rows, widgets.NewLine(6, widgets.Own(widgets.NewStatusIcon(widgets.Warning, look.StatusAction)),
			widgets.Share(widgets.NewParagraph(words.N("profile.hours.limit", l.Limit, "directory", l.Directory, "days", say.List(days)),
				look.SizeSmall, look.Warning))))
	}
	t.warnings.SetObjects(rows...)
}

func (t *hoursTab) relayout() {
	if t.column == nil {
		return // still being built
	}
	t.column.Refresh()
	t.scroll.Refresh()
}

// askCopy copies one day to those that are ticked.
func (t *hoursTab) askCopy(from int) {
	c := t.p.canvas()
	if c == nil {
		return
	}
	var checks [7]*widgets.Check
	var boxes []fyne.CanvasObject
	tick := func(days []int) {
		for i, check := range checks {
			if check != nil {
				check.SetState(widgets.Off)
				for _, d := range days {
					if d == i {
						check.SetState(widgets.On)
					}
				}
			}
		}
	}
	for i := range checks {
		if i != from {
			checks[i] = widgets.NewCheck(say.UpperFirst(say.Weekday(i)), nil)
			boxes = append(boxes, checks[i])
		}
	}
	shortcut := func(key string, days []int) widgets.LineCell {
		b := widgets.NewLink(words.T(key), func() { tick(days) })
		b.Tight = true
		return widgets.Own(b)
	}
	quick := widgets.NewLine(16, shortcut("profile.hours.copyWeekdays", weekdays), shortcut("profile.hours.copyAll", allDays), widgets.Space())
	var d *widgets.Dialog
	cancel := widgets.NewButton(widgets.Outlined, words.T("profile.cancel"), "", func() { d.Close() })
	do := widgets.NewButton(widgets.Primary, words.T("profile.hours.copyDo"), "", func() {
		d.Close()
		var to []int
		for i, check := range checks {
			if check != nil && check.State() == widgets.On {
				to = append(to, i)
			}
		}
		t.copy(from, to)
	})
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title:   words.T("profile.hours.copyTitle", "day", say.Weekday(from)),
		Body:    widgets.NewColumn(12, quick, widgets.NewColumn(4, boxes...)),
		Buttons: []*widgets.Button{cancel, do}, Default: do, Width: 360,
	})
}

func (t *hoursTab) copy(from int, to []int) {
	if len(to) == 0 {
		return
	}
	t.week.copyDay(from, to)
	for _, i := range to {
		t.days[i].set(t.week.Days[i])
	}
	t.weekChanged()
}
