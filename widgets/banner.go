package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

// HeightBanner is the least height of a Banner and of a Toast, in units.
const HeightBanner float32 = 44

var (
	_ fyne.Widget = (*Banner)(nil)
	_ Flowing     = (*Banner)(nil)
)

// Banner is a coloured line that stays as long as what it tells lasts: icon, sentence, action. It is hidden until Show.
type Banner struct {
	widget.BaseWidget

	icon   *IconImage
	text   *Text
	action *Button
	shut   *Button
	panel  *Panel
}

// NewBanner makes a banner that is hidden.
func NewBanner() *Banner {
	b := &Banner{
		icon: NewIconImage("", 18, look.InfoText), text: NewParagraph("", look.SizeBody, look.InfoText),
		action: NewButton(Link, "", "", nil), shut: NewIconButton(Plain, "", look.IconClose, nil),
	}
	b.action.Height, b.shut.Height = look.HeightInline, look.HeightInline
	b.shut.Hide()
	b.panel = NewPanel(Insets{Top: 8, Bottom: 8, Left: 12, Right: 8}, NewTallLine(
		HeightBanner-16, 12, Own(b.icon), Share(b.text), Own(b.action), Own(b.shut),
	))
	b.panel.stroke, b.panel.radius = "", look.RadiusItem
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

// SetMessage shows a sentence in a tone; actionText "" leaves the action out.
func (b *Banner) SetMessage(tone Tone, text, actionText string, action func()) {
	front, fill, _ := tone.colours()
	b.icon.Set(tone.defaultIcon(), front)
	b.text.SetColour(front)
	b.text.SetText(text)
	b.panel.SetFill(fill)
	b.action.OnTapped = action
	b.action.SetText(actionText)
	b.action.Hidden = actionText == ""
	b.Show()
	b.Refresh()
}

// SetClose adds a cross to close the banner with; label is read aloud and in its tooltip.
func (b *Banner) SetClose(label string, closed func()) {
	b.shut.Label, b.shut.OnTapped = label, closed
	b.shut.Show()
	b.Refresh()
}

// Text gives the sentence shown.
func (b *Banner) Text() string { return b.text.Text() }

// HeightFor gives the height at a width.
func (b *Banner) HeightFor(width float32) float32 { return b.panel.HeightFor(width) }

// CreateRenderer is called by Fyne.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(b.panel)
}
