package vcard_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"diapason/storage"
	"diapason/sync/contacts/vcard"
)

// crlf writes lines as they stand in files.
func crlf(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

// card puts properties between the lines that each card has.
func card(version string, lines ...string) string {
	return crlf(append(append([]string{"BEGIN:VCARD", "VERSION:" + version}, lines...), "END:VCARD")...)
}

func all(t *testing.T, r io.Reader) []vcard.Parsed {
	t.Helper()
	var list []vcard.Parsed
	for p, err := range vcard.Decode(r) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

func one(t *testing.T, text string) storage.Card {
	t.Helper()
	list := all(t, strings.NewReader(text))
	if len(list) != 1 || list[0].Fault != nil {
		t.Fatalf("not one card: %v", list)
	}
	return list[0].Card
}

func TestCardsOfOtherApplicationsAreRead(t *testing.T) {
	cases := map[string]struct {
		text string
		want storage.Card
	}{
		"iCloud": {
			card("3.0", "PRODID:-//Apple Inc.//iOS 17.0//EN", "N:Delaunay;Zoé;Anne Marie;Dr;Jr.", "FN:Dr Zoé Anne Marie Delaunay Jr.",
				"ORG:Hôtel du Parc;Réception", "TITLE:Directrice", "item1.EMAIL;type=INTERNET;type=pref:zoe@parc.example",
				"item1.X-ABLabel:Standard de nuit", "EMAIL;type=INTERNET;type=HOME:zoe@example.com",
				"TEL;type=IPHONE;type=CELL;type=VOICE:06 12 34 56 78", "item2.TEL:01 23 45 67 89", "item2.X-ABLabel:_$!<WorkFAX>!$_",
				`item3.ADR;type=WORK:;;1\, rue du Parc\nBâtiment B;Lyon;;69001;France`, "item3.X-ABADR:fr",
				`item4.URL;type=pref:http\://parc.example/é`, "item4.X-ABLabel:_$!<HomePage>!$_",
				"BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29", `NOTE:Une ligne\net \, une autre\; fin`, "CATEGORIES:Clients,Amis,amis"),
			storage.Card{
				FamilyName: "Delaunay", GivenName: "Zoé", MiddleName: "Anne Marie", Prefix: "Dr", Suffix: "Jr.",
				Organization: "Hôtel du Parc", Title: "Directrice", Birthday: "--02-29", Note: "Une ligne\net , une autre; fin",
				Emails: []storage.CardValue{{Type: "Standard de nuit", Value: "zoe@parc.example"}, {Type: "home", Value: "zoe@example.com"}},
				Phones: []storage.CardValue{{Type: "cell", Value: "06 12 34 56 78"}, {Type: "work,fax", Value: "01 23 45 67 89"}},
				Links:  []storage.CardValue{{Type: "home", Value: "http://parc.example/é"}},
				Addresses: []storage.CardAddress{{
					Type: "work", Street: "1, rue du Parc\nBâtiment B", City: "Lyon", PostalCode: "69001", Country: "France",
				}},
				Labels: []string{"Clients", "Amis"},
			},
		},
		"4.0": {
			card("4.0", "FN:Jean Petit", "N:Petit;Jean;;;", "BDAY:--0229", "TEL;VALUE=uri;TYPE=\"work,cell\";PREF=1:tel:+33-6-12-34-56-78",
				"EMAIL;TYPE=work:jean@example.com", "ADR;LABEL=\"1, rue: x\";TYPE=home:;;1 rue;Lyon;;69001;", "URL:mailto:x@example.com"),
			storage.Card{
				FamilyName: "Petit", GivenName: "Jean", Birthday: "--02-29",
				Phones:    []storage.CardValue{{Type: "work,cell", Value: "+33-6-12-34-56-78"}},
				Emails:    []storage.CardValue{{Type: "work", Value: "jean@example.com"}},
				Addresses: []storage.CardAddress{{Type: "home", Street: "1 rue", City: "Lyon", PostalCode: "69001"}},
			},
		},
		"2.1, quoted-printable, Latin-1": {
			card("2.1", "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Lef=C3=A8vre;Andr=C3=A9;;;", "TEL;CELL;PREF:0612345678", "TEL;HOME;VOICE:0123456789",
				"EMAIL;INTERNET:a@example.com", "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Premi=E8re ligne=0D=0A=", "et la suite =3D fin",
				"ORG;QUOTED-PRINTABLE;CHARSET=windows-1252:Caf=E9, Th=E9", "PHOTO;JPEG;ENCODING=BASE64:AAAA", "BBBBB=", "", "BDAY:19800229T000000Z"),
			storage.Card{
				FamilyName: "Lefèvre", GivenName: "André", Note: "Première ligne\net la suite = fin", Organization: "Café, Thé", Birthday: "1980-02-29",
				Phones: []storage.CardValue{{Type: "cell", Value: "0612345678"}, {Type: "home", Value: "0123456789"}},
				Emails: []storage.CardValue{{Value: "a@example.com"}},
			},
		},
		"folded inside a character, LF": {
			"BEGIN:VCARD\nVERSION:3.0\nN:D\xC3\n \xA9sir;Al\n\tbert;;;\nFN:Albert Désir\nEND:VCARD\n",
			storage.Card{FamilyName: "Désir", GivenName: "Albert"},
		},
		"decomposed accents are composed": {
			card("3.0", "N:Cafe\u0301;;;;", "FN:Cafe\u0301"), storage.Card{FamilyName: "Café"},
		},
		"Windows-1252 without saying so": {
			card("3.0", "N:Lef\xE8vre;;;;", "FN:Lef\xE8vre"), storage.Card{FamilyName: "Lefèvre"},
		},
		"a name that is only shown": {
			card("4.0", "FN:Marie Anne Le Goff"), storage.Card{GivenName: "Marie Anne Le", FamilyName: "Goff"},
		},
		"a company has no name of a person": {
			card("3.0", "N:;;;;", "FN:Hôtel du Parc", "ORG:Hôtel du Parc"), storage.Card{Organization: "Hôtel du Parc"},
		},
		"days that are none": {
			card("3.0", "N:X;;;;", "FN:X", "BDAY;VALUE=text:vers 1980"), storage.Card{FamilyName: "X"},
		},
		"somebody else's card inside": {
			card("2.1", "N:Haut;;;;", "AGENT:", "BEGIN:VCARD", "VERSION:2.1", "N:Bas;;;;", "TEL:1", "END:VCARD", "TITLE:Chef"),
			storage.Card{FamilyName: "Haut", Title: "Chef"},
		},
	}
	for what, c := range cases {
		t.Run(what, func(t *testing.T) {
			if diff := cmp.Diff(c.want, one(t, c.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFileOfSeveralCardsIsReadAroundTheBrokenOnes(t *testing.T) {
	good := card("3.0", "UID:u1", "N:Un;;;;", "FN:Un")
	file := "\xEF\xBB\xBF\r\n" + good + "rien\r\n" + crlf("BEGIN:VCARD", "VERSION:3.0", "N:Coupé;;;;") + good +
		card("3.0", "UID:u2", "X-ADDRESSBOOKSERVER-KIND:group", "FN:Liste") + crlf("BEGIN:VCARD", "N:Fin;;;;")
	list := all(t, strings.NewReader(file))
	if len(list) != 5 {
		t.Fatalf("%d cards", len(list))
	}
	for i, line := range map[int]string{1: "9", 4: "24"} {
		if f := list[i].Fault; f == nil || f.Code != "vcard.cut" || f.Args["line"] != line {
			t.Errorf("card %d: %v", i, f)
		}
	}
	if list[0].UID != "u1" || list[0].Line != 2 || string(list[2].Raw) != good || !list[3].Group || list[2].Group {
		t.Errorf("%+v", list)
	}
}

func TestFilesThatHoldNoCardAreRefused(t *testing.T) {
	for _, text := range []string{"", "\r\n", "<html>", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"} {
		for _, err := range vcard.Decode(strings.NewReader(text)) {
			var p *storage.Problem
			if !errors.As(err, &p) || p.Code != "vcard.none" {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
	torn := io.MultiReader(strings.NewReader("BEGIN:VCARD\r\n"), iotest.ErrReader(os.ErrPermission))
	for _, err := range vcard.Decode(torn) {
		if !errors.Is(err, os.ErrPermission) {
			t.Errorf("a disk that fails: %v", err)
		}
	}
}

func TestACardThatIsTooLargeIsPassedOver(t *testing.T) {
	picture := strings.Repeat("A", vcard.LargestCard)
	file := card("3.0", "N:Gros;;;;", "PHOTO;ENCODING=b:"+picture) + card("3.0", strings.Split(strings.Repeat("TEL:1\n", 20_000), "\n")...) +
		card("3.0", "N:Après;;;;", "FN:Après")
	list := all(t, strings.NewReader(file))
	if len(list) != 3 || list[0].Fault.Code != "vcard.tooLarge" || list[1].Fault.Code != "vcard.tooLarge" || list[2].Card.FamilyName != "Après" {
		t.Errorf("%d cards", len(list))
	}
}

func TestUTF16IsRead(t *testing.T) {
	for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
		raw, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(card("3.0", "N:Désir;;;;", "FN:Désir"))
		if err != nil {
			t.Fatal(err)
		}
		if c := one(t, raw); c.FamilyName != "Désir" {
			t.Errorf("%v: %+v", order, c)
		}
	}
}

func TestACopyOfACardDoesNotBearItsKey(t *testing.T) {
	raw := []byte(card("3.0", "UID:a;b,c", "N:X;;;;", "FN:X"))
	marked := vcard.Mark(raw, "k-1")
	if p := vcard.Parse(marked); p.Key != "k-1" {
		t.Errorf("%q bears %q", marked, p.Key)
	}
	if again := vcard.Mark(marked, "k-1"); !bytes.Equal(again, marked) {
		t.Errorf("marked twice: %q", again)
	}
	if p := vcard.Parse(vcard.Mark(marked, "k-2")); p.Key != "k-2" {
		t.Errorf("bears %q", p.Key)
	}
	if p := vcard.Parse(bytes.Replace(marked, []byte("UID:a"), []byte("UID:z"), 1)); p.Key != "" {
		t.Errorf("the copy bears %q", p.Key)
	}
}

func TestWrittenCardsAreThoseThatWereGiven(t *testing.T) {
	full := storage.Card{
		FamilyName: "Le Goff; fils", GivenName: "Zoé", MiddleName: "Anne, Marie", Prefix: "Dr", Suffix: "Jr.", Nickname: "Zaza, Zou",
		Organization: "Parc; fils, & cie", Title: `Direc\trice`, Birthday: "1980-02-29", Note: "Une ligne\net une autre, longue " + strings.Repeat("é", 90),
		Emails:    []storage.CardValue{{Type: "work", Value: "zoe@parc.example"}, {Type: "Standard: de nuit", Value: "nuit@parc.example"}},
		Phones:    []storage.CardValue{{Type: "work,cell", Value: "+33 6 12 34 56 78"}, {Value: "112"}, {Type: "home", Value: "01 23 45 67 89"}},
		Addresses: []storage.CardAddress{{Type: "home", POBox: "BP 1", Extended: "x", Street: "1, rue\nB", PostalCode: "69001", City: "Lyon", Region: "Rhône", Country: "France"}},
		Links:     []storage.CardValue{{Type: "work", Value: "https://parc.example/a,b;c?d=e%20f"}},
		Labels:    []string{"Clients, fidèles", "Diapason"},
	}
	yearless := storage.Card{Organization: "Hôtel", Birthday: "--02-29"}
	var file bytes.Buffer
	if err := vcard.Encode(&file, vcard.New{UID: "u1", Key: "k1", Card: full}, vcard.New{UID: "u2", Card: yearless}, vcard.New{UID: "u3"}); err != nil {
		t.Fatal(err)
	}
	list := all(t, &file)
	for i, want := range []storage.Card{full, yearless, {}} {
		if diff := cmp.Diff(want, list[i].Card); diff != "" {
			t.Errorf("card %d: %s\n%s", i, diff, list[i].Raw)
		}
		for l := range bytes.Lines(list[i].Raw) {
			if len(l) > 77 || !bytes.HasSuffix(l, []byte("\r\n")) {
				t.Errorf("line %q", l)
			}
		}
	}
	if list[0].UID != "u1" || list[0].Key != "k1" || list[1].Key != "" {
		t.Errorf("%+v", list)
	}
	golden := filepath.Join("testdata", "written.vcf")
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(list[0].Raw)); diff != "" {
		t.Errorf("%s (-%s +written)\n%s", diff, golden, list[0].Raw)
	}
}
