package widgets

import "diapason/widgets/look"

// NewValue makes the cell of a comparison: wrapped words, on the tone's filling and in bold when they are what differs.
func NewValue(text string, tone Tone, filled bool) *Panel {
	front, fill, _ := tone.colours()
	if !filled {
		front, fill = look.Text, look.Surface
		if tone == Neutral {
			front = look.TextSecondary
		}
	}
	words := NewParagraph(text, look.SizeSmall, front)
	if filled {
		words.Bold()
	}
	p := NewPanel(Insets{Top: 6, Right: 8, Bottom: 6, Left: 8}, words)
	p.fill, p.stroke, p.radius = fill, "", look.RadiusField
	return p
}
