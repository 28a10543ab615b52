package tabular

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"diapason/storage"
)

func FuzzSheet(f *testing.F) {
	for _, s := range []string{
		`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a&amp;b</t></is></c><c s="1"><v>46015.5</v></c></row></sheetData></worksheet>`,
		`<x:worksheet><!-- c --><x:sheetData/></x:worksheet>`, `<row><c r="XFD1"><f>A1</f></c>`, `<?xml version="1.0"?><a b='>'/>`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		body := &inflater{limits: defaultLimits, body: io.NopCloser(bytes.NewReader(data)), limit: 1 << 30, compressed: int64(len(data))}
		r := &sheetRows{body: body, scan: newScanner(body, defaultLimits.cellBytes), formats: []numberFormat{0, 1, 2, 3, 9}, limits: defaultLimits}
		last := 0
		for row := (Row{}); ; last = row.Number {
			err := r.next(&row)
			if err != nil {
				var bad *flaw
				if !errors.Is(err, io.EOF) && !errors.As(err, &bad) {
					t.Fatalf("unclassed error %v", err)
				}
				return
			}
			if row.Number <= last || len(row.Cells) == 0 || len(row.Cells) > defaultLimits.columns {
				t.Fatalf("row %d after %d with %d cells", row.Number, last, len(row.Cells))
			}
		}
	})
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a;b\n1;2\n", "sep=,\n\"x\"\"y\",z", "\xE9;\x80", "\xFF\xFEa\x00", "'=1\t2\r3"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := t.TempDir() + "/a.csv"
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readAll(path, 0, defaultLimits)
		var p *storage.Problem
		if err != nil && !errors.As(err, &p) {
			t.Fatalf("an error without words: %v", err)
		}
	})
}
