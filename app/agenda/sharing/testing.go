package sharing

import (
	"context"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/sync/agenda"
	"diapason/widgets"
	"diapason/widgets/look"
)

// testing reads the link as a calendar program would, and says what came of it.
func (v *Panel) testing() fyne.CanvasObject {
	b := v.board
	said := widgets.NewColumn(4)
	do := widgets.NewButton(widgets.Outlined, words.T("sharing.test"), look.IconRetry, nil)
	do.OnTapped = func() {
		id := b.draft.ID
		do.SetBusy(true)
		b.p.Background(func() {
			d, err := b.p.Service.Test(context.Background(), id)
			b.p.UI(func() {
				do.SetBusy(false)
				if err != nil {
					b.p.Host.Failure(err)
					return
				}
				said.SetObjects(diagnosis(d)...)
				v.column.Refresh()
				v.scroll.Refresh()
				v.scroll.ScrollToBottom() // the answer stands last
			})
		})
	}
	return widgets.NewColumn(8, widgets.NewLine(0, widgets.Own(do), widgets.Space()), said)
}

// diagnosis says how each of the link's addresses answered.
func diagnosis(d agenda.Diagnosis) []fyne.CanvasObject {
	rows := []fyne.CanvasObject{answered("sharing.test.near", d.Near)}
	if d.Public != nil {
		rows = append(rows, answered("sharing.test.public", *d.Public))
	}
	return rows
}

// answered says how one address answered; key is the sentence of an answer that is as it should be.
func answered(key string, a agenda.Answer) fyne.CanvasObject {
	tone, icon := widgets.Success, look.StatusOK
	text := words.N(key, a.Events, "size", say.Size(int64(a.Bytes)))
	if a.Problem != nil {
		tone, icon, text = widgets.Warning, look.StatusAction, say.Problem(a.Problem)
	}
	return widgets.NewLine(8, widgets.LineCell{Object: widgets.NewStatusIcon(tone, icon), Top: true},
		widgets.Share(widgets.NewParagraph(text, look.SizeSmall, look.Text)))
}
