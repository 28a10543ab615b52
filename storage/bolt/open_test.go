package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/storagetest"
)

// workspace makes a closed workspace with n establishments and gives its folder and file.
func workspace(t *testing.T, n int) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	s := open(t, bolt.Params{Dir: dir, AppVersion: "1.0"})
	fill(t, s, n)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(dir, bolt.FileName)
}

// edit changes a closed workspace's file behind Diapason's back.
func edit(t *testing.T, file string, f func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(f), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func meta(key, value string) func(tx *bbolt.Tx) error {
	return func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte(key), []byte(value)) }
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// refuses fails the test unless opening gives the problem and the sentinel and leaves the file as it was.
func refuses(t *testing.T, dir, code string, sentinel error) {
	t.Helper()
	file := filepath.Join(dir, bolt.FileName)
	before, _ := os.ReadFile(file)
	s, err := bolt.Open(context.Background(), bolt.Params{Dir: dir})
	if err == nil {
		s.Close()
		t.Fatal("it was opened")
	}
	var p *storage.Problem
	if !errors.As(err, &p) || p.Code != code || p.Args["path"] == "" {
		t.Errorf("the problem is %v, want %s", err, code)
	}
	if sentinel != nil && !errors.Is(err, sentinel) {
		t.Errorf("%v does not match %v", err, sentinel)
	}
	if after, _ := os.ReadFile(file); !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
}

func TestOpenMakesAWorkspaceAndFindsItAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	s := open(t, bolt.Params{Dir: dir})
	fill(t, s, 3)
	if s.Path() != dir {
		t.Errorf("the folder is %q", s.Path())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("the folder holds %v, %v", files, err)
	}
	s = open(t, bolt.Params{Dir: dir})
	defer s.Close()
	err = s.View(context.Background(), func(r storage.Reader) error {
		n, err := r.CountEstablishments()
		if n != 3 {
			t.Errorf("%d establishments are found again", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestOpenRefusesAWorkspaceOpenElsewhere(t *testing.T) {
	t.Parallel()
	dir, _ := workspace(t, 1)
	s := open(t, bolt.Params{Dir: dir})
	defer s.Close()
	refuses(t, dir, "workspace.locked", storage.ErrLocked)
	if err := bolt.Restore(context.Background(), dir, rotate(t, s)); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("restoring gives %v", err)
	}
	if _, err := bolt.SetAside(dir); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("setting aside gives %v", err)
	}
}

func rotate(t *testing.T, s *bolt.Store) (path string) {
	t.Helper()
	b, err := s.RotateBackup(context.Background(), bolt.BackupRegular)
	if err != nil {
		t.Fatal(err)
	}
	return b.Path
}

func TestOpenRefusesANewerWorkspace(t *testing.T) {
	for name, change := range map[string]func(tx *bbolt.Tx) error{
		"schema": meta("schema", "99"),
		"bucket": meta("bucket/journal", "2"),
	} {
		t.Run(name, func(t *testing.T) {
			dir, file := workspace(t, 1)
			edit(t, file, change)
			refuses(t, dir, "workspace.newer", storage.ErrNewer)
		})
	}
}

func TestOpenRefusesAReadOnlyFileOrFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions on folders")
	}
	dir, file := workspace(t, 1)
	if err := os.Chmod(file, 0o400); err != nil {
		t.Fatal(err)
	}
	refuses(t, dir, "workspace.readOnly", storage.ErrReadOnly)
	if err := errors.Join(os.Chmod(file, 0o600), os.Chmod(dir, 0o500)); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	refuses(t, dir, "workspace.readOnly", storage.ErrReadOnly)
}

func TestOpenRefusesAFileInPlaceOfTheFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refuses(t, file, "workspace.notFolder", nil)
}

