package contacts_test

import (
	"net/http"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/contacts/google"
	"diapason/sync/sandbox"
)

// anne is the account at Google's emulator.
const anne = "anne@example.com"

// signed signs calls as sync/oauth's client does.
type signed struct{ over http.RoundTripper }

// RoundTrip makes one call with a token.
func (s signed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+anne)
	return s.over.RoundTrip(r)
}

// atGoogle is a rig whose account is at Google's emulator; other is another application of the same person.
func atGoogle(t *testing.T) (r *rig, people *sandbox.People, other *google.Book) {
	t.Helper()
	r = newRig(t)
	people = sandbox.NewPeople(sandbox.PeopleParams{Now: r.clock.Now})
	t.Cleanup(func() {
		if v := people.Violations(anne); len(v) > 0 {
			t.Errorf("what the API asks not to do: %v", v)
		}
	})
	connect := func(label string) *google.Book {
		b, err := google.Open(google.Params{
			BaseURL: "https://people.example", Client: &http.Client{Transport: signed{sandbox.Transport{Handler: people}}},
			Label: label, Name: anne, Now: r.clock.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	r.fields = fieldmap.Google
	r.open = func(*storage.Account) (book.Book, error) { return connect("Diapason"), nil }
	r.restart()
	return r, people, connect("")
}

// shown reads what stands at Google, by family name.
func shown(t *testing.T, b book.Book) map[string]book.Entry {
	t.Helper()
	all := map[string]book.Entry{}
	for c := (book.Cursor{}); ; {
		page, err := b.Read(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Entries {
			all[e.Card.FamilyName] = e
		}
		if c.Page = page.Next; c.Page == "" {
			return all
		}
	}
}

func requests(p *sandbox.People) (n int) {
	for _, calls := range p.Calls(anne) {
		n += calls
	}
	return n
}

func TestGoogleIsKeptInTuneThroughEditsDeletionsCrashesAndAnExpiredToken(t *testing.T) {
	t.Parallel()
	r, people, other := atGoogle(t)
	for i := range 120 {
		c := person(i)
		c.Organization, c.Phones = "Lumen", []storage.CardValue{{Type: storage.TypeProfessionalMobile, Value: "+33612345678"}}
		r.save(c)
	}
	r.syncOK()
	cards := shown(t, other)
	seven := cards["Morel0007"].Card
	if len(cards) != 120 || len(seven.Values("phone.main")) != 1 || seven.Organization != "Lumen" {
		t.Fatalf("%d cards; %+v", len(cards), seven)
	}
	r.clock.now = r.clock.now.Add(time.Hour)
	r.still()

	// Somebody edits two cards there and deletes one; here one is edited, one goes to the trash, one comes.
	write := func(name string, f func(*storage.Card)) {
		e := shown(t, other)[name]
		card := e.Card.Clone()
		f(&card)
		receipts, err := other.Update(t.Context(), []book.Update{{Entry: e, Card: card}})
		if err != nil || receipts[0].Err != nil {
			t.Fatal(err, receipts)
		}
	}
	write("Morel0001", func(c *storage.Card) { c.Nickname = "Zo" })
	write("Morel0002", func(c *storage.Card) { c.SetValues("phone.home", []string{"+33142888985"}) })
	gone := shown(t, other)["Morel0003"]
	if receipts, err := other.Delete(t.Context(), []book.Entry{gone}); err != nil || receipts[0].Err != nil {
		t.Fatal(err, receipts)
	}
	here := map[string]*storage.Contact{}
	for _, c := range r.all() {
		here[c.FamilyName] = c
	}
	r.edit(here["Morel0002"].ID, func(c *storage.Card) { c.Title = "Directrice" })
	r.trash(here["Morel0004"].ID)
	r.save(person(500))
	r.clock.now = r.clock.now.Add(time.Hour)
	r.syncOK()
	cards = shown(t, other)
	c := r.contact(here["Morel0002"].ID)
	if r.contact(here["Morel0001"].ID).Nickname != "Zo" || c.Title != "Directrice" || len(c.Values("phone.personal")) != 1 {
		t.Errorf("here: %+v", c.Card)
	}
	if r.contact(here["Morel0003"].ID).TrashedAt.IsZero() || cards["Morel0002"].Card.Title != "Directrice" {
		t.Error("a deletion there, or an edit here, did not travel")
	}
	if _, stands := cards["Morel0004"]; stands || len(cards) != 119 {
		t.Errorf("%d cards", len(cards))
	}
	r.still()

	// The token of the reading expires after seven days: everything is read again, and nobody is there twice.
	r.clock.now = r.clock.now.Add(8 * 24 * time.Hour)
	r.still()
	if n := len(shown(t, other)); n != 119 || len(r.living()) != 119 {
		t.Errorf("%d cards, %d contacts", n, len(r.living()))
	}

	// A pass without changes is one request, shortly after another one.
	if run := r.sync(); run.Totals.Total != 0 {
		t.Errorf("%+v", run.Totals)
	}
	before := requests(people)
	if run := r.sync(); run.Totals.Total != 0 || requests(people) != before+1 {
		t.Errorf("%d requests, %+v", requests(people)-before, run.Totals)
	}
}

// Google's limits count calls, not contacts: a thousand go in five batches, and none of them is refused for its rate.
func TestAThousandNewContactsTakeTheFewestCallsThatGoogleAllows(t *testing.T) {
	t.Parallel()
	r, people, _ := atGoogle(t)
	people.Limit(sandbox.ObservedPeopleLimits)
	r.open = func(*storage.Account) (book.Book, error) {
		return google.Open(google.Params{
			BaseURL: "https://people.example", Client: &http.Client{Transport: signed{sandbox.Transport{Handler: people}}},
			Label: "Diapason", Name: anne, Now: r.clock.Now, UnitsPerMinute: google.UnitsPerMinute,
		})
	}
	r.restart()
	for i := range 1000 {
		r.save(person(i))
	}
	run := r.syncOK()
	if n, late := people.Calls(anne)["POST people:batchCreateContacts"], people.Throttled(anne); n != 5 || late != 0 {
		t.Errorf("%d calls created a thousand contacts, %d were refused for their rate", n, late)
	}
	if len(run.Pass.Batches) != 5 || run.Pass.Written != 1000 { // each is a checkpoint
		t.Errorf("%+v", run.Pass)
	}
	r.still()
}

func TestAnAnswerLostByGoogleCreatesNobodyTwice(t *testing.T) {
	t.Parallel()
	r, people, other := atGoogle(t)
	for i := range 10 {
		r.save(person(i))
	}
	people.Misbehave(sandbox.Fault{Kind: sandbox.ApplyThen500, Path: "/v1/people:batchCreateContacts"})
	r.syncOK()
	if n := len(shown(t, other)); n != 10 {
		t.Errorf("%d cards of 10 contacts", n)
	}
	r.syncOK()
	r.still()
}
