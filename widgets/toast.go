package widgets

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// ToastLife is how long a toast that tells a success stays.
const ToastLife = 8 * time.Second

// ToastMessage is what a toast says: the result of the user's last gesture.
type ToastMessage struct {
	Tone Tone
	Text string
	// Action, when not empty, is the word of the one thing to do about it.
	Action string
	OnTap  func()
}

var _ fyne.Widget = (*ToastHost)(nil)

// ToastHost lies over a window's content and shows one toast at the bottom right. A success goes by itself after
// ToastLife; anything else stays until it is closed or followed by another.
type ToastHost struct {
	widget.BaseWidget

	// After calls f on the interface's goroutine when d has passed, and gives what stops it; Fyne's own by default.
	After func(d time.Duration, f func()) (stop func())

	closeLabel string
	toast      *toast
	stop       func()
}

// NewToastHost makes an empty host; closeLabel says what the cross does.
func NewToastHost(closeLabel string) *ToastHost {
	h := &ToastHost{closeLabel: closeLabel, After: after}
	h.ExtendBaseWidget(h)
	return h
}

func after(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, func() { fyne.Do(f) })
	return func() { t.Stop() }
}

// Show shows a toast in place of the present one.
func (h *ToastHost) ShowToast(m ToastMessage) {
	h.Dismiss()
	t := newToast(m, h.closeLabel)
	t.close.OnTapped = h.Dismiss
	t.action.OnTapped = func() {
		h.Dismiss()
		if m.OnTap != nil {
			m.OnTap()
		}
	}
	h.toast = t
	if m.Tone == Success || m.Tone == Neutral {
		h.stop = h.After(ToastLife, func() {
			if h.toast == t {
				h.Dismiss()
			}
		})
	}
	h.Refresh()
}

// Dismiss takes the toast away.
func (h *ToastHost) Dismiss() {
	if h.stop != nil {
		h.stop()
		h.stop = nil
	}
	h.toast = nil
	h.Refresh()
}

// Shown gives the sentence of the toast on screen, "" when there is none.
func (h *ToastHost) Shown() string {
	if h.toast == nil {
		return ""
	}
	return h.toast.message.Text
}

// CreateRenderer is called by Fyne.
func (h *ToastHost) CreateRenderer() fyne.WidgetRenderer {
	h.ExtendBaseWidget(h)
	r := &toastHostRenderer{h: h}
	r.Refresh()
	return r
}

type toastHostRenderer struct {
	drawn
	h *ToastHost
}

// MinSize is nothing: the host takes the window's size.
func (r *toastHostRenderer) MinSize() fyne.Size { return fyne.Size{} }

// Layout puts the toast at the bottom right, above the status bar.
func (r *toastHostRenderer) Layout(size fyne.Size) {
	if r.h.toast == nil {
		return
	}
	m := r.h.toast.MinSize()
	w := min(m.Width, size.Width-2*look.Margin)
	place(r.h.toast, size.Width-look.Margin-w, size.Height-look.HeightStatusBar-16-m.Height, w, m.Height)
}

// Refresh shows the present toast.
func (r *toastHostRenderer) Refresh() {
	r.objects = nil
	if r.h.toast != nil {
		r.objects = []fyne.CanvasObject{r.h.toast}
		r.h.toast.Refresh()
	}
	r.Layout(r.h.Size())
	canvas.Refresh(r.h)
}

var _ fyne.Widget = (*toast)(nil)

type toast struct {
	widget.BaseWidget

	message       ToastMessage
	action, close *toastButton
}

func newToast(m ToastMessage, closeLabel string) *toast {
	t := &toast{message: m, action: newToastButton(m.Action, ""), close: newToastButton("", look.IconClose)}
	t.close.label = closeLabel
	t.action.Hidden = m.Action == ""
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer is called by Fyne.
func (t *toast) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	r := &toastRenderer{t: t, back: canvas.NewRectangle(color.Transparent), icon: newIcon(), text: newText(look.SizeBody, false)}
	r.back.CornerRadius = look.RadiusPanel
	r.objects = []fyne.CanvasObject{r.back, r.icon, r.text, t.action, t.close}
	r.Refresh()
	return r
}

