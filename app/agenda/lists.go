package agenda

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Lists is what the screen asks of the agenda about types, persons and resources.
type Lists interface {
	SaveType(ctx context.Context, t *storage.ReservationType) error
	DeleteType(ctx context.Context, id string) error
	SavePerson(ctx context.Context, p *storage.Person) error
	DeletePerson(ctx context.Context, id string) error
	SaveResource(ctx context.Context, r *storage.Resource) error
	DeleteResource(ctx context.Context, id string) error
}

// kindOfList is a tab of the dialog « Types, personnes, ressources ». Its word is the translation key "agenda.lists." + the text.
type kindOfList string

const (
	listTypes     kindOfList = "types"
	listPersons   kindOfList = "persons"
	listResources kindOfList = "resources"
)

// lists is the dialog of what reservations refer to.
type lists struct {
	s      *Screen
	kind   kindOfList
	tabs   *widgets.Tabs
	rows   *widgets.SelectList
	lines  []namedLine
	dialog *widgets.Dialog
}

// namedLine is one thing of a list.
type namedLine struct {
	name, detail string
	edit         func()
}

// listsHeight is the room of the rows, in units.
const listsHeight float32 = 320

// showLists opens the dialog.
func (s *Screen) showLists(kind kindOfList) {
	c := s.canvas()
	if c == nil {
		return
	}
	l := &lists{s: s, kind: kind}
	s.lists = l
	var choices []widgets.Choice
	for _, k := range []kindOfList{listTypes, listPersons, listResources} {
		choices = append(choices, widgets.Choice{ID: string(k), Text: words.T("agenda.lists." + string(k))})
	}
	l.tabs = widgets.NewTabs(choices, func(id string) {
		l.kind = kindOfList(id)
		l.show()
	})
	l.tabs.Select(string(kind))
	l.rows = widgets.NewSelectList([]widgets.ListColumn{{ID: "name", Flex: 3}, {ID: "detail", Flex: 2}},
		func() int { return len(l.lines) }, func(i int, row *widgets.ListRow) {
			row.Cells = append(row.Cells, widgets.ListCell{Text: l.lines[i].name, Bold: true}, widgets.ListCell{Text: l.lines[i].detail, Faint: true})
		})
	l.rows.HideHeader, l.rows.RowHeight, l.rows.Left, l.rows.Chevron = true, look.HeightTableRow, 8, true
	l.rows.OnOpen = func(i int) { l.lines[i].edit() }
	l.rows.OnEscape = func() { l.dialog.Close() }
	add := widgets.NewButton(widgets.Outlined, words.T("agenda.lists.add"), look.IconPlus, l.add)
	leave := widgets.NewButton(widgets.Primary, words.T("agenda.lists.done"), "", func() { l.dialog.Close() })
	l.show()
	l.dialog = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("agenda.lists.title"), Body: widgets.NewColumn(0, l.tabs, widgets.NewRule(), widgets.Tall(listsHeight, l.rows)),
		Buttons: []*widgets.Button{add, leave}, First: l.rows, Width: 560, OnClosed: func() { s.lists = nil },
	})
}

// show lists what the tab is about.
func (l *lists) show() {
	names := l.s.book.Names()
	l.lines = l.lines[:0]
	switch l.kind {
	case listTypes:
		for _, t := range names.Types {
			l.lines = append(l.lines, namedLine{t.Name, words.N("agenda.lists.uses", l.s.book.Count(t.ID)), func() { l.s.askType(t) }})
		}
	case listPersons:
		for _, p := range names.Persons {
			l.lines = append(l.lines, namedLine{p.Name, p.Email, func() { l.s.askPerson(p, nil) }})
		}
	case listResources:
		for _, r := range names.Resources {
			l.lines = append(l.lines, namedLine{r.Name, names.Place(r.EstablishmentID), func() { l.s.askResource(r) }})
		}
	}
	l.rows.Refresh()
}

func (l *lists) add() {
	switch l.kind {
	case listTypes:
		l.s.askType(nil)
	case listPersons:
		l.s.askPerson(nil, nil)
	default:
		l.s.askResource(nil)
	}
}

// work is what a dialog does away from the interface's goroutine.
type work func(ctx context.Context) error

// ask is a small dialog that keeps or removes one thing. A thing that exists can be removed.
type ask struct {
	title  string
	body   []fyne.CanvasObject
	name   *widgets.Field
	keep   func() work // reads what was written
	remove work        // nil: it is new
	done   func()
}

func (s *Screen) askFor(a ask) {
	c := s.canvas()
	if c == nil {
		return
	}
	wrong := widgets.NewParagraph("", look.SizeSmall, look.Error)
	var d *widgets.Dialog
	var keep *widgets.Button
	act := func(do work) {
		keep.SetBusy(true)
		s.p.Background(func() {
			err := do(context.Background())
			s.p.UI(func() {
				keep.SetBusy(false)
				if err != nil {
					wrong.SetText(say.Error(err))
					d.Refresh()
					return
				}
				d.Close()
				if a.done != nil {
					a.done()
				}
				s.book.Reload()
			})
		})
	}
	cancel := widgets.NewButton(widgets.Outlined, words.T("agenda.cancel"), "", func() { d.Close() })
	keep = widgets.NewButton(widgets.Primary, words.T("agenda.save"), "", func() {
		if strings.TrimSpace(a.name.Value()) == "" {
			a.name.SetError(words.T("problem.agenda.name"))
			d.Refresh()
			return
		}
		act(a.keep())
	})
	buttons := []*widgets.Button{cancel, keep}
	if a.remove != nil {
		buttons = append([]*widgets.Button{widgets.NewButton(widgets.Plain, words.T("agenda.delete"), look.IconTrash, func() { act(a.remove) })}, buttons...)
	}
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title: a.title, Body: widgets.NewColumn(12, append(append([]fyne.CanvasObject{a.name}, a.body...), wrong)...),
		Buttons: buttons, Default: keep, First: a.name.Focusable(),
	})
}

