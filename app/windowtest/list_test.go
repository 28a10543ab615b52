//go:build linux

package windowtest

import (
	"path/filepath"
	"testing"
)

// tick clicks the check at the left of a row.
func (p *program) tick(name string) {
	p.t.Helper()
	o := p.see(name)
	p.click(o.X-24, o.Y+o.H/2+6)
}

func TestThreeTickedEstablishmentsArePublishedAndNoOther(t *testing.T) {
	workspace := filepath.Join(t.TempDir(), "espace")
	p := open(t, workspace, "demo")
	for _, name := range []string{"Agence Clés d’Argile", "Bar Le Dernier Quartier", "Fleuriste Mille Corolles"} {
		p.tick(name)
	}
	p.press("Synchroniser (3)")
	waitUntil(t, "three rows that are À jour", func() bool { return p.count("À jour") == 3 })
	p.close()
	words := command(t, workspace, "status")["listings"].(map[string]any)
	if words["upToDate"] != 3.0 || words["toSync"] != 8.0 {
		t.Errorf("listings: %v", words)
	}
}

func TestEverythingIsSelectedBeyondTheSearchAndEditedAtOnce(t *testing.T) {
	workspace := filepath.Join(t.TempDir(), "espace")
	command(t, workspace, "import", "establishments", numbered(t, 300))
	p := open(t, workspace)
	p.see("Établissement 000000")
	p.key("ctrl+f")
	p.write("00001")
	p.see("11 sur 300")
	p.key("Down") // from the search field into the rows
	p.key("ctrl+a")
	p.see("11 sélectionnés sur 300")
	p.press("Sélectionner les 300")
	p.see("300 sélectionnés sur 300, dont 289 masqués par le filtre")
	p.press("Activer l’Auto-sync")
	p.see("Auto-sync activé pour 300 établissements")
	p.close()
	if on := command(t, workspace, "status")["autoSync"]; on != 300.0 {
		t.Errorf("Auto-sync is on for %v", on)
	}
}
