package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

var _ fyne.Widget = (*ProgressBar)(nil)

// ProgressBar is a thin bar, 4 high.
type ProgressBar struct {
	widget.BaseWidget

	share float64
	width float32
}

// NewProgressBar makes an empty bar of a least width.
func NewProgressBar(width float32) *ProgressBar {
	p := &ProgressBar{width: width}
	p.ExtendBaseWidget(p)
	return p
}

// SetShare shows what is done, from 0 to 1.
func (p *ProgressBar) SetShare(share float64) {
	share = max(min(share, 1), 0)
	if p.share == share {
		return
	}
	p.share = share
	p.Refresh()
}

// Share gives what is shown.
func (p *ProgressBar) Share() float64 { return p.share }

// CreateRenderer is called by Fyne.
func (p *ProgressBar) CreateRenderer() fyne.WidgetRenderer {
	p.ExtendBaseWidget(p)
	r := &progressRenderer{p: p, track: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent)}
	r.track.CornerRadius, r.bar.CornerRadius = progressHeight/2, progressHeight/2
	r.objects = []fyne.CanvasObject{r.track, r.bar}
	r.Refresh()
	return r
}

const progressHeight float32 = 4

type progressRenderer struct {
	drawn
	p          *ProgressBar
	track, bar *canvas.Rectangle
}

// MinSize is the least width.
func (r *progressRenderer) MinSize() fyne.Size { return fyne.NewSize(r.p.width, progressHeight) }

// Layout fills the share that is done.
func (r *progressRenderer) Layout(size fyne.Size) {
	placeMiddle(r.track, 0, size.Height, size.Width, progressHeight)
	placeMiddle(r.bar, 0, size.Height, size.Width*float32(r.p.share), progressHeight)
	r.bar.Hidden = r.p.share == 0
}

// Refresh reads state and colours again.
func (r *progressRenderer) Refresh() {
	setFill(r.track, look.Color(look.ButtonBorder))
	setFill(r.bar, look.Color(look.Accent))
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}
