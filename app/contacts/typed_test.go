package contacts

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/widgets"
)

// elsewhere does what others do while somebody types: accounts come, a run moves on, the contact is edited. It waits until
// the pane knows.
func (b *bench) elsewhere(edit func(c *storage.Contact)) {
	b.t.Helper()
	err := b.store.Update(b.t.Context(), func(w storage.Writer) error {
		a := &storage.Account{Kind: "contacts.carddav", Name: "Carnet", Enabled: true}
		if err := w.PutAccount(a); err != nil {
			return err
		}
		return w.PutRun(&storage.Run{Kind: storage.RunContacts, State: storage.RunRunning, StartedAt: now})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	c := b.kept()[0]
	edit(c)
	change, err := b.service.Save(b.t.Context(), c)
	if err != nil {
		b.t.Fatal(err)
	}
	b.until("the pane that follows", func() bool { return b.pane.shown() && b.pane.contact.Revision == change.Contact.Revision })
}

// begin types into a field of the pane and leaves the cursor before the last letter.
func (b *bench) begin(f *widgets.Field, text string) {
	b.window.Canvas().Focus(f.Focusable())
	f.SelectAll()
	test.Type(f.Focusable(), text)
	f.Focusable().TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
}

// goesOn checks that typing goes on where it was.
func (b *bench) goesOn(f *widgets.Field, text string) {
	b.t.Helper()
	if f.Value() != text || b.window.Canvas().Focused() != f.Focusable() {
		b.t.Fatalf("the field says %q, want %q; has the keyboard: %v", f.Value(), text, b.window.Canvas().Focused() == f.Focusable())
	}
	test.Type(f.Focusable(), "0")
	if want := text[:len(text)-1] + "0" + text[len(text)-1:]; f.Value() != want {
		b.t.Fatalf("what is typed next gives %q, want %q", f.Value(), want)
	}
}

func TestWhatIsTypedIntoACardStaysWhateverHappensElsewhere(t *testing.T) {
	for field, keep := range map[storage.Field]func(c *storage.Card) string{
		storage.FieldGivenName: func(c *storage.Card) string { return c.GivenName },
		storage.FieldNote:      func(c *storage.Card) string { return c.Note },
		"phone.personalMobile": func(c *storage.Card) string { return c.Phones[0].Value },
		storage.FieldLabels:    func(c *storage.Card) string { return c.Labels[0] },
	} {
		t.Run(string(field), func(t *testing.T) {
			b := open(t, storage.Card{GivenName: "Zoé", FamilyName: "Morel"})
			b.openFirst()
			f := b.pane.fields[field]
			b.begin(f, "06 12 3")
			b.elsewhere(func(c *storage.Contact) { c.FamilyName, c.Birthday = "Martin", "1980-02-29" })
			b.goesOn(f, "06 12 3")
			if got := b.pane.fields[storage.FieldFamilyName].Value(); got != "Martin" {
				t.Errorf("the name says %q: the edit made elsewhere is not shown", got)
			}
			b.pane.save.OnTapped()
			b.until("the contact is kept", func() bool { return !b.pane.shown() })
			if c := b.kept()[0]; keep(&c.Card) != "06 12 03" || c.FamilyName != "Martin" || c.Birthday != "1980-02-29" {
				t.Errorf("kept %+v", c.Card)
			}
		})
	}
}

// A field that has the keyboard and says nothing new yet is the same field afterwards: what is typed next is not lost.
func TestAFieldThatWasJustEnteredStaysWhenTheContactChanges(t *testing.T) {
	b := open(t, storage.Card{GivenName: "Zoé", FamilyName: "Morel"})
	b.openFirst()
	f := b.pane.fields[storage.FieldGivenName]
	b.window.Canvas().Focus(f.Focusable())
	b.elsewhere(func(c *storage.Contact) { c.Note = "changed elsewhere" })
	test.Type(b.window.Canvas().Focused(), "Z")
	if got := b.pane.form.Card().GivenName; got != "ZZoé" {
		t.Errorf("the pane would keep %q", got)
	}
	b.pane.form.Add("address.personal")
	b.pane.build()
	test.Type(b.window.Canvas().Focused(), "Z")
	if got := b.pane.form.Card().GivenName; got != "ZZZoé" {
		t.Errorf("with one more line the pane would keep %q", got)
	}
}

// held is the contacts' service, whose next Save waits.
type held struct {
	Service
	saving, goOn chan struct{}
}

func (h *held) Save(ctx context.Context, c *storage.Contact) (contacts.Change, error) {
	close(h.saving)
	<-h.goOn
	return h.Service.Save(ctx, c)
}

func TestWhatIsTypedWhileTheContactIsBeingKeptStays(t *testing.T) {
	b := open(t, storage.Card{GivenName: "Zoé", FamilyName: "Morel"})
	b.openFirst()
	b.begin(b.pane.fields[storage.FieldFamilyName], "Martin")
	service := b.p.Service
	h := &held{service, make(chan struct{}), make(chan struct{})}
	b.p.Service = h
	b.pane.save.OnTapped()
	<-h.saving
	b.begin(b.pane.fields[storage.FieldNote], "later")
	b.p.Service = service
	close(h.goOn)
	b.toast("Zoé Martin est enregistré.")
	b.goesOn(b.pane.fields[storage.FieldNote], "later")
	b.pane.save.OnTapped()
	b.until("the rest is kept", func() bool { return !b.pane.shown() })
	if c := b.kept()[0]; c.FamilyName != "Martin" || c.Note != "late0r" {
		t.Errorf("kept %+v", c.Card)
	}
}

func TestWhatWasTypedCanBeTakenUpAgainAfterAnotherContactWasOpened(t *testing.T) {
	b := open(t, storage.Card{GivenName: "Ada"}, storage.Card{GivenName: "Zoé"})
	b.openFirst()
	first := b.pane.contact.ID
	b.begin(b.pane.fields[storage.FieldNote], "begun")
	b.pane.open(b.kept()[0], nil) // the same one again
	if got := b.pane.form.Card().Note; got != "begun" {
		t.Errorf("pressed again, it says %q", got)
	}
	b.list.rows.OnOpen(1)
	b.until("the other contact", func() bool { return b.pane.contact.ID != first })
	b.host.action() // « Reprendre »
	if b.pane.contact.ID != first || b.pane.fields[storage.FieldNote].Value() != "begun" {
		t.Errorf("taken up again: %q", b.pane.fields[storage.FieldNote].Value())
	}
}

func TestSearchBeingTypedStaysWhileContactsCome(t *testing.T) {
	b := open(t, storage.Card{GivenName: "Zoé"}, storage.Card{GivenName: "Noé"})
	b.window.Canvas().Focus(b.filter.search.Focusable())
	test.Type(b.filter.search.Focusable(), "Zo")
	b.until("the one found", func() bool { return b.roster.Len() == 1 })
	if _, err := b.service.Save(t.Context(), &storage.Contact{Card: storage.Card{GivenName: "Zora"}}); err != nil {
		t.Fatal(err)
	}
	b.until("the other one", func() bool { return b.roster.Len() == 2 })
	test.Type(b.window.Canvas().Focused(), "r")
	b.until("Zora alone", func() bool { return b.roster.Len() == 1 && b.filter.search.Text() == "Zor" })
}
