package establishments_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"diapason/sync/establishments"
	"diapason/sync/tabular"
)

// TestNothingUnderTheTitlesIsRefused tells a table without rows, for which no other sheet is taken, from a sheet that is
// no table, under which the next one is looked at.
func TestNothingUnderTheTitlesIsRefused(t *testing.T) {
	titles, one := []any{"Code", "Nom", "Ville"}, []any{"A1", "Un", "Lyon"}
	cover, sayings := []any{"Réseau de boutiques"}, [][]any{{"Colonne", "Explication"}, {"Nom", "Le nom"}}
	tests := []struct {
		name   string
		sheets [][][]any
		want   string // code, "" when a sheet is mapped
		sheet  int
	}{
		{"titles alone", [][][]any{{titles}}, "import.onlyTitles", 0},
		{"the template without its examples", [][][]any{{titles}, sayings}, "import.onlyTitles", 0},
		{"a cover, then a table", [][][]any{{cover}, {titles, one}}, "", 1},
		{"a cover, then titles", [][][]any{{cover}, {titles}}, "import.onlyTitles", 0},
		{"a cover, then nothing", [][][]any{{cover}, {}}, "import.onlyTitles", 0},
		{"nothing, then a cover", [][][]any{{}, {cover}}, "import.onlyTitles", 0},
		{"nothing at all", [][][]any{{}, {}}, "import.noRows", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			book, err := tabular.Open(t.Context(), workbookOf(t, tt.sheets))
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := book.Close(); err != nil {
					t.Error(err)
				}
			}()
			s, err := establishments.SuggestMapping(t.Context(), book, nil)
			if code(err) != tt.want || tt.want == "" && s.Sheet != tt.sheet {
				t.Errorf("%v, want %q; suggested %+v", err, tt.want, s)
			}
		})
	}
}

func TestRowsThatSayNothingInTheMappedColumnsAreNothingToImport(t *testing.T) {
	w := newWorkshop(t)
	book, s := w.suggest(csv(t, "Nom;Ville;Remarque", ";;à compléter", ";;"))
	if _, err := w.Plan(t.Context(), book, s.Mapping, establishments.Options{}, nil); code(err) != "import.noRows" {
		t.Errorf("%v", err)
	}
}

// workbookOf writes sheets of rows of cells.
func workbookOf(t *testing.T, sheets [][][]any) string {
	t.Helper()
	book := excelize.NewFile()
	for i, rows := range sheets {
		name := fmt.Sprintf("Sheet%d", i+1)
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for n, row := range rows {
			if err := book.SetSheetRow(name, fmt.Sprintf("A%d", n+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "classeur.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}