// askType keeps a type; nil is a new one.
func (s *Screen) askType(old *storage.ReservationType) {
	t := storage.ReservationType{Color: look.Hues[len(s.book.Names().Types)%len(look.Hues)], Icon: string(look.IconAgenda), Order: len(s.book.Names().Types)}
	a := ask{title: words.T("agenda.type.new"), name: widgets.NewField(words.T("agenda.field.name"))}
	if old != nil {
		t = *old
		a.title = words.T("agenda.type.edit")
		a.remove = func(ctx context.Context) error { return s.p.Service.DeleteType(ctx, old.ID) }
	}
	a.name.SetValue(t.Name)
	a.body = []fyne.CanvasObject{hues(&t.Color)}
	a.keep = func() work {
		kept := t
		kept.Name = strings.TrimSpace(a.name.Value())
		return func(ctx context.Context) error { return s.p.Service.SaveType(ctx, &kept) }
	}
	s.askFor(a)
}

// hues is the choice of a colour, each with its name.
func hues(chosen *string) fyne.CanvasObject {
	const perLine = 3
	var chips []*widgets.ToggleChip
	show := func() {
		for i, c := range chips {
			c.SetOn(look.Hues[i] == *chosen)
		}
	}
	lines := []fyne.CanvasObject{widgets.NewText(words.T("agenda.field.color"), look.SizeSmall, look.TextSecondary)}
	var cells []widgets.LineCell
	for i, hue := range look.Hues {
		chip := widgets.NewToggleChip(words.T("agenda.hue."+strings.TrimPrefix(hue, "#")), look.HueOf(hue), func(bool) {
			*chosen = hue
			show()
		})
		chips = append(chips, chip)
		cells = append(cells, widgets.Own(chip))
		if len(cells) == perLine || i == len(look.Hues)-1 {
			lines = append(lines, widgets.NewLine(8, append(cells, widgets.Space())...))
			cells = nil
		}
	}
	show()
	return widgets.NewColumn(8, lines...)
}

// askPerson keeps somebody; nil is somebody new, whom made is told of when it is not nil.
func (s *Screen) askPerson(old *storage.Person, made func(id string)) {
	p := storage.Person{Staff: true}
	a := ask{title: words.T("agenda.person.new"), name: widgets.NewField(words.T("agenda.field.name"))}
	if old != nil {
		p = *old
		a.title = words.T("agenda.person.edit")
		a.remove = func(ctx context.Context) error { return s.p.Service.DeletePerson(ctx, old.ID) }
	}
	email := widgets.NewField(words.T("agenda.field.email"))
	staff := widgets.NewCheck(words.T("agenda.field.staff"), func(on bool) { p.Staff = on })
	staff.SetState(widgets.CheckedIf(p.Staff))
	a.name.SetValue(p.Name)
	email.SetValue(p.Email)
	a.body = []fyne.CanvasObject{email, widgets.NewLine(0, widgets.Own(staff), widgets.Space())}
	var kept *storage.Person
	a.keep = func() work {
		copied := p
		kept = &copied
		kept.Name, kept.Email = strings.TrimSpace(a.name.Value()), strings.TrimSpace(email.Value())
		return func(ctx context.Context) error { return s.p.Service.SavePerson(ctx, kept) }
	}
	a.done = func() {
		if made != nil {
			s.book.AddPerson(kept)
			made(kept.ID)
		}
	}
	s.askFor(a)
}

// askResource keeps a resource; nil is a new one.
func (s *Screen) askResource(old *storage.Resource) {
	r := storage.Resource{EstablishmentID: s.book.Filter().EstablishmentID}
	a := ask{title: words.T("agenda.resource.new"), name: widgets.NewField(words.T("agenda.field.name"))}
	if old != nil {
		r = *old
		a.title = words.T("agenda.resource.edit")
		a.remove = func(ctx context.Context) error { return s.p.Service.DeleteResource(ctx, old.ID) }
	}
	places := []widgets.MenuItem{{Text: words.T("agenda.resource.everywhere")}}
	for _, p := range s.book.Names().Places {
		places = append(places, widgets.MenuItem{ID: p.ID, Text: p.Name})
	}
	place := widgets.NewSelectField(words.T("agenda.field.place"), places, func(id string) { r.EstablishmentID = id })
	place.SetSearchHint(words.T("agenda.search.menu"))
	place.SetValue(r.EstablishmentID)
	a.name.SetValue(r.Name)
	a.body = []fyne.CanvasObject{place}
	a.keep = func() work {
		kept := r
		kept.Name = strings.TrimSpace(a.name.Value())
		return func(ctx context.Context) error { return s.p.Service.SaveResource(ctx, &kept) }
	}
	s.askFor(a)
}