func TestOpenRefusesADamagedFile(t *testing.T) {
	overwrite := func(from, to float64, with byte) func([]byte) []byte {
		return func(b []byte) []byte {
			for i := int(from * float64(len(b))); i < int(to*float64(len(b))); i++ {
				b[i] = with
			}
			return b
		}
	}
	cut := func(share float64) func([]byte) []byte {
		return func(b []byte) []byte { return b[:int(share*float64(len(b)))] }
	}
	tests := map[string]func([]byte) []byte{
		"empty":                       cut(0),
		"cut after one byte":          func(b []byte) []byte { return b[:1] },
		"cut inside the first page":   func(b []byte) []byte { return b[:1000] },
		"cut after the first pages":   func(b []byte) []byte { return b[:3*os.Getpagesize()] },
		"another kind of file":        func([]byte) []byte { return bytes.Repeat([]byte("PK\x03\x04 not a workspace "), 9999) },
		"both first pages zeroed":     func(b []byte) []byte { clear(b[:2*os.Getpagesize()]); return b },
		"everything after them wiped": func(b []byte) []byte { clear(b[2*os.Getpagesize():]); return b },
		"filled with ones":            overwrite(0, 1, 0xff),
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			dir, file := workspace(t, 50)
			unclean(t, file)
			if err := os.WriteFile(file, spoil(read(t, file)), 0o600); err != nil {
				t.Fatal(err)
			}
			refuses(t, dir, "workspace.damaged", storage.ErrDamaged)
		})
	}
	t.Run("a bbolt file of another program", func(t *testing.T) {
		dir := t.TempDir()
		edit(t, filepath.Join(dir, bolt.FileName), func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucket([]byte("theirs"))
			return err
		})
		refuses(t, dir, "workspace.damaged", storage.ErrDamaged)
	})
	t.Run("a bucket is missing", func(t *testing.T) {
		dir, file := workspace(t, 1)
		edit(t, file, func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("journal")) })
		refuses(t, dir, "workspace.damaged", storage.ErrDamaged)
	})
}

// unclean marks a closed file as left open by a program that died.
func unclean(t *testing.T, file string) {
	t.Helper()
	edit(t, file, meta("clean", "0"))
}

// Whatever bytes of a file that was not closed are spoilt, opening it never ends the program: it is refused, or the
// spoilt bytes were in nobody's use.
func TestOpenSurvivesAnySpoiltPage(t *testing.T) {
	t.Parallel()
	_, file := workspace(t, 100)
	unclean(t, file)
	whole := read(t, file)
	page := os.Getpagesize()
	refused := 0
	for at := 0; at+page <= len(whole) && at < 60*page; at += page {
		b := bytes.Clone(whole)
		for i := at; i < at+64; i++ {
			b[i] ^= byte(0xa5 + i)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, bolt.FileName), b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := bolt.Open(context.Background(), bolt.Params{Dir: dir})
		if err != nil {
			if !errors.Is(err, storage.ErrDamaged) && !errors.Is(err, storage.ErrNewer) {
				t.Errorf("page %d spoilt: %v", at/page, err)
			}
			refused++
			continue
		}
		if err := s.Close(); err != nil {
			t.Errorf("page %d spoilt: close: %v", at/page, err)
		}
	}
	if refused == 0 {
		t.Error("no spoilt page was noticed")
	}
}

func TestOpenGoesOnAfterAnUncleanStop(t *testing.T) {
	dir, file := workspace(t, 20)
	unclean(t, file)
	s := open(t, bolt.Params{Dir: dir})
	defer s.Close()
	storagetest.Verify(t, s)
}

func TestIdentifiersNeverGoBackwards(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	var ids []string
	for range 3 {
		s := open(t, bolt.Params{Dir: dir, Now: func() time.Time { return now }})
		err := s.Update(context.Background(), func(w storage.Writer) error {
			for range 4200 {
				j := &storage.JournalEntry{}
				if err := w.AppendJournal(j); err != nil {
					return err
				}
				ids = append(ids, j.ID)
			}
			return nil
		})
		if err = errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		now = now.Add(-time.Hour) // the clock is set back while the program is closed
	}
	for i := range ids[1:] {
		if ids[i] >= ids[i+1] {
			t.Fatalf("%s is followed by %s", ids[i], ids[i+1])
		}
	}
}

