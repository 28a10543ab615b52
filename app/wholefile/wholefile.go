// Package wholefile writes the files that people ask for (an export, a report, a template): under their name there is the
// whole file or what was there before, never a part.
package wholefile

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"diapason/storage"
)

// Write fills a file aside and gives it its name once it is whole and on the disk. What keeps it from being written is a
// problem in words, "file.notWritten"; fill's own error comes back as it is.
func Write(path string, fill func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".diapason-*")
	if err != nil {
		return notWritten(path, err)
	}
	disk := &noting{to: f}
	buffered := bufio.NewWriterSize(disk, 1<<16)
	failed := fill(buffered)
	err = errors.Join(buffered.Flush(), f.Chmod(0o644), f.Sync(), f.Close())
	switch {
	case disk.err != nil:
		err = disk.err // whatever fill made of it
	case failed != nil:
		return errors.Join(failed, os.Remove(f.Name()))
	case err == nil:
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return notWritten(path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

func notWritten(path string, err error) error {
	return storage.NewProblem("file.notWritten", "name", filepath.Base(path), "folder", filepath.Dir(path)).Because(err)
}

// noting notes why a writer failed.
type noting struct {
	to  io.Writer
	err error
}

func (n *noting) Write(p []byte) (int, error) {
	written, err := n.to.Write(p)
	if err != nil {
		n.err = err
	}
	return written, err
}
