package establishments

import (
	"errors"
	"slices"
	"testing"

	"diapason/storage"
	"diapason/sync/tabular"
)

// FuzzCell reads any cell into any field: it gives a problem on that field and changes nothing, or a value that reads
// as itself, so that a file written from what was read changes nothing when it is imported.
func FuzzCell(f *testing.F) {
	for _, c := range []struct {
		field storage.Field
		text  string
		flags tabular.CellFlags
	}{
		{storage.FieldZip, "1000", tabular.FlagNumber},
		{storage.FieldPhone, "01 42 68 00 00", 0},
		{storage.FieldOpeningHours, "Mo=08:00-12:00&14:00-18:00;Tu=18:00-02:00;Su", 0},
		{storage.FieldSpecialHours, "2026-12-24=09:00-14:00;2026-12-25", 0},
		{storage.FieldOpeningDate, "29/02/2028", 0},
		{storage.FieldOpeningDate, "2028-02-29T00:00:00", tabular.FlagDate},
		{storage.FieldStars, "3 étoiles", 0},
		{storage.FieldRooms, "1 204", 0},
		{storage.FieldLat, "48,8566", 0},
		{storage.FieldStatus, "Fermé définitivement", 0},
		{storage.FieldWebsite, "exemple.fr", 0},
		{storage.FieldLegalIdent, "05520008800012", tabular.FlagNumber},
		{storage.FieldKeywords, "a; b;;a", 0},
		{storage.FieldAutoSync, "VRAI", tabular.FlagBool},
		{storage.FieldEmail, "a@b.fr\u00a0", 0},
	} {
		f.Add(uint8(slices.Index(storage.Fields, c.field)), c.text, uint8(c.flags), "FR")
	}
	f.Fuzz(func(t *testing.T, field uint8, text string, flags uint8, country string) {
		of := storage.Fields[int(field)%len(storage.Fields)]
		e := &storage.Establishment{Status: storage.StatusDraft}
		if e.SetValue(storage.FieldCountry, country) != nil {
			country = ""
		}
		before := e.Value(of)
		if err := e.SetValue(of, canonicalText(of, tabular.Cell{Text: text, Flags: tabular.CellFlags(flags)}, e.Address.Country)); err != nil {
			p, ok := errors.AsType[*storage.Problem](err)
			if !ok || p.Field != of || e.Value(of) != before {
				t.Errorf("%s: %q is refused with %v and leaves %q for %q", of, text, err, e.Value(of), before)
			}
			return
		}
		once := e.Value(of)
		err := e.SetValue(of, canonicalText(of, tabular.Cell{Text: once}, e.Address.Country))
		if (once != "" || of != storage.FieldName && of != storage.FieldStatus) && (err != nil || e.Value(of) != once) {
			t.Errorf("%s: %q is read as %q, which is read as %q: %v", of, text, once, e.Value(of), err)
		}
	})
}
