package sharing

import (
	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// newSpace is the item that adds an account.
const newSpace = "new"

// space chooses where on the Internet the link stands, and says how it stands there.
func (v *Panel) space() fyne.CanvasObject {
	b := v.board
	a := b.space()
	if a == nil {
		add := widgets.NewButton(widgets.Outlined, words.T("sharing.space.add"), look.IconPlus, b.p.AddSpace)
		return widgets.NewColumn(8, widgets.NewParagraph(words.T("sharing.space.text"), look.SizeSmall, look.TextSecondary),
			widgets.NewLine(0, widgets.Own(add), widgets.Space()))
	}
	var items []widgets.MenuItem
	for _, s := range b.spaces {
		items = append(items, widgets.MenuItem{ID: s.ID, Text: s.Name, Detail: say.Kind(s.Kind)})
	}
	items = append(items, widgets.MenuItem{ID: newSpace, Text: words.T("sharing.space.add"), Icon: look.IconPlus, Divided: true})
	where := widgets.NewSelectField(words.T("sharing.space"), items, nil)
	where.SetSearchHint(words.T("sharing.search"))
	where.SetValue(a.ID)
	where.OnChosen = func(id string) {
		if id == newSpace {
			where.SetValue(a.ID)
			b.p.AddSpace()
			return
		}
		b.spaceID = id
		b.p.shown()
	}
	rows := []fyne.CanvasObject{where}
	if b.asksPublic(a) {
		address := v.field("public "+a.ID, words.T("sharing.space.public"), "")
		address.SetPlaceHolder(words.T("sharing.space.public.example"))
		address.SetHint(words.T("sharing.space.public.hint"))
		address.OnCommit = func(text string) { b.setPublic(a, text) }
		rows = append(rows, address)
	}
	v.parts.standing = widgets.NewColumn(8)
	return widgets.NewColumn(12, append(rows, v.parts.standing)...)
}

// showStanding writes how the link stands on the account, and what can be done, when that has changed.
func (v *Panel) showStanding() {
	b, p := v.board, v.parts
	a := b.space()
	if p.standing == nil || a == nil {
		return
	}
	there := b.published(a.ID)
	is, wrong := standingOf(there, a)
	text := words.T("sharing.space." + string(is))
	tone, icon := widgets.Info, look.StatusWaiting
	switch is {
	case standingPublished:
		text = publishedSince(there.PublishedAt, b.p.Now())
		tone, icon = widgets.Success, look.StatusOK
	case standingFailed:
		text = say.Problem(wrong)
		tone, icon = widgets.Warning, look.StatusAction
	case standingNone:
		tone, icon = widgets.Neutral, look.StatusDisabled
	}
	if signature := a.ID + "|" + string(is) + "|" + text; signature != p.stood {
		p.stood = signature
		rows := []fyne.CanvasObject{widgets.NewLine(8, widgets.LineCell{Object: widgets.NewStatusIcon(tone, icon), Top: true},
			widgets.Share(widgets.NewParagraph(text, look.SizeSmall, look.Text)))}
		if is == standingPublished && !b.hasPublic(a) {
			rows = append(rows, widgets.NewParagraph(words.T("sharing.space.calendar"), look.SizeSmall, look.TextSecondary))
		}
		if is == standingFailed && (a.Pause != nil || !a.Enabled) {
			repair := widgets.NewLink(words.T("sharing.space.account"), b.p.AddSpace)
			rows = append(rows, widgets.NewLine(0, widgets.Own(repair), widgets.Space()))
		}
		p.standing.SetObjects(append(rows, v.standingActions(a, there, is))...)
	}
}

// standingActions are what can be done about a link on an account.
func (v *Panel) standingActions(a *storage.Account, there *storage.Publication, is standing) fyne.CanvasObject {
	b := v.board
	button := func(key string, icon look.Icon, do func()) widgets.LineCell {
		o := widgets.NewButton(widgets.Outlined, words.T(key), icon, do)
		o.Height = look.HeightInline
		return widgets.Own(o)
	}
	var cells []widgets.LineCell
	if is == standingNone || is == standingLeaving {
		cells = append(cells, button("sharing.space.publish", look.IconInternet, func() { b.publish(a) }))
	}
	if is == standingFailed {
		cells = append(cells, button("sharing.space.again", look.IconRetry, func() { b.again(a) }))
	}
	if there != nil && !there.Leaving {
		cells = append(cells, button("sharing.space.withdraw", look.IconTrash, func() { v.askWithdraw(a) }))
	}
	return widgets.NewLine(8, append(cells, widgets.Space())...)
}

// askWithdraw confirms, by name, that the link can no longer be read on an account.
func (v *Panel) askWithdraw(a *storage.Account) {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.object)
	if c == nil {
		return
	}
	var d *widgets.Dialog
	cancel := widgets.NewButton(widgets.Outlined, words.T("sharing.cancel"), "", func() { d.Close() })
	do := widgets.NewButton(widgets.Danger, words.T("sharing.space.withdrawDo"), "", func() {
		d.Close()
		v.board.withdraw(a)
	})
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title:   words.T("sharing.space.withdrawTitle", "link", v.board.draft.Label, "name", a.Name),
		Body:    widgets.NewParagraph(words.T("sharing.space.withdrawText"), look.SizeBody, look.TextSecondary),
		Buttons: []*widgets.Button{cancel, do}, First: cancel,
	})
}
