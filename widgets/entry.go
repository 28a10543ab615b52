package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// entry is Fyne's Entry without its frame: box draws that. It tells about focus and the keys that Entry ignores.
type entry struct {
	widget.Entry

	onFocus  func(on bool)
	onEscape func() bool // reports whether it used the key
	onKey    func(*fyne.KeyEvent) bool

	dress *container.ThemeOverride // that it stands in; nil while that is made
	made  fyne.WidgetRenderer      // the last one
	busy  bool                     // CreateRenderer waits for the override
}

// CreateRenderer is called by Fyne, again when what was out of sight for a minute is shown or changed. By then Fyne has
// forgotten the theme too, which the override must give first: without it the Entry paints its own ground over our frame.
func (e *entry) CreateRenderer() fyne.WidgetRenderer {
	if e.dress == nil || e.busy {
		e.made = e.Entry.CreateRenderer()
		return e.made
	}
	e.busy = true
	e.dress.Refresh() // asks for the renderer itself
	e.busy = false
	return e.made
}

func newEntry(multiLine bool) *entry {
	e := &entry{}
	e.MultiLine = multiLine
	e.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	if multiLine {
		e.Wrapping = fyne.TextWrapWord
	}
	e.ExtendBaseWidget(e)
	return e
}

// FocusGained tells the frame, and shows the entry when it was out of sight.
func (e *entry) FocusGained() {
	e.Entry.FocusGained()
	reveal(e)
	if e.onFocus != nil {
		e.onFocus(true)
	}
}

// AcceptsTab is false for several lines too: the keyboard goes on to the next field.
func (e *entry) AcceptsTab() bool { return false }

// FocusLost tells the frame.
func (e *entry) FocusLost() {
	e.Entry.FocusLost()
	if e.onFocus != nil {
		e.onFocus(false)
	}
}

// TypedKey offers the key to the owner first; Escape and an Enter that changes nothing go to the dialog around.
func (e *entry) TypedKey(ev *fyne.KeyEvent) {
	if e.onKey != nil && e.onKey(ev) {
		return
	}
	if ev.Name == fyne.KeyEscape {
		if e.onEscape == nil || !e.onEscape() {
			passKey(e, ev)
		}
		return
	}
	e.Entry.TypedKey(ev)
	if !e.MultiLine && (ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter) {
		passKey(e, ev)
	}
}

// bare is the running theme for an Entry inside our own frame.
type bare struct {
	fyne.Theme
	multiLine bool
	pad       float32
}

// bareEntry puts an Entry into the theme that leaves its frame to us. pad is the space around its text, through which
// a long text scrolls.
func bareEntry(e *entry, pad float32) *container.ThemeOverride {
	e.dress = container.NewThemeOverride(e, bare{look.NewTheme(look.System), e.MultiLine, pad})
	return e.dress
}

// Color makes the Entry's own background and the shadows of its scroller invisible.
func (b bare) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if n == theme.ColorNameInputBackground || n == theme.ColorNameShadow {
		return color.Transparent
	}
	return fyne.CurrentApp().Settings().Theme().Color(n, v)
}

// Size removes the Entry's own border, and the scroll bar of a single line, and centres its text in a field of 32.
func (b bare) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameInputBorder:
		return 0
	case theme.SizeNameScrollBar, theme.SizeNameScrollBarSmall:
		if !b.multiLine {
			return 0
		}
	case theme.SizeNameInnerPadding:
		return b.pad
	}
	return fyne.CurrentApp().Settings().Theme().Size(n)
}

// The space Entry leaves around its text, in units: in a field of its own, and beside the magnifier.
const (
	entryPad  float32 = 7
	searchPad float32 = 3
)

// box is the frame of every field: 1 of border, 2 of accent when focused, error colour when wrong.
type box struct {
	frame    *canvas.Rectangle
	focused  bool
	wrong    bool
	disabled bool
}

func newBox() *box {
	b := &box{frame: canvas.NewRectangle(color.Transparent)}
	b.frame.CornerRadius = look.RadiusField
	return b
}

func (b *box) place(x, y, w, h float32) {
	place(b.frame, x, y, w, h)
}

func (b *box) paint() {
	stroke, width, fill := look.FieldBorder, float32(1), look.Surface
	switch {
	case b.disabled:
		stroke, fill = look.Line, look.Sunken
	case b.wrong:
		stroke, width = look.Error, 1.5
	}
	if b.focused && !b.disabled {
		width = 2
		if !b.wrong {
			stroke = look.Accent
		}
	}
	b.frame.FillColor, b.frame.StrokeColor, b.frame.StrokeWidth = look.Color(fill), look.Color(stroke), width
	b.frame.Refresh()
}

var _ fyne.Widget = (*SearchEntry)(nil)

