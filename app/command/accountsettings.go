package command

import (
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"diapason/storage"
	"diapason/sync/directory"
)

// given is what the command line says of an account.
type given struct {
	Set []string `name:"set" placeholder:"command.value.setting" sep:"none"`
	// Secret is KEY=@FILE: a value would stand in the shell's history and in the list of processes.
	Secret []string `name:"secret" placeholder:"command.value.secret" sep:"none"`
}

// namesOf lists the settings, or the secret ones.
func namesOf(known []directory.Setting, secret bool) string {
	var names []string
	for _, k := range known {
		if k.Secret == secret && !k.Granted {
			names = append(names, k.Name)
		}
	}
	return strings.Join(names, ", ")
}

// longestSecret bounds the file of a secret, in bytes: a private key has some thousand.
const longestSecret = 32 << 10

// secrets reads --secret: the files that it names, without the end of line that editors add. An empty file forgets.
func (c given) secrets(known []directory.Setting) (map[string]string, error) {
	values := map[string]string{}
	for _, text := range c.Secret {
		key, from, _ := strings.Cut(text, "=")
		if !slices.ContainsFunc(known, func(k directory.Setting) bool { return k.Secret && !k.Granted && k.Name == key }) {
			return nil, storage.NewProblem("command.secret", "known", namesOf(known, true)) // without what may be a value
		}
		path, isFile := strings.CutPrefix(from, "@")
		if !isFile {
			return nil, storage.NewProblem("command.secretFile", "name", key)
		}
		value, err := readSecret(path)
		if err != nil {
			return nil, err
		}
		values[key] = value
	}
	return values, nil
}

func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", storage.NewProblem("command.secretUnreadable", "file", path).Because(err)
	}
	defer f.Close() // only read from: nothing is lost
	raw, err := io.ReadAll(io.LimitReader(f, longestSecret+1))
	if err != nil || len(raw) > longestSecret || !utf8.Valid(raw) {
		return "", storage.NewProblem("command.secretUnreadable", "file", path).Because(err)
	}
	return strings.TrimRight(string(raw), "\r\n"), nil
}

type accountChange struct {
	Account string `arg:"" name:"account"`
	given
}

// Run changes some settings or secrets of an account; what waited for that leaves again.
func (c accountChange) Run(s *session) error {
	return s.onAccount(c.Account, func(w *Workspace, a *storage.Account) error {
		secrets, err := c.apply(w, a)
		if err != nil {
			return err
		}
		if err := w.Engine.AddAccountWith(s.ctx, a, secrets); err != nil {
			return err
		}
		s.sayT("command.account.changed", "name", a.Name)
		return s.document(map[string]any{"id": a.ID, "changed": true})
	})
}

// apply writes what is given into the settings of an account, and gives the values of the secrets.
func (c given) apply(w *Workspace, a *storage.Account) (map[string]string, error) {
	known, ok := w.Engine.AccountSettings(a.Kind)
	if !ok {
		return nil, storage.NewProblem("account.kind", "kind", a.Kind)
	}
	settings, err := c.settings(known)
	if err != nil {
		return nil, err
	}
	if a.Settings == nil {
		a.Settings = map[string]string{}
	}
	maps.Copy(a.Settings, settings)
	return c.secrets(known)
}
