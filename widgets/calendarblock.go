package widgets

import (
	"image/color"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"diapason/widgets/look"
)

// How items are drawn, in units.
const (
	blockEdge   float32 = 3  // the coloured edge at the left
	blockRadius float32 = 4  // of the corners
	blockPad    float32 = 9  // from the left side to the words
	blockLine   float32 = 16 // from one line of words to the next
	blockMark   float32 = 12 // the mark of a state
	blockInset  float32 = 3  // kept free at the sides of a column
	barHeight   float32 = 22 // of a bar over days in a week
)

// area is a place and its size, in units.
type area struct{ x, y, w, h float32 }

func (b area) contains(p fyne.Position) bool {
	return p.X >= b.x && p.X < b.x+b.w && p.Y >= b.y && p.Y < b.y+b.h
}

// blockShape is what changes how an item is drawn from place to place.
type blockShape struct {
	// oneLine puts all words on one line, with the hour first when hour is set.
	oneLine, hour bool
	// starts and ends round the corners where the item really starts and ends; upright says which ones.
	starts, ends, upright bool
	// open marks the item whose detail is shown, line replaces the item's own last line.
	open bool
	line string
}

// blockView draws an item, as a block in the hours or as a bar. It is recycled.
type blockView struct {
	back, edge        *canvas.Rectangle
	icon              *canvas.Image
	kind, title, line *canvas.Text
	item              *CalendarItem
	at                area
	shape             blockShape
}

func newBlockView() *blockView {
	return &blockView{
		back: canvas.NewRectangle(color.Transparent), edge: canvas.NewRectangle(color.Transparent), icon: newIcon(),
		kind: newText(look.SizeCaption, true), title: newText(look.SizeCaption, false), line: newText(look.SizeCaption, false),
	}
}

func (v *blockView) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{v.back, v.edge, v.kind, v.title, v.line, v.icon}
}

func (v *blockView) hide() {
	v.item = nil
	for _, o := range v.objects() {
		o.Hide()
	}
}

// show draws an item at a place; it does nothing when the same is drawn there already, unless again is set.
func (v *blockView) show(it *CalendarItem, at area, shape blockShape, again bool) {
	if !again && v.item == it && v.at == at && v.shape == shape {
		return
	}
	v.item, v.at, v.shape = it, at, shape
	v.paintGround()
	v.paintWords()
}

func (v *blockView) paintGround() {
	it, at, shape := v.item, v.at, v.shape
	fill, stroke, width := it.Hue.Fill(), color.Color(color.Transparent), float32(0)
	if it.Option {
		fill, stroke, width = look.Color(look.Surface), it.Hue.Text(), 1
	}
	if shape.open {
		stroke, width = it.Hue.Text(), 2
	}
	v.back.FillColor, v.back.StrokeColor, v.back.StrokeWidth = fill, stroke, width
	round := func(on bool) float32 {
		if on {
			return blockRadius
		}
		return 0
	}
	b := v.back
	b.TopLeftCornerRadius, b.BottomRightCornerRadius = round(shape.starts), round(shape.ends)
	b.TopRightCornerRadius, b.BottomLeftCornerRadius = round(shape.ends), round(shape.starts)
	if shape.upright {
		b.TopRightCornerRadius, b.BottomLeftCornerRadius = round(shape.starts), round(shape.ends)
	}
	v.edge.FillColor = it.Hue.Text()
	v.edge.TopLeftCornerRadius, v.edge.BottomLeftCornerRadius = b.TopLeftCornerRadius, b.BottomLeftCornerRadius
	place(v.back, at.x, at.y, at.w, at.h)
	place(v.edge, at.x, at.y, blockEdge, at.h)
	v.back.Show()
	v.edge.Show()
	v.back.Refresh()
	v.edge.Refresh()
}

// narrowBlock is the width below which a block has less room around its words, and its mark below them.
const narrowBlock float32 = 64

func (v *blockView) paintWords() {
	it, at := v.item, v.at
	left, room := at.x+blockPad, at.w-blockPad-4
	if at.w < narrowBlock {
		left, room = at.x+blockEdge+3, at.w-blockEdge-4
	}
	top := min(4, max((at.h-blockLine)/2, 0))
	lines := int((at.h - top) / blockLine)
	first := room
	switch mark := it.mark(); {
	case mark == "" || room < blockMark:
		v.icon.Hide()
	case at.w < narrowBlock && lines > 2 && !v.shape.oneLine:
		v.paintMark(mark, at.x+at.w-blockMark-3, at.y+at.h-blockMark-3)
		lines--
	default:
		v.paintMark(mark, at.x+at.w-blockMark-4, at.y+top+(blockLine-blockMark)/2)
		first = max(room-blockMark-3, 0)
	}
	for _, t := range []*canvas.Text{v.kind, v.title, v.line} {
		t.Hide()
	}
	kind := it.Kind
	if v.shape.hour && it.Hour != "" {
		kind = it.Hour + " " + it.Kind
	}
	if v.shape.oneLine || lines < 2 {
		v.paintOneLine(kind, left, top, first)
		return
	}
	v.word(v.kind, kind, it.Hue.Text(), area{left, at.y + top, first, blockLine})
	v.paintBelow(area{left, at.y + top + blockLine, room, blockLine}, lines-1)
}

