package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

var _ fyne.Widget = (*PageHeader)(nil)

// PageHeader is the top of a screen, 64 high: where we come from, title, count, and what can be done at the right, the
// primary button last.
type PageHeader struct {
	widget.BaseWidget

	crumb   *Button
	arrow   *IconImage
	title   *Text
	badge   *Badge
	line    *Line
	aside   fyne.CanvasObject
	actions []fyne.CanvasObject
}

// NewPageHeader makes a header with a title of 20.
func NewPageHeader(title string, actions ...fyne.CanvasObject) *PageHeader {
	h := &PageHeader{title: NewWord(title, look.SizeTitle, look.Text).Bold(), badge: NewTitleBadge(""), line: NewTallLine(look.HeightHeader, 12)}
	h.badge.Hide()
	h.crumb = NewButton(Plain, "", "", nil)
	h.crumb.Tight = true
	h.arrow = NewIconImage(look.IconChevronRight, 16, look.TextSecondary)
	h.crumb.Hide()
	h.arrow.Hide()
	h.ExtendBaseWidget(h)
	h.SetActions(actions...)
	return h
}

// SetBadge changes the pill beside the title; "" hides it.
func (h *PageHeader) SetBadge(text string) {
	h.badge.SetText(text)
	h.line.Refresh()
}

// SetCrumb shows where the title's page belongs; tapped goes there.
func (h *PageHeader) SetCrumb(text string, tapped func()) {
	h.crumb.OnTapped = tapped
	h.crumb.SetText(text)
	h.crumb.Show()
	h.arrow.Show()
	h.line.Refresh()
}

// SetActions replaces what stands at the right.
func (h *PageHeader) SetActions(actions ...fyne.CanvasObject) {
	h.actions = actions
	middle := Space()
	if h.aside != nil {
		middle = Share(h.aside)
	}
	right := make([]LineCell, 0, len(actions))
	for _, a := range actions {
		right = append(right, Own(a))
	}
	cells := []LineCell{Own(h.crumb), Own(h.arrow), Own(h.title), Own(h.badge), middle}
	if len(right) > 0 {
		cells = append(cells, Own(NewLine(8, right...)))
	}
	h.line.SetCells(cells...)
}

// SetAside puts something between the title and the actions; it gets the room that they leave.
func (h *PageHeader) SetAside(o fyne.CanvasObject) {
	h.aside = o
	h.SetActions(h.actions...)
}

// CreateRenderer is called by Fyne.
func (h *PageHeader) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(NewPaddedColumn(0, Insets{Left: look.Margin, Right: look.Margin}, h.line))
}
