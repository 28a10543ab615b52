package importwizard_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"diapason/app/apptest"
	"diapason/app/importwizard"
	"diapason/app/importwizard/flow"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/establishments"
	"diapason/widgets"
	"diapason/widgets/look"
)

// window is the assistant in a window of 1072 by 764, over a real workspace. It is its own host.
type window struct {
	t      *testing.T
	store  storage.Store
	flow   *flow.Flow
	view   *importwizard.View
	win    fyne.Window
	queue  apptest.Queue
	closed int
	opened string
	toasts []string
	path   string // where SaveFile writes
}

func (w *window) Toast(text, _ string, _ func()) { w.toasts = append(w.toasts, text) }
func (w *window) Failure(err error)              { w.t.Errorf("failure: %v", err) }
func (w *window) Import()                        {}
func (w *window) CanOpenRun() bool               { return true }

func (w *window) OpenRun(id string) bool {
	w.opened = id
	return true
}

func (w *window) SaveFile(_, name string, _ []string, done func(string, error)) {
	w.path = filepath.Join(w.t.TempDir(), name)
	done(w.path, nil)
}

func newWindow(t *testing.T, lang string) *window {
	t.Helper()
	if err := words.Use(lang); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := words.Use("fr"); err != nil {
			t.Error(err)
		}
	})
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	store := apptest.Store(t)
	engine := sync.New(sync.Params{Store: store})
	w := &window{t: t, store: store, queue: apptest.NewQueue()}
	w.flow = flow.New(flow.Params{
		Store: store, Jobs: engine.Jobs(), Undo: engine.Undo, Now: time.Now, UI: w.queue.UI,
		Importer: establishments.NewImporter(establishments.ImporterParams{
			Store: store, Editor: engine, Jobs: engine.Jobs(), TempDir: t.TempDir(),
		}),
	})
	w.view = importwizard.New(importwizard.Params{Flow: w.flow, Host: w, OnClose: func() { w.closed++ }})
	w.win = test.NewTempWindow(t, w.view.Content())
	w.win.SetPadded(false)
	w.win.Resize(fyne.NewSize(1072, 764))
	t.Cleanup(func() {
		w.view.Hidden()
		engine.Stop()
	})
	return w
}

func (w *window) until(what string, holds func() bool) {
	w.t.Helper()
	w.queue.Until(w.t, what, holds, func() string { return fmt.Sprintf("step %d, error %v", w.flow.Step(), w.flow.Err()) })
}

func (w *window) open(lines ...string) {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "reseau.csv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.view.Open(path)
	w.idle()
}

func (w *window) idle() {
	w.t.Helper()
	w.until("idle", func() bool { return w.flow.Work() == flow.Idle && !w.flow.Looking() })
}

// button finds a button that can be seen, by its word, in the page or in what lies over it.
func (w *window) button(text string) *widgets.Button {
	w.t.Helper()
	roots := []fyne.CanvasObject{w.win.Content()}
	if top := w.win.Canvas().Overlays().Top(); top != nil {
		roots = []fyne.CanvasObject{top}
	}
	for _, root := range roots {
		if b := find(root, text); b != nil {
			return b
		}
	}
	w.t.Fatalf("no button %q", text)
	return nil
}

func find(o fyne.CanvasObject, text string) *widgets.Button {
	if !o.Visible() {
		return nil
	}
	if b, ok := o.(*widgets.Button); ok && b.Text == text {
		return b
	}
	var children []fyne.CanvasObject
	switch c := o.(type) {
	case *fyne.Container:
		children = c.Objects
	case fyne.Widget:
		children = test.WidgetRenderer(c).Objects()
	}
	for _, child := range children {
		if b := find(child, text); b != nil {
			return b
		}
	}
	return nil
}

func (w *window) tap(text string) {
	w.t.Helper()
	test.Tap(w.button(text))
	w.idle()
}

const header = "Code;Nom;Adresse;Code postal;Ville;Pays"

func TestAssistantImportsAndTakesBack(t *testing.T) {
	w := newWindow(t, "fr")
	w.open(header, "A1;Hôtel Alpha;1 rue A;13002;Marseille;FR", "A2;Café Bêta;2 rue B;59000;Lille;FR")
	w.tap("Importer 2 établissements")
	if w.flow.Run() == nil || w.flow.Run().Totals.Created != 2 {
		t.Fatalf("run %+v", w.flow.Run())
	}
	w.tap("Annuler cet import")
	if !w.flow.Undone() {
		t.Error("the import was not taken back")
	}
	w.tap("Voir dans Activité")
	if w.opened != w.flow.Run().ID || w.closed != 1 {
		t.Errorf("opened %q, closed %d times", w.opened, w.closed)
	}
}

