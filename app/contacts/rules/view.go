package rules

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/elsewhere"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/contacts/fieldmap"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Service is what is asked of the contacts.
type Service interface {
	Standings(ctx context.Context) ([]contacts.Standing, error)
	FieldMaps(a *storage.Account) (now, original fieldmap.Map, err error)
	SetFieldMap(a *storage.Account, m fieldmap.Map) error
}

// Engine keeps the account: its lane must know the new map before the next pass.
type Engine interface {
	AddAccountWith(ctx context.Context, a *storage.Account, secrets map[string]string) error
	SetAccountEnabled(ctx context.Context, id string, on bool) error
}

// Host is what is asked of the window.
type Host interface {
	Toast(text, action string, do func())
	Failure(err error)
}

// Params are what the dialog needs; all but Background are required.
type Params struct {
	Service    Service
	Engine     Engine
	Host       Host
	Canvas     func() fyne.Canvas // the window's
	UI         func(func())
	Background func(func()) // nil: a new goroutine each
}

// Rules opens the dialog. Its methods are called on the interface's goroutine.
type Rules struct {
	p    Params
	slow elsewhere.Worker
}

// New makes it.
func New(p Params) *Rules {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	return &Rules{p, elsewhere.Worker{Background: p.Background, UI: p.UI, Failed: p.Host.Failure}}
}

// Open shows the rules of an account; "": of the first one.
func (r *Rules) Open(accountID string) {
	var accounts []*storage.Account
	r.slow.Do(func(ctx context.Context) error {
		standings, err := r.p.Service.Standings(ctx)
		for _, s := range standings {
			accounts = append(accounts, s.Account)
		}
		return err
	}, func() {
		if c := r.p.Canvas(); c != nil && len(accounts) > 0 {
			r.open(c, accounts, accountID)
		}
	})
}

// The two directions, each a table.
const (
	outward = "out" // Diapason → book
	inward  = "in"  // book → Diapason
)

// view is the dialog.
type view struct {
	r        *Rules
	accounts []*storage.Account
	account  *storage.Account
	draft    *draft
	way      string // the table in front

	head    *widgets.Column
	company *widgets.SelectField
	known   *widgets.Check
	tabs    *widgets.Tabs
	table   *widgets.Column
	scroll  *container.Scroll
	rows    map[storage.Field]*widgets.SelectField // of the table in front
	remark  *widgets.Banner
	reset   *widgets.Button
	save    *widgets.Button
	dialog  *widgets.Dialog
}

// Sizes of the dialog, in units. The table scrolls; in a low window what is above it does too.
const (
	dialogWidth  float32 = 760
	mostTable    float32 = 320
	aroundTable  float32 = 470 // what else the dialog holds, and the window's edge
	lowWindow    float32 = 640
	aroundScroll float32 = 270 // the same, where only title, remark and buttons stand still
)

// body puts the parts together for a window's height.
func (v *view) body(height float32) fyne.CanvasObject {
	tabs := widgets.NewColumn(0, v.tabs, widgets.NewRule())
	if height < lowWindow {
		v.scroll.Content = widgets.NewPaddedColumn(12, widgets.Insets{Right: 16}, v.head, tabs, v.table)
		v.scroll.SetMinSize(fyne.NewSize(0, max(height-aroundScroll, 0)))
		return widgets.NewColumn(12, v.scroll, v.remark)
	}
	v.scroll.SetMinSize(fyne.NewSize(0, min(mostTable, height-aroundTable)))
	return widgets.NewColumn(12, v.head, tabs, v.scroll, v.remark)
}

func (r *Rules) open(c fyne.Canvas, accounts []*storage.Account, accountID string) *view {
	v := &view{r: r, accounts: accounts, way: outward, head: widgets.NewColumn(12), table: widgets.NewColumn(8), remark: widgets.NewBanner()}
	v.scroll = widgets.NewScroll(widgets.NewPaddedColumn(0, widgets.Insets{Right: 16}, v.table))
	v.tabs = widgets.NewTabs([]widgets.Choice{{ID: outward}, {ID: inward}}, v.turn) // the first one is in front
	cancel := widgets.NewButton(widgets.Outlined, words.T("contacts.rules.cancel"), "", func() { v.dialog.Close() })
	v.reset = widgets.NewButton(widgets.Plain, words.T("contacts.rules.reset"), look.IconUndo, v.original)
	v.save = widgets.NewButton(widgets.Primary, words.T("contacts.rules.save"), "", v.keep)
	v.account = accounts[0]
	for _, a := range accounts {
		if a.ID == accountID {
			v.account = a
		}
	}
	v.begin()
	v.dialog = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("contacts.rules.title"), Width: dialogWidth, First: cancel, Buttons: []*widgets.Button{v.reset, cancel, v.save},
		Body: v.body(c.Size().Height),
	})
	return v
}

// begin shows the rules of the account.
func (v *view) begin() {
	now, original, err := v.r.p.Service.FieldMaps(v.account)
	if err != nil { // the rules that it has cannot be read: the original ones are proposed
		now = original
	}
	v.draft = newDraft(now, original)
	if err != nil {
		v.draft.begun = ""
	}
	v.buildHead()
	v.build()
	if err != nil {
		v.remark.SetMessage(widgets.Warning, say.Error(err), "", nil)
	}
}

