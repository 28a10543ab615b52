package googlefile

import (
	"encoding/csv"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/directory"
)

// header is the first line of Google's own template.
const header = "Store code,Business name,Address line 1,Address line 2,Address line 3,Address line 4,Address line 5," +
	"Sub-locality,Locality,Administrative area,Country / Region,Postal code,Latitude,Longitude,Primary phone," +
	"Additional phones,Website,Primary category,Additional categories,Sunday hours,Monday hours,Tuesday hours," +
	"Wednesday hours,Thursday hours,Friday hours,Saturday hours,Special hours,From the business,Opening date," +
	"Logo photo,Cover photo,Other photos,Labels,AdWords location extensions phone"

func hotel(code string) storage.Snapshot {
	s := storage.Snapshot{}
	for _, f := range carried() {
		s[f] = ""
	}
	for f, v := range map[storage.Field]string{
		storage.FieldIdentifier: code, storage.FieldName: "Hôtel du Vieux Port", storage.FieldStreet: "12 quai du Port",
		storage.FieldZip: "13002", storage.FieldCity: "Marseille", storage.FieldCountry: "FR", storage.FieldLat: "43.2961",
		storage.FieldLng: "-5.37", storage.FieldCategories: "Hôtel;Bar;Restaurant", storage.FieldPhone: "+33491000000",
		storage.FieldOpeningHours:    "Mo=09:00-12:00&14:00-18:00;Tu=00:00-24:00;We=18:00-02:00;Th;Fr;Sa;Su",
		storage.FieldSpecialHours:    "2026-12-24=09:00-14:00;2026-12-25",
		storage.FieldDescriptionLong: "Face à la mer,\nau calme.", storage.FieldLabels: "Sud;Mer",
	} {
		s[f] = v
	}
	return s
}

func creation(code string) directory.Change {
	return directory.Change{EstablishmentID: "e-" + code, Identifier: code, Desired: hotel(code), Touched: carried()}
}

func update(code string, touched ...storage.Field) directory.Change {
	return directory.Change{
		EstablishmentID: "e-" + code, Identifier: code, Desired: hotel(code), Previous: hotel(code), Touched: touched,
		RemoteID: code,
	}
}

