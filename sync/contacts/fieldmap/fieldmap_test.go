package fieldmap_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/merge"
)

// The words of the fields that go to the note.
var words = map[storage.Field]string{
	"phone.professional": "T\u00e9l\u00e9phone professionnel", "phone.professionalMobile": "Mobile professionnel",
	"email.professional": "E-mail professionnel", "organization": "Soci\u00e9t\u00e9", "title": "Fonction",
}

func params(m fieldmap.Map) fieldmap.Params {
	return fieldmap.Params{Map: m, Region: "FR", Word: func(f storage.Field) string { return words[f] }}
}

// arrive gives a contact as it is after a whole card of a book came.
func arrive(c storage.Card, there storage.Card, p fieldmap.Params) storage.Card {
	c = c.Clone()
	var changes []merge.Delta
	for _, f := range storage.CardFields(&there) {
		changes = append(changes, merge.Delta{Field: f, Added: there.Values(f)})
	}
	fieldmap.In(&c, &there, changes, p)
	return c
}

// texts gives a card field by field.
func texts(c storage.Card) map[storage.Field][]string {
	m := map[storage.Field][]string{}
	for _, f := range storage.CardFields(&c) {
		m[f] = c.Values(f)
	}
	return m
}

// The table of correspondences that people know, in both directions.
func TestDiapasonToGoogleFollowsTheTable(t *testing.T) {
	for _, row := range []struct {
		what           string
		ours, theirs   storage.Field
		ourText, there string
	}{
		{"name", "familyName", "familyName", "Morel", "Morel"},
		{"first name", "givenName", "givenName", "Zo\u00e9", "Zo\u00e9"},
		{"personal landline", "phone.personal", "phone.home", "01 42 88 89 85", "01 42 88 89 85"},
		{"personal mobile", "phone.personalMobile", "phone.mobile", "06 12 34 56 78", "06 12 34 56 78"},
		{"personal e-mail", "email.personal", "email.home", "zoe@home.test", "zoe@home.test"},
		{"full personal address", "address.personal", "address.home", ";;1 rue A;Paris;;75001;France", ";;1 rue A;Paris;;75001;France"},
		{"professional landline", "phone.professional", "phone.work", "01 42 88 89 86", "01 42 88 89 86"},
		{"professional mobile", "phone.professionalMobile", "phone.main", "06 12 34 56 79", "06 12 34 56 79"},
		{"professional e-mail", "email.professional", "email.work", "zoe@lumen.test", "zoe@lumen.test"},
		{"company name", "organization", "organization", "H\u00f4tel Lumen", "H\u00f4tel Lumen"},
		{"function", "title", "title", "Directrice", "Directrice"},
	} {
		var c storage.Card
		c.SetValues(row.ours, []string{row.ourText})
		want := map[storage.Field][]string{row.theirs: {row.there}}
		if diff := cmp.Diff(want, texts(fieldmap.Out(&c, fieldmap.Google()))); diff != "" {
			t.Errorf("%s: %s", row.what, diff)
		}
	}
}

func TestGoogleToDiapasonFollowsTheTable(t *testing.T) {
	for _, row := range []struct {
		what         string
		theirs, ours storage.Field
		text, want   string
	}{
		{"family name", "familyName", "familyName", "Morel", "Morel"},
		{"given name", "givenName", "givenName", "Zo\u00e9", "Zo\u00e9"},
		{"phone home", "phone.home", "phone.personal", "01 42 88 89 85", "01 42 88 89 85"},
		{"phone mobile", "phone.mobile", "phone.personalMobile", "06 12 34 56 78", "06 12 34 56 78"},
		{"e-mail home", "email.home", "email.personal", "zoe@home.test", "zoe@home.test"},
		{"address home", "address.home", "address.personal", ";;1 rue A;Paris;;75001;", ";;1 rue A;Paris;;75001;"},
		{"phone work", "phone.work", "note", "01 42 88 89 86", "T\u00e9l\u00e9phone professionnel\u00a0: 01 42 88 89 86"},
		{"phone main", "phone.main", "note", "06 12 34 56 79", "Mobile professionnel\u00a0: 06 12 34 56 79"},
		{"e-mail work", "email.work", "note", "zoe@lumen.test", "E-mail professionnel\u00a0: zoe@lumen.test"},
		{"organization name", "organization", "note", "H\u00f4tel Lumen", "Soci\u00e9t\u00e9\u00a0: H\u00f4tel Lumen"},
		{"organization title", "title", "note", "Directrice", "Fonction\u00a0: Directrice"},
	} {
		var there storage.Card
		there.SetValues(row.theirs, []string{row.text})
		got := arrive(storage.Card{}, there, params(fieldmap.Google()))
		if diff := cmp.Diff(map[storage.Field][]string{row.ours: {row.want}}, texts(got)); diff != "" {
			t.Errorf("%s: %s", row.what, diff)
		}
	}
}

func TestTheNoteSaysAValueOnceAndOnlyWhatTheContactDoesNotSay(t *testing.T) {
	there := storage.Card{
		Organization: "H\u00f4tel Lumen",
		Phones:       []storage.CardValue{{Type: "work", Value: "01 42 88 89 85"}, {Type: "main", Value: "+33 6 12 34 56 78"}},
	}
	c := storage.Card{Note: "Vient le lundi", Phones: []storage.CardValue{{Type: "professional", Value: "+33142888985"}}}
	p := params(fieldmap.Google())
	want := "Vient le lundi\nSoci\u00e9t\u00e9\u00a0: H\u00f4tel Lumen\nMobile professionnel\u00a0: +33 6 12 34 56 78"
	first := arrive(c, there, p)
	if first.Note != want {
		t.Errorf("note %q", first.Note)
	}
	there.Phones[1].Value = "06 12 34 56 78"
	p.Word = func(storage.Field) string { return "In another language" }
	if second := arrive(first, there, p); second.Note != want {
		t.Errorf("a second time: %q", second.Note)
	}
}

