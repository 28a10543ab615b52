package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason/storage/bolt"
)

// damaged makes a workspace of three establishments with one backup, then spoils its file.
func damaged(t *testing.T, sh *shell) (dir string) {
	t.Helper()
	dir = sh.env["DIAPASON_WORKSPACE"]
	sh.ok("import", "establishments", sh.file("trois.csv", threeShops))
	w, err := openForTest(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Store.RotateBackup(t.Context(), bolt.BackupRegular); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, bolt.FileName), 5000); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestDamagedWorkspaceIsLeftAloneAndItsNewestBackupNamed(t *testing.T) {
	sh := newShell(t)
	dir := damaged(t, sh)
	before, err := os.ReadFile(filepath.Join(dir, bolt.FileName))
	if err != nil {
		t.Fatal(err)
	}
	o := sh.run("status", "--json")
	backups, err := bolt.Backups(dir)
	if err != nil || len(backups) != 1 {
		t.Fatalf("backups: %v, %v", backups, err)
	}
	if o.code != ExitUsage || !strings.Contains(o.stderr, backups[0].Path) {
		t.Errorf("exit %d, said %q", o.code, o.stderr)
	}
	if code := o.document(t)["error"].(map[string]any)["code"]; code != "workspace.damaged" {
		t.Errorf("code %v", code)
	}
	after, err := os.ReadFile(filepath.Join(dir, bolt.FileName))
	if err != nil || string(after) != string(before) {
		t.Errorf("the damaged file was touched: %v", err)
	}
	sh.ok("restore", backups[0].Path)
	wantNumbers(t, sh.ok("status"), map[string]float64{"establishments": 3})
}

func TestWindowOffersTheBackupOfADamagedWorkspace(t *testing.T) {
	sh := newShell(t)
	sh.env["DISPLAY"] = ":0"
	damaged(t, sh)
	if o := sh.run(); o.code != ExitUsage || sh.refused == nil || sh.refused.Offer == "" {
		t.Fatalf("exit %d, refusal %+v", o.code, sh.refused)
	}
	if err := sh.refused.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o := sh.run(); o.code != ExitDone {
		t.Errorf("exit %d, said %q", o.code, o.stderr)
	}
}
