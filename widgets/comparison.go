package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// ComparisonColumn heads one version in a Comparison.
type ComparisonColumn struct {
	Title, Remark string
}

// ComparisonRow is one thing that the versions may say differently. It has Values, one per column, of which one is chosen,
// or else Ticks, any number of which may be.
type ComparisonRow struct {
	Label string
	// Values are what each column says, lines separated by \n; "" shows Nothing. Chosen is a column, or -1.
	Values []string
	Chosen int
	Ticks  []ComparisonTick
}

// ComparisonTick is a value that is taken or not, whatever becomes of the others.
type ComparisonTick struct {
	Text, Remark string
	On           bool
}

// ComparisonParams say what a Comparison shows.
type ComparisonParams struct {
	// Heading stands above the labels, Nothing in the place of an empty value. Whole tells what the arrow beside a label
	// does, which shows values that are cut, KeepAll what a column's link does.
	Heading, Nothing, Whole, KeepAll string
	Columns                          []ComparisonColumn
	Rows                             []ComparisonRow
	// OnChosen is called with the column chosen in a row, OnTicked with a value that was taken or left.
	OnChosen func(row, column int)
	OnTicked func(row, tick int, on bool)
}

// Sizes of a Comparison, in units.
const (
	comparisonLabel  float32 = 164
	comparisonGap    float32 = 12
	comparisonBeside float32 = 560 // from this width on the labels stand at the left, below above their values
	comparisonHead   float32 = 320 // of a column: from this width on its head is one line
)

var (
	_ fyne.Widget = (*Comparison)(nil)
	_ Flowing     = (*Comparison)(nil)
)

// Comparison sets versions of the same thing side by side, a row for each field, and has one version chosen in each row.
// Tab goes from cell to cell; the arrows left and right choose the neighbour, up and down go to the next row.
type Comparison struct {
	widget.BaseWidget

	p      ComparisonParams
	rows   []*comparisonRow
	column *Column
}

// NewComparison makes one.
func NewComparison(p ComparisonParams) *Comparison {
	c := &Comparison{p: p}
	objects := []fyne.CanvasObject{c.head()}
	for i := range p.Rows {
		row := newComparisonRow(c, i)
		c.rows = append(c.rows, row)
		objects = append(objects, row)
	}
	c.column = NewColumn(8, objects...)
	c.ExtendBaseWidget(c)
	return c
}

// Chosen gives the column chosen in a row, -1 when none is.
func (c *Comparison) Chosen(row int) int { return c.p.Rows[row].Chosen }

// ChooseAll chooses a column in every row that has values.
func (c *Comparison) ChooseAll(column int) {
	for i, row := range c.rows {
		if len(c.p.Rows[i].Values) > 0 {
			row.choose(column)
		}
	}
}

// head is the line above the rows: the remarks go below the titles where there is no room beside them.
func (c *Comparison) head() fyne.CanvasObject {
	label := Fixed(comparisonLabel, NewText(c.p.Heading, look.SizeSmall, look.TextSecondary))
	above := Fixed(comparisonLabel, label.Object) // beside the title, where the remark stands below it
	if above.Top = true; c.p.KeepAll != "" {
		above.Object = NewTallLine(look.HeightInline, 0, Share(label.Object))
	}
	wide, middle, narrow := []LineCell{label}, []LineCell{above}, []LineCell{}
	for i, col := range c.p.Columns {
		title, remark := NewWord(col.Title, look.SizeSmall, look.Text).Bold(), NewText(col.Remark, look.SizeSmall, look.TextSecondary)
		heads := []LineCell{Shrinking(title), Space()}
		beside, below := []LineCell{Shrinking(title), Share(remark)}, []fyne.CanvasObject{title, remark}
		if c.p.KeepAll != "" {
			keep := NewLink(c.p.KeepAll, func() { c.ChooseAll(i) })
			keep.Tight = true
			heads, beside, below = append(heads, Own(keep)), append(beside, Own(keep)), append(below, NewLine(0, Own(keep), Space()))
		}
		wide = append(wide, Share(NewLine(8, beside...)))
		middle = append(middle, Share(NewColumn(0, NewLine(8, heads...), remark)))
		narrow = append(narrow, LineCell{Object: NewColumn(0, below...), Width: -1, Top: true})
	}
	oneLine := comparisonLabel + float32(len(c.p.Columns))*(comparisonHead+comparisonGap)
	return NewReflow(oneLine, NewTallLine(look.HeightField, comparisonGap, wide...), NewReflow(comparisonBeside,
		NewTallLine(look.HeightField, comparisonGap, middle...), NewLine(comparisonGap, narrow...)))
}

