package widgets

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"diapason/widgets/look"
)

// hotels is a list of n rows in a window of 1000 by 600 that records what is reported.
type hotels struct {
	*SelectList
	window  fyne.Window
	checked map[int]bool
	events  []string
	filled  int
}

func newHotels(tb testing.TB, n int) *hotels {
	app := test.NewTempApp(tb)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	h := &hotels{checked: map[int]bool{}}
	note := func(format string, args ...any) { h.events = append(h.events, fmt.Sprintf(format, args...)) }
	h.SelectList = NewSelectList([]ListColumn{
		{ID: "name", Title: "Nom", Flex: 1, Sortable: true},
		{ID: "state", Title: "État", Width: 140},
		{ID: "city", Title: "Ville", Width: 120},
	}, func() int { return n }, func(i int, r *ListRow) {
		h.filled++
		r.Cells = append(
			r.Cells, ListCell{Text: fmt.Sprintf("Hôtel %d", i), Sub: "12 quai du Port", Bold: true},
			ListCell{Chip: true, Press: true, Tone: Info, Icon: look.StatusUp, Text: "À synchroniser"}, ListCell{Text: "Marseille"},
		)
	})
	h.Checkable = true
	h.IsChecked = func(i int) bool { return h.checked[i] }
	h.OnCheck = func(i int, extend bool) { note("check %d %v", i, extend) }
	h.OnOpen = func(i int) { note("open %d", i) }
	h.OnChip = func(i, column int, _ fyne.Position) { note("chip %d %d", i, column) }
	h.OnContext = func(i int, _ fyne.Position) { note("context %d", i) }
	h.OnToggleAll = func() { note("all") }
	h.OnSelectAll = func() { note("ctrl+a") }
	h.OnEscape = func() { note("escape") }
	h.OnSort = func(c string) { note("sort %s", c) }
	h.window = test.NewTempWindow(tb, h.SelectList)
	h.window.SetPadded(false)
	h.window.Resize(fyne.NewSize(1000, 600))
	return h
}

func (h *hotels) wantEvents(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(h.events, want) {
		t.Errorf("reported %q, want %q", h.events, want)
	}
	h.events = nil
}

func (h *hotels) key(names ...fyne.KeyName) {
	for _, n := range names {
		h.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

func TestListMakesObjectsForRowsInViewOnly(t *testing.T) {
	h := newHotels(t, 100_000)
	if got := len(h.rows); got < 11 || got > 13 {
		t.Errorf("%d row objects for a view of 564 and rows of 52", got)
	}
	h.filled = 0
	h.SetOffset(52 * 50_000)
	if h.filled > len(h.rows) {
		t.Errorf("a jump filled %d rows", h.filled)
	}
	h.filled = 0
	h.SetOffset(h.Offset() + 52)
	if h.filled != 1 {
		t.Errorf("scrolling by one row filled %d rows", h.filled)
	}
}

func TestListShowsTheLastRowWholeAtItsEnd(t *testing.T) {
	h := newHotels(t, 100_000)
	h.SetOffset(1e12)
	r := h.visible(99_999)
	if r == nil {
		t.Fatal("the last row is not in view")
	}
	if bottom := r.Position().Y + r.Size().Height; bottom != 564 {
		t.Errorf("the last row ends at %v of 564", bottom)
	}
}

func TestUpdateRowAsksForThatRowOnly(t *testing.T) {
	h := newHotels(t, 1000)
	h.filled = 0
	h.UpdateRow(3)
	h.UpdateRow(900) // out of view
	if h.filled != 1 {
		t.Errorf("%d rows were asked for", h.filled)
	}
}

func TestScrollingNeverChangesAChecked(t *testing.T) {
	h := newHotels(t, 1000)
	h.checked[2] = true
	h.UpdateChecks()
	h.SetOffset(20_000)
	h.SetOffset(0)
	h.wantEvents(t)
	if r := h.visible(2); r == nil || !r.box.mark.Visible() {
		t.Error("row 2 is not shown as ticked")
	}
	if r := h.visible(3); r == nil || r.box.mark.Visible() {
		t.Error("row 3 is shown as ticked")
	}
}

func TestPressesAreToldApartByPlace(t *testing.T) {
	h := newHotels(t, 100)
	r := h.visible(4)
	tap := func(x float32) { r.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x, 26)}) }
	tap(30)
	h.wantEvents(t, "check 4 false")
	tap(200)
	h.wantEvents(t, "open 4")
	tap(h.spans()[1].x + 20)
	h.wantEvents(t, "chip 4 1")
	r.TappedSecondary(&fyne.PointEvent{})
	h.wantEvents(t, "context 4")
	r.MouseDown(&desktop.MouseEvent{Modifier: fyne.KeyModifierShift})
	tap(30)
	h.wantEvents(t, "check 4 true")
}