func TestRejectedRowIsCorrectedInADialog(t *testing.T) {
	w := newWindow(t, "fr")
	w.open(header, "A1;Hôtel Alpha;1 rue A;130066;Marseille;FR")
	if w.button("Importer 0 établissement").Disabled() == false {
		t.Error("nothing can be imported, but the button works")
	}
	list := findList(w.win.Content())
	w.until("row", func() bool { row, _ := w.flow.Line(1); return row != nil })
	list.OnNote(1, 0)
	w.correctText("13006")
	test.Tap(w.button("Corriger"))
	w.until("correction", func() bool { return w.flow.Counts().Create == 1 })
	w.idle()
	w.button("Importer 1 établissement")
}

// correctText makes the focused entry hold exactly text.
func (w *window) correctText(text string) {
	e, ok := w.win.Canvas().Focused().(interface{ SetText(string) })
	if !ok {
		w.t.Fatal("no entry has the keyboard")
	}
	e.SetText(text)
}

func findList(o fyne.CanvasObject) *widgets.SelectList {
	if l, ok := o.(*widgets.SelectList); ok {
		return l
	}
	var children []fyne.CanvasObject
	switch c := o.(type) {
	case *fyne.Container:
		children = c.Objects
	case fyne.Widget:
		children = test.WidgetRenderer(c).Objects()
	}
	for _, child := range children {
		if l := findList(child); l != nil {
			return l
		}
	}
	return nil
}

func TestErrorReportIsSavedWhereChosen(t *testing.T) {
	w := newWindow(t, "fr")
	w.open(header, "A1;;1 rue A;13002;Marseille;FR")
	test.Tap(w.button("Enregistrer le rapport d’erreurs"))
	w.until("report", func() bool { return len(w.toasts) > 0 })
	if _, err := os.Stat(w.path); err != nil {
		t.Error(err)
	}
}

func TestAssistantSpeaksEnglish(t *testing.T) {
	w := newWindow(t, "en")
	w.open("Name;Thing", "Hotel;12")
	w.button("See the preview")
	w.button("Back")
	w.button("Add a value")
}

func TestLeavingClosesOnce(t *testing.T) {
	w := newWindow(t, "fr")
	w.open(header, "A1;Hôtel Alpha;1 rue A;13002;Marseille;FR")
	w.view.Hidden()
	w.view.Hidden()
	if w.closed != 1 {
		t.Errorf("closed %d times", w.closed)
	}
}

func TestPreviewShowsNewOverOld(t *testing.T) {
	w := newWindow(t, "fr")
	w.open(header, "A1;Hôtel Alpha;1 rue A;13002;Marseille;FR")
	w.tap("Importer 1 établissement")
	w.flow.Open(func() string {
		path := filepath.Join(t.TempDir(), "b.csv")
		if err := os.WriteFile(path, []byte(header+"\nA1;Hôtel Oméga;1 rue A;13002;Marseille;FR\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}())
	w.idle()
	w.until("row", func() bool { row, _ := w.flow.Line(0); return row != nil })
	var row widgets.ListRow
	findList(w.win.Content()).Fill(0, &row)
	name := row.Cells[3]
	if name.Text != "Hôtel Oméga" || name.Sub != "Hôtel Alpha" || !name.Struck || !name.Filled || !name.Bold {
		t.Errorf("the changed cell is %+v", name)
	}
}

// TestNarrowPreviewCutsNoWords is the window of 1,280 pixels at a scale of 1.5, without the rail.
func TestNarrowPreviewCutsNoWords(t *testing.T) {
	w := newWindow(t, "fr")
	w.win.Resize(fyne.NewSize(645, 500))
	w.open(header, "A1;Hôtel Alpha;1 rue A;13002;Marseille;FR")
	w.until("row", func() bool { row, _ := w.flow.Line(0); return row != nil })
	for _, want := range []string{"Rechercher…", "Toutes les lignes", "Ordre du fichier"} {
		if !shows(w.win.Content(), want) {
			t.Errorf("«%s» is not whole", want)
		}
	}
}

// shows reports whether a text is drawn as it is, uncut.
func shows(o fyne.CanvasObject, text string) bool {
	if o == nil || !o.Visible() {
		return false
	}
	var children []fyne.CanvasObject
	switch o := o.(type) {
	case *canvas.Text:
		return o.Text == text
	case *fyne.Container:
		children = o.Objects
	case fyne.Widget:
		children = test.WidgetRenderer(o).Objects()
	}
	return slices.ContainsFunc(children, func(child fyne.CanvasObject) bool { return shows(child, text) })
}
