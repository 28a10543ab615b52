package command

import (
	"diapason/app/browser"
	"diapason/storage"
	"diapason/sync/oauth"
)

// connect has a person grant access to an account in the browser. The address is printed too: the browser may be one that
// this program cannot open.
func (s *session) connect(w *Workspace, a *storage.Account, secrets map[string]string) error {
	return w.Engine.Connect(s.ctx, a, secrets, oauth.Browser{Page: browser.Page, Open: func(address string) error {
		s.sayT("command.account.consent", "address", address)
		if err := s.program.Browse(address); err != nil {
			w.Log.Warn("the browser was not opened", "error", err) // the address stands on the terminal
		}
		return nil
	}})
}

type accountReconnect struct {
	Account string `arg:"" name:"account"`
	given
}

// Run has access granted again: the account stays the same one, with everything that is linked to it.
func (c accountReconnect) Run(s *session) error {
	return s.onAccount(c.Account, func(w *Workspace, a *storage.Account) error {
		secrets, err := c.apply(w, a)
		if err != nil {
			return err
		}
		if err := s.connect(w, a, secrets); err != nil {
			return err
		}
		s.sayT("command.account.reconnected", "name", a.Name, "email", a.Settings[oauth.SettingEmail])
		return s.document(map[string]any{"id": a.ID, "reconnected": true})
	})
}
