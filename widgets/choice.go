package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// Choice is one of the things to choose from in Tabs, Segmented, RadioGroup and CardGroup.
type Choice struct {
	ID, Text string
	// Badge is shown by Tabs after the word; "" for none.
	Badge string
	// Detail and Icon are shown by CardGroup, below the word and at the right.
	Detail string
	Icon   look.Icon
}

// choiceLook is how a group of choices is drawn.
type choiceLook int

const (
	lookTabs choiceLook = iota
	lookSegmented
	lookRadio
	lookCards
)

// below reports whether the choices stand below each other.
func (k choiceLook) below() bool { return k == lookRadio || k == lookCards }

// choices is the group behind Tabs, Segmented, RadioGroup and CardGroup: one is chosen, arrows move.
type choices struct {
	widget.BaseWidget

	self     fyne.Widget // the kind of group itself, which the window knows
	kind     choiceLook
	items    []*choiceItem
	selected string
	onChosen func(id string)
}

func (g *choices) set(list []Choice) {
	g.items = nil
	for i, c := range list {
		it := &choiceItem{group: g, choice: c, first: i == 0, last: i == len(list)-1, badge: NewBadge(c.Badge)}
		it.badge.Hidden = c.Badge == ""
		it.setUp(it, func() { g.choose(it.choice.ID) })
		g.items = append(g.items, it)
	}
}

func (g *choices) choose(id string) {
	if id == g.selected {
		return
	}
	g.Select(id)
	if g.onChosen != nil {
		g.onChosen(id)
	}
}

// Selected gives the ID of what is chosen.
func (g *choices) Selected() string { return g.selected }

// Select shows a choice as chosen, without calling back.
func (g *choices) Select(id string) {
	g.selected = id
	for _, it := range g.items {
		it.badge.SetActive(false)
		it.Refresh()
	}
}

// SetChoices replaces the choices; the chosen one stays if it is still there.
func (g *choices) SetChoices(list []Choice) {
	g.set(list)
	g.Refresh()
}

// SetBadge changes a choice's badge; "" hides it.
func (g *choices) SetBadge(id, text string) {
	for _, it := range g.items {
		if it.choice.ID == id {
			it.badge.SetText(text)
		}
	}
	g.Refresh()
}

// Focusable gives what takes the keyboard: the chosen one, else the first.
func (g *choices) Focusable() fyne.Focusable {
	for _, it := range g.items {
		if it.chosen() {
			return it
		}
	}
	return g.items[0]
}

func (g *choices) step(from *choiceItem, by int) {
	for i, it := range g.items {
		if it == from && i+by >= 0 && i+by < len(g.items) {
			next := g.items[i+by]
			g.choose(next.choice.ID)
			Focus(next)
			return
		}
	}
}

var (
	_ fyne.Widget = (*Tabs)(nil)
	_ fyne.Widget = (*Segmented)(nil)
	_ fyne.Widget = (*RadioGroup)(nil)
)

// Tabs is a row of words, the chosen one underlined. What they show, and the rule under them, is the screen's
// business.
type Tabs struct{ choices }

// NewTabs makes tabs; the first is chosen.
func NewTabs(list []Choice, chosen func(id string)) *Tabs {
	t := &Tabs{}
	t.begin(t, lookTabs, list, chosen)
	return t
}

// Segmented is a frame of a few words side by side, one of them chosen: a filter.
type Segmented struct{ choices }

// NewSegmented makes one; the first is chosen.
func NewSegmented(list []Choice, chosen func(id string)) *Segmented {
	s := &Segmented{}
	s.begin(s, lookSegmented, list, chosen)
	return s
}

// RadioGroup is a column of words with a round box each, one of them chosen.
type RadioGroup struct{ choices }

// NewRadioGroup makes one; the first is chosen.
func NewRadioGroup(list []Choice, chosen func(id string)) *RadioGroup {
	r := &RadioGroup{}
	r.begin(r, lookRadio, list, chosen)
	return r
}

