package sharing

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/sync/agenda"
	"diapason/widgets"
	"diapason/widgets/look"
)

// parts are the objects that are written again in place.
type parts struct {
	checks  map[string]*widgets.Check
	counts  map[string]*widgets.Text
	owner   *widgets.SelectField
	readers *widgets.Column
	size    *widgets.Text
	preview *widgets.Column
	// standing is how the link stands on the Internet, stood what it says; nil when that is not shown.
	standing *widgets.Column
	stood    string
}

// update writes what the board knows.
func (p *parts) update(b *board) {
	for _, t := range b.types {
		p.checks[t.ID].SetState(widgets.CheckedIf(b.shows(t.ID)))
		p.counts[t.ID].SetText(words.Number(b.preview.counts[t.ID]))
	}
	if p.owner != nil {
		p.owner.SetValue(b.draft.OwnerID)
		if b.draft.OwnerID != "" {
			p.owner.SetError("")
		}
	}
	size := words.N("sharing.shown", b.preview.shown)
	if b.preview.Bytes > 0 {
		size = words.N("sharing.events", b.preview.shown, "size", say.Size(int64(b.preview.Bytes)))
	}
	if p.size != nil {
		p.size.SetText(size)
	}
	if p.readers != nil {
		p.readers.SetObjects(readers(b)...)
	}
	p.preview.SetObjects(previewOf(b, size)...)
}

// reaches chooses from where the link is read.
func (v *Panel) reaches() fyne.CanvasObject {
	b := v.board
	cards := []widgets.Choice{
		{ID: string(Computer), Text: words.T("sharing.reach.computer"), Detail: words.T("sharing.reach.computer.detail"), Icon: look.IconLaptop},
		{ID: string(Network), Text: words.T("sharing.reach.network"), Detail: words.T("sharing.reach.network.detail"), Icon: look.IconNetwork},
	}
	if b.urls.Public != "" || b.publishes() {
		cards = append(cards, widgets.Choice{ID: string(Internet), Text: words.T("sharing.reach.internet"), Detail: words.T("sharing.reach.internet.detail"), Icon: look.IconInternet})
	}
	group := widgets.NewCardGroup(cards, func(id string) { b.setReach(Reach(id)) })
	group.Select(string(b.reach))
	objects := []fyne.CanvasObject{group}
	if b.reach == Internet && b.publishes() {
		objects = append(objects, v.space())
	}
	if b.lan && b.reach != Network {
		off := widgets.NewLink(words.T("sharing.network.off"), b.leaveNetwork)
		objects = append(objects, widgets.NewLine(8, widgets.Share(widgets.NewParagraph(words.T("sharing.network.on"), look.SizeSmall, look.TextSecondary)), widgets.Own(off)))
	}
	if refused := b.serving.Refused; refused != nil {
		banner := widgets.NewBanner()
		banner.SetMessage(widgets.Warning, say.Error(refused), "", nil)
		objects = append(objects, banner)
	}
	return section(words.T("sharing.reach"), objects...)
}

// link is the address, to copy and to open.
func (v *Panel) link() fyne.CanvasObject {
	b := v.board
	if b.lost != nil {
		return section(words.T("sharing.link"), widgets.NewParagraph(say.Error(b.lost), look.SizeBody, look.Error))
	}
	address := b.address()
	if address == "" && b.reach == Internet {
		return section(words.T("sharing.link"), widgets.NewParagraph(words.T("sharing.space.noLink"), look.SizeSmall, look.TextSecondary))
	}
	copied := widgets.NewButton(widgets.Outlined, words.T("sharing.copy"), look.IconCopy, func() { b.p.Host.Copy(address) })
	copied.SetEnabled(address != "")
	shown := widgets.NewText(address, look.SizeBody, look.Text)
	box := widgets.NewPanel(widgets.Insets{Top: 6, Right: 10, Bottom: 6, Left: 10}, shown)
	return section(words.T("sharing.link"), widgets.NewLine(8, widgets.Share(box), widgets.Own(copied)))
}

