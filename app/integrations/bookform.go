package integrations

import (
	"slices"

	"fyne.io/fyne/v2"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/contacts/google"
	"diapason/sync/directory"
	"diapason/sync/oauth"
	"diapason/widgets"
	"diapason/widgets/look"
)

// The scopes of an address book, as the form offers them.
const (
	scopeLabel = "label" // the cards that bear a label
	scopeAll   = "all"
)

// bookForm is what the form of an address book has beside the fields of its settings.
type bookForm struct {
	f      *form
	scope  *widgets.SelectField
	label  *widgets.Field
	never  *widgets.Switch
	fold   *widgets.Button
	folded *widgets.Column // what is seldom changed
	before string          // the label before any change, as LabelOf gives it
}

// bookRows are the rows of an address book: how it is reached, what of it is kept in tune, and what is seldom changed,
// folded away.
func (f *form) bookRows(settings []directory.Setting) []fyne.CanvasObject {
	b := &bookForm{f: f}
	f.book = b
	consents := f.s.p.Engine.AsksConsent(f.kind.ID)
	if _, registered := oauth.BuiltIn(); consents && !registered {
		settings = withOwnClient(settings)
		f.kind.Capabilities.Settings = settings
	}
	var rows, seldom []fyne.CanvasObject
	for _, s := range settings {
		switch {
		case s.Granted, s.Name == contacts.SettingLabel, s.Name == contacts.SettingNeverDelete, s.Name == contacts.SettingFields:
		case s.Name == oauth.SettingBaseURL && consents && f.draft.Settings[s.Name] == "": // only tests and emulators have one
		case s.Name == google.SettingUnits, s.Name == oauth.SettingBaseURL && consents:
			seldom = append(seldom, f.field(s))
		default:
			rows = append(rows, f.row(s))
		}
	}
	if consents {
		rows = []fyne.CanvasObject{beside(rows...), f.helpLink()}
	} else {
		rows = append(rows[:1], pairs(rows[1:])...) // an address is long
	}
	for name, field := range f.fields {
		if hint := "integrations.hint." + name; words.Has(hint) {
			field.SetHint(words.T(hint))
		}
	}
	seldom = append(seldom, b.rulesLink()...)
	b.folded = widgets.NewColumn(12, seldom...)
	b.folded.Hide()
	b.fold = widgets.NewButton(widgets.Plain, words.T("integrations.advanced"), look.IconChevronRight, func() { b.open(!b.folded.Visible()) })
	b.fold.Tight = true
	rows = append(rows, b.scopeRow(), b.neverRow())
	if len(seldom) > 0 {
		rows = append(rows, widgets.NewColumn(8, widgets.NewLine(0, widgets.Own(b.fold), widgets.Space()), b.folded))
	}
	return rows
}

// withOwnClient asks for the person's own registration: this build has none.
func withOwnClient(settings []directory.Setting) []directory.Setting {
	settings = slices.Clone(settings)
	for i, s := range settings {
		if s.Name == oauth.SettingClientID || s.Name == oauth.SecretClientSecret {
			settings[i].Optional = false
		}
	}
	return settings
}

// beside puts fields on one line.
func beside(fields ...fyne.CanvasObject) fyne.CanvasObject {
	var cells []widgets.LineCell
	for _, o := range fields {
		cells = append(cells, widgets.LineCell{Object: o, Width: -1, Top: true})
	}
	return widgets.NewLine(12, cells...)
}

// pairs puts two fields on each line.
func pairs(fields []fyne.CanvasObject) (lines []fyne.CanvasObject) {
	for two := range slices.Chunk(fields, 2) {
		lines = append(lines, beside(two...))
	}
	return lines
}

// open shows or folds away what is seldom changed.
func (b *bookForm) open(on bool) {
	widgets.SetShown(b.folded, on)
	b.fold.Icon = look.IconChevronRight
	if on {
		b.fold.Icon = look.IconChevronDown
	}
	b.fold.Refresh()
	b.f.dialog.Refresh()
}

// scopeRow chooses which cards are kept in tune.
func (b *bookForm) scopeRow() fyne.CanvasObject {
	b.before = contacts.LabelOf(&storage.Account{Settings: b.f.draft.Settings})
	b.scope = widgets.NewSelectField(words.T("integrations.scope"), []widgets.MenuItem{
		{ID: scopeLabel, Text: words.T("integrations.scope.label")}, {ID: scopeAll, Text: words.T("integrations.scope.all")},
	}, func(string) { b.changed() })
	b.label = widgets.NewField(words.T("setting.label"))
	b.label.SetPlaceHolder(contacts.DefaultLabel)
	b.label.OnChanged = func(string) { b.changed() }
	b.scope.SetValue(scopeLabel)
	if b.before == "" {
		b.scope.SetValue(scopeAll)
	} else {
		b.label.SetValue(b.before)
	}
	b.f.fields[contacts.SettingLabel] = b.label
	b.show()
	return beside(b.scope, b.label)
}

// changed takes the scope over into the draft.
func (b *bookForm) changed() {
	b.f.draft.Settings[contacts.SettingLabel] = contacts.AllCards
	if b.scope.Value() == scopeLabel {
		b.f.draft.Settings[contacts.SettingLabel] = b.label.Value()
	}
	b.show()
	b.f.dialog.Refresh()
}

// show says what a change of the scope of an account that is kept leads to.
func (b *bookForm) show() {
	widgets.SetShown(b.label, b.scope.Value() == scopeLabel)
	hint := ""
	if b.f.old != nil && contacts.LabelOf(&storage.Account{Settings: b.f.draft.Settings}) != b.before {
		hint = words.T("integrations.scope.anew")
	}
	b.scope.SetHint(hint)
}

// neverRow switches deletions there off.
func (b *bookForm) neverRow() fyne.CanvasObject {
	key := "integrations.never." + b.f.kind.ID
	b.never = widgets.NewSwitch(words.T(key), func(on bool) {
		delete(b.f.draft.Settings, contacts.SettingNeverDelete)
		if on {
			b.f.draft.Settings[contacts.SettingNeverDelete] = "true"
		}
	})
	b.never.SetOn(b.f.draft.Settings[contacts.SettingNeverDelete] == "true")
	return widgets.NewColumn(2, widgets.NewLine(0, widgets.Own(b.never), widgets.Space()),
		widgets.NewParagraph(words.T("integrations.neverHint"), look.SizeSmall, look.TextSecondary))
}

// rulesLink leads to the rules of synchronisation of an account that is kept.
func (b *bookForm) rulesLink() []fyne.CanvasObject {
	f := b.f
	if f.old == nil || f.s.p.Rules == nil {
		return nil
	}
	rules := widgets.NewButton(widgets.Outlined, words.T("integrations.rules"), look.IconSettings, func() {
		f.dialog.Close()
		f.s.p.Rules(f.old.ID)
	})
	return []fyne.CanvasObject{widgets.NewLine(0, widgets.Own(rules), widgets.Space())}
}

// check refuses what only a later call would; it shows the field that is wrong.
func (b *bookForm) check() bool {
	field := b.f.fields[google.SettingUnits]
	if field == nil {
		return true
	}
	_, err := google.Units(b.f.draft.Settings)
	if err != nil {
		b.open(true)
		b.f.complain(err)
	}
	return err == nil
}

// helpLink opens the steps to a client of one's own.
func (f *form) helpLink() fyne.CanvasObject {
	link := widgets.NewLink(words.T("integrations.help"), f.s.showHelp)
	link.Tight = true
	return widgets.NewLine(0, widgets.Own(link), widgets.Space())
}
