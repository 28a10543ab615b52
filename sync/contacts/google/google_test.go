package google_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

// whole is a card with everything that a card can say.
var whole = storage.Card{
	FamilyName: "Durand", GivenName: "Zoé", MiddleName: "Anne", Prefix: "Dr", Suffix: "fils", Nickname: "Zou",
	Organization: "Hôtel du Port", Title: "Directrice",
	Emails: []storage.CardValue{{Type: "home", Value: "zoe@example.com"}, {Type: "work", Value: "z.durand@example.org"}},
	Phones: []storage.CardValue{{Type: "main", Value: "+33 2 99 00 00 01"}, {Type: "Standard de nuit", Value: "02 99 00 00 02"}},
	Addresses: []storage.CardAddress{{
		Type: "home", Street: "1 quai des Indes\nBâtiment B", Extended: "3e étage", POBox: "BP 12", PostalCode: "56100",
		City: "Lorient", Region: "Bretagne", Country: "France",
	}},
	Links: []storage.CardValue{{Type: "homePage", Value: "https://durand.example"}}, Birthday: "--02-29", Note: "Allergie : arachide\nVient à 9 h",
	Labels: []string{"Clients", "Fidèles"},
}

// anyOrder compares the lists of cards in whatever order: Google keeps none.
var anyOrder = cmp.Options{
	cmpopts.SortSlices(func(a, b storage.CardValue) bool { return a.Value < b.Value }),
	cmpopts.SortSlices(func(a, b storage.CardAddress) bool { return a.City < b.City }),
}

func TestCardSaysTheSameAtGoogle(t *testing.T) {
	r := newRig(t, "Diapason", sandbox.PeopleParams{})
	receipt := r.create(book.New{Key: "k1", Card: whole})[0]
	for about, e := range map[string]book.Entry{"the answer": receipt.Entry, "a reading": r.one()} {
		if diff := cmp.Diff(whole, e.Card, anyOrder); diff != "" {
			t.Errorf("%s: %s", about, diff)
		}
		if e.Key != "k1" || !e.InScope || e.ETag == "" || !e.At.Equal(r.now) || e.ID != receipt.Entry.ID {
			t.Errorf("%s: %+v", about, e)
		}
	}
	same(t, r.kept(receipt.Entry.ID).Labels, []string{"Clients", "Diapason", "Fidèles"})
	if n := r.Created(anne, "k1"); n != 1 {
		t.Errorf("created %d times", n)
	}
}

func TestReadingShowsValuesInOneOrderWhateverGoogleSays(t *testing.T) {
	r := newRig(t, "*", sandbox.PeopleParams{})
	name := r.Add(anne, `{"emailAddresses":[{"value":"m@example.com"},{"value":"a@example.com"},{"value":"z@example.com"}]}`)
	for _, note := range []string{"1", "2", "3"} { // each version of the card is told in another order
		r.Edit(anne, name, `{"biographies":[{"value":"`+note+`"}]}`)
		var got []string
		for _, v := range r.one().Card.Emails {
			got = append(got, v.Value)
		}
		same(t, got, []string{"m@example.com", "a@example.com", "z@example.com"}) // the primary one first
	}
}

