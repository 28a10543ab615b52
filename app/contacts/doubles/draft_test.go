package doubles

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/contacts"
)

func values(texts ...string) []storage.CardValue {
	var list []storage.CardValue
	for i := 0; i < len(texts); i += 2 {
		list = append(list, storage.CardValue{Type: texts[i], Value: texts[i+1]})
	}
	return list
}

// two are the contacts of most tests: the same person, known by two halves.
func two() (a, b *storage.Contact) {
	return &storage.Contact{ID: "a", Card: storage.Card{
			GivenName: "Zoé", FamilyName: "Morel", Emails: values(storage.TypePersonal, "zoe@lumen.test"),
			Phones: values(storage.TypePersonalMobile, "06 12 34 56 78"), Note: "Préfère le matin", Labels: []string{"Presse"},
		}},
		&storage.Contact{ID: "b", Card: storage.Card{
			GivenName: "Zoe", FamilyName: "Morel", Organization: "Lumen", Emails: values(storage.TypePersonal, "ZOE@lumen.test", storage.TypeProfessional, "z.morel@lumen.test"),
			Phones: values(storage.TypePersonalMobile, "+33612345678", storage.TypeOther, "+33612345678"), Note: "Vue en mars", Labels: []string{"presse", "Amis"},
		}}
}

func TestMergeKeepsEverythingThatBothSayUnlessToldOtherwise(t *testing.T) {
	d := newDraft(two())
	want := storage.Card{
		GivenName: "Zoé", FamilyName: "Morel", Organization: "Lumen",
		Emails: values(storage.TypePersonal, "zoe@lumen.test", storage.TypeProfessional, "z.morel@lumen.test"),
		Phones: values(storage.TypePersonalMobile, "06 12 34 56 78"), Note: "Préfère le matin\nVue en mars", Labels: []string{"Presse", "Amis"},
	}
	if diff := cmp.Diff(want, d.card()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMergeFollowsTheChoices(t *testing.T) {
	d := newDraft(two())
	for i, ch := range d.choices {
		switch ch.field {
		case storage.FieldGivenName:
			if ch.texts != [2]string{"Zoé", "Zoe"} {
				t.Errorf("given names %v", ch.texts)
			}
			d.choose(i, 1)
		case storage.FieldNote:
			d.tick(i, 0, false)
		case "email.personal":
			if len(ch.values) != 1 || ch.values[0].here != [2]bool{true, true} {
				t.Errorf("the same e-mail stands there as %+v", ch.values)
			}
			d.tick(i, 0, false)
		case "phone.other":
			if ch.values[0].on {
				t.Error("a number that the mobile has already is taken again")
			}
			d.tick(i, 0, true)
		case storage.FieldFamilyName, storage.FieldOrganization:
			t.Errorf("%s is asked about though both or only one say it", ch.field)
		}
	}
	c := d.card()
	if c.GivenName != "Zoe" || c.Note != "Vue en mars" || len(c.Values("email.personal")) != 0 || len(c.Values("phone.other")) != 1 {
		t.Errorf("merged into %+v", c)
	}
	if d.pair[0].GivenName != "Zoé" || len(d.pair[0].Emails) != 1 {
		t.Error("the contacts themselves were changed")
	}
}

func TestDraftHoldsForTheContactsAsTheyWereRead(t *testing.T) {
	a, b := two()
	d := newDraft(a, b)
	changed := b.Clone()
	changed.Revision++
	if !d.holds(a, b) || d.holds(b, a) || d.holds(a, changed) {
		t.Error("a draft stands for other contacts")
	}
}

func TestTwoOfALargerGroupAreComparedAsAskedFor(t *testing.T) {
	of := func(ids ...string) (all []member) {
		for _, id := range ids {
			all = append(all, member{Contact: &storage.Contact{ID: id}})
		}
		return all
	}
	for _, tt := range []struct {
		members []member
		wanted  [2]string
		want    string
	}{
		{of("a", "b", "c"), [2]string{}, "a b"},
		{of("a", "b", "c"), [2]string{"c", "a"}, "c a"},
		{of("a", "b", "c"), [2]string{"b", "gone"}, "b a"},
		{of("a", "b", "c"), [2]string{"gone", "a"}, "a b"},
		{of("a"), [2]string{"a", "b"}, ""},
	} {
		got := ""
		if a, b, ok := pairOf(tt.members, tt.wanted); ok {
			got = a.ID + " " + b.ID
		}
		if got != tt.want {
			t.Errorf("%v: %q, want %q", tt.wanted, got, tt.want)
		}
	}
}

func TestGroupIsNamedByTheNamesThatDiffer(t *testing.T) {
	for _, tt := range []struct {
		names []string
		want  string
	}{
		{[]string{"Zoé Morel", "zoe morel"}, "Zoé Morel"},
		{[]string{"Zoé Morel", "Z. Morel"}, "Zoé Morel, Z. Morel"},
	} {
		g := group{Duplicate: contacts.Duplicate{IDs: []string{"a", "b"}}, names: tt.names}
		if got := g.title(); got != tt.want {
			t.Errorf("%v: %q", tt.names, got)
		}
	}
}
