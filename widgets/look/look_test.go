package look_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"image"
	"image/color"
	"io/fs"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"diapason/assets/icons"
	"diapason/widgets/look"
)

// ratio is the WCAG 2.2 contrast ratio of two opaque colours.
func ratio(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(c color.Color) float64 {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	lin := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(n.R) + 0.7152*lin(n.G) + 0.0722*lin(n.B)
}

type contrast struct {
	front, back fyne.ThemeColorName
	least       float64
}

// contrasts lists every pair that meets on screen: 4.5 for text, 3 for borders, icons and focus rings (WCAG 1.4.3, 1.4.11).
func contrasts() []contrast {
	var all []contrast
	grounds := []fyne.ThemeColorName{look.Rail, look.Surface, look.Sunken, look.Fill, look.AccentPale}
	for _, back := range grounds {
		for _, front := range []fyne.ThemeColorName{look.Text, look.TextSecondary, look.AccentText} {
			all = append(all, contrast{front, back, 4.5})
		}
		for _, front := range []fyne.ThemeColorName{look.Accent, look.Success, look.Warning, look.Error, look.Info} {
			all = append(all, contrast{front, back, 3})
		}
	}
	for _, back := range []fyne.ThemeColorName{look.Surface, look.Sunken} {
		for _, front := range []fyne.ThemeColorName{look.Hint, look.Success, look.Warning, look.Error, look.Info} {
			all = append(all, contrast{front, back, 4.5})
		}
	}
	for _, back := range []fyne.ThemeColorName{look.Surface, look.Sunken, look.AccentPale} {
		all = append(all, contrast{look.FieldBorder, back, 3})
	}
	for _, back := range []fyne.ThemeColorName{look.SuccessFill, look.WarningFill, look.ErrorFill, look.InfoFill} {
		all = append(all, contrast{look.AccentText, back, 4.5}) // the action of a banner
	}
	return append(
		all,
		contrast{look.OnAccent, look.Accent, 4.5},
		contrast{look.AccentText, look.AccentSoft, 4.5},
		contrast{look.Text, look.AccentSoft, 4.5},
		contrast{look.TextSecondary, look.AccentSoft, 4.5},
		contrast{look.TextSecondary, look.Line, 4.5}, // badge of the rail
		contrast{look.ToastText, look.ToastFill, 4.5},
		contrast{look.ToastAction, look.ToastFill, 4.5},
		contrast{look.SuccessText, look.SuccessFill, 4.5},
		contrast{look.WarningText, look.WarningFill, 4.5},
		contrast{look.ErrorText, look.ErrorFill, 4.5},
		contrast{look.InfoText, look.InfoFill, 4.5},
		contrast{look.NeutralText, look.NeutralFill, 4.5},
		contrast{theme.ColorNameForegroundOnError, look.Error, 4.5},
		contrast{theme.ColorNameForegroundOnSuccess, look.Success, 4.5},
		contrast{theme.ColorNameForegroundOnWarning, look.Warning, 4.5},
	)
}

func TestEveryPairOfColoursMeetsAA(t *testing.T) {
	test.NewTempApp(t)
	for name, mode := range map[string]look.Mode{"light": look.Light, "dark": look.Dark} {
		th := look.NewTheme(mode)
		for _, c := range contrasts() {
			if got := ratio(th.Color(c.front, 0), th.Color(c.back, 0)); got < c.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, at least %.1f is needed", name, c.front, c.back, got, c.least)
			}
		}
	}
}

func TestThemeDefinesEveryColourFyneAsksFor(t *testing.T) {
	test.AssertAllColorNamesDefined(t, look.NewTheme(look.System), "Diapason")
}

func TestChosenModeWinsOverTheSystem(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Dark))
	dark := look.Color(look.Surface)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	if look.Color(look.Surface) == dark {
		t.Error("light mode shows the dark surface")
	}
}

func TestThemeSizesComeFromTheGrid(t *testing.T) {
	th := look.NewTheme(look.Light)
	if got := th.Size(theme.SizeNameText); got != look.SizeBody {
		t.Errorf("body text is %v", got)
	}
	if got := th.Size(theme.SizeNameInputRadius); got != look.RadiusField {
		t.Errorf("field radius is %v", got)
	}
}

func TestEveryIconDrawsInTheColourAsked(t *testing.T) {
	test.NewTempApp(t)
	files, err := fs.Glob(icons.Files, "*.svg")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d icons embedded", len(files))
	}
	red := color.NRGBA{R: 0xFF, A: 0xFF}
	for _, f := range files {
		icon := look.Icon(strings.TrimSuffix(f, ".svg"))
		img := canvas.NewImageFromResource(icon.Painted(red))
		img.Resize(fyne.NewSquareSize(40))
		if img.Image == nil {
			t.Errorf("%s does not render", f)
			continue
		}
		if red, other := inked(img.Image); red < 20 || other > 0 {
			t.Errorf("%s: %d red pixels and %d of another colour", f, red, other)
		}
	}
}

// inked counts the opaque pixels that are red and those that are not.
func inked(img image.Image) (red, other int) {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			switch {
			case c.A < 0x80:
			case c.R > 0xF0 && c.G < 0x10 && c.B < 0x10:
				red++
			default:
				other++
			}
		}
	}
	return red, other
}

// namedIcons reads the names of all Icon constants from the source.
func namedIcons(t *testing.T) []look.Icon {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "icon.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []look.Icon
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, spec := range g.Specs {
			value := spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value
			names = append(names, look.Icon(strings.Trim(value, `"`)))
		}
	}
	return names
}

func TestIconsAndTheirNamesGoTogether(t *testing.T) {
	test.NewTempApp(t)
	named := map[string]bool{}
	for _, i := range namedIcons(t) {
		named[string(i)+".svg"] = true
		if i.Resource(look.Text) != i.Resource(look.Text) {
			t.Errorf("%s is built twice for one colour", i)
		}
	}
	files, err := fs.Glob(icons.Files, "*.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !named[f] {
			t.Errorf("%s has no name", f)
		}
	}
}
