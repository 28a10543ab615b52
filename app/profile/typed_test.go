package profile

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/storage"
	"diapason/widgets"
)

// elsewhere does what others do while somebody types: accounts come and change, a run moves on, other fields are edited.
func (s *shownPane) elsewhere(t *testing.T) {
	t.Helper()
	if _, err := s.p.Engine.Edit(t.Context(), s.id, map[storage.Field]string{storage.FieldStars: "3"}, storage.ActorImport); err != nil {
		t.Fatal(err)
	}
	err := s.store.Update(t.Context(), func(w storage.Writer) error {
		for _, a := range []*storage.Account{
			{ID: "pages", Kind: "directory.pages", Name: "PagesJaunes", Enabled: true, Pause: storage.NewProblem("lane.paused"), PausedUntil: noon.Add(3 * time.Hour)},
			{ID: "more", Kind: "directory.files", Name: "Autre", Enabled: true, Settings: map[string]string{"folder": "/tmp"}},
			{ID: "book", Kind: "contacts.carddav", Name: "Carnet", Enabled: true},
		} {
			if err := w.PutAccount(a); err != nil {
				return err
			}
		}
		l, err := w.Listing(s.id, "pages")
		if err != nil {
			return err
		}
		l.CheckedAt = noon.Add(time.Minute)
		return w.PutListing(l)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.session.refresh()
}

// begun types a text in the place of the one in a field, and leaves the cursor before its last letter.
func begun(s *shownPane, f *widgets.Field, text string) {
	s.window.Canvas().Focus(f.Focusable())
	f.SelectAll()
	test.Type(f.Focusable(), text)
	f.Focusable().TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
}

// goesOn checks that typing goes on where it was, and keeps what was typed once the field is left.
func goesOn(t *testing.T, s *shownPane, f *widgets.Field, text string) {
	t.Helper()
	if f.Value() != text || s.window.Canvas().Focused() != f.Focusable() {
		t.Fatalf("the field says %q, want %q; has the keyboard: %v", f.Value(), text, s.window.Canvas().Focused() == f.Focusable())
	}
	test.Type(f.Focusable(), "0")
	if want := text[:len(text)-1] + "0" + text[len(text)-1:]; f.Value() != want {
		t.Fatalf("what is typed next gives %q, want %q", f.Value(), want)
	}
	s.window.Canvas().Unfocus()
}

func TestWhatIsBeingTypedStaysWhateverHappensElsewhere(t *testing.T) {
	s := newShownPane(t)
	for f, text := range map[storage.Field]string{
		storage.FieldPhone: "01 99 00 42 4", storage.FieldDescriptionShort: "Face au quai 1", storage.FieldKeywords: "port; mer 1",
		storage.FieldOpeningDate: "01/02/201", storage.FieldRooms: "12", storage.FieldHoursNotes: "Sonner au 2",
	} {
		t.Run(string(f), func(t *testing.T) {
			v := s.profile.views[f]
			if f == storage.FieldHoursNotes {
				v = s.hours.notes
			}
			s.choose(tabOf(f))
			begun(s, v.field, text)
			s.elsewhere(t)
			goesOn(t, s, v.field, text)
			if got := s.est(t); got.Value(f) == "" || got.Value(storage.FieldStars) != "3" || v.field.Error() != "" {
				t.Errorf("kept %q and %s stars; %s %v", got.Value(f), got.Value(storage.FieldStars), v.field.Error(), s.host.failures)
			}
		})
	}
}

func TestWhatIsBeingTypedStaysUnderADialogThatOpensByItself(t *testing.T) {
	s := newShownPane(t)
	v := s.profile.views[storage.FieldPhone]
	begun(s, v.field, "01 99 00 42 4")
	ok := widgets.NewButton(widgets.Primary, "OK", "", nil)
	d := widgets.ShowDialog(s.window.Canvas(), widgets.DialogParams{Title: "Passage retenu", Buttons: []*widgets.Button{ok}, First: ok})
	s.elsewhere(t)
	d.Close()
	goesOn(t, s, v.field, "01 99 00 42 4")
	if got := s.est(t).Phone; got != "+33199004204" {
		t.Errorf("kept %q", got)
	}
}

// A text that was left is on its way to the store: nothing that was read before takes its place, and a refused one stays
// to be corrected.
func TestWhatWasTypedStaysWhileItIsBeingKept(t *testing.T) {
	for text, kept := range map[string]string{"b@hvp.example": "b@hvp.example", "accueil": "accueil@hvp.example"} {
		s := newShownPane(t)
		var later []func()
		s.session.background = func(f func()) { later = append(later, f) }
		v := s.typeInto(storage.FieldEmail, text)
		s.session.background = func(f func()) { f() }
		s.elsewhere(t)
		if v.field.Value() != text {
			t.Errorf("%q became %q before it was kept", text, v.field.Value())
		}
		for _, f := range later {
			f()
		}
		s.elsewhere(t)
		if v.field.Value() != text || s.est(t).Email != kept || (v.field.Error() != "") != (text != kept) {
			t.Errorf("%q became %q, kept %q; error %q", text, v.field.Value(), s.est(t).Email, v.field.Error())
		}
	}
}

func TestRefusedTextStaysWhenSomebodyElseEditsTheSameField(t *testing.T) {
	s := newShownPane(t)
	v := s.typeInto(storage.FieldEmail, "accueil")
	if _, err := s.p.Engine.Edit(t.Context(), s.id, map[storage.Field]string{storage.FieldEmail: "c@hvp.example"}, storage.ActorImport); err != nil {
		t.Fatal(err)
	}
	s.session.refresh()
	if v.field.Value() != "accueil" || v.field.Error() == "" {
		t.Errorf("shown %q, error %q", v.field.Value(), v.field.Error())
	}
	s.typeInto(storage.FieldEmail, "b@hvp.example")
	if got := s.est(t).Email; got != "b@hvp.example" || v.field.Error() != "" {
		t.Errorf("kept %q, error %q", got, v.field.Error())
	}
}

func TestHoursBeingTypedStayWhenOtherHoursChange(t *testing.T) {
	s := newShownPane(t)
	s.ShowField(storage.FieldOpeningHours)
	field := s.hours.days[1].fields[0][0]
	begun(s, field, "09:3")
	const others = "Mo=08:00-12:00;Tu=08:00-20:00;We=10:00-20:00;Th=08:00-20:00;Fr=18:00-02:00;Sa=00:00-24:00;Su=08:00-20:00"
	values := map[storage.Field]string{storage.FieldOpeningHours: others, storage.FieldSpecialHours: "2026-12-24=09:00-14:00;2026-12-25;2027-01-01"}
	if _, err := s.p.Engine.Edit(t.Context(), s.id, values, storage.ActorImport); err != nil {
		t.Fatal(err)
	}
	s.elsewhere(t)
	if got := s.hours.days[2].fields[0][0].Value(); got != "10:00" || len(s.hours.special) != 3 {
		t.Errorf("Wednesday begins at %q, %d exceptional days: the edits made elsewhere are not shown", got, len(s.hours.special))
	}
	goesOn(t, s, field, "09:3")
	if got := s.est(t).Hours.Days; got[1][0].Open != 9*60+3 || got[2][0].Open != 10*60 || len(got[0]) != 1 {
		t.Errorf("kept %v; %v", got, s.host.failures)
	}
}

// Two days are changed one after the other, quicker than the first is kept.
func TestADayTypedWhileAnotherIsBeingKeptStays(t *testing.T) {
	s := newShownPane(t)
	s.ShowField(storage.FieldOpeningHours)
	var later []func()
	s.session.background = func(f func()) { later = append(later, f) }
	for i := range 2 {
		field := s.hours.days[i].fields[0][0]
		begun(s, field, "07:30")
		s.window.Canvas().Unfocus()
	}
	third := s.hours.days[2].fields[0][0]
	begun(s, third, "07:4")
	for len(later) > 0 {
		f := later[0]
		later = later[1:]
		f()
	}
	s.session.background = func(f func()) { f() }
	goesOn(t, s, third, "07:4")
	if got := s.est(t).Hours.Days; got[0][0].Open != 450 || got[1][0].Open != 450 || got[2][0].Open != 7*60+4 {
		t.Errorf("kept %v; %v", got, s.host.failures)
	}
}

func TestAnExceptionalDayBeingTypedStaysWhenAnotherComes(t *testing.T) {
	s := newShownPane(t)
	s.ShowField(storage.FieldOpeningHours)
	field := s.hours.specials.rows[storage.Date{Year: 2026, Month: 12, Day: 24}].day.fields[0][0]
	begun(s, field, "09:3")
	if _, err := s.p.Engine.Edit(t.Context(), s.id, map[storage.Field]string{
		storage.FieldSpecialHours: "2026-12-24=09:00-14:00;2026-12-25=10:00-12:00;2027-01-01",
	}, storage.ActorImport); err != nil {
		t.Fatal(err)
	}
	s.elsewhere(t)
	goesOn(t, s, field, "09:3")
	if got := storage.SpecialText(s.est(t).SpecialHours); got != "2026-12-24=09:03-14:00;2026-12-25=10:00-12:00;2027-01-01" {
		t.Errorf("kept %q; %v", got, s.host.failures)
	}
}

func TestWhatIsTypedIsKeptWhenThePaneCloses(t *testing.T) {
	s := newShownPane(t)
	s.profile.views[storage.FieldCity].field.SelectAll()
	test.Type(s.profile.views[storage.FieldCity].field.Focusable(), "Aix")
	test.Type(s.hours.notes.field.Focusable(), "Sonner au 2")
	s.window.SetContent(widgets.NewColumn(0)) // the window is gone first
	s.Close()
	if e := s.est(t); e.Address.City != "Aix" || e.Value(storage.FieldHoursNotes) != "Sonner au 2" {
		t.Errorf("kept %q and %q; %v", e.Address.City, e.Value(storage.FieldHoursNotes), s.host.failures)
	}
}
