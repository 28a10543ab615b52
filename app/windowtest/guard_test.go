//go:build linux

package windowtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// emptiedNetwork makes a workspace of 220 shops on a map, of which 200 have lost their website here.
func emptiedNetwork(t *testing.T) (workspace, folder string) {
	t.Helper()
	dir := t.TempDir()
	workspace, folder = filepath.Join(dir, "espace"), filepath.Join(dir, "carte")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	file := func(name string, bare int) string {
		var b strings.Builder
		b.WriteString("identifier;name;streetAndNumber;zip;city;country;phone;website\n")
		for i := range 220 {
			site := "https://www.boutique.example/"
			if i < bare {
				site = ""
			}
			fmt.Fprintf(&b, "R-%03d;Boutique %03d;%d rue des Chapitres;35000;Rennes;FR;02 61 91 10 06;%s\n", i, i, i+1, site)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	command(t, workspace, "account", "add", "geojson", "--name", "Carte", "--set", "folder="+folder)
	command(t, workspace, "import", "establishments", file("un.csv", 0))
	command(t, workspace, "sync", "--all")
	command(t, workspace, "import", "establishments", file("deux.csv", 200), "--erase-empty")
	return workspace, folder
}

// sites counts the websites that the map's files show.
func sites(t *testing.T, folder string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		n += strings.Count(string(raw), "https://www.boutique.example/")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// syncAll presses « Synchroniser » without a choice, and again where the window asks whether all are meant.
func (p *program) syncAll() {
	p.t.Helper()
	p.press("Synchroniser")
	p.seeContaining("220 établissements")
	waitUntil(p.t, "the question's own button", func() bool {
		o, ok := p.find("Synchroniser")
		if ok && o.Overlay {
			p.middle(o)
		}
		return ok && o.Overlay
	})
}

func TestRunThatWouldEmpty200EstablishmentsStopsAndGoesOnOnlyAfterAgreement(t *testing.T) {
	workspace, folder := emptiedNetwork(t)
	before := sites(t, folder)
	p := open(t, workspace)
	p.syncAll()
	p.see("Publier ces 200 modifications")
	p.seeContaining("200 fiches de « Carte », sur 220, perdraient au moins une valeur.")
	p.see("Boutique 000")
	p.key("Escape") // it waits
	p.see("1 passage est retenu : rien n’en part sans votre accord.")
	if n := sites(t, folder); n != before {
		t.Fatalf("%d websites there, %d before: something left", n, before)
	}
	p.press("Activité")
	p.see("Retenue")
	p.press("Voir le plan")
	p.press("Publier ces 200 modifications")
	waitUntil(t, "the map without the websites", func() bool { return sites(t, folder)*220 == before*20 })
	waitUntil(t, "the banner to go", func() bool { return p.count("Voir le plan") == 0 })
	p.close()
	if words := command(t, workspace, "status")["listings"].(map[string]any); words["toSync"] != nil {
		t.Errorf("listings: %v", words)
	}
}

func TestHeldRunThatIsNotToBePublishedLeavesNothing(t *testing.T) {
	workspace, folder := emptiedNetwork(t)
	before := sites(t, folder)
	p := open(t, workspace)
	p.syncAll()
	p.see("Publier ces 200 modifications")
	p.key("Return") // the default is « Ne pas publier »
	p.seeContaining("Rien n’est publié.")
	waitUntil(t, "the banner to go", func() bool { return p.count("Voir le plan") == 0 })
	p.close()
	if n := sites(t, folder); n != before {
		t.Errorf("%d websites there, %d before: something left", n, before)
	}
	status := command(t, workspace, "status")
	if len(status["held"].([]any)) != 0 || status["listings"].(map[string]any)["toSync"] != 200.0 {
		t.Errorf("status %v", status)
	}
}
