package integrations

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda/publication"
	"diapason/sync/directory"
	"diapason/widgets"
	"diapason/widgets/look"
)

// form is the dialog that adds an account or changes one, made from what the kind declares.
type form struct {
	s      *Screen
	kind   directory.Kind
	old    *storage.Account // nil for a new one
	draft  draft
	name   *widgets.Field
	book   *bookForm // of an address book only
	fields map[string]*widgets.Field
	wrong  *widgets.Text
	do     *widgets.Button
	dialog *widgets.Dialog
}

// ask opens the form of a new account, or of one that is changed.
func (s *Screen) ask(kind directory.Kind, old *storage.Account) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s.content)
	if c == nil {
		return
	}
	f := &form{s: s, kind: kind, old: old, draft: newDraft(kind, s.accounts), fields: map[string]*widgets.Field{}}
	title, do := words.T("integrations.addTitle", "kind", say.Kind(kind.ID)), words.T("integrations.addDo")
	if old != nil {
		f.draft = draftOfAccount(old)
		title, do = words.T("integrations.changeTitle", "name", old.Name), words.T("integrations.changeDo")
	}
	f.name = widgets.NewField(words.T("integrations.name"))
	f.name.SetValue(f.draft.Name)
	f.name.OnChanged = func(text string) { f.draft.Name = text }
	rows := []fyne.CanvasObject{f.name}
	if _, isBook := s.books[kind.ID]; isBook {
		rows = append(rows, f.bookRows(kind.Capabilities.Settings)...)
	} else {
		rows = append(rows, f.rows(kind.Capabilities.Settings)...)
	}
	if old == nil && s.p.Engine.AsksConsent(kind.ID) {
		do = words.T("integrations.connectDo")
		rows = append(rows, widgets.NewParagraph(words.T("integrations.consent"), look.SizeSmall, look.TextSecondary))
	}
	f.wrong = widgets.NewParagraph("", look.SizeSmall, look.Error)
	rows = append(rows, f.wrong)
	cancel := widgets.NewButton(widgets.Outlined, words.T("integrations.cancel"), "", func() { f.dialog.Close() })
	f.do = widgets.NewButton(widgets.Primary, do, "", f.submit)
	s.form = f
	f.dialog = widgets.ShowDialog(c, widgets.DialogParams{
		Title: title, Body: widgets.NewColumn(16, rows...), Buttons: []*widgets.Button{cancel, f.do}, Default: f.do,
		First: f.name.Focusable(), Width: 520,
	})
}

// mostAlone is how many settings have a line each in the smallest window; of more, two stand beside each other.
const mostAlone = 6

// rows are the fields of the settings.
func (f *form) rows(settings []directory.Setting) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	var beside fyne.CanvasObject // waits for a neighbour
	flush := func() {
		if beside != nil {
			rows, beside = append(rows, beside), nil
		}
	}
	for _, setting := range settings {
		if setting.Granted {
			continue
		}
		field := f.row(setting)
		switch {
		case len(settings) <= mostAlone || setting.Folder || setting.Name == publication.SecretKey:
			flush()
			rows = append(rows, field)
		case beside == nil:
			beside = field
		default:
			rows = append(rows, widgets.NewLine(12, widgets.LineCell{Object: beside, Width: -1, Top: true},
				widgets.LineCell{Object: field, Width: -1, Top: true}))
			beside = nil
		}
	}
	flush()
	return rows
}

// row is the field of one setting, with a button beside it for a folder.
func (f *form) row(setting directory.Setting) fyne.CanvasObject {
	if setting.Secret {
		return f.secret(setting)
	}
	field := f.field(setting)
	if !setting.Folder {
		return field
	}
	choose := widgets.NewButton(widgets.Outlined, words.T("integrations.folder"), look.IconFolder, func() {
		f.s.p.Host.ChooseFolder(words.T("setting."+setting.Name), func(path string, err error) {
			switch {
			case err != nil:
				f.complain(err)
			case path != "":
				f.draft.Settings[setting.Name] = path
				field.SetValue(path)
			}
		})
	})
	return widgets.NewLine(8, widgets.LineCell{Object: field, Width: -1, Top: true},
		widgets.LineCell{Object: widgets.NewPaddedColumn(0, widgets.Insets{Top: 20}, choose), Top: true})
}

