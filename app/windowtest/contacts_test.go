//go:build linux

package windowtest

import (
	"path/filepath"
	"testing"
)

func TestContactIsFilledInFoundTrashedAndBroughtBack(t *testing.T) {
	p := open(t, filepath.Join(t.TempDir(), "espace"))
	p.press("Contacts")
	p.see("Aucun contact pour l\u2019instant")
	p.press("Nouveau contact")
	p.see("Pr\u00e9nom")
	p.write("Zita")
	p.key("Tab")
	p.write("Morel")
	p.key("Tab")
	p.write("0612345678")
	p.press("Enregistrer")
	p.see("Zita Morel est ajout\u00e9.")
	p.see("06 12 34 56 78")

	p.key("ctrl+f")
	p.write("0612")
	p.press("Zita Morel")
	p.press("Mettre \u00e0 la corbeille")
	p.see("Zita Morel est dans la corbeille.")
	p.press("Corbeille (1)")
	p.press("Zita Morel")
	p.press("Sortir de la corbeille")
	p.see("Zita Morel est de nouveau dans les contacts.")
}
