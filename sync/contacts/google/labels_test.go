package google_test

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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

// listings counts how often the list of labels was asked for.
func (r *rig) listings() int { return r.Calls(anne)["GET contactGroups"] }

func TestLabelsAreReadAgainOnlyWhenSomethingSpeaksAgainstThoseKnown(t *testing.T) {
	for _, tt := range []struct {
		name    string
		happens func(r *rig, card, label string)
		again   bool
		want    func(r *rig, e book.Entry) bool
	}{
		{"a card changes", func(*rig, string, string) {}, false, func(_ *rig, e book.Entry) bool { return e.InScope }},
		{"a card gets a label that is known", func(r *rig, card, _ string) {
			r.Label(anne, card, r.Labels(anne)["Clients"], true)
		}, false, func(_ *rig, e book.Entry) bool { return slices.Equal(e.Card.Labels, []string{"Clients"}) }},
		{"a card gets a new label", func(r *rig, card, _ string) {
			r.Label(anne, card, r.AddLabel(anne, "Fidèles"), true)
		}, true, func(_ *rig, e book.Entry) bool { return slices.Equal(e.Card.Labels, []string{"Fidèles"}) }},
		{"a card leaves the account's label", func(r *rig, card, label string) {
			r.Label(anne, card, label, false)
		}, true, func(_ *rig, e book.Entry) bool { return !e.InScope }},
		{"a label was renamed a while ago", func(r *rig, card, _ string) {
			r.Label(anne, card, r.Labels(anne)["Clients"], true)
			r.RenameLabel(anne, r.Labels(anne)["Clients"], "Clientes")
			r.now = r.now.Add(15 * time.Minute)
		}, true, func(_ *rig, e book.Entry) bool { return slices.Equal(e.Card.Labels, []string{"Clientes"}) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, "Diapason", sandbox.PeopleParams{})
			r.AddLabel(anne, "Clients")
			card := r.create(persons(2)...)[0].Entry.ID
			_, page := r.read("")
			before := r.listings()
			tt.happens(r, card, r.Labels(anne)["Diapason"])
			r.Edit(anne, card, `{"biographies":[{"value":"vu"}]}`)
			entries, _ := r.read(page.State)
			if len(entries) != 1 || !tt.want(r, entries[0]) {
				t.Errorf("%+v", entries)
			}
			if again := r.listings() > before; again != tt.again {
				t.Errorf("the labels were read again: %v", again)
			}
		})
	}
}

// The label is known to this connection, and goes away there: with its cards first, then when there was none to tell it.
func TestLabelThatGoesAwayWhileItIsKnownStops(t *testing.T) {
	gone := func(t *testing.T, r *rig, err error) {
		t.Helper()
		if e := directory.Classify(err); err == nil || e.Problem.Code != "google.labelGone" || e.Class != directory.Gone {
			t.Errorf("%v", err)
		}
		if n := len(r.Labels(anne)); n != 0 {
			t.Errorf("%d labels", n)
		}
	}
	t.Run("reading", func(t *testing.T) {
		r := newRig(t, "Diapason", sandbox.PeopleParams{})
		r.create(persons(2)...)
		_, page := r.read("")
		r.RemoveLabel(anne, r.Labels(anne)["Diapason"])
		_, err := r.Read(t.Context(), book.Cursor{Since: page.State})
		gone(t, r, err)
	})
	for _, n := range []int{1, 2} { // two calls of the API
		t.Run("creating "+strconv.Itoa(n), func(t *testing.T) {
			r := newRig(t, "Diapason", sandbox.PeopleParams{Assumptions: sandbox.PeopleAssumptions{BareBatches: true}})
			r.create(persons(1)...)
			r.read("")
			r.RemoveLabel(anne, r.Labels(anne)["Diapason"])
			_, err := r.Create(t.Context(), persons(1 + n)[1:])
			gone(t, r, err)
			_, err = r.Create(t.Context(), persons(1 + n)[1:])
			gone(t, r, err)
		})
	}
}

