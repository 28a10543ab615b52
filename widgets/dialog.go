package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// DialogParams says what a dialog asks.
type DialogParams struct {
	Title string
	// Body may be nil; it is given Width, less the padding.
	Body fyne.CanvasObject
	// Buttons stand at the right, the one that goes ahead last. Pressing one does not close the dialog: its action does.
	Buttons []*Button
	// Default is what Enter presses; nil leaves Enter to the focused widget. A dialog that destroys has none.
	Default *Button
	// First takes the keyboard; without it the first button does.
	First fyne.Focusable
	// Width is 440 when zero.
	Width float32
	// OnClosed is called once the dialog is gone, however it went.
	OnClosed func()
}

// Covered tells whether a menu or a dialog covers the window: its shortcuts rest meanwhile.
func Covered(c fyne.Canvas) bool { return c.Overlays().Top() != nil }

// Dialog is a card over the dimmed window. Escape closes it and the focus goes back to where it was.
type Dialog struct {
	p     DialogParams
	layer *layer
}

// ShowDialog opens a dialog over a window.
func ShowDialog(c fyne.Canvas, p DialogParams) *Dialog {
	if p.Width == 0 {
		p.Width = 440
	}
	d := &Dialog{p: p}
	card := newDialogCard(p)
	d.layer = &layer{canvas: c, content: card, modal: true, onClose: d.closed}
	d.layer.onEnter = func() {
		if p.Default != nil {
			p.Default.Tapped(nil)
		}
	}
	first := p.First
	if first == nil && len(p.Buttons) > 0 {
		first = p.Buttons[0]
	}
	if first == nil {
		first = card
	}
	d.layer.open(first)
	return d
}

// Close takes the dialog away.
func (d *Dialog) Close() { d.layer.close() }

// Refresh lays the dialog out again after its body changed size.
func (d *Dialog) Refresh() { d.layer.Refresh(); d.layer.Resize(d.layer.Size()) }

func (d *Dialog) closed() {
	if d.p.OnClosed != nil {
		d.p.OnClosed()
	}
}

var (
	_ fyne.Widget    = (*dialogCard)(nil)
	_ fyne.Tappable  = (*dialogCard)(nil)
	_ fyne.Focusable = (*dialogCard)(nil)
)

type dialogCard struct {
	widget.BaseWidget

	width   float32
	content *Column
}

func newDialogCard(p DialogParams) *dialogCard {
	buttons := []LineCell{Space()}
	for _, b := range p.Buttons {
		buttons = append(buttons, Own(b))
	}
	parts := []fyne.CanvasObject{NewParagraph(p.Title, look.SizeSubtitle, look.Text).Bold()}
	if p.Body != nil {
		parts = append(parts, p.Body)
	}
	if len(p.Buttons) > 0 {
		parts = append(parts, NewLine(8, buttons...))
	}
	card := &dialogCard{width: p.Width, content: NewPaddedColumn(20, Insets{24, 24, 24, 24}, parts...)}
	card.ExtendBaseWidget(card)
	return card
}

// Tapped keeps presses on the card away from the window.
func (d *dialogCard) Tapped(*fyne.PointEvent) {}

// FocusGained changes nothing.
func (d *dialogCard) FocusGained() {}

// FocusLost changes nothing.
func (d *dialogCard) FocusLost() {}

// TypedRune ignores letters.
func (d *dialogCard) TypedRune(rune) {}

// TypedKey passes Escape and Enter to the dialog.
func (d *dialogCard) TypedKey(ev *fyne.KeyEvent) { passKey(d, ev) }

// CreateRenderer is called by Fyne.
func (d *dialogCard) CreateRenderer() fyne.WidgetRenderer {
	d.ExtendBaseWidget(d)
	r := &dialogRenderer{d: d, card: newCard()}
	r.objects = []fyne.CanvasObject{r.card, d.content}
	return r
}

type dialogRenderer struct {
	drawn
	d    *dialogCard
	card *canvas.Rectangle
}

// MinSize is as high as the content at the dialog's width.
func (r *dialogRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.d.width, r.d.content.HeightFor(r.d.width))
}

// Layout fills the card.
func (r *dialogRenderer) Layout(size fyne.Size) {
	r.card.Resize(size)
	r.d.content.Resize(size)
}

// Refresh reads the colours again.
func (r *dialogRenderer) Refresh() {
	paintCard(r.card)
	r.d.content.Refresh()
	canvas.Refresh(r.d)
}
