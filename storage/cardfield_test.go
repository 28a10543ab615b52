package storage_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/storage"
)

func TestAFieldOfACardIsReadAndReplacedWithoutTouchingTheOthers(t *testing.T) {
	c := storage.Card{
		FamilyName: "Morel", Note: "first\nsecond", Labels: []string{"Lumen"},
		Phones: []storage.CardValue{{Type: "home", Value: "01"}, {Type: "work", Value: "02"}, {Type: "home", Value: "03"}},
		Emails: []storage.CardValue{{Type: "work", Value: "a@lumen.test"}},
	}
	want := []storage.Field{"familyName", "note", "phone.home", "phone.work", "email.work", "labels"}
	if diff := cmp.Diff(want, storage.CardFields(&c)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"01", "03"}, c.Values("phone.home")); diff != "" {
		t.Error(diff)
	}
	c.SetValues("phone.home", []string{"04"})
	c.SetValues("phone.pager", []string{"05"})
	c.SetValues("email.work", nil)
	c.SetValues("familyName", nil)
	wanted := storage.Card{
		Note: "first\nsecond", Labels: []string{"Lumen"},
		Phones: []storage.CardValue{{Type: "home", Value: "04"}, {Type: "work", Value: "02"}, {Type: "pager", Value: "05"}},
	}
	if diff := cmp.Diff(wanted, c); diff != "" {
		t.Error(diff)
	}
}

func TestAnAddressSurvivesItsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringMatching(`[a-zé;\\\n ]{0,8}`)
		a := storage.CardAddress{
			Street: part.Draw(t, "street"), Extended: part.Draw(t, "extended"), POBox: part.Draw(t, "box"),
			PostalCode: part.Draw(t, "code"), City: part.Draw(t, "city"), Region: part.Draw(t, "region"), Country: part.Draw(t, "country"),
		}
		if got := storage.ParseAddress(storage.AddressText(&a)); got != a {
			t.Fatalf("%+v became %+v", a, got)
		}
	})
}

func TestTwoTextsOfOneValueHaveOneKey(t *testing.T) {
	for _, c := range []struct {
		field storage.Field
		a, b  string
		same  bool
	}{
		{"phone.home", "01 42 88 89 85", "+33142888985", true},
		{"phone.home", "tel. 12-34", "1234", true},
		{"phone.home", "01 42 88 89 85", "01 42 88 89 86", false},
		{"email.work", " Zoe@Lumen.test", "zoe@lumen.test", true},
		{"email.work", "z.oe@lumen.test", "zoe@lumen.test", false},
		{"familyName", "Zoe\u0301 ", "Zo\u00e9", true},
		{"familyName", "morel", "Morel", false},
		{"labels", "Écoles", "ecoles", true},
		{"note", "a\r\nb", "a\nb", true},
	} {
		if same := c.field.ValueKey(c.a, "FR") == c.field.ValueKey(c.b, "FR"); same != c.same {
			t.Errorf("%s: %q and %q the same: %v", c.field, c.a, c.b, same)
		}
	}
}

func TestOnlyAMobileIsCarriedByOnePerson(t *testing.T) {
	for number, want := range map[string]string{
		"06 12 34 56 78": "+33612345678", "+32 470 12 34 56": "+32470123456", "01 42 88 89 85": "", "abc": "", "": "",
	} {
		if got, is := storage.MobileKey(number, "FR"); got != want || is != (want != "") {
			t.Errorf("%q gives %q, %v", number, got, is)
		}
	}
}
