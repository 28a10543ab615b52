package storage

import "testing"

func TestCountriesAreReadInBothLanguagesAndByCode(t *testing.T) {
	for text, want := range map[string]string{
		"France": "FR", "france": "FR", "fr": "FR", "FX": "FR", "Allemagne": "DE", "Germany": "DE", "Belgique": "BE",
		"Royaume-Uni": "GB", "United Kingdom": "GB", "uk": "GB", "Suisse": "CH", "": "",
	} {
		got, err := NormaliseCountry(text)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	if got, err := NormaliseCountry("Atlantide"); err == nil {
		t.Errorf("an invented country gives %q", got)
	}
}
