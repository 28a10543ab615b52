package say

import (
	"testing"
	"time"

	"diapason/storage"
)

func TestValueOfAContactIsSaidAsPeopleReadIt(t *testing.T) {
	address := storage.AddressText(&storage.CardAddress{
		Street: "18 bis rue des Deux-Ponts\nBâtiment C", PostalCode: "75004", City: "Paris", Country: "France",
	})
	for _, tt := range []struct {
		field      storage.Field
		text, want string
	}{
		{"phone.professional", "+33261914022", "02 61 91 40 22"},
		{"phone.work", "+32470123456", "+32 470 12 34 56"},
		{"phone.other", "poste 3", "poste 3"},
		{"email.personal", "zoe@lumen.test", "zoe@lumen.test"},
		{"address.home", address, "18 bis rue des Deux-Ponts, Bâtiment C, 75004 Paris, France"},
		{storage.FieldBirthday, "1980-02-01", "1er février 1980"},
		{storage.FieldBirthday, "--02-29", "29 février"},
		{storage.FieldBirthday, "au printemps", "au printemps"},
		{storage.FieldNote, "Deux\nlignes", "Deux\nlignes"},
	} {
		in(t, "fr", func() { check(t, string(tt.field), ContactValue(tt.field, tt.text), tt.want) })
	}
	in(t, "fr", func() {
		check(t, "several", ContactValues("phone.personal", []string{"+33261914022", "+33261914028"}), "02 61 91 40 22\n02 61 91 40 28")
		check(t, "a field of a contact among others", Field(storage.FieldTitle), "Fonction")
		check(t, "a type that a person typed", Field("phone.bateau"), "Téléphone « bateau »")
		check(t, "nothing", ContactValues("phone.personal", nil), "")
	})
}

func TestMomentAfterAVerb(t *testing.T) {
	now := time.Date(2026, 11, 19, 9, 45, 0, 0, paris(t))
	for _, tt := range []struct {
		at       time.Time
		fr, said string
	}{
		{now.Add(-50 * time.Minute), "aujourd’hui à 8 h 55", "today at 8:55"},
		{time.Date(2026, 11, 18, 17, 20, 0, 0, paris(t)), "hier à 17 h 20", "yesterday at 17:20"},
		{time.Date(2026, 11, 17, 14, 30, 0, 0, paris(t)), "le 17 nov. à 14 h 30", "on 17 Nov at 14:30"},
		{time.Date(2025, 8, 3, 14, 30, 0, 0, paris(t)), "le 3 août 2025", "on 3 Aug 2025"},
		{time.Time{}, "", ""},
	} {
		in(t, "fr", func() { check(t, tt.said, MomentAt(tt.at, now), tt.fr) })
		in(t, "en", func() { check(t, tt.fr, MomentAt(tt.at, now), tt.said) })
	}
}
