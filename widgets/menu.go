package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// MenuItem is one line of a menu.
type MenuItem struct {
	// ID is given back to whoever opened the menu.
	ID   string
	Text string
	// Icon leads the text and takes the tone's strong colour.
	Icon look.Icon
	Tone Tone
	// Detail is shown at the right, most often a number.
	Detail string
	// Current marks the item in force: bold, with a tick where there is no icon.
	Current bool
	// Faint shows what exists but has nothing in it; it can still be chosen.
	Faint bool
	// Disabled items can be seen but not chosen.
	Disabled bool
	// Danger items destroy something.
	Danger bool
	// Divided items have a separator above them.
	Divided bool
}

// MenuParams says what a menu shows and where.
type MenuParams struct {
	Items []MenuItem
	// MinWidth is in units.
	MinWidth float32
	// SearchHint is the placeholder of the search field that appears above 30 items.
	SearchHint string
	// OnChosen is called once the menu is closed; OnClosed in every case, after it.
	OnChosen func(id string)
	OnClosed func()
}

const (
	menuRow       float32 = 32
	menuDivider   float32 = 17
	menuPad       float32 = 9
	menuMaxHeight float32 = 420
	menuSearchMin         = 30 // more items than this get a search field
)

// ShowMenuBelow opens a menu under a widget, aligned with its left edge, or above it when there is no room.
func ShowMenuBelow(opener fyne.CanvasObject, p MenuParams) {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(opener)
	if c == nil {
		return
	}
	pos := d.AbsolutePositionForObject(opener)
	showMenu(c, pos.AddXY(0, opener.Size().Height+8), pos.Y-8, p)
}

// ShowMenuAt opens a menu at an absolute position of the window that shows the widget: a context menu.
func ShowMenuAt(owner fyne.CanvasObject, at fyne.Position, p MenuParams) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(owner); c != nil {
		showMenu(c, at, at.Y, p)
	}
}

func showMenu(c fyne.Canvas, at fyne.Position, above float32, p MenuParams) {
	m := newMenu(p)
	// The card lies outside the menu: Fyne clips whatever scrolls, and the card's shadow with it.
	m.layer = &layer{canvas: c, content: container.NewStack(newCard(), m), at: at, above: above, onClose: m.closed}
	var first fyne.Focusable = m
	if m.search != nil {
		first = m.search.Focusable()
	}
	m.layer.open(first)
}

var (
	_ fyne.Widget       = (*menu)(nil)
	_ fyne.Tappable     = (*menu)(nil)
	_ fyne.Focusable    = (*menu)(nil)
	_ fyne.Scrollable   = (*menu)(nil)
	_ desktop.Hoverable = (*menu)(nil)
)

// menu is the list inside the layer. Only the lines in view have objects.
type menu struct {
	widget.BaseWidget

	p      MenuParams
	layer  *layer
	search *SearchEntry

	shown  []int // indexes of the items that match the search
	tops   []float32
	height float32 // of all shown lines
	active int     // index into shown, -1 for none
	offset float32
	chosen string
	picked bool
}

func newMenu(p MenuParams) *menu {
	m := &menu{p: p, active: -1}
	if len(p.Items) > menuSearchMin {
		m.search = NewSearchEntry(p.SearchHint, "", m.filter)
		m.search.OnKey = m.key
	}
	m.ExtendBaseWidget(m)
	m.filter("")
	for i, n := range m.shown {
		if p.Items[n].Current {
			m.active = i
		}
	}
	return m
}

func (m *menu) filter(query string) {
	m.shown, m.tops, m.height, m.offset = m.shown[:0], m.tops[:0], 0, 0
	for i, it := range m.p.Items {
		if query != "" && !containsFold(it.Text, query) {
			continue
		}
		if it.Divided && len(m.shown) > 0 {
			m.height += menuDivider
		}
		m.shown, m.tops = append(m.shown, i), append(m.tops, m.height)
		m.height += menuRow
	}
	if m.active = -1; query != "" && len(m.shown) > 0 {
		m.active = 0
	}
	m.Refresh()
}