// field is the field of a setting that is a text.
func (f *form) field(setting directory.Setting) *widgets.Field {
	field := widgets.NewField(words.T("setting." + setting.Name))
	field.SetValue(f.draft.Settings[setting.Name])
	field.OnChanged = func(text string) { f.draft.Settings[setting.Name] = text }
	if example := "integrations.example." + f.kind.ID + "." + setting.Name; words.Has(example) {
		field.SetPlaceHolder(words.T(example))
	}
	if setting.Optional {
		field.SetMark(widgets.Neutral, words.T("integrations.optional"))
	}
	f.fields[setting.Name] = field
	return field
}

// submit adds or changes the account when nothing is missing; what the engine objects to is shown in the form.
func (f *form) submit() {
	missing := f.draft.check(f.kind.Capabilities.Settings)
	f.name.SetError("")
	for name, field := range f.fields {
		field.SetError("")
		for _, m := range missing {
			if m == name {
				field.SetError(words.T("integrations.missing"))
			}
		}
	}
	for _, m := range missing {
		if m == "" {
			f.name.SetError(words.T("integrations.missing"))
		}
	}
	f.wrong.SetText("")
	f.dialog.Refresh()
	if len(missing) > 0 || f.book != nil && !f.book.check() {
		return
	}
	a := f.draft.account(f.kind.ID, f.old)
	s := f.s
	if f.old == nil && s.p.Engine.AsksConsent(a.Kind) {
		s.connect(f.kind, a, nil, f.draft.Secrets, f.dialog)
		return
	}
	f.do.SetBusy(true)
	s.p.Background(func() {
		err := s.p.Engine.AddAccountWith(context.Background(), a, f.draft.Secrets)
		s.p.UI(func() {
			f.do.SetBusy(false)
			if err != nil {
				f.complain(err)
				return
			}
			f.dialog.Close()
			key := "integrations.added"
			if f.old != nil {
				key = "integrations.changed"
			}
			s.p.Host.Toast(words.T(key, "name", say.Account(a, s.p.Kinds)), "", nil)
			if a.Job() == storage.JobAgenda {
				s.test(a) // what a server asks a person to confirm is asked now
			}
		})
	})
}

// complain shows what is wrong beside the setting that the problem names, or below them all.
func (f *form) complain(err error) {
	text := say.Error(err)
	var p *storage.Problem
	if errors.As(err, &p) && p.Args["setting"] != "" && f.fields[p.Args["setting"]] != nil {
		f.fields[p.Args["setting"]].SetError(text)
	} else {
		f.wrong.SetText(text)
	}
	f.dialog.Refresh()
}

// askRemove names the account and counts what will no longer be followed.
func (s *Screen) askRemove(a *storage.Account) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s.content)
	if c == nil {
		return
	}
	name := say.Account(a, s.p.Kinds)
	var d *widgets.Dialog
	cancel := widgets.NewButton(widgets.Outlined, words.T("integrations.cancel"), "", func() { d.Close() })
	do := widgets.NewButton(widgets.Danger, words.T("integrations.removeDo", "name", name), "", func() {
		d.Close()
		s.slow.Do(func(ctx context.Context) error { return s.p.Engine.RemoveAccount(ctx, a.ID) },
			func() { s.p.Host.Toast(words.T("integrations.removed", "name", name), "", nil) }) // what lives on there is a failure
	})
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title:   words.T("integrations.removeTitle", "name", name),
		Body:    widgets.NewParagraph(s.removal(a), look.SizeBody, look.TextSecondary),
		Buttons: []*widgets.Button{cancel, do},
	})
}

// askAccept says what accepting another account than last time means.
func (s *Screen) askAccept(a *storage.Account) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s.content)
	if c == nil {
		return
	}
	name := say.Account(a, s.p.Kinds)
	var d *widgets.Dialog
	cancel := widgets.NewButton(widgets.Outlined, words.T("integrations.cancel"), "", func() { d.Close() })
	do := widgets.NewButton(widgets.Danger, words.T("integrations.acceptDo"), "", func() {
		d.Close()
		s.slow.Do(func(ctx context.Context) error { return s.p.Engine.AcceptIdentity(ctx, a.ID) },
			func() { s.p.Host.Toast(words.T("integrations.accepted", "name", name), "", nil) })
	})
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title:   words.T("integrations.acceptTitle", "name", name),
		Body:    widgets.NewParagraph(words.T("integrations.acceptText"), look.SizeBody, look.TextSecondary),
		Buttons: []*widgets.Button{cancel, do},
	})
}