func TestAKnownCompanyFillsTheProfessionalFields(t *testing.T) {
	m := fieldmap.Google()
	m.KnownCompany = true
	p := params(m)
	p.Known = func(name string) bool { return name == "H\u00f4tel Lumen" }
	there := storage.Card{
		Organization: "H\u00f4tel Lumen", Title: "Directrice", Phones: []storage.CardValue{{Type: "main", Value: "06 12 34 56 78"}},
	}
	want := storage.Card{
		Organization: "H\u00f4tel Lumen", Title: "Directrice",
		Phones: []storage.CardValue{{Type: storage.TypeProfessionalMobile, Value: "06 12 34 56 78"}},
	}
	if diff := cmp.Diff(want, arrive(storage.Card{}, there, p)); diff != "" {
		t.Error(diff)
	}
	if p.OneWay(&there)("phone.main") {
		t.Error("what fills a field can be in conflict with it")
	}
	there.Organization = "Another"
	if got := arrive(storage.Card{}, there, p); got.Organization != "" || !strings.Contains(got.Note, "Another") || !p.OneWay(&there)("phone.main") {
		t.Errorf("%+v", got)
	}
}

func TestATypeThatAPersonTypedTravelsAsItIs(t *testing.T) {
	c := storage.Card{Phones: []storage.CardValue{{Type: "Standard de nuit", Value: "01"}}}
	for _, m := range []fieldmap.Map{fieldmap.Google(), fieldmap.VCard()} {
		out := fieldmap.Out(&c, m)
		if diff := cmp.Diff(c, out); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(c, arrive(storage.Card{}, out, params(m))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTheNoteAndTheLabelsStayHereUntilAsked(t *testing.T) {
	c := storage.Card{FamilyName: "Morel", Note: "Doit 40 \u20ac", Labels: []string{"Relance"}}
	if diff := cmp.Diff(storage.Card{FamilyName: "Morel"}, fieldmap.Out(&c, fieldmap.Google())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(storage.Card{FamilyName: "Morel"}, arrive(storage.Card{}, c, params(fieldmap.Google()))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(storage.Card{FamilyName: "Morel"}, fieldmap.Owned(&c, fieldmap.Google())); diff != "" {
		t.Error(diff)
	}
}

func TestWhatTravelsBothWaysComesBackTheSame(t *testing.T) {
	c := storage.Card{
		FamilyName: "Morel", GivenName: "Zo\u00e9", Birthday: "--02-29", Organization: "Lumen", Title: "Directrice", Note: "a\nb",
		Labels: []string{"Lumen"}, Links: []storage.CardValue{{Type: storage.TypeProfessional, Value: "https://lumen.test"}},
		Emails:    []storage.CardValue{{Type: storage.TypeOther, Value: "z@x.test"}, {Type: storage.TypeProfessional, Value: "z@lumen.test"}},
		Phones:    []storage.CardValue{{Type: storage.TypeProfessionalFax, Value: "01"}, {Type: storage.TypePersonalMobile, Value: "06"}, {Type: storage.TypeOther, Value: "02"}},
		Addresses: []storage.CardAddress{{Type: storage.TypePersonal, Street: "1 rue A\nB\u00e2t. 2", City: "Paris"}},
	}
	out := fieldmap.Out(&c, fieldmap.VCard())
	if diff := cmp.Diff(texts(c), texts(arrive(storage.Card{}, out, params(fieldmap.VCard())))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(texts(out), texts(fieldmap.Owned(&out, fieldmap.VCard()))); diff != "" {
		t.Error(diff)
	}
}

func TestATableIsKeptAsTextAndRefusedWhenItIsAmbiguous(t *testing.T) {
	google := fieldmap.Google()
	back, err := fieldmap.Parse(google.String(), fieldmap.VCard())
	if err != nil || !slices.Equal(back.Rows, google.Rows) {
		t.Errorf("%v, %+v", err, back)
	}
	if back, err = fieldmap.Parse("", google); err != nil || !slices.Equal(back.Rows, google.Rows) {
		t.Errorf("%v, %+v", err, back)
	}
	for code, text := range map[string]string{
		"contacts.fields.unreadable": `{"rows": 3}`,
		"contacts.fields.family":     `{"rows": [{"ours": "phone.personal", "theirs": "email.home", "receive": "field"}]}`,
		"contacts.fields.twice":      `{"rows": [{"ours": "title", "theirs": "title", "receive": "field"}, {"ours": "title", "theirs": "title", "receive": "note"}]}`,
		"contacts.fields.receive":    `{"rows": [{"ours": "title", "theirs": "title", "receive": "sideways"}]}`,
	} {
		var p *storage.Problem
		if _, err := fieldmap.Parse(text, google); !errors.As(err, &p) || p.Code != code {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, m := range []fieldmap.Map{fieldmap.Google(), fieldmap.VCard()} {
		if err := m.Validate(); err != nil {
			t.Error(err)
		}
	}
}
