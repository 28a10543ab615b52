package agenda

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/agenda/book"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// history is the dialog of what the journal holds of one reservation, newest first.
type history struct {
	s       *Screen
	id      string // of the reservation
	entries []*storage.JournalEntry
	column  *widgets.Column
	scroll  *container.Scroll
}

// historyHeight is the room of the entries, in units.
const historyHeight float32 = 360

// showHistory opens the dialog for the reservation of the pane.
func (d *detail) showHistory() {
	c := d.s.canvas()
	if c == nil || d.entry == nil {
		return
	}
	h := &history{s: d.s, id: d.entry.Item.Reservation.ID, column: widgets.NewColumn(0)}
	h.scroll = widgets.NewScroll(h.column)
	var dialog *widgets.Dialog
	leave := widgets.NewButton(widgets.Primary, words.T("agenda.close"), "", func() { dialog.Close() })
	dialog = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("agenda.history.title", "title", d.entry.Title), Body: widgets.Tall(historyHeight, h.scroll),
		Buttons: []*widgets.Button{leave}, Default: leave, Width: 560,
	})
	h.read("")
}

// read gets the first page, or the one after an entry.
func (h *history) read(before string) {
	var page []*storage.JournalEntry
	var more bool
	h.s.slow.Do(func(ctx context.Context) (err error) {
		page, more, err = book.History(ctx, h.s.p.Store, h.id, before)
		return err
	}, func() {
		h.entries = append(h.entries, page...)
		h.show(more)
	})
}

func (h *history) show(more bool) {
	var rows []fyne.CanvasObject
	for i, j := range h.entries {
		if i > 0 {
			rows = append(rows, widgets.NewRule())
		}
		rows = append(rows, historyRow(h.s.book.Names().HistoryLine(j, h.s.p.Now())))
	}
	if len(rows) == 0 {
		rows = append(rows, widgets.NewText(words.T("agenda.history.none"), look.SizeBody, look.TextSecondary))
	}
	if more {
		last := h.entries[len(h.entries)-1].ID
		rows = append(rows, widgets.NewRule(), widgets.NewTallLine(look.HeightTableRow, 0,
			widgets.Own(widgets.NewLink(words.T("agenda.history.more"), func() { h.read(last) })), widgets.Space()))
	}
	h.column.SetObjects(rows...)
	h.scroll.Refresh()
}

// historyRow is what was done, by whom and when, and below it what changed.
func historyRow(line book.HistoryLine) fyne.CanvasObject {
	icon, tone := look.StatusEdit, widgets.Info
	switch line.Action {
	case storage.JournalCreate:
		icon = look.StatusCreate
	case storage.JournalDelete:
		icon, tone = look.StatusDisabled, widgets.Neutral
	}
	rows := []fyne.CanvasObject{widgets.NewTallLine(look.HeightInline, 8, widgets.Own(widgets.NewStatusIcon(tone, icon)),
		widgets.Share(widgets.NewText(say.JournalAction(line.Action), look.SizeBody, look.Text).Bold()),
		widgets.Own(widgets.NewWord(line.Who, look.SizeSmall, look.TextSecondary)),
		widgets.Own(widgets.NewWord(line.When, look.SizeSmall, look.TextSecondary)))}
	for _, c := range line.Changes {
		rows = append(rows, widgets.NewPaddedColumn(0, widgets.Insets{Left: 22}, historyChange(c)))
	}
	return widgets.NewPaddedColumn(2, widgets.Insets{Top: 6, Right: 12, Bottom: 8}, rows...)
}

// historyChange is a field, its value before, an arrow and its value after.
func historyChange(c book.HistoryChange) fyne.CanvasObject {
	field := widgets.LineCell{Object: widgets.NewText(c.Field, look.SizeSmall, look.TextSecondary), Width: 128, Top: true}
	value := func(text string, colour fyne.ThemeColorName) widgets.LineCell {
		return widgets.LineCell{Object: widgets.NewParagraph(text, look.SizeSmall, colour), Width: -1, Top: true}
	}
	if c.Before == "" && c.After == "" {
		return widgets.NewLine(8, field, value(words.T("agenda.history.hidden"), look.Text))
	}
	return widgets.NewLine(8, field, value(c.Before, look.TextSecondary),
		widgets.LineCell{Object: widgets.NewIconImage(look.IconArrowRight, 14, look.TextSecondary), Top: true}, value(c.After, look.Text))
}