// buildHead makes the account's list, when there are several, and what is decided for the whole table.
func (v *view) buildHead() {
	var rows []fyne.CanvasObject
	if len(v.accounts) > 1 {
		items := make([]widgets.MenuItem, len(v.accounts))
		for i, a := range v.accounts {
			items[i] = widgets.MenuItem{ID: a.ID, Text: a.Name}
		}
		account := widgets.NewSelectField(words.T("contacts.rules.account"), items, v.change)
		account.SetValue(v.account.ID)
		rows = append(rows, account)
	}
	word := func(how fieldmap.Receive) widgets.MenuItem {
		return widgets.MenuItem{ID: string(how), Text: words.T("contacts.rules.company." + string(how))}
	}
	v.company = widgets.NewSelectField(words.T("contacts.rules.company", "book", v.book()),
		[]widgets.MenuItem{word(fieldmap.ReceiveNote), word(fieldmap.ReceiveField), word(fieldmap.ReceiveIgnore)}, func(id string) {
			v.draft.setCompany(fieldmap.Receive(id))
			v.build()
		})
	v.company.SetPlaceHolder(words.T("contacts.rules.company.each"))
	v.known = widgets.NewCheck(words.T("contacts.rules.known"), func(on bool) {
		v.draft.known = on
		v.show()
	})
	rows = append(rows, v.company, v.known)
	v.head.SetObjects(rows...)
	var ways []widgets.Choice
	for _, way := range []string{outward, inward} {
		ways = append(ways, widgets.Choice{ID: way, Text: words.T("contacts.rules."+way, "book", v.book())})
	}
	v.tabs.SetChoices(ways)
}

// book names the sort of the account: « Google », « CardDAV ».
func (v *view) book() string { return words.T("contacts.rules.book." + v.account.Kind) }

// change shows the rules of another account; what was not kept of this one is given up.
func (v *view) change(id string) {
	for _, a := range v.accounts {
		if a.ID == id {
			v.account = a
		}
	}
	v.begin()
	v.dialog.Refresh()
}

// turn brings the other table to the front.
func (v *view) turn(way string) {
	v.way = way
	v.build()
	v.scroll.ScrollToTop()
}

// original brings back the rules that nobody edited; they are kept with « Enregistrer ».
func (v *view) original() {
	v.draft.reset()
	v.build()
}

// build makes the table in front.
func (v *view) build() {
	v.rows = map[storage.Field]*widgets.SelectField{}
	fields, from, row := v.draft.ours, words.T("contacts.rules.here"), v.outRow
	if v.way == inward {
		fields, from, row = v.draft.theirs, v.book(), v.inRow
	}
	there := words.T("contacts.rules.there."+v.way, "book", v.book())
	objects := []fyne.CanvasObject{line(widgets.NewText(from, look.SizeSmall, look.TextSecondary), widgets.NewText(there, look.SizeSmall, look.TextSecondary))}
	for _, f := range fields {
		name, list := row(f)
		v.rows[f] = list
		objects = append(objects, line(widgets.NewText(name, look.SizeBody, look.Text), list))
	}
	v.table.SetObjects(objects...)
	v.show()
}

// line is a line of the table: a name, and what is chosen for it.
func line(name, choice fyne.CanvasObject) fyne.CanvasObject {
	return widgets.NewLine(12, widgets.LineCell{Object: name, Width: -1}, widgets.LineCell{Object: choice, Width: -1})
}

// show draws what follows from the draft, and whether it can be kept.
func (v *view) show() {
	v.company.SetValue(string(v.draft.company()))
	v.known.SetState(widgets.CheckedIf(v.draft.known))
	v.known.SetEnabled(v.draft.notes())
	for f, list := range v.rows {
		v.showRow(f, list)
	}
	v.reset.SetEnabled(v.draft.fields().String() != v.draft.original.String())
	v.save.SetEnabled(v.draft.changed() && v.draft.sound())
	v.remark.Hide()
	if v.draft.changed() {
		v.remark.SetMessage(widgets.Info, words.T("contacts.rules.anew"), "", nil)
		v.remark.Show()
	}
	v.scroll.Refresh()
	if v.dialog != nil {
		v.dialog.Refresh()
	}
}

// keep keeps the rules with the account. An account that was switched off stays off.
func (v *view) keep() {
	a, off := *v.account, !v.account.Enabled
	if err := v.r.p.Service.SetFieldMap(&a, v.draft.fields()); err != nil {
		v.refuse(err)
		return
	}
	v.save.SetBusy(true)
	v.r.p.Background(func() {
		err := v.r.p.Engine.AddAccountWith(context.Background(), &a, nil)
		if err == nil && off {
			err = v.r.p.Engine.SetAccountEnabled(context.Background(), a.ID, false)
		}
		v.r.p.UI(func() {
			v.save.SetBusy(false)
			if err != nil {
				v.refuse(err)
				return
			}
			v.dialog.Close()
			v.r.p.Host.Toast(words.T("contacts.rules.saved", "name", a.Name), "", nil)
		})
	})
}

// refuse says in the dialog why the rules cannot be kept.
func (v *view) refuse(err error) {
	var p *storage.Problem
	if !errors.As(err, &p) {
		v.r.p.Host.Failure(err)
		return
	}
	v.remark.SetMessage(widgets.Error, say.Problem(p), "", nil)
	v.remark.Show()
	v.dialog.Refresh()
}
