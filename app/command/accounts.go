package command

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/oauth"
)

type accountAdd struct {
	Kind string `arg:"" name:"kind"`
	Name string `name:"name" required:"" placeholder:"command.value.name"`
	given
}

// Run adds an account; its settings are checked by its kind.
func (c accountAdd) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		kind := c.Kind
		known, ok := w.Engine.AccountSettings(kind)
		if !ok {
			kind = "directory." + c.Kind
			known, ok = w.Engine.AccountSettings(kind)
		}
		if !ok {
			kinds := append(sorted(w.Engine.Kinds()), w.Engine.CourierKinds()...)
			slices.Sort(kinds)
			return storage.NewProblem("command.unknownKind", "kind", c.Kind, "kinds", strings.Join(kinds, ", "))
		}
		settings, err := c.settings(known)
		if err != nil {
			return err
		}
		secrets, err := c.secrets(known)
		if err != nil {
			return err
		}
		a := &storage.Account{Kind: kind, Name: c.Name, Settings: settings}
		if w.Engine.AsksConsent(kind) {
			if err := s.connect(w, a, secrets); err != nil {
				return err
			}
			s.sayT("command.account.connected", "name", a.Name, "email", a.Settings[oauth.SettingEmail], "id", a.ID)
		} else {
			if err := w.Engine.AddAccountWith(s.ctx, a, secrets); err != nil {
				return err
			}
			s.sayT("command.account.added", "name", a.Name, "id", a.ID)
		}
		s.tellInFile(w, known)
		return s.document(map[string]string{"id": a.ID, "kind": a.Kind, "name": a.Name})
	})
}

// tellInFile says where the secrets of an account are when no keyring answers on this computer.
func (s *session) tellInFile(w *Workspace, known []directory.Setting) {
	place, inFile := secrets.InFile(w.Secrets)
	if inFile && slices.ContainsFunc(known, func(k directory.Setting) bool { return k.Secret }) {
		s.sayT("command.account.inFile", "file", place.File, "key", place.Key)
	}
}

// settings reads --set. Only what the kind knows is taken, and a folder becomes absolute: the next command may run
// elsewhere.
func (c given) settings(known []directory.Setting) (map[string]string, error) {
	settings := map[string]string{}
	for _, set := range c.Set {
		key, value, ok := strings.Cut(set, "=")
		i := slices.IndexFunc(known, func(s directory.Setting) bool { return s.Name == key })
		switch {
		case i >= 0 && known[i].Secret:
			return nil, storage.NewProblem("command.secretAsSetting", "name", key) // without its value
		case !ok || i < 0:
			return nil, storage.NewProblem("command.setting", "value", set, "known", namesOf(known, false))
		}
		if known[i].Folder {
			path, err := filepath.Abs(value)
			if err != nil {
				return nil, err
			}
			value = path
		}
		settings[key] = value
	}
	return settings, nil
}

type accountList struct{}

// Run lists the accounts.
func (accountList) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		accounts := []*storage.Account{}
		err := w.Store.View(s.ctx, func(tx storage.Reader) error {
			all, err := tx.Accounts()
			accounts = append(accounts, all...)
			return err
		})
		if err != nil {
			return err
		}
		for _, a := range accounts {
			state := words.T("command.account.enabled")
			if !a.Enabled {
				state = words.T("command.account.disabled")
			}
			if err := s.line(a.ID, say.Account(a, w.Engine.Kinds()), a.Kind, state); err != nil {
				return err
			}
		}
		if len(accounts) == 0 {
			s.sayT("command.account.none")
		}
		return s.document(map[string]any{"accounts": accounts})
	})
}

type accountTest struct {
	Account string `arg:"" name:"account"`
}

// Run asks the directory whether it answers and accepts the account.
func (c accountTest) Run(s *session) error {
	return s.onAccount(c.Account, func(w *Workspace, a *storage.Account) error {
		if err := w.Engine.TestAccount(s.ctx, a.ID); err != nil {
			if s.ctx.Err() != nil {
				return s.ctx.Err()
			}
			reason := say.Error(err)
			s.sayT("command.account.failed", "name", a.Name, "reason", reason)
			if err := s.document(map[string]any{
				"id": a.ID, "ok": false, "error": failure{Code: codeOf(err), Message: reason},
			}); err != nil {
				return err
			}
			return errFailures
		}
		s.sayT("command.account.ok", "name", a.Name)
		return s.document(map[string]any{"id": a.ID, "ok": true})
	})
}

type accountEnable struct {
	Account string `arg:"" name:"account"`
}

// Run lets the engine use the account again.
func (c accountEnable) Run(s *session) error { return s.setEnabled(c.Account, true) }

type accountDisable struct {
	Account string `arg:"" name:"account"`
}

// Run keeps the account and its listings, and stops using it.
func (c accountDisable) Run(s *session) error { return s.setEnabled(c.Account, false) }

func (s *session) setEnabled(text string, on bool) error {
	return s.onAccount(text, func(w *Workspace, a *storage.Account) error {
		if err := w.Engine.SetAccountEnabled(s.ctx, a.ID, on); err != nil {
			return err
		}
		key := "command.account.nowDisabled"
		if on {
			key = "command.account.nowEnabled"
		}
		s.sayT(key, "name", a.Name)
		return s.document(map[string]any{"id": a.ID, "enabled": on})
	})
}

type accountAccept struct {
	Account string `arg:"" name:"account"`
}

// Run takes the account that answers now for the right one, though it is not the one of last time.
func (c accountAccept) Run(s *session) error {
	return s.onAccount(c.Account, func(w *Workspace, a *storage.Account) error {
		if err := w.Engine.AcceptIdentity(s.ctx, a.ID); err != nil {
			return err
		}
		s.sayT("command.account.accepted", "name", a.Name)
		return s.document(map[string]any{"id": a.ID, "accepted": true})
	})
}

type accountRemove struct {
	Account string `arg:"" name:"account"`
}

// Run removes the account and what is known of its listings; nothing changes on the directory itself.
func (c accountRemove) Run(s *session) error {
	return s.onAccount(c.Account, func(w *Workspace, a *storage.Account) error {
		err := w.Engine.RemoveAccount(s.ctx, a.ID)
		if err != nil && !sync.NotRevoked(err) {
			return err
		}
		s.sayT("command.account.removed", "name", a.Name)
		if failed := s.document(map[string]any{"id": a.ID, "removed": true, "revoked": err == nil}); failed != nil || err == nil {
			return failed
		}
		s.say(say.Error(err))
		return errFailures
	})
}

// onAccount opens the workspace and finds the account.
func (s *session) onAccount(text string, f func(*Workspace, *storage.Account) error) error {
	return s.withWorkspace(func(w *Workspace) error {
		a, err := findAccount(s, w.Store, text)
		if err != nil {
			return err
		}
		return f(w, a)
	})
}

// findAccount finds an account by its id, or by its name when exactly one bears it.
func findAccount(s *session, store storage.Store, text string) (*storage.Account, error) {
	var found []*storage.Account
	err := store.View(s.ctx, func(tx storage.Reader) error {
		a, err := tx.Account(text)
		if err == nil {
			found = append(found, a)
			return nil
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		all, err := tx.Accounts()
		for _, a := range all {
			if storage.SearchKey(a.Name) == storage.SearchKey(text) {
				found = append(found, a)
			}
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, storage.NewProblem("command.unknownAccount", "account", text)
	case len(found) > 1:
		return nil, storage.NewProblem("command.ambiguousAccount", "account", text)
	}
	return found[0], nil
}
