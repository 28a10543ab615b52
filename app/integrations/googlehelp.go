package integrations

import (
	"strconv"

	"fyne.io/fyne/v2"

	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// googleConsole is where people register a program of their own.
const googleConsole = "https://console.cloud.google.com/"

// helpSteps is how many steps lead to a client of one's own; each is the translation key "integrations.help." + number.
const helpSteps = 6

// showHelp tells, step by step, how a person gets a client of their own from Google: a program that was double-clicked has
// no page of documentation beside it.
func (s *Screen) showHelp() {
	c := fyne.CurrentApp().Driver().CanvasForObject(s.content)
	if c == nil {
		return
	}
	rows := []fyne.CanvasObject{widgets.NewParagraph(words.T("integrations.help.why"), look.SizeBody, look.TextSecondary)}
	for n := 1; n <= helpSteps; n++ {
		text := strconv.Itoa(n)
		rows = append(rows, widgets.NewLine(8,
			widgets.LineCell{Object: widgets.NewText(text, look.SizeBody, look.Text).Bold(), Width: 16, Top: true},
			widgets.LineCell{Object: widgets.NewParagraph(words.T("integrations.help."+text), look.SizeBody, look.Text), Width: -1, Top: true}))
	}
	rows = append(rows, widgets.NewLine(8, widgets.LineCell{Object: widgets.NewStatusIcon(widgets.Warning, look.StatusAction), Top: true},
		widgets.Share(widgets.NewParagraph(words.T("integrations.help.testing"), look.SizeBody, look.Text))))
	var d *widgets.Dialog
	console := widgets.NewButton(widgets.Outlined, words.T("integrations.help.console"), "", func() { s.p.Host.OpenURL(googleConsole) })
	end := widgets.NewButton(widgets.Primary, words.T("integrations.help.close"), "", func() { d.Close() })
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("integrations.help.title"), Body: widgets.NewColumn(8, rows...), Buttons: []*widgets.Button{console, end}, First: end,
		Width: 600,
	})
}
