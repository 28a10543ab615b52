package shell

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Refusal says why a workspace cannot be opened, and what can be done about it.
type Refusal struct {
	Reason error
	// Offer is the sentence about the backup that would mend it, "" without one; Restore puts that backup in place.
	Offer   string
	Restore func(ctx context.Context) error
	App     fyne.App // nil makes the program's own
}

// Refuse shows a refusal until its window is closed. Nothing is restored unless the user asks for it.
func Refuse(ctx context.Context, r Refusal) error {
	if r.App == nil {
		r.App = app.NewWithID(appID)
	}
	w, err := refusalWindow(ctx, r)
	if err != nil {
		return err
	}
	done := context.AfterFunc(ctx, func() { fyne.Do(r.App.Quit) })
	defer done()
	ending := takeEnding(r.App)
	w.ShowAndRun()
	ending()
	return nil
}

func refusalWindow(ctx context.Context, r Refusal) (fyne.Window, error) {
	prefs := preferences{r.App.Preferences()}
	if err := useLanguage(prefs.language()); err != nil {
		return nil, err
	}
	if err := prefs.applyScale(); err != nil {
		return nil, err
	}
	r.App.Settings().SetTheme(look.NewTheme(themeModes[prefs.theme()]))
	w := r.App.NewWindow(words.T("app.name"))
	w.SetPadded(false)
	w.SetMaster()
	w.Resize(fyne.NewSize(640, 320))

	reason := widgets.NewParagraph(say.Error(r.Reason), look.SizeBody, look.Text)
	offer := widgets.NewParagraph(r.Offer, look.SizeBody, look.TextSecondary)
	closing := widgets.NewButton(widgets.Outlined, words.T("shell.close"), "", r.App.Quit)
	buttons := []widgets.LineCell{widgets.Own(closing)}
	if r.Offer != "" {
		var restore *widgets.Button
		restore = widgets.NewButton(widgets.Primary, words.T("shell.refusal.restore"), look.IconHistory, func() {
			restore.Disable()
			go func() {
				err := r.Restore(ctx)
				fyne.Do(func() {
					restore.Hide()
					if err != nil {
						reason.SetText(say.Error(err))
						return
					}
					reason.SetText(words.T("shell.refusal.restored"))
					offer.SetText("")
				})
			}()
		})
		buttons = append(buttons, widgets.Own(restore))
	}
	title := widgets.NewText(words.T("shell.refusal.title"), look.SizeTitle, look.Text).Bold()
	w.SetContent(widgets.NewGround(look.Surface, widgets.NewPaddedColumn(16, widgets.Insets{Top: 24, Right: 24, Bottom: 24, Left: 24},
		title, reason, offer, widgets.NewLine(8, buttons...))))
	return w, nil
}
