package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// control is a field as its label sees it: the entry of a Field, the list of a SelectField.
type control interface {
	fyne.Widget

	controlHeight() float32
	// putControl places it at a height of the field, over its whole width.
	putControl(top, width float32)
	// controlParts are its objects, back to front.
	controlParts() []fyne.CanvasObject
	// paintControl reads its state and colours again.
	paintControl()
}

// labelled is what every field shares: label and mark above its control, hint or error below. Whoever embeds it is the
// control.
type labelled struct {
	widget.BaseWidget

	label, mark, hint, wrong string
	markTone                 Tone

	control control
	width   float32
}

// SetHint changes the remark below the field.
func (h *labelled) SetHint(text string) { h.setHead(&h.hint, text) }

// SetError shows what is wrong and what to do, in place of the hint; "" when all is well.
func (h *labelled) SetError(text string) { h.setHead(&h.wrong, text) }

// Error gives what SetError shows.
func (h *labelled) Error() string { return h.wrong }

// SetMark shows a short word beside the label; "" hides it.
func (h *labelled) SetMark(tone Tone, text string) {
	h.markTone = tone
	h.setHead(&h.mark, text)
}

func (h *labelled) setHead(part *string, text string) {
	*part = text
	h.Refresh()
}

// Resize remembers the width, which the height of a message follows from.
func (h *labelled) Resize(size fyne.Size) {
	h.width = size.Width
	h.BaseWidget.Resize(size)
}

// HeightFor gives the height at a width.
func (h *labelled) HeightFor(width float32) float32 {
	return h.top() + h.control.controlHeight() + h.messageHeight(width)
}

// CreateRenderer is called by Fyne.
func (h *labelled) CreateRenderer() fyne.WidgetRenderer {
	r := &labelledRenderer{h: h, face: newFieldFace()}
	r.Refresh()
	return r
}

// wrongIcon is the width of the error's icon and its gap, in units.
const wrongIcon float32 = 18

// fieldFace draws what is labelled about a control.
type fieldFace struct {
	label, mark, hint *canvas.Text
	markBack          *canvas.Rectangle
	icon              *canvas.Image
	lines             []*canvas.Text // further lines of a long message
}

func newFieldFace() *fieldFace {
	return &fieldFace{
		label: newText(look.SizeSmall, false), mark: newText(look.SizeCaption, false), hint: newText(look.SizeSmall, false),
		markBack: canvas.NewRectangle(nil), icon: newIcon(),
	}
}

const fieldLabel float32 = 20 // height of the label's line

func (h *labelled) top() float32 {
	if h.label == "" {
		return 0
	}
	return fieldLabel
}

func (h *labelled) message() string {
	if h.wrong != "" {
		return h.wrong
	}
	return h.hint
}

func (h *labelled) messageLines(width float32) []string {
	if h.message() == "" {
		return nil
	}
	if h.wrong != "" {
		width -= wrongIcon
	}
	return wrapped(h.message(), look.SizeSmall, false, width)
}

func (h *labelled) messageHeight(width float32) float32 {
	if n := len(h.messageLines(width)); n > 0 {
		return 4 + float32(n)*16
	}
	return 0
}

func (f *fieldFace) objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{f.markBack, f.label, f.mark, f.icon, f.hint}
	for _, l := range f.lines {
		all = append(all, l)
	}
	return all
}

// show places everything but the control, which ends at bottom.
func (f *fieldFace) show(h *labelled, width, bottom float32) {
	mark := float32(0)
	if h.mark != "" {
		mark = textWidth(h.mark, look.SizeCaption, false) + 12
	}
	setText(f.label, Truncated(h.label, look.SizeSmall, false, width-mark), look.TextSecondary)
	place(f.label, 0, 0, width, 16)
	front, fill, _ := h.markTone.colours()
	setText(f.mark, h.mark, front)
	setFill(f.markBack, look.Color(fill))
	f.markBack.CornerRadius = 8
	f.markBack.Hidden = h.mark == ""
	place(f.markBack, width-mark, 0, mark, 16)
	place(f.mark, width-mark+6, 0, mark, 16)

	colour, left, icon := look.TextSecondary, float32(0), look.Icon("")
	if h.wrong != "" {
		colour, left, icon = look.Error, wrongIcon, look.StatusError
	}
	setIcon(f.icon, icon, look.Error)
	place(f.icon, 0, bottom+5, 14, 14)
	lines := h.messageLines(width)
	for len(f.lines)+1 < len(lines) {
		f.lines = append(f.lines, newText(look.SizeSmall, false))
	}
	for i, t := range append([]*canvas.Text{f.hint}, f.lines...) {
		if i >= len(lines) {
			t.Hide()
			continue
		}
		setText(t, lines[i], colour)
		place(t, left, bottom+4+float32(i)*16, width-left, 16)
		t.Show()
	}
}

type labelledRenderer struct {
	drawn
	h    *labelled
	face *fieldFace
}

// MinSize is narrow; the screen decides the width.
func (r *labelledRenderer) MinSize() fyne.Size {
	width := r.h.width
	if width == 0 {
		width = 240
	}
	return fyne.NewSize(80, r.h.HeightFor(width))
}

// Layout puts label, control and message under each other.
func (r *labelledRenderer) Layout(size fyne.Size) {
	top, c := r.h.top(), r.h.control
	c.putControl(top, size.Width)
	r.face.show(r.h, size.Width, top+c.controlHeight())
	r.objects = append(c.controlParts(), r.face.objects()...)
}

// Refresh reads state and colours again.
func (r *labelledRenderer) Refresh() {
	r.h.control.paintControl()
	r.Layout(r.h.Size())
	canvas.Refresh(r.h.control)
}
