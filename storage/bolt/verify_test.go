package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/storagetest"
)

// rich makes a closed workspace with something in every bucket.
func rich(t *testing.T) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	s := open(t, bolt.Params{Dir: dir})
	defer s.Close()
	fill(t, s, 3)
	err := s.Update(context.Background(), func(w storage.Writer) error {
		es, err := w.Establishments("", 0)
		if err != nil {
			return err
		}
		id, now := es[0].ID, es[0].UpdatedAt
		return errors.Join(
			w.PutAccount(&storage.Account{ID: "acc", Enabled: true}),
			w.PutListing(&storage.Listing{EstablishmentID: id, AccountID: "acc", NextCheck: now}),
			w.PutOperation(&storage.Operation{EstablishmentID: id, AccountID: "acc", State: storage.OpPending, CreatedAt: now}),
			w.PutRun(&storage.Run{ID: "run", StartedAt: now}),
			w.PutRunItem(&storage.RunItem{RunID: "run", At: now}),
			w.PutProfile(&storage.ImportProfile{ID: "p"}),
			w.PutSchedule(&storage.Schedule{ID: "s"}),
			w.PutSetting("k", "v"))
	})
	if err != nil {
		t.Fatal(err)
	}
	storagetest.Verify(t, s)
	return dir, filepath.Join(dir, bolt.FileName)
}

func TestVerifyNamesEveryBrokenInvariant(t *testing.T) {
	first := func(tx *bbolt.Tx, bucket string) (b *bbolt.Bucket, k, v []byte) {
		b = tx.Bucket([]byte(bucket))
		k, v = b.Cursor().First()
		return b, bytes.Clone(k), bytes.Clone(v)
	}
	remove := func(bucket string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			b, k, _ := first(tx, bucket)
			return b.Delete(k)
		}
	}
	surplus := func(bucket string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucket)).Put([]byte("zz\x00zz"), nil) }
	}
	spoil := func(bucket, value string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			b, k, _ := first(tx, bucket)
			return b.Put(k, []byte(value))
		}
	}
	rename := func(bucket string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			b, k, v := first(tx, bucket)
			return errors.Join(b.Delete(k), b.Put([]byte("renamed"), v))
		}
	}
	type breakage struct {
		name   string
		f      func(*bbolt.Tx) error
		bucket string
		text   string
	}
	tests := []breakage{
		{"counter", spoil("counts", "\x00\x00\x00\x00\x00\x00\x00\x63"), "counts", "counter differs"},
		{"missing counter", remove("counts"), "counts", "counter is missing"},
		{"missing account", remove("accounts"), "listings", "account does not exist"},
		{"missing account of an operation", remove("accounts"), "operations", "account does not exist"},
		{"missing establishment", remove("establishments"), "listings", "establishment does not exist"},
		{"missing run", remove("runs"), "items", "run does not exist"},
		{"foreign row", spoil("rows", "\x01"), "rows", "row differs"},
		{"missing row", remove("rows"), "rows", "row differs"},
		{
			"slot that ran twice", spoil("schedules", "\x01"+`{"id": "s", "rule": {"kind": "daily"}, "slots": [
				{"planned": "2026-11-19T08:00:00Z", "state": "done"}, {"planned": "2026-11-19T08:00:00Z", "state": "done"}]}`),
			"schedules", "ran twice",
		},
		{
			"two slots under way", spoil("schedules", "\x01"+`{"id": "s", "rule": {"kind": "daily"}, "slots": [
				{"planned": "2026-11-20T08:00:00Z", "state": "started"}, {"planned": "2026-11-19T08:00:00Z", "state": "started"}]}`),
			"schedules", "under way",
		},
		{"foreign identifier", spoil("ix.identifier", "x"), "ix.identifier", "points at"},
	}
	for _, b := range []string{
		"ix.identifier", "ix.status", "ix.label", "ix.natural", "ix.name", "ix.listing.account", "ix.listing.word",
		"ix.listing.due", "ix.operation.order", "ix.run.start", "ix.journal.establishment", "ix.journal.run",
	} {
		tests = append(tests, breakage{b + " lacks an entry", remove(b), b, "entry is missing"},
			breakage{b + " has one too many", surplus(b), b, "records call for"})
	}
	for _, b := range []string{
		"establishments", "listings", "accounts", "operations", "runs", "items", "journal", "profiles", "schedules",
	} {
		tests = append(tests, breakage{b + " under another key", rename(b), b, "calls itself"},
			breakage{b + " of an unknown version", spoil(b, "\x09{}"), b, "version"},
			breakage{b + " that is no JSON", spoil(b, "\x01{"), b, "decode"})
	}
	_, file := rich(t)
	whole := read(t, file)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, bolt.FileName)
			if err := os.WriteFile(file, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			edit(t, file, tt.f)
			s := open(t, bolt.Params{Dir: dir})
			defer s.Close()
			violations, err := s.Verify(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range violations {
				if v.Bucket == tt.bucket && strings.Contains(v.Text, tt.text) {
					return
				}
			}
			t.Errorf("not found: %s in %s, but %v", tt.text, tt.bucket, violations)
		})
	}
}

// A page that rots while the file is closed is not noticed at Open; reading it is an error, not the end of the program.
func TestReadingARottenPageIsAnError(t *testing.T) {
	dir, file := workspace(t, 60)
	b := read(t, file)
	page := os.Getpagesize()
	// Spoil the pages one after another until a read fails.
	for at := 2 * page; at+page <= len(b); at += page {
		spoilt := bytes.Clone(b)
		for i := at; i < at+16; i++ {
			spoilt[i] = 0xee
		}
		if err := os.WriteFile(file, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := bolt.Open(context.Background(), bolt.Params{Dir: dir})
		if err != nil {
			continue
		}
		err = s.View(context.Background(), func(r storage.Reader) error {
			_, err := r.Establishments("", 0)
			return err
		})
		_ = s.Close() // it may not be possible to mark a rotten file as closed
		if errors.Is(err, storage.ErrDamaged) {
			return
		}
		if err != nil {
			t.Fatalf("page %d: %v", at/page, err)
		}
	}
	t.Error("no spoilt page was noticed")
}

func TestVerifyCanBeCancelled(t *testing.T) {
	dir, _ := rich(t)
	s := open(t, bolt.Params{Dir: dir})
	defer s.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Verify(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("it gives %v", err)
	}
}
