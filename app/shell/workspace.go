package shell

import (
	"context"
	"strings"
	"unicode"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

// workspace is the block at the bottom of the rail: name, and what goes on with the directories.
type workspace struct {
	name     func() string // in the language of now
	accounts int           // enabled ones
	remove   func()
}

func newWorkspace(name func() string) *workspace {
	if name == nil {
		name = func() string { return "" }
	}
	return &workspace{name: name, remove: func() {}}
}

// follow counts the accounts of directories now and whenever they change; changed is called on the interface's goroutine.
func (w *workspace) follow(ctx context.Context, store storage.Store, ui func(func()), changed func()) {
	count := func() {
		n := 0
		err := store.View(ctx, func(r storage.Reader) error {
			accounts, err := r.Accounts()
			for _, a := range accounts {
				if a.Enabled && a.IsDirectory() {
					n++
				}
			}
			return err
		})
		if err != nil {
			return // the store is closing, or the screens say what is wrong with it
		}
		ui(func() {
			w.accounts = n
			changed()
		})
	}
	w.remove = store.OnChange(func(c storage.Changes) {
		if c.All || c.Accounts {
			go count()
		}
	})
	go count()
}

// show writes the block.
func (w *workspace) show(rail *widgets.Rail, running []sync.Progress) {
	name := w.name()
	if name == "" {
		name = words.T("shell.workspace.name")
	}
	tone, icon, text := widgets.Success, look.StatusOK, words.N("shell.workspace.accounts", w.accounts)
	if w.accounts == 0 {
		tone, icon, text = widgets.Neutral, look.StatusDisabled, words.T("shell.workspace.none")
	}
	for _, p := range running {
		if p.Kind == storage.RunSync || p.Kind == storage.RunAutoSync || p.Kind == storage.RunCheck {
			tone, icon, text = widgets.Info, look.StatusRunning, words.T("shell.workspace.syncing")
		}
	}
	rail.SetWorkspace(initials(name), name, tone, icon, text, nil)
}

// initials gives one or two capitals for a workspace's name: « Groupe Lumen » is GL, « Espace de travail » ET.
func initials(name string) string {
	var first, long []rune
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		letters := []rune(word)
		first = append(first, unicode.ToUpper(letters[0]))
		if len(letters) > 2 {
			long = append(long, unicode.ToUpper(letters[0]))
		}
	}
	if len(long) >= 2 {
		first = long
	}
	return string(first[:min(2, len(first))])
}
