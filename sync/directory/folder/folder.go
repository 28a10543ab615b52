// Package folder writes the files of the directories that live in a folder of the user's: a web site's files, a file to
// upload. A file is there whole or not at all, and an error says in words, and in the engine's classes, what to do.
//
// It reads nothing for the formats and knows none of them.
package folder

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"diapason/storage"
	"diapason/sync/directory"
)

// Setting is the account's setting that names the folder.
var Setting = directory.Setting{Name: "folder", Folder: true}

// Folder is the path of a folder.
type Folder string

// Of gives the folder of an account; it does no I/O.
func Of(a *storage.Account) (Folder, error) {
	path := strings.TrimSpace(a.Settings[Setting.Name])
	if path == "" {
		return "", storage.NewProblem("folder.unset")
	}
	return Folder(filepath.Clean(path)), nil
}

// Path gives the path of a file in the folder.
func (f Folder) Path(name string) string { return filepath.Join(string(f), name) }

// Check makes sure that the folder is there and can be written into; a missing one is made when its parent exists, so
// that a drive which is not plugged in is not mistaken for a new folder.
func (f Folder) Check() error {
	if err := os.Mkdir(string(f), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return f.classed(err)
	}
	if _, err := f.Replace(".diapason-test", func(w io.Writer) error { return nil }); err != nil {
		return err
	}
	return f.Remove(".diapason-test")
}

// Replace writes a file so that a reader sees the former content or the whole new one, also after a power cut. A file
// that would not change is left alone, date included; changed tells.
func (f Folder) Replace(name string, write func(io.Writer) error) (changed bool, err error) {
	temporary := f.Path("." + name + ".diapason-part")
	defer func() {
		if !changed {
			err = errors.Join(err, ignoreAbsent(os.Remove(temporary)))
		}
		if err != nil {
			err = f.classed(err)
		}
	}()
	part, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return false, err
	}
	if err := write(part); err != nil {
		return false, errors.Join(err, part.Close())
	}
	same, err := sameContent(part, f.Path(name))
	if err != nil || same {
		return false, errors.Join(err, part.Close())
	}
	if err := errors.Join(part.Sync(), part.Close()); err != nil {
		return false, err
	}
	if err := os.Rename(temporary, f.Path(name)); err != nil {
		return false, err
	}
	return true, f.sync()
}

// CreateNew writes a file under a name that was free: stem + extension, or else stem-2, stem-3…
func (f Folder) CreateNew(stem, extension string, write func(io.Writer) error) (path string, err error) {
	name := stem + extension
	for n := 2; ; n++ {
		reserved, err := os.OpenFile(f.Path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil {
			if err := reserved.Close(); err != nil {
				return "", f.classed(err)
			}
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", f.classed(err)
		}
		name = stem + "-" + strconv.Itoa(n) + extension
	}
	if _, err := f.Replace(name, write); err != nil {
		return "", errors.Join(err, ignoreAbsent(os.Remove(f.Path(name))))
	}
	return f.Path(name), nil
}

// Remove takes a file away; one that is not there is fine.
func (f Folder) Remove(name string) error {
	if err := ignoreAbsent(os.Remove(f.Path(name))); err != nil {
		return f.classed(err)
	}
	return nil
}

// Read gives a file's content; one that is not there gives nil without an error.
func (f Folder) Read(name string) ([]byte, error) {
	b, err := os.ReadFile(f.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(string(f)); err != nil {
			return nil, f.classed(err) // the whole folder is gone: no statement about the file
		}
		return nil, nil
	}
	if err != nil {
		return nil, f.classed(err)
	}
	return b, nil
}

// sync makes the rename last; Windows does it by itself and cannot be asked.
func (f Folder) sync() error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(string(f))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// classed puts an error into words. A folder that is away or closed to us waits for the user; a full disk waits.
func (f Folder) classed(err error) error {
	var done *directory.Error
	if errors.As(err, &done) {
		return err
	}
	class, code := directory.Ambiguous, "folder.failed"
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		class, code = directory.Auth, "folder.missing"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		class, code = directory.Auth, "folder.closed"
	case errors.Is(err, syscall.ENOSPC), runtime.GOOS == "windows" && errors.Is(err, syscall.Errno(112)):
		class, code = directory.Offline, "folder.full"
	}
	p := storage.NewProblem(code, "folder", string(f)).Because(err)
	return &directory.Error{Class: class, Problem: p, Err: err}
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// sameContent compares what was written with what is there, block by block.
func sameContent(part *os.File, path string) (bool, error) {
	old, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer old.Close() // only read from
	a, errA := part.Stat()
	b, errB := old.Stat()
	if errA != nil || errB != nil || a.Size() != b.Size() {
		return false, errors.Join(errA, errB)
	}
	if _, err := part.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	x, y := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errX := io.ReadFull(part, x)
		m, errY := io.ReadFull(old, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		if errX == io.EOF || errX == io.ErrUnexpectedEOF {
			return true, nil
		}
		if errX != nil || errY != nil {
			return false, errors.Join(errX, errY)
		}
	}
}
