package widgets

import (
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	"github.com/skip2/go-qrcode"

	"diapason/widgets/look"
)

var (
	_ fyne.Widget     = (*QRCode)(nil)
	_ fyne.Accessible = (*QRCode)(nil)
)

// QRCode shows a text for a phone's camera: dark on white in both variants, since many readers know nothing else, with
// the four modules of silence around it that ISO/IEC 18004 asks for. Its modules are whole pixels at any scale.
type QRCode struct {
	widget.BaseWidget

	label   string
	size    float32
	modules [][]bool // rows; true is dark; without silence
}

// NewQRCode makes an empty one, size units wide and high. The label is read aloud in place of the picture.
func NewQRCode(label string, size float32) *QRCode {
	q := &QRCode{label: label, size: size}
	q.ExtendBaseWidget(q)
	return q
}

// SetText changes what is encoded; "" empties it. A text that no code holds, about 2,300 bytes, empties it too and is an
// error.
func (q *QRCode) SetText(text string) error {
	defer q.Refresh()
	q.modules = nil
	if text == "" {
		return nil
	}
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("encoding %d bytes as a QR code: %w", len(text), err)
	}
	code.DisableBorder = true
	q.modules = code.Bitmap()
	return nil
}

// AccessibilityRole says that it is read only.
func (q *QRCode) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel gives the words read aloud.
func (q *QRCode) AccessibilityLabel() string { return q.label }

// CreateRenderer is called by Fyne.
func (q *QRCode) CreateRenderer() fyne.WidgetRenderer {
	q.ExtendBaseWidget(q)
	r := &qrRenderer{q: q, back: canvas.NewRectangle(color.White)}
	r.back.CornerRadius, r.back.StrokeWidth = look.RadiusPanel, 1
	r.code = canvas.NewRaster(q.drawn)
	r.code.ScaleMode = canvas.ImageScalePixels
	r.objects = []fyne.CanvasObject{r.back, r.code}
	r.Refresh()
	return r
}

// silence is the white around the code, in modules.
const silence = 4

// drawn paints the code into width by height pixels, as large as whole pixels per module allow, in the middle.
func (q *QRCode) drawn(width, height int) image.Image {
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White, color.Black})
	n := len(q.modules)
	if n == 0 {
		return img
	}
	pixels := max(min(width, height)/(n+2*silence), 1)
	left, top := (width-n*pixels)/2, (height-n*pixels)/2
	for y := range n * pixels {
		for x := range n * pixels {
			if q.modules[y/pixels][x/pixels] && image.Pt(left+x, top+y).In(img.Rect) {
				img.SetColorIndex(left+x, top+y, 1)
			}
		}
	}
	return img
}

type qrRenderer struct {
	drawn
	q    *QRCode
	back *canvas.Rectangle
	code *canvas.Raster
}

// MinSize is the square asked for.
func (r *qrRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.q.size) }

// qrFrame is the white between the frame and the code's own, for the round corners.
const qrFrame float32 = 3

// Layout centres the square.
func (r *qrRenderer) Layout(size fyne.Size) {
	side := min(size.Width, size.Height)
	x, y := (size.Width-side)/2, (size.Height-side)/2
	place(r.back, x, y, side, side)
	place(r.code, x+qrFrame, y+qrFrame, side-2*qrFrame, side-2*qrFrame)
}

// Refresh paints the code again.
func (r *qrRenderer) Refresh() {
	r.back.StrokeColor = look.Color(look.Line)
	r.back.Refresh()
	r.code.Refresh()
	canvas.Refresh(r.q)
}
