package widgets

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// ListColumn is one column of a SelectList.
type ListColumn struct {
	ID, Title string
	// Width is fixed, in units, the gap to the next column included. Flex, used when Width is 0, is this column's share of
	// what is left.
	Width, Flex float32
	// Sortable titles call OnSort.
	Sortable bool
	// Trailing aligns title and cells to the right. With Fit, for the last column only, the cell takes the width it needs
	// and the column before it gets the rest, row by row.
	Trailing, Fit bool
}

var (
	_ fyne.Widget        = (*SelectList)(nil)
	_ fyne.Focusable     = (*SelectList)(nil)
	_ fyne.Scrollable    = (*SelectList)(nil)
	_ fyne.Shortcutable  = (*SelectList)(nil)
	_ desktop.Keyable    = (*SelectList)(nil)
	_ desktop.Cursorable = (*listRow)(nil)
)

// SelectList shows any number of rows of one height and makes objects only for those in view. It holds no row and no
// selection: it asks for them by index and reports gestures. Its cost does not depend on the number of rows.
//
// It stands on the surface and draws none of its own, nor do its rows: filling the window again and again is what makes
// frames slow where a processor draws.
//
// All callbacks may be nil. After a change of the data call Refresh; after a change of one row, UpdateRow.
type SelectList struct {
	widget.BaseWidget

	// Length gives the number of rows.
	Length func() int
	// Fill writes row i into row, which comes empty but keeps its cells' capacity. It is called only for rows in view and
	// must be quick: assign prepared strings.
	Fill func(i int, row *ListRow)
	// IsChecked and HeaderState give the state of the checks; Checkable shows them.
	IsChecked   func(i int) bool
	HeaderState func() CheckState
	Checkable   bool
	// IsOpen tells which row's detail is shown beside the list.
	IsOpen func(i int) bool

	// OnCheck is called for the check of a row or Space; extend is true while Shift is held.
	OnCheck func(i int, extend bool)
	// OnToggleAll is called for the check of the header, OnSelectAll for Ctrl+A.
	OnToggleAll, OnSelectAll func()
	// OnOpen is called for a press on the row or Enter.
	OnOpen func(i int)
	// OnContext is called for a secondary press; at is an absolute position for ShowMenuAt.
	OnContext func(i int, at fyne.Position)
	// OnChip is called for a press on a cell that has Press set; at is below the cell, absolute.
	OnChip func(i, column int, at fyne.Position)
	// OnNote is called for a press on an action of a row's note.
	OnNote func(i, action int)
	// OnSort is called with the ID of a sortable column.
	OnSort func(column string)
	// OnEscape is called for Escape while the list has the keyboard.
	OnEscape func()

	// RowHeight is 52 when zero.
	RowHeight float32
	// Left and Right are the margins of a row, 24 and 16 when zero.
	Left, Right float32
	// Chevron ends each row with an arrow.
	Chevron bool
	// Framed fits the list into a Panel: rounded at the top, without its own line there.
	Framed bool
	// HideHeader shows the rows only.
	HideHeader bool

	columns  []ListColumn
	sorted   string
	downward bool

	offset  float64
	current int
	focused bool
	pointed bool // the current row was last set with the mouse: no ring
	shift   bool
	rows    []*listRow // row i lives in slot i modulo their number
	header  *listHeader
	content *fyne.Container
	thumb   *thumb
}

// NewSelectList makes a list with the given columns.
func NewSelectList(columns []ListColumn, length func() int, fill func(i int, row *ListRow)) *SelectList {
	l := &SelectList{Length: length, Fill: fill, columns: columns, content: container.NewWithoutLayout()}
	l.header = newListHeader(l)
	l.thumb = newThumb(l)
	l.ExtendBaseWidget(l)
	return l
}

// SetColumns changes the columns.
func (l *SelectList) SetColumns(columns []ListColumn) {
	l.columns = columns
	l.rows, l.content.Objects = nil, nil
	l.header.rebuild()
	l.Refresh()
}

// SetSorted shows by which column the rows are sorted, and whether downward.
func (l *SelectList) SetSorted(column string, downward bool) {
	l.sorted, l.downward = column, downward
	l.header.Refresh()
}

// UpdateRow shows row i again if it is in view, without touching the others.
func (l *SelectList) UpdateRow(i int) {
	if r := l.visible(i); r != nil {
		r.bind(i)
	}
}

// UpdateChecks shows the checks of the rows in view and of the header again.
func (l *SelectList) UpdateChecks() {
	for _, r := range l.rows {
		if r.Visible() {
			r.paint()
		}
	}
	l.header.Refresh()
}

// Current gives the row that has the keyboard.
func (l *SelectList) Current() int { return l.current }

// SetCurrent moves the keyboard to a row and scrolls it into view.
func (l *SelectList) SetCurrent(i int) {
	i = max(min(i, l.length()-1), 0)
	old := l.current
	l.current = i
	l.reveal(i)
	for _, n := range []int{old, i} {
		if r := l.visible(n); r != nil {
			r.paint()
		}
	}
}

// ScrollToTop shows the first rows.
func (l *SelectList) ScrollToTop() { l.scrollTo(0) }

// Offset gives the scroll position, in units.
func (l *SelectList) Offset() float64 { return l.offset }

// SetOffset scrolls to a position given by Offset.
func (l *SelectList) SetOffset(y float64) { l.scrollTo(y) }

// InView gives the first and the last index in view; last is -1 when there is none.
func (l *SelectList) InView() (first, last int) {
	h := float64(l.rowHeight())
	first = int(l.offset / h)
	last = int(math.Ceil((l.offset+float64(l.viewHeight()))/h)) - 1
	return first, min(last, l.length()-1)
}

