package storage

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestSearchKeyIgnoresCaseAccentsAndPunctuation(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"Hôtel de l’Étoile", "hotel de l etoile"},
		{"HÔTEL  DE L'ETOILE ", "hotel de l etoile"},
		{"Cœur & Âme – n° 12", "coeur ame n 12"},
		{"Ærø", "aerø"},
		{"e\u0301te\u0301", "ete"}, // written with combining accents
		{"Ελλάδα", "ελλαδα"},
		{"Čapek", "capek"},
		{"***", ""},
		{"Hôtel\u202f★★★", "hotel"},
	}
	for _, tt := range tests {
		if got := SearchKey(tt.in); got != tt.want {
			t.Errorf("SearchKey(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// The table of Latin letters is a short cut: it must give what decomposing the whole text gives.
func TestSearchKeyTableAgreesWithDecomposition(t *testing.T) {
	slow := func(s string) string {
		chain := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)))
		s, _, _ = transform.String(chain, s)
		var b strings.Builder
		space := true
		for _, r := range s {
			if f := fold(r); f != "" {
				b.WriteString(f)
				space = false
			} else if !space {
				b.WriteByte(' ')
				space = true
			}
		}
		return strings.TrimSuffix(b.String(), " ")
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom(nil, unicode.Latin, unicode.Zs, unicode.Po, unicode.Nd)).Draw(t, "text")
		if got, want := SearchKey(s), slow(s); got != want {
			t.Fatalf("SearchKey(%q) = %q, want %q", s, got, want)
		}
	})
}

func TestSearchKeyIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := SearchKey(rapid.String().Draw(t, "text"))
		if again := SearchKey(key); again != key {
			t.Fatalf("SearchKey(%q) = %q", key, again)
		}
	})
}

func TestNaturalKeyNeedsItsThreeParts(t *testing.T) {
	a := NaturalKey("Hôtel de l’Étoile", "75014", "12, rue Daguerre")
	b := NaturalKey("HOTEL DE L'ETOILE", "75014", "12 Rue Daguerre")
	if a == "" || a != b {
		t.Errorf("the same place has keys %q and %q", a, b)
	}
	for _, part := range [][3]string{{"", "75014", "x"}, {"x", "", "x"}, {"x", "75014", "–"}} {
		if k := NaturalKey(part[0], part[1], part[2]); k != "" {
			t.Errorf("NaturalKey(%q) = %q, want none", part, k)
		}
	}
}

func code(err error) string {
	var p *Problem
	if errors.As(err, &p) {
		return p.Code
	}
	if err != nil {
		return "not a Problem: " + err.Error()
	}
	return ""
}

