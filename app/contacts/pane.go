package contacts

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/contacts/form"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// pane is one contact, or a new one, to read and to fill in. Nothing is kept before « Enregistrer ».
type pane struct {
	s       *Screen
	contact *storage.Contact // nil while the pane is closed
	books   []string         // names of the accounts that it is kept in tune with
	form    *form.Form
	saving  bool // what was written is on its way to the store

	object fyne.CanvasObject
	title  *widgets.Text
	banner *widgets.Banner
	column *widgets.Column
	scroll *container.Scroll
	save   *widgets.Button
	remove *widgets.Button
	wrong  *widgets.Text // what belongs to no field
	fields map[storage.Field]*widgets.Field
	lines  map[*form.Line]*line // made once each: a field keeps its cursor and the keyboard when the others change
	labels *widgets.Field
}

// line is what a line of the form is typed in.
type line struct {
	object fyne.CanvasObject
	first  *widgets.Field
	show   func() // writes what the line says
}

func newPane(s *Screen) *pane {
	p := &pane{s: s, title: widgets.NewText("", look.SizeSubtitle, look.Text).Bold(), banner: widgets.NewBanner()}
	p.wrong = widgets.NewParagraph("", look.SizeSmall, look.Error)
	p.banner.Hide()
	p.column = widgets.NewPaddedColumn(12, widgets.Insets{Top: 12, Right: 20, Bottom: 20, Left: 20})
	p.scroll = widgets.NewScroll(p.column)
	leave := widgets.NewIconButton(widgets.Plain, words.T("contacts.close"), look.IconClose, s.leave)
	p.save = widgets.NewButton(widgets.Primary, words.T("contacts.save"), "", p.submit)
	p.remove = widgets.NewButton(widgets.Plain, words.T("contacts.remove"), look.IconTrash, func() { s.trash(p.contact) })
	foot := widgets.NewColumn(0, widgets.NewRule(), widgets.NewPaddedColumn(0, widgets.Insets{Top: 12, Right: 20, Bottom: 12, Left: 12},
		widgets.NewLine(8, widgets.Own(p.remove), widgets.Space(), widgets.Own(p.save))))
	head := widgets.NewPaddedColumn(0, widgets.Insets{Top: 10, Right: 12, Bottom: 4, Left: 20},
		widgets.NewLine(8, widgets.Own(widgets.NewIconImage(look.IconContacts, 18, look.AccentText)), widgets.Share(p.title), widgets.Own(leave)))
	banner := widgets.NewPaddedColumn(0, widgets.Insets{Left: 20, Right: 20}, p.banner)
	p.object = widgets.NewGround(look.Surface, widgets.NewFrame(widgets.NewColumn(0, head, banner), foot, nil, nil, p.scroll))
	return p
}

// shown reports whether the pane is open.
func (p *pane) shown() bool { return p.contact != nil }

// open shows a contact; one without an ID is new. The one that is shown already stays as it is.
func (p *pane) open(c *storage.Contact, books []string) {
	p.s.tabs.show(tabList)
	if p.shown() && c.ID != "" && p.contact.ID == c.ID {
		p.follow()
		return
	}
	p.putAside()
	p.begin(c, books, form.Of(&c.Card))
}

// begin shows a contact as it is filled in.
func (p *pane) begin(c *storage.Contact, books []string, filled *form.Form) {
	p.contact, p.books, p.form, p.saving = c, books, filled, false
	p.wrong.SetText("")
	p.save.SetBusy(false)
	p.lines, p.labels = map[*form.Line]*line{}, nil
	p.s.header.show() // one primary button: the pane's
	p.build()
	p.scroll.ScrollToTop()
	p.s.arrange()
	p.s.p.Host.StatusChanged()
	if canvas := p.s.canvas(); c.ID == "" && canvas != nil {
		canvas.Focus(p.fields[storage.FieldGivenName].Focusable()) // it was not drawn yet: it does not know its window
	}
}

// close shows nothing any more.
func (p *pane) close() {
	p.contact = nil
	p.s.header.show()
	p.s.arrange()
	p.s.p.Host.StatusChanged()
}

// leave closes the pane; what was written can be taken up again.
func (p *pane) leave() {
	if p.shown() {
		p.putAside()
		p.close()
	}
}

