package command

import (
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/contacts/google"
	"diapason/sync/oauth"
)

// GoogleContacts is the kind of the accounts of Google Contacts: a person grants access in the browser, and the calls bear
// it. Kept is where the refresh tokens are.
func GoogleContacts(kept sync.Secrets, clock sync.Clock) contacts.Kind {
	consent := &oauth.Consent{Scopes: []string{oauth.ScopeGoogleContacts}, Endpoint: oauth.Google}
	return contacts.Kind{
		ID: "contacts.google", Settings: oauth.Settings(), Fields: fieldmap.Google, Consent: consent,
		Open: func(a *storage.Account, secrets map[string]string) (book.Book, error) {
			client, err := sync.Authorised(a, secrets, consent, kept, clock)
			if err != nil {
				return nil, err
			}
			return google.Open(google.Params{
				BaseURL: a.Settings[oauth.SettingBaseURL], Client: client, Label: contacts.LabelOf(a), Name: a.Settings[oauth.SettingEmail], Now: clock.Now,
			})
		},
	}
}
