//go:build linux

package windowtest

import (
	"strings"
	"testing"

	"diapason/sync/sandbox"
)

// changedThere makes the three shops, published and up to date, of which others then changed values on the directory.
func changedThere(t *testing.T) (workspace string, directory *sandbox.Trial) {
	t.Helper()
	workspace, _, directory = shops(t)
	command(t, workspace, "sync", "--all")
	for id, values := range map[string]map[string]string{
		"S-1": {"phone": "+33261911091"},
		"S-2": {"phone": "+33261911092", "name": "Boutique Bruyère et Fils"},
		"S-3": {"phone": "+33261911093"},
	} {
		waitUntil(t, id+" past the moderation", func() bool { r := directory.Record(id); return r != nil && r.Values["phone"] != "" })
		if !directory.EditByOthers(id, values) {
			t.Fatalf("%s is not there", id)
		}
	}
	return workspace, directory
}

// checkNow launches what re-reads the trial directory by itself.
func (p *program) checkNow() {
	p.t.Helper()
	p.press("Paramètres")
	p.press("Planification")
	p.see("Relecture")
	p.middle(p.see("Lancer maintenant"))
}

func TestValueThatADirectoryChangedIsFoundAtTheNextCheckAndDecided(t *testing.T) {
	workspace, directory := changedThere(t)
	p := open(t, workspace)
	p.checkNow()
	p.toDecide()
	p.see("Écarts, 3")
	for _, text := range []string{"Chez nous", "Dernière publication", "Sur l’annuaire", "02 61 91 10 01", "02 61 91 10 91"} {
		p.seeContaining(text)
	}
	if p.count("02 61 91 10 01") != 2 { // ours, and what was published
		t.Errorf("our number stands there %d times", p.count("02 61 91 10 01"))
	}
	p.middle(p.beside("Téléphone", "*widgets.Button")) // the first one's « Garder le nôtre »
	p.see("Écarts, 2")
	p.tickIn("Boutique Bruyère")
	p.tickIn("Comptoir Cardamine")
	p.see("2 fiches sélectionnées")
	p.pressIn("Accepter", "2 fiches sélectionnées")
	p.see("Accepter une valeur sensible ?") // the name
	p.press("Accepter les 2 autres")
	p.see("Écarts, 1")
	p.press("Accepter") // the name, alone
	p.press("Accepter la valeur")
	p.see("Rien n’attend de décision")
	p.close()
	for _, id := range []string{"S-2", "S-3"} {
		if n := directory.Effects(id); n != 1 { // our publication: nothing is sent back
			t.Errorf("%s was written %d times", id, n)
		}
	}
	names := toText(t, command(t, workspace, "journal"))
	for _, text := range []string{"+33261911092", "+33261911093", "Boutique Bruyère et Fils"} {
		if !strings.Contains(names, text) {
			t.Errorf("%s was not taken over", text)
		}
	}
}

func TestDecisionForASelectionIsOneRunThatCanBeUndone(t *testing.T) {
	workspace, directory := changedThere(t)
	p := open(t, workspace)
	p.checkNow()
	p.toDecide()
	p.see("Écarts, 3")
	p.key("ctrl+a")
	p.see("3 fiches sélectionnées")
	p.press("Garder les nôtres")
	p.see("Rien n’attend de décision")
	p.press("Annuler") // in the toast
	p.see("Écarts, 3")
	p.close()
	if n := directory.Effects("S-1"); n != 1 {
		t.Errorf("S-1 was written %d times", n)
	}
}

// tickIn ticks the check at the left of a name in « À décider ».
func (p *program) tickIn(name string) {
	p.t.Helper()
	o := p.see(name)
	p.click(o.X-20, o.Y+o.H/2)
}

// pressIn presses the button that bears a text stands on the line of another.
func (p *program) pressIn(text, beside string) {
	p.t.Helper()
	for _, o := range p.onLine(beside, "text") {
		if o.Text == text {
			p.middle(o)
			return
		}
	}
	p.t.Fatalf("no « %s » beside « %s »", text, beside)
}
