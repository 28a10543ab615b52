package establishments_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"diapason/assets/demo"
	"diapason/storage"
	"diapason/sync/establishments"
	"diapason/sync/tabular"
)

// anything draws texts for every field; a text that a field refuses leaves it empty.
func anything(t *rapid.T, identifier string) *storage.Establishment {
	text := rapid.StringMatching(`[=+\-@'"A-Za-zéœ€ß中0-9][=+\-@'"A-Za-zéœ, &.0-9\n\t-]{0,20}[A-Za-z]{2}`)
	list := rapid.SliceOfN(rapid.StringMatching(`[=A-Za-zé'-][A-Za-zé -]{2,8}[a-z]`), 0, 4)
	draw := map[storage.Field]*rapid.Generator[string]{
		storage.FieldCountry: rapid.SampledFrom([]string{"FR", "BE", "DE", ""}),
		storage.FieldStatus:  rapid.SampledFrom([]string{"DRAFT", "ACTIVE", "TEMPORARILY_CLOSED", "CLOSED", "ARCHIVED"}),
		storage.FieldZip:     rapid.SampledFrom([]string{"06130", "13002", "97400", "1000", "SW1A 1AA", ""}),
		storage.FieldPhone:   rapid.SampledFrom([]string{"04 91 00 00 01", "+32 2 512 34 56", "+49 30 901820", ""}),
		storage.FieldFax:     rapid.SampledFrom([]string{"+33 1 42 88 89 85", ""}),
		storage.FieldWebsite: rapid.SampledFrom([]string{"https://www.example.com/é?a=1&b=2", "example.com", ""}),
		storage.FieldEmail:   rapid.SampledFrom([]string{"a@example.com", "-b@example.com", ""}),
		storage.FieldLat:     rapid.SampledFrom([]string{"48.123456789012345", "-0.5", "7"}),
		storage.FieldLng:     rapid.SampledFrom([]string{"2.1", "-179.99999999", "0"}),
		storage.FieldOpeningHours: rapid.SampledFrom([]string{
			"Mo=08:00-12:00&14:00-18:00;Tu;We;Th;Fr=18:00-02:00;Sa=00:00-24:00;Su", "Mo;Tu;We;Th;Fr;Sa;Su", "",
		}),
		storage.FieldSpecialHours:   rapid.SampledFrom([]string{"2026-12-24=09:00-14:00;2026-12-25", ""}),
		storage.FieldOpeningDate:    rapid.SampledFrom([]string{"2019-05-02", ""}),
		storage.FieldReopenDate:     rapid.SampledFrom([]string{"2027-03-01", ""}),
		storage.FieldAddressDisplay: rapid.SampledFrom([]string{"TRUE", "FALSE"}),
		storage.FieldAutoSync:       rapid.SampledFrom([]string{"TRUE", "FALSE"}),
		storage.FieldLegalIdent:     rapid.SampledFrom([]string{"73282932000074", "00000000000000", ""}),
		storage.FieldStars:          rapid.SampledFrom([]string{"", "3"}),
		storage.FieldRooms:          rapid.SampledFrom([]string{"", "120"}),
		storage.FieldPhotos:         rapid.SampledFrom([]string{"", "https://example.com/a.jpg;https://example.com/b.jpg"}),
	}
	e := &storage.Establishment{Name: "Sans nom", Status: storage.StatusActive}
	set := func(f storage.Field) {
		g := draw[f]
		var v string
		switch {
		case g != nil:
			v = g.Draw(t, string(f))
		case f.IsList():
			for _, item := range list.Draw(t, string(f)) {
				v += item + ";"
			}
		default:
			v = text.Draw(t, string(f))
		}
		_ = e.SetValue(f, v) // refused texts leave the field as it is
	}
	set(storage.FieldCountry)
	for _, f := range storage.Fields {
		if f != storage.FieldCountry && f != storage.FieldIdentifier {
			set(f)
		}
	}
	if e.ReopenDate.Before(e.OpeningDate) {
		e.ReopenDate = e.OpeningDate
	}
	e.Identifier = identifier
	return e
}

