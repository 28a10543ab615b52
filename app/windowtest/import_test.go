//go:build linux

package windowtest

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"diapason/app/windowtest/screentree"
	"diapason/assets/demo"
	"diapason/sync/sandbox"
)

// trialWorkspace makes an empty workspace with an account of a trial directory that this test serves and looks into.
func trialWorkspace(t *testing.T) (workspace string, directory *sandbox.Trial) {
	t.Helper()
	directory, err := sandbox.NewTrial(sandbox.TrialParams{Moderation: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	server, err := directory.Serve(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := server.Wait(); err != nil {
			t.Error(err)
		}
	})
	workspace = filepath.Join(t.TempDir(), "espace")
	command(t, workspace, "account", "add", "trial", "--name", "Annuaire d’essai", "--set", "base-url="+server.URL)
	return workspace, directory
}

// hotels writes the register's workbook.
func hotels(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), demo.HotelsName)
	if err := os.WriteFile(path, demo.Hotels, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// rows gives the rows of the list that are on screen, from the top.
func (p *program) rows() []screentree.Object {
	var rows []screentree.Object
	for _, o := range p.objects() {
		if o.Type == "*widgets.listRow" {
			rows = append(rows, o)
		}
	}
	slices.SortFunc(rows, func(a, b screentree.Object) int { return cmp.Compare(a.Y, b.Y) })
	return rows
}

// importByDrop drops a file on the window and goes through the assistant to its end.
func (p *program) importByDrop(path string) {
	p.t.Helper()
	p.drop(600, 400, path)
	p.see("Importer des établissements")
	p.press("Voir l’aperçu")
	p.press("Importer 1\u202f201 établissements")
	p.see("Import terminé")
	p.press("Terminer")
	waitUntil(p.t, "the list", func() bool { return len(p.rows()) > 5 })
}

func TestDroppedHotelsAreImportedAndThreeOfThemPublished(t *testing.T) {
	workspace, directory := trialWorkspace(t)
	p := open(t, workspace)
	p.importByDrop(hotels(t))
	for _, row := range p.rows()[:3] {
		p.click(row.X+32, row.Y+row.H/2)
	}
	p.press("Synchroniser (3)")
	waitUntil(t, "three rows that are À jour", func() bool { return p.count("À jour") == 3 })
	p.close()
	status := command(t, workspace, "status")
	words := status["listings"].(map[string]any)
	if status["establishments"] != 1201.0 || words["upToDate"] != 3.0 || words["toSync"] != 1198.0 {
		t.Errorf("%v establishments, listings: %v", status["establishments"], words)
	}
	if n := len(directory.Records()); n != 3 {
		t.Errorf("the directory got %d establishments", n)
	}
}

func TestDroppedFilesThatCannotBeImportedAreNamedAndChangeNothing(t *testing.T) {
	workspace, _ := trialWorkspace(t)
	dir := t.TempDir()
	p := open(t, workspace)
	for name, content := range map[string]string{"photo.png": "\x89PNG\r\n\x1a\n", "ancien.xls": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		p.drop(600, 400, path)
		p.seeContaining(name)
	}
	p.close()
	if n := command(t, workspace, "status")["establishments"]; n != 0.0 {
		t.Errorf("%v establishments", n)
	}
}