// putAside offers to take up again what was written and is not kept.
func (p *pane) putAside() {
	if !p.shown() || !p.form.Changed() {
		return
	}
	contact, books, filled := p.contact, p.books, p.form
	p.s.p.Host.Toast(words.T("contacts.left"), words.T("contacts.left.resume"), func() {
		p.s.tabs.show(tabList)
		p.putAside()
		p.begin(contact, books, filled)
		p.follow()
	})
}

// follow reads the contact shown again: what changed meanwhile is shown, what was written here stays. One that is gone
// closes, unless something was written.
func (p *pane) follow() {
	if !p.shown() || p.contact.ID == "" || p.saving {
		return
	}
	id, revision := p.contact.ID, p.contact.Revision
	var now *storage.Contact
	var books []string
	p.s.slow.Do(func(ctx context.Context) error {
		return p.s.p.Store.View(ctx, func(tx storage.Reader) (err error) {
			if now, err = tx.Contact(id); errors.Is(err, storage.ErrNotFound) {
				return nil
			} else if err != nil {
				return err
			}
			books, err = booksOf(tx, id)
			return err
		})
	}, func() {
		switch {
		case !p.shown() || p.contact.ID != id || p.contact.Revision != revision || p.saving:
		case now == nil && !p.form.Changed():
			p.close()
		case now != nil && now.Revision != revision:
			p.renew(now, books)
		}
	})
}

// renew shows the contact as it is by now; what was written here stays.
func (p *pane) renew(now *storage.Contact, books []string) {
	p.contact, p.books = now, books
	p.form.Follow(&now.Card)
	p.build()
}

// beside are the fields that share a row with the one that follows.
var beside = map[storage.Field]storage.Field{
	storage.FieldGivenName: storage.FieldFamilyName, storage.FieldOrganization: storage.FieldTitle,
	"phone.personalMobile": "phone.personal", "phone.professionalMobile": "phone.professional",
}

// build makes the fields.
func (p *pane) build() {
	c := p.contact
	p.title.SetText(c.FullName())
	if c.ID == "" {
		p.title.SetText(words.T("contacts.new"))
	}
	p.showState()
	p.fields = map[storage.Field]*widgets.Field{}
	objects := make([]fyne.CanvasObject, 0, len(p.form.Lines)+4)
	for i := 0; i < len(p.form.Lines); i++ {
		l := p.form.Lines[i]
		if i+1 == len(p.form.Lines) || beside[l.Field] != p.form.Lines[i+1].Field {
			objects = append(objects, p.line(l))
			continue
		}
		i++
		objects = append(objects, widgets.NewLine(12, widgets.LineCell{Object: p.line(l), Width: -1, Top: true},
			widgets.LineCell{Object: p.line(p.form.Lines[i]), Width: -1, Top: true}))
	}
	if p.labels == nil {
		p.labels = widgets.NewField(say.ContactField(storage.FieldLabels))
		p.labels.SetHint(words.T("contacts.labels.hint"))
		p.labels.OnChanged = func(text string) { p.form.Labels = text }
	}
	p.labels.SetValue(p.form.Labels)
	p.fields[storage.FieldLabels] = p.labels
	var add *widgets.Button
	add = widgets.NewButton(widgets.Plain, words.T("contacts.add"), look.IconPlus, func() { p.addMenu(add) })
	add.Tight = true
	objects = append(objects, p.labels, widgets.NewLine(0, widgets.Own(add), widgets.Space()), p.wrong)
	p.column.SetObjects(objects...)
	p.scroll.Refresh()
	p.object.Refresh()
}

// showState tells where the contact is: in the trash, or kept in tune with which accounts.
func (p *pane) showState() {
	switch c := p.contact; {
	case c.ID == "":
		p.banner.Hide()
		p.remove.Hide()
		return
	case !c.TrashedAt.IsZero():
		until := c.TrashedAt.Add(storage.TrashKept).In(p.s.p.Now().Location())
		p.banner.SetMessage(widgets.Warning, words.T("contacts.inTrash", "when", say.Date(storage.DateOf(until))), "", nil)
		p.banner.Show()
		p.remove.Icon = look.IconUndo
		p.remove.SetText(words.T("contacts.restore"))
	default:
		p.banner.Hide()
		if len(p.books) > 0 {
			p.banner.SetMessage(widgets.Info, words.T("contacts.linked", "accounts", strings.Join(p.books, ", ")), "", nil)
			p.banner.Show()
		}
		p.remove.Icon = look.IconTrash
		p.remove.SetText(words.T("contacts.remove"))
	}
	p.remove.Show()
}

