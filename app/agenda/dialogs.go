package agenda

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"diapason/app/agenda/book"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda/recurrence"
	"diapason/widgets"
	"diapason/widgets/look"
)

// askCreate is the quick entry: a title and a type for the time that was dragged over.
func (s *Screen) askCreate(start, end time.Time, days bool) {
	c := s.canvas()
	if c == nil {
		return
	}
	fresh := s.book.Fresh(start, end, days)
	title := widgets.NewField(words.T("agenda.field.title"))
	kind := widgets.NewSelectField(words.T("agenda.field.type"), typeItems(s.book.Names()), nil)
	kind.SetValue(fresh.TypeID)
	var d *widgets.Dialog
	cancel := widgets.NewButton(widgets.Outlined, words.T("agenda.cancel"), "", func() { d.Close() })
	more := widgets.NewButton(widgets.Outlined, words.T("agenda.quick.more"), "", func() {
		d.Close()
		fresh.Title, fresh.TypeID = strings.TrimSpace(title.Value()), kind.Value()
		s.openFresh(fresh)
	})
	var do *widgets.Button
	do = widgets.NewButton(widgets.Primary, words.T("agenda.quick.do"), "", func() {
		text := strings.TrimSpace(title.Value())
		if text == "" {
			title.SetError(words.T("problem.agenda.title"))
			d.Refresh()
			widgets.Focus(title.Focusable())
			return
		}
		do.SetBusy(true)
		s.book.Create(text, kind.Value(), start, end, days, func(_ *storage.Reservation, err error) {
			do.SetBusy(false)
			if err != nil {
				title.SetError(say.Error(err))
				d.Refresh()
				return
			}
			d.Close()
		})
	})
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title:   words.T("agenda.new"),
		Body:    widgets.NewColumn(12, widgets.NewText(quickWhen(start, end, days), look.SizeBody, look.TextSecondary), title, kind),
		Buttons: []*widgets.Button{cancel, more, do}, Default: do, First: title.Focusable(),
	})
}

// quickWhen says the time that was dragged over.
func quickWhen(start, end time.Time, days bool) string {
	return say.UpperFirst((&book.Entry{Start: start, End: end, Days: days}).When())
}

func typeItems(names *book.Names) []widgets.MenuItem {
	var items []widgets.MenuItem
	for _, t := range names.Types {
		items = append(items, widgets.MenuItem{ID: t.ID, Text: t.Name})
	}
	return items
}

// moveTo puts an entry on another time. A series asks how much of it.
func (s *Screen) moveTo(id string, start, end time.Time) {
	e := s.book.Entry(id)
	if e == nil {
		return
	}
	s.askScope(e, false, "agenda.scope.move", func(scope recurrence.Scope) { s.book.Move(e, start, end, e.Days, scope) }, s.showViews)
}

// deleteByID removes an entry. A series asks how much of it.
func (s *Screen) deleteByID(id string) {
	e := s.book.Entry(id)
	if e == nil || e.ReadOnly {
		return
	}
	s.askScope(e, false, "agenda.scope.delete", func(scope recurrence.Scope) {
		s.book.Delete(e, scope, func(err error) {
			switch {
			case err != nil:
				s.p.Host.Failure(err)
			case s.side == sideDetail && s.detail.entryID() == id:
				s.leaveSide()
			}
		})
	}, nil)
}

// askScope asks how much of a series a change is for; a single reservation asks nothing. whole tells that one occurrence
// alone cannot be changed so. refused is called when the user gives up.
func (s *Screen) askScope(e *book.Entry, whole bool, title string, do func(recurrence.Scope), refused func()) {
	c := s.canvas()
	if !e.Series() || c == nil {
		do(recurrence.All)
		return
	}
	var choices []widgets.Choice
	for _, scope := range recurrence.Scopes {
		if !whole || scope != recurrence.This {
			choices = append(choices, widgets.Choice{ID: string(scope), Text: words.T("agenda.scope." + string(scope))})
		}
	}
	group := widgets.NewRadioGroup(choices, nil)
	body := []fyne.CanvasObject{group}
	if whole {
		body = append(body, widgets.NewParagraph(words.T("agenda.scope.whole"), look.SizeSmall, look.TextSecondary))
	}
	var d *widgets.Dialog
	agreed := false
	cancel := widgets.NewButton(widgets.Outlined, words.T("agenda.cancel"), "", func() { d.Close() })
	agree := widgets.NewButton(widgets.Primary, words.T("agenda.scope.do"), "", func() {
		agreed = true
		d.Close()
		do(recurrence.Scope(group.Selected()))
	})
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T(title, "title", e.Title), Body: widgets.NewColumn(12, body...),
		Buttons: []*widgets.Button{cancel, agree}, Default: agree, First: group.Focusable(),
		OnClosed: func() {
			if !agreed && refused != nil {
				refused()
			}
		},
	})
}
