package shell

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
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
			if w.Canvas().Overlays().Top() == nil {
				t.Fatal("no dialog")
			}
		})
	}
}
