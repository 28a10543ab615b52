package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"diapason/widgets/look"
)

func useTheme(t *testing.T) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Light))
}

func block(w, h float32) *canvas.Rectangle {
	r := canvas.NewRectangle(nil)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

func TestWordsNeverBreakAtANoBreakSpace(t *testing.T) {
	useTheme(t)
	got := wrapped("Rétablir la sauvegarde\u00a0?", look.SizeBody, false, 120)
	if diff := cmp.Diff([]string{"Rétablir la", "sauvegarde\u00a0?"}, got); diff != "" {
		t.Error(diff)
	}
	if got := wrapped("https://hotel.example/une/adresse/sans/fin", look.SizeBody, false, 120); len(got) < 2 {
		t.Errorf("a word without a space gives %q", got)
	}
	if diff := cmp.Diff([]string{"vieux-port.", "example"}, wrapped("vieux-port.example", look.SizeSmall, false, 100)); diff != "" {
		t.Error(diff)
	}
	if got := wrapped("a\nb", look.SizeBody, false, 500); len(got) != 2 {
		t.Errorf("a line break gives %q", got)
	}
}

func TestColumnGivesWrappedWordsTheHeightTheyNeed(t *testing.T) {
	useTheme(t)
	text := NewParagraph("Deux plages horaires au plus par jour", look.SizeBody, look.Text)
	empty := NewText("", look.SizeBody, look.Text)
	below := block(10, 30)
	c := NewColumn(8, text, empty, below)
	c.Resize(fyne.NewSize(1000, c.HeightFor(1000)))
	if below.Position().Y != 20+8 {
		t.Errorf("below one line: %v", below.Position())
	}
	c.Resize(fyne.NewSize(120, c.HeightFor(120)))
	if below.Position().Y < 2*20+8 || c.MinSize().Height != below.Position().Y+30 {
		t.Errorf("below wrapped words: %v, %v", below.Position(), c.MinSize())
	}
	text.Hide()
	if c.HeightFor(120) != 30 {
		t.Errorf("a hidden text leaves %v", c.HeightFor(120))
	}
}

func TestLineSharesWhatFixedCellsLeave(t *testing.T) {
	useTheme(t)
	a, b, c, d := block(5, 10), block(40, 20), block(5, 10), block(30, 12)
	l := NewTallLine(44, 10, Fixed(100, a), Own(b), Share(c), LineCell{Object: d, Width: 50, Right: true})
	l.Resize(fyne.NewSize(400, l.HeightFor(400)))
	type box struct{ X, Y, W, H float32 }
	var got []box
	for _, o := range []fyne.CanvasObject{a, b, c, d} {
		got = append(got, box{o.Position().X, o.Position().Y, o.Size().Width, o.Size().Height})
	}
	want := []box{{0, 17, 100, 10}, {110, 12, 40, 20}, {160, 17, 180, 10}, {370, 16, 30, 12}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	b.Hide()
	l.Resize(fyne.NewSize(401, 44))
	if c.Position().X != 110 {
		t.Errorf("a hidden cell leaves its room: %v", c.Position())
	}
}

func TestShrinkingCellYieldsToTheOthers(t *testing.T) {
	useTheme(t)
	a, b := block(200, 10), block(60, 10)
	l := NewLine(10, Shrinking(a), Own(b))
	l.Resize(fyne.NewSize(150, 10))
	if a.Size().Width != 80 || b.Position().X != 90 || l.MinSize().Width != 70 {
		t.Errorf("got %v, %v, least %v", a.Size(), b.Position(), l.MinSize())
	}
	l.Resize(fyne.NewSize(400, 10))
	if a.Size().Width != 200 {
		t.Errorf("with room: %v", a.Size())
	}
}

func TestReflowArrangesTheSameThingsByWidth(t *testing.T) {
	useTheme(t)
	a, b := block(100, 20), block(100, 30)
	r := NewReflow(300, NewLine(8, Own(a), Own(b)), NewColumn(8, a, b))
	if r.HeightFor(300) != 30 || r.HeightFor(299) != 58 {
		t.Errorf("heights %v, %v", r.HeightFor(300), r.HeightFor(299))
	}
	window := test.NewTempWindow(t, r)
	window.SetPadded(false)
	for _, width := range []float32{400, 200, 400} {
		window.Resize(fyne.NewSize(width, 60))
		if got := b.Position().Y > a.Position().Y+10; got != (width < 300) {
			t.Errorf("%v wide: under each other %v", width, got)
		}
	}
	if w := r.MinSize().Width; w != 100 {
		t.Errorf("the least width is %v", w)
	}
}

func TestSharingCellKeepsItsLeastWidth(t *testing.T) {
	useTheme(t)
	a, b, c := block(5, 10), block(5, 10), block(5, 10)
	l := NewLine(0, LineCell{Object: a, Width: -1, Least: 100}, Fixed(80, b), LineCell{Object: c, Width: 80, Shrinks: true})
	l.Resize(fyne.NewSize(200, 10))
	if a.Size().Width != 100 || b.Size().Width != 80 || c.Size().Width != 20 {
		t.Errorf("got %v, %v, %v", a.Size(), b.Size(), c.Size())
	}
}

func TestKeyboardGoingOutOfSightScrollsThePage(t *testing.T) {
	useTheme(t)
	first, last := NewField("Premier"), NewField("Dernier")
	button := NewButton(Outlined, "Copier", "", nil)
	scroll := NewScroll(NewColumn(8, first, block(10, 900), NewLine(8, Share(last), Own(button)), block(10, 900)))
	outside := NewButton(Outlined, "Ailleurs", "", nil)
	window := test.NewTempWindow(t, NewFrame(outside, nil, nil, nil, scroll))
	window.Resize(fyne.NewSize(400, 300))
	shown := func(o fyne.Focusable) bool {
		d := fyne.CurrentApp().Driver()
		y := d.AbsolutePositionForObject(o.(fyne.CanvasObject)).Y - d.AbsolutePositionForObject(scroll).Y
		return y >= 0 && y+o.(fyne.CanvasObject).Size().Height <= scroll.Size().Height
	}
	for _, o := range []fyne.Focusable{last.Focusable(), first.Focusable(), button} {
		if shown(o) {
			t.Fatal("nothing to bring into sight")
		}
		window.Canvas().Focus(o)
		if !shown(o) {
			t.Errorf("out of sight at %v", scroll.Offset)
		}
	}
	before := scroll.Offset
	window.Canvas().Focus(outside)
	if scroll.Offset != before {
		t.Error("the page moved for something that is not on it")
	}
}

func TestWrappedLinesFitAsTheyAreDrawn(t *testing.T) {
	useTheme(t)
	text := "« x » n’est pas un numéro de téléphone valide. L’écrire comme 01 99 00 12 34, ou avec l’indicatif du pays : +44 20 7946 0123."
	for width := float32(200); width < 400; width += 7 {
		for _, line := range wrapped(text, look.SizeSmall, false, width) {
			if got := fyne.MeasureText(line, look.SizeSmall, fyne.TextStyle{}).Width; got > width {
				t.Errorf("%q is %v wide for %v", line, got, width)
			}
		}
	}
}

func TestTabLeavesAFieldOfSeveralLines(t *testing.T) {
	useTheme(t)
	if f := NewTextArea("Description", 3); f.Focusable().(fyne.Tabbable).AcceptsTab() {
		t.Error("the keyboard cannot leave the field")
	}
}

func TestEmptyStateKeepsItsWordsInANarrowList(t *testing.T) {
	e := NewEmptyState(EmptyParams{
		Icon: look.IconSearch, Title: "Aucun résultat",
		Sentence: "Aucun établissement pour « établissement 0999 une longue recherche qui ne tient pas ».",
	})
	show(t, e)
	e.Resize(fyne.NewSize(328, 600))
	sentence := e.parts[2].(*Text)
	if x, end := sentence.Position().X, sentence.Position().X+sentence.Size().Width; x < 0 || end > 328 {
		t.Errorf("the sentence stands from %v to %v", x, end)
	}
	if sentence.Size().Height < 2*lineHeight(look.SizeBody) {
		t.Errorf("the sentence is %v high", sentence.Size().Height)
	}
}
