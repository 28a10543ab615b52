package sharing

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// inWindow shows the bench's board on a panel in a test window.
func (b *bench) inWindow(t *testing.T) (*Panel, fyne.Window) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Light))
	v := New(b.p)
	v.board.follow(false)
	v.board.unwatch()
	v.board = b.board
	b.p.shown = v.show
	v.show()
	w := test.NewTempWindow(t, v.Content())
	w.Resize(fyne.NewSize(420, 900))
	return v, w
}

func TestWhatIsTypedOnThePanelStaysWhenPeopleAndAccountsCome(t *testing.T) {
	for _, c := range []struct {
		name string
		open func(b *bench, v *Panel) *widgets.Field
	}{
		{"name of a new link", func(b *bench, v *Panel) *widgets.Field { return v.fields["label "] }},
		{"name of a link", func(b *bench, v *Panel) *widgets.Field {
			b.made()
			v.fold = true
			v.show()
			return v.fields["label "+b.draft.ID]
		}},
		{"public address", func(b *bench, v *Panel) *widgets.Field {
			b.made()
			a := b.publishing()
			b.setReach(Internet)
			return v.fields["public "+a.ID]
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t)
			v, w := b.inWindow(t)
			f := c.open(b, v)
			w.Canvas().Focus(f.Focusable())
			f.SelectAll()
			test.Type(f.Focusable(), "https://a.example/x")
			f.Focusable().TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
			built := v.built
			if err := b.agenda.SavePerson(t.Context(), &storage.Person{Name: "Dominique Exemple"}); err != nil {
				t.Fatal(err)
			}
			b.until("the panel built again", func() bool { return v.built != built })
			test.Type(w.Canvas().Focused(), "0")
			shown := false
			for _, o := range test.LaidOutObjects(v.Content()) {
				shown = shown || o == fyne.CanvasObject(f)
			}
			if f.Value() != "https://a.example/0x" || !shown {
				t.Errorf("the field says %q; on the panel: %v", f.Value(), shown)
			}
		})
	}
}
