package widgets

import (
	"image/color"
	"time"

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

var _ fyne.Widget = (*Spinner)(nil)

// Spinner is a small turning arc, for a wait of unknown length. It turns only between Start and Stop.
type Spinner struct {
	widget.BaseWidget

	size  float32
	start float32 // degrees
	turn  *fyne.Animation
}

// NewSpinner makes a spinner at rest.
func NewSpinner(size float32) *Spinner {
	s := &Spinner{size: size}
	s.ExtendBaseWidget(s)
	return s
}

// Start turns the arc.
func (s *Spinner) Start() {
	if s.turn != nil {
		return
	}
	s.turn = &fyne.Animation{
		Duration: time.Second, RepeatCount: fyne.AnimationRepeatForever, Curve: fyne.AnimationLinear,
		Tick: func(done float32) { s.start = done * 360; s.Refresh() },
	}
	s.turn.Start()
}

// Stop lets the arc rest.
func (s *Spinner) Stop() {
	if s.turn != nil {
		s.turn.Stop()
		s.turn = nil
	}
}

// Turning tells whether the arc turns.
func (s *Spinner) Turning() bool { return s.turn != nil }

// CreateRenderer is called by Fyne.
func (s *Spinner) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	arc := canvas.NewArc(0, 270, 0.76, look.Color(look.Info))
	r := &spinnerRenderer{drawn{[]fyne.CanvasObject{arc}}, s, arc}
	r.Refresh()
	return r
}

type spinnerRenderer struct {
	drawn
	s   *Spinner
	arc *canvas.Arc
}

// MinSize is the arc's square.
func (r *spinnerRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.s.size) }

// Layout centres the arc.
func (r *spinnerRenderer) Layout(size fyne.Size) {
	place(r.arc, (size.Width-r.s.size)/2, (size.Height-r.s.size)/2, r.s.size, r.s.size)
}

// Refresh reads the angle and the colour again.
func (r *spinnerRenderer) Refresh() {
	r.arc.StartAngle, r.arc.EndAngle = r.s.start, r.s.start+270
	r.arc.FillColor = look.Color(look.Info)
	r.arc.Refresh()
	canvas.Refresh(r.s)
}