func TestSetValueNormalises(t *testing.T) {
	tests := []struct {
		name    string
		country string
		field   Field
		in      string
		want    string
		problem string
	}{
		{name: "spaces and control characters", field: FieldName, in: "  Le\u00a0 Bon\tCoin\u0007 ", want: "Le Bon Coin"},
		{name: "decomposed accents", field: FieldName, in: "e\u0301", want: "é"},
		{name: "line breaks stay", field: FieldDescriptionLong, in: "un\ndeux", want: "un\ndeux"},
		{name: "no name", field: FieldName, in: " ", problem: "name.missing"},
		{name: "long name", field: FieldName, in: strings.Repeat("é", 256), problem: "text.tooLong"},
		{name: "name at its limit", field: FieldName, in: strings.Repeat("é", 255), want: strings.Repeat("é", 255)},
		{name: "short description", field: FieldDescriptionShort, in: strings.Repeat("a", 201), problem: "text.tooLong"},
		{name: "long description", field: FieldDescriptionLong, in: strings.Repeat("a", 1001), problem: "text.tooLong"},

		{name: "national phone", field: FieldPhone, in: "01 42 88 89 85", want: "+33142888985"},
		{name: "phone with dots", field: FieldPhone, in: "01.42.88.89.85", want: "+33142888985"},
		{name: "international phone", field: FieldPhone, in: "+32 2 512 33 33", want: "+3225123333"},
		{name: "Belgian phone", country: "BE", field: FieldPhone, in: "02 512 33 33", want: "+3225123333"},
		{name: "double zero", field: FieldPhone, in: "0033 1 42 88 89 85", want: "+33142888985"},
		{name: "mobile", field: FieldCellphone, in: "0612345678", want: "+33612345678"},
		{name: "too short a phone", field: FieldPhone, in: "01 42", problem: "phone.unreadable"},
		{name: "no phone at all", field: FieldPhone, in: "voir site", problem: "phone.unreadable"},
		{name: "phone erased", field: FieldPhone, in: "", want: ""},

		{name: "SIRET", field: FieldLegalIdent, in: "732 829 320 00074", want: "73282932000074"},
		{name: "SIRET with a wrong key", field: FieldLegalIdent, in: "73282932000075", problem: "siret.key"},
		{name: "SIRET too short", field: FieldLegalIdent, in: "732829320", problem: "siret.length"},
		{name: "SIRET with letters", field: FieldLegalIdent, in: "7328293200007A", problem: "siret.length"},
		{name: "La Poste obeys its own rule", field: FieldLegalIdent, in: "35600000049837", want: "35600000049837"},
		{name: "La Poste with a wrong sum", field: FieldLegalIdent, in: "35600000049838", problem: "siret.key"},
		{name: "Belgian number", country: "BE", field: FieldLegalIdent, in: "0403.170.701", want: "0403.170.701"},

		{name: "country in French", field: FieldCountry, in: "Allemagne", want: "DE"},
		{name: "country in English", field: FieldCountry, in: "germany", want: "DE"},
		{name: "country without accents", field: FieldCountry, in: "etats unis", want: "US"},
		{name: "country code", field: FieldCountry, in: "fr", want: "FR"},
		{name: "unknown country", field: FieldCountry, in: "Syldavie", problem: "country.unknown"},
		{name: "code that is no country", field: FieldCountry, in: "ZZ", problem: "country.unknown"},

		{name: "French postcode", field: FieldZip, in: "01000", want: "01000"},
		{name: "postcode without its zero", field: FieldZip, in: "1000", problem: "zip.french"},
		{name: "Dutch postcode", country: "NL", field: FieldZip, in: "1012 ab", want: "1012 AB"},

		{name: "address without scheme", field: FieldWebsite, in: "Example.org/Chemin", want: "https://example.org/Chemin"},
		{name: "address with scheme", field: FieldWebsite, in: "http://example.org", want: "http://example.org"},
		{name: "other scheme", field: FieldWebsite, in: "ftp://example.org", problem: "url.unreadable"},
		{name: "credentials in an address", field: FieldWebsite, in: "https://a:b@example.org", problem: "url.unreadable"},
		{name: "two addresses", field: FieldWebsite, in: "a.org, b.org", problem: "url.unreadable"},
		{name: "no address", field: FieldWebsite, in: "bientôt", problem: "url.unreadable"},

		{name: "e-mail", field: FieldEmail, in: "a.b+c@example.org", want: "a.b+c@example.org"},
		{name: "e-mail with a name", field: FieldEmail, in: "Moi <a@example.org>", problem: "email.unreadable"},
		{name: "e-mail without domain", field: FieldEmail, in: "a@localhost", problem: "email.unreadable"},

		{name: "list", field: FieldCategories, in: " Hôtel ;; hotel; Bar ", want: "Hôtel;Bar"},
		{name: "six categories", field: FieldCategories, in: "a;b;c;d;e;f", problem: "categories.tooMany"},
		{name: "addresses of photos keep their case", field: FieldPhotos, in: "https://a.example/B;a.example/b", want: "https://a.example/B;https://a.example/b"},
		{name: "photo that is no address", field: FieldPhotos, in: "https://a.example/b;façade", problem: "url.unreadable"},

		{name: "stars", field: FieldStars, in: "4", want: "4"},
		{name: "six stars", field: FieldStars, in: "6", problem: "number.unreadable"},
		{name: "negative rooms", field: FieldRooms, in: "-1", problem: "number.unreadable"},

		{name: "yes in French", field: FieldAutoSync, in: "Oui", want: "TRUE"},
		{name: "no", field: FieldAutoSync, in: "FALSE", want: "FALSE"},
		{name: "neither", field: FieldAutoSync, in: "peut-être", problem: "bool.unreadable"},
		{name: "status", field: FieldStatus, in: "active", want: "ACTIVE"},
		{name: "unknown status", field: FieldStatus, in: "open", problem: "status.unknown"},
		{name: "unknown field", field: "colour", in: "red", problem: "field.unknown"},
		{name: "date", field: FieldOpeningDate, in: "2026-02-28", want: "2026-02-28"},
		{name: "day that does not exist", field: FieldOpeningDate, in: "2026-02-29", problem: "date.unreadable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &Establishment{Name: "avant", Status: StatusDraft, Address: Address{Country: tt.country}}
			before := e.Value(tt.field)
			err := e.SetValue(tt.field, tt.in)
			if got := code(err); got != tt.problem {
				t.Fatalf("problem %q, want %q", got, tt.problem)
			}
			if tt.problem != "" {
				if kept := e.Value(tt.field); kept != before {
					t.Errorf("a refused value changed the field to %q", kept)
				}
				var p *Problem
				errors.As(err, &p)
				if p.Field != tt.field {
					t.Errorf("problem is shown beside %q", p.Field)
				}
				return
			}
			if got := e.Value(tt.field); got != tt.want {
				t.Errorf("value %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCoordinatesComeAsHalvesAndGoTogether(t *testing.T) {
	e := &Establishment{}
	if err := errors.Join(e.SetValue(FieldLat, "48,8566"), e.SetValue(FieldLng, "2.3522")); err != nil {
		t.Fatal(err)
	}
	if e.Value(FieldLat) != "48.8566" || e.Value(FieldLng) != "2.3522" {
		t.Errorf("position is %v", e.Position)
	}
	for _, bad := range []string{"90.1", "NaN", "nord"} {
		if got := code(e.SetValue(FieldLat, bad)); got != "coordinate.unreadable" {
			t.Errorf("latitude %q: problem %q", bad, got)
		}
	}
	if err := e.SetValue(FieldLng, ""); err != nil || e.Position != nil {
		t.Errorf("erasing one half leaves %v, %v", e.Position, err)
	}
}

func TestPhoneTextIsNationalAtHome(t *testing.T) {
	tests := []struct{ phone, region, want string }{
		{"+33142888985", "FR", "01 42 88 89 85"},
		{"+33142888985", "", "01 42 88 89 85"},
		{"+33142888985", "BE", "+33 1 42 88 89 85"},
		{"3631", "FR", "3631"},
		{"", "FR", ""},
	}
	for _, tt := range tests {
		got := PhoneText(tt.phone, tt.region)
		if strings.ReplaceAll(got, "\u00a0", " ") != tt.want {
			t.Errorf("PhoneText(%q, %q) = %q, want %q", tt.phone, tt.region, got, tt.want)
		}
	}
}

func TestCountryNames(t *testing.T) {
	if got := CountryName("DE", "fr"); got != "Allemagne" {
		t.Errorf("DE in French is %q", got)
	}
	if got := CountryName("DE", "en"); got != "Germany" {
		t.Errorf("DE in English is %q", got)
	}
	if got := CountryName("??", "fr"); got != "??" {
		t.Errorf("an unknown code is shown as %q", got)
	}
}

// TestFrenchNumbersAreReadAsTheLibraryReadsThem compares the short way with the library's own.
func TestFrenchNumbersAreReadAsTheLibraryReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sep := rapid.SampledFrom([]string{"", " ", "."})
		text := rapid.StringMatching(`(0|\+33|\+33 )[0-9]`).Draw(t, "prefix")
		for range 4 {
			text += sep.Draw(t, "separator") + rapid.StringMatching(`[0-9][0-9]`).Draw(t, "pair")
		}
		region := rapid.SampledFrom([]string{"FR", "BE"}).Draw(t, "region")
		n, err := phonenumbers.Parse(text, region)
		want, mobile := "", false
		if err == nil && phonenumbers.IsValidNumber(n) {
			want, mobile = phonenumbers.Format(n, phonenumbers.E164), phonenumbers.GetNumberType(n) == phonenumbers.MOBILE
		}
		for range 2 { // read, then remembered
			if got, _ := NormalisePhone(text, region); got != want {
				t.Fatalf("%q gives %q in %s, the library %q", text, got, region, want)
			}
			if got, is := MobileKey(text, region); is != mobile || is && got != want {
				t.Fatalf("%q is %q, a mobile: %t in %s; the library says %q, %t", text, got, is, region, want, mobile)
			}
		}
	})
}