func (g *choices) begin(self fyne.Widget, kind choiceLook, list []Choice, chosen func(id string)) {
	g.self, g.kind = self, kind
	g.set(list)
	if len(list) > 0 {
		g.selected = list[0].ID
	}
	g.onChosen = chosen
	g.ExtendBaseWidget(self)
}

// CreateRenderer is called by Fyne.
func (g *choices) CreateRenderer() fyne.WidgetRenderer {
	r := &choicesRenderer{g: g, frame: canvas.NewRectangle(color.Transparent)}
	r.frame.CornerRadius, r.frame.StrokeWidth = look.RadiusField, 1
	if g.kind == lookCards {
		r.frame.CornerRadius = look.RadiusPanel
	}
	r.Refresh()
	return r
}

type choicesRenderer struct {
	drawn
	g     *choices
	frame *canvas.Rectangle
}

const (
	tabHeight   float32 = 40
	tabGap      float32 = 24
	radioHeight float32 = 28
)

func (r *choicesRenderer) gap() float32 {
	if r.g.kind == lookTabs {
		return tabGap
	}
	return 0
}

// MinSize is the words beside each other, or above each other for radio boxes and cards.
func (r *choicesRenderer) MinSize() fyne.Size {
	w, h := float32(0), float32(0)
	for i, it := range r.g.items {
		m := it.MinSize()
		if r.g.kind.below() {
			w, h = max(w, m.Width), h+m.Height
			continue
		}
		if i > 0 {
			w += r.gap()
		}
		w, h = w+m.Width, m.Height
	}
	return fyne.NewSize(w, h)
}

// Layout places the words.
func (r *choicesRenderer) Layout(size fyne.Size) {
	x, y := float32(0), float32(0)
	for _, it := range r.g.items {
		m := it.MinSize()
		if r.g.kind == lookCards {
			m.Width = size.Width
		}
		place(it, x, y, m.Width, m.Height)
		if r.g.kind.below() {
			y += m.Height
		} else {
			x += m.Width + r.gap()
		}
	}
	if r.g.kind == lookCards {
		place(r.frame, 0, 0, size.Width, y)
		return
	}
	place(r.frame, 0, 0, x, look.HeightField)
}

// Refresh reads state and colours again.
func (r *choicesRenderer) Refresh() {
	r.objects = r.objects[:0]
	if r.g.kind == lookSegmented || r.g.kind == lookCards {
		r.frame.FillColor, r.frame.StrokeColor = look.Color(look.Surface), look.Color(look.ButtonBorder)
		r.frame.Refresh()
		r.objects = append(r.objects, r.frame)
	}
	for _, it := range r.g.items {
		r.objects = append(r.objects, it)
		it.Refresh()
	}
	r.Layout(r.g.Size())
	canvas.Refresh(r.g.self)
}

var _ pressableWidget = (*choiceItem)(nil)

type choiceItem struct {
	pressable

	group       *choices
	choice      Choice
	first, last bool
	badge       *Badge
}

// AccessibilityLabel gives the words read aloud.
func (it *choiceItem) AccessibilityLabel() string { return it.choice.Text }

// TypedKey moves to the neighbours with the arrows.
func (it *choiceItem) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyRight, fyne.KeyDown:
		it.group.step(it, 1)
	case fyne.KeyLeft, fyne.KeyUp:
		it.group.step(it, -1)
	default:
		it.pressable.TypedKey(ev)
	}
}

func (it *choiceItem) chosen() bool { return it.group.selected == it.choice.ID }

// CreateRenderer is called by Fyne.
func (it *choiceItem) CreateRenderer() fyne.WidgetRenderer {
	it.ExtendBaseWidget(it)
	if it.group.kind == lookCards {
		return newCardRenderer(it)
	}
	r := &choiceRenderer{
		it: it, back: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent), ring: newRing(look.RadiusCheck),
		dot: canvas.NewCircle(color.Transparent), core: canvas.NewCircle(color.Transparent), text: newText(look.SizeBody, false),
	}
	r.objects = []fyne.CanvasObject{r.back, r.bar, r.dot, r.core, r.text, it.badge, r.ring}
	r.Refresh()
	return r
}

