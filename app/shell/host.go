package shell

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
)

// Toast says what has just been done; action, when not empty, is offered beside it.
func (s *Shell) Toast(text, action string, do func()) { s.notices.toast(text, action, do) }

// Failure says why something could not be done. It stays until it is closed; the cause goes to the log.
func (s *Shell) Failure(err error) {
	s.p.Log.Error("shown to the user", "error", err)
	if p, ok := errors.AsType[*storage.Problem](err); ok && noDirectory[p.Code] && s.has(placeIntegrations) {
		s.notices.failure(say.Error(err), words.T("shell.integrations.open"), func() { s.Integrations() })
		return
	}
	s.notices.failure(say.Error(err), "", nil)
}

// noDirectory are the refusals whose remedy is to link a directory.
var noDirectory = map[string]bool{"list.noAccount": true, "sync.noAccount": true}

// Integrations opens the screen of the accounts; it reports whether there is one.
func (s *Shell) Integrations() bool {
	if !s.has(placeIntegrations) {
		return false
	}
	s.Go(placeIntegrations)
	return true
}

// OpenURL opens a public address, or a folder as file://, outside the program.
func (s *Shell) OpenURL(address string) {
	u, err := url.Parse(address)
	if err == nil {
		err = s.app.OpenURL(u)
	}
	if err != nil {
		s.Failure(storage.NewProblem("shell.cannotOpen", "address", address).Because(err))
	}
}

// Copy puts a text on the clipboard.
func (s *Shell) Copy(text string) {
	s.app.Clipboard().SetContent(text)
	s.Toast(words.T("shell.copied"), "", nil)
}

// demo fills an empty workspace with demonstration data.
func (s *Shell) demo() {
	go func() {
		err := s.p.Demo(s.ctx)
		s.p.UI(func() {
			if err != nil {
				s.Failure(err)
				return
			}
			s.Toast(words.T("shell.demo.done"), "", nil)
		})
	}()
}

// SaveFile lets people choose where to write; path is "" when they changed their mind.
func (s *Shell) SaveFile(title, name string, endings []string, done func(path string, err error)) {
	kind := words.T("shell.files.tables")
	if !slices.Contains(importable, endings[0]) {
		kind = words.T("shell.files.others", "endings", strings.Join(endings, ", "))
	}
	s.pick.SaveFile(title, name, Filter{Name: kind, Endings: endings}, done)
}
