// Package booktest is the conformance suite that every address book passes, against the real service or its strict
// emulator. A book's own tests call Run with a Rig: the book, and another application of the same person beside it.
//
// It is part of tests only, and says nothing of how fast a book is or what it does when its service fails.
package booktest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/contacts/book"
)

// Label is the label of the accounts that are tested.
const Label = "Diapason"

// Rig is an empty address book.
type Rig struct {
	// Open opens it for an account with a label; "*": all cards. Each book is as after a new start of the program.
	Open func(t *testing.T, label string) book.Book
	// Outside is another application at the same address book.
	Outside Outside
	// Writes counts the cards written and deleted there so far, by anybody.
	Writes func(t *testing.T) int
	// Expire makes the states of earlier readings too old, once something changes; nil where they never are.
	Expire func(t *testing.T)
	// Page is how many cards one page has at most; 0: 1000.
	Page int
	// Fill puts n cards there at once; nil: Outside adds them one by one.
	Fill func(t *testing.T, n int)
	// Settle lets pass what the service takes to show what was written; nil: nothing.
	Settle func(t *testing.T)
	// Phone, Email, Address and Link are two types of each family that the book knows.
	Phone, Email, Address, Link [2]string
	// DeletesObeyETag tells that a card that changed is not deleted.
	DeletesObeyETag bool
}

// Outside acts as another application.
type Outside interface {
	// Add creates a card with a family name and something that is not ours, under no label, and gives its id.
	Add(t *testing.T, familyName string) string
	// Rename changes its family name, and nothing else.
	Rename(t *testing.T, id, familyName string)
	Delete(t *testing.T, id string)
	// Label puts a label on it, or takes it away.
	Label(t *testing.T, id, label string, on bool)
	// FamilyName reads it, "" when it is gone; Foreign reads what is not ours.
	FamilyName(t *testing.T, id string) string
	Foreign(t *testing.T, id string) string
}

// Run runs the suite; open gives a new empty address book each time.
func Run(t *testing.T, open func(t *testing.T) Rig) {
	for _, c := range []struct {
		name string
		test func(*bench)
	}{
		{"CreatedCardsAreReadAsTheyWereWritten", created},
		{"AReadingComesInPagesAndIsWhole", pages},
		{"AReadingSinceAnEarlierOneGivesWhatChanged", since},
		{"AStateThatExpiredIsSaid", expired},
		{"AnUpdateWritesWhatDiffersAndCarriesTheRestThrough", updated},
		{"AFieldIsEmptied", emptied},
		{"NothingIsWrittenWhenNothingDiffers", unchanged},
		{"ACardThatChangedThereIsNotOverwritten", stale},
		{"ACardIsDeletedOnce", deleted},
		{"ACardThatIsGoneIsToldApart", gone},
		{"CreationsAreFoundByOurKey", probed},
		{"OnlyTheCardsOfTheLabelAreInScope", scoped},
		{"AnUpdateGivesACardOurKey", keyed},
		{"TheIdentityIsTheBooksOwn", identified},
	} {
		t.Run(c.name, func(t *testing.T) {
			rig := open(t)
			c.test(&bench{T: t, Rig: rig, book: rig.Open(t, Label)})
		})
	}
}

type bench struct {
	*testing.T
	Rig
	book book.Book
}

func (b *bench) settle() {
	if b.Settle != nil {
		b.Settle(b.T)
	}
}

// full is a card with everything that a book may keep.
func (b *bench) full(name string) storage.Card {
	return storage.Card{
		FamilyName: name, GivenName: "Zoé", MiddleName: "Anne", Prefix: "Dr", Suffix: "Jr.", Nickname: "Zaza",
		Organization: "Parc; fils, & cie", Title: "Directrice", Birthday: "1980-02-29", Note: "Une ligne\net, une autre",
		Emails:    []storage.CardValue{{Type: b.Email[0], Value: "zoe@example.com"}, {Type: b.Email[1], Value: "zoe@parc.example"}},
		Phones:    []storage.CardValue{{Type: b.Phone[0], Value: "+33 1 23 45 67 89"}, {Type: b.Phone[1], Value: "+33 6 12 34 56 78"}},
		Links:     []storage.CardValue{{Type: b.Link[0], Value: "https://example.com/zoe"}},
		Addresses: []storage.CardAddress{{Type: b.Address[0], Street: "1, rue du Parc", PostalCode: "69001", City: "Lyon", Country: "France"}},
		Labels:    []string{"Amis", "Clients"},
	}
}

