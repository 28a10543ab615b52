package google_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

// said answers every call with 400 and a text.
type said string

func (s said) RoundTrip(r *http.Request) (*http.Response, error) {
	return sandbox.Transport{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		if _, err := strings.NewReader(string(s)).WriteTo(w); err != nil {
			panic(err) // memory takes everything
		}
	})}.RoundTrip(r)
}

func TestLabelIsMadeWithTheFirstCardAndReadingMakesNone(t *testing.T) {
	r := newRig(t, "Diapason", sandbox.PeopleParams{})
	name := r.Add(anne, `{"names":[{"familyName":"Privé"}]}`)
	if e := r.one(); e.InScope || len(r.Labels(anne)) != 0 {
		t.Fatalf("%+v, labels %v", e, r.Labels(anne))
	}
	made := r.create(persons(2)...)
	same(t, slices.Collect(maps.Keys(r.Labels(anne))), []string{"Diapason"})
	entries, _ := r.read("")
	all := byID(entries)
	if all[name].InScope || !all[made[0].Entry.ID].InScope || len(all[made[0].Entry.ID].Card.Labels) != 0 {
		t.Errorf("%+v", entries)
	}
}

func TestLabelIsFoundAgainByItsMarkElseByItsName(t *testing.T) {
	r := newRig(t, "Diapason", sandbox.PeopleParams{})
	label := r.AddLabel(anne, "DIAPASON") // made by a person
	made := r.create(persons(1)...)[0].Entry
	same(t, r.kept(made.ID).Labels, []string{"DIAPASON"})
	r.RenameLabel(anne, label, "Mes clients")
	r.Book = r.open("Diapason")
	if e := r.one(); !e.InScope {
		t.Error("a label that a person renamed is not found again")
	}
	r.create(persons(2)[1:]...)
	same(t, slices.Collect(maps.Keys(r.Labels(anne))), []string{"Mes clients"})
}

func TestCardThatLosesItsLabelIsOutOfScopeAndNotDeleted(t *testing.T) {
	r := newRig(t, "Diapason", sandbox.PeopleParams{})
	made := r.create(persons(2)...)[0].Entry
	_, page := r.read("")
	r.Label(anne, made.ID, r.Labels(anne)["Diapason"], false)
	entries, _ := r.read(page.State)
	if len(entries) != 1 || entries[0].InScope || entries[0].Deleted {
		t.Errorf("%+v", entries)
	}
}

func TestLabelThatIsGoneStopsAndIsNotMadeAgain(t *testing.T) {
	r := newRig(t, "Diapason", sandbox.PeopleParams{})
	r.create(persons(2)...)
	_, page := r.read("")
	r.RemoveLabel(anne, r.Labels(anne)["Diapason"])
	r.Book = r.open("Diapason")
	_, err := r.Read(t.Context(), book.Cursor{Since: page.State})
	if e := directory.Classify(err); err == nil || e.Problem.Code != "google.labelGone" || e.Problem.Args["label"] != "Diapason" {
		t.Errorf("%v", err)
	}
	if n := len(r.Labels(anne)); n != 0 {
		t.Errorf("%d labels", n)
	}
}

func TestEmptyListOfLabelsIsNotBelieved(t *testing.T) {
	r := newRig(t, "Diapason", sandbox.PeopleParams{})
	made := r.create(persons(2)...)
	_, page := r.read("")
	r.Edit(anne, made[0].Entry.ID, `{"biographies":[{"value":"vu"}]}`)
	r.Book = r.open("Diapason")
	r.Misbehave(sandbox.Fault{Kind: sandbox.EmptyList, Path: "/v1/contactGroups"})
	if _, err := r.Read(t.Context(), book.Cursor{Since: page.State}); directory.Classify(err).Problem.Code != "google.labels" {
		t.Errorf("%v", err)
	}
	if entries, _ := r.read(page.State); len(entries) != 1 || !entries[0].InScope {
		t.Errorf("%+v", entries)
	}
	// At a first reading nothing is known of the label: it cannot be made twice all the same.
	r.Book = r.open("Diapason")
	r.Misbehave(sandbox.Fault{Kind: sandbox.EmptyList, Path: "/v1/contactGroups"})
	r.create(persons(3)[2:]...)
	same(t, slices.Collect(maps.Keys(r.Labels(anne))), []string{"Diapason"})
	if entries, _ := r.read(""); len(entries) != 3 || slices.ContainsFunc(entries, func(e book.Entry) bool { return !e.InScope }) {
		t.Errorf("%+v", entries)
	}
}

func TestLabelsOfACardArePutOnAndTakenOff(t *testing.T) {
	r := newRig(t, "Diapason", sandbox.PeopleParams{})
	r.AddLabel(anne, "Clients")
	made := r.create(book.New{Key: "k", Card: storage.Card{FamilyName: "Durand", Labels: []string{"Clients"}}})[0].Entry
	now := r.update(changed(made, func(c *storage.Card) { c.Labels = []string{"Fidèles"} }))[0].Entry
	same(t, now.Card.Labels, []string{"Fidèles"})
	same(t, r.kept(made.ID).Labels, []string{"Diapason", "Fidèles"})
	now = r.update(changed(now, func(c *storage.Card) { c.Labels = nil }))[0].Entry
	same(t, r.kept(made.ID).Labels, []string{"Diapason"})
	if !now.InScope {
		t.Error("the account's own label went with the others")
	}
}