func TestKeysMoveTheCurrentRowAndKeepItInView(t *testing.T) {
	h := newHotels(t, 1000)
	h.window.Canvas().Focus(h.SelectList)
	steps := []struct {
		key  fyne.KeyName
		want int
	}{
		{fyne.KeyDown, 1},
		{fyne.KeyUp, 0},
		{fyne.KeyUp, 0},
		{fyne.KeyPageDown, 9},
		{fyne.KeyEnd, 999},
		{fyne.KeyDown, 999},
		{fyne.KeyPageUp, 990},
		{fyne.KeyHome, 0},
	}
	for _, s := range steps {
		h.key(s.key)
		if h.Current() != s.want {
			t.Fatalf("%s leads to row %d, want %d", s.key, h.Current(), s.want)
		}
		if r := h.visible(s.want); r == nil || r.Position().Y < 0 || r.Position().Y+52 > 564 {
			t.Fatalf("%s: row %d is not wholly in view", s.key, s.want)
		}
	}
}

func TestKeysOpenTickAndEscape(t *testing.T) {
	h := newHotels(t, 100)
	h.key(fyne.KeyDown, fyne.KeyReturn, fyne.KeySpace)
	h.wantEvents(t, "open 1", "check 1 false")
	h.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	h.key(fyne.KeySpace)
	h.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	h.key(fyne.KeySpace, fyne.KeyEscape)
	h.wantEvents(t, "check 1 true", "check 1 false", "escape")
	h.TypedShortcut(&fyne.ShortcutSelectAll{})
	h.key(desktop.KeyMenu)
	h.wantEvents(t, "ctrl+a", "context 1")
}

func TestHeaderReportsAndShowsWhatItIsTold(t *testing.T) {
	h := newHotels(t, 100)
	state := Off
	h.HeaderState = func() CheckState { return state }
	h.OnToggleAll = func() { state = Mixed }
	test.Tap(h.header.check)
	if got := h.header.check.State(); got != Mixed {
		t.Errorf("the header's check shows %v", got)
	}
	test.Tap(h.header.titles[0])
	test.Tap(h.header.titles[1]) // not sortable
	h.wantEvents(t, "sort name")
}

func TestEmptyListIgnoresEveryGesture(t *testing.T) {
	h := newHotels(t, 0)
	h.key(fyne.KeyDown, fyne.KeyEnd, fyne.KeyPageUp, fyne.KeyReturn, fyne.KeySpace)
	h.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -100)})
	h.wantEvents(t)
	if first, last := h.InView(); last >= first {
		t.Errorf("rows %d to %d are in view", first, last)
	}
}

func TestShrinkingDataBringsTheViewBack(t *testing.T) {
	n := 1000
	h := newHotels(t, 0)
	h.Length = func() int { return n }
	h.SelectList.Refresh()
	h.SetOffset(1e9)
	n = 3
	h.SelectList.Refresh()
	if h.Offset() != 0 || h.visible(2) == nil {
		t.Errorf("offset %v after the data shrank", h.Offset())
	}
	if h.visible(3) != nil {
		t.Error("a row past the end is shown")
	}
}

