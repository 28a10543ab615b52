package browser

import (
	"regexp"
	"strings"
	"testing"

	"diapason/assets/words"
	"diapason/storage"
)

func TestThePageSaysTheOutcomeInThePersonsLanguage(t *testing.T) {
	t.Cleanup(func() {
		if err := words.Use("fr"); err != nil {
			t.Error(err)
		}
	})
	cases := map[string]struct {
		why  *storage.Problem
		want []string
	}{
		"fr": {nil, []string{`<html lang="fr">`, "Compte connecté", "fermer cet onglet"}},
		"en": {storage.NewProblem("oauth.refused"), []string{`<html lang="en">`, "Account not connected", "Access was not granted", "close this tab"}},
	}
	for lang, c := range cases {
		if err := words.Use(lang); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if page := string(Page(c.why)); !strings.Contains(page, want) {
				t.Errorf("%s: no %q in %s", lang, want, page)
			}
		}
	}
}

func TestThePageIsWholeAndRunsNothing(t *testing.T) {
	attack := storage.NewProblem("oauth.otherError", "code", "<script>alert(1)</script>")
	for _, why := range []*storage.Problem{nil, storage.NewProblem("oauth.timeout", "minutes", "10"), attack} {
		page := string(Page(why))
		for _, outside := range []string{"http://", "https://", "<script", "src=", "href=", "url("} {
			if strings.Contains(page, outside) {
				t.Errorf("%v: the page holds %q", why, outside)
			}
		}
		if regexp.MustCompile(`\{[a-z]+\}`).MatchString(regexp.MustCompile(`(?s)<style>.*</style>`).ReplaceAllString(page, "")) {
			t.Errorf("a placeholder is left: %s", page)
		}
	}
}

func TestOnlyAddressesOfTheWebAreOpened(t *testing.T) {
	for _, address := range []string{"file:///etc/passwd", "javascript:alert(1)", "--help", "http://[::1"} {
		if Open(address) == nil {
			t.Errorf("%q was opened", address)
		}
	}
}