func TestViewReportsWhatReadsTooLong(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	var slow []time.Duration
	s := open(t, bolt.Params{
		Dir: t.TempDir(), Now: func() time.Time { return now },
		SlowView: func(d time.Duration) { slow = append(slow, d) },
	})
	defer s.Close()
	for _, d := range []time.Duration{bolt.ReadBudget, bolt.ReadBudget + 1} {
		if err := s.View(context.Background(), func(storage.Reader) error { now = now.Add(d); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if len(slow) != 1 || slow[0] != bolt.ReadBudget+1 {
		t.Errorf("reported %v", slow)
	}
}

func TestAFullFileChangesNothing(t *testing.T) {
	dir, _ := workspace(t, 10)
	s, err := bolt.OpenLimited(context.Background(), bolt.Params{Dir: dir}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	fillsUp(t, s)
}

// fillsUp writes until the room ends, and fails the test unless that is said in words and changes nothing.
func fillsUp(t *testing.T, s *bolt.Store) {
	t.Helper()
	defer s.Close()
	ctx, kept := context.Background(), 0
	for range 10_000 {
		err := s.Update(ctx, func(w storage.Writer) error {
			for range 100 {
				if err := w.PutEstablishment(hotelWithout()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			var p *storage.Problem
			if !errors.Is(err, storage.ErrDiskFull) || !errors.As(err, &p) || p.Code != "workspace.diskFull" {
				t.Fatalf("the full disk gives %v", err)
			}
			storagetest.Verify(t, s)
			err := s.View(ctx, func(r storage.Reader) error {
				n, err := r.CountEstablishments()
				if n != kept+10 {
					t.Errorf("%d establishments are there, %d were kept", n, kept+10)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
			return
		}
		kept += 100
	}
	t.Fatal("the disk never filled up")
}

func hotelWithout() *storage.Establishment {
	e := hotel(1)
	e.Identifier = ""
	return e
}

// A real full disk needs a small file system, which needs a user namespace: the test runs itself again inside one.
func TestAFullDiskChangesNothing(t *testing.T) {
	if dir := os.Getenv("DIAPASON_SMALL_DISK"); dir != "" {
		fullDisk(t, dir)
		return
	}
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		t.Skip("unshare is not installed")
	}
	dir := t.TempDir()
	script := `mount -t tmpfs -o size=4m none "$1" || exit 99; DIAPASON_SMALL_DISK="$1" exec "$2" -test.run='^TestAFullDiskChangesNothing$' -test.v`
	out, err := exec.Command(unshare, "-rm", "sh", "-c", script, "sh", dir, os.Args[0]).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && (exit.ExitCode() == 99 || bytes.Contains(out, []byte("unshare"))) {
		t.Skipf("this machine gives no small file system: %s", out)
	}
	if err != nil || !bytes.Contains(out, []byte("--- PASS")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func fullDisk(t *testing.T, dir string) {
	work := filepath.Join(dir, "w")
	s := open(t, bolt.Params{Dir: work})
	fill(t, s, 10)
	fillsUp(t, s)
	// Now there is no room left at all.
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	chunk := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(chunk)
	}
	f.Close()
	if s, err := bolt.Open(context.Background(), bolt.Params{Dir: filepath.Join(dir, "new")}); err == nil {
		s.Close()
		t.Error("a new workspace was made on a full disk")
	} else if !errors.Is(err, storage.ErrDiskFull) {
		t.Errorf("a new workspace on a full disk gives %v", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		t.Fatal(err)
	}
	s = open(t, bolt.Params{Dir: work})
	defer s.Close()
	storagetest.Verify(t, s)
	backup := filepath.Join(dir, "backup.db")
	if err := s.Backup(context.Background(), backup); !errors.Is(err, storage.ErrDiskFull) {
		t.Errorf("a backup on a full disk gives %v", err)
	}
	if _, err := os.Stat(backup); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a backup was left: %v", err)
	}
}