const codeSize float32 = 148 // of the QR code, in units

// reading is the code for a phone, where a phone can read the link, and who read it last.
func (v *Panel) reading() fyne.CanvasObject {
	b := v.board
	v.parts.readers = widgets.NewColumn(6)
	v.parts.size = widgets.NewParagraph("", look.SizeSmall, look.TextSecondary)
	beside := widgets.NewColumn(8, widgets.NewText(words.T("sharing.readings"), look.SizeBody, look.Text).Bold(), v.parts.readers, v.parts.size)
	if b.reach == Computer || b.address() == "" {
		return beside
	}
	code := widgets.NewQRCode(words.T("sharing.code"), codeSize)
	if err := code.SetText(b.address()); err != nil {
		return beside // an address that no code holds is read from the clipboard
	}
	return widgets.NewLine(16, widgets.LineCell{Object: code, Top: true}, widgets.LineCell{Object: beside, Width: -1, Top: true})
}

// readers are the programs that read the link, the latest first.
func readers(b *board) []fyne.CanvasObject {
	link := b.current()
	if link == nil || len(link.Readings) == 0 {
		return []fyne.CanvasObject{widgets.NewParagraph(words.T("sharing.readings.none"), look.SizeSmall, look.TextSecondary)}
	}
	var rows []fyne.CanvasObject
	for i, r := range link.Readings {
		if i == mostReaders {
			break
		}
		rows = append(rows, widgets.NewColumn(0, widgets.NewText(r.Client, look.SizeBody, look.Text),
			widgets.NewLine(6, widgets.Own(widgets.NewStatusIcon(widgets.Success, look.StatusOK)),
				widgets.Share(widgets.NewText(say.Moment(r.At, b.p.Now()), look.SizeSmall, look.TextSecondary)))))
	}
	return rows
}

// mostReaders is how many programs are named.
const mostReaders = 4

// targets gives one link per kind of program, with how soon it shows a change; where there is none, why.
func (v *Panel) targets() fyne.CanvasObject {
	b := v.board
	if b.lost != nil {
		return widgets.NewColumn(0)
	}
	var rows []fyne.CanvasObject
	for _, o := range b.urls.Offers() {
		text := words.T("sharing.target." + string(o.Target) + ".delay")
		cells := []widgets.LineCell{}
		switch {
		case o.Why != nil:
			text = say.Problem(o.Why)
		case o.Target == agenda.TargetApple:
			open := widgets.NewButton(widgets.Outlined, words.T("sharing.open"), look.IconAgendaOpen, func() { b.p.Host.OpenURL(o.URL) })
			open.Height = look.HeightInline
			cells = append(cells, widgets.LineCell{Object: open, Top: true})
		case o.Target == agenda.TargetAndroid:
			code := widgets.NewButton(widgets.Outlined, words.T("sharing.code.show"), look.IconCode, func() { v.showCode(o.URL) })
			code.Height = look.HeightInline
			cells = append(cells, widgets.LineCell{Object: code, Top: true})
		default:
			copied := widgets.NewButton(widgets.Outlined, words.T("sharing.copy"), look.IconCopy, func() { b.p.Host.Copy(o.URL) })
			copied.Height = look.HeightInline
			cells = append(cells, widgets.LineCell{Object: copied, Top: true})
		}
		what := widgets.NewColumn(2, widgets.NewParagraph(words.T("sharing.target."+string(o.Target)), look.SizeBody, look.Text),
			widgets.NewParagraph(text, look.SizeSmall, look.TextSecondary))
		rows = append(rows, widgets.NewLine(8, append([]widgets.LineCell{{Object: what, Width: -1, Top: true}}, cells...)...))
	}
	return section(words.T("sharing.targets"), rows...)
}

