package command

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason/app/instance"
	"diapason/storage"
)

// beside runs commands while something has the shell's workspace open: "serve", or a window.
func (sh *shell) beside(holder string, f func()) {
	sh.t.Helper()
	if holder == "serve" {
		s := sh.serve()
		f()
		s.stop()
		return
	}
	sh.env["DISPLAY"] = ":0"
	sh.window = func(context.Context, *Workspace) error {
		f()
		return nil
	}
	if o := sh.run(); o.code != ExitDone {
		sh.t.Errorf("window: exit %d\n%s", o.code, o.stderr)
	}
}

func TestCommandGivesTheSameBesideServeAndTheWindow(t *testing.T) {
	for _, holder := range []string{"serve", "window"} {
		t.Run(holder, func(t *testing.T) {
			sh, _ := agendaOf(t)
			sh.ok("agenda", "link", "add", "--person", "Camille Aubier", "--name", "Ancien")
			sh.ok("agenda", "link", "revoke", "Ancien")
			sh.serve().stop() // it chooses the port
			file := filepath.Join(sh.dir, "feed.ics")
			commands := [][]string{
				{"agenda", "link", "list"},
				{"agenda", "link", "list", "--json"},
				{"agenda", "link", "list", "--urls", "--json"},
				{"agenda", "render", "Équipe"},
				{"agenda", "render", "équipe", "--json"},
				{"agenda", "render", "équipe", file, "--json"},
				{"agenda", "person", "list"},
				{"agenda", "person", "list", "--json"},
				{"agenda", "link", "revoke", "Personne"},
				{"agenda", "link", "revoke", "Personne", "--json"},
				{"agenda", "link", "add", "--person", "Dominique", "--name", "Neuf", "--json"},
				{"agenda", "link", "add", "--person", "Camille Aubier", "--name", "", "--json"},
				{"agenda", "person", "add", "", "--json"},
			}
			var alone []outcome
			for _, args := range commands {
				alone = append(alone, sh.run(args...))
			}
			whole, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			sh.beside(holder, func() {
				for i, args := range commands {
					if got := sh.run(args...); got != alone[i] {
						t.Errorf("diapason %s: %+v\nalone: %+v", strings.Join(args, " "), got, alone[i])
					}
				}
			})
			if again, err := os.ReadFile(file); err != nil || string(again) != string(whole) || len(whole) == 0 {
				t.Errorf("%d bytes instead of %d, %v", len(again), len(whole), err)
			}
		})
	}
}

func TestLeakedLinkIsRevokedWithoutStoppingServe(t *testing.T) {
	sh, link := agendaOf(t)
	s := sh.serve()
	before := sh.ok("agenda", "link", "list", "--urls")["links"].([]any)[0].(map[string]any)
	url := before["url"].(string)
	if got := sh.readLink(url); got.status != http.StatusOK {
		t.Fatalf("before: %d", got.status)
	}
	regenerated := sh.ok("agenda", "link", "regenerate", "Équipe")["url"].(string)
	if old, now := sh.readLink(url), sh.readLink(regenerated); old.status != http.StatusGone || now.status != http.StatusOK {
		t.Errorf("regenerated: %d, %d", old.status, now.status)
	}
	if doc := sh.ok("agenda", "link", "revoke", "Équipe"); doc["id"] != link["id"] || doc["revoked"] != true {
		t.Errorf("%v", doc)
	}
	if got := sh.readLink(regenerated); got.status != http.StatusGone {
		t.Errorf("revoked: %d", got.status)
	}
	if o := sh.run("agenda", "link", "revoke", "Équipe"); o.code != ExitUsage { // a revoked link has no name any more
		t.Errorf("again: exit %d", o.code)
	}
	s.stop()
	if sh.ok("agenda", "link", "list")["links"].([]any)[0].(map[string]any)["revoked"] == nil {
		t.Error("after serve has ended, the link works again")
	}
}

func TestLinkAddedBesideServeIsReadAtOnce(t *testing.T) {
	sh, _ := agendaOf(t)
	s := sh.serve()
	sh.ok("agenda", "person", "add", "Dominique Fabre", "--staff")
	doc := sh.ok("agenda", "link", "add", "--person", "Dominique Fabre", "--name", "Salles", "--type", "Location de salle", "--lang", "en")
	if got := sh.readLink(doc["url"].(string)); got.status != http.StatusOK || len(got.titles()) != 1 || got.titles()[0] != "Anniversaire" {
		t.Errorf("%d %q", got.status, got.titles())
	}
	for _, l := range sh.ok("agenda", "link", "list")["links"].([]any) {
		l := l.(map[string]any)
		isNew := l["name"] == "Salles" && l["language"] == "en" && l["person"].(map[string]any)["name"] == "Dominique Fabre"
		if isNew != (l["id"] == doc["id"]) {
			t.Errorf("%v", l)
		}
	}
	s.stop()
}

func TestWhatCannotBeCarriedOutElsewhereKeepsItsExitCode(t *testing.T) {
	sh, _ := agendaOf(t)
	sh.beside("serve", func() {
		for _, args := range [][]string{
			{"status"}, {"agenda", "link", "publish", "Équipe", "Nuage"},
		} {
			if o := sh.run(args...); o.code != ExitLocked || !strings.Contains(o.stderr, "déjà ouvert") {
				t.Errorf("diapason %s: exit %d, %s", strings.Join(args, " "), o.code, o.stderr)
			}
		}
		for _, what := range []string{"agenda.import", "backup", "agenda.link"} {
			var got any
			if err := instance.Ask(t.Context(), sh.env["DIAPASON_WORKSPACE"], what, nil, &got); err != storage.ErrLocked {
				t.Errorf("%s: %v, %v", what, got, err)
			}
		}
	})
}
