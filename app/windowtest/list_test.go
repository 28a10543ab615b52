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
