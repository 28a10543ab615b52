package widgets

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"diapason/widgets/look"
)

// recorded is a calendar in a window that records what it reports.
type recorded struct {
	of     *calendar
	window fyne.Window
	events []string
	clock  time.Time // what its clock shows
}

// record shows a calendar of the light theme in a window and notes every callback.
func record(tb testing.TB, c *calendar, o fyne.CanvasObject, size fyne.Size) *recorded {
	app := test.NewTempApp(tb)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	r := &recorded{of: c, clock: nov(1, 0, 0)}
	c.clock = func() time.Time { return r.clock }
	note := func(format string, args ...any) { r.events = append(r.events, fmt.Sprintf(format, args...)) }
	times := func(what string) func(string, time.Time, time.Time) {
		return func(id string, start, end time.Time) {
			note("%s %s %s %s", what, id, start.Format(stamp), end.Format(stamp))
		}
	}
	c.OnMove, c.OnResize = times("move"), times("resize")
	c.OnCreate = func(start, end time.Time, days bool) {
		note("create %s %s %v", start.Format(stamp), end.Format(stamp), days)
	}
	c.OnOpen = func(id string) { note("open %s", id) }
	c.OnDelete = func(id string) { note("delete %s", id) }
	c.OnDay = func(day time.Time) { note("day %d", day.Day()) }
	c.OnMore = func(ids []string, _ fyne.Position) { note("more %v", ids) }
	c.OnContext = func(id string, _ fyne.Position) { note("context %s", id) }
	c.OnEscape = func() { note("escape") }
	c.DayText = func(day time.Time) (string, string) { return "lun.", fmt.Sprint(day.Day()) }
	c.TimesText = func(start, end time.Time, _ bool) string { return start.Format(stamp) + " – " + end.Format(stamp) }
	c.MoreText = func(n int) string { return fmt.Sprint("+", n) }
	r.window = test.NewTempWindow(tb, o)
	r.window.SetPadded(false)
	r.window.Resize(size)
	return r
}

func (r *recorded) wantEvents(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(r.events, want) {
		t.Errorf("reported %q, want %q", r.events, want)
	}
	r.events = nil
}

func (r *recorded) press(p fyne.Position) {
	r.of.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: p}, Button: desktop.MouseButtonPrimary})
}

func (r *recorded) dragTo(p fyne.Position) {
	r.of.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: p}})
}

// dragged presses at a place, moves to another by way of a third, and releases.
func (r *recorded) dragged(from, to fyne.Position) {
	r.press(from)
	r.dragTo(from.AddXY(3, 3))
	r.dragTo(to)
	r.of.DragEnd()
}

func (r *recorded) tap(p fyne.Position) {
	r.press(p)
	r.of.self.(fyne.Tappable).Tapped(&fyne.PointEvent{Position: p})
}

func (r *recorded) key(names ...fyne.KeyName) { press(r.of.self, names...) }

// alt types keys with Alt held, shift with Shift; released lets go of both.
func (r *recorded) alt(names ...fyne.KeyName) {
	r.of.KeyDown(&fyne.KeyEvent{Name: desktop.KeyAltLeft})
	for _, n := range names {
		r.of.TypedShortcut(&desktop.CustomShortcut{KeyName: n, Modifier: fyne.KeyModifierAlt})
	}
}

func (r *recorded) shifted(names ...fyne.KeyName) {
	r.of.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	r.key(names...)
}

func (r *recorded) released() {
	for _, n := range []fyne.KeyName{desktop.KeyAltLeft, desktop.KeyShiftLeft} {
		r.of.KeyUp(&fyne.KeyEvent{Name: n})
	}
}

// nov is a civil time in November 2026.
func nov(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
}

// lesson is an item of a few hours.
func lesson(id string, start, end time.Time) CalendarItem {
	return CalendarItem{ID: id, Kind: "Cours", Title: id, Start: start, End: end, Hue: look.HueOf("#4A5F00")}
}

// stay is an item over whole days, the last one included.
func stay(id string, first, last int) CalendarItem {
	return CalendarItem{ID: id, Kind: "Séjour", Title: id, Start: nov(first, 0, 0), End: nov(last+1, 0, 0), Days: true}
}

// stamp is how the tests write times.
const stamp = "02T15:04"
