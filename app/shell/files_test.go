package shell

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

func TestDrawnFileDialogsOpenInTheWindow(t *testing.T) {
	never := func(string, error) { t.Error("chosen without a choice") }
	for name, ask := range map[string]func(*fynePicker){
		"open": func(k *fynePicker) {
			k.OpenFile("Importer", Filter{Name: "Tableaux", Endings: []string{".xlsx"}}, never)
		},
		"save":   func(k *fynePicker) { k.SaveFile("Exporter", "a.xlsx", Filter{Name: "Tableaux"}, never) },
		"folder": func(k *fynePicker) { k.Folder("Choisir un dossier", never) },
	} {
		t.Run(name, func(t *testing.T) {
			a := test.NewTempApp(t)
			w := test.NewTempWindow(t, nil)
			w.Resize(fyne.NewSize(1000, 700))
			ask(&fynePicker{window: w, prefs: preferences{a.Preferences()}})
			dialog := w.Canvas().Overlays().Top()
			if dialog == nil {
				t.Fatal("no dialog")
			}
			if got := placesOf(dialog); !slices.Contains(got, "Personnel") || slices.Contains(got, "Computer") {
				t.Errorf("places: %q", got)
			}
		})
	}
}

// placesOf lists the names at the left of a file dialog.
func placesOf(dialog fyne.CanvasObject) []string {
	list := placesList(dialog)
	if list == nil {
		return nil
	}
	var names []string
	for i := range list.Length() {
		row := list.CreateItem().(*fyne.Container)
		list.UpdateItem(i, row)
		names = append(names, row.Objects[1].(*widget.Label).Text)
	}
	return names
}
