package contacts_test

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/contacts/vcard"
)

// drawCard invents a card of few words, so that two of them often say the same.
func drawCard(t *rapid.T, what string) storage.Card {
	word := rapid.SampledFrom([]string{"", "Zoé", "zoe", "Atelier; du, Port", `Quai\Nord`, "a@example.com", "A@example.com", "0612345678", "+33 6 12 34 56 78"})
	some := rapid.SampledFrom([]string{"Zoé", "ZOÉ", "a@example.com", "A@Example.com", "0612345678", "06 12 34 56 78", "poste 3", "x;y"})
	kind := rapid.SampledFrom([]string{storage.TypePersonal, storage.TypeProfessional, storage.TypeOther, "Standard de nuit"})
	links := rapid.SampledFrom([]string{"https://example.com/a,b;c", "https://example.com/", "https://Example.com/"})
	of := func(texts *rapid.Generator[string]) *rapid.Generator[[]storage.CardValue] {
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) storage.CardValue {
			return storage.CardValue{Type: kind.Draw(t, "type"), Value: texts.Draw(t, "value")}
		}), 0, 3)
	}
	c := storage.Card{
		GivenName: "Alix", FamilyName: word.Draw(t, what+" family name"), Organization: word.Draw(t, what+" company"),
		Note: word.Draw(t, what+" note"), Emails: of(some).Draw(t, what+" e-mails"), Phones: of(some).Draw(t, what+" phones"),
		Links: of(links).Draw(t, what+" links"), Labels: rapid.SliceOfN(some, 0, 3).Draw(t, what+" labels"),
	}
	if street := word.Draw(t, what+" street"); street != "" {
		c.Addresses = []storage.CardAddress{{Type: kind.Draw(t, what+" address"), Street: street, City: "Marseille"}}
	}
	c.Tidy()
	return c
}

// says reports whether a card has a text of a field.
func says(c *storage.Card, f storage.Field, text string) bool {
	key := f.ValueKey(text, "FR")
	return slices.ContainsFunc(c.Values(f), func(own string) bool { return f.ValueKey(own, "FR") == key })
}

// Whatever a contact and a file say, an import loses nothing of the contact, brings all that it has room for, and changes
// nothing when it comes again.
func TestAnImportOnlyEverAdds(t *testing.T) {
	f := newFiled(t)
	rapid.Check(t, func(rt *rapid.T) {
		change, err := f.office.Save(t.Context(), &storage.Contact{Card: drawCard(rt, "ours")})
		if err != nil {
			rt.Fatal(err)
		}
		before, file := change.Contact, drawCard(rt, "theirs")
		var text bytes.Buffer
		if err := vcard.Encode(&text, vcard.New{UID: before.ID, Card: fieldmap.Out(&file, fieldmap.VCard())}); err != nil {
			rt.Fatal(err)
		}
		read := func() contacts.ImportReport {
			r, err := f.office.ImportFile(t.Context(), "carnet.vcf", bytes.NewReader(text.Bytes()), contacts.ImportParams{})
			if err != nil || r.Created > 0 || len(r.Aside) > 0 {
				rt.Fatalf("%+v, %v", r, err)
			}
			return r
		}
		first := read()
		var after *storage.Contact
		err = f.store.View(t.Context(), func(tx storage.Reader) (err error) {
			after, err = tx.Contact(before.ID)
			return err
		})
		if err != nil {
			rt.Fatal(err)
		}
		for _, field := range storage.CardFields(&before.Card) {
			for _, s := range before.Values(field) {
				if field != storage.FieldNote && !slices.Contains(after.Values(field), s) {
					rt.Errorf("%s: %q is lost: %q", field, s, after.Values(field))
				}
			}
		}
		for _, field := range storage.CardFields(&file) {
			kept := slices.ContainsFunc(first.Kept, func(k contacts.ImportKept) bool { return slices.Contains(k.Fields, field) })
			for _, s := range file.Values(field) {
				if field != storage.FieldNote && !kept && !says(&after.Card, field, s) {
					rt.Errorf("%s: %q did not come: %q", field, s, after.Values(field))
				}
			}
		}
		if !bytes.Contains([]byte(after.Note), []byte(before.Note)) || !bytes.Contains([]byte(after.Note), []byte(file.Note)) {
			rt.Errorf("the note of %q and %q is %q", before.Note, file.Note, after.Note)
		}
		if again := read(); again.Unchanged != 1 {
			rt.Errorf("a second time: %+v", again)
		}
	})
}
