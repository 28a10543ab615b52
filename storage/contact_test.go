package storage_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
)

func values(texts ...string) []storage.CardValue {
	var list []storage.CardValue
	for _, s := range texts {
		kind, value, _ := strings.Cut(s, ":")
		list = append(list, storage.CardValue{Type: kind, Value: value})
	}
	return list
}

func TestContactsSayWhatIsWrongBesideTheField(t *testing.T) {
	long := strings.Repeat("é", storage.MaxText+1)
	for _, tt := range []struct {
		name string
		card storage.Card
		want []string
	}{
		{"a name", storage.Card{FamilyName: "Martin"}, nil},
		{"a company", storage.Card{Organization: "Atelier"}, nil},
		{"an e-mail", storage.Card{Emails: values("personal:a@example.com")}, nil},
		{"a number", storage.Card{Phones: values(":12")}, nil},
		{"an address", storage.Card{Addresses: []storage.CardAddress{{City: "Marseille"}}}, nil},
		{"nothing", storage.Card{}, []string{" contact.empty"}},
		{"nothing but a label", storage.Card{Labels: []string{"Amis"}}, []string{" contact.empty"}},
		{"odd values from elsewhere", storage.Card{
			Emails: values("x:alix at example"), Phones: values("x:poste 3"), Links: values("x:www.example.com"),
		}, nil},
		{"a long name", storage.Card{FamilyName: long}, []string{"familyName text.tooLong"}},
		{"a long note", storage.Card{Note: long}, nil},
		{"too long a note", storage.Card{Note: strings.Repeat("é", storage.MaxNotes+1)}, []string{"note text.tooLong"}},
		{"a long e-mail", storage.Card{Emails: values("work:" + long)}, []string{"email.work text.tooLong"}},
		{"a long type", storage.Card{Phones: values(long + ":1")}, []string{"phone." + long + " text.tooLong"}},
		{"an empty e-mail", storage.Card{GivenName: "A", Emails: values("personal: ")}, []string{"email.personal contact.value.missing"}},
		{
			"an empty address",
			storage.Card{GivenName: "A", Addresses: []storage.CardAddress{{Type: "personal"}}},
			[]string{"address.personal contact.value.missing"},
		},
		{
			"too many links",
			storage.Card{Links: slices.Repeat(values("x:https://example.com"), storage.MaxCardValues+1)},
			[]string{"link contact.tooMany"},
		},
		{"a birthday", storage.Card{GivenName: "A", Birthday: "1980-02-29"}, nil},
		{"a birthday without its year", storage.Card{GivenName: "A", Birthday: "--02-29"}, nil},
		{"no such day", storage.Card{GivenName: "A", Birthday: "1981-02-29"}, []string{"birthday contact.birthday.unreadable"}},
		{"a birthday in words", storage.Card{GivenName: "A", Birthday: "29 février"}, []string{"birthday contact.birthday.unreadable"}},
		{"a label twice", storage.Card{GivenName: "A", Labels: []string{"Élèves", "eleves"}}, []string{"labels contact.label.twice"}},
		{"an empty label", storage.Card{GivenName: "A", Labels: []string{""}}, []string{"labels contact.value.missing"}},
	} {
		wantCodes(t, tt.name, tt.card.Validate(), tt.want...)
		for _, p := range tt.card.Validate() {
			for _, secret := range []string{"29", "alix", "lèves"} {
				if strings.Contains(p.Error(), secret) {
					t.Errorf("%s: the problem quotes the card: %v", tt.name, p)
				}
			}
		}
	}
}

func TestACardWithBrokenTextIsAMistakeOfItsCaller(t *testing.T) {
	sound := storage.Card{GivenName: "é", Addresses: []storage.CardAddress{{Country: "É"}}}
	if err := sound.Sound(); err != nil {
		t.Error(err)
	}
	for _, c := range []storage.Card{
		{Note: "\xff"},
		{Labels: []string{"\xff"}},
		{Emails: values("\xff:a")},
		{Links: values("a:\xff")},
		{Addresses: []storage.CardAddress{{Country: "\xff"}}},
		{Addresses: []storage.CardAddress{{Type: "\xff"}}},
	} {
		if c.Sound() == nil {
			t.Errorf("%+v is taken for sound", c)
		}
	}
}

func TestATidiedCardHasNothingThatSaysNothing(t *testing.T) {
	c := storage.Card{
		GivenName: "A", Emails: values("personal: ", "work:a@example.com"), Phones: values("x:"), Links: values("x:\n"),
		Addresses: []storage.CardAddress{{Type: "x"}, {City: "Marseille"}}, Labels: []string{"Élèves", " ", "eleves", "Amis"},
	}
	c.Tidy()
	want := storage.Card{
		GivenName: "A", Emails: values("work:a@example.com"), Phones: []storage.CardValue{}, Links: []storage.CardValue{},
		Addresses: []storage.CardAddress{{City: "Marseille"}}, Labels: []string{"Élèves", "Amis"},
	}
	if diff := cmp.Diff(want, c); diff != "" || len(c.Validate()) > 0 {
		t.Errorf("%s, %v", diff, c.Validate())
	}
}

func TestAContactIsKnownByItsEmailsAndMobiles(t *testing.T) {
	c := storage.Card{
		Emails: values("x: A.B+c@Example.COM ", "y:a.b+c@example.com", "z:"),
		Phones: values("professional:06.12.34.56.78", "x:+33 6 12 34 56 78", "y:01 42 88 89 85", "z:poste 3", "w:+32 470 12 34 56"),
	}
	if got := c.EmailKeys(); !slices.Equal(got, []string{"a.b+c@example.com"}) {
		t.Errorf("e-mails %q", got)
	}
	if got := c.MobileKeys(""); !slices.Equal(got, []string{"+33612345678", "+32470123456"}) {
		t.Errorf("mobiles %q", got)
	}
}

func TestARowShowsTheBestOfWhatAContactHas(t *testing.T) {
	for _, tt := range []struct {
		name string
		card storage.Card
		want storage.ContactRow
	}{
		{"nothing preferred", storage.Card{Emails: values("x:a@example.com", "y:b@example.com"), Phones: values("x:1", "y:2")}, storage.ContactRow{
			Name: "a@example.com", Email: "a@example.com", Phone: "1", Sort: "a example com", Search: "a example com b example com 1 2",
		}},
		{
			"a professional e-mail and a mobile",
			storage.Card{
				GivenName: "Zoé", Emails: values("x:a@example.com", "professional:b@example.com"),
				Phones: values("professionalFax:1", "personal:2", "professionalMobile:3"),
			},
			storage.ContactRow{
				Name: "Zoé", Email: "b@example.com", Phone: "3", Sort: "zoe", Search: "zoe a example com b example com 1 2 3",
			},
		},
		{"a fax last", storage.Card{FamilyName: "Martin", Phones: values("personalFax:1", "personal:2")}, storage.ContactRow{
			Name: "Martin", Phone: "2", Sort: "martin\x00", Search: "martin 1 2",
		}},
		{"a fax alone", storage.Card{Nickname: "!", Phones: values("personalFax:1")}, storage.ContactRow{
			Name: "!", Phone: "1", Sort: "!", Search: "1",
		}},
	} {
		c := storage.Contact{Card: tt.card}
		if diff := cmp.Diff(tt.want, c.Row(nil)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
