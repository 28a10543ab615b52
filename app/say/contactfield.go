package say

import (
	"diapason/assets/words"
	"diapason/storage"
)

// ContactField gives the label of a field of a contact in the language in use; a type that a person typed is told in
// their words.
func ContactField(f storage.Field) string {
	if key := "contact.field." + string(f); words.Has(key) {
		return words.T(key)
	}
	family, kind := f.Family()
	return words.T("contact.typed."+string(family), "type", kind)
}
