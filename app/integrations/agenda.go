package integrations

import (
	"context"
	"maps"
	"strings"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda/publication"
	"diapason/sync/directory"
	"diapason/widgets"
	"diapason/widgets/look"
)

// kindsOf gives the kinds of accounts of another job than the directories', with what each must know.
func kindsOf(engine Engine, job string) directory.Kinds {
	kinds := directory.Kinds{}
	for _, id := range engine.CourierKinds() {
		if (&storage.Account{Kind: id}).Job() != job {
			continue
		}
		if settings, known := engine.AccountSettings(id); known {
			kinds[id] = directory.Kind{ID: id, Capabilities: directory.Capabilities{Settings: settings}}
		}
	}
	return kinds
}

// agendaRows are the accounts where the agenda is published; nothing in a program that publishes none.
func (s *Screen) agendaRows() []fyne.CanvasObject {
	accounts := accountRows(s.accounts, storage.JobAgenda, s.agendas, s.p.Now())
	if len(accounts) == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{section(words.T("integrations.agenda"))}
	for _, a := range accounts {
		rows = append(rows, s.accountPanel(a))
	}
	return rows
}

// agendaKindRows are the places that can be added for the agenda.
func (s *Screen) agendaKindRows() []fyne.CanvasObject {
	if len(s.agendas) == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{widgets.NewRule(), section(words.T("integrations.agenda.kinds"))}
	for _, k := range kindRows(s.agendas) {
		rows = append(rows, s.kindPanel(k))
	}
	return rows
}

// keyRows is how high the field of a private key is, in lines.
const keyRows = 4

// secret is the field of a secret setting. What is kept is never shown again: left empty, it stays as it is.
func (f *form) secret(setting directory.Setting) fyne.CanvasObject {
	var field *widgets.Field
	if setting.Name == publication.SecretKey {
		field = widgets.NewTextArea(words.T("setting."+setting.Name), keyRows)
	} else {
		field = widgets.NewField(words.T("setting." + setting.Name))
		field.SetSecret(true)
	}
	if f.old != nil {
		field.SetPlaceHolder(words.T("integrations.secretKept"))
	}
	if setting.Optional {
		field.SetMark(widgets.Neutral, words.T("integrations.optional"))
	}
	field.OnChanged = func(text string) {
		if text == "" {
			delete(f.draft.Secrets, setting.Name)
			return
		}
		f.draft.Secrets[setting.Name] = text
	}
	f.fields[setting.Name] = field
	return field
}

// keyShown gives the fingerprint that a person must confirm, when a problem is about one.
func keyShown(p *storage.Problem) (fingerprint string, asks bool) {
	if p == nil || !strings.HasPrefix(p.Code, "publication.host") {
		return "", false
	}
	fingerprint = p.Args["fingerprint"]
	return fingerprint, fingerprint != ""
}

// askKey shows a server's fingerprint, and has exactly that one accepted: not whatever the server shows afterwards.
func (s *Screen) askKey(a *storage.Account, p *storage.Problem) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s.content)
	fingerprint, asks := keyShown(p)
	if c == nil || !asks {
		return
	}
	name := say.Account(a, s.p.Kinds)
	kind, changed := widgets.Primary, p.Args["expected"] != ""
	if changed {
		kind = widgets.Danger
	}
	var d *widgets.Dialog
	cancel := widgets.NewButton(widgets.Outlined, words.T("integrations.cancel"), "", func() { d.Close() })
	do := widgets.NewButton(kind, words.T("integrations.keyDo"), "", func() {
		d.Close()
		s.acceptKey(a, fingerprint)
	})
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("integrations.keyTitle", "name", name),
		Body: widgets.NewColumn(12, widgets.NewParagraph(say.Problem(p), look.SizeBody, look.TextSecondary),
			widgets.NewParagraph(fingerprint, look.SizeBody, look.Text).Bold()),
		Buttons: []*widgets.Button{cancel, do}, First: cancel, Width: 520,
	})
}

// acceptKey keeps a fingerprint with the account, and asks the server again.
func (s *Screen) acceptKey(a *storage.Account, fingerprint string) {
	accepted := *a
	accepted.Settings = maps.Clone(a.Settings)
	accepted.Settings[publication.SettingHostKey] = fingerprint
	s.slow.Do(func(ctx context.Context) error { return s.p.Engine.AddAccountWith(ctx, &accepted, nil) },
		func() { s.test(&accepted) })
}

// removal says what is lost with an account.
func (s *Screen) removal(a *storage.Account) string {
	if a.Job() == jobContacts {
		return words.T("integrations.removeContacts")
	}
	if a.Job() == storage.JobAgenda {
		return words.N("integrations.removeAgenda", s.followed[a.ID])
	}
	return words.N("integrations.removeText", s.followed[a.ID])
}
