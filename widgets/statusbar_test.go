package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/widgets/look"
)

func TestTheNoteOfAStatusBarGivesWayToTheFactAndTheAction(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Light))
	s := NewStatusBar()
	w := test.NewTempWindow(t, s)
	w.SetPadded(false)
	s.ShowFact(Success, look.StatusOK, "Synchronisation des contacts terminée : 71 contacts traités", "")
	s.SetNote(look.IconLock, "Données enregistrées sur cet ordinateur")
	s.SetAction("Voir le rapport", func() {})
	for _, c := range []struct {
		width float32
		note  bool
	}{{1072, true}, {492, false}, {300, false}, {900, true}} {
		w.Resize(fyne.NewSize(c.width, look.HeightStatusBar))
		if s.note.Visible() != c.note || s.noteIcon.Visible() != c.note {
			t.Errorf("%v wide: note %v, its icon %v", c.width, s.note.Visible(), s.noteIcon.Visible())
		}
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.action)
		if end := at.X + s.action.MinSize().Width; end > c.width-look.Margin+1 {
			t.Errorf("%v wide: the action ends at %v", c.width, end)
		}
	}
	s.SetNote("", "")
	if s.note.Visible() || s.noteIcon.Visible() {
		t.Error("a note that is not there is shown")
	}
}
