package agenda

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/app/agenda/book"
	"diapason/storage"
	"diapason/sync/agenda/recurrence"
	"diapason/widgets"
)

// begin types into a field and leaves the cursor before the last letter.
func (b *bench) begin(f *widgets.Field, text string) {
	b.window.Canvas().Focus(f.Focusable())
	f.SelectAll()
	test.Type(f.Focusable(), text)
	f.Focusable().TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
}

// elsewhere edits the reservation that is shown as somebody else would, and waits until the pane knows.
func (b *bench) elsewhere(edit func(d *recurrence.Draft)) {
	b.t.Helper()
	item := b.detail.entry.Item
	before := item.Reservation.Revision
	if _, err := b.agenda.Edit(b.t.Context(), item.Reservation.ID, item.Original, "", edit); err != nil {
		b.t.Fatal(err)
	}
	b.until("the pane that follows", func() bool { return b.detail.entry.Item.Reservation.Revision > before })
}

func TestWhatIsTypedIntoAReservationStaysWhenItChangesElsewhere(t *testing.T) {
	for _, key := range []string{"title", "publicNotes", "privateNotes", "start"} {
		t.Run(key, func(t *testing.T) {
			b := open(t)
			b.put("Chorale", "")
			b.open(b.find("Chorale").ID)
			f := b.detail.fields[key]
			b.begin(f, "11:3")
			b.elsewhere(func(d *recurrence.Draft) { d.Address, d.Link = "2 rue Haute", "https://visio.example/2" })
			if f.Value() != "11:3" || b.window.Canvas().Focused() != f.Focusable() || b.detail.fields[key] != f {
				t.Fatalf("the field says %q; has the keyboard: %v", f.Value(), b.window.Canvas().Focused() == f.Focusable())
			}
			test.Type(f.Focusable(), "0")
			if got := b.detail.fields["address"].Value(); f.Value() != "11:03" || got != "2 rue Haute" {
				t.Fatalf("the field says %q, the address %q", f.Value(), got)
			}
			b.window.Canvas().Unfocus()
			before := b.detail.entry.Item.Reservation.Revision
			test.Tap(b.detail.save)
			b.until("it is kept", func() bool { return b.side == sideNone && b.book.Entries()[0].Item.Reservation.Revision > before })
			now := b.book.Entries()[0].Form()
			said := map[string]string{"title": now.Title, "publicNotes": now.PublicNotes, "privateNotes": now.PrivateNotes, "start": strings.ReplaceAll(now.Start, "\u00a0h\u00a0", ":")}
			if key == "start" && now.End != "13\u00a0h\u00a003" {
				t.Errorf("what lasted two hours ends at %s", now.End)
			}
			if said[key] != "11:03" || now.Address != "2 rue Haute" || now.Link != "https://visio.example/2" {
				t.Errorf("kept %+v", now)
			}
		})
	}
}

func TestAFieldThatWasJustEnteredStaysWhenTheReservationChanges(t *testing.T) {
	b := open(t)
	b.put("Chorale", "")
	b.open(b.find("Chorale").ID)
	b.window.Canvas().Focus(b.detail.parts[book.PartTitle].Focusable())
	b.elsewhere(func(d *recurrence.Draft) { d.Address = "2 rue Haute" })
	test.Type(b.window.Canvas().Focused(), "X")
	if b.detail.form.Title != "XChorale" {
		t.Errorf("the pane would keep %q", b.detail.form.Title)
	}
}

func TestWhatWasTypedCanBeTakenUpAgainAfterAnotherReservationWasOpened(t *testing.T) {
	b := open(t)
	b.put("Chorale", "")
	b.put("Visite", "")
	first := b.find("Chorale").ID
	b.open(first)
	b.begin(b.detail.fields["publicNotes"], "begun")
	b.open(first) // pressed again
	if b.detail.form.PublicNotes != "begun" {
		t.Errorf("pressed again, it says %q", b.detail.form.PublicNotes)
	}
	b.open(b.find("Visite").ID)
	if b.detail.form.Title != "Visite" || b.host.action == nil {
		t.Fatalf("shown %q; what was written is lost", b.detail.form.Title)
	}
	b.host.action() // « Reprendre »
	if b.detail.form.Title != "Chorale" || b.detail.fields["publicNotes"].Value() != "begun" {
		t.Errorf("taken up again: %+v", b.detail.form)
	}
	b.host.action = nil
	b.create()
	if b.host.action == nil {
		t.Error("a new reservation takes the place of what was written")
	}
}

func TestSearchBeingTypedStaysWhileReservationsCome(t *testing.T) {
	b := open(t)
	b.put("Chorale", "")
	b.turn(book.Period{View: book.List, Day: b.book.Period().Day})
	b.settle()
	b.window.Canvas().Focus(b.filters.search.Focusable())
	test.Type(b.window.Canvas().Focused(), "Vis")
	b.settle()
	r := &storage.Reservation{TypeID: "meeting", Zone: "Europe/Paris", Start: storage.LocalOf(now), End: storage.LocalOf(now.Add(time.Hour))}
	r.Title = "Visite"
	if _, err := b.agenda.Save(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	b.until("the one found", func() bool { return b.find("Visite") != nil })
	test.Type(b.window.Canvas().Focused(), "i")
	if got := b.filters.search.Text(); got != "Visi" {
		t.Errorf("searched %q", got)
	}
}
