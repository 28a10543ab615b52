package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// Batch is one segment of a BatchBar.
type Batch struct {
	Share   float64 // done, from 0 to 1
	Refused bool    // something of it was refused
	Current bool    // it is being worked on
}

var _ fyne.Widget = (*BatchBar)(nil)

// BatchBar shows work that goes batch by batch, 12 high: a segment for each, those that are done filled, those where
// something was refused in the colour of a warning, the present one
// in part, on a soft ground.
type BatchBar struct {
	widget.BaseWidget

	batches []Batch
}

// NewBatchBar makes a bar that shows nothing yet.
func NewBatchBar() *BatchBar {
	b := &BatchBar{}
	b.ExtendBaseWidget(b)
	return b
}

// SetBatches shows these segments, all of one width; none shows an empty track.
func (b *BatchBar) SetBatches(batches []Batch) {
	b.batches = batches
	b.Refresh()
}

// Batches gives what is shown.
func (b *BatchBar) Batches() []Batch { return b.batches }

// CreateRenderer is called by Fyne.
func (b *BatchBar) CreateRenderer() fyne.WidgetRenderer {
	b.ExtendBaseWidget(b)
	r := &batchRenderer{b: b}
	r.Refresh()
	return r
}

const (
	batchHeight float32 = 12
	batchRadius float32 = 3
	batchGap    float32 = 3
)

type batchRenderer struct {
	drawn
	b      *BatchBar
	tracks []*canvas.Rectangle
	fills  []*canvas.Rectangle
}

// MinSize lets the segments be as narrow as the window asks for.
func (r *batchRenderer) MinSize() fyne.Size { return fyne.NewSize(80, batchHeight) }

// Layout shares the width out, in whole units, so that the gaps are alike.
func (r *batchRenderer) Layout(size fyne.Size) {
	n := len(r.tracks)
	gap := batchGap
	if size.Width < float32(n)*3*batchGap {
		gap = 1
	}
	for i, track := range r.tracks {
		left := float32(int(float32(i) * (size.Width + gap) / float32(n)))
		right := float32(int(float32(i+1)*(size.Width+gap)/float32(n))) - gap
		width := max(right-left, 1)
		placeMiddle(track, left, size.Height, width, batchHeight)
		share := float32(0)
		if i < len(r.b.batches) {
			share = float32(max(min(r.b.batches[i].Share, 1), 0))
		}
		placeMiddle(r.fills[i], left, size.Height, width*share, batchHeight)
		r.fills[i].Hidden = share == 0
	}
}

// Refresh reads state and colours again.
func (r *batchRenderer) Refresh() {
	n := max(len(r.b.batches), 1)
	for len(r.tracks) < n {
		r.tracks = append(r.tracks, canvas.NewRectangle(color.Transparent))
		r.fills = append(r.fills, canvas.NewRectangle(color.Transparent))
	}
	r.tracks, r.fills, r.objects = r.tracks[:n], r.fills[:n], r.objects[:0]
	for i := range n {
		track, fill := look.Fill, look.Accent
		if i < len(r.b.batches) {
			if b := r.b.batches[i]; b.Refused {
				track, fill = look.WarningFill, look.Warning
			} else if b.Current {
				track = look.AccentSoft
			}
		}
		r.tracks[i].CornerRadius, r.fills[i].CornerRadius = batchRadius, batchRadius
		setFill(r.tracks[i], look.Color(track))
		setFill(r.fills[i], look.Color(fill))
		r.objects = append(r.objects, r.tracks[i], r.fills[i])
	}
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}
