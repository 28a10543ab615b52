package agenda

import (
	"slices"

	"fyne.io/fyne/v2"

	"diapason/app/agenda/book"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// people are the persons in charge, and the participants with their answers: the attendance sheet.
func (d *detail) people() fyne.CanvasObject {
	column := widgets.NewColumn(12)
	relay := func() {
		column.SetObjects(d.inCharge(), d.participants())
		d.column.Refresh()
		d.scroll.Refresh()
	}
	d.relayPeople = relay
	column.SetObjects(d.inCharge(), d.participants())
	return column
}

func (d *detail) inCharge() fyne.CanvasObject {
	rows := []fyne.CanvasObject{d.adder("inCharge", d.form.InCharge, func(id string) {
		d.form.InCharge = append(slices.Clone(d.form.InCharge), id)
		d.relayPeople()
	})}
	for i, id := range d.form.InCharge {
		rows = append(rows, d.person(id, nil, func() {
			d.form.InCharge = slices.Delete(slices.Clone(d.form.InCharge), i, i+1)
			d.relayPeople()
		}))
	}
	return widgets.NewColumn(4, rows...)
}

// answers are those of an attendance sheet, in their order.
var answers = []storage.Attendance{
	storage.AttendanceInvited, storage.AttendanceAccepted, storage.AttendanceDeclined, storage.AttendancePresent, storage.AttendanceAbsent,
}

func (d *detail) participants() fyne.CanvasObject {
	var there []string
	for _, p := range d.form.Participants {
		there = append(there, p.PersonID)
	}
	rows := []fyne.CanvasObject{d.adder("participants", there, func(id string) {
		d.form.Participants = append(slices.Clone(d.form.Participants), storage.Participant{PersonID: id, Answer: storage.AttendanceInvited})
		d.relayPeople()
	})}
	for i, p := range d.form.Participants {
		answer := widgets.NewDropdown("", answerWord(p.Answer), nil, func(id string) {
			changed := slices.Clone(d.form.Participants)
			changed[i].Answer = storage.Attendance(id)
			d.form.Participants = changed
			d.relayPeople()
		})
		for _, a := range answers {
			answer.Items = append(answer.Items, widgets.MenuItem{ID: string(a), Text: answerWord(a), Current: a == p.Answer})
		}
		rows = append(rows, d.person(p.PersonID, answer, func() {
			d.form.Participants = slices.Delete(slices.Clone(d.form.Participants), i, i+1)
			d.relayPeople()
		}))
	}
	return widgets.NewColumn(4, rows...)
}

func answerWord(a storage.Attendance) string { return words.T("reservation.attendance." + string(a)) }

// adder is the list from which somebody is added.
func (d *detail) adder(key string, there []string, add func(id string)) fyne.CanvasObject {
	var items []widgets.MenuItem
	for _, p := range d.s.book.Names().Persons {
		if !slices.Contains(there, p.ID) {
			items = append(items, widgets.MenuItem{ID: p.ID, Text: p.Name, Detail: p.Email})
		}
	}
	const newPerson = "new"
	items = append(items, widgets.MenuItem{ID: newPerson, Text: words.T("agenda.person.new"), Icon: look.IconPlus, Divided: len(items) > 0})
	f := widgets.NewSelectField(words.T("agenda.field."+key), items, nil)
	f.SetPlaceHolder(words.T("agenda.person.add"))
	f.SetSearchHint(words.T("agenda.search.menu"))
	f.OnChosen = func(id string) {
		if id == newPerson {
			f.SetValue("")
			d.s.askPerson(nil, add)
			return
		}
		add(id)
	}
	return f
}

// person is one line: the name, an answer when there is one, and a cross.
func (d *detail) person(id string, answer *widgets.Dropdown, remove func()) fyne.CanvasObject {
	name := or(d.s.book.Names().Person(id), words.T("agenda.person.unknown"))
	cross := widgets.NewIconButton(widgets.Plain, words.T("agenda.person.remove", "name", name), look.IconClose, remove)
	cross.Height = look.HeightInline
	cells := []widgets.LineCell{widgets.Own(widgets.NewIconImage(look.IconPerson, 16, look.TextSecondary)), widgets.Share(widgets.NewText(name, look.SizeBody, look.Text))}
	if answer != nil {
		cells = append(cells, widgets.Fixed(112, answer))
	}
	return widgets.NewTallLine(look.HeightField, 8, append(cells, widgets.Fixed(look.HeightInline, cross))...)
}

// notes are what is said beside, and to whom.
func (d *detail) notes() fyne.CanvasObject {
	private := d.field("privateNotes", "", &d.form.PrivateNotes, 3)
	private.SetHint(words.T("agenda.field.privateNotes.hint"))
	link := d.field("link", book.PartLink, &d.form.Link, 1)
	link.SetPlaceHolder("https://")
	return widgets.NewColumn(12, d.field("publicNotes", "", &d.form.PublicNotes, 3), private, d.field("address", "", &d.form.Address, 1), link)
}
