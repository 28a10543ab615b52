package google_test

import (
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/google"
	"diapason/sync/sandbox"
)

// anne is the account of these tests.
const anne = "anne@example.com"

// signed signs calls as sync/oauth's client does.
type signed struct {
	over  http.RoundTripper
	token string
}

func (s signed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+s.token)
	return s.over.RoundTrip(r)
}

// rig is an account at Google's emulator, with a clock of its own, and the connector to it.
type rig struct {
	*sandbox.People
	book.Book
	t   testing.TB
	now time.Time
}

func newRig(t testing.TB, label string, p sandbox.PeopleParams) *rig {
	t.Helper()
	r := &rig{t: t, now: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)}
	p.Now = func() time.Time { return r.now }
	r.People = sandbox.NewPeople(p)
	r.Book = r.open(label)
	t.Cleanup(func() {
		if v := r.Violations(anne); len(v) > 0 {
			t.Errorf("what the API asks not to do: %v", v)
		}
	})
	return r
}

// open makes a new connection, as the next start of the program does.
func (r *rig) open(label string) *google.Book { return r.paced(label, 0) }

// paced makes one that spends so much within a minute.
func (r *rig) paced(label string, units int) *google.Book {
	return r.connect(google.Params{Label: label, UnitsPerMinute: units}, nil)
}

// over makes one whose calls go through something on the way.
func (r *rig) over(way doubled, label string) *google.Book {
	return r.connect(google.Params{Label: label}, way.through)
}

func (r *rig) connect(p google.Params, through func(http.RoundTripper) http.RoundTripper) *google.Book {
	r.t.Helper()
	var way http.RoundTripper = signed{sandbox.Transport{Handler: r.People}, anne}
	if through != nil {
		way = through(way)
	}
	p.BaseURL, p.Client, p.Name, p.Now = "https://people.example", &http.Client{Transport: way}, anne, func() time.Time { return r.now }
	b, err := google.Open(p)
	if err != nil {
		r.t.Fatal(err)
	}
	return b
}

// requests counts the calls made so far.
func (r *rig) requests() int {
	n := 0
	for _, calls := range r.Calls(anne) {
		n += calls
	}
	return n
}

// read reads everything, or what changed since, to the end.
func (r *rig) read(since string) (entries []book.Entry, last book.Page) {
	r.t.Helper()
	c := book.Cursor{Since: since}
	for {
		page, err := r.Read(r.t.Context(), c)
		if err != nil {
			r.t.Fatal(err)
		}
		entries = append(entries, page.Entries...)
		if c.Page = page.Next; c.Page == "" {
			return entries, page
		}
	}
}

// one reads the only card there is.
func (r *rig) one() book.Entry {
	r.t.Helper()
	entries, _ := r.read("")
	if len(entries) != 1 {
		r.t.Fatalf("%d cards, want 1", len(entries))
	}
	return entries[0]
}

// create makes cards and wants all of them made.
func (r *rig) create(cards ...book.New) []book.Receipt {
	r.t.Helper()
	receipts, err := r.Create(r.t.Context(), cards)
	return r.made(receipts, err)
}

// update changes cards and wants all of them changed.
func (r *rig) update(cards ...book.Update) []book.Receipt {
	r.t.Helper()
	receipts, err := r.Update(r.t.Context(), cards)
	return r.made(receipts, err)
}

func (r *rig) made(receipts []book.Receipt, err error) []book.Receipt {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	for i, one := range receipts {
		if one.Err != nil {
			r.t.Fatalf("card %d: %v", i, one.Err)
		}
	}
	return receipts
}

// kept gives a contact as Google holds it.
func (r *rig) kept(name string) sandbox.PeopleContact {
	r.t.Helper()
	c, there := r.Contact(anne, name)
	if !there {
		r.t.Fatalf("%s is not there", name)
	}
	return c
}

// changed gives an update of a card.
func changed(e book.Entry, change func(c *storage.Card)) book.Update {
	card := e.Card.Clone()
	change(&card)
	return book.Update{Entry: e, Card: card, Key: e.Key}
}

// persons gives cards of as many invented persons.
func persons(n int) []book.New {
	cards := make([]book.New, n)
	for i := range cards {
		number := strconv.Itoa(i)
		cards[i] = book.New{Key: "key-" + number, Card: storage.Card{
			FamilyName: "Nom" + number, GivenName: "Prénom",
			Emails: []storage.CardValue{{Type: "work", Value: "p" + number + "@example.com"}},
			Phones: []storage.CardValue{{Type: "mobile", Value: "+33 6 39 98 " + number}},
		}}
	}
	return cards
}

// byID orders cards for comparison.
func byID(entries []book.Entry) map[string]book.Entry {
	all := map[string]book.Entry{}
	for _, e := range entries {
		all[e.ID] = e
	}
	return all
}

func same(t testing.TB, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