type choiceRenderer struct {
	drawn
	it              *choiceItem
	back, bar, ring *canvas.Rectangle
	dot, core       *canvas.Circle
	text            *canvas.Text
}

func (r *choiceRenderer) badgeWidth() float32 {
	if !r.it.badge.Visible() {
		return 0
	}
	return r.it.badge.MinSize().Width + 8
}

// MinSize is the word in bold, so that choosing moves nothing.
func (r *choiceRenderer) MinSize() fyne.Size {
	w := textWidth(r.it.choice.Text, look.SizeBody, true) + 1
	switch r.it.group.kind {
	case lookTabs:
		return fyne.NewSize(w+r.badgeWidth(), tabHeight)
	case lookSegmented:
		return fyne.NewSize(w+24, look.HeightField)
	default:
		return fyne.NewSize(w+checkSize+8, radioHeight)
	}
}

// Layout places the word and what marks it.
func (r *choiceRenderer) Layout(size fyne.Size) {
	r.back.Hide()
	r.bar.Hide()
	r.dot.Hide()
	r.core.Hide()
	switch r.it.group.kind {
	case lookTabs:
		place(r.text, 0, (tabHeight-20)/2, size.Width, 20)
		place(r.bar, 0, tabHeight-2, size.Width, 2)
		r.bar.Hidden = !r.it.chosen()
		w := r.it.badge.MinSize().Width
		placeMiddle(r.it.badge, size.Width-w, tabHeight, w, look.HeightBadge)
	case lookSegmented:
		r.back.Hidden = !r.it.chosen()
		place(r.back, 1, 1, size.Width-2, size.Height-2)
		r.bar.Hidden = r.it.last
		place(r.bar, size.Width-1, 1, 1, size.Height-2)
		placeMiddle(r.text, 0, size.Height, size.Width, 20)
	default:
		r.dot.Show()
		placeMiddle(r.dot, 0, size.Height, checkSize, checkSize)
		r.core.Hidden = !r.it.chosen()
		placeMiddle(r.core, 4.5, size.Height, 7, 7)
		placeMiddle(r.text, checkSize+8, size.Height, size.Width, 20)
	}
	placeRing(r.ring, 0, 4, size.Width, size.Height-8)
}

// Refresh reads state and colours again.
func (r *choiceRenderer) Refresh() {
	chosen, kind := r.it.chosen(), r.it.group.kind
	front := look.TextSecondary
	switch {
	case kind == lookRadio:
		front = look.Text
	case chosen:
		front = look.AccentText
	case kind == lookSegmented, r.it.hovered:
		front = look.Text
	}
	restyle(r.text, look.SizeBody, chosen && kind != lookRadio, false)
	r.text.Alignment = fyne.TextAlignLeading
	if kind == lookSegmented {
		r.text.Alignment = fyne.TextAlignCenter
	}
	setText(r.text, r.it.choice.Text, front)
	setFill(r.back, look.Color(look.AccentSoft))
	r.back.CornerRadius = look.RadiusField - 1
	bar := look.Accent
	if kind == lookSegmented {
		bar = look.ButtonBorder
	}
	setFill(r.bar, look.Color(bar))
	stroke := look.FieldBorder
	if chosen {
		stroke = look.Accent
	}
	r.dot.FillColor, r.dot.StrokeColor, r.dot.StrokeWidth = look.Color(look.Surface), look.Color(stroke), 1.5
	r.core.FillColor = look.Color(look.Accent)
	r.dot.Refresh()
	r.core.Refresh()
	showRing(r.ring, r.it.focused)
	r.it.badge.Refresh()
	r.Layout(r.it.Size())
	canvas.Refresh(r.it)
}