// HeightFor gives the height at a width.
func (c *Comparison) HeightFor(width float32) float32 { return c.column.HeightFor(width) }

func (c *Comparison) held() []fyne.CanvasObject { return []fyne.CanvasObject{c.column} }

// CreateRenderer is called by Fyne.
func (c *Comparison) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	return widget.NewSimpleRenderer(c.column)
}

// comparisonRow is a label and its cells.
type comparisonRow struct {
	widget.BaseWidget

	of    *Comparison
	index int
	label *Text
	whole *Button
	cells []*comparisonCell
	open  bool    // values are shown whole, on several lines
	width float32 // the last one given
}

func newComparisonRow(c *Comparison, index int) *comparisonRow {
	row := &c.p.Rows[index]
	r := &comparisonRow{of: c, index: index, label: NewText(row.Label, look.SizeBody, look.Text)}
	r.whole = NewIconButton(Plain, c.p.Whole, look.IconChevronDown, r.toggle)
	r.whole.Height = look.HeightChip
	for i, text := range row.Values {
		if text == "" {
			text = c.p.Nothing
		}
		r.cells = append(r.cells, newComparisonCell(r, i, text, "", false))
	}
	for i, tick := range row.Ticks {
		r.cells = append(r.cells, newComparisonCell(r, i, tick.Text, tick.Remark, true))
	}
	r.ExtendBaseWidget(r)
	return r
}

// toggle shows the values whole, or on one line again.
func (r *comparisonRow) toggle() {
	r.open = !r.open
	r.whole.Icon = look.IconChevronDown
	if r.open {
		r.whole.Icon = look.IconChevronUp
	}
	for _, c := range r.cells {
		c.setOpen(r.open)
	}
	r.Refresh()
	r.of.column.Refresh()
	if c := fyne.CurrentApp().Driver().CanvasForObject(r); c != nil && c.Content() != nil {
		c.Content().Refresh() // what stands below moves
	}
}

// chosen tells whether a cell is.
func (r *comparisonRow) chosen(cell int) bool {
	row := &r.of.p.Rows[r.index]
	if len(row.Ticks) > 0 {
		return row.Ticks[cell].On
	}
	return row.Chosen == cell
}

// press takes a value, or chooses one.
func (r *comparisonRow) press(cell int) {
	row := &r.of.p.Rows[r.index]
	if len(row.Ticks) == 0 {
		r.choose(cell)
		return
	}
	row.Ticks[cell].On = !row.Ticks[cell].On
	r.cells[cell].Refresh()
	if r.of.p.OnTicked != nil {
		r.of.p.OnTicked(r.index, cell, row.Ticks[cell].On)
	}
}

func (r *comparisonRow) choose(cell int) {
	row := &r.of.p.Rows[r.index]
	if row.Chosen == cell {
		return
	}
	row.Chosen = cell
	for _, c := range r.cells {
		c.Refresh()
	}
	if r.of.p.OnChosen != nil {
		r.of.p.OnChosen(r.index, cell)
	}
}

