package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	berrors "go.etcd.io/bbolt/errors"

	"diapason/storage"
	"diapason/storage/durable"
)

// CheckBackup reads a backup whole and says whether it could be restored: ErrDamaged, ErrNewer, or nil.
func CheckBackup(path string) error {
	f, err := checkFile(path)
	if err != nil {
		return explainBackup(err, path)
	}
	if f.schema > schema {
		return newer(path, f.app)
	}
	return nil
}

// NewestGood finds the newest rotating backup that can be restored; ErrNotFound when there is none.
func NewestGood(dir string) (BackupFile, error) {
	all, err := Backups(dir)
	if err != nil {
		return BackupFile{}, err
	}
	for _, b := range all {
		if CheckBackup(b.Path) == nil {
			return b, nil
		}
	}
	return BackupFile{}, fmt.Errorf("usable backup in %s: %w", dir, storage.ErrNotFound)
}

// Restore puts a backup in the place of a workspace's file, which is set aside, never deleted. The workspace must not be
// open (ErrLocked).
func Restore(ctx context.Context, dir, backup string) error {
	if err := CheckBackup(backup); err != nil {
		return err
	}
	path := filepath.Join(dir, FileName)
	if err := inUse(path); err != nil {
		return err
	}
	fresh := filepath.Join(dir, stamped("restored"))
	err := aside(fresh, func(f *os.File) error {
		from, err := os.Open(backup)
		if err != nil {
			return err
		}
		_, err = io.Copy(&contextWriter{ctx: ctx, w: f}, from)
		return errors.Join(err, from.Close())
	})
	if err != nil {
		return explainBackup(err, fresh)
	}
	old, err := SetAside(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, os.Remove(fresh))
	}
	if err := publish(fresh, path); err != nil {
		if old != "" {
			err = errors.Join(err, os.Rename(old, path))
		}
		return explain(err, path)
	}
	return nil
}

// SetAside renames a workspace's file, so that a backup or an empty one can take its place, and gives its new path. The
// workspace must not be open (ErrLocked).
func SetAside(dir string) (string, error) {
	path := filepath.Join(dir, FileName)
	if err := inUse(path); err != nil {
		return "", err
	}
	to := filepath.Join(dir, stamped("aside"))
	if err := os.Rename(path, to); err != nil {
		return "", explain(err, path)
	}
	return to, explain(durable.Folder(dir), path)
}

func stamped(what string) string {
	return "diapason-" + what + "-" + time.Now().UTC().Format(backupTime) + ".db"
}

// inUse gives ErrLocked when a program has the file open. Whatever else is wrong with it is not asked here.
func inUse(path string) error {
	if _, err := inspect(path); errors.Is(err, berrors.ErrTimeout) {
		return explain(err, path)
	}
	return nil
}
