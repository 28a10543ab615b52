package bolt_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/storagetest"
)

func names(bs []bolt.BackupFile) (out []string) {
	for _, b := range bs {
		out = append(out, b.At.Format("02T15:04")+" "+string(b.Reason))
	}
	return out
}

func TestRotationKeeps24HoursAnd14Days(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 30, 0, 0, time.UTC)
	var kept []bolt.BackupFile
	// Two backups an hour for forty days, rotated each time.
	for i := range 40 * 48 {
		b := bolt.BackupFile{At: start.Add(time.Duration(i) * 30 * time.Minute), Reason: bolt.BackupRegular}
		kept = slices.Insert(kept, 0, b)
		gone := bolt.Superfluous(kept)
		kept = slices.DeleteFunc(kept, func(b bolt.BackupFile) bool {
			return slices.ContainsFunc(gone, func(g bolt.BackupFile) bool { return g.At.Equal(b.At) })
		})
	}
	hours, days := map[string]bool{}, map[string]bool{}
	for _, b := range kept {
		hours[b.At.Format("2006010215")], days[b.At.Format("20060102")] = true, true
	}
	// Forty days later there are 24 hours on two days, and twelve days before these.
	if len(kept) != 36 || len(days) != 14 || len(hours) != 36 {
		t.Errorf("%d backups are kept, of %d days and %d hours: %v", len(kept), len(days), len(hours), names(kept))
	}
	if !slices.IsSortedFunc(kept, func(a, b bolt.BackupFile) int { return b.At.Compare(a.At) }) {
		t.Error("they are not newest first")
	}
}

func TestRotationKeepsTheNewestBackupBeforeAnImportAndAMigration(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	s := open(t, bolt.Params{Dir: t.TempDir(), Now: func() time.Time { return now }})
	defer s.Close()
	for _, reason := range []bolt.BackupReason{
		bolt.BackupImport, bolt.BackupRegular, bolt.BackupMigration, bolt.BackupImport, bolt.BackupRegular,
	} {
		b, err := s.RotateBackup(context.Background(), reason)
		if err != nil {
			t.Fatal(err)
		}
		if b.Reason != reason || !b.At.Equal(now) || b.Size == 0 {
			t.Errorf("made %+v", b)
		}
		now = now.Add(time.Minute)
	}
	all, err := bolt.Backups(s.Path())
	want := []string{"21T08:04 regular", "21T08:03 import", "21T08:02 migration"}
	if err != nil || !slices.Equal(names(all), want) {
		t.Errorf("kept %v, %v, want %v", names(all), err, want)
	}
}

