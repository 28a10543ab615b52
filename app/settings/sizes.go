package settings

import (
	"slices"
	"time"
)

// Backup is one verified copy of the workspace.
type Backup struct {
	Path string
	At   time.Time
	Size int64 // bytes
}

// Preferences are what the person chose for the interface.
type Preferences struct {
	Language string  // "fr" or "en"
	Theme    string  // one of Themes
	Scale    float32 // one of Scales; 1 is the normal size
}

// Themes are the choices of theme; their words are the translation keys "settings.theme." + the text.
var Themes = []string{"system", "light", "dark"}

// Scales are the choices of the interface's size.
var Scales = []float32{0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2}

// newestFirst sorts backups for the list.
func newestFirst(backups []Backup) []Backup {
	out := slices.Clone(backups)
	slices.SortFunc(out, func(a, b Backup) int { return b.At.Compare(a.At) })
	return out
}

// nearestScale gives the index in Scales of the choice nearest to a size; none (0) is the normal size.
func nearestScale(scale float32) int {
	if scale == 0 {
		scale = 1
	}
	best := 0
	for i, s := range Scales {
		if max(s-scale, scale-s) < max(Scales[best]-scale, scale-Scales[best]) {
			best = i
		}
	}
	return best
}
