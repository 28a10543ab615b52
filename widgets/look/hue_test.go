package look_test

import (
	"fmt"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"

	"diapason/widgets/look"
)

// readsInBothVariants checks what stands on a hue's filling, and the hue's text on the surface.
func readsInBothVariants(t interface{ Errorf(string, ...any) }, app fyne.App, hex string) {
	for name, mode := range map[string]look.Mode{"light": look.Light, "dark": look.Dark} {
		app.Settings().SetTheme(look.NewTheme(mode))
		h := look.HueOf(hex)
		for _, c := range []struct {
			what        string
			front, back color.Color
			least       float64
		}{
			{"the kind on the filling", h.Text(), h.Fill(), 4.5},
			{"the title on the filling", look.Color(look.Text), h.Fill(), 4.5},
			{"the kind on the surface", h.Text(), look.Color(look.Surface), 4.5},
			{"the mark of a conflict", look.Color(look.Warning), h.Fill(), 3},
		} {
			if got := ratio(c.front, c.back); got < c.least {
				t.Errorf("%s, %s: %s has a contrast of %.2f, at least %.1f is needed", hex, name, c.what, got, c.least)
			}
		}
	}
}

func TestEveryOfferedHueMeetsAA(t *testing.T) {
	app := test.NewTempApp(t)
	for _, hex := range look.Hues {
		readsInBothVariants(t, app, hex)
	}
	readsInBothVariants(t, app, "")
}

func TestAnyColourGivesAReadableHue(t *testing.T) {
	app := test.NewTempApp(t)
	for _, hex := range []string{"#000000", "#FFFFFF", "#FFFF00", "#0000FF", "#FF0000", "#00FF00", "#808080", "#000080"} {
		readsInBothVariants(t, app, hex)
	}
	rapid.Check(t, func(rt *rapid.T) {
		readsInBothVariants(rt, app, fmt.Sprintf("#%06x", rapid.Uint32Range(0, 0xFFFFFF).Draw(rt, "colour")))
	})
}

func TestWhatIsNoColourGivesTheNeutralHue(t *testing.T) {
	test.NewTempApp(t)
	for _, hex := range []string{"", "0B6464", "#0B64", "#0B64641", "#GGGGGG", "#+B6464", "teal"} {
		if got := look.HueOf(hex); got != (look.Hue{}) {
			t.Errorf("%q gives %v", hex, got)
		}
	}
	if look.HueOf("#0b6464") != look.HueOf("#0B6464") || look.HueOf("#0B6464") == (look.Hue{}) {
		t.Error("small and capital letters differ")
	}
}