var noon = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, dir string) directory.Directory {
	t.Helper()
	d, err := kindAt(func() time.Time { return noon }).Open(&storage.Account{Settings: map[string]string{"folder": dir}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func push(t *testing.T, d directory.Directory, changes ...directory.Change) []directory.Receipt {
	t.Helper()
	receipts, err := d.Push(t.Context(), changes)
	if err != nil || len(receipts) != len(changes) {
		t.Fatal(receipts, err)
	}
	return receipts
}

func read(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestCreationFillsGooglesThirtyFourColumns(t *testing.T) {
	d := open(t, t.TempDir())
	r := push(t, d, creation("H1"))[0]
	if filepath.Base(r.ReadyFile) != "google-2026-11-21-120000-new.csv" || r.RemoteID != "H1" || r.Err != nil {
		t.Fatalf("%+v", r)
	}
	want := [][]string{strings.Split(header, ","), {
		"H1", "Hôtel du Vieux Port", "12 quai du Port", "", "", "", "", "", "Marseille", "", "FR", "13002", "43.2961",
		"-5.37", "+33491000000", "", "", "Hôtel", "Bar, Restaurant", "x", "09:00-12:00, 14:00-18:00", "00:00-00:00",
		"18:00-02:00", "x", "x", "x", "2026-12-24: 09:00-14:00, 2026-12-25: x", "Face à la mer,\nau calme.", "", "", "",
		"", "Sud, Mer", "",
	}}
	if d := cmp.Diff(want, read(t, r.ReadyFile)); d != "" {
		t.Error(d)
	}
	raw, err := os.ReadFile(r.ReadyFile)
	if err != nil || !strings.HasPrefix(string(raw), header+"\n") {
		t.Errorf("%.40q %v", raw, err)
	}
}

func TestUpdateCarriesNothingButTheTouchedColumns(t *testing.T) {
	d := open(t, t.TempDir())
	emptied := update("H3", storage.FieldPhone)
	emptied.Desired[storage.FieldPhone] = ""
	rs := push(t, d, update("H1", storage.FieldPhone), update("H2", storage.FieldOpeningHours), emptied, creation("H4"))
	if rs[0].ReadyFile != rs[2].ReadyFile || rs[0].ReadyFile == rs[1].ReadyFile || rs[3].ReadyFile == rs[0].ReadyFile {
		t.Fatalf("%+v", rs)
	}
	want := [][]string{{"Store code", "Primary phone"}, {"H1", "+33491000000"}, {"H3", ""}}
	if d := cmp.Diff(want, read(t, rs[0].ReadyFile)); d != "" {
		t.Error(d)
	}
	want = [][]string{
		{
			"Store code", "Sunday hours", "Monday hours", "Tuesday hours", "Wednesday hours", "Thursday hours",
			"Friday hours", "Saturday hours",
		},
		{"H2", "x", "09:00-12:00, 14:00-18:00", "00:00-00:00", "18:00-02:00", "x", "x", "x"},
	}
	if d := cmp.Diff(want, read(t, rs[1].ReadyFile)); d != "" {
		t.Error(d)
	}
}

func TestFilesAreNeverOverwritten(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	first, second := push(t, d, creation("H1"))[0], push(t, d, creation("H2"))[0]
	if first.ReadyFile == second.ReadyFile || read(t, first.ReadyFile)[1][0] != "H1" || read(t, second.ReadyFile)[1][0] != "H2" {
		t.Error(first, second)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Error(entries, err)
	}
}

func TestAnotherStoreCodeIsRefusedBecauseGoogleWouldMakeASecondShop(t *testing.T) {
	dir := t.TempDir()
	c := update("NEW", storage.FieldIdentifier)
	c.RemoteID = "OLD"
	r := push(t, open(t, dir), c)[0]
	var p *storage.Problem
	if !errors.As(r.Err, &p) || p.Code != "google.storeCodeChanged" || directory.Classify(r.Err).Class != directory.Refused {
		t.Error(r.Err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Error(entries, err)
	}
}

func TestAMissingFolderWaitsForTheUser(t *testing.T) {
	_, err := open(t, filepath.Join(t.TempDir(), "unplugged", "google")).Push(t.Context(), []directory.Change{creation("H1")})
	if err == nil || directory.Classify(err).Class != directory.Auth {
		t.Error(err)
	}
	if _, err := Kind().Open(&storage.Account{}); err == nil {
		t.Error("opened without a folder")
	}
}

func TestBlockersNameTheFieldBeforeGoogleRefuses(t *testing.T) {
	tests := []struct {
		field       storage.Field
		value, code string
	}{
		{storage.FieldIdentifier, "", "blocker.missing"},
		{storage.FieldPhone, "", "blocker.missing"},
		{storage.FieldCategories, "", "blocker.missing"},
		{storage.FieldIdentifier, strings.Repeat("x", 61), "blocker.tooLong"},
		{storage.FieldIdentifier, "A<1>", "google.storeCodeBrackets"},
		{storage.FieldIdentifier, " A1", "google.storeCodeSpace"},
		{storage.FieldIdentifier, "https://a.fr", "google.storeCodeAddress"},
		{storage.FieldIdentifier, "www.a.fr", "google.storeCodeAddress"},
		{storage.FieldDescriptionLong, strings.Repeat("é", 751), "blocker.tooLong"},
		{storage.FieldName, `=HYPERLINK("http://x","y")`, "google.formula"},
		{storage.FieldName, "+cmd|' /C calc'!A0", "google.formula"},
		{storage.FieldLabels, "a;=1+1", "google.formula"},
	}
	for _, tt := range tests {
		s := hotel("H1")
		s[tt.field] = tt.value
		ps := directory.Blockers(s, Kind().Capabilities)
		if len(ps) != 1 || ps[0].Code != tt.code || ps[0].Field != tt.field {
			t.Errorf("%s=%q: %v", tt.field, tt.value, ps)
		}
	}
	for _, name := range []string{"Hôtel", "+2 Coiffure", "- 20 % le mardi", "@home", "a=b"} {
		s := hotel("H1")
		s[storage.FieldName] = name
		if ps := directory.Blockers(s, Kind().Capabilities); ps != nil {
			t.Errorf("%q: %v", name, ps)
		}
	}
}

func TestWriteAllStreamsEstablishments(t *testing.T) {
	var b strings.Builder
	e := &storage.Establishment{ID: "0190", Name: "Hôtel", Categories: []string{"Hôtel"}}
	if err := WriteAll(&b, sequence(e)); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil || len(rows) != 2 || len(rows[0]) != 34 || rows[1][0] != "0190" || rows[1][1] != "Hôtel" {
		t.Error(rows, err)
	}
	b.Reset()
	if err := WriteAll(&b, sequence()); err != nil || b.String() != header+"\n" {
		t.Errorf("%q %v", b.String(), err)
	}
	var p *storage.Problem
	if err := WriteAll(&b, sequence(&storage.Establishment{ID: "1", Name: "=1"})); !errors.As(err, &p) || p.Code != "google.formula" {
		t.Error(err)
	}
}

func sequence(es ...*storage.Establishment) iter.Seq2[*storage.Establishment, error] {
	return func(yield func(*storage.Establishment, error) bool) {
		for _, e := range es {
			if !yield(e, nil) {
				return
			}
		}
	}
}