func (m *menu) top() float32 {
	if m.search == nil {
		return menuPad
	}
	return menuPad + look.HeightField + 8
}

func (m *menu) viewHeight() float32 { return max(m.Size().Height-m.top()-menuPad, 0) }

func (m *menu) move(step int) {
	for i := m.active + step; i >= 0 && i < len(m.shown); i += step {
		if !m.p.Items[m.shown[i]].Disabled {
			m.active = i
			break
		}
	}
	if m.active >= 0 {
		top := m.tops[m.active]
		m.offset = max(min(m.offset, top), top+menuRow-m.viewHeight())
	}
	m.Refresh()
}

// key acts on the keys of a menu and reports what it used.
func (m *menu) key(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyDown:
		m.move(1)
	case fyne.KeyUp:
		m.move(-1)
	case fyne.KeyHome:
		m.active = -1
		m.move(1)
	case fyne.KeyEnd:
		m.active = len(m.shown)
		m.move(-1)
	case fyne.KeyReturn, fyne.KeyEnter:
		m.choose(m.active)
	case fyne.KeyEscape:
		m.layer.close()
	default:
		return false
	}
	return true
}

// TypedKey moves, chooses and closes.
func (m *menu) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeySpace {
		m.choose(m.active)
		return
	}
	m.key(ev)
}

// TypedRune goes to the next item that begins with the letter.
func (m *menu) TypedRune(r rune) {
	for step := 1; step <= len(m.shown); step++ {
		i := (m.active + step + len(m.shown)) % len(m.shown)
		if it := m.p.Items[m.shown[i]]; !it.Disabled && hasPrefixFold(it.Text, string(r)) {
			m.active = i
			m.move(0)
			return
		}
	}
}

// FocusGained changes nothing: the active line shows where the keyboard is.
func (m *menu) FocusGained() {}

// FocusLost changes nothing.
func (m *menu) FocusLost() {}

func (m *menu) at(y float32) int {
	y += m.offset - m.top()
	for i, top := range m.tops {
		if y >= top && y < top+menuRow {
			return i
		}
	}
	return -1
}

// MouseIn changes nothing until the mouse moves.
func (m *menu) MouseIn(*desktop.MouseEvent) {}

// MouseMoved makes the line under the mouse the active one.
func (m *menu) MouseMoved(ev *desktop.MouseEvent) {
	if i := m.at(ev.Position.Y); i != m.active && i >= 0 && !m.p.Items[m.shown[i]].Disabled {
		m.active = i
		m.Refresh()
	}
}

// MouseOut changes nothing.
func (m *menu) MouseOut() {}

// Tapped chooses the line under the mouse.
func (m *menu) Tapped(ev *fyne.PointEvent) { m.choose(m.at(ev.Position.Y)) }

// Scrolled moves the lines.
func (m *menu) Scrolled(ev *fyne.ScrollEvent) {
	m.offset = max(min(m.offset-ev.Scrolled.DY, m.height-m.viewHeight()), 0)
	m.Refresh()
}

func (m *menu) choose(i int) {
	if i < 0 || i >= len(m.shown) || m.p.Items[m.shown[i]].Disabled {
		return
	}
	m.chosen, m.picked = m.p.Items[m.shown[i]].ID, true
	m.layer.close()
}

func (m *menu) closed() {
	if m.picked && m.p.OnChosen != nil {
		m.p.OnChosen(m.chosen)
	}
	if m.p.OnClosed != nil {
		m.p.OnClosed()
	}
}

// CreateRenderer is called by Fyne.
func (m *menu) CreateRenderer() fyne.WidgetRenderer {
	m.ExtendBaseWidget(m)
	r := &menuRenderer{m: m, lines: container.NewWithoutLayout()}
	r.clip = container.NewClip(r.lines)
	r.objects = []fyne.CanvasObject{r.clip}
	if m.search != nil {
		r.objects = append(r.objects, m.search)
	}
	return r
}

type menuRenderer struct {
	drawn
	m     *menu
	clip  *container.Clip
	lines *fyne.Container
	pool  []*menuLine
}

