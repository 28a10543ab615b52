package widgets

import (
	"fyne.io/fyne/v2"

	"diapason/widgets/look"
)

var (
	_ fyne.Widget = (*SelectField)(nil)
	_ Flowing     = (*SelectField)(nil)
)

// SelectField is a label over a drop-down list.
type SelectField struct {
	labelled

	// OnChosen is called when the user chooses another item; the field shows it already.
	OnChosen func(id string)

	list *Dropdown
	id   string
	hint string // in the place of a value
}

// NewSelectField makes one that shows nothing yet.
func NewSelectField(label string, items []MenuItem, chosen func(id string)) *SelectField {
	s := &SelectField{labelled: labelled{label: label}, OnChosen: chosen}
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
	s.control = s
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
	s.list.Label = ""
	if text == "" {
		s.list.Label = s.hint
	}
	s.list.SetValue(text)
}

// SetPlaceHolder changes what stands in the field while it has no value.
func (s *SelectField) SetPlaceHolder(text string) {
	s.hint, s.list.hint = text, true
	s.SetValue(s.id)
}

// SetItems changes the items and shows the current one's word again.
func (s *SelectField) SetItems(items []MenuItem) {
	s.list.Items = items
	s.SetValue(s.id)
}

// SetSearchHint changes the placeholder of the search field that appears above 30 items.
func (s *SelectField) SetSearchHint(text string) { s.list.SearchHint = text }

// SetEnabled enables or disables the field.
func (s *SelectField) SetEnabled(on bool) { s.list.SetEnabled(on) }

// Focusable gives what takes the keyboard.
func (s *SelectField) Focusable() fyne.Focusable { return s.list }

func (s *SelectField) controlHeight() float32 { return look.HeightField }

func (s *SelectField) putControl(top, width float32) { place(s.list, 0, top, width, look.HeightField) }

func (s *SelectField) controlParts() []fyne.CanvasObject { return []fyne.CanvasObject{s.list} }

func (s *SelectField) paintControl() {
	s.list.wrong = s.wrong != ""
	s.list.Refresh()
}
