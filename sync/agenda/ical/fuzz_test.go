package ical_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"diapason/storage"
	"diapason/sync/agenda/ical"
)

// FuzzRead reads anything. Nothing may make the reader panic; an error has words; what it gives can be written, and comes
// back as the same bytes.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.ics"))
	if err != nil || len(files) == 0 {
		f.Fatal("no files to begin with", err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(raw) < 8<<10 {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, _, err := ical.Read(bytes.NewReader(data), ical.ReadParams{Zone: "Europe/Paris", Limit: 1 << 20})
		var p *storage.Problem
		if err != nil {
			if !errors.As(err, &p) {
				t.Fatalf("an error without words: %v", err)
			}
			return
		}
		first := rewrite(t, c)
		obeys(t, first)
		again, faults, err := ical.Read(bytes.NewReader([]byte(first)), ical.ReadParams{})
		if err != nil || len(faults) > 0 {
			t.Fatalf("what was written is not read: %v %v\n%s", faults, err, first)
		}
		if second := rewrite(t, again); second != first {
			t.Fatalf("what was read is written as something else\n%s\n%s", first, second)
		}
	})
}

// rewrite writes what was read.
func rewrite(t *testing.T, c ical.Calendar) string {
	t.Helper()
	var b bytes.Buffer
	if aside, err := ical.Write(&b, c); err != nil || len(aside) > 0 {
		t.Fatalf("what was read is not written: %v %v", aside, err)
	}
	return b.String()
}
