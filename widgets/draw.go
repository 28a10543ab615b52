package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets/look"
)

// drawn is what every renderer here shares: a fixed list of objects and nothing to release.
type drawn struct {
	objects []fyne.CanvasObject
}

// Destroy has nothing to release.
func (d *drawn) Destroy() {}

// Objects gives what is drawn, back to front.
func (d *drawn) Objects() []fyne.CanvasObject { return d.objects }

func newText(size float32, bold bool) *canvas.Text {
	t := canvas.NewText("", color.Transparent)
	t.TextSize = size
	t.TextStyle.Bold = bold
	return t
}

// setText shows s in a token's colour and redraws only when something changed: recycled rows call it for every cell.
func setText(t *canvas.Text, s string, name fyne.ThemeColorName) {
	c := look.Color(name)
	if t.Text == s && t.Color == c {
		return
	}
	t.Text, t.Color = s, c
	t.Refresh()
}

// setFill paints a rectangle, redrawing it only when the colour changed.
func setFill(r *canvas.Rectangle, c color.Color) {
	if r.FillColor == c {
		return
	}
	r.FillColor = c
	r.Refresh()
}

func newIcon() *canvas.Image {
	img := &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest}
	img.Hide()
	return img
}

// setIcon shows an icon in a token's colour, or nothing for "". Resources are shared, so that comparing them spares the
// parsing of an SVG whenever a recycled row shows what it showed before.
func setIcon(img *canvas.Image, icon look.Icon, name fyne.ThemeColorName) {
	if icon == "" {
		img.Hide()
		return
	}
	if r := icon.Resource(name); img.Resource != r {
		img.Resource = r
		img.Refresh()
	}
	img.Show()
}

// Place gives an object its place in a layout of a screen's own; what there is no room for has no size.
func Place(o fyne.CanvasObject, x, y, w, h float32) { place(o, x, y, max(w, 0), max(h, 0)) }

// SetShown shows or hides an object, and has nothing drawn again when it stands so already.
func SetShown(o fyne.CanvasObject, on bool) {
	switch {
	case on == o.Visible():
	case on:
		o.Show()
	default:
		o.Hide()
	}
}

func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// placeMiddle puts an object of width w and height h at x, centred in a line of height.
func placeMiddle(o fyne.CanvasObject, x, height, w, h float32) {
	place(o, x, (height-h)/2, w, h)
}

// newRing is the focus ring; placeRing puts it around an object of the given size, outside its edge.
func newRing(radius float32) *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	r.StrokeWidth = 2
	r.CornerRadius = radius + ringGap
	r.Hide()
	return r
}

// ringGap is the distance from a widget's edge to the outer edge of its focus ring, in units.
const ringGap float32 = 3

func placeRing(r *canvas.Rectangle, x, y, w, h float32) {
	place(r, x-ringGap, y-ringGap, w+2*ringGap, h+2*ringGap)
}

func showRing(r *canvas.Rectangle, on bool) {
	r.StrokeColor = look.Color(look.Accent)
	if on {
		r.Show()
	} else {
		r.Hide()
	}
	r.Refresh()
}

type runeKey struct {
	r    rune
	size float32
	bold bool
}

// advances caches the width of single characters. Sums of advances ignore kerning, which in Noto Sans stays under a unit
// per line: enough to cut a text, and some hundred times cheaper than measuring each prefix.
var advances = map[runeKey]float32{}

func textWidth(s string, size float32, bold bool) float32 {
	var w float32
	for _, r := range s {
		w += advance(r, size, bold)
	}
	return w
}

func advance(r rune, size float32, bold bool) float32 {
	k := runeKey{r, size, bold}
	if w, ok := advances[k]; ok {
		return w
	}
	style := fyne.TextStyle{Bold: bold}
	// The measure of a lone space or combining mark is not its advance, hence the difference.
	w := fyne.MeasureText("x"+string(r)+"x", size, style).Width - fyne.MeasureText("xx", size, style).Width
	advances[k] = w
	return w
}

type fitKey struct {
	text  string
	size  float32
	bold  bool
	width int
}

// fitted caches cut texts per width; it starts afresh when it is full.
var fitted = map[fitKey]string{}

const fittedMax = 8192

// Truncated gives s cut with an ellipsis so that it fits into width units at the given text size.
func Truncated(s string, size float32, bold bool, width float32) string {
	if s == "" || width <= 0 {
		return ""
	}
	k := fitKey{s, size, bold, int(width)}
	if cut, ok := fitted[k]; ok {
		return cut
	}
	if len(fitted) >= fittedMax {
		clear(fitted)
	}
	cut := cutToWidth(s, size, bold, width)
	fitted[k] = cut
	return cut
}

func cutToWidth(s string, size float32, bold bool, width float32) string {
	if textWidth(s, size, bold) <= width {
		return s
	}
	room := width - advance('…', size, bold)
	end := 0
	for i, r := range s {
		room -= advance(r, size, bold)
		if room < 0 {
			break
		}
		end = i + len(string(r))
	}
	for end > 0 && s[end-1] == ' ' {
		end--
	}
	return s[:end] + "…"
}

// Focus gives the keyboard to a widget of a shown window; a widget that is not shown is left alone.
func Focus(w fyne.Focusable) {
	o, ok := w.(fyne.CanvasObject)
	if !ok {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		c.Focus(w)
	}
}

// activates tells whether a key means "do it" on the focused widget.
func activates(ev *fyne.KeyEvent) bool {
	return ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter || ev.Name == fyne.KeySpace
}
