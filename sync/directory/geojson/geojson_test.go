package geojson

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/directory/directorytest"
)

const hotelID = "01930000-0000-7000-8000-000000000001"

func shop(code string) storage.Snapshot {
	return directorytest.Values(Fields,
		"country", "FR",
		"identifier", code,
		"name", "Boulangerie & fils",
		"descriptor", "Vieux-Port",
		"streetAndNumber", "12 quai du Port",
		"zip", "13002",
		"city", "Marseille",
		"lat", "43.2961",
		"lng", "5.37",
		"categories", "Boulangerie",
		"phone", "+33491000000",
		"website", "https://b.example/?a=1&b=2",
		"openingHours", "Mo=18:00-02:00;Tu=09:00-12:00;We;Th;Fr;Sa;Su",
		"specialOpeningHours", "2026-12-25",
		"legalIdent", "73282932000074",
		"openingDate", "1998-05-01",
	)
}

// with gives a copy of a snapshot with other values.
var with = directorytest.With

// seen gives the part of a snapshot that can be read back.
func seen(s storage.Snapshot) storage.Snapshot {
	c := with(s)
	delete(c, storage.FieldCategories)
	return c
}

func creation(s storage.Snapshot) directory.Change {
	return directorytest.Creation("id-"+s[storage.FieldIdentifier], s, Fields)
}

func update(before, after storage.Snapshot) directory.Change {
	return directorytest.Update(creation(after), before, before[storage.FieldIdentifier])
}

