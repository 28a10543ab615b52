package directory

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
)

func TestCanonicalReadsForeignWordingsAndKeepsWhatItCannotRead(t *testing.T) {
	got := Canonical(storage.Snapshot{
		storage.FieldPhone: "04 91 00 00 00", storage.FieldFax: "see our page", storage.FieldCountry: "Belgique",
		storage.FieldCellphone: "+33 6 12 34 56 78", storage.FieldWebsite: "Example.org/a", storage.FieldName: "",
		storage.FieldLat: "43.50", storage.FieldOpeningHours: "by appointment", storage.FieldKeywords: "a; b;a",
	})
	want := storage.Snapshot{
		storage.FieldPhone: "+32491000000", storage.FieldFax: "see our page", storage.FieldCountry: "BE",
		storage.FieldCellphone: "+33612345678", storage.FieldWebsite: "https://example.org/a", storage.FieldName: "",
		storage.FieldLat: "43.5", storage.FieldOpeningHours: "by appointment", storage.FieldKeywords: "a;b",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestOverlayChangesTheTouchedFieldsOfWhatIsShown(t *testing.T) {
	desired := storage.Snapshot{storage.FieldName: "new", storage.FieldPhone: "ours", storage.FieldCity: "ours"}
	shown := storage.Snapshot{storage.FieldName: "old", storage.FieldPhone: "theirs"}
	touched := []storage.Field{storage.FieldName}
	got := Overlay(shown, Change{Desired: desired, Previous: storage.Snapshot{}, Touched: touched})
	want := storage.Snapshot{storage.FieldName: "new", storage.FieldPhone: "theirs", storage.FieldCity: "ours"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(desired, Overlay(shown, Change{Desired: desired, Touched: touched})); d != "" {
		t.Errorf("a creation takes everything from us: %s", d)
	}
}

func TestBlockersAskTheDirectorysOwnCheckLast(t *testing.T) {
	caps := Capabilities{
		Mandatory: []storage.Field{storage.FieldPhone},
		Check: func(s storage.Snapshot) storage.Problems {
			return storage.Problems{storage.NewProblem("google.formula", "value", s[storage.FieldName]).On(storage.FieldName)}
		},
	}
	ps := Blockers(storage.Snapshot{storage.FieldName: "N"}, caps)
	if len(ps) != 2 || ps[0].Code != "blocker.missing" || ps[1].Code != "google.formula" || ps[1].Args["value"] != "N" {
		t.Error(ps)
	}
}

func TestTextReadsTextsAndNumbers(t *testing.T) {
	for raw, want := range map[string]string{
		`"Paris"`: "Paris", `48.8727`: "48.8727", `12345678901234567890`: "12345678901234567890", `""`: "", `null`: "", `true`: "",
		`{"name":"x"}`: "", `["x"]`: "", ``: "",
	} {
		if got := Text(json.RawMessage(raw)); got != want {
			t.Errorf("%s is %q, want %q", raw, got, want)
		}
	}
}
