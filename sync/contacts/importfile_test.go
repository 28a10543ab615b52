package contacts_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/storagetest"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/sync/directory"
)

// filed is a workspace into which files are imported.
type filed struct {
	*testing.T
	store  *bolt.Store
	office *contacts.Service
	engine *sync.Engine
}

func newFiled(t *testing.T) *filed {
	t.Helper()
	store, err := bolt.Open(t.Context(), bolt.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s := contacts.New(contacts.Params{Store: store})
	f := &filed{t, store, s, sync.New(sync.Params{Store: store, Kinds: directory.NewKinds(), Contacts: s})}
	t.Cleanup(func() {
		f.engine.Stop()
		storagetest.Verify(t, store)
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// cardFile writes cards, each given by its lines.
func cardFile(cards ...string) string {
	var b strings.Builder
	for _, c := range cards {
		b.WriteString("BEGIN:VCARD\r\nVERSION:3.0\r\n" + strings.ReplaceAll(c, "\n", "\r\n") + "\r\nEND:VCARD\r\n")
	}
	return b.String()
}

func (f *filed) importing(p contacts.ImportParams, cards ...string) contacts.ImportReport {
	f.Helper()
	report, err := f.office.ImportFile(f.Context(), "carnet.vcf", strings.NewReader(cardFile(cards...)), p)
	if err != nil {
		f.Fatal(err)
	}
	return report
}

// wantCounts compares what a report counts: created, updated, unchanged, kept, left aside.
func (f *filed) wantCounts(what string, r contacts.ImportReport, want ...int) {
	f.Helper()
	if got := []int{r.Created, r.Updated, r.Unchanged, len(r.Kept), len(r.Aside)}; !slices.Equal(got, want) {
		f.Errorf("%s: created, updated, unchanged, kept and left aside are %v, want %v: %+v", what, got, want, r.Aside)
	}
}

// all reads every contact, the trash included, by full name.
func (f *filed) all() map[string]*storage.Contact {
	f.Helper()
	byName := map[string]*storage.Contact{}
	err := f.store.View(f.Context(), func(tx storage.Reader) error {
		all, err := tx.Contacts("", 0)
		for _, c := range all {
			byName[c.FullName()] = c
		}
		if len(byName) != len(all) {
			f.Errorf("%d contacts of %d names", len(all), len(byName))
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return byName
}

func (f *filed) save(c *storage.Contact) {
	f.Helper()
	if _, err := f.office.Save(f.Context(), c); err != nil {
		f.Fatal(err)
	}
}

const zoe = "UID:zoe@example.com\nN:Martin;Zoé;;;\nFN:Zoé Martin\nEMAIL;TYPE=HOME:zoe@example.com\nTEL;TYPE=CELL:06 12 34 56 78\nNOTE:Violon"

func TestAFileMakesContactsOnce(t *testing.T) {
	f := newFiled(t)
	const noe = "N:Petit;Noé;;;\nFN:Noé Petit\nORG:Atelier du Port\nTITLE:Luthier\nCATEGORIES:Amis,amis,Clients\nBDAY:--0229"
	if dry := f.importing(contacts.ImportParams{DryRun: true}, zoe, noe); dry.Run != nil || dry.Created != 2 || len(f.all()) != 0 {
		t.Errorf("the dry run did something: %+v", dry)
	}
	r := f.importing(contacts.ImportParams{}, zoe, noe, noe)
	f.wantCounts("first time", r, 2, 0, 0, 0, 0)
	if r.Run.Kind != storage.RunImport || r.Run.State != storage.RunDone || r.Run.Totals.Created != 2 {
		t.Errorf("run %+v", r.Run)
	}
	want := storage.Card{
		FamilyName: "Martin", GivenName: "Zoé", Note: "Violon",
		Emails: []storage.CardValue{{Type: storage.TypePersonal, Value: "zoe@example.com"}},
		Phones: []storage.CardValue{{Type: storage.TypePersonalMobile, Value: "06 12 34 56 78"}},
	}
	if diff := cmp.Diff(want, f.all()["Zoé Martin"].Card); diff != "" {
		t.Errorf("Zoé (-want +got):\n%s", diff)
	}
	if got := f.all()["Noé Petit"]; !slices.Equal(got.Labels, []string{"Amis", "Clients"}) || got.Birthday != "--02-29" || got.Title != "Luthier" {
		t.Errorf("Noé: %+v", got.Card)
	}
	f.wantCounts("the same with a UID again", f.importing(contacts.ImportParams{}, zoe), 0, 0, 1, 0, 0)
}

func TestAFileAddsToContactsAndTakesNothingAway(t *testing.T) {
	f := newFiled(t)
	c := &storage.Contact{Card: storage.Card{
		FamilyName: "MARTIN", GivenName: "Zoé", Organization: "Atelier du Port", Note: "Solfège", Labels: []string{"Amis"},
		Emails: []storage.CardValue{{Type: storage.TypeProfessional, Value: "Zoe@Example.com"}},
		Phones: []storage.CardValue{{Type: storage.TypePersonalMobile, Value: "+33 6 12 34 56 78"}, {Type: storage.TypeOther, Value: "poste 3"}},
	}}
	f.save(c)
	r := f.importing(contacts.ImportParams{}, zoe+"\nNICKNAME:Zo")
	f.wantCounts("by its e-mail", r, 0, 1, 0, 1, 0)
	if !slices.Equal(r.Kept[0].Fields, []storage.Field{storage.FieldFamilyName}) {
		t.Errorf("kept %+v", r.Kept)
	}
	want := storage.Card{
		FamilyName: "MARTIN", GivenName: "Zoé", Nickname: "Zo", Organization: "Atelier du Port", Note: "Solfège\n\nViolon", Labels: []string{"Amis"},
		Emails: []storage.CardValue{{Type: storage.TypeProfessional, Value: "Zoe@Example.com"}, {Type: storage.TypePersonal, Value: "zoe@example.com"}},
		Phones: c.Phones,
	}
	if diff := cmp.Diff(want, f.all()["Zoé MARTIN"].Card); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f.wantCounts("again", f.importing(contacts.ImportParams{}, zoe+"\nNICKNAME:Zo"), 0, 0, 1, 1, 0)
}

func TestDoubtfulCardsAreLeftAsideUnlessAskedFor(t *testing.T) {
	f := newFiled(t)
	shared := []storage.CardValue{{Type: storage.TypePersonal, Value: "famille@example.com"}}
	f.save(&storage.Contact{Card: storage.Card{GivenName: "Alix", FamilyName: "Durand", Emails: shared}})
	const noe = "N:Durand;Noé;;;\nFN:Noé Durand\nEMAIL:famille@example.com\nTEL;TYPE=CELL:0612345678"
	r := f.importing(contacts.ImportParams{}, zoe, noe)
	f.wantCounts("another name", r, 1, 0, 0, 0, 1)
	if a := r.Aside[0]; a.Line != 10 || a.Name != "Noé Durand" || len(a.Candidates) != 1 || a.Candidates[0].Name != "Alix Durand" {
		t.Errorf("left aside %+v", a)
	}
	items, err := f.items(r.Run.ID)
	if err != nil || len(items) != 1 || items[0].Row != 10 || items[0].Result != storage.ItemRejected || r.Run.Totals.Rejected != 1 {
		t.Errorf("items %+v, %v", items, err)
	}
	f.wantCounts("asked for", f.importing(contacts.ImportParams{CreateDoubtful: true}, noe), 1, 0, 0, 0, 0)
	f.wantCounts("both bear it now, and one says it all", f.importing(contacts.ImportParams{}, noe), 0, 0, 1, 0, 0)
	f.wantCounts("both bear it now", f.importing(contacts.ImportParams{}, noe+"\nNOTE:Alto"), 0, 0, 0, 0, 1)
}

func (f *filed) items(runID string) (items []*storage.RunItem, err error) {
	err = f.store.View(f.Context(), func(tx storage.Reader) (err error) {
		items, err = tx.RunItems(runID, 0, 0)
		return err
	})
	return items, err
}

func TestUnreadableCardsAreListedWithTheirLines(t *testing.T) {
	f := newFiled(t)
	r := f.importing(contacts.ImportParams{}, "FN:", "KIND:group\nX-ADDRESSBOOKSERVER-KIND:group\nFN:Chorale\nN:Chorale;;;;", zoe,
		"N:"+strings.Repeat("x", storage.MaxText+1)+";;;;")
	f.wantCounts("three odd cards", r, 1, 0, 0, 0, 3)
	var found []string
	for _, a := range r.Aside {
		found = append(found, a.Problem.Code)
	}
	if !slices.Equal(found, []string{"contact.empty", "contacts.import.group", "text.tooLong"}) || r.Aside[1].Line != 5 {
		t.Errorf("%v, %+v", found, r.Aside)
	}
	_, err := f.office.ImportFile(t.Context(), "vide.vcf", strings.NewReader("nothing"), contacts.ImportParams{})
	var p *storage.Problem
	if !errors.As(err, &p) || p.Code != "vcard.none" {
		t.Errorf("a file without cards: %v", err)
	}
}

func TestAnImportIsTakenBackAsAWhole(t *testing.T) {
	f := newFiled(t)
	f.save(&storage.Contact{Card: storage.Card{GivenName: "Zoé", Emails: []storage.CardValue{{Value: "zoe@example.com"}}}})
	before := f.all()["Zoé"].Card
	r := f.importing(contacts.ImportParams{}, zoe, "N:Petit;Noé;;;\nFN:Noé Petit", "N:Morel;Lou;;;\nFN:Lou Morel")
	f.wantCounts("one known", r, 2, 1, 0, 0, 0)
	lou := f.all()["Lou Morel"].Clone()
	lou.Note = "Changé depuis"
	f.save(lou)
	plan, err := f.engine.UndoPlan(t.Context(), r.Run.ID)
	if err != nil || plan.Restore != 1 || plan.Delete != 1 || plan.Conflicts != 1 {
		t.Errorf("plan %+v, %v", plan, err)
	}
	undo, err := f.engine.Undo(t.Context(), r.Run.ID)
	if err != nil {
		t.Fatal(err)
	}
	all := f.all()
	if len(all) != 2 || all["Zoé"] == nil || all["Lou Morel"] == nil {
		t.Fatalf("left: %v", all)
	}
	if diff := cmp.Diff(before, all["Zoé"].Card); diff != "" {
		t.Error(diff)
	}
	items, err := f.items(undo)
	results := map[string]storage.ItemResult{}
	for _, i := range items {
		results[i.Name] = i.Result
	}
	if err != nil || results["Lou Morel"] != storage.ItemConflict || results["Noé Petit"] != storage.ItemRestored {
		t.Errorf("the undo says %v, %v", results, err)
	}
}

func TestWhatWasExportedComesBackFromTheTrash(t *testing.T) {
	f := newFiled(t)
	f.save(&storage.Contact{Card: storage.Card{
		GivenName: "Zoé", FamilyName: "Martin", Note: "Violon ; alto, parfois\nsolfège", Labels: []string{"Élèves"},
		Phones:    []storage.CardValue{{Type: "Standard de nuit", Value: "04 91 00 00 01"}, {Type: storage.TypeProfessionalMobile, Value: "0612345678"}},
		Addresses: []storage.CardAddress{{Type: storage.TypeProfessional, Street: "12 quai du Port", PostalCode: "13002", City: "Marseille"}},
	}})
	f.save(&storage.Contact{Card: storage.Card{GivenName: "Noé"}})
	export := func(label string) (string, int) {
		var b bytes.Buffer
		n, err := f.office.ExportFile(t.Context(), &b, contacts.ExportParams{Label: label})
		if err != nil {
			t.Fatal(err)
		}
		return b.String(), n
	}
	before := f.all()["Zoé Martin"]
	if _, n := export(""); n != 2 {
		t.Errorf("%d contacts were exported", n)
	}
	file, n := export("eleves")
	if n != 1 || strings.Contains(file, "Noé") {
		t.Errorf("%d contacts of the label: %s", n, file)
	}
	if _, err := f.office.Trash(t.Context(), before.ID); err != nil {
		t.Fatal(err)
	}
	if again, n := export("eleves"); n != 0 || again != "" {
		t.Errorf("the trash was exported: %s", again)
	}
	r, err := f.office.ImportFile(context.Background(), "carnet.vcf", strings.NewReader(file), contacts.ImportParams{})
	if err != nil {
		t.Fatal(err)
	}
	f.wantCounts("what was exported", r, 0, 1, 0, 0, 0)
	after := f.all()["Zoé Martin"]
	if diff := cmp.Diff(before.Card, after.Card); diff != "" || after.ID != before.ID || !after.TrashedAt.Equal(time.Time{}) {
		t.Errorf("%+v\n%s", after, diff)
	}
}

// 10,000 cards, all new.
func BenchmarkImport10kCards(b *testing.B) {
	var file strings.Builder
	for i := range 10_000 {
		n := strconv.Itoa(i)
		file.WriteString(cardFile("UID:" + n + "\nN:Exemple " + n + ";Camille;;;\nFN:Camille Exemple " + n + "\nEMAIL;TYPE=HOME:c" + n +
			"@example.com\nTEL;TYPE=CELL:06 12 34 56 78\nADR;TYPE=HOME:;;12 quai du Port;Marseille;;13002;"))
	}
	for b.Loop() {
		store, err := bolt.Open(b.Context(), bolt.Params{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		r, err := contacts.New(contacts.Params{Store: store}).ImportFile(b.Context(), "carnet.vcf", strings.NewReader(file.String()), contacts.ImportParams{})
		if err := errors.Join(err, store.Close()); err != nil || r.Created != 10_000 {
			b.Fatal(r.Created, err)
		}
	}
}
