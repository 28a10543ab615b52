package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"diapason/storage"
)

// BackupFolder holds the rotating backups, in the workspace's folder.
const BackupFolder = "backups"

// BackupReason tells why a rotating backup was made.
type BackupReason string

// The reasons. Of the regular ones, 24 hourly and 14 daily backups are kept; of each of the others, the newest.
const (
	BackupRegular   BackupReason = "regular"
	BackupMigration BackupReason = "migration"
	BackupImport    BackupReason = "import"
	BackupAgreed    BackupReason = "agreed" // before a run that the guard held goes on
)

const (
	keptHours = 24
	keptDays  = 14
)

// BackupFile is one rotating backup.
type BackupFile struct {
	Path   string
	At     time.Time
	Reason BackupReason
	Size   int64 // bytes
}

const backupTime = "20060102T150405.000Z"

var backupName = regexp.MustCompile(`^diapason-(\d{8}T\d{6}\.\d{3}Z)-([a-z]+)\.db$`)

// Backup writes a verified copy to path; see storage.Store. Edits go on meanwhile.
func (s *Store) Backup(ctx context.Context, path string) error {
	return explainBackup(s.backup(ctx, path), path)
}

func (s *Store) backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	return aside(path, func(f *os.File) error {
		return s.view(ctx, func(r *reader) error {
			w := &contextWriter{ctx: ctx, w: f}
			_, err := r.tx.WriteTo(w)
			return errors.Join(w.err, err) // bbolt keeps the text of the error, not the error
		})
	})
}

// aside writes a workspace's file under another name, makes it safe on the disk, checks it, and gives it its name.
func aside(path string, write func(*os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), copyPattern)
	if err != nil {
		return err
	}
	defer func() {
		if e := os.Remove(f.Name()); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if _, err := checkFile(f.Name()); err != nil {
		return fmt.Errorf("the copy just made: %w", err)
	}
	return publish(f.Name(), path)
}

// contextWriter stops a copy when its context ends, and remembers why it stopped.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
	err error
}

func (c *contextWriter) Write(b []byte) (n int, err error) {
	if err = c.ctx.Err(); err == nil {
		n, err = c.w.Write(b)
	}
	c.err = errors.Join(c.err, err)
	return n, err
}

func explainBackup(err error, path string) error {
	var p *storage.Problem
	switch {
	case err == nil || errors.As(err, &p):
		return err
	case errors.Is(err, fs.ErrExist):
		return storage.NewProblem("backup.exists", "path", path).Because(err)
	case noRoom(err):
		return storage.NewProblem("backup.diskFull", "path", path).Because(errors.Join(storage.ErrDiskFull, err))
	case errors.Is(err, errStructure):
		return storage.NewProblem("backup.damaged", "path", path).Because(errors.Join(storage.ErrDamaged, err))
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return storage.NewProblem("backup.failed", "path", path).Because(err)
}

// RotateBackup makes a backup in the workspace's BackupFolder and removes those that are no longer worth their room.
func (s *Store) RotateBackup(ctx context.Context, reason BackupReason) (BackupFile, error) {
	folder := filepath.Join(s.dir, BackupFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return BackupFile{}, explainBackup(err, folder)
	}
	at := s.now().UTC().Truncate(time.Millisecond)
	var path string
	for {
		path = filepath.Join(folder, "diapason-"+at.Format(backupTime)+"-"+string(reason)+".db")
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			break
		}
		at = at.Add(time.Millisecond)
	}
	if err := s.Backup(ctx, path); err != nil {
		return BackupFile{}, err
	}
	all, err := Backups(s.dir)
	if err != nil {
		return BackupFile{}, err
	}
	for _, b := range superfluous(all) {
		err = errors.Join(err, os.Remove(b.Path))
	}
	if err != nil {
		return BackupFile{}, explainBackup(err, folder)
	}
	i := slices.IndexFunc(all, func(b BackupFile) bool { return b.Path == path })
	return all[i], nil
}

// BackupDue reports whether the newest backup of any kind is an hour old, or there is none.
func (s *Store) BackupDue() (bool, error) {
	all, err := Backups(s.dir)
	if err != nil {
		return false, err
	}
	return len(all) == 0 || s.now().Sub(all[0].At) >= time.Hour, nil
}

// Backups lists a workspace's rotating backups, newest first. It does not look into them.
func Backups(dir string) ([]BackupFile, error) {
	files, err := os.ReadDir(filepath.Join(dir, BackupFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	var out []BackupFile
	for _, f := range files {
		m := backupName.FindStringSubmatch(f.Name())
		if m == nil {
			continue
		}
		at, err := time.Parse(backupTime, m[1])
		if err != nil {
			continue // a name like ours, but no date: not ours
		}
		info, err := f.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since the folder was read
		}
		if err != nil {
			return nil, fmt.Errorf("list backups: %w", err)
		}
		path := filepath.Join(dir, BackupFolder, f.Name())
		out = append(out, BackupFile{Path: path, At: at, Reason: BackupReason(m[2]), Size: info.Size()})
	}
	slices.SortFunc(out, func(a, b BackupFile) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(a.Path, b.Path)
	})
	return out, nil
}

// superfluous picks the backups to remove from a list that is newest first: regular ones that are neither the newest of
// one of the last 24 hours nor of one of the last 14 days that have any, and all but the newest of the other reasons.
func superfluous(newestFirst []BackupFile) []BackupFile {
	hours, days, reasons := map[string]bool{}, map[string]bool{}, map[BackupReason]bool{}
	var out []BackupFile
	for _, b := range newestFirst {
		if b.Reason != BackupRegular {
			if reasons[b.Reason] {
				out = append(out, b)
			}
			reasons[b.Reason] = true
			continue
		}
		keep := false
		if h := b.At.Format("2006010215"); !hours[h] && len(hours) < keptHours {
			hours[h], keep = true, true
		}
		if d := b.At.Format("20060102"); !days[d] && len(days) < keptDays {
			days[d], keep = true, true
		}
		if !keep {
			out = append(out, b)
		}
	}
	return out
}
