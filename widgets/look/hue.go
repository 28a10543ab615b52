package look

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Hue is the colour of a kind of reservation: a text on a filling, readable in both variants. The zero Hue is neutral.
type Hue struct{ text, fill pair }

// Hues are the colours offered for kinds of reservations, as HueOf reads them.
var Hues = []string{
	"#0B6464", "#8F4300", "#643A99", "#0C4293", "#4A5F00", // teal, orange, violet, blue, olive
	"#9B2C5E", "#B3261E", "#1B6E3C", "#6B4A2B", "#586072", // rose, red, green, brown, slate
}

// drawnHues are pairs that were chosen by eye, under the colour that stands for them. Every other colour gets its pair by
// the rule of deriveHue; both are held to the same contrasts by a test.
var drawnHues = map[uint32]Hue{
	0x0B6464: {text: pair{0x0B6464, 0x7FD6D3}, fill: pair{0xD9EFEE, 0x12393A}},
	0x8F4300: {text: pair{0x8F4300, 0xF5B27A}, fill: pair{0xFCE9D8, 0x45290F}},
	0x643A99: {text: pair{0x643A99, 0xCDB2F2}, fill: pair{0xECE4F8, 0x35264E}},
	0x0C4293: {text: pair{0x0C4293, 0xBBD6FF}, fill: pair{0xDDE9FD, 0x18365F}},
	0x4A5F00: {text: pair{0x4A5F00, 0xC3D787}, fill: pair{0xEAF1D2, 0x2F3912}},
}

// derivedHues keeps what deriveHue found; the interface's goroutine alone uses it.
var derivedHues = map[uint32]Hue{}

// HueOf gives the pair of a colour written "#RRGGBB"; anything else gives the neutral one.
func HueOf(hex string) Hue {
	digits, ok := strings.CutPrefix(hex, "#")
	rgb, err := strconv.ParseUint(digits, 16, 32)
	if !ok || len(digits) != 6 || err != nil {
		return Hue{}
	}
	if h, ok := drawnHues[uint32(rgb)]; ok {
		return h
	}
	h, ok := derivedHues[uint32(rgb)]
	if !ok {
		h = deriveHue(uint32(rgb))
		derivedHues[uint32(rgb)] = h
	}
	return h
}

// Text is the colour of words, edges and icons on the hue's filling and on the surface.
func (h Hue) Text() color.Color {
	if h == (Hue{}) {
		return Color(NeutralText)
	}
	return h.text.in(presentVariant())
}

// Fill is the ground.
func (h Hue) Fill() color.Color {
	if h == (Hue{}) {
		return Color(NeutralFill)
	}
	return h.fill.in(presentVariant())
}

func presentVariant() fyne.ThemeVariant {
	s := fyne.CurrentApp().Settings()
	if t, ok := s.Theme().(*Theme); ok {
		return t.variant(s.ThemeVariant())
	}
	return s.ThemeVariant()
}

const (
	// hueContrast is what a derived text has on its filling, a little more than the 4.5 that AA asks for.
	hueContrast = 5.0
	// hueLight is how much of the colour tints a filling on the light surface, hueDark how much of its text one on the dark.
	hueLight, hueDark = 0.15, 0.24
	// hueShade is the contrast of the shade that tints it there: enough to be seen, not so much that all colours turn grey.
	hueShade = 5.0
)

// deriveHue finds the pair of a colour: in light, a pale tint of it under the colour itself, darkened as far as reading
// asks for; in dark, the colour lightened so that it reads on the surface, on a shade of that.
func deriveHue(rgb uint32) Hue {
	c := pair{light: rgb}.in(theme.VariantLight)
	white, black := color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF}, color.NRGBA{A: 0xFF}
	var h Hue
	fill := Mix(tokens[Surface].in(theme.VariantLight), c, hueLight)
	h.fill.light, h.text.light = packed(fill), packed(readable(c, black, fill, hueContrast))

	surface := tokens[Surface].in(theme.VariantDark)
	fill = Mix(surface, readable(c, white, surface, hueShade), hueDark)
	h.fill.dark, h.text.dark = packed(fill), packed(readable(c, white, fill, hueContrast))
	return h
}

// readable mixes as little of an extreme, black or white, into a colour as gives it a contrast on a ground.
func readable(c, extreme, ground color.Color, least float64) color.Color {
	const steps = 50
	for i := range steps {
		if mixed := Mix(c, extreme, float64(i)/steps); contrast(mixed, ground) >= least {
			return mixed
		}
	}
	return extreme
}

func packed(c color.Color) uint32 {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return uint32(n.R)<<16 | uint32(n.G)<<8 | uint32(n.B)
}

// contrast is the ratio of two opaque colours as WCAG 2.2 defines it, 1 to 21.
func contrast(a, b color.Color) float64 {
	la, lb := brightness(packed(a)), brightness(packed(b))
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// brightness is WCAG's relative luminance of 0xRRGGBB, 0 to 1.
func brightness(rgb uint32) float64 {
	sum := 0.0
	for i, weight := range [3]float64{0.2126, 0.7152, 0.0722} {
		v := float64(rgb>>(16-8*i)&0xFF) / 255
		if v <= 0.04045 {
			sum += weight * v / 12.92
		} else {
			sum += weight * math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return sum
}
