package widgets

import (
	"fyne.io/fyne/v2"

	"diapason/widgets/look"
)

// Tone is what a colour means. Colour never stands alone: an icon and a word go with it.
type Tone int

// The tones, from calm to grave.
const (
	Neutral Tone = iota
	Success
	Info
	Warning
	Error
)

// colours gives the tone's text on its filling, and its strong colour for an icon on a plain surface.
func (t Tone) colours() (text, fill, icon fyne.ThemeColorName) {
	switch t {
	case Success:
		return look.SuccessText, look.SuccessFill, look.Success
	case Info:
		return look.InfoText, look.InfoFill, look.Info
	case Warning:
		return look.WarningText, look.WarningFill, look.Warning
	case Error:
		return look.ErrorText, look.ErrorFill, look.Error
	default:
		return look.NeutralText, look.NeutralFill, look.TextSecondary
	}
}

// defaultIcon is the shape that goes with a tone when the caller names none.
func (t Tone) defaultIcon() look.Icon {
	switch t {
	case Success:
		return look.StatusOK
	case Warning:
		return look.StatusAction
	case Error:
		return look.StatusError
	default:
		return look.StatusInfo
	}
}
