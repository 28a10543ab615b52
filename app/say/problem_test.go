package say

import (
	"strings"
	"testing"

	"diapason/assets/words"
	"diapason/storage"
)

func TestCountsOfTheGuardAreSaidAsNumbersAndNamesAreNot(t *testing.T) {
	for _, code := range []string{"guard.closed", "contacts.guard.closed.here"} {
		got := Problem(storage.NewProblem(code, "account", "2024", "n", "1500", "sent", "0", "linked", "12000", "limit", "1200"))
		for _, want := range []string{"« 2024 »", words.Number(1500), words.Number(12000), words.Number(1200)} {
			if !strings.Contains(strings.ReplaceAll(got, "\u00a0", " "), strings.ReplaceAll(want, "\u00a0", " ")) {
				t.Errorf("%s: %q does not say %q", code, got, want)
			}
		}
	}
}
