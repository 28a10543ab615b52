package tabular

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason/storage"
)

// book is a workbook written part by part, as a stranger would.
type book struct {
	sheet   string // content of sheetData
	strings string
	styles  string
	sheets  string // entries of workbook.xml; one visible sheet when empty
	prolog  string // before the worksheet element
	extra   map[string]string
}

const (
	relsHead  = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	relPrefix = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

func (b book) parts() map[string]string {
	if b.sheets == "" {
		b.sheets = `<sheet name="Feuille" sheetId="1" r:id="rId1"/>`
	}
	p := map[string]string{
		"[Content_Types].xml": `<Types/>`,
		"_rels/.rels":         relsHead + `<Relationship Id="rId1" Type="` + relPrefix + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":     `<workbook xmlns:r="r"><sheets>` + b.sheets + `</sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": relsHead + `<Relationship Id="rId1" Type="` + relPrefix + `worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + relPrefix + `sharedStrings" Target="/xl/sharedStrings.xml"/>` +
			`<Relationship Id="rId3" Type="` + relPrefix + `styles" Target="styles.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": b.prolog + `<worksheet><dimension ref="A1:C9"/><sheetData>` + b.sheet + `</sheetData></worksheet>`,
	}
	if b.strings != "" {
		p["xl/sharedStrings.xml"] = `<sst>` + b.strings + `</sst>`
	}
	if b.styles != "" {
		p["xl/styles.xml"] = b.styles
	}
	for k, v := range b.extra {
		p[k] = v
	}
	return p
}

func (b book) write(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "reseau.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for name, text := range b.parts() {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// readAll reads a sheet as text: "number: a|b|c" per row, with the flags' letters after a cell that has some.
func readAll(path string, sheet int, l limits) ([]string, error) {
	w, err := openLimited(context.Background(), path, l)
	if err != nil {
		return nil, err
	}
	rows, err := w.Rows(context.Background(), sheet)
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	var out []string
	for rows.Next() {
		row := rows.Row()
		var cells []string
		for _, c := range row.Cells {
			cells = append(cells, c.Text+flagText(c.Flags))
		}
		out = append(out, fmt.Sprintf("%d: %s", row.Number, strings.Join(cells, "|")))
	}
	err = rows.Err()
	return out, errors.Join(err, rows.Close(), w.Close())
}

func flagText(f CellFlags) string {
	var b strings.Builder
	for i, name := range []string{"number", "date", "bool", "error", "novalue", "literal"} {
		if f&(1<<i) != 0 {
			b.WriteString("/" + name)
		}
	}
	return b.String()
}

func mustRead(t *testing.T, path string) []string {
	t.Helper()
	rows, err := readAll(path, 0, defaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func code(err error) string {
	var p *storage.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return fmt.Sprint(err)
}
