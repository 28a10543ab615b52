package say

import (
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/establishments"
)

// Field gives the label of a field of an establishment, of the agenda or of a contact in the language in use.
func Field(f storage.Field) string {
	if key := "field." + string(f); words.Has(key) { // of the agenda
		return words.T(key)
	}
	if label := establishments.Label(f, words.Lang()); label != string(f) {
		return label
	}
	family, _ := f.Family()
	if words.Has("contact.field."+string(f)) || words.Has("contact.typed."+string(family)) {
		return ContactField(f)
	}
	return string(f)
}
