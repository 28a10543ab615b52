package widgets

import (
	"fyne.io/fyne/v2"

	"diapason/widgets/look"
)

var (
	_ fyne.Widget = (*Field)(nil)
	_ Flowing     = (*Field)(nil)
)

// Field is a labelled entry. It keeps the value that was set, so that a change can be told and undone; a change counts
// once the user leaves the field or presses Enter.
type Field struct {
	labelled

	// OnChanged is called at each keystroke.
	OnChanged func(string)
	// OnCommit is called when the user leaves the field or presses Enter after changing it.
	OnCommit func(string)

	entry     *entry
	box       *box
	rows      int
	original  string
	committed string
}

// NewField makes a field of one line.
func NewField(label string) *Field { return newField(label, 1) }

// NewTextArea makes a field of several lines; Enter makes a new line.
func NewTextArea(label string, rows int) *Field { return newField(label, rows) }

func newField(label string, rows int) *Field {
	f := &Field{labelled: labelled{label: label}, entry: newEntry(rows > 1), box: newBox(), rows: rows}
	f.entry.OnChanged = func(text string) {
		if f.OnChanged != nil {
			f.OnChanged(text)
		}
	}
	f.entry.OnSubmitted = func(string) { f.Commit() }
	f.entry.onFocus = func(on bool) {
		f.box.focused = on
		f.box.paint()
		if !on {
			f.Commit()
		}
	}
	f.entry.onEscape = func() bool {
		if f.entry.Text == f.committed {
			return false
		}
		f.entry.SetText(f.committed)
		return true
	}
	f.control = f
	f.ExtendBaseWidget(f)
	return f
}

// Commit counts what is typed, as when the user leaves the field.
func (f *Field) Commit() {
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

// SelectAll selects the text, so that what is typed takes its place.
func (f *Field) SelectAll() { f.entry.TypedShortcut(&fyne.ShortcutSelectAll{}) }

// Typing tells whether the field has the keyboard. It still does under a menu or a dialog: what was begun goes on there.
func (f *Field) Typing() bool { return f.entry.typing }

// Changed tells whether the text differs from the original.
func (f *Field) Changed() bool { return f.entry.Text != f.original }

// Undo shows the original again and commits it.
func (f *Field) Undo() {
	f.entry.SetText(f.original)
	f.Commit()
}

// SetPlaceHolder changes the words of the empty field.
func (f *Field) SetPlaceHolder(text string) { f.entry.SetPlaceHolder(text) }

// SetSecret hides what is typed.
func (f *Field) SetSecret(on bool) {
	f.entry.hide(on)
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

func (f *Field) controlHeight() float32 {
	if f.rows <= 1 {
		return look.HeightField
	}
	return float32(f.rows)*20 + 2*entryPad + 2
}

func (f *Field) putControl(top, width float32) {
	h := f.controlHeight()
	f.box.place(0, top, width, h)
	f.entry.put(dropdownPad-entryPad, top, max(width-2*(dropdownPad-entryPad), 0), h)
}

func (f *Field) controlParts() []fyne.CanvasObject {
	return []fyne.CanvasObject{f.box.frame, f.entry.shown()}
}

func (f *Field) paintControl() {
	f.box.wrong = f.wrong != ""
	f.box.paint()
	f.entry.Refresh()
}
