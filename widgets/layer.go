package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

var (
	_ fyne.Widget            = (*layer)(nil)
	_ fyne.Tappable          = (*layer)(nil)
	_ fyne.SecondaryTappable = (*layer)(nil)
)

// layer covers the window under a menu or a dialog. It keeps its content inside the window, closes on Escape and, for a
// menu, on a press beside the content, and gives the focus back to whatever had it.
type layer struct {
	widget.BaseWidget

	canvas  fyne.Canvas
	content fyne.CanvasObject
	// modal dims the window, centres the content and ignores presses beside it.
	modal bool
	// at is the wanted top left corner of a menu; above is where its bottom goes when there is no room below.
	at    fyne.Position
	above float32
	// onClose is called once, after the layer is gone; onEnter answers an Enter that no widget used.
	onClose, onEnter func()

	before fyne.Focusable
	closed bool
}

// open shows the layer and gives the keyboard to first.
func (l *layer) open(first fyne.Focusable) {
	l.ExtendBaseWidget(l)
	l.before = l.canvas.Focused()
	l.canvas.Overlays().Add(l)
	if first != nil {
		l.canvas.Focus(first)
	}
}

func (l *layer) close() {
	if l.closed {
		return
	}
	l.closed = true
	l.canvas.Overlays().Remove(l)
	if l.before != nil {
		l.canvas.Focus(l.before)
	}
	if l.onClose != nil {
		l.onClose()
	}
}

// Tapped closes a menu that is pressed beside.
func (l *layer) Tapped(*fyne.PointEvent) {
	if !l.modal {
		l.close()
	}
}

// TappedSecondary closes a menu that is pressed beside.
func (l *layer) TappedSecondary(*fyne.PointEvent) { l.Tapped(nil) }

// CreateRenderer is called by Fyne.
func (l *layer) CreateRenderer() fyne.WidgetRenderer {
	l.ExtendBaseWidget(l)
	r := &layerRenderer{l: l, dim: canvas.NewRectangle(color.Transparent)}
	r.objects = []fyne.CanvasObject{r.dim, l.content}
	r.Refresh()
	return r
}

type layerRenderer struct {
	drawn
	l   *layer
	dim *canvas.Rectangle
}

// MinSize is nothing: the layer takes the window as it is.
func (r *layerRenderer) MinSize() fyne.Size { return fyne.Size{} }

// Layout keeps the content inside the window.
func (r *layerRenderer) Layout(size fyne.Size) {
	r.dim.Resize(size)
	const edge = 8
	want := r.l.content.MinSize()
	w, h := min(want.Width, size.Width-2*edge), min(want.Height, size.Height-2*edge)
	if r.l.modal {
		place(r.l.content, (size.Width-w)/2, (size.Height-h)/2, w, h)
		return
	}
	x, y := min(r.l.at.X, size.Width-edge-w), r.l.at.Y
	if y+h > size.Height-edge {
		y = max(min(r.l.above, size.Height-edge)-h, edge)
	}
	place(r.l.content, max(x, edge), y, w, h)
}

// Refresh reads the colours again, and gives the content the size it needs now.
func (r *layerRenderer) Refresh() {
	if r.l.modal {
		setFill(r.dim, color.NRGBA{A: 0x66})
	}
	r.Layout(r.l.Size())
	r.l.content.Refresh()
	canvas.Refresh(r.l)
}

// passKey hands a key that a focused widget does not use to the menu or dialog around it, else to the window.
func passKey(from fyne.CanvasObject, ev *fyne.KeyEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(from)
	if c == nil {
		return
	}
	if !CoveredKey(c, ev) && c.OnTypedKey() != nil {
		c.OnTypedKey()(ev)
	}
}

// CoveredKey hands a key to the menu or dialog that covers a window, and reports whether there is one. The window asks
// it for the keys that no widget has: a press beside the fields of a dialog takes the keyboard away from them.
func CoveredKey(c fyne.Canvas, ev *fyne.KeyEvent) bool {
	l, ok := c.Overlays().Top().(*layer)
	switch {
	case ok && ev.Name == fyne.KeyEscape:
		l.close()
	case ok && l.onEnter != nil && (ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter):
		l.onEnter()
	}
	return ok
}

// newCard is the raised surface of menus, toasts and dialogs.
func newCard() *canvas.Rectangle {
	card := canvas.NewRectangle(look.Color(look.Surface))
	card.CornerRadius = look.RadiusPanel
	card.StrokeWidth = 1
	paintCard(card)
	return card
}

func paintCard(card *canvas.Rectangle) {
	card.FillColor = look.Color(look.Surface)
	card.StrokeColor = look.Color(look.ButtonBorder)
	card.Shadow = look.Shadow()
	card.Refresh()
}