// move follows an arrow from a cell.
func (r *comparisonRow) move(cell int, key fyne.KeyName) {
	by, ticks := 1, len(r.of.p.Rows[r.index].Ticks) > 0
	if key == fyne.KeyLeft || key == fyne.KeyUp {
		by = -1
	}
	if key == fyne.KeyLeft || key == fyne.KeyRight || ticks {
		if to := cell + by; to >= 0 && to < len(r.cells) {
			if !ticks {
				r.choose(to)
			}
			Focus(r.cells[to])
			return
		}
	}
	if to := r.index + by; (key == fyne.KeyUp || key == fyne.KeyDown) && to >= 0 && to < len(r.of.rows) {
		cells := r.of.rows[to].cells
		Focus(cells[min(cell, len(cells)-1)])
	}
}

// left is where the cells begin, and top how far below the row's top.
func (r *comparisonRow) left(width float32) (left, top float32) {
	if width > 0 && width < comparisonBeside {
		return 0, 26
	}
	return comparisonLabel + comparisonGap, 0
}

// cellWidth is that of one cell.
func (r *comparisonRow) cellWidth(width float32) float32 {
	left, _ := r.left(width)
	n := float32(len(r.cells))
	if len(r.of.p.Rows[r.index].Ticks) > 0 {
		n = 1
	}
	return max((width-left-(n-1)*comparisonGap)/n, 0)
}

// HeightFor gives the height at a width.
func (r *comparisonRow) HeightFor(width float32) float32 {
	_, top := r.left(width)
	h, each := float32(0), r.cellWidth(width)
	for i, c := range r.cells {
		switch own := c.heightFor(each); {
		case len(r.of.p.Rows[r.index].Ticks) == 0:
			h = max(h, own)
		case i > 0:
			h += own + 4
		default:
			h = own
		}
	}
	return top + h
}

// Resize remembers the width, which the height follows from.
func (r *comparisonRow) Resize(size fyne.Size) {
	r.width = size.Width
	r.BaseWidget.Resize(size)
}

func (r *comparisonRow) held() []fyne.CanvasObject {
	parts := []fyne.CanvasObject{r.whole}
	for _, c := range r.cells {
		parts = append(parts, c)
	}
	return parts
}

// CreateRenderer is called by Fyne.
func (r *comparisonRow) CreateRenderer() fyne.WidgetRenderer {
	r.ExtendBaseWidget(r)
	cr := &comparisonRowRenderer{r: r}
	cr.objects = append([]fyne.CanvasObject{r.label}, r.held()...)
	return cr
}

type comparisonRowRenderer struct {
	drawn
	r *comparisonRow
}

// MinSize is narrow: the values are cut.
func (cr *comparisonRowRenderer) MinSize() fyne.Size {
	return fyne.NewSize(160, cr.r.HeightFor(max(cr.r.width, 160)))
}

// Layout places the label and the cells, and the arrow where a value is cut.
func (cr *comparisonRowRenderer) Layout(size fyne.Size) {
	r := cr.r
	left, top := r.left(size.Width)
	each := r.cellWidth(size.Width)
	cut := r.open
	x, y := left, top
	height := size.Height - top
	for _, c := range r.cells {
		if len(r.of.p.Rows[r.index].Ticks) > 0 {
			height = c.heightFor(each)
		}
		place(c, x, y, each, height)
		cut = cut || c.isCut(each)
		if len(r.of.p.Rows[r.index].Ticks) > 0 {
			y += height + 4
		} else {
			x += each + comparisonGap
		}
	}
	room, line := left-comparisonGap, comparisonCellHeight
	if left == 0 {
		room, line = size.Width, 24
	}
	SetShown(r.whole, cut)
	if cut {
		room -= look.HeightChip + 4
		placeMiddle(r.whole, room+4, line, look.HeightChip, look.HeightChip)
	}
	placeMiddle(r.label, 0, line, max(room, 0), 20)
}

// Refresh lays out again and refreshes the parts.
func (cr *comparisonRowRenderer) Refresh() {
	cr.Layout(cr.r.Size())
	for _, o := range cr.objects {
		o.Refresh()
	}
}