// SearchEntry is a field to search as one types: magnifier, words and a cross that clears.
type SearchEntry struct {
	widget.BaseWidget

	// OnChanged is called at each change of the text by the user.
	OnChanged func(string)
	// OnKey is offered the keys first, so that arrows and Enter may act on a list beside; it reports what it used.
	OnKey func(*fyne.KeyEvent) bool

	hint  string
	entry *entry
	inner *container.ThemeOverride
	clear *Button
	box   *box
}

// NewSearchEntry makes an empty one; clearLabel says what the cross does.
func NewSearchEntry(placeHolder, clearLabel string, changed func(string)) *SearchEntry {
	s := &SearchEntry{OnChanged: changed, hint: placeHolder, entry: newEntry(false), box: newBox()}
	s.inner = bareEntry(s.entry, searchPad)
	s.clear = NewIconButton(Plain, clearLabel, look.IconClose, func() { s.entry.SetText(""); Focus(s.entry) })
	s.clear.Height = look.HeightInline - 4
	s.clear.Hide()
	s.entry.OnChanged = func(text string) {
		s.showClear(text != "")
		if s.OnChanged != nil {
			s.OnChanged(text)
		}
	}
	s.entry.onFocus = func(on bool) { s.box.focused = on; s.box.paint() }
	s.entry.onKey = func(ev *fyne.KeyEvent) bool { return s.OnKey != nil && s.OnKey(ev) }
	s.entry.onEscape = func() bool {
		if s.entry.Text == "" {
			return false
		}
		s.entry.SetText("")
		return true
	}
	s.ExtendBaseWidget(s)
	return s
}

func (s *SearchEntry) showClear(on bool) {
	if on == s.clear.Visible() {
		return
	}
	s.clear.Hidden = !on
	s.Refresh() // the words take the room of the cross
}

// Text gives what is searched.
func (s *SearchEntry) Text() string { return s.entry.Text }

// SetText shows a text and reports it through OnChanged.
func (s *SearchEntry) SetText(text string) { s.entry.SetText(text) }

// SetPlaceHolder changes the words of the empty field.
func (s *SearchEntry) SetPlaceHolder(text string) {
	s.hint = text
	s.Refresh()
}

// Focusable gives what takes the keyboard, for Ctrl+F.
func (s *SearchEntry) Focusable() fyne.Focusable { return s.entry }

// CreateRenderer is called by Fyne.
func (s *SearchEntry) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	r := &searchRenderer{s: s, icon: newIcon(), hint: canvas.NewText("", look.Color(look.Hint))}
	r.hint.TextSize = look.SizeBody
	r.objects = []fyne.CanvasObject{s.box.frame, r.icon, r.hint, s.inner, s.clear}
	r.Refresh()
	return r
}

type searchRenderer struct {
	drawn
	s    *SearchEntry
	icon *canvas.Image
	hint *canvas.Text // not the Entry's own: Fyne reads the fonts again for a text in a theme of its own, 7 ms at the start
}

// MinSize lets the field shrink; screens give it 264.
func (r *searchRenderer) MinSize() fyne.Size { return fyne.NewSize(120, look.HeightField) }

// Layout puts the magnifier at 12 and the words at 35.
func (r *searchRenderer) Layout(size fyne.Size) {
	top := (size.Height - look.HeightField) / 2
	r.s.box.place(0, top, size.Width, look.HeightField)
	placeMiddle(r.icon, 11, size.Height, 16, 16)
	end := float32(30)
	if !r.s.clear.Visible() {
		end = 8
	}
	placeMiddle(r.s.inner, 35-searchPad, size.Height, size.Width-35+searchPad-end, r.s.inner.MinSize().Height)
	hint := ""
	if r.s.entry.Text == "" {
		hint = Truncated(r.s.hint, look.SizeBody, false, size.Width-35-end)
	}
	if hint != r.hint.Text {
		r.hint.Text = hint
		r.hint.Refresh()
	}
	placeMiddle(r.hint, 35, size.Height, size.Width-35-end, r.hint.MinSize().Height)
	placeMiddle(r.s.clear, size.Width-end+2, size.Height, 24, 24)
}

// Refresh reads the colours again.
func (r *searchRenderer) Refresh() {
	r.s.box.paint()
	setIcon(r.icon, look.IconSearch, look.TextSecondary)
	r.hint.Color = look.Color(look.Hint)
	r.Layout(r.s.Size())
	r.Layout(r.s.Size())
	r.s.entry.Refresh()
	r.s.clear.Refresh()
	canvas.Refresh(r.s)
}

// TypedShortcut edits the text; what an entry does not know goes to the window.
func (e *entry) TypedShortcut(s fyne.Shortcut) {
	e.Entry.TypedShortcut(s)
	custom, ok := s.(*desktop.CustomShortcut)
	if !ok {
		return
	}
	switch custom.KeyName {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete, fyne.KeyZ, fyne.KeyY:
	default:
		passShortcut(e, s)
	}
}