func TestUpdateWritesWhatChangedAndCarriesTheRestThrough(t *testing.T) {
	r := newRig(t, "*", sandbox.PeopleParams{})
	name := r.Add(anne, `{
		"names":[{"familyName":"Durand","phoneticFamilyName":"Duran"}],
		"emailAddresses":[{"value":"a@example.com","type":"home","displayName":"Zoé D."},{"value":"b@example.com","type":"work"}],
		"urls":[{"value":"example.com/sans-https"},{"value":"https://vieux.example","type":"blog"}],
		"nicknames":[{"value":"Zou"},{"value":"Petit nom","type":"MAIDEN_NAME"}],
		"organizations":[{"name":"Port","department":"Ventes"}],
		"addresses":[{"formattedValue":"quelque part"},{"streetAddress":"1 rue A","countryCode":"FR"}],
		"userDefined":[{"key":"k","value":"v"}],
		"clientData":[{"key":"csync-uid","value":"other"}],
		"relations":[{"person":"Bruno","type":"spouse"}]}`)
	e := r.one()
	got := r.update(book.Update{Entry: e, Key: "k1", Card: func() storage.Card {
		c := e.Card.Clone()
		c.GivenName = "Zoé"
		c.Emails = append(c.Emails[:1], storage.CardValue{Type: "other", Value: "c@example.com"})
		c.Links = nil
		c.Nickname = "Zouzou"
		c.Title = "Directrice"
		c.Addresses = append(c.Addresses, storage.CardAddress{Type: "work", City: "Brest"})
		return c
	}()})[0]
	want := map[string][]map[string]any{
		"names": {{"familyName": "Durand", "givenName": "Zoé", "phoneticFamilyName": "Duran"}},
		"emailAddresses": {
			{"value": "a@example.com", "type": "home", "displayName": "Zoé D."}, {"value": "c@example.com", "type": "other"},
		},
		"urls":          {{"value": "example.com/sans-https"}},
		"nicknames":     {{"value": "Zouzou"}, {"value": "Petit nom", "type": "MAIDEN_NAME"}},
		"organizations": {{"name": "Port", "department": "Ventes", "title": "Directrice"}},
		"addresses": {
			{"formattedValue": "quelque part"},
			{"streetAddress": "1 rue A", "countryCode": "FR", "formattedValue": "1 rue A"},
			{"type": "work", "city": "Brest"},
		},
		"userDefined": {{"key": "k", "value": "v"}},
		"clientData":  {{"key": "csync-uid", "value": "other"}, {"key": "diapason.contact", "value": "k1"}},
		"relations":   {{"person": "Bruno", "type": "spouse"}},
		"memberships": {{"contactGroupMembership": map[string]any{"contactGroupResourceName": "contactGroups/myContacts"}}},
	}
	sorted := cmpopts.SortSlices(func(a, b map[string]any) bool { return fmt.Sprint(a) < fmt.Sprint(b) })
	if diff := cmp.Diff(want, r.kept(name).Values, sorted); diff != "" {
		t.Error(diff)
	}
	// The next update follows from the answer to this one, without another reading.
	r.update(changed(got.Entry, func(c *storage.Card) { c.FamilyName, c.Nickname = "Dupont", "" }))
	if c := r.kept(name); c.First("names", "familyName") != "Dupont" || len(c.Values["nicknames"]) != 1 {
		t.Errorf("%v", c.Values)
	}
}

