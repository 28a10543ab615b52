package storage

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestExportedEntryTellsWhichContactAndNotWhatItSays(t *testing.T) {
	entry := &JournalEntry{
		ID: "e1", Action: JournalSend, ContactID: "c1", Name: "Zébuline Kirikipu", Hash: "0a1b",
		Changes: []FieldChange{
			{Field: "email.personal", Before: "old@secret.test", After: "new@secret.test"},
			{Field: "phone.Standard de Babeth", After: "+33699887766"},
			{Field: FieldNote, Before: "Oursins"},
		},
		ContactBefore: &Contact{Card: Card{FamilyName: "Kirikipu"}}, Answer: &Answer{Status: 400, Text: "Kirikipu is odd"},
	}
	raw, err := json.Marshal(entry.Exported())
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{"Kirikipu", "secret.test", "Babeth", "699887766", "Oursins", "0a1b"} {
		if strings.Contains(string(raw), said) {
			t.Errorf("%q is said: %s", said, raw)
		}
	}
	for _, told := range []string{`"c1"`, `"email.personal"`, `"phone.•••"`, `"before":"•••"`, `"after":""`, "400"} {
		if !strings.Contains(string(raw), told) {
			t.Errorf("%s is not told: %s", told, raw)
		}
	}
	if entry.Name == "" || entry.ContactBefore == nil || entry.Changes[0].After == hiddenValue {
		t.Error("the entry itself was changed")
	}
	hotel := &JournalEntry{EstablishmentID: "h1", Name: "Hôtel du Port", Changes: []FieldChange{{Field: FieldPhone, After: "+33142601234"}}}
	if hotel.Exported() != hotel {
		t.Error("what is of an establishment does not leave as it stands")
	}
	line := &RunItem{ContactID: "c1", Name: "Zébuline Kirikipu"}
	if out := line.Exported(); out.Name != "" || out.ContactID != "c1" || (&RunItem{EstablishmentID: "h1", Name: "Hôtel"}).Exported().Name == "" {
		t.Errorf("%+v", out)
	}
}