// MinSize is as wide as the widest line and as high as all of them, up to a limit.
func (r *menuRenderer) MinSize() fyne.Size {
	w, h := r.m.p.MinWidth, float32(0)
	for i, it := range r.m.p.Items {
		if it.Divided && i > 0 {
			h += menuDivider
		}
		h += menuRow
		w = max(w, textWidth(it.Text, look.SizeBody, true)+textWidth(it.Detail, look.SizeBody, false)+2*menuPad+72)
	}
	return fyne.NewSize(min(w, 480), min(h+r.m.top()+menuPad, menuMaxHeight))
}

// Layout puts the search field over the lines.
func (r *menuRenderer) Layout(size fyne.Size) {
	if r.m.search != nil {
		place(r.m.search, menuPad, menuPad, size.Width-2*menuPad, look.HeightField)
	}
	place(r.clip, menuPad, r.m.top(), size.Width-2*menuPad, r.m.viewHeight())
	r.fill()
}

// Refresh reads state and colours again.
func (r *menuRenderer) Refresh() {
	r.fill()
	canvas.Refresh(r.m)
}

// fill gives a line to each item in view.
func (r *menuRenderer) fill() {
	m, used, width := r.m, 0, r.clip.Size().Width
	for i, top := range m.tops {
		y := top - m.offset
		if y+menuRow <= 0 || y >= m.viewHeight() {
			continue
		}
		if used == len(r.pool) {
			line := newMenuLine()
			r.pool = append(r.pool, line)
			r.lines.Objects = append(r.lines.Objects, line.objects()...)
		}
		r.pool[used].show(m.p.Items[m.shown[i]], i == m.active, i > 0, y, width)
		used++
	}
	for _, line := range r.pool[used:] {
		line.hide()
	}
	r.lines.Refresh()
}

type menuLine struct {
	back, divider *canvas.Rectangle
	icon          *canvas.Image
	text, detail  *canvas.Text
}

func newMenuLine() *menuLine {
	l := &menuLine{
		back: canvas.NewRectangle(nil), divider: canvas.NewRectangle(nil), icon: newIcon(),
		text: newText(look.SizeBody, false), detail: newText(look.SizeBody, false),
	}
	l.back.CornerRadius = look.RadiusField
	return l
}

func (l *menuLine) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{l.divider, l.back, l.icon, l.text, l.detail}
}

func (l *menuLine) hide() {
	for _, o := range l.objects() {
		o.Hide()
	}
}

func (l *menuLine) show(it MenuItem, active, divides bool, y, width float32) {
	l.hide()
	if it.Divided && divides {
		setFill(l.divider, look.Color(look.Line))
		place(l.divider, 8, y-menuDivider/2, width-16, 1)
		l.divider.Show()
	}
	if active {
		setFill(l.back, look.Color(look.AccentSoft))
		place(l.back, 0, y, width, menuRow)
		l.back.Show()
	}
	front, strong := look.Text, look.TextSecondary
	_, _, strong = it.Tone.colours()
	switch {
	case it.Disabled, it.Faint:
		front, strong = look.TextSecondary, look.TextSecondary
	case it.Danger:
		front, strong = look.Error, look.Error
	}
	icon := it.Icon
	if icon == "" && it.Current {
		icon, strong = look.IconCheck, look.AccentText
	}
	setIcon(l.icon, icon, strong)
	place(l.icon, 8, y+8, 16, 16)
	l.text.TextStyle.Bold = it.Current
	left := float32(32)
	detail := textWidth(it.Detail, look.SizeBody, false)
	setText(l.text, Truncated(it.Text, look.SizeBody, it.Current, width-left-16-detail), front)
	place(l.text, left, y, width-left, menuRow)
	l.text.Show()
	if it.Detail != "" {
		setText(l.detail, it.Detail, look.TextSecondary)
		l.detail.Alignment = fyne.TextAlignTrailing
		place(l.detail, width-8-detail, y, detail, menuRow)
		l.detail.Show()
	}
}