func TestUpdateThatChangesNothingIsNoCall(t *testing.T) {
	r := newRig(t, "*", sandbox.PeopleParams{})
	r.Add(anne, `{"phoneNumbers":[{"value":"1"},{"value":"2"}]}`)
	e := r.one()
	before := r.requests()
	r.update(changed(e, func(c *storage.Card) { slices.Reverse(c.Phones) }))
	if n := r.requests() - before; n != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestOrganisationWithDatesIsLeftAloneAndSaid(t *testing.T) {
	r := newRig(t, "*", sandbox.PeopleParams{})
	name := r.Add(anne, `{"names":[{"familyName":"Durand"}],"organizations":[{"name":"Port","startDate":{"year":2019}}]}`)
	receipt := r.update(changed(r.one(), func(c *storage.Card) { c.Organization, c.GivenName = "Gare", "Zoé" }))[0]
	if receipt.Left == nil || receipt.Left.Code != "google.organizationDates" {
		t.Fatalf("%+v", receipt)
	}
	c := r.kept(name)
	if c.First("names", "givenName") != "Zoé" || c.First("organizations", "name") != "Port" || c.Values["organizations"][0]["startDate"] == nil {
		t.Errorf("%v", c.Values)
	}
}

func TestCardWithMorePhonesThanListsShowKeepsThem(t *testing.T) {
	r := newRig(t, "*", sandbox.PeopleParams{})
	numbers := strings.Repeat(`{"value":"+33 1"},`, 99)
	name := r.Add(anne, `{"names":[{"familyName":"Standard"}],"phoneNumbers":[`+numbers+`{"value":"+33 2"}]}`)
	receipt := r.update(changed(r.one(), func(c *storage.Card) { c.Phones = c.Phones[:1] }))[0]
	if receipt.Left == nil || receipt.Left.Code != "google.manyValues" || len(r.kept(name).Values["phoneNumbers"]) != 100 {
		t.Fatalf("%+v", receipt.Left)
	}
}

func TestOneStaleCardDoesNotStopTheOthers(t *testing.T) {
	for about, assume := range map[string]sandbox.PeopleAssumptions{
		"refused whole, who is named":     {},
		"refused whole, who is not named": {BareBatches: true},
		"refused in part":                 {PartialBatches: true, BareBatches: true},
		"refused with 403":                {StaleStatus: 403},
	} {
		t.Run(about, func(t *testing.T) {
			r := newRig(t, "*", sandbox.PeopleParams{Assumptions: assume})
			for i := range 9 {
				r.Add(anne, fmt.Sprintf(`{"names":[{"familyName":"N%d"}]}`, i))
			}
			entries, _ := r.read("")
			r.Edit(anne, entries[4].ID, `{"biographies":[{"value":"entre-temps"}]}`)
			r.Remove(anne, entries[7].ID)
			var updates []book.Update
			for _, e := range entries {
				updates = append(updates, changed(e, func(c *storage.Card) { c.GivenName = "Zoé" }))
			}
			receipts, err := r.Update(t.Context(), updates)
			if err != nil {
				t.Fatal(err)
			}
			for i, receipt := range receipts {
				switch i {
				case 4:
					if !errors.Is(receipt.Err, book.ErrChanged) || r.Effects(anne, entries[i].ID) != 0 {
						t.Errorf("stale: %v", receipt.Err)
					}
				case 7:
					if directory.Classify(receipt.Err).Class != directory.Gone {
						t.Errorf("gone: %v", receipt.Err)
					}
				default:
					if receipt.Err != nil || receipt.Entry.Card.GivenName != "Zoé" || r.Effects(anne, entries[i].ID) != 1 {
						t.Errorf("%d: %v, %d effects", i, receipt.Err, r.Effects(anne, entries[i].ID))
					}
				}
			}
		})
	}
}

// doubled is a way to Google on which a value becomes two.
type doubled string

func (d doubled) through(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Body == nil {
			return next.RoundTrip(r)
		}
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		raw = bytes.ReplaceAll(raw, []byte(d), []byte(string(d)+","+string(d)))
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
		return next.RoundTrip(r)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRefusedCreationsAreSentAgainOnlyWhenNothingIsDoubtful(t *testing.T) {
	bad := book.New{Key: "bad", Card: storage.Card{FamilyName: "Mauvais", Note: "deux"}}
	for about, c := range map[string]struct {
		assume sandbox.PeopleAssumptions
		whole  bool
	}{
		"who is named":     {sandbox.PeopleAssumptions{}, false},
		"written in part":  {sandbox.PeopleAssumptions{PartialBatches: true}, false},
		"who is not named": {sandbox.PeopleAssumptions{BareBatches: true}, true},
	} {
		t.Run(about, func(t *testing.T) {
			r := newRig(t, "*", sandbox.PeopleParams{Assumptions: c.assume})
			r.Book = r.over(doubled(`{"value":"deux"}`), "*") // one note is allowed
			receipts, err := r.Create(t.Context(), append(persons(3), bad))
			if c.whole {
				if directory.Classify(err).Class != directory.Refused {
					t.Fatalf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for i, receipt := range receipts {
				want := directory.Ambiguous
				if i == 3 {
					want = directory.Refused
				}
				if got := directory.Classify(receipt.Err).Class; receipt.Err == nil || got != want {
					t.Errorf("%d: %v", i, receipt.Err)
				}
			}
			found, err := r.Probe(t.Context(), []string{"key-0", "key-1", "key-2", "bad"})
			if err != nil || len(found) != len(r.Contacts(anne)) {
				t.Errorf("%d found, %d there: %v", len(found), len(r.Contacts(anne)), err)
			}
		})
	}
}

func TestEmptyCardIsRefusedHere(t *testing.T) {
	r := newRig(t, "*", sandbox.PeopleParams{})
	receipts, err := r.Create(t.Context(), []book.New{{Key: "k"}})
	if err != nil || directory.Classify(receipts[0].Err).Problem.Code != "google.empty" || len(r.Contacts(anne)) != 0 {
		t.Errorf("%v %v", receipts, err)
	}
}

func TestReadingWithoutChangeIsOneCallAndTenChangesAreThreeAtMost(t *testing.T) {
	r := newRig(t, "Diapason", sandbox.PeopleParams{})
	r.create(persons(200)...)
	entries, page := r.read("")
	if !page.Whole || page.Total != 200 || len(entries) != 200 || !page.ServerTime.Equal(r.now) {
		t.Fatalf("%d entries, %+v", len(entries), page)
	}
	r.Book = r.open("Diapason")
	before := r.requests()
	none, next := r.read(page.State)
	if n := r.requests() - before; n != 1 || len(none) != 0 || next.Whole || next.Total != -1 {
		t.Errorf("%d calls, %d entries, %+v", n, len(none), next)
	}
	for _, e := range entries[:10] {
		r.Edit(anne, e.ID, `{"biographies":[{"value":"vu"}]}`)
	}
	before = r.requests()
	ten, _ := r.read(next.State)
	if n := r.requests() - before; n > 2 || len(ten) != 10 || !ten[0].InScope {
		t.Errorf("%d calls, %d entries", n, len(ten))
	}
	before = r.requests()
	var updates []book.Update
	for _, e := range ten {
		updates = append(updates, changed(e, func(c *storage.Card) { c.Note = "revu" }))
	}
	r.update(updates...)
	if n := r.requests() - before; n != 1 {
		t.Errorf("%d calls", n)
	}
}

func TestExpiredStateAsksForAFullReading(t *testing.T) {
	for _, word := range []string{"INVALID_ARGUMENT", "FAILED_PRECONDITION"} {
		r := newRig(t, "Diapason", sandbox.PeopleParams{Assumptions: sandbox.PeopleAssumptions{ExpiredWord: word}})
		r.create(persons(3)...)
		_, page := r.read("")
		r.now = r.now.Add(8 * 24 * time.Hour)
		for about, since := range map[string]string{"too old": page.State, "of another version of the program": `{"token":"x","fields":"names"}`, "nonsense": "x"} {
			if _, err := r.Read(t.Context(), book.Cursor{Since: since}); !errors.Is(err, book.ErrExpired) {
				t.Errorf("%s: %v", about, err)
			}
		}
		if entries, _ := r.read(""); len(entries) != 3 {
			t.Errorf("%d cards", len(entries))
		}
	}
}

func TestReadingTellsDeletionsNewNamesAndOurEchoes(t *testing.T) {
	r := newRig(t, "*", sandbox.PeopleParams{Assumptions: sandbox.PeopleAssumptions{Lag: 5 * time.Minute}})
	r.create(persons(4)...)
	r.now = r.now.Add(5 * time.Minute)
	entries, page := r.read("")
	written := r.update(changed(entries[0], func(c *storage.Card) { c.Note = "nôtre" }))[0].Entry
	r.Remove(anne, entries[1].ID)
	renamed := r.Rename(anne, entries[2].ID)
	early, page := r.read(page.State)
	if len(early) != 0 {
		t.Fatalf("shown at once: %v", early)
	}
	r.now = r.now.Add(5 * time.Minute)
	late, _ := r.read(page.State)
	all := byID(late)
	if echo := all[written.ID]; echo.ETag != written.ETag || !cmp.Equal(echo.Card, written.Card) {
		t.Errorf("the echo is not what we wrote: %+v", echo)
	}
	if !all[entries[1].ID].Deleted || !slices.Equal(all[renamed].Former, []string{entries[2].ID}) || len(late) != 3 {
		t.Errorf("%+v", late)
	}
	got, err := r.Get(t.Context(), []string{entries[2].ID, entries[1].ID, written.ID})
	if err != nil || got[0].ID != renamed || !slices.Equal(got[0].Former, []string{entries[2].ID}) || !got[1].Deleted || got[2].ETag != written.ETag {
		t.Errorf("%v %+v", err, got)
	}
	// A card is still found, written and deleted by a name that it had.
	r.update(changed(entries[3], func(c *storage.Card) { c.Note = "vu" }))
	receipts, err := r.Delete(t.Context(), entries)
	r.made(receipts, err)
	if n := len(r.Contacts(anne)); n != 0 {
		t.Errorf("%d contacts left", n)
	}
}

func TestProfileOfAPersonIsNotTheContacts(t *testing.T) {
	r := newRig(t, "*", sandbox.PeopleParams{Assumptions: sandbox.PeopleAssumptions{EmailShown: true}})
	id, err := r.Identity(t.Context())
	if err != nil || !strings.HasPrefix(id.ID, "people/") || id.Name != anne {
		t.Errorf("%+v %v", id, err)
	}
	r.Assume(func(a *sandbox.PeopleAssumptions) { a.EmailShown = false })
	other, err := r.Identity(t.Context())
	if err != nil || other.ID != id.ID || other.Name != anne {
		t.Errorf("%+v %v", other, err)
	}
}
