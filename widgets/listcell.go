package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets/look"
)

// columnGap is kept free at the right of each cell, in units.
const columnGap float32 = 12

// naturalWidth is what the cell needs to show itself whole.
func (c ListCell) naturalWidth() float32 {
	if c.Chip {
		return chipWidth(c.Icon, c.Text) - chipPad
	}
	w := max(textWidth(c.Text, look.SizeBody, c.Bold), textWidth(c.Sub, look.SizeSmall, false))
	if c.Icon != "" {
		w += chipIcon + chipGap
	}
	return w
}

// cellView draws any ListCell with the same few objects.
type cellView struct {
	fill      *canvas.Rectangle
	icon      *canvas.Image
	text, sub *canvas.Text
}

func newCellView() *cellView {
	return &cellView{
		fill: canvas.NewRectangle(color.Transparent), icon: newIcon(),
		text: newText(look.SizeBody, false), sub: newText(look.SizeSmall, false),
	}
}

func (v *cellView) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{v.fill, v.icon, v.text, v.sub}
}

func (v *cellView) hide() {
	for _, o := range v.objects() {
		o.Hide()
	}
}

func (v *cellView) show(c ListCell, s span, height float32, trailing bool) {
	v.hide()
	if c.Text == "" && c.Sub == "" && c.Icon == "" {
		return
	}
	if c.Chip {
		v.showChip(c, s, height, trailing)
		return
	}
	front, fill, strong := c.Tone.colours()
	if c.Filled {
		setFill(v.fill, look.Color(fill))
		v.fill.CornerRadius = look.RadiusField
		place(v.fill, s.x-8, 4, s.width-4, height-8)
		v.fill.Show()
	}
	x, room := s.x, s.width-columnGap
	if c.Icon != "" {
		setIcon(v.icon, c.Icon, strong)
		placeMiddle(v.icon, x, height, chipIcon, chipIcon)
		x, room = x+chipIcon+chipGap, room-chipIcon-chipGap
	}
	v.showLines(c, front, span{x, room}, height, trailing)
}

func (v *cellView) showLines(c ListCell, filledFront fyne.ThemeColorName, s span, height float32, trailing bool) {
	name, sub := look.Text, look.TextSecondary
	switch {
	case c.Filled:
		name, sub = filledFront, filledFront
	case c.Link:
		name = look.AccentText
	case c.Faint:
		name = look.TextSecondary
	}
	size := look.SizeBody
	if c.Filled && c.Sub != "" || c.Icon != "" || c.Link {
		size = look.SizeSmall
	}
	restyle(v.text, size, c.Bold, false)
	restyle(v.sub, subSize(c), false, c.Struck)
	v.line(v.text, c.Text, name, s, trailing)
	if c.Sub == "" {
		v.text.Move(fyne.NewPos(v.text.Position().X, (height-20)/2))
		return
	}
	v.line(v.sub, c.Sub, sub, s, trailing)
	if c.Text == "" {
		v.sub.Move(fyne.NewPos(v.sub.Position().X, (height-20)/2))
		return
	}
	v.text.Move(fyne.NewPos(v.text.Position().X, height/2-18))
	v.sub.Move(fyne.NewPos(v.sub.Position().X, height/2-1))
	if c.Filled {
		v.text.Move(fyne.NewPos(v.text.Position().X, height/2-17))
		v.sub.Move(fyne.NewPos(v.sub.Position().X, height/2-2))
	}
	if c.Struck {
		fitLine(v.sub)
	}
}

// fitLine makes a text exactly as high as its letters, where it stands: the line that strikes it through is drawn from
// its top.
func fitLine(t *canvas.Text) {
	h, size, pos := t.MinSize().Height, t.Size(), t.Position()
	place(t, pos.X, pos.Y+(size.Height-h)/2, size.Width, h)
}

func subSize(c ListCell) float32 {
	if c.Filled {
		return look.SizeCaption
	}
	return look.SizeSmall
}

func (v *cellView) line(t *canvas.Text, s string, name fyne.ThemeColorName, at span, trailing bool) {
	cut := Truncated(s, t.TextSize, t.TextStyle.Bold, at.width)
	setText(t, cut, name)
	x := at.x
	if trailing {
		x += at.width - textWidth(cut, t.TextSize, t.TextStyle.Bold)
	}
	place(t, x, 0, at.width, 20)
	t.Show()
}

// restyle changes size and weight; the next setText redraws only if needed, so a change here redraws itself.
func restyle(t *canvas.Text, size float32, bold, struck bool) {
	if t.TextSize == size && t.TextStyle.Bold == bold && t.TextStyle.Strikethrough == struck {
		return
	}
	t.TextSize, t.TextStyle.Bold, t.TextStyle.Strikethrough = size, bold, struck
	t.Refresh()
}

func (v *cellView) showChip(c ListCell, s span, height float32, trailing bool) {
	restyle(v.text, look.SizeSmall, false, false)
	f := chipFace{v.fill, v.icon, v.text}
	f.back.CornerRadius = look.HeightChip / 2
	f.show(c.Tone, c.Icon, c.Text, c.Calm)
	room := s.width
	if trailing {
		s.x += max(s.width-c.naturalWidth(), 0)
		room = min(room, c.naturalWidth())
	}
	f.place(c.Text, s.x-chipPad, (height-look.HeightChip)/2, room+chipPad)
}

// noteView draws a ListNote: filling, icon, sentence and its actions at the right.
type noteView struct {
	fill    *canvas.Rectangle
	icon    *canvas.Image
	text    *canvas.Text
	actions [3]*canvas.Text
	count   int
}

func newNoteView() *noteView {
	v := &noteView{fill: canvas.NewRectangle(color.Transparent), icon: newIcon(), text: newText(look.SizeSmall, false)}
	v.fill.CornerRadius = look.RadiusField
	for i := range v.actions {
		v.actions[i] = newText(look.SizeSmall, true)
	}
	return v
}

func (v *noteView) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{v.fill, v.icon, v.text, v.actions[0], v.actions[1], v.actions[2]}
}

func (v *noteView) hide() {
	for _, o := range v.objects() {
		o.Hide()
	}
}

func (v *noteView) show(n *ListNote, x, width, height float32) {
	v.hide()
	front, fill, _ := n.Tone.colours()
	setFill(v.fill, look.Color(fill))
	place(v.fill, x, 0, width, height-8)
	v.fill.Show()
	setIcon(v.icon, n.Icon, front)
	place(v.icon, x+12, (height-8-chipIcon)/2, chipIcon, chipIcon)
	right := x + width - 12
	v.count = min(len(n.Actions), len(v.actions))
	for i := v.count - 1; i >= 0; i-- {
		w := textWidth(n.Actions[i], look.SizeSmall, true)
		setText(v.actions[i], n.Actions[i], front)
		place(v.actions[i], right-w, (height-8-20)/2, w, 20)
		v.actions[i].Show()
		right -= w + look.Margin
	}
	left := x + 34
	setText(v.text, Truncated(n.Text, look.SizeSmall, false, right-left), front)
	place(v.text, left, (height-8-20)/2, right-left, 20)
	v.text.Show()
}

func (v *noteView) actionAt(x float32) int {
	for i := range v.count {
		a := v.actions[i]
		if x >= a.Position().X-8 && x < a.Position().X+a.Size().Width+8 {
			return i
		}
	}
	return -1
}
