package establishments

import (
	"strings"

	"diapason/storage"
)

// nameIndex maps every name of every field, without case, accents, spaces and punctuation.
var nameIndex = func() map[string]storage.Field {
	names := map[string]storage.Field{}
	for _, c := range Columns {
		for _, n := range append([]string{string(c.Field), c.French, c.English}, c.Synonyms...) {
			if k := compact(n); names[k] == "" {
				names[k] = c.Field
			}
		}
	}
	return names
}()

func compact(s string) string { return strings.ReplaceAll(storage.SearchKey(s), " ", "") }

// exactField gives the field that bears the header as one of its names, "" when none does.
func exactField(header string) storage.Field { return nameIndex[compact(header)] }

const (
	// nearEnough is the least likeness of a misspelt header. "Telefone" against "telephone" is 0.78, "Nom comercial"
	// against "nom commercial" 0.92; "date de publication" against any date stays below 0.6.
	nearEnough = 0.8
	// nearShortest keeps short words from being taken for one another.
	nearShortest = 5
)

// nearField gives the field not taken yet whose spelling is nearest, and the likeness; 0 when none is near enough or
// when two fields are equally near.
func nearField(header string, taken map[storage.Field]bool) (storage.Field, float64) {
	h := compact(header)
	if len(h) < nearShortest || isReasonHeader(header) {
		return "", 0
	}
	best, score, tie := storage.Field(""), 0.0, false
	for name, f := range nameIndex {
		if taken[f] || len(name) < nearShortest {
			continue
		}
		switch s := likeness(h, name); {
		case s > score:
			best, score, tie = f, s, false
		case s == score && f != best:
			tie = true
		}
	}
	if score < nearEnough || tie {
		return "", 0
	}
	return best, score
}

// likeness is 1 minus the edit distance (insertions, deletions, substitutions, neighbours exchanged) over the longer
// length.
func likeness(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	longest := max(len(x), len(y))
	if longest == 0 {
		return 1
	}
	if d := len(x) - len(y); max(d, -d)*2 > longest {
		return 0
	}
	before, prev, cur := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		cur[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return 1 - float64(prev[len(y)])/float64(longest)
}
