package sharing

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// settings are what few change: they are folded away at first.
func (v *Panel) settings() fyne.CanvasObject {
	key, icon := "sharing.more", look.IconChevronRight
	if v.fold {
		key, icon = "sharing.less", look.IconChevronDown
	}
	fold := widgets.NewButton(widgets.Plain, words.T(key), icon, func() {
		v.fold = !v.fold
		v.show()
	})
	fold.Tight = true
	head := widgets.NewLine(0, widgets.Own(fold), widgets.Space())
	if !v.fold {
		return head
	}
	rows := []fyne.CanvasObject{head}
	if v.board.draft.ID != "" {
		rows = append(rows, v.identity())
	}
	rows = append(rows, v.detailLevel(), v.only(), v.window(), v.speech())
	return widgets.NewColumn(12, rows...)
}

// detailLevel is how much the link tells.
func (v *Panel) detailLevel() fyne.CanvasObject {
	b := v.board
	var items []widgets.MenuItem
	for _, d := range []storage.FeedDetail{storage.FeedBusy, storage.FeedTitle, storage.FeedFull} {
		items = append(items, widgets.MenuItem{ID: string(d), Text: words.T("feed.detail." + string(d))})
	}
	f := widgets.NewSelectField(words.T("sharing.field.detail"), items, func(id string) {
		b.change(func(l *storage.FeedLink) { l.Detail = storage.FeedDetail(id) })
	})
	f.SetValue(string(b.draft.Detail))
	f.SetHint(words.T("sharing.field.detail.hint"))
	return f
}

// only are the restrictions beside the types: whose, where, what.
func (v *Panel) only() fyne.CanvasObject {
	b := v.board
	mine := widgets.NewCheck(words.T("sharing.field.mine"), func(on bool) { b.change(func(l *storage.FeedLink) { l.Mine = on }) })
	mine.SetState(widgets.CheckedIf(b.draft.Mine))
	cancelled := widgets.NewCheck(words.T("sharing.field.cancelled"), func(on bool) { b.change(func(l *storage.FeedLink) { l.KeepCancelled = on }) })
	cancelled.SetState(widgets.CheckedIf(b.draft.KeepCancelled))
	var places, resources []widgets.MenuItem
	for _, p := range b.places {
		places = append(places, widgets.MenuItem{ID: p.ID, Text: p.Name})
	}
	for _, r := range b.resources {
		resources = append(resources, widgets.MenuItem{ID: r.ID, Text: r.Name})
	}
	line := func(o fyne.CanvasObject) fyne.CanvasObject {
		return widgets.NewLine(0, widgets.Own(o), widgets.Space())
	}
	return widgets.NewColumn(12, line(mine), line(cancelled),
		v.several("places", places, func(l *storage.FeedLink) *[]string { return &l.EstablishmentIDs }),
		v.several("resources", resources, func(l *storage.FeedLink) *[]string { return &l.ResourceIDs }))
}

// several is a list from which some are chosen; with none chosen, all are meant.
func (v *Panel) several(key string, items []widgets.MenuItem, ids func(*storage.FeedLink) *[]string) fyne.CanvasObject {
	b := v.board
	column := widgets.NewColumn(4)
	var lay func()
	flip := func(id string) {
		b.change(func(l *storage.FeedLink) {
			list := ids(l)
			if i := slices.Index(*list, id); i >= 0 {
				*list = slices.Delete(slices.Clone(*list), i, i+1)
			} else {
				*list = append(slices.Clone(*list), id)
			}
		})
		lay()
	}
	lay = func() {
		chosen := *ids(b.draft)
		var rest []widgets.MenuItem
		var rows []fyne.CanvasObject
		for _, it := range items {
			if !slices.Contains(chosen, it.ID) {
				rest = append(rest, it)
				continue
			}
			cross := widgets.NewIconButton(widgets.Plain, words.T("sharing.remove", "name", it.Text), look.IconClose, func() { flip(it.ID) })
			cross.Height = look.HeightInline
			rows = append(rows, widgets.NewLine(8, widgets.Share(widgets.NewText(it.Text, look.SizeBody, look.Text)), widgets.Fixed(look.HeightInline, cross)))
		}
		add := widgets.NewSelectField(words.T("sharing.field."+key), rest, flip)
		add.SetSearchHint(words.T("sharing.search"))
		if len(chosen) == 0 {
			add.SetHint(words.T("sharing.field." + key + ".all"))
		}
		column.SetObjects(append([]fyne.CanvasObject{add}, rows...)...)
		v.column.Refresh()
	}
	lay()
	return column
}

