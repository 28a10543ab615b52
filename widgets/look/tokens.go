package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The colour tokens. Those that Fyne's own widgets use bear Fyne's names, so that one table serves both.
const (
	Rail          fyne.ThemeColorName = "diapason.rail" // rail and status bar
	Surface                           = theme.ColorNameBackground
	Sunken                            = theme.ColorNameHeaderBackground // recessed surface, column headers
	Fill          fyne.ThemeColorName = "diapason.fill"                 // neutral filling, badges
	Line                              = theme.ColorNameSeparator
	ButtonBorder  fyne.ThemeColorName = "diapason.buttonBorder"
	FieldBorder                       = theme.ColorNameInputBorder // fields and checks
	Text                              = theme.ColorNameForeground
	TextSecondary fyne.ThemeColorName = "diapason.textSecondary"
	Hint                              = theme.ColorNamePlaceHolder // hints inside fields
	Accent                            = theme.ColorNamePrimary
	AccentText                        = theme.ColorNameHyperlink // links, active items
	OnAccent                          = theme.ColorNameForegroundOnPrimary
	AccentPale                        = theme.ColorNameSelection // ticked row
	AccentSoft    fyne.ThemeColorName = "diapason.accentSoft"    // active item
	AccentLine    fyne.ThemeColorName = "diapason.accentLine"
	ToastFill     fyne.ThemeColorName = "diapason.toastFill"
	ToastText     fyne.ThemeColorName = "diapason.toastText"
	ToastAction   fyne.ThemeColorName = "diapason.toastAction"
	Success                           = theme.ColorNameSuccess
	Warning                           = theme.ColorNameWarning
	Error                             = theme.ColorNameError
	Info          fyne.ThemeColorName = "diapason.info"

	SuccessText fyne.ThemeColorName = "diapason.successText" // text on SuccessFill: chip, banner, cell
	SuccessFill fyne.ThemeColorName = "diapason.successFill"
	WarningText fyne.ThemeColorName = "diapason.warningText"
	WarningFill fyne.ThemeColorName = "diapason.warningFill"
	ErrorText   fyne.ThemeColorName = "diapason.errorText"
	ErrorFill   fyne.ThemeColorName = "diapason.errorFill"
	InfoText    fyne.ThemeColorName = "diapason.infoText"
	InfoFill    fyne.ThemeColorName = "diapason.infoFill"
	NeutralText fyne.ThemeColorName = "diapason.neutralText"
	NeutralFill fyne.ThemeColorName = "diapason.neutralFill"
)

// pair is one token's colour, 0xRRGGBB, in each variant.
type pair struct{ light, dark uint32 }

