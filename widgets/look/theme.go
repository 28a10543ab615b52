// Package look is how Diapason looks: the colour tokens in two variants, the sizes, the theme given to Fyne and the icons.
// Widgets and screens name a token and never write a colour.
//
// Every pair of text and background in use is checked for WCAG AA by a test: a new pair belongs in its table. Functions are
// called on the interface's goroutine.
package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// Mode is the user's choice of variant.
type Mode int

// The modes: System follows the operating system.
const (
	System Mode = iota
	Light
	Dark
)

var _ fyne.Theme = (*Theme)(nil)

// Theme gives Fyne the tokens, the sizes and the bundled Noto Sans.
type Theme struct {
	mode Mode
}

// NewTheme makes the theme of a mode.
func NewTheme(mode Mode) *Theme {
	return &Theme{mode: mode}
}

// Mode tells which variant was chosen.
func (t *Theme) Mode() Mode { return t.mode }

func (t *Theme) variant(v fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.mode {
	case Light:
		return theme.VariantLight
	case Dark:
		return theme.VariantDark
	default:
		return v
	}
}

// Color gives a token's colour; the variant is the system's and yields to the chosen mode.
func (t *Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	v = t.variant(v)
	if name == theme.ColorNameShadow {
		return color.NRGBA{A: shadowAlpha[v]}
	}
	if p, ok := tokens[name]; ok {
		return p.in(v)
	}
	return theme.DefaultTheme().Color(name, v)
}

// Font gives the bundled Noto Sans.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	return theme.DefaultTheme().Font(style)
}

// Icon gives Fyne's own icon, which only its built-in dialogs show.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return theme.DefaultTheme().Icon(name)
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:            SizeBody,
	theme.SizeNameCaptionText:     SizeCaption,
	theme.SizeNameSubHeadingText:  SizeSubtitle,
	theme.SizeNameHeadingText:     SizeTitle,
	theme.SizeNamePadding:         4,
	theme.SizeNameInnerPadding:    6,
	theme.SizeNameLineSpacing:     4,
	theme.SizeNameInlineIcon:      16,
	theme.SizeNameInputBorder:     1,
	theme.SizeNameInputRadius:     RadiusField,
	theme.SizeNameButtonRadius:    RadiusField,
	theme.SizeNameSelectionRadius: RadiusField,
	theme.SizeNamePopupRadius:     RadiusPanel,
	theme.SizeNameMenuRadius:      RadiusPanel,
	theme.SizeNameDialogRadius:    RadiusPanel,
	theme.SizeNameCardRadius:      RadiusPanel,
	theme.SizeNameScrollBar:       8,
	theme.SizeNameScrollBarSmall:  5,
	theme.SizeNameScrollBarRadius: 3,
}

// Size gives a size by Fyne's name.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := sizes[name]; ok {
		return s
	}
	return theme.DefaultTheme().Size(name)
}

// Color gives a token's colour in the running application's theme. Widgets call it again on each Refresh, so that a change
// of variant reaches them.
func Color(name fyne.ThemeColorName) color.Color {
	s := fyne.CurrentApp().Settings()
	if t, ok := s.Theme().(*Theme); ok {
		return t.Color(name, s.ThemeVariant())
	}
	return NewTheme(System).Color(name, s.ThemeVariant())
}

// Mix blends share (0 to 1) of over into under; both are opaque.
func Mix(under, over color.Color, share float64) color.Color {
	u, o := color.NRGBAModel.Convert(under).(color.NRGBA), color.NRGBAModel.Convert(over).(color.NRGBA)
	blend := func(a, b uint8) uint8 { return uint8(float64(a)*(1-share) + float64(b)*share + 0.5) }
	return color.NRGBA{R: blend(u.R, o.R), G: blend(u.G, o.G), B: blend(u.B, o.B), A: 0xFF}
}

// Shadow is the one shadow of menus, dialogs and toasts.
func Shadow() canvas.Shadow {
	return canvas.Shadow{Color: Color(theme.ColorNameShadow), BlurRadius: 24, Offset: fyne.NewPos(0, 8)}
}

// ScrollBar is the colour of scroll bars.
func ScrollBar() color.Color { return Color(theme.ColorNameScrollBar) }
