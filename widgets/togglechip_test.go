package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/widgets/look"
)

func TestToggleChipTellsOnFromOffByItsShape(t *testing.T) {
	var got []bool
	c := NewToggleChip("Séjours", look.HueOf("#0B6464"), func(on bool) { got = append(got, on) })
	c.SetCount("24")
	show(t, c)
	r := test.WidgetRenderer(c).(*toggleChipRenderer)
	if !r.mark.Visible() || r.dot.Visible() {
		t.Error("what is on bears no tick")
	}
	width := c.MinSize().Width
	test.Tap(c)
	if r.mark.Visible() || !r.dot.Visible() || c.On() {
		t.Error("what is off bears a tick")
	}
	if c.MinSize().Width != width {
		t.Error("switching changes the width")
	}
	c.SetOn(true)
	if len(got) != 1 || got[0] {
		t.Errorf("called back with %v", got)
	}
}

func TestToggleChipCutsItsWordAndKeepsItsCount(t *testing.T) {
	c := NewToggleChip("Prestation pédagogique", look.HueOf("#0B6464"), nil)
	c.SetCount("1 204")
	show(t, c)
	c.Resize(fyne.NewSize(120, 28))
	r := test.WidgetRenderer(c).(*toggleChipRenderer)
	if r.text.Text == "Prestation pédagogique" || r.count.Text != "1 204" {
		t.Errorf("%q, %q", r.text.Text, r.count.Text)
	}
	if end := r.text.Position().X + textWidth(r.text.Text, look.SizeSmall, false); end > r.count.Position().X {
		t.Errorf("the word ends at %v, the count begins at %v", end, r.count.Position().X)
	}
}
