package widgets

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

var (
	_ fyne.Widget     = (*Text)(nil)
	_ fyne.Accessible = (*Text)(nil)
	_ Flowing         = (*Text)(nil)
)

// Text shows words in a token's colour: on one line, cut with an ellipsis when they do not fit, or wrapped to the width.
// Unlike Fyne's Label it has no padding, so that it keeps to the grid, and it never breaks a line at a no-break space.
type Text struct {
	widget.BaseWidget

	text   string
	size   float32
	bold   bool
	colour fyne.ThemeColorName
	wrap   bool
	struck bool
	// width is the last one given; the height of wrapped words follows from it.
	width float32
	// wide keeps the whole line in MinSize.
	wide bool
	// centred puts the lines in the middle of the width.
	centred bool
}

// NewText makes a line that takes the width it is given.
func NewText(text string, size float32, colour fyne.ThemeColorName) *Text {
	t := &Text{text: text, size: size, colour: colour}
	t.ExtendBaseWidget(t)
	return t
}

// NewWord makes a line that asks for the width of its words.
func NewWord(text string, size float32, colour fyne.ThemeColorName) *Text {
	t := NewText(text, size, colour)
	t.wide = true
	return t
}

// NewParagraph makes words that wrap.
func NewParagraph(text string, size float32, colour fyne.ThemeColorName) *Text {
	t := NewText(text, size, colour)
	t.wrap = true
	return t
}

// Bold gives the text itself, in bold.
func (t *Text) Bold() *Text {
	t.bold = true
	t.Refresh()
	return t
}

// Text gives the whole words.
func (t *Text) Text() string { return t.text }

// SetText changes the words; an empty text takes no room in a Column.
func (t *Text) SetText(text string) {
	if t.text == text {
		return
	}
	t.text = text
	t.Refresh()
}

// SetColour changes the token.
func (t *Text) SetColour(name fyne.ThemeColorName) {
	if t.colour == name {
		return
	}
	t.colour = name
	t.Refresh()
}

// SetStruck strikes the words through, or not.
func (t *Text) SetStruck(on bool) {
	t.struck = on
	t.Refresh()
}

// AccessibilityRole says that it is read only.
func (t *Text) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel gives the words read aloud.
func (t *Text) AccessibilityLabel() string { return t.text }

// lineHeight is the line of the type scale: 28 for titles, 20 for the body, 16 below.
func lineHeight(size float32) float32 {
	switch {
	case size >= look.SizeFigure:
		return 32
	case size >= look.SizeTitle:
		return 28
	case size >= look.SizeBody:
		return 20
	}
	return 16
}

// HeightFor gives the height at a width.
func (t *Text) HeightFor(width float32) float32 {
	if t.text == "" {
		return 0
	}
	if !t.wrap {
		return lineHeight(t.size)
	}
	return lineHeight(t.size) * float32(len(wrapped(t.text, t.size, t.bold, width)))
}

// Resize remembers the width that wrapped words need.
func (t *Text) Resize(size fyne.Size) {
	t.width = size.Width
	t.BaseWidget.Resize(size)
}

// wrapped breaks a text into lines at its ordinary spaces and line breaks, and inside a word that is too long for a line.
func wrapped(text string, size float32, bold bool, width float32) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := ""
		for word := range strings.SplitSeq(paragraph, " ") {
			longer := line + " " + word
			if line == "" {
				longer = word
			}
			if line != "" && width > 0 && lineWidth(longer, size, bold) > width {
				lines = append(lines, line)
				longer = word
			}
			parts := chopped(longer, size, bold, width)
			lines = append(lines, parts[:len(parts)-1]...)
			line = parts[len(parts)-1]
		}
		lines = append(lines, line)
	}
	return lines
}

// lineWidth is the width that a line is really drawn with: over a whole paragraph the sums of advances are some units off.
func lineWidth(line string, size float32, bold bool) float32 {
	return fyne.MeasureText(line, size, fyne.TextStyle{Bold: bold}).Width
}

// chopped cuts a word that is wider than a line into pieces that fit, after a sign inside it where there is one, as in
// addresses of pages.
func chopped(word string, size float32, bold bool, width float32) []string {
	if width <= 0 || textWidth(word, size, bold) <= width {
		return []string{word}
	}
	var parts []string
	start, sign, room := 0, 0, width
	for i, r := range word {
		w := advance(r, size, bold)
		if w > room && i > start {
			cut := i
			if sign > start {
				cut = sign
			}
			parts = append(parts, word[start:cut])
			start, room = cut, width-textWidth(word[cut:i], size, bold)
		}
		room -= w
		if strings.ContainsRune("-./@_;,", r) {
			sign = i + utf8.RuneLen(r)
		}
	}
	return append(parts, word[start:])
}

// CreateRenderer is called by Fyne.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	r := &textRenderer{t: t}
	r.Refresh()
	return r
}

type textRenderer struct {
	drawn
	t     *Text
	lines []*canvas.Text
}

// MinSize is a line's height, and its width when the text asks for it.
func (r *textRenderer) MinSize() fyne.Size {
	w := float32(0)
	if r.t.wide {
		w = textWidth(r.t.text, r.t.size, r.t.bold) + 1
	}
	width := r.t.width
	if width == 0 {
		width = 480
	}
	return fyne.NewSize(w, r.t.HeightFor(width))
}

// Layout breaks or cuts the words.
func (r *textRenderer) Layout(size fyne.Size) {
	t := r.t
	lines := []string{Truncated(t.text, t.size, t.bold, size.Width+1)}
	if lines[0] == "…" && t.text != "…" {
		lines[0] = "" // a column squeezed to nothing
	}
	if t.wrap {
		lines = wrapped(t.text, t.size, t.bold, size.Width)
	}
	for len(r.lines) < len(lines) {
		c := newText(t.size, t.bold)
		r.lines = append(r.lines, c)
		r.objects = append(r.objects, c)
	}
	h := lineHeight(t.size)
	top := float32(0)
	if !t.wrap {
		top = (size.Height - h) / 2
	}
	for i, c := range r.lines {
		if i >= len(lines) {
			c.Hide()
			continue
		}
		c.TextStyle = fyne.TextStyle{Bold: t.bold, Strikethrough: t.struck}
		setText(c, lines[i], t.colour)
		left := float32(0)
		if t.centred {
			left = max((size.Width-lineWidth(lines[i], t.size, t.bold))/2, 0)
		}
		place(c, left, top+float32(i)*h, size.Width-left, h)
		if t.struck {
			fitLine(c)
		}
		c.Show()
	}
}

// Refresh reads words and colours again.
func (r *textRenderer) Refresh() {
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}
