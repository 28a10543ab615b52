package website

import (
	"encoding/json"
	"errors"
	"iter"
	"os"
	"path/filepath"
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

func hotel() storage.Snapshot {
	return directorytest.Values(Fields,
		"country", "FR",
		"identifier", "h-001",
		"name", "Hôtel du Vieux Port",
		"streetAndNumber", "12 quai du Port",
		"zip", "13002",
		"city", "Marseille",
		"lat", "43.2961",
		"lng", "5.37",
		"categories", "Hôtel;Bar",
		"phone", "+33491000000",
		"cellphone", "+33612345678",
		"website", "https://vieux-port.example/?a=1&b=2",
		"email", "a@vieux-port.example",
		"descriptionShort", "Au calme",
		"openingHours", "Mo=09:00-12:00&14:00-18:00;Tu=00:00-24:00;We=18:00-02:00;Th;Fr;Sa;Su",
		"specialOpeningHours", "2026-12-25",
		"facebook", "https://www.facebook.com/vieuxport",
		"legalIdent", "73282932000074",
		"stars", "3",
		"rooms", "40",
		"photos", "https://p.example/1.jpg",
		"services", "Wifi;Parking",
		"openingDate", "1998-05-01",
	)
}

// with gives a copy of a snapshot with other values.
var with = directorytest.With

func creation(s storage.Snapshot) directory.Change {
	return directorytest.Creation(hotelID, s, Fields)
}

func update(before, after storage.Snapshot) directory.Change {
	return directorytest.Update(creation(after), before, fileName(before[storage.FieldIdentifier]))
}

func account(t *testing.T, dir, base string) *site {
	t.Helper()
	d, err := Kind().Open(&storage.Account{Settings: map[string]string{"folder": dir, "base-url": base}})
	if err != nil {
		t.Fatal(err)
	}
	return d.(*site)
}

func read(t *testing.T, s *site, name string) directory.Observation {
	t.Helper()
	return directorytest.Read(t, s, directory.Ref{RemoteID: name})
}

func content(t *testing.T, s *site, name string) string {
	t.Helper()
	b, err := os.ReadFile(s.folder.Path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// edit changes a document as a hand would.
func edit(t *testing.T, s *site, name string, change func(map[string]any)) {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(content(t, s, name)), &o); err != nil {
		t.Fatal(err)
	}
	change(o)
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.folder.Path(name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDocumentIsALocalBusinessOfTheMostSpecificType(t *testing.T) {
	s := account(t, t.TempDir(), "vieux-port.example/fiches")
	r := directorytest.Push(t, s, creation(hotel()))[0]
	if r.RemoteID != "h-001" || r.URL != "https://vieux-port.example/fiches/h-001.jsonld" {
		t.Errorf("%+v", r)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(content(t, s, "h-001.jsonld")), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"@context": "https://schema.org", "@type": "Hotel", "@id": "https://vieux-port.example/fiches/#" + hotelID,
		"name": "Hôtel du Vieux Port", "telephone": "+33491000000", "url": "https://vieux-port.example/?a=1&b=2",
		"address": map[string]any{
			"@type": "PostalAddress", "streetAddress": "12 quai du Port", "postalCode": "13002",
			"addressLocality": "Marseille", "addressCountry": "FR",
		},
		"geo":           map[string]any{"@type": "GeoCoordinates", "latitude": 43.2961, "longitude": 5.37},
		"sameAs":        []any{"https://www.facebook.com/vieuxport"},
		"image":         []any{"https://p.example/1.jpg"},
		"numberOfRooms": 40.0, "description": "Au calme",
		"starRating": map[string]any{"@type": "Rating", "ratingValue": "3"},
		"identifier": []any{map[string]any{"@type": "PropertyValue", "propertyID": "SIRET", "value": "73282932000074"}},
	} {
		if d := cmp.Diff(want, got[name]); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if hours := got["openingHoursSpecification"].([]any); len(hours) != 6 {
		t.Errorf("%v", hours)
	}
}

func TestReadGivesBackWhatWasPublished(t *testing.T) {
	for name, s := range map[string]storage.Snapshot{
		"a hotel":          hotel(),
		"without code":     with(hotel(), "identifier", ""),
		"nothing optional": with(storage.Snapshot{}, "name", "X", "status", "ACTIVE", "addressDisplay", "TRUE"),
		"both descriptions": with(hotel(), "descriptionLong", "Long\ntext", "descriptionShort", "Short", "keywords", "a;b",
			"brands", "B", "languages", "fr;en", "paymentOptions", "CB;Espèces"),
		"equal descriptions":  with(hotel(), "descriptionLong", "Au calme"),
		"a profile elsewhere": with(hotel(), "facebook", "https://notre-page.example/"),
		"a school":            with(hotel(), "categories", "École", "country", "BE", "legalIdent", "0123.456.789", "zip", "1000"),
		"closed for good":     with(hotel(), "status", "CLOSED"),
		"closed for a time":   with(hotel(), "status", "TEMPORARILY_CLOSED", "reopenDate", "2027-03-01", "openingHoursNotes", "N"),
		"closed, no date":     with(hotel(), "status", "TEMPORARILY_CLOSED"),
	} {
		t.Run(name, func(t *testing.T) {
			site := account(t, t.TempDir(), "")
			for _, f := range Fields {
				if _, ok := s[f]; !ok {
					s[f] = ""
				}
			}
			c := creation(s)
			if c.Identifier == "" {
				c.Identifier = hotelID
			}
			r := directorytest.Push(t, site, c)[0]
			o := read(t, site, r.RemoteID)
			if d := cmp.Diff(s, o.Values); !o.Found || d != "" {
				t.Error(d)
			}
		})
	}
}

func TestReadGivesBackAnyTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := &storage.Establishment{Status: rapid.SampledFrom(storage.Statuses).Draw(t, "status"), Name: "x"}
		for _, f := range Fields {
			if f == storage.FieldStatus {
				continue
			}
			text := rapid.StringN(0, 30, -1).Draw(t, string(f))
			if e.SetValue(f, text) != nil && f == storage.FieldName {
				t.Skip("a name is needed")
			}
		}
		want := e.Snapshot(Fields)
		d := &document{}
		d.apply("urn:uuid:"+hotelID, directory.Change{Desired: want})
		got := parse(d.compact()).values()
		if hidden(want) {
			for f := range private {
				delete(want, f)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", d.compact(), diff)
		}
	})
}

func TestUpdateKeepsWhatOthersWrote(t *testing.T) {
	s := account(t, t.TempDir(), "")
	before := hotel()
	directorytest.Push(t, s, creation(before))
	edit(t, s, "h-001.jsonld", func(o map[string]any) {
		o["priceRange"] = "€€"
		o["telephone"] = "04 91 99 99 99" // a drift that nobody decided yet
		o["sameAs"] = append(o["sameAs"].([]any), "https://www.wikidata.org/wiki/Q1")
	})
	o := read(t, s, "h-001")
	if got := before.Diff(o.Values); !slices.Equal(got, []storage.Field{storage.FieldPhone}) || o.Values["phone"] != "+33491999999" {
		t.Errorf("%v %q", got, o.Values["phone"])
	}
	after := with(before, "name", "Grand Hôtel", "instagram", "https://instagram.com/vp")
	directorytest.Push(t, s, update(before, after))
	o = read(t, s, "h-001")
	if d := cmp.Diff(with(after, "phone", "+33491999999"), o.Values); d != "" {
		t.Error(d)
	}
	for _, kept := range []string{`"priceRange": "€€"`, "Q1", "instagram.com/vp"} {
		if !strings.Contains(content(t, s, "h-001.jsonld"), kept) {
			t.Errorf("%s is gone", kept)
		}
	}
}

func TestHandEditsThatCannotBeReadShowAsADifference(t *testing.T) {
	s := account(t, t.TempDir(), "")
	want := hotel()
	directorytest.Push(t, s, creation(want))
	edit(t, s, "h-001.jsonld", func(o map[string]any) { o["openingHoursSpecification"] = "Mo-Fr" })
	o := read(t, s, "h-001")
	if o.Values["openingHours"] != `"Mo-Fr"` {
		t.Errorf("%q", o.Values["openingHours"])
	}
	directorytest.Push(t, s, update(want, with(want, "specialOpeningHours", "")))
	if got := content(t, s, "h-001.jsonld"); !strings.Contains(got, `"openingHoursSpecification": "Mo-Fr"`) {
		t.Error(got)
	}
	if err := os.WriteFile(s.folder.Path("h-001.jsonld"), []byte("<html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if o := read(t, s, "h-001"); !o.Found || o.Values["name"] != "" {
		t.Errorf("%+v", o)
	}
	directorytest.Push(t, s, update(want, with(want, "name", "N")))
	if d := cmp.Diff(with(want, "name", "N"), read(t, s, "h-001").Values); d != "" {
		t.Error(d)
	}
}

func TestAHiddenAddressIsNowhereInTheFolder(t *testing.T) {
	s := account(t, t.TempDir(), "")
	want := with(hotel(), "addressDisplay", "FALSE", "addressExtra", "Étage 7")
	directorytest.Push(t, s, creation(want))
	for _, name := range []string{"h-001.jsonld", indexData, indexPage} {
		for _, secret := range []string{"12 quai", "Étage 7", "43.29", "5.37"} {
			if strings.Contains(content(t, s, name), secret) {
				t.Errorf("%s shows %s", name, secret)
			}
		}
	}
	o := read(t, s, "h-001")
	for f := range private {
		delete(want, f)
	}
	if d := cmp.Diff(want, o.Values); d != "" {
		t.Error(d)
	}
	shown := with(hotel(), "addressExtra", "Étage 7")
	directorytest.Push(t, s, update(with(shown, "addressDisplay", "FALSE"), shown))
	if d := cmp.Diff(shown, read(t, s, "h-001").Values); d != "" {
		t.Error(d)
	}
}

func TestIndexListsTheLivingInOrderOfNames(t *testing.T) {
	s := account(t, t.TempDir(), "")
	a, b := with(hotel(), "identifier", "a", "name", "Zoé"), with(hotel(), "identifier", "b", "name", "École")
	ca, cb := creation(a), creation(b)
	cb.EstablishmentID = "01930000-0000-7000-8000-000000000002"
	directorytest.Push(t, s, ca, cb)
	if got := names(t, s); !slices.Equal(got, []string{"École", "Zoé"}) {
		t.Error(got)
	}
	directorytest.Push(t, s, update(a, with(a, "status", "CLOSED")))
	if got := names(t, s); !slices.Equal(got, []string{"École"}) {
		t.Error(got)
	}
	if got := content(t, s, "a.jsonld"); !strings.Contains(got, `"closes": "00:00"`) || !strings.Contains(got, `"CLOSED"`) {
		t.Error(got)
	}
	for _, name := range []string{indexData, indexPage} { // both are made again from the documents
		if err := os.Remove(s.folder.Path(name)); err != nil {
			t.Fatal(err)
		}
	}
	directorytest.Push(t, s, update(with(a, "status", "CLOSED"), a))
	if got := names(t, s); !slices.Equal(got, []string{"École", "Zoé"}) {
		t.Error(got)
	}
}

func names(t *testing.T, s *site) []string {
	t.Helper()
	var l itemList
	if err := json.Unmarshal([]byte(content(t, s, indexData)), &l); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range l.Elements {
		out = append(out, e.Item.Name)
		if !strings.Contains(content(t, s, indexPage), `<a href="`+e.Item.URL+`">`+e.Item.Name) {
			t.Errorf("%s is not on the page", e.Item.Name)
		}
	}
	return out
}

func TestNoTextEndsTheScriptElement(t *testing.T) {
	s := account(t, t.TempDir(), "")
	directorytest.Push(t, s, creation(with(hotel(), "name", `</script><script>alert(1)</script>`)))
	page := content(t, s, indexPage)
	if strings.Count(page, "<script") != 1 || strings.Count(page, "</script>") != 1 {
		t.Error(page)
	}
	_, after, _ := strings.Cut(page, `<script type="application/ld+json">`)
	data, _, _ := strings.Cut(after, "</script>")
	var l itemList
	if err := json.Unmarshal([]byte(data), &l); err != nil || l.Elements[0].Item.Name != `</script><script>alert(1)</script>` {
		t.Error(err, data)
	}
}

func TestNothingIsWrittenWhenNothingChanged(t *testing.T) {
	s := account(t, t.TempDir(), "")
	directorytest.Push(t, s, creation(hotel()))
	before := map[string]os.FileInfo{}
	for _, name := range []string{"h-001.jsonld", indexData, indexPage} {
		i, err := os.Stat(s.folder.Path(name))
		if err != nil {
			t.Fatal(err)
		}
		before[name] = i
	}
	directorytest.Push(t, s, creation(hotel()))
	for name, b := range before {
		if i, err := os.Stat(s.folder.Path(name)); err != nil || !os.SameFile(i, b) || !i.ModTime().Equal(b.ModTime()) {
			t.Errorf("%s was written again", name)
		}
	}
}

func TestAChangedCodeMovesTheDocument(t *testing.T) {
	s := account(t, t.TempDir(), "")
	before := hotel()
	directorytest.Push(t, s, creation(before))
	edit(t, s, "h-001.jsonld", func(o map[string]any) { o["priceRange"] = "€€" })
	after := with(before, "identifier", "h-002")
	r := directorytest.Push(t, s, update(before, after))[0]
	if r.RemoteID != "h-002" || read(t, s, "h-001").Found || len(names(t, s)) != 1 {
		t.Errorf("%+v", r)
	}
	if d := cmp.Diff(after, read(t, s, "h-002").Values); d != "" || !strings.Contains(content(t, s, "h-002.jsonld"), "€€") {
		t.Error(d)
	}
}

func TestFilesOfOthersAreNeverOverwritten(t *testing.T) {
	for name, text := range map[string]string{
		indexPage: "<html>Ma page</html>", indexData: `{"identifier":"mine"}`,
		"h-001.jsonld": `{"@id":"https://other.example/#1","branchCode":"other"}`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := account(t, dir, "")
		rs, err := s.Push(t.Context(), []directory.Change{creation(hotel())})
		if err == nil {
			err = rs[0].Err
		}
		if err == nil || !strings.HasPrefix(directory.Classify(err).Problem.Code, "website.foreign") {
			t.Errorf("%s: %v", name, err)
		}
		if content(t, s, name) != text {
			t.Errorf("%s was overwritten", name)
		}
	}
}

func TestFileNamesAreSafeAndNeverShared(t *testing.T) {
	codes := []string{
		"h-001", "H-001", "h 001", "h/001", "h_001", "../h-001", "con", "CON", "com1", "index", "", "é", "è",
		strings.Repeat("x", 200), strings.Repeat("x", 201), "a-0123456789", "-", "nul.txt", hotelID,
	}
	seen := map[string]string{}
	for _, c := range codes {
		n := fileName(c)
		if other, twice := seen[n]; twice {
			t.Errorf("%q and %q share %q", c, other, n)
		}
		seen[n] = c
		if n == "" || strings.Trim(n, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(n) > 80 || n == "con" || n == "index" {
			t.Errorf("%q: %q", c, n)
		}
	}
	if fileName("h-001") != "h-001" || fileName(fileName("H-001")) == fileName("H-001") {
		t.Error("a plain code is its own file's name, and no code can be another's")
	}
}

func TestOpenRefusesWrongSettings(t *testing.T) {
	for _, settings := range []map[string]string{nil, {"folder": t.TempDir(), "base-url": "nowhere"}} {
		var p *storage.Problem
		if _, err := Kind().Open(&storage.Account{Settings: settings}); !errors.As(err, &p) {
			t.Errorf("%v: %v", settings, err)
		}
	}
}

func TestWriteGraphStreamsOneDocument(t *testing.T) {
	var b strings.Builder
	e := &storage.Establishment{ID: hotelID, Status: storage.StatusActive, Name: "Hôtel <b>", Categories: []string{"Hôtel"}}
	all := iter.Seq2[*storage.Establishment, error](func(yield func(*storage.Establishment, error) bool) {
		for range 2 {
			if !yield(e, nil) {
				return
			}
		}
	})
	if err := WriteGraph(&b, all); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Graph []map[string]any `json:"@graph"`
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil || len(got.Graph) != 2 || got.Graph[1]["name"] != "Hôtel <b>" {
		t.Error(b.String(), err)
	}
	if strings.Contains(b.String(), "<b>") {
		t.Error("not escaped")
	}
}
