package carddav_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/vcard"
)

// vdirsyncer keeps a collection and a folder in tune, as its documentation tells.
type vdirsyncer struct {
	*testing.T
	config, folder string
}

// newVdirsyncer writes its configuration. Where it is not installed the test is skipped, but not on the build machine
// (CI=true), which must have it.
func newVdirsyncer(t *testing.T, url string) vdirsyncer {
	t.Helper()
	if _, err := exec.LookPath("vdirsyncer"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("vdirsyncer is not installed")
	}
	dir := t.TempDir()
	v := vdirsyncer{t, filepath.Join(dir, "config"), filepath.Join(dir, "contacts")}
	if err := os.Mkdir(v.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`[general]
status_path = %q

[pair contacts]
a = "here"
b = "there"
collections = null

[storage here]
type = "filesystem"
path = %q
fileext = ".vcf"

[storage there]
type = "carddav"
url = %q
username = %q
password = %q
`, filepath.Join(dir, "status"), v.folder, url, publicationtest.User, publicationtest.Password)
	if err := os.WriteFile(v.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	v.do("discover")
	return v
}

func (v vdirsyncer) do(args ...string) {
	v.Helper()
	cmd := exec.CommandContext(v.Context(), "vdirsyncer", append([]string{"--config", v.config}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "LANG=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		v.Fatalf("vdirsyncer %s: %v\n%s", args, err, out)
	}
}

// cards are what its folder holds after it ran, by UID; paths where.
func (v vdirsyncer) cards() (cards map[string]storage.Card, paths map[string]string) {
	v.Helper()
	v.do("sync")
	files, err := filepath.Glob(filepath.Join(v.folder, "*.vcf"))
	if err != nil {
		v.Fatal(err)
	}
	cards, paths = map[string]storage.Card{}, map[string]string{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			v.Fatal(err)
		}
		p := vcard.Parse(raw)
		cards[p.UID], paths[p.UID] = p.Card, file
	}
	return cards, paths
}

func TestVdirsyncerReadsWhatWeWroteAndWeReadWhatItWrites(t *testing.T) {
	c := publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet")
	p := params(c.URL, transport(t))
	p.Label = "*"
	b := open(t, p)
	v := newVdirsyncer(t, c.URL)
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
		cards, paths := v.cards()
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
	v.do("sync")
	next, err := b.Read(t.Context(), book.Cursor{Since: page.State})
	if err != nil || len(next.Entries) != 1 || next.Entries[0].Key != "k2" {
		t.Fatalf("%+v, %v", next, err)
	}
	if !slices.Contains(next.Entries[0].Card.Phones, storage.CardValue{Type: "Nuit", Value: "113"}) {
		t.Errorf("%+v", next.Entries[0].Card)
	}
}
