package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"go.etcd.io/bbolt"

	"diapason/storage"
	"diapason/storage/durable"
)

// lockTimeout is how long Open waits for another process to leave the file.
const lockTimeout = time.Second

// Params says what to open.
type Params struct {
	// Dir is the workspace's folder; it is made when it does not exist.
	Dir string
	// Now is the wall clock; nil: the machine's.
	Now func() time.Time
	// AppVersion is written into the file, for whoever has to look into it one day.
	AppVersion string
	// SlowView, when set, is called on the reading goroutine after a View that exceeded ReadBudget.
	SlowView func(time.Duration)
	// Migrating, when set, is called after each slice of a migration with the number of records done so far.
	Migrating func(done int)

	maxSize int // bytes; 0: no limit (tests of a full disk)
}

// Open opens a workspace, or makes a new one where there is none. The errors for people match ErrLocked, ErrNewer,
// ErrReadOnly, ErrDamaged and ErrDiskFull; after one of them the file is as it was before.
func Open(ctx context.Context, p Params) (*Store, error) {
	if p.Now == nil {
		p.Now = time.Now
	}
	path := filepath.Join(p.Dir, FileName)
	s, err := open(ctx, p, path)
	if err != nil {
		return nil, explain(err, path)
	}
	return s, nil
}

func open(ctx context.Context, p Params, path string) (*Store, error) {
	if err := prepareFolder(p.Dir); err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path, p); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	f, err := inspect(path)
	if err != nil {
		return nil, err
	}
	if f.schema > schema {
		return nil, newer(path, f.app)
	}
	if err := writable(path); err != nil {
		return nil, err
	}
	s, err := start(p, path)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(sweep(p.Dir, p.Now()), s.takeOver(ctx, p)); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

func newer(path, app string) error {
	return storage.NewProblem("workspace.newer", "path", path, "version", app).Because(storage.ErrNewer)
}

