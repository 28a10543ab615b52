package agenda

import (
	"fyne.io/fyne/v2"

	"diapason/app/agenda/book"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

// when is the days and hours, and the zone where it is another one than the person's.
func (d *detail) when() fyne.CanvasObject {
	startDay := d.field("startDay", book.PartStartDay, &d.form.StartDay, 1)
	start := d.field("start", book.PartStart, &d.form.Start, 1)
	endDay := d.field("endDay", book.PartEndDay, &d.form.EndDay, 1)
	end := d.field("end", book.PartEnd, &d.form.End, 1)
	follow := func(string) { // what lasts two hours goes on lasting two hours
		before := d.form
		before.StartDay, before.Start = d.kept.StartDay, d.kept.Start
		d.form.Moved(before)
		d.kept = d.form
		endDay.SetValue(d.form.EndDay)
		end.SetValue(d.form.End)
	}
	startDay.OnCommit, start.OnCommit = follow, follow
	before := d.kept
	d.kept = d.form
	if startDay.Typing() || start.Typing() { // what is half typed is no start yet
		d.kept.StartDay, d.kept.Start = before.StartDay, before.Start
	}
	column := widgets.NewColumn(12)
	lay := func() {
		from, to := widgets.NewLine(12, top(startDay, -1), top(start, -1)), widgets.NewLine(12, top(endDay, -1), top(end, -1))
		if d.form.WholeDays {
			from, to = widgets.NewLine(12, top(startDay, -1), top(endDay, -1)), nil
		}
		objects := []fyne.CanvasObject{d.wholeDays(), from}
		if to != nil {
			objects = append(objects, to)
		}
		if d.form.Zone != d.s.book.Zone().String() {
			objects = append(objects, d.zone())
		}
		column.SetObjects(objects...)
	}
	d.relayTime = func() {
		lay()
		d.column.Refresh()
	}
	lay()
	return column
}

func top(o fyne.CanvasObject, width float32) widgets.LineCell {
	return widgets.LineCell{Object: o, Width: width, Top: true}
}

// wholeDays is the box that takes the hours away.
func (d *detail) wholeDays() fyne.CanvasObject {
	check := widgets.NewCheck(words.T("agenda.field.wholeDays"), func(on bool) {
		d.form.WholeDays = on
		d.relayTime()
	})
	check.SetState(widgets.CheckedIf(d.form.WholeDays))
	return widgets.NewLine(0, widgets.Own(check), widgets.Space())
}

func (d *detail) zone() fyne.CanvasObject {
	var items []widgets.MenuItem
	known := false
	for _, z := range sync.Zones {
		known = known || z == d.form.Zone
		items = append(items, widgets.MenuItem{ID: z, Text: say.Zone(z)})
	}
	if !known {
		items = append([]widgets.MenuItem{{ID: d.form.Zone, Text: say.Zone(d.form.Zone)}}, items...)
	}
	return d.choice("zone", items, &d.form.Zone)
}

// again is the editor of the recurrence.
func (d *detail) again() fyne.CanvasObject {
	column := widgets.NewColumn(12)
	d.relayAgain = func() {
		column.SetObjects(d.repeat()...)
		d.column.Refresh()
		d.scroll.Refresh()
	}
	column.SetObjects(d.repeat()...)
	return column
}

// repeat are the fields that the pace asks for.
func (d *detail) repeat() []fyne.CanvasObject {
	r := &d.form.Repeat
	start := d.startTime()
	var paces []widgets.MenuItem
	for _, p := range book.Paces {
		paces = append(paces, widgets.MenuItem{ID: string(p), Text: r.PaceWord(p, start)})
	}
	if r.Pace == book.Custom {
		paces = append(paces, widgets.MenuItem{ID: string(book.Custom), Text: r.PaceWord(book.Custom, start)})
	}
	pace := widgets.NewSelectField(words.T("agenda.field.repeat"), paces, func(id string) {
		r.Pace = book.Pace(id)
		d.relayAgain()
	})
	pace.SetValue(string(r.Pace))
	objects := []fyne.CanvasObject{pace}
	if r.Pace == book.Never || r.Pace == book.Custom {
		return objects
	}
	every := d.field("every."+string(r.Pace), book.PartEvery, &r.Every, 1)
	ending := widgets.NewSelectField(words.T("agenda.field.ending"), endingItems(), func(id string) {
		r.Ending = book.Ending(id)
		d.relayAgain()
	})
	ending.SetValue(string(r.Ending))
	if r.Pace == book.Weekly {
		objects = append(objects, d.weekdays(start))
	}
	objects = append(objects, every)
	switch r.Ending {
	case book.UntilDay:
		return append(objects, widgets.NewLine(12, top(ending, -3), top(d.field("until", book.PartUntil, &r.Until, 1), -2)))
	case book.AfterCount:
		return append(objects, widgets.NewLine(12, top(ending, -3), top(d.field("count", book.PartCount, &r.Count, 1), -2)))
	}
	return append(objects, ending)
}

func endingItems() []widgets.MenuItem {
	var items []widgets.MenuItem
	for _, e := range book.Endings {
		items = append(items, widgets.MenuItem{ID: string(e), Text: words.T("agenda.ending." + string(e))})
	}
	return items
}

// weekdays are the boxes of the days; the start's is always ticked.
func (d *detail) weekdays(start storage.LocalTime) fyne.CanvasObject {
	r := &d.form.Repeat
	box := func(i int) widgets.LineCell {
		check := widgets.NewCheck(say.WeekdayShort(i), func(on bool) { r.Days[i] = on })
		own := (int(start.Wall().Weekday())+6)%7 == i
		check.SetState(widgets.CheckedIf(r.Days[i] || own))
		check.SetEnabled(!own)
		return widgets.LineCell{Object: check, Width: -1}
	}
	return widgets.NewColumn(8, widgets.NewText(words.T("agenda.field.days"), look.SizeSmall, look.TextSecondary),
		widgets.NewLine(8, box(0), box(1), box(2), box(3)), widgets.NewLine(8, box(4), box(5), box(6), widgets.LineCell{Width: -1}))
}

// startTime is the start as written, or as it was while what is written cannot be read.
func (d *detail) startTime() storage.LocalTime {
	if start, _, w := d.form.Times(); w == nil {
		return start
	}
	start, _, w := d.before.Times()
	if w != nil {
		return storage.LocalOf(d.s.p.Now())
	}
	return start
}