var tokens = map[fyne.ThemeColorName]pair{
	Rail:          {0xF3F4F7, 0x121318},
	Surface:       {0xFFFFFF, 0x191B21},
	Sunken:        {0xF8F9FB, 0x1E2128},
	Fill:          {0xEEF0F4, 0x262A33},
	Line:          {0xE3E6EC, 0x2B2F39},
	ButtonBorder:  {0xCBD0DA, 0x424855},
	FieldBorder:   {0x858C9B, 0x767D8D},
	Text:          {0x191C23, 0xE7E9EE},
	TextSecondary: {0x586072, 0xAAB0BD},
	Hint:          {0x687082, 0x989FAE},
	Accent:        {0x3450C8, 0xA9B9FF},
	AccentText:    {0x2C46B4, 0xB9C6FF},
	OnAccent:      {0xFFFFFF, 0x131A3A},
	AccentPale:    {0xF1F4FE, 0x1F2536},
	AccentSoft:    {0xDFE6FC, 0x2A3454},
	AccentLine:    {0xB7C5F6, 0x3F4D7C},
	ToastFill:     {0x20242E, 0xE7E9EE},
	ToastText:     {0xFFFFFF, 0x191B21},
	ToastAction:   {0xB9C8FF, 0x2C46B4},
	Success:       {0x1B6E3C, 0x6FD58E},
	Warning:       {0x8A5300, 0xFFB74D},
	Error:         {0xB3261E, 0xFF8A80},
	Info:          {0x0B57D0, 0x8AB4F8},

	SuccessText: {0x0F5132, 0xA3E6BD}, SuccessFill: {0xDCF1E4, 0x163A28},
	WarningText: {0x664D03, 0xFFE08A}, WarningFill: {0xFDF0C8, 0x433608},
	ErrorText: {0x842029, 0xFFB4AB}, ErrorFill: {0xFBE1E2, 0x511D1D},
	InfoText: {0x0C4293, 0xBBD6FF}, InfoFill: {0xD5E4FD, 0x18365F},
	NeutralText: {0x3F4653, 0xD0D3D8}, NeutralFill: {0xE9EBF0, 0x31353F},

	// What Fyne's own widgets ask for besides.
	theme.ColorNameButton:                    {0xFFFFFF, 0x191B21},
	theme.ColorNameDisabledButton:            {0xEEF0F4, 0x262A33},
	theme.ColorNameDisabled:                  {0x687082, 0x989FAE},
	theme.ColorNameFocus:                     {0x3450C8, 0xA9B9FF},
	theme.ColorNameForegroundOnError:         {0xFFFFFF, 0x191B21},
	theme.ColorNameForegroundOnSuccess:       {0xFFFFFF, 0x191B21},
	theme.ColorNameForegroundOnWarning:       {0xFFFFFF, 0x191B21},
	theme.ColorNameHover:                     {0xEEF0F4, 0x262A33},
	theme.ColorNameInnerWindowBorder:         {0xCBD0DA, 0x424855},
	theme.ColorNameInnerWindowBorderInactive: {0xE3E6EC, 0x2B2F39},
	theme.ColorNameInputBackground:           {0xFFFFFF, 0x191B21},
	theme.ColorNameMenuBackground:            {0xFFFFFF, 0x191B21},
	theme.ColorNameOverlayBackground:         {0xFFFFFF, 0x191B21},
	theme.ColorNamePressed:                   {0xDFE6FC, 0x2A3454},
	theme.ColorNameScrollBar:                 {0xB6BBC8, 0x4F5565},
	theme.ColorNameScrollBarBackground:       {0xF8F9FB, 0x1E2128},
}

// shadowAlpha is the strength of the one shadow of menus and toasts: 14 % in light, 50 % in dark.
var shadowAlpha = map[fyne.ThemeVariant]uint8{theme.VariantLight: 36, theme.VariantDark: 128}

func (p pair) in(v fyne.ThemeVariant) color.NRGBA {
	rgb := p.light
	if v == theme.VariantDark {
		rgb = p.dark
	}
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: 0xFF}
}

// Text sizes, in units. Nothing is smaller than Caption.
const (
	SizeTitle    float32 = 20 // bold, line of 28
	SizeFigure   float32 = 24 // bold, line of 32
	SizeSubtitle float32 = 15 // bold, line of 20
	SizeBody     float32 = 13 // line of 20
	SizeSmall    float32 = 12 // secondary text, chip, column header; line of 16
	SizeCaption  float32 = 11 // caption, badge; line of 16
)

// Corner radii, in units.
const (
	RadiusCheck float32 = 4
	RadiusField float32 = 6  // field, button, cell
	RadiusItem  float32 = 8  // rail item, banner, tile
	RadiusPanel float32 = 10 // panel, menu, toast
)

// Heights and widths, in units.
const (
	HeightHeader    float32 = 64
	HeightField     float32 = 32 // field and button
	HeightInline    float32 = 28 // button inside a row
	HeightEmpty     float32 = 40 // button of an empty state
	HeightColumns   float32 = 36 // column header
	HeightRow       float32 = 52
	HeightCompact   float32 = 36
	HeightTableRow  float32 = 44
	HeightBulkBar   float32 = 56
	HeightStatusBar float32 = 36
	HeightChip      float32 = 24
	HeightBadge     float32 = 20
	WidthRail       float32 = 208
	WidthNarrowList float32 = 328
	WidthSearch     float32 = 264
	Margin          float32 = 24 // of a page
)