// prepareFolder makes the folder, and makes sure that files can be written there: backups need it.
func prepareFolder(dir string) error {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make the workspace's folder: %w", err)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("workspace's folder: %w", err)
	}
	if !info.IsDir() {
		return storage.NewProblem("workspace.notFolder", "path", dir)
	}
	// The owner's bit is asked first, because it stops nobody who is root. Windows uses it on folders for decoration.
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o200 == 0 {
		return fmt.Errorf("workspace's folder %s: %w", dir, fs.ErrPermission)
	}
	probe, err := os.CreateTemp(dir, probePattern)
	if err != nil {
		return fmt.Errorf("write into the workspace's folder: %w", err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func writable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o200 == 0 {
		return fmt.Errorf("%s: %w", path, fs.ErrPermission)
	}
	return nil
}

// The names of files that are being made; they begin with a dot and are gone when they are finished.
const (
	newPattern   = ".new-*.db"
	copyPattern  = ".copy-*.db"
	probePattern = ".probe-*"
)

// sweep removes what a program that died left half made: files of an hour ago, which nobody can still be making.
func sweep(dir string, now time.Time) error {
	var problems error
	for _, folder := range []string{dir, filepath.Join(dir, BackupFolder)} {
		files, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, f := range files {
			info, err := f.Info()
			if err != nil || !halfMade(f.Name()) || now.Sub(info.ModTime()) < time.Hour {
				continue // one that is gone already has no date
			}
			if err := os.Remove(filepath.Join(folder, f.Name())); !errors.Is(err, fs.ErrNotExist) {
				problems = errors.Join(problems, err)
			}
		}
	}
	return problems
}

func halfMade(name string) bool {
	for _, pattern := range []string{newPattern, copyPattern, probePattern} {
		if ok, err := filepath.Match(pattern, name); ok && err == nil {
			return true
		}
	}
	return false
}

// create writes an empty workspace aside and gives it its name only when it is safe on the disk: the very first pages
// of a bbolt file are the only ones that a power cut can spoil. When another process was quicker, its file stays.
func create(path string, p Params) (err error) {
	aside, err := os.CreateTemp(filepath.Dir(path), newPattern)
	if err != nil {
		return fmt.Errorf("create workspace: %w", err)
	}
	name := aside.Name()
	if err := aside.Close(); err != nil {
		return err
	}
	defer func() {
		if e := os.Remove(name); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}()
	db, err := bbolt.Open(name, 0o600, options(p.maxSize))
	if err != nil {
		return fmt.Errorf("create workspace: %w", err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { return writeSchema(tx, p) })
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("create workspace: %w", err)
	}
	if err := publish(name, path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// publish gives a finished file its name and makes the name safe on the disk. Where that name is taken, it gives
// fs.ErrExist and the file that bears it stays.
func publish(from, to string) error {
	err := os.Link(from, to)
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	if err == nil {
		err = os.Remove(from)
	} else { // a file system without links
		if _, err := os.Lstat(to); err == nil {
			return fmt.Errorf("%s: %w", to, fs.ErrExist)
		}
		err = os.Rename(from, to)
	}
	return errors.Join(err, durable.Folder(filepath.Dir(to)))
}

func makeBuckets(tx *bbolt.Tx) error {
	for b := range layout {
		if _, err := tx.CreateBucketIfNotExists([]byte(layout[b].name)); err != nil {
			return err
		}
	}
	return nil
}

func writeSchema(tx *bbolt.Tx, p Params) error {
	if err := makeBuckets(tx); err != nil {
		return err
	}
	meta := tx.Bucket([]byte(layout[bMeta].name))
	pairs := [][2]string{
		{metaSchema, strconv.Itoa(schema)},
		{metaCreated, p.Now().UTC().Format(time.RFC3339)},
		{metaApp, p.AppVersion},
		{metaClean, "1"},
		{metaDerived, derivedVersion()},
	}
	for b := range layout {
		pairs = append(pairs, [2]string{metaBucket + layout[b].name, strconv.Itoa(layout[b].version)})
	}
	for _, kv := range pairs {
		if err := meta.Put([]byte(kv[0]), []byte(kv[1])); err != nil {
			return err
		}
	}
	return nil
}

// options are those of every file that is written to. The map of 1 GiB (address space, not memory) lets writes grow the
// file without waiting for readers; on Windows the file itself would grow to that size.
func options(maxSize int) *bbolt.Options {
	initial := 1 << 30
	if runtime.GOOS == "windows" || strconv.IntSize == 32 {
		initial = 64 << 20
	}
	if maxSize > 0 {
		initial = 0
	}
	return &bbolt.Options{
		Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType, InitialMmapSize: initial, NoStatistics: true,
		MaxSize: maxSize,
	}
}

// start opens the file for writing. It is known to be whole.
func start(p Params, path string) (*Store, error) {
	s := &Store{
		dir: p.Dir, path: path, app: p.AppVersion, now: p.Now, slowView: p.SlowView,
		turn: make(chan struct{}, 1), ids: ids{now: p.Now}, collator: newCollator(),
		listeners: map[int]func(storage.Changes){},
	}
	err := guarded(func() (err error) {
		s.db, err = bbolt.Open(path, 0o600, options(p.maxSize))
		return err
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// takeOver marks the file as open, brings it to this version and finds the last identifier given.
func (s *Store) takeOver(ctx context.Context, p Params) error {
	needed, begun, err := s.migrationNeeded(ctx)
	if err != nil {
		return err
	}
	if needed && !begun { // once begun, a backup would take the place of the one made before
		if _, err := s.RotateBackup(ctx, BackupMigration); err != nil {
			return err
		}
	}
	err = s.update(ctx, func(w *writer) error {
		if err := makeBuckets(w.tx); err != nil {
			return err
		}
		if last, _ := w.in(bJournal).Cursor().Last(); last != nil {
			s.ids.resume(string(last))
		}
		return errors.Join(
			w.in(bMeta).Put([]byte(metaApp), []byte(s.app)),
			w.in(bMeta).Put([]byte(metaClean), []byte("0")),
		)
	})
	if err != nil || !needed {
		return err
	}
	return s.migrate(ctx, p.Migrating)
}