// same compares cards without what the book cannot keep.
func (b *bench) same(what string, want, got storage.Card) {
	b.Helper()
	want, got = want.Clone(), got.Clone()
	for _, f := range b.book.Capabilities().Lacks {
		for _, c := range []*storage.Card{&want, &got} {
			for _, has := range storage.CardFields(c) {
				if family, _ := has.Family(); family == f || has == f {
					c.SetValues(has, nil)
				}
			}
		}
	}
	slices.Sort(want.Labels)
	slices.Sort(got.Labels)
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("%s (-wanted +got): %s", what, diff)
	}
}

// create creates cards and expects them to stand.
func (b *bench) create(keys []string, card func(i int) storage.Card) []book.Entry {
	b.Helper()
	cards := make([]book.New, len(keys))
	for i, key := range keys {
		cards[i] = book.New{Key: key, Card: card(i)}
	}
	var entries []book.Entry
	for some := range slices.Chunk(cards, b.book.Capabilities().CreateMax) {
		receipts, err := b.book.Create(b.Context(), some)
		entries = append(entries, b.stands(len(some), receipts, err)...)
	}
	return entries
}

// stands expects receipts without errors.
func (b *bench) stands(n int, receipts []book.Receipt, err error) []book.Entry {
	b.Helper()
	if err != nil || len(receipts) != n {
		b.Fatalf("%d receipts for %d cards, %v", len(receipts), n, err)
	}
	entries := make([]book.Entry, n)
	for i, r := range receipts {
		if r.Err != nil || r.Entry.ID == "" {
			b.Fatalf("card %d: %+v", i, r)
		}
		entries[i] = r.Entry
	}
	b.settle()
	return entries
}

func (b *bench) update(u book.Update) book.Entry {
	b.Helper()
	receipts, err := b.book.Update(b.Context(), []book.Update{u})
	return b.stands(1, receipts, err)[0]
}

// reading is a whole run through the pages.
type reading struct {
	entries map[string]book.Entry
	pages   int
	whole   bool
	state   string
}

// tryRead reads all pages since a state.
func (b *bench) tryRead(from book.Book, state string) (reading, error) {
	b.Helper()
	all := reading{entries: map[string]book.Entry{}}
	for c := (book.Cursor{Since: state}); ; {
		page, err := from.Read(b.Context(), c)
		if err != nil {
			return all, err
		}
		if all.pages++; all.pages > 1 && page.Whole != all.whole {
			b.Fatal("one reading is whole and not whole")
		}
		all.whole = page.Whole
		for _, e := range page.Entries {
			if _, twice := all.entries[e.ID]; twice || e.ID == "" {
				b.Fatalf("%q comes twice in a reading, or has no id", e.ID)
			}
			all.entries[e.ID] = e
		}
		if page.Next == "" {
			all.state = page.State
			return all, nil
		}
		c.Page = page.Next
	}
}

func (b *bench) read(from book.Book, state string) reading {
	b.Helper()
	all, err := b.tryRead(from, state)
	if err != nil {
		b.Fatal(err)
	}
	return all
}

// get re-reads one card.
func (b *bench) get(id string) book.Entry {
	b.Helper()
	entries, err := b.book.Get(b.Context(), []string{id})
	if err != nil || len(entries) != 1 || entries[0].ID != id {
		b.Fatalf("%+v, %v", entries, err)
	}
	return entries[0]
}

func keys(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("01890a5d-ac96-774b-bcce-b302099a%04d", i)
	}
	return list
}