// A label of cards, which is known to this connection, goes away there: whoever is to bear it is not refused for that.
func TestCardIsNotRefusedForALabelThatWentAway(t *testing.T) {
	for _, tt := range []struct {
		name string
		n    int
		bare bool
		want directory.Class
	}{
		{"one", 1, false, directory.Stale},
		{"a batch, whose cards are named", 2, false, directory.Gone},
		{"a batch, whose cards are not named", 2, true, directory.Stale},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, "Diapason", sandbox.PeopleParams{Assumptions: sandbox.PeopleAssumptions{BareBatches: tt.bare}})
			cards := persons(2 + tt.n)
			made := r.create(cards[:2]...)
			label := r.AddLabel(anne, "Clients")
			r.read("")
			r.RemoveLabel(anne, label)
			for i := range cards {
				cards[i].Card.Labels = []string{"Clients"}
			}
			receipts, err := r.Create(t.Context(), cards[2:])
			if err == nil {
				err = receipts[0].Err
			}
			if directory.Classify(err).Class != tt.want {
				t.Fatalf("%v", err)
			}
			r.create(cards[2:]...) // with the label, made again
			same(t, r.kept(r.probe(cards[2].Key).ID).Labels, []string{"Clients", "Diapason"})

			r.read("")
			r.RemoveLabel(anne, r.Labels(anne)["Clients"])
			r.now = r.now.Add(15 * time.Minute)
			r.read("")
			label = r.AddLabel(anne, "Clients")
			r.read("")
			r.RemoveLabel(anne, label)
			receipts, err = r.Update(t.Context(), []book.Update{changed(made[0].Entry, func(c *storage.Card) { c.Labels = []string{"Clients"} })})
			if err != nil || directory.Classify(receipts[0].Err).Class != directory.Gone {
				t.Fatalf("%v %+v", err, receipts)
			}
			r.update(changed(made[0].Entry, func(c *storage.Card) { c.Labels = []string{"Clients"} }))
			same(t, r.kept(made[0].Entry.ID).Labels, []string{"Clients", "Diapason"})
		})
	}
}

// probe finds the card of a key.
func (r *rig) probe(key string) book.Entry {
	r.t.Helper()
	found, err := r.Probe(r.t.Context(), []string{key})
	if err != nil || len(found) != 1 {
		r.t.Fatalf("%d cards of %s: %v", len(found), key, err)
	}
	return found[key]
}

// TestALabelThatCannotBeMadeTakesNoOtherOff has the list of labels hide the one that a card is to bear: making it is refused, because
// it is there. Taking the old one off all the same has emptied the labels of others.
func TestALabelThatCannotBeMadeTakesNoOtherOff(t *testing.T) {
	r := newRig(t, "Diapason", sandbox.PeopleParams{})
	r.AddLabel(anne, "Clients")
	r.AddLabel(anne, "Fidèles")
	made := r.create(book.New{Key: "k", Card: storage.Card{FamilyName: "Durand", Labels: []string{"Clients"}}})[0].Entry
	before := r.kept(made.ID).Labels
	r.Book = r.open("Diapason")
	r.Misbehave(sandbox.Fault{Kind: sandbox.EmptyList, Path: "/v1/contactGroups", Times: 99})
	writes := r.Writes(anne)
	_, err := r.Update(t.Context(), []book.Update{changed(made, func(c *storage.Card) { c.Labels = []string{"Fidèles"} })})
	if e := directory.Classify(err); err == nil || e.Problem.Code != "google.labels" {
		t.Errorf("%v", err)
	}
	same(t, r.kept(made.ID).Labels, before)
	if n := len(r.Labels(anne)); n != 3 || r.Writes(anne) != writes {
		t.Errorf("%d labels, %d writes", n, r.Writes(anne)-writes)
	}
	r.Behave()
	r.Book = r.open("Diapason")
	r.update(changed(made, func(c *storage.Card) { c.Labels = []string{"Fidèles"} }))
	same(t, r.kept(made.ID).Labels, []string{"Diapason", "Fidèles"})
}
