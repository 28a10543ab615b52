// Package tabulartest makes the files that strangers send: workbooks written part by part, files that must be refused,
// and odd ones that must be imported rightly. It serves tests only, from the reader of tables up to the command line and
// the import assistant; it knows file formats and says which problem each file deserves, but reads nothing itself.
package tabulartest

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Book is a workbook written part by part, as a stranger would.
type Book struct {
	Sheet   string            // content of the first sheet's sheetData
	Strings string            // content of the shared strings, no such part when empty
	Styles  string            // the whole part of the styles, no such part when empty
	Sheets  string            // entries of workbook.xml; one visible sheet when empty
	Prolog  string            // what stands before the worksheet element
	Extra   map[string]string // further parts, or others in the place of those above
}

const (
	relsHead  = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	relPrefix = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// DateStyles are styles whose cell formats are, from 0: general, date, date and time, time, postcode, money.
const DateStyles = `<styleSheet><numFmts count="3"><numFmt numFmtId="164" formatCode="dd/mm/yyyy\ hh:mm"/>` +
	`<numFmt numFmtId="165" formatCode="00000"/><numFmt numFmtId="166" formatCode="&quot;le day&quot; #,##0.00 [$€-40C]"/></numFmts>` +
	`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>` +
	`<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="20"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>`

func (b Book) parts() map[string]string {
	if b.Sheets == "" {
		b.Sheets = `<sheet name="Feuille" sheetId="1" r:id="rId1"/>`
	}
	p := map[string]string{
		"[Content_Types].xml": `<Types/>`,
		"_rels/.rels":         relsHead + `<Relationship Id="rId1" Type="` + relPrefix + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":     `<workbook xmlns:r="r"><sheets>` + b.Sheets + `</sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": relsHead + `<Relationship Id="rId1" Type="` + relPrefix + `worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + relPrefix + `sharedStrings" Target="/xl/sharedStrings.xml"/>` +
			`<Relationship Id="rId3" Type="` + relPrefix + `styles" Target="styles.xml"/>` +
			`<Relationship Id="rId4" Type="` + relPrefix + `worksheet" Target="worksheets/sheet2.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": b.Prolog + `<worksheet><dimension ref="A1:C9"/><sheetData>` + b.Sheet + `</sheetData></worksheet>`,
	}
	if b.Strings != "" {
		p["xl/sharedStrings.xml"] = `<sst>` + b.Strings + `</sst>`
	}
	if b.Styles != "" {
		p["xl/styles.xml"] = b.Styles
	}
	for k, v := range b.Extra {
		p[k] = v
	}
	return p
}

// Write writes the workbook into a temporary folder and gives its path.
func (b Book) Write(t testing.TB) string { return b.WriteAs(t, "reseau.xlsx") }

// WriteAs writes the workbook under a name into a temporary folder and gives its path.
func (b Book) WriteAs(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for part, text := range b.parts() {
		w, err := z.Create(part)
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

// WriteFile writes a file into a temporary folder and gives its path.
func WriteFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
