package widgets

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// compared is a comparison of two versions in a window, with what it told.
func compared(t *testing.T, rows ...ComparisonRow) (c *Comparison, told *[]int) {
	t.Helper()
	told = &[]int{}
	c = NewComparison(ComparisonParams{
		Heading: "Champ", Nothing: "(vide)", Whole: "Tout lire", KeepAll: "Tout garder",
		Columns: []ComparisonColumn{{Title: "Ici"}, {Title: "Ailleurs", Remark: "hier"}}, Rows: rows,
		OnChosen: func(row, column int) { *told = append(*told, row, column) },
		OnTicked: func(row, tick int, on bool) { *told = append(*told, row, tick) },
	})
	show(t, NewScroll(c))
	return c, told
}

func TestOneVersionIsChosenInEachRowByMouseKeysAndAllAtOnce(t *testing.T) {
	c, told := compared(t, ComparisonRow{Label: "Nom", Values: []string{"Zoé", "Zita"}, Chosen: -1},
		ComparisonRow{Label: "Site", Values: []string{"lumen.test", ""}, Chosen: 0})
	if c.Chosen(0) != -1 || c.Chosen(1) != 0 || c.rows[1].cells[1].text.Text() != "(vide)" {
		t.Fatalf("begins with %d, %d, %q", c.Chosen(0), c.Chosen(1), c.rows[1].cells[1].text.Text())
	}
	test.Tap(c.rows[0].cells[1])
	press(c.rows[0].cells[1], fyne.KeyLeft)
	press(c.rows[1].cells[1], fyne.KeySpace)
	c.ChooseAll(1)
	want := []int{0, 1, 0, 0, 1, 1, 0, 1} // the second row had the second column already
	if len(*told) != len(want) {
		t.Fatalf("told %v, want %v", *told, want)
	}
	for i := range want {
		if (*told)[i] != want[i] {
			t.Fatalf("told %v, want %v", *told, want)
		}
	}
}

func TestArrowsGoFromRowToRowWithoutChoosing(t *testing.T) {
	c, told := compared(t, ComparisonRow{Label: "Nom", Values: []string{"Zoé", "Zita"}, Chosen: -1},
		ComparisonRow{Label: "E-mail", Ticks: []ComparisonTick{{Text: "zoe@lumen.test", On: true}, {Text: "z@lumen.test"}}})
	press(c.rows[0].cells[1], fyne.KeyDown)
	if !c.rows[1].cells[1].focused || len(*told) != 0 {
		t.Fatalf("not on the second row; told %v", *told)
	}
	press(c.rows[1].cells[1], fyne.KeyUp)
	if !c.rows[1].cells[0].focused || len(*told) != 0 {
		t.Fatalf("not on the first value; told %v", *told)
	}
	press(c.rows[1].cells[0], fyne.KeySpace)
	if c.rows[1].chosen(0) || c.rows[1].chosen(1) || len(*told) != 2 {
		t.Errorf("the value was not left: told %v", *told)
	}
	c.ChooseAll(0)
	if c.rows[1].chosen(0) {
		t.Error("a column took a value that may be left")
	}
}

func TestValueThatIsCutIsShownWholeByTheArrowBesideItsLabel(t *testing.T) {
	long := strings.Repeat("18 bis rue des Deux-Ponts ", 6)
	c, _ := compared(t, ComparisonRow{Label: "Nom", Values: []string{"Zoé", "Zita"}}, ComparisonRow{Label: "Adresse", Values: []string{long, "Paris\nLyon"}})
	if c.rows[0].whole.Visible() || !c.rows[1].whole.Visible() {
		t.Fatalf("arrows %v, %v", c.rows[0].whole.Visible(), c.rows[1].whole.Visible())
	}
	if got := c.rows[1].cells[1].text.Text(); got != "Paris · Lyon" {
		t.Errorf("two values on a line: %q", got)
	}
	before := c.HeightFor(800)
	test.Tap(c.rows[1].whole)
	if after := c.HeightFor(800); after <= before || c.rows[1].cells[1].text.Text() != "Paris\nLyon" {
		t.Errorf("height %v, then %v", before, after)
	}
	test.Tap(c.rows[1].whole)
	if c.HeightFor(800) != before {
		t.Error("it does not go back")
	}
}

func TestLabelsOfAComparisonStandAboveInANarrowWindow(t *testing.T) {
	c, _ := compared(t, ComparisonRow{Label: "Nom", Values: []string{"Zoé", "Zita"}})
	row := c.rows[0]
	if row.cells[0].Position().X < row.label.Position().X+comparisonLabel {
		t.Errorf("the values stand at %v", row.cells[0].Position())
	}
	c.Resize(fyne.NewSize(400, c.HeightFor(400)))
	if row.cells[0].Position().X != 0 || row.cells[0].Position().Y < row.label.Position().Y+20 {
		t.Errorf("the values stand at %v, the label at %v", row.cells[0].Position(), row.label.Position())
	}
	if c.MinSize().Width > 400 {
		t.Errorf("it does not get narrower than %v", c.MinSize().Width)
	}
}