type toastRenderer struct {
	drawn
	t    *toast
	back *canvas.Rectangle
	icon *canvas.Image
	text *canvas.Text
}

const toastText float32 = 44 // where the sentence begins

func (r *toastRenderer) right() float32 {
	w := 8 + r.t.close.MinSize().Width
	if r.t.action.Visible() {
		w += r.t.action.MinSize().Width + 4
	}
	return w
}

// MinSize holds the whole sentence.
func (r *toastRenderer) MinSize() fyne.Size {
	return fyne.NewSize(toastText+textWidth(r.t.message.Text, look.SizeBody, false)+12+r.right(), HeightBanner)
}

// Layout cuts the sentence when the window is narrow.
func (r *toastRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	placeMiddle(r.icon, 16, size.Height, 16, 16)
	room := size.Width - toastText - 8 - r.right()
	setText(r.text, Truncated(r.t.message.Text, look.SizeBody, false, room+1), look.ToastText)
	placeMiddle(r.text, toastText, size.Height, room, 20)
	x := size.Width - 8
	for _, b := range []*toastButton{r.t.close, r.t.action} {
		if b.Visible() {
			w := b.MinSize().Width
			placeMiddle(b, x-w, size.Height, w, look.HeightInline)
			x -= w + 4
		}
	}
}

// Refresh reads the colours again.
func (r *toastRenderer) Refresh() {
	r.back.FillColor, r.back.Shadow = look.Color(look.ToastFill), look.Shadow()
	r.back.Refresh()
	setIcon(r.icon, r.t.message.Tone.defaultIcon(), look.ToastAction)
	r.t.action.Refresh()
	r.t.close.Refresh()
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}

var _ pressableWidget = (*toastButton)(nil)

// toastButton is a word or an icon on the toast's inverse surface.
type toastButton struct {
	pressable

	OnTapped    func()
	text, label string
	icon        look.Icon
}

func newToastButton(text string, icon look.Icon) *toastButton {
	b := &toastButton{text: text, label: text, icon: icon}
	b.setUp(b, func() { b.OnTapped() })
	return b
}

// AccessibilityLabel gives the words read aloud.
func (b *toastButton) AccessibilityLabel() string { return b.label }

// CreateRenderer is called by Fyne.
func (b *toastButton) CreateRenderer() fyne.WidgetRenderer {
	b.ExtendBaseWidget(b)
	r := &toastButtonRenderer{b: b, ring: canvas.NewRectangle(color.Transparent), icon: newIcon(), text: newText(look.SizeBody, true)}
	r.ring.CornerRadius = look.RadiusField
	r.text.Alignment = fyne.TextAlignCenter
	r.objects = []fyne.CanvasObject{r.ring, r.icon, r.text}
	r.Refresh()
	return r
}

type toastButtonRenderer struct {
	drawn
	b    *toastButton
	ring *canvas.Rectangle
	icon *canvas.Image
	text *canvas.Text
}

// MinSize is the word, or the icon's square.
func (r *toastButtonRenderer) MinSize() fyne.Size {
	if r.b.text == "" {
		return fyne.NewSquareSize(look.HeightInline)
	}
	return fyne.NewSize(textWidth(r.b.text, look.SizeBody, true)+17, look.HeightInline)
}

// Layout centres the word or the icon.
func (r *toastButtonRenderer) Layout(size fyne.Size) {
	r.ring.Resize(size)
	r.text.Resize(size)
	place(r.icon, (size.Width-16)/2, (size.Height-16)/2, 16, 16)
}

// Refresh reads state and colours again.
func (r *toastButtonRenderer) Refresh() {
	r.ring.StrokeColor, r.ring.StrokeWidth = look.Color(look.ToastAction), 0
	if r.b.focused || r.b.hovered {
		r.ring.StrokeWidth = 2
	}
	r.ring.Refresh()
	setText(r.text, r.b.text, look.ToastAction)
	setIcon(r.icon, r.b.icon, look.ToastText)
	canvas.Refresh(r.b)
}
