package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// entry is Fyne's Entry without its frame: box draws that. It tells about focus and the keys that Entry ignores.
//
// No theme of its own hides the frame: Fyne reads the fonts again for each of them, 7 ms a field.
type entry struct {
	widget.Entry

	onFocus  func(on bool)
	onEscape func() bool // reports whether it used the key
	onKey    func(*fyne.KeyEvent) bool

	clip   *container.Clip // the part of a single line that is in sight; nil for several lines
	typing bool            // it has the keyboard
}

func newEntry(multiLine bool) *entry {
	e := &entry{}
	e.MultiLine = multiLine
	if multiLine {
		e.Wrapping = fyne.TextWrapWord
	} else {
		// A single line is as wide as its text and moves behind the clip: Fyne's own way shows a scroll bar on it.
		e.Wrapping, e.Scroll = fyne.TextWrapOff, container.ScrollNone
		e.clip = container.NewClip(e)
		e.clip.ExtendBaseWidget(e.clip) // what has no renderer yet is not found when the keyboard is sent to the entry in it
		e.OnCursorChanged = e.follow
	}
	e.ExtendBaseWidget(e)
	return e
}

// frameless is the renderer of an Entry whose frame is ours.
type frameless struct {
	fyne.WidgetRenderer
}

// Objects leaves out the ground and the border, which come first.
func (r frameless) Objects() []fyne.CanvasObject { return r.WidgetRenderer.Objects()[2:] }

// CreateRenderer is called by Fyne.
func (e *entry) CreateRenderer() fyne.WidgetRenderer { return frameless{e.Entry.CreateRenderer()} }

// hide shows dots in the place of the text. Fyne puts the eye that reveals them at the end of the Entry, which therefore
// scrolls by itself.
func (e *entry) hide(on bool) {
	e.Password = on
	if on && e.clip != nil {
		e.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	}
	e.Refresh()
}

// shown is what stands in the field.
func (e *entry) shown() fyne.CanvasObject {
	if e.clip != nil {
		return e.clip
	}
	return e
}

// put places what is shown in the field.
func (e *entry) put(x, y, width, height float32) {
	place(e.shown(), x, y, width, height)
	e.follow()
}

// follow keeps the cursor of a single line in sight, and the beginning of the text while nobody types in it.
func (e *entry) follow() {
	if e.clip == nil {
		return
	}
	size := e.clip.Size()
	width := max(size.Width, e.MinSize().Width)
	left := -e.Position().X
	cursor := e.CursorPosition().X
	left = min(max(left, cursor-size.Width+entryPad), cursor-entryPad)
	if !e.typing {
		left = 0
	}
	left = max(min(left, width-size.Width), 0)
	place(e, -left, 1, width, size.Height-1) // 1: Fyne's text stands as much too high in a field of 32
}

// FocusGained tells the frame, and shows the entry when it was out of sight.
func (e *entry) FocusGained() {
	e.typing = true
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
	e.typing = false
	e.Entry.FocusLost()
	e.follow()
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

// entryPad is the space Entry leaves around its text, in units.
const entryPad float32 = 6

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
	clear *Button
	box   *box
}

// NewSearchEntry makes an empty one; clearLabel says what the cross does.
func NewSearchEntry(placeHolder, clearLabel string, changed func(string)) *SearchEntry {
	s := &SearchEntry{OnChanged: changed, hint: placeHolder, entry: newEntry(false), box: newBox()}
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
	r.objects = []fyne.CanvasObject{s.box.frame, r.icon, r.hint, s.entry.shown(), s.clear}
	r.Refresh()
	return r
}

type searchRenderer struct {
	drawn
	s    *SearchEntry
	icon *canvas.Image
	hint *canvas.Text // not the Entry's own, which would scroll when it is too long
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
	r.s.entry.put(35-entryPad, top, size.Width-35+entryPad-end, look.HeightField)
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
