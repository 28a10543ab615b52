package agenda

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"diapason/app/agenda/book"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// newViews makes the grids and the list.
func (s *Screen) newViews() {
	day := s.book.Period().Day.Time()
	g := widgets.NewWeekGrid(day)
	g.DayText = func(day time.Time) (name, number string) {
		return say.WeekdayShort((int(day.Weekday()) + 6) % 7), strconv.Itoa(day.Day())
	}
	g.HourText = func(hour int) string { return say.Clock(hour * 60) }
	g.TimesText, g.MoreText = timesText, moreText
	g.BandText, g.NewText = words.T("agenda.band"), words.T("agenda.new")
	g.OnOpen, g.OnCreate, g.OnDelete = s.open, s.askCreate, s.deleteByID
	g.OnMove, g.OnResize = s.moveTo, s.moveTo
	g.OnDay, g.OnMore, g.OnContext = s.showDay, s.showMore, s.contextMenu
	g.OnPage = func(by int) { s.turn(s.book.Period().Step(by)) }
	g.OnEscape = s.leaveSide
	s.week = g

	m := widgets.NewMonthGrid(day)
	m.DayText, m.TimesText, m.MoreText, m.NewText = g.DayText, timesText, moreText, g.NewText
	m.OnOpen, m.OnCreate, m.OnDelete, m.OnMove, m.OnResize = s.open, s.askCreate, s.deleteByID, s.moveTo, s.moveTo
	m.OnDay, m.OnMore, m.OnContext = s.showDay, s.showMore, s.contextMenu
	m.OnPage, m.OnEscape = g.OnPage, s.leaveSide
	s.month = m
	s.list = newEntryList(s)
}

func timesText(start, end time.Time, days bool) string {
	if days {
		return say.Days(storage.DateOf(start), storage.DateOf(end.AddDate(0, 0, -1)))
	}
	return say.Times(start.Hour()*60+start.Minute(), end.Hour()*60+end.Minute())
}

func moreText(n int) string { return words.T("agenda.more", "n", words.Number(n)) }

// showViews draws the entries in the view of the period, or what stands in its place.
func (s *Screen) showViews() {
	p := s.book.Period()
	empty := s.book.Settled() && !s.book.Ever()
	s.showEmpty(empty)
	week := p.View == book.Week || p.View == book.Day
	widgets.SetShown(s.week, week && !empty)
	widgets.SetShown(s.month, p.View == book.Month && !empty)
	widgets.SetShown(s.list.content(), p.View == book.List && !empty)
	from, _ := p.Span()
	switch {
	case p.View == book.List:
		s.list.show(s.book.Entries())
	case p.View == book.Month:
		s.month.Turn(p.Day.Time(), s.items())
	case p.View == book.Day:
		s.week.SetDays(from.Time(), 1)
		s.week.SetItems(s.items())
	default:
		s.week.SetDays(from.Time(), 7)
		s.week.SetItems(s.items())
	}
	s.showOpen()
}

// items gives the entries as the grids draw them.
func (s *Screen) items() []widgets.CalendarItem {
	entries := s.book.Entries()
	items := make([]widgets.CalendarItem, len(entries))
	for i, e := range entries {
		items[i] = widgets.CalendarItem{
			ID: e.ID, Kind: e.Kind, Title: e.Title, Line: e.Line, Hour: e.Hour, Start: e.Start, End: e.End, Days: e.Days,
			Hue: look.HueOf(e.Color), Conflict: e.Conflict, Cancelled: e.Cancelled, Option: e.Option, ReadOnly: e.ReadOnly,
		}
	}
	return items
}

// showOpen marks the entry whose pane is open.
func (s *Screen) showOpen() {
	id := ""
	if s.side == sideDetail {
		id = s.detail.entryID()
	}
	s.week.SetOpen(id)
	s.month.SetOpen(id)
	s.list.setOpen(id)
}

// showEmpty shows what to do in an agenda that has nothing.
func (s *Screen) showEmpty(on bool) {
	widgets.SetShown(s.empty, on)
	if !on {
		s.empty.Objects = nil
		return
	}
	if len(s.empty.Objects) > 0 {
		return
	}
	s.empty.Objects = []fyne.CanvasObject{widgets.NewEmptyState(widgets.EmptyParams{
		Icon: look.IconAgenda, Title: words.T("agenda.empty.title"), Sentence: words.T("agenda.empty.text"),
		Primary:   widgets.NewButton(widgets.Primary, words.T("agenda.new"), look.IconPlus, s.create),
		Secondary: widgets.NewButton(widgets.Outlined, words.T("agenda.import"), look.IconImport, s.chooseFile),
		HintIcon:  look.IconDrop, Hint: words.T("agenda.empty.drop"),
	})}
	s.empty.Refresh()
}

// showDay goes to the view of a day.
func (s *Screen) showDay(day time.Time) {
	s.turn(book.Period{View: book.Day, Day: storage.DateOf(day)})
}

// showMore lists the entries that a grid had no room for.
func (s *Screen) showMore(ids []string, at fyne.Position) {
	var items []widgets.MenuItem
	for _, id := range ids {
		if e := s.book.Entry(id); e != nil {
			items = append(items, widgets.MenuItem{ID: id, Text: words.T("agenda.entry", "kind", e.Kind, "title", e.Title), Detail: e.Line})
		}
	}
	widgets.ShowMenuAt(s.week, at, widgets.MenuParams{Items: items, MinWidth: 240, OnChosen: s.open})
}

// contextMenu offers what can be done with an entry.
func (s *Screen) contextMenu(id string, at fyne.Position) {
	e := s.book.Entry(id)
	if e == nil {
		return
	}
	items := []widgets.MenuItem{{ID: "open", Text: words.T("agenda.menu.open"), Icon: look.IconPencil}}
	if !e.ReadOnly {
		items = append(items, widgets.MenuItem{ID: "delete", Text: words.T("agenda.menu.delete"), Icon: look.IconTrash, Danger: true, Divided: true})
	}
	widgets.ShowMenuAt(s.stage, at, widgets.MenuParams{Items: items, MinWidth: 200, OnChosen: func(chosen string) {
		if chosen == "open" {
			s.open(id)
			return
		}
		s.deleteByID(id)
	}})
}
