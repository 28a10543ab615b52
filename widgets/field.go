package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// fieldHead is what every field shares: label and mark above, hint or error below.
type fieldHead struct {
	label, mark, hint, wrong string
	markTone                 Tone
}

// wrongIcon is the width of the error's icon and its gap, in units.
const wrongIcon float32 = 18

// fieldFace draws a fieldHead around a frame of a given height.
type fieldFace struct {
	label, mark, hint *canvas.Text
	markBack          *canvas.Rectangle
	icon              *canvas.Image
	lines             []*canvas.Text // further lines of a long message
}

func newFieldFace() *fieldFace {
	return &fieldFace{
		label: newText(look.SizeSmall, false), mark: newText(look.SizeCaption, false), hint: newText(look.SizeSmall, false),
		markBack: canvas.NewRectangle(nil), icon: newIcon(),
	}
}

const fieldLabel float32 = 20 // height of the label's line

func (h *fieldHead) top() float32 {
	if h.label == "" {
		return 0
	}
	return fieldLabel
}

func (h *fieldHead) message() string {
	if h.wrong != "" {
		return h.wrong
	}
	return h.hint
}

func (h *fieldHead) messageLines(width float32) []string {
	if h.message() == "" {
		return nil
	}
	if h.wrong != "" {
		width -= wrongIcon
	}
	return wrapped(h.message(), look.SizeSmall, false, width)
}

func (h *fieldHead) messageHeight(width float32) float32 {
	if n := len(h.messageLines(width)); n > 0 {
		return 4 + float32(n)*16
	}
	return 0
}

func (f *fieldFace) objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{f.markBack, f.label, f.mark, f.icon, f.hint}
	for _, l := range f.lines {
		all = append(all, l)
	}
	return all
}

// show places everything but the frame, which lies between top and bottom.
func (f *fieldFace) show(h *fieldHead, width, bottom float32) {
	mark := float32(0)
	if h.mark != "" {
		mark = textWidth(h.mark, look.SizeCaption, false) + 12
	}
	setText(f.label, Truncated(h.label, look.SizeSmall, false, width-mark), look.TextSecondary)
	place(f.label, 0, 0, width, 16)
	front, fill, _ := h.markTone.colours()
	setText(f.mark, h.mark, front)
	setFill(f.markBack, look.Color(fill))
	f.markBack.CornerRadius = 8
	f.markBack.Hidden = h.mark == ""
	place(f.markBack, width-mark, 0, mark, 16)
	place(f.mark, width-mark+6, 0, mark, 16)

	colour, left, icon := look.TextSecondary, float32(0), look.Icon("")
	if h.wrong != "" {
		colour, left, icon = look.Error, wrongIcon, look.StatusError
	}
	setIcon(f.icon, icon, look.Error)
	place(f.icon, 0, bottom+5, 14, 14)
	lines := h.messageLines(width)
	for len(f.lines)+1 < len(lines) {
		f.lines = append(f.lines, newText(look.SizeSmall, false))
	}
	for i, t := range append([]*canvas.Text{f.hint}, f.lines...) {
		if i >= len(lines) {
			t.Hide()
			continue
		}
		setText(t, lines[i], colour)
		place(t, left, bottom+4+float32(i)*16, width-left, 16)
		t.Show()
	}
}

var (
	_ fyne.Widget = (*Field)(nil)
	_ Flowing     = (*Field)(nil)
)

// Field is a labelled entry. It keeps the value that was set, so that a change can be told and undone; a change counts
// once the user leaves the field or presses Enter.
type Field struct {
	widget.BaseWidget
	fieldHead

	// OnChanged is called at each keystroke.
	OnChanged func(string)
	// OnCommit is called when the user leaves the field or presses Enter after changing it.
	OnCommit func(string)

	entry     *entry
	inner     *container.ThemeOverride
	box       *box
	rows      int
	original  string
	committed string
	width     float32
}

// NewField makes a field of one line.
func NewField(label string) *Field { return newField(label, 1) }

// NewTextArea makes a field of several lines; Enter makes a new line.
func NewTextArea(label string, rows int) *Field { return newField(label, rows) }