// line gives the field of a line, with what the line says.
func (p *pane) line(l *form.Line) fyne.CanvasObject {
	made := p.lines[l]
	if made == nil {
		made = newLine(l)
		p.lines[l] = made
	}
	made.show()
	if p.fields[l.Field] == nil {
		p.fields[l.Field] = made.first
	}
	return made.object
}

// newLine makes the field of a line, or those of an address.
func newLine(l *form.Line) *line {
	label := say.ContactField(l.Field)
	if l.IsAddress() {
		return newAddress(label, &l.Address)
	}
	f := widgets.NewField(label)
	if l.Field == storage.FieldNote {
		f = widgets.NewTextArea(label, 4)
	}
	if l.Field == storage.FieldBirthday {
		f.SetHint(words.T("contacts.birthday.hint"))
	}
	f.OnChanged = func(text string) { l.Text = text }
	return &line{f, f, func() { f.SetValue(l.Text) }}
}

// newAddress makes the fields of an address.
func newAddress(label string, a *storage.CardAddress) *line {
	var shows []func()
	part := func(f *widgets.Field, value *string) *widgets.Field {
		f.OnChanged = func(text string) { *value = text }
		shows = append(shows, func() { f.SetValue(*value) })
		return f
	}
	named := func(id string, value *string) *widgets.Field {
		return part(widgets.NewField(words.T("contacts.address."+id)), value)
	}
	street := part(widgets.NewTextArea(label, 2), &a.Street)
	object := widgets.NewColumn(8, street,
		widgets.NewLine(8, widgets.LineCell{Object: named("code", &a.PostalCode), Width: -1, Top: true},
			widgets.LineCell{Object: named("city", &a.City), Width: -2, Top: true}),
		named("country", &a.Country))
	return &line{object, street, func() {
		for _, show := range shows {
			show()
		}
	}}
}

// addMenu offers one more line.
func (p *pane) addMenu(opener fyne.CanvasObject) {
	var items []widgets.MenuItem
	for _, f := range form.Addable() {
		items = append(items, widgets.MenuItem{ID: string(f), Text: say.ContactField(f)})
	}
	widgets.ShowMenuBelow(opener, widgets.MenuParams{Items: items, MinWidth: 240, OnChosen: func(id string) {
		p.form.Add(storage.Field(id))
		p.build()
	}})
}

// submit keeps what was written.
func (p *pane) submit() {
	for _, f := range p.fields {
		f.SetError("")
	}
	p.wrong.SetText("")
	c := p.contact.Clone()
	c.Card = p.form.Card()
	before := p.contact
	p.saving = true
	p.save.SetBusy(true)
	p.s.p.Background(func() {
		change, err := p.s.p.Service.Save(context.Background(), c)
		p.s.p.UI(func() { p.saved(before, c, change, err) })
	})
}

// saved shows what came of keeping. What was typed meanwhile stays, to be kept too.
func (p *pane) saved(before, written *storage.Contact, change contacts.Change, err error) {
	here := p.contact == before
	if here {
		p.saving = false
		p.save.SetBusy(false)
	}
	key := "contacts.saved"
	if before.ID == "" {
		key = "contacts.created"
	}
	switch now := p.form.Card(); {
	case err != nil && here:
		p.complain(err)
		return
	case err != nil:
		p.s.p.Host.Failure(err)
		return
	case !here: // the pane shows somebody else by now, or nobody
	case reflect.DeepEqual(now, written.Card):
		p.close()
	default:
		p.renew(change.Contact, p.books)
	}
	p.s.done(words.T(key, "name", change.Contact.FullName()), change)
}

// complain shows what is wrong beside the fields and goes to the first.
func (p *pane) complain(err error) {
	var wrong storage.Problems
	if !errors.As(err, &wrong) {
		p.wrong.SetText(say.Error(err))
		if errors.Is(err, storage.ErrConflict) {
			p.wrong.SetText(words.T("contacts.conflict"))
			p.follow()
		}
		p.relay()
		return
	}
	focused := false
	for _, w := range wrong {
		f := p.fields[w.Field]
		if f == nil {
			p.wrong.SetText(say.Problem(w))
			continue
		}
		f.SetError(say.Problem(w))
		if !focused {
			focused = true
			widgets.Focus(f.Focusable())
		}
	}
	p.relay()
}

// relay lays the fields out again.
func (p *pane) relay() {
	p.column.Refresh()
	p.scroll.Refresh()
	if p.wrong.Text() != "" {
		p.scroll.ScrollToBottom()
	}
}
