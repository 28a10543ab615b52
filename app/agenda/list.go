package agenda

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/agenda/book"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// entryList shows the entries below the title of their day.
type entryList struct {
	s      *Screen
	rows   *widgets.SelectList
	none   *fyne.Container // in the place of rows when there are none
	box    *fyne.Container
	lines  []listLine
	opened string
	wide   bool
}

// listLine is a day's title or an entry.
type listLine struct {
	day   string
	entry *book.Entry
}

func newEntryList(s *Screen) *entryList {
	l := &entryList{s: s, none: container.NewStack()}
	l.rows = widgets.NewSelectList(nil, func() int { return len(l.lines) }, l.fill)
	l.rows.RowHeight, l.rows.Chevron = look.HeightTableRow, true
	l.rows.IsOpen = func(i int) bool { return l.lines[i].entry != nil && l.lines[i].entry.ID == l.opened }
	l.rows.OnOpen = func(i int) {
		if e := l.lines[i].entry; e != nil {
			s.open(e.ID)
		}
	}
	l.rows.OnContext = func(i int, at fyne.Position) {
		if e := l.lines[i].entry; e != nil {
			s.contextMenu(e.ID, at)
		}
	}
	l.rows.OnEscape = s.leaveSide
	l.setColumns(true)
	l.none.Objects = []fyne.CanvasObject{widgets.NewEmptyState(widgets.EmptyParams{
		Icon: look.IconSearch, Title: words.T("agenda.list.none"), Sentence: words.T("agenda.list.noneText"),
	})}
	l.box = container.New(&listLayout{l}, l.rows, l.none)
	return l
}

func (l *entryList) content() fyne.CanvasObject { return l.box }

// listLayout gives the rows the columns that the width has room for.
type listLayout struct{ l *entryList }

// MinSize lets the screen decide.
func (g *listLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout fills the room.
func (g *listLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	g.l.setColumns(size.Width >= 820)
	for _, o := range objects {
		widgets.Place(o, 0, 0, size.Width, size.Height)
	}
}

func (l *entryList) setColumns(wide bool) {
	if l.wide == wide && len(l.lines) > 0 {
		return
	}
	l.wide = wide
	head := func(id string) string { return words.T("agenda.list." + id) }
	columns := []widgets.ListColumn{
		{ID: "when", Title: head("when"), Width: 160}, {ID: "title", Title: head("title"), Flex: 3}, {ID: "place", Title: head("place"), Flex: 2},
	}
	if wide {
		columns = append(columns, widgets.ListColumn{ID: "who", Title: head("who"), Flex: 2})
	}
	l.rows.SetColumns(append(columns, widgets.ListColumn{ID: "state", Title: head("state"), Width: 132}))
}

// show draws the entries.
func (l *entryList) show(entries []*book.Entry) {
	l.lines = l.lines[:0]
	var before storage.Date
	for _, e := range entries {
		if d := storage.DateOf(e.Start); d != before {
			before = d
			l.lines = append(l.lines, listLine{day: say.UpperFirst(say.WeekdayDate(d))})
		}
		l.lines = append(l.lines, listLine{entry: e})
	}
	widgets.SetShown(l.rows, len(entries) > 0)
	widgets.SetShown(l.none, len(entries) == 0)
	l.rows.Refresh()
}

func (l *entryList) setOpen(id string) {
	if l.opened != id {
		l.opened = id
		l.rows.Refresh()
	}
}

func (l *entryList) fill(i int, row *widgets.ListRow) {
	line := l.lines[i]
	if line.entry == nil {
		row.Heading = line.day
		return
	}
	e := line.entry
	when := e.Line
	if e.Days {
		when = words.T("agenda.list.allDay")
		if e.End.Sub(e.Start) > 24*time.Hour {
			when = e.When()
		}
	}
	row.Cells = append(row.Cells, widgets.ListCell{Text: when}, widgets.ListCell{Text: e.Title, Sub: e.Kind, Bold: true},
		widgets.ListCell{Text: e.Place, Faint: true})
	if l.wide {
		row.Cells = append(row.Cells, widgets.ListCell{Text: e.Who, Faint: true})
	}
	row.Cells = append(row.Cells, stateCell(e))
}

// stateCell says how firm an entry is, or that something is wrong with it.
func stateCell(e *book.Entry) widgets.ListCell {
	switch {
	case e.Conflict:
		return widgets.ListCell{Text: words.T("agenda.conflict"), Icon: look.StatusAction, Tone: widgets.Warning, Chip: true}
	case e.Cancelled:
		return widgets.ListCell{Text: words.T("reservation.status.cancelled"), Icon: look.StatusDisabled, Chip: true, Calm: true}
	case e.Option:
		return widgets.ListCell{Text: words.T("reservation.status.option"), Icon: look.StatusWaiting, Chip: true, Calm: true}
	case e.ReadOnly:
		return widgets.ListCell{Text: words.T("agenda.readOnly"), Icon: look.IconLock, Chip: true, Calm: true}
	}
	return widgets.ListCell{Text: words.T("reservation.status.confirmed"), Icon: look.StatusOK, Tone: widgets.Success, Chip: true, Calm: true}
}
