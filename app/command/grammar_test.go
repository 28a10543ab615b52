package command

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"diapason/assets/words"
)

// TestEveryPartOfTheCommandLineHasWords walks commands, arguments and flags, in both languages.
func TestEveryPartOfTheCommandLineHasWords(t *testing.T) {
	k, err := parser(&grammar{})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	if err := kong.Visit(k.Model, func(v kong.Visitable, next kong.Next) error {
		switch v := v.(type) {
		case *kong.Application:
			keys = append(keys, helpKey(v.Node))
		case *kong.Command:
			if !v.Hidden {
				keys = append(keys, helpKey(v))
			}
		case *kong.Flag:
			keys = append(keys, "command.flag."+v.Name)
			if v.PlaceHolder != "" && !v.IsBool() {
				keys = append(keys, v.PlaceHolder)
			}
		case *kong.Positional:
			if v.Flag == nil { // a flag's own value is visited too
				keys = append(keys, "command.value."+v.Name)
			}
		}
		return next(nil)
	}); err != nil {
		t.Fatal(err)
	}
	if len(keys) < 40 {
		t.Fatalf("only %d parts were visited", len(keys))
	}
	defer useLanguage(t, "fr")
	for _, lang := range words.Languages {
		useLanguage(t, lang)
		for _, key := range keys {
			if !words.Has(key) {
				t.Errorf("%s: nothing is written for %s", lang, key)
			}
		}
	}
}

func useLanguage(t *testing.T, lang string) {
	t.Helper()
	if err := words.Use(lang); err != nil {
		t.Fatal(err)
	}
}

func TestMistakesAreExplainedInTheUsersLanguage(t *testing.T) {
	tests := []struct {
		args []string
		want string // part of the French message
	}{
		{[]string{"status", "--jsno"}, "L’option --jsno n’existe pas\u00a0; il existe --json"},
		{[]string{"status", "--frobnicate"}, "L’option --frobnicate n’existe pas."},
		{[]string{"statsu"}, "il existe status"},
		{[]string{"import"}, "Il manque la suite de la commande\u00a0: establishments."},
		{[]string{"import", "establishments"}, "Il manque FICHIER"},
		{[]string{"account", "add", "trial"}, "Il manque --name"},
		{[]string{"account"}, "add"},
		{[]string{"import", "establishments", "x", "--create-only", "--update-only"}, "--create-only et --update-only ne vont pas ensemble"},
		{[]string{"export", "establishments", "x.csv", "--format", "pdf"}, "--format ne peut pas valoir"},
		{[]string{"journal", "--limit", "many"}, "La valeur de --limit"},
		{[]string{"journal", "--since", "hier"}, "«\u00a0hier\u00a0» n’est ni une date"},
		{[]string{"sync"}, "Indiquer des établissements, ou --all"},
		{[]string{"status", "--lang", "de"}, "La langue «\u00a0de\u00a0»"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			o := newShell(t).run(tt.args...)
			if o.code != ExitUsage {
				t.Errorf("exit %d, want %d", o.code, ExitUsage)
			}
			if !strings.Contains(o.stderr, tt.want) {
				t.Errorf("said %q, want %q", o.stderr, tt.want)
			}
			if o.stdout != "" {
				t.Errorf("standard output: %q", o.stdout)
			}
			english := newShell(t).run(append(tt.args, "--lang", "en")...)
			if english.stderr == o.stderr && tt.args[len(tt.args)-1] != "de" {
				t.Errorf("said %q in both languages", o.stderr)
			}
		})
	}
}

func TestHelpIsOnStandardOutputInTheUsersLanguage(t *testing.T) {
	tests := []struct {
		args []string
		want []string
	}{
		{[]string{"--help"}, []string{"Utilisation", "diapason import establishments FICHIER", "--workspace DOSSIER"}},
		{[]string{"sync", "-h"}, []string{"diapason sync [ID…]", "--directory COMPTE", "--dry-run"}},
		{[]string{"--lang", "en", "sync", "--help"}, []string{"Usage", "--directory ACCOUNT"}},
		{[]string{"account", "--help"}, []string{"diapason account add GENRE", "diapason account list"}},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			o := newShell(t).run(tt.args...)
			if o.code != ExitDone || o.stderr != "" {
				t.Errorf("exit %d, said %q", o.code, o.stderr)
			}
			for _, want := range tt.want {
				if !strings.Contains(o.stdout, want) {
					t.Errorf("%q is missing in\n%s", want, o.stdout)
				}
			}
		})
	}
}
