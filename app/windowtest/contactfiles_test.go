//go:build linux

package windowtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cardsFile writes a file of two cards and a list of people.
func cardsFile(t *testing.T) string {
	t.Helper()
	card := func(lines ...string) string {
		return "BEGIN:VCARD\r\nVERSION:3.0\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCARD\r\n"
	}
	text := card("N:Morel;Zita;;;", "EMAIL;TYPE=HOME:zita@example.com") + card("N:Petit;Noé;;;", "TEL;TYPE=CELL:0612345678") +
		card("N:Chorale;;;;", "X-ADDRESSBOOKSERVER-KIND:group")
	path := filepath.Join(t.TempDir(), "carnet.vcf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDroppedCardsAreShownImportedAndTakenBack(t *testing.T) {
	workspace := filepath.Join(t.TempDir(), "espace")
	command(t, workspace, "status")
	p := open(t, workspace)
	p.drop(600, 400, cardsFile(t)) // over another screen
	p.see("Importer «\u00a0carnet.vcf\u00a0»")
	p.see("2 nouveaux contacts")
	p.see("1 carte mise de côté")
	p.press("Importer 2 contacts")
	p.see("2 contacts importés de «\u00a0carnet.vcf\u00a0»")
	p.see("Zita Morel")
	p.press("Rétablir")
	p.see("L’import de «\u00a0carnet.vcf\u00a0» est annulé.")
	p.see("Aucun contact pour l’instant")
	p.press("Voir le rapport")
	p.see("Rétablissement")

	bad := filepath.Join(t.TempDir(), "photo.vcf")
	if err := os.WriteFile(bad, []byte("\x89PNG\r\n\x1a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.drop(600, 400, bad)
	p.seeContaining("aucune carte de contact")
	p.press("Fermer")
	p.close()
}
