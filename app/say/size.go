package say

import (
	"strconv"
	"strings"

	"diapason/assets/words"
)

// Size gives a number of bytes: « 96 ko », « 1,2 Mo ».
func Size(bytes int64) string {
	v, unit := float64(bytes)/1000, "kB"
	for _, next := range []string{"MB", "GB"} {
		if v < 1000 {
			break
		}
		v, unit = v/1000, next
	}
	digits := 0
	if v < 10 && unit != "kB" {
		digits = 1
	}
	n := strconv.FormatFloat(v, 'f', digits, 64)
	if words.Lang() == "fr" {
		n = strings.Replace(n, ".", ",", 1)
	}
	return words.T("say.size", "n", n, "unit", words.T("say.unit."+unit))
}
