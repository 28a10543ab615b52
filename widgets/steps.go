package widgets

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

var _ fyne.Widget = (*Steps)(nil)

// Steps is the head of a wizard: numbered steps, done, current and to come.
type Steps struct {
	widget.BaseWidget

	names   []string
	current int
}

// NewSteps makes one at its first step.
func NewSteps(names ...string) *Steps {
	s := &Steps{names: names}
	s.ExtendBaseWidget(s)
	return s
}

// SetCurrent shows which step is at hand, from 0; those before are done. One past the last means all done.
func (s *Steps) SetCurrent(i int) {
	s.current = i
	s.Refresh()
}

// Current gives the step at hand.
func (s *Steps) Current() int { return s.current }

// CreateRenderer is called by Fyne.
func (s *Steps) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	r := &stepsRenderer{s: s}
	for range s.names {
		m := &stepMark{
			disc: canvas.NewRectangle(color.Transparent), line: canvas.NewRectangle(color.Transparent), tick: newIcon(),
			number: newText(look.SizeSmall, true), name: newText(look.SizeBody, false),
		}
		m.disc.CornerRadius = stepDisc / 2
		m.number.Alignment = fyne.TextAlignCenter
		r.marks = append(r.marks, m)
		r.objects = append(r.objects, m.line, m.disc, m.tick, m.number, m.name)
	}
	r.Refresh()
	return r
}

type stepMark struct {
	disc, line   *canvas.Rectangle
	tick         *canvas.Image
	number, name *canvas.Text
}

type stepsRenderer struct {
	drawn
	s     *Steps
	marks []*stepMark
}

const (
	stepDisc float32 = 24
	stepGap  float32 = 8
	stepLine float32 = 12 // space on both sides of a line
)

func (r *stepsRenderer) width(i int) float32 {
	return stepDisc + stepGap + textWidth(r.s.names[i], look.SizeBody, true) + 1
}

// MinSize holds the names and short lines.
func (r *stepsRenderer) MinSize() fyne.Size {
	w := float32(0)
	for i := range r.marks {
		w += r.width(i)
	}
	return fyne.NewSize(w+float32(max(len(r.marks)-1, 0))*(2*stepLine+16), 32)
}

// Layout shares what the names leave between the lines.
func (r *stepsRenderer) Layout(size fyne.Size) {
	names := float32(0)
	for i := range r.marks {
		names += r.width(i)
	}
	between := float32(0)
	if n := len(r.marks) - 1; n > 0 {
		between = max((size.Width-names)/float32(n), 2*stepLine)
	}
	x := float32(0)
	for i, m := range r.marks {
		placeMiddle(m.disc, x, size.Height, stepDisc, stepDisc)
		placeMiddle(m.tick, x+6, size.Height, 12, 12)
		placeMiddle(m.number, x, size.Height, stepDisc, 20)
		placeMiddle(m.name, x+stepDisc+stepGap, size.Height, r.width(i), 20)
		x += r.width(i)
		m.line.Hidden = i == len(r.marks)-1
		placeMiddle(m.line, x+stepLine, size.Height, max(between-2*stepLine, 0), 1)
		x += between
	}
}

// Refresh reads state and colours again.
func (r *stepsRenderer) Refresh() {
	for i, m := range r.marks {
		fill, stroke, number, name := color.Color(color.Transparent), look.FieldBorder, look.TextSecondary, look.TextSecondary
		tick := look.Icon("")
		switch {
		case i < r.s.current:
			fill, stroke, name, tick = look.Color(look.AccentSoft), look.AccentSoft, look.Text, look.CheckMark
		case i == r.s.current:
			fill, stroke, number, name = look.Color(look.Accent), look.Accent, look.OnAccent, look.Text
		}
		m.disc.FillColor, m.disc.StrokeColor, m.disc.StrokeWidth = fill, look.Color(stroke), 1.5
		m.disc.Refresh()
		setIcon(m.tick, tick, look.AccentText)
		digit := strconv.Itoa(i + 1)
		if tick != "" {
			digit = ""
		}
		setText(m.number, digit, number)
		restyle(m.name, look.SizeBody, i == r.s.current, false)
		setText(m.name, r.s.names[i], name)
		setFill(m.line, look.Color(look.ButtonBorder))
	}
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}
