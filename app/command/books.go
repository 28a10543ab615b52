package command

import (
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/carddav"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/contacts/google"
	"diapason/sync/directory"
	"diapason/sync/oauth"
)

// AddressBooks are the kinds of address books that this program knows. Kept is where the access that people grant is.
func AddressBooks(kept sync.Secrets, clock sync.Clock) []contacts.Kind {
	return []contacts.Kind{googleContacts(kept, clock), carddav.Kind()}
}

// googleContacts is the kind of the accounts of Google Contacts: a person grants access in the browser, and the calls bear
// it. Kept is where the refresh tokens are.
func googleContacts(kept sync.Secrets, clock sync.Clock) contacts.Kind {
	consent := &oauth.Consent{Scopes: []string{oauth.ScopeGoogleContacts}, Endpoint: oauth.Google}
	return contacts.Kind{
		ID: "contacts.google", Settings: append(oauth.Settings(), directory.Setting{Name: google.SettingUnits, Optional: true}), Fields: fieldmap.Google, Consent: consent,
		Rate: func(a *storage.Account) float64 {
			units, err := google.Units(a.Settings)
			if err != nil {
				units = google.UnitsPerMinute // Open says what is wrong with the setting
			}
			return google.RatePerSecond(units)
		},
		Open: func(a *storage.Account, secrets map[string]string) (book.Book, error) {
			client, err := sync.Authorised(a, secrets, consent, kept, clock)
			if err != nil {
				return nil, err
			}
			units, err := google.Units(a.Settings)
			if err != nil {
				return nil, err
			}
			return google.Open(google.Params{
				BaseURL: a.Settings[oauth.SettingBaseURL], Client: client, Label: contacts.LabelOf(a), Name: a.Settings[oauth.SettingEmail], Now: clock.Now,
				UnitsPerMinute: units,
			})
		},
	}
}