func TestNoteActionsAreReported(t *testing.T) {
	h := newHotels(t, 10)
	h.Fill = func(_ int, r *ListRow) {
		r.Note = &ListNote{Tone: Error, Icon: look.StatusError, Text: "Cinq chiffres sont attendus.", Actions: []string{"Corriger ici", "Ignorer la ligne"}}
	}
	var got int
	h.OnNote = func(_, action int) { got = action }
	h.SelectList.Refresh()
	r := h.visible(0)
	second := r.note.actions[1].Position().X + 5
	r.Tapped(&fyne.PointEvent{Position: fyne.NewPos(second, 10)})
	if got != 1 {
		t.Errorf("action %d was reported", got)
	}
	r.Tapped(&fyne.PointEvent{Position: fyne.NewPos(200, 10)})
	h.wantEvents(t)
}

func TestFitColumnLeavesTheRestToTheOneBefore(t *testing.T) {
	h := newHotels(t, 10)
	h.SetColumns([]ListColumn{{Title: "Nom", Flex: 1}, {Title: "État", Width: 140, Fit: true, Trailing: true}})
	r := h.visible(0)
	name, chip := r.cellSpan(0), r.cellSpan(1)
	if name.x+name.width > chip.x {
		t.Errorf("the name ends at %v, the chip begins at %v", name.x+name.width, chip.x)
	}
	if _, right := h.margins(); chip.x+chip.width != 1000-right {
		t.Errorf("the chip ends at %v", chip.x+chip.width)
	}
}

func TestDraggingTheThumbScrolls(t *testing.T) {
	h := newHotels(t, 1000)
	_, free, _ := h.thumb.travel()
	h.thumb.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, free)})
	if h.Offset() != h.maxOffset() {
		t.Errorf("dragged to the end, the offset is %v of %v", h.Offset(), h.maxOffset())
	}
}

func BenchmarkListScrollByARowOf100000(b *testing.B) {
	h := newHotels(b, 100_000)
	for i := 0; b.Loop(); i++ {
		h.SetOffset(float64(i%90_000) * 52)
	}
}

func BenchmarkListJumpIn100000(b *testing.B) {
	h := newHotels(b, 100_000)
	for i := 0; b.Loop(); i++ {
		h.SetOffset(float64(i*7919%90_000) * 52)
	}
}

func BenchmarkListRefreshOf100000(b *testing.B) {
	h := newHotels(b, 100_000)
	for b.Loop() {
		h.SelectList.Refresh()
	}
}

func BenchmarkListUpdateRow(b *testing.B) {
	h := newHotels(b, 100_000)
	for b.Loop() {
		h.UpdateRow(5)
	}
}

func TestRingShowsForTheKeyboardOnly(t *testing.T) {
	h := newHotels(t, 100)
	r := h.visible(3)
	r.Tapped(&fyne.PointEvent{Position: fyne.NewPos(200, 26)})
	if r.ring.Visible() {
		t.Error("a press of the mouse shows the ring")
	}
	h.key(fyne.KeyDown)
	if !h.visible(4).ring.Visible() || r.ring.Visible() {
		t.Error("the ring does not follow the arrows")
	}
}

func TestKeyboardMenuOpensUnderItsRow(t *testing.T) {
	h := newHotels(t, 100)
	var at fyne.Position
	h.OnContext = func(_ int, pos fyne.Position) { at = pos }
	h.key(fyne.KeyDown, desktop.KeyMenu)
	if at.Y != look.HeightColumns+2*look.HeightRow || at.X < look.Margin {
		t.Errorf("the menu of row 1 opens at %v", at)
	}
}

func TestEscapeThatTheListDoesNotUseReachesTheWindow(t *testing.T) {
	h := newHotels(t, 100)
	h.OnEscape = nil
	got := fyne.KeyName("")
	h.window.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) { got = ev.Name })
	h.key(fyne.KeyEscape)
	if got != fyne.KeyEscape {
		t.Error("Escape went nowhere")
	}
}
