//go:build linux

package windowtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason/app/windowtest/screentree"
)

// shows reports whether the trial directory shows a text, read in the file that it keeps in the workspace.
func shows(t *testing.T, workspace, text string) bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(workspace, "annuaire-essai.json"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Contains(string(raw), text)
}

// editPhone writes a telephone number into the profile that is open.
func (p *program) editPhone(number string) {
	p.t.Helper()
	p.scrollTo("Téléphone", 900, 500)
	p.middle(p.under("Téléphone", "*widgets.entry"))
	p.key("ctrl+a")
	p.write(number)
	p.key("Tab")
}

// middle clicks in the middle of something.
func (p *program) middle(o screentree.Object) {
	p.t.Helper()
	p.click(o.X+o.W/2, o.Y+o.H/2)
}

func TestAutoSyncSwitchLetsALaterEditGoOutByItself(t *testing.T) {
	workspace := filepath.Join(t.TempDir(), "espace")
	p := open(t, workspace, "demo")
	p.press("Agence Clés d’Argile")
	p.middle(p.beside("Auto-sync", "*widgets.Switch"))
	p.editPhone("01 99 00 42 42")
	waitUntil(t, "the directory to show the number", func() bool { return shows(t, workspace, "+33199004242") })
	waitUntil(t, "the row that is À jour", func() bool { return p.count("À jour") >= 1 })
	p.close()
	words := command(t, workspace, "status")["listings"].(map[string]any)
	if words["upToDate"] != 1.0 || words["toSync"] != 10.0 {
		t.Errorf("listings: %v", words)
	}
}

func TestWithoutAutoSyncNothingGoesOut(t *testing.T) {
	workspace := filepath.Join(t.TempDir(), "espace")
	p := open(t, workspace, "demo")
	p.press("Agence Clés d’Argile")
	p.editPhone("01 99 00 42 42")
	// Another one with Auto-sync, edited later, has gone out: had the first one been queued, it would have gone before.
	p.pressStarting("Fleuriste") // the narrow list cuts the name
	p.see("Fleuriste Mille Corolles")
	p.see("Identité") // the pane begins at its top
	p.middle(p.beside("Auto-sync", "*widgets.Switch"))
	p.editPhone("01 99 00 43 43")
	waitUntil(t, "the directory to show the second number", func() bool { return shows(t, workspace, "+33199004343") })
	p.close()
	if shows(t, workspace, "+33199004242") {
		t.Error("an edit went out without Auto-sync")
	}
	e := command(t, workspace, "journal", "--establishment", "DEMO-09")["entries"].([]any)
	if len(e) == 0 || !strings.Contains(toText(t, e[0]), "+33199004242") {
		t.Errorf("the edit is not in the journal: %v", e)
	}
}

func TestTextBeingTypedIsKeptWhenTheWindowCloses(t *testing.T) {
	workspace := filepath.Join(t.TempDir(), "espace")
	p := open(t, workspace, "demo")
	p.press("Agence Clés d’Argile")
	p.scrollTo("Téléphone", 900, 500)
	p.middle(p.under("Téléphone", "*widgets.entry"))
	p.key("ctrl+a")
	p.write("01 99 00 42 42")
	p.see("01 99 00 42 42")
	p.close()
	e := command(t, workspace, "journal", "--establishment", "DEMO-09")["entries"].([]any)
	if len(e) == 0 || !strings.Contains(toText(t, e[0]), "+33199004242") {
		t.Errorf("what was typed last is not in the journal: %v", e)
	}
}

func TestBulkBarTurnsAutoSyncOn(t *testing.T) {
	workspace := filepath.Join(t.TempDir(), "espace")
	p := open(t, workspace, "demo")
	p.tick("Bar Le Dernier Quartier")
	p.tick("Fleuriste Mille Corolles")
	p.press("Activer l’Auto-sync")
	waitUntil(t, "two rows in Auto-sync", func() bool { return p.count("Auto") == 2 })
	p.close()
	if n := command(t, workspace, "status")["autoSync"]; n != 2.0 {
		t.Errorf("%v establishments have Auto-sync", n)
	}
}
