package say

import (
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/establishments"
)

// Field gives a field's label in the language in use.
func Field(f storage.Field) string {
	if key := "field." + string(f); words.Has(key) { // of the agenda
		return words.T(key)
	}
	return establishments.Label(f, words.Lang())
}
