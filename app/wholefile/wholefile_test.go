package wholefile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"diapason/storage"
)

func TestFileIsThereWholeOrAsBefore(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"whole", nil, "new"},
		{"given up", broken, "old"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "rapport.csv")
			if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			err := Write(path, func(w io.Writer) error {
				_, err := io.WriteString(w, "new")
				return errors.Join(err, tt.err)
			})
			if !errors.Is(err, tt.err) {
				t.Errorf("%v, want %v", err, tt.err)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != tt.want {
				t.Errorf("%q, %v", got, err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// TestWhatKeepsAFileFromBeingWrittenIsAProblem writes into a folder that is not there, and under the name of a folder.
func TestWhatKeepsAFileFromBeingWrittenIsAProblem(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "dossier"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "absent", "rapport.csv"), filepath.Join(dir, "dossier")} {
		err := Write(path, func(io.Writer) error { return nil })
		p, ok := errors.AsType[*storage.Problem](err)
		if !ok || p.Code != "file.notWritten" || p.Args["name"] != filepath.Base(path) || p.Args["folder"] != filepath.Dir(path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestFailureOfTheDiskIsNotedWhateverIsMadeOfIt(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "part"))
	if err != nil {
		t.Fatal(err)
	}
	n := &noting{to: f}
	if _, err := io.WriteString(n, "x"); err != nil || n.err != nil {
		t.Fatalf("%v, noted %v", err, n.err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(n, "x"); err == nil || !errors.Is(n.err, os.ErrClosed) {
		t.Errorf("%v, noted %v", err, n.err)
	}
}
