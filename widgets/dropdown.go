package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/widgets/look"
)

var _ pressableWidget = (*Dropdown)(nil)

// Dropdown is a frame "Label : value" that opens a menu. The caller chooses the words of both, punctuation included.
type Dropdown struct {
	pressable

	// Label is shown in secondary colour before the value; it may be empty.
	Label string
	// Items are the menu's lines; set them, then Refresh. ItemsFunc, when not nil, gives them at each opening.
	Items     []MenuItem
	ItemsFunc func() []MenuItem
	// SearchHint is the placeholder of the menu's search field, which appears above 30 items.
	SearchHint string
	// Button draws the border of a button instead of that of a field.
	Button bool
	// Icon leads the label; "" for none.
	Icon look.Icon
	// OnChosen is called with the item's ID. The value shown changes when the caller says so.
	OnChosen func(id string)

	value string
	hint  bool // the label stands in the place of a value
	wrong bool
	open  bool
}

// NewDropdown makes a drop-down list.
func NewDropdown(label, value string, items []MenuItem, chosen func(id string)) *Dropdown {
	d := &Dropdown{Label: label, value: value, Items: items, OnChosen: chosen}
	d.setUp(d, d.Open)
	return d
}

// Value gives the value shown.
func (d *Dropdown) Value() string { return d.value }

// SetValue changes the value shown.
func (d *Dropdown) SetValue(value string) {
	d.value = value
	d.Refresh()
}

// SetItems changes the menu's lines.
func (d *Dropdown) SetItems(items []MenuItem) { d.Items = items }

// Open opens the menu.
func (d *Dropdown) Open() {
	if d.open {
		return
	}
	if d.ItemsFunc != nil {
		d.Items = d.ItemsFunc()
	}
	if len(d.Items) == 0 {
		return
	}
	d.open = true
	d.Refresh()
	ShowMenuBelow(d, MenuParams{
		Items: d.Items, MinWidth: d.Size().Width, SearchHint: d.SearchHint, OnChosen: d.OnChosen,
		OnClosed: func() { d.open = false; d.Refresh() },
	})
}

// TypedKey opens the menu on Down too.
func (d *Dropdown) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyDown && !d.Disabled() {
		d.Open()
		return
	}
	d.pressable.TypedKey(ev)
}

// AccessibilityLabel gives the words read aloud.
func (d *Dropdown) AccessibilityLabel() string { return d.Label + " " + d.value }

// CreateRenderer is called by Fyne.
func (d *Dropdown) CreateRenderer() fyne.WidgetRenderer {
	d.ExtendBaseWidget(d)
	r := &dropdownRenderer{
		d: d, box: newBox(), icon: newIcon(), label: newText(look.SizeBody, false), value: newText(look.SizeBody, false), chevron: newIcon(),
	}
	r.objects = []fyne.CanvasObject{r.box.frame, r.icon, r.label, r.value, r.chevron}
	r.Refresh()
	return r
}

type dropdownRenderer struct {
	drawn
	d             *Dropdown
	box           *box
	icon, chevron *canvas.Image
	label, value  *canvas.Text
}

const (
	dropdownPad     float32 = 11
	dropdownChevron float32 = 16
)

func (r *dropdownRenderer) widths() (icon, label float32) {
	if r.d.Icon != "" {
		icon = buttonIcon + buttonGap
	}
	if r.d.Label != "" {
		label = textWidth(r.d.Label, look.SizeBody, false)
		if r.d.value != "" {
			label += 4
		}
	}
	return icon, label
}

// MinSize holds the label and the whole value.
func (r *dropdownRenderer) MinSize() fyne.Size {
	icon, label := r.widths()
	w := dropdownPad + icon + label + textWidth(r.d.value, look.SizeBody, false) + 12 + dropdownChevron + dropdownPad
	return fyne.NewSize(w, look.HeightField)
}

// Layout puts the chevron at the right and cuts the value when it does not fit.
func (r *dropdownRenderer) Layout(size fyne.Size) {
	r.box.place(0, (size.Height-look.HeightField)/2, size.Width, look.HeightField)
	icon, label := r.widths()
	placeMiddle(r.icon, dropdownPad, size.Height, buttonIcon, buttonIcon)
	x := dropdownPad + icon
	room := size.Width - dropdownChevron - dropdownPad - 4 - x
	setText(r.label, Truncated(r.d.Label, look.SizeBody, false, room), r.labelColour())
	placeMiddle(r.label, x, size.Height, label, 20)
	setText(r.value, Truncated(r.d.value, look.SizeBody, false, room-label+1), r.valueColour())
	placeMiddle(r.value, x+label, size.Height, max(room-label, 0), 20)
	placeMiddle(r.chevron, size.Width-dropdownPad-dropdownChevron+3, size.Height, dropdownChevron, dropdownChevron)
}

func (r *dropdownRenderer) labelColour() fyne.ThemeColorName {
	if r.d.value == "" && !r.d.Disabled() && !r.d.hint {
		return look.Text
	}
	return look.TextSecondary
}

func (r *dropdownRenderer) valueColour() fyne.ThemeColorName {
	if r.d.Disabled() {
		return look.TextSecondary
	}
	return look.Text
}

// Refresh reads state and colours again.
func (r *dropdownRenderer) Refresh() {
	r.box.focused, r.box.disabled, r.box.wrong = r.d.open || r.d.focused, r.d.Disabled(), r.d.wrong
	r.box.paint()
	if r.d.Button && !r.box.focused {
		r.box.frame.StrokeColor = look.Color(look.ButtonBorder)
	}
	if r.d.hovered && !r.d.Disabled() {
		setFill(r.box.frame, look.Color(look.Sunken))
	}
	setIcon(r.icon, r.d.Icon, look.TextSecondary)
	setIcon(r.chevron, look.IconChevronDown, look.TextSecondary)
	r.Layout(r.d.Size())
	canvas.Refresh(r.d)
}
