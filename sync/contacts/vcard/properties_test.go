package vcard_test

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/sync/contacts/vcard"
	"diapason/sync/contentline"
)

// text draws what people and machines put into cards, as it is read again.
func text(t *rapid.T, name string) string {
	s := rapid.OneOf(
		rapid.SampledFrom([]string{"", "", "Jean", "Petit, fils", "a;b", `c\d`, "1\n2", "Désir", "x:y", "=3D", `\`, `"`, "\u00a0"}),
		rapid.String(),
	).Draw(t, name)
	return norm.NFC.String(contentline.Clean(norm.NFC.String(contentline.Clean(s))))
}

func filled(t *rapid.T, name string) string {
	return cmp.Or(text(t, name), "x")
}

func kind(t *rapid.T) string {
	return rapid.SampledFrom([]string{"home", "work", "cell", "work,cell", "home,fax", "", "Standard de nuit", "Home", "a:b;c,d"}).Draw(t, "kind")
}

func values(t *rapid.T, name string) []storage.CardValue {
	var list []storage.CardValue
	for range rapid.IntRange(0, 4).Draw(t, name) {
		list = append(list, storage.CardValue{Type: kind(t), Value: filled(t, name)})
	}
	return list
}

// drawCard draws what a card says of what is ours.
func drawCard(t *rapid.T, name string) storage.Card {
	c := storage.Card{
		FamilyName: text(t, "family"), GivenName: text(t, "given"), MiddleName: text(t, "middle"), Prefix: text(t, "prefix"),
		Suffix: text(t, "suffix"), Nickname: text(t, "nickname"), Organization: text(t, "organization"), Title: text(t, "title"),
		Note: text(t, "note"), Birthday: rapid.SampledFrom([]string{"", "1980-02-29", "--02-29"}).Draw(t, "birthday"),
		Phones: values(t, "phone"), Emails: values(t, "email"),
	}
	for range rapid.IntRange(0, 2).Draw(t, "links") {
		link := rapid.SampledFrom([]string{"https://example.com/", "http://example.com/a,b;c", "HTTPS://example.com/?x=1"}).Draw(t, "link")
		c.Links = append(c.Links, storage.CardValue{Type: kind(t), Value: link})
	}
	for range rapid.IntRange(0, 2).Draw(t, "addresses") {
		c.Addresses = append(c.Addresses, storage.CardAddress{
			Type: kind(t), Street: filled(t, "street"), Extended: text(t, "extended"), POBox: text(t, "box"), City: text(t, "city"),
			PostalCode: text(t, "code"), Region: text(t, "region"), Country: text(t, "country"),
		})
	}
	for range rapid.IntRange(0, 3).Draw(t, "labels") {
		s := filled(t, "label")
		if !slices.ContainsFunc(c.Labels, func(l string) bool { return storage.SearchKey(l) == storage.SearchKey(s) }) {
			c.Labels = append(c.Labels, s)
		}
	}
	return c
}

// foreign are lines that are nobody's but their owner's.
var foreign = []string{
	"X-ODD;A=\"b;c:d\":v", "PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\n  BBBB\r\n  CCCC=", "item9.X-ABDATE;type=pref:2010-01-01", "item9.X-ABLabel:_$!<Anniversary>!$_",
	"no property at all", "", "IMPP;X-SERVICE-TYPE=Jabber:xmpp:a@example.com", "REV:20200101T000000Z", "ROLE:long fold\r\n ed role", "geo:1\\;2", "URL:ftp://example.com",
}

// sorted makes cards comparable whose lists differ in their order only.
func sorted(c storage.Card) storage.Card {
	c = c.Clone()
	byText := func(a, b storage.CardValue) int { return strings.Compare(a.Type+"\x00"+a.Value, b.Type+"\x00"+b.Value) }
	slices.SortFunc(c.Phones, byText)
	slices.SortFunc(c.Emails, byText)
	slices.SortFunc(c.Links, byText)
	slices.SortFunc(c.Addresses, func(a, b storage.CardAddress) int {
		return strings.Compare(a.Type+"\x00"+storage.AddressText(&a), b.Type+"\x00"+storage.AddressText(&b))
	})
	slices.Sort(c.Labels)
	return c
}

// TestMergeSaysWhatIsWantedAndCarriesTheRestThrough takes any card with foreign lines to any other state, twice.
func TestMergeSaysWhatIsWantedAndCarriesTheRestThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var file bytes.Buffer
		if err := vcard.Encode(&file, vcard.New{UID: "u", Key: "k", Card: drawCard(t, "first")}); err != nil {
			t.Fatal(err)
		}
		raw := file.String()
		raw = strings.Replace(raw, "VERSION:3.0", "VERSION:"+rapid.SampledFrom([]string{"3.0", "4.0"}).Draw(t, "version"), 1)
		var others []string
		for _, l := range rapid.SliceOfN(rapid.SampledFrom(foreign), 0, 6).Draw(t, "foreign") {
			if !slices.Contains(others, l) {
				others = append(others, l)
			}
		}
		raw = strings.Replace(raw, "\r\nUID:", "\r\n"+strings.Join(append(others, ""), "\r\n")+"UID:", 1)
		for range 2 {
			before := vcard.Parse([]byte(raw))
			if before.Fault != nil || before.Key != "k" {
				t.Fatalf("%v of %s", before, raw)
			}
			after := drawCard(t, "next")
			got, err := vcard.Merge([]byte(raw), before.Card, after)
			if err != nil {
				t.Fatal(err)
			}
			p := vcard.Parse(got)
			if d := diff.Diff(sorted(after), sorted(p.Card)); d != "" {
				t.Fatalf("%s\nfrom %s\nto %s", d, raw, got)
			}
			if p.UID != "u" || p.Key != "k" {
				t.Fatalf("another card: %s", got)
			}
			at := 0
			for _, l := range others {
				i := strings.Index(string(got[at:]), "\r\n"+l+"\r\n")
				if i < 0 {
					t.Fatalf("%q is lost, or out of its place: %s", l, got)
				}
				at += i + len(l)
			}
			if same, err := vcard.Merge(got, after, after); err != nil || !bytes.Equal(same, got) {
				t.Fatalf("touched without a reason: %s", same)
			}
			raw = string(got)
		}
	})
}

