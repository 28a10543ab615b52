package vcard_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/contacts/vcard"
)

// TestAChangeTouchesItsLinesOnly changes a card and compares it line by line: want names the lines that differ.
func TestAChangeTouchesItsLinesOnly(t *testing.T) {
	raw := card("3.0",
		"x-first;A=b:1", "UID:u", "N:Petit;Jean;;;;;extra", "FN:Jean Petit", "ORG:Parc;Réception", "NOTE:Un", "NOTE:Deux",
		"item1.EMAIL;type=INTERNET;type=pref:jean@example.com", "item1.X-ABLabel:Nuit", "EMAIL;TYPE=HOME:maison@example.com",
		"PHOTO;ENCODING=b;TYPE=JPEG:AAAABBBB", "  CCCC", "TEL;TYPE=CELL,VOICE,pref;X-O=1:06", "item2.TEL:07", "item2.X-ABLabel:_$!<Other>!$_",
		"item3.ADR;TYPE=WORK:;;1, rue du Parc;Lyon;;69001;France", "item3.X-ABADR:fr", "CATEGORIES:Clients,Amis", "CATEGORIES:Vieux",
		"URL:ftp://example.com", "END-OF:x")
	cases := map[string]struct {
		change   func(c *storage.Card)
		old, new []string // lines
	}{
		"nothing": {func(*storage.Card) {}, nil, nil},
		"given name, and what is shown": {
			func(c *storage.Card) { c.GivenName = "Jeanne" },
			[]string{"N:Petit;Jean;;;;;extra", "FN:Jean Petit"},
			[]string{"N:Petit;Jeanne;;;;;extra", "FN:Jeanne Petit"},
		},
		"company, its department stays": {
			func(c *storage.Card) { c.Organization = "Gare" }, []string{"ORG:Parc;Réception"}, []string{"ORG:Gare;Réception"},
		},
		"note": {func(c *storage.Card) { c.Note = "Trois" }, []string{"NOTE:Un", "NOTE:Deux"}, []string{"NOTE:Trois"}},
		"an e-mail with its label and parameters": {
			func(c *storage.Card) { c.Emails[0].Value = "j@example.com" },
			[]string{"item1.EMAIL;type=INTERNET;type=pref:jean@example.com"},
			[]string{"item1.EMAIL;type=INTERNET;type=pref:j@example.com"},
		},
		"an e-mail goes with its label": {
			func(c *storage.Card) { c.Emails = c.Emails[1:] },
			[]string{"item1.EMAIL;type=INTERNET;type=pref:jean@example.com", "item1.X-ABLabel:Nuit"},
			nil,
		},
		"a number is replaced": {
			func(c *storage.Card) { c.Phones[0].Value = "08" },
			[]string{"TEL;TYPE=CELL,VOICE,pref;X-O=1:06"},
			[]string{"TEL;TYPE=CELL,VOICE,pref;X-O=1:08"},
		},
		"a number changes its type": {
			func(c *storage.Card) { c.Phones[0].Type = "work" },
			[]string{"TEL;TYPE=CELL,VOICE,pref;X-O=1:06"},
			[]string{"TEL;X-O=1;TYPE=WORK,VOICE,PREF:06"},
		},
		"a number is given a label": {
			func(c *storage.Card) { c.Phones[0].Type = "Astreinte" },
			[]string{"TEL;TYPE=CELL,VOICE,pref;X-O=1:06"},
			[]string{"item4.TEL;X-O=1;TYPE=PREF:06", "item4.X-ABLabel:Astreinte"},
		},
		"a label becomes a type": {
			func(c *storage.Card) { c.Emails[0].Type = "work" },
			[]string{"item1.EMAIL;type=INTERNET;type=pref:jean@example.com", "item1.X-ABLabel:Nuit"},
			[]string{"item1.EMAIL;TYPE=WORK,PREF:jean@example.com"},
		},
		"a town, the commas of the street stay": {
			func(c *storage.Card) { c.Addresses[0].City = "Paris" },
			[]string{"item3.ADR;TYPE=WORK:;;1, rue du Parc;Lyon;;69001;France"},
			[]string{"item3.ADR;TYPE=WORK:;;1, rue du Parc;Paris;;69001;France"},
		},
		"an address goes with its country": {
			func(c *storage.Card) { c.Addresses = nil },
			[]string{"item3.ADR;TYPE=WORK:;;1, rue du Parc;Lyon;;69001;France", "item3.X-ABADR:fr"},
			nil,
		},
		"labels": {
			func(c *storage.Card) { c.Labels = []string{"Amis", "Neufs"} },
			[]string{"CATEGORIES:Clients,Amis", "CATEGORIES:Vieux"},
			[]string{"CATEGORIES:Amis,Neufs"},
		},
		"birthday without a year": {
			func(c *storage.Card) { c.Birthday = "--03-01" }, nil, []string{"BDAY;X-APPLE-OMIT-YEAR=1604:1604-03-01"},
		},
		"a link, another kind of address stays": {
			func(c *storage.Card) { c.Links = []storage.CardValue{{Type: "work", Value: "https://example.com/é"}} },
			nil,
			[]string{"URL;TYPE=WORK:https://example.com/%C3%A9"},
		},
	}
	for what, c := range cases {
		t.Run(what, func(t *testing.T) {
			before := one(t, raw)
			after := before.Clone()
			c.change(&after)
			got, err := vcard.Merge([]byte(raw), before, after)
			if err != nil {
				t.Fatal(err)
			}
			old, fresh := difference(raw, string(got))
			if diff := cmp.Diff(c.old, old) + cmp.Diff(c.new, fresh); diff != "" {
				t.Error(diff)
			}
			if c.old == nil && c.new == nil && string(got) != raw {
				t.Error("the card is another one")
			}
		})
	}
}

