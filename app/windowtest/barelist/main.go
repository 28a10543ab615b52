// Command barelist is the least program that shows a list with Fyne: a window and a widget.List of labels. The time it
// takes to start is what Diapason's is measured against; it is never shipped.
package main

import (
	"fmt"
	"os"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"

	"diapason/app/windowtest/screentree"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: barelist ROWS")
		os.Exit(2)
	}
	rows, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	screentree.AnnounceFirst()
	window := app.NewWithID("org.diapason.barelist").NewWindow("List")
	window.SetContent(widget.NewList(
		func() int { return rows },
		func() fyne.CanvasObject { return widget.NewLabel("") },
		func(i widget.ListItemID, o fyne.CanvasObject) {
			o.(*widget.Label).SetText(fmt.Sprintf("Établissement %06d", i))
		},
	))
	window.Resize(fyne.NewSize(1280, 800))
	window.ShowAndRun()
}