// FuzzDecode reads anything: all octets of a card that is read are in it, and changing it does not fall over.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(card("3.0", append([]string{"N:a;b", "TEL;TYPE=CELL:1", "item1.TEL:2", "item1.X-ABLabel:x"}, foreign...)...)))
	f.Add([]byte(card("2.1", "N;QUOTED-PRINTABLE:=C3=A9=", "b;c", "PHOTO;BASE64:AA", "AA", "", "TEL;HOME:1", "AGENT:", "BEGIN:VCARD", "END:VCARD")))
	f.Add([]byte("BEGIN:VCARD\nN:\nEND:VCARD\nBEGIN:VCARD"))
	f.Add([]byte("BEGIN:VCARD\nN;QUOTED-PRINTABLE:a=\nAGENT:\nBEGIN:VCARD\nEND:VCARD\nEND:VCARD"))
	f.Fuzz(func(t *testing.T, file []byte) {
		for p, err := range vcard.Decode(bytes.NewReader(file)) {
			if err != nil || p.Fault != nil {
				continue
			}
			if !bytes.Contains(file, p.Raw) && !bytes.HasPrefix(file, []byte("\xFF\xFE")) && !bytes.HasPrefix(file, []byte("\xFE\xFF")) {
				t.Fatalf("%q is not of the file", p.Raw)
			}
			if same, err := vcard.Merge(p.Raw, p.Card, p.Card); err != nil || !bytes.Equal(same, p.Raw) {
				t.Fatalf("%q becomes %q, %v", p.Raw, same, err)
			}
			after := storage.Card{FamilyName: "Neuf", Birthday: "--02-29", Phones: []storage.CardValue{{Type: "Nuit", Value: "2"}}, Labels: []string{"L"}}
			got, err := vcard.Merge(p.Raw, p.Card, after)
			if err != nil {
				t.Fatal(err)
			}
			again := vcard.Parse(got)
			if again.Fault != nil || again.Card.FamilyName != "Neuf" || !slices.Equal(again.Card.Phones, after.Phones) {
				t.Fatalf("%q becomes %q: %+v", p.Raw, got, again)
			}
		}
	})
}
