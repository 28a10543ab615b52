package folder

import (
	"os"
	"path/filepath"
	"testing"

	"diapason/sync/directory"
)

func TestFolderIsKnownAgainByItsWitness(t *testing.T) {
	f := Folder(t.TempDir())
	identity := func(f Folder) string {
		t.Helper()
		id, err := f.Witness()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	mark := func(f Folder) string {
		t.Helper()
		if err := f.Mark(); err != nil {
			t.Fatal(err)
		}
		return identity(f)
	}
	if id := identity(f); id != "" {
		t.Errorf("a folder that nothing was written into is %q", id)
	}
	first := mark(f)
	if again := mark(f); first == "" || again != first {
		t.Errorf("%q, then %q", first, again)
	}
	if other := mark(Folder(t.TempDir())); other == first {
		t.Error("two folders with one identity")
	}
	if err := os.Remove(f.Path(witness)); err != nil {
		t.Fatal(err)
	}
	if id := identity(f); id != "" {
		t.Errorf("an emptied folder is %q", id)
	}
	if id := identity(Folder(filepath.Join(string(f), "new"))); id != "" {
		t.Errorf("a folder that is to be made is %q", id)
	}
	away := Folder(filepath.Join(string(f), "unplugged", "new"))
	if _, err := away.Witness(); err == nil || directory.Classify(err).Problem.Code != "folder.missing" {
		t.Errorf("a drive that is not there: %v", err)
	}
}
