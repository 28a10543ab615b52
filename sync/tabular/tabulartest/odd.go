package tabulartest

import (
	"testing"

	"diapason/storage"
)

// Hotel is what each odd file tells of its one establishment.
var Hotel = map[storage.Field]string{
	storage.FieldIdentifier: "4012", storage.FieldName: "Hôtel du Port", storage.FieldStreet: "12 quai du Port",
	storage.FieldZip: "06130", storage.FieldCity: "Grasse", storage.FieldCountry: "FR", storage.FieldOpeningDate: "2025-12-24",
}

// Odd is one file that is unusual and right: importing it creates Hotel and nothing else.
type Odd struct{ What, Path string }

// cells are the cells of the hotel's row, from A to G, where they differ from the ordinary ones.
type cells map[string]string

// rows writes the titles as row 1 and the hotel as row 2.
func (c cells) rows() string {
	return `<row r="1">` + titles + `</row><row r="2">` + c.hotel() + `</row>`
}

func (c cells) hotel() string {
	out := ""
	for _, column := range []struct{ name, cell string }{
		{"A", text("4012")},
		{"B", text("Hôtel du Port")},
		{"C", text("12 quai du Port")},
		{"D", text("06130")},
		{"E", text("Grasse")},
		{"F", text("FR")},
		{"G", text("24/12/2025")},
	} {
		if cell, other := c[column.name]; other {
			out += cell
		} else {
			out += column.cell
		}
	}
	return out
}

func text(s string) string { return `<c t="inlineStr"><is><t>` + s + `</t></is></c>` }

var titles = text("Identifiant") + text("Nom") + text("Rue et numéro") + text("Code postal") + text("Ville") + text("Pays") +
	text("Date d’ouverture")

func sound(c cells) Book { return Book{Sheet: c.rows(), Styles: DateStyles} }

// BrokenCells is a workbook whose hotel has an error in the place of its name, which no establishment goes without.
func BrokenCells(t testing.TB) string {
	t.Helper()
	return sound(cells{"B": `<c t="e"><v>#N/A</v></c>`}).WriteAs(t, "erreurs.xlsx")
}

// Oddities makes every kind of file that is unusual and must be imported rightly.
func Oddities(t testing.TB) []Odd {
	t.Helper()
	return []Odd{
		{"formulas with the value they had", sound(cells{
			"B": `<c t="str"><f>"Hôtel "&amp;"du Port"</f><v>Hôtel du Port</v></c>`, "A": `<c><f>4000+12</f><v>4012</v></c>`,
		}).WriteAs(t, "formules.xlsx")},
		{"dates as numbers", sound(cells{"G": `<c s="1"><v>46015</v></c>`}).WriteAs(t, "dates.xlsx")},
		{"numbers as texts", sound(cells{"A": text("4012"), "D": text("06130"), "G": text("2025-12-24")}).WriteAs(t, "textes.xlsx")},
		{"texts as numbers", sound(cells{"A": `<c><v>4012</v></c>`, "D": `<c><v>6130</v></c>`}).WriteAs(t, "nombres.xlsx")},
		{"merged headers", mergedHeaders().WriteAs(t, "fusions.xlsx")},
		{"hidden sheet in front", hiddenSheet().WriteAs(t, "feuilles.xlsx")},
		{"a million empty formatted rows below", Book{
			Sheet: cells{}.rows() + EmptyRows(3, 1_048_576), Styles: DateStyles,
		}.WriteAs(t, "un million.xlsx")},
		{"error in a cell that can be left out", Book{
			Sheet: `<row r="1">` + titles + text("Téléphone") + `</row><row r="2">` + cells{}.hotel() + `<c t="e"><v>#REF!</v></c></row>`,
		}.WriteAs(t, "erreur.xlsx")},
	}
}

// mergedHeaders has a title over the whole table and group names over the true headers.
func mergedHeaders() Book {
	return Book{Extra: map[string]string{
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1">` + text("Nos hôtels, décembre 2025") + `</row><row r="3">` +
			text("Identité") + `<c r="C3" t="inlineStr"><is><t>Adresse</t></is></c><c r="G3" t="inlineStr"><is><t>Divers</t></is></c></row><row r="4">` +
			titles + `</row><row r="5">` + cells{}.hotel() + `</row></sheetData>` +
			`<mergeCells count="3"><mergeCell ref="A1:G1"/><mergeCell ref="A3:B3"/><mergeCell ref="C3:F3"/></mergeCells></worksheet>`,
	}}
}

// hiddenSheet has a draft in front that nobody sees.
func hiddenSheet() Book {
	draft := cells{"A": text("BROUILLON"), "B": text("Hôtel imaginaire")}
	b := sound(draft)
	b.Sheets = `<sheet name="Brouillon" sheetId="1" state="hidden" r:id="rId1"/><sheet name="Hôtels" sheetId="2" r:id="rId4"/>`
	b.Extra = map[string]string{"xl/worksheets/sheet2.xml": `<worksheet><sheetData>` + cells{}.rows() + `</sheetData></worksheet>`}
	return b
}
