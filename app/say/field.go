package say

import "diapason/storage"

// Field gives a field's label in the language in use.
func Field(f storage.Field) string { return string(f) }
