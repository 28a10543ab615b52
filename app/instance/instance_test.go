package instance

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func listen(t *testing.T, dir string) *Listener {
	t.Helper()
	l, err := Listen(dir, Params{Window: true})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func called(l *Listener) bool {
	select {
	case <-l.Calls():
		return true
	default:
		return false
	}
}

func TestSecondStartCallsTheWindow(t *testing.T) {
	dir := t.TempDir()
	l := listen(t, dir)
	if called(l) {
		t.Error("called before anybody was")
	}
	for range 3 {
		if !Wake(t.Context(), dir) {
			t.Fatal("the window did not answer")
		}
	}
	if !called(l) || called(l) {
		t.Error("three calls that nobody took are not one")
	}
	if Wake(t.Context(), t.TempDir()) {
		t.Error("the window of another workspace answered")
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if Wake(t.Context(), dir) {
		t.Error("a closed window answered")
	}
}

func TestClosedWindowLeavesNothingBehind(t *testing.T) {
	dir, temp := t.TempDir(), shortDir(t)
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)
	l := listen(t, dir)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{dir, temp} {
		left, err := os.ReadDir(place)
		if err != nil || len(left) > 0 {
			t.Errorf("%s: %v, %v", place, left, err)
		}
	}
}

// TestRemainsOfACrashDoNotMatter leaves what a killed window leaves: the address and, on some systems, a socket that
// nobody listens on.
func TestRemainsOfACrashDoNotMatter(t *testing.T) {
	dir := t.TempDir()
	dead := listen(t, dir)
	dead.socket.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := dead.socket.Close(); err != nil {
		t.Fatal(err)
	}
	dead.serving.Wait()
	socket := dead.socket.Addr().String()
	if _, err := os.Lstat(socket); err != nil {
		t.Fatal(err)
	}
	if Wake(t.Context(), dir) {
		t.Error("a dead window answered")
	}
	l := listen(t, dir)
	if !Wake(t.Context(), dir) || !called(l) {
		t.Error("the next window did not answer")
	}
	if _, err := os.Lstat(filepath.Dir(socket)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the dead window's socket is still there: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatElseListensIsNoWindow(t *testing.T) {
	tests := []struct{ name, says string }{
		{"says nothing", ""},
		{"says a part", `{"answer":tr`},
		{"says no", `{"answer":false}` + "\n"},
		{"says something else", "220 mail.example ESMTP\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, path := t.TempDir(), filepath.Join(shortDir(t), "s")
			other, err := net.Listen("unix", path)
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				if c, err := other.Accept(); err == nil {
					c.Write([]byte(tt.says)) //nolint:errcheck // the caller reports what it got
					c.Close()                //nolint:errcheck // the caller reports what it got
				}
			}()
			at, err := json.Marshal(address{Folder: dir, Socket: path, Secret: "secret"})
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, addressName), at, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			if Wake(t.Context(), dir) {
				t.Error("taken for a window")
			}
			l := listen(t, dir)
			if err := l.Close(); err != nil {
				t.Error(err)
			}
			if _, err := os.Lstat(path); err != nil {
				t.Errorf("what is not ours was removed: %v", err)
			}
			if err := other.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSocketIsReachedHoweverLongThePaths(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the folder for temporary files has its place there")
	}
	long := filepath.Join(t.TempDir(), strings.Repeat("dossier-", 12), strings.Repeat("espace-", 12))
	if err := os.MkdirAll(long, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", long)
	l := listen(t, long)
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	if !Wake(t.Context(), long) {
		t.Error("the window did not answer")
	}
}

func TestOnlyTheOwnerCanCall(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps each user's temporary files apart by other means")
	}
	dir := t.TempDir()
	l := listen(t, dir)
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	for path, want := range map[string]fs.FileMode{
		filepath.Dir(l.socket.Addr().String()): 0o700, filepath.Join(dir, addressName): 0o600,
	} {
		if at, err := os.Stat(path); err != nil || at.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, at.Mode(), err)
		}
	}
}

// shortDir gives a folder whose name leaves room for a socket.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "d")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