// paintBelow writes the title and the last line under the kind, as many of them as there are lines; while an item is
// dragged its times come first.
func (v *blockView) paintBelow(at area, lines int) {
	words := []struct {
		text  *canvas.Text
		value string
	}{{v.title, v.item.Title}, {v.line, v.item.Line}}
	if v.shape.line != "" {
		words[0], words[1] = words[1], words[0]
		words[0].value = v.shape.line
	}
	for _, w := range words {
		if w.value != "" && lines > 0 {
			v.word(w.text, w.value, look.Color(look.Text), at)
			at.y += at.h
			lines--
		}
	}
}

// paintOneLine writes the kind and, in what is left, the title; while it is dragged, its times.
func (v *blockView) paintOneLine(kind string, left, top, room float32) {
	it := v.item
	y := v.at.y + top
	if v.shape.oneLine {
		y = v.at.y + (v.at.h-blockLine)/2
	}
	v.word(v.kind, kind, it.Hue.Text(), area{left, y, room, blockLine})
	used := textWidth(kind, look.SizeCaption, true) + 4
	title := it.Title
	if v.shape.line != "" {
		title = v.shape.line
	}
	if room-used > 16 {
		v.word(v.title, title, look.Color(look.Text), area{left + used, y, room - used, blockLine})
	}
}

func (v *blockView) paintMark(mark look.Icon, x, y float32) {
	c := v.item.Hue.Text()
	if v.item.Conflict {
		c = look.Color(look.Warning)
	}
	if r := mark.Painted(c); v.icon.Resource != r {
		v.icon.Resource = r
		v.icon.Refresh()
	}
	place(v.icon, x, y, blockMark, blockMark)
	v.icon.Show()
}

// word writes one text, cut to its place and struck when the item is cancelled.
func (v *blockView) word(t *canvas.Text, s string, c color.Color, at area) {
	cut := Truncated(s, t.TextSize, t.TextStyle.Bold, at.w)
	if cut == "" || cut != s && utf8.RuneCountInString(cut) < leastLetters(t) {
		return
	}
	struck := v.item.Cancelled
	if t.Text != cut || t.Color != c || t.TextStyle.Strikethrough != struck {
		t.Text, t.Color, t.TextStyle.Strikethrough = cut, c, struck
		t.Refresh()
	}
	place(t, at.x, at.y, at.w, at.h)
	if struck {
		fitLine(t)
	}
	t.Show()
}

// placedBlock is an item and where it is drawn.
type placedBlock struct {
	key   blockKey
	item  *CalendarItem
	at    area
	shape blockShape
}

// blockKey tells one drawn item from another: an item may be drawn once per day, heaps count down from -1.
type blockKey struct{ item, day int }

// blockPool draws any set of items with as few views as the largest set needed.
type blockPool struct {
	used    map[blockKey]*blockView
	wanted  map[blockKey]bool // of show alone
	free    []*blockView
	content *fyne.Container
}

func newBlockPool() *blockPool {
	return &blockPool{used: map[blockKey]*blockView{}, wanted: map[blockKey]bool{}, content: container.NewWithoutLayout()}
}

// show draws exactly these blocks. Those that are drawn already as asked are left alone, unless again is set.
func (p *blockPool) show(all []placedBlock, again bool) {
	clear(p.wanted)
	for _, b := range all {
		p.wanted[b.key] = true
	}
	for key, v := range p.used {
		if !p.wanted[key] {
			delete(p.used, key)
			p.free = append(p.free, v)
		}
	}
	for _, b := range all {
		v := p.used[b.key]
		if v == nil {
			v = p.take()
			p.used[b.key] = v
		}
		v.show(b.item, b.at, b.shape, again)
	}
	for _, v := range p.free {
		if v.item != nil {
			v.hide()
		}
	}
}

func (p *blockPool) take() *blockView {
	if last := len(p.free) - 1; last >= 0 {
		v := p.free[last]
		p.free = p.free[:last]
		return v
	}
	v := newBlockView()
	p.content.Objects = append(p.content.Objects, v.objects()...)
	return v
}

// leastLetters is how many letters, the ellipsis among them, a cut text keeps to be worth showing: the kind, in bold, is
// the last to go.
func leastLetters(t *canvas.Text) int {
	if t.TextStyle.Bold {
		return 2
	}
	return 4
}