func newField(label string, rows int) *Field {
	f := &Field{fieldHead: fieldHead{label: label}, entry: newEntry(rows > 1), box: newBox(), rows: rows}
	f.entry.OnChanged = func(text string) {
		if f.OnChanged != nil {
			f.OnChanged(text)
		}
	}
	f.entry.OnSubmitted = func(string) { f.commit() }
	f.entry.onFocus = func(on bool) {
		f.box.focused = on
		f.box.paint()
		if !on {
			f.commit()
		}
	}
	f.entry.onEscape = func() bool {
		if f.entry.Text == f.committed {
			return false
		}
		f.entry.SetText(f.committed)
		return true
	}
	f.inner = bareEntry(f.entry, entryPad)
	f.ExtendBaseWidget(f)
	return f
}

func (f *Field) commit() {
	if f.entry.Text == f.committed {
		return
	}
	f.committed = f.entry.Text
	if f.OnCommit != nil {
		f.OnCommit(f.committed)
	}
}

// Value gives the text as it stands.
func (f *Field) Value() string { return f.entry.Text }

// SetValue shows a value that is kept elsewhere: it becomes the original and no callback is called.
func (f *Field) SetValue(text string) {
	f.original, f.committed = text, text
	if f.entry.Text == text {
		return
	}
	changed := f.entry.OnChanged
	f.entry.OnChanged = nil
	f.entry.SetText(text)
	f.entry.OnChanged = changed
}

// Changed tells whether the text differs from the original.
func (f *Field) Changed() bool { return f.entry.Text != f.original }

// Undo shows the original again and commits it.
func (f *Field) Undo() {
	f.entry.SetText(f.original)
	f.commit()
}

// SetPlaceHolder changes the words of the empty field.
func (f *Field) SetPlaceHolder(text string) { f.entry.SetPlaceHolder(text) }

// SetHint changes the remark below the field.
func (f *Field) SetHint(text string) { f.setHead(&f.hint, text) }

// SetError shows what is wrong and what to do, in place of the hint; "" when all is well.
func (f *Field) SetError(text string) { f.setHead(&f.wrong, text) }

// Error gives what SetError shows.
func (f *Field) Error() string { return f.wrong }

// SetMark shows a short word beside the label; "" hides it.
func (f *Field) SetMark(tone Tone, text string) {
	f.markTone = tone
	f.setHead(&f.mark, text)
}

func (f *Field) setHead(part *string, text string) {
	*part = text
	f.Refresh()
}

// SetSecret hides what is typed.
func (f *Field) SetSecret(on bool) {
	f.entry.Password = on
	f.entry.Refresh()
}

// SetEnabled enables or disables the field.
func (f *Field) SetEnabled(on bool) {
	if on {
		f.entry.Enable()
	} else {
		f.entry.Disable()
	}
	f.box.disabled = !on
	f.Refresh()
}

// Focusable gives what takes the keyboard.
func (f *Field) Focusable() fyne.Focusable { return f.entry }

// Resize remembers the width, which the height of a message follows from.
func (f *Field) Resize(size fyne.Size) {
	f.width = size.Width
	f.BaseWidget.Resize(size)
}

func (f *Field) boxHeight() float32 {
	if f.rows <= 1 {
		return look.HeightField
	}
	return float32(f.rows)*20 + 2*entryPad
}

// HeightFor gives the height at a width.
func (f *Field) HeightFor(width float32) float32 {
	return f.top() + f.boxHeight() + f.messageHeight(width)
}

// CreateRenderer is called by Fyne.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	f.ExtendBaseWidget(f)
	r := &fieldRenderer{f: f, face: newFieldFace()}
	r.Refresh()
	return r
}

type fieldRenderer struct {
	drawn
	f    *Field
	face *fieldFace
}

// MinSize is narrow; the screen decides the width.
func (r *fieldRenderer) MinSize() fyne.Size {
	width := r.f.width
	if width == 0 {
		width = 240
	}
	return fyne.NewSize(80, r.f.HeightFor(width))
}

// Layout puts label, frame and message under each other.
func (r *fieldRenderer) Layout(size fyne.Size) {
	top, h := r.f.top(), r.f.boxHeight()
	r.f.box.place(0, top, size.Width, h)
	place(r.f.inner, dropdownPad-entryPad, top, max(size.Width-2*(dropdownPad-entryPad), 0), h)
	r.face.show(&r.f.fieldHead, size.Width, top+h)
	r.objects = append([]fyne.CanvasObject{r.f.box.frame, r.f.inner}, r.face.objects()...)
}

