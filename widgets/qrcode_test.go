package widgets

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"diapason/widgets/look"
)

// readCode reads a picture as a phone does, with an independent library.
func readCode(t *testing.T, picture image.Image) string {
	t.Helper()
	bits, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bits, nil)
	if err != nil {
		t.Fatalf("nothing is read: %v", err)
	}
	return result.GetText()
}

func TestQRCodeIsReadBackAtAnyScaleInBothVariants(t *testing.T) {
	for _, text := range []string{
		"webcal://192.168.1.24:8765/agenda/kq3v7m2x9d4hj6wz1r5tb8ncfy0gspe2.ics",
		"https://agenda.example/École de musique.ics",
		strings.Repeat("x", 400),
	} {
		for _, mode := range []look.Mode{look.Light, look.Dark} {
			for _, scale := range []float32{1, 1.5, 2} {
				app := test.NewTempApp(t)
				app.Settings().SetTheme(look.NewTheme(mode))
				q := NewQRCode("Lien", 220)
				if err := q.SetText(text); err != nil {
					t.Fatal(err)
				}
				w := test.NewTempWindow(t, q)
				w.SetPadded(false)
				w.Canvas().(software.WindowlessCanvas).SetScale(scale)
				w.Resize(fyne.NewSize(220, 220))
				if got := readCode(t, w.Canvas().Capture()); got != text {
					t.Errorf("scale %v, mode %v: read %q, want %q", scale, mode, got, text)
				}
			}
		}
	}
}

func TestQRCodeKeepsSilenceAndWholeModules(t *testing.T) {
	useTheme(t)
	q := NewQRCode("Lien", 150)
	if err := q.SetText("https://agenda.example/a.ics"); err != nil {
		t.Fatal(err)
	}
	for _, side := range []int{77, 150, 151, 225, 300} {
		img := q.drawn(side, side)
		dark := image.Rectangle{}
		for y := range side {
			for x := range side {
				if img.At(x, y) != color.White {
					dark = dark.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		n := len(q.modules)
		if dark.Dx() != dark.Dy() || dark.Dx()%n != 0 {
			t.Errorf("%d pixels: the code takes %v for %d modules", side, dark, n)
			continue
		}
		module := dark.Dx() / n
		if left, right := dark.Min.X, side-dark.Max.X; left < silence*module || right < silence*module {
			t.Errorf("%d pixels: %d and %d are free at the sides, for modules of %d", side, left, right, module)
		}
	}
}

func TestTextThatNoCodeHoldsEmptiesIt(t *testing.T) {
	useTheme(t)
	q := NewQRCode("Lien", 150)
	if err := q.SetText("a"); err != nil || q.modules == nil {
		t.Fatal(err)
	}
	if err := q.SetText(strings.Repeat("x", 5000)); err == nil || q.modules != nil {
		t.Error("5,000 bytes are accepted, or the former code stays")
	}
	if err := q.SetText(""); err != nil {
		t.Error(err)
	}
}