// difference gives the lines of either text that the other one does not have, in their order.
func difference(a, b string) (onlyA, onlyB []string) {
	linesA, linesB := strings.Split(a, "\r\n"), strings.Split(b, "\r\n")
	for i, j := 0, 0; i < len(linesA) || j < len(linesB); {
		switch {
		case i < len(linesA) && j < len(linesB) && linesA[i] == linesB[j]:
			i++
			j++
		case i < len(linesA) && !slices.Contains(linesB[j:], linesA[i]):
			onlyA = append(onlyA, linesA[i])
			i++
		default:
			onlyB = append(onlyB, linesB[j])
			j++
		}
	}
	return onlyA, onlyB
}

func TestANameThatAPersonChoseToShowIsLeft(t *testing.T) {
	for shown, want := range map[string]string{
		"Papa": "Papa", "Petit, Jean": "Grand, Jean", "Petit Jean": "Grand Jean", "Jean Petit": "Jean Grand",
	} {
		raw := card("3.0", "N:Petit;Jean;;;", "FN:"+strings.ReplaceAll(shown, ",", `\,`))
		before := one(t, raw)
		after := before
		after.FamilyName = "Grand"
		got, err := vcard.Merge([]byte(raw), before, after)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(got), "FN:"+strings.ReplaceAll(want, ",", `\,`)+"\r\n") {
			t.Errorf("%q: %s", shown, got)
		}
	}
}

func TestOlderCardsAreChangedInTheirOwnWay(t *testing.T) {
	raw := card("2.1", "N;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Lef=E8vre;Andr=E9;;;", "TEL;CELL:06", "TITLE:Chef")
	before := one(t, raw)
	after := before.Clone()
	after.GivenName, after.Note, after.Phones[0].Type = "Zoé", "Un é\nDeux = "+strings.Repeat("é", 50), "work,cell"
	got, err := vcard.Merge([]byte(raw), before, after)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(after, one(t, string(got))); diff != "" {
		t.Errorf("%s\n%s", diff, got)
	}
	for _, want := range []string{"TEL;WORK;CELL:06\r\n", "TITLE:Chef\r\n", "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Lef=C3=A8vre;Zo=C3=A9;;;\r\n"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
}