func account(t *testing.T) *collection {
	t.Helper()
	d, err := Kind().Open(&storage.Account{Settings: map[string]string{"folder": t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	return d.(*collection)
}

func push(t *testing.T, c *collection, changes ...directory.Change) {
	t.Helper()
	for i, r := range directorytest.Push(t, c, changes...) {
		if r.RemoteID != changes[i].Identifier {
			t.Fatalf("%+v", r)
		}
	}
}

func read(t *testing.T, c *collection, ref string) directory.Observation {
	t.Helper()
	return directorytest.Read(t, c, directory.Ref{Identifier: ref})
}

func content(t *testing.T, c *collection) string {
	t.Helper()
	b, err := os.ReadFile(c.path())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func put(t *testing.T, c *collection, text string) {
	t.Helper()
	if err := os.WriteFile(c.path(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFileIsInTheVocabularyOfAllThePlacesSortedByRef(t *testing.T) {
	c := account(t)
	closed := with(shop("a"), "status", "CLOSED", "lat", "", "lng", "")
	push(t, c, creation(shop("b")), creation(closed))
	want := `{"type":"FeatureCollection","features":[
{"type":"Feature","id":"id-a","properties":{"ref":"a","name":"Boulangerie & fils","branch":"Vieux-Port",` +
		`"addr:postcode":"13002","addr:city":"Marseille","addr:country":"FR","phone":"+33 4 91 00 00 00",` +
		`"website":"https://b.example/?a=1&b=2","start_date":"1998-05-01","addr:street_address":"12 quai du Port",` +
		`"end_date":"yes","opening_hours":"We-Su off; Mo 18:00-02:00, Tu 09:00-12:00; 2026 Dec 25 off",` +
		`"ref:FR:SIRET":"73282932000074","shop":"bakery"},"geometry":null},
{"type":"Feature","id":"id-b","properties":{"ref":"b","name":"Boulangerie & fils","branch":"Vieux-Port",` +
		`"addr:postcode":"13002","addr:city":"Marseille","addr:country":"FR","phone":"+33 4 91 00 00 00",` +
		`"website":"https://b.example/?a=1&b=2","start_date":"1998-05-01","addr:street_address":"12 quai du Port",` +
		`"opening_hours":"We-Su off; Mo 18:00-02:00, Tu 09:00-12:00; 2026 Dec 25 off",` +
		`"ref:FR:SIRET":"73282932000074","shop":"bakery"},"geometry":{"type":"Point","coordinates":[5.37,43.2961]}}
]}
`
	if d := cmp.Diff(want, content(t, c)); d != "" {
		t.Error(d)
	}
}

func TestReadGivesBackWhatWasPublished(t *testing.T) {
	c := account(t)
	all := []storage.Snapshot{
		shop("a"), with(shop("b"), "status", "CLOSED"), with(shop("c"), "status", "TEMPORARILY_CLOSED", "fax", "+33491000001"),
		with(shop("d"), "openingHours", "", "specialOpeningHours", "", "brands", "A;B", "photos", "https://p.example/1.jpg"),
	}
	for _, s := range all {
		push(t, c, creation(s))
	}
	for _, s := range all {
		o := read(t, c, s[storage.FieldIdentifier])
		if d := cmp.Diff(seen(s), o.Values); !o.Found || d != "" {
			t.Error(d)
		}
	}
	if read(t, c, "z").Found {
		t.Error("found what was never published")
	}
	anonymous := creation(with(shop(""), "name", "N"))
	anonymous.EstablishmentID, anonymous.Identifier = hotelID, hotelID
	push(t, c, anonymous)
	if o := read(t, c, hotelID); !o.Found || o.Values["identifier"] != "" || o.Values["name"] != "N" {
		t.Errorf("%+v", o)
	}
	foreign := with(shop("be"), "country", "BE", "zip", "1000", "legalIdent", "0123.456.789")
	push(t, c, creation(foreign))
	if _, read := read(t, c, "be").Values["legalIdent"]; read || strings.Contains(content(t, c), "0123.456") {
		t.Error("another register's number is shown as a SIRET")
	}
}

func TestReadGivesBackAnyTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := &storage.Establishment{ID: hotelID, Status: storage.StatusActive, Name: "x", Identifier: "r"}
		for _, f := range Fields {
			// What is refused stays empty; a position needs both its halves.
			if f != storage.FieldStatus && f != storage.FieldLat && f != storage.FieldLng && f != storage.FieldLegalIdent {
				_ = e.SetValue(f, rapid.StringN(0, 30, -1).Draw(t, string(f)))
			}
		}
		want := e.Snapshot(Fields)
		f := newFeature()
		f.apply(directory.Change{EstablishmentID: e.ID, Identifier: e.Identifier, Desired: want})
		if e.Identifier == "" {
			t.Skip("the engine gives another natural key")
		}
		got := parse(f.line()).values()
		for field, v := range got {
			if want[field] != v {
				t.Errorf("%s: %q, want %q\n%s", field, v, want[field], f.line())
			}
		}
	})
}

func TestUpdateKeepsWhatOthersWrote(t *testing.T) {
	c := account(t)
	put(t, c, `{
  "name": "Nos boutiques", "type": "FeatureCollection",
  "features": [
    {"type":"Feature","properties":{"amenity":"bench"},"geometry":null},
    {"type":"Feature","id":"id-b","bbox":[1,2,3,4],"geometry":null,"properties":{
      "ref":"b","wheelchair":"yes","phone":"04 91 99 99 99","name":"Old","shop":"bakery"}},
    {"type":"Feature","properties":{"ref":"zz","name":"Autre"},"geometry":null},
    {"type":"Feature","properties":{"ref":"zz","name":"Double"},"geometry":null}
  ]
}`)
	before := with(shop("b"), "name", "Old")
	after := with(before, "name", "New", "categories", "Fleuriste")
	push(t, c, update(before, after))
	got := content(t, c)
	for _, kept := range []string{
		`"name":"Nos boutiques"`, `"amenity":"bench"`, `"wheelchair":"yes"`, `"bbox":[1,2,3,4]`, "04 91 99 99 99", "Autre", "Double",
		`"shop":"florist"`, `"name":"New"`,
	} {
		if !strings.Contains(got, kept) {
			t.Errorf("%s is gone: %s", kept, got)
		}
	}
	if n := strings.Count(got, `"Feature"`); n != 4 || strings.Count(got, "\n") != n+2 || !json.Valid([]byte(got)) {
		t.Errorf("%d features: %s", n, got)
	}
	if o := read(t, c, "b"); o.Values["name"] != "New" || o.Values["city"] != "" {
		t.Errorf("%+v", o)
	}
}

func TestAHandEditShowsAsADifference(t *testing.T) {
	c := account(t)
	push(t, c, creation(shop("a")), creation(shop("b")))
	for from, to := range map[string]string{"+33 4 91 00 00 00": "04 91 00 00 00", "Marseille": "Aix", "Mo 18:00-02:00": "Mo sunset-02:00"} {
		put(t, c, strings.ReplaceAll(content(t, c), from, to))
	}
	o := read(t, c, "a")
	if got := seen(shop("a")).Diff(with(seen(shop("a")), "specialOpeningHours", "2026-12-25")); got != nil {
		t.Fatal(got)
	}
	var different []storage.Field
	for f, v := range o.Values {
		if v != shop("a")[f] {
			different = append(different, f)
		}
	}
	slices.Sort(different)
	if !slices.Equal(different, []storage.Field{storage.FieldCity, storage.FieldOpeningHours}) {
		t.Error(different)
	}
	if _, read := o.Values[storage.FieldSpecialHours]; read {
		t.Error("exceptional days were read in hours that cannot be")
	}
	push(t, c, update(shop("a"), with(shop("a"), "specialOpeningHours", "", "name", "N")))
	if o := read(t, c, "a"); o.Values["name"] != "N" || !strings.Contains(o.Values["openingHours"], "sunset") {
		t.Errorf("%+v", o)
	}
}

func TestAChangedCodeMovesTheFeature(t *testing.T) {
	c := account(t)
	push(t, c, creation(shop("a")))
	put(t, c, strings.Replace(content(t, c), `"ref":"a"`, `"ref":"a","wheelchair":"yes"`, 1))
	push(t, c, update(shop("a"), with(shop("a"), "identifier", "b")))
	if read(t, c, "a").Found || !read(t, c, "b").Found || !strings.Contains(content(t, c), "wheelchair") {
		t.Error(content(t, c))
	}
	swap1, swap2 := update(shop("b"), shop("c")), creation(shop("b"))
	push(t, c, swap1, swap2) // the old code is taken by another one in the same batch
	if !read(t, c, "b").Found || !read(t, c, "c").Found {
		t.Error(content(t, c))
	}
	push(t, c, creation(shop("x")), update(shop("x"), shop("y")))
	if !read(t, c, "x").Found {
		t.Error("a new feature was taken out because its code had been another's")
	}
}

func TestAHiddenAddressIsNotInTheFile(t *testing.T) {
	c := account(t)
	push(t, c, creation(with(shop("a"), "addressDisplay", "FALSE")))
	for _, secret := range []string{"12 quai", "43.29", "5.37"} {
		if strings.Contains(content(t, c), secret) {
			t.Errorf("shows %s", secret)
		}
	}
	want := with(seen(shop("a")), "addressDisplay", "FALSE")
	for _, f := range private {
		delete(want, f)
	}
	if d := cmp.Diff(want, read(t, c, "a").Values); d != "" {
		t.Error(d)
	}
	push(t, c, update(with(shop("a"), "addressDisplay", "FALSE"), shop("a")))
	if d := cmp.Diff(seen(shop("a")), read(t, c, "a").Values); d != "" {
		t.Error(d)
	}
}

func TestNothingIsWrittenWhenNothingChanged(t *testing.T) {
	c := account(t)
	push(t, c, creation(shop("a")), creation(shop("b")))
	before, err := os.Stat(c.path())
	if err != nil {
		t.Fatal(err)
	}
	push(t, c, creation(shop("b")), creation(shop("a")))
	if after, err := os.Stat(c.path()); err != nil || !os.SameFile(before, after) || !after.ModTime().Equal(before.ModTime()) {
		t.Error("written again")
	}
}

func TestAFileThatIsNoCollectionIsLeftAlone(t *testing.T) {
	for _, text := range []string{
		"", "[]", "{}", `{"type":"FeatureCollection"}`, `{"type":"Feature","features":[]}`, `{"type":"FeatureCollection","features":{}}`,
		`{"type":"FeatureCollection","features":[{}`, `{"type":"FeatureCollection","features":[]} x`, "<html>",
	} {
		c := account(t)
		put(t, c, text)
		_, err := c.Push(t.Context(), []directory.Change{creation(shop("a"))})
		if err == nil || directory.Classify(err).Problem.Code != "geojson.unreadable" || content(t, c) != text {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := c.Read(t.Context(), directory.Ref{Identifier: "a"}); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	var p *storage.Problem
	if _, err := Kind().Open(&storage.Account{}); !errors.As(err, &p) {
		t.Error(err)
	}
}

func TestFeaturesThatAreBrokenStayAndHinderNothing(t *testing.T) {
	c := account(t)
	put(t, c, `{"type":"FeatureCollection","features":[1,null,{"properties":{"ref":7}},{"properties":{"ref":"a"},"geometry":5}]}`)
	if o := read(t, c, "7"); !o.Found {
		t.Error("a ref may be a number")
	}
	push(t, c, creation(shop("a")))
	if d := cmp.Diff(seen(shop("a")), read(t, c, "a").Values); d != "" {
		t.Error(d)
	}
}

func TestWriteCollectionIsAFileThatPushWouldKeep(t *testing.T) {
	var b strings.Builder
	all := iter.Seq2[*storage.Establishment, error](func(yield func(*storage.Establishment, error) bool) {
		for n := range 3 {
			e := &storage.Establishment{ID: fmt.Sprint("id-", n), Status: storage.StatusActive, Name: "N"}
			if n > 0 {
				e.Identifier = fmt.Sprint(n)
			}
			if !yield(e, nil) {
				return
			}
		}
	})
	if err := WriteCollection(&b, all); err != nil {
		t.Fatal(err)
	}
	c := account(t)
	put(t, c, b.String())
	if !read(t, c, "id-0").Found || !read(t, c, "2").Found || strings.Count(b.String(), "\n") != 5 {
		t.Error(b.String())
	}
}
