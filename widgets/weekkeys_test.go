package widgets

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

func TestArrowsGoFromItemToFreeTime(t *testing.T) {
	w := newWeek(t, lesson("a", nov(17, 10, 0), nov(17, 11, 15)), lesson("b", nov(17, 10, 30), nov(17, 11, 0)), stay("s", 16, 18))
	w.Select("a")
	steps := []struct {
		key  fyne.KeyName
		want string // the item, or the free time
	}{
		{fyne.KeyRight, "b"},
		{fyne.KeyLeft, "a"},
		{fyne.KeyDown, "b"},
		{fyne.KeyDown, "17T11:30"}, // 11:15 to 11:30 is no half hour
		{fyne.KeyUp, "b"},
		{fyne.KeyUp, "a"},
		{fyne.KeyUp, "17T09:30"},
		{fyne.KeyRight, "18T09:30"},
		{fyne.KeyLeft, "17T09:30"},
		{fyne.KeyHome, "16T09:30"},
		{fyne.KeyEnd, "22T09:30"},
		{fyne.KeyRight, "22T09:30"},
	}
	where := func() string {
		if w.cursor.id != "" {
			return w.cursor.id
		}
		start, _ := w.cursor.times()
		return start.Format(stamp)
	}
	for i, s := range steps {
		w.key(s.key)
		if where() != s.want {
			t.Fatalf("step %d: %s leads to %s, want %s", i, s.key, where(), s.want)
		}
	}
	w.key(fyne.KeyHome)
	for range 30 {
		w.key(fyne.KeyUp)
	}
	if where() != "s" {
		t.Fatalf("the top of the day is %s", where())
	}
	w.key(fyne.KeyRight)
	if w.cursor.day != nov(19, 0, 0) || !w.cursor.band || w.cursor.id != "" {
		t.Errorf("right of a stay is %v", w.cursor)
	}
}

func TestKeyboardOpensCreatesAndDeletes(t *testing.T) {
	w := newWeek(t, lesson("a", nov(17, 10, 0), nov(17, 11, 0)))
	w.Select("a")
	w.key(fyne.KeyReturn, fyne.KeyDelete, desktop.KeyMenu)
	w.wantEvents(t, "open a", "delete a", "context a")
	w.key(fyne.KeyDown, fyne.KeyReturn)
	w.wantEvents(t, "create 17T11:00 17T11:30 false")
	w.shifted(fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyDown)
	w.released()
	w.key(fyne.KeyReturn)
	w.wantEvents(t, "create 17T11:00 17T12:30 false")
	w.key(fyne.KeyHome)
	for range 60 {
		w.key(fyne.KeyUp)
	}
	w.shifted(fyne.KeyRight, fyne.KeyRight)
	w.released()
	w.key(fyne.KeyReturn)
	w.wantEvents(t, "create 16T00:00 19T00:00 true")
}

func TestAltAndShiftMoveAnItemOnce(t *testing.T) {
	w := newWeek(t, lesson("a", nov(17, 10, 5), nov(17, 11, 0)))
	w.window.Canvas().Focus(w.WeekGrid)
	w.Select("a")
	w.alt(fyne.KeyDown, fyne.KeyDown, fyne.KeyRight)
	w.wantEvents(t)
	w.released()
	w.wantEvents(t, "move a 18T10:30 18T11:25")
	w.shifted(fyne.KeyDown, fyne.KeyDown, fyne.KeyRight)
	w.released()
	w.wantEvents(t, "resize a 17T10:05 17T11:30")
	w.alt(fyne.KeyLeft)
	w.key(fyne.KeyEscape)
	w.released()
	w.wantEvents(t)
	w.alt(fyne.KeyLeft)
	w.window.Canvas().Unfocus()
	w.wantEvents(t)
	w.alt(fyne.KeyUp, fyne.KeyDown)
	w.released()
	w.wantEvents(t, "move a 17T10:00 17T10:55") // a quarter's grid, not 10:05
}

func TestLeavingTheWeekAsksForTheNext(t *testing.T) {
	w := newWeek(t)
	w.OnPage = func(by int) {
		w.events = append(w.events, fmt.Sprint("page ", by))
		w.SetDays(w.first.AddDate(0, 0, 7*by), 7)
	}
	w.cursor = weekCursor{day: nov(22, 0, 0), minute: 600, length: slotMinutes}
	w.key(fyne.KeyRight)
	if start, _ := w.cursor.times(); !start.Equal(nov(23, 10, 0)) {
		t.Errorf("right of Sunday is %v", start)
	}
	w.key(fyne.KeyLeft, fyne.KeyPageDown)
	if start, _ := w.cursor.times(); !start.Equal(nov(29, 10, 0)) {
		t.Errorf("a week after Sunday the 22nd is %v", start)
	}
	w.wantEvents(t, "page 1", "page -1", "page 1")
}

func TestKeyboardKeepsItsPlaceInView(t *testing.T) {
	w := newWeek(t)
	w.ScrollTo(8 * 60)
	w.cursor = weekCursor{day: nov(17, 0, 0), minute: 8 * 60, length: slotMinutes}
	for _, k := range append(slices.Repeat([]fyne.KeyName{fyne.KeyUp}, 16), slices.Repeat([]fyne.KeyName{fyne.KeyDown}, 47)...) {
		w.key(k)
		at, band := w.cursorBox()
		if y := at.y - w.offset; band || y < 0 || y+at.h > w.bodyHeight() {
			t.Fatalf("the cursor at %v is out of view", w.cursor)
		}
	}
	if start, _ := w.cursor.times(); !start.Equal(nov(17, 23, 30)) {
		t.Errorf("the end of the day is %v", start)
	}
}

func TestRingShowsForTheKeyboardAlone(t *testing.T) {
	w := newWeek(t, lesson("a", nov(17, 10, 0), nov(17, 12, 0)))
	w.window.Canvas().Focus(w.WeekGrid)
	if !w.r.ring.Visible() || w.r.ring.StrokeWidth != 2 {
		t.Error("no ring of 2 shows where the keyboard is")
	}
	w.tap(w.spot(nov(17, 11, 0)))
	if w.r.ring.Visible() {
		t.Error("a press of the mouse shows the ring")
	}
	w.key(fyne.KeyDown)
	if !w.r.ring.Visible() {
		t.Error("the ring does not come back with the keyboard")
	}
	w.window.Canvas().Unfocus()
	if w.r.ring.Visible() {
		t.Error("the ring stays after the focus left")
	}
}

func TestKeyboardIsOnWhatWasJustMadeUnderIt(t *testing.T) {
	w := newWeek(t)
	w.goTo(1, stop{item: -1, heap: -1, from: 600, to: 630})
	w.SetItems([]CalendarItem{lesson("a", nov(17, 10, 0), nov(17, 10, 30))})
	if w.Selected() != "a" {
		t.Errorf("the keyboard is on %q", w.Selected())
	}
	w.SetItems(nil)
	if start, _ := w.cursor.times(); w.Selected() != "" || start != nov(17, 10, 0) {
		t.Errorf("once it is gone, the keyboard is on %q, %v", w.Selected(), start)
	}
}
