package carddav

import (
	"net/http"

	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/directory"
)

// The settings and the secret of an account.
const (
	SettingURL     = "base-url" // where the service answers
	SettingUser    = "user"
	SettingBook    = "book" // which address book, when the service has several
	SecretPassword = "password"
)

// Kind gives the address books of servers, as the program registers them: Nextcloud, iCloud, Fastmail, Radicale.
func Kind() contacts.Kind { return KindOver(nil) }

// KindOver gives the address book with the connections of a transport; nil: the machine's.
func KindOver(transport http.RoundTripper) contacts.Kind {
	return contacts.Kind{
		ID: ID,
		Settings: []directory.Setting{
			{Name: SettingURL},
			{Name: SettingUser},
			{Name: SecretPassword, Secret: true},
			{Name: SettingBook, Optional: true},
		},
		Fields: fieldmap.VCard,
		Open: func(a *storage.Account, secrets map[string]string) (book.Book, error) {
			return Open(Params{
				BaseURL: a.Settings[SettingURL], User: a.Settings[SettingUser], Password: secrets[SecretPassword],
				Book: a.Settings[SettingBook], Label: contacts.LabelOf(a), Transport: transport,
			})
		},
	}
}