func TestRotationLeavesOtherFilesAlone(t *testing.T) {
	s := open(t, bolt.Params{Dir: t.TempDir()})
	defer s.Close()
	rotate(t, s)
	other := filepath.Join(s.Path(), bolt.BackupFolder, "diapason-mine-regular.db")
	if err := os.WriteFile(other, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	rotate(t, s)
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
}

func TestTwoBackupsOfTheSameInstantHaveTwoNames(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	s := open(t, bolt.Params{Dir: t.TempDir(), Now: func() time.Time { return now }})
	defer s.Close()
	if a, b := rotate(t, s), rotate(t, s); a == b {
		t.Errorf("both are %s", a)
	}
}

func TestABackupIsDueAfterAnHour(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	s := open(t, bolt.Params{Dir: t.TempDir(), Now: func() time.Time { return now }})
	defer s.Close()
	due := func(want bool) {
		t.Helper()
		if got, err := s.BackupDue(); got != want || err != nil {
			t.Errorf("due: %v, %v", got, err)
		}
	}
	due(true)
	rotate(t, s)
	due(false)
	now = now.Add(time.Hour)
	due(true)
}

func TestABackupHoldsWhatWasThereAndIsChecked(t *testing.T) {
	s := open(t, bolt.Params{Dir: t.TempDir()})
	defer s.Close()
	fill(t, s, 10)
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	addOne(t, s)
	if err := bolt.CheckBackup(path); err != nil {
		t.Error(err)
	}
	dir := t.TempDir()
	if err := bolt.Restore(context.Background(), dir, path); err != nil {
		t.Fatal(err)
	}
	copied := open(t, bolt.Params{Dir: dir})
	defer copied.Close()
	storagetest.Verify(t, copied)
	if n := count(t, copied); n != 10 {
		t.Errorf("the copy holds %d establishments", n)
	}
}

// addOne adds one establishment more.
func addOne(t *testing.T, s *bolt.Store) {
	t.Helper()
	err := s.Update(context.Background(), func(w storage.Writer) error { return w.PutEstablishment(hotelWithout()) })
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, s *bolt.Store) (n int) {
	t.Helper()
	err := s.View(context.Background(), func(r storage.Reader) (err error) {
		n, err = r.CountEstablishments()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestACancelledBackupLeavesNothing(t *testing.T) {
	s := open(t, bolt.Params{Dir: t.TempDir()})
	defer s.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	if err := s.Backup(ctx, filepath.Join(dir, "copy.db")); !errors.Is(err, context.Canceled) {
		t.Errorf("it gives %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("it left %v, %v", files, err)
	}
}

func TestABackupIntoNowhereSaysSo(t *testing.T) {
	s := open(t, bolt.Params{Dir: t.TempDir()})
	defer s.Close()
	err := s.Backup(context.Background(), filepath.Join(t.TempDir(), "nowhere", "copy.db"))
	var p *storage.Problem
	if !errors.As(err, &p) || p.Code != "backup.failed" {
		t.Errorf("it gives %v", err)
	}
}

func TestRestoreSetsThePresentFileAside(t *testing.T) {
	dir := t.TempDir()
	s := open(t, bolt.Params{Dir: dir})
	fill(t, s, 5)
	backup := rotate(t, s)
	addOne(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before := read(t, filepath.Join(dir, bolt.FileName))
	if err := bolt.Restore(context.Background(), dir, backup); err != nil {
		t.Fatal(err)
	}
	s = open(t, bolt.Params{Dir: dir})
	defer s.Close()
	storagetest.Verify(t, s)
	if n := count(t, s); n != 5 {
		t.Errorf("after restoring there are %d establishments", n)
	}
	aside, err := filepath.Glob(filepath.Join(dir, "diapason-aside-*.db"))
	if err != nil || len(aside) != 1 || string(read(t, aside[0])) != string(before) {
		t.Errorf("set aside: %v, %v", aside, err)
	}
	if files, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(files) != 0 {
		t.Errorf("left over: %v, %v", files, err)
	}
}

func TestRestoreRefusesABadBackupAndChangesNothing(t *testing.T) {
	dir, file := workspace(t, 5)
	before := read(t, file)
	bad := filepath.Join(t.TempDir(), "bad.db")
	if err := os.WriteFile(bad, before[:3*os.Getpagesize()], 0o600); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(t.TempDir(), "newer.db")
	if err := os.WriteFile(newer, before, 0o600); err != nil {
		t.Fatal(err)
	}
	edit(t, newer, meta("schema", "99"))
	tests := []struct {
		path, code string
		want       error
	}{
		{bad, "backup.damaged", storage.ErrDamaged},
		{newer, "workspace.newer", storage.ErrNewer},
		{filepath.Join(dir, "missing.db"), "backup.failed", os.ErrNotExist},
	}
	for _, tt := range tests {
		err := bolt.Restore(context.Background(), dir, tt.path)
		var p *storage.Problem
		if !errors.Is(err, tt.want) || !errors.As(err, &p) || p.Code != tt.code {
			t.Errorf("%s gives %v", tt.path, err)
		}
	}
	if string(read(t, file)) != string(before) {
		t.Error("the workspace changed")
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("left over: %v, %v", files, err)
	}
}

// A damaged file, its newest backup damaged too: the one before is offered, and restoring it keeps the damaged file.
func TestADamagedWorkspaceIsSetAsideAndTheNewestGoodBackupOffered(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	s := open(t, bolt.Params{Dir: dir, Now: func() time.Time { return now }})
	fill(t, s, 3)
	good := rotate(t, s)
	now = now.Add(2 * time.Hour)
	bad := rotate(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{bad, filepath.Join(dir, bolt.FileName)} {
		if err := os.Truncate(f, 10_000); err != nil {
			t.Fatal(err)
		}
	}
	refuses(t, dir, "workspace.damaged", storage.ErrDamaged)
	offered, err := bolt.NewestGood(dir)
	if err != nil || offered.Path != good {
		t.Fatalf("offered %v, %v", offered, err)
	}
	aside, err := bolt.SetAside(dir)
	if err != nil || !strings.HasPrefix(filepath.Base(aside), "diapason-aside-") || len(read(t, aside)) != 10_000 {
		t.Errorf("set aside as %q, %v", aside, err)
	}
	if err := bolt.Restore(context.Background(), dir, offered.Path); err != nil {
		t.Fatal(err)
	}
	s = open(t, bolt.Params{Dir: dir})
	defer s.Close()
	if n := count(t, s); n != 3 {
		t.Errorf("%d establishments are back", n)
	}
}

func TestWithoutBackupNoneIsOffered(t *testing.T) {
	if _, err := bolt.NewestGood(t.TempDir()); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("it gives %v", err)
	}
}

func TestOpenRemovesWhatADyingProgramLeftHalfMade(t *testing.T) {
	dir, _ := workspace(t, 1)
	folder := filepath.Join(dir, bolt.BackupFolder)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	for _, f := range []string{filepath.Join(dir, ".new-1.db"), filepath.Join(folder, ".copy-1.db"), filepath.Join(dir, "mine.db")} {
		if err := errors.Join(os.WriteFile(f, []byte("half"), 0o600), os.Chtimes(f, yesterday, yesterday)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, ".new-2.db"), nil, 0o600); err != nil { // another program's, just begun
		t.Fatal(err)
	}
	defer open(t, bolt.Params{Dir: dir}).Close()
	var left []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if !e.IsDir() {
			left = append(left, e.Name())
		}
		return err
	})
	if err != nil || !slices.Equal(left, []string{".new-2.db", bolt.FileName, "mine.db"}) {
		t.Errorf("left: %v, %v", left, err)
	}
}
