package profile

import (
	"slices"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// dayEditor edits the openings of one day: closed, ranges, or all day long. It is used for the days of the week and for
// exceptional days.
type dayEditor struct {
	day     dayDraft
	usual   dayDraft // what « Ouvert » gives back after « Fermé »
	changed func(dayDraft)
	// grown is called when the editor needs another height.
	grown func()

	object  fyne.CanvasObject
	open    *widgets.Switch
	ranges  *widgets.Column
	problem *widgets.Text
	allDay  *widgets.Button
	add     *widgets.Button
	fields  [][2]*widgets.Field
	nights  []*widgets.Text
}

// clockWidth is the width of a field for a time of day, in units.
const clockWidth float32 = 68

// newDayEditor makes one; title says which day it is, and extra stands at the end of its line.
func newDayEditor(title fyne.CanvasObject, extra fyne.CanvasObject, changed func(dayDraft), grown func()) *dayEditor {
	d := &dayEditor{changed: changed, grown: grown}
	d.problem = widgets.NewParagraph("", look.SizeSmall, look.Error)
	d.open = widgets.NewSwitch("", d.setOpen)
	d.ranges = widgets.NewColumn(8)
	d.allDay = widgets.NewLink(words.T("profile.hours.allDay"), func() {
		d.set(dayDraft{{From: "00:00", To: "24:00"}})
		d.tell()
	})
	d.add = widgets.NewIconButton(widgets.Plain, words.T("profile.hours.addRange"), look.IconPlus, func() {
		if d.day.allDay() {
			d.set(dayDraft{{From: "09:00", To: "18:00"}})
		} else {
			d.set(d.day.withRange())
		}
		if n := len(d.fields); n > 0 && d.fields[n-1][0].Value() == "" {
			widgets.Focus(d.fields[n-1][0].Focusable())
		}
		d.tell()
	})
	d.add.Height = look.HeightInline
	top := func(o fyne.CanvasObject, width float32) widgets.LineCell {
		return widgets.LineCell{Object: widgets.NewTallLine(look.HeightField, 0, widgets.Share(o)), Width: width, Top: true}
	}
	openings := widgets.NewColumn(4, d.ranges, d.problem)
	open, allDay := top(d.open, 36), top(d.allDay, d.allDay.MinSize().Width)
	add, last := top(d.add, look.HeightInline), top(extra, look.HeightInline)
	d.object = widgets.NewReflow(openingsBeside,
		widgets.NewLine(8, top(title, dayTitleWidth), open, widgets.LineCell{Object: openings, Width: -1, Top: true}, allDay, add, last),
		widgets.NewColumn(4, widgets.NewLine(8, top(title, -1), open, allDay, add, last), openings))
	return d
}

// openingsBeside is the width from which on the openings stand beside their day, in units.
const openingsBeside float32 = 520

// dayTitleWidth holds « 24 décembre 2026 », in units.
const dayTitleWidth float32 = 128

// typing reports whether a time is being typed that was not told yet.
func (d *dayEditor) typing() bool {
	return slices.ContainsFunc(d.fields, func(times [2]*widgets.Field) bool {
		return slices.ContainsFunc(times[:], func(f *widgets.Field) bool { return f.Typing() && f.Changed() })
	})
}

// set shows a day without telling.
func (d *dayEditor) set(day dayDraft) {
	if len(day) > 0 {
		d.usual = day
	}
	d.day = day
	d.open.SetOn(len(day) > 0)
	d.rebuild()
}

func (d *dayEditor) setOpen(on bool) {
	switch {
	case !on:
		d.set(nil)
	case len(d.usual) > 0 && !d.usual.incomplete():
		d.set(d.usual)
	default:
		d.set(dayDraft(nil).withRange())
	}
	d.tell()
}

// tell reports the day as it stands, mistakes included.
func (d *dayEditor) tell() {
	d.complain(nil)
	if !d.day.incomplete() {
		if _, err := d.day.periods(); err != nil {
			d.complain(err)
		}
	}
	d.changed(d.day)
}

// complain shows what is wrong below the ranges.
func (d *dayEditor) complain(err error) {
	text := ""
	if err != nil {
		text = say.Error(err)
	}
	if text == d.problem.Text() {
		return
	}
	d.problem.SetText(text)
	d.grown()
}

func (d *dayEditor) rebuild() {
	d.fields, d.nights = nil, nil
	var rows []fyne.CanvasObject
	switch {
	case len(d.day) == 0:
		rows = append(rows, plain(words.T("profile.hours.closed"), look.TextSecondary))
	case d.day.allDay():
		rows = append(rows, plain(words.T("profile.hours.allDay"), look.Text))
	default:
		for i := range d.day {
			rows = append(rows, d.rangeRow(i))
		}
	}
	d.allDay.Hidden = d.day.allDay()
	d.problem.SetText("")
	d.ranges.SetObjects(rows...)
	d.grown()
}

func plain(text string, colour fyne.ThemeColorName) fyne.CanvasObject {
	return widgets.NewTallLine(look.HeightField, 0, widgets.Share(widgets.NewText(text, look.SizeBody, colour)))
}

// rangeRow is « 08:00 à 12:00 (lendemain) » and the cross.
func (d *dayEditor) rangeRow(i int) fyne.CanvasObject {
	from, to := widgets.NewField(""), widgets.NewField("")
	from.SetValue(d.day[i].From)
	to.SetValue(d.day[i].To)
	from.OnCommit = func(text string) { d.typed(i, from, text) }
	to.OnCommit = func(text string) { d.typed(i, to, text) }
	night := widgets.NewWord("", look.SizeSmall, look.TextSecondary)
	d.fields, d.nights = append(d.fields, [2]*widgets.Field{from, to}), append(d.nights, night)
	d.showNight(i)
	remove := widgets.NewIconButton(widgets.Plain, words.T("profile.hours.removeRange"), look.IconClose, func() {
		d.set(d.day.without(i))
		d.tell()
	})
	remove.Height = look.HeightInline
	return widgets.NewLine(8, widgets.Fixed(clockWidth, from),
		widgets.Own(widgets.NewWord(words.T("profile.hours.to"), look.SizeBody, look.TextSecondary)),
		widgets.Fixed(clockWidth, to), widgets.Own(remove), widgets.Own(night), widgets.Space())
}

// typed takes a time over and writes it as it was understood. The day is copied first: drafts are shared.
func (d *dayEditor) typed(i int, field *widgets.Field, text string) {
	if m, err := say.ReadClock(text); err == nil {
		text = storage.ClockText(m)
		field.SetValue(text)
	}
	day := append(dayDraft(nil), d.day...)
	if field == d.fields[i][0] {
		day[i].From = text
	} else {
		day[i].To = text
	}
	d.day, d.usual = day, day
	d.showNight(i)
	d.tell()
}

func (d *dayEditor) showNight(i int) {
	text := ""
	if d.day[i].tomorrow() {
		text = words.T("profile.hours.tomorrow")
	}
	d.nights[i].SetText(text)
}