// TestWhateverIsExportedIsReadBackWithoutLoss plans the import of exports into an empty workspace.
func TestWhateverIsExportedIsReadBackWithoutLoss(t *testing.T) {
	from, empty := newWorkshop(t), newWorkshop(t)
	var ids [4]string
	var revisions [4]uint64
	rapid.Check(t, func(rt *rapid.T) {
		var want []*storage.Establishment
		for i, id := range []string{"A1", "=2", "0003", "Été 4"} {
			e := anything(rt, id)
			e.ID, e.Revision = ids[i], revisions[i]
			want = append(want, e)
		}
		from.put(want)
		for i, e := range want {
			ids[i], revisions[i] = e.ID, e.Revision
		}
		empty.wantSame(rt, want, from.export(establishments.ExportParams{Format: establishments.FormatCSV, Language: "en"}))
	})
}

// TestAWorkbookOfAnythingIsReadBackWithoutLoss does the same with one workbook of many, which is slow to write.
func TestAWorkbookOfAnythingIsReadBackWithoutLoss(t *testing.T) {
	from, empty := newWorkshop(t), newWorkshop(t)
	var want []*storage.Establishment
	for i := range 300 {
		one := rapid.Custom(func(rt *rapid.T) *storage.Establishment { return anything(rt, fmt.Sprintf("=%d", i)) })
		want = append(want, one.Example(i))
	}
	from.put(want)
	empty.wantSame(t, want, from.export(establishments.ExportParams{Format: establishments.FormatXLSX, Language: "fr"}))
}

func (w *workshop) wantSame(t rapid.TB, want []*storage.Establishment, path string) {
	plan := w.plan(path, establishments.Options{})
	if plan.Len() != len(want) {
		t.Fatalf("%d rows of %d", plan.Len(), len(want))
	}
	for i, e := range want {
		r, err := plan.Row(i)
		if err != nil || r.Outcome != establishments.OutcomeCreate || len(r.Warnings) > 0 {
			t.Fatalf("%v %v", describe(r), err)
		}
		for _, f := range storage.Fields {
			if got, want := r.Values[f], e.Value(f); got != want {
				t.Fatalf("%s: %q, want %q", f, got, want)
			}
		}
	}
}

