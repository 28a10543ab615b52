package shell

import (
	"os"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"diapason/assets/words"
	"diapason/widgets/look"
)

// Names of the preferences. They hold what belongs to this screen and this person, never data.
const (
	prefLanguage = "language"
	prefTheme    = "theme"
	prefScale    = "scale"
	prefWidth    = "window.width"
	prefHeight   = "window.height"
	prefFolder   = "folder" // the last one a file was chosen in
)

// Sizes of the window, in units.
const (
	firstWidth, firstHeight float32 = 1280, 800
	leastWidth, leastHeight float32 = 640, 440
	mostWidth, mostHeight   float32 = 7680, 4320 // a larger one was kept by mistake
)

var themeModes = map[string]look.Mode{"system": look.System, "light": look.Light, "dark": look.Dark}

// preferences reads and keeps the user's choices.
type preferences struct{ kept fyne.Preferences }

// language gives the chosen language; before any choice French, whatever the system's language is.
func (p preferences) language() string {
	l := p.kept.String(prefLanguage)
	if !slices.Contains(words.Languages, l) {
		return words.Languages[0]
	}
	return l
}

// theme gives the chosen theme: "system", "light" or "dark".
func (p preferences) theme() string {
	t := p.kept.String(prefTheme)
	if _, ok := themeModes[t]; !ok {
		return "system"
	}
	return t
}

// applyScale makes the interface larger or smaller. Fyne reads the environment when a window is made; a FYNE_SCALE that
// the user set wins.
func (p preferences) applyScale() error {
	scale := p.kept.Float(prefScale)
	if scale <= 0 || os.Getenv("FYNE_SCALE") != "" {
		return nil
	}
	return os.Setenv("FYNE_SCALE", strconv.FormatFloat(scale, 'f', 2, 64))
}

// size gives the window's size of the last time, within reason.
func (p preferences) size() fyne.Size {
	w := float32(p.kept.FloatWithFallback(prefWidth, float64(firstWidth)))
	h := float32(p.kept.FloatWithFallback(prefHeight, float64(firstHeight)))
	return fyne.NewSize(min(max(w, leastWidth), mostWidth), min(max(h, leastHeight), mostHeight))
}

func (p preferences) keepSize(s fyne.Size) {
	if s.Width < leastWidth/2 || s.Height < leastHeight/2 {
		return // a window that was never shown
	}
	p.kept.SetFloat(prefWidth, float64(s.Width))
	p.kept.SetFloat(prefHeight, float64(s.Height))
}

// Get and Set keep what screens remember between two starts.
func (p preferences) Get(key string) string { return p.kept.String(key) }

// Set keeps one value.
func (p preferences) Set(key, value string) { p.kept.SetString(key, value) }
