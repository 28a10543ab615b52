package tabular

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"diapason/sync/tabular/tabulartest"
)

func TestCellsAreReadAsAPersonWouldTypeThem(t *testing.T) {
	cases := []struct{ name, cell, want string }{
		{"inline text", `<c t="inlineStr"><is><t>Hôtel &amp; Spa</t></is></c>`, "Hôtel & Spa"},
		{"rich text without its phonetic guide", `<c t="inlineStr"><is><r><t>Le </t></r><r><t>Port</t></r><rPh><t>xx</t></rPh></is></c>`, "Le Port"},
		{"shared text", `<c t="s"><v>1</v></c>`, "deux"},
		{"text of a formula", `<c t="str"><f>A1&amp;"x"</f><v>calculé</v></c>`, "calculé"},
		{"number of a formula", `<c><f>6*7</f><v>42</v></c>`, "42/number"},
		{"formula never computed", `<c><f>6*7</f></c>`, "/novalue"},
		{"error", `<c t="e"><v>#N/A</v></c>`, "#N/A/error"},
		{"true", `<c t="b"><v>1</v></c>`, "TRUE/bool"},
		{"false", `<c t="b"><v>0</v></c>`, "FALSE/bool"},
		{"integer", `<c><v>6130</v></c>`, "6130/number"},
		{"integer with a point", `<c><v>75016.0</v></c>`, "75016/number"},
		{"exponent", `<c><v>1.2345678901234E+13</v></c>`, "12345678901234/number"},
		{"seventeen digits", `<c><v>0.10000000000000001</v></c>`, "0.1/number"},
		{"negative", `<c><v>-1.55</v></c>`, "-1.55/number"},
		{"postcode format", `<c s="4"><v>6130</v></c>`, "06130/number"},
		{"money", `<c s="5"><v>12.5</v></c>`, "12.5/number"},
		{"date", `<c s="1"><v>46015</v></c>`, "2025-12-24/date"},
		{"date and time", `<c s="2"><v>46015.5</v></c>`, "2025-12-24 12:00/date"},
		{"time", `<c s="3"><v>0.395833333333333</v></c>`, "09:30/date"},
		{"date before the day that never was", `<c s="1"><v>59</v></c>`, "1900-02-28/date"},
		{"ISO date", `<c t="d"><v>2026-12-24T00:00:00</v></c>`, "2026-12-24/date"},
		{"carriage return", `<c t="inlineStr"><is><t>a_x000D_b_x005F_c</t></is></c>`, "a\rb_c"},
		{"CDATA", `<c t="inlineStr"><is><t><![CDATA[<b>&amp;]]></t></is></c>`, "<b>&amp;"},
		{"numeric entities", `<c t="inlineStr"><is><t>&#233;&#x20AC;&bogus;</t></is></c>`, "é€&bogus;"},
		{"neutralised text", `<c t="inlineStr"><is><t>'=1+1</t></is></c>`, "=1+1/literal"},
		{"ordinary apostrophe", `<c t="inlineStr"><is><t>'s Hertogenbosch</t></is></c>`, "'s Hertogenbosch"},
		{"prefix of another producer", `<x:c t="inlineStr"><x:is><x:t>préfixé</x:t></x:is></x:c>`, "préfixé"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := tabulartest.Book{Sheet: `<row r="3">` + c.cell + `</row>`, Strings: `<si><t>un</t></si><si><t>deux</t></si>`, Styles: tabulartest.DateStyles}.Write(t)
			if diff := cmp.Diff([]string{"3: " + c.want}, mustRead(t, path)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCellsStandInTheirColumnsAndRows(t *testing.T) {
	path := tabulartest.Book{Sheet: `<row r="2" spans="1:3"/><row r="5"><c r="B5" s="1"/><c r="C5"><v>1</v></c></row>` +
		`<row><c><v>2</v></c><c><v>3</v></c></row><row r="4"><c r="AK4"><v>4</v></c></row>`}.Write(t)
	want := []string{"5: ||1/number", "6: 2/number|3/number", "7: " + strings.Repeat("|", 36) + "4/number"}
	if diff := cmp.Diff(want, mustRead(t, path)); diff != "" {
		t.Error(diff)
	}
}

func TestSheetsKeepNamesOrderAndHiddenState(t *testing.T) {
	f := excelize.NewFile()
	for _, name := range []string{"Réseau & Co", "Brouillon", "Très caché"} {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStr("Réseau & Co", "B2", "ici"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetVisible("Brouillon", false); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetVisible("Très caché", false, true); err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/a.xlsx"
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	w, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	got := ""
	for _, s := range w.Sheets() {
		got += fmt.Sprintf("%s %v;", s.Name, s.Hidden)
	}
	if want := "Sheet1 false;Réseau & Co false;Brouillon true;Très caché true;"; got != want {
		t.Errorf("sheets %q, want %q", got, want)
	}
	rows, err := readAll(path, 1, defaultLimits)
	if err != nil || len(rows) != 1 || rows[0] != "2: |ici" {
		t.Errorf("second sheet: %q, %v", rows, err)
	}
}

func TestFilesThatAreNoTableSayWhatTheyAre(t *testing.T) {
	for _, f := range tabulartest.Hostile(t) {
		rows, err := readAll(f.Path, 0, defaultLimits)
		if strings.HasPrefix(f.Code, "import.") { // a sound file for this room: whoever imports it misses the rows
			if err != nil || len(rows) > 1 {
				t.Errorf("%s: %d rows, %v", f.What, len(rows), err)
			}
			continue
		}
		if got := code(err); got != f.Code {
			t.Errorf("%s: %s, want %s", f.What, got, f.Code)
		}
	}
}

func TestFilesAreKnownByTheirContent(t *testing.T) {
	whole, err := os.ReadFile(tabulartest.Book{}.Write(t))
	if err != nil {
		t.Fatal(err)
	}
	ole := tabulartest.OldWorkbook + strings.Repeat("\x00", 5000)
	encrypted := ""
	for _, c := range "EncryptedPackage" {
		encrypted += string(c) + "\x00"
	}
	cases := []struct{ name, content, want string }{
		{"a.xlsx", string(whole[:40]), "file.truncated"},
		{"a.xls", "<html>", "file.oldExcel"},
		{"a.xlsx", ole + encrypted, "file.password"},
		{"a.xlsx", ole + strings.Repeat("\x00", 262_144-len(ole)-9) + encrypted, "file.password"},
		{"a.csv", "\xFF\xD8\xFF\xE0", "file.image"},
	}
	for _, c := range cases {
		_, err := Open(t.Context(), tabulartest.WriteFile(t, c.name, c.content))
		if got := code(err); got != c.want {
			t.Errorf("%s (%d bytes): %s, want %s", c.name, len(c.content), got, c.want)
		}
	}
}

func TestAWorkbookOfChartsAloneHasNoSheet(t *testing.T) {
	charts := tabulartest.Book{Sheets: `<sheet name="Graphique" sheetId="1" r:id="rId2"/>`}
	if _, err := Open(t.Context(), charts.Write(t)); code(err) != "file.noSheet" {
		t.Error(err)
	}
}

// TestBombsAreRefusedBeforeMemoryGrows inflates parts that would fill the memory, each in its way.
func TestBombsAreRefusedBeforeMemoryGrows(t *testing.T) {
	small := defaultLimits
	small.ratioFrom, small.sheetPart = 1<<20, 40<<20
	zeros := strings.Repeat(" ", 10<<20)
	many := map[string]string{}
	for i := range 300 {
		many[fmt.Sprintf("junk/%d", i)] = ""
	}
	few := small
	few.parts, few.directory = 100, 1<<20
	narrow := small
	narrow.directory = 2000
	cases := []struct {
		name, want string
		limits     limits
		book       tabulartest.Book
	}{
		{"shared strings", flawBomb, small, tabulartest.Book{Strings: zeros}},
		{"sheet", flawBomb, small, tabulartest.Book{Sheet: zeros}},
		{"styles", flawBomb, small, tabulartest.Book{Styles: zeros}},
		{"one endless text", flawCellLong, defaultLimits, tabulartest.Book{Sheet: `<row><c t="inlineStr"><is><t>` + zeros + `</t></is></c></row>`}},
		{"one endless tag", flawCellLong, defaultLimits, tabulartest.Book{Sheet: `<row ` + zeros}},
		{"files", flawBomb, few, tabulartest.Book{Extra: many}},
		{"directory", flawBomb, narrow, tabulartest.Book{Extra: many}},
		{"column", flawColumns, small, tabulartest.Book{Sheet: `<row><c r="ZZZZ1"><v>1</v></c></row>`}},
		{"row", flawRows, small, tabulartest.Book{Sheet: `<row r="1048577"><c><v>1</v></c></row>`}},
	}
	for _, c := range cases {
		path := c.book.Write(t)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := readAll(path, 0, c.limits)
		runtime.ReadMemStats(&after)
		if code(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
			t.Errorf("%s: %d MB were allocated", c.name, grown>>20)
		}
	}
}

func TestAMillionEmptyFormattedRowsAreSkippedWithoutMemory(t *testing.T) {
	path := tabulartest.Book{
		Sheet: `<row r="1"><c r="A1"><v>7</v></c></row>` + tabulartest.EmptyRows(2, 1_048_575) +
			`<row r="1048576"><c><v>8</v></c></row>`,
		Styles: tabulartest.DateStyles,
	}.Write(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	rows := mustRead(t, path)
	runtime.ReadMemStats(&after)
	if diff := cmp.Diff([]string{"1: 7/number", "1048576: 8/number"}, rows); diff != "" {
		t.Error(diff)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("%d MB were allocated", grown>>20)
	}
}

func TestSharedStringsBeyondTheirMemoryComeFromDisk(t *testing.T) {
	l := defaultLimits
	l.stringMemory = 1000
	var texts, cells strings.Builder
	var want []string
	long := strings.Repeat("é", 40_000) // longer than a page
	for i := range 3000 {
		text := fmt.Sprintf("texte %d", i*7919)
		if i%1000 == 5 {
			text += long
		}
		fmt.Fprintf(&texts, `<si><t>%s</t></si>`, text)
		want = append(want, text)
	}
	for i := range want {
		fmt.Fprintf(&cells, `<row><c t="s"><v>%d</v></c></row>`, len(want)-1-i)
	}
	rows, err := readAll(tabulartest.Book{Sheet: cells.String(), Strings: texts.String()}.Write(t), 0, l)
	if err != nil || len(rows) != len(want) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows {
		if row != fmt.Sprintf("%d: %s", i+1, want[len(want)-1-i]) {
			t.Fatalf("row %d is %.60q", i, row)
		}
	}
}

func TestASheetCutInTheMiddleSaysSo(t *testing.T) {
	path := tabulartest.Book{Extra: map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c><v>1</v></c></row><row><c>`}}.Write(t)
	rows, err := readAll(path, 0, defaultLimits)
	if code(err) != flawTruncated || len(rows) != 1 {
		t.Errorf("%q, %v", rows, err)
	}
}

func TestUTF16SheetsAreRead(t *testing.T) {
	text := "\uFEFF<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>été</t></is></c></row></sheetData></worksheet>"
	var b strings.Builder
	for _, r := range text {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	path := tabulartest.Book{Extra: map[string]string{"xl/worksheets/sheet1.xml": b.String()}}.Write(t)
	if rows := mustRead(t, path); len(rows) != 1 || rows[0] != "1: été" {
		t.Errorf("%q", rows)
	}
}
