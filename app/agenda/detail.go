package agenda

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/agenda/book"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda/recurrence"
	"diapason/widgets"
	"diapason/widgets/look"
)

// detail is the pane of one reservation, or of a new one. Nothing is kept before « Enregistrer ».
type detail struct {
	s      *Screen
	entry  *book.Entry          // nil for a new one
	newOne *storage.Reservation // nil for one that exists
	form   book.Form
	before book.Form // as it was opened
	kept   book.Form // as the fields of its times last were, to follow a change of the start
	saving bool      // what was written is on its way to the store

	// These lay their part of the form out again.
	relayTime, relayAgain, relayPeople func()

	object fyne.CanvasObject
	title  *widgets.Text
	past   *widgets.Button // what the journal holds of the reservation
	banner *widgets.Banner
	column *widgets.Column
	scroll *container.Scroll
	save   *widgets.Button
	remove *widgets.Button
	foot   *widgets.Column
	fields map[string]*widgets.Field // made once each: one keeps its cursor and the keyboard when the others change
	parts  map[book.Part]*widgets.Field
	wrong  *widgets.Text // what belongs to no field
}

func newDetail(s *Screen) *detail {
	d := &detail{s: s, title: widgets.NewText("", look.SizeSubtitle, look.Text).Bold(), banner: widgets.NewBanner()}
	d.column = widgets.NewPaddedColumn(12, widgets.Insets{Top: 12, Right: 20, Bottom: 20, Left: 20})
	d.scroll = widgets.NewScroll(d.column)
	leave := widgets.NewIconButton(widgets.Plain, words.T("agenda.close"), look.IconClose, s.leaveSide)
	d.past = widgets.NewIconButton(widgets.Plain, words.T("agenda.history"), look.IconHistory, d.showHistory)
	d.save = widgets.NewButton(widgets.Primary, words.T("agenda.save"), "", d.submit)
	d.remove = widgets.NewButton(widgets.Plain, words.T("agenda.delete"), look.IconTrash, func() { s.deleteByID(d.entryID()) })
	d.foot = widgets.NewColumn(0, widgets.NewRule(), widgets.NewPaddedColumn(0, widgets.Insets{Top: 12, Right: 20, Bottom: 12, Left: 12},
		widgets.NewLine(8, widgets.Own(d.remove), widgets.Space(), widgets.Own(d.save))))
	head := widgets.NewPaddedColumn(0, widgets.Insets{Top: 10, Right: 12, Bottom: 4, Left: 20},
		widgets.NewLine(8, widgets.Own(widgets.NewIconImage(look.IconAgenda, 18, look.AccentText)), widgets.Share(d.title), widgets.Own(d.past), widgets.Own(leave)))
	banner := widgets.NewPaddedColumn(0, widgets.Insets{Left: 20, Right: 20}, d.banner)
	d.object = widgets.NewGround(look.Surface, widgets.NewFrame(widgets.NewColumn(0, head, banner), d.foot, nil, nil, d.scroll))
	return d
}

// entryID gives what the pane shows, "" for a new reservation.
func (d *detail) entryID() string {
	if d.entry == nil {
		return ""
	}
	return d.entry.ID
}

// open shows an entry. The one that is shown already stays as it is.
func (d *detail) open(e *book.Entry) {
	if d.entryID() == e.ID {
		return
	}
	d.putAside()
	d.entry, d.newOne = e, nil
	d.begin(e.Form(), words.T("agenda.detail.title"))
}

// fresh shows a reservation that is not kept yet.
func (d *detail) fresh(r *storage.Reservation) {
	d.putAside()
	d.entry, d.newOne = nil, r
	zone := d.s.book.Zone()
	d.begin(book.FormOf(book.DraftOf(r), zone), words.T("agenda.new"))
}

func (d *detail) begin(f book.Form, title string) {
	d.form, d.before, d.saving = f, f, false
	d.save.SetBusy(false)
	d.fields = map[string]*widgets.Field{}
	d.title.SetText(title)
	d.build()
	d.scroll.ScrollToTop()
}

// write sends the keyboard to the title, once the pane stands in the window.
func (d *detail) write() { widgets.Focus(d.parts[book.PartTitle].Focusable()) }

