package establishments

import (
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"diapason/app/establishments/list"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// canvas gives the window's canvas, nil while the screen is not shown.
func (v *View) canvas() fyne.Canvas { return fyne.CurrentApp().Driver().CanvasForObject(v.frame) }

// syncChosen sends the ticked establishments; with none ticked it asks first, because that is all of the list.
func (v *View) syncChosen() {
	if v.list.SelectedCount() > 0 {
		v.list.Sync(v.list.SyncScope())
		return
	}
	v.list.WhenWhole(v.syncAll)
}

func (v *View) syncAll() {
	ids := v.list.SyncScope()
	if len(v.list.Accounts()) == 0 || len(ids) == 0 {
		v.list.Sync(ids)
		return
	}
	c := v.canvas()
	if c == nil {
		return
	}
	var d *widgets.Dialog
	cancel := widgets.NewButton(widgets.Outlined, word("dialog.cancel"), "", func() { d.Close() })
	send := widgets.NewButton(widgets.Primary, word("sync"), look.IconSync, func() { d.Close(); v.list.Sync(ids) })
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title:   words.N("list.confirmSync", len(ids)),
		Body:    widgets.NewParagraph(word("confirmSyncText"), look.SizeBody, look.TextSecondary),
		Buttons: []*widgets.Button{cancel, send}, Default: send, First: cancel,
	})
}

// creation is the dialog of a new establishment.
type creation struct {
	v                       *View
	name, street, zip, city *widgets.Field
	country                 *widgets.Field
	dialog                  *widgets.Dialog
	submit                  *widgets.Button
	byField                 map[storage.Field]*widgets.Field
}

// create asks for name, address and country, and makes an establishment of them.
func (v *View) create() {
	c := v.canvas()
	if c == nil {
		return
	}
	n := &creation{
		v: v, name: widgets.NewField(word("create.name")), street: widgets.NewField(word("create.street")),
		zip: widgets.NewField(word("create.zip")), city: widgets.NewField(word("create.city")),
		country: widgets.NewField(word("create.country")),
	}
	n.byField = map[storage.Field]*widgets.Field{
		storage.FieldName: n.name, storage.FieldStreet: n.street, storage.FieldZip: n.zip, storage.FieldCity: n.city,
		storage.FieldCountry: n.country,
	}
	v.creation = n
	n.country.SetValue(storage.CountryName("FR", words.Lang()))
	n.submit = widgets.NewButton(widgets.Primary, word("create.submit"), "", n.send)
	cancel := widgets.NewButton(widgets.Outlined, word("dialog.cancel"), "", func() { n.dialog.Close() })
	n.dialog = widgets.ShowDialog(c, widgets.DialogParams{
		Title: word("create.title"),
		Body: widgets.NewColumn(
			12, n.name, n.street,
			widgets.NewLine(12, widgets.LineCell{Object: n.zip, Width: 120, Top: true}, widgets.LineCell{Object: n.city, Width: -1, Top: true}),
			n.country,
		),
		Buttons: []*widgets.Button{cancel, n.submit}, Default: n.submit, First: n.name.Focusable(),
	})
}

// send creates, or says beside the fields what is wrong.
func (n *creation) send() {
	for _, f := range n.byField {
		f.SetError("")
	}
	asked := list.NewEstablishment{
		Name: n.name.Value(), Street: n.street.Value(), Zip: n.zip.Value(), City: n.city.Value(), Country: n.country.Value(),
	}
	n.submit.SetBusy(true)
	n.v.list.Create(asked, func(id string, err error) {
		n.submit.SetBusy(false)
		var problems storage.Problems
		var one *storage.Problem
		switch {
		case errors.As(err, &problems):
			n.mark(problems)
		case errors.As(err, &one) && n.byField[one.Field] != nil:
			n.mark(storage.Problems{one})
		case err != nil:
			n.dialog.Close()
			n.v.p.Host.Failure(err)
		default:
			n.dialog.Close()
			n.v.p.Host.Toast(words.T("list.created", "name", asked.Name), "", nil)
			n.v.Open(id)
		}
	})
}

// mark shows problems beside their fields and goes to the first.
func (n *creation) mark(problems storage.Problems) {
	for i, p := range problems {
		f := n.byField[p.Field]
		if f == nil {
			f = n.name
		}
		f.SetError(say.Problem(p))
		if i == 0 {
			widgets.Focus(f.Focusable())
		}
	}
	n.dialog.Refresh()
}

// relabel asks which labels several establishments are to bear: those all of them have are ticked, those that some bear
// are half ticked and stay as they are until pressed.
func (v *View) relabel(ids []string) {
	c := v.canvas()
	if c == nil {
		return
	}
	fresh := widgets.NewField(word("label.new"))
	fresh.SetHint(word("label.hint"))
	counts := v.list.LabelCounts(ids)
	wanted := map[string]bool{}
	var parts []fyne.CanvasObject
	for _, label := range counts {
		check := widgets.NewCheck(label.Name, func(on bool) { wanted[label.Name] = on })
		switch label.Count {
		case 0:
		case len(ids):
			check.SetState(widgets.On)
		default:
			check.SetState(widgets.Mixed)
		}
		parts = append(parts, check)
	}
	var d *widgets.Dialog
	apply := widgets.NewButton(widgets.Primary, word("label.apply"), "", func() {
		d.Close()
		var add, remove []string
		for name, on := range wanted {
			if on {
				add = append(add, name)
			} else {
				remove = append(remove, name)
			}
		}
		for name := range strings.SplitSeq(fresh.Value(), ";") {
			if name = strings.TrimSpace(name); name != "" {
				add = append(add, name)
			}
		}
		v.list.Relabel(ids, add, remove)
	})
	cancel := widgets.NewButton(widgets.Outlined, word("dialog.cancel"), "", func() { d.Close() })
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.N("list.label.title", len(ids)), Body: widgets.NewColumn(8, append(parts, fresh)...),
		Buttons: []*widgets.Button{cancel, apply}, Default: apply, First: fresh.Focusable(),
	})
}
