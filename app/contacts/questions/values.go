package questions

import (
	"slices"
	"strings"

	"diapason/storage"
)

// region is the country of phone numbers without prefix; those that are compared here have mostly been normalised.
const region = "FR"

func split(text string) []string { return strings.Split(text, "\n") }

// keys gives the forms in which texts of a field are the same, sorted.
func keys(f storage.Field, texts []string) []string {
	all := make([]string, len(texts))
	for i, s := range texts {
		all[i] = f.ValueKey(s, region)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// alike reports whether two sides say the same in a field.
func alike(f storage.Field, a, b []string) bool { return slices.Equal(keys(f, a), keys(f, b)) }

// share reports whether two sides have a value in common.
func share(f storage.Field, a, b []string) bool {
	other := keys(f, b)
	return slices.ContainsFunc(keys(f, a), func(k string) bool { return slices.Contains(other, k) })
}
