package tabular

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/sync/tabular/tabulartest"
)

func TestTextFilesAreRecognised(t *testing.T) {
	cases := []struct {
		name, content string
		want          []string
	}{
		{"semicolons", "nom;cp\nA;13002\n", []string{"1: nom|cp", "2: A|13002/number"}},
		{"commas, CR LF", "nom,cp\r\n\"Port, vieux\",13002\r\n", []string{"1: nom|cp", "2: Port, vieux|13002/number"}},
		{"tabs", "nom\tcp\nA;B\t1\n", []string{"1: nom|cp", "2: A;B|1/number"}},
		{"UTF-8 with mark", "\xEF\xBB\xBFété;b\n", []string{"1: été|b"}},
		{"Windows-1252", "\xE9t\xE9;\x80\n", []string{"1: été|€"}},
		{"UTF-16", "\xFF\xFE\xE9\x00;\x00b\x00\n\x00", []string{"1: é|b"}},
		{"line break inside quotes", "a;b\n\"un\ndeux\";\"dit \"\"oui\"\"\"\n", []string{"1: a|b", "2: un\ndeux|dit \"oui\""}},
		{"separator declared", "sep=;\na;b,c\n", []string{"2: a|b,c"}},
		{"empty records", "a;b\n;\n\nc;d", []string{"1: a|b", "4: c|d"}},
		{"leading zero kept", "a;b\n06130;0\n", []string{"1: a|b", "2: 06130|0/number"}},
		{"quoted digits are text", "a;b\n\"6130\";1\n", []string{"1: a|b", "2: 6130|1/number"}},
		{"old Mac lines", "a;b\rc;d", []string{"1: a|b", "2: c|d"}},
		{"quotes inside a bare field", "a;L\"Or\n", []string{"1: a|L\"Or"}},
		{"one column", "nom\nA\n", []string{"1: nom", "2: A"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, mustRead(t, tabulartest.WriteFile(t, "a.csv", c.content))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAQuoteNeverClosedIsRefusedBeforeMemoryGrows(t *testing.T) {
	content := "a;b\n\"" + string(bytes.Repeat([]byte("x;y\n"), 1<<19))
	if _, err := readAll(tabulartest.WriteFile(t, "a.csv", content), 0, defaultLimits); code(err) != flawCellLong {
		t.Errorf("%v", err)
	}
}

// TestWrittenTablesAreReadBackWithoutLoss writes any texts, formulas and apostrophes included, both ways.
func TestWrittenTablesAreReadBackWithoutLoss(t *testing.T) {
	dir := t.TempDir()
	cell := rapid.OneOf(
		rapid.StringMatching(`[=+\-@'\t]{0,3}[A-Za-zé€;,"& 0-9_x\n]{0,12}`),
		rapid.StringMatching(`_x00[0-9A-F]{2}_`),
	)
	row := rapid.SliceOfN(cell, 3, 3)
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(row, 1, 4).Draw(t, "rows")
		for _, ext := range []string{".xlsx", ".csv"} {
			var out bytes.Buffer
			w := NewCSVWriter(&out)
			if ext == ".xlsx" {
				var err error
				if w, err = NewXLSXWriter(&out); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Begin(Layout{Name: "Feuille", Header: []string{"a", "b", "c", "fin"}}); err != nil {
				t.Fatal(err)
			}
			for _, texts := range rows {
				cells := make([]Cell, 0, 4)
				for _, text := range texts {
					cells = append(cells, Cell{Text: text})
				}
				if err := w.Row(append(cells, Cell{Text: "."})); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			path := dir + "/a" + ext
			if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(rows, readTexts(t, path)); diff != "" {
				t.Fatalf("%s: %s", ext, diff)
			}
		}
	})
}

func readTexts(t *rapid.T, path string) [][]string {
	w, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	rows, err := w.Rows(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out [][]string
	for rows.Next() {
		if r := rows.Row(); r.Number > 1 {
			out = append(out, []string{r.Cell(0).Text, r.Cell(1).Text, r.Cell(2).Text})
		}
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return out
}

func TestNoWrittenCellIsTakenForAFormula(t *testing.T) {
	var out bytes.Buffer
	w := NewCSVWriter(&out)
	if err := w.Begin(Layout{Header: []string{"=h"}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []Cell{{Text: "=1+1"}, {Text: "@x"}, {Text: "-1.5"}, {Text: "-1.5", Flags: FlagNumber}, {Text: "=1", Flags: FlagNumber}} {
		if err := w.Row([]Cell{c}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if want := "\xEF\xBB\xBF'=h\r\n'=1+1\r\n'@x\r\n'-1.5\r\n-1.5\r\n'=1\r\n"; out.String() != want {
		t.Errorf("%q", out.String())
	}
}
