package passes

import (
	"context"

	"fyne.io/fyne/v2"

	"diapason/assets/words"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// reach tells how many contacts cannot be recognised by an e-mail of their own.
type reach struct {
	v        *View
	object   fyne.CanvasObject
	line     *widgets.Reflow
	text     *widgets.Text
	without  *widgets.Button
	doubles  *widgets.Button
	readings int // generation of the last one asked for
}

func newReach(v *View) *reach {
	r := &reach{v: v, text: widgets.NewParagraph("", look.SizeSmall, look.TextSecondary)}
	r.without = widgets.NewLink(words.T("passes.reach.show"), v.p.ShowWithoutEmail)
	r.doubles = widgets.NewLink(words.T("passes.reach.doubles"), v.p.ShowDoubles)
	r.without.Tight, r.doubles.Tight = true, true
	icon := widgets.NewIconImage(look.StatusInfo, 14, look.TextSecondary)
	links := widgets.NewLine(16, widgets.Own(r.without), widgets.Own(r.doubles))
	r.line = widgets.NewReflow(panelWide,
		widgets.NewLine(8, widgets.Own(icon), widgets.Share(r.text), widgets.Own(links)),
		widgets.NewColumn(0, r.text, widgets.NewLine(0, widgets.Own(links), widgets.Space())))
	r.object = widgets.NewPaddedColumn(0, widgets.Insets{Left: 4, Right: 4}, r.line)
	r.object.Hide()
	return r
}

// read counts them, away from the interface's goroutine.
func (r *reach) read() {
	r.readings++
	generation := r.readings
	v := r.v
	v.p.Background(func() {
		found, err := v.p.Service.Reach(context.Background())
		v.p.UI(func() {
			switch {
			case generation != r.readings:
			case err != nil:
				v.p.Host.Failure(err)
			default:
				r.show(found)
			}
		})
	})
}

// show writes the numbers; nothing when everybody has an e-mail of their own.
func (r *reach) show(found contacts.Reach) {
	r.text.SetText(words.T("passes.reach", "without", words.N("passes.reach.withoutEmail", found.WithoutEmail),
		"sharing", words.N("passes.reach.sharing", found.SharingEmail)))
	widgets.SetShown(r.without, found.WithoutEmail > 0 && r.v.p.ShowWithoutEmail != nil)
	widgets.SetShown(r.doubles, found.SharingEmail > 0 && r.v.p.ShowDoubles != nil)
	widgets.SetShown(r.object, found.WithoutEmail+found.SharingEmail > 0)
	r.object.Refresh()
	r.v.Relaid()
}
