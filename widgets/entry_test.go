package widgets

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"diapason/widgets/look"
)

func TestLongLineShowsWhatIsTypedThenItsBeginning(t *testing.T) {
	f := NewField("Nom")
	w := show(t, f)
	f.Resize(fyne.NewSize(200, f.MinSize().Height))
	sight := f.entry.clip.Size().Width
	shown := func(x float32) bool { return x+f.entry.Position().X >= 0 && x+f.entry.Position().X <= sight }
	if sight <= 0 || sight > 200 {
		t.Fatalf("%v of 200 are in sight", sight)
	}
	w.Canvas().Focus(f.Focusable())
	test.Type(f.Focusable(), strings.Repeat("Hôtel du Vieux Port ", 8))
	if !shown(f.entry.CursorPosition().X) || shown(entryPad) {
		t.Errorf("the end is typed at %v, the text begins at %v", f.entry.CursorPosition().X, f.entry.Position().X)
	}
	press(f.Focusable(), fyne.KeyHome)
	if !shown(f.entry.CursorPosition().X) || f.entry.Position().X != 0 {
		t.Errorf("after Home the text begins at %v", f.entry.Position().X)
	}
	press(f.Focusable(), fyne.KeyEnd)
	w.Canvas().Unfocus()
	if f.entry.Position().X != 0 {
		t.Errorf("once it is left the text begins at %v", f.entry.Position().X)
	}
}

func TestFieldsHaveNoFrameButOurs(t *testing.T) {
	for _, f := range []*Field{NewField("Nom"), NewTextArea("Description", 3)} {
		show(t, f)
		for _, o := range test.WidgetRenderer(f.entry).Objects() {
			if _, ok := o.(*canvas.Rectangle); ok {
				t.Errorf("%s: the Entry paints a frame of its own", f.label)
			}
		}
	}
}

func TestLinkIsASmallWordThatActs(t *testing.T) {
	done := 0
	b := NewLink("Tout garder", func() { done++ })
	show(t, b)
	if b.MinSize().Height != look.HeightInline || !b.Small {
		t.Errorf("%v high, small %v", b.MinSize().Height, b.Small)
	}
	test.Tap(b)
	press(b, fyne.KeyReturn)
	if done != 2 {
		t.Errorf("acted %d times", done)
	}
}