func (w *workshop) put(all []*storage.Establishment) {
	w.t.Helper()
	err := w.store.Update(context.Background(), func(tx storage.Writer) error {
		for _, e := range all {
			if err := tx.PutEstablishment(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestAnExportMakesTheSameEstablishmentsInANewWorkspace(t *testing.T) {
	from := newWorkshop(t)
	from.importFile(write(t, demo.HotelsName, string(demo.Hotels)))
	want := from.all()
	path := from.export(establishments.ExportParams{Format: establishments.FormatXLSX, Language: "fr"})
	to := newWorkshop(t)
	if run := to.importFile(path); run.Totals != (storage.Totals{Total: 1201, Created: 1201}) {
		t.Fatalf("%+v", run.Totals)
	}
	for i, got := range to.all() {
		if diff := cmp.Diff(want[i].Snapshot(storage.Fields), got.Snapshot(storage.Fields)); diff != "" {
			t.Fatal(diff)
		}
	}
	if c := from.plan(path, establishments.Options{EmptyErases: true}).Counts(); c.Unchanged != 1201 {
		t.Errorf("the export changes its own workspace: %+v", c)
	}
}

func (w *workshop) export(p establishments.ExportParams) string {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "export"+p.Format.Extension())
	var out bytes.Buffer
	p.Store = w.store
	if _, err := establishments.Export(context.Background(), p, &out); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func TestSupplementaryColumnsAreWrittenOnlyWhenOneIsFilled(t *testing.T) {
	w := newWorkshop(t)
	w.importFile(csv(t, "Identifiant;Nom", "A1;Un"))
	_, s := w.suggest(w.export(establishments.ExportParams{Format: establishments.FormatXLSX, Language: "fr"}))
	if len(s.Headers) != 37 || s.Headers[36] != "Auto-sync" || tabular.ColumnName(36) != "AK" || s.Columns[36] != storage.FieldAutoSync {
		t.Errorf("%q", s.Headers)
	}
	w.importFile(csv(t, "Identifiant;Nom;Étoiles", "A1;Un;4 étoiles"))
	_, s = w.suggest(w.export(establishments.ExportParams{Format: establishments.FormatXLSX, Language: "en"}))
	if len(s.Headers) != 38 || s.Columns[37] != storage.FieldStars {
		t.Errorf("%q", s.Headers)
	}
}

func TestChosenEstablishmentsAreExportedInTheirOrderAndTheWorldGetsNoDrafts(t *testing.T) {
	w := newWorkshop(t)
	w.importFile(csv(t, "Identifiant;Nom;Statut", "A1;Un;ACTIVE", "A2;Deux;DRAFT", "A3;Trois;ACTIVE"))
	all := w.all()
	path := w.export(establishments.ExportParams{
		Format: establishments.FormatCSV, Language: "fr", IDs: []string{all[2].ID, all[1].ID},
	})
	_, s := w.suggest(path)
	if len(s.Samples) != 2 || s.Samples[0][1] != "A3" || s.Samples[1][1] != "A2" {
		t.Errorf("%q", s.Samples)
	}
	for _, format := range []establishments.Format{
		establishments.FormatGoogleCSV, establishments.FormatGeoJSON, establishments.FormatJSONLD,
	} {
		var out bytes.Buffer
		n, err := establishments.Export(t.Context(), establishments.ExportParams{
			Store: w.store, Format: format, IDs: []string{all[0].ID, all[1].ID},
		}, &out)
		if err != nil || n != 1 || !strings.Contains(out.String(), "Un") || strings.Contains(out.String(), "Deux") {
			t.Errorf("%s: %d written, %v", format, n, err)
		}
	}
}

func TestTheExtensionChoosesTheFormat(t *testing.T) {
	for extension, want := range map[string]establishments.Format{
		".XLSX": establishments.FormatXLSX, "csv": establishments.FormatCSV, ".geojson": establishments.FormatGeoJSON,
		".jsonld": establishments.FormatJSONLD,
	} {
		if f, ok := establishments.FormatOf(extension); !ok || f != want {
			t.Errorf("%s: %s %v", extension, f, ok)
		}
	}
	if f, ok := establishments.FormatOf(".pdf"); ok {
		t.Errorf(".pdf: %s", f)
	}
}

func TestTheTemplateIsReadBackWithItsTwoExamples(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		var out bytes.Buffer
		if err := establishments.WriteTemplate(&out, lang); err != nil {
			t.Fatal(err)
		}
		w := newWorkshop(t)
		path := write(t, "modele.xlsx", out.String())
		book, s := w.suggest(path)
		if diff := cmp.Diff(storage.Fields[:storage.TemplateColumns], s.Columns); diff != "" {
			t.Errorf("%s: %s", lang, diff)
		}
		if len(book.Sheets()) != 2 {
			t.Errorf("%s: sheets %v", lang, book.Sheets())
		}
		wantRows(t, w.plan(path, establishments.Options{}), "2 create", "3 create")
	}
}

func TestRejectedRowsAreCorrectedInTheirReportAndDroppedAgain(t *testing.T) {
	w := newWorkshop(t)
	p := w.plan(csv(t, "Code interne;Nom;CP;Note;Identifiant", "x;Un;ABC;=note;A1", "y;Deux;13001;;A2", "z;;13001;;A3"), establishments.Options{})
	var out bytes.Buffer
	say := func(p *storage.Problem) string { return "motif " + p.Code }
	if err := establishments.WriteErrorReport(t.Context(), &out, p, say, "fr"); err != nil {
		t.Fatal(err)
	}
	path := write(t, "rapport.xlsx", out.String())
	_, s := w.suggest(path)
	want := [][]string{{"motif zip.french", "x", "Un", "ABC", "=note", "A1"}, {"motif name.missing", "z", "", "13001", "", "A3"}}
	if diff := cmp.Diff(want, s.Samples); diff != "" {
		t.Error(diff)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStr(f.GetSheetName(0), "D2", "13003"); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	again := w.plan(path, establishments.Options{})
	wantRows(t, again, "2 create", "3 rejected !name:name.missing")
	out.Reset()
	if err := establishments.WriteErrorReport(t.Context(), &out, again, say, "en"); err != nil {
		t.Fatal(err)
	}
	if _, s = w.suggest(write(t, "rapport2.xlsx", out.String())); len(s.Headers) != 6 {
		t.Errorf("a report of a report: %q", s.Headers)
	}
}

func TestNumbersDatesAndErrorsOfASpreadsheet(t *testing.T) {
	f := excelize.NewFile()
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	for cell, v := range map[string]any{
		"A1": "Réseau 2026", "A3": "Identifiant", "B3": "Nom", "C3": "CP", "D3": "Téléphone", "E3": "Date d'ouverture", "F3": "SIRET", "G3": "Ville",
		"A4": 12, "B4": "Grasse", "C4": 6130, "D4": 142888985, "E4": 43587, "F4": 73282932000074.0,
		"A5": "13", "B5": "Nice", "C5": "6130", "A6": "14", "B6": "Nice", "C6": "06000",
	} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.MergeCell("Sheet1", "A1", "G1"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStyle("Sheet1", "E4", "E4", date); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	w := newWorkshop(t)
	_, s := w.suggest(path)
	if s.HeaderRow != 3 {
		t.Errorf("header row %d", s.HeaderRow)
	}
	p := w.plan(path, establishments.Options{})
	wantRows(t, p, "4 create", "5 rejected !zip:zip.french", "6 create")
	r, err := p.Row(0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[storage.Field]string{
		"identifier": "12", "name": "Grasse", "zip": "06130", "phone": "+33142888985", "openingDate": "2019-05-02",
		"legalIdent": "73282932000074", "city": "", "status": "ACTIVE", "country": "FR",
	}, r.Values); diff != "" {
		t.Error(diff)
	}
}

func TestErrorCellsRejectWhatIsMandatoryAndSetAsideTheRest(t *testing.T) {
	sheet := `<worksheet><sheetData><row>` + header("Nom") + header("CP") + header("Fax") + `</row>` +
		`<row>` + header("Un") + `<c t="e"><v>#REF!</v></c></row>` +
		`<row>` + header("Deux") + `<c/><c t="e"><v>#N/A</v></c></row>` +
		`<row>` + header("Trois") + `<c><f>1+1</f></c></row></sheetData></worksheet>`
	path := workbook(t, sheet)
	w := newWorkshop(t)
	wantRows(t, w.plan(path, establishments.Options{}),
		"2 rejected !zip:cell.error", "3 create ?fax:cell.error", "4 rejected !zip:cell.notComputed")
}

func header(s string) string { return `<c t="inlineStr"><is><t>` + s + `</t></is></c>` }

// workbook replaces the sheet of a workbook that excelize wrote.
func workbook(t *testing.T, sheet string) string {
	t.Helper()
	f := excelize.NewFile()
	if err := f.SetCellStr("Sheet1", "A1", "x"); err != nil {
		t.Fatal(err)
	}
	f.Sheet.Delete("xl/worksheets/sheet1.xml")
	f.Pkg.Store("xl/worksheets/sheet1.xml", []byte(sheet))
	path := filepath.Join(t.TempDir(), "a.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestHeadersAreRecognisedInManySpellings(t *testing.T) {
	cases := map[string]storage.Field{
		"NOM COMMERCIAL": "name", "Nom comercial": "name", "Raison sociale": "name", "streetAndNumber": "streetAndNumber",
		"Adresse postale": "streetAndNumber", "C.P.": "zip", "Code  Postal": "zip", "Telephonne": "phone", "Tél.": "phone",
		"Courriel": "email", "E-mail": "email", "SITE INTERNET": "website", "CLASSEMENT": "stars", "autoSync": "autoSync",
		"Auto-sync": "autoSync", "Horaires d'ouverture": "openingHours", "Postcode": "zip", "Longitude": "lng", "N° SIRET": "legalIdent",
		"DATE DE CLASSEMENT": "", "DATE DE PUBLICATION": "", "Motif du rejet": "", "Prix": "", "Remarque": "", "Chiffre d'affaires": "",
	}
	w := newWorkshop(t)
	for h, want := range cases {
		_, s := w.suggest(csv(t, h+";zzz", "1;2"))
		if s.Columns[0] != want {
			t.Errorf("%q is taken for %q, not %q", h, s.Columns[0], want)
		}
	}
}

func TestARememberedProfileWinsOverNames(t *testing.T) {
	w := newWorkshop(t)
	path := csv(t, "Nom;Truc", "Un;Lyon")
	book, s := w.suggest(path)
	chosen := *s
	chosen.Columns = []storage.Field{storage.FieldIdentifier, storage.FieldName}
	chosen.Constants = map[storage.Field]string{storage.FieldCity: "Nice"}
	profile := establishments.NewProfile("p1", "Mon réseau", chosen, time.Unix(0, 0))
	s, err := establishments.SuggestMapping(t.Context(), book, []*storage.ImportProfile{profile})
	if err != nil || s.Profile != profile || s.Columns[1] != storage.FieldName || s.Constants[storage.FieldCity] != "Nice" {
		t.Errorf("%+v %v", s, err)
	}
	if _, other := w.suggest(csv(t, "Nom;Truc;Machin", "Un;Lyon;x")); other.Profile != nil {
		t.Error("a profile was taken for other headers")
	}
}

func TestAProfileRemembersTheOptions(t *testing.T) {
	w := newWorkshop(t)
	book, s := w.suggest(csv(t, "Nom;Truc", "Un;Lyon"))
	for _, o := range []establishments.Options{
		{}, {CreateOnly: true}, {UpdateOnly: true}, {EmptyErases: true}, {UpdateOnly: true, EmptyErases: true},
	} {
		chosen := *s
		chosen.Options = o
		profile := establishments.NewProfile("p1", "Mon réseau", chosen, time.Unix(0, 0))
		found, err := establishments.SuggestMapping(t.Context(), book, []*storage.ImportProfile{profile})
		if err != nil || found.Options != o {
			t.Errorf("%+v became %+v, %v", o, found, err)
		}
		profile.Options = nil // as it was kept before profiles knew options
		found, err = establishments.SuggestMapping(t.Context(), book, []*storage.ImportProfile{profile})
		if err != nil || found.Profile == nil || found.Options != (establishments.Options{}) {
			t.Errorf("an older profile gave %+v, %v", found, err)
		}
	}
}

func TestEveryFieldHasAColumnWithBothLabels(t *testing.T) {
	if len(establishments.Columns) != len(storage.Fields) {
		t.Fatalf("%d columns for %d fields", len(establishments.Columns), len(storage.Fields))
	}
	for i, f := range storage.Fields {
		c := establishments.Columns[i]
		if c.Field != f || c.French == "" || c.English == "" || c.FrenchHelp == "" || c.EnglishHelp == "" {
			t.Errorf("column %s: %+v", tabular.ColumnName(i), c)
		}
	}
	if l := establishments.Label(storage.FieldZip, "fr"); l != "Code postal" {
		t.Errorf("label %q", l)
	}
}