// Refresh reads state and colours again.
func (r *fieldRenderer) Refresh() {
	r.f.box.wrong = r.f.wrong != ""
	r.f.box.paint()
	r.f.entry.Refresh()
	r.Layout(r.f.Size())
	canvas.Refresh(r.f)
}

var (
	_ fyne.Widget = (*SelectField)(nil)
	_ Flowing     = (*SelectField)(nil)
)

// SelectField is a label over a drop-down list.
type SelectField struct {
	widget.BaseWidget
	fieldHead

	// OnChosen is called when the user chooses another item; the field shows it already.
	OnChosen func(id string)

	list  *Dropdown
	id    string
	width float32
}

// NewSelectField makes one that shows nothing yet.
func NewSelectField(label string, items []MenuItem, chosen func(id string)) *SelectField {
	s := &SelectField{fieldHead: fieldHead{label: label}, OnChosen: chosen}
	s.list = NewDropdown("", "", items, func(id string) {
		if id == s.id {
			return
		}
		s.SetValue(id)
		if s.OnChosen != nil {
			s.OnChosen(id)
		}
	})
	s.list.ItemsFunc = s.marked
	s.ExtendBaseWidget(s)
	return s
}

// marked gives the items with the current one marked.
func (s *SelectField) marked() []MenuItem {
	items := make([]MenuItem, len(s.list.Items))
	copy(items, s.list.Items)
	for i := range items {
		items[i].Current = items[i].ID == s.id
	}
	return items
}

// Value gives the ID of the item shown.
func (s *SelectField) Value() string { return s.id }

// SetValue shows an item by its ID, without calling OnChosen.
func (s *SelectField) SetValue(id string) {
	s.id = id
	text := ""
	for _, it := range s.list.Items {
		if it.ID == id {
			text = it.Text
		}
	}
	s.list.SetValue(text)
}

// SetItems changes the items and shows the current one's word again.
func (s *SelectField) SetItems(items []MenuItem) {
	s.list.Items = items
	s.SetValue(s.id)
}

// SetSearchHint changes the placeholder of the search field that appears above 30 items.
func (s *SelectField) SetSearchHint(text string) { s.list.SearchHint = text }

// SetHint changes the remark below the field.
func (s *SelectField) SetHint(text string) { s.hint = text; s.Refresh() }

// SetError shows what is wrong, in place of the hint; "" when all is well.
func (s *SelectField) SetError(text string) {
	s.wrong, s.list.wrong = text, text != ""
	s.Refresh()
}

// SetMark shows a short word beside the label; "" hides it.
func (s *SelectField) SetMark(tone Tone, text string) {
	s.markTone, s.mark = tone, text
	s.Refresh()
}

// SetEnabled enables or disables the field.
func (s *SelectField) SetEnabled(on bool) { s.list.SetEnabled(on) }

// Focusable gives what takes the keyboard.
func (s *SelectField) Focusable() fyne.Focusable { return s.list }

// Resize remembers the width, which the height of a message follows from.
func (s *SelectField) Resize(size fyne.Size) {
	s.width = size.Width
	s.BaseWidget.Resize(size)
}

// HeightFor gives the height at a width.
func (s *SelectField) HeightFor(width float32) float32 {
	return s.top() + look.HeightField + s.messageHeight(width)
}

// CreateRenderer is called by Fyne.
func (s *SelectField) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	r := &selectRenderer{s: s, face: newFieldFace()}
	r.Refresh()
	return r
}

type selectRenderer struct {
	drawn
	s    *SelectField
	face *fieldFace
}

// MinSize is narrow; the screen decides the width.
func (r *selectRenderer) MinSize() fyne.Size {
	width := r.s.width
	if width == 0 {
		width = 240
	}
	return fyne.NewSize(80, r.s.HeightFor(width))
}

// Layout puts label, list and message under each other.
func (r *selectRenderer) Layout(size fyne.Size) {
	top := r.s.top()
	place(r.s.list, 0, top, size.Width, look.HeightField)
	r.face.show(&r.s.fieldHead, size.Width, top+look.HeightField)
	r.objects = append([]fyne.CanvasObject{r.s.list}, r.face.objects()...)
}

// Refresh reads state and colours again.
func (r *selectRenderer) Refresh() {
	r.s.list.Refresh()
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}
