package words

import "testing"

func use(t *testing.T, lang string) {
	t.Helper()
	if err := Use(lang); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := Use(Languages[0]); err != nil {
			t.Error(err)
		}
	})
}

func TestNumbersAreGroupedAsEachLanguageWrites(t *testing.T) {
	tests := []struct {
		n      int
		fr, en string
	}{
		{0, "0", "0"},
		{999, "999", "999"},
		{1201, "1\u202f201", "1,201"},
		{-1234567, "-1\u202f234\u202f567", "-1,234,567"},
	}
	for _, tt := range tests {
		use(t, "fr")
		if got := Number(tt.n); got != tt.fr {
			t.Errorf("fr: %d is %q, want %q", tt.n, got, tt.fr)
		}
		use(t, "en")
		if got := Number(tt.n); got != tt.en {
			t.Errorf("en: %d is %q, want %q", tt.n, got, tt.en)
		}
	}
}

func TestZeroIsSingularInFrenchAndPluralInEnglish(t *testing.T) {
	for lang, want := range map[string][3]string{
		"fr": {"0 établissement", "1 établissement", "1\u202f201 établissements"},
		"en": {"0 establishments", "1 establishment", "1,201 establishments"},
	} {
		use(t, lang)
		for i, n := range []int{0, 1, 1201} {
			if got := N("command.status.establishments", n); got != want[i] {
				t.Errorf("%s: %q, want %q", lang, got, want[i])
			}
		}
	}
}

func TestPlaceholdersAreFilledAndUnknownKeysShow(t *testing.T) {
	use(t, "fr")
	// A value that looks like a placeholder is a value.
	if got := T("command.status.listings", "word", "{n}", "n", "3"); got != "{n}\u00a0: 3" {
		t.Errorf("got %q", got)
	}
	if got := T("no.such.key"); got != "no.such.key" || Has(got) {
		t.Errorf("got %q", got)
	}
	if err := Use("de"); err == nil || Lang() != "fr" {
		t.Errorf("German was taken: %v, %s", err, Lang())
	}
}

func TestASentenceIsSaidInAnotherLanguageThanTheOneInUse(t *testing.T) {
	use(t, "fr")
	if fr, en := In("fr", "feed.cancelled", "title", "A"), In("en", "feed.cancelled", "title", "A"); fr != "ANNULÉ – A" || en != "CANCELLED – A" {
		t.Errorf("%q, %q", fr, en)
	}
	if In("de", "feed.busy") != "Occupé" || In("en", "no.such.key") != "no.such.key" {
		t.Error("an unknown language or key")
	}
}