func (l *SelectList) length() int {
	if l.Length == nil {
		return 0
	}
	return l.Length()
}

func (l *SelectList) rowHeight() float32 {
	if l.RowHeight > 0 {
		return l.RowHeight
	}
	return look.HeightRow
}

func (l *SelectList) headerHeight() float32 {
	if l.HideHeader {
		return 0
	}
	return look.HeightColumns
}

func (l *SelectList) viewHeight() float32 { return max(l.Size().Height-l.headerHeight(), 0) }

func (l *SelectList) maxOffset() float64 {
	return max(float64(l.length())*float64(l.rowHeight())-float64(l.viewHeight()), 0)
}

func (l *SelectList) visible(i int) *listRow {
	if i < 0 || len(l.rows) == 0 {
		return nil
	}
	if r := l.rows[i%len(l.rows)]; r.index == i && r.Visible() {
		return r
	}
	return nil
}

func (l *SelectList) scrollTo(y float64) {
	l.offset = max(min(y, l.maxOffset()), 0)
	l.arrange(false)
}

func (l *SelectList) reveal(i int) {
	h := float64(l.rowHeight())
	top := float64(i) * h
	l.scrollTo(max(min(l.offset, top), top+h-float64(l.viewHeight())))
}

func (l *SelectList) slide() slide {
	return slide{
		top: l.headerHeight(), view: l.viewHeight(), width: l.Size().Width,
		total: float64(l.length()) * float64(l.rowHeight()), offset: l.offset,
	}
}

func (l *SelectList) slideTo(y float64) { l.scrollTo(y) }

// arrange gives a row object to each index in view; again binds even those that showed the same index before.
func (l *SelectList) arrange(again bool) {
	h, width := l.rowHeight(), l.Size().Width
	if width <= 0 || l.viewHeight() <= 0 {
		return
	}
	need := int(math.Ceil(float64(l.viewHeight()/h))) + 1
	if need > len(l.rows) {
		for len(l.rows) < need {
			r := newListRow(l)
			l.rows = append(l.rows, r)
			l.content.Objects = append(l.content.Objects, r)
		}
		again = true // the slots changed
	}
	first, last := l.InView()
	for _, r := range l.rows {
		if r.index < first || r.index > last {
			r.index = -1
			r.Hide()
		}
	}
	for i := first; i <= last; i++ {
		r := l.rows[i%len(l.rows)]
		fresh := again || r.index != i
		place(r, 0, float32(float64(i)*float64(h)-l.offset), width, h)
		if fresh {
			r.Show() // before bind: showing a widget refreshes it
			r.bind(i)
		}
	}
	l.thumb.arrange()
	canvas.Refresh(l.content)
}

// wheelSpeed multiplies what the wheel asks for: Fyne's own step is half a row, too little for long lists.
const wheelSpeed = 2

// Scrolled moves the rows under the mouse wheel.
func (l *SelectList) Scrolled(ev *fyne.ScrollEvent) {
	l.scrollTo(l.offset - wheelSpeed*float64(ev.Scrolled.DY))
}

// Refresh shows everything again; rows in view are asked for again.
func (l *SelectList) Refresh() {
	l.offset = max(min(l.offset, l.maxOffset()), 0)
	l.current = max(min(l.current, l.length()-1), 0)
	l.BaseWidget.Refresh()
}

// CreateRenderer is called by Fyne.
func (l *SelectList) CreateRenderer() fyne.WidgetRenderer {
	l.ExtendBaseWidget(l)
	r := &listRenderer{l: l, clip: container.NewClip(l.content)}
	r.objects = []fyne.CanvasObject{r.clip, l.thumb, l.header}
	r.Refresh()
	return r
}

type listRenderer struct {
	drawn
	l    *SelectList
	clip *container.Clip
}

// MinSize is the header and three rows.
func (r *listRenderer) MinSize() fyne.Size {
	return fyne.NewSize(160, r.l.headerHeight()+3*r.l.rowHeight())
}

// Layout gives the rows what the header leaves.
func (r *listRenderer) Layout(size fyne.Size) {
	top := r.l.headerHeight()
	place(r.l.header, 0, 0, size.Width, top)
	place(r.clip, 0, top, size.Width, max(size.Height-top, 0))
	r.l.offset = max(min(r.l.offset, r.l.maxOffset()), 0)
	r.l.arrange(true)
}

// Refresh binds the rows in view again.
func (r *listRenderer) Refresh() {
	if r.l.HideHeader {
		r.l.header.Hide()
	} else {
		r.l.header.Show()
		r.l.header.Refresh()
	}
	r.l.arrange(true)
	canvas.Refresh(r.l)
}

// span is where a column's cells lie in a row.
type span struct{ x, width float32 }

func (l *SelectList) margins() (left, right float32) {
	left, right = l.Left, l.Right
	if left == 0 {
		left = look.Margin
	}
	if right == 0 {
		right = 16
	}
	if l.Chevron {
		right += 32
	}
	return left, right
}

func (l *SelectList) checkWidth() float32 {
	if !l.Checkable {
		return 0
	}
	return checkSize + 16
}

// spans lays the columns out for the present width.
func (l *SelectList) spans() []span {
	left, right := l.margins()
	left += l.checkWidth()
	room, shares := l.Size().Width-left-right, float32(0)
	for _, c := range l.columns {
		room -= c.Width
		if c.Width == 0 {
			shares += c.Flex
		}
	}
	all, x := make([]span, len(l.columns)), left
	for i, c := range l.columns {
		w := c.Width
		if w == 0 && shares > 0 {
			w = max(room*c.Flex/shares, 40)
		}
		all[i] = span{x, w}
		x += w
	}
	return all
}
