package integrations

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"fyne.io/fyne/v2"

	"diapason/app/browser"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/oauth"
	"diapason/widgets"
	"diapason/widgets/look"
)

// bookRows are the accounts of address books; nothing in a program that knows none.
func (s *Screen) bookRows() []fyne.CanvasObject {
	accounts := accountRows(s.accounts, jobContacts, s.books, s.p.Now())
	if len(accounts) == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{section(words.T("integrations.contacts"))}
	for _, a := range accounts {
		rows = append(rows, s.accountPanel(a))
	}
	return rows
}

// bookKindRows are the address books that can be added.
func (s *Screen) bookKindRows() []fyne.CanvasObject {
	if len(s.books) == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{widgets.NewRule(), section(words.T("integrations.contacts.kinds"))}
	for _, k := range kindRows(s.books) {
		rows = append(rows, s.kindPanel(k))
	}
	return rows
}

// otherJob reports whether accounts of a kind are no directories.
func (s *Screen) otherJob(kind string) bool {
	_, agenda := s.agendas[kind]
	_, book := s.books[kind]
	return agenda || book
}

// icon is that of the accounts of a kind.
func (s *Screen) icon(kind string) look.Icon {
	_, book := s.books[kind]
	switch {
	case book && s.p.Engine.AsksConsent(kind):
		return look.IconPeople
	case book:
		return look.IconBook
	}
	return look.IconIntegrations
}

// describeAccount tells what an account is: of an address book its kind, which its name need not tell.
func (s *Screen) describeAccount(r accountRow) string {
	if _, book := s.books[r.Kind.ID]; book {
		return words.T("integrations.bookOf", "kind", say.Kind(r.Kind.ID))
	}
	return s.describe(r.Kind, r.Account.Kind)
}

// atHome writes a path under the person's home as it is written there.
func atHome(path string) string {
	home, err := os.UserHomeDir()
	if err != nil || runtime.GOOS == "windows" {
		return path
	}
	if rest, under := strings.CutPrefix(path, home+string(filepath.Separator)); under {
		return "~" + string(filepath.Separator) + rest
	}
	return path
}

// addKey names what adds an account of a kind.
func (s *Screen) addKey(k directory.Kind) string {
	if s.p.Engine.AsksConsent(k.ID) {
		return "integrations.connect"
	}
	return "integrations.add"
}

// toReconnect reports whether only the person's consent can make an account work again.
func (s *Screen) toReconnect(r accountRow) bool {
	return r.Condition == conditionAction && s.p.Engine.AsksConsent(r.Account.Kind) && strings.HasPrefix(r.Account.Pause.Code, "oauth.")
}

// toSignIn reports whether an address book refuses the name or the password that it was given.
func toSignIn(r accountRow) bool {
	return r.Condition == conditionAction && r.Account.Job() == storage.JobContacts && strings.HasSuffix(r.Account.Pause.Code, ".auth")
}

// conditionWord is the word of an account's state.
func (s *Screen) conditionWord(r accountRow) string {
	if s.toReconnect(r) || toSignIn(r) {
		return words.T("integrations.condition.reconnect")
	}
	return words.T("integrations.condition." + string(r.Condition))
}

// connect has the person grant access in the browser, and shows meanwhile that it waits: for a new account, or again for
// one that is kept. The form, when there is one, stays behind until access is granted.
func (s *Screen) connect(kind directory.Kind, a, old *storage.Account, secrets map[string]string, form *widgets.Dialog) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s.content)
	if c == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	stop := widgets.NewButton(widgets.Outlined, words.T("integrations.cancel"), "", cancel)
	waiting := widgets.ShowDialog(c, widgets.DialogParams{
		Title:   words.T("integrations.waiting.title", "kind", say.Kind(kind.ID)),
		Body:    widgets.NewParagraph(words.T("integrations.waiting.text"), look.SizeBody, look.TextSecondary),
		Buttons: []*widgets.Button{stop}, First: stop, Width: 520,
	})
	s.waiting = stop
	granting := *a
	s.p.Background(func() {
		err := s.p.Engine.Connect(ctx, &granting, secrets, oauth.Browser{Page: browser.Page, Open: func(address string) error {
			s.p.UI(func() { s.p.Host.OpenURL(address) })
			return nil
		}})
		s.p.UI(func() {
			cancel()
			waiting.Close()
			switch {
			case errors.Is(err, context.Canceled):
			case err != nil && form != nil:
				s.form.complain(err)
			case err != nil:
				s.p.Host.Failure(err)
			default:
				s.connected(&granting, old, form)
			}
		})
	})
}

// connected tells who was connected.
func (s *Screen) connected(a, old *storage.Account, form *widgets.Dialog) {
	if form != nil {
		form.Close()
	}
	key := "integrations.connected"
	if old != nil {
		key = "integrations.reconnected"
	}
	s.p.Host.Toast(words.T(key, "name", a.Name, "email", a.Settings[oauth.SettingEmail]), "", nil)
}
