package carddav_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/vcard"
)

// held are the cards of its folder after it ran, by UID; paths where.
func held(v *publicationtest.Vdirsyncer) (cards map[string]storage.Card, paths map[string]string) {
	cards, paths = map[string]storage.Card{}, map[string]string{}
	for file, content := range v.Sync() {
		p := vcard.Parse([]byte(content))
		cards[p.UID], paths[p.UID] = p.Card, file
	}
	return cards, paths
}

func TestVdirsyncerReadsWhatWeWroteAndWeReadWhatItWrites(t *testing.T) {
	t.Parallel()
	c := publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet")
	p := params(c.URL, transport(t))
	p.Label = "*"
	b := open(t, p)
	v := publicationtest.NewVdirsyncer(t, ".vcf", "", fmt.Sprintf("type = \"carddav\"\nurl = %q\nusername = %q\npassword = %q",
		c.URL, publicationtest.User, publicationtest.Password))
	wanted := map[string]storage.Card{
		"k1": {FamilyName: "Petit", GivenName: "Zoé", Note: "Une\nligne, puis; une autre", Birthday: "--02-29", Labels: []string{"Amis", "Clients"}},
		"k2": {Organization: "Hôtel du Parc", Phones: []storage.CardValue{{Type: "work", Value: "+33 1 23 45 67 89"}, {Type: "Nuit", Value: "112"}}},
		"k3": {FamilyName: "Grand"},
	}
	var news []book.New
	for key, card := range wanted {
		news = append(news, book.New{Key: key, Card: card})
	}
	receipts, err := b.Create(t.Context(), news)
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]book.Entry{}
	for _, r := range receipts {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		entries[r.Entry.Key] = r.Entry
	}
	agrees := func(when string) map[string]string {
		t.Helper()
		cards, paths := held(v)
		if diff := cmp.Diff(wanted, cards); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
		return paths
	}
	agrees("once created")

	before := entries["k1"]
	changed := before.Card.Clone()
	changed.FamilyName, changed.Emails = "Petit-Grand", []storage.CardValue{{Type: "home", Value: "zoe@example.com"}}
	wanted["k1"] = changed
	updates, err := b.Update(t.Context(), []book.Update{{Entry: before, Card: changed, Key: "k1"}})
	if err != nil || updates[0].Err != nil {
		t.Fatalf("%+v, %v", updates, err)
	}
	deletions, err := b.Delete(t.Context(), []book.Entry{entries["k3"]})
	if err != nil || deletions[0].Err != nil {
		t.Fatalf("%+v, %v", deletions, err)
	}
	delete(wanted, "k3")
	paths := agrees("once changed and deleted")

	page, err := b.Read(t.Context(), book.Cursor{})
	if err != nil || len(page.Entries) != len(wanted) {
		t.Fatalf("%+v, %v", page, err)
	}
	raw, err := os.ReadFile(paths["k2"])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(paths["k2"], []byte(strings.ReplaceAll(string(raw), "112", "113")), 0o600); err != nil {
		t.Fatal(err)
	}
	v.Sync()
	next, err := b.Read(t.Context(), book.Cursor{Since: page.State})
	if err != nil || len(next.Entries) != 1 || next.Entries[0].Key != "k2" {
		t.Fatalf("%+v, %v", next, err)
	}
	if !slices.Contains(next.Entries[0].Card.Phones, storage.CardValue{Type: "Nuit", Value: "113"}) {
		t.Errorf("%+v", next.Entries[0].Card)
	}
}
