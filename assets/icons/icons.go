// Package icons embeds the program's pictograms as SVG files: monochrome strokes drawn with currentColor, 1.6 wide on a
// grid of 20 for actions and places (the "status-" files: 1.5 on a grid of 16). Package widgets/look gives them a colour.
//
// The toolkit's renderer understands simple shapes only: path, rect, circle, line; no style sheet, no mask, no text.
package icons

import "embed"

// Files holds <name>.svg.
//
//go:embed *.svg
var Files embed.FS
