package vcard_test

import (
	"slices"
	"strings"
	"testing"

	"diapason/storage"
	"diapason/sync/contacts/vcard"
)

// TestNothingInAValueBreaksOutOfItsLineAndNoLineOfOthersIsTouched writes texts that try to be lines of their own into cards as odd as
// applications, old telephones and people make them.
func TestNothingInAValueBreaksOutOfItsLineAndNoLineOfOthersIsTouched(t *testing.T) {
	for name, raw := range map[string]string{
		"CRCRLF":           "BEGIN:VCARD\r\r\nVERSION:3.0\r\r\nN:Durand;Zoé;;;\r\r\nEND:VCARD\r\r\n",
		"nul":              "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Dur\x00and;Zoé;;;\r\nEND:VCARD\r\n",
		"2.1 photo":        "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Durand;Zoe\r\nPHOTO;JPEG;ENCODING=BASE64:\r\n /9j/4AAQSkZJRgABAQAAAQABAAD\r\n /9j/4AAQSkZJRgABAQAAAQABAAD=\r\n\r\nTEL;CELL:0612345678\r\nEND:VCARD\r\n",
		"2.1 photo nofold": "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Durand;Zoe\r\nPHOTO;JPEG;BASE64:\r\n/9j/4AAQSkZJRgABAQAAAQABAAD\r\nEND//QSkZJRgABAQAAAQABAAD=\r\n\r\nTEL;CELL:0612345678\r\nEND:VCARD\r\n",
		"3.0 photo uri":    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Durand;Zoe\r\nPHOTO;VALUE=uri:https://example.com/a,b;c.jpg\r\nTEL;TYPE=CELL:0612345678\r\nEND:VCARD\r\n",
		"4.0 photo":        "BEGIN:VCARD\r\nVERSION:4.0\r\nN:Durand;Zoe;;;\r\nPHOTO:data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD\r\n =\r\nTEL;VALUE=uri;TYPE=\"voice,cell\":tel:+33612345678;ext=5\r\nRELATED;TYPE=spouse:urn:uuid:1\r\nEND:VCARD\r\n",
		"two N":            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Durand;Zoé;;;\r\nN:Autre;A;;;\r\nFN:Zoé Durand\r\nUID:a\r\nUID:b\r\nEND:VCARD\r\n",
		"nested":           "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Durand;Zoe\r\nAGENT:\r\nBEGIN:VCARD\r\nVERSION:2.1\r\nN:Agent;Le\r\nTEL:0711111111\r\nEND:VCARD\r\nTEL;CELL:0612345678\r\nEND:VCARD\r\n",
		"no version":       "BEGIN:VCARD\r\nN:Durand;Zoé\r\nTEL:0612345678\r\nEND:VCARD\r\n",
		"odd version":      "BEGIN:VCARD\r\nVERSION:5.0\r\nN:Durand;Zoé\r\nTEL:0612345678\r\nEND:VCARD\r\n",
		"folded name":      "BEGIN:VCARD\r\nVERSION:3.0\r\nN\r\n :Durand;Zoé;;;\r\nTE\r\n L;TYPE=CE\r\n LL:06123\r\n 45678\r\nEND:VCARD\r\n",
		"folded utf8":      "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Dur\xc3\r\n \xa9and;Zoé;;;\r\nEND:VCARD\r\n",
		"qp":               "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Durand;Zo=C3=A9=\r\n=20Anne\r\nNOTE;ENCODING=QUOTED-PRINTABLE:a=0D=0AEND:VCARD=0D=0A\r\nTEL:06\r\nEND:VCARD\r\n",
		"qp end":           "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Durand;Zoe\r\nNOTE;ENCODING=QUOTED-PRINTABLE:abc=\r\nEND:VCARD\r\n",
		"spaces":           "BEGIN:VCARD \r\nVERSION:3.0\r\nN : Durand ; Zoé \r\nTEL ; TYPE = CELL : 0612345678\r\nEND:VCARD\r\n",
		"quoted colon":     "BEGIN:VCARD\r\nVERSION:4.0\r\nN;SORT-AS=\"Dur:and;x\":Durand;Zoé;;;\r\nADR;LABEL=\"1 rue: X;\\nParis\";TYPE=home:;;1 rue X;Paris;;75001;France\r\nEND:VCARD\r\n",
		"altid":            "BEGIN:VCARD\r\nVERSION:4.0\r\nN;ALTID=1;LANGUAGE=fr:Durand;Zoé;;;\r\nN;ALTID=1;LANGUAGE=jp:D;Z;;;\r\nEND:VCARD\r\n",
		"text after":       "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Durand;Zoé;;;\r\nEND:VCARD\r\ntrailing garbage\r\n",
		"bom":              "\xef\xbb\xbfBEGIN:VCARD\r\nVERSION:3.0\r\nN:Durand;Zoé;;;\r\nEND:VCARD\r\n",
		"group":            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Durand;Zoé;;;\r\nitem1.TEL:0612345678\r\nitem1.X-ABLabel:_$!<Mobile>!$_\r\nitem1.EMAIL:a@example.com\r\nITEM2.URL:https://a.example\r\nitem2.x-ablabel:Perso\r\nEND:VCARD\r\n",
		"no end line":      "BEGIN:VCARD\nVERSION:3.0\nN:Durand;Zoé;;;\nEND:VCARD",
		"rev":              "BEGIN:VCARD\r\nVERSION:3.0\r\nREV:20200101T000000Z\r\nN:Durand;Zoé;;;\r\nEND:VCARD\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := vcard.Parse([]byte(raw))
			if p.Fault != nil || p.Card.FamilyName == "" {
				t.Fatalf("%+v, %v", p.Card, p.Fault)
			}
			after := p.Card.Clone()
			after.Title = "Directrice; \"x\", y\r\nEND:VCARD\r\nTEL:666"
			after.Phones = append(after.Phones, storage.CardValue{Type: "Bureau\r\nNOTE:x", Value: "07\r\nX-Y:1"})
			out, err := vcard.Merge(p.Raw, p.Card, after)
			if err != nil {
				t.Fatal(err)
			}
			rest := string(out)
			for line := range strings.Lines(string(p.Raw)) {
				_, behind, found := strings.Cut(rest, line)
				if !found {
					t.Fatalf("%q is not where it was:\n%s", line, out)
				}
				rest = behind
			}
			again := vcard.Parse(out)
			after.Title = "Directrice; \"x\", y\nEND:VCARD\nTEL:666"
			after.Phones[len(after.Phones)-1] = storage.CardValue{Type: "Bureau\nNOTE:x", Value: "07\nX-Y:1"}
			if again.Card.Title != after.Title || !slices.Equal(again.Card.Phones, after.Phones) || again.Card.Note != p.Card.Note || again.UID != p.UID {
				t.Errorf("%q %q %q\n%s", again.Card.Title, again.Card.Phones, again.Card.Note, out)
			}
		})
	}
}
