package say

import (
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/establishments"
)

// Field gives a field's label in the language in use.
func Field(f storage.Field) string { return establishments.Label(f, words.Lang()) }
