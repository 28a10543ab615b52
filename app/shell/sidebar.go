package shell

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"diapason/assets/words"
)

// placeNames are the names that Fyne 2.8.1's file dialog writes in English whatever the language, with our sentence.
var placeNames = map[string]string{
	"Home": "shell.place.home", "Computer": "shell.place.computer", "Desktop": "shell.place.desktop",
	"Documents": "shell.place.documents", "Downloads": "shell.place.downloads", "Music": "shell.place.music",
	"Pictures": "shell.place.pictures", "Videos": "shell.place.videos",
}

// translatePlaces puts the names at the left of a shown file dialog, the window's top overlay, into the user's language.
func translatePlaces(overlay fyne.CanvasObject) {
	list := placesList(overlay)
	if list == nil {
		return
	}
	update := list.UpdateItem
	list.UpdateItem = func(id widget.ListItemID, row fyne.CanvasObject) {
		update(id, row)
		if box, ok := row.(*fyne.Container); ok {
			translateLabels(box)
		}
	}
	list.Refresh()
}

func translateLabels(box *fyne.Container) {
	for _, o := range box.Objects {
		if l, ok := o.(*widget.Label); ok {
			if key, known := placeNames[l.Text]; known {
				l.SetText(words.T(key))
			}
		}
	}
}

// placesList finds the list at the left of the dialog in an overlay. The overlay's own type is internal to Fyne; only
// its exported field leads to the dialog without making a second renderer, which would misplace it.
func placesList(overlay fyne.CanvasObject) *widget.List {
	v := reflect.Indirect(reflect.ValueOf(overlay))
	if v.Kind() != reflect.Struct || !v.FieldByName("Content").IsValid() {
		return nil
	}
	content, ok := v.FieldByName("Content").Interface().(fyne.CanvasObject)
	if !ok {
		return nil
	}
	return firstList(content)
}

// firstList gives the first list in tree order, going into the dialog's own parts only.
func firstList(o fyne.CanvasObject) *widget.List {
	switch o := o.(type) {
	case *widget.List:
		return o
	case *widget.PopUp:
		return firstList(o.Content)
	case *container.Split:
		return firstList(o.Leading)
	case *fyne.Container:
		for _, child := range o.Objects {
			if l := firstList(child); l != nil {
				return l
			}
		}
	}
	return nil
}