// showCode shows the code of an address by itself.
func (v *Panel) showCode(address string) {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.object)
	if c == nil {
		return
	}
	code := widgets.NewQRCode(words.T("sharing.code"), 280)
	if err := code.SetText(address); err != nil {
		v.board.p.Host.Copy(address)
		return
	}
	var d *widgets.Dialog
	done := widgets.NewButton(widgets.Primary, words.T("sharing.close"), "", func() { d.Close() })
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title:   words.T("sharing.code"),
		Body:    widgets.NewColumn(12, container.NewCenter(code), widgets.NewParagraph(words.T("sharing.code.text"), look.SizeSmall, look.TextSecondary)),
		Buttons: []*widgets.Button{done}, Default: done,
	})
}

// preview says what the link shows.
func (v *Panel) preview() fyne.CanvasObject {
	v.parts.preview = widgets.NewColumn(4)
	return section(words.T("sharing.preview"), v.parts.preview)
}

func previewOf(b *board, size string) []fyne.CanvasObject {
	rows := []fyne.CanvasObject{widgets.NewParagraph(size, look.SizeBody, look.Text)}
	if b.preview.Narrowed {
		rows = append(rows, widgets.NewParagraph(words.T("sharing.narrowed", "back", words.Number(b.preview.MonthsBack),
			"ahead", words.Number(b.preview.MonthsAhead)), look.SizeSmall, look.Warning))
	}
	for _, it := range b.preview.next {
		rows = append(rows, widgets.NewText(words.T("sharing.preview.next", "when", say.Moment(it.From, b.p.Now()), "title", it.Details.Title),
			look.SizeSmall, look.TextSecondary))
	}
	if n := len(b.preview.SetAside); n > 0 {
		rows = append(rows, widgets.NewParagraph(words.N("sharing.aside", n), look.SizeSmall, look.Warning))
	}
	return rows
}

// ending is what ends the link, and starts another one.
func (v *Panel) ending() fyne.CanvasObject {
	b := v.board
	revoke := widgets.NewButton(widgets.Plain, words.T("sharing.end"), look.IconChevronDown, nil)
	revoke.IconLast = true
	revoke.OnTapped = func() {
		widgets.ShowMenuBelow(revoke, widgets.MenuParams{
			Items: []widgets.MenuItem{
				{ID: "again", Text: words.T("sharing.regenerate"), Icon: look.IconRetry},
				{ID: "revoke", Text: words.T("sharing.revoke"), Icon: look.IconTrash, Danger: true},
			}, MinWidth: 220, OnChosen: func(id string) { v.ask(id == "revoke") },
		})
	}
	another := widgets.NewButton(widgets.Link, words.T("sharing.another"), "", func() { b.begin("") })
	return foot(widgets.Own(revoke), widgets.Space(), widgets.Own(another))
}

// ask confirms, by name, what stops the present address from working.
func (v *Panel) ask(revoke bool) {
	b := v.board
	link := b.current()
	c := fyne.CurrentApp().Driver().CanvasForObject(v.object)
	if link == nil || c == nil {
		return
	}
	key, name, id := "sharing.regenerate.", link.Label, link.ID
	kind := widgets.Primary
	if revoke {
		key, kind = "sharing.revoke.", widgets.Danger
	}
	var d *widgets.Dialog
	cancel := widgets.NewButton(widgets.Outlined, words.T("sharing.cancel"), "", func() { d.Close() })
	do := widgets.NewButton(kind, words.T(key+"do"), "", func() {
		d.Close()
		b.do(func(ctx context.Context) error {
			if revoke {
				return b.p.Service.RevokeLink(ctx, id)
			}
			return b.p.Service.RegenerateLink(ctx, id)
		}, func() { b.p.Host.Toast(words.T(key+"done", "name", name), "", nil) })
	})
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T(key+"title", "name", name), Body: widgets.NewParagraph(words.N(key+"text", len(link.Readings)), look.SizeBody, look.TextSecondary),
		Buttons: []*widgets.Button{cancel, do}, First: cancel,
	})
}

// newSwatch is a small square in a type's colour.
func newSwatch(color string) fyne.CanvasObject {
	r := canvas.NewRectangle(look.HueOf(color).Text())
	r.CornerRadius = 3
	r.SetMinSize(fyne.NewSize(10, 10))
	return container.NewCenter(r)
}
