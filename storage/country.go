package storage

import (
	stdsync "sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// countryByName maps the normalised French and English names of every country to its alpha-2 code.
var countryByName = stdsync.OnceValue(func() map[string]string {
	names := make(map[string]string, 600)
	fr, en := display.Regions(language.French), display.Regions(language.English)
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			r, err := language.ParseRegion(string(a) + string(b))
			if err != nil || !r.IsCountry() || r.String() != string(a)+string(b) || r.Canonicalize() != r {
				continue // FX, for one, is an old code of France and bears its name
			}
			for _, n := range []string{fr.Name(r), en.Name(r)} {
				if n != "" {
					names[SearchKey(n)] = r.String()
				}
			}
		}
	}
	return names
})

// CountryName gives a country's name in French ("fr") or English; an unknown code comes back as it is.
func CountryName(code, lang string) string {
	r, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if lang == "fr" {
		return display.Regions(language.French).Name(r)
	}
	return display.Regions(language.English).Name(r)
}
