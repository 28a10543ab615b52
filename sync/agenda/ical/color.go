package ical

import (
	"image/color"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

// parseColor reads "#RRGGBB".
func parseColor(s string) (c color.RGBA, ok bool) {
	if len(s) != 7 || s[0] != '#' {
		return c, false
	}
	v, err := strconv.ParseUint(s[1:], 16, 32)
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}, err == nil
}

// colorName gives the CSS name nearest to a colour: the only form that COLOR knows (RFC 7986, 5.9).
func colorName(c color.RGBA) string {
	best, name := 1<<30, ""
	for _, n := range colornames.Names {
		k := colornames.Map[n]
		r, g, b := int(c.R)-int(k.R), int(c.G)-int(k.G), int(c.B)-int(k.B)
		// What the eye tells apart in each of the three, roughly (the weights of "redmean", for a middling red).
		if d := 5*r*r + 8*g*g + 5*b*b; d < best {
			best, name = d, n
		}
	}
	return name
}

// readColor reads "#RRGGBB", as Apple writes it ("#RRGGBBAA" too), or a CSS name; "" for anything else.
func readColor(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) == 9 && s[0] == '#' {
		s = s[:7]
	}
	if c, ok := parseColor(s); ok {
		return hexColor(c)
	}
	if c, ok := colornames.Map[s]; ok {
		return hexColor(c)
	}
	return ""
}

func hexColor(c color.RGBA) string {
	const hex = "0123456789ABCDEF"
	b := []byte{'#'}
	for _, v := range []uint8{c.R, c.G, c.B} {
		b = append(b, hex[v>>4], hex[v&0xF])
	}
	return string(b)
}
