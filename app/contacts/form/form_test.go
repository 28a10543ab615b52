package form_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/app/contacts/form"
	"diapason/storage"
)

// fields gives the lines' fields and texts.
func fields(f *form.Form) [][2]string {
	var out [][2]string
	for _, l := range f.Lines {
		text := l.Text
		if l.IsAddress() {
			text = l.Address.City
		}
		out = append(out, [2]string{string(l.Field), text})
	}
	return out
}

func find(f *form.Form, field storage.Field, n int) *form.Line {
	for _, l := range f.Lines {
		if l.Field == field {
			if n == 0 {
				return l
			}
			n--
		}
	}
	return nil
}

func TestACardHasTheUsualLinesAndThoseThatItFills(t *testing.T) {
	c := storage.Card{
		FamilyName: "Morel", Note: "n", Labels: []string{"Lumen", "Presse"},
		Phones: []storage.CardValue{
			{Type: "Standard de nuit", Value: "3"}, {Type: storage.TypePersonal, Value: "1"}, {Type: storage.TypePersonal, Value: "2"},
		},
		Addresses: []storage.CardAddress{{Type: storage.TypeProfessional, City: "Paris"}},
	}
	f := form.Of(&c)
	want := [][2]string{
		{"givenName", ""},
		{"familyName", "Morel"},
		{"phone.personalMobile", ""},
		{"phone.personal", "1"},
		{"phone.personal", "2"},
		{"email.personal", ""},
		{"organization", ""},
		{"title", ""},
		{"phone.professionalMobile", ""},
		{"phone.professional", ""},
		{"email.professional", ""},
		{"address.professional", "Paris"},
		{"phone.Standard de nuit", "3"},
		{"note", "n"},
	}
	if diff := cmp.Diff(want, fields(f)); diff != "" {
		t.Error(diff)
	}
	if f.Labels != "Lumen, Presse" || f.Changed() {
		t.Errorf("labels %q, changed %v", f.Labels, f.Changed())
	}
	if diff := cmp.Diff(c, f.Card()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsFilledInBecomesTheCardAndTheRestStays(t *testing.T) {
	c := storage.Card{
		FamilyName: "Morel", Phones: []storage.CardValue{{Type: storage.TypePersonal, Value: "1"}, {Type: storage.TypePersonal, Value: "2"}},
		Addresses: []storage.CardAddress{{Type: storage.TypePersonal, POBox: "BP 3", City: "Lyon"}},
	}
	f := form.Of(&c)
	find(f, "phone.personal", 0).Text = "  "
	find(f, "email.professional", 0).Text = " zoe@lumen.test "
	find(f, "address.personal", 0).Address.City = "Paris"
	find(f, "note", 0).Text = "a\n  b\n\n"
	f.Labels = " Presse,, presse  locale ,Presse"
	if got := f.Add("address.professional"); f.Lines[got].Field != "address.professional" {
		t.Errorf("added at %d: %v", got, f.Lines[got].Field)
	}
	want := storage.Card{
		FamilyName: "Morel", Note: "a\n  b", Labels: []string{"Presse", "presse locale"},
		Phones:    []storage.CardValue{{Type: storage.TypePersonal, Value: "2"}},
		Emails:    []storage.CardValue{{Type: storage.TypeProfessional, Value: "zoe@lumen.test"}},
		Addresses: []storage.CardAddress{{Type: storage.TypePersonal, POBox: "BP 3", City: "Paris"}},
	}
	if diff := cmp.Diff(want, f.Card()); diff != "" {
		t.Error(diff)
	}
	if !f.Changed() {
		t.Error("nothing changed")
	}
}

func TestALineIsAddedAfterThoseOfItsFieldAndAnEmptyOneServesFirst(t *testing.T) {
	f := form.Of(&storage.Card{Emails: []storage.CardValue{{Type: storage.TypePersonal, Value: "a@x.test"}}})
	n := len(f.Lines)
	if i := f.Add("phone.personalMobile"); f.Lines[i].Field != "phone.personalMobile" || len(f.Lines) != n {
		t.Errorf("an empty line was not used: %d, %d lines", i, len(f.Lines))
	}
	if i := f.Add("email.personal"); f.Lines[i].Field != "email.personal" || f.Lines[i-1].Text != "a@x.test" || len(f.Lines) != n+1 {
		t.Errorf("second e-mail at %d", i)
	}
	if i := f.Add(storage.FieldNickname); f.Lines[i].Field != storage.FieldNickname || i != 2 {
		t.Errorf("nickname at %d", i)
	}
	if i := f.Add(storage.FieldTitle); f.Lines[i].Field != storage.FieldTitle || len(f.Lines) != n+2 {
		t.Errorf("a plain field has one line: %d, %d", i, len(f.Lines))
	}
	if f.Changed() {
		t.Error("empty lines change nothing")
	}
}

func TestTheFormFollowsTheCardButForWhatWasFilledInOtherwise(t *testing.T) {
	phone := func(kind, value string) storage.CardValue { return storage.CardValue{Type: kind, Value: value} }
	c := storage.Card{
		GivenName: "Zoé", FamilyName: "Morel", Note: "n", Labels: []string{"Lumen"},
		Phones: []storage.CardValue{phone(storage.TypeProfessional, "01 42 68 53 00"), phone(storage.TypeProfessional, "01 42 68 53 01")},
	}
	f := form.Of(&c)
	note, given := find(f, storage.FieldNote, 0), find(f, storage.FieldGivenName, 0)
	note.Text, f.Labels = "written here", "Lumen, Presse"
	now := c.Clone()
	now.GivenName, now.Note, now.Organization, now.Labels = "Zita", "written there", "Lumen", nil
	now.Phones = now.Phones[:1]
	now.Emails = []storage.CardValue{phone(storage.TypePersonal, "zita@lumen.test"), phone(storage.TypeProfessional, "z@lumen.test")}
	now.Birthday = "--02-29"
	f.Follow(&now)
	if find(f, storage.FieldNote, 0) != note || find(f, storage.FieldGivenName, 0) != given || !f.Changed() {
		t.Error("a line that stays is another one")
	}
	want := now.Clone()
	want.Note, want.Labels = "written here", []string{"Lumen", "Presse"}
	if diff := cmp.Diff(want, f.Card()); diff != "" {
		t.Error(diff)
	}
	if n := len(fields(f)); n != len(fields(form.Of(&want))) {
		t.Errorf("%d lines: %v", n, fields(f))
	}
	f.Follow(&want)
	if f.Changed() {
		t.Error("what is kept by now counts as filled in otherwise")
	}
	f.Follow(&storage.Card{GivenName: "Zita"})
	if got := f.Card(); got.FamilyName != "" || len(got.Emails) > 0 || len(fields(f)) != len(fields(form.Of(&storage.Card{}))) {
		t.Errorf("what went elsewhere is still there: %+v", got)
	}
}
