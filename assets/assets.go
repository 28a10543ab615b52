// Package assets embeds what the program ships besides code: icons, translations, demonstration data.
package assets

import "embed"

// Translations holds translations/<language>/<area>.json.
//
//go:embed translations
var Translations embed.FS
