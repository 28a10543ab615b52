package folder

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func TestReplaceLeavesAnEqualFileAlone(t *testing.T) {
	f := Folder(t.TempDir())
	for _, content := range []string{"one", "two", ""} {
		if changed, err := f.Replace("a.txt", text(content)); err != nil || !changed {
			t.Fatalf("%q: changed %v, %v", content, changed, err)
		}
	}
	long := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(f.Path("a.txt"), long, long); err != nil {
		t.Fatal(err)
	}
	if changed, err := f.Replace("a.txt", text("")); err != nil || changed {
		t.Errorf("changed %v, %v", changed, err)
	}
	if s, err := os.Stat(f.Path("a.txt")); err != nil || !s.ModTime().Equal(long) {
		t.Errorf("touched: %v %v", s.ModTime(), err)
	}
	alone(t, f, "a.txt")
}

func TestReplaceThatFailsKeepsTheFormerFile(t *testing.T) {
	f := Folder(t.TempDir())
	if _, err := f.Replace("a.txt", text("kept")); err != nil {
		t.Fatal(err)
	}
	cause := errors.New("torn")
	_, err := f.Replace("a.txt", func(w io.Writer) error {
		return errors.Join(text("half")(w), cause)
	})
	if !errors.Is(err, cause) || directory.Classify(err).Class != directory.Ambiguous {
		t.Error(err)
	}
	if b, err := f.Read("a.txt"); err != nil || string(b) != "kept" {
		t.Errorf("%q %v", b, err)
	}
	alone(t, f, "a.txt")
}

func TestCreateNewNeverOverwrites(t *testing.T) {
	f := Folder(t.TempDir())
	for _, want := range []string{"g.csv", "g-2.csv", "g-3.csv"} {
		path, err := f.CreateNew("g", ".csv", text(want))
		if err != nil || filepath.Base(path) != want {
			t.Fatal(path, err)
		}
	}
	if b, err := f.Read("g.csv"); err != nil || string(b) != "g.csv" {
		t.Errorf("%q %v", b, err)
	}
	if _, err := f.CreateNew("bad", ".csv", func(io.Writer) error { return errors.New("torn") }); err == nil {
		t.Error("no error")
	}
	alone(t, f, "g.csv", "g-2.csv", "g-3.csv")
}

func TestCheckMakesTheFolderButNotItsParents(t *testing.T) {
	root := t.TempDir()
	if err := Folder(filepath.Join(root, "site")).Check(); err != nil {
		t.Error(err)
	}
	alone(t, Folder(filepath.Join(root, "site")))
	problem(t, Folder(filepath.Join(root, "drive", "site")).Check(), "folder.missing", directory.Auth)
	if err := os.WriteFile(filepath.Join(root, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	problem(t, Folder(filepath.Join(root, "file")).Check(), "folder.missing", directory.Auth)
}

func TestReadTellsAMissingFileFromAMissingFolder(t *testing.T) {
	f := Folder(t.TempDir())
	if b, err := f.Read("none"); b != nil || err != nil {
		t.Errorf("%q %v", b, err)
	}
	_, err := Folder(f.Path("gone")).Read("none")
	problem(t, err, "folder.missing", directory.Auth)
}

func TestErrorsSayWhetherTheUserMustAct(t *testing.T) {
	f := Folder("/x")
	problem(t, f.classed(&fs.PathError{Err: fs.ErrPermission}), "folder.closed", directory.Auth)
	problem(t, f.classed(errors.New("odd")), "folder.failed", directory.Ambiguous)
	_, err := Of(&storage.Account{})
	var p *storage.Problem
	if !errors.As(err, &p) || p.Code != "folder.unset" {
		t.Error(err)
	}
}

func problem(t *testing.T, err error, code string, class directory.Class) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if e := directory.Classify(err); e.Problem.Code != code || e.Class != class {
		t.Errorf("%v, class %d", err, e.Class)
	}
}

// alone fails when the folder holds anything else than the names, left-overs included.
func alone(t *testing.T, f Folder, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(string(f))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(names) {
		t.Errorf("%v", entries)
	}
}
