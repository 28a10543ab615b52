package tabulartest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// File is one file that must be refused.
type File struct {
	What string // what it is, for the name of a subtest
	Path string
	Code string // of the *storage.Problem that it deserves
}

// Name is what the sentence about the file calls it.
func (f File) Name() string { return filepath.Base(f.Path) }

// OldWorkbook begins an OLE container, which an .xls is ([MS-CFB] 2.2).
const OldWorkbook = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// Hostile makes every kind of file that cannot be imported: broken, foreign, locked, empty or written to do harm.
// None is large on the disk.
func Hostile(t testing.TB) []File {
	t.Helper()
	whole, err := os.ReadFile(sound(cells{}).Write(t))
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "Dossier d’hôtels")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return []File{
		{"folder", folder, "file.isFolder"},
		{"absent file", filepath.Join(filepath.Dir(folder), "parti.xlsx"), "file.notFound"},
		{"image", WriteFile(t, "façade.png", "\x89PNG\r\n\x1a\n0000"), "file.image"},
		{"image that says it is a workbook", WriteFile(t, "façade.xlsx", "\xFF\xD8\xFF\xE0"), "file.image"},
		{"old .xls", WriteFile(t, "ancien.xls", OldWorkbook+strings.Repeat("\x00", 5000)), "file.oldExcel"},
		{".ods", Book{Extra: map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}}.WriteAs(t, "hôtels.ods"), "file.openDocument"},
		{".xlsb", Book{Extra: map[string]string{"xl/workbook.bin": "x"}}.WriteAs(t, "hôtels.xlsb"), "file.binaryExcel"},
		{"zip bomb in the sheet", Book{Sheet: strings.Repeat(" ", bombSize)}.WriteAs(t, "bombe.xlsx"), "file.bomb"},
		{"zip bomb in the texts", Book{Strings: strings.Repeat(" ", bombSize)}.WriteAs(t, "bombe textes.xlsx"), "file.bomb"},
		{"truncated archive", WriteFile(t, "coupé.xlsx", string(whole[:len(whole)-300])), "file.truncated"},
		{"truncated sheet", cutSheet("<row><c>").WriteAs(t, "feuille coupée.xlsx"), "file.truncated"},
		{"sheet truncated far down", cutSheet(strings.Repeat("<row>"+cells{}.hotel()+"</row>", 500)+"<row><c>").WriteAs(t, "fin coupée.xlsx"), "file.truncated"},
		{"password", WriteLocked(t, "secret.xlsx"), "file.password"},
		{"no sheet", Book{Sheets: " "}.WriteAs(t, "sans feuille.xlsx"), "file.noSheet"},
		{"nothing but empty formatted rows", Book{Sheet: EmptyRows(1, 1_048_576), Styles: DateStyles}.WriteAs(t, "un million.xlsx"), "import.noRows"},
		{"empty sheet", Book{}.WriteAs(t, "feuille vide.xlsx"), "import.noRows"},
		{"nothing but titles", Book{Sheet: `<row>` + titles + `</row>`}.WriteAs(t, "titres.xlsx"), "import.onlyTitles"},
		{"nothing but titles, as text", WriteFile(t, "titres.csv", "Code;Nom;Ville\n\n;;\n"), "import.onlyTitles"},
		{"nothing but one line", WriteFile(t, "phrase.csv", "Liste à venir\n"), "import.onlyTitles"},
		{"web page that says it is a workbook", WriteFile(t, "page.xlsx", "<html>"), "file.damaged"},
		{"document type that expands", Book{Extra: map[string]string{
			"xl/workbook.xml": `<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook/>`,
		}}.WriteAs(t, "entités.xlsx"), "file.damaged"},
		{"text document", Book{Extra: map[string]string{"xl/workbook.xml": "<document/>"}}.WriteAs(t, "lettre.docx"), "file.unknown"},
		{"unknown file", WriteFile(t, "brochure.pdf", "%PDF-1.7"), "file.unknown"},
		{"program that says it is a table", WriteFile(t, "programme.csv", "MZ\x90\x00\x03\x00"), "file.unknown"},
		{"empty workbook file", WriteFile(t, "vide.xlsx", ""), "file.empty"},
		{"empty table", WriteFile(t, "vide.csv", "\n\n  \n"), "file.empty"},
		{"quotation mark left open", WriteFile(t, "guillemet.csv", "Nom\n\""+strings.Repeat("a", 1<<20)), "file.cellTooLong"},
	}
}

// bombSize inflates beyond what the reader lets grow without asking how much was read (32 MB).
const bombSize = 48 << 20

// cutSheet has its titles and then rows that end in the middle.
func cutSheet(rows string) Book {
	return Book{Extra: map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row>` + titles + `</row>` + rows}}
}

// WriteLocked writes a workbook that a password protects and gives its path.
func WriteLocked(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := excelize.NewFile().SaveAs(path, excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	return path
}

// EmptyRows gives the rows from first to last without a value, each formatted, some with formatted cells.
func EmptyRows(first, last int) string {
	var b []byte
	for i := first; i <= last; i++ {
		b = append(b, `<row r="`...)
		b = strconv.AppendInt(b, int64(i), 10)
		if b = append(b, `" s="1" customFormat="1"`...); i%4 == 0 {
			b = append(b, `><c s="1"/><c s="1"/></row>`...)
		} else {
			b = append(b, `/>`...)
		}
	}
	return string(b)
}
