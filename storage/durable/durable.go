// Package durable makes what is written to the disk outlive a power cut where the standard library leaves that to its
// caller. It knows nothing of what is written.
package durable

import (
	"errors"
	"os"
	"runtime"
)

// Folder makes the names in a folder safe on the disk, after a file was made, renamed or removed there. Windows does it by
// itself and refuses to be asked.
func Folder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