// refresh follows what the book has read: the pane shows the news, what was written in it stays. One whose reservation is
// gone closes, unless something was written.
func (d *detail) refresh() {
	if d.entry == nil || d.s.side != sideDetail || d.saving {
		return
	}
	now := d.s.book.Entry(d.entry.ID)
	switch {
	case now == nil && !d.dirty() && d.s.book.Period().Shows(storage.DateOf(d.entry.Start)):
		d.s.setSide(sideNone)
	case now != nil && now.Item.Reservation.Revision != d.entry.Item.Reservation.Revision:
		d.entry = now
		read := now.Form()
		d.form.Follow(d.before, read)
		d.before = read
		d.build()
	}
}

// dirty reports whether something was written that is not kept.
func (d *detail) dirty() bool {
	return (d.entry != nil || d.newOne != nil) && !d.form.Same(d.before)
}

// leave is called when the pane closes.
func (d *detail) leave() {
	d.putAside()
	d.entry, d.newOne = nil, nil
}

// putAside offers to take up again what was written and is not kept.
func (d *detail) putAside() {
	if d.dirty() {
		entry, fresh, form, before := d.entry, d.newOne, d.form, d.before
		d.s.p.Host.Toast(words.T("agenda.left"), words.T("agenda.left.resume"), func() {
			d.putAside()
			d.entry, d.newOne = entry, fresh
			d.begin(form, words.T("agenda.detail.title"))
			d.before = before
			d.s.setSide(sideDetail)
			d.refresh()
		})
	}
}

// build makes the fields of the form.
func (d *detail) build() {
	d.parts = map[book.Part]*widgets.Field{}
	d.wrong = widgets.NewParagraph("", look.SizeSmall, look.Error)
	readOnly := d.entry != nil && d.entry.ReadOnly
	widgets.SetShown(d.save, !readOnly)
	widgets.SetShown(d.remove, d.entry != nil && !readOnly)
	widgets.SetShown(d.past, d.entry != nil)
	d.showBanner()
	objects := []fyne.CanvasObject{d.what(), d.where(), d.when()}
	objects = append(objects, d.again(), d.people(), d.notes(), d.wrong)
	d.column.SetObjects(objects...)
	if readOnly {
		d.column.SetObjects(d.summary()...)
	}
	d.scroll.Refresh()
	d.object.Refresh()
}

// showBanner tells what is to be known first: who takes the same resource, or where the reservation comes from.
func (d *detail) showBanner() {
	switch {
	case d.entry == nil:
		d.banner.Hide()
	case d.entry.Conflict:
		d.banner.SetMessage(widgets.Warning, d.s.book.Taken(d.entry), "", nil)
	case d.entry.ReadOnly:
		d.banner.SetMessage(widgets.Info, words.T("agenda.readOnly.text"), "", nil)
	default:
		d.banner.Hide()
	}
}

// summary is what a reservation of an outside feed shows: it is not changed here.
func (d *detail) summary() []fyne.CanvasObject {
	e, f := d.entry, d.form
	fact := func(key, value string) fyne.CanvasObject {
		if value == "" {
			return widgets.NewColumn(0)
		}
		return widgets.NewColumn(2, widgets.NewText(words.T("agenda.field."+key), look.SizeSmall, look.TextSecondary),
			widgets.NewParagraph(value, look.SizeBody, look.Text))
	}
	return []fyne.CanvasObject{
		widgets.NewParagraph(e.Title, look.SizeSubtitle, look.Text).Bold(), fact("type", e.Kind), fact("when", say.UpperFirst(e.When())),
		fact("place", e.Place), fact("publicNotes", f.PublicNotes), fact("address", f.Address), fact("link", f.Link),
	}
}

// field makes a field of the form; part is "" when nothing can be wrong with it.
func (d *detail) field(key string, part book.Part, value *string, rows int) *widgets.Field {
	f := d.fields[key]
	if f == nil {
		f = widgets.NewTextArea(words.T("agenda.field."+key), rows) // of one row: a field
		d.fields[key] = f
	}
	if f.Value() != *value {
		f.SetValue(*value)
	}
	f.OnChanged = func(text string) { *value = text }
	if part != "" {
		d.parts[part] = f
	}
	return f
}

