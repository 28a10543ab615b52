package widgets

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/widgets/look"
)

// watchedCanvas records what asked to be painted again. As in a real window, only objects that were painted once are
// known to it.
type watchedCanvas struct {
	fyne.Canvas
	known, painted []fyne.CanvasObject
}

func (c *watchedCanvas) Refresh(o fyne.CanvasObject) { c.painted = append(c.painted, o) }

type watchedDriver struct {
	fyne.Driver
	canvas *watchedCanvas
}

func (d watchedDriver) CanvasForObject(o fyne.CanvasObject) fyne.Canvas {
	if slices.Contains(d.canvas.known, o) {
		return d.canvas
	}
	return nil
}

type watchedApp struct {
	fyne.App
	driver fyne.Driver
}

func (a watchedApp) Driver() fyne.Driver { return a.driver }

func TestReplacingWhatAWidgetHoldsRepaintsIt(t *testing.T) {
	column, line, tabs := NewColumn(0), NewLine(0), NewTabs([]Choice{{ID: "a", Text: "A"}}, nil)
	for _, c := range []struct {
		name    string
		object  fyne.CanvasObject
		replace func()
	}{
		{"column", column, func() { column.SetObjects(NewText("new", look.SizeBody, look.Text)) }},
		{"line", line, func() { line.SetCells(Own(NewWord("new", look.SizeBody, look.Text))) }},
		{"tabs", tabs, func() { tabs.SetChoices([]Choice{{ID: "b", Text: "B"}}) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := test.NewTempApp(t)
			app.Settings().SetTheme(look.NewTheme(look.Light))
			window := test.NewTempWindow(t, c.object)
			watched := &watchedCanvas{Canvas: window.Canvas(), known: []fyne.CanvasObject{c.object}}
			fyne.SetCurrentApp(watchedApp{app, watchedDriver{app.Driver(), watched}})
			c.replace()
			if !slices.Contains(watched.painted, c.object) {
				t.Error("what is new is not painted before something else asks for it")
			}
		})
	}
}
