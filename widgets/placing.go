package widgets

import "fyne.io/fyne/v2"

// SetShown shows or hides an object, and draws nothing when it is so already.
func SetShown(o fyne.CanvasObject, on bool) {
	switch {
	case on == o.Visible():
	case on:
		o.Show()
	default:
		o.Hide()
	}
}

// Place puts an object somewhere, with a size that is never negative.
func Place(o fyne.CanvasObject, x, y, width, height float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(max(width, 0), max(height, 0)))
}