// choice makes a list to choose from.
func (d *detail) choice(key string, items []widgets.MenuItem, value *string) *widgets.SelectField {
	f := widgets.NewSelectField(words.T("agenda.field."+key), items, func(id string) { *value = id })
	f.SetSearchHint(words.T("agenda.search.menu"))
	f.SetValue(*value)
	return f
}

// what is the title, the type and the status.
func (d *detail) what() fyne.CanvasObject {
	var statuses []widgets.MenuItem
	for _, status := range []storage.ReservationStatus{storage.ReservationOption, storage.ReservationConfirmed, storage.ReservationCancelled} {
		statuses = append(statuses, widgets.MenuItem{ID: string(status), Text: words.T("reservation.status." + string(status))})
	}
	status := widgets.NewSelectField(words.T("agenda.field.status"), statuses, func(id string) { d.form.Status = storage.ReservationStatus(id) })
	status.SetValue(string(d.form.Status))
	return widgets.NewColumn(12, d.field("title", book.PartTitle, &d.form.Title, 1),
		widgets.NewLine(12, widgets.LineCell{Object: d.choice("type", typeItems(d.s.book.Names()), &d.form.TypeID), Width: -3, Top: true},
			widgets.LineCell{Object: status, Width: -2, Top: true}))
}

// where is the establishment and the resource. A resource of an establishment is offered with that one only.
func (d *detail) where() fyne.CanvasObject {
	names := d.s.book.Names()
	places := []widgets.MenuItem{{Text: words.T("agenda.none")}}
	for _, p := range names.Places {
		places = append(places, widgets.MenuItem{ID: p.ID, Text: p.Name, Detail: ""})
	}
	resource := d.choice("resource", nil, &d.form.ResourceID)
	offer := func() {
		items := []widgets.MenuItem{{Text: words.T("agenda.none")}}
		for _, r := range names.Resources {
			if r.EstablishmentID == "" || d.form.EstablishmentID == "" || r.EstablishmentID == d.form.EstablishmentID {
				items = append(items, widgets.MenuItem{ID: r.ID, Text: r.Name})
			}
		}
		resource.SetItems(items)
		resource.SetValue(d.form.ResourceID)
	}
	place := d.choice("place", places, &d.form.EstablishmentID)
	place.OnChosen = func(id string) {
		d.form.EstablishmentID = id
		if names.Resource(d.form.ResourceID) != "" && !names.Belongs(d.form.ResourceID, id) {
			d.form.ResourceID = ""
		}
		offer()
	}
	offer()
	return widgets.NewColumn(12, place, resource)
}

// submit keeps what was written. A series asks how much of it.
func (d *detail) submit() {
	for _, f := range d.parts {
		f.SetError("")
	}
	d.wrong.SetText("")
	if d.entry == nil {
		d.keep("")
		return
	}
	e := d.entry
	d.s.askScope(e, e.WholeSeries(d.form), "agenda.scope.change", d.keep, nil)
}

func (d *detail) keep(scope recurrence.Scope) {
	d.save.SetBusy(true)
	d.saving = true
	entry, fresh := d.entry, d.newOne
	d.s.book.SaveForm(entry, fresh, d.form, scope, func(wrong []*book.Wrong, err error) {
		if d.entry != entry || d.newOne != fresh {
			if err != nil {
				d.s.p.Host.Failure(err)
			}
			return
		}
		d.saving = false
		d.save.SetBusy(false)
		switch {
		case len(wrong) > 0:
			d.complain(wrong)
		case book.WrongOf(err) != nil:
			d.complain(book.WrongOf(err))
		case err != nil:
			d.wrong.SetText(say.Error(err))
			d.column.Refresh()
			d.scroll.ScrollToBottom()
		default:
			d.entry, d.newOne = nil, nil
			d.s.setSide(sideNone)
		}
	})
}

// complain shows what is wrong beside the fields and goes to the first.
func (d *detail) complain(wrong []*book.Wrong) {
	for i, w := range wrong {
		f := d.parts[w.Part]
		if f == nil {
			d.wrong.SetText(say.ProblemOnField(w.Problem))
			d.scroll.ScrollToBottom()
			continue
		}
		f.SetError(say.Problem(w.Problem))
		if i == 0 {
			widgets.Focus(f.Focusable())
		}
	}
	d.column.Refresh()
	d.scroll.Refresh()
}
