// Package category knows what the words people use for a trade, in French and in English, are called in the
// vocabularies of the outside world: a schema.org type and an OpenStreetMap tag. It is one table; formats look
// their word up in it and never guess on their own.
package category

import (
	"strings"
	stdsync "sync"

	"diapason/storage"
)

// Category is one trade. Schema is the most specific schema.org type; Tag and Value the usual OpenStreetMap tag.
type Category struct {
	Schema     string
	Tag, Value string
	// Civic types are no kind of schema.org's LocalBusiness (a school, a museum): both types are to be given.
	Civic bool
	words string // `|`-separated phrases, singular, as storage.SearchKey gives them
	// vague phrases count only when the category says nothing more specific.
	vague bool
}

// Any is the category of what the table does not know.
var Any = Category{Schema: "LocalBusiness"}

// Of gives the category of the first of the words that the table knows, and whether there was one. A phrase counts
// wherever it stands in the word; the first phrase wins, and the longest of those that begin together.
func Of(categories []string) (Category, bool) {
	var vague *Category
	for _, word := range categories {
		c := find(word)
		switch {
		case c == nil:
		case !c.vague:
			return *c, true
		case vague == nil:
			vague = c
		}
	}
	if vague != nil {
		return *vague, true
	}
	return Any, false
}

// find looks the phrases of a word up, the earliest and longest first; a vague one is kept for want of a better one.
func find(word string) *Category {
	tokens := singular(word)
	var vague *Category
	for from := range tokens {
		for to := len(tokens); to > from; to-- {
			c := phrases()[strings.Join(tokens[from:to], " ")]
			switch {
			case c == nil:
			case !c.vague:
				return c
			case vague == nil:
				vague = c
			}
		}
	}
	return vague
}

// phrases is the index of the table.
var phrases = stdsync.OnceValue(func() map[string]*Category {
	m := map[string]*Category{}
	for i := range table {
		for p := range strings.SplitSeq(table[i].words, "|") {
			m[strings.Join(singular(p), " ")] = &table[i]
		}
	}
	return m
})

// singular splits a text into its words, without accents, case, elided articles and marks of the plural.
func singular(s string) []string {
	words := strings.Fields(storage.SearchKey(s))
	out := words[:0]
	for _, w := range words {
		if w == "d" || w == "l" || w == "de" || w == "du" || w == "des" || w == "la" || w == "le" || w == "les" {
			continue
		}
		if len(w) > 3 && !strings.HasSuffix(w, "ss") {
			w = strings.TrimRight(w, "sx")
		}
		out = append(out, w)
	}
	return out
}
