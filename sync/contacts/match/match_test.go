package match_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/match"
)

// people is a look-up over a few contacts.
type people map[string]*storage.Contact

func (p people) Contact(id string) (*storage.Contact, error) {
	if c, there := p[id]; there {
		return c, nil
	}
	return nil, storage.ErrNotFound
}

func (p people) find(is func(*storage.Contact) bool) []string {
	var ids []string
	for id, c := range p {
		if c.TrashedAt.IsZero() && is(c) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (p people) ContactIDsByEmail(key string) ([]string, error) {
	return p.find(func(c *storage.Contact) bool {
		return slices.ContainsFunc(c.Emails, func(v storage.CardValue) bool { return storage.EmailKey(v.Value) == key })
	}), nil
}

func (p people) ContactIDsByMobile(e164 string) ([]string, error) {
	return p.find(func(c *storage.Contact) bool {
		return slices.ContainsFunc(c.Phones, func(v storage.CardValue) bool {
			key, mobile := storage.MobileKey(v.Value, storage.PhoneRegion)
			return mobile && key == e164
		})
	}), nil
}

func contact(id, given, family, email, phone string) *storage.Contact {
	c := &storage.Contact{ID: id, Card: storage.Card{GivenName: given, FamilyName: family}}
	if email != "" {
		c.Emails = []storage.CardValue{{Type: storage.TypeProfessional, Value: email}}
	}
	if phone != "" {
		c.Phones = []storage.CardValue{{Type: storage.TypePersonalMobile, Value: phone}}
	}
	return c
}

func entry(id string, c *storage.Contact) book.Entry { return book.Entry{ID: id, Card: c.Card} }

func TestACardIsRecognisedOrAskedAboutAndNeverGuessed(t *testing.T) {
	here := people{
		"zoe":    contact("zoe", "Zo\u00e9", "Morel", "zoe@lumen.test", "06 12 34 56 78"),
		"ali":    contact("ali", "Ali", "Ben Salah", "info@lumen.test", "06 11 11 11 11"),
		"lea":    contact("lea", "L\u00e9a", "Petit", "info@lumen.test", "06 22 22 22 22"),
		"max":    contact("max", "Max", "Roux", "", "06 22 22 22 22"),
		"shared": contact("shared", "Hugo", "Blanc", "", "01 42 88 89 85"),
		"tied":   contact("tied", "Ines", "Noir", "ines@lumen.test", ""),
	}
	keyed := entry("r", contact("", "Other", "Name", "", ""))
	keyed.Key = "max"
	foreign := entry("r", contact("", "Nouvelle", "Personne", "", ""))
	foreign.Key = "not ours"
	cases := map[string]struct {
		card book.Entry
		want match.Result
	}{
		"our own key":                        {keyed, match.Result{ContactID: "max", By: match.ByKey}},
		"a key that is nobody's":             {foreign, match.Result{}},
		"one e-mail, in other capitals":      {entry("r", contact("", "Z.", "M", " ZOE@lumen.test", "")), match.Result{ContactID: "zoe", By: match.ByEmail}},
		"an e-mail that two share":           {entry("r", contact("", "Ali", "Ben Salah", "info@lumen.test", "")), match.Result{Candidates: []string{"ali", "lea"}, Why: match.SeveralEmails}},
		"one mobile and a compatible name":   {entry("r", contact("", "Z.", "Morel", "", "+33 6 12 34 56 78")), match.Result{ContactID: "zoe", By: match.ByMobile}},
		"one mobile and another name":        {entry("r", contact("", "Paul", "Durand", "", "+33612345678")), match.Result{Candidates: []string{"zoe"}, Why: match.OtherName}},
		"a mobile of two, one name fits":     {entry("r", contact("", "L\u00e9a", "Petit", "", "0622222222")), match.Result{ContactID: "lea", By: match.ByMobile}},
		"a mobile of two, no name to choose": {entry("r", contact("", "", "", "", "0622222222")), match.Result{Candidates: []string{"lea", "max"}, Why: match.SeveralMobiles}},
		"a landline, which several share":    {entry("r", contact("", "Hugo", "Blanc", "", "01 42 88 89 85")), match.Result{}},
		"the same name and nothing else":     {entry("r", contact("", "Zo\u00e9", "Morel", "", "")), match.Result{}},
		"somebody tied to another card":      {entry("r", contact("", "Ines", "Noir", "ines@lumen.test", "")), match.Result{Candidates: []string{"tied"}, Why: match.LinkedAlready}},
		"the card that it is tied to":        {entry("other", contact("", "Ines", "Noir", "ines@lumen.test", "")), match.Result{ContactID: "tied", By: match.ByEmail}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := match.Find([]book.Entry{c.card}, match.Params{Lookup: here, Linked: func(id string) (string, error) {
				return map[string]string{"tied": "other"}[id], nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]match.Result{c.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOfTwoCardsOnlyTheCertainOneIsTied(t *testing.T) {
	here := people{"zoe": contact("zoe", "Zo\u00e9", "Morel", "zoe@lumen.test", "")}
	params := match.Params{Lookup: here, Linked: func(string) (string, error) { return "", nil }}
	find := func(cards ...book.Entry) []match.Result {
		t.Helper()
		results, err := match.Find(cards, params)
		if err != nil {
			t.Fatal(err)
		}
		return results
	}
	named, other := entry("1", contact("", "ZOE", "MOREL", "zoe@lumen.test", "")), entry("2", contact("", "Accueil", "", "zoe@lumen.test", ""))
	asked := match.Result{Candidates: []string{"zoe"}, Why: match.SeveralCards}
	if diff := cmp.Diff([]match.Result{asked, {ContactID: "zoe", By: match.ByEmail}}, find(other, named)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]match.Result{asked, asked}, find(named, named)); diff != "" {
		t.Error(diff)
	}
	keyed := other
	keyed.Key = "zoe"
	if diff := cmp.Diff([]match.Result{{ContactID: "zoe", By: match.ByKey}, asked}, find(keyed, named)); diff != "" {
		t.Error(diff)
	}
}

// counting counts what a look-up reads.
type counting struct {
	people
	byMobile, byEmail []string
	read              int
}

func (c *counting) Contact(id string) (*storage.Contact, error) {
	c.read++
	return c.people.Contact(id)
}

func (c *counting) ContactIDsByMobile(string) ([]string, error) {
	c.read += len(c.byMobile)
	return slices.Clone(c.byMobile), nil
}

func (c *counting) ContactIDsByEmail(string) ([]string, error) {
	c.read += len(c.byEmail)
	return slices.Clone(c.byEmail), nil
}

// TestAValueThatThousandsShareIsAskedAboutInATimeThatGrowsWithThem counts what is read, for as many contacts as cards.
func TestAValueThatThousandsShareIsAskedAboutInATimeThatGrowsWithThem(t *testing.T) {
	for _, shared := range []string{"mobile", "email"} {
		var before int
		for _, n := range []int{1000, 2000, 4000} {
			here := &counting{people: people{}}
			var cards []book.Entry
			for i := range n {
				email, phone := "", "06 12 34 56 78"
				if shared == "email" {
					email, phone = "info@lumen.test", ""
				}
				c := contact(fmt.Sprintf("c%04d", i), fmt.Sprint("Zo\u00e9", i), "Morel", email, phone)
				here.people[c.ID] = c
				if shared == "email" {
					here.byEmail = append(here.byEmail, c.ID)
				} else {
					here.byMobile = append(here.byMobile, c.ID)
				}
				cards = append(cards, entry(fmt.Sprint("r", i), c))
			}
			cards[1].Card.GivenName = "Nobody"
			results, err := match.Find(cards, match.Params{Lookup: here, Linked: func(string) (string, error) { return "", nil }})
			if err != nil {
				t.Fatal(err)
			}
			want := match.Result{Candidates: []string{"c0000"}, Why: match.SeveralMobiles}
			if shared == "email" {
				want.Why = match.SeveralEmails
			}
			if diff := cmp.Diff(want, results[0]); diff != "" {
				t.Errorf("a namesake of one of %d: %s", n, diff)
			}
			if got := results[1]; got.ContactID != "" || len(got.Candidates) != 50 || got.Why != want.Why {
				t.Errorf("nobody's namesake among %d: %+v", n, got)
			}
			if before > 0 && here.read > 2*before+n {
				t.Errorf("%d of one %s read %d, half as many %d", n, shared, here.read, before)
			}
			before = here.read
		}
	}
}

func TestATrashedContactIsNotRecognised(t *testing.T) {
	gone := contact("zoe", "Zo\u00e9", "Morel", "zoe@lumen.test", "")
	gone.TrashedAt = gone.TrashedAt.AddDate(2025, 0, 0)
	card := entry("1", contact("", "Zo\u00e9", "Morel", "zoe@lumen.test", ""))
	card.Key = "zoe"
	got, err := match.Find([]book.Entry{card}, match.Params{Lookup: people{"zoe": gone}})
	if err != nil || !got[0].New() {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestNamesThatMayBeTheSamePerson(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Zo\u00e9 Morel", "MOREL Zoe", true},
		{"Morel", "Zo\u00e9 Morel", true},
		{"Z. Morel", "Zo\u00e9 Morel", true},
		{"", "Zo\u00e9 Morel", true},
		{"Paul Morel", "Zo\u00e9 Morel", false},
		{"Zo\u00e9 Martin", "Zo\u00e9 Morel", false},
		{"Jean-Paul Roux", "Jean Paul Roux", true},
	} {
		a, b := storage.Card{FamilyName: c.a}, storage.Card{FamilyName: c.b}
		if match.Compatible(&a, &b) != c.want || match.Compatible(&b, &a) != c.want {
			t.Errorf("%q and %q: want %v", c.a, c.b, c.want)
		}
	}
}
