package durable

import (
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
	"testing"
)

func TestFolderIsSyncedAndItsAbsenceSaid(t *testing.T) {
	if err := Folder(t.TempDir()); err != nil {
		t.Error(err)
	}
	if runtime.GOOS == "windows" {
		return // nothing is asked of it there
	}
	if err := Folder(filepath.Join(t.TempDir(), "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