// monthsOffered are the windows that are offered, in months.
var monthsOffered = []int{0, 1, 2, 3, 6, 12, 24}

// window is how far the link shows, back and ahead.
func (v *Panel) window() fyne.CanvasObject {
	b := v.board
	choose := func(key string, now int, set func(l *storage.FeedLink, n int)) fyne.CanvasObject {
		offered := monthsOffered
		if !slices.Contains(offered, now) {
			offered = append([]int{now}, offered...)
		}
		var items []widgets.MenuItem
		for _, n := range offered {
			items = append(items, widgets.MenuItem{ID: strconv.Itoa(n), Text: words.N("sharing.months", n)})
		}
		f := widgets.NewSelectField(words.T("sharing.field."+key), items, func(id string) {
			if n, err := strconv.Atoi(id); err == nil {
				b.change(func(l *storage.FeedLink) { set(l, n) })
			}
		})
		f.SetValue(strconv.Itoa(now))
		return f
	}
	return widgets.NewLine(12,
		widgets.LineCell{Object: choose("back", b.draft.MonthsBack, func(l *storage.FeedLink, n int) { l.MonthsBack = n }), Width: -1, Top: true},
		widgets.LineCell{Object: choose("ahead", b.draft.MonthsAhead, func(l *storage.FeedLink, n int) { l.MonthsAhead = n }), Width: -1, Top: true})
}

// remindersOffered are those that can be chosen, in minutes before the start.
var remindersOffered = []int{0, 10, 30, 60, 120, 1440}

// speech is the language and the reminder.
func (v *Panel) speech() fyne.CanvasObject {
	b := v.board
	var languages, reminders []widgets.MenuItem
	for _, l := range words.Languages {
		languages = append(languages, widgets.MenuItem{ID: l, Text: words.T("settings.language." + l)})
	}
	language := widgets.NewSelectField(words.T("sharing.field.language"), languages, func(id string) {
		b.change(func(l *storage.FeedLink) { l.Language = id })
	})
	language.SetValue(b.draft.Language)
	const none = "none"
	now := none
	if len(b.draft.Reminders) > 0 {
		now = strconv.Itoa(b.draft.Reminders[0])
	}
	reminders = append(reminders, widgets.MenuItem{ID: none, Text: words.T("sharing.reminder.none")})
	for _, n := range remindersOffered {
		reminders = append(reminders, widgets.MenuItem{ID: strconv.Itoa(n), Text: reminderText(n)})
	}
	reminder := widgets.NewSelectField(words.T("sharing.field.reminder"), reminders, func(id string) {
		b.change(func(l *storage.FeedLink) {
			l.Reminders = nil
			if n, err := strconv.Atoi(id); err == nil {
				l.Reminders = []int{n}
			}
		})
	})
	reminder.SetValue(now)
	return widgets.NewLine(12, widgets.LineCell{Object: language, Width: -1, Top: true}, widgets.LineCell{Object: reminder, Width: -1, Top: true})
}

func reminderText(minutes int) string {
	switch {
	case minutes == 0:
		return words.T("sharing.reminder.start")
	case minutes%1440 == 0:
		return words.N("sharing.reminder.days", minutes/1440)
	case minutes%60 == 0:
		return words.N("sharing.reminder.hours", minutes/60)
	}
	return words.N("sharing.reminder.minutes", minutes)
}
