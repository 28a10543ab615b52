//go:build linux

package windowtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diapason/sync/sandbox"
)

// threeShops is a file of three establishments.
const threeShops = "Identifiant;Nom;Rue et numéro;Code postal;Ville;Pays;Téléphone\n" +
	"S-1;Atelier Aubépine;1 rue des Chapitres;35000;Rennes;FR;02 61 91 10 01\n" +
	"S-2;Boutique Bruyère;2 rue des Chapitres;35000;Rennes;FR;02 61 91 10 02\n" +
	"S-3;Comptoir Cardamine;3 rue des Chapitres;35000;Rennes;FR;02 61 91 10 03\n"

var shopIDs = []string{"S-1", "S-2", "S-3"}

// shops makes a workspace of three establishments, on a trial directory that the test looks into and on a map beside it.
func shops(t *testing.T) (workspace, folder string, directory *sandbox.Trial) {
	t.Helper()
	workspace, directory = trialWorkspace(t)
	folder = filepath.Join(t.TempDir(), "carte")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	command(t, workspace, "account", "add", "geojson", "--name", "Carte", "--set", "folder="+folder)
	file := filepath.Join(t.TempDir(), "boutiques.csv")
	if err := os.WriteFile(file, []byte(threeShops), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, workspace, "import", "establishments", file)
	return workspace, folder, directory
}

// publishAll ticks the three establishments and publishes them.
func (p *program) publishAll() {
	p.t.Helper()
	for _, name := range []string{"Atelier Aubépine", "Boutique Bruyère", "Comptoir Cardamine"} {
		p.tick(name)
	}
	p.press("Synchroniser (3)")
}

// onMap tells whether the map's file shows the three establishments.
func onMap(t *testing.T, folder string) bool {
	t.Helper()
	text := ""
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		text += string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(text, "Aubépine") && strings.Contains(text, "Bruyère") && strings.Contains(text, "Cardamine")
}

// heal asks the directory, as people do once what was wrong with it is gone.
func (p *program) heal() {
	p.t.Helper()
	p.press("Intégrations")
	p.see("Annuaires reliés")
	p.middle(p.beside("Annuaire d’essai", "*widgets.Button"))
}

// decide brings « À décider » to the front.
func (p *program) toDecide() {
	p.t.Helper()
	p.press("Activité")
	p.pressStarting("À décider")
}

// TestDirectoryThatGoesWrongIsSaidWithANextStepAndEndsInTune publishes three establishments while the trial directory goes
// wrong in one way: the window says so and what to do, the map gets them all the same, and once the fault is gone all is
// in tune, each listing made once.
func TestDirectoryThatGoesWrongIsSaidWithANextStepAndEndsInTune(t *testing.T) {
	for name, c := range map[string]struct {
		fault sandbox.Fault
		says  func(p *program) // state in words, and next step
		heals func(p *program) // the asked action; nil: none, it goes on by itself
		again int              // writings beyond one for each, that were asked for
	}{
		"refused connection": {
			fault: sandbox.Fault{Kind: sandbox.Refused, Times: 1 << 30},
			says: func(p *program) {
				p.press("Intégrations")
				p.see("En pause")
				p.seeContaining("est injoignable depuis")
				p.seeContaining("ce qui attend partira tout seul")
			},
			heals: (*program).heal,
		},
		"too many calls, with seconds": {
			fault: sandbox.Fault{Kind: sandbox.TooManySeconds, Delay: 6 * time.Second},
			says: func(p *program) {
				p.press("Intégrations")
				p.see("En pause")
				p.seeContaining("demande de ralentir, reprise")
				p.seeContaining("ce qui attend partira tout seul")
			},
		},
		"applied, then cut": {
			fault: sandbox.Fault{Kind: sandbox.ApplyThenCut, Times: 1 << 30, Skip: 1},
			says: func(p *program) {
				p.press("Intégrations")
				p.seeContaining("est injoignable depuis")
				p.seeContaining("ce qui attend partira tout seul")
			},
			heals: (*program).heal,
		},
		"access refused in the middle": {
			fault: sandbox.Fault{Kind: sandbox.Unauthorized, Times: 1 << 30, Skip: 2},
			says: func(p *program) {
				p.seeContaining("attend d’être reconnecté") // the banner, whatever the screen
				p.toDecide()
				p.see("Action requise, 3")
				p.seeContaining("Reconnecter le compte dans Intégrations")
				p.see("Ouvrir Intégrations")
			},
			heals: (*program).heal,
		},
		"moderation, then rejection": {
			fault: sandbox.Fault{Kind: sandbox.RejectedLater, Times: 1, Delay: time.Second},
			says: func(p *program) {
				p.toDecide()
				p.see("Action requise, 3")
				p.seeContaining("La modération de l’annuaire d’essai a refusé cette fiche")
			},
			heals: func(p *program) {
				p.press("Synchroniser les 3")
			},
			again: 3,
		},
	} {
		t.Run(name, func(t *testing.T) {
			workspace, folder, directory := shops(t)
			p := open(t, workspace)
			directory.Misbehave(c.fault)
			p.publishAll()
			c.says(p)
			waitUntil(t, "the map", func() bool { return onMap(t, folder) })
			directory.Behave()
			if c.heals != nil {
				c.heals(p)
			}
			p.press("Établissements")
			waitUntil(t, "three rows that are À jour on both", func() bool { return p.count("À jour") == 6 })
			p.close()
			effects := 0
			for _, id := range shopIDs {
				effects += directory.Effects(id)
			}
			if effects != len(shopIDs)+c.again {
				t.Errorf("%d writings took effect", effects)
			}
		})
	}
}
